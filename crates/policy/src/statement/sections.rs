//! The sections of the statement, one function each, in the order in which they are read.

use super::{Block, Section};
use crate::model::{Backing, Ground, Origin, Purpose, Recipient, Role};
use crate::policy::Policy;
use crate::register::about;
use crate::schedule;
use crate::words::{categories, country, date, ground, origin, pick, provision, purposes, recipients, role};
use base::Language;

/// All sections.
pub(super) fn all(policy: &Policy, language: Language) -> Vec<Section> {
    let write = Writer { policy, language };
    vec![
        write.introduction(),
        write.who(),
        write.promises(),
        write.purposes(),
        write.recipients(),
        write.transfers(),
        write.retention(),
        write.rights(),
        write.erasure(),
        write.complaint(),
        write.providing(),
        write.sources(),
        write.decisions(),
        write.security(),
        write.processor(),
        write.about(),
    ]
}

/// Writes sections; those about rights are in [`super::rights`].
pub(super) struct Writer<'a> {
    pub(super) policy: &'a Policy,
    pub(super) language: Language,
}

impl Writer<'_> {
    pub(super) const fn pick(&self, nl: &'static str, en: &'static str) -> &'static str {
        pick(self.language, nl, en)
    }

    /// A paragraph of the code's own, with the values in it.
    pub(super) fn paragraph(&self, nl: String, en: String) -> Block {
        Block::Paragraph(match self.language {
            Language::Nl => nl,
            Language::En => en,
        })
    }

    fn paragraphs(text: &str) -> impl Iterator<Item = Block> {
        text.split("\n\n").map(|paragraph| Block::Paragraph(paragraph.to_owned()))
    }

    pub(super) fn section(
        &self,
        id: &'static str,
        nl: &'static str,
        en: &'static str,
        blocks: Vec<Block>,
    ) -> Section {
        Section { id, heading: self.pick(nl, en).to_owned(), blocks }
    }

    pub(super) fn heading(id: impl Into<String>, text: impl Into<String>) -> Block {
        Block::Heading { id: id.into(), text: text.into() }
    }

    fn detail(&self, nl: &'static str, en: &'static str, value: String) -> (String, String) {
        (self.pick(nl, en).to_owned(), value)
    }

    fn introduction(&self) -> Section {
        let blocks = Self::paragraphs(self.policy.statement_texts().introduction.of(self.language)).collect();
        self.section("introduction", "Waar deze verklaring over gaat", "What this statement is about", blocks)
    }

    fn who(&self) -> Section {
        let provider = self.policy.provider();
        let blocks = vec![
            self.paragraph(
                format!(
                    "{} is verantwoordelijk voor de gegevens in deze verklaring (verwerkingsverantwoordelijke). Alleen \
                     voor de inhoud die klanten bij ons opslaan is de klant verantwoordelijk; wij verwerken die in \
                     opdracht van de klant.",
                    provider.name
                ),
                format!(
                    "{} is responsible for the data in this statement (controller). Only for the content that \
                     customers store with us is the customer responsible; we process that on the customer's behalf.",
                    provider.name
                ),
            ),
            Block::Details(about(self.policy, self.language)),
            self.paragraph(
                format!("Vragen over uw gegevens stelt u het makkelijkst via het contactformulier: {}", provider.contact_form),
                format!("Questions about your data are easiest to ask through the contact form: {}", provider.contact_form),
            ),
        ];
        self.section("who", "Wie wij zijn", "Who we are", blocks)
    }

    fn promises(&self) -> Section {
        let mut blocks = vec![Block::Paragraph(
            self.pick(
                "Dit beloven wij u. Bij elke belofte staat hoe wij ons eraan houden, en of onze software dat zelf controleert.",
                "This is what we promise you. Each promise says how we keep it, and whether our software checks that by itself.",
            )
            .to_owned(),
        )];
        for promise in self.policy.promises() {
            let id = promise.id.to_string();
            blocks
                .push(Self::heading(id.to_lowercase(), format!("{id} {}", promise.title.of(self.language))));
            blocks.extend(Self::paragraphs(promise.text.of(self.language)));
            let watch = match promise.built.by {
                Backing::Software => self.pick("Onze software controleert dit.", "Our software checks this."),
                Backing::Procedure => self.pick(
                    "Dit is een vaste werkwijze van onze medewerkers; onze software controleert het nog niet.",
                    "This is a fixed procedure of our staff; our software does not check it yet.",
                ),
            };
            let how = self.pick("Zo houden wij ons eraan.", "This is how we keep it.");
            blocks.push(Block::Paragraph(format!("{how} {} {watch}", promise.built.how.of(self.language))));
        }
        self.section("promises", "Wat wij beloven", "What we promise", blocks)
    }

    fn purposes(&self) -> Section {
        let mut blocks = vec![Block::Paragraph(
            self.pick(
                "Wij gebruiken gegevens alleen voor de doelen hieronder, en niet voor iets anders.",
                "We use data only for the purposes below, and for nothing else.",
            )
            .to_owned(),
        )];
        for purpose in self.policy.purposes() {
            self.purpose(purpose, &mut blocks);
        }
        self.section("purposes", "Waarvoor wij gegevens gebruiken", "What we use data for", blocks)
    }

    fn purpose(&self, purpose: &Purpose, blocks: &mut Vec<Block>) {
        let (policy, language) = (self.policy, self.language);
        blocks.push(Self::heading(format!("purpose-{}", purpose.name), purpose.title.of(language)));
        blocks.extend(Self::paragraphs(purpose.text.of(language)));
        let mut details = vec![
            self.detail(
                "Van wie",
                "Whose data",
                categories(&purpose.subjects, policy.subject_categories(), language),
            ),
            self.detail(
                "Welke gegevens",
                "Which data",
                categories(&purpose.data, policy.data_categories(), language),
            ),
            self.detail("Grondslag", "Legal basis", ground(purpose, language)),
        ];
        let interest = match &purpose.ground {
            Ground::LegitimateInterest { interest, balancing } if purpose.role == Role::Controller => {
                details.push(self.detail("Ons belang", "Our interest", interest.of(language).to_owned()));
                Some(balancing)
            }
            _ => None,
        };
        details.push(self.detail(
            "Wie ze ontvangt",
            "Who receives them",
            recipients(policy, &purpose.recipients, language),
        ));
        details.push(self.detail("Hoe lang", "How long", purpose.retention.in_words(language)));
        blocks.push(Block::Details(details));
        if let Some(balancing) = interest {
            let lead = self.pick("Onze afweging.", "How we weighed this.");
            let mut paragraphs = balancing.of(language).split("\n\n");
            blocks.extend(paragraphs.next().map(|first| Block::Paragraph(format!("{lead} {first}"))));
            blocks.extend(paragraphs.map(|paragraph| Block::Paragraph(paragraph.to_owned())));
        }
    }

    fn recipients(&self) -> Section {
        let (policy, language) = (self.policy, self.language);
        let mut blocks = vec![Block::Paragraph(
            self.pick(
                "Wij verkopen geen gegevens. Zij gaan alleen naar de ontvangers hieronder. Daarnaast kan de wet ons \
                 verplichten gegevens te geven aan een bevoegde autoriteit; dan geven wij niet meer dan moet.",
                "We do not sell data. They go only to the recipients below. Besides, the law may oblige us to hand data \
                 to a competent authority; then we give no more than we must.",
            )
            .to_owned(),
        )];
        for recipient in policy.recipients() {
            blocks.push(Self::heading(format!("recipient-{}", recipient.id), recipient.name.clone()));
            blocks.extend(Self::paragraphs(recipient.text.of(language)));
            let mut details = vec![
                self.detail("Rol", "Role", role(recipient.role, language).to_owned()),
                self.detail("Land", "Country", country(&recipient.country, language)),
            ];
            if !recipient.purposes.is_empty() {
                details.push(self.detail(
                    "Waarvoor",
                    "What for",
                    purposes(policy, &recipient.purposes, language),
                ));
            }
            details.push(self.detail(
                "Welke gegevens",
                "Which data",
                categories(&recipient.data, policy.data_categories(), language),
            ));
            details.push(self.detail(
                "Hoe lang de ontvanger ze bewaart",
                "How long the recipient keeps them",
                recipient.retention.of(language).to_owned(),
            ));
            blocks.push(Block::Details(details));
        }
        self.section("recipients", "Wie gegevens ontvangt", "Who receives data", blocks)
    }

    fn transfers(&self) -> Section {
        let outside = |recipient: &&Recipient| !self.policy.law().eea.contains(&recipient.country);
        let items: Vec<String> = self
            .policy
            .recipients()
            .iter()
            .filter(outside)
            .map(|recipient| {
                let safeguard = recipient.transfer.as_ref().map_or("", |text| text.of(self.language));
                let place = country(&recipient.country, self.language);
                let label = self.pick("waarborg", "safeguard");
                format!("{}, {place}; {label}: {safeguard}", recipient.name)
            })
            .collect();
        let blocks = if items.is_empty() {
            vec![Block::Paragraph(
                self.pick(
                    "Wij geven geen persoonsgegevens door naar landen buiten de Europese Economische Ruimte.",
                    "We transfer no personal data to countries outside the European Economic Area.",
                )
                .to_owned(),
            )]
        } else {
            vec![
                Block::Paragraph(
                    self.pick(
                        "Deze ontvangers zijn gevestigd buiten de Europese Economische Ruimte:",
                        "These recipients are established outside the European Economic Area:",
                    )
                    .to_owned(),
                ),
                Block::List(items),
                Block::Paragraph(
                    self.pick(
                        "Een kopie van deze waarborgen vraagt u aan via het contactformulier.",
                        "You can ask for a copy of these safeguards through the contact form.",
                    )
                    .to_owned(),
                ),
            ]
        };
        self.section("transfers", "Gegevens buiten de EER", "Data outside the EEA", blocks)
    }

    fn retention(&self) -> Section {
        let blocks = vec![
            Block::Paragraph(
                self.pick(
                    "Als de termijn om is, wissen wij de gegevens. Een termijn die wij later verlengen, geldt niet voor \
                     gegevens die wij al hadden.",
                    "When the period is over, we erase the data. A period that we lengthen later does not apply to data \
                     that we already had.",
                )
                .to_owned(),
            ),
            Block::Table(schedule::overview(self.policy, self.language)),
        ];
        self.section("retention", "Hoe lang wij gegevens bewaren", "How long we keep data", blocks)
    }

    fn providing(&self) -> Section {
        let item = |purpose: &Purpose| {
            let (title, words) =
                (purpose.title.of(self.language), provision(purpose.provision, self.language));
            format!("{title}: {words}. {}", purpose.consequence.of(self.language))
        };
        let blocks = vec![
            Block::Paragraph(
                self.pick(
                    "Per doel leest u hier of u gegevens moet geven, en wat er gebeurt als u dat niet doet.",
                    "For each purpose you read here whether you must provide data, and what happens when you do not.",
                )
                .to_owned(),
            ),
            Block::List(self.policy.purposes().iter().map(item).collect()),
        ];
        self.section("providing", "Moet u gegevens geven?", "Must you provide data?", blocks)
    }

    fn sources(&self) -> Section {
        let item = |purpose: &Purpose| {
            let title = purpose.title.of(self.language);
            let from = match purpose.origin {
                Origin::Subject => String::new(),
                Origin::Elsewhere | Origin::Both => format!(" ({})", origin(purpose.origin, self.language)),
            };
            format!("{title}{from}: {}", purpose.source.of(self.language))
        };
        let blocks = vec![
            Block::Paragraph(
                self.pick(
                    "De meeste gegevens krijgen wij van uzelf. Krijgen wij ze van een ander, dan staat dat erbij.",
                    "Most data we get from you. When we get them from somebody else, it says so.",
                )
                .to_owned(),
            ),
            Block::List(self.policy.purposes().iter().map(item).collect()),
        ];
        self.section("sources", "Waar gegevens vandaan komen", "Where data come from", blocks)
    }

    fn decisions(&self) -> Section {
        let text = self.policy.statement_texts().automated_decisions.of(self.language);
        let blocks = Self::paragraphs(text).collect();
        self.section("decisions", "Geautomatiseerde besluiten", "Automated decisions", blocks)
    }

    fn security(&self) -> Section {
        let (policy, language) = (self.policy, self.language);
        let pairs = |title: &str, text: &str| (title.to_owned(), text.replace("\n\n", " "));
        let measures = policy.measures().iter();
        let house = policy.infrastructure().iter();
        let mut blocks = vec![Block::Details(
            measures.map(|measure| pairs(measure.title.of(language), measure.text.of(language))).collect(),
        )];
        if !policy.infrastructure().is_empty() {
            blocks.push(Self::heading(
                "infrastructure",
                self.pick("Waar de gegevens staan", "Where the data are"),
            ));
            let place = |code: &str| country(code, language);
            blocks.push(Block::Details(
                house
                    .map(|part| {
                        let text = format!("{} ({})", part.text.of(language), place(&part.country));
                        pairs(part.title.of(language), &text)
                    })
                    .collect(),
            ));
        }
        self.section("security", "Hoe wij gegevens beveiligen", "How we secure data", blocks)
    }

    fn processor(&self) -> Section {
        let language = self.language;
        let mut blocks = vec![self.paragraph(
            format!(
                "Slaat u als klant bij ons persoonsgegevens van anderen op, dan bent u daarvoor verantwoordelijk en zijn wij uw \
                 verwerker. Vraag via het contactformulier om een verwerkersovereenkomst: {}",
                self.policy.provider().contact_form
            ),
            format!(
                "When you, as a customer, store other people's personal data with us, you are responsible for them and we are your \
                 processor. Ask for a processor agreement through the contact form: {}",
                self.policy.provider().contact_form
            ),
        )];
        let services = self.policy.services().iter();
        blocks.push(Block::Details(
            services
                .map(|service| {
                    let (nature, ending) = (service.nature.of(language), service.ending.of(language));
                    let helpers = match service.subprocessors.as_slice() {
                        [] => self.pick("Geen subverwerkers.", "No sub-processors.").to_owned(),
                        ids => {
                            let label = self.pick("Subverwerkers:", "Sub-processors:");
                            format!("{label} {}.", recipients(self.policy, ids, language))
                        }
                    };
                    (service.title.of(language).to_owned(), format!("{nature} {ending} {helpers}"))
                })
                .collect(),
        ));
        let heading =
            ("Als u gegevens van anderen bij ons opslaat", "When you store other people's data with us");
        self.section("processor", heading.0, heading.1, blocks)
    }

    fn about(&self) -> Section {
        let policy = self.policy;
        let mut blocks: Vec<Block> =
            Self::paragraphs(policy.statement_texts().changes.of(self.language)).collect();
        blocks.push(Block::Details(vec![
            self.detail("Versie", "Version", policy.version().to_owned()),
            self.detail("Geldt vanaf", "In force from", date(policy.date(), self.language)),
            self.detail(
                "Adres van deze verklaring",
                "Address of this statement",
                policy.provider().statement_url.clone(),
            ),
            self.detail(
                "Vingerafdruk van het beleid (SHA-256)",
                "Fingerprint of the policy (SHA-256)",
                policy.hash_hex(),
            ),
        ]));
        blocks.push(Block::Paragraph(
            self.pick(
                "Verschillen de Nederlandse en de Engelse tekst, dan geldt de Nederlandse.",
                "When the Dutch and the English text differ, the Dutch one holds.",
            )
            .to_owned(),
        ));
        self.section("about", "Over deze verklaring", "About this statement", blocks)
    }
}
