//! What tables and columns are called on the page of a package. A column without a label here is
//! shown in the JSON alone; a test asks a label of every personal one.

use base::Language;

/// A heading, in Dutch and English.
type Label = (&'static str, &'static str);

/// The tables, in the order of the page.
const TABLES: &[(&str, Label)] = &[
    ("customer", ("Klantgegevens", "Customer details")),
    ("login", ("Gebruiker (om in te loggen)", "Login")),
    ("membership", ("Voor wie deze gebruiker mag handelen", "For whom this login may act")),
    ("session", ("Sessies", "Sessions")),
    ("recovery_code", ("Herstelcodes (de codes zelf bewaren wij niet)", "Recovery codes (we do not keep the codes)")),
    ("link_token", ("Openstaande links in e-mails", "Open links in e-mails")),
    ("thread", ("Gesprekken", "Conversations")),
    ("message", ("Berichten", "Messages")),
    ("mail", ("E-mails (na verzending leeg)", "E-mails (emptied once sent)")),
    ("request", ("Verzoeken over uw gegevens", "Requests about your data")),
    ("access_package", ("Eerdere kopieën", "Earlier copies")),
    ("outbound_contact", ("Wie uw gegevens heeft ontvangen", "Who received your data")),
];

/// Columns that have the same name wherever they stand.
const COLUMNS: &[(&str, Label)] = &[
    ("number", ("Nummer", "Number")),
    ("kind", ("Soort", "Kind")),
    ("state", ("Stand", "State")),
    ("language", ("Taal", "Language")),
    ("name", ("Naam", "Name")),
    ("organisation", ("Organisatie", "Organisation")),
    ("kvk", ("KvK-nummer", "Trade register number")),
    ("vat", ("Btw-nummer", "VAT number")),
    ("email", ("E-mailadres", "E-mail address")),
    ("phone", ("Telefoon", "Telephone")),
    ("street", ("Straat en huisnummer", "Street and number")),
    ("postcode", ("Postcode", "Postcode")),
    ("city", ("Plaats", "Place")),
    ("country", ("Land", "Country")),
    ("totp_secret", ("Tweede factor", "Second factor")),
    ("totp_pending", ("Tweede factor in voorbereiding", "Second factor being set up")),
    ("agent", ("Browser", "Browser")),
    ("address", ("Netwerkadres", "Network address")),
    ("value", ("Waarvoor de link is", "What the link is for")),
    ("title", ("Onderwerp", "Title")),
    ("author", ("Schrijver", "Author")),
    ("body", ("Inhoud", "Contents")),
    ("recipient", ("Aan", "To")),
    ("detail", ("Wat er is gevraagd", "What was asked")),
    ("reason", ("Redenen", "Reasons")),
    ("answer", ("Ons antwoord", "Our answer")),
    ("role", ("Rol", "Role")),
    ("channel", ("Binnengekomen via", "Received through")),
    ("identity", ("Controle van de identiteit", "Check of identity")),
    ("host", ("Server", "Host")),
    ("purpose", ("Doel", "Purpose")),
    ("fields", ("Welke gegevens", "Which data")),
    ("created_at", ("Vastgelegd op", "Recorded on")),
    ("updated_at", ("Gewijzigd op", "Changed on")),
    ("closed_at", ("Afgesloten op", "Closed on")),
    ("received_at", ("Ontvangen op", "Received on")),
    ("due_at", ("Antwoord uiterlijk op", "Answer due on")),
    ("extended_at", ("Verlengd op", "Extended on")),
    ("restricted_at", ("Beperkt sinds", "Restricted since")),
    ("agreement_ended_at", ("Overeenkomst beëindigd op", "Agreement ended on")),
    ("signed_in_at", ("Laatst ingelogd op", "Last signed in on")),
    ("disabled_at", ("Geblokkeerd op", "Disabled on")),
    ("seen_at", ("Laatst gebruikt op", "Last used on")),
    ("expires_at", ("Geldig tot", "Valid until")),
    ("password_at", ("Wachtwoord gegeven op", "Password given on")),
    ("second_factor_at", ("Tweede factor gegeven op", "Second factor given on")),
    ("sent_at", ("Verzonden op", "Sent on")),
    ("started_at", ("Begonnen op", "Begun on")),
    ("finished_at", ("Klaar op", "Ended on")),
    ("sha256", ("Vingerafdruk (SHA-256)", "Fingerprint (SHA-256)")),
    ("size_bytes", ("Grootte in bytes", "Size in bytes")),
];

const fn pick(label: Label, language: Language) -> &'static str {
    match language {
        Language::Nl => label.0,
        Language::En => label.1,
    }
}

fn find(list: &'static [(&'static str, Label)], name: &str, language: Language) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == name).map(|(_, label)| pick(*label, language))
}

/// What a table is called.
pub(super) fn table(name: &str, language: Language) -> Option<&'static str> {
    find(TABLES, name, language)
}

/// Where a table stands on the page.
pub(super) fn place(name: &str) -> usize {
    TABLES.iter().position(|(known, _)| *known == name).unwrap_or(TABLES.len())
}

/// What a column is called.
pub(super) fn column(name: &str, language: Language) -> Option<&'static str> {
    find(COLUMNS, name, language)
}
