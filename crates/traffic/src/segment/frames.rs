//! Frames: how a block lies encrypted in a data object (CRYPTO section 8).
//!
//! A stream of a block is padded to its Padmé length, cut into pieces of 64 KiB, and each piece is sealed with
//! AES-256-GCM-SIV under the block's key. The nonce holds stream, place and whether it is the last piece, so
//! that pieces cannot be exchanged, left out or cut off; the associated data holds segment, kind and part. A
//! key seals one block only, so no nonce occurs twice under it.

use super::keys::BlockKey;
use super::name::{Block, SegmentId};
use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use aes_gcm_siv::{Aes256GcmSiv, Nonce, Tag};
use base::{Transcript, label};
use thiserror::Error;

/// Plaintext in a frame, but for the last one.
pub const FRAME_BYTES: usize = 64 * 1024;
/// What encryption adds to a frame.
pub const TAG_BYTES: usize = 16;
/// Streams of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Rows, or whatever else the block is there for.
    Rows = 0,
    /// What the rows are like: read first, to leave rows unread.
    Statistics = 1,
}

/// A frame that is not what was sealed there: damaged, moved, cut off, or another key. Which of these cannot
/// be told.
#[derive(Debug, Error, Clone, Copy, PartialEq, Eq)]
#[error("a frame of the block does not open: damaged or moved, or the key is of another block")]
pub struct FrameError;

/// The Padmé length (PURBs, PETS 2019): at most 12 % more, and only O(log log n) of a size left to see.
#[must_use]
pub fn padded_len(length: usize) -> usize {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    let mask = (1usize << (exponent - kept.min(exponent))) - 1;
    (length + mask) & !mask
}

/// Bytes of a stream in the data object.
#[must_use]
pub const fn sealed_len(padded: usize) -> usize {
    padded + TAG_BYTES * frames(padded)
}

/// Frames of a stream. An empty one has a frame too, or cutting it off would not be seen.
#[must_use]
pub const fn frames(padded: usize) -> usize {
    if padded == 0 { 1 } else { padded.div_ceil(FRAME_BYTES) }
}

/// The cipher of one block.
pub struct FrameCipher {
    cipher: Aes256GcmSiv,
    associated: Vec<u8>,
}

impl FrameCipher {
    /// The cipher of this block.
    #[must_use]
    pub fn new(key: &BlockKey, segment: SegmentId, block: Block) -> Self {
        Self::of(key.expose(), segment, block)
    }

    fn of(key: &[u8; 32], segment: SegmentId, block: Block) -> Self {
        let associated = Transcript::new(label::SEGMENT_FRAME)
            .bytes(segment.bytes())
            .u8(block.kind())
            .bytes(&block.part());
        Self { cipher: Aes256GcmSiv::new(key.into()), associated: associated.finish() }
    }

    /// Appends a whole stream, which was padded before.
    pub fn seal(&self, stream: Stream, padded: &[u8], out: &mut Vec<u8>) {
        out.reserve(sealed_len(padded.len()));
        let count = frames(padded.len());
        for index in 0..count {
            let piece = &padded[index * FRAME_BYTES..padded.len().min((index + 1) * FRAME_BYTES)];
            let place = if index + 1 == count { Place::Last } else { Place::Before };
            let from = out.len();
            out.extend_from_slice(piece);
            self.close(&nonce(stream, index as u64, place), from, out);
        }
    }

    /// Appends one frame of a stream that goes on: what a spool writes.
    pub fn seal_one(&self, index: u64, plain: &[u8], out: &mut Vec<u8>) {
        let from = out.len();
        out.extend_from_slice(plain);
        self.close(&nonce(Stream::Rows, index, Place::Before), from, out);
    }

    fn close(&self, nonce: &Nonce, from: usize, out: &mut Vec<u8>) {
        let tag = self
            .cipher
            .encrypt_inout_detached(nonce, &self.associated, (&mut out[from..]).into())
            .expect("a frame is shorter than the cipher's limit");
        out.extend_from_slice(&tag);
    }

    /// Opens one frame of a stream in place, and gives its plaintext.
    ///
    /// # Errors
    /// When it is not that frame of that stream.
    pub fn open<'a>(
        &self,
        stream: Stream,
        index: usize,
        place: Place,
        sealed: &'a mut [u8],
    ) -> Result<&'a [u8], FrameError> {
        let (text, tag) = sealed.split_last_chunk_mut::<TAG_BYTES>().ok_or(FrameError)?;
        let tag = Tag::from(*tag);
        self.cipher
            .decrypt_inout_detached(
                &nonce(stream, index as u64, place),
                &self.associated,
                (&mut *text).into(),
                &tag,
            )
            .map_err(|_| FrameError)?;
        Ok(text)
    }
}

/// Whether a frame ends its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// More follows.
    Before = 0,
    /// The last one.
    Last = 1,
}

/// `u32 stream ‖ u56 counter ‖ u8 last`.
fn nonce(stream: Stream, counter: u64, place: Place) -> Nonce {
    let mut nonce = [0u8; 12];
    nonce[..4].copy_from_slice(&(stream as u32).to_be_bytes());
    nonce[4..11].copy_from_slice(&counter.to_be_bytes()[1..]);
    nonce[11] = place as u8;
    nonce.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::name::{EpochId, Line, NodeId, SegmentName, SiteId};
    use base::Day;

    fn cipher(key: u8, segment: u8, site: u8) -> FrameCipher {
        let block = Block::Rows(SiteId::from_bytes([site; 16]));
        let name = SegmentName {
            line: Line::from_bytes([1; 32]),
            epoch: EpochId::from_bytes([2; 16]),
            day: Day::from_number(20_000),
            node: NodeId::from_bytes([segment; 16]),
            seq: 1,
        };
        FrameCipher::of(&[key; 32], name.id(), block)
    }

    #[test]
    fn padme_lengths() {
        let cases = [
            (0, 0),
            (1, 1),
            (2, 2),
            (9, 10),
            (100, 104),
            (1_000, 1_024),
            (1_025, 1_088),
            (1_000_000, 1_015_808),
        ];
        for (length, expected) in cases {
            assert_eq!(padded_len(length), expected, "{length}");
        }
        for length in 1..5_000 {
            let padded = padded_len(length);
            assert!(
                padded >= length && padded_len(padded) == padded && (padded - length) * 100 <= 12 * length
            );
        }
    }

    #[test]
    fn a_frame_opens_in_its_place_only() {
        let text: Vec<u8> = (0..FRAME_BYTES + 10).map(|n| n as u8).collect();
        let mut sealed = Vec::new();
        cipher(1, 2, 3).seal(Stream::Rows, &text, &mut sealed);
        assert_eq!(sealed.len(), sealed_len(text.len()));
        let first = &sealed[..FRAME_BYTES + TAG_BYTES];
        let last = &sealed[FRAME_BYTES + TAG_BYTES..];
        let open = |cipher: &FrameCipher, stream, index, place, frame: &[u8]| {
            cipher.open(stream, index, place, &mut frame.to_vec()).map(<[u8]>::to_vec)
        };
        let right = cipher(1, 2, 3);
        assert_eq!(open(&right, Stream::Rows, 0, Place::Before, first).as_deref(), Ok(&text[..FRAME_BYTES]));
        assert_eq!(open(&right, Stream::Rows, 1, Place::Last, last).as_deref(), Ok(&text[FRAME_BYTES..]));
        let wrong = [
            open(&right, Stream::Rows, 1, Place::Before, first),
            open(&right, Stream::Rows, 0, Place::Last, first),
            open(&right, Stream::Rows, 1, Place::Before, last),
            open(&right, Stream::Statistics, 0, Place::Before, first),
            open(&cipher(0, 2, 3), Stream::Rows, 0, Place::Before, first),
            open(&cipher(1, 0, 3), Stream::Rows, 0, Place::Before, first),
            open(&cipher(1, 2, 0), Stream::Rows, 0, Place::Before, first),
            open(&right, Stream::Rows, 0, Place::Before, &first[1..]),
            open(&right, Stream::Rows, 0, Place::Before, &first[..10]),
        ];
        for (index, result) in wrong.into_iter().enumerate() {
            assert_eq!(result, Err(FrameError), "{index}");
        }
        let mut flipped = first.to_vec();
        flipped[77] ^= 1;
        assert_eq!(open(&right, Stream::Rows, 0, Place::Before, &flipped), Err(FrameError));
    }

    #[test]
    fn an_empty_stream_has_a_frame() {
        let mut sealed = Vec::new();
        cipher(1, 2, 3).seal(Stream::Rows, &[], &mut sealed);
        assert_eq!(sealed.len(), TAG_BYTES);
        assert_eq!(cipher(1, 2, 3).open(Stream::Rows, 0, Place::Last, &mut sealed), Ok(&[][..]));
    }
}
