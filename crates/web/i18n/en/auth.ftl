## Signing in and out, recovering access, links in mails, and one's own login.

sign-in-title = Sign in
sign-in-email = E-mail address
sign-in-password = Password
sign-in-recover = Forgot your password?
sign-in-none = No login yet? The owner of the customer account can invite you, or ask us:
sign-in-wrong = E-mail address or password is not right

code-title = Second factor
code-lead = Enter the code that your authenticator app shows now.
code-label = Code
code-hint = Six digits, or one of your recovery codes
code-wrong = This code is not right, or was used before
code-lost-title = No access to your app?
code-lost-text = Use a recovery code that you kept when you set it up. If you no longer have those either, contact us; we first check that it is you.
code-cancel = Do not sign in, back to the start

confirm-title = Confirm that it is you
confirm-lead = For this step we ask you once more. It counts for ten minutes.
confirm-wrong = This password is not right

enrol-must-title = Set up a second factor first
enrol-must-lead = Staff work with a second factor only. It takes a minute.
enrol-must-text = You need an authenticator app on your phone or computer, which shows a new code every half minute.
enrol-begin = Set up the second factor
enrol-title = Set up the second factor
enrol-step-app = Open your authenticator app and choose to add a new code.
enrol-step-scan = Scan the QR code. If that does not work, type the secret key.
enrol-step-code = Enter the code that the app shows now.
enrol-qr = QR code with the secret key that stands below as text
enrol-secret = Secret key
enrol-code = Code from the app
enrol-confirm = Confirm
enrol-expired = This key is no longer valid; begin again

codes-title = Recovery codes
codes-lead = Your second factor is on. Keep these codes in a safe place: each lets you sign in once when you do not have your app at hand.
codes-once = We show the codes only once. Earlier recovery codes no longer work.
codes-label = Your recovery codes
codes-saved = I have kept them, go on
codes-left =
    { $count ->
        [one] You have { $count } recovery code left.
       *[other] You have { $count } recovery codes left.
    }
codes-renew = Make new recovery codes
codes-renew-hint = The old codes will no longer work.

factor-title = Second factor
factor-on = Set up
factor-off = Not set up
factor-on-lead = Besides your password we ask for a code from your app. So even someone who knows your password does not get in.
factor-off-lead = With a second factor we ask for a code from an app besides your password. Then even someone who knows your password does not get in.
factor-replace-title = Another app or phone
factor-replace-text = Set up a new key. The old one goes on working until you have entered the first code of the new one.
factor-replace = Replace the key
factor-remove-title = Switch the second factor off
factor-remove-text = Then only your password is needed to sign in.
factor-remove-link = Switch off
factor-remove-warning = After this, whoever knows your password can sign in and see all that you see. Your other sessions end, and you get a mail about this.
factor-remove-button = Switch the second factor off

recover-title = New password
recover-lead = Enter the e-mail address that you sign in with. We send you a link with which you choose a new password.
recover-send = Send the link
recover-factor = Your second factor stays as it is. If you have lost that too, contact us.
recover-sent-title = Look in your mail
recover-sent-lead = If this e-mail address belongs to a login, the link is on its way.
recover-sent-text = The link works for an hour and once. If nothing arrives, look among unwanted mail and check that you used the right address.
recovery-title = Choose a new password
recovery-lead = After that you are signed out everywhere, and sign in with the new password.
recovery-send = Save the password

password-current = Present password
password-new = New password
password-again = New password, once more
password-hint = At least { $min } characters. A phrase of a few words is strong and easy to remember.
password-mismatch = The two passwords are not the same

invitation-title = Invitation
invitation-customer = You have been invited to sign in for { $customer }.
invitation-staff = You have been invited to sign in as a member of staff of { $provider }.
invitation-name = Name
invitation-email = E-mail address
invitation-role = Role
invitation-known = You have a password with us already. It stays as it is.
invitation-accept = Accept the invitation
invitation-ignore = Did you not expect this invitation? Close the page; it expires by itself after seven days.

new-email-title = Confirm the new e-mail address
new-email-lead = Confirm that you want to sign in with this address from now on.
new-email-confirm = Confirm

link-dead-title = This link does not work
link-dead-lead = The link has expired, was used already or is not complete.
link-dead-recovery = Ask for a new link; it works for an hour.
link-dead-invitation = Ask whoever invited you for a new invitation, or ask us.
link-dead-new-email = Ask for the change again in your account.
link-dead-identity = If your request was confirmed already, you need do nothing: our answer comes by e-mail. Otherwise, ask us.

identity-title = Confirm your request
identity-lead = You sent us a request about your data. Confirm that this e-mail address is yours.
identity-confirm = This request is mine
identity-not-mine-title = This request is not mine
identity-not-mine-text = Then withdraw it. Nothing has been done with any data yet.
identity-withdraw = Withdraw the request
identity-verified-title = Confirmed
identity-verified-lead = Thank you, we now know that the request comes from you.
identity-verified-text = We will handle it and answer by e-mail, by the date above at the latest.
identity-second-title = One more step
identity-second-lead = This is about the data of a customer. So we ask for a second confirmation.
identity-number = Number of your request
identity-kind = Request
identity-due = Answer by
identity-panel-title = In your account
identity-panel-text = Sign in as an owner and confirm the request there.
identity-panel-action = To my account
identity-code-title = Or with a code
identity-code-text = Can you not sign in? A member of staff calls or writes to you at a number or address that we knew already, with a code.
identity-code-label = The code that you got from us

account-nav = Account and security
account-title = Account and security
account-name = Name
account-name-title = Change your name
account-email = E-mail address
account-email-title = Change your e-mail address
account-email-lead = We send a link to the new address. Only when you use it do you sign in with the new address. You get a message at your present address.
account-email-new = New e-mail address
account-email-send = Send the link
account-language = Language
account-language-title = Change your language
account-language-legend = In which language do we write to you?
account-language-hint = For pages when you are signed in, and for our mails
account-language-nl = Dutch
account-language-en = English
account-password = Password
account-password-set = Set
account-password-title = Change your password
account-password-lead = Your other sessions end after that.
account-staff-role = Role as staff
account-acts-for = Customer
account-acts-as = { $customer }, as { $role }

sessions-title = Where you are signed in
sessions-text = Is there something you do not recognise? End that session and choose a new password.
sessions-where = Browser
sessions-address = IP address
sessions-since = Signed in
sessions-seen = Last used
sessions-this = This session
sessions-unknown = Unknown browser
sessions-end = End
sessions-end-others = End all other sessions

flash-password-changed = The password has been changed.
flash-invitation-accepted = The invitation has been accepted. You can sign in now.
flash-email-link-sent = We sent a link to the new address, if it is free. The link works for an hour.
flash-email-changed = The e-mail address has been changed.
flash-factor-removed = The second factor is off.
flash-session-ended = The session has ended.
flash-others-ended = All other sessions have ended.
flash-request-withdrawn = The request has been withdrawn.
