//! The page of a package: self-contained, without scripts, readable on a screen and on paper.

use super::build::Cover;
use super::collect::{Collected, Field, FieldValue, Part, parts};
use super::{PackageKind, labels};
use crate::{Office, checkpoints, schema};
use base::{Language, Money, Sensitive, Timestamp};
use documents::InvoiceDocument;
use policy::{Ground, Policy, Purpose};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroizing;

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;\
background:#fff}h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2.5rem;border-top:2px solid #1a1a1a;padding-top:.75rem}\
h3{font-size:1.05rem}h4{font-size:1rem;margin-bottom:.25rem}dl{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;\
gap:.15rem 1rem;margin:.25rem 0 1.25rem}dt{color:#444}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}\
section>dl.row{border-left:3px solid #bbb;padding-left:.75rem}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem .25rem 0;border-bottom:1px solid #ccc}\
@media(max-width:36rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}\
@media print{body{margin:0;max-width:none}h2{break-after:avoid}dl{break-inside:avoid}}";

/// Text that grows, and is wiped when dropped: its room is taken twice over before it is full.
struct Page {
    text: Zeroizing<String>,
    language: Language,
    /// The numbers of conversations by their ids, for the messages in them.
    threads: BTreeMap<String, i64>,
}

impl Page {
    fn raw(&mut self, html: &str) {
        let wanted = self.text.len() + html.len();
        if wanted > self.text.capacity() {
            // A growing String leaves its old text behind; this one is wiped.
            let mut bigger = Zeroizing::new(String::with_capacity(wanted * 2));
            bigger.push_str(&self.text);
            self.text = bigger;
        }
        self.text.push_str(html);
    }

    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            self.raw(&rest[..at]);
            self.raw(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            });
            rest = &rest[at + 1..];
        }
        self.raw(rest);
    }

    fn element(&mut self, name: &str, text: &str) {
        self.raw(&format!("<{name}>"));
        self.text(text);
        self.raw(&format!("</{name}>\n"));
    }

    fn pair(&mut self, term: &str, text: &str) {
        self.element("dt", term);
        self.element("dd", text);
    }

    const fn pick(&self, nl: &'static str, en: &'static str) -> &'static str {
        match self.language {
            Language::Nl => nl,
            Language::En => en,
        }
    }
}

/// The page.
pub(super) fn page(
    office: &Office,
    cover: &Cover,
    collected: &Collected,
    kind: PackageKind,
) -> Zeroizing<Vec<u8>> {
    let policy = office.policy();
    let mut page = Page {
        text: Zeroizing::new(String::with_capacity(256 * 1024)),
        language: cover.language,
        threads: threads(collected),
    };
    let title = match kind {
        PackageKind::Access => page.pick("Uw gegevens bij", "Your data at"),
        PackageKind::Portability => page.pick("De gegevens die u gaf aan", "The data you provided to"),
    };
    let title = format!("{title} {}", policy.provider().name);
    page.raw(&format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
        cover.language.tag()
    ));
    page.text(&title);
    page.raw(&format!("</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"));
    page.element("h1", &title);
    introduction(&mut page, cover, kind);
    match kind {
        PackageKind::Access => {
            for purpose in purposes(&policy) {
                section(&mut page, purpose, collected, &policy);
            }
            others(&mut page, cover, collected);
            recipients(&mut page, collected, &policy);
            timeline(&mut page, collected);
            rights(&mut page, &policy);
        }
        PackageKind::Portability => {
            let lead = page.pick(
                "De gegevens staan in data.json, en per soort in een CSV-bestand dat u in een rekenblad opent. In \
                 manifest.json staat van elk bestand de vingerafdruk.",
                "The data are in data.json, and by kind in a CSV file that opens in a spreadsheet. manifest.json has the \
                 fingerprint of every file.",
            );
            page.element("p", lead);
        }
    }
    page.raw("</main>\n</body>\n</html>\n");
    Zeroizing::new(page.text.as_bytes().to_vec())
}

/// The numbers of conversations.
fn threads(collected: &Collected) -> BTreeMap<String, i64> {
    let rows =
        grouped(collected).into_iter().filter(|(name, _)| *name == "thread").flat_map(|(_, rows)| rows);
    rows.filter_map(|row| {
        let value = |column| row.iter().find(|field| field.column == column).map(|field| &field.value);
        match (value("id"), value("number")) {
            (Some(FieldValue::Word(id)), Some(FieldValue::Number(number))) => Some((id.clone(), *number)),
            _ => None,
        }
    })
    .collect()
}

fn moment(at: Timestamp) -> String {
    let local = at.in_amsterdam();
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute()
    )
}

fn introduction(page: &mut Page, cover: &Cover, kind: PackageKind) {
    let made = page.pick("Gemaakt op", "Made on");
    let request = page.pick("Naar aanleiding van verzoek", "Following request");
    page.raw("<dl>\n");
    page.pair(made, &moment(cover.made_at));
    if !cover.request.is_empty() {
        page.pair(request, &cover.request);
    }
    page.raw("</dl>\n");
    if kind == PackageKind::Access {
        let lead = page.pick(
            "Hieronder staat alles wat wij over u bewaren, per doel: waarom, hoe lang, van wie wij het hebben en wie het heeft \
             ontvangen. Dezelfde gegevens staan in data.json, voor programma's. Tijden zijn die van Amsterdam.",
            "Below is everything we hold about you, by purpose: why, for how long, from whom we have it and who received it. The \
             same data are in data.json, for programs. Times are those of Amsterdam.",
        );
        page.element("p", lead);
    }
}

/// The purposes for which the program has columns, in the order of the policy.
pub(super) fn purposes(policy: &Policy) -> Vec<&Purpose> {
    let used: BTreeSet<&str> = schema::tables()
        .iter()
        .flat_map(|table| table.columns)
        .filter_map(|column| column.content.purpose())
        .chain(["ledger"])
        .collect();
    policy.purposes().iter().filter(|purpose| used.contains(purpose.name.as_str())).collect()
}

/// The ground in law, with its article.
pub(super) fn ground(purpose: &Purpose, language: Language) -> String {
    let (nl, en): (String, String) = match &purpose.ground {
        Ground::Agreement => (
            "nodig voor de overeenkomst (artikel 6, lid 1, onder b, AVG)".into(),
            "needed for the agreement (article 6(1)(b) GDPR)".into(),
        ),
        Ground::LegalObligation { law } => (
            format!("wettelijke plicht (artikel 6, lid 1, onder c, AVG): {}", law.nl),
            format!("legal obligation (article 6(1)(c) GDPR): {}", law.en),
        ),
        Ground::LegitimateInterest { interest, .. } => (
            format!("gerechtvaardigd belang (artikel 6, lid 1, onder f, AVG): {}", interest.nl),
            format!("legitimate interest (article 6(1)(f) GDPR): {}", interest.en),
        ),
        Ground::Consent => {
            ("toestemming (artikel 6, lid 1, onder a, AVG)".into(), "consent (article 6(1)(a) GDPR)".into())
        }
    };
    match language {
        Language::Nl => nl,
        Language::En => en,
    }
}

fn section(page: &mut Page, purpose: &Purpose, collected: &Collected, policy: &Policy) {
    let language = page.language;
    page.raw("<section>\n");
    page.element("h2", purpose.title.of(language));
    page.element("p", purpose.text.of(language).trim());
    page.raw("<dl>\n");
    page.pair(page.pick("Grondslag", "Ground"), &ground(purpose, language));
    let retention =
        format!("{}. {}", purpose.retention.in_words(language), purpose.retention_reason.of(language).trim());
    page.pair(page.pick("Bewaartermijn", "Retention"), &retention);
    page.pair(page.pick("Herkomst", "Source"), purpose.source.of(language).trim());
    let names: Vec<&str> = purpose
        .recipients
        .iter()
        .map(|id| policy.recipient(id).map_or(id.as_str(), |recipient| recipient.name.as_str()))
        .collect();
    let nobody = page.pick("niemand buiten ons bedrijf", "nobody outside our company");
    let may = if names.is_empty() { nobody.to_owned() } else { names.join(", ") };
    page.pair(page.pick("Mag worden verstrekt aan", "May be given to"), &may);
    page.raw("</dl>\n");
    let mut any = false;
    for (table, rows) in grouped(collected) {
        let concerns =
            rows.iter().copied().flatten().any(|field| field.purpose == Some(purpose.name.as_str()));
        if concerns {
            any = true;
            records(page, table, &rows, Some(&purpose.name));
        }
    }
    if !any && purpose.name != "ledger" {
        page.element(
            "p",
            page.pick("Hiervoor bewaren wij niets over u.", "For this we hold nothing about you."),
        );
    }
    page.raw("</section>\n");
}

/// The rows of each table, of all subjects together, in the order of the labels.
fn grouped(collected: &Collected) -> Vec<(&'static str, Vec<&[Field]>)> {
    let mut groups: BTreeMap<(usize, &'static str), Vec<&[Field]>> = BTreeMap::new();
    for of in collected.subjects.iter().flat_map(|of| &of.tables) {
        let rows = groups.entry((labels::place(of.table.name), of.table.name)).or_default();
        rows.extend(of.rows.iter().map(Vec::as_slice));
    }
    groups.into_iter().map(|((_, table), rows)| (table, rows)).collect()
}

fn records(page: &mut Page, table: &str, rows: &[&[Field]], purpose: Option<&str>) {
    let language = page.language;
    page.element("h3", labels::table(table, language).unwrap_or(table));
    for row in rows {
        page.raw("<dl class=\"row\">\n");
        for field in *row {
            if field.purpose.is_some() && purpose.is_some() && field.purpose != purpose {
                continue;
            }
            if let Some(label) = labels::column(field.column, language) {
                value(page, label, table, field);
            } else if let ("thread_id", FieldValue::Word(id)) = (field.column, &field.value)
                && let Some(number) = page.threads.get(id).copied()
            {
                page.pair(
                    page.pick("Gesprek", "Conversation"),
                    &format!("{}{number}", labels::letter("thread")),
                );
            }
        }
        page.raw("</dl>\n");
    }
}

fn value(page: &mut Page, label: &str, table: &str, field: &Field) {
    match &field.value {
        FieldValue::Nothing => {}
        FieldValue::Number(n) if field.column == "number" => {
            page.pair(label, &format!("{}{n}", labels::letter(table)));
        }
        FieldValue::Number(n) if field.column.ends_with("_cents") => {
            page.pair(label, &Money::from_cents(*n).in_words(page.language));
        }
        FieldValue::Number(n) => page.pair(label, &n.to_string()),
        FieldValue::Truth(true) => page.pair(label, page.pick("ja", "yes")),
        FieldValue::Truth(false) => page.pair(label, page.pick("nee", "no")),
        FieldValue::Moment(at) => page.pair(label, &moment(*at)),
        FieldValue::Word(word) => page.pair(label, labels::word(word, page.language).unwrap_or(word)),
        FieldValue::Personal(text) if (table, field.column) == ("invoice", "snapshot") => {
            invoice(page, label, text);
        }
        FieldValue::Personal(text) => page.pair(label, text.expose()),
        FieldValue::Parts(text) => {
            for (name, part) in parts(text) {
                let label = labels::part(&name, page.language).unwrap_or(&name);
                match part {
                    Part::Truth(true) => page.pair(label, page.pick("ja", "yes")),
                    Part::Truth(false) => page.pair(label, page.pick("nee", "no")),
                    Part::Number(n) => page.pair(label, &n.to_string()),
                    Part::Text(text) => page.pair(label, text.expose()),
                }
            }
        }
        FieldValue::Withheld => {
            let word = page.pick(
                "bewaren wij, en staat hier niet: het is een geheim om in te loggen, of een eerdere kopie",
                "held, and not copied here: it is a secret to sign in with, or an earlier copy",
            );
            page.pair(label, word);
        }
    }
}

/// What an invoice says: whom it is to, and its lines. All of it is in data.json.
fn invoice(page: &mut Page, label: &str, text: &Sensitive<String>) {
    let Ok(document) = serde_json::from_str::<InvoiceDocument>(text.expose()) else {
        return page.pair(label, text.expose());
    };
    let buyer = &document.buyer;
    let named = [&buyer.organisation, &buyer.name, &buyer.kvk, &buyer.vat];
    let mut lines: Vec<&str> =
        named.into_iter().filter_map(|value| value.as_ref().map(|text| text.expose().as_str())).collect();
    lines.extend(buyer.address.expose().iter().map(String::as_str));
    let (to, for_what) = (page.pick("Aan", "To"), page.pick("Voor", "For"));
    page.pair(to, &Zeroizing::new(lines.join(", ")));
    for line in &document.lines {
        let net = line.net.in_words(page.language);
        page.pair(for_what, &Zeroizing::new(format!("{}: {net}", line.description.expose())));
    }
}

/// What names the person without holding personal values, and the fellow members.
fn others(page: &mut Page, cover: &Cover, collected: &Collected) {
    let personal = |rows: &[&[Field]]| rows.iter().copied().flatten().any(|field| field.purpose.is_some());
    let plain: Vec<_> = grouped(collected)
        .into_iter()
        .filter(|(table, rows)| *table != "outbound_contact" && !personal(rows))
        .collect();
    if plain.is_empty() && cover.members.is_empty() {
        return;
    }
    page.raw("<section>\n");
    page.element("h2", page.pick("Wat daarbij hoort", "What belongs to it"));
    for (table, rows) in plain {
        records(page, table, &rows, None);
    }
    if !cover.members.is_empty() {
        page.element("h3", page.pick("Wie voor deze klant mag handelen", "Who may act for this customer"));
        page.raw("<ul>\n");
        for member in &cover.members {
            page.raw("<li>");
            page.text(member.login.name.expose());
            page.raw(", ");
            page.text(member.login.email.expose());
            page.raw("</li>\n");
        }
        page.raw("</ul>\n");
    }
    page.raw("</section>\n");
}

/// Who really received something (C-154/21).
fn recipients(page: &mut Page, collected: &Collected, policy: &Policy) {
    page.raw("<section>\n");
    page.element("h2", page.pick("Wie uw gegevens heeft ontvangen", "Who received your data"));
    let mut any = false;
    for (table, rows) in grouped(collected).into_iter().filter(|(table, _)| *table == "outbound_contact") {
        any = true;
        for row in rows {
            page.raw("<dl class=\"row\">\n");
            let id = row.iter().find(|field| field.column == "recipient");
            if let Some(FieldValue::Word(id)) = id.map(|field| &field.value) {
                let name = policy.recipient(id).map_or(id.as_str(), |recipient| recipient.name.as_str());
                page.pair(page.pick("Ontvanger", "Recipient"), name);
            }
            for field in row.iter().filter(|field| field.column != "recipient") {
                if let Some(label) = labels::column(field.column, page.language) {
                    value(page, label, table, field);
                }
            }
            page.raw("</dl>\n");
        }
    }
    if !any {
        page.element("p", page.pick("Niemand buiten ons bedrijf.", "Nobody outside our company."));
    }
    page.raw("</section>\n");
}

fn timeline(page: &mut Page, collected: &Collected) {
    page.raw("<section>\n");
    page.element("h2", page.pick("Wat er met uw gegevens gebeurde", "What happened to your data"));
    let lead = page.pick(
        "Uit het logboek, dat niemand ongemerkt kan veranderen. Het bevat geen gegevens over u; alleen wij kunnen deze regels nu \
         aan u verbinden.",
        "From the ledger, which nobody can change unnoticed. It holds no data about you; only we can tie these lines to you now.",
    );
    page.element("p", lead);
    page.raw("<table>\n<thead><tr>");
    for heading in [page.pick("Wanneer", "When"), page.pick("Wat", "What"), page.pick("Regel", "Line")] {
        page.raw("<th scope=\"col\">");
        page.text(heading);
        page.raw("</th>");
    }
    page.raw("</tr></thead>\n<tbody>\n");
    let mut lines: Vec<_> = collected.subjects.iter().flat_map(|of| &of.timeline).collect();
    lines.sort_by_key(|row| row.position);
    lines.dedup_by_key(|row| row.position);
    for row in lines {
        let words = checkpoints::kind_in_words(&row.kind, page.language).unwrap_or(&row.kind);
        page.raw("<tr>");
        for text in [moment(row.at).as_str(), words, row.position.to_string().as_str()] {
            page.raw("<td>");
            page.text(text);
            page.raw("</td>");
        }
        page.raw("</tr>\n");
    }
    page.raw("</tbody>\n</table>\n</section>\n");
}

fn rights(page: &mut Page, policy: &Policy) {
    let provider = policy.provider();
    let authority = &provider.authority;
    page.raw("<section>\n");
    page.element("h2", page.pick("Uw rechten", "Your rights"));
    let (rights, complaint) = match page.language {
        Language::Nl => (
            format!(
                "U kunt uw gegevens laten verbeteren of wissen, het gebruik laten beperken, bezwaar maken, en meenemen wat u \
                 ons gaf: via {}. Besluiten over u nemen wij niet met alleen een computer.",
                provider.contact_form
            ),
            format!(
                "Bent u niet tevreden? Neem dan eerst contact met ons op, via {} of {}. U kunt altijd een klacht indienen bij \
                 de toezichthouder, de {} ({}), en naar de rechter gaan.",
                provider.contact_form, provider.email, authority.name, authority.website
            ),
        ),
        Language::En => (
            format!(
                "You can have your data corrected or erased, have their use restricted, object, and take along what you gave \
                 us: through {}. We make no decisions about you by computer alone.",
                provider.contact_form
            ),
            format!(
                "Are you not satisfied? Please contact us first, through {} or {}. You can always lodge a complaint with the \
                 supervisory authority, the {} ({}), and go to court.",
                provider.contact_form, provider.email, authority.name, authority.website
            ),
        ),
    };
    page.element("p", &rights);
    page.element("p", &complaint);
    page.raw("</section>\n");
}
