seal-nav = Officers and seal
seal-lead = Your customers' traffic is sealed. It opens only when enough officers work together, each with a share in a file that no machine of yours has.
seal-alarm-none = There is no key yet: no traffic is sealed yet.
seal-alarm-soon =
    The last key ends in { $days ->
        [one] one day
       *[other] { $days } days
    }. Hold the yearly ceremony now.
seal-alarm-overdue =
    The last key ended { $days ->
        [one] one day
       *[other] { $days } days
    } ago. Machines go on with it for 31 days at most and then stop recording.
seal-alarm-stopped = There is no valid key any more: no traffic is recorded.
seal-valid = There are keys up to and including { $date }.
seal-steps-title = How to begin
seal-step-mark = On the Staff page, mark who becomes an officer: at least two people, better three or more.
seal-step-enrol = Each officer runs "waarborg officer enroll" on a computer of their own and hands the identity file in here.
seal-step-roster = Compose the roster below. A second staff member confirms it.
seal-step-ceremony = The officers hold the ceremony: fetch the bundle, run "waarborg officer share", hand the answer in, three times over.
seal-officers = Officers
seal-officers-none = Nobody has enrolled yet
seal-officers-none-text = An officer hands an identity file in first.
seal-officer = Officer
seal-number = Number
seal-since = Enrolled on
seal-digits = Digits
seal-digits-hint = Ask each officer which digits their own program shows, in person or by telephone, and compare them with these.
seal-withdraw = Withdraw
seal-withdraw-title = Withdraw an officer
seal-withdraw-what = { $name } will not be on the next roster. The share keeps working until the others refresh theirs.
seal-enrol-title = Enrol yourself
seal-enrol-text = Hand in the file that "waarborg officer enroll" made. It holds nothing secret. An identity enrolled earlier lapses.
seal-file = File
seal-enrol-send = Enrol
seal-rosters = Ceremonies
seal-rosters-none = No ceremony yet
seal-rosters-none-text = Compose a roster as soon as at least two officers have enrolled.
seal-roster-new = Compose a roster
seal-roster = Ceremony of { $date }
seal-state = State
seal-state-proposed = Waits for confirmation
seal-state-running = Under way
seal-state-finished = Finished
seal-state-stopped = Stopped
seal-flow = Kind
seal-flow-generate = New keys
seal-flow-refresh = Refresh of shares
seal-months = Months
seal-months-range =
    { $count ->
        [one] one month
       *[other] { $count } months
    }, from { $first } to { $last }
seal-threshold = Needed to open
seal-threshold-of = { $k } of { $n } officers
seal-work = What will you do?
seal-work-year = New keys for fourteen months
seal-work-year-hint = The yearly ceremony. The keys follow the last ones there are.
seal-work-refresh = Refresh the shares of running keys
seal-work-refresh-hint = When an officer leaves or a share may have leaked. Do this only with those who stay. Old shares still work together if enough of them survive.
seal-choose = Who takes part?
seal-choose-missing = Choose at least two officers
seal-choose-refresh = With these officers there is nothing to refresh
seal-choose-many = Over time there have been too many officers for one roster
seal-threshold-field = How many are needed to open something?
seal-threshold-hint = At least two. A refresh keeps the number as it was.
seal-threshold-wrong = Enter a number from 2 to the number of officers
seal-propose = Propose
seal-open-already = A roster is open already. Finish or stop that one first.
seal-confirm-title = Is this roster right?
seal-confirm-text = Check the names and digits. After you confirm, the ceremony begins with exactly these officers.
seal-confirm = Confirm and begin
seal-confirm-own = You proposed this roster. Another staff member confirms it.
seal-proposed-by = Proposed by
seal-confirmed-by = Confirmed by
seal-stop = Stop the ceremony
seal-stop-what = The ceremony stops and what the officers did so far lapses. After that a new roster can be proposed.
seal-stop-name = stop
seal-progress = How far the ceremony is
seal-round-1 = Round 1
seal-round-2 = Round 2
seal-round-3 = Signature
seal-sent = Received
seal-waiting = Not yet
seal-bundle = Fetch the bundle
seal-bundle-text = The bundle is the same for all officers: roster, messages and documents. Fetch it anew after each round.
seal-answer-title = Hand in an answer
seal-answer-text = The file that an officer's program makes. Somebody else may hand it in as well: everything in it is signed.
seal-answer-send = Hand in
seal-answer-missing = Choose a file
seal-answer-unreadable = This file cannot be read; is it the right one?
seal-answer-empty = There is nothing in this file
seal-answer-no-ceremony = This answer does not belong to the ceremony under way
seal-answer-signature = A message was not signed by an officer of the roster, or it was changed
seal-answer-place = A message belongs to no round of this ceremony
seal-answer-document = The group document is not of this roster, or does not follow the one before
seal-enrol-taken = Somebody has enrolled with these keys already; make a new identity
seal-enrol-wrong = This is no identity file
seal-two-title = Two different messages
seal-two-text = Officer { $officer } signed two different messages in round { $round }. The first counts. Stop the ceremony, show both to all officers and ask what happened.
seal-two-first = First message
seal-two-second = Second message
flash-seal-enrolled = You have enrolled as an officer.
flash-seal-withdrawn = The officer is withdrawn.
flash-seal-proposed = The roster is proposed. Another staff member confirms it.
flash-seal-confirmed = The ceremony has begun. The officers can fetch the bundle.
flash-seal-stopped = The ceremony is stopped.
flash-seal-taken = The answer was taken.
flash-seal-adopted = The group document was adopted: the ceremony is finished.
flash-seal-two = The answer differs from what the same officer signed earlier. Look at the ceremony.
flash-seal-first = The roster has changed in the meantime. See how it stands now.
