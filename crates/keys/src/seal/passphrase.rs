//! Passphrases of share files: six words out of 2,048 (the English list of BIP 39, MIT licence), made by the program.
//! That is 66 bits, and each guess costs what [`super::secret::WORK_FACTOR`] says. People do not choose them.

use base::Random;
use core::{fmt, str::FromStr};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

const WORDS: &str = include_str!("words.txt");
const LIST: usize = 2048;
const COUNT: usize = 6;
/// Six words of eight letters, with generous space around them.
const TEXT_BYTES_MAX: usize = 200;

/// Why a text is no passphrase. It does not repeat the text.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PassphraseError {
    /// Not six words.
    #[error("a passphrase has {COUNT} words, not {count}")]
    Count {
        /// How many there are.
        count: usize,
    },
    /// A word that is not on the list.
    #[error("word {place} is not on the list; was it mistyped?")]
    Word {
        /// Its place, from 1.
        place: usize,
    },
    /// Far longer than six words.
    #[error("the text is too long to be a passphrase")]
    TooLong,
}

/// Six words: wiped when dropped, never printed by accident.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Passphrase {}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase([withheld])")
    }
}

impl Passphrase {
    /// A fresh one.
    #[must_use]
    pub fn generate(random: &dyn Random) -> Self {
        let list: Vec<&str> = WORDS.lines().collect();
        let mut text = Zeroizing::new(String::with_capacity(TEXT_BYTES_MAX));
        for place in 0..COUNT {
            let mut bytes = Zeroizing::new([0u8; 2]);
            random.fill(bytes.as_mut_slice());
            // 2,048 divides 65,536: every word is equally likely.
            let word = list.get(usize::from(u16::from_be_bytes(*bytes)) % LIST).copied().unwrap_or_default();
            if place > 0 {
                text.push(' ');
            }
            text.push_str(word);
        }
        Self(text)
    }

    /// The words, to show to the officer once and to open the file.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Passphrase {
    type Err = PassphraseError;

    /// Reads what an officer typed: case and the space between words do not matter.
    fn from_str(text: &str) -> Result<Self, PassphraseError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(PassphraseError::TooLong);
        }
        let mut joined = Zeroizing::new(String::with_capacity(TEXT_BYTES_MAX));
        let mut count = 0;
        for word in text.split_whitespace() {
            count += 1;
            let listed = WORDS.lines().find(|listed| word.eq_ignore_ascii_case(listed));
            let listed = listed.ok_or(PassphraseError::Word { place: count })?;
            if count > 1 {
                joined.push(' ');
            }
            joined.push_str(listed);
        }
        if count == COUNT { Ok(Self(joined)) } else { Err(PassphraseError::Count { count }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::SeededRandom;
    use std::collections::BTreeSet;

    #[test]
    fn words_are_distinct_by_their_first_four_letters() {
        let words: BTreeSet<&str> = WORDS.lines().collect();
        let starts: BTreeSet<&str> = WORDS.lines().map(|word| &word[..word.len().min(4)]).collect();
        assert_eq!((words.len(), starts.len(), WORDS.lines().count()), (LIST, LIST, LIST));
        assert!(WORDS.lines().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn passphrases_are_six_words_and_read_back() {
        let one = Passphrase::generate(&SeededRandom::new(1));
        assert_eq!(one.expose().split(' ').count(), COUNT);
        assert_ne!(one, Passphrase::generate(&SeededRandom::new(2)));
        let typed = format!("  {}\n", one.expose().to_uppercase().replace(' ', "   "));
        assert_eq!(typed.parse(), Ok(one.clone()));
        assert_eq!("abandon zoo".parse::<Passphrase>(), Err(PassphraseError::Count { count: 2 }));
        assert_eq!("abandon zoon".parse::<Passphrase>(), Err(PassphraseError::Word { place: 2 }));
        assert_eq!(
            format!("{} zoo", one.expose()).parse::<Passphrase>(),
            Err(PassphraseError::Count { count: 7 })
        );
        let long = format!("{:>1$}", one.expose(), TEXT_BYTES_MAX + 1);
        assert_eq!(long.parse::<Passphrase>(), Err(PassphraseError::TooLong));
        assert_eq!(long[1..].parse::<Passphrase>(), Ok(one.clone()));
        assert_eq!(format!("{one:?}"), "Passphrase([withheld])");
    }
}
