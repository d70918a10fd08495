//! Instants as text.
//!
//! A library of dates would be a sixth of what a page downloads for the tools;
//! the tests hold this against one.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "days and milliseconds of the years 0 to 9999, far from the ends of 64 bits"
)]

use std::format;
use std::string::String;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// An instant as RFC 3339 in UTC; none where the year has not four digits.
pub fn rfc3339(millis: i64) -> Option<String> {
    let (day, time) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let (year, month, day) = date(day);
    if !(0..=9999).contains(&year) {
        return None;
    }
    let (seconds, part) = (time / 1000, time % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = if part == 0 { String::new() } else { format!(".{part:03}") };
    let part = part.trim_end_matches('0');
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{part}Z"))
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar.
fn date(day: i64) -> (i64, i64, i64) {
    // Counted from March of the year 0, a leap day is the last of its year,
    // four centuries are 146,097 days, and five months 153.
    let days = day.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year + era * 400 + i64::from(month >= 10);
    (year, if month < 10 { month + 3 } else { month - 9 }, day)
}

#[cfg(test)]
mod tests {
    use super::{DAY, rfc3339};
    use jiff::Timestamp;
    use std::string::ToString;

    #[test]
    fn every_day_is_that_of_jiff() {
        let first = "0000-01-01T00:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        let last = "9999-12-30T22:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        let (mut at, mut days) = (first, 0);
        while at < last {
            let own = rfc3339(at).unwrap();
            assert_eq!(own, Timestamp::from_millisecond(at).unwrap().to_string());
            // Another time of each day, its ends now and then.
            at += DAY - 1 + (days % 3) * 17_431;
            days += 1;
        }
        assert!(days > 3_000_000);
        for outside in [first - 1, i64::MIN, i64::MAX, last + 10 * DAY] {
            assert_eq!(rfc3339(outside), None);
        }
    }
}
