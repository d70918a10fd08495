//! Instants: milliseconds since 1970-01-01T00:00:00Z without leap seconds, as in JavaScript.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "a number has at most fourteen digits, and no result comes near 2^63"
)]

/// The least absolute value of a number that is an instant: 10^11 ms, in March 1973.
///
/// Seconds since 1970 are below it until the year 5138, so that a number in the wrong unit is no
/// instant at all, instead of one in January 1970.
pub const MIN_MILLIS: i64 = 100_000_000_000;

/// The greatest absolute value of a number that is an instant: that of a JavaScript `Date`
/// (ECMA-262, "Time Values and Time Range").
pub const MAX_MILLIS: i64 = 8_640_000_000_000_000;

/// The instant that `n` is, in milliseconds: an integral number whose absolute value is from
/// [`MIN_MILLIS`] to [`MAX_MILLIS`], else `None`.
pub fn from_number(n: f64) -> Option<i64> {
    // The cast cuts off, saturates and makes NaN 0: only an integral number equals its result.
    let millis = n as i64;
    let integral = millis as f64 == n;
    (integral && (MIN_MILLIS..=MAX_MILLIS).contains(&millis.wrapping_abs())).then_some(millis)
}

/// The instant of an RFC 3339 `date-time` (§5.6), in milliseconds; `None` if `text` is none.
///
/// - `T` and `Z` are in either case; no space stands for the `T` (§5.6, notes).
/// - The year is from 0000 to 9999 in the proleptic Gregorian calendar, and has the day (§5.7).
/// - Seconds are 00 to 59. The leap second, 60, has no milliseconds of its own and is refused.
/// - A fraction has one digit or more. Those after the third are cut off, so that a time between
///   two milliseconds is the earlier one, before 1970 as well.
/// - The offset is `Z` or from -23:59 to +23:59. -00:00 (§4.3) is the same as `Z`.
///
/// The result is from -62,167,305,540,000 to 253,402,387,139,999: the limits of [`from_number`]
/// are for numbers alone.
///
/// ```
/// use serin::compare::time::parse;
/// assert_eq!(parse(b"2026-12-01T10:00:00+01:00"), Some(1_796_115_600_000));
/// assert_eq!(parse(b"2026-12-01"), None);
/// ```
pub fn parse(text: &[u8]) -> Option<i64> {
    let (date_time, mut rest) = text.split_at_checked(19)?;
    let number = digits(date_time, b"0000-00-00T00:00:00")?;
    let (date, time) = (number / 1_000_000, number % 1_000_000);
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    let (minutes, seconds) = (minutes_of(time / 100)?, time % 100);
    let start = month_start(year, month);
    let length = month_start(year, month + 1) - start;
    if !(1..=12).contains(&month) || !(1..=length).contains(&day) || seconds > 59 {
        return None;
    }
    let mut millis = 0;
    if let [b'.', fraction @ ..] = rest {
        rest = fraction;
        let mut unit = 100;
        while let [digit @ b'0'..=b'9', tail @ ..] = rest {
            millis += i64::from(digit & 15) * unit;
            unit /= 10;
            rest = tail;
        }
        if unit == 100 {
            return None;
        }
    }
    // How far the local time is ahead of UTC (§4.2).
    let offset = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), offset @ ..] => {
            let offset = minutes_of(digits(offset, b"00:00")?)?;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    let days = start + day - 1;
    Some(((days * 1440 + minutes - offset) * 60 + seconds) * 1000 + millis)
}

/// All digits of `text` as one number, if it has digits where `form` has zeros, and elsewhere the
/// same bytes, letters in either case.
#[inline(never)]
fn digits(text: &[u8], form: &[u8]) -> Option<i64> {
    if text.len() != form.len() {
        return None;
    }
    let mut number = 0;
    for (byte, like) in text.iter().zip(form) {
        if *like != b'0' {
            if !byte.eq_ignore_ascii_case(like) {
                return None;
            }
        } else if byte.is_ascii_digit() {
            number = number * 10 + i64::from(byte & 15);
        } else {
            return None;
        }
    }
    Some(number)
}

/// The minutes of a time of day, or of an offset, given as the number hhmm.
#[inline(never)]
fn minutes_of(number: i64) -> Option<i64> {
    let (hours, minutes) = (number / 100, number % 100);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// The days from 1970-01-01 to the first of a month, where 13 is the January after.
#[inline(never)]
fn month_start(year: i64, month: i64) -> i64 {
    // Counted from March, a leap day is the last of its year, and any five months from the first
    // have 153 days. Counted from -400, no year is negative.
    let (year, month) = if month < 3 { (year + 399, month + 9) } else { (year + 400, month - 3) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 - 865_565
}
