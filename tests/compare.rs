//! `serin::compare` against the libraries it stands in for: `semver` for versions, `jiff` for
//! times, the standard library for addresses, and what npm's `semver` answers for ranges.
//!
//! Where a rule of the format is not the library's, the judge here states the rule and its reason;
//! in everything else the two must agree. The random numbers are the same in every run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use core::cmp::Ordering;
use core::net::{Ipv4Addr, Ipv6Addr};
use jiff::civil::{Date, DateTime, Time};
use serin::compare::address::{Address, Network};
use serin::compare::version::RangeErrorKind::{BarePartial, Syntax, TooLarge};
use serin::compare::version::{self, Bound, Range, Version};
use serin::compare::{text, time};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    /// One of the texts of a [list].
    fn pick<'a>(&mut self, texts: &'a str) -> &'a str {
        let index = self.below(list(texts).count() as u64) as usize;
        list(texts).nth(index).unwrap()
    }

    /// The text with a byte replaced, removed, doubled or put in, mostly one of `bytes`.
    fn mutate(&mut self, text: &mut Vec<u8>, bytes: &[u8]) {
        let at = self.below(text.len() as u64 + 1) as usize;
        let byte = match self.one_in(8) {
            true => self.next() as u8,
            false => bytes[self.below(bytes.len() as u64) as usize],
        };
        match self.below(4) {
            0 if at < text.len() => text[at] = byte,
            1 if at < text.len() => drop(text.remove(at)),
            2 if at < text.len() => text.insert(at, text[at]),
            _ => text.insert(at, byte),
        }
    }
}

/// The texts between the semicolons.
fn list(texts: &str) -> impl Iterator<Item = &str> {
    texts.split(';')
}

fn lossy(text: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(text)
}

// Versions

const MAX_NUMBER: u64 = (1 << 53) - 1;

/// A version by the rules of the format, read by `semver`.
fn judge_version(text: &str) -> Option<semver::Version> {
    // Unlike SemVer, an attribute may have a `v`, and fewer than three numbers.
    let text = text.strip_prefix('v').unwrap_or(text);
    let tags = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, tags) = text.split_at(tags);
    let zeros = ["", ".0.0", ".0", ""].get(numbers.split('.').count())?;
    let version = semver::Version::parse(&format!("{numbers}{zeros}{tags}")).ok()?;
    // As in npm, and unlike `semver`, whose numbers are u64.
    [version.major, version.minor, version.patch]
        .iter()
        .all(|number| *number <= MAX_NUMBER)
        .then_some(version)
}

/// Checks what [`Version::parse`] makes of a text, and whether it is a version.
fn check_version(text: &[u8]) -> bool {
    let found = Version::parse(text);
    let expected = core::str::from_utf8(text).ok().and_then(judge_version);
    assert_eq!(found.is_some(), expected.is_some(), "{:?}", lossy(text));
    let (Some(found), Some(expected)) = (found, expected) else { return false };
    let numbers = [expected.major, expected.minor, expected.patch];
    assert_eq!(found.numbers, numbers, "{:?}", lossy(text));
    assert_eq!(found.pre, expected.pre.as_str().as_bytes(), "{:?}", lossy(text));
    true
}

/// Checks [`version::compare`] and equality for two texts that are versions.
fn check_order(a: &str, b: &str) {
    let found = (Version::parse(a.as_bytes()).unwrap(), Version::parse(b.as_bytes()).unwrap());
    // Precedence, because the order of `semver` goes on to the build.
    let expected = judge_version(a).unwrap().cmp_precedence(&judge_version(b).unwrap());
    assert_eq!(version::compare(&found.0, &found.1), expected, "{a} and {b}");
    assert_eq!(found.0 == found.1, expected == Ordering::Equal, "{a} and {b}");
}

const NUMBERS: &str = "0;0;1;1;2;3;9;10;11;99;9007199254740990;9007199254740991";
const NO_NUMBERS: &str = "\
    ;00;01;9007199254740992;18446744073709551615;18446744073709551616;x;*;-1;+1; 1;1 ;1e3;0x1;١";
const IDENTIFIERS: &str = "\
    0;1;2;9;10;-;--;-1;0a;00a;a;A;b;rc;rc1;alpha;beta;x-y;9007199254740992;9007199254740993;\
    18446744073709551616;100000000000000000000000;99999999999999999999999";
const NO_IDENTIFIERS: &str = ";00;01;_;é; ;a b;+;*";

/// The text of a version with `count` numbers, and now and then of something close to one.
fn version_text(random: &mut Random, count: u64, wild: bool) -> String {
    let wild = |random: &mut Random, good, bad| match wild && random.one_in(40) {
        true => random.pick(bad),
        false => random.pick(good),
    };
    let mut text = String::new();
    for index in 0..count {
        text += if index > 0 { "." } else { "" };
        text += wild(random, NUMBERS, NO_NUMBERS);
    }
    for (mark, chances) in [("-", 2), ("+", 8)] {
        if random.one_in(chances) {
            for index in 0..=random.below(3) {
                text += if index > 0 { "." } else { mark };
                text += wild(random, IDENTIFIERS, NO_IDENTIFIERS);
            }
        }
    }
    text
}

/// In ascending order: the examples of SemVer 2.0.0 §11.
const ASCENDING: &str = "\
    1.0.0-alpha;1.0.0-alpha.1;1.0.0-alpha.beta;1.0.0-beta;1.0.0-beta.2;1.0.0-beta.11;1.0.0-rc.1;\
    1.0.0;2.0.0;2.1.0;2.1.1";

const EDGES: &str = "\
    0;v0;1;v1.2;1.2.3;1-0;1-rc;1.0-rc;1.0.0-rc;v1.2-rc.1+b;1+b;1.0+b.01;\
    1.0.0+-;1.0.0+b-c.00;1.0.0--;1.0.0---;1.0.0--.-;1.0.0-0.0.0;1.0.0-a.b.c.d.e.f.g;\
    1.0.0-a.b.c.d.e.f.g.0;1.0.0-A;1.0.0-Z;1.0.0-a;1.0.0-z;1.0.0-0;1.0.0-1;1.0.0-9;1.0.0-10;\
    1.0.0-0a;1.0.0-1a;1.0.0-a1;1.0.0--1;1.0.0-9007199254740991;1.0.0-9007199254740992;\
    1.0.0-9007199254740993;1.0.0-18446744073709551615;1.0.0-18446744073709551616;\
    1.0.0-18446744073709551617;1.0.0-9999999999999999999999999999;\
    1.0.0-10000000000000000000000000000;9007199254740991;\
    9007199254740991.9007199254740991.9007199254740991;\
    9007199254740990.9007199254740991.9007199254740991";

const NO_VERSIONS: &str = "\
    ;v;V1;vv1;=1;v 1; 1;1 ;1\n;.;1.;.1;1..2;1.2.;1.2.3.;1.2.3.4;01;1.02;1.2.03;00;1-;1.2.3-;\
    1.2.3-a.;1.2.3-.a;1.2.3-a..b;1.2.3-01;1.2.3-a.01;1.2.3-00;1.2.3+;1.2.3+a.;1.2.3+.a;\
    1.2.3+a+b;1.2.3-a+;1.2.3-+b;1.2.3-a_b;1.2.3-é;1.2.3 -a;1.2.3-a b;9007199254740992;\
    1.9007199254740992;1.2.9007199254740992;18446744073709551617;1.2.x;*;latest;1,2;1.2.3\0;-1;\
    1.-2;1.2.3rc";

#[test]
fn versions_are_read_as_by_semver() {
    for text in list(EDGES).chain(list(ASCENDING)) {
        assert!(check_version(text.as_bytes()), "{text}");
    }
    for text in list(NO_VERSIONS) {
        assert!(!check_version(text.as_bytes()), "{text:?}");
    }
    // Neither many digits nor many identifiers are too many.
    assert!(check_version(format!("1.2.3-{}", "9".repeat(8_000)).as_bytes()));
    assert!(check_version(format!("1.2.3-{}a", "0.".repeat(4_000)).as_bytes()));
    assert!(!check_version("1".repeat(8_000).as_bytes()));
    assert!(!check_version("0".repeat(8_000).as_bytes()));

    let mut random = Random(1);
    let mut versions = 0;
    for _ in 0..300_000 {
        let count = 1 + random.below(3);
        let mut text = version_text(&mut random, count, true).into_bytes();
        if random.one_in(4) {
            text.insert(0, b'v');
        }
        if random.one_in(4) {
            random.mutate(&mut text, b"0123456789.-+vax= ");
        }
        versions += u32::from(check_version(&text));
    }
    assert!((100_000..260_000).contains(&versions), "{versions} of each kind are too few");
}

#[test]
fn versions_have_the_order_of_semver() {
    let edges: Vec<&str> = list(EDGES).chain(list(ASCENDING)).collect();
    for a in &edges {
        for b in &edges {
            check_order(a, b);
        }
    }
    let ascending: Vec<&str> = list(ASCENDING).collect();
    for pair in ascending.windows(2) {
        let [a, b] = [pair[0], pair[1]].map(|text| Version::parse(text.as_bytes()).unwrap());
        assert_eq!(version::compare(&a, &b), Ordering::Less, "{pair:?}");
    }

    let mut random = Random(2);
    for _ in 0..300_000 {
        let [a, b] = [1 + random.below(3), 1 + random.below(3)];
        let a = version_text(&mut random, a, false);
        let mut b = version_text(&mut random, b, false);
        // Mostly of the same numbers, so that the prereleases decide.
        if !random.one_in(4) {
            let numbers = a.find(['-', '+']).unwrap_or(a.len());
            let tags = b.find(['-', '+']).unwrap_or(b.len());
            b.replace_range(..tags, &a[..numbers]);
        }
        check_order(&a, &b);
    }
}

// Version ranges

/// Ranges, what npm's `semver` 7.8.6 makes of each with `includePrerelease` (its `Range.range`),
/// and why.
const RANGES: &[(&str, &str, &str)] = &[
    ("1.2.3", "=1.2.3", "a bare full version is exact"),
    ("1.2.3-rc.1", "=1.2.3-rc.1", "with its prerelease"),
    ("1.2.3-rc.1+build", "=1.2.3-rc.1", "a build is ignored"),
    ("=1.2.3", "=1.2.3", "the same as bare"),
    ("=1.2.3-rc.1", "=1.2.3-rc.1", "the same as bare"),
    ("=1.2.3+b.01", "=1.2.3", "zeros may lead in a build"),
    ("=1.2", ">=1.2.0-0 <1.3.0-0", "all that begin so, prereleases too, and none of the next"),
    ("=1", ">=1.0.0-0 <2.0.0-0", "the same with one number"),
    ("=0.0", ">=0.0.0-0 <0.1.0-0", "zero is a number like others"),
    ("=0", ">=0.0.0-0 <1.0.0-0", "zero is a number like others"),
    (">=1.2.3", ">=1.2.3", "a full version is as written"),
    (">=1.2.3-rc.1", ">=1.2.3-rc.1", "a full version is as written"),
    (">=1.2.3+build", ">=1.2.3", "a build is ignored"),
    (">=1.2", ">=1.2.0-0", "a partial one is its lowest prerelease"),
    (">=1", ">=1.0.0-0", "a partial one is its lowest prerelease"),
    (">=0", ">=0.0.0-0", "which here is below all versions"),
    (">=0.0.0", ">=0.0.0", "a full version is as written: not 0.0.0-0"),
    (">=0.0.0-0", ">=0.0.0-0", "all versions"),
    (">1.2.3", ">1.2.3", "a full version is as written"),
    (">1.2.3-rc.1", ">1.2.3-rc.1", "a full version is as written"),
    (">1.2", ">=1.3.0-0", "above all that begin so: 1.3.0-0 is"),
    (">1", ">=2.0.0-0", "above all that begin so"),
    (">0.0", ">=0.1.0-0", "above all that begin so"),
    (">0", ">=1.0.0-0", "above all that begin so"),
    ("<1.2.3", "<1.2.3", "a full version is as written: 1.2.3-rc is below it"),
    ("<1.2.3-rc.1", "<1.2.3-rc.1", "a full version is as written"),
    ("<1.2", "<1.2.0-0", "below all that begin so: 1.2.0-rc is not"),
    ("<1", "<1.0.0-0", "below all that begin so"),
    ("<0", "<0.0.0-0", "nothing"),
    ("<0.0.0-0", "<0.0.0-0", "nothing"),
    ("<0.0.0", "<0.0.0", "the prereleases of 0.0.0"),
    ("<=1.2.3", "<=1.2.3", "a full version is as written"),
    ("<=1.2.3-rc.1", "<=1.2.3-rc.1", "a full version is as written"),
    ("<=1.2", "<1.3.0-0", "all that begin so are in"),
    ("<=1", "<2.0.0-0", "all that begin so are in"),
    ("<=0", "<1.0.0-0", "all that begin so are in"),
    ("~1.2.3", ">=1.2.3 <1.3.0-0", "the patch may rise, and 1.3.0-rc is not a patch"),
    ("~1.2.3-rc.1", ">=1.2.3-rc.1 <1.3.0-0", "from the prerelease"),
    ("~0.0.3", ">=0.0.3 <0.1.0-0", "zeros make no difference"),
    ("~1.2", ">=1.2.0-0 <1.3.0-0", "the same as ="),
    ("~0.0", ">=0.0.0-0 <0.1.0-0", "the same as ="),
    ("~1", ">=1.0.0-0 <2.0.0-0", "the same as ="),
    ("~0", ">=0.0.0-0 <1.0.0-0", "the same as ="),
    ("^1.2.3", ">=1.2.3 <2.0.0-0", "the first number that is not zero stays"),
    ("^1.2.3-rc.1", ">=1.2.3-rc.1 <2.0.0-0", "from the prerelease"),
    ("^1.0.0", ">=1.0.0 <2.0.0-0", "the first number that is not zero stays"),
    ("^0.2.3", ">=0.2.3 <0.3.0-0", "here the second"),
    ("^0.2.3-rc.1", ">=0.2.3-rc.1 <0.3.0-0", "here the second"),
    ("^0.2.0", ">=0.2.0 <0.3.0-0", "here the second"),
    ("^0.0.3", ">=0.0.3 <0.0.4-0", "here the third"),
    ("^0.0.3-rc.1", ">=0.0.3-rc.1 <0.0.4-0", "here the third"),
    ("^0.0.0", ">=0.0.0 <0.0.1-0", "with nothing but zeros, all of them stay"),
    ("^0.0.0-0", ">=0.0.0-0 <0.0.1-0", "with nothing but zeros, all of them stay"),
    ("^1.2", ">=1.2.0-0 <2.0.0-0", "a partial one is its lowest prerelease"),
    ("^0.2", ">=0.2.0-0 <0.3.0-0", "the first number that is not zero stays"),
    ("^0.0", ">=0.0.0-0 <0.1.0-0", "with nothing but zeros, those that are written stay"),
    ("^1", ">=1.0.0-0 <2.0.0-0", "the same as ="),
    ("^0", ">=0.0.0-0 <1.0.0-0", "the same as ="),
    (">=2.10.0 <3", ">=2.10.0 <3.0.0-0", "both hold, so 3.0.0-rc is out"),
    (">=2.10.0 <3.0.0", ">=2.10.0 <3.0.0", "both hold, so 3.0.0-rc is in"),
    (">=1   <2", ">=1.0.0-0 <2.0.0-0", "any number of spaces"),
    (">1 <=2", ">=2.0.0-0 <3.0.0-0", "the same as =2"),
    ("^1.2 ~1.3", ">=1.2.0-0 <2.0.0-0 >=1.3.0-0 <1.4.0-0", "the narrower ends hold"),
    ("~1.3 ^1.2", ">=1.3.0-0 <1.4.0-0 >=1.2.0-0 <2.0.0-0", "in either order"),
    (">=1.2.3 >1.2.3", ">=1.2.3 >1.2.3", "out is narrower than in"),
    (">1.2.3 >=1.2.3", ">1.2.3 >=1.2.3", "in either order"),
    ("<=1.2.3 <1.2.3", "<=1.2.3 <1.2.3", "out is narrower than in"),
    ("<1.2.3 <=1.2.3", "<1.2.3 <=1.2.3", "in either order"),
    (">=1.2.3 <=1.2.3", ">=1.2.3 <=1.2.3", "one version"),
    (">1.2.3 <1.2.3", ">1.2.3 <1.2.3", "nothing, which is no error"),
    ("^1 ^2", ">=1.0.0-0 <2.0.0-0 >=2.0.0-0 <3.0.0-0", "nothing, which is no error"),
    ("1.2.3 2.0.0", "=1.2.3 =2.0.0", "nothing, which is no error"),
    (
        "^9007199254740990",
        ">=9007199254740990.0.0-0 <9007199254740991.0.0-0",
        "the last that npm takes",
    ),
    // npm throws for the rest, because it reads 9007199254740992 again where it should only count.
    ("^9007199254740991", ">=9007199254740991.0.0-0 <9007199254740992.0.0-0", "one number more"),
    ("~1.9007199254740991", ">=1.9007199254740991.0-0 <1.9007199254740992.0-0", "one number more"),
    ("^0.0.9007199254740991", ">=0.0.9007199254740991 <0.0.9007199254740992-0", "one number more"),
    (">9007199254740991", ">=9007199254740992.0.0-0", "nothing that is a version"),
    ("<=9007199254740991", "<9007199254740992.0.0-0", "every version"),
];

/// Texts that are no range, with a `?` at the place where they cease to be one.
const NO_RANGES: &str = "\
    ?;? ;? >=1;>=1 ?;>=? 1;>? =1;^? 1;>=1?\t<2;>=1?,<2;>=1?<2;>=1 ?|| <2;>=1?||<2;\
    1.2.3 ?- 2.0.0;?*;?x;1.?x;^1.?x;~1.2.?*;>=?v1;?v1.2.3;~?>1.2;=?=1.2.3;=?>1;=?<1;<?>1;^?=1;\
    ?!=1;>=?;^?;>=0?1;>=1.?;>=1.?.2;>=1.2.3?.4;>=1?-rc;>=1.2?-rc;=1.2?+b;1.2?-rc;>=1.2.3-?;\
    >=1.2.3-rc.?;>=1.2.3-rc.?01;>=1.2.3+?;>=1.2.3+a?+b;>=1.2.3-?é";

/// One or two bare numbers, with a `?` before them. npm reads them as `~`; people mean a minimum
/// or that version as well.
const BARE_PARTIALS: &str = "\
    ?2;?2.10;>=1 ?2.10;?2.10 >=1";

/// Numbers above 2^53 - 1, with a `?` before them.
const TOO_LARGE: &str = "\
    >=?9007199254740992;?9007199254740992;^1.?9007199254740992;~1.2.?99999999999999999999999999";

fn range(text: &str) -> Range<'_> {
    Range::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text} at {}", error.at))
}

/// Whether a version is in a range of full versions, by the order of `semver`.
fn in_npm_range(range: &str, version: &semver::Version) -> bool {
    range.split(' ').all(|comparator| {
        let digits = comparator.find(|c: char| c.is_ascii_digit()).unwrap();
        let (operator, than) = comparator.split_at(digits);
        let order = version.cmp_precedence(&semver::Version::parse(than).unwrap());
        match operator {
            "=" => order.is_eq(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            _ => unreachable!("{comparator}"),
        }
    })
}

/// Versions at and beside every end of [`RANGES`].
fn grid() -> Vec<String> {
    let numbers = ["0", "1", "2", "3", "4", "10", "9007199254740990", "9007199254740991"];
    let tags = ["", "-0", "-0.0", "-1", "-rc", "-rc.0", "-rc.1", "-rc.1.0", "-rc.2"];
    let mut grid = Vec::new();
    for major in numbers {
        for minor in numbers {
            for patch in numbers {
                grid.extend(tags.map(|tag| format!("{major}.{minor}.{patch}{tag}")));
            }
        }
    }
    grid
}

#[test]
fn ranges_hold_the_versions_that_npm_says() {
    let grid = grid();
    for (text, npm, reason) in RANGES {
        let range = range(text);
        let mut held = 0;
        for version in &grid {
            let found = range.contains(&Version::parse(version.as_bytes()).unwrap());
            let expected = in_npm_range(npm, &semver::Version::parse(version).unwrap());
            assert_eq!(found, expected, "{version} in {text}: {reason}");
            held += u32::from(found);
        }
        // Those that hold nothing are those that say so.
        assert_eq!(held == 0, reason.starts_with("nothing"), "{text}");
    }
}

#[test]
fn ranges_by_example() {
    // Spelled out once, apart from the machinery above.
    let cases = [
        (">=2.10.0 <3", "2.10.0 2.11 v2.99.0+b 3-alpha.1", "true true true false"),
        ("<3.0.0", "3.0.0-rc 2.9.9 3", "true true false"),
        ("<3", "3.0.0-rc 3.0.0-0 2.9.9", "false false true"),
        ("~1.2", "1.2.0-0 1.2-rc 1.2.9 1.3.0-0", "true true true false"),
        (">1", "1.99 2.0.0-0 2", "false true true"),
        ("=1", "1-0 1.9.9 2-0", "true true false"),
    ];
    for (text, versions, expected) in cases {
        let range = range(text);
        let found = versions.split(' ').map(|version| {
            range.contains(&Version::parse(version.as_bytes()).unwrap()).to_string()
        });
        assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{versions} in {text}");
    }
}

#[test]
fn what_is_no_range_is_refused_at_its_place() {
    for (texts, kind) in [(NO_RANGES, Syntax), (BARE_PARTIALS, BarePartial), (TOO_LARGE, TooLarge)]
    {
        for marked in list(texts) {
            let text = marked.replacen('?', "", 1);
            let error = Range::parse(text.as_bytes()).err().unwrap_or_else(|| panic!("{text:?}"));
            assert!(error.kind == kind, "{marked:?}");
            assert_eq!(Some(error.at), marked.find('?'), "{marked:?}");
        }
    }
    assert!(Range::parse(b">=1.2.3-\xff").is_err_and(|error| error.at == 8));
}

/// A range by the grammar of the format, its full versions read by `semver`.
fn judge_range(text: &str) -> bool {
    let trimmed = !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ');
    trimmed && text.split(' ').filter(|comparator| !comparator.is_empty()).all(judge_comparator)
}

fn judge_comparator(text: &str) -> bool {
    let operators = ["<=", ">=", "<", ">", "=", "^", "~"];
    let rest = operators.iter().find_map(|operator| text.strip_prefix(operator));
    let version = rest.unwrap_or(text);
    let full = version.split(['-', '+']).next().unwrap().split('.').count() == 3;
    let plain = !version.contains(['-', '+']);
    !version.starts_with('v')
        && judge_version(version).is_some()
        && (full || plain && rest.is_some())
}

#[test]
fn ranges_follow_the_grammar_and_hold_what_all_comparators_hold() {
    let mut random = Random(3);
    let grid = grid();
    let mut ranges = 0;
    for _ in 0..200_000 {
        let mut text = String::new();
        for index in 0..1 + random.below(3) {
            text += if index > 0 { random.pick(" ; ; ;  ") } else { "" };
            text += random.pick(";=;<;<=;>;>=;^;~");
            let count = 1 + random.below(3);
            match count {
                3 => text += &version_text(&mut random, 3, true),
                _ => {
                    text += version_text(&mut random, count, true).split(['-', '+']).next().unwrap()
                }
            }
        }
        let mut text = text.into_bytes();
        if random.one_in(4) {
            random.mutate(&mut text, b"0123456789.-+vx*|=<>^~ ");
        }
        let found = Range::parse(&text);
        let expected = core::str::from_utf8(&text).is_ok_and(judge_range);
        assert_eq!(found.is_ok(), expected, "{:?}", lossy(&text));
        match found {
            Ok(range) => {
                ranges += 1;
                let version = &grid[random.below(grid.len() as u64) as usize];
                let version = Version::parse(version.as_bytes()).unwrap();
                let each = text
                    .split(|byte| *byte == b' ')
                    .filter(|comparator| !comparator.is_empty())
                    .all(|comparator| Range::parse(comparator).is_ok_and(|r| r.contains(&version)));
                assert_eq!(range.contains(&version), each, "{:?}", lossy(&text));
            }
            Err(error) => assert!(error.at <= text.len(), "{:?}", lossy(&text)),
        }
    }
    assert!((40_000..160_000).contains(&ranges), "{ranges} of each kind are too few");
}

#[test]
fn a_range_has_the_ends_that_it_shows() {
    let Range { low, high } = range(">1.2.3-rc <2");
    let expected = Version { numbers: [1, 2, 3], pre: b"rc" };
    assert!(low.version == expected && low.after);
    assert!(high.version == Version { numbers: [2, 0, 0], pre: b"0" } && !high.after);
    let bound = |text, after| Bound { version: Version::parse(text).unwrap(), after };
    let built = Range { low: bound(b"1", false), high: bound(b"2", true) };
    assert!(built.contains(&expected) && built.contains(&Version::parse(b"2").unwrap()));
    assert!(Range::default().contains(&Version::parse(b"0.0.0-0").unwrap()));
}

// Times

/// A time by RFC 3339 and the rules of the format: split by the characters, valued by `jiff`.
fn judge_time(text: &[u8]) -> Option<i64> {
    let text = core::str::from_utf8(text).ok()?;
    let (date, rest) = text.split_once(['T', 't'])?;
    let from = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, offset) = rest.split_at(from);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));

    let number = |digits: &str, count| -> Option<i16> {
        let all = digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit());
        if all { digits.parse().ok() } else { None }
    };
    let small = |digits: &str| number(digits, 2).map(|number| number as i8);
    let [year, month, day] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    let [hour, minute, second] = clock.split(':').collect::<Vec<_>>().try_into().ok()?;
    let date = Date::new(number(year, 4)?, small(month)?, small(day)?).ok()?;
    // The seconds of `jiff` end at 59 too; reading text, it takes 60 for 59, which would make two
    // seconds one. RFC 3339 has 60 for leap seconds, of which milliseconds since 1970 know none.
    let clock = Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // `jiff` has nine digits at most; all after the third are cut off here.
    let millis: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
    let seconds = match offset.split_at(1) {
        ("Z" | "z", "") => 0,
        (sign, offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let offset = Time::new(small(hours)?, small(minutes)?, 0, 0).ok()?;
            let seconds = i64::from(offset.hour()) * 3600 + i64::from(offset.minute()) * 60;
            match sign {
                "+" => seconds,
                "-" => -seconds,
                _ => return None,
            }
        }
    };
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    let local = date.to_datetime(clock).duration_since(epoch).as_secs();
    Some((local - seconds) * 1000 + millis)
}

/// Checks what [`time::parse`] makes of a text, and whether it is an instant.
fn check_time(text: &[u8]) -> bool {
    let expected = judge_time(text);
    assert_eq!(time::parse(text), expected, "{:?}", lossy(text));
    // `jiff` reads the whole text too, but for more than nine digits of a fraction and for the last
    // day before the year 10000.
    if let Some(expected) = expected
        && text.iter().skip(20).take_while(|byte| byte.is_ascii_digit()).count() <= 9
        && expected <= jiff::Timestamp::MAX.as_millisecond()
    {
        let timestamp: jiff::Timestamp = core::str::from_utf8(text).unwrap().parse().unwrap();
        // Down, which is what cutting off digits does; `as_millisecond` goes towards 1970.
        let millis = timestamp.as_nanosecond().div_euclid(1_000_000);
        assert_eq!(i128::from(expected), millis, "{:?}", lossy(text));
    }
    expected.is_some()
}

#[test]
fn times_at_the_edges() {
    let instants = [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T00:00:00+00:00", 0),
        ("1970-01-01T00:00:00-00:00", 0),
        ("1970-01-01T00:00:00.001Z", 1),
        ("1970-01-01T00:00:00.9999Z", 999),
        ("1970-01-01T00:00:00.00099999999999999999Z", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("1969-12-31T23:59:59.9990Z", -1),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("1969-12-31T23:59:59.9981Z", -2),
        ("1969-12-31T23:59:59.1Z", -900),
        ("1969-12-31T23:59:59.12Z", -880),
        ("1969-12-31T23:59:59.123456789Z", -877),
        ("1969-12-31T23:59:59.12345678901234567890Z", -877),
        ("2026-12-01T09:00:00Z", 1_796_115_600_000),
        ("2026-12-01T09:00:00+23:59", 1_796_029_260_000),
        ("2026-12-01T09:00:00-23:59", 1_796_201_940_000),
        ("1990-12-31T15:59:59-08:00", 662_687_999_000),
        ("2000-02-29T00:00:00Z", 951_782_400_000),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ("0000-02-29T00:00:00Z", -62_162_121_600_000),
        ("0000-01-01T00:00:00+23:59", -62_167_305_540_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ("9999-12-31T23:59:59.999-23:59", 253_402_387_139_999),
    ];
    for (text, millis) in instants {
        assert_eq!(time::parse(text.as_bytes()), Some(millis), "{text}");
        assert!(check_time(text.as_bytes()), "{text}");
    }
    let none = "\
        ;2026-12-01;2026-12-01T09:00:00;2026-12-01T09:00Z;2026-12-01T09Z;2026-12-01 09:00:00Z;\
        2026-12-01_09:00:00Z;2026-12-0109:00:00Z;20261201T090000Z;2026-335T09:00:00Z;\
        2026-W49-2T09:00:00Z;26-12-01T09:00:00Z;+002026-12-01T09:00:00Z;-2026-12-01T09:00:00Z;\
        12026-12-01T09:00:00Z;2026-12-01T24:00:00Z;2026-12-01T23:60:00Z;2026-12-31T23:59:60Z;\
        2016-12-31T23:59:60Z;2026-12-01T09:00:61Z;2026-12-01T09:00:00.Z;2026-12-01T09:00:00,5Z;\
        2026-12-01T09:00:00.5;2026-12-01T09:00:00.5 Z;2026-12-01T09:00:00.5.5Z;\
        2026-12-01T09:00:00.-5Z;2026-12-01T09:00:00+24:00;2026-12-01T09:00:00+23:60;\
        2026-12-01T09:00:00+0100;2026-12-01T09:00:00+01;2026-12-01T09:00:00+1:00;\
        2026-12-01T09:00:00+01:00:00;2026-12-01T09:00:00 +01:00;\
        2026-12-01T09:00:00\u{2212}01:00;2026-12-01T09:00:00Z ; 2026-12-01T09:00:00Z;\
        2026-12-01T09:00:00ZZ;2026-12-01T09:00:00Z[UTC];2026-12-01T09:00:00+01:00[+01:00];\
        2026-12-01T09:00:00UTC;2026-12-01T09:00:00+;2026-12-01T09:00:00-;2026-00-01T00:00:00Z;\
        2026-13-01T00:00:00Z;2026-01-00T00:00:00Z;2026-01-32T00:00:00Z;2026-04-31T00:00:00Z;\
        2025-02-29T00:00:00Z;1900-02-29T00:00:00Z;2100-02-29T00:00:00Z;2024-02-30T00:00:00Z;\
        2026-12-01T09:00:0\u{661}Z;\u{0}026-12-01T09:00:00Z;2026\r12-01T09:00:00Z;\
        2026-12-01T09\u{1a}00:00Z;2026-12-01\u{34}09:00:00Z;1796115600000";
    for text in list(none) {
        assert_eq!(time::parse(text.as_bytes()), None, "{text:?}");
        assert!(!check_time(text.as_bytes()), "{text:?}");
    }
    // `jiff` takes more than RFC 3339 has, and of that, the leap second and the space, which are
    // refused on purpose (the first is no instant of its own, the second a local habit).
    for text in list("2016-12-31T23:59:60Z;2026-12-01 09:00:00Z;20261201T090000Z") {
        assert!(text.parse::<jiff::Timestamp>().is_ok() && time::parse(text.as_bytes()).is_none());
    }
    let long = format!("2026-12-01T09:00:00.{}Z", "9".repeat(8_000));
    assert_eq!(time::parse(long.as_bytes()), Some(1_796_115_600_999));
}

#[test]
fn the_calendar_is_that_of_jiff() {
    let epoch = Date::constant(1970, 1, 1);
    let mut text = *b"0000-00-00T00:00:00Z";
    for year in 0..=9999_i16 {
        for month in 0..=13_i8 {
            for day in 0..=32_i8 {
                let digits = format!("{year:04}-{month:02}-{day:02}");
                text[..10].copy_from_slice(digits.as_bytes());
                let expected = Date::new(year, month, day)
                    .ok()
                    .map(|date| date.duration_since(epoch).as_secs() * 1000);
                assert_eq!(time::parse(&text), expected, "{digits}");
            }
        }
    }
}

#[test]
fn times_are_read_as_by_jiff() {
    let mut random = Random(4);
    let mut instants = 0;
    for _ in 0..300_000 {
        // Each number is a little too large now and then.
        let year = random.below(10_000);
        let [month, day] = [random.below(13) + random.below(2), random.below(32)];
        let [hour, minute, second] = [random.below(25), random.below(61), random.below(61)];
        let mut text = format!("{year:04}-{month:02}-{day:02}");
        text += random.pick("T;T;t");
        text += &format!("{hour:02}:{minute:02}:{second:02}");
        if random.one_in(2) {
            text += ".";
            for _ in 0..[1, 2, 3, 4, 6, 9, 10, 20][random.below(8) as usize] {
                text += random.pick("0;1;4;5;9;9");
            }
        }
        match random.below(4) {
            0 => text += "Z",
            1 => text += "z",
            _ => {
                let [hours, minutes] = [random.below(25), random.below(61)];
                text += &format!("{}{hours:02}:{minutes:02}", random.pick("+;-"));
            }
        }
        let mut text = text.into_bytes();
        if random.one_in(3) {
            random.mutate(&mut text, b"0123456789-:.+TtZz ");
        }
        instants += u32::from(check_time(&text));
    }
    assert!((100_000..250_000).contains(&instants), "{instants} of each kind are too few");
}

#[test]
fn numbers_that_are_instants() {
    let (min, max) = (time::MIN_MILLIS as f64, time::MAX_MILLIS as f64);
    for n in [min, min + 1.0, 1_796_115_600_000.0, max - 1.0, max] {
        assert_eq!(time::from_number(n), Some(n as i64));
        assert_eq!(time::from_number(-n), Some(-(n as i64)));
    }
    let below = [0.0, 0.5, 1.0, 1_796_115_600.0, min - 1.0, min - 0.5, min.next_down()];
    let above = [max + 1.0, max.next_up(), 9_007_199_254_740_992.0, 9.3e18, 1e300, f64::INFINITY];
    let between = [min + 0.5, min.next_up(), 1_796_115_600_000.25, f64::NAN];
    for n in below.into_iter().chain(above).chain(between) {
        assert_eq!(time::from_number(n), None, "{n}");
        assert_eq!(time::from_number(-n), None, "-{n}");
    }
    let mut random = Random(5);
    for _ in 0..300_000 {
        // Of every magnitude, and every second one integral.
        let mut n = f64::from_bits(random.next());
        if random.one_in(2) {
            n = (random.next() >> random.below(64)) as f64
                / [1.0, 2.0, -1.0][random.below(3) as usize];
        }
        let instant = n.fract() == 0.0 && (1e11..=8.64e15).contains(&n.abs());
        assert_eq!(time::from_number(n), instant.then_some(n as i64), "{n}");
    }
}

// Addresses

/// An address, read by the standard library: it has our rules, leading zeros and all.
fn judge_address(text: &[u8]) -> Option<(bool, u128)> {
    let text = core::str::from_utf8(text).ok()?;
    let v4 = text.parse::<Ipv4Addr>().map(|address| (false, u128::from(u32::from(address))));
    v4.or_else(|_| text.parse::<Ipv6Addr>().map(|address| (true, u128::from(address)))).ok()
}

fn check_address(text: &[u8]) -> bool {
    let found = Address::parse(text).map(|address| (address.v6, address.bits));
    assert_eq!(found, judge_address(text), "{:?}", lossy(text));
    found.is_some()
}

const ADDRESSES: &str = "\
    0.0.0.0;255.255.255.255;127.0.0.1;203.0.113.77;1.2.3.4;10.200.100.0;::;::1;1::;2001:db8::;\
    2001:DB8::C000:221;1:2:3:4:5:6:7:8;::2:3:4:5:6:7:8;1:2:3:4:5:6:7::;1::3:4:5:6:7:8;\
    1:2:3::6:7:8;0001:0002:0003:0004:0005:0006:0007:0008;\
    ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff;0:0:0:0:0:0:0:0;::ffff:203.0.113.77;::203.0.113.77;\
    1:2:3:4:5:6:7.8.9.10;64:ff9b::192.0.2.33;1::6:7.8.9.10;::2:3:4:5:6:7.8.9.10;\
    1:2:3:4:5::7.8.9.10;fe80::1";

const NO_ADDRESSES: &str = "\
    ;.;:;:::;::::;1.2.3;1.2.3.4.5;1.2.3.;.1.2.3;1..2.3;1.2.3.256;1.2.3.999;1.2.3.1000;01.2.3.4;\
    1.2.3.04;1.2.3.00;00.0.0.0;0x1.2.3.4;1.2.3.a;a.2.3.4;1.2.3.4 ; 1.2.3.4;1.2.3.4:80;[::1];\
    ::1%eth0;fe80::1%1;1;16909060;1.2;1:2;1:2:3:4:5:6:7;1:2:3:4:5:6:7:8:9;:1:2:3:4:5:6:7;\
    1:2:3:4:5:6:7:;1:2:3:4:5:6:7:8:;:1:2:3:4:5:6:7:8;1::2::3;::1::;1:2:3:4:5:6:7:8::;\
    ::1:2:3:4:5:6:7:8;1:2:3:4::5:6:7:8;1:2:3:4:5:6:7::8;:1;1:;::1:;:1::;1:::2;:::1;12345::;\
    00001::;::g;::-1;::1.2.3;::1.2.3.4.5;::1.2.3.256;::01.2.3.4;1.2.3.4::;::1.2.3.4:5;\
    1:1.2.3.4::;1:2:3:4:5:6:7:1.2.3.4;1:2:3:4:5:1.2.3.4;::2:3:4:5:6:7:7.8.9.10;\
    1:2:3:4:5:6::7.8.9.10;::ffff:1.2.3.a;::a.2.3.4;::1.2.3.4.;::.1.2.3;::1.2.3.4::;::1/64;\
    1.2.3.4/8;localhost";

/// The text of an address, or of something close to one.
fn address_text(random: &mut Random) -> Vec<u8> {
    let v4 = |random: &mut Random| Ipv4Addr::from(random.next() as u32).to_string();
    // Many zeros, so that the library writes a `::`.
    let v6 = |random: &mut Random| {
        let mask =
            (0..8).fold(0, |mask, _| mask << 16 | [0, 0xf, 0xffff][random.below(3) as usize]);
        Ipv6Addr::from((u128::from(random.next()) << 64 | u128::from(random.next())) & mask)
    };
    let text = match random.below(6) {
        0 => v4(random),
        1 => v6(random).to_string(),
        2 => v6(random).to_string().to_uppercase(),
        3 => v6(random).segments().map(|group| format!("{group:04x}")).join(":"),
        4 => {
            let text = v6(random).to_string();
            let groups = text.rsplitn(3, ':').last().unwrap_or_default().to_owned();
            format!("{groups}:{}", v4(random))
        }
        _ => {
            let mut text = String::new();
            for _ in 0..random.below(18) {
                text += random.pick("0;1;f;Ff;255;1.2.3.4;::;:;:;:;.");
            }
            text
        }
    };
    text.into_bytes()
}

#[test]
fn addresses_are_read_as_by_the_standard_library() {
    for text in list(ADDRESSES) {
        assert!(check_address(text.as_bytes()), "{text}");
    }
    for text in list(NO_ADDRESSES) {
        assert!(!check_address(text.as_bytes()), "{text:?}");
    }
    for text in [":".repeat(8_000), "1:".repeat(4_000), "0".repeat(8_000), "1.".repeat(4_000)] {
        assert!(!check_address(text.as_bytes()));
    }
    // IPv6 in its own right, never the IPv4 address inside.
    let mapped = Address::parse(b"::ffff:203.0.113.77").unwrap();
    assert!(mapped.v6 && mapped != Address::parse(b"203.0.113.77").unwrap());

    let mut random = Random(6);
    let mut addresses = 0;
    for _ in 0..400_000 {
        let mut text = address_text(&mut random);
        if random.one_in(2) {
            random.mutate(&mut text, b"0123456789abcdefABCDEFg:::..%/ ");
        }
        addresses += u32::from(check_address(&text));
    }
    assert!((150_000..350_000).contains(&addresses), "{addresses} of each kind are too few");
}

/// A network and its prefix length: an address read by the standard library, a slash, a number.
fn judge_network(text: &[u8]) -> Option<(bool, u128, u32)> {
    let slash = text.iter().position(|byte| *byte == b'/')?;
    let (v6, bits) = judge_address(&text[..slash])?;
    let digits = core::str::from_utf8(&text[slash + 1..]).ok()?;
    let length: u32 = digits.parse().ok()?;
    // Neither a sign nor leading zeros, which `parse` allows.
    let exact = digits == length.to_string();
    (exact && length <= if v6 { 128 } else { 32 }).then_some((v6, bits, length))
}

/// Whether two addresses of a family begin with the same bits, by the standard library's numbers.
fn same_prefix(v6: bool, a: u128, b: u128, length: u32) -> bool {
    match v6 {
        true => {
            a.checked_shr(128 - length).unwrap_or(0) == b.checked_shr(128 - length).unwrap_or(0)
        }
        false => {
            let [a, b] =
                [a as u32, b as u32].map(|bits| bits.checked_shr(32 - length).unwrap_or(0));
            a == b
        }
    }
}

fn check_network(text: &[u8], random: &mut Random) -> bool {
    let (found, expected) = (Network::parse(text), judge_network(text));
    assert_eq!(found.is_some(), expected.is_some(), "{:?}", lossy(text));
    let (Some((network, host_bits)), Some((v6, bits, length))) = (found, expected) else {
        return false;
    };
    assert_eq!(network.v6, v6, "{:?}", lossy(text));
    assert_eq!(network.mask.count_ones(), length + if v6 { 0 } else { 96 }, "{:?}", lossy(text));
    assert_eq!(network.mask.leading_ones(), network.mask.count_ones(), "{:?}", lossy(text));
    assert_eq!(network.bits, bits & network.mask, "{:?}", lossy(text));
    assert_eq!(host_bits, bits != network.bits, "{:?}", lossy(text));
    // Addresses that differ in one bit, in many and in none.
    let width = if v6 { 128 } else { 32 };
    for _ in 0..4 {
        let flipped = 1 << random.below(width);
        let noise = (u128::from(random.next()) << 64 | u128::from(random.next()))
            >> (128 - width)
            >> random.below(width);
        for other in [bits, bits ^ flipped, bits ^ noise] {
            let found = network.contains(Address { v6, bits: other });
            assert_eq!(
                found,
                same_prefix(v6, bits, other, length),
                "{other:x} in {:?}",
                lossy(text)
            );
            assert!(!network.contains(Address { v6: !v6, bits: other }), "the other family");
        }
    }
    true
}

#[test]
fn networks_hold_the_addresses_with_their_prefix() {
    let mut random = Random(7);
    for text in list(ADDRESSES) {
        for length in 0..=140 {
            let max = if text.contains(':') { 128 } else { 32 };
            let taken = check_network(format!("{text}/{length}").as_bytes(), &mut random);
            assert_eq!(taken, length <= max, "{text}/{length}");
        }
        for length in
            ["", "/", "/-1", "/+1", "/08", "/00", "/1 ", "/ 1", "/a", "/8/", "/8/8", "/4294967297"]
        {
            assert!(
                !check_network(format!("{text}{length}").as_bytes(), &mut random),
                "{text}{length}"
            );
        }
    }
    for text in list("/;/8;x/8;::/129;0.0.0.0/33;::%1/64;[::]/0") {
        assert!(!check_network(text.as_bytes(), &mut random), "{text}");
    }

    let mut networks = 0;
    for _ in 0..300_000 {
        let mut text = address_text(&mut random);
        let max = if random.one_in(2) { 34 } else { 130 };
        text.extend(format!("/{}", random.below(max)).bytes());
        if random.one_in(4) {
            random.mutate(&mut text, b"0123456789abcdef:./ ");
        }
        networks += u32::from(check_network(&text, &mut random));
    }
    assert!((100_000..250_000).contains(&networks), "{networks} of each kind are too few");
}

// Texts

fn check_contains(text: &[u8], part: &[u8]) {
    let expected = part.is_empty() || text.windows(part.len()).any(|window| window == part);
    assert_eq!(text::contains(text, part), expected, "{:?} in {:?}", lossy(part), lossy(text));
}

#[test]
fn a_text_contains_its_windows() {
    // Every text of two letters up to ten long, with every part up to five long.
    let words = |max: u32| {
        (0..=max).flat_map(|length| {
            (0..1_u32 << length).map(move |bits| -> Vec<u8> {
                (0..length).map(|at| b'a' + (bits >> at & 1) as u8).collect()
            })
        })
    };
    for text in words(10) {
        for part in words(5) {
            check_contains(&text, &part);
        }
    }
    for (text, part) in
        [("", ""), ("", "a"), ("a", ""), ("a", "a"), ("a", "ab"), ("Grüße", "ü"), ("ü", "\u{fc}")]
    {
        check_contains(text.as_bytes(), part.as_bytes());
    }
    let mut random = Random(8);
    for _ in 0..100_000 {
        let text: Vec<u8> = (0..random.below(40)).map(|_| random.next() as u8 & 0x83).collect();
        let from = random.below(text.len() as u64 + 1) as usize;
        let to = (from + random.below(8) as usize).min(text.len());
        let mut part = text[from..to].to_vec();
        check_contains(&text, &part);
        random.mutate(&mut part, b"\x00\x01\x80\x83");
        check_contains(&text, &part);
    }
}

// All of them

#[test]
fn any_bytes_have_an_answer() {
    let mut random = Random(9);
    for _ in 0..200_000 {
        let length = random.below(40);
        let bytes: Vec<u8> = (0..length)
            .map(|_| match random.one_in(4) {
                true => random.next() as u8,
                false => b"0123456789.:-+/TZvabcdef<>=^~ "[random.below(30) as usize],
            })
            .collect();
        check_version(&bytes);
        check_time(&bytes);
        check_address(&bytes);
        check_network(&bytes, &mut random);
        let expected = core::str::from_utf8(&bytes).is_ok_and(judge_range);
        assert_eq!(Range::parse(&bytes).is_ok(), expected, "{:?}", lossy(&bytes));
    }
}
