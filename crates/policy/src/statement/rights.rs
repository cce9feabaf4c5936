//! The sections about rights: which there are, what erasing means, and where to complain.

use super::sections::Writer;
use super::{Block, Section};
use crate::model::{Ground, Role};
use crate::words::listing;

impl Writer<'_> {
    pub(super) fn rights(&self) -> Section {
        let mut blocks = vec![
            self.paragraph(
                format!(
                    "U kunt deze rechten op elk moment gebruiken, gratis, via het contactformulier ({}) of, als u klant \
                     bent, in het klantenpaneel.",
                    self.policy.provider().contact_form
                ),
                format!(
                    "You can use these rights at any time, free of charge, through the contact form ({}) or, when you \
                     are a customer, in the customer panel.",
                    self.policy.provider().contact_form
                ),
            ),
            Block::List(self.list_of_rights()),
            Self::heading("objection", self.pick("Bezwaar maken", "Objecting")),
            Block::Paragraph(
                self.pick(
                    "U heeft het recht van bezwaar (artikel 21 AVG) tegen elk gebruik van uw gegevens dat op een \
                     gerechtvaardigd belang berust. Vertel ons wat er in uw situatie anders is. Wij stoppen dan, tenzij wij \
                     dwingende redenen hebben die zwaarder wegen; die leggen wij u uit. Voor reclame gebruiken wij uw \
                     gegevens niet.",
                    "You have the right to object (article 21 GDPR) to any use of your data that rests on a legitimate \
                     interest. Tell us what is different in your situation. We then stop, unless we have compelling reasons \
                     that weigh more; we explain those to you. We do not use your data for advertising.",
                )
                .to_owned(),
            ),
            Self::heading("consent", self.pick("Toestemming intrekken", "Withdrawing consent")),
            self.consent(),
            Self::heading("answer", self.pick("Wat u van ons kunt verwachten", "What you can expect from us")),
        ];
        blocks.extend(self.answer());
        self.section("rights", "Uw rechten", "Your rights", blocks)
    }

    fn list_of_rights(&self) -> Vec<String> {
        [
            (
                "Inzage (artikel 15 AVG): u krijgt een kopie van uw gegevens, en leest wie ze heeft ontvangen.",
                "Access (article 15 GDPR): you get a copy of your data, and read who received them.",
            ),
            (
                "Rectificatie (artikel 16 AVG): u laat verbeteren wat niet klopt of aanvullen wat ontbreekt.",
                "Rectification (article 16 GDPR): you have corrected what is wrong, or completed what is missing.",
            ),
            (
                "Wissen (artikel 17 AVG): wij wissen uw gegevens; lees hieronder wat dat betekent.",
                "Erasure (article 17 GDPR): we erase your data; read below what that means.",
            ),
            (
                "Beperking (artikel 18 AVG): wij bewaren uw gegevens, en gebruiken ze zolang niet.",
                "Restriction (article 18 GDPR): we keep your data, and do not use them meanwhile.",
            ),
            (
                "Overdraagbaarheid (artikel 20 AVG): u krijgt wat u ons gaf in een bestand dat een andere aanbieder kan lezen.",
                "Portability (article 20 GDPR): you get what you gave us in a file that another provider can read.",
            ),
            (
                "Bezwaar (artikel 21 AVG): zie hieronder.",
                "Objection (article 21 GDPR): see below.",
            ),
        ]
        .map(|(nl, en)| self.pick(nl, en).to_owned())
        .to_vec()
    }

    fn consent(&self) -> Block {
        let on_consent: Vec<String> = self
            .policy
            .purposes()
            .iter()
            .filter(|purpose| purpose.ground == Ground::Consent)
            .map(|purpose| purpose.title.of(self.language).to_owned())
            .collect();
        let rest = self.pick(
            "Toestemming kunt u altijd intrekken, net zo makkelijk als u haar gaf. Wat daarvóór is gebeurd, blijft rechtmatig.",
            "You can always withdraw consent, as easily as you gave it. What happened before that stays lawful.",
        );
        if on_consent.is_empty() {
            let first = self.pick(
                "Geen van de doelen in deze verklaring berust op toestemming. Vragen wij u er toch om, bijvoorbeeld om in uw \
                 inhoud te mogen kijken, dan staat dat u vrij.",
                "None of the purposes in this statement rests on consent. If we ask you for it all the same, for instance to \
                 be allowed to look at your content, you are free to refuse.",
            );
            return Block::Paragraph(format!("{first} {rest}"));
        }
        let lead = self.pick("Op uw toestemming berust:", "This rests on your consent:");
        Block::Paragraph(format!("{lead} {}. {rest}", listing(&on_consent, self.language)))
    }

    fn answer(&self) -> Vec<Block> {
        let law = self.policy.law();
        let (term, extension) =
            (law.request_answer.in_words(self.language), law.request_extension.in_words(self.language));
        vec![
            self.paragraph(
                format!(
                    "Wij antwoorden binnen {term} na ontvangst. Is uw verzoek ingewikkeld, dan kan daar {extension} bij komen; \
                     dat laten wij u binnen de eerste termijn weten, met de reden."
                ),
                format!(
                    "We answer within {term} of receiving your request. When it is complex, {extension} may be added; we let \
                     you know within the first period, with the reason."
                ),
            ),
            Block::Paragraph(
                self.pick(
                    "Wij controleren eerst of u het bent: door in te loggen met een tweede factor, of via een link naar uw \
                     bekende e-mailadres en een tweede weg. Om een kopie van uw identiteitsbewijs vragen wij nooit. Passen wij \
                     iets aan, wissen of beperken wij iets, dan laten wij dat ook weten aan de ontvangers.",
                    "We first check that it is you: by signing in with a second factor, or by a link to your known e-mail \
                     address and a second way. We never ask for a copy of your identity document. When we correct, erase or \
                     restrict something, we tell the recipients too.",
                )
                .to_owned(),
            ),
            Block::Paragraph(
                self.pick(
                    "Weigeren wij iets, dan leest u waarom, en dat u naar de toezichthouder of de rechter kunt.",
                    "When we refuse something, you read why, and that you can go to the supervisory authority or to court.",
                )
                .to_owned(),
            ),
        ]
    }

    pub(super) fn erasure(&self) -> Section {
        let backups = self.policy.erasure().backups_within.in_words(self.language);
        let mut blocks = vec![
            Block::Paragraph(
                self.pick(
                    "Laat u als klant uw gegevens wissen, dan stoppen de diensten en eindigt de overeenkomst: zonder uw gegevens \
                     kunnen wij die niet uitvoeren. Wij vragen u daarom eerst om uw inhoud op te halen en domeinnamen die u wilt \
                     houden te verhuizen.",
                    "When you, as a customer, have your data erased, the services stop and the agreement ends: without your data \
                     we cannot carry it out. We therefore ask you first to fetch your content and to move away the domain names \
                     you want to keep.",
                )
                .to_owned(),
            ),
            self.paragraph(
                format!(
                    "U krijgt een bewijs met twee datums: wanneer uw gegevens bij ons onleesbaar zijn geworden, en wanneer ook de \
                     laatste back-up onleesbaar is. Die tweede datum ligt uiterlijk {backups} na het wissen. Het bewijs kunt u \
                     zonder ons controleren."
                ),
                format!(
                    "You get a receipt with two dates: when your data became unreadable with us, and when the last backup, too, is \
                     unreadable. That second date is at most {backups} after the erasure. You can check the receipt without us."
                ),
            ),
        ];
        let obliged: Vec<String> = self
            .policy
            .purposes()
            .iter()
            .filter_map(|purpose| match &purpose.ground {
                Ground::LegalObligation { law } if purpose.role == Role::Controller => {
                    let title = purpose.title.of(self.language);
                    Some(format!(
                        "{title}: {} ({})",
                        purpose.retention.in_words(self.language),
                        law.of(self.language)
                    ))
                }
                _ => None,
            })
            .collect();
        if !obliged.is_empty() {
            blocks.push(Block::Paragraph(
                self.pick(
                    "Dit moeten wij van de wet ook na het wissen nog bewaren, apart en alleen daarvoor:",
                    "The law obliges us to keep this after the erasure, apart and for that alone:",
                )
                .to_owned(),
            ));
            blocks.push(Block::List(obliged));
        }
        self.section("erasure", "Als u uw gegevens laat wissen", "When you have your data erased", blocks)
    }

    pub(super) fn complaint(&self) -> Section {
        let (provider, authority) = (self.policy.provider(), &self.policy.provider().authority);
        let address = authority.address.join(", ");
        let name = if authority.short_name == authority.name {
            authority.name.clone()
        } else {
            format!("{} ({})", authority.name, authority.short_name)
        };
        let blocks = vec![self.paragraph(
            format!(
                "Bent u niet tevreden over hoe wij met uw gegevens omgaan? Neem dan eerst contact met ons op, via {} of {}: \
                 meestal komen wij er samen uit. U heeft altijd het recht een klacht in te dienen bij de {name}, {address}, {}. \
                 Ook kunt u naar de rechter gaan.",
                provider.contact_form, provider.email, authority.website
            ),
            format!(
                "Are you not satisfied with how we treat your data? Please contact us first, through {} or {}: we usually find a \
                 solution together. You always have the right to lodge a complaint with the {name}, {address}, {}. You can also \
                 go to court.",
                provider.contact_form, provider.email, authority.website
            ),
        )];
        self.section("complaint", "Een klacht", "A complaint", blocks)
    }
}
