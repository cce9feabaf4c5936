//! The one encoding that everything hashed, signed or authenticated stands on (CRYPTO section 1):
//! `T(a, b, …) = lp(a) ‖ lp(b) ‖ …` with `lp(x) = u32 big-endian length ‖ x`. It is injective:
//! no two lists of fields encode alike, which joining with a separator would not give.

/// `u32 length (big-endian) ‖ bytes`.
///
/// # Panics
/// When the field is 4 GiB or longer; every caller bounds its input far below that.
pub fn lp(out: &mut Vec<u8>, field: &[u8]) {
    let length = u32::try_from(field.len()).expect("fields are bounded by their parsers");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(field);
}

/// Builds a `T(label, …)`. The label comes first, always one of [`crate::label`].
///
/// ```
/// let bytes = base::Transcript::new("a").bytes(&[1, 2]).u32(7).finish();
/// assert_eq!(bytes, [0, 0, 0, 1, b'a', 0, 0, 0, 2, 1, 2, 0, 0, 0, 4, 0, 0, 0, 7]);
/// ```
#[derive(Clone)]
#[must_use]
pub struct Transcript(Vec<u8>);

impl Transcript {
    /// Begins with a label.
    pub fn new(label: &str) -> Self {
        let mut out = Vec::with_capacity(192);
        lp(&mut out, label.as_bytes());
        Self(out)
    }

    /// Adds a field of bytes.
    pub fn bytes(mut self, field: &[u8]) -> Self {
        lp(&mut self.0, field);
        self
    }

    /// Adds a field of text, as UTF-8.
    pub fn text(self, field: &str) -> Self {
        self.bytes(field.as_bytes())
    }

    /// Adds one byte.
    pub fn u8(self, field: u8) -> Self {
        self.bytes(&[field])
    }

    /// Adds a big-endian 16-bit number.
    pub fn u16(self, field: u16) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    /// Adds a big-endian 32-bit number.
    pub fn u32(self, field: u32) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    /// Adds a big-endian 64-bit number.
    pub fn u64(self, field: u64) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    /// The encoded bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(fields: &[Vec<u8>]) -> Vec<u8> {
        fields.iter().fold(Transcript::new("x"), |t, field| t.bytes(field)).finish()
    }

    proptest! {
        #[test]
        fn different_fields_never_encode_alike(
            one in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..5),
            other in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..5),
        ) {
            prop_assert_eq!(one == other, encode(&one) == encode(&other));
        }
    }
}
