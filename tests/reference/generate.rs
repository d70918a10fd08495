//! Random documents, as JSON text, and random contexts that aim at their constants.
//!
//! Hard input is the rule here, not the exception: `tests/differential.rs` counts what came up and
//! fails if something never did.

use super::context::Value;
use super::hard::{
    ADDRESS_PATHS, ADDRESSES, ALL_PATHS, BASE, BOOLEAN_PATHS, CARRIED, CONDITION_FAULTS, EXTREMES,
    FAR, FLAG_FAULTS, FULL_VERSIONS, KEY_PATHS, LIST_PATHS, NETWORKS, NO_FLAGS, NO_TIMES,
    NUMBER_PATHS, NUMBERS, PARTIAL_VERSIONS, Path, SERVE_FAULTS, TEXT_PATHS, TEXTS, TIME_PATHS,
    VERSION_ATTRIBUTES, VERSION_PATHS,
};
use super::json::Json;
use super::time;
use std::collections::BTreeSet;

/// splitmix64.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1) as u64) as i64
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }
}

/// A document and what a context for it should aim at.
pub struct Generated {
    pub json: Json,
    pub flags: Vec<String>,
    /// Flags that are broken by themselves, whatever they refer to.
    pub faulty_flags: BTreeSet<String>,
    pub faulty_segments: BTreeSet<String>,
    hints: Vec<(Path, Value)>,
    instants: Vec<i64>,
}

struct Generator<'r> {
    rng: &'r mut Rng,
    flags: Vec<(&'static str, Vec<&'static str>)>,
    segments: Vec<&'static str>,
    hints: Vec<(Path, Value)>,
    instants: Vec<i64>,
    /// The flag or segment being written.
    index: usize,
    in_segment: bool,
    has_salt: bool,
}

pub fn document(rng: &mut Rng) -> Generated {
    let mut keys = ["a", "b", "", "ключ", "x-flag", "a.b", "\"q\\", "😀"];
    let mut segments = ["s", "t", "", "x-s", "ü", "\u{7f}"];
    rng.shuffle(&mut keys);
    rng.shuffle(&mut segments);
    let keys = &keys[..2 + rng.below(6)];
    let segments = segments[..rng.below(6)].to_vec();
    let variants = |_| {
        let mut names = vec!["on", "off", "", "x-v", "ü", "blue", "on "];
        rng.shuffle(&mut names);
        names.truncate(1 + rng.below(4));
        names
    };
    let flags = keys.iter().copied().zip(keys.iter().map(variants)).collect();
    let instants = vec![BASE];
    let mut generator = Generator {
        rng,
        flags,
        segments,
        hints: Vec::new(),
        instants,
        index: 0,
        in_segment: false,
        has_salt: false,
    };
    generator.document()
}

impl Generator<'_> {
    fn document(&mut self) -> Generated {
        let mut faulty_segments = BTreeSet::new();
        let mut segments = Vec::new();
        self.in_segment = true;
        for index in 0..self.segments.len() {
            self.index = index;
            self.has_salt = false;
            let mut condition = self.condition(3);
            if self.rng.chance(3) {
                let mut faults = CONDITION_FAULTS.to_vec();
                faults.push(r#"{"bucket":{"from":0,"to":5}}"#);
                let fault = Json::raw(self.rng.pick(&faults));
                condition = Json::object([("all", Json::List(vec![condition, fault]))]);
                faulty_segments.insert(self.segments[index].to_owned());
            }
            segments.push((self.segments[index].to_owned(), condition));
        }
        self.in_segment = false;
        let mut faulty_flags = BTreeSet::new();
        let mut flags = Vec::new();
        for index in 0..self.flags.len() {
            self.index = index;
            let mut flag = self.flag();
            if self.rng.chance(7) {
                self.spoil(&mut flag);
                faulty_flags.insert(self.flags[index].0.to_owned());
            }
            flags.push((self.flags[index].0.to_owned(), flag));
        }
        if self.rng.chance(40) {
            self.twins(&mut flags, &faulty_flags);
        }
        if self.rng.chance(3) {
            let twice = self.rng.pick(&flags).clone();
            faulty_flags.insert(twice.0.clone());
            flags.insert(self.rng.below(flags.len() + 1), twice);
        }
        if self.rng.chance(2) && !segments.is_empty() {
            let twice = self.rng.pick(&segments).clone();
            faulty_segments.insert(twice.0.clone());
            segments.push(twice);
        }
        if self.rng.chance(2) {
            self.crowd(&mut flags, &mut segments);
        }
        let mut keys: Vec<String> = flags.iter().map(|flag| flag.0.clone()).collect();
        keys.dedup();
        let mut json = Json::object([
            ("format", Json::raw(self.rng.pick(&["1", "1.0", "1e0", "10e-1"]))),
            ("flags", Json::Object(flags)),
        ]);
        if !segments.is_empty() || self.rng.chance(50) {
            json.set("segments", Json::Object(segments));
        }
        if self.rng.chance(50) {
            json.set("revision", Json::raw(self.rng.below(1000)));
        }
        if self.rng.chance(20) {
            json.set("$schema", Json::text("https://serin.example/1.json"));
        }
        Generated {
            json: self.finish(json),
            flags: keys,
            faulty_flags,
            faulty_segments,
            hints: std::mem::take(&mut self.hints),
            instants: std::mem::take(&mut self.instants),
        }
    }

    /// Adds flags that ask what others ask, and serve something else.
    fn twins(&mut self, flags: &mut Vec<(String, Json)>, faulty: &BTreeSet<String>) {
        for index in 0..self.flags.len() {
            let key = self.flags[index].0;
            let Some((_, flag)) = flags.iter().find(|flag| flag.0 == key) else { continue };
            let mut twin = flag.clone();
            self.has_salt = twin.member("salt").is_some();
            self.index = index;
            if let Some(Json::List(rules)) = twin.member("rules")
                && !faulty.contains(key)
            {
                for rule in rules {
                    rule.set("serve", self.serve());
                }
                flags.insert(self.rng.below(flags.len() + 1), (format!("twin of {key}"), twin));
            }
        }
    }

    /// Adds flags that depend on about as many nodes as a flag may.
    fn crowd(&mut self, flags: &mut Vec<(String, Json)>, segments: &mut Vec<(String, Json)>) {
        let count = 254 + self.rng.below(5);
        let chained = self.rng.chance(50);
        let refer =
            |index: usize| Json::object([("segment", Json::text(format!("crowd {index}")))]);
        let test = Json::raw(r#"{"attribute":"beta","op":"eq","value":false}"#);
        for index in 0..count {
            let condition = match index.checked_sub(1) {
                Some(previous) if chained => Json::object([("not", refer(previous))]),
                _ => test.clone(),
            };
            segments.push((format!("crowd {index}"), condition));
        }
        let all = if chained { vec![refer(count - 1)] } else { (0..count).map(refer).collect() };
        let flag = |condition| {
            Json::object([
                ("variants", Json::raw(r#"{"on":true,"off":false}"#)),
                ("off", Json::text("off")),
                ("require", condition),
                ("serve", Json::text("on")),
            ])
        };
        let is_on = |key| Json::object([("flag", Json::text(key)), ("is", Json::text("on"))]);
        flags.push(("crowd".to_owned(), flag(Json::object([("any", Json::List(all))]))));
        flags.push(("after the crowd".to_owned(), flag(Json::object([("not", is_on("crowd"))]))));
        flags.push(("at last".to_owned(), flag(Json::object([("not", is_on("after the crowd"))]))));
    }

    fn flag(&mut self) -> Json {
        self.has_salt = self.rng.chance(70);
        let variants = self.variants();
        let mut flag = Json::object([("variants", variants)]);
        if self.has_salt {
            flag.set("salt", self.salt());
        }
        if self.rng.chance(30) {
            flag.set("enabled", Json::raw(self.rng.chance(70)));
        }
        if self.rng.chance(75) {
            flag.set("off", self.variant());
        }
        if self.rng.chance(85) {
            flag.set("serve", self.serve());
        }
        if self.rng.chance(80) {
            if self.rng.chance(35) {
                flag.set("require", self.condition(3));
            }
            let rules = (0..self.rng.below(5)).map(|_| self.rule()).collect();
            flag.set("rules", Json::List(rules));
        }
        if self.rng.chance(20) {
            let name = *self.rng.pick(&["description", "owner", "expires"]);
            flag.set(name, self.text());
        }
        if self.rng.chance(10) {
            flag.set("metadata", Json::raw(r#"{ "ticket": "PAY-812", "x-": [1.50, null] }"#));
        }
        if self.rng.chance(3) {
            // The flag's own object is 1, so that these reach 64.
            flag.set("x-deep", Json::raw(format!("{}{}", "[".repeat(63), "]".repeat(63))));
        }
        self.finish(flag)
    }

    /// Makes the flag broken by itself, whatever it was.
    fn spoil(&mut self, flag: &mut Json) {
        match self.rng.below(7) {
            0 => *flag = Json::raw(self.rng.pick(NO_FLAGS)),
            6 => {
                let (name, value) = *self.rng.pick(FLAG_FAULTS);
                flag.set(name, Json::raw(value));
            }
            1 => {
                let variant = self.variant().plain();
                let fault = self.rng.pick(SERVE_FAULTS).replace('V', &variant);
                flag.set("serve", Json::raw(fault));
            }
            2 => {
                let member = self.rng.pick(flag.members()).clone();
                flag.members().push(member);
            }
            3 => flag.set("x-deep", Json::raw(format!("{}{}", "[".repeat(64), "]".repeat(64)))),
            4 => flag.set("require", Json::raw(self.rng.pick(CONDITION_FAULTS))),
            _ => {
                let fault = Json::raw(self.rng.pick(CONDITION_FAULTS));
                let deep = Json::object([(
                    "not",
                    Json::object([("any", Json::List(vec![self.condition(1), fault]))]),
                )]);
                let rule = Json::object([("if", deep), ("serve", self.variant())]);
                flag.set("rules", Json::List(vec![rule]));
            }
        }
    }

    fn variants(&mut self) -> Json {
        let values: &[&str] = match self.rng.below(4) {
            0 => &["true", "false"],
            1 => &["\"\"", "\"blue\"", "\"\\u0061\""],
            2 => &["0", "-0", "1.50", "1e3", "9007199254740991"],
            _ => &["{}", "[]", "{ \"a\": [1, null] }"],
        };
        let names = self.flags[self.index].1.clone();
        let variant = |name: &str| (name.to_owned(), Json::raw(self.rng.pick(values)));
        Json::Object(names.into_iter().map(variant).collect())
    }

    fn rule(&mut self) -> Json {
        let mut rule = Json::object([("serve", self.serve())]);
        if self.rng.chance(88) {
            rule.set("if", self.condition(4));
        }
        if self.rng.chance(50) {
            rule.set("name", self.text());
        }
        self.finish(rule)
    }

    fn variant(&mut self) -> Json {
        Json::text(*self.rng.pick(&self.flags[self.index].1))
    }

    fn serve(&mut self) -> Json {
        let kind = self.rng.below(10);
        if kind < 5 {
            return self.variant();
        }
        let mut inner = self.line();
        if self.rng.chance(35) {
            inner.set("withoutKey", self.variant());
        }
        if kind < 8 {
            let mut cuts: Vec<i64> = (0..self.rng.below(5)).map(|_| self.thousandths()).collect();
            if self.rng.chance(8) {
                // The cut of the sum is not the sum of the cuts.
                cuts = vec![33_333, 66_666];
            }
            cuts.extend([0, 100_000]);
            cuts.sort_unstable();
            let mut share = |two: &[i64]| {
                let share = Json::object([
                    ("variant", self.variant()),
                    ("percent", self.percent(two[1] - two[0])),
                ]);
                self.finish(share)
            };
            let shares = cuts.windows(2).map(&mut share).collect();
            inner.set("shares", Json::List(shares));
            return Json::object([("rollout", self.finish(inner))]);
        }
        inner.set("variant", self.variant());
        inner.set("rest", self.variant());
        let ats: BTreeSet<i64> = (0..1 + self.rng.below(4)).map(|_| self.an_instant()).collect();
        let mut step = |at| {
            let percent = self.thousandths();
            let step =
                Json::object([("at", self.spell_time(at)), ("percent", self.percent(percent))]);
            self.finish(step)
        };
        let steps = ats.into_iter().map(&mut step).collect();
        inner.set("steps", Json::List(steps));
        Json::object([("ramp", self.finish(inner))])
    }

    /// `by` and `salt`.
    fn line(&mut self) -> Json {
        let mut line = Json::object([]);
        if !self.has_salt || self.rng.chance(25) {
            line.set("salt", self.salt());
        }
        if self.rng.chance(30) {
            let path = *self.rng.pick(KEY_PATHS);
            line.set("by", self.path(path));
        }
        line
    }

    fn salt(&mut self) -> Json {
        Json::text(*self.rng.pick(&["s", "s", "s", "t", "salz ü", "checkout-1", "\u{0}"]))
    }

    fn text(&mut self) -> Json {
        Json::text(*self.rng.pick(TEXTS))
    }

    fn thousandths(&mut self) -> i64 {
        match self.rng.below(4) {
            0 => *self.rng.pick(&[0, 100_000]),
            1 => *self.rng.pick(&[1, 99_999, 50_000, 12_500, 66_666]),
            _ => self.rng.between(0, 100_000),
        }
    }

    fn percent(&mut self, m: i64) -> Json {
        Json::raw(match self.rng.below(6) {
            0 => format!("{m}e-3"),
            1 => format!("{}.0E-05", m * 100),
            2 => format!("{}.{:03}000", m / 1000, m % 1000),
            3 if m == 0 => (*self.rng.pick(&["-0", "0e999", "0.0000", "-0.0"])).to_owned(),
            _ => format!("{}", m as f64 / 1000.0),
        })
    }

    fn path(&mut self, path: Path) -> Json {
        if path.iter().any(|segment| segment.contains('.')) || self.rng.chance(30) {
            return Json::List(path.iter().copied().map(Json::text).collect());
        }
        Json::text(path.join("."))
    }

    fn an_instant(&mut self) -> i64 {
        let known = *self.rng.pick(&self.instants);
        let instant = match self.rng.below(8) {
            0 => *self.rng.pick(FAR),
            1 | 2 => known,
            3 => known + self.rng.between(-1, 1),
            _ => BASE + self.rng.between(-3, 3) * 86_400_000 + self.rng.between(0, 2) * 500,
        };
        let instant = instant.clamp(-8_640_000_000_000_000, 8_640_000_000_000_000);
        self.instants.push(instant);
        instant
    }

    fn spell_time(&mut self, millis: i64) -> Json {
        // As a number it would be no time.
        let only_text = millis.abs() < 100_000_000_000;
        match rfc3339(self.rng, millis) {
            Some(text) if only_text || self.rng.chance(60) => Json::text(text),
            _ => Json::raw(millis),
        }
    }

    fn condition(&mut self, depth: usize) -> Json {
        let condition = match self.rng.below(if depth == 0 { 12 } else { 20 }) {
            0 => match self.segment() {
                Some(condition) => condition,
                None => return self.condition(depth),
            },
            1 => self.prerequisite(),
            2 => self.bucket(),
            3 => self.time(),
            4..12 => self.test(),
            12..15 => Json::object([("not", self.condition(depth - 1))]),
            many => {
                let parts = (0..1 + self.rng.below(3)).map(|_| self.condition(depth - 1)).collect();
                Json::object([(if many % 2 == 0 { "all" } else { "any" }, Json::List(parts))])
            }
        };
        self.finish(condition)
    }

    fn segment(&mut self) -> Option<Json> {
        let before = if self.in_segment { self.index } else { self.segments.len() };
        let name = match self.rng.below(100) {
            0 => "no such segment",
            // Only these can close a cycle.
            1..4 if self.in_segment => self.rng.pick(&self.segments),
            _ if before == 0 => return None,
            _ => self.segments[self.rng.below(before)],
        };
        Some(Json::object([("segment", Json::text(name))]))
    }

    fn prerequisite(&mut self) -> Json {
        let lower = if self.in_segment { self.flags.len() } else { self.index };
        let target = match self.rng.below(100) {
            // Only these can close a cycle of flags.
            0..6 => self.rng.below(self.flags.len()),
            6 => {
                let is = Json::List(vec![Json::text("on"), Json::text("off")]);
                return Json::object([("flag", Json::text("no such flag")), ("is", is)]);
            }
            _ if lower == 0 => return self.test(),
            // Segments name low flags, or they would close cycles all the time.
            _ if self.in_segment => self.rng.below(2),
            _ => self.rng.below(lower),
        };
        let (key, variants) = self.flags[target].clone();
        let is = match self.rng.below(60) {
            0 => Json::text("no such variant"),
            1..40 => Json::text(*self.rng.pick(&variants)),
            _ => Json::List(
                (0..1 + self.rng.below(3)).map(|_| Json::text(*self.rng.pick(&variants))).collect(),
            ),
        };
        Json::object([("flag", Json::text(key)), ("is", is)])
    }

    fn bucket(&mut self) -> Json {
        let mut line = self.line();
        let (from, to) = (self.thousandths(), self.thousandths());
        line.set("from", self.percent(from.min(to)));
        line.set("to", self.percent(from.max(to)));
        Json::object([("bucket", self.finish(line))])
    }

    fn time(&mut self) -> Json {
        let (from, until) = (self.an_instant(), self.an_instant());
        let mut window = Json::object([]);
        if from < until || self.rng.chance(50) {
            window.set("from", self.spell_time(from));
        }
        if from < until || window.members().is_empty() {
            window.set("until", self.spell_time(until));
        }
        Json::object([("time", self.finish(window))])
    }

    /// Adds members of the author's own and shuffles.
    fn finish(&mut self, mut object: Json) -> Json {
        if self.rng.chance(3) {
            let name = *self.rng.pick(&["x-", "x-note", "x-iff"]);
            object.set(name, Json::raw(self.rng.pick(CARRIED)));
        }
        self.rng.shuffle(object.members());
        object
    }

    fn test(&mut self) -> Json {
        let mut fold = None;
        let (paths, op, value, hints): (&[Path], _, _, _) = match self.rng.below(22) {
            0 => {
                let hints = vec![Value::Absent, Value::Unreadable, Value::Other];
                (ALL_PATHS, "exists", None, hints)
            }
            1..6 => {
                fold = self.rng.chance(40).then(|| self.rng.chance(75));
                let op = *self.rng.pick(&["eq", "in", "startsWith", "endsWith", "contains"]);
                let (value, hints) = self.texts(op);
                (TEXT_PATHS, op, Some(value), hints)
            }
            6 => {
                // On other types than text, `ignoreCase` may be false.
                fold = self.rng.chance(10).then_some(false);
                let op = *self.rng.pick(&["eq", "in"]);
                let (value, hints) = self.numbers(op);
                (NUMBER_PATHS, op, Some(value), hints)
            }
            7 => {
                let known = self.rng.chance(50);
                let one = Json::raw(known);
                let op = *self.rng.pick(&["eq", "in"]);
                let value = if op == "in" { Json::List(vec![one]) } else { one };
                (
                    BOOLEAN_PATHS,
                    op,
                    Some(value),
                    vec![Value::Boolean(known), Value::Boolean(!known)],
                )
            }
            8..11 => {
                let op = *self.rng.pick(&["lt", "le", "gt", "ge"]);
                let (value, hints) = self.numbers(op);
                (NUMBER_PATHS, op, Some(value), hints)
            }
            11..14 => {
                let (value, hints) = self.versions();
                (VERSION_PATHS, "version", Some(value), hints)
            }
            14..16 => {
                let op = *self.rng.pick(&["before", "after"]);
                let at = self.an_instant();
                (TIME_PATHS, op, Some(self.spell_time(at)), self.times_near(at))
            }
            16..18 => {
                let networks: Vec<_> = (0..1 + self.rng.below(3))
                    .map(|_| Json::text(*self.rng.pick(NETWORKS)))
                    .collect();
                let hints =
                    (0..4).map(|_| Value::Text((*self.rng.pick(ADDRESSES)).to_owned())).collect();
                (ADDRESS_PATHS, "cidr", Some(self.one_or_list(networks)), hints)
            }
            18..21 => {
                let op = *self.rng.pick(&["hasAny", "hasAll"]);
                let (value, hints) = self.lists();
                (LIST_PATHS, op, Some(value), hints)
            }
            _ => {
                fold = self.rng.chance(30).then(|| self.rng.chance(50));
                let value = self.rng.chance(80).then(|| Json::raw(self.rng.pick(CARRIED)));
                (ALL_PATHS, *self.rng.pick(&["matches", "", "Eq", "notIn"]), value, Vec::new())
            }
        };
        let paths = if self.rng.chance(10) { ALL_PATHS } else { paths };
        let path = *self.rng.pick(paths);
        self.hints.extend(hints.into_iter().map(|hint| (path, hint)));
        let mut test = Json::object([("attribute", self.path(path)), ("op", Json::text(op))]);
        if let Some(value) = value {
            test.set("value", value);
        }
        if let Some(fold) = fold {
            test.set("ignoreCase", Json::raw(fold));
        }
        test
    }

    /// Elements of a list: few, now and then many.
    fn count(&mut self) -> usize {
        let most = if self.rng.chance(5) { 70 } else { 3 };
        1 + self.rng.below(most)
    }

    fn one_or_list(&mut self, mut items: Vec<Json>) -> Json {
        if items.len() == 1 && self.rng.chance(70) { items.remove(0) } else { Json::List(items) }
    }

    fn texts(&mut self, op: &str) -> (Json, Vec<Value>) {
        let text = |rng: &mut Rng| match rng.below(3) {
            0 => format!("{}{}", rng.pick(TEXTS), rng.pick(TEXTS)),
            _ => (*rng.pick(TEXTS)).to_owned(),
        };
        let texts: Vec<String> = match op {
            "eq" => vec![text(self.rng)],
            _ => (0..self.count()).map(|_| text(self.rng)).collect(),
        };
        let hit = self.rng.pick(&texts).clone();
        let swapped = |c: char| {
            if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
        };
        let mut near = vec![
            hit.clone(),
            hit.chars().map(swapped).collect(),
            hit.to_uppercase(),
            text(self.rng),
        ];
        near.extend([format!("{hit}x"), format!("x{hit}"), format!("xy{hit}z")]);
        near.push(hit.chars().skip(1).collect());
        let constants: Vec<Json> = texts.into_iter().map(Json::Text).collect();
        let value = match op {
            "eq" => constants.into_iter().next().unwrap(),
            "in" => Json::List(constants),
            _ => self.one_or_list(constants),
        };
        (value, near.into_iter().map(Value::Text).collect())
    }

    fn numbers(&mut self, op: &str) -> (Json, Vec<Value>) {
        let count = if op == "in" { self.count() } else { 1 };
        let spelled: Vec<&str> = (0..count).map(|_| *self.rng.pick(NUMBERS)).collect();
        let hit: f64 = spelled[0].parse().unwrap();
        let mut hints = [hit, hit, -hit, hit.next_up(), hit.next_down(), hit + 1.0, hit - 1.0]
            .map(Value::Number)
            .to_vec();
        hints.push(Value::Text(spelled[0].to_owned()));
        let constants: Vec<Json> = spelled.into_iter().map(Json::raw).collect();
        let value =
            if op == "in" { Json::List(constants) } else { constants.into_iter().next().unwrap() };
        (value, hints)
    }

    fn versions(&mut self) -> (Json, Vec<Value>) {
        let mut named = Vec::new();
        let mut comparator = |rng: &mut Rng| {
            let operator = *rng.pick(&["=", "<", "<=", ">", ">=", "^", "~", ""]);
            let version = if operator.is_empty() || rng.chance(60) {
                rng.pick(FULL_VERSIONS)
            } else {
                rng.pick(PARTIAL_VERSIONS)
            };
            named.push(Value::Text((*version).to_owned()));
            format!("{operator}{version}")
        };
        let mut range = |rng: &mut Rng| {
            let comparators: Vec<String> = (0..1 + rng.below(2)).map(|_| comparator(rng)).collect();
            comparators.join(rng.pick::<&str>(&[" ", "   "]))
        };
        let ranges = (0..1 + self.rng.below(2)).map(|_| Json::Text(range(self.rng))).collect();
        named.extend((0..5).map(|_| Value::Text((*self.rng.pick(VERSION_ATTRIBUTES)).to_owned())));
        (self.one_or_list(ranges), named)
    }

    fn times_near(&mut self, at: i64) -> Vec<Value> {
        let mut hints: Vec<Value> =
            [at, at - 1, at + 1].iter().map(|&at| Value::Number(at as f64)).collect();
        hints.extend([at, at + 1].map(Value::Date));
        hints.push(Value::Number(at as f64 / 1000.0));
        hints.push(Value::Number(at as f64 + 0.5));
        let near = [at, at, at - 1, at + 1].into_iter().filter_map(|at| rfc3339(self.rng, at));
        hints.extend(near.map(Value::Text));
        hints.push(Value::Text((*self.rng.pick(NO_TIMES)).to_owned()));
        hints.push(Value::Number(*self.rng.pick(&[
            99_999_999_999.0,
            -1e11,
            8.64e15,
            8.64e15 + 1.0,
        ])));
        hints
    }

    fn lists(&mut self) -> (Json, Vec<Value>) {
        let count = self.count();
        let (constants, values): (Vec<Json>, Vec<Value>) = match self.rng.below(5) {
            0 => (0..count)
                .map(|_| {
                    let spelled = *self.rng.pick(NUMBERS);
                    (Json::raw(spelled), Value::Number(spelled.parse().unwrap()))
                })
                .unzip(),
            1 => (0..count)
                .map(|_| {
                    let known = self.rng.chance(50);
                    (Json::raw(known), Value::Boolean(known))
                })
                .unzip(),
            _ => (0..count)
                .map(|_| {
                    let text = *self.rng.pick(TEXTS);
                    (Json::text(text), Value::Text(text.to_owned()))
                })
                .unzip(),
        };
        let mut more = values.clone();
        more.insert(self.rng.below(more.len() + 1), values[0].clone());
        let mut hints = vec![values[..1].to_vec(), values.clone(), more.clone(), Vec::new()];
        for stranger in [Value::Text("zzz".to_owned()), Value::Number(77.0), value(self.rng)] {
            hints.push(vec![stranger.clone()]);
            more.insert(self.rng.below(more.len() + 1), stranger);
            hints.push(more.clone());
        }
        hints.push(vec![values[0].clone(); 1000]);
        hints.push(vec![values[0].clone(); 1001]);
        (Json::List(constants), hints.into_iter().map(Value::List).collect())
    }
}

/// Any value at all, aimed at nothing.
fn value(rng: &mut Rng) -> Value {
    match rng.below(14) {
        0 => Value::Absent,
        1 => Value::Unreadable,
        2 => Value::Other,
        3 => Value::Date(rng.between(BASE - 5, BASE + 5)),
        4 => Value::Boolean(rng.chance(50)),
        5 => Value::Number(*rng.pick(&[
            f64::NAN,
            f64::INFINITY,
            -0.0,
            5e-324,
            1e300,
            9_007_199_254_740_992.0,
        ])),
        6 => Value::Number(rng.pick(NUMBERS).parse().unwrap()),
        7 => Value::Text("é".repeat(*rng.pick(&[4096, 4097]))),
        8 => Value::List(vec![Value::Text("x".repeat(8193))]),
        9 => Value::Object(vec![(String::new(), Value::Unreadable)]),
        10 => Value::List(vec![Value::List(Vec::new())]),
        11 => Value::List(vec![Value::Text((*rng.pick(TEXTS)).to_owned()), Value::Absent]),
        12 => Value::List(Vec::new()),
        _ => Value::Text((*rng.pick(TEXTS)).to_owned()),
    }
}

fn key(rng: &mut Rng) -> Value {
    match rng.below(12) {
        0 => Value::Number(*rng.pick(&[
            5.0,
            -5.0,
            0.0,
            -0.0,
            9_007_199_254_740_991.0,
            -9_007_199_254_740_991.0,
        ])),
        1 => Value::Number(*rng.pick(&[9_007_199_254_740_992.0, 0.5, -1e300, f64::NAN])),
        2 => Value::Number(rng.between(-1_000_000, 1_000_000) as f64),
        3 => Value::Text((*rng.pick(&["", "5", "-0", "é", "😀"])).to_owned()),
        4 => Value::Text("k".repeat(*rng.pick(&[31, 32, 33, 64, 8192, 8193]))),
        5 => value(rng),
        6 => Value::Text(format!("{:032x}", rng.next())),
        7 | 8 => Value::Text(rng.pick(EXTREMES).0.to_owned()),
        _ => Value::Text(format!("user-{}", rng.below(1_000_000))),
    }
}

/// A context that aims at the constants of the document.
pub fn context(rng: &mut Rng, generated: &Generated) -> Value {
    if rng.chance(2) {
        return value(rng);
    }
    let mut context = Value::Object(Vec::new());
    let mut paths = ALL_PATHS.to_vec();
    rng.shuffle(&mut paths);
    for path in paths {
        let hints: Vec<&Value> =
            generated.hints.iter().filter(|hint| hint.0 == path).map(|hint| &hint.1).collect();
        let roll = rng.below(100);
        let found = if roll < 60 && KEY_PATHS.contains(&path) && (hints.is_empty() || roll < 40) {
            key(rng)
        } else if roll < 80 && !hints.is_empty() {
            (*rng.pick(&hints)).clone()
        } else if roll < 90 {
            value(rng)
        } else {
            continue;
        };
        // What a path goes through would hide what other paths find.
        if path.len() == 1
            && ALL_PATHS.iter().any(|other| other.len() > 1 && other[0] == path[0])
            && rng.chance(80)
        {
            continue;
        }
        context.put(path, found);
    }
    context
}

/// An instant on, beside or between those of the document.
pub fn instant(rng: &mut Rng, generated: &Generated) -> i64 {
    let known = *rng.pick(&generated.instants);
    match rng.below(20) {
        0 => *rng.pick(&[i64::MIN, i64::MAX, 0, -1]),
        1..4 => BASE + rng.between(-300_000_000, 300_000_000),
        4..9 => known - 1,
        9..14 => known,
        _ => known + 1,
    }
}

/// Keys to kill, also such as the document does not have.
pub fn killed(rng: &mut Rng, generated: &Generated) -> Vec<String> {
    let mut killed: Vec<String> =
        generated.flags.iter().filter(|_| rng.chance(30)).cloned().collect();
    killed.extend(rng.chance(30).then(|| "no such flag".to_owned()));
    killed
}

/// One of the spellings of an instant, if its year has four digits.
fn rfc3339(rng: &mut Rng, millis: i64) -> Option<String> {
    let ahead = match rng.below(3) {
        0 => 0,
        1 => rng.between(-23 * 60 - 59, 23 * 60 + 59),
        _ => *rng.pick(&[60, -210, 840, 23 * 60 + 59, -23 * 60 - 59]),
    };
    let local = millis + ahead * 60_000;
    let (mut days, rest) = (local.div_euclid(86_400_000), local.rem_euclid(86_400_000));
    let year = (0..10_000).rev().find(|&year| time::days_since_1970(year) <= days)?;
    days -= time::days_since_1970(year);
    let mut month = 0;
    while let Some(&length) = time::days_of_month(year).get(month)
        && days >= length
    {
        days -= length;
        month += 1;
    }
    if month == 12 {
        return None;
    }
    let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60);
    let fraction = match rest % 1000 {
        0 => (*rng.pick(&["", ".0", ".0009"])).to_owned(),
        n if n % 100 == 0 => format!(".{}", n / 100),
        n => format!(".{n:03}{}", rng.pick(&["", "9", "999999999999"])),
    };
    let offset = match ahead {
        0 => (*rng.pick(&["Z", "z", "+00:00", "-00:00"])).to_owned(),
        _ => format!(
            "{}{:02}:{:02}",
            if ahead < 0 { '-' } else { '+' },
            ahead.abs() / 60,
            ahead.abs() % 60
        ),
    };
    let t = rng.pick(&["T", "t"]);
    Some(format!(
        "{year:04}-{:02}-{:02}{t}{hour:02}:{minute:02}:{second:02}{fraction}{offset}",
        month + 1,
        days + 1
    ))
}
