//! Instants, read the long way.

/// Days before the first of January of a year, counted from 0000-01-01.
fn days_before(year: i64) -> i64 {
    let leap_years = |every: i64| (year + every - 1) / every;
    365 * year + leap_years(4) - leap_years(100) + leap_years(400)
}

fn is_leap(year: i64) -> bool {
    days_before(year + 1) - days_before(year) == 366
}

pub fn days_of_month(year: i64) -> [i64; 12] {
    [31, if is_leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

/// Days from 1970-01-01 to the first of January of a year.
pub fn days_since_1970(year: i64) -> i64 {
    days_before(year) - days_before(1970)
}

/// Milliseconds since 1970 of an RFC 3339 text with an offset.
pub fn rfc3339(text: &str) -> Option<i64> {
    let text = text.to_ascii_uppercase();
    let (local, minutes_ahead) = if let Some(local) = text.strip_suffix('Z') {
        (local, 0)
    } else {
        let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
        let sign = match offset.get(..1)? {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        let [hours, minutes] = fields(&offset[1..], "hh:mm")?;
        (local, sign * (within(hours, 0, 23)? * 60 + within(minutes, 0, 59)?))
    };
    let (whole, fraction) = match local.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (local, "0"),
    };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: i64 = format!("{fraction}00")[..3].parse().unwrap();
    let [year, month, day, hour, minute, second] = fields(whole, "yyyy-mm-ddThh:mm:ss")?;
    let months = &days_of_month(year)[..usize::try_from(within(month, 1, 12)?).unwrap()];
    let [before @ .., this_month] = months else { unreachable!() };
    let days =
        days_since_1970(year) + before.iter().sum::<i64>() + within(day, 1, *this_month)? - 1;
    let minutes = (days * 24 + within(hour, 0, 23)?) * 60 + within(minute, 0, 59)? - minutes_ahead;
    Some((minutes * 60 + within(second, 0, 59)?) * 1000 + thousandths)
}

fn within(n: i64, low: i64, high: i64) -> Option<i64> {
    (low..=high).contains(&n).then_some(n)
}

/// The numbers of a text whose form is `picture`, where a small letter stands for a digit.
fn fields<const N: usize>(text: &str, picture: &str) -> Option<[i64; N]> {
    let fits = |(byte, form): (u8, u8)| {
        if form.is_ascii_lowercase() { byte.is_ascii_digit() } else { byte == form }
    };
    if text.len() != picture.len() || !text.bytes().zip(picture.bytes()).all(fits) {
        return None;
    }
    let numbers: Vec<i64> =
        text.split(['-', ':', 'T']).map(|digits| digits.parse().unwrap()).collect();
    numbers.try_into().ok()
}
