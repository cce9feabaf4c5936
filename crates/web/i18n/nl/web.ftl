## The shell and the components. Pages have files of their own beside this one; every key is there in both languages.

## Shell: header, navigation, footer

shell-title = { $page } – { $provider }
skip-link = Naar de inhoud
nav-label = Hoofdnavigatie
nav-menu = Menu
nav-home = Start
nav-footer = Over deze site
nav-crumbs = Kruimelpad
area-panel = Mijn omgeving
area-staff = Beheer
account-label = Account
acting-for = namens { $customer }
sign-in = Inloggen
sign-out = Uitloggen
language-label = Taal
theme-label = Weergave
theme-system = Systeem
theme-light = Licht
theme-dark = Donker
print = Afdrukken

## Forms

error-prefix = Fout:
error-summary = Er is een probleem
optional = niet verplicht
choose = Maak een keuze
change = Wijzig
save = Opslaan
cancel = Annuleren
send = Versturen
back = Terug
proceed = Doorgaan
copy = Kopieer
copied = Gekopieerd
show-more = Meer tonen
date-hint = Bijvoorbeeld 31-12-2026
confirm-name = Typ ter bevestiging: { $name }
irreversible = Dit kan niet ongedaan worden gemaakt.

## Words that start a notice

notice-info = Let op
notice-ok = Gelukt
notice-warn = Waarschuwing
notice-danger = Belangrijk

## Lists

list-count =
    { $count ->
        [one] { $count } resultaat
       *[other] { $count } resultaten
    }
list-range = { $first }–{ $last } van { $total }
list-filter = Filteren
list-clear = Filters wissen
list-no-match = Niets gevonden
list-no-match-text = Geen enkele regel voldoet aan deze filters.
list-csv = Als CSV downloaden
list-pages = Pagina’s
list-page = Pagina { $number }
list-previous = Vorige
list-next = Volgende
list-sort-up = oplopend gesorteerd
list-sort-down = aflopend gesorteerd
search = Zoeken

## Clock

clock-left = nog { $left }
clock-late = { $left } te laat
clock-deadline = Uiterlijk { $when }
clock-on-time = Op tijd
clock-soon = Bijna verstreken
clock-overdue = Te laat
duration-day = dag
duration-days = dagen
duration-hours = uur
duration-minutes = min
progress-of = { $done } van { $total }
timeline-label = Wat er is gebeurd

## Said once after a redirect

flash-saved = De wijzigingen zijn opgeslagen.
flash-sent = Het bericht is verstuurd.
flash-signed-in = U bent ingelogd.
flash-signed-out = U bent uitgelogd.
flash-not-done = Het is niet gelukt. Probeer het opnieuw.

## Error pages

error-status = Foutcode { $status }
error-reference = Vermeld bij contact deze referentie: { $reference }
error-home = Naar de startpagina
error-400 = Dit verzoek is niet leesbaar
error-400-text = De gegevens die uw browser stuurde, zijn niet te lezen. Er is niets gewijzigd.
error-400-hint = Ga terug, laad de pagina opnieuw en probeer het nog eens.
error-403 = Geen toegang
error-403-text = U hebt geen toegang tot deze pagina, of het formulier kwam niet van deze site. Er is niets gewijzigd.
error-403-hint = Log in met een andere gebruiker, of vraag de eigenaar van de klantomgeving om meer rechten.
error-404 = Pagina niet gevonden
error-404-text = Deze pagina bestaat niet, of is niet voor u.
error-404-hint = Controleer het adres, of begin bij de startpagina.
error-405 = Dat kan hier niet
error-405-text = Deze pagina neemt zo’n verzoek niet aan.
error-405-hint = Open de pagina opnieuw via het menu.
error-409 = Inmiddels gewijzigd
error-409-text = Iemand anders, of een ander venster, heeft dit gewijzigd terwijl u bezig was. Uw wijziging is niet doorgevoerd.
error-409-hint = Open de pagina opnieuw, bekijk de nieuwe stand en probeer het nog eens.
error-413 = Te groot
error-413-text = Wat u stuurt, is groter dan is toegestaan. Er is niets bewaard.
error-413-hint = Maak het bestand of de tekst kleiner.
error-422 = Dit klopt niet
error-422-text = De gegevens kunnen zo niet worden verwerkt. Er is niets gewijzigd.
error-422-hint = Ga terug en controleer wat u hebt ingevuld.
error-429 = Te vaak geprobeerd
error-429-text = Vanaf dit adres is dit te vaak achter elkaar geprobeerd.
error-429-hint = Wacht even en probeer het daarna opnieuw.
error-500 = Er ging bij ons iets mis
error-500-text = Dit ligt aan ons. Wat u deed, is mogelijk niet doorgevoerd.
error-500-hint = Probeer het over een paar minuten opnieuw. Blijft het misgaan, neem dan contact met ons op.
error-503 = Even niet beschikbaar
error-503-text = We zijn bezig met onderhoud, of het is erg druk.
error-503-hint = Probeer het over een minuut opnieuw.
