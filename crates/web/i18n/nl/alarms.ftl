# Wat er aan het bezoekerslogboek te doen is, in de werklijst en op de pagina Gezondheid.

alarm-title = Bezoekerslogboek
alarm-destruction = Een vernietiging wacht op twee medewerkers
alarm-silent = Van machine { $name } is langer dan { $days } dagen niets gehoord
