## The customer panel.

panel-nav-overview = Overzicht
panel-nav-profile = Gegevens en contact
panel-nav-messages = Berichten
panel-nav-rights = Mijn rechten
panel-nav-data = Wat we bewaren
panel-nav-recipients = Wie heeft mijn gegevens
panel-nav-history = Wat er is gebeurd
panel-nav-logins = Gebruikers

panel-yes = Ja
panel-no = Nee
panel-none = Niet ingevuld
panel-unknown = Onbekend
panel-no-rights-here = U hebt voor deze klant de rol { $role }. Daarmee kunt u dit wel zien, maar niet wijzigen.
panel-owner-only = Alleen een eigenaar kan dit doen. Uw rol is { $role }.

## Overview and choosing a customer

panel-overview-lead = Dit is de omgeving van { $customer }, klantnummer { $number }.
panel-tasks = Te doen
panel-tasks-none = Er is nu niets te doen
panel-tasks-none-text = Als wij iets van u nodig hebben of er iets voor u klaarstaat, ziet u dat hier.
panel-task-identity = Bevestig verzoek { $number }
panel-task-identity-text = We hebben u een e-mail gestuurd met een link. Pas als u die hebt geopend, weten we dat het verzoek van u is.
panel-task-confirm = Is verzoek { $number } van u?
panel-task-confirm-text = Iemand heeft dit verzoek via het contactformulier of per brief gedaan, op naam van deze klant. Bevestig het alleen als u het herkent.
panel-task-package = Uw kopie staat klaar
panel-task-package-text = U kunt het bestand downloaden tot en met { $until }.
panel-task-package-link = Naar het bestand
panel-task-second-factor = Stel een tweede stap in voor het inloggen
panel-task-second-factor-text = Nu is uw wachtwoord genoeg om binnen te komen. Met een code van uw telefoon erbij kan niemand anders met uw wachtwoord inloggen.
panel-task-second-factor-link = Tweede stap instellen
panel-task-answers = { $count ->
        [one] Wij hebben een bericht van u beantwoord
       *[other] Wij hebben { $count } berichten van u beantwoord
    }
panel-task-answers-text = Lees ons antwoord. Is alles duidelijk, dan hoeft u niets te doen.
panel-task-answers-link = Naar de berichten
panel-task-open-link = Naar het verzoek
panel-task-restricted = Uw gegevens worden beperkt gebruikt
panel-task-restricted-text = Sinds { $since } bewaren we uw gegevens alleen en gebruiken we ze verder niet.
panel-task-restricted-link = Beperking bekijken
panel-running = Lopende verzoeken
panel-running-label = Verstreken deel van de termijn van { $number }
panel-waiting = { $count ->
        [one] Op één bericht wacht u nog op ons antwoord.
       *[other] Op { $count } berichten wacht u nog op ons antwoord.
    }
panel-latest = Laatste gebeurtenissen
panel-latest-all = Alles wat er is gebeurd
panel-details = Uw gegevens
panel-details-all = Alle gegevens bekijken

panel-choose = Voor wie werkt u nu?
panel-choose-lead = U bent gebruiker bij meer dan één klant. Kies voor wie u nu werkt; u kunt altijd wisselen.
panel-choose-one = U bent gebruiker bij deze klant.
panel-choose-none = U bent bij geen enkele klant gebruiker
panel-choose-none-text = Vraag een eigenaar van de klant om u uit te nodigen. Uw eigen gegevens en uw inloggegevens vindt u onder Account.
panel-choose-account = Naar mijn account
panel-choose-now = Nu gekozen
panel-choose-pick = Kiezen
panel-choose-switch = Een andere klant kiezen
flash-customer-chosen = U werkt nu voor een andere klant.

## Profile

panel-profile = Gegevens en contact
panel-profile-lead = Dit is wat we van deze klant weten. Klopt er iets niet? Wijzig het, dan is het meteen verbeterd.
panel-profile-number = Klantnummer
panel-profile-kind = Soort klant
panel-profile-person = Particulier
panel-profile-organisation = Organisatie
panel-profile-kind-person-hint = U handelt als privépersoon
panel-profile-kind-organisation-hint = Een bedrijf, vereniging, stichting of overheid
panel-profile-name = Naam
panel-profile-contact-name = Contactpersoon
panel-profile-name-hint = De persoon, of de contactpersoon van de organisatie
panel-profile-organisation-name = Naam van de organisatie
panel-profile-kvk = KvK-nummer
panel-profile-kvk-hint = Acht cijfers
panel-profile-vat = Btw-nummer
panel-profile-vat-hint = Bijvoorbeeld NL123456782B90
panel-profile-email = E-mailadres
panel-profile-email-hint = Hierheen sturen we post over de overeenkomst. Uw inlognaam verandert er niet door.
panel-profile-phone = Telefoonnummer
panel-profile-address = Adres
panel-profile-street = Straat en huisnummer
panel-profile-postcode = Postcode
panel-profile-city = Plaats
panel-profile-country = Land
panel-profile-country-hint = Code van twee letters, zoals NL
panel-profile-language = Taal van onze post
panel-profile-dutch = Nederlands
panel-profile-english = Engels
panel-profile-since = Klant sinds
panel-profile-edit = Gegevens wijzigen
panel-profile-edit-lead = Wat u hier opslaat, geldt meteen. We leggen vast welke gegevens zijn gewijzigd, niet wat erin stond, en sturen een bevestiging. Verandert het e-mailadres, dan gaat de bevestiging ook naar het oude adres.
panel-profile-conflict = Iemand anders heeft deze gegevens intussen gewijzigd
panel-profile-conflict-text = Wat u hebt ingevuld, staat nog in het formulier. Hieronder ziet u waarin het verschilt van wat nu is opgeslagen. Controleer het en sla daarna opnieuw op.
panel-profile-conflict-now = Nu opgeslagen
panel-profile-conflict-yours = Door u ingevuld
panel-profile-field = Gegeven
flash-profile-rectified = Uw gegevens zijn verbeterd. Dat is als verzoek vastgelegd en al afgehandeld.
flash-profile-same = Er is niets gewijzigd: wat u invulde, stond er al.

## Logins

panel-logins = Gebruikers
panel-logins-lead = Deze mensen kunnen voor deze klant inloggen. Ieder heeft een rol.
panel-logins-name = Naam
panel-logins-email = E-mailadres
panel-logins-role = Rol
panel-logins-second-factor = Tweede stap
panel-logins-since = Gebruiker sinds
panel-logins-signed-in = Laatst ingelogd
panel-logins-never = Nog niet
panel-logins-you = u
panel-logins-change = Wijzigen
panel-logins-pending = Uitgenodigd, nog niet aangenomen
panel-logins-until = Geldig tot en met
panel-logins-withdraw = Intrekken
panel-logins-invite = Gebruiker uitnodigen
panel-logins-invite-lead = We sturen deze persoon een e-mail met een link, die een week geldig is. Neemt de persoon de uitnodiging niet aan, dan wissen we naam en adres weer.
panel-logins-invite-send = Uitnodiging versturen
panel-logins-language = Taal van de uitnodiging
panel-logins-reader-hint = Ziet alles van de klant, wijzigt niets
panel-logins-manager-hint = Wijzigt ook gegevens en schrijft berichten
panel-logins-owner-hint = Beslist ook over gebruikers en over alle rechten, tot en met het wissen
panel-logins-role-of = Rol van { $name }
panel-logins-remove = Gebruiker verwijderen
panel-logins-remove-of = { $name } verwijderen
panel-logins-remove-text = { $name } kan daarna niet meer voor deze klant inloggen. De eigen inloggegevens van { $name } blijven bestaan, ook voor andere klanten. U kunt deze persoon later opnieuw uitnodigen.
panel-logins-remove-self = Dit bent u zelf: daarna kunt u deze omgeving niet meer zien.
panel-logins-role-self = Dit bent u zelf: geeft u uzelf een lagere rol, dan kan alleen een andere eigenaar dat terugdraaien.
panel-logins-last-owner = Er moet een eigenaar overblijven. Maak eerst iemand anders eigenaar.
panel-logins-full = Er zijn al honderd gebruikers en uitnodigingen. Verwijder er eerst een.
flash-member-invited = De uitnodiging is verstuurd.
flash-member-changed = De rol is gewijzigd.
flash-member-removed = De gebruiker is verwijderd.
flash-invitation-withdrawn = De uitnodiging is ingetrokken.

## Messages

panel-messages = Berichten
panel-messages-lead = Uw vragen aan ons en onze antwoorden.
panel-messages-new = Nieuw bericht
panel-messages-none = Nog geen berichten
panel-messages-none-text = Hebt u een vraag? Schrijf ons; ons antwoord staat daarna hier, en u krijgt het per e-mail.
panel-messages-number = Nummer
panel-messages-title = Onderwerp
panel-messages-kind = Soort
panel-messages-state = Stand
panel-messages-updated = Laatst bijgewerkt
panel-messages-began = Begonnen op
panel-thread-question = Vraag
panel-thread-request = Verzoek over gegevens
panel-thread-complaint = Klacht
panel-thread-agreement = Verwerkersovereenkomst
panel-thread-abuse = Melding van misbruik
panel-thread-open = Wacht op ons antwoord
panel-thread-answered = Beantwoord
panel-thread-closed = Afgesloten
panel-thread-yours = Uw bericht
panel-thread-ours = Ons antwoord
panel-thread-system = Automatisch bericht
panel-thread-reply = Reageren
panel-thread-reply-closed = Dit gesprek is afgesloten. Als u reageert, gaat het weer open.
panel-thread-text = Bericht
panel-thread-text-hint = Zet er geen wachtwoorden in
panel-thread-full = Dit gesprek is vol. Begin een nieuw bericht.
panel-messages-topic = Waar gaat het over?
panel-messages-topic-question-hint = Over de overeenkomst, een storing of iets anders
panel-messages-topic-agreement-hint = U ontvangt de overeenkomst over de gegevens die wij in uw opdracht verwerken
panel-messages-topic-abuse-hint = Iemand gebruikt onze diensten voor iets wat niet mag
panel-messages-rights = Gaat het over uw eigen gegevens, of hebt u een klacht daarover? Doe dan een verzoek: daarvoor geldt een wettelijke termijn.

## Rights and requests

panel-rights = Mijn rechten
panel-rights-lead = U bepaalt zelf wat er met uw gegevens gebeurt. Elk recht is gratis. We antwoorden binnen { $term }; is uw verzoek ingewikkeld, dan kan daar { $extension } bij komen en hoort u dat binnen de eerste termijn.
panel-rights-article = Artikel { $article } AVG
panel-rights-complain-elsewhere = Bent u niet tevreden? Laat het ons eerst weten, meestal komen we er samen uit. U kunt altijd een klacht indienen bij de { $authority } ({ $website }), of naar de rechter gaan.
panel-rights-own = Uw verzoeken
panel-rights-all = Alle verzoeken
panel-right-access = Inzage
panel-right-access-text = U krijgt een kopie van alles wat we over u bewaren, en u leest waarvoor, hoelang en wie het heeft gekregen.
panel-right-access-action = Kopie aanvragen
panel-right-access-comes = U krijgt een zip-bestand met een leesbare pagina, dezelfde gegevens als JSON met uitleg, een lijst van controlegetallen en wat er in het logboek over u staat. Het staat hier veertien dagen klaar; u krijgt een e-mail zodra het zover is.
panel-right-portability = Gegevens meenemen
panel-right-portability-text = U krijgt wat u zelf aan ons hebt gegeven in een bestand dat een andere aanbieder kan inlezen.
panel-right-portability-action = Bestand aanvragen
panel-right-portability-comes = U krijgt een zip-bestand met JSON en CSV van de gegevens die u zelf hebt verstrekt. Het staat hier veertien dagen klaar; u krijgt een e-mail zodra het zover is.
panel-right-rectification = Verbeteren
panel-right-rectification-text = Klopt er iets niet of ontbreekt er iets, dan verbeteren we het. Uw contactgegevens wijzigt u zelf, en dat geldt meteen.
panel-right-rectification-action = Verbetering vragen
panel-right-rectification-comes = Wij verbeteren wat er niet klopt en geven dat door aan iedereen die de gegevens van ons kreeg. U krijgt bericht.
panel-right-rectification-self = Zelf uw contactgegevens wijzigen
panel-right-restriction = Beperken
panel-right-restriction-text = We bewaren uw gegevens dan alleen en gebruiken ze verder niet, bijvoorbeeld zolang we uitzoeken of ze kloppen.
panel-right-restriction-action = Beperking vragen
panel-right-restriction-comes = Wij beoordelen het verzoek en laten weten of we het gebruik beperken. Uw gegevens blijven dan staan; we gebruiken ze alleen nog met uw toestemming of voor een rechtszaak. U kunt de beperking zelf weer opheffen.
panel-right-restriction-on = Beperking bekijken
panel-restricted-since = Het gebruik van uw gegevens is beperkt sinds { $since }.
panel-restricted-lift = Beperking opheffen
panel-restricted-lift-text = Daarna gebruiken we uw gegevens weer zoals in de privacyverklaring staat.
panel-right-objection = Bezwaar maken
panel-right-objection-text = Gebruiken we uw gegevens omdat wij daar een belang bij hebben, dan kunt u daartegen bezwaar maken. We stoppen, tenzij ons belang in uw situatie zwaarder weegt.
panel-right-objection-action = Bezwaar maken
panel-right-objection-comes = Wij wegen uw situatie tegen ons belang af en laten weten wat we doen, met de reden.
panel-right-objection-none = Geen van onze doelen berust op een gerechtvaardigd belang. Bezwaar is daarom niet aan de orde.
panel-right-complaint = Klacht
panel-right-complaint-text = Vindt u dat we niet goed met uw gegevens omgaan? We zoeken het uit en antwoorden binnen dezelfde termijn.
panel-right-complaint-action = Klacht indienen
panel-right-complaint-comes = Wij onderzoeken uw klacht en antwoorden met wat we hebben gevonden en wat we eraan doen.
panel-right-erasure = Wissen
panel-right-erasure-text = We wissen alles wat we over u bewaren en de overeenkomst eindigt. U krijgt een bewijs dat u zelf kunt controleren.
panel-right-erasure-action = Gegevens wissen

panel-start-comes = Wat er daarna komt
panel-start-answer = Uiterlijk { $term } na ontvangst hebt u antwoord. Het antwoord noemt ook waar u terechtkunt als u het er niet mee eens bent.
panel-start-purpose = Tegen welk gebruik maakt u bezwaar?
panel-start-text-rectification = Wat klopt er niet, en wat moet het zijn?
panel-start-text-restriction = Wat wilt u beperken, en waarom?
panel-start-text-objection = Wat is er in uw situatie anders?
panel-start-text-complaint = Wat is er gebeurd?
panel-start-text-other = Wilt u er iets bij zeggen?
panel-start-text-hint = Stuur geen kopie van een identiteitsbewijs; die hebben we nooit nodig
panel-start-fresh = U hebt zojuist met een tweede stap laten zien dat u het bent. Daarom hoeven we niets meer te controleren.
panel-start-link = We moeten zeker weten dat u het bent. Daarom sturen we een link naar { $email }, het e-mailadres dat we van deze klant kennen.
panel-start-prove = Met een code van uw telefoon gaat het meteen
panel-start-submit = Verzoek indienen
flash-request-made = Uw verzoek is ontvangen.

panel-requests = Verzoeken
panel-requests-lead = Alles wat u ons over uw gegevens hebt gevraagd, met de termijn en ons antwoord.
panel-requests-none = Nog geen verzoeken
panel-requests-none-text = Hier komen uw verzoeken te staan, met de termijn en ons antwoord.
panel-requests-number = Nummer
panel-requests-kind = Verzoek
panel-requests-received = Ontvangen
panel-requests-due = Antwoord uiterlijk
panel-requests-state = Stand
panel-requests-closed = Afgehandeld
panel-state-received = Wacht op bevestiging
panel-state-received-complaint = In behandeling
panel-state-verified = In behandeling
panel-state-granted = Toegewezen
panel-state-refused = Afgewezen
panel-state-withdrawn = Ingetrokken
panel-request-title = Verzoek { $number }
panel-request-channel = Hoe het binnenkwam
panel-channel-panel = Via deze omgeving
panel-channel-contact = Via het contactformulier
panel-channel-staff = Per brief, telefoon of aan de balie
panel-request-identity = Hoe we weten dat u het bent
panel-identity-unverified = Nog niet vastgesteld
panel-identity-signed-in = Ingelogd
panel-identity-second-factor = Ingelogd met een tweede stap
panel-identity-known-address = Link naar het bekende e-mailadres geopend
panel-identity-two-channels = Langs twee wegen bevestigd
panel-identity-staff = Door een medewerker vastgesteld
panel-request-purpose = Tegen dit gebruik
panel-request-text = Wat u vroeg
panel-request-answer = Ons antwoord
panel-request-clock = Verstreken deel van de termijn
panel-request-extended = De termijn is verlengd op { $when }
panel-request-late = Waarom ons antwoord later kwam
panel-request-link-text = We hebben een link gestuurd naar het e-mailadres dat we van deze klant kennen. Open die link, dan gaan we verder.
panel-request-link-again = Stuur de link opnieuw
panel-request-confirm-text = Iemand deed dit verzoek op naam van deze klant en heeft de link in onze e-mail geopend. Bevestig alleen als u het verzoek herkent. Herkent u het niet, trek het dan in.
panel-request-confirm = Dit verzoek is van ons
panel-request-withdraw = Verzoek intrekken
panel-request-withdraw-text = We doen er dan niets meer mee. Het blijft in de lijst staan als ingetrokken. U kunt later een nieuw verzoek doen.
panel-request-package = Uw bestand
panel-request-package-ready = Het bestand staat klaar tot en met { $until }. Daarna wordt het gewist; u kunt altijd een nieuw bestand vragen.
panel-request-package-size = Grootte
panel-request-package-hash = Controlegetal (SHA-256)
panel-request-package-download = Downloaden
panel-request-package-fresh = We vragen u eerst opnieuw te laten zien dat u het bent.
panel-request-package-making = We maken uw bestand. Dat duurt meestal minder dan een minuut.
panel-request-package-gone = Het bestand is verlopen en gewist. Vraag gerust een nieuw aan.
panel-request-look-again = Kijk opnieuw
panel-request-erase-text = We weten nu dat u het bent. Op de volgende pagina leest u wat er gebeurt en zet u het wissen in gang.
flash-request-confirmed = Dank u wel. We gaan met het verzoek aan de slag.
flash-request-link-sent = De link is opnieuw verstuurd. De vorige werkt niet meer.
flash-restriction-lifted = De beperking is opgeheven.

## Erasure

panel-erasure = Gegevens wissen
panel-erasure-lead = Hiermee laat u alles wissen wat we over { $customer } bewaren. Lees eerst wat er gebeurt.
panel-erasure-happens = Dit gebeurt er
panel-erasure-services = De diensten stoppen en de overeenkomst eindigt: zonder uw gegevens kunnen we die niet uitvoeren. Haal dus eerst op wat u wilt houden.
panel-erasure-profile = Naam, adres, contactgegevens, berichten, verzoeken en wat we aan anderen hebben doorgegeven, worden gewist.
panel-erasure-logins = { $count ->
        [0] Alle gebruikers horen ook bij een andere klant. Zij kunnen daar blijven inloggen; hier niet meer.
        [one] Eén gebruiker hoort alleen bij deze klant. Ook die gegevens worden gewist en inloggen kan daarna niet meer.
       *[other] { $count } gebruikers horen alleen bij deze klant. Ook hun gegevens worden gewist en inloggen kan daarna niet meer.
    }
panel-erasure-mail = E-mail die nog niet is verstuurd, gaat niet meer weg. Een lopend verzoek wordt niet meer beantwoord.
panel-erasure-signed-out = U wordt meteen uitgelogd.
panel-erasure-copy = Wilt u eerst een kopie?
panel-erasure-copy-text = Na het wissen kan niemand uw gegevens terughalen, wij ook niet.
panel-erasure-copy-link = Eerst een kopie aanvragen
panel-erasure-dates = De twee datums
panel-erasure-date-one = Onleesbaar bij ons
panel-erasure-date-one-text = Binnen een paar minuten: we vernietigen de sleutels waarmee uw gegevens zijn versleuteld.
panel-erasure-date-two = Onleesbaar in elke back-up
panel-erasure-date-two-text = Uiterlijk { $when }: dan is ook de sleutel vernietigd waarmee back-ups nog te openen waren.
panel-erasure-stays = Wat blijft, waarom en tot wanneer
panel-erasure-stays-none = Er blijft niets over wat naar u te herleiden is.
panel-erasure-stays-what = Wat
panel-erasure-stays-ground = Waarom
panel-erasure-stays-until = Tot
panel-erasure-proof = Het bewijs
panel-erasure-proof-text = U komt daarna op een pagina met uw bewijs. Bewaar het adres van die pagina: zonder dat adres kunnen we u het bewijs niet geven, want dan weten we niet meer wie u was.
panel-erasure-warning = Alle gegevens van { $customer } worden gewist en de overeenkomst eindigt.
panel-erasure-submit = Nu alles wissen
panel-erasure-typed = Typ de naam precies zoals hij hierboven staat
panel-erasure-running = Er wordt op dit moment al gewist.
panel-erasure-link = U logt in zonder tweede stap. Daarom sturen we na het bevestigen eerst een link naar { $email }. Hebt u die geopend, kom dan hier terug: dan wordt er gewist.
flash-erasure-link-sent = Er is nog niets gewist. Open eerst de link in onze e-mail en kom dan terug om het wissen in gang te zetten.
flash-erasure-begun = Uw gegevens worden nu gewist en u bent uitgelogd. Bewaar het adres van deze pagina: hier komt uw bewijs.

## What we hold, who has it

panel-data = Wat we bewaren
panel-data-lead = Per doel: wat we van u bewaren, waarom dat mag, hoelang, en wie het krijgt. Dit komt uit hetzelfde beleid als de privacyverklaring.
panel-data-now = Nu bewaard
panel-data-kinds = Soort gegevens
panel-data-ground = Grondslag
panel-data-retention = Hoelang
panel-data-recipients = Wie krijgt het
panel-data-nobody = Niemand buiten ons bedrijf
panel-data-account = { $count ->
        [one] De gegevens van de klant en van één gebruiker
       *[other] De gegevens van de klant en van { $count } gebruikers
    }
panel-data-support = { $count ->
        [0] Nog geen gesprekken
        [one] Eén gesprek
       *[other] { $count } gesprekken
    }
panel-data-rights = { $count ->
        [0] Nog geen verzoeken
        [one] Eén verzoek
       *[other] { $count } verzoeken
    }
panel-data-security = { $count ->
        [one] Eén sessie van u
       *[other] { $count } sessies van u
    }
panel-data-ledger = { $count ->
        [0] Nog geen regels in het logboek
        [one] Eén regel in het logboek
       *[other] { $count } regels in het logboek
    }
panel-data-copy = Een kopie van alles aanvragen
panel-data-statement = Privacyverklaring

panel-recipients = Wie heeft mijn gegevens
panel-recipients-lead = Eerst wie uw gegevens kan krijgen volgens ons beleid, daarna wie ze echt heeft gekregen.
panel-recipients-policy = Wie ze kan krijgen
panel-recipients-name = Ontvanger
panel-recipients-role = Rol
panel-recipients-controller = Zelf verantwoordelijk
panel-recipients-processor = Werkt in onze opdracht
panel-recipients-country = Land
panel-recipients-data = Gegevens
panel-recipients-purposes = Waarvoor
panel-recipients-keeps = Bewaart het
panel-recipients-transfer = Waarborg buiten de EER
panel-recipients-none-policy = Volgens ons beleid gaan uw gegevens naar niemand buiten ons bedrijf.
panel-recipients-actual = Wie ze heeft gekregen
panel-recipients-actual-lead = Elke keer dat er iets van u naar buiten ging, of had moeten gaan, staat hier.
panel-recipients-none = Nog niets naar buiten gegaan
panel-recipients-none-text = Zodra er gegevens van u naar iemand anders gaan, ziet u hier aan wie, wat en waarom.
panel-recipients-when = Wanneer
panel-recipients-about = Over
panel-recipients-about-customer = de klant
panel-recipients-about-you = u
panel-recipients-purpose = Waarvoor
panel-recipients-fields = Wat
panel-recipients-outcome = Uitkomst
panel-outcome-intended = Onderweg
panel-outcome-done = Gegeven
panel-outcome-failed = Niet gelukt
panel-outcome-refused = Tegengehouden
panel-recipients-unregistered = Geen geregistreerde ontvanger
panel-recipients-showing = De laatste { $count } staan hier.
panel-sent = { $field ->
        [contact-email] e-mailadres
        [contact-name] naam
        [message] de tekst van het bericht
        [contact] contactgegevens
        [identity] naam
       *[other] { $field }
    }
panel-country = { $code ->
        [NL] Nederland
        [BE] België
        [DE] Duitsland
        [FR] Frankrijk
        [LU] Luxemburg
        [IE] Ierland
        [DK] Denemarken
        [SE] Zweden
        [FI] Finland
        [AT] Oostenrijk
        [IT] Italië
        [ES] Spanje
        [PL] Polen
        [CZ] Tsjechië
        [NO] Noorwegen
        [CH] Zwitserland
        [GB] Verenigd Koninkrijk
        [US] Verenigde Staten
       *[other] { $code }
    }

## History

panel-history = Wat er is gebeurd
panel-history-lead = Van alles wat er met uw gegevens gebeurt, staat een regel in een logboek dat niemand ongemerkt kan wijzigen. In die regels staan geen namen of andere gegevens van u.
panel-history-none = Nog geen gebeurtenissen
panel-history-none-text = Zodra er iets met uw gegevens gebeurt, staat het hier.
panel-history-when = Wanneer
panel-history-what = Wat
panel-history-who = Door wie
panel-history-details = Bijzonderheden
panel-history-place = Plaats in het logboek
panel-history-filter = Soort gebeurtenis
panel-history-filter-all = Alle soorten
panel-history-receipt = Bewijs
panel-history-receipt-of = Bewijs van regel { $position } downloaden
panel-history-explain = Wat is zo’n bewijs?
panel-history-explain-text = Een klein tekstbestand waarmee iedereen, zonder ons, kan nagaan dat deze regel op die plaats in ons logboek staat en over u gaat. Het bevat geen persoonsgegevens. U controleert het met het programma waarborg en onze openbare sleutel.
panel-history-by-you = U
panel-history-by-visitor = Iemand die niet was ingelogd
panel-history-by-system = Automatisch
panel-history-by-other = Een medewerker of een eerdere gebruiker
panel-history-number = Nummer { $number }
panel-history-fields = Gewijzigd: { $fields }
panel-history-role = Rol: { $role }
panel-history-not-yet = Dit bewijs is er nog niet
panel-history-not-yet-text = De regel staat in het logboek, maar er is nog geen ondertekend ijkpunt dat hem dekt. Meestal duurt dat minder dan een minuut.
panel-history-limit = De laatste { $count } gebeurtenissen staan hier. Alles staat in de kopie die u kunt aanvragen.
panel-field = { $field ->
        [kind] soort klant
        [name] naam
        [organisation] naam van de organisatie
        [kvk] KvK-nummer
        [vat] btw-nummer
        [email] e-mailadres
        [phone] telefoonnummer
        [address] adres
        [language] taal
       *[other] { $field }
    }
