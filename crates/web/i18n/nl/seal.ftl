seal-nav = Sleutelhouders en zegel
seal-lead = Het verkeer van uw klanten ligt verzegeld. Openen kan alleen als genoeg sleutelhouders samen meewerken, elk met een sleuteldeel in een bestand dat geen enkele machine van u heeft.
seal-alarm-none = Er is nog geen sleutel: er wordt nog geen verkeer verzegeld.
seal-alarm-soon =
    De laatste sleutel verloopt over { $days ->
        [one] één dag
       *[other] { $days } dagen
    }. Houd nu de jaarlijkse ceremonie.
seal-alarm-overdue =
    De laatste sleutel is { $days ->
        [one] één dag
       *[other] { $days } dagen
    } geleden verlopen. Machines gaan er hooguit 31 dagen mee door en stoppen dan met vastleggen.
seal-alarm-stopped = Er is geen geldige sleutel meer: er wordt geen verkeer vastgelegd.
seal-valid = Er zijn sleutels tot en met { $date }.
seal-steps-title = Zo begint u
seal-step-mark = Wijs bij Medewerkers aan wie sleutelhouder wordt: minstens twee mensen, beter drie of meer.
seal-step-enrol = Elke sleutelhouder voert op de eigen computer "waarborg officer enroll" uit en levert hier het identiteitsbestand in.
seal-step-roster = Stel hieronder de lijst samen. Een tweede medewerker bevestigt die.
seal-step-ceremony = De sleutelhouders houden de ceremonie: bundel ophalen, "waarborg officer share" uitvoeren, antwoord inleveren, en dat drie keer.
seal-officers = Sleutelhouders
seal-officers-none = Nog niemand heeft zich aangemeld
seal-officers-none-text = Een sleutelhouder levert eerst een identiteitsbestand in.
seal-officer = Sleutelhouder
seal-number = Nummer
seal-since = Aangemeld op
seal-digits = Cijfers
seal-digits-hint = Vraag elke sleutelhouder welke cijfers het eigen programma toont, in persoon of per telefoon, en vergelijk ze met deze.
seal-withdraw = Afmelden
seal-withdraw-title = Sleutelhouder afmelden
seal-withdraw-what = { $name } staat niet meer op de volgende lijst. Het sleuteldeel blijft werken tot de anderen hun delen verversen.
seal-enrol-title = Uzelf aanmelden
seal-enrol-text = Lever het bestand in dat "waarborg officer enroll" heeft gemaakt. Het bevat niets geheims. Een eerder aangemelde identiteit vervalt.
seal-file = Bestand
seal-enrol-send = Aanmelden
seal-rosters = Ceremonies
seal-rosters-none = Nog geen ceremonie
seal-rosters-none-text = Stel een lijst samen zodra er minstens twee sleutelhouders zijn aangemeld.
seal-roster-new = Lijst samenstellen
seal-roster = Ceremonie van { $date }
seal-state = Stand
seal-state-proposed = Wacht op bevestiging
seal-state-running = Loopt
seal-state-finished = Afgerond
seal-state-stopped = Gestopt
seal-flow = Soort
seal-flow-generate = Nieuwe sleutels
seal-flow-refresh = Delen verversen
seal-months = Maanden
seal-months-range =
    { $count ->
        [one] één maand
       *[other] { $count } maanden
    }, van { $first } tot en met { $last }
seal-threshold = Nodig om te openen
seal-threshold-of = { $k } van { $n } sleutelhouders
seal-work = Wat gaat u doen?
seal-work-year = Nieuwe sleutels voor veertien maanden
seal-work-year-hint = De jaarlijkse ceremonie. De sleutels volgen op de laatste die er zijn.
seal-work-refresh = De delen van lopende sleutels verversen
seal-work-refresh-hint = Als een sleutelhouder vertrekt of een deel misschien is uitgelekt. Doe dit alleen met wie blijft. Oude delen blijven samen werken als er genoeg van overleven.
seal-choose = Wie doen mee?
seal-choose-missing = Kies minstens twee sleutelhouders
seal-choose-refresh = Met deze sleutelhouders valt er niets te verversen
seal-choose-many = Er zijn in de loop van de tijd te veel sleutelhouders geweest voor één lijst
seal-threshold-field = Hoeveel zijn er nodig om iets te openen?
seal-threshold-hint = Minstens twee. Bij verversen blijft het aantal zoals het was.
seal-threshold-wrong = Vul een getal in van 2 tot en met het aantal sleutelhouders
seal-propose = Voorstellen
seal-open-already = Er staat al een lijst open. Rond die af of stop die eerst.
seal-confirm-title = Klopt deze lijst?
seal-confirm-text = Controleer de namen en cijfers. Na uw bevestiging begint de ceremonie met precies deze sleutelhouders.
seal-confirm = Bevestigen en beginnen
seal-confirm-own = U hebt deze lijst voorgesteld. Een andere medewerker bevestigt die.
seal-proposed-by = Voorgesteld door
seal-confirmed-by = Bevestigd door
seal-stop = Ceremonie stoppen
seal-stop-what = De ceremonie stopt en wat de sleutelhouders tot nu toe deden vervalt. Daarna kan een nieuwe lijst worden voorgesteld.
seal-stop-name = stoppen
seal-progress = Hoever de ceremonie is
seal-round-1 = Ronde 1
seal-round-2 = Ronde 2
seal-round-3 = Handtekening
seal-sent = Ontvangen
seal-waiting = Nog niet
seal-bundle = Bundel ophalen
seal-bundle-text = De bundel is voor alle sleutelhouders dezelfde: lijst, berichten en documenten. Haal hem na elke ronde opnieuw op.
seal-answer-title = Antwoord inleveren
seal-answer-text = Het bestand dat het programma van een sleutelhouder maakt. Een ander mag het ook inleveren: alles erin is getekend.
seal-answer-send = Inleveren
seal-answer-missing = Kies een bestand
seal-answer-unreadable = Dit bestand kan niet worden gelezen; is het het goede?
seal-answer-empty = In dit bestand staat niets
seal-answer-no-ceremony = Dit antwoord hoort niet bij de ceremonie die nu loopt
seal-answer-signature = Een bericht is niet getekend door een sleutelhouder van de lijst, of het is veranderd
seal-answer-place = Een bericht hoort bij geen enkele ronde van deze ceremonie
seal-answer-document = Het groepsdocument is niet van deze lijst, of het sluit niet aan op het vorige
seal-enrol-taken = Met deze sleutels heeft iemand zich al aangemeld; maak een nieuwe identiteit
seal-enrol-wrong = Dit is geen identiteitsbestand
seal-two-title = Twee verschillende berichten
seal-two-text = Sleutelhouder { $officer } heeft in ronde { $round } twee verschillende berichten getekend. Het eerste telt. Stop de ceremonie, laat beide aan alle sleutelhouders zien en vraag wat er is gebeurd.
seal-two-first = Eerste bericht
seal-two-second = Tweede bericht
flash-seal-enrolled = U bent aangemeld als sleutelhouder.
flash-seal-withdrawn = De sleutelhouder is afgemeld.
flash-seal-proposed = De lijst is voorgesteld. Een andere medewerker bevestigt die.
flash-seal-confirmed = De ceremonie is begonnen. De sleutelhouders kunnen de bundel ophalen.
flash-seal-stopped = De ceremonie is gestopt.
flash-seal-taken = Het antwoord is aangenomen.
flash-seal-adopted = Het groepsdocument is aangenomen: de ceremonie is afgerond.
flash-seal-two = Het antwoord verschilt van wat dezelfde sleutelhouder eerder tekende. Bekijk de ceremonie.
flash-seal-first = De lijst is intussen veranderd. Kijk hoe die er nu voor staat.
