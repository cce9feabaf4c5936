//! Times as web servers write them, to the second in UTC.

use super::bad::Bad;
use base::Day;
use jiff::civil::Date;

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
/// Length of `10/Oct/2025:13:55:36 +0000`.
pub const CLF_BYTES: usize = 26;
/// Seconds from which a number is milliseconds (the year 5138); nginx has none, some JSON logs do.
const SECONDS_MAX: i64 = 100_000_000_000;

/// The last date and offset met: thousands of lines in a row share them.
#[derive(Debug, Clone, Default)]
pub struct TimeCache {
    date: [u8; 11],
    offset: [u8; 5],
    /// Seconds since the epoch of that date's midnight at that offset; none before the first line.
    midnight: Option<i64>,
}

impl TimeCache {
    /// `10/Oct/2025:13:55:36 +0000`, exactly.
    #[inline]
    pub fn common_log(&mut self, text: &[u8]) -> Result<i64, Bad> {
        let text: &[u8; CLF_BYTES] = text.try_into().map_err(|_| Bad::Time)?;
        let punctuation = text[11] == b':' && text[14] == b':' && text[17] == b':' && text[20] == b' ';
        let (hour, minute, second) = (two(text, 12), two(text, 15), two(text, 18));
        if !punctuation || hour > 23 || minute > 59 || second > 60 {
            return Err(Bad::Time);
        }
        let midnight = match self.midnight {
            Some(midnight) if text[..11] == self.date && text[21..] == self.offset => midnight,
            _ => self.remember(text)?,
        };
        not_before_1970(midnight + i64::from(hour * 3_600 + minute * 60 + second.min(59)))
    }

    #[cold]
    fn remember(&mut self, text: &[u8; CLF_BYTES]) -> Result<i64, Bad> {
        if text[2] != b'/' || text[6] != b'/' {
            return Err(Bad::Time);
        }
        let month = MONTHS.iter().position(|name| text[3..6] == name[..]).ok_or(Bad::Time)?;
        let midnight = midnight(year(&text[7..11])?, month as u32 + 1, two(text, 0))? - offset(&text[21..])?;
        self.date.copy_from_slice(&text[..11]);
        self.offset.copy_from_slice(&text[21..]);
        self.midnight = Some(midnight);
        Ok(midnight)
    }

    /// Any form that occurs as a value of JSON: seconds with or without fraction, RFC 3339, or the common log's.
    pub fn any(&mut self, text: &[u8]) -> Result<i64, Bad> {
        match text {
            [_, _, b'/', ..] => self.common_log(text),
            [_, _, _, _, b'-', ..] => rfc3339(text),
            _ => seconds(text),
        }
    }
}

/// Seconds since the epoch with an optional fraction, as `$msec` and Caddy's `ts`; milliseconds when they
/// cannot be seconds.
#[inline]
pub fn seconds(text: &[u8]) -> Result<i64, Bad> {
    let mut parts = text.splitn(2, |byte| *byte == b'.');
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next().unwrap_or(b"0"));
    let digits = |part: &[u8]| !part.is_empty() && part.len() <= 15 && part.iter().all(u8::is_ascii_digit);
    if !digits(whole) || !digits(fraction) {
        return Err(Bad::Time);
    }
    let number = whole.iter().fold(0i64, |number, byte| number * 10 + i64::from(byte - b'0'));
    let number = if number >= SECONDS_MAX { number / 1_000 } else { number };
    // Days are stored in 32 bits, and a year of five digits is damage.
    if number >= SECONDS_MAX { Err(Bad::Time) } else { Ok(number) }
}

/// `2025-10-10T13:55:36`, an optional fraction, and `Z` or an offset.
fn rfc3339(text: &[u8]) -> Result<i64, Bad> {
    let (date, rest) = text.split_at_checked(19).ok_or(Bad::Time)?;
    let date: &[u8; 19] = date.try_into().map_err(|_| Bad::Time)?;
    let punctuation =
        date[7] == b'-' && matches!(date[10], b'T' | b't' | b' ') && date[13] == b':' && date[16] == b':';
    let (hour, minute, second) = (two(date, 11), two(date, 14), two(date, 17));
    if !punctuation || hour > 23 || minute > 59 || second > 60 {
        return Err(Bad::Time);
    }
    let rest = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 { return Err(Bad::Time) } else { &fraction[digits..] }
        }
        None => rest,
    };
    let offset = match rest {
        b"Z" | b"z" => 0,
        [sign, h, m, b':', n, o] => offset(&[*sign, *h, *m, *n, *o])?,
        [_, _, _, _, _] => offset(rest)?,
        _ => return Err(Bad::Time),
    };
    let midnight = midnight(year(&date[..4])?, two(date, 5), two(date, 8))?;
    not_before_1970(midnight - offset + i64::from(hour * 3_600 + minute * 60 + second.min(59)))
}

/// A number of two digits; more than 99 when they are no digits.
#[inline]
fn two<const N: usize>(text: &[u8; N], at: usize) -> u32 {
    let (tens, ones) = (text[at].wrapping_sub(b'0'), text[at + 1].wrapping_sub(b'0'));
    if tens > 9 || ones > 9 { 100 } else { u32::from(tens) * 10 + u32::from(ones) }
}

fn year(text: &[u8]) -> Result<i16, Bad> {
    if !text.iter().all(u8::is_ascii_digit) {
        return Err(Bad::Time);
    }
    Ok(text.iter().fold(0, |year, byte| year * 10 + i16::from(byte - b'0')))
}

fn midnight(year: i16, month: u32, day: u32) -> Result<i64, Bad> {
    let (month, day) =
        (i8::try_from(month).map_err(|_| Bad::Time)?, i8::try_from(day).map_err(|_| Bad::Time)?);
    let date = Date::new(year, month, day).map_err(|_| Bad::Time)?;
    Day::of_date(date).map(|day| day.start().as_seconds()).ok_or(Bad::Time)
}

/// Seconds that the clock of `+0200` is ahead of UTC.
fn offset(text: &[u8]) -> Result<i64, Bad> {
    let text: &[u8; 5] = text.try_into().map_err(|_| Bad::Time)?;
    let (hours, minutes) = (two(text, 1), two(text, 3));
    if hours > 23 || minutes > 59 {
        return Err(Bad::Time);
    }
    let seconds = i64::from(hours * 3_600 + minutes * 60);
    match text[0] {
        b'+' => Ok(seconds),
        b'-' => Ok(-seconds),
        _ => Err(Bad::Time),
    }
}

fn not_before_1970(seconds: i64) -> Result<i64, Bad> {
    if seconds < 0 { Err(Bad::Time) } else { Ok(seconds) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Timestamp;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<i64, Bad> {
        TimeCache::default().any(text.as_bytes())
    }

    #[test]
    fn one_instant_in_every_form() {
        let forms = [
            "10/Oct/2025:13:55:36 +0000",
            "10/Oct/2025:15:55:36 +0200",
            "09/Oct/2025:23:55:36 -1400",
            "2025-10-10T13:55:36Z",
            "2025-10-10T13:55:36.123456Z",
            "2025-10-10t15:55:36+02:00",
            "2025-10-10 15:55:36.1+0200",
            "1760104536",
            "1760104536.999",
            "1760104536999",
        ];
        for text in forms {
            assert_eq!(read(text), Ok(1_760_104_536), "{text}");
        }
        // A leap second is the last second of its minute.
        assert_eq!(read("31/Dec/2016:23:59:60 +0000"), read("31/Dec/2016:23:59:59 +0000"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let bad = "|-|10/Okt/2025:13:55:36 +0000|31/Feb/2025:13:55:36 +0000|10/Oct/2025:24:55:36 +0000|10/Oct/2025:13:60:36 +0000\
            |10/Oct/2025:13:55:61 +0000|10/Oct/2025:13:55:36 0000|10/Oct/2025:13:55:36|10/Oct/1969:13:55:36 +0000\
            |2025-10-10T13:55:36|2025-13-10T13:55:36Z|2025-10-10T13:55:36.Z|2025-10-10|1e9|-5|9999999999999999|1.|.5|17601045361760104536";
        for text in bad.split('|') {
            assert_eq!(read(text), Err(Bad::Time), "{text}");
        }
    }

    #[test]
    fn the_cache_notices_another_date_and_offset() {
        let mut cache = TimeCache::default();
        let one = cache.common_log(b"10/Oct/2025:23:59:59 +0000").expect("a time");
        assert_eq!(cache.common_log(b"11/Oct/2025:00:00:00 +0000"), Ok(one + 1));
        assert_eq!(cache.common_log(b"11/Oct/2025:00:00:00 +0100"), Ok(one + 1 - 3_600));
        assert_eq!(cache.common_log(b"11/Foo/2025:00:00:00 +0100"), Err(Bad::Time));
        assert_eq!(cache.common_log(b"11/Oct/2025:00:00:00 +0100"), Ok(one + 1 - 3_600));
    }

    proptest! {
        #[test]
        fn rfc3339_reads_as_the_calendar_reads_it(seconds in 0i64..8_000_000_000) {
            let text = Timestamp::from_seconds(seconds).rfc3339();
            prop_assert_eq!(read(&text), Ok(seconds));
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = TimeCache::default().any(&bytes);
        }
    }
}
