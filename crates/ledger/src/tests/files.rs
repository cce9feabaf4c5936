//! Tiles on disk: the bytes and names that C2SP tlog-tiles asks for, publishing again after a crash,
//! and reads that believe nothing.

use super::*;
use crate::tiles::TilePath;
use std::collections::BTreeMap;

fn small(range: core::ops::Range<u64>) -> impl Iterator<Item = Vec<u8>> {
    range.map(|i| i.to_be_bytes()[4..].to_vec())
}

/// Every file of the tree of a size, straight from the words of the specification.
fn specified(size: u64) -> BTreeMap<String, Vec<u8>> {
    let name = |n: u64| match n {
        0..1000 => format!("{n:03}"),
        _ => format!("x{:03}/{:03}", n / 1000, n % 1000),
    };
    let entries: Vec<Vec<u8>> = small(0..size).collect();
    let mut found = BTreeMap::new();
    for (n, bundle) in entries.chunks(256).enumerate() {
        let bytes: Vec<u8> = bundle
            .iter()
            .flat_map(|e| [&u16::try_from(e.len()).unwrap().to_be_bytes()[..], e].concat())
            .collect();
        let partial = if bundle.len() < 256 { format!(".p/{}", bundle.len()) } else { String::new() };
        found.insert(format!("tile/entries/{}{partial}", name(n as u64)), bytes);
    }
    // Level l + 1 holds the tree hash of each full tile of level l.
    let mut hashes: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    for level in 0.. {
        if hashes.is_empty() {
            return found;
        }
        for (n, tile) in hashes.chunks(256).enumerate() {
            let partial = if tile.len() < 256 { format!(".p/{}", tile.len()) } else { String::new() };
            let bytes = tile.iter().flat_map(|hash| *hash.as_bytes()).collect();
            found.insert(format!("tile/{level}/{}{partial}", name(n as u64)), bytes);
        }
        hashes = hashes.chunks_exact(256).map(mth).collect();
    }
    unreachable!("the loop ends at the top of the tree")
}

#[test]
fn files_are_those_of_the_specification() {
    let folder = scratch();
    for size in [0, 1, 255, 256, 257, 512, 65_535, 65_536, 65_537, 70_000] {
        let path = folder.path().join(size.to_string());
        std::fs::create_dir(&path).unwrap();
        let head = TileDir::new(&path).publish(0, small(0..size)).unwrap();
        let specified = specified(size);
        assert!(files(&path) == specified, "files of {size}");
        let leaves: Vec<Hash> = small(0..size).map(|entry| leaf_hash(&entry)).collect();
        assert_eq!(head, TreeHead { size, root: mth(&leaves) });
        if size == 70_000 {
            // The example of the specification.
            let count = |prefix: &str| specified.keys().filter(|name| name.starts_with(prefix)).count();
            assert_eq!((count("tile/0/"), count("tile/1/"), count("tile/2/")), (274, 2, 1));
            for name in ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"] {
                assert!(specified.contains_key(name), "{name}");
            }
        }
    }
}

#[test]
fn publishing_in_any_steps_gives_the_same_files() {
    let whole = scratch();
    let head = TileDir::new(whole.path()).publish(0, small(0..1_300)).unwrap();
    for step in [1, 7, 255, 256, 257, 1_000] {
        if step == 1 {
            continue; // tree.rs goes one by one
        }
        let folder = scratch();
        let tiles = TileDir::new(folder.path());
        let mut last = TreeHead::EMPTY;
        while last.size < 1_300 {
            last = tiles.publish(last.size, small(last.size..1_300.min(last.size + step))).unwrap();
        }
        assert_eq!(last, head);
        let (mut stepped, whole) = (files(folder.path()), files(whole.path()));
        // Of the unfinished tiles the older partials are kept: they were signed over.
        stepped.retain(|name, _| whole.contains_key(name) || !name.contains(".p/"));
        assert!(stepped == whole, "steps of {step}");
        assert!(
            files(folder.path()).keys().all(|name| {
                let path = TilePath::parse(name).unwrap();
                path.width == 256 || !whole.contains_key(&TilePath::full(path.part, path.n).to_string())
            }),
            "partials of full tiles are removed"
        );
    }
}

#[test]
fn publishing_again_mends_what_a_crash_left() {
    let (folder, tiles, head) = ledger(&[200, 530]);
    let whole = files(folder.path());
    for lost in 0..whole.len() {
        // A crash leaves any of the new files behind, and maybe one half-written beside its name.
        for (i, name) in whole.keys().enumerate() {
            if i >= lost && name != "checkpoint" {
                let path = folder.path().join(name);
                if !name.ends_with(".p/200") {
                    std::fs::remove_file(&path).unwrap();
                    std::fs::write(folder.path().join(format!("{name}.tmp")), b"half").unwrap();
                }
            }
        }
        if !whole.keys().any(|name| name.ends_with(".p/200")) {
            // The partials of the old size went when their full tiles came; a crash before that keeps them.
            tiles.publish(0, entries(0..200)).unwrap();
        }
        assert_eq!(tiles.publish(200, entries(200..530)).unwrap(), head);
        let now: BTreeMap<_, _> = files(folder.path());
        for (name, bytes) in &whole {
            assert_eq!(now.get(name), Some(bytes), "{name}");
        }
    }
    // And with nothing lost, from any size that was published.
    for old in [0, 200, 530] {
        assert_eq!(tiles.publish(old, entries(old..530)).unwrap(), head);
    }
}

#[test]
fn published_files_never_change() {
    let (folder, tiles, head) = ledger(&[100, 300]);
    let before = files(folder.path());
    let mut other = entries(100..300);
    other[50][90] ^= 1;
    assert!(matches!(tiles.publish(100, &other), Err(TileError::Conflict(_))));
    assert!(matches!(tiles.publish(0, entries(1..257)), Err(TileError::Conflict(_))));
    assert!(files(folder.path()) == before);
    assert!(matches!(tiles.publish(301, entries(301..302)), Err(TileError::Missing(_))));
    assert!(matches!(tiles.publish(300, [vec![b' '; 65_536]]), Err(TileError::EntryTooLong(300))));
    assert_eq!(tiles.publish(300, [vec![b' '; 65_535]]).unwrap().size, 301);
    assert!(matches!(tiles.entry(300, head), Err(TileError::Range { .. })));
}

#[test]
fn checkpoints_replace_older_ones_only() {
    let (_folder, tiles, head) = ledger(&[5, 9]);
    let published = tiles.read_checkpoint(&key().verifying_key()).unwrap().unwrap();
    assert_eq!(published.unverified().head(), head);
    let older = sign(tiles.head_at(5).unwrap());
    assert!(matches!(tiles.write_checkpoint(&older), Err(TileError::Older { published: 9, given: 5 })));
    let other = SigningKey::generate(origin(), &SeededRandom::new(77)).verifying_key();
    assert!(matches!(tiles.read_checkpoint(&other), Err(TileError::Checkpoint { .. })));
    let empty = scratch();
    assert_eq!(TileDir::new(empty.path()).read_checkpoint(&other).unwrap(), None);
}

#[test]
fn superseded_partials_can_be_removed_later() {
    let (folder, tiles, head) = ledger(&[5, 300]);
    let whole = files(folder.path());
    for name in ["tile/0/000.p/5", "tile/entries/000.p/5"] {
        assert!(!whole.contains_key(name));
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), b"").unwrap();
    }
    assert_eq!(tiles.remove_superseded_partials(head.size).unwrap(), 2);
    assert!(files(folder.path()) == whole);
}

/// The reader of tlog_tiles 0.2.0 accepts a forged full tile here, which is why this crate has its
/// own. When the first half of this test fails, the library was repaired.
#[test]
fn a_forged_full_tile_is_refused_where_the_library_accepts_it() {
    struct Forged<'a>(&'a TileDir);
    impl tlog_tiles::TileReader for Forged<'_> {
        fn height(&self) -> u8 {
            8
        }
        fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
            let read = |t: &tlog_tiles::Tile| {
                self.0.read_tile(t.level(), t.level_index(), t.width().into()).unwrap()
            };
            Ok(tiles.iter().map(read).collect())
        }
        fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
    }

    // 775 = 3 · 256 + 7: five hashes make up the root, out of two tiles.
    let (folder, tiles, head) = ledger(&[775]);
    let tile = folder.path().join("tile/0/001");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[32 * 44] ^= 1;
    std::fs::write(&tile, bytes).unwrap();

    let forged = Forged(&tiles);
    let theirs = tlog_tiles::TileHashReader::new(head.size, head.root.tlog(), &forged);
    let hash = tlog_tiles::HashReader::read_hashes(&theirs, &[tlog_tiles::stored_hash_index(0, 256 + 44)]);
    assert_ne!(Hash::from_tlog(hash.unwrap()[0]), entry(256 + 44).leaf_hash());

    for index in [256, 256 + 44, 511] {
        assert!(
            matches!(tiles.inclusion_proof(index, head), Err(TileError::Unauthentic(path)) if path == tile)
        );
        assert!(matches!(tiles.entry(index, head), Err(TileError::Unauthentic(_))));
    }
    tiles.inclusion_proof(255, head).unwrap();
    tiles.inclusion_proof(512, head).unwrap();
    let other = TreeHead { size: 775, root: Hash::EMPTY_TREE };
    assert!(matches!(tiles.inclusion_proof(0, other), Err(TileError::Root(775))));
}
