//! Versions and version ranges: SemVer 2.0.0, and npm's `semver` with prereleases included.

use core::cmp::Ordering;

/// The greatest number that may be written: 2^53 - 1, as in npm's `semver`.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// The prerelease below all others.
const LOWEST: &[u8] = b"0";

/// A version without its build metadata, which has no part in precedence (SemVer 2.0.0 §10).
///
/// Two versions are equal exactly if [`compare`] says so.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Version<'a> {
    /// Up to 2^53 - 1 as read; one more in a bound that follows from it.
    pub major: u64,
    /// As `major`.
    pub minor: u64,
    /// As `major`.
    pub patch: u64,
    /// The dot-separated prerelease identifiers (§9) as written, without the `-`; empty for none.
    pub pre: &'a [u8],
}

impl<'a> Version<'a> {
    /// The version that the text of an attribute is; `None` if it is none.
    ///
    /// The form is `v`? number (`.` number (`.` number)?)? (`-` prerelease)? (`+` build)? with
    /// nothing around it. Numbers are at most 2^53 - 1, without leading zeros; missing ones are 0.
    /// Prerelease and build are those of SemVer 2.0.0 §9 and §10; the build is dropped.
    ///
    /// ```
    /// use serin::compare::version::Version;
    /// assert!(Version::parse(b"v2.10-rc.1") == Version::parse(b"2.10.0-rc.1+linux"));
    /// assert!(Version::parse(b"2.x").is_none());
    /// ```
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let mut rest = text.strip_prefix(b"v").unwrap_or(text);
        let mut numbers = [0; 3];
        take_numbers(&mut rest, &mut numbers).ok()?;
        let version = Self::new(numbers, take_tags(&mut rest)?);
        rest.is_empty().then_some(version)
    }

    fn new([major, minor, patch]: [u64; 3], pre: &'a [u8]) -> Self {
        Self { major, minor, patch, pre }
    }
}

/// The order of precedence (SemVer 2.0.0 §11). Numeric identifiers may be of any length.
pub fn compare(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    let numbers = (a.major, a.minor, a.patch).cmp(&(b.major, b.minor, b.patch));
    numbers.then_with(|| compare_prereleases(a.pre, b.pre))
}

fn compare_prereleases(mut a: &[u8], mut b: &[u8]) -> Ordering {
    if a.is_empty() || b.is_empty() {
        // §11.3: none is above any.
        return b.len().cmp(&a.len());
    }
    loop {
        let (left, a_tail) = identifier(a);
        let (right, b_tail) = identifier(b);
        let order = rank(left).cmp(&rank(right)).then_with(|| left.cmp(right));
        // Without an identifier left, both lists are at their end.
        if order != Ordering::Equal || left.is_empty() {
            return order;
        }
        // Past the dots.
        a = a_tail.get(1..).unwrap_or_default();
        b = b_tail.get(1..).unwrap_or_default();
    }
}

/// Identifiers of different ranks are in the order of these, others in that of their bytes (§11.4).
///
/// A missing one is below all. A numeric one is below the others, and having no leading zeros, the
/// longer of two is the greater number.
#[inline(never)]
fn rank(identifier: &[u8]) -> usize {
    if identifier.iter().all(u8::is_ascii_digit) { identifier.len() } else { usize::MAX }
}

/// One end of a range.
#[derive(Clone, Copy)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Bound<'a> {
    /// The version at this end.
    pub version: Version<'a>,
    /// Whether the range holds that version.
    pub inclusive: bool,
}

/// The versions between two ends, of which `None` is open. There may be none.
#[derive(Clone, Copy, Default)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Range<'a> {
    /// The lower end.
    pub low: Option<Bound<'a>>,
    /// The upper end.
    pub high: Option<Bound<'a>>,
}

/// Why a text is no range.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct RangeError {
    /// What is wrong.
    pub kind: RangeErrorKind,
    /// Where it begins, as a byte offset in the text; its length if something is missing there.
    pub at: usize,
}

/// What is wrong with the text of a range.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub enum RangeErrorKind {
    /// It cannot go on like this, or end here.
    Syntax,
    /// One or two numbers without an operator, such as `2.10`, which may have been meant as
    /// `~2.10` or as `=2.10.0`.
    BarePartial,
    /// A number above 2^53 - 1.
    TooLarge,
}

impl<'a> Range<'a> {
    /// The range of all comparators in `text`, which are separated by one space or more.
    ///
    /// A comparator is one of `= < <= > >= ^ ~` and one to three numbers, or three numbers alone,
    /// which is the same as with `=`. After three there may be a prerelease, and a build, which is
    /// ignored. It has the meaning that npm's `semver` 7.8 gives it with `includePrerelease`:
    ///
    /// | comparator | at or above | and below |
    /// |---|---|---|
    /// | `>=1.2`, `>1.2` | 1.2.0-0, 1.3.0-0 | |
    /// | `<1.2`, `<=1.2` | | 1.2.0-0, 1.3.0-0 |
    /// | `=1.2`, `~1.2` | 1.2.0-0 | 1.3.0-0 |
    /// | `~1.2.3` | 1.2.3 | 1.3.0-0 |
    /// | `^1.2.3`, `^0.2.3`, `^0.0.3` | what is written | 2.0.0-0, 0.3.0-0, 0.0.4-0 |
    /// | `^1.2`, `^0.2`, `^0.0`, `^0` | its prerelease -0 | 2.0.0-0, 0.3.0-0, 0.1.0-0, 1.0.0-0 |
    ///
    /// # Errors
    /// The first place where the text departs from this.
    ///
    /// ```
    /// use serin::compare::version::{Range, Version};
    /// let Ok(range) = Range::parse(b">=2.10.0 <3") else { panic!() };
    /// assert!(range.contains(&Version::parse(b"2.11").unwrap()));
    /// assert!(!range.contains(&Version::parse(b"3.0.0-rc").unwrap()));
    /// ```
    pub fn parse(text: &'a [u8]) -> Result<Self, RangeError> {
        let mut range = Self::default();
        let mut rest = text;
        loop {
            if let Err(kind) = range.narrow(&mut rest) {
                return Err(RangeError { kind, at: text.len().wrapping_sub(rest.len()) });
            }
            if rest.is_empty() {
                return Ok(range);
            }
            while let [b' ', tail @ ..] = rest {
                rest = tail;
            }
        }
    }

    /// Whether `version` lies between the ends.
    pub fn contains(&self, version: &Version<'_>) -> bool {
        self.low.as_ref().is_none_or(|low| within(version, low, Ordering::Greater))
            && self.high.as_ref().is_none_or(|high| within(version, high, Ordering::Less))
    }

    /// Takes a comparator off `rest`, which then is empty or begins with a space, or after an
    /// error with what is wrong.
    fn narrow(&mut self, rest: &mut &'a [u8]) -> Result<(), RangeErrorKind> {
        let start = *rest;
        let mut operator = 0;
        if let [byte @ (b'<'..=b'>' | b'^' | b'~'), tail @ ..] = start {
            operator = *byte;
            *rest = tail;
        }
        let mut strict = operator == b'<' || operator == b'>';
        if strict && let [b'=', tail @ ..] = *rest {
            strict = false;
            *rest = tail;
        }
        let mut numbers = [0; 3];
        let last = take_numbers(rest, &mut numbers)?;
        let full = last == 2;
        let pre = if full { take_tags(rest).ok_or(RangeErrorKind::Syntax)? } else { LOWEST };
        if !matches!(rest, [] | [b' ', ..]) {
            return Err(RangeErrorKind::Syntax);
        }
        if !full && operator == 0 {
            *rest = start;
            return Err(RangeErrorKind::BarePartial);
        }

        // What is written stands for the versions from `first` to `end`: a full one for that single
        // version, the others for all that agree with it up to `index`, and so end before `next`.
        let first = Version::new(numbers, pre);
        let index = match operator {
            b'~' => last.min(1),
            b'^' => numbers.iter().position(|number| *number != 0).unwrap_or(last),
            _ => last,
        };
        let single = full && operator != b'~' && operator != b'^';
        let next = next(numbers, index);
        let end = if single { &first } else { &next };
        // `<` and `>` leave these versions out, the other operators take them in.
        if operator != b'<' {
            let (version, inclusive) = if strict { (end, !single) } else { (&first, true) };
            tighten(&mut self.low, version, inclusive, Ordering::Greater);
        }
        if operator != b'>' {
            let (version, inclusive) = if strict { (&first, false) } else { (end, single) };
            tighten(&mut self.high, version, inclusive, Ordering::Less);
        }
        Ok(())
    }
}

/// The lowest version with a greater number at `index` than `numbers`, and the same before.
fn next([major, minor, patch]: [u64; 3], index: usize) -> Version<'static> {
    // None is above 2^53 - 1, so nothing wraps.
    let numbers = match index {
        0 => [major.wrapping_add(1), 0, 0],
        1 => [major, minor.wrapping_add(1), 0],
        _ => [major, minor, patch.wrapping_add(1)],
    };
    Version::new(numbers, LOWEST)
}

/// Whether `version` is on the `inner` side of an end, or at it and in the range.
#[inline(never)]
fn within(version: &Version<'_>, end: &Bound<'_>, inner: Ordering) -> bool {
    match compare(version, &end.version) {
        Ordering::Equal => end.inclusive,
        order => order == inner,
    }
}

/// Moves an end to `version` if that is further in, which it is if it leaves out the version there.
#[inline(never)]
fn tighten<'a>(
    end: &mut Option<Bound<'a>>,
    version: &Version<'a>,
    inclusive: bool,
    inner: Ordering,
) {
    let new = Bound { version: *version, inclusive };
    if end.as_ref().is_none_or(|old| !within(&old.version, &new, inner)) {
        *end = Some(new);
    }
}

/// Takes one to three numbers with dots between them off `rest`; the index of the last.
#[inline(never)]
fn take_numbers(rest: &mut &[u8], numbers: &mut [u64; 3]) -> Result<usize, RangeErrorKind> {
    let mut last = 0;
    for (index, number) in numbers.iter_mut().enumerate() {
        take_number(rest, number)?;
        last = index;
        match *rest {
            [b'.', tail @ ..] if index < 2 => *rest = tail,
            _ => break,
        }
    }
    Ok(last)
}

/// Takes a number off `rest`. A leading zero is all of it, so what follows that does not fit.
#[inline(never)]
fn take_number(rest: &mut &[u8], number: &mut u64) -> Result<(), RangeErrorKind> {
    let mut value: u64 = 0;
    let mut tail = *rest;
    while let [digit @ b'0'..=b'9', after @ ..] = tail {
        // Ten times 2^53 is below 2^64.
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit & 15));
        if value > MAX_NUMBER {
            return Err(RangeErrorKind::TooLarge);
        }
        tail = after;
        if value == 0 {
            break;
        }
    }
    if tail.len() == rest.len() {
        return Err(RangeErrorKind::Syntax);
    }
    *rest = tail;
    *number = value;
    Ok(())
}

/// Takes a prerelease and a build, if they are there, off `rest`: the prerelease.
#[inline(never)]
fn take_tags<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let text = *rest;
    let mut build = None;
    loop {
        let taken = text.len().wrapping_sub(rest.len());
        match *rest {
            // Only at the beginning: hyphens that come later are within identifiers.
            [b'-', tail @ ..] => *rest = tail,
            [b'.', tail @ ..] if taken > 0 => *rest = tail,
            [b'+', tail @ ..] if build.is_none() => {
                build = Some(taken);
                *rest = tail;
            }
            _ => return Some(text.get(1..build.unwrap_or(taken)).unwrap_or_default()),
        }
        let (found, tail) = identifier(rest);
        if found.is_empty() {
            return None;
        }
        // §9: no leading zeros in a prerelease.
        if build.is_none() && matches!(found, [b'0', _, ..]) && rank(found) == found.len() {
            return None;
        }
        *rest = tail;
    }
}

/// The identifier that `text` begins with, which may be empty, and the rest.
fn identifier(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at_checked(identifier_length(text)).unwrap_or_default()
}

#[inline(never)]
fn identifier_length(text: &[u8]) -> usize {
    let mut rest = text;
    while let [byte, tail @ ..] = rest
        && (byte.is_ascii_alphanumeric() || *byte == b'-')
    {
        rest = tail;
    }
    text.len().wrapping_sub(rest.len())
}
