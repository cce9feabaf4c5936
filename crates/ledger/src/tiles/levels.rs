//! The tree as it grows, tile by tile: the unfinished tile of each level, and what comes out when
//! one is full. Publishing and verifying both stand on it, so that they agree.

use super::{HASH_BYTES, TILE_WIDTH};
use crate::hash::{Hash, TreeHead, node_hash};
use tlog_tiles::Tile;

const TILE_BYTES: usize = TILE_WIDTH as usize * HASH_BYTES;

/// The unfinished tiles of a tree, by level. See the module.
pub struct Levels {
    size: u64,
    tiles: Vec<Vec<u8>>,
}

impl Levels {
    /// From the unfinished tiles of a size; level L must hold `(size >> 8L) % 256` hashes.
    pub const fn new(size: u64, tiles: Vec<Vec<u8>>) -> Self {
        Self { size, tiles }
    }

    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; `full(level, n, bytes)` is called for each tile that it completes, lowest first.
    pub fn push<E>(
        &mut self,
        leaf: Hash,
        full: &mut impl FnMut(u8, u64, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let index = self.size;
        self.size += 1;
        let mut hash = leaf;
        for level in 0u8.. {
            if self.tiles.len() == usize::from(level) {
                self.tiles.push(Vec::with_capacity(TILE_BYTES));
            }
            let tile = &mut self.tiles[usize::from(level)];
            tile.extend_from_slice(hash.as_bytes());
            if tile.len() < TILE_BYTES {
                break;
            }
            full(level, index >> (8 * (u32::from(level) + 1)), tile)?;
            hash = subtree(tile);
            tile.clear();
        }
        Ok(())
    }

    /// The unfinished tiles that hold anything, lowest level first.
    pub fn partials(&self) -> impl Iterator<Item = (u8, &[u8])> {
        (0u8..).zip(&self.tiles).map(|(level, tile)| (level, &tile[..])).filter(|(_, tile)| !tile.is_empty())
    }

    /// The unfinished tile of a level, maybe empty.
    pub fn partial(&self, level: u8) -> &[u8] {
        self.tiles.get(usize::from(level)).map_or(&[], |tile| tile)
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        let mut root = None;
        // From the right: in each level the smallest perfect subtree stands last.
        for (_, tile) in self.partials() {
            let mut end = tile.len() / HASH_BYTES;
            while end > 0 {
                let width = 1usize << end.trailing_zeros();
                let left = subtree(&tile[(end - width) * HASH_BYTES..end * HASH_BYTES]);
                root = Some(root.map_or(left, |right| node_hash(left, right)));
                end -= width;
            }
        }
        TreeHead { size: self.size, root: root.unwrap_or(Hash::EMPTY_TREE) }
    }
}

/// The root of a perfect subtree whose leaves are these hashes (a power of two of them).
pub fn subtree(hashes: &[u8]) -> Hash {
    Hash::from_tlog(Tile::subtree_hash(hashes))
}
