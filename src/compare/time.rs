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
// Inlined, so that callers compare a number where an option would come by memory.
#[inline(always)]
pub fn parse(text: &[u8]) -> Option<i64> {
    let millis = millis(text);
    (millis != NONE).then_some(millis)
}

/// What [`millis`] returns for a text that is no instant.
const NONE: i64 = i64::MIN;

#[cfg_attr(target_arch = "wasm32", inline(never))]
fn millis(text: &[u8]) -> i64 {
    let Some((date_time, mut rest)) = text.split_at_checked(19) else { return NONE };
    let number = digits(date_time, b"9999-99-99T99:59:59");
    // An hour has 3600 numbers, and all hours that are written with two digits 360,000.
    let (date, seconds) = (number / 360_000, number % 360_000);
    let (year, month, day) = (date / 10_000, date / 100 % 100 - 1, date % 100 - 1);
    let months = year * 12 + month;
    let start = month_start(months);
    let length = month_start(months + 1) - start;

    // What a digit of the fraction counts; more before the point.
    let mut unit = 1000;
    let mut millis = 0;
    while let [byte, tail @ ..] = rest {
        let digit = byte.wrapping_sub(b'0');
        if unit == 1000 {
            if *byte != b'.' {
                break;
            }
        } else if digit > 9 {
            break;
        } else {
            millis += i64::from(digit) * unit;
        }
        unit /= 10;
        rest = tail;
    }

    // How far the local time is ahead of UTC (§4.2), or behind it. One at most is of the form.
    let ahead = digits(rest, b"+99:59").min(digits(rest, b"Z"));
    let behind = digits(rest, b"-99:59");
    let offset = if behind < 1440 { -behind } else { ahead };
    // The casts make what is negative too large.
    if month as u64 >= 12
        || day as u64 >= length as u64
        || seconds >= 86_400
        || unit == 100
        || offset >= 1440
    {
        return NONE;
    }
    ((start + day) * 86_400 + seconds - offset * 60) * 1000 + millis
}

/// All digits of `text` as one number, if it has digits up to those of `form` where that has
/// digits, and elsewhere the same bytes, letters in either case.
///
/// A digit has the weight of all that the next can be: minutes up to 59 are sixtieths of hours.
/// What is not of the form is 9999, which is no time of day, and as a date is of no month.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn digits(text: &[u8], form: &[u8]) -> i64 {
    if text.len() != form.len() {
        return 9999;
    }
    let mut number = 0;
    for (byte, like) in text.iter().zip(form) {
        let (digit, last) = (byte.wrapping_sub(b'0'), like.wrapping_sub(b'0'));
        if last > 9 {
            // The cases of a letter differ in one bit. What is below the letters has no cases.
            if (byte ^ like) & !(like >> 1 & 32) != 0 {
                return 9999;
            }
        } else if digit > last {
            return 9999;
        } else {
            number = number * i64::from(last + 1) + i64::from(digit);
        }
    }
    number
}

/// The days from 1970-01-01 to the first of a month, which is given as the months since January of
/// the year 0.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn month_start(months: i64) -> i64 {
    // Counted from March, a leap day is the last of its year, and any five months from the first
    // have 153 days. Counted from -400, no year is negative.
    let months = months + (400 * 12 - 2);
    let (year, month) = (months / 12, months % 12);
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 - 865_565
}
