//! Strings while rows are gathered: each gets a number, in the order of their coming.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

#[derive(Clone, Copy)]
struct Slot {
    /// Kept whole, so that growing the table touches no strings. The hash is seeded: strings are the clients' choice.
    hash: u64,
    number: u32,
    from: u32,
    length: u16,
}

/// Strings and their numbers.
#[derive(Default)]
pub struct Dictionary {
    table: HashTable<Slot>,
    spans: Vec<(u32, u16)>,
    bytes: Vec<u8>,
}

/// Hashes a string; one builder for all dictionaries of a segment.
#[inline]
pub fn hash(builder: &DefaultHashBuilder, string: &[u8]) -> u64 {
    builder.hash_one(string)
}

impl Dictionary {
    /// The number of a string that is there.
    #[inline]
    pub fn find(&self, hash: u64, string: &[u8]) -> Option<u32> {
        let same = |slot: &Slot| {
            slot.hash == hash
                && self.bytes.get(slot.from as usize..slot.from as usize + slot.length as usize)
                    == Some(string)
        };
        self.table.find(hash, same).map(|slot| slot.number)
    }

    /// Adds a string that is not there.
    pub fn add(&mut self, hash: u64, string: &[u8]) -> u32 {
        let number = self.spans.len() as u32;
        let span = (self.bytes.len() as u32, string.len() as u16);
        self.bytes.extend_from_slice(string);
        self.spans.push(span);
        let slot = Slot { hash, number, from: span.0, length: span.1 };
        self.table.insert_unique(hash, slot, |slot| slot.hash);
        number
    }

    pub const fn len(&self) -> usize {
        self.spans.len()
    }

    /// The string of a number.
    pub fn string(&self, number: u32) -> &[u8] {
        let (from, length) = self.spans[number as usize];
        &self.bytes[from as usize..from as usize + length as usize]
    }

    /// The strings in the order of their bytes, and the place of each number in that order. The lookup table
    /// goes: nothing is added any more.
    pub fn sorted(&mut self) -> (Vec<&[u8]>, Vec<u32>) {
        self.table = HashTable::default();
        let mut order: Vec<(&[u8], u32)> =
            (0..self.spans.len() as u32).map(|number| (self.string(number), number)).collect();
        order.sort_unstable();
        let mut places = vec![0; order.len()];
        for (place, (_, number)) in order.iter().enumerate() {
            places[*number as usize] = place as u32;
        }
        (order.into_iter().map(|(string, _)| string).collect(), places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn each_string_has_one_number(strings: Vec<Vec<u8>>) {
            let builder = DefaultHashBuilder::default();
            let mut dictionary = Dictionary::default();
            for string in strings.iter().chain(&strings) {
                let hash = hash(&builder, string);
                let number = dictionary.find(hash, string).unwrap_or_else(|| dictionary.add(hash, string));
                prop_assert_eq!(dictionary.string(number), &string[..]);
            }
            let distinct: BTreeSet<&[u8]> = strings.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(dictionary.len(), distinct.len());
            let numbers: Vec<Vec<u8>> = (0..dictionary.len() as u32).map(|n| dictionary.string(n).to_vec()).collect();
            let (order, places) = dictionary.sorted();
            prop_assert!(order.iter().copied().eq(distinct));
            for (string, place) in numbers.iter().zip(places) {
                prop_assert_eq!(order[place as usize], &string[..]);
            }
        }
    }
}
