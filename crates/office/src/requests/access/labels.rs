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
    (
        "recovery_code",
        ("Herstelcodes (de codes zelf bewaren wij niet)", "Recovery codes (we do not keep the codes)"),
    ),
    ("link_token", ("Openstaande links in e-mails", "Open links in e-mails")),
    ("customer_order", ("Bestellingen", "Orders")),
    ("order_line", ("Wat er is besteld", "What was ordered")),
    ("acceptance", ("Wat er bij een bestelling is aanvaard", "What was accepted with an order")),
    ("agreement", ("Overeenkomsten", "Agreements")),
    ("service", ("Diensten", "Services")),
    ("charge", ("Wat er in rekening is of wordt gebracht", "What is or will be charged")),
    ("book_file", ("Boekjaren", "Book years")),
    ("invoice", ("Facturen en creditnota's", "Invoices and credit notes")),
    ("payment", ("Betalingen", "Payments")),
    ("thread", ("Gesprekken", "Conversations")),
    ("message", ("Berichten", "Messages")),
    ("mail", ("E-mails (na verzending leeg)", "E-mails (emptied once sent)")),
    ("request", ("Verzoeken over uw gegevens", "Requests about your data")),
    ("access_package", ("Eerdere kopieën", "Earlier copies")),
    ("processor_agreement", ("Verwerkersovereenkomsten", "Processor agreements")),
    ("leak_report", ("Datalekken die u hebt gemeld", "Data leaks that you reported")),
    ("incident_customer", ("Datalekken bij ons die u raken", "Data leaks on our side that touch you")),
    ("incident", ("Datalekken", "Data leaks")),
    ("incident_report", ("Meldingen van een datalek", "Reports of a data leak")),
    ("lawful_order", ("Bevelen van een autoriteit", "Orders of an authority")),
    ("content_grant", ("Toestemmingen om in uw inhoud te kijken", "Permissions to look at your content")),
    ("content_session", ("Keren dat er in uw inhoud is gekeken", "Looks at your content")),
    ("log_site", ("Sites waarvan bezoeken worden vastgelegd", "Sites whose visits are recorded")),
    ("seal_officer", ("Sleutelhouder", "Officer")),
    ("seal_roster", ("Lijsten van sleutelhouders", "Rosters of officers")),
    ("seal_document", ("Documenten van sleutelhouders", "Documents of officers")),
    ("release", ("Vrijgaven van het verkeerslogboek", "Releases of the traffic log")),
    ("release_query", ("Vragen aan het verkeerslogboek", "Questions to the traffic log")),
    ("disclosure", ("Wat leveranciers van u hebben", "What suppliers have of yours")),
    ("disclosure_value", ("Wat zij precies kregen", "What exactly they were given")),
    ("withdrawal", ("Wat wij leveranciers lieten wissen", "What we had suppliers delete")),
    ("outbound_contact", ("Wie uw gegevens heeft ontvangen", "Who received your data")),
];

/// Columns that have the same name wherever they stand.
const COLUMNS: &[(&str, Label)] = &[
    ("number", ("Nummer", "Number")),
    ("kind", ("Soort", "Kind")),
    ("state", ("Stand", "State")),
    ("language", ("Taal", "Language")),
    ("name", ("Naam", "Name")),
    ("label", ("Domeinnaam of naam", "Domain name or name")),
    ("domain", ("Domein", "Domain")),
    ("text", ("Tekst", "Text")),
    ("opening", ("Opening van de toezegging in het logboek", "Opening of the commitment in the ledger")),
    ("first_day", ("Eerste dag", "First day")),
    ("last_day", ("Laatste dag", "Last day")),
    ("question", ("Vraag", "Question")),
    ("request", ("Wat er wordt gevraagd", "What is asked")),
    ("snapshot", ("Wat erop staat", "What it says")),
    ("reference", ("Kenmerk", "Reference")),
    ("series", ("Reeks", "Series")),
    ("book_year", ("Boekjaar", "Book year")),
    ("issued_day", ("Datum", "Date")),
    ("due_day", ("Uiterste dag van betaling", "Last day to pay")),
    ("received_day", ("Ontvangen op", "Received on")),
    ("from_day", ("Vanaf", "From")),
    ("until_day", ("Tot", "Until")),
    ("began_day", ("Begonnen op", "Began on")),
    ("ends_day", ("Eindigt op", "Ends on")),
    ("ended_day", ("Geëindigd op", "Ended on")),
    ("net_cents", ("Zonder btw", "Without VAT")),
    ("vat_cents", ("Btw", "VAT")),
    ("open_cents", ("Nog open", "Still open")),
    ("amount_cents", ("Bedrag", "Amount")),
    ("method", ("Manier van betalen", "Method of payment")),
    ("ends_at", ("Wordt vernietigd op", "Is destroyed on")),
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
    ("supplier", ("Leverancier", "Supplier")),
    ("requested_at", ("Gevraagd te wissen op", "Deletion demanded on")),
    ("answered_at", ("Beantwoord op", "Answered on")),
    ("kept_until_day", ("Bewaard tot", "Kept until")),
    ("given_at", ("Gegeven op", "Given on")),
    ("detail", ("Wat er is gevraagd", "What was asked")),
    ("reason", ("Redenen", "Reasons")),
    ("report", ("Verslag", "Report")),
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

/// Parts of values that have parts.
const PARTS: &[(&str, Label)] = &[
    ("text", ("Wat er is gevraagd", "What was asked")),
    ("purpose", ("Het doel waar het om gaat", "The purpose it is about")),
    ("name", ("Naam", "Name")),
    ("email", ("E-mailadres", "E-mail address")),
    ("language", ("Taal", "Language")),
    ("customer_claimed", ("Zegt klant te zijn", "Says to be a customer")),
    ("extension", ("Waarom de termijn is verlengd", "Why the term was extended")),
    ("late", ("Waarom het antwoord later kwam", "Why the answer came late")),
];

/// Words of the database for states and kinds.
const WORDS: &[(&str, Label)] = &[
    ("person", ("persoon", "person")),
    ("invoice", ("factuur", "invoice")),
    ("credit_note", ("creditnota", "credit note")),
    ("payment", ("betaling", "payment")),
    ("refund", ("terugbetaling", "refund")),
    ("write_off", ("afboeking", "write-off")),
    ("reversal", ("tegenboeking", "reversal")),
    ("bank", ("overboeking", "bank transfer")),
    ("cash", ("contant", "cash")),
    ("card", ("pin of kaart", "card")),
    ("direct_debit", ("incasso", "direct debit")),
    ("active", ("loopt", "active")),
    ("suspended", ("opgeschort", "suspended")),
    ("ending", ("opgezegd", "ending")),
    ("ended", ("beëindigd", "ended")),
    ("dissolved", ("ontbonden", "dissolved")),
    ("hosting", ("webhosting", "web hosting")),
    ("domain", ("domeinnaam", "domain name")),
    ("organisation", ("organisatie", "organisation")),
    ("nl", ("Nederlands", "Dutch")),
    ("en", ("Engels", "English")),
    ("owner", ("eigenaar", "owner")),
    ("manager", ("beheerder", "manager")),
    ("reader", ("lezer", "reader")),
    ("customer", ("u, of iemand namens u", "you, or somebody on your behalf")),
    ("staff", ("medewerker", "staff")),
    ("system", ("het programma", "the program")),
    ("question", ("vraag", "question")),
    ("request", ("verzoek", "request")),
    ("complaint", ("klacht", "complaint")),
    ("processor_agreement", ("verwerkersovereenkomst", "processor agreement")),
    ("abuse", ("melding van misbruik", "report of abuse")),
    ("open", ("open", "open")),
    ("answered", ("beantwoord", "answered")),
    ("closed", ("afgesloten", "closed")),
    ("access", ("inzage", "access")),
    ("rectification", ("rectificatie", "rectification")),
    ("erasure", ("wissen", "erasure")),
    ("restriction", ("beperking", "restriction")),
    ("portability", ("overdraagbaarheid", "portability")),
    ("objection", ("bezwaar", "objection")),
    ("received", ("ontvangen", "received")),
    ("verified", ("identiteit vastgesteld", "identity verified")),
    ("granted", ("ingewilligd", "granted")),
    ("refused", ("geweigerd", "refused")),
    ("withdrawn", ("ingetrokken", "withdrawn")),
    ("panel", ("het klantenpaneel", "the customer panel")),
    ("contact_form", ("het contactformulier", "the contact form")),
    ("unverified", ("niet vastgesteld", "not verified")),
    ("signed_in", ("ingelogd", "signed in")),
    ("second_factor", ("ingelogd met tweede factor", "signed in with a second factor")),
    ("known_address", ("bekend e-mailadres", "known e-mail address")),
    ("two_channels", ("bekend e-mailadres en een tweede weg", "known e-mail address and a second way")),
    ("invitation", ("uitnodiging", "invitation")),
    ("recovery", ("toegang herstellen", "recovery of access")),
    ("identity", ("vaststellen wie u bent", "establishing who you are")),
    ("identity_link", ("link om vast te stellen wie u bent", "link to establish who you are")),
    ("new_email", ("nieuw e-mailadres", "new e-mail address")),
    ("security_notice", ("bericht over de beveiliging", "notice about security")),
    ("contact_received", ("ontvangstbevestiging", "confirmation of receipt")),
    ("answer", ("antwoord", "answer")),
    ("request_received", ("ontvangstbevestiging van een verzoek", "confirmation of a request")),
    ("request_answered", ("antwoord op een verzoek", "answer to a request")),
    ("request_extended", ("verlenging van de termijn", "extension of the term")),
    ("package_ready", ("kopie staat klaar", "copy is ready")),
    ("staff_reminder", ("herinnering aan medewerkers", "reminder to staff")),
    ("intended", ("voorgenomen", "intended")),
    ("done", ("verstrekt", "given")),
    ("failed", ("niet gelukt", "failed")),
    ("support", ("berichten en vragen", "messages and questions")),
    ("rights", ("verzoeken over gegevens", "requests about data")),
    ("security", ("beveiliging van het inloggen", "security of signing in")),
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

/// What a part of a value is called.
pub(super) fn part(name: &str, language: Language) -> Option<&'static str> {
    find(PARTS, name, language)
}

/// A word of the database in the reader's language.
pub(super) fn word(word: &str, language: Language) -> Option<&'static str> {
    find(WORDS, word, language)
}

/// The letter before the numbers of a table.
pub(super) fn letter(table: &str) -> &'static str {
    match table {
        "customer" => "K",
        "thread" => "B",
        "request" => "R",
        _ => "",
    }
}
