//! When a flag has expired.

use crate::compare::time;
use std::format;

/// Milliseconds from the start of a day in UTC until it has ended everywhere.
const EVERYWHERE: i64 = 36 * 3_600_000;

/// Whether what `expires` says is over at `now`, in milliseconds since 1970;
/// none if it says no time. A date is over when its day has ended everywhere,
/// which is at noon of the next day in UTC; an instant, when it has come.
pub fn expired(expires: &str, now: i64) -> Option<bool> {
    let end = match time::parse(expires.as_bytes()) {
        Some(instant) => instant,
        // What goes on behind a date is a time without an offset: no time.
        None => {
            let day = time::parse(format!("{expires}T00:00:00Z").as_bytes())?;
            day.saturating_add(EVERYWHERE)
        }
    };
    Some(end <= now)
}

#[cfg(test)]
mod tests {
    use super::expired;

    #[test]
    fn a_date_is_over_when_it_is_over_everywhere() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let cases = [
            ("2026-12-31", "2027-01-01T11:59:59Z", Some(false)),
            ("2026-12-31", "2027-01-01T12:00:00Z", Some(true)),
            ("2026-12-31T09:00:00+13:00", "2026-12-30T20:00:00Z", Some(true)),
            ("2026-12-31T09:00:00+13:00", "2026-12-30T19:59:59Z", Some(false)),
            ("9999-12-31", "9999-12-30T00:00:00Z", Some(false)),
            ("2026-12-31T09:00:00", "2030-01-01T00:00:00Z", None),
            ("next year", "2030-01-01T00:00:00Z", None),
            ("2026-02-30", "2030-01-01T00:00:00Z", None),
            ("", "2030-01-01T00:00:00Z", None),
        ];
        for (expires, now, wanted) in cases {
            assert_eq!(expired(expires, at(now)), wanted, "{expires} at {now}");
        }
    }
}
