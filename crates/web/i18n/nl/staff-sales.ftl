sales-ended-cancelled = opgezegd door de klant
sales-ended-withdrawn = ontbonden binnen de bedenktijd
sales-ended-terminated = beëindigd door ons
sales-ended-erased = gegevens gewist
staff-customer-agreements = Overeenkomsten
staff-customer-no-agreements = Met deze klant is geen overeenkomst gesloten.
staff-contract-number = Overeenkomst
staff-contract-began = Gesloten op
staff-contract-ended = Ontbonden op
staff-contract-runs = loopt
staff-contract-dissolved = ontbonden
staff-contract-why = { $day }: { $reason }
staff-service-next = Wat volgt
staff-service-next-ends = stopt op { $day }
staff-service-next-charged = nieuwe termijn gefactureerd op { $day }
staff-service-ended = Einde
staff-service-suspended = Opgeschort sinds { $day }: { $reason }.
staff-service-no-tasks = Voor deze dienst is er niets te doen.
staff-service-means = Wat dit betekent
staff-service-suspend-title = { $name } opschorten
staff-service-suspend-task = Er komt een taak om de dienst stil te leggen. Tot die gedaan is, werkt de dienst nog.
staff-service-suspend-charged = De overeenkomst loopt door: de klant betaalt de dienst ook terwijl zij stilligt.
staff-service-suspend-data = De bestanden, databases en mail in de dienst blijven staan.
staff-service-suspend-seen = De klant ziet in het klantenpaneel dat de dienst is opgeschort, met de reden.
staff-service-resume-title = { $name } hervatten
staff-service-resume-task = Er komt een taak om de dienst weer aan te zetten.
staff-service-resume-unpaid = Zij lag stil omdat een factuur niet betaald was. Is er nog iets open, dan lopen de herinneringen door en kan zij opnieuw worden opgeschort.
staff-service-resume-ending = De opzegging blijft staan: de dienst stopt op haar laatste dag.
staff-service-terminate-title = { $name } beëindigen
staff-service-terminate-today = De dienst stopt vandaag, en er komt een taak om haar weg te halen.
staff-service-terminate-nothing = De klant krijgt niets terug: de lopende termijn blijft verschuldigd.
staff-service-terminate-back = De klant krijgt { $amount } zonder btw terug, voor de dagen waaraan hij niet gebonden is.
staff-service-terminate-data = De bestanden, databases en mail in de dienst gaan verloren.
staff-service-terminate-last = Is dit de laatste dienst van de overeenkomst, dan is die ontbonden.
staff-service-name-wrong = Typ de naam van de dienst precies zoals hij hierboven staat
flash-staff-service-suspended = De dienst is opgeschort
flash-staff-service-resumed = De dienst is hervat
flash-staff-service-terminated = De dienst is beëindigd
staff-catalogue-products = Producten
staff-catalogue-column-product = Product
staff-catalogue-product-change = Product wijzigen
staff-catalogue-no-plans = Nog geen pakketten.
staff-catalogue-priceless = geen prijs, dus niet te bestellen
staff-catalogue-plan-change = Pakket wijzigen
staff-catalogue-plan-new-of = Pakket toevoegen aan { $product }
staff-catalogue-no-limits = Geen grenzen opgegeven.
staff-catalogue-no-options = Geen opties.
staff-catalogue-no-prices = Nog geen prijs
staff-catalogue-no-prices-text = Zonder prijs kan niemand dit pakket bestellen.
staff-catalogue-prices-text = Een dienst houdt de prijs waarvoor zij is besteld. Een nieuwe prijs geldt voor bestellingen en wijzigingen vanaf die dag.
staff-catalogue-price-holds = geldt
staff-catalogue-price-held = gold
staff-catalogue-price-announced = nog niet in gang
staff-catalogue-price-lead = De prijs die nu geldt, eindigt op de dag waarop deze ingaat. Een eerder aangekondigde prijs voor die dag of later vervalt.
staff-catalogue-price-from-hint = Zoals 31-12-2026; leeg is vandaag. Een dag die voorbij is, kan niet.
staff-catalogue-price-option-hint = Leeg laten voor de prijs van het pakket zelf.
staff-catalogue-option-change = Optie wijzigen
staff-catalogue-option-lead = Een optie is pas te kiezen als zij een prijs heeft voor de termijn.
staff-catalogue-code-hint = Letters, cijfers en streepjes.
staff-catalogue-state-hint = Wat verborgen is, kan niemand bestellen. Diensten die het al hebben, houden het.
staff-catalogue-vat-hint = Het tarief dat bij de categorie hoort, volgt uit de dag van de factuur.
staff-catalogue-code-lead = Bestellingen die een code gebruikten, houden wat zij kregen.
staff-catalogue-code-product-hint = Leeg laten voor alle producten.
staff-catalogue-code-all = alle producten
staff-catalogue-code-used = Gebruikt
staff-catalogue-code-uses-of = { $uses } van { $max } keer gebruikt
staff-catalogue-code-usable = te gebruiken
staff-catalogue-code-over = niet meer te gebruiken
staff-catalogue-no-codes = Er zijn geen kortingscodes
staff-catalogue-no-codes-text = Een code geeft korting op de eerste termijnen.
staff-catalogue-problem = { $field }: { $problem }
flash-staff-price-set = De prijs is vastgesteld
staff-queue-no-orders = Er wachten geen bestellingen.
staff-queue-all-orders = Bekijken
staff-queue-no-tasks = Er is voor geen dienst iets te doen.
staff-queue-late-tasks =
    { $count ->
        [one] Eén taak is te laat
       *[other] { $count } taken zijn te laat
    }
staff-import-customers = Klanten
staff-import-services = Diensten overnemen
staff-import-services-text = Diensten die al lopen, van klanten die hier al staan. Er wordt niets klaargemaakt en niets gefactureerd: elke dienst is betaald tot de dag in het bestand, en wordt vanaf die dag hier gefactureerd. Elke klant krijgt één overeenkomst.
staff-import-services-columns = De eerste regel noemt de kolommen: plan, months, began en charged_until moeten erin, en customer (klantnummer) of email (adres waarmee de eigenaar inlogt). Dagen als 31-12-2026; charged_until is de eerste dag die nog niet betaald is. Zonder price geldt de prijs van nu uit de catalogus. Opties als code=aantal, met een spatie ertussen.
staff-import-services-ready =
    { $rows ->
        [one] Eén dienst is goed
       *[other] Alle { $rows } diensten zijn goed
    }, van { $customers ->
        [one] één klant
       *[other] { $customers } klanten
    }.
staff-import-services-ready-text = Er komen geen taken, facturen of e-mails van. Bij hosting hoort een verwerkersovereenkomst: die krijgen klanten die er nog geen hebben binnen een dag.
staff-import-services-repeat = Let op: ditzelfde bestand is al eens overgenomen, en wordt niet nog eens overgenomen.
staff-import-services-confirm =
    { $rows ->
        [one] Eén dienst overnemen
       *[other] { $rows } diensten overnemen
    }
staff-import-services-done =
    { $services ->
        [one] Eén dienst is overgenomen
       *[other] { $services } diensten zijn overgenomen
    }, van { $customers ->
        [one] één klant
       *[other] { $customers } klanten
    }.
fact-services-of-erased = Van hen lopen nog diensten
fact-agreements-of-erased = Van hen lopen nog overeenkomsten
fact-tasks-of-erased = Van hen is nog iets weg te halen
fact-tasks-of-erased-late = Daarvan te laat
erasure-services = Uw diensten
erasure-services-none = Er loopt geen dienst.
erasure-services-name = Dienst
erasure-services-what = Wat ermee gebeurt
erasure-services-stops = Stopt vandaag. { $money }
erasure-services-domain = Stopt vandaag; u kunt er daarna niet meer bij. Wilt u de naam houden, laat hem dan eerst verhuizen. { $money }
erasure-services-transfer = Naar een andere aanbieder verhuizen
erasure-services-nothing = U krijgt niets terug: aan de lopende termijn bent u gebonden.
erasure-services-back = U krijgt { $amount } zonder btw terug voor dagen die u vooruit betaalde. Het staat op een creditnota.
erasure-services-agreement = De overeenkomst is daarmee ontbonden.
erasure-services-invoices = Wat u nog verschuldigd bent, zetten wij op een laatste factuur. Een onbetaalde factuur blijft bewaard zolang wij een vordering hebben, en hoogstens tot de dag hieronder; de andere zolang de wet het vraagt. Beide onder een eigen sleutel.
invoice-taken-over-staff = Deze factuur is overgenomen uit een andere administratie: hier staat alleen wat ervan openstaat. De factuur zelf staat daar, en wordt ook daar gecrediteerd.
invoice-taken-over-panel = Deze factuur kreeg u uit onze vorige administratie. Hier ziet u wat ervan openstaat.
staff-import-invoices = Openstaande facturen overnemen
staff-import-invoices-text = Wat klanten nog moeten betalen van facturen uit een andere administratie. Er wordt niets gefactureerd: een overgenomen factuur houdt haar eigen nummer, telt hier niet als omzet of btw, en wordt hier betaald en herinnerd.
staff-import-invoices-columns = De eerste regel noemt de kolommen: number, issued, due en open moeten erin, en customer (klantnummer) of email (adres waarmee de eigenaar inlogt). Dagen als 31-12-2026; open is wat er nog openstaat, met btw.
staff-import-invoices-ready =
    { $rows ->
        [one] Eén factuur is goed
       *[other] Alle { $rows } facturen zijn goed
    }; samen staat er { $open } open.
staff-import-invoices-ready-text = Wat te laat is, wordt vanaf de volgende ronde herinnerd, te beginnen met de eerste herinnering.
staff-import-invoices-confirm =
    { $rows ->
        [one] Eén factuur overnemen
       *[other] { $rows } facturen overnemen
    }
staff-import-invoices-done =
    { $invoices ->
        [one] Eén factuur is overgenomen
       *[other] { $invoices } facturen zijn overgenomen
    }, waarvan samen { $open } openstaat.
