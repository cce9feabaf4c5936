## Words

supplier-field = { $field ->
        [identity-name] naam
        [identity-organisation] organisatie
        [identity-kvk] KvK-nummer
        [contact-email] e-mailadres
        [contact-phone] telefoonnummer
        [contact-street] straat en huisnummer
        [contact-postcode] postcode
        [contact-city] plaats
        [contact-country] land
        [domain-name] domeinnaam
       *[other] { $field }
    }
supplier-state-due = nog te vragen
supplier-state-requested = gevraagd te wissen
supplier-state-linked = kan nog niet gewist worden
supplier-state-kept = blijft daar tot een datum
supplier-state-confirmed = gewist
supplier-state-failed = mislukt
supplier-state-held = in gebruik
supplier-state-intended = misschien gegeven
supplier-state-given = gegeven
supplier-state-not-given = niet gegeven
supplier-reason-ended = De dienst is beëindigd
supplier-reason-erased = De klant is gewist
supplier-ground-supplier-rules = eigen regels van de leverancier
supplier-ground-validation-records = gegevens van de controle, die een certificaatautoriteit moet bewaren
supplier-ground-legal-duty = wettelijke plicht (artikel 17, lid 3, onder b, AVG)
supplier-ground-legal-claim = rechtsvordering (artikel 17, lid 3, onder e, AVG)
supplier-controller = Bepaalt zelf wat er met de gegevens gebeurt (verantwoordelijke)
supplier-processor = Werkt in onze opdracht (subverwerker)

## Staff

staff-suppliers = Leveranciers
staff-suppliers-lead = Wie volgens het beleid gegevens van klanten mag krijgen, en wat elk nu heeft. Iemand toevoegen doet u in het beleid.
staff-suppliers-text = Wat zij doen
staff-suppliers-role = Rol
staff-suppliers-country = Land
staff-suppliers-purposes = Waarvoor
staff-suppliers-data = Mag krijgen
staff-suppliers-keeps = Bewaart zelf
staff-suppliers-transfer = Waarborg bij doorgifte
staff-suppliers-hosts = Bereikbaar op
staff-suppliers-hosts-none = Nergens: wij bereiken deze leverancier met de hand
staff-suppliers-asked = Hoe wij vragen te wissen
staff-suppliers-asked-hand = Met de hand: een medewerker vraagt het en legt het antwoord vast
staff-suppliers-asked-program = Het programma vraagt het en leest na
staff-suppliers-has = Heeft nu
staff-suppliers-count = { $count ->
        [one] één verstrekking
       *[other] { $count } verstrekkingen
    }
staff-suppliers-withdrawals = Intrekkingen
staff-suppliers-undeclared = Deze ontvanger staat niet meer in het beleid. Wat hij heeft, moet worden ingetrokken.
staff-disclosures = Verstrekkingen
staff-disclosures-lead = Wat leveranciers van klanten kregen. Namen ziet u pas bij een verstrekking zelf.
staff-disclosures-none = Nog geen verstrekkingen
staff-disclosures-none-text = Zodra een dienst is klaargemaakt waarvoor een leverancier gegevens kreeg, staat het hier.
staff-disclosure = Verstrekking
staff-disclosure-number = Kenmerk hier
staff-disclosure-supplier = Leverancier
staff-disclosure-purpose = Doel
staff-disclosure-fields = Welke gegevens
staff-disclosure-given = Gegeven op
staff-disclosure-customer = Klant
staff-disclosure-customer-gone = Gewist
staff-disclosure-services = Gebruikt door
staff-disclosure-reference = Kenmerk bij de leverancier
staff-disclosure-reference-hint = Waaronder de leverancier deze gegevens kent, bijvoorbeeld een contactcode. Zonder kenmerk kan de leverancier ze misschien niet vinden.
staff-disclosure-reference-save = Kenmerk bewaren
staff-disclosure-values = Wat er is gegeven
staff-disclosure-values-gone = De waarden zijn weg: de klant is gewist of de leverancier heeft ze gewist.
staff-disclosure-correct = De leverancier heeft de gegevens van nu
staff-disclosure-correct-text = De klant heeft zijn gegevens gewijzigd. Geef de nieuwe door aan de leverancier en leg dat daarna hier vast.
staff-disclosure-withdrawal = Intrekking
staff-withdrawals = Intrekkingen
staff-withdrawals-lead = Wat leveranciers moeten wissen, wat het eerst moet bovenaan. Niets verdwijnt uit deze lijst zonder antwoord.
staff-withdrawals-none = Nog geen intrekkingen
staff-withdrawals-none-text = Zodra een klant geen dienst meer heeft waarvoor een leverancier gegevens kreeg, of wordt gewist, staat het hier.
staff-withdrawals-late = { $count ->
        [one] Eén intrekking is over de datum heen.
       *[other] { $count } intrekkingen zijn over de datum heen.
    }
staff-withdrawal = Intrekking
staff-withdrawal-reason = Waarom
staff-withdrawal-state = Stand
staff-withdrawal-due = Antwoord uiterlijk
staff-withdrawal-begun = Begonnen op
staff-withdrawal-requested = Gevraagd op
staff-withdrawal-answered = Laatste antwoord op
staff-withdrawal-next = Volgende stap
staff-withdrawal-next-staff = Wacht op een medewerker
staff-withdrawal-tries = Pogingen zonder antwoord
staff-withdrawal-until = Bewaard tot
staff-withdrawal-answer = Antwoord of bewijs
staff-withdrawal-proof = SHA-256 van het bewijs
staff-withdrawal-overdue = Te laat
staff-withdrawal-lateness = Datum
staff-withdrawal-answer-title = Antwoord vastleggen
staff-withdrawal-answer-text = Vraag de leverancier de gegevens met dit kenmerk te wissen, en controleer zelf of het is gebeurd. Leg daarna het antwoord vast.
staff-withdrawal-answered-gone = Gewist, en dat is nagekeken
staff-withdrawal-answered-linked = Nog niet: er verwijst nog iets naar; morgen opnieuw vragen
staff-withdrawal-answered-kept = De leverancier bewaart ze nog, met een grond en een datum
staff-withdrawal-answered-refused = Geweigerd
staff-withdrawal-what = Wat was het antwoord?
staff-withdrawal-ground-which = Op welke grond worden ze bewaard?
staff-withdrawal-until-when = Tot wanneer worden ze bewaard?
staff-withdrawal-shows = Wat laat dat zien?
staff-withdrawal-shows-hint = Wie zei wat, wanneer, en wat u hebt nagekeken.
staff-withdrawal-save = Antwoord vastleggen
staff-withdrawal-retry = Opnieuw vragen
staff-withdrawal-retry-text = De leverancier weigerde of gaf lang geen antwoord. Zoek uit wat er is, en vraag het daarna opnieuw.
flash-supplier-answered = Het antwoord is vastgelegd.
flash-supplier-retried = De leverancier wordt opnieuw gevraagd.
flash-supplier-referenced = Het kenmerk is bewaard.
flash-supplier-corrected = Vastgelegd dat de leverancier de gegevens van nu heeft.
staff-task-withdrawals = Intrekkingen bij leveranciers op gang houden

## Panel

panel-disclosures = Wat leveranciers van u hebben
panel-disclosures-lead = Voor elke dienst waarvoor een leverancier gegevens kreeg: welke, en of ze er nog zijn. Is de dienst voorbij, dan laten wij de leverancier ze wissen.
panel-disclosures-none = Leveranciers hebben niets van u gekregen
panel-disclosures-none-text = Krijgt een leverancier gegevens van u, bijvoorbeeld voor een domeinnaam, dan staat dat hier.
panel-disclosures-since = Sinds
panel-disclosures-state = Stand
panel-disclosures-answer-due = De leverancier moet uiterlijk { $date } antwoorden.
panel-disclosures-kept = De leverancier bewaart ze tot { $date }: { $ground }.
panel-disclosures-gone = Gewist op { $date }; wat wij erover weten, vergeten wij na een jaar.
panel-disclosures-word = Dat een leverancier echt wist, zegt de leverancier; wij vragen het, lezen na waar dat kan, en bewaren het antwoord.

## Promises

fact-disclosures = Verstrekkingen aan leveranciers
fact-disclosures-unsettled = Daarvan niet zeker of ze weggingen
fact-disclosures-outside-register = Verstrekkingen die het beleid niet noemt
fact-disclosures-without-order = Verstrekkingen zonder bestelling
fact-disclosures-past-term = Verstrekkingen die vergeten hadden moeten zijn
fact-holders-at-suppliers = Houders van domeinnamen bij leveranciers
fact-holders-that-differ = Daarvan niet gelijk aan wat hier staat
fact-domains-without-disclosure = Domeinnamen waarvan niet is vastgelegd wie de gegevens kreeg
fact-withdrawals = Intrekkingen
fact-withdrawals-confirmed = Daarvan bevestigd gewist
fact-withdrawals-kept = Daarvan bewaard op een grond tot een datum
fact-withdrawals-linked = Daarvan nog niet te wissen
fact-withdrawals-failed = Daarvan bij een medewerker
fact-withdrawals-overdue = Intrekkingen over de datum heen zonder antwoord
fact-disclosures-forgotten = Verstrekkingen die niemand meer gebruikt of intrekt
not-shown-supplier-made = wat een leverancier met de gegevens deed
not-shown-domains-before = domeinnamen van voor dit register
not-shown-supplier-deleted = of een leverancier echt wist: dat is zijn woord
