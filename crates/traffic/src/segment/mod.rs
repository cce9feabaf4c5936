//! The segment format (docs/formats/traffic-segment.md): one node's traffic of one day, in two objects.
//!
//! Rows are gathered ([`Gatherer`]), sealed ([`seal`]) and read again with released keys ([`Segment`]). Invariants:
//! - each site has a key of its own; so has each of the 256 buckets of the address index and the shared dictionary;
//! - what stands outside the encryption is the segment's name, the ids of its sites and lengths, nothing else;
//! - whoever seals keeps no key; whoever reads gets keys handed in and cannot make them.

mod codec;
mod columns;
mod dictionary;
mod frames;
mod gather;
mod index;
mod keys;
pub mod name;
mod node_key;
mod object;
mod read;
mod row;
mod seal;
mod spooled;
mod strings;

pub use codec::Malformed;
pub use columns::CHUNK_ROWS;
pub use frames::{FRAME_BYTES, FrameError, TAG_BYTES, padded_len};
pub use gather::{BEYOND, Gatherer, Limits, SHARED_ADDRESSES_MIN, SHARED_SITES_MIN};
pub use index::{Bucket, Completeness, bucket};
pub use keys::{BlockKey, GroupKeys, RecordBytes, Released, ReleasedKeys, SealError, SegmentKeys};
pub use node_key::{NodeKey, verify_manifest};
pub use object::{Entry, KeyObject, Manifest, ManifestSigner, ObjectError, Reason, Record, merkle_root};
pub use read::{ReadAt, ReadError, Segment};
pub use seal::{Canary, SealOptions, Sealed, SealingError, seal};
pub use strings::Strings;

pub(crate) use codec::{Packer, Unpacker};
pub(crate) use columns::Run;
pub(crate) use frames::FrameCipher;
pub(crate) use object::{BLOCKS_MAX, data_end, data_header, place};
pub(crate) use read::{Next, SiteReader};
pub(crate) use row::DAY_SECONDS;
pub(crate) use spooled::{ROWS_BYTES_FULL, Registered, SpooledRows, frame, put_row};
