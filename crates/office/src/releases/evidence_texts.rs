//! What the evidence package says of itself, in both languages: who reads it may be neither staff nor Dutch.

/// `README.txt`.
pub(super) const README: &str = "\
BEWIJSPAKKET (Nederlands; English below)

Dit pakket hoort bij één vrijgave van het verzegelde bezoekerslogboek. Het bevat persoonsgegevens van bezoekers:
bewaar het niet langer dan nodig en geef het niet verder dan waarvoor het is gemaakt.

  hits.csv        wat er is gevonden, voor een rekenblad; tijden in UTC. Wat een rekenblad voor een formule zou
                  houden, heeft een apostrof vooraan
  hits.jsonl      hetzelfde, precies zoals het is vastgelegd, één treffer per regel; time is in seconden sinds 1970
  questions.json  alle vragen die onder deze vrijgave zijn gesteld, ook die van dit pakket
  dossier.json    het verzoek met zijn reden, de goedkeuringen van de sleutelhouders, en de verklaringen van de
                  machines over de verzegelde dagen
  group/          de documenten van de sleutelhouders, het eerste eerst
  SHA256SUMS      de controlegetallen van deze bestanden
  ledger.json     bewijzen dat het logboek van de aanbieder alles noemt: de melding of het bevel, het verzoek, de
                  goedkeuringen, het openen, elke vraag, en het controlegetal van SHA256SUMS

Zelf nagaan, zonder de aanbieder:  waarborg verify PAKKET.zip --key SLEUTEL
De openbare sleutel van het logboek staat op de website van de aanbieder; vraag hem liever aan iemand die hem eerder
heeft bewaard. Vergelijk ook het controlegetal van het eerste document met wat de sleutelhouders noemen.

Wat het niet bewijst: dat de webserver heeft opgeschreven wat er gebeurde, en dat een adres één mens is.


EVIDENCE PACKAGE

This package belongs to one release of the sealed traffic log. It holds personal data of visitors: keep it no longer
than needed, and hand it to nobody it was not made for.

  hits.csv        what was found, for a spreadsheet; times in UTC. What a spreadsheet would take for a formula has an
                  apostrophe in front
  hits.jsonl      the same, exactly as it was recorded, one hit in a line; time is in seconds since 1970
  questions.json  every question that was asked under this release, that of this package among them
  dossier.json    the request with its reason, the officers' approvals, and what the machines stated about the sealed
                  days
  group/          the officers' documents, the first one first
  SHA256SUMS      the hashes of these files
  ledger.json     proofs that the provider's ledger tells of all of it: the incident or order, the request, the
                  approvals, the opening, each question, and the hash of SHA256SUMS

To check it without the provider:  waarborg verify PACKAGE.zip --key KEY
The ledger's public key is on the provider's website; better, ask somebody who kept it earlier. Compare the hash of
the first document with what the officers say it is.

What it does not prove: that the web server wrote down what happened, and that an address is one person.
";
