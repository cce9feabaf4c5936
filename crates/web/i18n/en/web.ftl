## The shell and the components. Pages have files of their own beside this one; every key is there in both languages.

## Shell: header, navigation, footer

shell-title = { $page } – { $provider }
skip-link = Skip to content
nav-label = Main navigation
nav-menu = Menu
nav-home = Home
nav-footer = About this site
nav-crumbs = Breadcrumbs
area-panel = My panel
area-staff = Staff
account-label = Account
acting-for = for { $customer }
sign-in = Sign in
sign-out = Sign out
language-label = Language
theme-label = Appearance
theme-system = System
theme-light = Light
theme-dark = Dark
print = Print

## Forms

error-prefix = Error:
error-summary = There is a problem
optional = optional
choose = Choose one
change = Change
save = Save
cancel = Cancel
send = Send
back = Back
proceed = Continue
copy = Copy
copied = Copied
show-more = Show more
date-hint = For example 31-12-2026
confirm-name = Type to confirm: { $name }
irreversible = This cannot be undone.

## Words that start a notice

notice-info = Note
notice-ok = Done
notice-warn = Warning
notice-danger = Important

## Lists

list-count =
    { $count ->
        [one] { $count } result
       *[other] { $count } results
    }
list-range = { $first }–{ $last } of { $total }
list-filter = Filter
list-clear = Clear filters
list-no-match = No match
list-no-match-text = No row meets these filters.
list-csv = Download as CSV
list-pages = Pages
list-page = Page { $number }
list-previous = Previous
list-next = Next
list-sort-up = sorted ascending
list-sort-down = sorted descending
search = Search

## Clock

clock-left = { $left } left
clock-late = { $left } late
clock-deadline = By { $when }
clock-on-time = On time
clock-soon = Almost due
clock-overdue = Overdue
duration-day = day
duration-days = days
duration-hours = h
duration-minutes = min
progress-of = { $done } of { $total }
timeline-label = What happened

## Said once after a redirect

flash-saved = The changes were saved.
flash-sent = The message was sent.
flash-signed-in = You are signed in.
flash-signed-out = You are signed out.
flash-not-done = That did not work. Try again.

## Error pages

error-status = Error { $status }
error-reference = When you contact us, quote this reference: { $reference }
error-home = To the home page
error-400 = This request cannot be read
error-400-text = What your browser sent cannot be read. Nothing was changed.
error-400-hint = Go back, reload the page and try again.
error-403 = No access
error-403-text = You have no access to this page, or the form did not come from this site. Nothing was changed.
error-403-hint = Sign in as someone else, or ask the owner of the customer account for more rights.
error-404 = Page not found
error-404-text = This page does not exist, or is not yours to see.
error-404-hint = Check the address, or begin at the home page.
error-405 = That is not possible here
error-405-text = This page does not take such a request.
error-405-hint = Open the page again from the menu.
error-409 = Changed in the meantime
error-409-text = Someone else, or another window, changed this while you were working. Your change was not made.
error-409-hint = Open the page again, look at the present state and try once more.
error-413 = Too large
error-413-text = What you sent is larger than allowed. Nothing was kept.
error-413-hint = Make the file or text smaller.
error-422 = That is not right
error-422-text = The data cannot be processed like this. Nothing was changed.
error-422-hint = Go back and check what you filled in.
error-429 = Tried too often
error-429-text = This was tried too often from this address.
error-429-hint = Wait a while and then try again.
error-500 = Something went wrong on our side
error-500-text = This is our fault. What you did may not have been carried out.
error-500-hint = Try again in a few minutes. If it keeps failing, contact us.
error-503 = Not available for a moment
error-503-text = We are doing maintenance, or it is very busy.
error-503-hint = Try again in a minute.
