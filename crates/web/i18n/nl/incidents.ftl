leak-nav-incidents = Datalekken
leak-nav-reports = Lekken van klanten
leak-nav-orders = Bevelen
leak-nav-panel = Datalek melden
leak-template = Bericht over een datalek
leak-queue = Datalekken met een klok
leak-queue-all = Alle datalekken
leak-case = Datalek { $number }
leak-report = Melding { $number }
leak-number = Nummer
leak-title = Aanduiding
leak-state = Stand
leak-role = Onze rol
leak-regime = Wet
leak-effects = Wat er met de gegevens is gebeurd
leak-discovered = Ontdekt op
leak-discovered-own = Wanneer ontdekte u het?
leak-occurred-from = Begonnen op
leak-occurred-until = Geëindigd op
leak-ongoing = Het duurt nog voort
leak-aware = Kennis van het lek sinds
leak-due = Uiterste tijdstip
leak-decision = Besluit over melden
leak-people = Besluit over betrokkenen
leak-ground = Grond
leak-affected = Getroffen klanten
leak-untold = Nog in te lichten
leak-opened = Geopend
leak-closed = Afgesloten
leak-customer = Klant
leak-told = Ingelicht
leak-reported = Gemeld bij ons
leak-notified = Gemeld bij de toezichthouder
leak-outcome = Uitkomst
leak-facts = De feiten
leak-yes = ja
leak-no = nee
leak-save = Bewaren
leak-change = Wijzigen
leak-to-check = Verder, om na te kijken
leak-check = Kijk dit na
leak-open = Datalek openen
leak-open-lead = Open een dossier zodra er een vermoeden is. De klok begint pas als u vastlegt dat het een lek is.
leak-none = Er zijn geen datalekken
leak-none-text = Elk datalek komt in dit register, ook een dat niet gemeld hoeft te worden.
leak-moment-hint = Dag, maand, jaar en tijd in Nederland, zoals 31-12-2026 14:30
leak-not-aware = De klok loopt nog niet
leak-not-aware-text = Leg vast vanaf wanneer wij met redelijke zekerheid weten dat het een datalek is. Vanaf dat moment loopt de termijn.
leak-become-aware = Kennis van het lek vastleggen
leak-aware-lead = Het moment van kennis kan niet meer worden gewijzigd. De uren tellen door in het weekend en bij het verzetten van de klok.
leak-clock-begins = { $clock }: uiterlijk { $due }
leak-ended = op tijd gedaan
leak-ended-late = te laat gedaan, met reden
leak-was-due = uiterlijk { $due }
leak-lacks-reason = De termijn is voorbij zonder reden
leak-give-reason = Reden van te late melding vastleggen
leak-late-lead = De toezichthouder vraagt waarom het niet binnen de termijn kon.
leak-late-reason = Reden van te late melding
leak-late-hint = Alleen nodig als het na het uiterste tijdstip is verstuurd.
leak-late-check = De reden komt in het dossier.
leak-change-facts = Feiten wijzigen
leak-decide = Besluiten over melden
leak-decide-lead = Melden hoeft alleen niet als een risico voor mensen niet waarschijnlijk is, als de klanten zelf melden, of als het geen datalek blijkt.
leak-ground-hint = Nodig als er niet wordt gemeld.
leak-decide-check = Een besluit om niet te melden stopt de klok. De grond komt in het register.
leak-decide-people = Besluiten over betrokkenen
leak-people-lead = Bij een hoog risico worden de mensen om wie het gaat geïnformeerd, tenzij artikel 34, lid 3, van de AVG een uitzondering geeft.
leak-people-ground-hint = Nodig als zij niet worden geïnformeerd.
leak-people-check = Het besluit komt in het dossier.
leak-record-report = Vastleggen dat er is gemeld
leak-report-lead = Deze software meldt niets zelf. Vul het formulier van de toezichthouder in met het dossier, en leg hier vast wat u hebt verstuurd.
leak-report-kind = Wat is verstuurd
leak-sent-at = Verstuurd op
leak-reference = Kenmerk
leak-report-check = Wat is vastgelegd, kan niet worden gewist.
leak-reports = Verstuurd aan toezichthouders
leak-no-reports = Er is nog niets vastgelegd.
leak-set-scope = Reikwijdte bepalen
leak-scope-lead = De getroffen klanten worden uit de reikwijdte berekend. Wie al is ingelicht, blijft in de lijst.
leak-scope-everybody = Alle klanten
leak-scope-customers = Klanten, pakketten en diensten
leak-scope-hint = Eén per regel: een klantnummer, de code van een pakket (alle klanten met een lopende dienst daarvan), of het adres van een dienst.
leak-scope-counts =
    { $count ->
        [one] Getroffen: één klant
       *[other] Getroffen: { $count } klanten
    }
leak-affected-counts =
    { $count ->
        [one] Eén klant getroffen, waarvan { $told } ingelicht.
       *[other] { $count } klanten getroffen, waarvan { $told } ingelicht.
    }
leak-affected-gone = { $count } zijn gewist voordat zij konden worden ingelicht.
leak-postponed = Het inlichten is uitgesteld tot { $day }.
leak-customers-csv = Getroffen klanten (CSV)
leak-write-notice = Bericht schrijven
leak-notice-lead = Schrijf wat er is gebeurd, om welke gegevens het gaat, wat de gevolgen kunnen zijn, wat u hebt gedaan en wat de klant kan doen. { $number } en { $link } moeten in de tekst staan; { $name } mag.
leak-notice-title-nl = Onderwerp (Nederlands)
leak-notice-nl = Bericht (Nederlands)
leak-notice-title-en = Onderwerp (Engels)
leak-notice-en = Bericht (Engels)
leak-tell = Klanten inlichten
leak-tell-lead = Elke klant krijgt het bericht in de eigen taal per e-mail, en leest het ook in het klantenpaneel.
leak-tell-check =
    { $count ->
        [one] Er gaat één e-mail uit. Dit kan niet worden teruggenomen.
       *[other] Er gaan { $count } e-mails uit. Dit kan niet worden teruggenomen.
    }
leak-sample-name = Fenna de Vries
leak-postpone = Inlichten uitstellen
leak-postpone-lead = Uitstel kan nodig zijn, bijvoorbeeld op verzoek van de politie. Na deze dag staat het weer in de werklijst.
leak-until = Tot en met
leak-postpone-reason = Reden van het uitstel
leak-postpone-check = Na deze dag is de belofte gebroken zolang klanten niet zijn ingelicht.
leak-close = Datalek afsluiten
leak-close-lead = Schrijf op wat is geleerd. Een afgesloten dossier verandert niet meer.
leak-closing = Afsluiting en geleerde lessen
leak-close-check = Een afgesloten dossier kan niet worden heropend.
leak-cannot-close = Nog niet af te sluiten: { $why }
leak-blocked-undecided = er is nog niet besloten over melden of over betrokkenen.
leak-blocked-provisional = de laatste melding is voorlopig.
leak-blocked-untold = niet alle getroffen klanten zijn ingelicht.
leak-blocked-late = een termijn is voorbij zonder reden.
leak-blocked-reports = er moet nog iets worden gemeld.
leak-dossier = Dossier
leak-dossier-text = Het dossier volgt de vragen van de toezichthouder.
leak-dossier-pdf = Dossier (PDF)
leak-dossier-json = Dossier (JSON)
leak-complete = volledig
leak-provisional =
    { $count ->
        [one] voorlopig: één vraag open
       *[other] voorlopig: { $count } vragen open
    }
leak-missing =
    { $count ->
        [one] één vraag open
       *[other] { $count } vragen open
    }
leak-fill-in = Dossier aanvullen
leak-filled-in = Wat u hebt ingevuld
leak-reports-lead = Wat klanten melden over hun eigen websites en servers. Melden bij de toezichthouder doen zij zelf; wij helpen met wat wij weten.
leak-reports-none = Er zijn geen meldingen van klanten
leak-reports-none-text = Wat klanten in hun paneel melden, komt hier.
leak-own-clock = De klok van de klant
leak-erased = gewist
leak-may-look = Wij mogen meekijken
leak-tied = Hoort bij
leak-tie = Hoort bij ons datalek
leak-report-close = Melding afsluiten
leak-orders-lead = Een bevel van een rechter of bevoegde autoriteit is geen datalek, maar een eigen grond om het verkeerslogboek te openen.
leak-orders-none = Er zijn geen bevelen
leak-orders-none-text = Een bevel komt hier zodra een medewerker het vastlegt.
leak-order-new = Bevel vastleggen
leak-order-lead = Leg vast wie het bevel gaf, van wanneer het is en wat het inhoudt.
leak-order-check = Dat er een bevel is, komt in het openbare logboek; de inhoud niet.
leak-order-authority = Autoriteit
leak-order-given = Datum van het bevel
leak-order-received = Ontvangen op
leak-order-text = Wat het bevel inhoudt
leak-order-close = Afsluiten
leak-panel-lead = Is er een lek in uw eigen website of server, dan moet u dat zelf melden bij de toezichthouder. Hier gaat u na of het een datalek is, ziet u hoeveel tijd u hebt en krijgt u een dossier met wat wij weten.
leak-own-reports = Uw meldingen
leak-own-none = U hebt geen datalek gemeld
leak-own-none-text = Uw meldingen en hun dossiers staan hier.
leak-no-clock = geen klok
leak-ours = Datalekken bij ons
leak-ours-none = Er is geen datalek bij ons dat u raakt.
leak-told-at = ingelicht op { $at }
leak-report-new = Datalek melden
leak-report-send = Melden bij ons
leak-guide-lead = Beantwoord de vragen zo goed als u nu kunt. Weet u iets niet zeker, zeg dat dan; u kunt alles later aanvullen.
leak-guide-duty = Hiermee meldt u het lek aan ons, nog niet aan de toezichthouder. Dat doet u zelf, met het dossier dat u krijgt.
leak-guide-personal-hint = Alles wat over een mens gaat: namen, e-mailadressen, bestellingen, berichten, wachtwoorden.
leak-guide-effects-hint = Kies alles wat kan zijn gebeurd.
leak-guide-risk-hint = Denk aan fraude, misbruik van een wachtwoord, schaamte of uitsluiting.
leak-guide-summary-hint = Wat is er gebeurd, en hoe hebt u het gemerkt?
leak-guide-says = De wegwijzer zegt: { $outcome }
leak-advice-report = Meld het lek uiterlijk 72 uur nadat u het hebt ontdekt bij de toezichthouder. Is het risico hoog, vertel het dan ook aan de mensen om wie het gaat.
leak-advice-form = Gebruik het formulier op de website van de toezichthouder en het dossier hieronder. Een voorlopige melding mag: u vult haar later aan.
leak-advice-record = U hoeft dit niet te melden, maar wel vast te leggen. Het dossier is daarvoor genoeg; verandert er iets, vul de antwoorden dan aan.
leak-advice-no-leak = Volgens uw antwoorden is dit geen datalek. Verandert er iets, vul de antwoorden dan aan.
leak-advice-unclear = Zoek uit wat u niet zeker weet, en doe zolang alsof het een datalek is: de klok loopt.
leak-own-dossier-text = Met wat u hebt ingevuld en wat wij weten. Het is geen melding: die doet u zelf.
leak-may-look-ask = U mag meekijken op mijn website of server om te helpen
leak-may-look-hint = Dit is nog geen toegang: wij spreken met u af waar en hoelang.
leak-note-notified = Ik heb gemeld bij de toezichthouder
flash-leak-opened = Het dossier is geopend.
flash-leak-saved = Het is vastgelegd.
flash-leak-reported = Uw melding is ontvangen. Het dossier staat klaar.
flash-leak-reason-first = De termijn is voorbij. Leg eerst vast waarom.
flash-leak-notice-first = Schrijf eerst het bericht.
flash-leak-choose-case = Kies een datalek.
