//! The check symbols of bech32m (BIP 350), over five-bit symbols: any four wrong symbols in a line of at
//! most 89 are found for certain, other damage with odds of one in a milliard. It finds accidents;
//! it authenticates nothing.

/// The alphabet of BIP 173: no 1, b, i or o, which people mistake.
const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const FINAL: u32 = 0x2bc8_30a3;
/// How many check symbols there are.
pub(crate) const CHECK: usize = 6;

/// The letter of a five-bit symbol.
pub(crate) fn letter(symbol: u8) -> char {
    char::from(ALPHABET[usize::from(symbol & 31)])
}

/// The symbol of a letter, upper or lower case.
pub(crate) fn symbol(letter: char) -> Option<u8> {
    let lower = u8::try_from(letter.to_ascii_lowercase()).ok()?;
    ALPHABET.iter().position(|&known| known == lower).and_then(|at| u8::try_from(at).ok())
}

fn polymod(symbols: impl Iterator<Item = u8>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let mut state = 1u32;
    for symbol in symbols {
        let top = state >> 25;
        state = ((state & 0x01ff_ffff) << 5) ^ u32::from(symbol);
        for (i, generator) in GENERATOR.iter().enumerate() {
            if (top >> i) & 1 == 1 {
                state ^= generator;
            }
        }
    }
    state
}

/// The check symbols of a line.
pub(crate) fn check(symbols: &[u8]) -> [u8; CHECK] {
    let state = polymod(symbols.iter().copied().chain([0; CHECK])) ^ FINAL;
    core::array::from_fn(|i| ((state >> (5 * (CHECK - 1 - i))) & 31) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check of a whole BIP 350 string: prefix expanded, then the data part.
    fn of_bip_350(prefix: &str, data: &str) -> String {
        let mut symbols: Vec<u8> = prefix.bytes().map(|b| b >> 5).collect();
        symbols.push(0);
        symbols.extend(prefix.bytes().map(|b| b & 31));
        symbols.extend(data.chars().map(|c| symbol(c).expect("a symbol")));
        check(&symbols).iter().map(|symbol| letter(*symbol)).collect()
    }

    #[test]
    fn agrees_with_the_test_vectors_of_bip_350() {
        assert_eq!(of_bip_350("a", ""), "lqfn3a");
        assert_eq!(of_bip_350("abcdef", "l7aum6echk45nj3s0wdvt2fg8x9yrzpq"), "zd3ryx");
        assert_eq!(of_bip_350("?", ""), "v759aa");
        assert_eq!(of_bip_350("split", "checkupstagehandshakeupstreamerranterredcaperred"), "lc445v");
    }

    #[test]
    fn letters_are_one_to_one() {
        for value in 0..32 {
            assert_eq!(symbol(letter(value)), Some(value));
            assert_eq!(symbol(letter(value).to_ascii_uppercase()), Some(value));
        }
        for none in ['1', 'b', 'i', 'o', ' ', 'é', '\u{171}'] {
            assert_eq!(symbol(none), None);
        }
    }
}
