//! What changed between two versions of the policy, in words: for the ledger, and for customers
//! who must be told beforehand.
//!
//! Invariant: two policies that differ in anything a statement, register or schedule shows differ
//! here too; a change of comments or of order alone is no change.

use crate::model::{Promise, Purpose, Recipient, Text};
use crate::policy::Policy;
use crate::words::{capital, ground, pick};
use base::Language;
use serde::Serialize;

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is different.
    Changed,
    /// A term became longer. It holds for new data only.
    Lengthened,
    /// A term became shorter. It holds at once.
    Shortened,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The key in the file, such as `purposes.account.retention`.
    pub path: String,
    /// What became of it.
    pub kind: Kind,
    /// The change in a sentence.
    pub words: String,
}

/// The changes from one policy to the next, in the order of the file.
#[must_use]
pub fn diff(old: &Policy, new: &Policy, language: Language) -> Vec<Change> {
    let mut compare = Compare { language, changes: Vec::new() };
    compare.provider(old, new);
    compare.statement(old, new);
    compare.listed(
        "subjects",
        &old.subjects,
        &new.subjects,
        |category| (&category.name, &category.text),
        |_, _, _| {},
    );
    compare.listed("data", &old.data, &new.data, |category| (&category.name, &category.text), |_, _, _| {});
    compare.listed(
        "purposes",
        &old.purposes,
        &new.purposes,
        |purpose| (&purpose.name, &purpose.title),
        Compare::purpose,
    );
    compare.recipients(old, new);
    for (before, after) in old.promises.iter().zip(&new.promises) {
        compare.promise(before, after);
    }
    compare.listed(
        "services",
        &old.services,
        &new.services,
        |service| (&service.name, &service.title),
        |_, _, _| {},
    );
    compare.listed(
        "measures",
        &old.measures,
        &new.measures,
        |measure| (&measure.name, &measure.title),
        |_, _, _| {},
    );
    compare.listed(
        "infrastructure",
        &old.infrastructure,
        &new.infrastructure,
        |part| (&part.name, &part.title),
        |_, _, _| {},
    );
    compare.terms(old, new);
    compare.changes
}

struct Compare {
    language: Language,
    changes: Vec<Change>,
}

impl Compare {
    fn push(&mut self, path: String, kind: Kind, nl: String, en: String) {
        let words = if self.language == Language::Nl { nl } else { en };
        self.changes.push(Change { path, kind, words });
    }

    /// Compares named parts; `detail` tells what it knows about a part in both, and what it leaves
    /// unsaid is said as a change of the whole.
    fn listed<T: PartialEq>(
        &mut self,
        path: &str,
        old: &[T],
        new: &[T],
        name: impl Fn(&T) -> (&String, &Text),
        detail: impl Fn(&mut Self, &T, &T),
    ) {
        for part in new {
            let (key, title) = name(part);
            let shown = title.of(self.language).to_owned();
            let path = format!("{path}.{key}");
            match old.iter().find(|other| name(other).0 == key) {
                None => self.push(path, Kind::Added, format!("Nieuw: {shown}."), format!("New: {shown}.")),
                Some(before) if before != part => {
                    let count = self.changes.len();
                    detail(self, before, part);
                    if self.changes.len() == count {
                        let (nl, en) = (format!("Gewijzigd: {shown}."), format!("Changed: {shown}."));
                        self.push(path, Kind::Changed, nl, en);
                    }
                }
                Some(_) => {}
            }
        }
        for part in old {
            let (key, title) = name(part);
            if !new.iter().any(|other| name(other).0 == key) {
                let shown = title.of(self.language).to_owned();
                let path = format!("{path}.{key}");
                self.push(path, Kind::Removed, format!("Vervallen: {shown}."), format!("Gone: {shown}."));
            }
        }
    }

    fn purpose(&mut self, old: &Purpose, new: &Purpose) {
        let path = |key: &str| format!("purposes.{}.{key}", new.name);
        let title = new.title.of(self.language).to_owned();
        if old.retention != new.retention {
            let (before, after) =
                (old.retention.in_words(self.language), new.retention.in_words(self.language));
            let day = base::Day::from_number(0);
            let ends = (old.retention.term.after(day).ok(), new.retention.term.after(day).ok());
            let (kind, nl, en) = match ends {
                _ if old.retention.from != new.retention.from => (Kind::Changed, "", ""),
                (Some(one), Some(other)) if other > one => (
                    Kind::Lengthened,
                    " Dit geldt alleen voor nieuwe gegevens.",
                    " This holds for new data only.",
                ),
                (Some(one), Some(other)) if other < one => (
                    Kind::Shortened,
                    " Dit geldt meteen, ook voor gegevens die wij al hebben.",
                    " This holds at once, also for data that we already have.",
                ),
                _ => (Kind::Changed, "", ""),
            };
            self.push(
                path("retention"),
                kind,
                format!("{title}: de bewaartermijn was {before} en wordt {after}.{nl}"),
                format!("{title}: the retention was {before} and becomes {after}.{en}"),
            );
        }
        if old.ground != new.ground || old.role != new.role {
            let (before, after) = (ground(old, self.language), ground(new, self.language));
            let (nl, en) = if before == after {
                (
                    format!("{title}: de afweging of uitleg bij de grondslag is gewijzigd."),
                    format!("{title}: the balancing or explanation of the ground changed."),
                )
            } else {
                (
                    format!("{title}: de grondslag was {before} en wordt {after}."),
                    format!("{title}: the ground was {before} and becomes {after}."),
                )
            };
            self.push(path("ground"), Kind::Changed, nl, en);
        }
        for (key, nl, en, before, after) in [
            ("recipients", "ontvangers", "recipients", &old.recipients, &new.recipients),
            ("subjects", "betrokkenen", "subjects", &old.subjects, &new.subjects),
            ("data", "gegevens", "data", &old.data, &new.data),
        ] {
            self.names(&path(key), &title, (nl, en), before, after);
        }
        let rest = (
            &old.title,
            &old.text,
            &old.retention_reason,
            &old.provision,
            &old.consequence,
            &old.origin,
            &old.source,
        ) != (
            &new.title,
            &new.text,
            &new.retention_reason,
            &new.provision,
            &new.consequence,
            &new.origin,
            &new.source,
        );
        if rest {
            let (nl, en) =
                (format!("{title}: de uitleg is gewijzigd."), format!("{title}: the explanation changed."));
            self.push(path("text"), Kind::Changed, nl, en);
        }
    }

    fn names(&mut self, path: &str, title: &str, what: (&str, &str), old: &[String], new: &[String]) {
        for name in new.iter().filter(|name| !old.contains(name)) {
            let (nl, en) = (
                format!("{title}: {} erbij: {name}.", what.0),
                format!("{title}: {} added: {name}.", what.1),
            );
            self.push(path.to_owned(), Kind::Added, nl, en);
        }
        for name in old.iter().filter(|name| !new.contains(name)) {
            let (nl, en) = (
                format!("{title}: {} eraf: {name}.", what.0),
                format!("{title}: {} removed: {name}.", what.1),
            );
            self.push(path.to_owned(), Kind::Removed, nl, en);
        }
    }

    fn recipients(&mut self, old: &Policy, new: &Policy) {
        let same = |one: &Recipient, other: &Recipient| {
            // Which purposes name a recipient is told with the purposes.
            Recipient { purposes: Vec::new(), ..one.clone() }
                == Recipient { purposes: Vec::new(), ..other.clone() }
        };
        for recipient in &new.recipients {
            let path = format!("recipients.{}", recipient.id);
            let name = &recipient.name;
            match old.recipient(&recipient.id) {
                None => {
                    self.push(
                        path,
                        Kind::Added,
                        format!("Nieuwe ontvanger: {name}."),
                        format!("New recipient: {name}."),
                    );
                }
                Some(before) if before.name != *name => {
                    let (nl, en) = (
                        format!("Ontvanger {} wordt {name}.", before.name),
                        format!("Recipient {} becomes {name}.", before.name),
                    );
                    self.push(path, Kind::Changed, nl, en);
                }
                Some(before) if !same(before, recipient) => {
                    let (nl, en) =
                        (format!("Ontvanger gewijzigd: {name}."), format!("Recipient changed: {name}."));
                    self.push(path, Kind::Changed, nl, en);
                }
                Some(_) => {}
            }
        }
        for recipient in old.recipients.iter().filter(|recipient| new.recipient(&recipient.id).is_none()) {
            let (path, name) = (format!("recipients.{}", recipient.id), &recipient.name);
            self.push(
                path,
                Kind::Removed,
                format!("Ontvanger vervallen: {name}."),
                format!("Recipient gone: {name}."),
            );
        }
    }

    fn promise(&mut self, old: &Promise, new: &Promise) {
        if old != new {
            let (id, title) = (new.id, new.title.of(self.language).to_owned());
            let by = old.built.by != new.built.by;
            let (nl, en) = if by {
                (
                    format!("Belofte {id} ({title}) wordt anders bewaakt."),
                    format!("Promise {id} ({title}) is watched over differently."),
                )
            } else {
                (
                    format!("De tekst van belofte {id} ({title}) is gewijzigd."),
                    format!("The text of promise {id} ({title}) changed."),
                )
            };
            self.push(format!("promises.{id}"), Kind::Changed, nl, en);
        }
    }

    fn provider(&mut self, old: &Policy, new: &Policy) {
        if old.provider != new.provider {
            let nl = "De gegevens van de aanbieder of de toezichthouder zijn gewijzigd.".to_owned();
            let en = "The details of the provider or the supervisory authority changed.".to_owned();
            self.push("provider".to_owned(), Kind::Changed, nl, en);
        }
    }

    fn statement(&mut self, old: &Policy, new: &Policy) {
        let (before, after) = (&old.statement, &new.statement);
        for (key, differs) in [
            ("introduction", before.introduction != after.introduction),
            ("automated_decisions", before.automated_decisions != after.automated_decisions),
            ("changes", before.changes != after.changes),
        ] {
            if differs {
                let what = match key {
                    "introduction" => pick(self.language, "de inleiding", "the introduction"),
                    "changes" => pick(self.language, "de tekst over wijzigingen", "the text about changes"),
                    _ => pick(
                        self.language,
                        "de tekst over geautomatiseerde besluiten",
                        "the text about automated decisions",
                    ),
                };
                let what = capital(what);
                let (nl, en) = (format!("{what} is gewijzigd."), format!("{what} changed."));
                self.push(format!("statement.{key}"), Kind::Changed, nl, en);
            }
        }
    }

    fn terms(&mut self, old: &Policy, new: &Policy) {
        let (before, after) = (old.erasure.backups_within, new.erasure.backups_within);
        if before != after {
            let (one, other) = (before.in_words(self.language), after.in_words(self.language));
            self.push(
                "erasure.backups_within".to_owned(),
                Kind::Changed,
                format!("Na wissen was de laatste back-up onleesbaar binnen {one}; dat wordt {other}."),
                format!(
                    "After erasure the last backup became unreadable within {one}; that becomes {other}."
                ),
            );
        }
        if old.law != new.law {
            let changed = new.law.facts.iter().filter(|fact| old.law.fact(&fact.name) != Some(fact));
            let gone = old.law.facts.iter().filter(|fact| new.law.fact(&fact.name).is_none());
            let names: Vec<String> = changed.chain(gone).map(|fact| fact.name.clone()).collect();
            let names = if names.is_empty() { "eea".to_owned() } else { names.join(", ") };
            self.push(
                "law".to_owned(),
                Kind::Changed,
                format!("Termijnen uit wet en voorwaarden gewijzigd: {names}."),
                format!("Terms from law and conditions changed: {names}."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> Policy {
        Policy::parse(crate::DEMO_POLICY).expect("well-formed")
    }

    fn edited(from: &str, to: &str) -> Policy {
        let text = crate::DEMO_POLICY.replacen(from, to, 1);
        assert_ne!(text, crate::DEMO_POLICY, "{from} is in the demo policy");
        Policy::parse(&text).unwrap_or_else(|errors| panic!("{errors}"))
    }

    #[test]
    fn comments_and_order_are_no_change() {
        let text = format!("# a remark\n{}", crate::DEMO_POLICY);
        let other = Policy::parse(&text).expect("well-formed");
        assert_ne!(other.hash(), demo().hash());
        assert_eq!(diff(&demo(), &other, Language::Nl), []);
    }

    #[test]
    fn each_kind_of_change_is_told() {
        let cases = [
            (
                "retention  = \"6 months\"",
                "retention  = \"1 year\"",
                "purposes.account.retention",
                Kind::Lengthened,
                "Klantadministratie: de bewaartermijn was zes maanden na het einde van de overeenkomst en wordt één jaar na het einde van de overeenkomst. Dit geldt alleen voor nieuwe gegevens.",
            ),
            (
                "retention  = \"6 months\"",
                "retention  = \"3 months\"",
                "purposes.account.retention",
                Kind::Shortened,
                "Klantadministratie: de bewaartermijn was zes maanden na het einde van de overeenkomst en wordt drie maanden na het einde van de overeenkomst. Dit geldt meteen, ook voor gegevens die wij al hebben.",
            ),
            (
                "retention  = \"1 year\"",
                "retention  = \"12 months\"",
                "purposes.support.retention",
                Kind::Changed,
                "Berichten en vragen: de bewaartermijn was één jaar na het afsluiten van het gesprek en wordt twaalf maanden na het afsluiten van het gesprek.",
            ),
            (
                "Verstuurt onze e-mail.",
                "Verstuurt alle e-mail.",
                "recipients.mail-relay",
                Kind::Changed,
                "Ontvanger gewijzigd: Mailrelay Voorbeeld (verzonnen).",
            ),
            (
                "recipients = [\"mail-relay\"]",
                "recipients = []",
                "purposes.account.recipients",
                Kind::Removed,
                "Klantadministratie: ontvangers eraf: mail-relay.",
            ),
            (
                "Mailrelay Voorbeeld (verzonnen)",
                "Postkantoor Voorbeeld (verzonnen)",
                "recipients.mail-relay",
                Kind::Changed,
                "Ontvanger Mailrelay Voorbeeld (verzonnen) wordt Postkantoor Voorbeeld (verzonnen).",
            ),
            (
                "Voorbeeldkade 1",
                "Voorbeeldkade 2",
                "provider",
                Kind::Changed,
                "De gegevens van de aanbieder of de toezichthouder zijn gewijzigd.",
            ),
            (
                "backups_within = \"35 days\"",
                "backups_within = \"40 days\"",
                "erasure.backups_within",
                Kind::Changed,
                "Na wissen was de laatste back-up onleesbaar binnen 35 dagen; dat wordt 40 dagen.",
            ),
            (
                "Onze eigen administratie",
                "De administratie is van ons",
                "promises.P01",
                Kind::Changed,
                "De tekst van belofte P01 (De administratie is van ons) is gewijzigd.",
            ),
            (
                "term    = \"10 years\"",
                "term    = \"9 years\"",
                "law",
                Kind::Changed,
                "Termijnen uit wet en voorwaarden gewijzigd: vat-one-stop-shop.",
            ),
        ];
        for (from, to, path, kind, words) in cases {
            let changes = diff(&demo(), &edited(from, to), Language::Nl);
            let expected = Change { path: path.to_owned(), kind, words: words.to_owned() };
            assert_eq!(changes, [expected], "{to}");
        }
    }

    #[test]
    fn parts_come_and_go() {
        let with = edited(
            "[measures.place]",
            "[measures.extra]\ntitle = { nl = \"Extra\", en = \"Extra\" }\ntext = { nl = \"a\", en = \"a\" }\n\n[measures.place]",
        );
        let added = diff(&demo(), &with, Language::En);
        assert_eq!(
            added,
            [Change { path: "measures.extra".into(), kind: Kind::Added, words: "New: Extra.".into() }]
        );
        let gone = diff(&with, &demo(), Language::En);
        assert_eq!(
            gone,
            [Change { path: "measures.extra".into(), kind: Kind::Removed, words: "Gone: Extra.".into() }]
        );
    }
}
