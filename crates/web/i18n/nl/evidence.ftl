# Het bewijspakket van een onderzoek in het bezoekerslogboek.

evidence-make = Bewijspakket
evidence-hint = Het bewijspakket bevat de treffers, alle vragen van deze vrijgave, het dossier en de bewijzen uit het logboek. Wie het krijgt, kan het zonder u nagaan. Het maken duurt enkele tellen, omdat het logboek eerst wordt ondertekend.
evidence-unsigned = Het logboek is nog niet ondertekend. Probeert u het over een minuut opnieuw.
evidence-out-of-scope = De vraag gaat over een site die deze vrijgave niet opent.
