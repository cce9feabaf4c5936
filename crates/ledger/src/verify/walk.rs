//! The walk over the files of a ledger: bundles in order, the tiles that they give, the partial
//! files beside them, and at the end whatever else lies there.

use super::{Tally, VerifyError, VerifyWarning};
use crate::{
    durable,
    hash::TreeHead,
    tiles::{Authentic, BUNDLE_BYTES_MAX, Bundle, HASH_BYTES, Levels, Part, TILE_WIDTH, TileDir, TilePath},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// How deep folders may lie under `tile/`: the path of the largest index has eight parts.
const DEPTH_MAX: usize = 12;

/// Checks everything under a head whose signature was verified.
pub(super) fn walk(
    tiles: &TileDir,
    head: TreeHead,
    tally: &mut Tally,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), VerifyError> {
    let mut levels = Levels::new(0, Vec::new());
    while levels.size() < head.size {
        bundle(tiles, head, &mut levels, tally)?;
        progress(levels.size(), head.size);
    }
    for (level, expected) in levels.partials().filter(|(level, _)| *level > 0) {
        let Some(path) = TilePath::partial_of(Part::Level(level), head.size) else { continue };
        tile(tiles, head, path, expected, tally)?;
    }
    if levels.head() != head {
        return Err(VerifyError::Root { found: levels.head().root, expected: head.root });
    }
    others(tiles, head, tally)
}

/// One bundle, and the tiles that it completes.
fn bundle(
    tiles: &TileDir,
    head: TreeHead,
    levels: &mut Levels,
    tally: &mut Tally,
) -> Result<(), VerifyError> {
    let first = levels.size();
    let width = TILE_WIDTH.min(head.size - first);
    let n = first / TILE_WIDTH;
    let (path, bytes) = tiles.read_bundle(n, width).map_err(VerifyError::of_tile)?;
    // A bundle wider than the checkpoint is read up to the checkpoint; `others` warns of it.
    let stated =
        if path == tiles.file(TilePath { part: Part::Entries, n, width }) { Some(width) } else { None };
    let mut entries = Bundle(&bytes);
    let mut ends = Vec::with_capacity(256);
    let mut end = 0;
    for index in first..first + width {
        let problem = |problem| VerifyError::Bundle { path: path.clone(), index, problem };
        let entry = entries
            .next()
            .ok_or_else(|| problem("the file ends before this entry"))?
            .ok_or_else(|| problem("the file ends within this entry"))?;
        end += 2 + entry.len();
        ends.push(end);
        let leaf = tally.entry(index, entry).map_err(|source| VerifyError::Entry {
            path: Some(path.clone()),
            index,
            source,
        })?;
        levels.push(leaf, &mut |level, n, expected| {
            tile(tiles, head, TilePath::full(Part::Level(level), n), expected, tally)
        })?;
    }
    if stated.is_some() && end != bytes.len() {
        let index = first + width;
        return Err(VerifyError::Bundle { path, index, problem: "the file goes on after its last entry" });
    }
    // The unfinished tile now, so that a wrong entry is not blamed on an older partial of its bundle.
    if let Some(path) = TilePath::partial_of(Part::Level(0), levels.size()) {
        tile(tiles, head, path, levels.partial(0), tally)?;
    }
    for (partial, wide) in partials(tiles, TilePath::full(Part::Entries, n), tally)? {
        // Beyond the checkpoint only the covered beginning can be compared.
        let covered =
            usize::try_from(wide.min(width)).ok().and_then(|w| ends.get(w - 1)).copied().unwrap_or(0);
        compare_partial(&partial, &bytes[..covered], Extent::of(wide, width))?;
    }
    Ok(())
}

/// One tile against what the entries give, and the partial files beside it.
fn tile(
    tiles: &TileDir,
    head: TreeHead,
    path: TilePath,
    expected: &[u8],
    tally: &mut Tally,
) -> Result<(), VerifyError> {
    let Part::Level(level) = path.part else { return Ok(()) };
    let found = tiles.read_tile(level, path.n, path.width).map_err(VerifyError::of_tile)?;
    if found != expected {
        let position =
            found.chunks(HASH_BYTES).zip(expected.chunks(HASH_BYTES)).take_while(|(a, b)| a == b).count();
        return Err(blame(tiles, head, path, level, position as u64));
    }
    for (partial, wide) in partials(tiles, TilePath::full(path.part, path.n), tally)? {
        let covered = usize::try_from(wide).map_or(usize::MAX, |wide| wide.saturating_mul(HASH_BYTES));
        compare_partial(&partial, &expected[..covered.min(expected.len())], Extent::of(wide, path.width))?;
    }
    Ok(())
}

/// Entry or tile: the one that does not lead to the signed root is the wrong one.
fn blame(tiles: &TileDir, head: TreeHead, path: TilePath, level: u8, position: u64) -> VerifyError {
    let authentic = Authentic::new(tiles, head).and_then(|reader| reader.tile(level, path.n));
    if authentic.is_err() {
        return VerifyError::Tile { path: tiles.file(path), position };
    }
    let below = path.n * TILE_WIDTH + position;
    match level.checked_sub(1) {
        Some(lower) => {
            // The tile below agreed with its entries, so both were changed together.
            let path = tiles.file(TilePath::full(Part::Level(lower), below));
            VerifyError::Tile { path, position: 0 }
        }
        None => {
            let n = below / TILE_WIDTH;
            let width = TILE_WIDTH.min(head.size - n * TILE_WIDTH);
            let path = tiles.read_bundle(n, width).ok().map(|(path, _)| path);
            VerifyError::EntryHash { path, index: below }
        }
    }
}

/// The partial files of a tile, with their widths.
fn partials(tiles: &TileDir, full: TilePath, tally: &mut Tally) -> Result<Vec<(PathBuf, u64)>, VerifyError> {
    let folder = tiles.path().join(full.partials_folder());
    let mut found = Vec::new();
    let items = match fs::read_dir(&folder) {
        Ok(items) => items,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        Err(source) => return Err(VerifyError::Io { path: folder, source }),
    };
    for item in items {
        let item = item.map_err(|source| VerifyError::Io { path: folder.clone(), source })?;
        let name = format!("{}/{}", full.partials_folder(), item.file_name().to_string_lossy());
        match TilePath::parse(&name) {
            Some(path) => found.push((item.path(), path.width)),
            None => tally.warn(VerifyWarning::Unexpected(item.path())),
        }
    }
    found.sort_by_key(|(_, width)| *width);
    Ok(found)
}

/// How much of a partial the checkpoint covers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Beginning,
}

impl Extent {
    /// Of a partial of some width, when the checkpoint covers another.
    fn of(partial: u64, covered: u64) -> Self {
        if partial <= covered { Self::Whole } else { Self::Beginning }
    }
}

/// A partial must be the beginning that its width says; one beyond the checkpoint must begin with
/// what the checkpoint covers.
fn compare_partial(path: &Path, covered: &[u8], extent: Extent) -> Result<(), VerifyError> {
    let bytes = durable::read_limited(path, BUNDLE_BYTES_MAX).map_err(|source| match source.kind() {
        io::ErrorKind::InvalidData => VerifyError::Length(path.to_owned()),
        _ => VerifyError::Io { path: path.to_owned(), source },
    })?;
    let fine = match extent {
        Extent::Whole => bytes == covered,
        Extent::Beginning => bytes.starts_with(covered),
    };
    if fine { Ok(()) } else { Err(VerifyError::Partial(path.to_owned())) }
}

/// Files that the checkpoint does not cover, and files that do not belong there.
fn others(tiles: &TileDir, head: TreeHead, tally: &mut Tally) -> Result<(), VerifyError> {
    let mut folders = vec![(tiles.path().to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let io = |source| VerifyError::Io { path: folder.clone(), source };
        let items = match fs::read_dir(&folder) {
            Ok(items) => items,
            Err(error) => return Err(io(error)),
        };
        for item in items {
            let item = item.map_err(io)?;
            let path = item.path();
            let kind = item.file_type().map_err(io)?;
            if kind.is_dir() && depth < DEPTH_MAX {
                folders.push((path, depth + 1));
                continue;
            }
            let name = path.strip_prefix(tiles.path()).map(|name| name.to_string_lossy().replace('\\', "/"));
            let name = name.unwrap_or_default();
            if name == "checkpoint" {
                continue;
            }
            match TilePath::parse(&name).filter(|_| kind.is_file()) {
                Some(tile) if is_covered(tile, head.size) => {}
                Some(_) => tally.warn(VerifyWarning::NotCovered(path)),
                // Those beside a covered tile were warned of with it.
                None if folder.extension().is_some_and(|e| e == "p")
                    && is_beside_covered(&folder, tiles, head.size) => {}
                None => tally.warn(VerifyWarning::Unexpected(path)),
            }
        }
    }
    Ok(())
}

fn is_covered(path: TilePath, size: u64) -> bool {
    let level = match path.part {
        Part::Level(level) => u32::from(level),
        Part::Entries => 0,
    };
    let count = size.checked_shr(8 * level).unwrap_or(0);
    path.n < count / TILE_WIDTH || (path.n == count / TILE_WIDTH && path.width <= count % TILE_WIDTH)
}

fn is_beside_covered(folder: &Path, tiles: &TileDir, size: u64) -> bool {
    let name = folder.strip_prefix(tiles.path()).map(|name| name.to_string_lossy().replace('\\', "/"));
    TilePath::parse(&format!("{}/1", name.unwrap_or_default())).is_some_and(|path| is_covered(path, size))
}
