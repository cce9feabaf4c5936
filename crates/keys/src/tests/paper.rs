//! Paper shares: any k of n open, fewer do not; every typing error is found where it is.

use crate::RootKey;
use crate::paper::{PaperError, SHARES_MAX, Share, split};
use base::SeededRandom;
use proptest::prelude::*;

fn set(k: u8, n: u8, seed: u64) -> (RootKey, Vec<Share>) {
    let random = SeededRandom::new(seed);
    let root = RootKey::generate(&random);
    let shares = split(&root, k, n, &random).expect("splits");
    (root, shares)
}

/// Whether a text's five coded lines read as a share.
fn read(text: &str) -> Result<Share, PaperError> {
    text.parse()
}

#[test]
fn numbers_have_limits() {
    let random = SeededRandom::new(1);
    let root = RootKey::generate(&random);
    for (k, n) in [(0, 0), (0, 3), (1, 3), (4, 3), (2, 33), (33, 33)] {
        assert_eq!(split(&root, k, n, &random).err(), Some(PaperError::Numbers), "{k} of {n}");
    }
    let all = split(&root, SHARES_MAX, SHARES_MAX, &random).expect("splits");
    assert_eq!(RootKey::from_shares(&all).as_ref(), Ok(&root));
    let few = split(&root, 2, 2, &random).expect("splits");
    assert_eq!(RootKey::from_shares(&few).as_ref(), Ok(&root));
}

#[test]
fn a_sheet_says_what_it_is() {
    let (_, shares) = set(3, 5, 1);
    let share = &shares[1];
    assert_eq!((share.index(), share.threshold(), share.count()), (2, 3, 5));
    let text = share.text();
    assert!(text.contains("sheet 2 of 5; any 3 give the key") && text.contains(&share.set()));
    assert_eq!(text.lines().count(), 7);
    assert_eq!(format!("{share:?}"), "Share(2 of 5, any 3 open)");
}

#[test]
fn mixed_doubled_and_too_few_sheets_are_refused() {
    let (_, shares) = set(3, 5, 1);
    let (_, others) = set(3, 5, 2);
    let few = PaperError::TooFew { needed: 3, found: 2 };
    assert_eq!(RootKey::from_shares(&shares[..2]).err(), Some(few));
    assert_eq!(RootKey::from_shares(&[]).err(), Some(PaperError::TooFew { needed: 2, found: 0 }));
    let mixed = [shares[0].clone(), shares[1].clone(), others[2].clone()];
    assert_eq!(RootKey::from_shares(&mixed).err(), Some(PaperError::MixedSets));
    let twice = [shares[0].clone(), shares[1].clone(), shares[0].clone()];
    assert_eq!(RootKey::from_shares(&twice).err(), Some(PaperError::Twice { index: 1 }));
}

/// The head of one set with the secret lines of another, checks made right: what a forger could print.
fn forge(head: &Share, body: &Share) -> Share {
    head.with_body_of(body)
}

#[test]
fn a_forged_sheet_does_not_give_a_wrong_key() {
    let (root, shares) = set(3, 5, 1);
    let (_, others) = set(3, 5, 2);
    let forged = forge(&shares[2], &others[2]);
    let three = [shares[0].clone(), shares[1].clone(), forged.clone()];
    assert_eq!(RootKey::from_shares(&three).err(), Some(PaperError::Inconsistent));
    // as a spare, too
    let spare = [shares[0].clone(), shares[1].clone(), shares[3].clone(), forged];
    assert_eq!(RootKey::from_shares(&spare).err(), Some(PaperError::Inconsistent));
    assert_eq!(RootKey::from_shares(&shares).as_ref(), Ok(&root));
}

#[test]
fn the_polynomial_has_the_degree_of_the_threshold() {
    for k in 3..8 {
        let (_, shares) = set(k, k, 11);
        // one sheet fewer, passed off as a set that needs one fewer
        let fewer: Vec<_> =
            shares[1..].iter().map(|share| share.with_numbers(k - 1, share.index())).collect();
        assert_eq!(RootKey::from_shares(&fewer).err(), Some(PaperError::Inconsistent), "{k}");
    }
}

#[test]
fn a_sheet_has_one_text_and_a_number_in_its_set() {
    let (_, shares) = set(2, 3, 4);
    let text = shares[0].text().to_string();
    for at in 0..5 {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines[2 + at] = shares[0].line_with_spare_bits(at);
        let line = u8::try_from(at + 1).expect("small");
        assert_eq!(read(&lines.join("\n")), Err(PaperError::Line { line }));
    }
    for (threshold, index) in [(2, 0), (2, 4), (1, 1), (4, 1)] {
        let wrong = shares[0].with_numbers(threshold, index);
        assert_eq!(read(&wrong.text()), Err(PaperError::Numbers), "{threshold} {index}");
    }
}

#[test]
fn typing_is_forgiving_about_looks_only() {
    let (_, shares) = set(2, 3, 4);
    let text = shares[0].text().to_string();
    assert_eq!(read(&text).as_ref(), Ok(&shares[0]));
    assert_eq!(read(&text.replace('#', "\n\n# remark\n#").to_uppercase()).as_ref(), Ok(&shares[0]));
    let coded: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let mut backwards = coded.clone();
    backwards.reverse();
    assert_eq!(read(&backwards.join("\r\n")).as_ref(), Ok(&shares[0]));
    let dashed = coded.join("\n").replace(": ", "  :\t").replace(' ', "-").replace("--:", " :");
    assert_eq!(read(&dashed).as_ref(), Ok(&shares[0]));
    for missing in 0..5 {
        let mut some = coded.clone();
        some.remove(missing);
        let line = u8::try_from(missing + 1).expect("small");
        assert_eq!(read(&some.join("\n")), Err(PaperError::LineMissing { line }));
        some.push(coded[(missing + 1) % 5]);
        let line = u8::try_from((missing + 1) % 5 + 1).expect("small");
        assert_eq!(read(&some.join("\n")), Err(PaperError::LineTwice { line }));
    }
    assert_eq!(read(&format!("{text}\nhello")), Err(PaperError::Stray));
    assert_eq!(read(&format!("{text}\n6: qqqq")), Err(PaperError::Stray));
    assert_eq!(read(&"#".repeat(8193)), Err(PaperError::TooLong));
    let padded = format!("{text}\n#{}", "-".repeat(8192 - text.len() - 2));
    assert_eq!(padded.len(), 8192);
    assert!(read(&padded).is_ok());
    assert_eq!(read(""), Err(PaperError::LineMissing { line: 1 }));
}

#[test]
fn every_wrong_letter_and_every_swap_is_found_in_its_line() {
    let (_, shares) = set(2, 3, 4);
    let text = shares[0].text().to_string();
    let coded: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    for line in 0..5 {
        let letters: Vec<char> = coded[line].chars().collect();
        for at in 2..letters.len() {
            for wrong in "qpzry9x8gf2tvdw0s3jn54khce6mua7l1bio".chars().filter(|c| *c != letters[at]) {
                let mut typed = letters.clone();
                // a blank becomes one letter too many, anything else one wrong letter
                typed[at] = wrong;
                let mut sheet = coded.clone();
                sheet[line] = typed.into_iter().collect();
                // a wrong head makes the head wrong, not the lines that hang on it
                let expected = PaperError::Line { line: u8::try_from(line + 1).expect("small") };
                assert_eq!(read(&sheet.join("\n")), Err(expected), "{wrong} at {at}");
            }
            if at + 1 < letters.len()
                && letters[at] != letters[at + 1]
                && letters[at] != ' '
                && letters[at + 1] != ' '
            {
                let mut typed = letters.clone();
                typed.swap(at, at + 1);
                let mut sheet = coded.clone();
                sheet[line] = typed.into_iter().collect();
                assert!(matches!(read(&sheet.join("\n")), Err(PaperError::Line { .. })));
            }
        }
    }
    // the lines of a sheet exchanged, and a line of another sheet of the same set
    let swapped = text.replace("2:", "x:").replace("3:", "2:").replace("x:", "3:");
    assert_eq!(read(&swapped), Err(PaperError::Line { line: 2 }));
    let other = shares[1].text().to_string();
    for line in 1..5 {
        let mut sheet = coded.clone();
        sheet[line] = other.lines().nth(line + 2).expect("a line").to_owned();
        let line = u8::try_from(line + 1).expect("small");
        assert_eq!(read(&sheet.join("\n")), Err(PaperError::Line { line }));
    }
}

fn chosen(n: u8, size: usize, seed: u64) -> Vec<usize> {
    // a shuffle by a repeatable source
    let random = SeededRandom::new(seed);
    let mut order: Vec<(u32, usize)> = (0..usize::from(n))
        .map(|i| (u32::from_be_bytes((&random as &dyn base::Random).bytes()), i))
        .collect();
    order.sort_unstable();
    order.into_iter().take(size).map(|(_, i)| i).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_k_of_n_open_and_fewer_do_not((n, k) in (2u8..=9).prop_flat_map(|n| (Just(n), 2..=n)), seed: u64) {
        let (root, shares) = set(k, n, seed);
        let read: Vec<Share> = shares.iter().map(|share| share.text().parse().expect("a sheet")).collect();
        prop_assert_eq!(&read, &shares);
        for extra in 0..=usize::from(n - k) {
            let picked: Vec<_> =
                chosen(n, usize::from(k) + extra, seed ^ 1).into_iter().map(|i| read[i].clone()).collect();
            let opened = RootKey::from_shares(&picked);
            prop_assert_eq!(opened.as_ref(), Ok(&root));
        }
        let few: Vec<_> = chosen(n, usize::from(k) - 1, seed ^ 2).into_iter().map(|i| read[i].clone()).collect();
        let error = RootKey::from_shares(&few).err();
        prop_assert_eq!(error, Some(PaperError::TooFew { needed: k, found: few.len() }));
    }

    /// k-1 sheets fit every other key just as well: for any claimed key there is a last sheet that
    /// opens to it. So k-1 sheets say nothing.
    #[test]
    fn fewer_sheets_fit_any_key(k in 2u8..6, seed: u64, claimed: [u8; 32]) {
        let (root, shares) = set(k, k, seed);
        let claimed = RootKey::from_secret(zeroize::Zeroizing::new(claimed));
        let last = shares[usize::from(k) - 1].completing(&shares[..usize::from(k) - 1], &claimed);
        let mut all = shares[..usize::from(k) - 1].to_vec();
        all.push(last);
        let opened = RootKey::from_shares(&all);
        prop_assert_eq!(opened.as_ref(), Ok(&claimed));
        prop_assert_ne!(opened, Ok(root));
    }

    #[test]
    fn foreign_text_never_panics(text in "([1-5]: [a-z0-9 -]{0,60}\n|\\PC{0,30}\n){0,8}") {
        let _ = text.parse::<Share>();
    }
}
