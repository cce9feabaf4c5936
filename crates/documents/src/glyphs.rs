//! Text that the fonts can show. An archival PDF may not hold a character without a shape, so that a
//! single one would cost the whole document: what no font of ours has is shown as [`STAND_IN`].
//!
//! The fonts have Latin, Greek and Cyrillic with their marks, not Chinese, Japanese, Korean or emoji.

use crate::typeset::FONTS;

/// Stands for a character without a shape.
pub(crate) const STAND_IN: char = '\u{fffd}';

/// The text as it can be set: line ends become spaces; what steers and shows nothing is left out, also
/// what would turn the direction of the text after it.
pub(crate) fn showable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => out.push(' '),
            c if unseen(c) => {}
            c if has_shape(c) => out.push(c),
            _ => out.push(STAND_IN),
        }
    }
    out
}

/// Controls, marks of direction, joiners, selectors of variants, tags, and the byte order mark.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the font of the text has the character: one font, so that no cluster of a letter and its marks
/// falls between two.
fn has_shape(c: char) -> bool {
    FONTS.covers(c)
}
