//! The VAT category of what is sold. The rate of a category on a day is data of the slice `billing`.

/// The category of a product under the Wet op de omzetbelasting 1968.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vat {
    /// The general rate (art. 9 lid 1).
    Standard,
    /// The reduced rate of table I (art. 9 lid 2 onder a).
    Reduced,
    /// The zero rate of table II (art. 9 lid 2 onder b).
    Zero,
}

impl Vat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Reduced, Self::Zero];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Reduced => "reduced",
            Self::Zero => "zero",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vat| vat.as_str() == text)
    }
}
