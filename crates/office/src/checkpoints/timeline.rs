//! Telling a person what the ledger says about them: the kinds of entries in words, and who did it
//! as far as those are known who ask.

use crate::{Office, OfficeError};
use base::{Language, SubjectId};
use keys::purpose;
use ledger::{Entry, RecordedActor};

/// The kinds of entries in words, for timelines; none for a kind that has no words yet.
#[must_use]
pub fn kind_in_words(kind: &str, language: Language) -> Option<&'static str> {
    let words = of_customers(kind)
        .or_else(|| of_logins(kind))
        .or_else(|| of_sales(kind))
        .or_else(|| of_requests(kind))
        .or_else(|| of_billing(kind))
        .or_else(|| of_the_seal(kind))
        .or_else(|| of_suppliers(kind))
        .or_else(|| of_incidents(kind))
        .or_else(|| of_the_house(kind))?;
    Some(match language {
        Language::Nl => words.0,
        Language::En => words.1,
    })
}

/// Dutch and English.
type Words = (&'static str, &'static str);

fn of_customers(kind: &str) -> Option<Words> {
    Some(match kind {
        "customer-created" => ("klant aangemaakt", "customer registered"),
        "customer-rectified" => ("gegevens gewijzigd", "details changed"),
        "customers-imported" => ("klanten geïmporteerd", "customers imported"),
        "customers-exported" => ("klanten geëxporteerd", "customers exported"),
        "processing-restricted" => ("verwerking beperkt", "processing restricted"),
        "restriction-lifting-announced" => {
            ("opheffen van de beperking aangekondigd", "lifting of the restriction announced")
        }
        "restriction-lifted" => ("beperking opgeheven", "restriction lifted"),
        "member-invited" => ("gebruiker uitgenodigd", "login invited"),
        "invitation-withdrawn" => ("uitnodiging ingetrokken", "invitation withdrawn"),
        "invitation-expired" => ("uitnodiging verlopen", "invitation expired"),
        "member-joined" => ("gebruiker toegevoegd", "login joined"),
        "member-role-changed" => ("rol van een gebruiker gewijzigd", "role of a login changed"),
        "member-removed" => ("gebruiker verwijderd", "login removed"),
        "thread-opened" => ("bericht ontvangen", "message received"),
        "thread-continued" => ("reactie ontvangen", "reply received"),
        "thread-answered" => ("bericht beantwoord", "message answered"),
        "thread-closed" => ("gesprek afgesloten", "conversation closed"),
        "processor-agreement-issued" => ("verwerkersovereenkomst uitgegeven", "processor agreement issued"),
        "processor-agreement-objected" => {
            ("bezwaar tegen de verwerkersovereenkomst", "objection to the processor agreement")
        }
        "thread-reopened" => ("gesprek heropend", "conversation reopened"),
        _ => return None,
    })
}

fn of_suppliers(kind: &str) -> Option<Words> {
    Some(match kind {
        "disclosed" => ("gegevens aan een leverancier gegeven", "data given to a supplier"),
        "disclosure-not-made" => ("gegevens toch niet gegeven", "data not given after all"),
        "disclosure-corrected" => ("gegevens bij een leverancier verbeterd", "data at a supplier corrected"),
        "disclosure-referenced" => {
            ("kenmerk bij een leverancier vastgelegd", "reference at a supplier recorded")
        }
        "disclosure-forgotten" => {
            ("verstrekking vergeten na haar termijn", "disclosure forgotten after its term")
        }
        "withdrawal-due" => ("intrekking bij een leverancier begonnen", "withdrawal at a supplier begun"),
        "withdrawal-requested" => ("leverancier gevraagd te wissen", "supplier asked to delete"),
        "withdrawal-linked" => (
            "leverancier kan nog niet wissen: iets verwijst ernaar",
            "supplier cannot delete yet: something refers to it",
        ),
        "withdrawal-kept" => {
            ("leverancier bewaart op een grond tot een dag", "supplier keeps on a ground until a day")
        }
        "withdrawal-confirmed" => ("leverancier heeft gewist", "supplier has deleted"),
        "withdrawal-failed" => ("intrekking vraagt een medewerker", "withdrawal waits for staff"),
        "withdrawal-retried" => ("intrekking opnieuw geprobeerd", "withdrawal tried again"),
        _ => return None,
    })
}

fn of_the_seal(kind: &str) -> Option<Words> {
    Some(match kind {
        "officer-enrolled" => ("sleutelhouder aangemeld", "officer enrolled"),
        "officer-withdrawn" => ("sleutelhouder afgemeld", "officer withdrawn"),
        "seal-roster-proposed" => ("lijst van sleutelhouders voorgesteld", "roster of officers proposed"),
        "seal-ceremony-begun" => ("ceremonie van sleutelhouders begonnen", "ceremony of officers begun"),
        "seal-ceremony-stopped" => ("ceremonie van sleutelhouders gestopt", "ceremony of officers stopped"),
        "seal-equivocation" => {
            ("sleutelhouder tekende twee verschillende berichten", "officer signed two different messages")
        }
        "seal-group" => ("groepsdocument aangenomen", "group document adopted"),
        "seal-share-deleted" => ("sleuteldeel verwijderd", "share of the seal deleted"),
        _ => return None,
    })
}

fn of_sales(kind: &str) -> Option<Words> {
    Some(match kind {
        "product-saved" => ("product bewaard", "product saved"),
        "plan-saved" => ("pakket bewaard", "plan saved"),
        "option-saved" => ("optie bewaard", "option saved"),
        "price-set" => ("prijs vastgesteld", "price set"),
        "discount-code-saved" => ("kortingscode bewaard", "discount code saved"),
        "terms-published" => ("voorwaarden gepubliceerd", "terms published"),
        "order-placed" => ("bestelling geplaatst", "order placed"),
        "order-cancelled" => ("bestelling geannuleerd", "order cancelled"),
        "agreement-concluded" => ("overeenkomst gesloten", "agreement concluded"),
        "agreement-dissolved" => ("overeenkomst ontbonden", "agreement dissolved"),
        "invoices-taken-over" => ("openstaande facturen overgenomen", "open invoices taken over"),
        "services-imported" => ("diensten geïmporteerd", "services imported"),
        "service-changed" => ("dienst gewijzigd", "service changed"),
        "service-suspended" => ("dienst opgeschort", "service suspended"),
        "service-resumed" => ("dienst hervat", "service resumed"),
        "service-cancelled" => ("dienst opgezegd", "service cancelled"),
        "service-cancellation-undone" => ("opzegging ingetrokken", "cancellation undone"),
        "service-ended" => ("dienst beëindigd", "service ended"),
        "transfer-out-requested" => {
            ("verhuizing van een domeinnaam gevraagd", "transfer of a domain name requested")
        }
        "task-done" => ("taak gedaan", "task done"),
        _ => return None,
    })
}

fn of_billing(kind: &str) -> Option<Words> {
    Some(match kind {
        "billing-run-begun" => ("facturatie begonnen", "billing run begun"),
        "billing-run-ended" => ("facturatie klaar", "billing run ended"),
        "invoices-issued" => ("facturen gemaakt", "invoices issued"),
        "invoices-exported" => ("facturen geëxporteerd", "invoices exported"),
        "invoice-sent-again" => ("factuur opnieuw gemaild", "invoice mailed again"),
        "invoice-written-off" => ("factuur afgeboekt", "invoice written off"),
        "payments-exported" => ("betalingen geëxporteerd", "payments exported"),
        "payment-recorded" => ("betaling geboekt", "payment recorded"),
        "payment-refunded" => ("terugbetaling geboekt", "refund recorded"),
        "payment-reversed" => ("betaling tegengeboekt", "payment taken back"),
        "payment-reminded" => ("betalingsherinnering verstuurd", "payment reminder sent"),
        "mail-template-changed" => ("mailtekst gewijzigd", "mail text changed"),
        "mail-template-restored" => ("mailtekst teruggezet", "mail text restored"),
        "books-destroyed" => {
            ("boekhouding na de bewaartermijn vernietigd", "books destroyed after their term")
        }
        _ => return None,
    })
}

fn of_logins(kind: &str) -> Option<Words> {
    Some(match kind {
        "login-rectified" => ("gegevens van een gebruiker gewijzigd", "details of a login changed"),
        "login-disabled" => ("gebruiker geblokkeerd", "login disabled"),
        "login-enabled" => ("gebruiker weer toegelaten", "login enabled again"),
        "email-change-requested" => ("nieuw e-mailadres opgegeven", "new e-mail address given"),
        "password-changed" => ("wachtwoord gewijzigd", "password changed"),
        "second-factor-enrolled" => ("tweede stap ingesteld", "second step set up"),
        "second-factor-removed" => ("tweede stap verwijderd", "second step removed"),
        "recovery-codes-renewed" => ("herstelcodes vernieuwd", "recovery codes renewed"),
        "recovery-code-used" => ("herstelcode gebruikt", "recovery code used"),
        "recovery-requested" => ("herstel van toegang gevraagd", "recovery of access requested"),
        "access-recovered" => ("toegang hersteld", "access recovered"),
        "session-ended" => ("sessie beëindigd", "session ended"),
        "other-sessions-ended" => ("andere sessies beëindigd", "other sessions ended"),
        "staff-added" => ("medewerker toegevoegd", "staff member added"),
        "staff-changed" => ("rol van een medewerker gewijzigd", "role of a staff member changed"),
        "staff-signed-in" => ("medewerker ingelogd", "staff member signed in"),
        _ => return None,
    })
}

fn of_requests(kind: &str) -> Option<Words> {
    Some(match kind {
        "request-received" => ("verzoek ontvangen", "request received"),
        "request-link-sent" => ("link voor het verzoek verstuurd", "link of the request sent"),
        "request-link-followed" => ("link van het verzoek geopend", "link of the request followed"),
        "request-code-made" => ("code voor het verzoek gemaakt", "code for the request made"),
        "request-verified" => ("identiteit vastgesteld", "identity established"),
        "request-extended" => ("termijn van het verzoek verlengd", "term of the request extended"),
        "request-granted" => ("verzoek toegewezen", "request granted"),
        "request-refused" => ("verzoek afgewezen", "request refused"),
        "request-withdrawn" => ("verzoek ingetrokken", "request withdrawn"),
        "access-package-made" => ("kopie van de gegevens gemaakt", "copy of the data made"),
        "access-package-fetched" => ("kopie van de gegevens opgehaald", "copy of the data fetched"),
        "erasure-begun" => ("wissen begonnen", "erasure begun"),
        "erased" => ("gegevens gewist", "data erased"),
        _ => return None,
    })
}

fn of_incidents(kind: &str) -> Option<Words> {
    Some(match kind {
        "incident-opened" => ("datalek geopend", "case of a leak opened"),
        "incident-changed" => ("dossier van het datalek bijgewerkt", "file of the leak updated"),
        "incident-aware" => ("kennis van het datalek vastgelegd", "awareness of the leak recorded"),
        "incident-scope" => ("reikwijdte van het datalek bepaald", "scope of the leak set"),
        "incident-decided" => ("besluit over het datalek", "decision about the leak"),
        "incident-late" => ("reden van te late melding vastgelegd", "reason of a late report recorded"),
        "incident-notified" => ("melding bij de autoriteit vastgelegd", "report to the authority recorded"),
        "incident-postponed" => ("bericht aan klanten uitgesteld", "notice to customers postponed"),
        "incident-told" => ("getroffen klanten ingelicht", "affected customers told"),
        "incident-closed" => ("datalek afgesloten", "case of a leak closed"),
        "incident-destroyed" => ("dossier van een datalek vernietigd", "file of a leak destroyed"),
        "lawful-order" => ("bevel van een autoriteit vastgelegd", "order of an authority recorded"),
        "lawful-order-closed" => ("bevel van een autoriteit afgesloten", "order of an authority closed"),
        "leak-notice" => ("ingelicht over een datalek bij ons", "told of a leak on our side"),
        "leak-reported" => ("datalek gemeld", "leak reported"),
        "leak-report-changed" => ("melding van het datalek aangevuld", "report of the leak completed"),
        "leak-report-closed" => ("melding van het datalek afgesloten", "report of the leak closed"),
        "leak-reports-removed" => {
            ("oude meldingen van datalekken verwijderd", "old reports of leaks removed")
        }
        _ => return None,
    })
}

fn of_the_house(kind: &str) -> Option<Words> {
    Some(match kind {
        "attested" => ("beloften nagegaan", "promises checked"),
        "policy-in-force" => ("beleid van kracht geworden", "policy put in force"),
        "retention-applied" => ("bewaartermijnen toegepast", "retention applied"),
        "erasure-replayed" => ("wissen herhaald na terugzetten", "erasure repeated after a restore"),
        "epoch-retiring" => ("periodesleutel loopt af", "epoch key retiring"),
        "epoch-destroyed" => ("periodesleutel vernietigd", "epoch key destroyed"),
        "outbound-refused" => ("contact naar buiten tegengehouden", "contact outward refused"),
        "continued-from" => ("logboek voortgezet", "ledger continued"),
        _ => return None,
    })
}

/// Which of these people did what an entry tells of; none when it was somebody else, or nobody who
/// was signed in.
///
/// # Errors
/// When the key store fails.
pub async fn actor_among(
    office: &Office,
    entry: &Entry,
    people: &[SubjectId],
) -> Result<Option<SubjectId>, OfficeError> {
    let RecordedActor::Committed(commitment) = entry.actor() else { return Ok(None) };
    let keys = office.vault.keys::<purpose::Ledger>(people).await?;
    let is_theirs = |subject: &&SubjectId| {
        keys.get(*subject).is_some_and(|key| {
            let opening = ledger::opening(key.salt(), &office.settings.origin, entry.nonce());
            commitment.opens(&opening, **subject)
        })
    };
    Ok(people.iter().find(is_theirs).copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{By, Record, testing};

    #[tokio::test]
    async fn who_did_it_is_known_to_those_who_are_asked_about() {
        let t = testing::sqlite().await;
        let [a, b, c] = [(); 3].map(|()| SubjectId::new(&*t.office.clock, &*t.office.random));
        for subject in [a, b, c] {
            t.office.vault.ensure::<purpose::Ledger>(subject).await.expect("a salt");
        }
        let prepared =
            t.office.prepare(Record::new("request-received", By::Login(b))).await.expect("an entry");
        let entry = prepared.entry();
        assert_eq!(actor_among(&t.office, entry, &[a, b, c]).await.expect("asked"), Some(b));
        assert_eq!(actor_among(&t.office, entry, &[a, c]).await.expect("asked"), None);
        let visitor = t.office.prepare(Record::new("request-received", By::Visitor)).await.expect("an entry");
        assert_eq!(actor_among(&t.office, visitor.entry(), &[a, b, c]).await.expect("asked"), None);
    }

    #[test]
    fn words_in_both_languages() {
        assert_eq!(kind_in_words("member-invited", Language::Nl), Some("gebruiker uitgenodigd"));
        assert_eq!(kind_in_words("erased", Language::En), Some("data erased"));
        assert_eq!(kind_in_words("no-such-kind", Language::En), None);
    }
}
