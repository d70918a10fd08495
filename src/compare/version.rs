//! Versions and version ranges: SemVer 2.0.0, and npm's `semver` with prereleases included.

use super::cursor::{Cursor, MAX_NUMBER, NONE};
use core::cmp::Ordering;

/// The prerelease below all others.
const LOWEST: &[u8] = b"0";

/// A version without its build metadata, which has no part in precedence (SemVer 2.0.0 §10).
///
/// Two versions are equal exactly if [`compare`] says so.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Version<'a> {
    /// Major, minor, patch: up to 2^53 - 1 as read, and any in a bound.
    pub numbers: [u64; 3],
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
        let mut cursor = Cursor::new(text);
        cursor.eat(b'v');
        let mut version = Self { numbers: [0; 3], pre: b"" };
        let count = version.take(&mut cursor, 1);
        ((1..=3).contains(&count) && cursor.ended()).then_some(version)
    }

    /// Takes one to three numbers with dots between them, and after `tagged` or more of them a
    /// prerelease and a build, if they are there. What is not there stays as it is.
    ///
    /// Returns how many numbers there are, or [`SYNTAX`] or [`TOO_LARGE`] with the cursor at it.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn take(&mut self, cursor: &mut Cursor<'a>, tagged: u32) -> u32 {
        let mut count: u32 = 0;
        for number in &mut self.numbers {
            let value = cursor.number(10);
            if value > MAX_NUMBER {
                return if value == NONE { SYNTAX } else { TOO_LARGE };
            }
            *number = value;
            count = count.wrapping_add(1);
            if count == 3 || !cursor.eat(b'.') {
                break;
            }
        }
        if count >= tagged {
            let start = cursor.at.wrapping_add(1);
            if cursor.eat(b'-') && !take_identifiers(cursor, true) {
                return SYNTAX;
            }
            // Empty as well where there was no hyphen.
            self.pre = cursor.text.get(start..cursor.at).unwrap_or_default();
            if cursor.eat(b'+') && !take_identifiers(cursor, false) {
                return SYNTAX;
            }
        }
        count
    }
}

/// What [`Version::take`] returns instead of a number of numbers, see [`RangeErrorKind`].
const SYNTAX: u32 = 0;
/// As [`SYNTAX`].
const TOO_LARGE: u32 = 4;

/// Takes one identifier or more with dots between them. Else the cursor is at what is none.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn take_identifiers(cursor: &mut Cursor<'_>, prerelease: bool) -> bool {
    loop {
        let (text, start) = (cursor.text, cursor.at);
        while byte(text, cursor.at) > DOT {
            cursor.at = cursor.at.wrapping_add(1);
        }
        // §9: no leading zeros in a prerelease, so none with digits alone behind it.
        let zero = prerelease && byte(text, start) == ZERO;
        if cursor.at == start || zero && !matches!(rank(text, start.wrapping_add(1)), 0 | WORD) {
            cursor.at = start;
            return false;
        }
        if !cursor.eat(b'.') {
            return true;
        }
    }
}

/// The order of precedence (SemVer 2.0.0 §11). Numeric identifiers may be of any length.
pub fn compare(a: &Version<'_>, b: &Version<'_>) -> Ordering {
    let [a, b] = [a, b].map(|version| Bound { version: *version, after: false });
    a.is_above(&b).cmp(&b.is_above(&a))
}

/// Identifiers of different ranks are in the order of these, others in that of their bytes (§11.4).
///
/// A numeric one is below the others, and having no leading zeros, the longer of two is the
/// greater number: its rank is its length.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn rank(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while matches!(byte(text, at), ZERO..=NINE) {
        at = at.wrapping_add(1);
    }
    if byte(text, at) > DOT { WORD } else { at.wrapping_sub(start) }
}

/// The [rank](rank()) of an identifier that is no number.
const WORD: usize = usize::MAX;

/// The byte of an identifier (§9), or [`DOT`], or for all else [`END`].
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn byte(text: &[u8], at: usize) -> u32 {
    match text.get(at) {
        Some(b'.') => DOT,
        Some(byte) if byte.is_ascii_alphanumeric() || *byte == b'-' => u32::from(*byte),
        _ => END,
    }
}

/// Where a list of identifiers ends. Below [`DOT`], for the shorter of two lists is the lower.
const END: u32 = 0;
/// Where an identifier ends. Below all its bytes, for the shorter of two is the lower.
const DOT: u32 = 1;
/// The bytes that numeric identifiers begin with, and consist of.
const ZERO: u32 = b'0' as u32;
const NINE: u32 = b'9' as u32;

/// One end of a range: a place in the order of versions, at a version or between two.
#[derive(Clone, Copy)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Bound<'a> {
    /// The version at this end.
    pub version: Version<'a>,
    /// Whether the end is directly above that version, not at it.
    pub after: bool,
}

impl Bound<'_> {
    /// Makes this the end of the versions that begin here and that `count` numbers stand for:
    /// directly after a single one, or where those that agree in some numbers have the last of
    /// these greater.
    fn close(&mut self, count: u32, operator: u32) {
        let (caret, tilde) = (operator == CARET, operator == TILDE);
        if count == 3 && !caret && !tilde {
            self.after = true;
            return;
        }
        let last = if tilde && count > 1 { 2 } else { count };
        let mut at: u32 = 0;
        let mut past = false;
        for number in &mut self.version.numbers {
            at = at.wrapping_add(1);
            if past {
                *number = 0;
            } else if at == last || caret && *number > 0 {
                // None is above 2^53 - 1, so nothing wraps.
                *number = number.wrapping_add(1);
                past = true;
            }
        }
        self.version.pre = LOWEST;
    }

    /// Whether this end is above the other (SemVer 2.0.0 §11).
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn is_above(&self, other: &Bound<'_>) -> bool {
        for (number, than) in self.version.numbers.iter().zip(&other.version.numbers) {
            if number != than {
                return number > than;
            }
        }
        let (pre, than) = (self.version.pre, other.version.pre);
        if pre.is_empty() != than.is_empty() {
            // §11.3: without a prerelease it is above all that have one.
            return pre.is_empty();
        }
        // §11.4: the first two identifiers that differ.
        let (mut at, mut start) = (0, 0);
        loop {
            let (left, right) = (byte(pre, at), byte(than, at));
            if left != right {
                let ranks = (rank(pre, start), rank(than, start));
                return if ranks.0 == ranks.1 { left > right } else { ranks.0 > ranks.1 };
            }
            at = usize::wrapping_add(at, 1);
            match left {
                END => return self.after && !other.after,
                DOT => start = at,
                _ => {}
            }
        }
    }
}

/// The versions from one end to below the other. There may be none.
#[derive(Clone, Copy)]
#[cfg_attr(any(feature = "std", test), derive(Debug))]
pub struct Range<'a> {
    /// The lower end.
    pub low: Bound<'a>,
    /// The upper end.
    pub high: Bound<'a>,
}

impl Default for Range<'_> {
    /// All versions.
    fn default() -> Self {
        Self::ALL
    }
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
    const ALL: Self = {
        let low = Version { numbers: [0; 3], pre: LOWEST };
        let high = Version { numbers: [u64::MAX, 0, 0], pre: LOWEST };
        Self {
            low: Bound { version: low, after: false },
            high: Bound { version: high, after: false },
        }
    };

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
        let mut range = Self::ALL;
        let mut cursor = Cursor::new(text);
        match range.narrow(&mut cursor) {
            Ok(()) => Ok(range),
            Err(kind) => Err(RangeError { kind, at: cursor.at }),
        }
    }

    /// Whether `version` lies between the ends.
    pub fn contains(&self, version: &Version<'_>) -> bool {
        let version = Bound { version: *version, after: false };
        !self.low.is_above(&version) && self.high.is_above(&version)
    }

    /// Takes comparators up to the end, and what they leave out off the range. After an error, the
    /// cursor is at it.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn narrow(&mut self, cursor: &mut Cursor<'a>) -> Result<(), RangeErrorKind> {
        loop {
            let start = cursor.at;
            // Without an operator, a digit.
            let operator = cursor.peek();
            if matches!(operator, LESS..=GREATER | CARET | TILDE) {
                cursor.at = start.wrapping_add(1);
            }
            let strict = (operator == LESS || operator == GREATER) && !cursor.eat(b'=');
            // Its lower end has what is not written.
            let mut found = Self::ALL;
            let count = found.low.version.take(cursor, 3);
            if count == TOO_LARGE {
                return Err(RangeErrorKind::TooLarge);
            }
            let ended = cursor.ended();
            if count == SYNTAX || !ended && !cursor.eat(b' ') {
                return Err(RangeErrorKind::Syntax);
            }
            if count < 3 && operator < LESS {
                cursor.at = start;
                return Err(RangeErrorKind::BarePartial);
            }
            found.high = found.low;
            found.high.close(count, operator);
            // `<` and `>` leave out what is written, the other operators take it in.
            let Self { low: first, high: last } = &found;
            let (low, high) = if strict { (last, first) } else { (first, last) };
            if operator != LESS && low.is_above(&self.low) {
                self.low = *low;
            }
            if operator != GREATER && self.high.is_above(high) {
                self.high = *high;
            }
            if ended {
                return Ok(());
            }
            while cursor.eat(b' ') {}
        }
    }
}

/// The operators as [`Cursor::peek`] gives them, all above the digits.
const LESS: u32 = b'<' as u32;
const GREATER: u32 = b'>' as u32;
const CARET: u32 = b'^' as u32;
const TILDE: u32 = b'~' as u32;
