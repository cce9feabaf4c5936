//! The mails about orders. They name numbers and amounts, and no domain name: a mail travels in the open.

use super::{EarlyStart, Quote, TermsVersion};
use crate::services::terms::Buyer;
use base::Language;

/// Title and text that confirm an order.
pub(super) fn placed(
    language: Language,
    number: i64,
    quote: &Quote,
    early: EarlyStart,
    base_url: &str,
) -> (String, String) {
    let total = quote.total().in_words(language);
    match language {
        Language::Nl => {
            let early = match early {
                EarlyStart::Asked => {
                    "\n\nU hebt ons gevraagd meteen te beginnen. Ontbindt u binnen 14 dagen, dan betaalt u alleen de dagen tot \
                     dan."
                }
                EarlyStart::NotAsked => "",
            };
            (
                format!("Wij hebben uw bestelling ontvangen ({number})"),
                format!(
                    "Wij hebben uw bestelling {number} ontvangen. De eerste factuur wordt {total}, inclusief btw.\n\n\
                     Een medewerker bekijkt uw bestelling. Zodra wij haar aanvaarden, krijgt u daar bericht van en is er een \
                     overeenkomst.{early}\n\nUw bestelling staat op {base_url}/panel/services."
                ),
            )
        }
        Language::En => {
            let early = match early {
                EarlyStart::Asked => {
                    "\n\nYou asked us to begin at once. If you withdraw within 14 days, you pay only for the days until then."
                }
                EarlyStart::NotAsked => "",
            };
            (
                format!("We have received your order ({number})"),
                format!(
                    "We have received your order {number}. The first invoice will be {total}, including VAT.\n\n\
                     A member of our staff looks at your order. As soon as we accept it we will tell you, and there is an \
                     agreement.{early}\n\nYour order is at {base_url}/panel/services."
                ),
            )
        }
    }
}

/// Title and text that tell that an order became an agreement, with the texts that hold for it: the
/// confirmation on a durable medium of art. 6:230v BW.
pub(super) fn accepted(
    language: Language,
    order: i64,
    buyer: Buyer,
    texts: &[&TermsVersion],
    base_url: &str,
) -> (String, String) {
    let texts: Vec<&str> = texts.iter().map(|text| text.of(language)).collect();
    let texts = texts.join("\n\n--\n\n");
    match language {
        Language::Nl => {
            let right = if buyer.is_consumer() {
                "\n\nU bent consument: u kunt deze overeenkomst binnen 14 dagen na vandaag ontbinden, zonder reden, met één knop bij \
                 de dienst of met een bericht aan ons."
            } else {
                ""
            };
            (
                format!("Uw bestelling {order} is aanvaard"),
                format!(
                    "Wij hebben uw bestelling {order} aanvaard; vanaf vandaag is er een overeenkomst. Wij maken uw diensten nu \
                     klaar.{right}\n\nUw diensten staan op {base_url}/panel/services. Daar kunt u ze ook wijzigen en \
                     opzeggen.\n\nDit hebt u bij uw bestelling aanvaard:\n\n{texts}"
                ),
            )
        }
        Language::En => {
            let right = if buyer.is_consumer() {
                "\n\nYou are a consumer: you can withdraw from this agreement within 14 days from today, without a reason, with one \
                 button at the service or with a message to us."
            } else {
                ""
            };
            (
                format!("Your order {order} has been accepted"),
                format!(
                    "We have accepted your order {order}; from today there is an agreement. We are now setting up your \
                     services.{right}\n\nYour services are at {base_url}/panel/services. You can change and cancel them there \
                     too.\n\nThis is what you accepted with your order:\n\n{texts}"
                ),
            )
        }
    }
}

/// Title and text that tell that an order was cancelled.
pub(super) fn cancelled(language: Language, order: i64) -> (String, String) {
    match language {
        Language::Nl => (
            format!("Uw bestelling {order} gaat niet door"),
            format!("Uw bestelling {order} is geannuleerd. Er is geen overeenkomst, en u betaalt niets."),
        ),
        Language::En => (
            format!("Your order {order} is cancelled"),
            format!("Your order {order} has been cancelled. There is no agreement, and you pay nothing."),
        ),
    }
}
