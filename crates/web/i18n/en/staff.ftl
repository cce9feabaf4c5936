## The staff panel.

## Navigation

staff-nav-queue = Work queue
staff-nav-search = Search
staff-nav-customers = Customers
staff-nav-messages = Messages
staff-nav-requests = Requests
staff-nav-promises = Promises
staff-nav-policy = Policy
staff-nav-ledger = Ledger
staff-nav-outbound = Contacts outward
staff-nav-imports = Import customers
staff-nav-team = Staff
staff-nav-health = System health

## Words

staff-yes = Yes
staff-no = No
staff-never = Not yet
staff-unknown = Not known
staff-all = All
staff-look-again = Look again
staff-reason = Reason
staff-visitor = visitor
staff-customer = Customer
staff-no-customer = No customer
staff-fields = Changed: { $fields }
staff-no-events = The ledger says nothing about this yet.
staff-cases =
    { $count ->
        [one] { $count } case
       *[other] { $count } cases
    }
staff-language-nl = Dutch
staff-language-en = English
staff-closed-at = Answered on { $date }
staff-date-wrong = Enter a date such as 31-12-2026
staff-conflict = Changed meanwhile
staff-conflict-text = Somebody else changed this customer while you were working. What you entered is still here. Compare it with what stands there now and save again; your version then replaces it.
staff-conflict-now = See what stands there now
staff-field-kind = kind
staff-field-name = name
staff-field-organisation = organisation
staff-field-kvk = KvK number
staff-field-vat = VAT number
staff-field-email = e-mail address
staff-field-phone = telephone number
staff-field-address = address
staff-field-language = language

## Columns

staff-column-number = Number
staff-column-name = Name
staff-column-kind = Kind
staff-column-email = E-mail address
staff-column-city = Place
staff-column-since = Since
staff-column-restricted = Processing restricted
staff-column-who = From whom
staff-column-received = Received
staff-column-state = Status
staff-column-due = Due
staff-column-answered = Answered
staff-column-identity = Identity
staff-column-channel = Came in through
staff-column-title = Subject
staff-column-updated = Last changed
staff-column-began = Began
staff-column-closed = Closed
staff-column-recipient = Recipient
staff-column-purpose = Purpose
staff-column-fields = Data
staff-column-when = When
staff-column-host = Host
staff-column-count = Count
staff-column-role = Role
staff-column-factor = Second factor
staff-column-signed-in = Last signed in
staff-column-officer = Officer
staff-column-promise = Promise
staff-column-verdict = Verdict
staff-column-why = Why
staff-column-checked = Checked
staff-column-broken = Not as promised
staff-column-fact = Fact
staff-column-position = Entry
staff-column-actor = Who
staff-column-about = About
staff-column-leaf = Leaf hash
staff-column-particulars = Particulars
staff-column-version = Version
staff-column-from = In force since
staff-column-key = Place in the file
staff-column-change = What
staff-column-words = In words
staff-column-data = Data
staff-column-ground = Ground
staff-column-retention = Retention
staff-column-line = Line
staff-column-wrong = What is wrong
staff-column-job = Job
staff-column-attempts = Attempts
staff-column-error = Error
staff-column-action = Action
staff-column-task = Task
staff-column-last-run = Last run
staff-column-note = Outcome
staff-column-runs = Runs

## Work queue

staff-queue-first = Take the most pressing
staff-queue-requests = Requests by deadline
staff-queue-overdue =
    { $count ->
        [one] { $count } overdue
       *[other] { $count } overdue
    }
staff-queue-soon =
    { $count ->
        [one] { $count } due within a week
       *[other] { $count } due within a week
    }
staff-queue-unverified =
    { $count ->
        [one] { $count } awaits an identity check
       *[other] { $count } await an identity check
    }
staff-queue-all-requests =
    { $count ->
        [one] See the one open request
       *[other] See all { $count } open requests
    }
staff-queue-threads = Messages awaiting an answer
staff-queue-all-threads =
    { $count ->
        [one] See the one open message
       *[other] See all { $count } open messages
    }
staff-queue-broken =
    { $count ->
        [one] One promise is broken
       *[other] { $count } promises are broken
    }
staff-queue-failed =
    { $count ->
        [one] One job has failed
       *[other] { $count } jobs have failed
    }
staff-queue-none = Nothing to do
staff-queue-none-text = There are no failed jobs and no broken promises.

## Search

staff-search-label = Find a customer, request or message
staff-search-hint = By name, e-mail address, place, postcode or number (K…, R… or B…). What you search for is not put in the address of the page.
staff-search-missing = Enter what you are looking for, in at most 200 characters
staff-search-incomplete = The names of customers are still being read. Search again in a few seconds when somebody is missing.
staff-search-none = No customer has words that begin like this, and no request or message has this number.
staff-search-found =
    { $count ->
        [one] { $count } customer found
       *[other] { $count } customers found
    }
staff-search-more = These are the first 50. Search by more words to get fewer.

## Customers

staff-customer-new = New customer
staff-customer-create = Register customer
staff-customer-kind = Kind of customer
staff-customer-person = Person
staff-customer-organisation = Organisation
staff-customer-organisation-name = Name of the organisation
staff-customer-organisation-hint = Only when the customer is an organisation
staff-customer-name = Name of the person or contact
staff-customer-phone = Telephone number
staff-customer-address = Address
staff-customer-street = Street and number
staff-customer-postcode = Postcode
staff-customer-country = Country
staff-customer-country-hint = Two letters, such as NL
staff-customer-kvk = KvK number
staff-customer-vat = VAT number
staff-customer-language = Language of mail and letters
staff-customer-invite = Invite this person as owner of the customer panel
staff-customer-invite-hint = The invitation goes to the e-mail address above and is valid for seven days.
staff-customer-details = Details
staff-customer-logins = Logins
staff-logins-none = No logins yet
staff-logins-none-text = Without a login this customer cannot sign in. Invite an owner.
staff-invited =
    { $count ->
        [one] { $count } invitation is pending.
       *[other] { $count } invitations are pending.
    }
staff-invite = Invite a login
staff-invite-text = This person receives an e-mail with a link that works for seven days, and can then sign in for the customer.
staff-factor-on = On
staff-factor-off = Off
staff-customer-no-requests = This customer has made no request yet.
staff-customer-no-threads = This customer has not written yet.
staff-customer-contacts = Who received data
staff-customer-no-contacts = No data about this customer has left yet.
staff-customer-change = Change details
staff-customer-change-text = The change takes effect at once. The ledger records which fields changed, not what was in them.
staff-customers-none = No customers yet
staff-customers-none-text = Register the first customer here, or import a file.
staff-customers-search = Search by name, e-mail address or number
staff-customers-csv-hint = The CSV file holds names and addresses of at most 20,000 customers. That you download it is recorded in the ledger.
staff-restricted = Restricted
staff-not-restricted = Not restricted
staff-restricted-since = Processing of these data has been restricted since { $date }: storage only, and nothing else without the customer’s consent (article 18 GDPR).
staff-agreement-ended = The agreement ended on { $date }.
staff-restriction-set = Restrict processing
staff-restriction-set-text = This customer’s data will then only be stored. They may be used only with the customer’s consent, for a legal claim or to protect somebody’s rights.
staff-restriction-lift = Lift restriction
staff-restriction-lift-text = The customer must be told beforehand (article 18(3) GDPR). We mail the reason; seven days later the restriction ends by itself.
staff-restriction-reason-hint = This text goes into the e-mail to the customer
staff-restriction-announce = Announce

## Messages

staff-thread = Message { $number }
staff-thread-question = Question
staff-thread-request = About own data
staff-thread-complaint = Complaint
staff-thread-agreement = Processor agreement
staff-thread-abuse = Report of abuse
staff-thread-open = Awaiting answer
staff-thread-answered = Answered
staff-thread-closed = Closed
staff-author-customer = Customer or visitor
staff-author-staff = Staff member
staff-author-system = System
staff-threads-none = No messages
staff-threads-none-text = What customers and visitors write appears here.
staff-thread-messages = Written
staff-thread-answer = Answer
staff-thread-text = Answer
staff-thread-text-hint = Goes to the writer by e-mail, with a greeting and signature around it. Mention no data that the writer did not give as long as you do not know who it is.
staff-thread-send = Send answer
staff-thread-close = Close without an answer
staff-thread-reopen = Reopen
staff-thread-is-closed = This message is closed. Reopen it to answer.
staff-thread-full = This message holds the highest number of replies. Begin a new one.
staff-thread-of-request = This belongs to a request
staff-thread-of-request-text = The request has a term and an answer of its own. Answer here only when something must be found out first.
staff-thread-to-request = To the request
staff-thread-moved = Something was added
staff-thread-moved-text = While you were writing a message was added or the status changed. Read it first; your text is still here.

## Requests

staff-kind-access = Access
staff-kind-rectification = Rectification
staff-kind-erasure = Erasure
staff-kind-restriction = Restriction
staff-kind-portability = Portability
staff-kind-objection = Objection
staff-kind-complaint = Complaint
staff-state-all-open = All open
staff-state-open = Open
staff-state-received = Identity not confirmed yet
staff-state-verified = Ready for a decision
staff-state-granted = Granted
staff-state-refused = Refused
staff-state-withdrawn = Withdrawn
staff-channel-panel = the customer panel
staff-channel-contact = the contact form
staff-channel-staff = a staff member
staff-identity-unverified = Not confirmed
staff-identity-signed-in = Signed in
staff-identity-second-factor = Signed in with second factor
staff-identity-known-address = Link in the e-mail followed
staff-identity-two-channels = Confirmed through two channels
staff-identity-staff = A staff member vouches
staff-request = Request { $number }: { $kind }
staff-request-new = Record a request
staff-request-new-text = For a request that came by letter, telephone or at the desk. The term runs from the day of receipt. The person receives an e-mail with a link to confirm; a complaint needs none.
staff-request-for = For customer { $name }. The link goes to the e-mail address known of this customer.
staff-request-email-hint = The link and the answer go here
staff-request-purpose = What the objection is against
staff-request-text = What is asked?
staff-request-received = Day of receipt
staff-request-received-hint = Empty means today.
staff-request-open = Open request
staff-requests-none = No requests
staff-requests-none-text = Requests for access, rectification, erasure and the other rights appear here, with their terms.
staff-request-asked = The request
staff-request-words = In their own words
staff-request-thread = Message
staff-request-thread-link = Read the message
staff-request-not-yet = (not yet confirmed to be this customer)
staff-erased-person = This person’s data have been erased
staff-request-extended = Term extended on
staff-request-extension-reason = Reason for extension
staff-request-late-reason = Why late
staff-request-answer = Answer
staff-request-sent = The answer as it was sent
staff-request-grant-later = It can be granted once it is certain who asks.
staff-request-privacy-decides = A staff member with the role Privacy decides on this request.
staff-law = What the law says
staff-law-access = Article 15 GDPR: data subjects may know whether we process data and then receive a copy with purposes, recipients, retention and source, within a month and free of charge. The rights of others limit what the copy holds. Refusal is possible only for a manifestly unfounded or excessive request (article 12(5)).
staff-law-rectification = Articles 16 and 19 GDPR: inaccurate data are corrected without undue delay and incomplete data completed. Recipients of the data are told, unless that is impossible or takes disproportionate effort.
staff-law-erasure = Article 17 GDPR: we erase when the data are no longer needed, consent was withdrawn, an objection succeeds or the processing was unlawful. What a legal duty or claim requires stays as long as that lasts (paragraph 3). With erasure the services stop and the agreement ends.
staff-law-restriction = Article 18 GDPR: while accuracy is checked, an objection is weighed, the processing was unlawful or the data subject needs the data for a claim, we only store them. The data subject is told before the restriction is lifted.
staff-law-portability = Article 20 GDPR: what the data subject provided and we process by automated means on the ground of contract or consent is handed over in a common, machine-readable format.
staff-law-objection = Article 21 GDPR: processing on the ground of a legitimate interest can be objected to. We stop, unless we have compelling grounds that weigh more or need the data for a claim. The balancing belongs in the answer.
staff-law-complaint = Article 77 GDPR: whoever disagrees with us can always go to the supervisory authority. We answer on the substance and within the same month, and name that way in every answer.

## Who asks

staff-identity-step = Who makes this request?
staff-identity-waiting = An e-mail with a link went to the known address. It has not been followed yet.
staff-identity-followed = The link in the e-mail was followed. A second channel is still needed: call the number that was known already and read a code out, or have the customer confirm it in the customer panel.
staff-code-make = Make a code to read out
staff-code = Read out this code
staff-code-label = Code
staff-code-text = Call the telephone number that was known before the request came. The code works for an hour, on the page of the link. It is shown only once.
staff-link-resend = Send the link again
staff-attach = Attach to a customer
staff-attach-text = Does the writer say to be a customer, with another e-mail address than we know? Then choose the customer. A new link goes to the address known of that customer; what was confirmed so far does not count for this customer.
staff-attach-number = Customer number
staff-attach-send = Attach and send link
staff-attach-unknown = There is no customer with this number
staff-vouch = Vouch for the identity
staff-vouch-text = Do this only when you are certain who makes the request, for instance because you know this person who stands before you, or called a number that was known already. Do not ask for a copy of an identity document. Your verdict goes into the ledger.
staff-vouch-phone = Known telephone number
staff-vouch-sure = I am certain that this is the person the request is about
staff-vouch-missing = Confirm that you are certain
staff-vouch-confirm = Confirm identity

## Decisions

staff-grant = Grant
staff-refuse = Refuse
staff-extend = Extend the term
staff-withdraw = Withdrawn by the person
staff-grant-access = The package with the data will be made. The person is told as soon as it is ready.
staff-grant-rectification = The data are corrected at once and the person is told.
staff-grant-erasure = The data will be erased.
staff-grant-restriction = From now on the data are only stored, until you lift the restriction.
staff-grant-portability = The file with the data that the person provided will be made. The person is told as soon as it is ready.
staff-grant-objection = Write in the answer what you will no longer do. The software does not see to that by itself.
staff-grant-complaint = Write what you do about the complaint.
staff-grant-send = Grant and send answer
staff-refuse-text = A refusal names the reason. The ways to us, the authority and the court are added by themselves.
staff-refuse-send = Refuse and send answer
staff-rectify = The data as they are to be
staff-rectify-text = Enter what the person asked for. What you do not change stays as it is.
staff-answer-text = Your words in the answer
staff-answer-hint = They take the place of […] in the e-mail below.
staff-answer-preview = The e-mail that will be sent
staff-late-reason = Why does the answer come late?
staff-late-hint = The term has passed. The reason goes into the answer and the records.
staff-extend-text = This request must be answered by { $date }. When it is complex or there are many requests, the term can be extended once by { $term } (article 12(3) GDPR). The person is told the reason by e-mail.
staff-extend-hint = This text goes into the e-mail
staff-extend-send = Extend and tell
staff-withdraw-text = Only when the person has let you know that the request is no longer needed. The request is closed without an answer.
staff-withdraw-confirm = Record the withdrawal

## Erasure

staff-erase = Erase the data
staff-erase-lead = You are about to erase everything we hold about { $name }.
staff-erase-what = What will happen
staff-erase-answer = Now the answer leaves by e-mail, with the ways to us, the authority and the court.
staff-erase-service = Then the services stop, the agreement ends, and the sessions of the logins below end.
staff-erase-keys = The keys are destroyed and the rows deleted, as a rule within some minutes. That is the first date on the receipt.
staff-erase-backups = In the last backup, too, the data are unreadable within { $term }. That is the second date.
staff-erase-receipt = The person receives a link to a receipt that can be checked without us.
staff-erase-logins = These logins go too
staff-erase-logins-stay = These logins stay, because they belong elsewhere too
staff-erase-stays = What stays
staff-erase-stays-what = What
staff-erase-stays-why = Why
staff-erase-stays-until = Until when
staff-erase-stays-hint = The person reads the same on the receipt.
staff-erase-answer-hint = They take the place of […] in the e-mail above.
staff-erase-name-wrong = This is not the name above

## Contacts outward

staff-contact-intended = Begun
staff-contact-done = Done
staff-contact-failed = Failed
staff-contact-refused = Refused
staff-outbound-text = Everything the software sends out goes through one gate, which admits only recipients that the policy names.
staff-outbound-refused =
    { $count ->
        [one] One contact was refused, because the policy does not allow it.
       *[other] { $count } contacts were refused, because the policy does not allow them.
    }
staff-outbound-none = No contacts yet
staff-outbound-none-text = As soon as something leaves, or is refused, it appears here.
staff-outbound-counts = By recipient
staff-outbound-latest = The latest contacts
staff-outbound-nobody = No recipient in the policy

## Promises

staff-verdict-none = Not checked yet
staff-attest = Check now
staff-promises-counts = { $kept } of { $total } promises are provably kept, { $broken } broken.
staff-promises-checked = Checked on { $when }.
staff-promises-never = Nothing has been checked yet.
staff-promise-text = What is promised
staff-promise-software = How the software watches over it
staff-promise-procedure = By which working procedure
staff-promise-evidence = Evidence
staff-promise-hash = SHA-256 of the evidence
staff-promise-entry = The entry in the ledger
staff-promise-broken = Not as promised
staff-promise-facts =
    { $count ->
        [one] Show { $count } count
       *[other] Show { $count } counts
    }
staff-promise-hashes = Show the hashes that were compared
staff-promise-not-shown = What this does not show
staff-promise-history = Earlier verdicts

## Policy

staff-policy-current = In force
staff-policy-file = The file
staff-policy-registers = Registers
staff-policy-versions = Versions
staff-policy-hash = SHA-256
staff-policy-none = No policy is in force yet
staff-policy-none-text = Put the policy of the file in force.
staff-policy-unfinished =
    { $count ->
        [one] One line of this policy is still to be filled in.
       *[other] { $count } lines of this policy are still to be filled in.
    }
staff-statement-hash-nl = SHA-256 of the statement (nl)
staff-statement-hash-en = SHA-256 of the statement (en)
staff-file-unknown = This program does not know where the file is.
staff-file-unreadable = The policy file cannot be read.
staff-file-wrong = The file says something that cannot be
staff-file-same = The file says what is in force
staff-file-other = The file holds version { $version }, which is not in force yet. { $count ->
        [one] There is one difference.
       *[other] There are { $count } differences.
    }
staff-publish = Put in force
staff-publish-confirm = Put in force now
staff-publish-text = Version { $version } replaces what is in force now. The privacy statement changes with it, and its hash goes into the ledger.
staff-publish-terms = A longer retention holds only for data from then on; a shorter one holds at once, also for what is there already.
staff-publish-same = The file already says what is in force.
staff-publish-failed = The policy was not put in force
staff-change-added = New
staff-change-removed = Gone
staff-change-changed = Changed
staff-change-lengthened = Longer
staff-change-shortened = Shorter
staff-in-force = In force
staff-superseded = Superseded
staff-version = Policy, version { $version }
staff-version-changes = Differences from the version before
staff-version-first = This is the first version.
staff-version-no-changes = There are no differences in meaning.
staff-version-body = Show the file
staff-statement-title = Privacy statement
staff-statement = See the privacy statement
staff-statement-file = Statement by the file
staff-statement-of-file = This is how the statement would read by the file.
staff-statement-of-running = This is how the statement reads now.
staff-statement-see-running = See what is in force
staff-statement-see-file = See what the file says
staff-register-controller = Register of processing as controller
staff-register-processor = Register of processing as processor
staff-register-empty = The policy names nothing here.
staff-retention = Retention schedule

## Ledger

staff-ledger-size = Entries
staff-ledger-pending = Without a place yet
staff-ledger-signed = Checkpoint
staff-ledger-signed-at = { $size } entries, signed on { $when }
staff-ledger-root = Root hash
staff-ledger-note = The signed checkpoint
staff-ledger-none = No entries yet
staff-ledger-none-text = Every change leaves an entry here.
staff-ledger-export = Download the entries as they are hashed
staff-ledger-export-hint = A line of JSON for each entry, at most 10,000. ?from= begins further on.
staff-actor-system = The program ({ $name })
staff-actor-person = A person
staff-actor-visitor = A visitor
staff-entry = Entry { $number }
staff-entry-subjects = Data subjects (as commitments)
staff-entry-covered = Covered by a checkpoint
staff-entry-waiting = Awaits the next checkpoint
staff-entry-data = Particulars
staff-entry-hint = The ledger never holds names, addresses or domains.
staff-entry-raw = Show the bytes that were hashed
staff-verify = Check a receipt
staff-verify-button = Check
staff-verify-text = Paste a receipt that somebody had from us. It is checked with the public key and not kept.
staff-verify-receipt = Contents of the receipt (.tlog-proof)
staff-verify-hint = The whole text, from the first line
staff-verify-wrong = This receipt is not right: { $why }
staff-verify-right = The receipt is right
staff-verify-right-text = The entry is in the ledger, the checkpoint is signed with our key and the entry is about this data subject.
staff-verify-subject = Data subject
staff-verify-here = In this ledger
staff-verify-here-yes = At the same place
staff-verify-here-no = Not at this place
staff-verify-key = The public key of the ledger

## Import

staff-import-text = Choose a CSV file of customers. First everything is looked at and nothing changes; then you confirm. All of it is imported, or nothing.
staff-import-file = CSV file
staff-import-hint = UTF-8, at most { $size } MB. Larger files go by the command waarborg import.
staff-import-check = Look at the file
staff-import-columns = Which columns?
staff-import-columns-text = The first line names the columns, in any order, separated by commas or semicolons. Only name and email are required.
staff-import-missing = Choose a file
staff-import-busy = Too many files are waiting. Try again in some minutes.
staff-import-unreadable = The file cannot be read
staff-import-empty = The file is empty
staff-import-header = The first line names no columns
staff-import-unknown-column = There is no column “{ $name }”
staff-import-repeated-column = The column “{ $name }” is there twice
staff-import-missing-column = The column “{ $name }” is missing
staff-import-too-large = The file is too large; split it
staff-import-not-utf8 = { $column }: not text in UTF-8
staff-import-repeats-of = { $column }: the same as in line { $line }
staff-import-unknown = { $column }: there is no such thing
staff-import-there = The customer has this already
staff-import-fields = { $found } fields instead of { $expected }
staff-import-row-too-long = The row is too long; perhaps a quote is not closed
staff-import-look = The file as read
staff-import-running = Importing
staff-import-done = Imported
staff-import-failed = Not imported
staff-import-ready =
    { $count ->
        [one] { $count } customer can be imported. No mistakes were found.
       *[other] { $count } customers can be imported. No mistakes were found.
    }
staff-import-joining =
    { $count ->
        [one] { $count } customer has an e-mail address that somebody signs in with already, and joins that login.
       *[other] { $count } customers have an e-mail address that somebody signs in with already, and join those logins.
    }
staff-import-ready-text = Nothing has changed yet. The file waits for your confirmation for half an hour, in memory only.
staff-import-confirm =
    { $count ->
        [one] Import { $count } customer
       *[other] Import { $count } customers
    }
staff-import-forget = Forget the file
staff-import-again = Choose another file
staff-import-no-rows = The file has columns, but no rows.
staff-import-wrong = { $wrong ->
        [one] One row is wrong; { $right } right.
       *[other] { $wrong } rows are wrong; { $right } right.
    } Nothing will be imported.
staff-import-wrong-text = Correct the file and choose it again.
staff-import-wrong-rows = Rows that are wrong
staff-import-wrong-more = Only the first { $count } are shown.
staff-import-rows = Rows done
staff-import-running-text = You may leave this page; it goes on. The customers become visible all at once.
staff-import-done-text = { $count ->
        [one] { $count } customer was imported.
       *[other] { $count } customers were imported.
    } { $joined ->
        [0] Each got a new login.
       *[other] { $joined } joined a login that was there already.
    }
staff-import-failed-text = The import failed. Nothing of the file is left; see the log for what was the matter.

## Staff

staff-team-new = Add a staff member
staff-team-add = Add and invite
staff-team-new-text = The staff member receives an e-mail with a link to choose a password, and sets up a second factor when first signing in.
staff-role-admin-hint = Everything, also staff, imports and restarting jobs
staff-role-privacy-hint = Decides on requests; sees customers, promises, policy and ledger
staff-role-support-hint = Customers and messages; sees requests and records them
staff-role-auditor-hint = Sees promises, policy, ledger and system health, no customers
staff-role-none = No longer staff
staff-role-none-hint = Can no longer enter the staff panel
staff-officer = Officer
staff-officer-hint = Holds a share of the seal
staff-member-active = Active
staff-member-invited = Invited
staff-member-disabled = Disabled
staff-member-role = Change the role
staff-member-role-hint = A change ends the sessions of this staff member.
staff-member-me = This is you. Another admin can disable your access or reset your second factor.
staff-member-access = Access
staff-member-access-text = Who is disabled cannot sign in; the sessions end at once. Who lost the second factor sets up a new one at sign-in after a reset.
staff-member-disable = Disable access
staff-member-enable = Enable access
staff-member-reset = Reset second factor
staff-last-admin = One admin who can sign in must remain

## System health

staff-health-jobs = Jobs
staff-jobs-queued = Waiting
staff-jobs-running = Running
staff-jobs-done = Done (last thirty days)
staff-jobs-failed = Failed
staff-health-failed = Failed jobs
staff-health-no-failed = No failed jobs
staff-retry = Retry
staff-health-tasks = What runs by the clock
staff-tasks-none = Nothing has run yet
staff-tasks-none-text = Once the program runs, the last run of each scheduled task appears here.
staff-task-done = Done
staff-task-failed = Failed
staff-task-running = Running
staff-health-keys = Keys
staff-keys-epoch = Epoch of the keys
staff-keys-phase = Rotation
staff-keys-generation = Generation of the key store
staff-keys-copies = Copies of the epoch key
staff-phase-steady = No rotation under way
staff-phase-both = New keys go to the next epoch already
staff-phase-retiring = The old epoch is being destroyed
staff-health-parts = Parts
staff-health-version = Version
staff-health-database = Database
staff-health-names = Customers in the search index

## Said once after a redirect

flash-staff-added = The staff member was added.
flash-staff-answered = The answer was sent.
flash-staff-attested = All promises were checked.
flash-staff-customer-created = The customer was registered.
flash-staff-disabled = Access was disabled.
flash-staff-enabled = Access was enabled.
flash-staff-erasure-begun = The request was granted and the erasure begins.
flash-staff-extended = The term was extended and the person is told.
flash-staff-factor-reset = The second factor was reset.
flash-staff-import-begun = The import has begun.
flash-staff-import-forgotten = The file was forgotten.
flash-staff-invited = The invitation was sent.
flash-staff-last-admin = Not done: one admin must remain.
flash-staff-lifting-announced = The customer is told; the restriction ends in seven days.
flash-staff-link-sent = A new link was sent.
flash-staff-published = The new policy is in force.
flash-staff-published-same = This policy was in force already.
flash-staff-request-answered = The decision was recorded and the answer sent.
flash-staff-request-opened = The request was recorded and the term runs.
flash-staff-restricted = Processing was restricted.
flash-staff-retried = The job will be tried again.
flash-staff-thread-closed = The message was closed.
flash-staff-thread-reopened = The message was reopened.
flash-staff-verified = The identity was confirmed.
flash-staff-withdrawn = The withdrawal was recorded.
staff-task-jobs-released = Jobs of a process that ended are taken over
staff-task-imports-swept = Imports that broke off are undone
staff-task-contacts-ended = Contacts outward that broke off are marked
staff-task-links-swept = Expired sessions and links are removed
staff-task-requests-reminded = Staff are reminded of requests
staff-task-retention = What has passed its term is removed
staff-task-orphan-keys = Keys without a use are destroyed
staff-task-epoch-rotation = The epoch key is rotated
staff-task-attest = Promises are checked
