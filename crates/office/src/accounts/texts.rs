//! The texts of mails about logins, in Dutch and English. Titles say nothing personal: they are shown
//! in lists and on locked telephones. Greeting and signature come from `mailing`.

use super::model::{Role, StaffRole};
use base::Language;

/// A mail's words.
pub(super) struct Text {
    pub title: String,
    pub body: String,
}

fn text(title: &str, body: String) -> Text {
    Text { title: title.to_owned(), body }
}

fn role_in_words(language: Language, role: Role) -> &'static str {
    match (language, role) {
        (Language::Nl, Role::Owner) => "eigenaar: u mag alles inzien en regelen",
        (Language::Nl, Role::Manager) => "beheerder: u mag gegevens wijzigen en berichten sturen",
        (Language::Nl, Role::Reader) => "meelezer: u mag alles inzien",
        (Language::En, Role::Owner) => "owner: you may see and arrange everything",
        (Language::En, Role::Manager) => "manager: you may change details and send messages",
        (Language::En, Role::Reader) => "reader: you may see everything",
    }
}

const fn staff_in_words(language: Language, role: StaffRole) -> &'static str {
    match (language, role) {
        (Language::Nl, StaffRole::Admin) => "beheer",
        (Language::Nl, StaffRole::Privacy) => "privacy",
        (Language::Nl, StaffRole::Support) => "klantenservice",
        (Language::Nl, StaffRole::Auditor) => "controle",
        (Language::En, StaffRole::Admin) => "administration",
        (Language::En, StaffRole::Privacy) => "privacy",
        (Language::En, StaffRole::Support) => "support",
        (Language::En, StaffRole::Auditor) => "audit",
    }
}

/// An invitation to a customer.
pub(super) fn invitation(language: Language, customer: &str, role: Role, link: &str) -> Text {
    let role = role_in_words(language, role);
    match language {
        Language::Nl => text(
            "Uitnodiging voor het klantenpaneel",
            format!(
                "U bent uitgenodigd om in te loggen voor {customer}, als {role}.\n\n\
                 Neem de uitnodiging aan via deze link:\n{link}\n\n\
                 De link werkt één keer en is zeven dagen geldig. Doet u niets, dan verwijderen we daarna de \
                 gegevens die voor deze uitnodiging zijn ingevuld.\n"
            ),
        ),
        Language::En => text(
            "Invitation to the customer panel",
            format!(
                "You have been invited to sign in for {customer}, as {role}.\n\n\
                 Accept the invitation with this link:\n{link}\n\n\
                 The link works once, within seven days. If you do nothing, we then delete the details that were \
                 entered for this invitation.\n"
            ),
        ),
    }
}

/// An invitation to a new staff member.
pub(super) fn staff_invitation(language: Language, role: StaffRole, link: &str) -> Text {
    let role = staff_in_words(language, role);
    match language {
        Language::Nl => text(
            "Uw toegang als medewerker",
            format!(
                "Er is een medewerkersaccount voor u aangemaakt, met de rol {role}.\n\n\
                 Kies uw wachtwoord via deze link:\n{link}\n\n\
                 De link werkt één keer en is zeven dagen geldig. Houd een authenticator-app bij de hand: bij de \
                 eerste keer inloggen stelt u uw tweede factor in.\n"
            ),
        ),
        Language::En => text(
            "Your access as a member of staff",
            format!(
                "A staff account has been made for you, with the role {role}.\n\n\
                 Choose your password with this link:\n{link}\n\n\
                 The link works once, within seven days. Keep an authenticator app at hand: you set up your second \
                 factor when you first sign in.\n"
            ),
        ),
    }
}

/// A link to choose a new password.
pub(super) fn recovery(language: Language, link: &str) -> Text {
    match language {
        Language::Nl => text(
            "Een nieuw wachtwoord kiezen",
            format!(
                "Met deze link kiest u een nieuw wachtwoord:\n{link}\n\n\
                 De link werkt één keer en is een uur geldig. Gebruikt u een tweede factor, dan blijft die nodig om in \
                 te loggen.\n\nHebt u hier niet om gevraagd? Dan hoeft u niets te doen; uw wachtwoord blijft zoals \
                 het is.\n"
            ),
        ),
        Language::En => text(
            "Choosing a new password",
            format!(
                "With this link you choose a new password:\n{link}\n\n\
                 The link works once, within an hour. If you use a second factor, you will still need it to sign \
                 in.\n\nDid you not ask for this? Then there is nothing you need to do; your password stays as it is.\n"
            ),
        ),
    }
}

/// A link that confirms a new address; goes to the new one.
pub(super) fn new_email(language: Language, link: &str) -> Text {
    match language {
        Language::Nl => text(
            "Bevestig uw nieuwe e-mailadres",
            format!(
                "Bevestig met deze link dat u voortaan met dit e-mailadres inlogt:\n{link}\n\n\
                 De link werkt één keer en is een uur geldig. Hebt u hier niet om gevraagd? Dan hoeft u niets te doen.\n"
            ),
        ),
        Language::En => text(
            "Confirm your new e-mail address",
            format!(
                "Confirm with this link that you sign in with this e-mail address from now on:\n\
                 {link}\n\nThe link works once, within an hour. Did you not ask for this? Then there is nothing you \
                 need to do.\n"
            ),
        ),
    }
}

/// What changed about the security of a login.
#[derive(Clone, Copy)]
pub(super) enum Notice {
    PasswordChanged,
    SecondFactorOn,
    SecondFactorOff,
    RecoveryCodeUsed,
    RecoveryCodesRenewed,
    EmailChangeAsked,
    EmailChanged,
    StaffRoleChanged,
}

impl Notice {
    const fn sentence(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::Nl, Self::PasswordChanged) => "Het wachtwoord van uw account is gewijzigd.",
            (Language::Nl, Self::SecondFactorOn) => "De tweede factor van uw account is ingesteld.",
            (Language::Nl, Self::SecondFactorOff) => "De tweede factor van uw account is uitgezet.",
            (Language::Nl, Self::RecoveryCodeUsed) => {
                "Er is ingelogd op uw account met een van uw herstelcodes."
            }
            (Language::Nl, Self::RecoveryCodesRenewed) => {
                "Er zijn nieuwe herstelcodes voor uw account gemaakt; de oude werken niet meer."
            }
            (Language::Nl, Self::EmailChangeAsked) => {
                "Er is gevraagd om voor uw account een ander e-mailadres te gebruiken. Dat gaat pas in na bevestiging vanaf het nieuwe adres."
            }
            (Language::Nl, Self::EmailChanged) => {
                "Uw account heeft voortaan een ander e-mailadres; met dit adres kunt u niet meer inloggen."
            }
            (Language::Nl, Self::StaffRoleChanged) => "Uw rol als medewerker is gewijzigd.",
            (Language::En, Self::PasswordChanged) => "The password of your account was changed.",
            (Language::En, Self::SecondFactorOn) => "The second factor of your account was set up.",
            (Language::En, Self::SecondFactorOff) => "The second factor of your account was switched off.",
            (Language::En, Self::RecoveryCodeUsed) => {
                "Somebody signed in to your account with one of your recovery codes."
            }
            (Language::En, Self::RecoveryCodesRenewed) => {
                "New recovery codes were made for your account; the old ones no longer work."
            }
            (Language::En, Self::EmailChangeAsked) => {
                "Somebody asked to use another e-mail address for your account. It takes effect only when confirmed from the new address."
            }
            (Language::En, Self::EmailChanged) => {
                "Your account has another e-mail address from now on; you can no longer sign in with this one."
            }
            (Language::En, Self::StaffRoleChanged) => "Your role as a member of staff was changed.",
        }
    }
}

/// Tells of a change; whoever did not make it is told what to do.
pub(super) fn notice(language: Language, notice: Notice, base_url: &str) -> Text {
    let sentence = notice.sentence(language);
    match language {
        Language::Nl => text(
            "Wijziging in de beveiliging van uw account",
            format!(
                "{sentence}\n\nWas u dit niet? Kies dan meteen een nieuw wachtwoord via {base_url}/recover en \
                 laat het ons weten.\n"
            ),
        ),
        Language::En => text(
            "A change in the security of your account",
            format!(
                "{sentence}\n\nWas this not you? Then choose a new password at once at {base_url}/recover and \
                 let us know.\n"
            ),
        ),
    }
}
