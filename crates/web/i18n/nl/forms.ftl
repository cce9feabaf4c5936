## What can be wrong with a form, and the words for roles: shared by all pages.

problem-missing = Vul dit in
problem-too-long = Gebruik hoogstens { $max } tekens
problem-too-short = Gebruik ten minste { $min } tekens
problem-email = Vul een e-mailadres in zoals naam@voorbeeld.example
problem-phone = Vul een telefoonnummer in, zoals 020 123 45 67 of +31 20 123 45 67
problem-postcode = Vul een postcode in zoals 1234 AB
problem-country = Vul een landcode van twee letters in, zoals NL
problem-kvk = Een KvK-nummer bestaat uit acht cijfers
problem-vat = Vul een btw-nummer in zoals NL123456782B90
problem-characters = Hier staan tekens in die hier niet horen
problem-choice = Maak een keuze uit de lijst
problem-taken = Dit is al in gebruik
problem-mismatch = Dit komt niet overeen
problem-guessable = Dit wachtwoord is te makkelijk te raden; kies een ander
problem-wrong = Dit klopt niet
problem-expired = Dit is niet meer geldig

role-reader = Lezer
role-manager = Beheerder
role-owner = Eigenaar
role-admin = Systeembeheer
role-privacy = Privacy
role-support = Klantenservice
role-auditor = Controle
