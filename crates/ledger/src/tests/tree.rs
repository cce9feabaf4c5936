//! Roots and proofs: the known answers of RFC 6962, and ct-merkle as the oracle.

use super::*;
use crate::tiles::{Authentic, Levels};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn leaf_bytes(i: u64) -> Vec<u8> {
    format!("leaf {i}").into_bytes()
}

fn oracle(size: u64) -> Oracle {
    let mut tree = Oracle::new();
    for i in 0..size {
        tree.push(leaf_bytes(i));
    }
    tree
}

fn frontier(size: u64) -> Frontier {
    let mut frontier = Frontier::new();
    for i in 0..size {
        frontier.push(leaf_hash(&leaf_bytes(i)));
    }
    frontier
}

fn concatenated(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn root_of(tree: &Oracle) -> Vec<u8> {
    if tree.is_empty() { Hash::EMPTY_TREE.as_bytes().to_vec() } else { tree.root().as_bytes().to_vec() }
}

/// The eight leaves that certificate-transparency implementations share.
pub const KNOWN_LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
pub const KNOWN_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn known_roots() {
    let mut frontier = Frontier::new();
    let mut levels = Levels::new(0, Vec::new());
    let mut leaves = Vec::new();
    for (i, root) in KNOWN_ROOTS.iter().enumerate() {
        assert_eq!(hex::encode(frontier.root().as_bytes()), *root);
        assert_eq!(levels.head(), frontier.head());
        assert_eq!(mth(&leaves), frontier.root());
        if let Some(leaf) = KNOWN_LEAVES.get(i) {
            let leaf = leaf_hash(&hex::decode(leaf).unwrap());
            frontier.push(leaf);
            leaves.push(leaf);
            levels.push(leaf, &mut |_, _, _| Ok::<(), ()>(())).unwrap();
        }
    }
}

#[test]
fn proofs_of_all_sizes_to_300_are_those_of_the_oracle() {
    let folder = scratch();
    let tiles = TileDir::new(folder.path());
    // In steps, so that sizes in between are read from wider files too.
    for (old, new) in [(0, 1), (1, 2), (2, 100), (100, 255), (255, 256), (256, 257), (257, 301)] {
        tiles.publish(old, (old..new).map(leaf_bytes)).unwrap();
    }
    let mut tree = Oracle::new();
    let mut frontier = Frontier::new();
    let mut roots = vec![Hash::EMPTY_TREE];
    for size in 0..=300u64 {
        if size > 0 {
            tree.push(leaf_bytes(size - 1));
            frontier.push(leaf_hash(&leaf_bytes(size - 1)));
            roots.push(frontier.root());
        }
        let head = frontier.head();
        assert_eq!(head.root.as_bytes().to_vec(), root_of(&tree), "root of {size}");
        let reader = Authentic::new(&tiles, head).unwrap();
        // All places where trees change shape; elsewhere every seventh, and both ends.
        let all = size <= 66 || (250..=262).contains(&size);
        let sampled = |place: u64| all || place % 7 == size % 7 || place < 2 || place + 2 >= size;
        for index in (0..size).filter(|index| sampled(*index)) {
            let proof = reader.inclusion_proof(index).unwrap();
            let theirs = tree.prove_inclusion(usize::try_from(index).unwrap());
            assert_eq!(concatenated(&proof.hashes), theirs.as_bytes(), "inclusion {index} {size}");
            proof.verify(leaf_hash(&leaf_bytes(index)), head.root).unwrap();
            assert_eq!(reader.leaf(index).unwrap(), leaf_hash(&leaf_bytes(index)));
        }
        for old in (0..=size).filter(|old| sampled(*old)) {
            let proof = reader.consistency_proof(old).unwrap();
            if old > 0 && old < size {
                let theirs = tree.prove_consistency(usize::try_from(size - old).unwrap());
                assert_eq!(concatenated(&proof.hashes), theirs.as_bytes(), "consistency {old} {size}");
            }
            proof.verify(roots[usize::try_from(old).unwrap()], head.root).unwrap();
        }
        assert!(reader.inclusion_proof(size).is_err());
        assert!(reader.consistency_proof(size + 1).is_err());
    }
}

#[test]
fn proofs_prove_one_thing() {
    let (_folder, tiles, head) = ledger(&[10, 21]);
    let leaf = |i: u64| entry(i).leaf_hash();
    let good = tiles.inclusion_proof(4, head).unwrap();
    good.verify(leaf(4), head.root).unwrap();
    assert_eq!(good.verify(leaf(5), head.root), Err(ProofError::Wrong));
    assert_eq!(good.verify(leaf(4), leaf(4)), Err(ProofError::Wrong));
    let other = |change: &dyn Fn(&mut InclusionProof)| {
        let mut proof = good.clone();
        change(&mut proof);
        proof.verify(leaf(4), head.root)
    };
    assert_eq!(other(&|p| p.index = 5), Err(ProofError::Wrong));
    assert_eq!(other(&|p| p.index = 21), Err(ProofError::Range));
    assert_eq!(other(&|p| p.size = 0), Err(ProofError::Range));
    assert_eq!(other(&|p| p.size = u64::MAX), Err(ProofError::Range));
    assert_eq!(other(&|p| p.hashes.truncate(2)), Err(ProofError::Wrong));
    assert_eq!(other(&|p| p.hashes.push(head.root)), Err(ProofError::Wrong));
    assert_eq!(other(&|p| p.hashes = vec![head.root; 65]), Err(ProofError::TooLong));
    assert_eq!(other(&|p| p.hashes.swap(0, 1)), Err(ProofError::Wrong));

    let old = tiles.head_at(10).unwrap();
    let good = tiles.consistency_proof(old, head).unwrap();
    good.verify(old.root, head.root).unwrap();
    assert_eq!(good.verify(head.root, old.root), Err(ProofError::Wrong));
    let mut wrong = good.clone();
    wrong.old_size = 22;
    assert_eq!(wrong.verify(old.root, head.root), Err(ProofError::Range));
    wrong.old_size = 0;
    assert_eq!(wrong.verify(TreeHead::EMPTY.root, head.root), Err(ProofError::Wrong));
    let empty = ConsistencyProof { old_size: 0, new_size: 21, hashes: Vec::new() };
    empty.verify(TreeHead::EMPTY.root, head.root).unwrap();
    assert_eq!(empty.verify(old.root, head.root), Err(ProofError::Wrong));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn larger_trees_agree_with_the_oracle(
        sizes in proptest::collection::btree_set(1u64..3_000, 2..5), place in any::<u64>(),
    ) {
        let folder = scratch();
        let tiles = TileDir::new(folder.path());
        let mut last = TreeHead::EMPTY;
        for size in sizes {
            let head = tiles.publish(last.size, (last.size..size).map(leaf_bytes)).unwrap();
            let tree = oracle(size);
            prop_assert_eq!(head, frontier(size).head());
            prop_assert_eq!(head.root.as_bytes().to_vec(), root_of(&tree));
            let index = place % size;
            let proof = tiles.inclusion_proof(index, head).unwrap();
            let theirs = tree.prove_inclusion(usize::try_from(index).unwrap());
            prop_assert_eq!(concatenated(&proof.hashes), theirs.as_bytes());
            prop_assert_eq!(proof.verify(leaf_hash(&leaf_bytes(index)), head.root), Ok(()));
            prop_assert_eq!(tiles.entry(index, head).unwrap(), leaf_bytes(index));
            let proof = tiles.consistency_proof(last, head).unwrap();
            if last.size > 0 {
                let theirs = tree.prove_consistency(usize::try_from(size - last.size).unwrap());
                prop_assert_eq!(concatenated(&proof.hashes), theirs.as_bytes());
            }
            prop_assert_eq!(proof.verify(last.root, head.root), Ok(()));
            last = head;
        }
    }
}
