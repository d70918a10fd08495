//! The work that all evaluators do: what each flag must answer, written as
//! plainly as can be, and the contexts that ask.

use serin::{Attribute, Attributes};
use std::borrow::Cow;

/// What a page or a service knows of who asks.
pub struct User {
    pub key: String,
    pub email: String,
    pub country: &'static str,
    pub plan: &'static str,
    pub age: u32,
    pub version: String,
    pub device: &'static str,
}

impl User {
    /// One for whom the last of the five rules holds, after all others were asked.
    pub fn last_rule(number: usize) -> Self {
        Self {
            key: format!("user-{number:08}"),
            email: format!("u{number}@example.com"),
            country: "DE",
            plan: "pro",
            age: 34,
            version: "2.13.4".into(),
            device: "ios",
        }
    }

    /// One of many kinds: every rule holds for some, and none for others.
    pub fn any(number: usize) -> Self {
        let pick = |list: &[&'static str], by: usize| list[number / by % list.len()];
        let at = if number % 7 == 0 { "corp.example" } else { "example.com" };
        Self {
            key: format!("user-{number:08}"),
            email: format!("u{number}@{at}"),
            country: pick(&["DE", "FR", "NZ", "JP", "US", "NL"], 1),
            plan: pick(&["pro", "free"], 3),
            age: (number as u32 * 13) % 60 + 10,
            version: pick(&["1.9.9", "2.0.0", "2.9.1", "2.10.0", "2.13.4", "3.0.0"], 5).into(),
            device: pick(&["ios", "android"], 2),
        }
    }
}

impl Attributes for User {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        Attribute::String(Cow::Borrowed(match path {
            ["targetingKey"] => &self.key,
            ["email"] => &self.email,
            ["country"] => self.country,
            ["plan"] => self.plan,
            ["appVersion"] => &self.version,
            ["device"] => self.device,
            ["age"] => return Attribute::Number(self.age.into()),
            _ => return Attribute::Absent,
        }))
    }
}

/// The kinds of flags, in the order in which they take turns.
pub const KINDS: [&str; 3] = ["simple", "targeting", "rollout"];

pub fn key(number: usize) -> String {
    format!("{}-flag-{number:05}", KINDS[number % 3])
}

pub const AMERICAS: [&str; 10] = ["US", "CA", "MX", "BR", "AR", "CL", "CO", "PE", "UY", "PY"];
pub const EUROPE: [&str; 5] = ["DE", "FR", "IT", "ES", "NL"];

/// The variant of the flag with five rules.
pub fn targeting(user: &User) -> &'static str {
    let version: Vec<u32> = user.version.split('.').map(|part| part.parse().unwrap()).collect();
    if AMERICAS.contains(&user.country) {
        "r1"
    } else if user.email.ends_with("@corp.example") {
        "r2"
    } else if user.age < 18 {
        "r3"
    } else if version < vec![2, 0, 0] && user.device == "android" {
        "r4"
    } else if user.plan == "pro" && version >= vec![2, 10, 0] && EUROPE.contains(&user.country) {
        "r5"
    } else {
        "off"
    }
}
