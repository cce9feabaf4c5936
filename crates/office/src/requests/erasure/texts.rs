//! What people read about an erasure: the last mail, and the words of the receipt.

use super::{Dates, Hold};
use base::{Day, Language, Timestamp};
use policy::Policy;

/// A date in Europe/Amsterdam, such as "22 november 2026".
fn date(at: Timestamp, language: Language) -> String {
    crate::requests::texts::date(at, language)
}

/// A moment in Europe/Amsterdam, to the minute.
fn moment(at: Timestamp, language: Language) -> String {
    let local = at.in_amsterdam();
    let at_word = if language == Language::Nl { "om" } else { "at" };
    format!("{} {at_word} {:02}:{:02}", date(at, language), local.hour(), local.minute())
}

/// "- what: why. until" for each.
fn stays(holds: &[Hold], language: Language) -> String {
    let (why, until) = if language == Language::Nl { ("Waarom", "Hoe lang") } else { ("Why", "How long") };
    holds
        .iter()
        .map(|hold| {
            format!(
                "- {}\n  {why}: {}.\n  {until}: {}.",
                hold.what.of(language),
                hold.ground.of(language),
                hold.until.in_words(language)
            )
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Title and text of the last mail.
pub(super) fn farewell(
    language: Language,
    address: &str,
    holds: &[Hold],
    policy: &Policy,
) -> (String, String) {
    let stays = stays(holds, language);
    let backups = policy.erasure().backups_within.in_words(language);
    match language {
        Language::Nl => (
            "Wij wissen uw gegevens; hier vindt u straks het bewijs".to_owned(),
            format!(
                "Dit is ons laatste bericht. Zodra het is verstuurd, wissen wij uw gegevens en kan niemand ze nog lezen; ook \
                 inloggen kan dan niet meer. In back-ups worden ze binnen {backups} onleesbaar.\n\n\
                 Op deze pagina haalt u een bewijs op dat u zonder ons kunt controleren:\n\n{address}\n\n\
                 Bewaar deze link: wij kunnen hem niet opnieuw sturen, want ook uw e-mailadres wordt gewist.\n\n\
                 Dit blijft:\n\n{stays}"
            ),
        ),
        Language::En => (
            "We are erasing your data; this is where your receipt will be".to_owned(),
            format!(
                "This is our last message. As soon as it has been sent we erase your data and nobody can read them any more; \
                 you can no longer sign in either. In backups they become unreadable within {backups}.\n\n\
                 On this page you collect a receipt that you can check without us:\n\n{address}\n\n\
                 Keep this link: we cannot send it again, because your e-mail address is erased too.\n\n\
                 This stays:\n\n{stays}"
            ),
        ),
    }
}

/// The words of an erasure's receipt. They say nothing about the person.
pub(crate) fn receipt_words(
    language: Language,
    policy: &Policy,
    purposes: &[String],
    dates: Dates,
    holds: &[Hold],
) -> String {
    let provider = &policy.provider().name;
    let titles = purposes.iter().map(|name| {
        format!("- {}", policy.purpose(name).map_or(name.as_str(), |purpose| purpose.title.of(language)))
    });
    let erased = titles.collect::<Vec<_>>().join("\n");
    let (live, due) = (moment(dates.live, language), last_day(dates.backup_due, language));
    let stays = stays(holds, language);
    match language {
        Language::Nl => {
            let backup = dates.backup.map_or_else(
                || {
                    format!(
                        "uiterlijk {due}; haal het bewijs daarna opnieuw op, dan staat hier sinds wanneer"
                    )
                },
                |at| format!("sinds {}", moment(at, language)),
            );
            format!(
                "{provider} heeft uw gegevens gewist.\n\n\
                 Gewist, met de sleutels waarmee ze te lezen waren, voor deze doelen:\n{erased}\n\n\
                 Bij ons onleesbaar: sinds {live}.\n\
                 Ook in de laatste back-up onleesbaar: {backup}.\n\n\
                 Dit blijft:\n{stays}\n\n\
                 Zelf controleren, zonder ons: bewaar dit bewijs als receipt.tlog-proof, neem de openbare sleutel van ons \
                 logboek, en geef de opdracht\n  waarborg verify receipt.tlog-proof --key SLEUTEL\n\
                 Die bewijst dat het wissen, met de nummers van de vernietigde sleutels, in het logboek staat en daar niet meer uit kan. \
                 Deze toelichting zelf hoort niet bij wat bewezen wordt. Dat niemand eerder een kopie heeft gemaakt, kan geen \
                 bewijs laten zien."
            )
        }
        Language::En => {
            let backup = dates.backup.map_or_else(
                || {
                    format!(
                        "on {due} at the latest; fetch the receipt again after that, and it says since when"
                    )
                },
                |at| format!("since {}", moment(at, language)),
            );
            format!(
                "{provider} has erased your data.\n\n\
                 Erased, with the keys by which they could be read, for these purposes:\n{erased}\n\n\
                 Unreadable with us: since {live}.\n\
                 Unreadable in the last backup too: {backup}.\n\n\
                 This stays:\n{stays}\n\n\
                 To check it yourself, without us: keep this receipt as receipt.tlog-proof, take the public key of our ledger, \
                 and run\n  waarborg verify receipt.tlog-proof --key KEY\n\
                 It proves that the erasure, with the numbers of the destroyed keys, is in the ledger and cannot be taken out. \
                 These words are not part of what is proved. That nobody made a copy before, no proof can show."
            )
        }
    }
}

/// The day of a date that is the start of a UTC day, in words.
fn last_day(at: Timestamp, language: Language) -> String {
    date(Day::start(at.day()), language)
}
