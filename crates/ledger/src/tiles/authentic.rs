//! Hashes from tiles, each led up to the root before anybody sees it.
//!
//! The unfinished tiles of the right edge give the root together; when it is the expected one they
//! are authentic. A full tile is authentic when its root stands at its place in the authentic tile
//! above it.

use super::{HASH_BYTES, Levels, Part, TILE_WIDTH, TileDir, TileError, TilePath, hash_at, levels::subtree};
use crate::{
    hash::{Hash, TreeHead},
    proof::{ConsistencyProof, InclusionProof},
};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use tlog_tiles::{HashReader, Tile, prove_record, prove_tree};

/// Full tiles found authentic, by level and place.
type FullTiles = HashMap<(u8, u64), Rc<[u8]>>;

/// Reads tiles of one head. See the module.
pub struct Authentic<'a> {
    tiles: &'a TileDir,
    head: TreeHead,
    edge: Levels,
    full: RefCell<FullTiles>,
    /// Why the last read failed: the library's own error cannot carry it.
    failure: RefCell<Option<TileError>>,
}

impl<'a> Authentic<'a> {
    pub fn new(tiles: &'a TileDir, head: TreeHead) -> Result<Self, TileError> {
        let edge = tiles.edge(head.size)?;
        if edge.head() != head {
            return Err(TileError::Root(head.size));
        }
        Ok(Self { tiles, head, edge, full: RefCell::default(), failure: RefCell::default() })
    }

    /// The hash of the leaf at an index.
    pub fn leaf(&self, index: u64) -> Result<Hash, TileError> {
        self.in_range(index)?;
        let tile = self.tile(0, index / TILE_WIDTH)?;
        hash_at(&tile, index % TILE_WIDTH).ok_or(TileError::Range { place: index, size: self.head.size })
    }

    pub fn inclusion_proof(&self, index: u64) -> Result<InclusionProof, TileError> {
        self.in_range(index)?;
        let hashes = prove_record(self.head.size, index, self).map_err(|_| self.failed(index))?;
        let hashes = hashes.into_iter().map(Hash::from_tlog).collect();
        Ok(InclusionProof { index, size: self.head.size, hashes })
    }

    pub fn consistency_proof(&self, old_size: u64) -> Result<ConsistencyProof, TileError> {
        if old_size > self.head.size {
            return Err(TileError::Range { place: old_size, size: self.head.size });
        }
        let hashes = match old_size {
            0 => Vec::new(),
            _ => prove_tree(self.head.size, old_size, self).map_err(|_| self.failed(old_size))?,
        };
        let hashes = hashes.into_iter().map(Hash::from_tlog).collect();
        Ok(ConsistencyProof { old_size, new_size: self.head.size, hashes })
    }

    /// An authentic tile, as wide as the head says.
    pub fn tile(&self, level: u8, n: u64) -> Result<Rc<[u8]>, TileError> {
        let count = self.head.size.checked_shr(8 * u32::from(level)).unwrap_or(0);
        if n >= count.div_ceil(TILE_WIDTH) {
            return Err(TileError::Range { place: n, size: self.head.size });
        }
        if n == count / TILE_WIDTH {
            return Ok(self.edge.partial(level).into());
        }
        if let Some(tile) = self.full.borrow().get(&(level, n)) {
            return Ok(Rc::clone(tile));
        }
        // A full tile has a tile above it, at most eight levels up.
        let above = self.tile(level + 1, n / TILE_WIDTH)?;
        let tile: Rc<[u8]> = self.tiles.read_tile(level, n, TILE_WIDTH)?.into();
        if hash_at(&above, n % TILE_WIDTH) != Some(subtree(&tile)) {
            return Err(TileError::Unauthentic(self.tiles.file(TilePath::full(Part::Level(level), n))));
        }
        self.full.borrow_mut().insert((level, n), Rc::clone(&tile));
        Ok(tile)
    }

    fn in_range(&self, index: u64) -> Result<(), TileError> {
        if index < self.head.size {
            Ok(())
        } else {
            Err(TileError::Range { place: index, size: self.head.size })
        }
    }

    fn failed(&self, place: u64) -> TileError {
        self.failure.take().unwrap_or(TileError::Range { place, size: self.head.size })
    }
}

impl HashReader for Authentic<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let read = |&index: &u64| {
            let narrow = Tile::from_index(8, index);
            let tile = self.tile(narrow.level(), narrow.level_index()).map_err(|error| {
                *self.failure.borrow_mut() = Some(error);
                tlog_tiles::Error::InconsistentTile
            })?;
            if tile.len() < narrow.width() as usize * HASH_BYTES {
                return Err(tlog_tiles::Error::IndexesNotInTree);
            }
            narrow.hash_at_index(&tile, index)
        };
        indexes.iter().map(read).collect()
    }
}
