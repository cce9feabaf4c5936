//! The names index: in the memory of the process only, rebuilt at start and dropped on erasure, so
//! that no searchable name ever stands on a disk.
//!
//! It maps folded words to customers and answers prefix searches of several words.

use super::CustomerId;
use base::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroize;

/// How many words of a query count.
const QUERY_WORDS_MAX: usize = 6;
/// How many words of a customer are indexed.
const CUSTOMER_WORDS_MAX: usize = 40;
/// How many candidates one word of a query may bring in.
const CANDIDATES_MAX: usize = 20_000;

/// When a customer was last changed, and its revision then.
pub type AsOf = (Timestamp, u32);

/// A customer that matches, in the order of its number.
pub type Match = CustomerId;

#[derive(Default)]
struct Index {
    words: BTreeMap<String, BTreeSet<CustomerId>>,
    of: HashMap<CustomerId, Known>,
}

/// What is known of a customer.
struct Known {
    words: Vec<String>,
    /// The change that it was read from; none when the process made that itself.
    as_of: Option<AsOf>,
}

/// The index.
#[derive(Default)]
pub struct Names {
    index: RwLock<Index>,
    complete: AtomicBool,
}

impl core::fmt::Debug for Names {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Names([withheld])")
    }
}

impl Names {
    /// Whether every customer was read since the process began. Until then a search finds some.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Relaxed)
    }

    pub(super) fn set_complete(&self) {
        self.complete.store(true, Ordering::Relaxed);
    }

    /// Whether a customer is in as it was after a change.
    #[must_use]
    pub fn is_current(&self, id: CustomerId, as_of: AsOf) -> bool {
        let index = self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        index.of.get(&id).is_some_and(|known| known.as_of == Some(as_of))
    }

    /// Puts a customer in as it was after a change, in place of what was known of it.
    pub fn put(&self, id: CustomerId, as_of: Option<AsOf>, texts: &[&str]) {
        let mut words: Vec<String> =
            texts.iter().flat_map(|text| fold_words(text)).take(CUSTOMER_WORDS_MAX).collect();
        words.sort_unstable();
        words.dedup();
        let mut index = self.index.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        index.take_out(id);
        for word in &words {
            index.words.entry(word.clone()).or_default().insert(id);
        }
        index.of.insert(id, Known { words, as_of });
    }

    /// Takes a customer out.
    pub fn remove(&self, id: CustomerId) {
        self.index.write().unwrap_or_else(std::sync::PoisonError::into_inner).take_out(id);
    }

    /// How many customers it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner).of.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Customers of which some word begins with each word of the query; at most `limit`, by id.
    #[must_use]
    pub fn find(&self, query: &str, limit: usize) -> Vec<Match> {
        let mut wanted: Vec<String> = fold_words(query).take(QUERY_WORDS_MAX).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        // The longest word first: it has the fewest candidates.
        wanted.sort_by_key(|word| core::cmp::Reverse(word.len()));
        let index = self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut found = BTreeSet::new();
        for (_, ids) in
            index.words.range(wanted[0].clone()..).take_while(|(word, _)| word.starts_with(&wanted[0]))
        {
            for id in ids {
                if index.has_all(*id, &wanted[1..]) {
                    found.insert(*id);
                }
                if found.len() >= CANDIDATES_MAX || (wanted[0].len() <= 1 && found.len() >= limit) {
                    return found.into_iter().take(limit).collect();
                }
            }
        }
        found.into_iter().take(limit).collect()
    }
}

impl Index {
    fn take_out(&mut self, id: CustomerId) {
        for mut word in self.of.remove(&id).map(|known| known.words).unwrap_or_default() {
            if let Some(ids) = self.words.get_mut(&word) {
                ids.remove(&id);
                if ids.is_empty()
                    && let Some((mut key, _)) = self.words.remove_entry(&word)
                {
                    key.zeroize();
                }
            }
            word.zeroize();
        }
    }

    fn has_all(&self, id: CustomerId, wanted: &[String]) -> bool {
        let Some(Known { words, .. }) = self.of.get(&id) else { return false };
        wanted.iter().all(|prefix| words.iter().any(|word| word.starts_with(prefix.as_str())))
    }
}

/// Words in lower case without accents, split at everything that is neither letter nor digit; an
/// address with an @ also stays whole.
fn fold_words(text: &str) -> impl Iterator<Item = String> + '_ {
    use unicode_normalization::UnicodeNormalization;
    let fold = |part: &str| -> String {
        part.nfkd()
            .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .collect()
    };
    text.split_whitespace().flat_map(move |part| {
        let whole = part.contains('@').then(|| fold(part));
        let pieces = part.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).map(fold);
        whole.into_iter().chain(pieces.collect::<Vec<_>>())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::{ManualClock, SeededRandom};

    #[test]
    fn finds_by_prefix_of_every_word_and_forgets() {
        let names = Names::default();
        let random = SeededRandom::new(3);
        let clock = ManualClock::at_second(1);
        let (one, two) = (CustomerId::new(&clock, &random), CustomerId::new(&clock, &random));
        let as_of = (Timestamp::from_seconds(5), 1);
        names.put(one, Some(as_of), &["Fenna Duïn", "fenna@klant.example", "K100001"]);
        names.put(two, None, &["Bakkerij Proef", "Fenna Bos", "K100002"]);
        assert_eq!(names.find("fen", 10).len(), 2);
        assert_eq!(names.find("DUIN fen", 10), [one]);
        assert_eq!(names.find("fenna@kl", 10), [one]);
        assert_eq!(names.find("k100002", 10), [two]);
        assert!(names.find("  ", 10).is_empty() && names.find("nobody", 10).is_empty());
        let later = (Timestamp::from_seconds(5), 2);
        assert!(names.is_current(one, as_of) && !names.is_current(one, later));
        names.put(one, Some(later), &["Nieuw"]);
        assert!(names.is_current(one, later) && !names.is_current(one, as_of));
        assert!(names.find("duin", 10).is_empty());
        names.remove(one);
        names.remove(two);
        assert!(!names.is_current(one, later));
        assert!(names.is_empty() && names.find("f", 10).is_empty());
        assert!(names.index.read().expect("not poisoned").words.is_empty());
    }
}
