//! What of a ruleset goes to a browser, where everybody can read it.

use super::fault::{At, Code, Fault, Owner};
use super::folder::quoted;
use crate::diagnostic::Span;
use crate::document::{
    Condition, ConditionKind, Document, Entry, Flag, Line, List, Operation, Path, Scalar, Segment,
    Serve, Text,
};
use crate::json::Tape;
use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};
use regex::Regex;

/// Leaves in the document what a client needs: the flags of these keys and
/// the segments that they refer to, directly or not, without what is carried
/// for people and tools (description, owner, expires, metadata, names of
/// rules, members of your own).
pub fn cut(document: &mut Document<'_>, client: &BTreeSet<String>) {
    let segments = reached(document, client);
    document.flags.retain(|entry| client.contains(&*entry.key.text));
    document.segments.retain(|entry| segments.contains(&*entry.key.text));
    document.extra.clear();
    for flag in document.flags.iter_mut().filter_map(|entry| entry.item.as_mut()) {
        flag.description = None;
        flag.owner = None;
        flag.expires = None;
        flag.metadata = None;
        flag.extra.clear();
        flag.require.iter_mut().for_each(bare);
        for rule in &mut flag.rules {
            rule.name = None;
            rule.extra.clear();
            rule.condition.iter_mut().for_each(bare);
            bare_serve(&mut rule.serve);
        }
        flag.serve.iter_mut().for_each(bare_serve);
    }
    for segment in document.segments.iter_mut().filter_map(|entry| entry.item.as_mut()) {
        bare(&mut segment.condition);
    }
}

/// Takes members of your own out of a condition. The reader bounds the depth.
fn bare(condition: &mut Condition<'_>) {
    condition.extra.clear();
    match &mut condition.kind {
        ConditionKind::All(list) | ConditionKind::Any(list) => list.iter_mut().for_each(bare),
        ConditionKind::Not(inner) => bare(inner),
        ConditionKind::Bucket { line, .. } => line.extra.clear(),
        ConditionKind::Time { extra, .. } => extra.clear(),
        ConditionKind::Segment(_) | ConditionKind::Flag { .. } | ConditionKind::Test { .. } => {}
    }
}

fn bare_serve(serve: &mut Serve<'_>) {
    let line: &mut Line<'_> = match serve {
        Serve::Variant(_) => return,
        Serve::Rollout(rollout) => {
            rollout.shares.iter_mut().for_each(|share| share.extra.clear());
            &mut rollout.line
        }
        Serve::Ramp(ramp) => {
            ramp.steps.iter_mut().for_each(|step| step.extra.clear());
            &mut ramp.line
        }
    };
    line.extra.clear();
}

/// Every leaf condition below one, itself if it is one.
fn leaves<'c, 'd>(condition: &'c Condition<'d>, visit: &mut impl FnMut(&'c Condition<'d>)) {
    match &condition.kind {
        ConditionKind::All(list) | ConditionKind::Any(list) => {
            list.iter().for_each(|inner| leaves(inner, visit));
        }
        ConditionKind::Not(inner) => leaves(inner, visit),
        _ => visit(condition),
    }
}

fn flag_leaves<'c, 'd>(flag: &'c Flag<'d>, visit: &mut impl FnMut(&'c Condition<'d>)) {
    let rules = flag.rules.iter().filter_map(|rule| rule.condition.as_ref());
    flag.require.iter().chain(rules).for_each(|condition| leaves(condition, visit));
}

/// The segments that flags refer to, directly or through segments.
fn reached(document: &Document<'_>, client: &BTreeSet<String>) -> BTreeSet<String> {
    let segments: BTreeMap<&str, &Segment<'_>> = sound(&document.segments).collect();
    let (mut found, mut next) = (BTreeSet::new(), Vec::new());
    let mut collect = |condition: &Condition<'_>, next: &mut Vec<String>| {
        if let ConditionKind::Segment(name) = &condition.kind
            && found.insert(String::from(&*name.text))
        {
            next.push((*name.text).into());
        }
    };
    for (_, flag) in sound(&document.flags).filter(|(key, _)| client.contains(*key)) {
        flag_leaves(flag, &mut |leaf| collect(leaf, &mut next));
    }
    while let Some(name) = next.pop() {
        if let Some(segment) = segments.get(name.as_str()) {
            leaves(&segment.condition, &mut |leaf| collect(leaf, &mut next));
        }
    }
    found
}

/// Entries that are not broken by themselves.
fn sound<'e, 'd, T>(entries: &'e [Entry<'d, T>]) -> impl Iterator<Item = (&'e str, &'e T)> {
    entries.iter().filter_map(|entry| Some((&*entry.key.text, entry.item.as_ref()?)))
}

/// What everybody would read and should not, and what a client could not
/// evaluate. `client` are the keys of the flags that go to clients; without
/// it, all do, as in a ruleset that is already built.
pub fn check(document: &Document<'_>, client: Option<&BTreeSet<String>>) -> Vec<Fault> {
    let goes = |key: &str| client.is_none_or(|client| client.contains(key));
    let keys: BTreeSet<String> = sound(&document.flags)
        .map(|(key, _)| key.into())
        .filter(|key: &String| goes(key))
        .collect();
    let segments = reached(document, &keys);
    let mut checking = Check { goes: &goes, patterns: Patterns::new(), faults: Vec::new() };
    for (key, flag) in sound(&document.flags).filter(|(key, _)| goes(key)) {
        let owner = Owner::Flag(key.into());
        for variant in &flag.variants {
            checking.value(variant.value, variant.name.span, &owner);
        }
        flag_leaves(flag, &mut |leaf| checking.leaf(leaf, &owner));
    }
    for (name, segment) in sound(&document.segments).filter(|(name, _)| segments.contains(*name)) {
        let owner = Owner::Segment(name.into());
        leaves(&segment.condition, &mut |leaf| checking.leaf(leaf, &owner));
    }
    checking.faults
}

/// What is looked for in texts.
struct Patterns {
    address: Option<Regex>,
    secret: Option<Regex>,
}

impl Patterns {
    fn new() -> Self {
        Self {
            address: Regex::new(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+").ok(),
            // Private keys, and the prefixes under which well-known services
            // give out tokens so that they can be found.
            secret: Regex::new(
                r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{20,}|\bgithub_pat_|\bglpat-|\b[rs]k_live_|\bxox[abprs]-|\beyJ[0-9A-Za-z_-]{10,}\.eyJ",
            )
            .ok(),
        }
    }
}

struct Check<'c, G> {
    goes: &'c G,
    patterns: Patterns,
    faults: Vec<Fault>,
}

fn finds(pattern: &Option<Regex>, text: &str) -> Option<String> {
    Some(pattern.as_ref()?.find(text)?.as_str().into())
}

fn texts<'o>(operation: &'o Operation<'_>) -> &'o [Text<'o>] {
    match operation {
        Operation::Eq(Scalar::String(text)) => core::slice::from_ref(text),
        Operation::In(List::Strings(list))
        | Operation::HasAny(List::Strings(list))
        | Operation::HasAll(List::Strings(list)) => list,
        Operation::StartsWith(list)
        | Operation::EndsWith(list)
        | Operation::Contains(list)
        | Operation::Version(list)
        | Operation::Cidr(list) => &list.texts,
        _ => &[],
    }
}

impl<G: Fn(&str) -> bool> Check<'_, G> {
    fn fault(&mut self, code: Code, span: Span, owner: &Owner, message: String, help: &str) {
        let (at, owner, help) = (At::Document(span), owner.clone(), help.into());
        self.faults.push(Fault { code, message, help, at, owner });
    }

    fn leaf(&mut self, condition: &Condition<'_>, owner: &Owner) {
        match &condition.kind {
            ConditionKind::Flag { key, .. } if !(self.goes)(&key.text) => {
                let message = format!(
                    "this goes to clients and depends on the flag {}, which does not",
                    quoted(&key.text)
                );
                let help = "write \"client\": true into that flag too, if everybody may read it; or decide on the server";
                self.fault(Code::ServerFlag, key.span, owner, message, help);
            }
            ConditionKind::Test { path, operation, .. } => {
                self.test(path, operation, condition.span, owner);
            }
            _ => {}
        }
    }

    fn test(&mut self, path: &Path<'_>, operation: &Operation<'_>, span: Span, owner: &Owner) {
        let texts = texts(operation);
        if let Some(address) = texts.iter().find_map(|text| finds(&self.patterns.address, text)) {
            let message = format!("everybody could read the e-mail address {}", quoted(&address));
            let help = "test what the address stands for, such as an attribute that your application computes, or the part after the @";
            self.fault(Code::PersonalData, span, owner, message, help);
        }
        if let Some(secret) = texts.iter().find_map(|text| finds(&self.patterns.secret, text)) {
            self.secret(&secret, span, owner);
        }
        let keys = matches!(path.segments.as_slice(), [name] if name == "targetingKey");
        let listed = matches!(operation, Operation::Eq(_) | Operation::In(_));
        if keys && listed {
            let message = "everybody could read these targeting keys".into();
            let help =
                "test an attribute that your application computes, such as membership in a group";
            self.fault(Code::ListedKeys, span, owner, message, help);
        }
        if let Operation::Cidr(networks) = operation
            && let Some(network) = networks.texts.iter().find(|network| internal(network))
        {
            let message = format!(
                "everybody could read {}, a single address or part of an internal network",
                quoted(network)
            );
            let help = "decide on the server, or let it compute an attribute";
            self.fault(Code::InternalAddress, span, owner, message, help);
        }
    }

    fn secret(&mut self, secret: &str, span: Span, owner: &Owner) {
        // Whoever reads the report of a check need not read the secret.
        let start: String = secret.chars().take(8).collect();
        let message =
            format!("everybody could read {}…, which looks like a secret", quoted(&start));
        let help = "revoke it, if it was ever published, and keep it on the server";
        self.fault(Code::Secret, span, owner, message, help);
    }

    /// The texts in a variant's value. An address there is meant to be shown.
    fn value(&mut self, json: &str, span: Span, owner: &Owner) {
        let mut tape = Tape::new();
        let Ok(root) = tape.read(json.as_bytes()) else { return };
        let mut next = alloc::vec![root];
        while let Some(node) = next.pop() {
            if let Some(text) = node.text()
                && let Some(secret) = finds(&self.patterns.secret, &text)
            {
                return self.secret(&secret, span, owner);
            }
            next.extend(node.items().chain(node.members().flat_map(|(name, value)| [name, value])));
        }
    }
}

/// Whether a network is one address, or in the ranges for use inside
/// networks: RFC 1918 and RFC 4193.
fn internal(network: &str) -> bool {
    let Some((address, length)) = network.split_once('/') else { return false };
    match (address.parse(), length) {
        (Ok(core::net::IpAddr::V4(address)), length) => address.is_private() || length == "32",
        (Ok(core::net::IpAddr::V6(address)), length) => {
            address.is_unique_local() || length == "128"
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_secrets_are_told_from_what_looks_like_them() {
        let patterns = Patterns::new();
        for text in ["mia@acme.example", "<mia.o'hara+x@a-b.co.nz>", "to: x@y.zz!"] {
            assert!(finds(&patterns.address, text).is_some(), "{text}");
        }
        for text in ["@acme.example", "mia@localhost", "a @ b.c", "v1@", "https://a.example/@mia"] {
            assert_eq!(finds(&patterns.address, text), None, "{text}");
        }
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x";
        let key = "-----BEGIN EC PRIVATE KEY-----";
        for text in [jwt, key, "AKIA1234567890ABCDEF", "xoxb-1-2", "token=glpat-x", "rk_live_1"] {
            assert!(finds(&patterns.secret, text).is_some(), "{text}");
        }
        for text in
            ["-----BEGIN PUBLIC KEY-----", "AKIA", "sk_test_1", "MAKIA1234567890ABCDEF", "eyJ"]
        {
            assert_eq!(finds(&patterns.secret, text), None, "{text}");
        }
    }

    #[test]
    fn networks_for_use_inside_are_told_from_others() {
        for network in [
            "10.1.0.0/16",
            "192.168.0.0/24",
            "172.16.0.0/12",
            "fd00::/8",
            "203.0.113.9/32",
            "2001:db8::1/128",
        ] {
            assert!(internal(network), "{network}");
        }
        for network in ["203.0.113.0/24", "172.32.0.0/12", "2001:db8::/32", "0.0.0.0/0", "x"] {
            assert!(!internal(network), "{network}");
        }
    }
}
