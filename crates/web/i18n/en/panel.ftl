## The customer panel.

panel-nav-overview = Overview
panel-nav-profile = Details and contact
panel-nav-messages = Messages
panel-nav-rights = My rights
panel-nav-data = What we hold
panel-nav-recipients = Who has my data
panel-nav-history = What happened
panel-nav-logins = Logins

panel-yes = Yes
panel-no = No
panel-none = Not filled in
panel-unknown = Unknown
panel-no-rights-here = Your role for this customer is { $role }. You can see this, but not change it.
panel-owner-only = Only an owner can do this. Your role is { $role }.

## Overview and choosing a customer

panel-overview-lead = This is the panel of { $customer }, customer number { $number }.
panel-tasks = To do
panel-tasks-none = There is nothing to do at present
panel-tasks-none-text = When we need something from you, or something is ready for you, you see it here.
panel-task-identity = Confirm request { $number }
panel-task-identity-text = We have sent you an e-mail with a link. Only when you have opened it do we know that the request is yours.
panel-task-confirm = Is request { $number } yours?
panel-task-confirm-text = Somebody made this request through the contact form or by letter, in the name of this customer. Confirm it only if you recognise it.
panel-task-package = Your copy is ready
panel-task-package-text = You can download the file up to and including { $until }.
panel-task-package-link = To the file
panel-task-second-factor = Set up a second step for signing in
panel-task-second-factor-text = At present your password is enough to get in. With a code from your telephone as well, nobody else can sign in with your password.
panel-task-second-factor-link = Set up a second step
panel-task-answers = { $count ->
        [one] We have answered a message of yours
       *[other] We have answered { $count } messages of yours
    }
panel-task-answers-text = Read our answer. If everything is clear, you need do nothing.
panel-task-answers-link = To the messages
panel-task-open-link = To the request
panel-task-restricted = The use of your data is restricted
panel-task-restricted-text = Since { $since } we only store your data and do not use them otherwise.
panel-task-restricted-link = See the restriction
panel-running = Requests under way
panel-running-label = Elapsed part of the term of { $number }
panel-waiting = { $count ->
        [one] One message is still waiting for our answer.
       *[other] { $count } messages are still waiting for our answer.
    }
panel-latest = Latest events
panel-latest-all = Everything that happened
panel-details = Your details
panel-details-all = See all details

panel-choose = Whom are you acting for?
panel-choose-lead = You are a login of more than one customer. Choose whom you act for now; you can always switch.
panel-choose-one = You are a login of this customer.
panel-choose-none = You are not a login of any customer
panel-choose-none-text = Ask an owner of the customer to invite you. Your own details and the way you sign in are under Account.
panel-choose-account = To my account
panel-choose-now = Chosen now
panel-choose-pick = Choose
panel-choose-switch = Choose another customer
flash-customer-chosen = You are now acting for another customer.

## Profile

panel-profile = Details and contact
panel-profile-lead = This is what we know of this customer. Is something wrong? Change it, and it is corrected at once.
panel-profile-number = Customer number
panel-profile-kind = Kind of customer
panel-profile-person = Private person
panel-profile-organisation = Organisation
panel-profile-kind-person-hint = You act as a private person
panel-profile-kind-organisation-hint = A business, association, foundation or public body
panel-profile-name = Name
panel-profile-contact-name = Contact person
panel-profile-name-hint = The person, or the contact person of the organisation
panel-profile-organisation-name = Name of the organisation
panel-profile-kvk = KvK number
panel-profile-kvk-hint = Eight digits
panel-profile-vat = VAT number
panel-profile-vat-hint = For example NL123456782B90
panel-profile-email = E-mail address
panel-profile-email-hint = Mail about the agreement goes here. It does not change the address you sign in with.
panel-profile-phone = Telephone number
panel-profile-address = Address
panel-profile-street = Street and number
panel-profile-postcode = Postcode
panel-profile-city = Place
panel-profile-country = Country
panel-profile-country-hint = Code of two letters, such as NL
panel-profile-language = Language of our mail
panel-profile-dutch = Dutch
panel-profile-english = English
panel-profile-since = Customer since
panel-profile-edit = Change details
panel-profile-edit-lead = What you save here applies at once. We record which details were changed, not what they said, and send a confirmation. When the e-mail address changes, the confirmation goes to the old address too.
panel-profile-conflict = Somebody else has changed these details in the meantime
panel-profile-conflict-text = What you filled in is still in the form. Below you see where it differs from what is stored now. Check it, and then save again.
panel-profile-conflict-now = Stored now
panel-profile-conflict-yours = Filled in by you
panel-profile-field = Detail
flash-profile-rectified = Your details have been corrected. That is recorded as a request, and already dealt with.
flash-profile-same = Nothing was changed: what you filled in was there already.

## Logins

panel-logins = Logins
panel-logins-lead = These people can sign in for this customer. Each has a role.
panel-logins-name = Name
panel-logins-email = E-mail address
panel-logins-role = Role
panel-logins-second-factor = Second step
panel-logins-since = Login since
panel-logins-signed-in = Last signed in
panel-logins-never = Not yet
panel-logins-you = you
panel-logins-change = Change
panel-logins-pending = Invited, not yet accepted
panel-logins-until = Valid until
panel-logins-withdraw = Withdraw
panel-logins-invite = Invite a login
panel-logins-invite-lead = We send this person an e-mail with a link that is valid for a week. If they do not accept, we erase their name and address again.
panel-logins-invite-send = Send the invitation
panel-logins-language = Language of the invitation
panel-logins-reader-hint = Sees everything of the customer, changes nothing
panel-logins-manager-hint = Also changes details and writes messages
panel-logins-owner-hint = Also decides on logins and on all rights, including erasure
panel-logins-role-of = Role of { $name }
panel-logins-remove = Remove login
panel-logins-remove-of = Remove { $name }
panel-logins-remove-text = After this { $name } can no longer sign in for this customer. { $name } keeps their own sign-in, also for other customers. You can invite this person again later.
panel-logins-remove-self = This is you: after this you can no longer see this panel.
panel-logins-role-self = This is you: if you give yourself a lower role, only another owner can undo that.
panel-logins-last-owner = One owner must remain. Make somebody else owner first.
panel-logins-full = There are a hundred logins and invitations already. Remove one first.
flash-member-invited = The invitation has been sent.
flash-member-changed = The role has been changed.
flash-member-removed = The login has been removed.
flash-invitation-withdrawn = The invitation has been withdrawn.

## Messages

panel-messages = Messages
panel-messages-lead = Your questions to us and our answers.
panel-messages-new = New message
panel-messages-none = No messages yet
panel-messages-none-text = Do you have a question? Write to us; our answer will be here, and you get it by e-mail.
panel-messages-number = Number
panel-messages-title = Subject
panel-messages-kind = Kind
panel-messages-state = State
panel-messages-updated = Last updated
panel-messages-began = Begun on
panel-thread-question = Question
panel-thread-request = Request about data
panel-thread-complaint = Complaint
panel-thread-agreement = Processor agreement
panel-thread-abuse = Report of abuse
panel-thread-open = Waiting for our answer
panel-thread-answered = Answered
panel-thread-closed = Closed
panel-thread-yours = Your message
panel-thread-ours = Our answer
panel-thread-system = Automatic message
panel-thread-reply = Reply
panel-thread-reply-closed = This conversation is closed. When you reply, it opens again.
panel-thread-text = Message
panel-thread-text-hint = Leave out passwords
panel-thread-full = This conversation is full. Begin a new message.
panel-messages-topic = What is it about?
panel-messages-topic-question-hint = About the agreement, a fault or something else
panel-messages-topic-agreement-hint = You receive the agreement on the data that we process on your behalf
panel-messages-topic-abuse-hint = Somebody uses our services for something that is not allowed
panel-messages-rights = Is it about your own data, or do you have a complaint about that? Make a request: a legal term applies to it.

## Rights and requests

panel-rights = My rights
panel-rights-lead = You decide what happens to your data. Each right is free of charge. We answer within { $term }; when your request is complex, { $extension } may be added, and you hear of that within the first term.
panel-rights-article = Article { $article } GDPR
panel-rights-complain-elsewhere = Not satisfied? Tell us first, we usually find a solution together. You can always lodge a complaint with the { $authority } ({ $website }), or go to court.
panel-rights-own = Your requests
panel-rights-all = All requests
panel-right-access = Access
panel-right-access-text = You get a copy of everything we hold about you, and you read what for, how long and who received it.
panel-right-access-action = Ask for a copy
panel-right-access-comes = You get a zip file with a readable page, the same data as JSON with an explanation, a list of check sums, and what the ledger says about you. It is ready here for fourteen days; you get an e-mail as soon as it is there.
panel-right-portability = Taking data along
panel-right-portability-text = You get what you gave us yourself in a file that another provider can read.
panel-right-portability-action = Ask for the file
panel-right-portability-comes = You get a zip file with JSON and CSV of the data you provided yourself. It is ready here for fourteen days; you get an e-mail as soon as it is there.
panel-right-rectification = Rectification
panel-right-rectification-text = When something is wrong or missing, we correct it. You change your contact details yourself, and that applies at once.
panel-right-rectification-action = Ask for correction
panel-right-rectification-comes = We correct what is wrong and pass that on to everybody who received the data from us. You get word of it.
panel-right-rectification-self = Change your contact details yourself
panel-right-restriction = Restriction
panel-right-restriction-text = We then only store your data and do not use them otherwise, for instance while we find out whether they are right.
panel-right-restriction-action = Ask for restriction
panel-right-restriction-comes = We assess the request and let you know whether we restrict the use. Your data then stay; we use them only with your consent or for a legal claim. You can lift the restriction yourself.
panel-right-restriction-on = See the restriction
panel-restricted-since = The use of your data has been restricted since { $since }.
panel-restricted-lift = Lift the restriction
panel-restricted-lift-text = After that we use your data again as the privacy statement says.
panel-right-objection = Objection
panel-right-objection-text = When we use your data because we have an interest in it, you can object. We stop, unless our interest weighs more in your situation.
panel-right-objection-action = Object
panel-right-objection-comes = We weigh your situation against our interest and let you know what we do, with the reason.
panel-right-objection-none = None of our purposes rests on a legitimate interest, so there is nothing to object to.
panel-right-complaint = Complaint
panel-right-complaint-text = Do you think we do not treat your data well? We look into it and answer within the same term.
panel-right-complaint-action = Make a complaint
panel-right-complaint-comes = We investigate your complaint and answer with what we found and what we do about it.
panel-right-erasure = Erasure
panel-right-erasure-text = We erase everything we hold about you and the agreement ends. You get a receipt that you can check yourself.
panel-right-erasure-action = Erase data

panel-start-comes = What comes next
panel-start-answer = You have our answer { $term } after receipt at the latest. The answer also says where you can turn if you disagree.
panel-start-purpose = Which use do you object to?
panel-start-text-rectification = What is wrong, and what should it be?
panel-start-text-restriction = What do you want to restrict, and why?
panel-start-text-objection = What is different in your situation?
panel-start-text-complaint = What happened?
panel-start-text-other = Do you want to add anything?
panel-start-text-hint = Do not send a copy of an identity document; we never need one
panel-start-fresh = You have just shown with a second step that it is you. So there is nothing more to check.
panel-start-link = We must be sure that it is you. So we send a link to { $email }, the e-mail address we know of this customer.
panel-start-prove = With a code from your telephone it goes at once
panel-start-submit = Make the request
flash-request-made = Your request has been received.

panel-requests = Requests
panel-requests-lead = Everything you asked us about your data, with the term and our answer.
panel-requests-none = No requests yet
panel-requests-none-text = Your requests will be here, with their term and our answer.
panel-requests-number = Number
panel-requests-kind = Request
panel-requests-received = Received
panel-requests-due = Answer due
panel-requests-state = State
panel-requests-closed = Dealt with
panel-state-received = Awaits confirmation
panel-state-received-complaint = In progress
panel-state-verified = In progress
panel-state-granted = Granted
panel-state-refused = Refused
panel-state-withdrawn = Withdrawn
panel-request-title = Request { $number }
panel-request-channel = How it came in
panel-channel-panel = Through this panel
panel-channel-contact = Through the contact form
panel-channel-staff = By letter, telephone or at the desk
panel-request-identity = How we know that it is you
panel-identity-unverified = Not established yet
panel-identity-signed-in = Signed in
panel-identity-second-factor = Signed in with a second step
panel-identity-known-address = Opened the link to the known e-mail address
panel-identity-two-channels = Confirmed in two ways
panel-identity-staff = Established by a staff member
panel-request-purpose = Against this use
panel-request-text = What you asked
panel-request-answer = Our answer
panel-request-clock = Elapsed part of the term
panel-request-extended = The term was extended on { $when }
panel-request-late = Why our answer came later
panel-request-link-text = We have sent a link to the e-mail address we know of this customer. Open that link, and we go on.
panel-request-link-again = Send the link again
panel-request-confirm-text = Somebody made this request in the name of this customer and opened the link in our e-mail. Confirm only if you recognise the request. If you do not, withdraw it.
panel-request-confirm = This request is ours
panel-request-withdraw = Withdraw the request
panel-request-withdraw-text = We then do nothing more with it. It stays in the list as withdrawn. You can make a new request later.
panel-request-package = Your file
panel-request-package-ready = The file is ready up to and including { $until }. After that it is erased; you can always ask for a new one.
panel-request-package-size = Size
panel-request-package-hash = Check sum (SHA-256)
panel-request-package-download = Download
panel-request-package-fresh = We first ask you to show again that it is you.
panel-request-package-making = We are making your file. That usually takes less than a minute.
panel-request-package-gone = The file has expired and is erased. Feel free to ask for a new one.
panel-request-look-again = Look again
panel-request-erase-text = We now know that it is you. The next page tells what happens, and sets the erasure going.
flash-request-confirmed = Thank you. We are going to work on the request.
flash-request-link-sent = The link has been sent again. The one before works no longer.
flash-restriction-lifted = The restriction has been lifted.

## Erasure

panel-erasure = Erase data
panel-erasure-lead = This erases everything we hold about { $customer }. First read what happens.
panel-erasure-happens = This is what happens
panel-erasure-services = The services stop and the agreement ends: without your data we cannot carry it out. So first fetch what you want to keep.
panel-erasure-profile = Name, address, contact details, messages, requests and what we passed on to others are erased.
panel-erasure-logins = { $count ->
        [0] All logins belong to another customer as well. They can go on signing in there; no longer here.
        [one] One login belongs to this customer only. Those data are erased too, and signing in is no longer possible.
       *[other] { $count } logins belong to this customer only. Their data are erased too, and signing in is no longer possible.
    }
panel-erasure-mail = Mail that has not been sent yet does not leave any more. A request under way is no longer answered.
panel-erasure-signed-out = You are signed out at once.
panel-erasure-copy = Do you want a copy first?
panel-erasure-copy-text = After the erasure nobody can bring your data back, not even we.
panel-erasure-copy-link = First ask for a copy
panel-erasure-dates = The two dates
panel-erasure-date-one = Unreadable with us
panel-erasure-date-one-text = Within a few minutes: we destroy the keys with which your data are encrypted.
panel-erasure-date-two = Unreadable in every backup
panel-erasure-date-two-text = { $when } at the latest: by then the key with which backups could still be opened is destroyed too.
panel-erasure-stays = What stays, why and until when
panel-erasure-stays-none = Nothing stays that can be traced to you.
panel-erasure-stays-what = What
panel-erasure-stays-ground = Why
panel-erasure-stays-until = Until
panel-erasure-proof = The receipt
panel-erasure-proof-text = You then come to a page with your receipt. Keep the address of that page: without it we cannot give you the receipt, because we no longer know who you were.
panel-erasure-warning = All data of { $customer } are erased and the agreement ends.
panel-erasure-submit = Erase everything now
panel-erasure-typed = Type the name exactly as it stands above
panel-erasure-running = An erasure is under way already.
panel-erasure-link = You sign in without a second step. So after you confirm we first send a link to { $email }. When you have opened it, come back here: then the data are erased.
flash-erasure-link-sent = Nothing has been erased yet. First open the link in our e-mail, and then come back to set the erasure going.
flash-erasure-begun = Your data are being erased now and you are signed out. Keep the address of this page: your receipt comes here.

## What we hold, who has it

panel-data = What we hold
panel-data-lead = Per purpose: what we hold of you, why we may, how long, and who gets it. This comes from the same policy as the privacy statement.
panel-data-now = Held now
panel-data-kinds = Kind of data
panel-data-ground = Ground
panel-data-retention = How long
panel-data-recipients = Who gets it
panel-data-nobody = Nobody outside our company
panel-data-account = { $count ->
        [one] The details of the customer and of one login
       *[other] The details of the customer and of { $count } logins
    }
panel-data-support = { $count ->
        [0] No conversations yet
        [one] One conversation
       *[other] { $count } conversations
    }
panel-data-rights = { $count ->
        [0] No requests yet
        [one] One request
       *[other] { $count } requests
    }
panel-data-security = { $count ->
        [one] One session of yours
       *[other] { $count } sessions of yours
    }
panel-data-ledger = { $count ->
        [0] No entries in the ledger yet
        [one] One entry in the ledger
       *[other] { $count } entries in the ledger
    }
panel-data-copy = Ask for a copy of everything
panel-data-statement = Privacy statement

panel-recipients = Who has my data
panel-recipients-lead = First who may get your data according to our policy, then who really got them.
panel-recipients-policy = Who may get them
panel-recipients-name = Recipient
panel-recipients-role = Role
panel-recipients-controller = Responsible itself
panel-recipients-processor = Works on our behalf
panel-recipients-country = Country
panel-recipients-data = Data
panel-recipients-purposes = What for
panel-recipients-keeps = Keeps it
panel-recipients-transfer = Safeguard outside the EEA
panel-recipients-none-policy = According to our policy your data go to nobody outside our company.
panel-recipients-actual = Who got them
panel-recipients-actual-lead = Each time something of yours left, or should have left, it is listed here.
panel-recipients-none = Nothing has left yet
panel-recipients-none-text = As soon as data of yours go to somebody else, you see here to whom, what and why.
panel-recipients-when = When
panel-recipients-about = About
panel-recipients-about-customer = the customer
panel-recipients-about-you = you
panel-recipients-purpose = What for
panel-recipients-fields = What
panel-recipients-outcome = Outcome
panel-outcome-intended = Under way
panel-outcome-done = Given
panel-outcome-failed = Failed
panel-outcome-refused = Held back
panel-recipients-unregistered = No registered recipient
panel-recipients-showing = The latest { $count } are shown.
panel-sent = { $field ->
        [contact-email] e-mail address
        [contact-name] name
        [message] the text of the message
        [contact] contact details
        [identity] name
       *[other] { $field }
    }
panel-country = { $code ->
        [NL] the Netherlands
        [BE] Belgium
        [DE] Germany
        [FR] France
        [LU] Luxembourg
        [IE] Ireland
        [DK] Denmark
        [SE] Sweden
        [FI] Finland
        [AT] Austria
        [IT] Italy
        [ES] Spain
        [PL] Poland
        [CZ] Czechia
        [NO] Norway
        [CH] Switzerland
        [GB] United Kingdom
        [US] United States
       *[other] { $code }
    }

## History

panel-history = What happened
panel-history-lead = Of everything that happens to your data there is an entry in a ledger that nobody can change unnoticed. Those entries hold no names or other data of yours.
panel-history-none = No events yet
panel-history-none-text = As soon as something happens to your data, it is here.
panel-history-when = When
panel-history-what = What
panel-history-who = By whom
panel-history-details = Particulars
panel-history-place = Place in the ledger
panel-history-filter = Kind of event
panel-history-filter-all = All kinds
panel-history-receipt = Receipt
panel-history-receipt-of = Download the receipt of entry { $position }
panel-history-explain = What is such a receipt?
panel-history-explain-text = A small text file by which anybody can check, without us, that this entry is at that place in our ledger and is about you. It holds no personal data. You check it with the program waarborg and our public key.
panel-history-by-you = You
panel-history-by-visitor = Somebody who was not signed in
panel-history-by-system = Automatic
panel-history-by-other = A staff member or a former login
panel-history-number = Number { $number }
panel-history-fields = Changed: { $fields }
panel-history-role = Role: { $role }
panel-history-not-yet = This receipt is not there yet
panel-history-not-yet-text = The entry is in the ledger, but no signed checkpoint covers it yet. That usually takes less than a minute.
panel-history-limit = The latest { $count } events are shown. Everything is in the copy you can ask for.
panel-field = { $field ->
        [kind] kind of customer
        [name] name
        [organisation] name of the organisation
        [kvk] KvK number
        [vat] VAT number
        [email] e-mail address
        [phone] telephone number
        [address] address
        [language] language
       *[other] { $field }
    }
