leak-nav-incidents = Data leaks
leak-nav-reports = Leaks of customers
leak-nav-orders = Lawful orders
leak-nav-panel = Report a leak
leak-template = Notice of a data leak
leak-queue = Data leaks with a clock
leak-queue-all = All data leaks
leak-case = Data leak { $number }
leak-report = Report { $number }
leak-number = Number
leak-title = Name
leak-state = State
leak-role = Our role
leak-regime = Law
leak-effects = What happened to the data
leak-discovered = Discovered on
leak-discovered-own = When did you discover it?
leak-occurred-from = Began on
leak-occurred-until = Ended on
leak-ongoing = It is still going on
leak-aware = Aware of the leak since
leak-due = Due
leak-decision = Decision about notifying
leak-people = Decision about people
leak-ground = Ground
leak-affected = Affected customers
leak-untold = Still to be told
leak-opened = Opened
leak-closed = Closed
leak-customer = Customer
leak-told = Told
leak-reported = Reported to us
leak-notified = Reported to the authority
leak-outcome = Outcome
leak-facts = The facts
leak-yes = yes
leak-no = no
leak-save = Save
leak-change = Change
leak-to-check = Continue, to check
leak-check = Check this
leak-open = Open a data leak
leak-open-lead = Open a file as soon as there is a suspicion. The clock begins when you record that it is a leak.
leak-none = There are no data leaks
leak-none-text = Every leak belongs in this register, also one that need not be reported.
leak-moment-hint = Day, month, year and time in the Netherlands, such as 31-12-2026 14:30
leak-not-aware = The clock does not run yet
leak-not-aware-text = Record since when we know with reasonable certainty that it is a leak. The term runs from that moment.
leak-become-aware = Record awareness of the leak
leak-aware-lead = The moment of awareness cannot be changed afterwards. Hours count on in weekends and when the clocks change.
leak-clock-begins = { $clock }: by { $due }
leak-ended = done in time
leak-ended-late = done late, with a reason
leak-was-due = by { $due }
leak-lacks-reason = The term has passed without a reason
leak-give-reason = Record why it is late
leak-late-lead = The authority asks why it could not be done within the term.
leak-late-reason = Reason when late
leak-late-hint = Only needed when it was sent after it was due.
leak-late-check = The reason goes into the file.
leak-change-facts = Change the facts
leak-decide = Decide about notifying
leak-decide-lead = You need not notify only when a risk to people is unlikely, when the customers notify themselves, or when it turns out to be no leak.
leak-ground-hint = Needed when the authority is not notified.
leak-decide-check = A decision not to notify stops the clock. The ground goes into the register.
leak-decide-people = Decide about people
leak-people-lead = At a high risk the people concerned are told, unless article 34(3) of the GDPR makes an exception.
leak-people-ground-hint = Needed when they are not told.
leak-people-check = The decision goes into the file.
leak-record-report = Record that a report was sent
leak-report-lead = This software reports nothing by itself. Fill in the form of the authority with the dossier, and record here what you sent.
leak-report-kind = What was sent
leak-sent-at = Sent on
leak-reference = Reference
leak-report-check = What is recorded cannot be deleted.
leak-reports = Sent to authorities
leak-no-reports = Nothing was recorded yet.
leak-set-scope = Set the scope
leak-scope-lead = The affected customers are computed from the scope. Who was told stays in the list.
leak-scope-everybody = All customers
leak-scope-customers = Customers, plans and services
leak-scope-hint = One a line: the number of a customer, the code of a plan (all customers with a running service of it), or the address of a service.
leak-scope-counts =
    { $count ->
        [one] Affected: one customer
       *[other] Affected: { $count } customers
    }
leak-affected-counts =
    { $count ->
        [one] One customer affected, of whom { $told } told.
       *[other] { $count } customers affected, of whom { $told } told.
    }
leak-affected-gone = { $count } were erased before they could be told.
leak-postponed = Telling them is postponed until { $day }.
leak-customers-csv = Affected customers (CSV)
leak-write-notice = Write the notice
leak-notice-lead = Write what happened, which data it is about, what may come of it, what you have done and what the customer can do. { $number } and { $link } must be in the text; { $name } may be.
leak-notice-title-nl = Title (Dutch)
leak-notice-nl = Notice (Dutch)
leak-notice-title-en = Title (English)
leak-notice-en = Notice (English)
leak-tell = Tell the customers
leak-tell-lead = Each customer gets the notice by e-mail in their own language, and reads it in the customer panel too.
leak-tell-check =
    { $count ->
        [one] One e-mail leaves. This cannot be taken back.
       *[other] { $count } e-mails leave. This cannot be taken back.
    }
leak-sample-name = Fenna de Vries
leak-postpone = Postpone telling
leak-postpone-lead = Postponing may be needed, for instance when the police ask. After this day it is in the work queue again.
leak-until = Until
leak-postpone-reason = Reason of the postponement
leak-postpone-check = After this day the promise is broken as long as customers have not been told.
leak-close = Close the case
leak-close-lead = Write down what was learned. A closed file does not change any more.
leak-closing = Closing and lessons
leak-close-check = A closed file cannot be opened again.
leak-cannot-close = Cannot be closed yet: { $why }
leak-blocked-undecided = it was not decided yet about notifying or about people.
leak-blocked-provisional = the last notification is provisional.
leak-blocked-untold = not all affected customers have been told.
leak-blocked-late = a term has passed without a reason.
leak-blocked-reports = something still has to be reported.
leak-dossier = Dossier
leak-dossier-text = The dossier follows the questions of the authority.
leak-dossier-pdf = Dossier (PDF)
leak-dossier-json = Dossier (JSON)
leak-complete = complete
leak-provisional =
    { $count ->
        [one] provisional: one question open
       *[other] provisional: { $count } questions open
    }
leak-missing =
    { $count ->
        [one] one question open
       *[other] { $count } questions open
    }
leak-fill-in = Complete the dossier
leak-filled-in = What you filled in
leak-reports-lead = What customers report of their own websites and servers. They report to the authority themselves; we help with what we know.
leak-reports-none = There are no reports of customers
leak-reports-none-text = What customers report in their panel comes here.
leak-own-clock = The customer's clock
leak-erased = erased
leak-may-look = We may look
leak-tied = Belongs to
leak-tie = Belongs to our data leak
leak-report-close = Close the report
leak-orders-lead = An order of a court or a competent authority is no data leak, but a ground of its own to open the traffic log.
leak-orders-none = There are no orders
leak-orders-none-text = An order is here as soon as a staff member records it.
leak-order-new = Record an order
leak-order-lead = Record who gave the order, of what date it is and what it says.
leak-order-check = That there is an order goes into the public ledger; its contents do not.
leak-order-authority = Authority
leak-order-given = Date of the order
leak-order-received = Received on
leak-order-text = What it orders
leak-order-close = Close
leak-panel-lead = When there is a leak in your own website or server, you must report it to the authority yourself. Here you find out whether it is a data leak, how much time you have, and get a dossier with what we know.
leak-own-reports = Your reports
leak-own-none = You have not reported a data leak
leak-own-none-text = Your reports and their dossiers are here.
leak-no-clock = no clock
leak-ours = Data leaks on our side
leak-ours-none = There is no data leak on our side that touches you.
leak-told-at = told on { $at }
leak-report-new = Report a data leak
leak-report-send = Report to us
leak-guide-lead = Answer the questions as well as you can now. When you are not sure, say so; you can complete everything later.
leak-guide-duty = This reports the leak to us, not yet to the authority. You do that yourself, with the dossier that you get.
leak-guide-personal-hint = Everything about a person: names, e-mail addresses, orders, messages, passwords.
leak-guide-effects-hint = Choose everything that may have happened.
leak-guide-risk-hint = Think of fraud, abuse of a password, embarrassment or exclusion.
leak-guide-summary-hint = What happened, and how did you notice?
leak-guide-says = The guide says: { $outcome }
leak-advice-report = Report the leak to the authority within 72 hours of discovering it. When the risk is high, tell the people concerned as well.
leak-advice-form = Use the form on the website of the authority and the dossier below. A provisional report is allowed: you complete it later.
leak-advice-record = You need not report this, but you must record it. The dossier is enough for that; when something changes, complete your answers.
leak-advice-no-leak = By your answers this is no data leak. When something changes, complete your answers.
leak-advice-unclear = Find out what you are not sure of, and act as if it is a data leak until then: the clock runs.
leak-own-dossier-text = With what you filled in and what we know. It is not a report: that is yours to send.
leak-may-look-ask = You may look at my website or server to help
leak-may-look-hint = This is not access yet: we agree with you where and how long.
leak-note-notified = I have reported to the authority
flash-leak-opened = The file is open.
flash-leak-saved = It is recorded.
flash-leak-reported = Your report was received. The dossier is ready.
flash-leak-reason-first = The term has passed. First record why.
flash-leak-notice-first = First write the notice.
flash-leak-choose-case = Choose a data leak.
