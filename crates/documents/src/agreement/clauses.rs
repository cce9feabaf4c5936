//! The articles of a processor agreement. Each names what of article 28(3) GDPR it answers to; a test
//! holds that nothing of it is left out, in either language.

use super::Clause;
use base::Language;

/// The articles, in one language; `objection_days` is how long the customer has to object to a change.
#[must_use]
pub fn clauses(language: Language, objection_days: u32) -> Vec<Clause> {
    let articles: &[(&str, &str, &[&str])] = match language {
        Language::Nl => &NL,
        Language::En => &EN,
    };
    let days = objection_days.to_string();
    articles
        .iter()
        .map(|(title, basis, paragraphs)| Clause {
            title: (*title).to_owned(),
            basis: (*basis).to_owned(),
            paragraphs: paragraphs.iter().map(|text| text.replace("{days}", &days)).collect(),
        })
        .collect()
}

const NL: [(&str, &str, &[&str]); 13] = [
    (
        "Onderwerp en rollen",
        "28(3)",
        &[
            "Deze overeenkomst hoort bij de diensten die u bij ons afneemt en gaat over de persoonsgegevens die u of uw gebruikers daarmee verwerken. Voor die gegevens bent u de verwerkingsverantwoordelijke en zijn wij de verwerker in de zin van de Algemene verordening gegevensbescherming (AVG).",
            "Verwerkt u zelf in opdracht van een ander, dan bent u verwerker en zijn wij subverwerker. Deze overeenkomst geldt dan ook, en u zorgt dat de opdracht van die ander onze verwerking toelaat.",
            "Bijlage 1 noemt per dienst de aard en het doel van de verwerking, de duur, de soorten persoonsgegevens en de categorieën van betrokkenen.",
            "Over de gegevens van u als klant, die wij nodig hebben voor onze eigen administratie, gaat onze privacyverklaring en niet deze overeenkomst.",
        ],
    ),
    (
        "Duur",
        "28(3)",
        &[
            "Deze overeenkomst geldt vanaf de dag van uitgifte, zolang wij voor u persoonsgegevens verwerken. Zij eindigt wanneer al die gegevens zijn teruggegeven of gewist; wat naar zijn aard langer geldt, zoals geheimhouding, blijft daarna gelden.",
            "Een nieuwe versie vervangt de vorige. Elke versie blijft voor u in te zien.",
        ],
    ),
    (
        "Uw instructies",
        "28(3)(a)",
        &[
            "Wij verwerken de gegevens uitsluitend volgens uw schriftelijke instructies, ook bij doorgifte aan een land buiten de Europese Economische Ruimte of aan een internationale organisatie. Uw instructies zijn deze overeenkomst, de bestelling, de instellingen die u in het klantenpaneel kiest, en wat u ons via het contactformulier schrijft en wij bevestigen.",
            "Verplicht het recht van de Unie of van een lidstaat ons tot een andere verwerking, dan melden wij u dat vooraf, tenzij dat recht die melding om gewichtige redenen van algemeen belang verbiedt.",
            "Wij gebruiken de gegevens niet voor eigen doelen.",
        ],
    ),
    (
        "Onrechtmatige instructies",
        "28(3)",
        &[
            "Vinden wij dat een instructie in strijd is met de AVG of met andere regels over gegevensbescherming, dan laten wij u dat onmiddellijk weten. Wij mogen wachten met de uitvoering tot u de instructie hebt bevestigd of gewijzigd.",
        ],
    ),
    (
        "Geheimhouding",
        "28(3)(b)",
        &[
            "Alleen wie het voor zijn werk nodig heeft, kan bij de gegevens. Ieder van hen heeft zich tot geheimhouding verplicht of is daar door de wet aan gebonden, ook na afloop van het werk.",
            "Zonder uw toestemming bekijken wij de inhoud van uw websites, databases, e-mail en servers niet, behalve als dat nodig is om een storing of misbruik te verhelpen of als de wet ons verplicht. In die gevallen kijken wij niet verder dan nodig.",
        ],
    ),
    (
        "Beveiliging",
        "28(3)(c)",
        &[
            "Wij nemen de technische en organisatorische maatregelen die artikel 32 AVG van ons vraagt. Bijlage 2 beschrijft ze; bijlage 1 zegt welke bij welke dienst horen.",
            "Wij mogen maatregelen vervangen door andere die ten minste even goed beschermen. U beoordeelt of de maatregelen passen bij de gegevens die u bij ons plaatst, en u beveiligt wat u zelf beheert, zoals uw wachtwoorden en de programma's die u installeert.",
        ],
    ),
    (
        "Subverwerkers",
        "28(2), 28(3)(d), 28(4)",
        &[
            "U geeft ons algemene toestemming om subverwerkers in te schakelen. Bijlage 3 noemt wie dat nu zijn.",
            "Willen wij een subverwerker toevoegen of vervangen, dan laten wij u dat ten minste {days} dagen vooraf per e-mail weten. Binnen die {days} dagen kunt u in het klantenpaneel of via het contactformulier bezwaar maken.",
            "Maakt u bezwaar, dan zoeken wij met u naar een oplossing. Is die er niet, dan kunt u de dienst die het betreft zonder kosten opzeggen tegen de dag waarop de wijziging ingaat; wat u vooruit betaalde, krijgt u naar rato terug.",
            "Wij leggen elke subverwerker schriftelijk dezelfde verplichtingen op als deze overeenkomst ons oplegt. Komt hij die niet na, dan blijven wij tegenover u volledig aansprakelijk.",
            "Buiten de Europese Economische Ruimte worden gegevens alleen verwerkt als bijlage 3 dat noemt, met de waarborg van hoofdstuk V AVG die erbij staat.",
        ],
    ),
    (
        "Rechten van betrokkenen",
        "28(3)(e)",
        &[
            "Wij helpen u met passende maatregelen om verzoeken van betrokkenen te beantwoorden, zoals inzage, rectificatie, wissing, beperking, overdraagbaarheid en bezwaar. Met de diensten kunt u gegevens zelf inzien, wijzigen, ophalen en wissen; waar dat niet volstaat, helpen wij op uw vraag.",
            "Richt een betrokkene zich tot ons, dan sturen wij het verzoek zonder uitstel aan u door en antwoorden wij niet zelf, behalve om naar u te verwijzen.",
        ],
    ),
    (
        "Datalekken",
        "28(3)(f), 33(2)",
        &[
            "Ontdekken wij een inbreuk in verband met uw persoonsgegevens, dan melden wij u die zonder onredelijke vertraging, zodat u binnen uw eigen termijn van 72 uur kunt melden.",
            "Wij vertellen wat er is gebeurd, om welke gegevens en ongeveer hoeveel betrokkenen het gaat, wat de gevolgen kunnen zijn, wat wij hebben gedaan en gaan doen, en wie u kunt bereiken. Wat nog niet bekend is, volgt zodra wij het weten.",
            "U beslist of u meldt aan de toezichthouder en aan betrokkenen. Wij melden alleen namens u als u dat vraagt.",
        ],
    ),
    (
        "Hulp bij uw andere plichten",
        "28(3)(f)",
        &[
            "Wij helpen u, voor zover dat gezien de verwerking en wat wij weten redelijk is, om de artikelen 32 tot en met 36 AVG na te komen: beveiliging, melding van inbreuken, gegevensbeschermingseffectbeoordelingen en voorafgaande raadpleging van de toezichthouder.",
        ],
    ),
    (
        "Teruggave en wissen",
        "28(3)(g)",
        &[
            "Aan het einde van een dienst kunt u uw gegevens ophalen. Daarna wissen wij ze, met de kopieën, binnen de termijn die bijlage 1 noemt. Vraagt u eerder om wissen, dan doen wij dat.",
            "Verplicht het recht van de Unie of van een lidstaat ons iets langer te bewaren, dan zeggen wij u wat, waarom en tot wanneer, en gebruiken wij het nergens anders voor.",
        ],
    ),
    (
        "Informatie en controle",
        "28(3)(h)",
        &[
            "Wij geven u alle informatie die nodig is om aan te tonen dat wij artikel 28 AVG nakomen. Ons logboek is zo ingericht dat u zonder ons kunt nagaan dat er achteraf niets in is veranderd.",
            "U mag controles en inspecties doen of laten doen door iemand die geheimhouding heeft beloofd, en wij werken daaraan mee. U kondigt een controle redelijke tijd vooraf aan, tenzij er een concreet vermoeden van een inbreuk is; de gegevens van andere klanten blijven daarbij afgeschermd. Ieder draagt de eigen kosten, tenzij blijkt dat wij tekortschoten: dan dragen wij ze.",
        ],
    ),
    (
        "Wijzigingen, aansprakelijkheid en recht",
        "",
        &[
            "Verandert ons beleid zo dat deze overeenkomst anders luidt, dan krijgt u een nieuwe versie. Daartegen kunt u binnen {days} dagen bezwaar maken, zoals bij een wijziging van subverwerkers.",
            "Voor aansprakelijkheid geldt wat in de algemene voorwaarden staat, voor zover de AVG niets anders bepaalt; artikel 82 AVG blijft onverkort gelden. Bij tegenspraak over persoonsgegevens gaat deze overeenkomst voor.",
            "Op deze overeenkomst is Nederlands recht van toepassing. Zij is elektronisch gesloten en heeft geen handtekening nodig (artikel 28, lid 9, AVG).",
        ],
    ),
];

const EN: [(&str, &str, &[&str]); 13] = [
    (
        "Subject matter and roles",
        "28(3)",
        &[
            "This agreement belongs to the services that you take from us and concerns the personal data that you or your users process with them. For those data you are the controller and we are the processor within the meaning of the General Data Protection Regulation (GDPR).",
            "If you yourself process on behalf of somebody else, you are a processor and we are a sub-processor. This agreement applies then too, and you see to it that the other party's instructions allow our processing.",
            "Annex 1 states for each service the nature and purpose of the processing, its duration, the types of personal data and the categories of data subjects.",
            "The data about you as a customer, which we need for our own administration, are covered by our privacy statement and not by this agreement.",
        ],
    ),
    (
        "Duration",
        "28(3)",
        &[
            "This agreement applies from the day of issue for as long as we process personal data for you. It ends when all those data have been returned or deleted; what by its nature lasts longer, such as confidentiality, continues to apply.",
            "A new version replaces the previous one. You can keep seeing every version.",
        ],
    ),
    (
        "Your instructions",
        "28(3)(a)",
        &[
            "We process the data only on your documented instructions, including transfers to a country outside the European Economic Area or to an international organisation. Your instructions are this agreement, the order, the settings you choose in the customer panel, and what you write to us through the contact form and we confirm.",
            "If the law of the Union or of a Member State requires us to process otherwise, we inform you beforehand, unless that law prohibits this on important grounds of public interest.",
            "We do not use the data for purposes of our own.",
        ],
    ),
    (
        "Unlawful instructions",
        "28(3)",
        &[
            "If in our opinion an instruction infringes the GDPR or other data protection rules, we inform you immediately. We may wait to carry it out until you have confirmed or changed the instruction.",
        ],
    ),
    (
        "Confidentiality",
        "28(3)(b)",
        &[
            "Only those who need the data for their work can reach them. Each of them has committed to confidentiality or is bound to it by law, also after the work has ended.",
            "Without your permission we do not look at the content of your websites, databases, e-mail and servers, except where that is needed to remedy a failure or abuse or where the law requires it. In those cases we look no further than necessary.",
        ],
    ),
    (
        "Security",
        "28(3)(c)",
        &[
            "We take the technical and organisational measures that article 32 GDPR requires of us. Annex 2 describes them; annex 1 states which belong to which service.",
            "We may replace measures by others that protect at least as well. You judge whether the measures suit the data you place with us, and you secure what you manage yourself, such as your passwords and the programs you install.",
        ],
    ),
    (
        "Sub-processors",
        "28(2), 28(3)(d), 28(4)",
        &[
            "You give us general authorisation to engage sub-processors. Annex 3 lists them as they are now.",
            "If we intend to add or replace a sub-processor, we inform you by e-mail at least {days} days beforehand. Within those {days} days you can object in the customer panel or through the contact form.",
            "If you object, we look for a solution together with you. If there is none, you can cancel the service concerned free of charge as of the day the change takes effect; what you paid in advance is refunded pro rata.",
            "We impose on each sub-processor in writing the same obligations that this agreement imposes on us. If it fails to fulfil them, we remain fully liable to you.",
            "Outside the European Economic Area data are processed only where annex 3 says so, under the safeguard of chapter V GDPR that it states.",
        ],
    ),
    (
        "Rights of data subjects",
        "28(3)(e)",
        &[
            "We assist you by appropriate measures in answering requests of data subjects, such as access, rectification, erasure, restriction, portability and objection. With the services you can see, change, fetch and delete data yourself; where that is not enough, we help when you ask.",
            "If a data subject turns to us, we forward the request to you without delay and do not answer it ourselves, except to refer to you.",
        ],
    ),
    (
        "Personal data breaches",
        "28(3)(f), 33(2)",
        &[
            "If we become aware of a breach concerning your personal data, we notify you without undue delay, so that you can notify within your own term of 72 hours.",
            "We tell you what happened, which data and approximately how many data subjects are concerned, what the consequences may be, what we have done and will do, and whom you can reach. What is not known yet follows as soon as we know it.",
            "You decide whether you notify the supervisory authority and data subjects. We notify on your behalf only if you ask us to.",
        ],
    ),
    (
        "Help with your other obligations",
        "28(3)(f)",
        &[
            "We assist you, as far as is reasonable given the processing and what we know, in complying with articles 32 to 36 GDPR: security, notification of breaches, data protection impact assessments and prior consultation of the supervisory authority.",
        ],
    ),
    (
        "Return and deletion",
        "28(3)(g)",
        &[
            "At the end of a service you can fetch your data. After that we delete them, with the copies, within the term that annex 1 states. If you ask for deletion earlier, we do so.",
            "If the law of the Union or of a Member State requires us to keep something longer, we tell you what, why and until when, and we use it for nothing else.",
        ],
    ),
    (
        "Information and audits",
        "28(3)(h)",
        &[
            "We make available to you all information needed to demonstrate that we comply with article 28 GDPR. Our ledger is made so that you can verify without us that nothing in it was changed afterwards.",
            "You may carry out audits and inspections, or have them carried out by somebody who has promised confidentiality, and we contribute to them. You announce an audit a reasonable time beforehand, unless there is a concrete suspicion of a breach; the data of other customers remain shielded. Each bears their own costs, unless it turns out that we fell short: then we bear them.",
        ],
    ),
    (
        "Changes, liability and law",
        "",
        &[
            "If our policy changes so that this agreement reads differently, you receive a new version. You can object to it within {days} days, as with a change of sub-processors.",
            "Liability is governed by the general terms, as far as the GDPR does not provide otherwise; article 82 GDPR applies in full. Where texts on personal data contradict each other, this agreement prevails.",
            "Dutch law applies to this agreement. It was concluded electronically and needs no signature (article 28(9) GDPR).",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_article_28_is_left_out_in_either_language() {
        for language in Language::ALL {
            let clauses = clauses(language, 30);
            let bases: String = clauses.iter().map(|clause| format!("{} ", clause.basis)).collect();
            for point in ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)", "(g)", "(h)"] {
                assert!(bases.contains(&format!("28(3){point}")), "{language:?}: {point}");
            }
            for other in ["28(2)", "28(4)", "33(2)"] {
                assert!(bases.contains(other), "{language:?}: {other}");
            }
            let text: String = clauses.iter().flat_map(|clause| clause.paragraphs.clone()).collect();
            assert!(text.contains("30 da") && !text.contains('{'), "{language:?}");
        }
    }

    #[test]
    fn both_languages_have_the_same_articles() {
        for (nl, en) in clauses(Language::Nl, 30).iter().zip(clauses(Language::En, 30)) {
            assert_eq!(
                (&nl.basis, nl.paragraphs.len()),
                (&en.basis, en.paragraphs.len()),
                "{} / {}",
                nl.title,
                en.title
            );
        }
    }
}
