## Words

supplier-field = { $field ->
        [identity-name] name
        [identity-organisation] organisation
        [identity-kvk] trade register number
        [contact-email] e-mail address
        [contact-phone] telephone number
        [contact-street] street and number
        [contact-postcode] postcode
        [contact-city] place
        [contact-country] country
        [domain-name] domain name
       *[other] { $field }
    }
supplier-state-due = to be demanded
supplier-state-requested = deletion demanded
supplier-state-linked = cannot be deleted yet
supplier-state-kept = stays there until a date
supplier-state-confirmed = deleted
supplier-state-failed = failed
supplier-state-held = in use
supplier-state-intended = perhaps given
supplier-state-given = given
supplier-state-not-given = not given
supplier-reason-ended = The service has ended
supplier-reason-erased = The customer was erased
supplier-ground-supplier-rules = rules of the supplier's own
supplier-ground-validation-records = records of the check that a certificate authority must keep
supplier-ground-legal-duty = legal obligation (article 17(3)(b) GDPR)
supplier-ground-legal-claim = legal claim (article 17(3)(e) GDPR)
supplier-controller = Decides itself what happens with the data (controller)
supplier-processor = Works on our instructions (sub-processor)

## Staff

staff-suppliers = Suppliers
staff-suppliers-lead = Who may receive customers' data according to the policy, and what each has now. To add somebody, change the policy.
staff-suppliers-text = What they do
staff-suppliers-role = Role
staff-suppliers-country = Country
staff-suppliers-purposes = What for
staff-suppliers-data = May receive
staff-suppliers-keeps = Keeps itself
staff-suppliers-transfer = Safeguard of the transfer
staff-suppliers-hosts = Reached at
staff-suppliers-hosts-none = Nowhere: we reach this supplier by hand
staff-suppliers-asked = How we demand deletion
staff-suppliers-asked-hand = By hand: a member of staff asks and records the answer
staff-suppliers-asked-program = The program asks and reads back
staff-suppliers-has = Has now
staff-suppliers-count = { $count ->
        [one] one disclosure
       *[other] { $count } disclosures
    }
staff-suppliers-withdrawals = Withdrawals
staff-suppliers-undeclared = This recipient is no longer in the policy. What it has must be withdrawn.
staff-disclosures = Disclosures
staff-disclosures-lead = What suppliers received of customers. Names show only with a disclosure itself.
staff-disclosures-none = No disclosures yet
staff-disclosures-none-text = As soon as a service was made for which a supplier received data, it is here.
staff-disclosure = Disclosure
staff-disclosure-number = Reference here
staff-disclosure-supplier = Supplier
staff-disclosure-purpose = Purpose
staff-disclosure-fields = Which data
staff-disclosure-given = Given on
staff-disclosure-customer = Customer
staff-disclosure-customer-gone = Erased
staff-disclosure-services = Used by
staff-disclosure-reference = Reference at the supplier
staff-disclosure-reference-hint = Under which the supplier knows these data, such as a contact handle. Without a reference the supplier may not find them.
staff-disclosure-reference-save = Save the reference
staff-disclosure-values = What was given
staff-disclosure-values-gone = The values are gone: the customer was erased or the supplier has deleted them.
staff-disclosure-correct = The supplier has the data of now
staff-disclosure-correct-text = The customer has changed their data. Pass the new ones on to the supplier, and record that here afterwards.
staff-disclosure-withdrawal = Withdrawal
staff-withdrawals = Withdrawals
staff-withdrawals-lead = What suppliers must delete, what is due first on top. Nothing leaves this list without an answer.
staff-withdrawals-none = No withdrawals yet
staff-withdrawals-none-text = As soon as a customer has no service left for which a supplier received data, or is erased, it is here.
staff-withdrawals-late = { $count ->
        [one] One withdrawal is past its date.
       *[other] { $count } withdrawals are past their date.
    }
staff-withdrawal = Withdrawal
staff-withdrawal-reason = Why
staff-withdrawal-state = State
staff-withdrawal-due = Answer due
staff-withdrawal-begun = Begun on
staff-withdrawal-requested = Demanded on
staff-withdrawal-answered = Last answer on
staff-withdrawal-next = Next step
staff-withdrawal-next-staff = Waits for staff
staff-withdrawal-tries = Tries without an answer
staff-withdrawal-until = Kept until
staff-withdrawal-answer = Answer or proof
staff-withdrawal-proof = SHA-256 of the proof
staff-withdrawal-overdue = Late
staff-withdrawal-lateness = Date
staff-withdrawal-answer-title = Record the answer
staff-withdrawal-answer-text = Ask the supplier to delete the data under this reference, and verify yourself that it was done. Then record the answer.
staff-withdrawal-answered-gone = Deleted, and verified
staff-withdrawal-answered-linked = Not yet: something still refers to them; ask again tomorrow
staff-withdrawal-answered-kept = The supplier keeps them, on a ground and until a date
staff-withdrawal-answered-refused = Refused
staff-withdrawal-what = What was the answer?
staff-withdrawal-ground-which = On what ground are they kept?
staff-withdrawal-until-when = Until when are they kept?
staff-withdrawal-shows = What shows it?
staff-withdrawal-shows-hint = Who said what, when, and what you verified.
staff-withdrawal-save = Record the answer
staff-withdrawal-retry = Ask again
staff-withdrawal-retry-text = The supplier refused, or gave no answer for long. Find out why, and then ask again.
flash-supplier-answered = The answer has been recorded.
flash-supplier-retried = The supplier is asked again.
flash-supplier-referenced = The reference has been saved.
flash-supplier-corrected = Recorded that the supplier has the data of now.
staff-task-withdrawals = Keeping withdrawals at suppliers going

## Panel

panel-disclosures = What suppliers have of yours
panel-disclosures-lead = For each service for which a supplier received data: which, and whether they are still there. When the service is over, we have the supplier delete them.
panel-disclosures-none = Suppliers have received nothing of yours
panel-disclosures-none-text = When a supplier receives data of yours, for a domain name for example, it is here.
panel-disclosures-since = Since
panel-disclosures-state = State
panel-disclosures-answer-due = The supplier must answer by { $date }.
panel-disclosures-kept = The supplier keeps them until { $date }: { $ground }.
panel-disclosures-gone = Deleted on { $date }; we forget what we know of it after a year.
panel-disclosures-word = That a supplier really deletes is the supplier's word; we demand it, read back where that is possible, and keep the answer.

## Promises

fact-disclosures = Disclosures to suppliers
fact-disclosures-unsettled = Of those, not certain whether they left
fact-disclosures-outside-register = Disclosures that the policy does not name
fact-disclosures-without-order = Disclosures without an order
fact-disclosures-past-term = Disclosures that should have been forgotten
fact-holders-at-suppliers = Holders of domain names at suppliers
fact-holders-that-differ = Of those, not what is registered here
fact-domains-without-disclosure = Domain names of which it is not recorded who received the data
fact-withdrawals = Withdrawals
fact-withdrawals-confirmed = Of those, confirmed deleted
fact-withdrawals-kept = Of those, kept on a ground until a date
fact-withdrawals-linked = Of those, not yet possible to delete
fact-withdrawals-failed = Of those, with staff
fact-withdrawals-overdue = Withdrawals past their date without an answer
fact-disclosures-forgotten = Disclosures that nobody uses or withdraws
not-shown-supplier-made = what a supplier did with the data
not-shown-domains-before = domain names from before this register
not-shown-supplier-deleted = whether a supplier really deleted: that is its word
