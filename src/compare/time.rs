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
    let millis = millis(text);
    (millis != NONE).then_some(millis)
}

/// What [`millis`] returns for a text that is no instant.
const NONE: i64 = i64::MIN;

#[inline(never)]
fn millis(text: &[u8]) -> i64 {
    let Some((date_time, mut rest)) = text.split_at_checked(19) else { return NONE };
    let number = digits(date_time, b"0000-00-00T00:00:00");
    let (date, time) = (number / 1_000_000, number % 1_000_000);
    let (month, day) = (date / 100 % 100, date % 100);
    let (minutes, seconds) = (minutes_of(time / 100), time % 100);
    let months = date / 10_000 * 12 + month;
    let start = month_start(months);
    let length = month_start(months + 1) - start;
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
            return NONE;
        }
    }
    // How far the local time is ahead of UTC (§4.2), or behind it. One at most is of the form.
    let ahead = minutes_of(digits(rest, b"+00:00").min(digits(rest, b"Z")));
    let behind = minutes_of(digits(rest, b"-00:00"));
    let offset = if behind < DAY { -behind } else { ahead };
    if !(1..=12).contains(&month)
        || !(1..=length).contains(&day)
        || minutes >= DAY
        || seconds > 59
        || offset >= DAY
    {
        return NONE;
    }
    let days = start + day - 1;
    ((days * DAY + minutes - offset) * 60 + seconds) * 1000 + millis
}

/// The minutes of a day.
const DAY: i64 = 1440;

/// All digits of `text` as one number, if it has digits where `form` has zeros, and elsewhere the
/// same bytes, letters in either case.
///
/// Else 9999, which is no time of day, and as a date and time in no month.
#[inline(never)]
fn digits(text: &[u8], form: &[u8]) -> i64 {
    let mut number = 0;
    if text.len() != form.len() {
        return 9999;
    }
    for (byte, like) in text.iter().zip(form) {
        // All digits begin with the bits of zero, and so does nothing else whose others are below
        // ten. The cases of a letter differ in the bit below the one that letters alone have.
        let differing = byte ^ like;
        if *like == b'0' && differing < 10 {
            number = number * 10 + i64::from(differing);
        } else if differing & !(like >> 1 & 32) != 0 {
            return 9999;
        }
    }
    number
}

/// The minutes of a time of day, or of an offset, given as the number hhmm: below [`DAY`], else
/// it is none.
#[inline(never)]
fn minutes_of(number: i64) -> i64 {
    let minutes = number % 100;
    if minutes < 60 { number / 100 * 60 + minutes } else { DAY }
}

/// The days from 1970-01-01 to the first of a month, given as the months since that before
/// January of the year 0.
#[inline(never)]
fn month_start(months: i64) -> i64 {
    // Counted from March, a leap day is the last of its year, and any five months from the first
    // have 153 days. Counted from -400, no year is negative.
    let months = months + (400 * 12 - 3);
    let (year, month) = (months / 12, months % 12);
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 - 865_565
}
