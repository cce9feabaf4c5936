//! Purposes: why data is held. Each has its own data keys, and its own type, so that code written
//! for one purpose cannot open values of another.
//!
//! The names here are the names in the policy. A purpose joins the list together with the code
//! that needs it.

/// What the data key of a purpose is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Sealing fields.
    Fields,
    /// The salt of a subject's ledger commitments; it never seals anything.
    Salt,
}

/// A purpose, as a type. Implemented by the empty enums of this module.
pub trait Purpose: Send + Sync + 'static {
    /// The name in the policy, in key rows and in associated data: see [`is_name`].
    const NAME: &'static str;
    /// What its keys are for.
    const USE: KeyUse = KeyUse::Fields;
}

/// The longest purpose name, in bytes.
pub const NAME_BYTES_MAX: usize = 40;

/// Whether a text can be a purpose name: 1 to 40 of `a-z`, `0-9`, `_` and `-`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

macro_rules! purposes {
    ($($(#[$meta:meta])* $type:ident, $name:literal, $use:ident;)+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $type {}

            impl Purpose for $type {
                const NAME: &'static str = $name;
                const USE: KeyUse = KeyUse::$use;
            }
        )+

        /// The names of all purposes of this program.
        pub const ALL: &[&str] = &[$($name),+];
    };
}

purposes! {
    /// The account: contact data, sign-in.
    Account, "account", Fields;
    /// Invoices, payments and the books.
    Invoicing, "invoicing", Fields;
    /// Messages and their threads.
    Support, "support", Fields;
    /// Requests about rights, and what comes of them.
    Rights, "rights", Fields;
    /// Sign-in attempts, sessions and second factors.
    Security, "security", Fields;
    /// Leaks: the provider's own cases, and what customers report of theirs.
    Incidents, "incidents", Fields;
    /// Which data a supplier was given, under which reference, and what came of the demand to delete them.
    Disclosures, "disclosures", Fields;
    /// The salt of a subject's commitments in the ledger.
    Ledger, "ledger", Salt;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_well_formed_and_distinct() {
        for (i, name) in ALL.iter().enumerate() {
            assert!(is_name(name) && !ALL[..i].contains(name));
        }
        for bad in ["", "Account", "a b", "é", &"a".repeat(41)] {
            assert!(!is_name(bad), "{bad}");
        }
        for good in ["a", "a1", "a_b", "a-b", "0", &"a".repeat(40)] {
            assert!(is_name(good), "{good}");
        }
        assert_eq!((Ledger::USE, Account::USE), (KeyUse::Salt, KeyUse::Fields));
    }
}
