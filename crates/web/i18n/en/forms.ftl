## What can be wrong with a form, and the words for roles: shared by all pages.

problem-missing = Fill this in
problem-too-long = Use at most { $max } characters
problem-too-short = Use at least { $min } characters
problem-email = Enter an e-mail address such as name@voorbeeld.example
problem-phone = Enter a phone number, such as 020 123 45 67 or +31 20 123 45 67
problem-postcode = Enter a postcode such as 1234 AB
problem-country = Enter a country code of two letters, such as NL
problem-kvk = A KvK number has eight digits
problem-vat = Enter a VAT number such as NL123456782B90
problem-characters = This contains characters that do not belong here
problem-choice = Choose one from the list
problem-taken = This is already in use
problem-mismatch = This does not match
problem-guessable = This password is too easy to guess; choose another
problem-wrong = This is not right
problem-expired = This is no longer valid

role-reader = Reader
role-manager = Manager
role-owner = Owner
role-admin = System administration
role-privacy = Privacy
role-support = Support
role-auditor = Audit
