# The evidence package of an investigation of the traffic log.

evidence-make = Evidence package
evidence-hint = The evidence package holds the hits, every question of this release, the dossier and the proofs from the ledger. Whoever receives it can check it without you. Making it takes a few seconds, because the ledger is signed first.
evidence-unsigned = The ledger has not been signed yet. Try again in a minute.
evidence-out-of-scope = The question is about a site that this release does not open.
