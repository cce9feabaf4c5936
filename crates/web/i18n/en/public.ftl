## Pages for everyone: start, contact, privacy statement, promises, receipts, accessibility.

## Start

home-title = Welcome to { $provider }
home-lead = This is where customers of { $provider } look after their details and messages, and where anyone can see how we handle personal data.
home-offer-title = What you can order from us
home-offer-from = From { $price } { $term }, VAT included
home-offer-link = Plans and prices
home-customer-title = For customers
home-customer-text = Sign in to see and change your details, read messages, and see who received your data.
home-recover = Lost access? Choose a new password
home-contact-title = Contact
home-contact-text = Ask a question, make a complaint, ask for a processor agreement or report abuse. You need no account.
home-contact-action = To the contact form
home-rights-title = Your rights
home-rights-text = If we hold data about you, you have a say in it. We answer within a month.
home-right-access = Ask for your data
home-right-rectification = Have your data corrected
home-right-erasure = Have your data erased
home-right-all = All your rights, in the privacy statement
home-promises-title = Our promises
home-promises-tally = We check what we promise in the privacy statement. This is how it stood on { $when }:
home-promises-none = We check what we promise in the privacy statement. The first check is still to come.
home-promises-action = See each promise

## Contact

contact-nav = Contact
contact-title = Contact
contact-lead = Write to us here. You get a confirmation by e-mail at once, with a number by which we find your message again.
contact-panel-title = You are signed in
contact-panel-text = If this is about your customer account, it is quicker there: your identity is known already.
contact-panel-action = To my account
contact-name = Your name
contact-email = Your e-mail address
contact-email-hint = Our answer goes here. We use it for nothing else.
contact-topic = What is your message about?
contact-topic-question = A question
contact-topic-question-hint = About our services, or anything else
contact-topic-my-data = My data and rights
contact-topic-my-data-hint = For example access, correction or erasure; choose the right below
contact-topic-complaint = A complaint
contact-topic-complaint-hint = About how we handle your data
contact-topic-agreement = A processor agreement
contact-topic-agreement-hint = For customers who keep personal data of others with us
contact-topic-abuse = Report abuse or a leak
contact-topic-abuse-hint = For example phishing, spam or a weakness in our systems
contact-rights-title = Is it about your data?
contact-rights-text = You get an answer within { $term }. So that nobody else receives your data or has them erased, we first send a link to your e-mail address. If you say that you are a customer, we then ask for a second confirmation. We do not ask for a copy of an identity document.
contact-right = Which right do you want to use?
contact-right-hint = Only if your message is about your data and rights
contact-purpose = What do you object to?
contact-purpose-hint = Only for an objection: the use that we base on an interest of our own
contact-claim = I am a customer, or was one
contact-claim-hint = Then we also search the customer records, once it is certain that it is you
contact-subject = Subject
contact-text = Your message
contact-text-hint = Leave out passwords and data about others
contact-other-title = Rather another way?
contact-other-email = E-mail
contact-other-phone = Phone
contact-other-address = Post
contact-other-dpo = Data protection officer
contact-other-kvk = KvK number
contact-authority = You can also complain about how we handle personal data to the { $authority }. We ask you to talk to us first; you do not have to.
contact-sent-title = We have your message
contact-sent-lead = We sent you a confirmation. Keep the number; by it we find your message again.
contact-sent-message = Number of your message
contact-sent-request = Number of your request
contact-sent-next-title = What happens next?
contact-sent-next-link = Open the link in the mail that you get from us now. That is how we know the address is yours.
contact-sent-next-check = If you are a customer, we ask for a second confirmation, for example in your account.
contact-sent-next-answer = You get an answer within { $term } from today. If we cannot make that, we tell you why within that term.
contact-sent-next-mail = A member of staff reads your message and answers by e-mail. If no confirmation arrives, check that your e-mail address was right, and look among unwanted mail.

right-access = Access: a copy of my data
right-portability = Portability: my data in a file for someone else
right-rectification = Rectification: data that are wrong
right-erasure = Erasure: all my data
right-restriction = Restriction: leave my data unused for a while
right-objection = Objection: stop a use of my data
right-complaint = A complaint

## Privacy statement

privacy-nav = Privacy statement
privacy-version = Version
privacy-from = In force from
privacy-hash = Checksum (SHA-256)
privacy-toc = In this statement
privacy-true-title = Does the software do what this says?
privacy-true-text = This text is written from the policy that our software works by. Each check compares the published text with the policy that is running.
privacy-true-link = See the verdict on that promise
privacy-hash-how = How to check the checksum
privacy-hash-text = The checksum is the SHA-256 of the statement as plain text. The same number stands in our ledger, with the moment this version came into force.
privacy-policy-hash = Checksum of the policy
privacy-text-link = The statement as plain text
privacy-versions-title = Versions
privacy-versions-item = { $version }, from { $from }
privacy-versions-one = This is the only version so far. When a new one comes, this one stays here to be read.
privacy-old-title = This is an earlier version
privacy-old-text = This statement is no longer in force. A longer retention in a newer version never applies to data that we held already.
privacy-old-action = To the statement in force now

## Promises

promises-nav = Our promises
promises-title = Our promises
promises-lead = Every sentence of a privacy statement is a promise. These are ours, with the verdict of the last check: what the software looked at, and what it cannot show.
promises-checked-at = Checked on { $when }
promises-none = There has been no check yet.
promises-column-promise = Promise
promises-column-verdict = Verdict
promises-column-why = What it rests on
promises-words-title = What the verdicts mean
promises-words-kept = Every case that was looked at is as promised.
promises-words-broken = At least one case is not as promised. We say which, without naming personal data.
promises-words-not-provable = The data do not show it: there has been no case yet, the check is too old, or it is something people do. That is not the same as kept.
promises-verify-title = Check it yourself
promises-verify-text = Each verdict stands in a ledger that cannot be rewritten unnoticed. With the public key below and the last checkpoint you can verify, without us, what was said and when.
promises-verify-json = All verdicts as JSON
promises-verify-checkpoint = The last checkpoint of the ledger
promises-verify-key = The public key as a file
promises-key = Public key of the ledger
promises-checkpoint-size = Entries in the ledger
promises-checkpoint-root = Root of the checkpoint
promises-checkpoint-none = No checkpoint has been published yet.
promises-limits-title = What this does not prove
promises-limits-text = The ledger proves what we recorded, and that it was not rewritten without anyone who holds an older checkpoint noticing. It does not prove that nothing happens outside the software. What a supplier does remains the supplier’s word: we show the demand, the answer and what we read back.

outcome-kept = Kept
outcome-broken = Broken
outcome-not-provable = Not provable
unprovable-not-built = This version of the software does not do this yet
unprovable-no-case = There has been no case yet
unprovable-stale = The last check is too long ago
unprovable-procedure = A working procedure of our staff; the software does not check it
tally-kept =
    { $count ->
        [one] { $count } kept
       *[other] { $count } kept
    }
tally-broken =
    { $count ->
        [one] { $count } broken
       *[other] { $count } broken
    }
tally-not-provable =
    { $count ->
        [one] { $count } not provable
       *[other] { $count } not provable
    }
promise-checked =
    { $count ->
        [one] { $count } case looked at
       *[other] { $count } cases looked at
    }
promise-broken = { $broken } of { $checked } cases not as promised
promise-never-checked = Not checked yet
promise-how-title = How we do this
promise-how-software = The software does this by itself and checks it in every round.
promise-how-procedure = This is a working procedure of our staff. The software cannot show that it was followed.
promise-evidence-title = What the verdict rests on
promise-checked-at = Checked
promise-cases = Cases looked at
promise-columns =
    { $count ->
        [one] Per column of the database ({ $count })
       *[other] Per column of the database ({ $count })
    }
promise-broken-title = Not as promised
promise-not-shown-title = What these numbers do not show
promise-verify-text = The ledger holds the checksum of the evidence.
promise-evidence-json = The evidence as JSON
promise-evidence-hash = Checksum of the evidence (SHA-256)
promise-leaf = Entry in the ledger
promise-compared = Compared
promise-history-title = Earlier verdicts

fact-columns-declared = Columns of the database, each with a declared purpose
fact-keys = Purposes with keys of their own
fact-envelopes = Encrypted values looked at in { $column }
fact-former-customers-past-term = Former customers whose data still exist past the term
fact-contacts-outward = Connections to the outside
fact-open = Open requests
fact-open-past-due = Open and past due
fact-closed-in-time = Answered in time
fact-closed-late = Answered late
fact-erased-subjects = Erased subjects
fact-keys-of-erased = Keys of theirs that are left
fact-rows-of-erased = Rows of theirs that are left
fact-erasures-under-way = Erasures under way
fact-answers = Answers and refusals
fact-answers-without-authority = Without the supervisory authority’s name
not-shown-outside = What happens on our machines outside this program
not-shown-requests = Requests that never reached this program, for example by phone
not-shown-disks = Copies of disks that had left the building already
not-shown-backups = Backups, until the key of their period is destroyed
not-shown-policy = Whether the policy itself tells the truth

## Receipt of an erasure

receipt-title = Receipt of the erasure
receipt-erasing-title = We are erasing your data
receipt-erasing-text = This usually takes less than a minute. After that your receipt is here.
receipt-waiting-title = Your data have been erased
receipt-waiting-text = The receipt is ready as soon as the ledger has its next checkpoint. That takes seconds.
receipt-again = Look again
receipt-keep-title = Keep this address
receipt-keep-text = Only with this address can you fetch the receipt. We cannot send it again: we no longer know who you are.
receipt-keep-ready = Download the receipt and keep it. As soon as the last backup is unreadable too, that date is here and in the receipt. This page disappears 30 days after that.
receipt-address = Address of this page
receipt-lead = This receipt holds no personal data. Whoever has it can show that it is about its holder, and nothing else.
receipt-live = Not readable here since
receipt-backup = Unreadable in backups too since
receipt-backup-due = Unreadable in backups too by
receipt-download = Download the receipt
receipt-words-title = What happened
receipt-verify-title = Check it yourself
receipt-verify-text = The receipt can be checked without the internet and without us, with the program waarborg and the public key of our ledger.
receipt-key = Public key of the ledger
receipt-expired-title = There is no receipt here
receipt-expired-text = This address does not belong to a receipt, or the receipt has expired.
receipt-expired-hint = A receipt stays until 30 days after the last backup has become unreadable. Check that you used the whole address.

## Accessibility

accessibility-nav = Accessibility
accessibility-title = Accessibility
accessibility-lead = { $provider } wants everyone to be able to use this site. We follow WCAG 2.2 at level AA.
accessibility-how-title = What we do for it
accessibility-how-script = Everything works without JavaScript too.
accessibility-how-keyboard = Everything can be done with the keyboard, and you always see where you are.
accessibility-how-colour = Colour is never the only sign, and contrast is sufficient, light and dark.
accessibility-how-narrow = The pages fit narrow screens and strong magnification.
accessibility-how-errors = Mistakes in forms are told at the top and at the field, in plain words.
accessibility-test-title = How we test it
accessibility-test-text = Each version of the software is tested automatically: all pages with axe against the rules of WCAG 2.2 AA and with the W3C HTML checker, light and dark.
accessibility-limits-title = What has not been shown yet
accessibility-limits-audit = There has been no examination by an independent expert yet.
accessibility-limits-qr = The QR code for the second factor is an image; the secret key stands below it as text.
accessibility-limits-files = Files that you download (CSV, JSON, ZIP) need another program, which we do not test.
accessibility-report-title = Does something not work for you?
accessibility-report-text = Tell us, with the page and what went wrong. We will find a solution together.
accessibility-report-action = Report a problem
security-nav = Report abuse or a leak
