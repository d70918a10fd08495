//! Versions and ranges over the crate `semver`, as npm's `semver` with `includePrerelease` means them.

use semver::{BuildMetadata, Prerelease, Version};

const MAX: u64 = 9_007_199_254_740_991;

/// One to three numbers, a prerelease and a build.
struct Written {
    numbers: Vec<u64>,
    pre: Prerelease,
}

fn read(text: &str) -> Option<Written> {
    let (text, build) =
        text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (text, pre) = text.split_once('-').map_or((text, None), |(text, pre)| (text, Some(pre)));
    if build == Some("") || pre == Some("") {
        return None;
    }
    BuildMetadata::new(build.unwrap_or_default()).ok()?;
    let parts: Vec<&str> = text.split('.').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && (*part == "0" || !part.starts_with('0'))
    };
    if parts.len() > 3 || !parts.iter().all(plain) {
        return None;
    }
    let number = |part: &&str| part.parse().ok().filter(|number| *number <= MAX);
    let numbers = parts.iter().map(number).collect::<Option<Vec<u64>>>()?;
    Some(Written { numbers, pre: Prerelease::new(pre.unwrap_or_default()).ok()? })
}

/// The version an attribute is.
pub fn of_attribute(text: &str) -> Option<Version> {
    let written = read(text.strip_prefix('v').unwrap_or(text))?;
    Some(version(&written.numbers, written.pre))
}

/// Numbers that are missing are 0.
fn version(numbers: &[u64], pre: Prerelease) -> Version {
    let part = |index: usize| numbers.get(index).copied().unwrap_or(0);
    Version { major: part(0), minor: part(1), patch: part(2), pre, build: BuildMetadata::EMPTY }
}

/// The lowest version there is with these numbers.
fn lowest(numbers: &[u64]) -> Version {
    version(numbers, Prerelease::new("0").unwrap())
}

/// The lowest version after all that start with these numbers.
fn after(numbers: &[u64]) -> Version {
    let [before @ .., last] = numbers else { unreachable!() };
    lowest(&[before, &[last + 1]].concat())
}

/// Whether the version is in the range: whether every comparator holds.
pub fn within(version: &Version, range: &str) -> bool {
    range
        .split(' ')
        .filter(|comparator| !comparator.is_empty())
        .all(|comparator| holds(version, comparator))
}

fn holds(v: &Version, comparator: &str) -> bool {
    let digits = comparator.find(|c: char| c.is_ascii_digit()).unwrap();
    let (operator, text) = comparator.split_at(digits);
    let Written { numbers, pre } = read(text).unwrap();
    let full = numbers.len() == 3;
    let start = if full { version(&numbers, pre) } else { lowest(&numbers) };
    // npm: `^` may change what stands right of the first number that is not 0.
    let kept_by_caret = 1 + numbers.iter().position(|&n| n != 0).unwrap_or(numbers.len() - 1);
    let kept_by_tilde = numbers.len().min(2);
    match operator {
        ">=" => *v >= start,
        "<" => *v < start,
        ">" if full => *v > start,
        ">" => *v >= after(&numbers),
        "<=" if full => *v <= start,
        "<=" => *v < after(&numbers),
        "" | "=" if full => *v == start,
        "=" => *v >= start && *v < after(&numbers),
        "^" => *v >= start && *v < after(&numbers[..kept_by_caret]),
        "~" => *v >= start && *v < after(&numbers[..kept_by_tilde]),
        _ => panic!("the decoder has checked {comparator}"),
    }
}
