//! Names of tiles and bundles: `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`, one spelling
//! each.

use super::TILE_WIDTH;
use core::fmt;

/// Which of the two trees of folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Hashes of a level.
    Level(u8),
    /// Entries.
    Entries,
}

/// The name of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    pub part: Part,
    pub n: u64,
    /// 1 to 255 for a partial, 256 for a full one.
    pub width: u64,
}

impl TilePath {
    pub const fn full(part: Part, n: u64) -> Self {
        Self { part, n, width: TILE_WIDTH }
    }

    /// The partial at the right edge of a tree of this size, if that edge is not full.
    pub fn partial_of(part: Part, size: u64) -> Option<Self> {
        let level = match part {
            Part::Level(level) => u32::from(level),
            Part::Entries => 0,
        };
        let count = size >> (8 * level);
        let width = count % TILE_WIDTH;
        (width > 0).then_some(Self { part, n: count / TILE_WIDTH, width })
    }

    /// The folder that holds the partials of this tile.
    pub fn partials_folder(self) -> String {
        format!("{}.p", Self::full(self.part, self.n))
    }

    /// Reads a name relative to the folder of the ledger.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let (part, rest) = text.strip_prefix("tile/")?.split_once('/')?;
        let part = match part {
            "entries" => Part::Entries,
            level => Part::Level(level.parse().ok().filter(|level| *level < 64)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
            None => (rest, TILE_WIDTH),
        };
        let n = number.split('/').try_fold(0u64, |n, digits| {
            let digits: u64 = digits.strip_prefix('x').unwrap_or(digits).parse().ok()?;
            n.checked_mul(1000)?.checked_add(digits)
        })?;
        let path = Self { part, n, width };
        (path.to_string() == text).then_some(path)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Part::Level(level) => write!(f, "tile/{level}/")?,
            Part::Entries => f.write_str("tile/entries/")?,
        }
        let mut above = self.n / 1000;
        let mut folders = Vec::new();
        while above > 0 {
            folders.push(above % 1000);
            above /= 1000;
        }
        for folder in folders.iter().rev() {
            write!(f, "x{folder:03}/")?;
        }
        write!(f, "{:03}", self.n % 1000)?;
        if self.width == TILE_WIDTH { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_the_specification() {
        for (path, text) in [
            (TilePath::full(Part::Level(0), 0), "tile/0/000"),
            (TilePath::full(Part::Level(3), 1_234_067), "tile/3/x001/x234/067"),
            (TilePath { part: Part::Level(0), n: 273, width: 112 }, "tile/0/273.p/112"),
            (TilePath { part: Part::Entries, n: 1000, width: 1 }, "tile/entries/x001/000.p/1"),
        ] {
            assert_eq!(path.to_string(), text);
            assert_eq!(TilePath::parse(text), Some(path));
        }
        for wrong in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/00/000",
            "tile/64/000",
            "tile/0/x000/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p",
            "tile/0/000.tmp",
            "tile/data/000",
            "tile/8/0/000/1",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(TilePath::parse(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn like_the_library_and_back(n in any::<u64>(), level in 0u8..64, width in 1u32..=256) {
            let path = TilePath { part: Part::Level(level), n, width: width.into() };
            let theirs = tlog_tiles::Tile::new(8, level, n, width, false).path();
            prop_assert_eq!(path.to_string(), theirs.replacen("tile/8/", "tile/", 1));
            prop_assert_eq!(TilePath::parse(&path.to_string()), Some(path));
        }

        #[test]
        fn foreign_names_never_panic(text in "(tile/)?[0-9a-z/.x]{0,40}") {
            if let Some(path) = TilePath::parse(&text) {
                prop_assert_eq!(path.to_string(), text);
            }
        }
    }
}
