//! The texts of the program.

use super::{Template, TemplateKind};
use base::Language;

/// The text of the program.
#[must_use]
pub fn builtin(kind: TemplateKind, language: Language) -> Template {
    let (title, body) = match language {
        Language::Nl => dutch(kind),
        Language::En => english(kind),
    };
    Template { kind, language, title: title.into(), body: body.into(), revision: 0 }
}

const fn dutch(kind: TemplateKind) -> (&'static str, &'static str) {
    match kind {
        TemplateKind::Invoice => (
            "Factuur {number}",
            "Er staat een factuur voor u klaar: {number} van {issued}, totaal {total}. Wilt u het openstaande bedrag \
             van {open} uiterlijk op {due} betalen? Op de factuur staat hoe.\n\nU bekijkt de factuur hier, na inloggen:\n\
             {link}",
        ),
        TemplateKind::CreditNote => (
            "Creditnota {number}",
            "Er staat een creditnota voor u klaar: {number} van {issued}, totaal {total}. Wij verrekenen het bedrag met \
             wat er openstaat.\n\nU bekijkt de creditnota hier, na inloggen:\n{link}",
        ),
        TemplateKind::Friendly => (
            "Herinnering: factuur {number}",
            "Misschien is het u ontgaan: factuur {number} had uiterlijk op {due} betaald moeten zijn. Er staat nog \
             {open} open. Wilt u dat bedrag overmaken, met kenmerk {reference}?\n\nHebt u net betaald? Dan kunt u dit \
             bericht vergeten.\n\n{link}",
        ),
        TemplateKind::First => (
            "Tweede herinnering: factuur {number}",
            "Wij hebben voor factuur {number} nog geen volledige betaling ontvangen. De factuur verviel op {due}; er \
             staat {open} open. Wilt u dit bedrag binnen veertien dagen betalen, met kenmerk {reference}?\n\nLukt dat \
             niet, of klopt de factuur niet? Laat het ons weten, dan zoeken wij samen een oplossing.\n\n{link}",
        ),
        TemplateKind::FourteenDays => (
            "Aanmaning: factuur {number}",
            "Wij hebben voor factuur {number} nog geen volledige betaling ontvangen. De factuur verviel op {due}; er \
             staat {open} open.\n\nU kunt dit bedrag zonder extra kosten betalen binnen veertien dagen, te rekenen vanaf \
             de dag nadat u deze brief hebt ontvangen. Betaalt u niet binnen die termijn, dan bent u op grond van \
             artikel 6:96 van het Burgerlijk Wetboek incassokosten verschuldigd: {costs}.\n\nVermeld bij uw betaling \
             kenmerk {reference}.\n\n{link}",
        ),
        TemplateKind::Final => (
            "Laatste herinnering: factuur {number}",
            "Ondanks eerdere herinneringen staat van factuur {number}, vervallen op {due}, nog {open} open. Wilt u dit \
             bedrag nu betalen, met kenmerk {reference}? Blijft de betaling uit, dan schorten wij onze diensten \
             op.\n\n{link}",
        ),
        TemplateKind::Suspension => (
            "Uw diensten worden opgeschort: factuur {number}",
            "Van factuur {number}, vervallen op {due}, staat nog {open} open. Daarom schorten wij onze diensten op. Uw \
             gegevens blijven bewaard. Zodra het bedrag binnen is, zetten wij de diensten weer aan.\n\nVermeld bij uw \
             betaling kenmerk {reference}.\n\n{link}",
        ),
        TemplateKind::Leak => (
            "Bericht over een datalek ({number})",
            "Er is bij ons een datalek geweest dat ook uw gegevens raakt, of gegevens die u bij ons bewaart. Ons kenmerk \
             is {number}.\n\nWat er is gebeurd:\n\nOm welke gegevens het gaat:\n\nWat de gevolgen kunnen zijn:\n\nWat wij hebben \
             gedaan:\n\nWat u zelf kunt doen:\n\nBewaart u bij ons gegevens van anderen, dan bent u daarvoor mogelijk zelf \
             verplicht het lek te melden bij de Autoriteit Persoonsgegevens. Wij helpen u daarbij. U vindt dit bericht, en \
             hoe u een lek meldt, na inloggen hier:\n{link}",
        ),
    }
}

const fn english(kind: TemplateKind) -> (&'static str, &'static str) {
    match kind {
        TemplateKind::Invoice => (
            "Invoice {number}",
            "There is an invoice for you: {number} of {issued}, {total} in all. Please pay the {open} that is open by \
             {due}. The invoice says how.\n\nYou find it here, after signing in:\n{link}",
        ),
        TemplateKind::CreditNote => (
            "Credit note {number}",
            "There is a credit note for you: {number} of {issued}, {total} in all. We set the amount off against what is \
             open.\n\nYou find it here, after signing in:\n{link}",
        ),
        TemplateKind::Friendly => (
            "Reminder: invoice {number}",
            "You may have overlooked it: invoice {number} was due on {due}, and {open} is still open. Please transfer \
             that amount, mentioning {reference}.\n\nHave you just paid? Then please forget this message.\n\n{link}",
        ),
        TemplateKind::First => (
            "Second reminder: invoice {number}",
            "We have not received full payment of invoice {number}. It was due on {due}; {open} is open. Please pay this \
             amount within fourteen days, mentioning {reference}.\n\nCan you not pay now, or is the invoice wrong? Tell us, \
             and we will look for a solution together.\n\n{link}",
        ),
        TemplateKind::FourteenDays => (
            "Demand for payment: invoice {number}",
            "We have not received full payment of invoice {number}. It was due on {due}; {open} is open.\n\nYou can pay \
             this amount without further costs within fourteen days, counted from the day after you received this letter. \
             If you do not pay within that time, you owe collection costs under article 6:96 of the Dutch Civil Code: \
             {costs}.\n\nPlease mention {reference} with your payment.\n\n{link}",
        ),
        TemplateKind::Final => (
            "Final reminder: invoice {number}",
            "In spite of earlier reminders, {open} of invoice {number}, due on {due}, is still open. Please pay this \
             amount now, mentioning {reference}. If you do not, we will suspend our services.\n\n{link}",
        ),
        TemplateKind::Suspension => (
            "Your services are being suspended: invoice {number}",
            "Of invoice {number}, due on {due}, {open} is still open. We therefore suspend our services. Your data stay \
             where they are. As soon as we have the amount, we switch the services on again.\n\nPlease mention {reference} \
             with your payment.\n\n{link}",
        ),
        TemplateKind::Leak => (
            "Notice of a data leak ({number})",
            "There has been a data leak on our side that touches your data, or data that you keep with us. Our reference is \
             {number}.\n\nWhat happened:\n\nWhich data it is about:\n\nWhat may come of it:\n\nWhat we have done:\n\nWhat you can \
             do:\n\nIf you keep other people's data with us, you may have to report the leak to the supervisory authority \
             yourself. We help you with that. You find this notice, and how to report a leak, after signing in:\n{link}",
        ),
    }
}
