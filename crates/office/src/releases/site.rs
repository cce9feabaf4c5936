//! Which domain a site id stands for, as the ledger tells it: by a commitment that says nothing without its opening.

use base::{Transcript, label};
use hmac::{Hmac, KeyInit as _, Mac as _};
use keys::seal::SiteId;
use sha2::Sha256;

/// What the ledger entry `site` holds: HMAC(opening, T("site/v1", id, domain)). The opening is random and is kept with
/// the customer; officers get it when they are asked to open that site.
#[must_use]
pub fn site_commitment(opening: &[u8; 32], site: SiteId, domain: &str) -> [u8; 32] {
    let text = Transcript::new(label::SITE).bytes(site.bytes()).text(domain).finish();
    let mut mac = Hmac::<Sha256>::new_from_slice(opening).expect("HMAC takes keys of any length");
    mac.update(&text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_holds_for_one_site_domain_and_opening() {
        let (site, other) = (SiteId::from_bytes([1; 16]), SiteId::from_bytes([2; 16]));
        let right = site_commitment(&[3; 32], site, "shop.example");
        assert_eq!(site_commitment(&[3; 32], site, "shop.example"), right);
        for wrong in [
            site_commitment(&[4; 32], site, "shop.example"),
            site_commitment(&[3; 32], other, "shop.example"),
            site_commitment(&[3; 32], site, "shop.example."),
        ] {
            assert_ne!(wrong, right);
        }
    }
}
