# Het bestand met iemands gegevens, achter de link van een mail.

package-title = Uw gegevens staan klaar
package-lead = Dit bestand kunt u ophalen tot en met { $until }. Daarna wordt het gewist; u kunt altijd een nieuw bestand vragen.
package-size = Grootte
package-kilobytes = { $number } kB
package-hash = Controlegetal (SHA-256)
package-download = Bestand downloaden
package-inside = Het is een zipbestand. Open er het overzicht in met uw browser; de andere bestanden zijn voor programma’s.
package-keep = Bewaar het op een veilige plaats. Met de link in uw mail kan iedereen die hem heeft dit bestand ophalen.
link-dead-package = Het bestand is verlopen en gewist, of de link is niet volledig. U kunt ons om een nieuw bestand vragen.
