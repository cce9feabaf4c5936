## Pages for everyone: start, contact, privacy statement, promises, receipts, accessibility.

## Start

home-title = Welkom bij { $provider }
home-lead = Hier regelen klanten van { $provider } hun gegevens en berichten, en kan iedereen nagaan hoe we met persoonsgegevens omgaan.
home-offer-title = Wat u bij ons kunt bestellen
home-offer-from = Vanaf { $price } { $term }, met btw
home-offer-link = Pakketten en prijzen
home-customer-title = Voor klanten
home-customer-text = Log in om uw gegevens te bekijken en te wijzigen, berichten te lezen, en te zien wie uw gegevens heeft gekregen.
home-recover = Geen toegang meer? Kies een nieuw wachtwoord
home-contact-title = Contact
home-contact-text = Stel een vraag, dien een klacht in, vraag een verwerkersovereenkomst aan of meld misbruik. U hebt er geen account voor nodig.
home-contact-action = Naar het contactformulier
home-rights-title = Uw rechten
home-rights-text = Hebben we gegevens van u, dan bepaalt u daarover mee. We antwoorden binnen een maand.
home-right-access = Uw gegevens opvragen
home-right-rectification = Uw gegevens laten verbeteren
home-right-erasure = Uw gegevens laten wissen
home-right-all = Al uw rechten, in de privacyverklaring
home-promises-title = Onze beloften
home-promises-tally = Wat we in de privacyverklaring beloven, controleren we zelf. Dit was de stand op { $when }:
home-promises-none = Wat we in de privacyverklaring beloven, controleren we zelf. De eerste controle moet nog komen.
home-promises-action = Bekijk elke belofte

## Contact

contact-nav = Contact
contact-title = Contact
contact-lead = Schrijf ons hier. U krijgt meteen een bevestiging per e-mail, met een nummer waarmee we uw bericht terugvinden.
contact-panel-title = U bent ingelogd
contact-panel-text = Gaat het over uw klantomgeving, dan gaat het daar sneller: uw identiteit staat er al vast.
contact-panel-action = Naar mijn omgeving
contact-name = Uw naam
contact-email = Uw e-mailadres
contact-email-hint = Hierop ontvangt u ons antwoord. We gebruiken het nergens anders voor.
contact-topic = Waar gaat uw bericht over?
contact-topic-question = Een vraag
contact-topic-question-hint = Over onze diensten, of iets anders
contact-topic-my-data = Mijn gegevens en rechten
contact-topic-my-data-hint = Bijvoorbeeld inzage, verbeteren of wissen; kies hieronder welk recht
contact-topic-complaint = Een klacht
contact-topic-complaint-hint = Over hoe we met uw gegevens omgaan
contact-topic-agreement = Een verwerkersovereenkomst
contact-topic-agreement-hint = Voor klanten die bij ons persoonsgegevens van anderen bewaren
contact-topic-abuse = Misbruik of een lek melden
contact-topic-abuse-hint = Bijvoorbeeld phishing, spam of een zwakke plek in onze systemen
contact-rights-title = Gaat het over uw gegevens?
contact-rights-text = U krijgt antwoord binnen { $term }. Om te voorkomen dat een ander uw gegevens krijgt of laat wissen, sturen we eerst een link naar uw e-mailadres. Zegt u dat u klant bent, dan vragen we daarna een tweede bevestiging. Een kopie van een identiteitsbewijs vragen we niet.
contact-right = Welk recht wilt u gebruiken?
contact-right-hint = Alleen als uw bericht over uw gegevens en rechten gaat
contact-purpose = Waartegen maakt u bezwaar?
contact-purpose-hint = Alleen bij bezwaar: het gebruik dat we op een eigen belang baseren
contact-claim = Ik ben klant, of was dat
contact-claim-hint = Dan zoeken we ook in de klantgegevens, nadat vaststaat dat u het bent
contact-subject = Onderwerp
contact-text = Uw bericht
contact-text-hint = Zet er geen wachtwoorden of gegevens van anderen in
contact-other-title = Liever op een andere manier?
contact-other-email = E-mail
contact-other-phone = Telefoon
contact-other-address = Post
contact-other-dpo = Functionaris gegevensbescherming
contact-other-kvk = KvK-nummer
contact-authority = Over hoe we met persoonsgegevens omgaan kunt u ook klagen bij de { $authority }. We vragen u eerst met ons te overleggen; dat hoeft niet.
contact-sent-title = Uw bericht is ontvangen
contact-sent-lead = We hebben u een bevestiging gestuurd. Bewaar het nummer; daarmee vinden we uw bericht terug.
contact-sent-message = Nummer van uw bericht
contact-sent-request = Nummer van uw verzoek
contact-sent-next-title = Hoe gaat het verder?
contact-sent-next-link = Open de link in de mail die u net van ons krijgt. Zo weten we dat het adres van u is.
contact-sent-next-check = Bent u klant, dan vragen we een tweede bevestiging, bijvoorbeeld in uw klantomgeving.
contact-sent-next-answer = U krijgt antwoord binnen { $term } na vandaag. Lukt dat niet, dan laten we binnen die termijn weten waarom.
contact-sent-next-mail = Een medewerker leest uw bericht en antwoordt per e-mail. Krijgt u geen bevestiging, kijk dan of uw e-mailadres klopte en of de mail bij de ongewenste post staat.

right-access = Inzage: een kopie van mijn gegevens
right-portability = Meenemen: mijn gegevens in een bestand voor een ander
right-rectification = Verbeteren: gegevens die niet kloppen
right-erasure = Wissen: al mijn gegevens
right-restriction = Beperken: mijn gegevens tijdelijk niet gebruiken
right-objection = Bezwaar: een gebruik van mijn gegevens stoppen
right-complaint = Een klacht

## Privacy statement

privacy-nav = Privacyverklaring
privacy-version = Versie
privacy-from = Geldt vanaf
privacy-hash = Controlegetal (SHA-256)
privacy-toc = In deze verklaring
privacy-true-title = Klopt dit met wat de software doet?
privacy-true-text = Deze tekst is geschreven uit het beleid waar onze software mee werkt. Bij elke controle vergelijken we de gepubliceerde tekst met het beleid dat draait.
privacy-true-link = Bekijk het oordeel over die belofte
privacy-hash-how = Zo controleert u het controlegetal
privacy-hash-text = Het controlegetal is de SHA-256 van de verklaring als platte tekst. Hetzelfde getal staat in ons logboek, met het moment waarop deze versie is ingegaan.
privacy-policy-hash = Controlegetal van het beleid
privacy-text-link = De verklaring als platte tekst
privacy-versions-title = Versies
privacy-versions-item = { $version }, vanaf { $from }
privacy-versions-one = Dit is de enige versie tot nu toe. Komt er een nieuwe, dan blijft deze hier te lezen.
privacy-old-title = Dit is een eerdere versie
privacy-old-text = Deze verklaring geldt niet meer. Een langere bewaartermijn in een nieuwe versie geldt nooit voor gegevens die we al hadden.
privacy-old-action = Naar de verklaring die nu geldt

## Promises

promises-nav = Onze beloften
promises-title = Onze beloften
promises-lead = Elke zin in een privacyverklaring is een belofte. Dit zijn de onze, met het oordeel van de laatste controle: wat de software heeft nagekeken, en wat ze niet kan aantonen.
promises-checked-at = Gecontroleerd op { $when }
promises-none = Er is nog geen controle geweest.
promises-column-promise = Belofte
promises-column-verdict = Oordeel
promises-column-why = Waarop het rust
promises-words-title = Wat de oordelen betekenen
promises-words-kept = Alle gevallen die zijn bekeken, zijn zoals beloofd.
promises-words-broken = Ten minste één geval is niet zoals beloofd. We zeggen welk, zonder persoonsgegevens te noemen.
promises-words-not-provable = De gegevens laten het niet zien: er is nog geen geval geweest, de controle is te oud, of het is een werkwijze van mensen. Dat is iets anders dan nagekomen.
promises-verify-title = Zelf controleren
promises-verify-text = Elk oordeel staat in een logboek dat niet ongemerkt kan worden herschreven. Met de openbare sleutel hieronder en het laatste ijkpunt controleert u, zonder ons, wat er is gezegd en wanneer.
promises-verify-json = Alle oordelen als JSON
promises-verify-checkpoint = Het laatste ijkpunt van het logboek
promises-verify-key = De openbare sleutel als bestand
promises-key = Openbare sleutel van het logboek
promises-checkpoint-size = Regels in het logboek
promises-checkpoint-root = Wortel van het ijkpunt
promises-checkpoint-none = Er is nog geen ijkpunt gepubliceerd.
promises-limits-title = Wat dit niet bewijst
promises-limits-text = Het logboek bewijst wat we hebben vastgelegd en dat het niet is herschreven zonder dat iemand met een ouder ijkpunt het merkt. Het bewijst niet dat er buiten de software niets gebeurt. Wat een leverancier doet, blijft zijn woord: wij tonen de vraag, het antwoord en wat we hebben teruggelezen.

outcome-kept = Nagekomen
outcome-broken = Geschonden
outcome-not-provable = Niet aantoonbaar
unprovable-not-built = Deze versie van de software doet dit nog niet
unprovable-no-case = Er is nog geen geval geweest
unprovable-stale = De laatste controle is te lang geleden
unprovable-procedure = Een werkwijze van onze medewerkers; de software controleert het niet
tally-kept =
    { $count ->
        [one] { $count } nagekomen
       *[other] { $count } nagekomen
    }
tally-broken =
    { $count ->
        [one] { $count } geschonden
       *[other] { $count } geschonden
    }
tally-not-provable =
    { $count ->
        [one] { $count } niet aantoonbaar
       *[other] { $count } niet aantoonbaar
    }
promise-checked =
    { $count ->
        [one] { $count } geval bekeken
       *[other] { $count } gevallen bekeken
    }
promise-broken = { $broken } van { $checked } gevallen niet zoals beloofd
promise-never-checked = Nog niet gecontroleerd
promise-how-title = Hoe we dit doen
promise-how-software = De software doet dit zelf en controleert het bij elke ronde.
promise-how-procedure = Dit is een werkwijze van onze medewerkers. De software kan niet aantonen dat ze is gevolgd.
promise-evidence-title = Waarop het oordeel rust
promise-checked-at = Gecontroleerd
promise-cases = Bekeken gevallen
promise-columns =
    { $count ->
        [one] Per kolom van de database ({ $count })
       *[other] Per kolom van de database ({ $count })
    }
promise-broken-title = Niet zoals beloofd
promise-not-shown-title = Wat deze cijfers niet laten zien
promise-verify-text = Het logboek bevat het controlegetal van het bewijs.
promise-evidence-json = Het bewijs als JSON
promise-evidence-hash = Controlegetal van het bewijs (SHA-256)
promise-leaf = Regel in het logboek
promise-compared = Vergeleken
promise-history-title = Eerdere oordelen

fact-columns-declared = Kolommen van de database, elk met een verklaard doel
fact-keys = Doelen met eigen sleutels
fact-envelopes = Versleutelde waarden bekeken in { $column }
fact-former-customers-past-term = Oud-klanten van wie gegevens na de bewaartermijn nog bestaan
fact-contacts-outward = Verbindingen naar buiten
fact-open = Openstaande verzoeken
fact-open-past-due = Openstaand en te laat
fact-closed-in-time = Op tijd beantwoord
fact-closed-late = Te laat beantwoord
fact-erased-subjects = Gewiste betrokkenen
fact-keys-of-erased = Van hen zijn nog sleutels over
fact-rows-of-erased = Van hen zijn nog regels over
fact-erasures-under-way = Bezig met wissen
fact-answers = Antwoorden en weigeringen
fact-answers-without-authority = Zonder verwijzing naar de toezichthouder
not-shown-outside = Wat er buiten dit programma op onze machines gebeurt
not-shown-requests = Verzoeken die dit programma nooit hebben bereikt, bijvoorbeeld aan de telefoon
not-shown-disks = Kopieën van schijven die het gebouw al hadden verlaten
not-shown-backups = Back-ups, totdat de sleutel van hun periode is vernietigd
not-shown-policy = Of het beleid zelf de waarheid vertelt

## Receipt of an erasure

receipt-title = Bewijs van het wissen
receipt-erasing-title = We wissen uw gegevens
receipt-erasing-text = Dit duurt meestal minder dan een minuut. Daarna staat hier uw bewijs.
receipt-waiting-title = Uw gegevens zijn gewist
receipt-waiting-text = Het bewijs komt klaar zodra het logboek zijn volgende ijkpunt heeft. Dat duurt enkele seconden.
receipt-again = Kijk opnieuw
receipt-keep-title = Bewaar dit adres
receipt-keep-text = Alleen met dit adres kunt u het bewijs ophalen. We kunnen het u niet opnieuw sturen: we weten niet meer wie u bent.
receipt-keep-ready = Download het bewijs en bewaar het. Zodra ook de laatste back-up onleesbaar is, staat die datum hier en in het bewijs. Deze pagina verdwijnt 30 dagen daarna.
receipt-address = Adres van deze pagina
receipt-lead = Dit bewijs bevat geen persoonsgegevens. Wie het heeft, kan aantonen dat het over de houder gaat, en verder niets.
receipt-live = Hier niet meer te lezen sinds
receipt-backup = Ook in back-ups onleesbaar sinds
receipt-backup-due = Uiterlijk ook in back-ups onleesbaar op
receipt-download = Bewijs downloaden
receipt-words-title = Wat er is gebeurd
receipt-verify-title = Zelf controleren
receipt-verify-text = Het bewijs is te controleren zonder internet en zonder ons, met het programma waarborg en de openbare sleutel van ons logboek.
receipt-key = Openbare sleutel van het logboek
receipt-expired-title = Hier is geen bewijs
receipt-expired-text = Dit adres hoort niet bij een bewijs, of het bewijs is verlopen.
receipt-expired-hint = Een bewijs blijft tot 30 dagen nadat de laatste back-up onleesbaar is geworden. Controleer of u het hele adres hebt gebruikt.

## Accessibility

accessibility-nav = Toegankelijkheid
accessibility-title = Toegankelijkheid
accessibility-lead = { $provider } wil dat iedereen deze site kan gebruiken. We volgen WCAG 2.2 op niveau AA.
accessibility-how-title = Wat we daarvoor doen
accessibility-how-script = Alles werkt ook zonder JavaScript.
accessibility-how-keyboard = Alles is met het toetsenbord te bedienen, en u ziet steeds waar u bent.
accessibility-how-colour = Kleur is nooit de enige aanwijzing, en het contrast is voldoende, licht en donker.
accessibility-how-narrow = De pagina’s passen op smalle schermen en bij sterke vergroting.
accessibility-how-errors = Fouten in formulieren staan bovenaan en bij het veld, in gewone woorden.
accessibility-test-title = Hoe we het toetsen
accessibility-test-text = Elke versie van de software wordt automatisch getoetst: alle pagina’s met axe op de regels van WCAG 2.2 AA en met de HTML-controle van het W3C, in het licht en in het donker.
accessibility-limits-title = Wat nog niet is aangetoond
accessibility-limits-audit = Een onderzoek door een onafhankelijke deskundige is er nog niet geweest.
accessibility-limits-qr = De QR-code voor de tweede factor is een beeld; de geheime sleutel staat er als tekst onder.
accessibility-limits-files = Bestanden die u downloadt (CSV, JSON, ZIP) vragen om een ander programma, dat we niet toetsen.
accessibility-report-title = Loopt u ergens tegenaan?
accessibility-report-text = Laat het ons weten, met de pagina en wat er misging. We zoeken samen een oplossing.
accessibility-report-action = Probleem melden
security-nav = Misbruik of lek melden
