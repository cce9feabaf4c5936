sales-ended-cancelled = cancelled by the customer
sales-ended-withdrawn = withdrawn within the days of reflection
sales-ended-terminated = terminated by us
sales-ended-erased = data erased
staff-customer-agreements = Agreements
staff-customer-no-agreements = There is no agreement with this customer.
staff-contract-number = Agreement
staff-contract-began = Concluded on
staff-contract-ended = Dissolved on
staff-contract-runs = in force
staff-contract-dissolved = dissolved
staff-contract-why = { $day }: { $reason }
staff-service-next = What is next
staff-service-next-ends = stops on { $day }
staff-service-next-charged = next term invoiced on { $day }
staff-service-ended = End
staff-service-suspended = Suspended since { $day }: { $reason }.
staff-service-no-tasks = There is nothing to be done for this service.
staff-service-means = What this means
staff-service-suspend-title = Suspend { $name }
staff-service-suspend-task = A task is made to stop the service. Until that is done, the service still works.
staff-service-suspend-charged = The agreement goes on: the customer also pays for the service while it is stopped.
staff-service-suspend-data = The files, databases and mail in the service stay.
staff-service-suspend-seen = The customer sees in the customer panel that the service is suspended, and why.
staff-service-resume-title = Resume { $name }
staff-service-resume-task = A task is made to start the service again.
staff-service-resume-unpaid = It was stopped because an invoice was not paid. If something is still open, the reminders go on and it may be suspended again.
staff-service-resume-ending = The cancellation stands: the service stops on its last day.
staff-service-terminate-title = Terminate { $name }
staff-service-terminate-today = The service stops today, and a task is made to take it away.
staff-service-terminate-nothing = The customer gets nothing back: the current term remains due.
staff-service-terminate-back = The customer gets { $amount } without VAT back, for the days that do not bind them.
staff-service-terminate-data = The files, databases and mail in the service are lost.
staff-service-terminate-last = If this is the last service of the agreement, the agreement is dissolved.
staff-service-name-wrong = Type the name of the service exactly as it stands above
flash-staff-service-suspended = The service is suspended
flash-staff-service-resumed = The service is resumed
flash-staff-service-terminated = The service is terminated
staff-catalogue-products = Products
staff-catalogue-column-product = Product
staff-catalogue-product-change = Change product
staff-catalogue-no-plans = No plans yet.
staff-catalogue-priceless = no price, so cannot be ordered
staff-catalogue-plan-change = Change plan
staff-catalogue-plan-new-of = Add a plan to { $product }
staff-catalogue-no-limits = No limits stated.
staff-catalogue-no-options = No options.
staff-catalogue-no-prices = No price yet
staff-catalogue-no-prices-text = Without a price nobody can order this plan.
staff-catalogue-prices-text = A service keeps the price it was ordered at. A new price holds for orders and changes from that day.
staff-catalogue-price-holds = holds
staff-catalogue-price-held = held
staff-catalogue-price-announced = not yet begun
staff-catalogue-price-lead = The price that holds now ends on the day this one begins. A price announced earlier for that day or later lapses.
staff-catalogue-price-from-hint = Such as 31-12-2026; empty is today. A day that has passed cannot be.
staff-catalogue-price-option-hint = Leave empty for the price of the plan itself.
staff-catalogue-option-change = Change option
staff-catalogue-option-lead = An option can be chosen once it has a price for the term.
staff-catalogue-code-hint = Letters, digits and hyphens.
staff-catalogue-state-hint = What is hidden nobody can order. Services that have it keep it.
staff-catalogue-vat-hint = The rate of the category follows from the day of the invoice.
staff-catalogue-code-lead = Orders that used a code keep what they got.
staff-catalogue-code-product-hint = Leave empty for all products.
staff-catalogue-code-all = all products
staff-catalogue-code-used = Used
staff-catalogue-code-uses-of = used { $uses } of { $max } times
staff-catalogue-code-usable = usable
staff-catalogue-code-over = no longer usable
staff-catalogue-no-codes = There are no discount codes
staff-catalogue-no-codes-text = A code takes something off the first terms.
staff-catalogue-problem = { $field }: { $problem }
flash-staff-price-set = The price is set
staff-queue-no-orders = No orders are waiting.
staff-queue-all-orders = View
staff-queue-no-tasks = There is nothing to do for any service.
staff-queue-late-tasks =
    { $count ->
        [one] One task is late
       *[other] { $count } tasks are late
    }
staff-import-customers = Customers
staff-import-services = Take over services
staff-import-services-text = Services that run already, of customers who are here. Nothing is made and nothing is invoiced: each service is paid for until the day in the file, and is invoiced here from that day. Each customer gets one agreement.
staff-import-services-columns = The first line names the columns: plan, months, began and charged_until must be there, and customer (customer number) or email (the address that the owner signs in with). Days as 31-12-2026; charged_until is the first day that is not paid for. Without price the price of the catalogue of now holds. Options as code=number, with a space between them.
staff-import-services-ready =
    { $rows ->
        [one] One service is right
       *[other] All { $rows } services are right
    }, of { $customers ->
        [one] one customer
       *[other] { $customers } customers
    }.
staff-import-services-ready-text = No tasks, invoices or mails come of it. Hosting comes with a processor agreement: customers who have none get one within a day.
staff-import-services-repeat = Mind: this very file was taken over before, and will not be taken over again.
staff-import-services-confirm =
    { $rows ->
        [one] Take one service over
       *[other] Take { $rows } services over
    }
staff-import-services-done =
    { $services ->
        [one] One service was taken over
       *[other] { $services } services were taken over
    }, of { $customers ->
        [one] one customer
       *[other] { $customers } customers
    }.
fact-services-of-erased = Services of theirs that still run
fact-agreements-of-erased = Agreements of theirs that are still in force
fact-tasks-of-erased = Things of theirs still to be taken away
fact-tasks-of-erased-late = Of these late
erasure-services = Your services
erasure-services-none = No service is running.
erasure-services-name = Service
erasure-services-what = What happens to it
erasure-services-stops = Stops today. { $money }
erasure-services-domain = Stops today; after that you can no longer reach it. If you want to keep the name, have it transferred first. { $money }
erasure-services-transfer = Transfer to another provider
erasure-services-nothing = You get nothing back: the current term binds you.
erasure-services-back = You get { $amount } without VAT back for days you paid ahead. It is on a credit note.
erasure-services-agreement = With that the agreement is dissolved.
erasure-services-invoices = What you still owe goes on a last invoice. An unpaid invoice is kept as long as we have a claim, and at most until the day below; the others as long as the law asks. Both under a key of their own.
invoice-taken-over-staff = This invoice was taken over from another administration: only what is open of it stands here. The invoice itself is there, and is credited there too.
invoice-taken-over-panel = You got this invoice from our previous administration. Here you see what is open of it.
staff-import-invoices = Take over open invoices
staff-import-invoices-text = What customers still have to pay of invoices from another administration. Nothing is invoiced: an invoice taken over keeps its own number, is no revenue or VAT here, and is paid and reminded of here.
staff-import-invoices-columns = The first line names the columns: number, issued, due and open must be there, and customer (customer number) or email (the address that the owner signs in with). Days as 31-12-2026; open is what is still open, with VAT.
staff-import-invoices-ready =
    { $rows ->
        [one] One invoice is right
       *[other] All { $rows } invoices are right
    }; together { $open } is open.
staff-import-invoices-ready-text = What is late is reminded of from the next round on, beginning with the first reminder.
staff-import-invoices-confirm =
    { $rows ->
        [one] Take one invoice over
       *[other] Take { $rows } invoices over
    }
staff-import-invoices-done =
    { $invoices ->
        [one] One invoice was taken over
       *[other] { $invoices } invoices were taken over
    }, of which { $open } is open in all.
