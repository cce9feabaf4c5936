## The staff panel.

## Navigation

staff-nav-queue = Werkvoorraad
staff-nav-search = Zoeken
staff-nav-customers = Klanten
staff-nav-messages = Berichten
staff-nav-requests = Verzoeken
staff-nav-promises = Beloften
staff-nav-policy = Beleid
staff-nav-ledger = Logboek
staff-nav-outbound = Contacten naar buiten
staff-nav-imports = Klanten importeren
staff-nav-team = Medewerkers
staff-nav-health = Systeemstatus

## Words

staff-yes = Ja
staff-no = Nee
staff-never = Nog niet
staff-unknown = Niet bekend
staff-all = Alle
staff-look-again = Kijk opnieuw
staff-reason = Reden
staff-visitor = bezoeker
staff-customer = Klant
staff-no-customer = Geen klant
staff-fields = Gewijzigd: { $fields }
staff-no-events = Het logboek vertelt hier nog niets over.
staff-cases =
    { $count ->
        [one] { $count } geval
       *[other] { $count } gevallen
    }
staff-language-nl = Nederlands
staff-language-en = Engels
staff-closed-at = Beantwoord op { $date }
staff-date-wrong = Vul een datum in zoals 31-12-2026
staff-conflict = Inmiddels gewijzigd
staff-conflict-text = Iemand anders wijzigde deze klant terwijl u bezig was. Wat u invulde staat er nog. Vergelijk het met wat er nu staat en sla daarna opnieuw op; uw versie komt dan in de plaats.
staff-conflict-now = Bekijk wat er nu staat
staff-field-kind = soort
staff-field-name = naam
staff-field-organisation = organisatie
staff-field-kvk = KvK-nummer
staff-field-vat = btw-nummer
staff-field-email = e-mailadres
staff-field-phone = telefoonnummer
staff-field-address = adres
staff-field-language = taal

## Columns

staff-column-number = Nummer
staff-column-name = Naam
staff-column-kind = Soort
staff-column-email = E-mailadres
staff-column-city = Plaats
staff-column-since = Sinds
staff-column-restricted = Verwerking beperkt
staff-column-who = Van wie
staff-column-received = Ontvangen
staff-column-state = Status
staff-column-due = Uiterlijk
staff-column-answered = Beantwoord
staff-column-identity = Identiteit
staff-column-channel = Binnengekomen via
staff-column-title = Onderwerp
staff-column-updated = Laatst gewijzigd
staff-column-began = Begonnen
staff-column-closed = Gesloten
staff-column-recipient = Ontvanger
staff-column-purpose = Doel
staff-column-fields = Gegevens
staff-column-when = Wanneer
staff-column-host = Adres
staff-column-count = Aantal
staff-column-role = Rol
staff-column-factor = Tweede factor
staff-column-signed-in = Laatst ingelogd
staff-column-officer = Sleutelhouder
staff-column-promise = Belofte
staff-column-verdict = Oordeel
staff-column-why = Waarom
staff-column-checked = Nagegaan
staff-column-broken = Niet zoals beloofd
staff-column-fact = Gegeven
staff-column-position = Regel
staff-column-actor = Wie
staff-column-about = Over
staff-column-leaf = Bladhash
staff-column-particulars = Bijzonderheden
staff-column-version = Versie
staff-column-from = Van kracht sinds
staff-column-key = Plaats in het bestand
staff-column-change = Wat
staff-column-words = In woorden
staff-column-data = Gegevens
staff-column-ground = Grondslag
staff-column-retention = Bewaartermijn
staff-column-line = Regel
staff-column-wrong = Wat er niet klopt
staff-column-job = Taak
staff-column-attempts = Pogingen
staff-column-error = Fout
staff-column-action = Actie
staff-column-task = Taak
staff-column-last-run = Laatste keer
staff-column-note = Uitkomst
staff-column-runs = Keren

## Work queue

staff-queue-first = Pak de dringendste
staff-queue-requests = Verzoeken op volgorde van termijn
staff-queue-overdue =
    { $count ->
        [one] { $count } te laat
       *[other] { $count } te laat
    }
staff-queue-soon =
    { $count ->
        [one] { $count } binnen een week
       *[other] { $count } binnen een week
    }
staff-queue-unverified =
    { $count ->
        [one] { $count } wacht op identiteitscontrole
       *[other] { $count } wachten op identiteitscontrole
    }
staff-queue-all-requests =
    { $count ->
        [one] Bekijk het ene open verzoek
       *[other] Bekijk alle { $count } open verzoeken
    }
staff-queue-threads = Berichten die op antwoord wachten
staff-queue-all-threads =
    { $count ->
        [one] Bekijk het ene open bericht
       *[other] Bekijk alle { $count } open berichten
    }
staff-queue-broken =
    { $count ->
        [one] Eén belofte wordt niet nagekomen
       *[other] { $count } beloften worden niet nagekomen
    }
staff-queue-failed =
    { $count ->
        [one] Eén taak is mislukt
       *[other] { $count } taken zijn mislukt
    }
staff-queue-none = Niets te doen
staff-queue-none-text = Er zijn geen mislukte taken en geen gebroken beloften.

## Search

staff-search-label = Zoek een klant, verzoek of bericht
staff-search-hint = Op naam, e-mailadres, plaats, postcode of nummer (K…, R… of B…). Wat u zoekt komt niet in het adres van de pagina te staan.
staff-search-missing = Vul in wat u zoekt, in hoogstens 200 tekens
staff-search-incomplete = De namen van klanten worden nog ingelezen. Zoek over een paar tellen opnieuw als iemand ontbreekt.
staff-search-none = Geen klant heeft woorden die zo beginnen, en geen verzoek of bericht heeft dit nummer.
staff-search-found =
    { $count ->
        [one] { $count } klant gevonden
       *[other] { $count } klanten gevonden
    }
staff-search-more = Dit zijn de eerste 50. Zoek op meer woorden om er minder te krijgen.

## Customers

staff-customer-new = Nieuwe klant
staff-customer-create = Klant vastleggen
staff-customer-kind = Soort klant
staff-customer-person = Persoon
staff-customer-organisation = Organisatie
staff-customer-organisation-name = Naam van de organisatie
staff-customer-organisation-hint = Alleen invullen als de klant een organisatie is
staff-customer-name = Naam van de persoon of contactpersoon
staff-customer-phone = Telefoonnummer
staff-customer-address = Adres
staff-customer-street = Straat en huisnummer
staff-customer-postcode = Postcode
staff-customer-country = Land
staff-customer-country-hint = Twee letters, zoals NL
staff-customer-kvk = KvK-nummer
staff-customer-vat = Btw-nummer
staff-customer-language = Taal van e-mail en brieven
staff-customer-invite = Nodig deze persoon uit als eigenaar van de klantomgeving
staff-customer-invite-hint = De uitnodiging gaat naar het e-mailadres hierboven en is zeven dagen geldig.
staff-customer-details = Gegevens
staff-customer-logins = Gebruikers
staff-logins-none = Nog geen gebruikers
staff-logins-none-text = Zonder gebruiker kan deze klant niet inloggen. Nodig een eigenaar uit.
staff-invited =
    { $count ->
        [one] Er staat { $count } uitnodiging open.
       *[other] Er staan { $count } uitnodigingen open.
    }
staff-invite = Gebruiker uitnodigen
staff-invite-text = Deze persoon krijgt een e-mail met een link die zeven dagen werkt, en kan daarna namens de klant inloggen.
staff-factor-on = Ingesteld
staff-factor-off = Niet ingesteld
staff-customer-no-requests = Deze klant deed nog geen verzoek.
staff-customer-no-threads = Deze klant schreef nog niet.
staff-customer-contacts = Aan wie gegevens gingen
staff-customer-no-contacts = Er zijn nog geen gegevens van deze klant naar buiten gegaan.
staff-customer-change = Gegevens wijzigen
staff-customer-change-text = De wijziging geldt meteen. In het logboek komt welke velden zijn gewijzigd, niet wat erin stond.
staff-customers-none = Nog geen klanten
staff-customers-none-text = Leg hier de eerste klant vast, of importeer een bestand.
staff-customers-search = Zoek op naam, e-mailadres of nummer
staff-customers-csv-hint = Het CSV-bestand bevat namen en adressen, van hoogstens 20.000 klanten. Dat u het ophaalt, komt in het logboek.
staff-restricted = Beperkt
staff-not-restricted = Niet beperkt
staff-restricted-since = De verwerking van deze gegevens is beperkt sinds { $date }: alleen bewaren, en verder niets zonder toestemming van de klant (artikel 18 AVG).
staff-agreement-ended = De overeenkomst eindigde op { $date }.
staff-restriction-set = Verwerking beperken
staff-restriction-set-text = De gegevens van deze klant worden dan alleen nog bewaard. Gebruik is alleen toegestaan met toestemming van de klant, voor een rechtsvordering of om iemands rechten te beschermen.
staff-restriction-lift = Beperking opheffen
staff-restriction-lift-text = De klant moet dit vooraf weten (artikel 18, lid 3, AVG). Wij mailen de reden; zeven dagen later vervalt de beperking vanzelf.
staff-restriction-reason-hint = Deze tekst komt in de e-mail aan de klant
staff-restriction-announce = Aankondigen

## Messages

staff-thread = Bericht { $number }
staff-thread-question = Vraag
staff-thread-request = Over eigen gegevens
staff-thread-complaint = Klacht
staff-thread-agreement = Verwerkersovereenkomst
staff-thread-abuse = Melding van misbruik
staff-thread-open = Wacht op antwoord
staff-thread-answered = Beantwoord
staff-thread-closed = Gesloten
staff-author-customer = Klant of bezoeker
staff-author-staff = Medewerker
staff-author-system = Systeem
staff-threads-none = Geen berichten
staff-threads-none-text = Wat klanten en bezoekers schrijven, komt hier te staan.
staff-thread-messages = Geschreven
staff-thread-answer = Antwoorden
staff-thread-text = Antwoord
staff-thread-text-hint = Gaat per e-mail naar de schrijver, met aanhef en ondertekening eromheen. Noem geen gegevens die de schrijver niet zelf gaf zolang u niet weet wie het is.
staff-thread-send = Antwoord versturen
staff-thread-close = Sluiten zonder antwoord
staff-thread-reopen = Heropenen
staff-thread-is-closed = Dit bericht is gesloten. Heropen het om te antwoorden.
staff-thread-full = Dit bericht bevat het hoogste aantal reacties. Begin een nieuw bericht.
staff-thread-of-request = Dit hoort bij een verzoek
staff-thread-of-request-text = Het verzoek heeft een termijn en een eigen antwoord. Antwoord hier alleen als er eerst iets uit te zoeken is.
staff-thread-to-request = Naar het verzoek
staff-thread-moved = Er is iets bijgekomen
staff-thread-moved-text = Terwijl u schreef, kwam er een bericht bij of veranderde de status. Lees het na; uw tekst staat er nog.

## Requests

staff-kind-access = Inzage
staff-kind-rectification = Rectificatie
staff-kind-erasure = Wissen
staff-kind-restriction = Beperking
staff-kind-portability = Gegevens meenemen
staff-kind-objection = Bezwaar
staff-kind-complaint = Klacht
staff-state-all-open = Alle open
staff-state-open = Open
staff-state-received = Identiteit nog niet bevestigd
staff-state-verified = Klaar voor een besluit
staff-state-granted = Toegewezen
staff-state-refused = Afgewezen
staff-state-withdrawn = Ingetrokken
staff-channel-panel = de klantomgeving
staff-channel-contact = het contactformulier
staff-channel-staff = een medewerker
staff-identity-unverified = Niet bevestigd
staff-identity-signed-in = Ingelogd
staff-identity-second-factor = Ingelogd met tweede factor
staff-identity-known-address = Link in de e-mail gevolgd
staff-identity-two-channels = Bevestigd langs twee wegen
staff-identity-staff = Een medewerker staat ervoor in
staff-request = Verzoek { $number }: { $kind }
staff-request-new = Verzoek vastleggen
staff-request-new-text = Voor een verzoek dat per brief, telefoon of aan de balie binnenkwam. De termijn loopt vanaf de dag van ontvangst. De persoon krijgt een e-mail met een link om te bevestigen; bij een klacht is dat niet nodig.
staff-request-for = Voor klant { $name }. De link gaat naar het e-mailadres dat van deze klant bekend is.
staff-request-email-hint = Hierheen gaan de link en het antwoord
staff-request-purpose = Waartegen het bezwaar zich richt
staff-request-text = Wat wordt er gevraagd?
staff-request-received = Dag van ontvangst
staff-request-received-hint = Leeg betekent vandaag.
staff-request-open = Verzoek openen
staff-requests-none = Geen verzoeken
staff-requests-none-text = Verzoeken om inzage, rectificatie, wissen en de andere rechten komen hier te staan, met hun termijn.
staff-request-asked = Het verzoek
staff-request-words = In eigen woorden
staff-request-thread = Bericht
staff-request-thread-link = Lees het bericht
staff-request-not-yet = (nog niet bevestigd dat het deze klant is)
staff-erased-person = De gegevens van deze persoon zijn gewist
staff-request-extended = Termijn verlengd op
staff-request-extension-reason = Reden van verlenging
staff-request-late-reason = Waarom te laat
staff-request-answer = Antwoorden
staff-request-sent = Het antwoord zoals het is verstuurd
staff-request-grant-later = Toewijzen kan zodra vaststaat wie het verzoek doet.
staff-request-privacy-decides = Een medewerker met de rol Privacy beslist over dit verzoek.
staff-law = Wat de wet zegt
staff-law-access = Artikel 15 AVG: de betrokkene mag weten óf wij gegevens verwerken, en krijgt dan een kopie met doelen, ontvangers, bewaartermijnen en herkomst, binnen een maand en kosteloos. Rechten van anderen beperken wat de kopie bevat. Weigeren kan alleen bij een kennelijk ongegrond of buitensporig verzoek (artikel 12, lid 5).
staff-law-rectification = Artikel 16 en 19 AVG: onjuiste gegevens worden zonder onredelijke vertraging verbeterd, onvolledige aangevuld. Ontvangers aan wie de gegevens gingen, horen ervan, tenzij dat onmogelijk is of onevenredig veel moeite kost.
staff-law-erasure = Artikel 17 AVG: wij wissen als de gegevens niet meer nodig zijn, de toestemming is ingetrokken, een bezwaar slaagt of de verwerking onrechtmatig was. Wat een wettelijke plicht of rechtsvordering vereist, blijft zolang die duurt (lid 3). Met het wissen stoppen de diensten en eindigt de overeenkomst.
staff-law-restriction = Artikel 18 AVG: zolang de juistheid wordt nagegaan, een bezwaar wordt gewogen, de verwerking onrechtmatig was of de betrokkene de gegevens voor een rechtsvordering nodig heeft, bewaren wij ze alleen. Voor het opheffen krijgt de betrokkene bericht.
staff-law-portability = Artikel 20 AVG: wat de betrokkene zelf gaf en wij op grond van overeenkomst of toestemming geautomatiseerd verwerken, krijgt hij in een gangbaar, machineleesbaar formaat.
staff-law-objection = Artikel 21 AVG: tegen verwerking op grond van een gerechtvaardigd belang kan bezwaar worden gemaakt. Wij stoppen, tenzij wij dwingende gronden hebben die zwaarder wegen of de gegevens voor een rechtsvordering nodig zijn. De afweging hoort in het antwoord.
staff-law-complaint = Artikel 77 AVG: wie het niet met ons eens is, kan altijd naar de toezichthouder. Wij antwoorden inhoudelijk en binnen dezelfde maand, en noemen die weg in elk antwoord.

## Who asks

staff-identity-step = Wie doet dit verzoek?
staff-identity-waiting = Er ging een e-mail met een link naar het bekende adres. Die is nog niet gevolgd.
staff-identity-followed = De link in de e-mail is gevolgd. Er is nog een tweede weg nodig: bel het nummer dat al bekend was en lees een code voor, of laat de klant het in de klantomgeving bevestigen.
staff-code-make = Code maken om voor te lezen
staff-code = Lees deze code voor
staff-code-label = Code
staff-code-text = Bel het telefoonnummer dat al bekend was voordat het verzoek kwam. De code werkt een uur, op de pagina van de link. Hij wordt maar één keer getoond.
staff-link-resend = Link opnieuw sturen
staff-attach = Aan een klant koppelen
staff-attach-text = Zegt de schrijver klant te zijn, met een ander e-mailadres dan wij kennen? Kies dan de klant. Er gaat een nieuwe link naar het adres dat van die klant bekend is; wat tot nu toe is bevestigd, telt niet voor deze klant.
staff-attach-number = Klantnummer
staff-attach-send = Koppelen en link sturen
staff-attach-unknown = Er is geen klant met dit nummer
staff-vouch = Zelf instaan voor de identiteit
staff-vouch-text = Doe dit alleen als u zeker weet wie het verzoek doet, bijvoorbeeld omdat u deze persoon kent en tegenover u hebt, of hebt gebeld op een nummer dat al bekend was. Vraag geen kopie van een identiteitsbewijs. Uw oordeel komt in het logboek.
staff-vouch-phone = Bekend telefoonnummer
staff-vouch-sure = Ik weet zeker dat dit de persoon is over wie het verzoek gaat
staff-vouch-missing = Bevestig dat u het zeker weet
staff-vouch-confirm = Identiteit bevestigen

## Decisions

staff-grant = Toewijzen
staff-refuse = Afwijzen
staff-extend = Termijn verlengen
staff-withdraw = Ingetrokken door de persoon
staff-grant-access = Het pakket met de gegevens wordt gemaakt. De persoon krijgt bericht zodra het klaarstaat.
staff-grant-rectification = De gegevens worden meteen verbeterd en de persoon krijgt bericht.
staff-grant-erasure = De gegevens worden gewist.
staff-grant-restriction = De gegevens worden vanaf nu alleen nog bewaard, tot u de beperking opheft.
staff-grant-portability = Het bestand met de gegevens die de persoon gaf, wordt gemaakt. De persoon krijgt bericht zodra het klaarstaat.
staff-grant-objection = Schrijf in het antwoord wat u vanaf nu niet meer doet. De software houdt dat niet vanzelf bij.
staff-grant-complaint = Schrijf wat u met de klacht doet.
staff-grant-send = Toewijzen en antwoord versturen
staff-refuse-text = Een weigering noemt de reden. De weg naar ons, de toezichthouder en de rechter komt er vanzelf onder.
staff-refuse-send = Afwijzen en antwoord versturen
staff-rectify = Zo moeten de gegevens worden
staff-rectify-text = Neem over wat de persoon vroeg. Wat u niet wijzigt, blijft zoals het is.
staff-answer-text = Uw woorden in het antwoord
staff-answer-hint = Ze komen op de plaats van […] in de e-mail hieronder.
staff-answer-preview = De e-mail die wordt verstuurd
staff-late-reason = Waarom komt het antwoord te laat?
staff-late-hint = De termijn is voorbij. De reden komt in het antwoord en in de administratie.
staff-extend-text = Dit verzoek moet uiterlijk op { $date } zijn beantwoord. Als het ingewikkeld is of er veel verzoeken zijn, kan dat één keer { $term } later (artikel 12, lid 3, AVG). De persoon krijgt de reden per e-mail.
staff-extend-hint = Deze tekst komt in de e-mail
staff-extend-send = Verlengen en melden
staff-withdraw-text = Alleen als de persoon zelf heeft laten weten dat het verzoek niet meer hoeft. Het verzoek wordt gesloten zonder antwoord.
staff-withdraw-confirm = Intrekking vastleggen

## Erasure

staff-erase = Gegevens wissen
staff-erase-lead = U staat op het punt alles te wissen wat wij van { $name } bewaren.
staff-erase-what = Wat er gebeurt
staff-erase-answer = Nu gaat het antwoord per e-mail weg, met de weg naar ons, de toezichthouder en de rechter.
staff-erase-service = Daarna stoppen de diensten, eindigt de overeenkomst en eindigen de sessies van de gebruikers hieronder.
staff-erase-keys = De sleutels worden vernietigd en de rijen verwijderd, in de regel binnen enkele minuten. Dat is de eerste datum op het bewijs.
staff-erase-backups = Ook in de laatste reservekopie zijn de gegevens onleesbaar binnen { $term }. Dat is de tweede datum.
staff-erase-receipt = De persoon krijgt een link naar een bewijs dat zonder ons te controleren is.
staff-erase-logins = Deze gebruikers verdwijnen mee
staff-erase-logins-stay = Deze gebruikers blijven, want zij horen ook ergens anders bij
staff-erase-stays = Wat blijft
staff-erase-stays-what = Wat
staff-erase-stays-why = Waarom
staff-erase-stays-until = Tot wanneer
staff-erase-stays-hint = Zo leest de persoon het ook op het bewijs.
staff-erase-answer-hint = Ze komen op de plaats van […] in de e-mail hierboven.
staff-erase-name-wrong = Dit is niet de naam die hierboven staat

## Contacts outward

staff-contact-intended = Begonnen
staff-contact-done = Gedaan
staff-contact-failed = Mislukt
staff-contact-refused = Geweigerd
staff-outbound-text = Alles wat de software naar buiten stuurt, gaat door één poort. Die laat alleen ontvangers door die in het beleid staan.
staff-outbound-refused =
    { $count ->
        [one] Eén contact is geweigerd, omdat het beleid het niet toestaat.
       *[other] { $count } contacten zijn geweigerd, omdat het beleid ze niet toestaat.
    }
staff-outbound-none = Nog geen contacten
staff-outbound-none-text = Zodra er iets naar buiten gaat, of wordt geweigerd, staat het hier.
staff-outbound-counts = Per ontvanger
staff-outbound-latest = De laatste contacten
staff-outbound-nobody = Geen ontvanger in het beleid

## Promises

staff-verdict-none = Nog niet nagegaan
staff-attest = Nu nagaan
staff-promises-counts = { $kept } van { $total } beloften zijn aantoonbaar nagekomen, { $broken } niet.
staff-promises-checked = Nagegaan op { $when }.
staff-promises-never = Er is nog niets nagegaan.
staff-promise-text = Wat is beloofd
staff-promise-software = Hoe de software dit bewaakt
staff-promise-procedure = Met welke werkwijze
staff-promise-evidence = Bewijs
staff-promise-hash = SHA-256 van het bewijs
staff-promise-entry = De regel in het logboek
staff-promise-broken = Niet zoals beloofd
staff-promise-facts =
    { $count ->
        [one] Toon { $count } telling
       *[other] Toon { $count } tellingen
    }
staff-promise-hashes = Toon de vergeleken hashes
staff-promise-not-shown = Wat dit niet aantoont
staff-promise-history = Eerdere oordelen

## Policy

staff-policy-current = Van kracht
staff-policy-file = Het bestand
staff-policy-registers = Registers
staff-policy-versions = Versies
staff-policy-hash = SHA-256
staff-policy-none = Er is nog geen beleid van kracht
staff-policy-none-text = Zet het beleid uit het bestand van kracht.
staff-policy-unfinished =
    { $count ->
        [one] In dit beleid is nog één regel niet ingevuld.
       *[other] In dit beleid zijn nog { $count } regels niet ingevuld.
    }
staff-statement-hash-nl = SHA-256 van de verklaring (nl)
staff-statement-hash-en = SHA-256 van de verklaring (en)
staff-file-unknown = Dit programma weet niet waar het bestand staat.
staff-file-unreadable = Het bestand met het beleid is niet te lezen.
staff-file-wrong = In het bestand staat iets dat niet kan
staff-file-same = Het bestand zegt wat van kracht is
staff-file-other = Het bestand bevat versie { $version }, die nog niet van kracht is. { $count ->
        [one] Er is één verschil.
       *[other] Er zijn { $count } verschillen.
    }
staff-publish = Van kracht laten worden
staff-publish-confirm = Nu van kracht laten worden
staff-publish-text = Versie { $version } komt in de plaats van wat nu geldt. De privacyverklaring verandert mee, en de hash ervan komt in het logboek.
staff-publish-terms = Een langere bewaartermijn geldt alleen voor gegevens van daarna; een kortere geldt meteen, ook voor wat er al is.
staff-publish-same = Het bestand zegt al wat van kracht is.
staff-publish-failed = Het beleid is niet van kracht geworden
staff-change-added = Nieuw
staff-change-removed = Weg
staff-change-changed = Anders
staff-change-lengthened = Langer
staff-change-shortened = Korter
staff-in-force = Van kracht
staff-superseded = Vervangen
staff-version = Beleid, versie { $version }
staff-version-changes = Verschillen met de versie ervoor
staff-version-first = Dit is de eerste versie.
staff-version-no-changes = Er zijn geen verschillen in betekenis.
staff-version-body = Toon het bestand
staff-statement-title = Privacyverklaring
staff-statement = Privacyverklaring bekijken
staff-statement-file = Verklaring volgens het bestand
staff-statement-of-file = Zo zou de verklaring luiden volgens het bestand.
staff-statement-of-running = Zo luidt de verklaring nu.
staff-statement-see-running = Bekijk wat nu geldt
staff-statement-see-file = Bekijk wat het bestand zegt
staff-register-controller = Register van verwerkingen als verwerkingsverantwoordelijke
staff-register-processor = Register van verwerkingen als verwerker
staff-register-empty = Het beleid noemt hier niets.
staff-retention = Bewaartermijnen

## Ledger

staff-ledger-size = Regels
staff-ledger-pending = Nog zonder plaats
staff-ledger-signed = IJkpunt
staff-ledger-signed-at = { $size } regels, ondertekend op { $when }
staff-ledger-root = Wortelhash
staff-ledger-note = Het ondertekende ijkpunt
staff-ledger-none = Nog geen regels
staff-ledger-none-text = Elke wijziging laat hier een regel achter.
staff-ledger-export = Regels ophalen zoals ze zijn gehasht
staff-ledger-export-hint = Een regel JSON per regel, hoogstens 10.000. Met ?from= begint u verderop.
staff-actor-system = Het programma ({ $name })
staff-actor-person = Een persoon
staff-actor-visitor = Een bezoeker
staff-entry = Regel { $number }
staff-entry-subjects = Betrokkenen (versluierd)
staff-entry-covered = Gedekt door een ijkpunt
staff-entry-waiting = Wacht op het volgende ijkpunt
staff-entry-data = Bijzonderheden
staff-entry-hint = In het logboek staan nooit namen, adressen of domeinen.
staff-entry-raw = Toon de bytes die zijn gehasht
staff-verify = Bewijs controleren
staff-verify-button = Controleren
staff-verify-text = Plak een bewijs dat iemand van ons kreeg. Het wordt met de openbare sleutel gecontroleerd en niet bewaard.
staff-verify-receipt = Inhoud van het bewijs (.tlog-proof)
staff-verify-hint = De hele tekst, vanaf de eerste regel
staff-verify-wrong = Dit bewijs klopt niet: { $why }
staff-verify-right = Het bewijs klopt
staff-verify-right-text = De regel staat in het logboek, het ijkpunt is met onze sleutel ondertekend en de regel gaat over deze betrokkene.
staff-verify-subject = Betrokkene
staff-verify-here = In dit logboek
staff-verify-here-yes = Op dezelfde plaats
staff-verify-here-no = Niet op deze plaats
staff-verify-key = De openbare sleutel van het logboek

## Import

staff-import-text = Kies een CSV-bestand met klanten. Eerst wordt alles nagekeken zonder dat er iets verandert; daarna bevestigt u. Het gaat helemaal goed, of er gebeurt niets.
staff-import-file = CSV-bestand
staff-import-hint = UTF-8, hoogstens { $size } MB. Grotere bestanden gaan met de opdracht waarborg import.
staff-import-check = Bestand nakijken
staff-import-columns = Welke kolommen?
staff-import-columns-text = De eerste regel noemt de kolommen, in willekeurige volgorde, gescheiden door komma’s of puntkomma’s. Alleen name en email zijn verplicht.
staff-import-missing = Kies een bestand
staff-import-busy = Er wachten te veel bestanden. Probeer het over een paar minuten opnieuw.
staff-import-unreadable = Het bestand is niet te lezen
staff-import-empty = Het bestand is leeg
staff-import-header = De eerste regel noemt geen kolommen
staff-import-unknown-column = De kolom “{ $name }” bestaat niet
staff-import-repeated-column = De kolom “{ $name }” staat er twee keer
staff-import-missing-column = De kolom “{ $name }” ontbreekt
staff-import-too-large = Het bestand is te groot; splits het
staff-import-not-utf8 = { $column }: geen tekst in UTF-8
staff-import-repeats-of = { $column }: hetzelfde als op regel { $line }
staff-import-unknown = { $column }: dit is er niet
staff-import-there = De klant heeft dit al
staff-import-fields = { $found } velden in plaats van { $expected }
staff-import-row-too-long = De regel is te lang; misschien is een aanhalingsteken niet gesloten
staff-import-look = Nagekeken bestand
staff-import-running = Bezig met importeren
staff-import-done = Geïmporteerd
staff-import-failed = Niet geïmporteerd
staff-import-ready =
    { $count ->
        [one] { $count } klant kan worden geïmporteerd. Er zijn geen fouten gevonden.
       *[other] { $count } klanten kunnen worden geïmporteerd. Er zijn geen fouten gevonden.
    }
staff-import-joining =
    { $count ->
        [one] { $count } klant heeft een e-mailadres waarmee al iemand inlogt, en komt bij die gebruiker.
       *[other] { $count } klanten hebben een e-mailadres waarmee al iemand inlogt, en komen bij die gebruikers.
    }
staff-import-ready-text = Er is nog niets veranderd. Het bestand wacht een half uur op uw bevestiging, alleen in het geheugen.
staff-import-confirm =
    { $count ->
        [one] { $count } klant importeren
       *[other] { $count } klanten importeren
    }
staff-import-forget = Bestand vergeten
staff-import-again = Een ander bestand kiezen
staff-import-no-rows = Het bestand heeft kolommen, maar geen regels.
staff-import-wrong = { $wrong ->
        [one] Er klopt één regel niet; { $right } wel.
       *[other] Er kloppen { $wrong } regels niet; { $right } wel.
    } Er wordt niets geïmporteerd.
staff-import-wrong-text = Verbeter het bestand en kies het opnieuw.
staff-import-wrong-rows = Regels die niet kloppen
staff-import-wrong-more = Alleen de eerste { $count } worden getoond.
staff-import-rows = Regels verwerkt
staff-import-running-text = U kunt deze pagina verlaten; het gaat door. De klanten worden in één keer zichtbaar.
staff-import-done-text = { $count ->
        [one] { $count } klant is geïmporteerd.
       *[other] { $count } klanten zijn geïmporteerd.
    } { $joined ->
        [0] Ieder kreeg een nieuwe gebruiker.
       *[other] { $joined } kwamen bij een gebruiker die er al was.
    }
staff-import-failed-text = Het importeren is mislukt. Van het bestand is niets achtergebleven; kijk bij Systeemstatus of in het log wat er aan de hand was.

## Staff

staff-team-new = Medewerker toevoegen
staff-team-add = Toevoegen en uitnodigen
staff-team-new-text = De medewerker krijgt een e-mail met een link om een wachtwoord te kiezen, en stelt bij het eerste inloggen een tweede factor in.
staff-role-admin-hint = Alles, ook medewerkers, importeren en taken opnieuw starten
staff-role-privacy-hint = Beslist over verzoeken; ziet klanten, beloften, beleid en logboek
staff-role-support-hint = Klanten en berichten; ziet verzoeken en legt ze vast
staff-role-auditor-hint = Ziet beloften, beleid, logboek en systeemstatus, geen klanten
staff-role-none = Geen medewerker meer
staff-role-none-hint = Kan niet meer in Beheer
staff-officer = Sleutelhouder
staff-officer-hint = Bewaart een deel van de zegel
staff-member-active = Actief
staff-member-invited = Uitgenodigd
staff-member-disabled = Afgesloten
staff-member-role = Rol wijzigen
staff-member-role-hint = Bij een wijziging eindigen de sessies van deze medewerker.
staff-member-me = Dit bent u. Uw toegang afsluiten of uw tweede factor wissen kan een andere systeembeheerder.
staff-member-access = Toegang
staff-member-access-text = Wie is afgesloten kan niet inloggen; de sessies eindigen meteen. Wie de tweede factor kwijt is, stelt na het wissen bij het inloggen een nieuwe in.
staff-member-disable = Toegang afsluiten
staff-member-enable = Toegang openen
staff-member-reset = Tweede factor wissen
staff-last-admin = Er moet één systeembeheerder overblijven die kan inloggen

## System health

staff-health-jobs = Taken
staff-jobs-queued = Wachten
staff-jobs-running = Bezig
staff-jobs-done = Gedaan (laatste dertig dagen)
staff-jobs-failed = Mislukt
staff-health-failed = Mislukte taken
staff-health-no-failed = Geen mislukte taken
staff-retry = Opnieuw
staff-health-tasks = Wat op de klok loopt
staff-tasks-none = Nog niets gelopen
staff-tasks-none-text = Zodra het programma draait, staat hier de laatste keer van elke vaste taak.
staff-task-done = Gelukt
staff-task-failed = Mislukt
staff-task-running = Bezig
staff-health-keys = Sleutels
staff-keys-epoch = Tijdvak van de sleutels
staff-keys-phase = Wisseling
staff-keys-generation = Generatie van de sleutelbewaring
staff-keys-copies = Kopieën van de tijdvaksleutel
staff-phase-steady = Geen wisseling gaande
staff-phase-both = Nieuwe sleutels gaan al naar het volgende tijdvak
staff-phase-retiring = Het oude tijdvak wordt vernietigd
staff-health-parts = Onderdelen
staff-health-version = Versie
staff-health-database = Database
staff-health-names = Klanten in de zoekindex

## Said once after a redirect

flash-staff-added = De medewerker is toegevoegd.
flash-staff-answered = Het antwoord is verstuurd.
flash-staff-attested = Alle beloften zijn nagegaan.
flash-staff-customer-created = De klant is vastgelegd.
flash-staff-disabled = De toegang is afgesloten.
flash-staff-enabled = De toegang is weer open.
flash-staff-erasure-begun = Het verzoek is toegewezen en het wissen begint.
flash-staff-extended = De termijn is verlengd en de persoon krijgt bericht.
flash-staff-factor-reset = De tweede factor is gewist.
flash-staff-import-begun = Het importeren is begonnen.
flash-staff-import-forgotten = Het bestand is vergeten.
flash-staff-invited = De uitnodiging is verstuurd.
flash-staff-last-admin = Niet gedaan: er moet één systeembeheerder overblijven.
flash-staff-lifting-announced = De klant krijgt bericht; over zeven dagen vervalt de beperking.
flash-staff-link-sent = Er is een nieuwe link gestuurd.
flash-staff-published = Het nieuwe beleid is van kracht.
flash-staff-published-same = Dit beleid was al van kracht.
flash-staff-request-answered = Het besluit is vastgelegd en het antwoord verstuurd.
flash-staff-request-opened = Het verzoek is vastgelegd en de termijn loopt.
flash-staff-restricted = De verwerking is beperkt.
flash-staff-retried = De taak wordt opnieuw geprobeerd.
flash-staff-thread-closed = Het bericht is gesloten.
flash-staff-thread-reopened = Het bericht is heropend.
flash-staff-verified = De identiteit is bevestigd.
flash-staff-withdrawn = De intrekking is vastgelegd.
staff-task-jobs-released = Taken van een gestopt proces overnemen
staff-task-imports-swept = Afgebroken imports ongedaan maken
staff-task-contacts-ended = Afgebroken contacten naar buiten markeren
staff-task-links-swept = Verlopen sessies en links verwijderen
staff-task-requests-reminded = Medewerkers herinneren aan verzoeken
staff-task-retention = Verwijderen wat zijn bewaartermijn voorbij is
staff-task-orphan-keys = Sleutels zonder gebruik vernietigen
staff-task-epoch-rotation = Tijdvaksleutel wisselen
staff-task-attest = Beloften controleren
