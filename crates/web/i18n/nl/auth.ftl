## Signing in and out, recovering access, links in mails, and one's own login.

sign-in-title = Inloggen
sign-in-email = E-mailadres
sign-in-password = Wachtwoord
sign-in-recover = Wachtwoord vergeten?
sign-in-none = Nog geen gebruiker? De eigenaar van de klantomgeving kan u uitnodigen, of vraag het ons:
sign-in-wrong = E-mailadres of wachtwoord klopt niet

code-title = Tweede factor
code-lead = Vul de code in die uw authenticator-app nu toont.
code-label = Code
code-hint = Zes cijfers, of een van uw herstelcodes
code-wrong = Deze code klopt niet, of is al gebruikt
code-lost-title = Geen toegang tot uw app?
code-lost-text = Gebruik een herstelcode die u bij het instellen hebt bewaard. Hebt u die ook niet meer, neem dan contact met ons op; we controleren eerst of u het bent.
code-cancel = Niet inloggen, terug naar start

confirm-title = Bevestig dat u het bent
confirm-lead = Voor deze stap vragen we u dit nog een keer. Het geldt tien minuten.
confirm-wrong = Dit wachtwoord klopt niet

enrol-must-title = Stel eerst een tweede factor in
enrol-must-lead = Medewerkers werken alleen met een tweede factor. Dat kost een minuut.
enrol-must-text = U hebt een authenticator-app nodig op uw telefoon of computer, die elke halve minuut een nieuwe code toont.
enrol-begin = Tweede factor instellen
enrol-title = Tweede factor instellen
enrol-step-app = Open uw authenticator-app en kies daar een nieuwe code toevoegen.
enrol-step-scan = Scan de QR-code. Lukt dat niet, typ dan de geheime sleutel over.
enrol-step-code = Vul de code in die de app nu toont.
enrol-qr = QR-code met de geheime sleutel die hieronder als tekst staat
enrol-secret = Geheime sleutel
enrol-code = Code uit de app
enrol-confirm = Bevestigen
enrol-expired = Deze sleutel is niet meer geldig; begin opnieuw met instellen

codes-title = Herstelcodes
codes-lead = Uw tweede factor staat aan. Bewaar deze codes op een veilige plek: met elke code kunt u één keer inloggen als u uw app niet bij de hand hebt.
codes-once = We tonen de codes maar één keer. Eerdere herstelcodes werken niet meer.
codes-label = Uw herstelcodes
codes-saved = Ik heb ze bewaard, ga verder
codes-left =
    { $count ->
        [one] U hebt nog { $count } herstelcode.
       *[other] U hebt nog { $count } herstelcodes.
    }
codes-renew = Nieuwe herstelcodes maken
codes-renew-hint = De oude codes werken dan niet meer.

factor-title = Tweede factor
factor-on = Ingesteld
factor-off = Niet ingesteld
factor-on-lead = Naast uw wachtwoord vragen we een code uit uw app. Ook wie uw wachtwoord kent, komt er zo niet in.
factor-off-lead = Met een tweede factor vragen we naast uw wachtwoord een code uit een app. Ook wie uw wachtwoord kent, komt er dan niet in.
factor-replace-title = Andere app of telefoon
factor-replace-text = Stel een nieuwe sleutel in. De oude blijft werken totdat u de eerste code van de nieuwe hebt ingevuld.
factor-replace = Sleutel vervangen
factor-remove-title = Tweede factor uitzetten
factor-remove-text = Dan is alleen uw wachtwoord nog nodig om in te loggen.
factor-remove-link = Uitzetten
factor-remove-warning = Wie uw wachtwoord kent, kan hierna inloggen en alles zien wat u ziet. Uw andere sessies worden beëindigd en u krijgt hierover een mail.
factor-remove-button = Tweede factor uitzetten

recover-title = Nieuw wachtwoord
recover-lead = Vul het e-mailadres in waarmee u inlogt. We sturen u een link waarmee u een nieuw wachtwoord kiest.
recover-send = Stuur de link
recover-factor = Uw tweede factor blijft zoals hij is. Bent u ook die kwijt, neem dan contact met ons op.
recover-sent-title = Kijk in uw mail
recover-sent-lead = Hoort dit e-mailadres bij een gebruiker, dan is de link onderweg.
recover-sent-text = De link werkt één uur en één keer. Komt er niets, kijk dan bij de ongewenste post en controleer of u het juiste adres hebt gebruikt.
recovery-title = Kies een nieuw wachtwoord
recovery-lead = Daarna bent u overal uitgelogd en logt u in met het nieuwe wachtwoord.
recovery-send = Wachtwoord opslaan

password-current = Huidig wachtwoord
password-new = Nieuw wachtwoord
password-again = Nieuw wachtwoord, nog een keer
password-hint = Ten minste { $min } tekens. Een zin van een paar woorden is sterk en goed te onthouden.
password-mismatch = De twee wachtwoorden zijn niet gelijk

invitation-title = Uitnodiging
invitation-customer = U bent uitgenodigd om in te loggen voor { $customer }.
invitation-staff = U bent uitgenodigd om als medewerker in te loggen bij { $provider }.
invitation-name = Naam
invitation-email = E-mailadres
invitation-role = Rol
invitation-known = U hebt al een wachtwoord bij ons. Dat blijft zoals het is.
invitation-accept = Uitnodiging aannemen
invitation-ignore = Verwacht u deze uitnodiging niet? Sluit de pagina; na zeven dagen verloopt de uitnodiging vanzelf.

new-email-title = Nieuw e-mailadres bevestigen
new-email-lead = Bevestig dat u voortaan met dit adres wilt inloggen.
new-email-confirm = Bevestigen

link-dead-title = Deze link werkt niet
link-dead-lead = De link is verlopen, al gebruikt of niet volledig.
link-dead-recovery = Vraag een nieuwe link aan; die werkt een uur.
link-dead-invitation = Vraag degene die u heeft uitgenodigd om een nieuwe uitnodiging, of vraag het ons.
link-dead-new-email = Vraag de wijziging opnieuw aan bij uw account.
link-dead-identity = Is uw verzoek al bevestigd, dan hoeft u niets te doen: u krijgt ons antwoord per e-mail. Anders kunt u het ons vragen.

identity-title = Bevestig uw verzoek
identity-lead = U hebt ons een verzoek over uw gegevens gestuurd. Bevestig dat dit e-mailadres van u is.
identity-confirm = Dit verzoek is van mij
identity-not-mine-title = Dit verzoek is niet van mij
identity-not-mine-text = Trek het dan in. Er is nog niets met gegevens gebeurd.
identity-withdraw = Verzoek intrekken
identity-verified-title = Bevestigd
identity-verified-lead = Dank u wel, we weten nu dat het verzoek van u komt.
identity-verified-text = We gaan ermee aan de slag en antwoorden per e-mail, uiterlijk op de datum hierboven.
identity-second-title = Nog één stap
identity-second-lead = Het gaat om gegevens van een klant. Daarom vragen we een tweede bevestiging.
identity-number = Nummer van uw verzoek
identity-kind = Verzoek
identity-due = Antwoord uiterlijk
identity-panel-title = In uw klantomgeving
identity-panel-text = Log in als eigenaar en bevestig het verzoek daar.
identity-panel-action = Naar mijn omgeving
identity-code-title = Of met een code
identity-code-text = Kunt u niet inloggen? Een medewerker belt of schrijft u op een nummer of adres dat we al kenden, met een code.
identity-code-label = Code die u van ons kreeg

account-nav = Account en beveiliging
account-title = Account en beveiliging
account-name = Naam
account-name-title = Naam wijzigen
account-email = E-mailadres
account-email-title = E-mailadres wijzigen
account-email-lead = We sturen een link naar het nieuwe adres. Pas als u die gebruikt, logt u met het nieuwe adres in. Op uw huidige adres krijgt u bericht.
account-email-new = Nieuw e-mailadres
account-email-send = Stuur de link
account-language = Taal
account-language-title = Taal wijzigen
account-language-legend = In welke taal schrijven we u?
account-language-hint = Voor de pagina’s als u bent ingelogd en voor onze mails
account-language-nl = Nederlands
account-language-en = Engels
account-password = Wachtwoord
account-password-set = Ingesteld
account-password-title = Wachtwoord wijzigen
account-password-lead = Uw andere sessies worden daarna beëindigd.
account-staff-role = Rol als medewerker
account-acts-for = Klant
account-acts-as = { $customer }, als { $role }

sessions-title = Waar u bent ingelogd
sessions-text = Herkent u iets niet? Beëindig die sessie en kies een nieuw wachtwoord.
sessions-where = Browser
sessions-address = IP-adres
sessions-since = Ingelogd
sessions-seen = Laatst gebruikt
sessions-this = Deze sessie
sessions-unknown = Onbekende browser
sessions-end = Beëindigen
sessions-end-others = Alle andere sessies beëindigen

flash-password-changed = Het wachtwoord is gewijzigd.
flash-invitation-accepted = De uitnodiging is aangenomen. U kunt nu inloggen.
flash-email-link-sent = We hebben een link naar het nieuwe adres gestuurd, als het vrij is. De link werkt één uur.
flash-email-changed = Het e-mailadres is gewijzigd.
flash-factor-removed = De tweede factor staat uit.
flash-session-ended = De sessie is beëindigd.
flash-others-ended = Alle andere sessies zijn beëindigd.
flash-request-withdrawn = Het verzoek is ingetrokken.
