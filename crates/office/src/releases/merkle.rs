//! Where a key record stands under the record root of its segment's manifest (RFC 6962 section 2.1): the paths that
//! a dossier carries. They are checked with [`ledger::InclusionProof`], which is the same tree.

use ledger::{Hash, node_hash};

/// The tree over the key records of one segment, with all its levels.
#[derive(Debug, Clone)]
pub struct RecordTree {
    levels: Vec<Vec<Hash>>,
}

impl RecordTree {
    /// The tree over leaf hashes, in the order of the key object. A record that was destroyed stands there with its
    /// leaf hash.
    #[must_use]
    pub fn new(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(level) = levels.last().filter(|level| level.len() > 1) {
            // Pairs from the left, with the odd one carried up, are the tree that RFC 6962 splits at powers of two.
            let above = level.chunks(2).map(|pair| match pair {
                [left, right] => node_hash(*left, *right),
                _ => pair[0],
            });
            let above = above.collect();
            levels.push(above);
        }
        Self { levels }
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.levels.last().and_then(|level| level.first()).copied().unwrap_or(Hash::EMPTY_TREE)
    }

    /// The path from a leaf up to the root; none when there is no such leaf.
    #[must_use]
    pub fn path(&self, place: usize) -> Option<Vec<Hash>> {
        self.levels.first()?.get(place)?;
        let siblings = self.levels.iter().enumerate().filter_map(|(height, level)| {
            // The odd one out at the end of a level has no sibling there.
            level.get((place >> height) ^ 1).copied()
        });
        Some(siblings.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::{InclusionProof, leaf_hash};

    #[test]
    fn every_path_of_every_small_tree_leads_to_its_root() {
        for size in 1..70usize {
            let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let tree = RecordTree::new(leaves.clone());
            for (place, leaf) in leaves.iter().enumerate() {
                let hashes = tree.path(place).expect("there");
                let proof = InclusionProof { index: place as u64, size: size as u64, hashes };
                assert_eq!(proof.verify(*leaf, tree.root()), Ok(()), "{place} of {size}");
                assert!(proof.verify(leaf_hash(b"other"), tree.root()).is_err());
            }
            assert_eq!(tree.path(size), None);
        }
        assert_eq!(RecordTree::new(Vec::new()).root(), Hash::EMPTY_TREE);
    }

    #[test]
    fn it_is_the_tree_of_a_key_object() {
        use traffic::segment::{Record, merkle_root};
        for size in 0..40u8 {
            let records: Vec<Record> = (0..size).map(|n| Record::Present(Box::new([n; 178]))).collect();
            let leaves = (0..size).map(|n| leaf_hash(&[n; 178])).collect();
            assert_eq!(RecordTree::new(leaves).root().as_bytes(), &merkle_root(&records));
        }
    }
}
