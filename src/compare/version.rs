//! Versions and version ranges: SemVer 2.0.0, and npm's `semver` with prereleases included.

use core::cmp::Ordering;

/// The greatest number in a version as written: 2^53 - 1, npm's limit.
const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A version without its build metadata, which takes no part in precedence (SemVer 2.0.0 §10).
///
/// Equal values are equal in precedence, and the reverse.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Version<'a> {
    /// Up to 2^53 - 1, and 2^53 in the end of a range.
    pub major: u64,
    /// Up to 2^53 - 1, and 2^53 in the end of a range.
    pub minor: u64,
    /// Up to 2^53 - 1, and 2^53 in the end of a range.
    pub patch: u64,
    /// The dot-separated prerelease identifiers as written, without the `-` (§9); empty for none.
    pub pre: &'a [u8],
}

/// One end of a range.
#[derive(Clone, Copy)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Bound<'a> {
    /// The version at this end.
    pub version: Version<'a>,
    /// Whether that version itself is in the range.
    pub inclusive: bool,
}

/// The versions between two ends; `None` is an open end. A range may be empty.
#[derive(Clone, Copy, Default)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Range<'a> {
    /// The lower end.
    pub low: Option<Bound<'a>>,
    /// The upper end.
    pub high: Option<Bound<'a>>,
}

/// Why and where a text is not a range.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct RangeError {
    /// What is wrong.
    pub kind: RangeErrorKind,
    /// The byte offset of what is wrong; the length of the text where something is missing.
    pub at: usize,
}

/// What is wrong with a range.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub enum RangeErrorKind {
    /// The byte there, or the end, is not what the grammar has at this place.
    Syntax,
    /// One or two numbers without an operator, such as `2.10`. It is not clear whether `~2.10` or
    /// `=2.10.0` is meant.
    BarePartial,
    /// A number above 2^53 - 1.
    TooLarge,
}

impl<'a> Version<'a> {
    /// The version an attribute's text is, or `None`.
    ///
    /// The text is `v`? number (`.` number (`.` number)?)? (`-` prerelease)? (`+` build)?, with
    /// nothing around it. Numbers are up to 2^53 - 1 without leading zeros; missing ones are 0.
    /// Prerelease and build are as in SemVer 2.0.0 §9 and §10; the build is checked and dropped.
    ///
    /// ```
    /// use serin::compare::version::Version;
    /// assert!(Version::parse(b"v2.10-rc.1") == Version::parse(b"2.10.0-rc.1+linux"));
    /// assert!(Version::parse(b"2.x").is_none());
    /// ```
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let mut rest = text.strip_prefix(b"v").unwrap_or(text);
        let mut parts = [0; 3];
        numbers(&mut rest, &mut parts).ok()?;
        let version = Self::new(parts, tags(&mut rest)?);
        rest.is_empty().then_some(version)
    }

    fn new([major, minor, patch]: [u64; 3], pre: &'a [u8]) -> Self {
        Self { major, minor, patch, pre }
    }
}

/// The precedence of two versions (SemVer 2.0.0 §11).
///
/// Numeric identifiers compare as numbers however long they are; others byte by byte.
#[inline(never)]
pub fn compare(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    (a.major, a.minor, a.patch)
        .cmp(&(b.major, b.minor, b.patch))
        .then_with(|| compare_pre(a.pre, b.pre))
}

/// §11.3 and §11.4. Both are well-formed.
fn compare_pre(mut a: &[u8], mut b: &[u8]) -> Ordering {
    if a.is_empty() || b.is_empty() {
        // A version is higher than its prereleases.
        return b.len().cmp(&a.len());
    }
    loop {
        let (x, a_tail) = identifier(a);
        let (y, b_tail) = identifier(b);
        let order = rank(x).cmp(&rank(y)).then_with(|| x.cmp(y));
        if order != Ordering::Equal || x.is_empty() {
            return order;
        }
        a = a_tail.get(1..).unwrap_or_default();
        b = b_tail.get(1..).unwrap_or_default();
    }
}

/// What is lower by §11.4 has the lower rank; identifiers of the same rank compare byte by byte. That is 0 for none, the length, so the magnitude,
/// for a numeric one, and the highest for others.
#[inline(never)]
fn rank(identifier: &[u8]) -> usize {
    for byte in identifier {
        if !byte.is_ascii_digit() {
            return usize::MAX;
        }
    }
    identifier.len()
}

/// The identifier that `text` begins with, possibly empty, and the rest.
fn identifier(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at_checked(run(text)).unwrap_or_default()
}
#[inline(never)]
fn run(text: &[u8]) -> usize {
    let mut rest = text;
    while let [byte, tail @ ..] = rest && (byte.is_ascii_alphanumeric() || *byte == b'-') {
        rest = tail;
    }
    text.len().wrapping_sub(rest.len())
}

impl<'a> Range<'a> {
    /// The range that `text` is: comparators separated by one space or more, all of which hold.
    ///
    /// A comparator is an operator, one of `= < <= > >= ^ ~`, and one to three numbers; or three
    /// numbers alone, for exactly that version. After three numbers a prerelease and a build may
    /// follow; the build is ignored. The meaning is that of npm's `semver` 7.8 with
    /// `includePrerelease`: a version of three numbers stands for itself, one of fewer for all
    /// that begin with those numbers, prereleases included, and the end that `^` and `~` add is
    /// below the prereleases of that version.
    ///
    /// | range | versions |
    /// |---|---|
    /// | `>=1.2` | from 1.2.0-0 |
    /// | `>1.2` | from 1.3.0-0 |
    /// | `<1.2` | below 1.2.0-0 |
    /// | `<=1.2` | below 1.3.0-0 |
    /// | `=1.2`, `~1.2` | from 1.2.0-0, below 1.3.0-0 |
    /// | `^1.2` | from 1.2.0-0, below 2.0.0-0 |
    /// | `~1.2.3` | from 1.2.3, below 1.3.0-0 |
    /// | `^1.2.3`, `^0.2.3`, `^0.0.3` | from there, below 2.0.0-0, 0.3.0-0, 0.0.4-0 |
    ///
    /// # Errors
    /// The first thing in `text` that breaks this grammar.
    ///
    /// ```
    /// use serin::compare::version::{Range, Version};
    /// let range = Range::parse(b">=2.10.0 <3").ok().unwrap();
    /// assert!(range.contains(&Version::parse(b"2.11").unwrap()));
    /// assert!(!range.contains(&Version::parse(b"3.0.0-rc").unwrap()));
    /// ```
    pub fn parse(text: &'a [u8]) -> Result<Self, RangeError> {
        let mut range = Self::default();
        let mut rest = text;
        match range.fill(&mut rest) {
            Ok(()) => Ok(range),
            Err(kind) => Err(RangeError { kind, at: text.len().wrapping_sub(rest.len()) }),
        }
    }

    #[inline(never)]
    fn fill(&mut self, rest: &mut &'a [u8]) -> Result<(), RangeErrorKind> {
        loop {
            self.narrow(rest)?;
            if rest.is_empty() {
                return Ok(());
            }
            while let [b' ', tail @ ..] = *rest {
                *rest = tail;
            }
        }
    }

    /// Whether `version` lies between the ends.
    pub fn contains(&self, version: &Version<'_>) -> bool {
        self.low.as_ref().is_none_or(|low| within(version, low, Ordering::Greater))
            && self.high.as_ref().is_none_or(|high| within(version, high, Ordering::Less))
    }

    /// Narrows the range by the comparator that `rest` begins with, and takes it off. Then `rest`
    /// is empty or begins with a space; after an error, it begins with what is wrong.
    fn narrow(&mut self, rest: &mut &'a [u8]) -> Result<(), RangeErrorKind> {
        let start = *rest;
        let mut operator = 0;
        if let [op @ (b'<'..=b'>' | b'^' | b'~'), tail @ ..] = start {
            operator = *op;
            *rest = tail;
        }
        let mut strict = operator == b'<' || operator == b'>';
        if strict && let [b'=', tail @ ..] = *rest {
            *rest = tail;
            strict = false;
        }
        let mut parts = [0; 3];
        let last = numbers(rest, &mut parts)?;
        let mut exact = last == 2;
        let mut pre = LOWEST;
        if exact {
            pre = tags(rest).ok_or(RangeErrorKind::Syntax)?;
        }
        if !matches!(rest, [] | [b' ', ..]) {
            return Err(RangeErrorKind::Syntax);
        }
        if operator == 0 && !exact {
            *rest = start;
            return Err(RangeErrorKind::BarePartial);
        }
        let mut bound = Bound { version: Version::new(parts, pre), inclusive: true };
        let mut index = last;
        if operator == b'~' || operator == b'^' {
            index = index.min(1);
            exact = false;
        }
        if operator == b'^' {
            if bound.version.major != 0 { index = 0; } else if bound.version.minor == 0 { index = last; }
        }
        if operator != b'<' && !strict {
            tighten(&mut self.low, &bound, Ordering::Greater);
        }
        if !(operator == b'<' && strict) && !exact {
            bound.pass(index);
        }
        bound.inclusive ^= strict;
        if operator != b'>' {
            tighten(&mut self.high, &bound, Ordering::Less);
        } else if strict {
            tighten(&mut self.low, &bound, Ordering::Greater);
        }
        Ok(())
    }
}

impl Bound<'_> {
    fn pass(&mut self, index: usize) {
        self.inclusive = false;
        let version = &mut self.version;
        version.pre = LOWEST;
        if index > 1 {
            version.patch = version.patch.wrapping_add(1);
            return;
        }
        version.patch = 0;
        if index > 0 {
            version.minor = version.minor.wrapping_add(1);
            return;
        }
        version.minor = 0;
        version.major = version.major.wrapping_add(1);
    }
}

/// The prerelease below all others.
const LOWEST: &[u8] = b"0";

/// Whether `version` is on the `inner` side of an end, or at it and that is included.
#[inline(never)]
fn within(version: &Version<'_>, end: &Bound<'_>, inner: Ordering) -> bool {
    match compare(version, &end.version) {
        Ordering::Equal => end.inclusive,
        order => order == inner,
    }
}

/// Moves an end to `new` if that is further in, which it is if it leaves out the version there.
#[inline(never)]
fn tighten<'a>(end: &mut Option<Bound<'a>>, new: &Bound<'a>, inner: Ordering) {
    if end.as_ref().is_none_or(|old| !within(&old.version, new, inner)) {
        *end = Some(*new);
    }
}

/// Takes numbers. Returns the index of the last.
#[inline(never)]
fn numbers(rest: &mut &[u8], parts: &mut [u64; 3]) -> Result<usize, RangeErrorKind> {
    let mut last = 0;
    for (index, part) in parts.iter_mut().enumerate() {
        number(rest, part)?;
        last = index;
        match *rest {
            [b'.', tail @ ..] if index < 2 => *rest = tail,
            _ => break,
        }
    }
    Ok(last)
}

#[inline(never)]
fn number(rest: &mut &[u8], part: &mut u64) -> Result<(), RangeErrorKind> {
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
    *part = value;
    Ok(())
}

fn tags<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let text = *rest;
    let mut build = None;
    loop {
        let done = text.len().wrapping_sub(rest.len());
        match *rest {
            // Within identifiers there is no hyphen that could be met here
            [b'-', tail @ ..] => *rest = tail,
            [b'+', tail @ ..] if build.is_none() => {
                build = Some(done);
                *rest = tail;
            }
            [b'.', tail @ ..] if done > 0 => *rest = tail,
            _ => return Some(text.get(1..build.unwrap_or(done)).unwrap_or_default()),
        }
        let (found, after) = identifier(rest);
        let zeros = build.is_none() && found.len() > 1 && found.starts_with(b"0") && rank(found) == found.len();
        if found.is_empty() || zeros {
            return None;
        }
        *rest = after;
    }
}
