## Signing in and out, recovering access, links in mails, and one's own login.

sign-in-title = Inloggen
sign-in-email = E-mailadres
sign-in-password = Wachtwoord
sign-in-recover = Wachtwoord vergeten?
sign-in-none = Nog geen gebruiker? De eigenaar van de klantomgeving kan je uitnodigen, of vraag het ons:
sign-in-wrong = E-mailadres of wachtwoord klopt niet

code-title = Tweede factor
code-lead = Vul de code in die je authenticator-app nu toont.
code-label = Code
code-hint = Zes cijfers, of een van je herstelcodes
code-wrong = Deze code klopt niet, of is al gebruikt
code-lost-title = Geen toegang tot je app?
code-lost-text = Gebruik een herstelcode die je bij het instellen hebt bewaard. Heb je die ook niet meer, neem dan contact met ons op; we controleren eerst of jij het bent.
code-cancel = Niet inloggen, terug naar start

confirm-title = Bevestig dat jij het bent
confirm-lead = Voor deze stap vragen we je dit nog een keer. Het geldt tien minuten.
confirm-wrong = Dit wachtwoord klopt niet

enrol-must-title = Stel eerst een tweede factor in
enrol-must-lead = Medewerkers werken alleen met een tweede factor. Dat kost een minuut.
enrol-must-text = Je hebt een authenticator-app nodig op je telefoon of computer, die elke halve minuut een nieuwe code toont.
enrol-begin = Tweede factor instellen
enrol-title = Tweede factor instellen
enrol-step-app = Open je authenticator-app en kies daar een nieuwe code toevoegen.
enrol-step-scan = Scan de QR-code. Lukt dat niet, typ dan de geheime sleutel over.
enrol-step-code = Vul de code in die de app nu toont.
enrol-qr = QR-code met de geheime sleutel die hieronder als tekst staat
enrol-secret = Geheime sleutel
enrol-code = Code uit de app
enrol-confirm = Bevestigen
enrol-expired = Deze sleutel is niet meer geldig; begin opnieuw met instellen

codes-title = Herstelcodes
codes-lead = Je tweede factor staat aan. Bewaar deze codes op een veilige plek: met elke code kun je één keer inloggen als je je app niet bij de hand hebt.
codes-once = We tonen de codes maar één keer. Eerdere herstelcodes werken niet meer.
codes-label = Je herstelcodes
codes-saved = Ik heb ze bewaard, ga verder
codes-left =
    { $count ->
        [one] Je hebt nog { $count } herstelcode.
       *[other] Je hebt nog { $count } herstelcodes.
    }
codes-renew = Nieuwe herstelcodes maken
codes-renew-hint = De oude codes werken dan niet meer.

factor-title = Tweede factor
factor-on = Ingesteld
factor-off = Niet ingesteld
factor-on-lead = Naast je wachtwoord vragen we een code uit je app. Ook wie je wachtwoord kent, komt er zo niet in.
factor-off-lead = Met een tweede factor vragen we naast je wachtwoord een code uit een app. Ook wie je wachtwoord kent, komt er dan niet in.
factor-replace-title = Andere app of telefoon
factor-replace-text = Stel een nieuwe sleutel in. De oude blijft werken totdat je de eerste code van de nieuwe hebt ingevuld.
factor-replace = Sleutel vervangen
factor-remove-title = Tweede factor uitzetten
factor-remove-text = Dan is alleen je wachtwoord nog nodig om in te loggen.
factor-remove-link = Uitzetten
factor-remove-warning = Wie je wachtwoord kent, kan hierna inloggen en alles zien wat jij ziet. Je andere sessies worden beëindigd en je krijgt hierover een mail.
factor-remove-button = Tweede factor uitzetten

recover-title = Nieuw wachtwoord
recover-lead = Vul het e-mailadres in waarmee je inlogt. We sturen je een link waarmee je een nieuw wachtwoord kiest.
recover-send = Stuur de link
recover-factor = Je tweede factor blijft zoals hij is. Ben je ook die kwijt, neem dan contact met ons op.
recover-sent-title = Kijk in je mail
recover-sent-lead = Hoort dit e-mailadres bij een gebruiker, dan is de link onderweg.
recover-sent-text = De link werkt één uur en één keer. Komt er niets, kijk dan bij de ongewenste post en controleer of je het juiste adres hebt gebruikt.
recovery-title = Kies een nieuw wachtwoord
recovery-lead = Daarna ben je overal uitgelogd en log je in met het nieuwe wachtwoord.
recovery-send = Wachtwoord opslaan

password-current = Huidig wachtwoord
password-new = Nieuw wachtwoord
password-again = Nieuw wachtwoord, nog een keer
password-hint = Ten minste { $min } tekens. Een zin van een paar woorden is sterk en goed te onthouden.
password-mismatch = De twee wachtwoorden zijn niet gelijk

invitation-title = Uitnodiging
invitation-customer = Je bent uitgenodigd om in te loggen voor { $customer }.
invitation-staff = Je bent uitgenodigd om als medewerker in te loggen bij { $provider }.
invitation-name = Naam
invitation-email = E-mailadres
invitation-role = Rol
invitation-known = Je hebt al een wachtwoord bij ons. Dat blijft zoals het is.
invitation-accept = Uitnodiging aannemen
invitation-ignore = Verwacht je deze uitnodiging niet? Sluit de pagina; na zeven dagen verloopt de uitnodiging vanzelf.

new-email-title = Nieuw e-mailadres bevestigen
new-email-lead = Bevestig dat je voortaan met dit adres wilt inloggen.
new-email-confirm = Bevestigen

link-dead-title = Deze link werkt niet
link-dead-lead = De link is verlopen, al gebruikt of niet volledig.
link-dead-recovery = Vraag een nieuwe link aan; die werkt een uur.
link-dead-invitation = Vraag degene die je heeft uitgenodigd om een nieuwe uitnodiging, of vraag het ons.
link-dead-new-email = Vraag de wijziging opnieuw aan bij je account.
link-dead-identity = Is je verzoek al bevestigd, dan hoef je niets te doen: je krijgt ons antwoord per e-mail. Anders kun je het ons vragen.

identity-title = Bevestig je verzoek
identity-lead = Je hebt ons een verzoek over je gegevens gestuurd. Bevestig dat dit e-mailadres van jou is.
identity-confirm = Dit verzoek is van mij
identity-not-mine-title = Dit verzoek is niet van mij
identity-not-mine-text = Trek het dan in. Er is nog niets met gegevens gebeurd.
identity-withdraw = Verzoek intrekken
identity-verified-title = Bevestigd
identity-verified-lead = Dankjewel, we weten nu dat het verzoek van jou komt.
identity-verified-text = We gaan ermee aan de slag en antwoorden per e-mail, uiterlijk op de datum hierboven.
identity-second-title = Nog één stap
identity-second-lead = Het gaat om gegevens van een klant. Daarom vragen we een tweede bevestiging.
identity-number = Nummer van je verzoek
identity-kind = Verzoek
identity-due = Antwoord uiterlijk
identity-panel-title = In je klantomgeving
identity-panel-text = Log in als eigenaar en bevestig het verzoek daar.
identity-panel-action = Naar mijn omgeving
identity-code-title = Of met een code
identity-code-text = Kun je niet inloggen? Een medewerker belt of schrijft je op een nummer of adres dat we al kenden, met een code.
identity-code-label = Code die je van ons kreeg

account-nav = Account en beveiliging
account-title = Account en beveiliging
account-name = Naam
account-name-title = Naam wijzigen
account-email = E-mailadres
account-email-title = E-mailadres wijzigen
account-email-lead = We sturen een link naar het nieuwe adres. Pas als je die gebruikt, log je met het nieuwe adres in. Op je huidige adres krijg je bericht.
account-email-new = Nieuw e-mailadres
account-email-send = Stuur de link
account-language = Taal
account-language-title = Taal wijzigen
account-language-legend = In welke taal schrijven we je?
account-language-hint = Voor de pagina’s als je bent ingelogd en voor onze mails
account-language-nl = Nederlands
account-language-en = Engels
account-password = Wachtwoord
account-password-set = Ingesteld
account-password-title = Wachtwoord wijzigen
account-password-lead = Je andere sessies worden daarna beëindigd.
account-staff-role = Rol als medewerker
account-acts-for = Klant
account-acts-as = { $customer }, als { $role }

sessions-title = Waar je bent ingelogd
sessions-text = Herken je iets niet? Beëindig die sessie en kies een nieuw wachtwoord.
sessions-where = Browser
sessions-address = IP-adres
sessions-since = Ingelogd
sessions-seen = Laatst gebruikt
sessions-this = Deze sessie
sessions-unknown = Onbekende browser
sessions-end = Beëindigen
sessions-end-others = Alle andere sessies beëindigen

flash-password-changed = Het wachtwoord is gewijzigd.
flash-invitation-accepted = De uitnodiging is aangenomen. Je kunt nu inloggen.
flash-email-link-sent = We hebben een link naar het nieuwe adres gestuurd, als het vrij is. De link werkt één uur.
flash-email-changed = Het e-mailadres is gewijzigd.
flash-factor-removed = De tweede factor staat uit.
flash-session-ended = De sessie is beëindigd.
flash-others-ended = Alle andere sessies zijn beëindigd.
flash-request-withdrawn = Het verzoek is ingetrokken.
