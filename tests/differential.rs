//! The evaluator and the oracle give the same answers, a million times.
//!
//! `SERIN_DECISIONS` sets another number, `SERIN_SEED` the first document.

mod reference;

use reference::context::Value;
use reference::evaluator::{answer, bind};
use reference::generate::{self, Generated, Rng};
use reference::json::Json;
use reference::{Answer, Counts, Oracle, Question, Truth};
use serin::diagnostic::{Severity, Subject};
use serin::document::decode;
use serin::{
    Context, ErrorCode, FlagId, Loader, Reason, Ruleset, evaluate, evaluate_once, explain,
};
use std::collections::BTreeSet;

const CONTEXTS: usize = 8;
const INSTANTS: usize = 2;
const THREADS: u64 = 2;

#[test]
fn the_evaluator_answers_as_the_oracle_does() {
    let wanted = variable("SERIN_DECISIONS").unwrap_or(1_000_000);
    let first = variable("SERIN_SEED").unwrap_or(20_261_122);
    let start = std::time::Instant::now();
    let worker = |thread: u64| {
        let mut counts = Counts::new();
        let (mut seed, mut decisions) = (first + thread, 0);
        while decisions < wanted.div_ceil(THREADS) {
            decisions += compare(seed, &mut counts);
            seed += THREADS;
        }
        (decisions, seed - first, counts)
    };
    let (mut decisions, mut documents, mut counts) = (0, 0, Counts::new());
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || worker(thread))).collect();
        for worker in workers {
            let (more, seeds, counted) =
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            decisions += more;
            documents += seeds / THREADS;
            for (what, count) in counted {
                *counts.entry(what).or_default() += count;
            }
        }
    });
    println!(
        "{decisions} decisions on {documents} documents in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    print!("{}", table(&counts));
    if wanted >= 100_000 {
        let never: Vec<_> =
            expected().into_iter().filter(|what| !counts.contains_key(what)).collect();
        assert!(never.is_empty(), "the generator avoids {never:?}");
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Compares one document and returns the number of decisions.
fn compare(seed: u64, counts: &mut Counts) -> u64 {
    let mut rng = Rng::new(seed);
    let generated = generate::document(&mut rng);
    let text = generated.json.noisy(&mut rng);
    let document = decode::document(text.as_bytes())
        .unwrap_or_else(|fault| panic!("seed {seed}: {fault:?}\n{text}"));
    judge_decoder(seed, &text, &document, &generated);
    let oracle = Oracle::new(&document);
    let mut ruleset = load(&text, &mut rng);
    judge_diagnostics(seed, &text, &ruleset, &oracle);

    let killed = [
        Vec::new(),
        generate::killed(&mut rng, &generated),
        generate::killed(&mut rng, &generated),
    ];
    let disabled = killed.each_ref().map(|killed| {
        let text = disable(generated.json.clone(), killed).plain();
        Ruleset::load(text.as_bytes()).unwrap()
    });
    let mut decisions = override_one(seed, &mut rng, &generated, &mut ruleset);
    // One room for all contexts: what was bound in it before must not show.
    let mut room = Context::default();
    for number in 0..CONTEXTS {
        let context = generate::context(&mut rng, &generated);
        let mut keys = generated.flags.clone();
        if number == 0 {
            keys.push("no such flag".to_owned());
        }
        for _ in 0..INSTANTS {
            let now = generate::instant(&mut rng, &generated);
            // One bound context for all that follows: what it remembers must not show.
            let mut bound = bind(&ruleset, &context, now);
            rng.shuffle(&mut keys);
            for (killed, disabled) in killed.iter().zip(&disabled) {
                ruleset.kill(killed);
                let question = Question { context: &context, now, killed };
                let mut elsewhere = bind(disabled, &context, now);
                for key in &keys {
                    let expected = oracle.answer(key, question, counts);
                    let got = answer(&ruleset, key, &mut bound);
                    if got != expected {
                        panic!("{}", report(seed, &generated.json, key, question, &expected, &got));
                    }
                    assert_eq!(
                        answer(disabled, key, &mut elsewhere),
                        expected,
                        "seed {seed}: kill is not `enabled`"
                    );
                    if let Some(flag) = ruleset.flag(key) {
                        let explained = explain(&ruleset, flag, &mut bound).decision;
                        assert_eq!(
                            explained,
                            evaluate(&ruleset, flag, &mut bound),
                            "seed {seed}: explain"
                        );
                        assert_eq!(
                            explained,
                            evaluate_once(&ruleset, flag, &context, now, &mut room),
                            "seed {seed}: once"
                        );
                    }
                    *counts.entry((expected.reason.name(), None)).or_default() += 1;
                    if let Some(error) = expected.error {
                        *counts.entry((error.name(), None)).or_default() += 1;
                    }
                    decisions += 1;
                }
            }
        }
    }
    decisions
}

/// An override is to all other flags what `off` of a flag that is not enabled
/// is, killed or not. Returns the number of decisions.
fn override_one(seed: u64, rng: &mut Rng, generated: &Generated, ruleset: &mut Ruleset) -> u64 {
    let whole: Vec<FlagId> = ruleset.flags().filter(|flag| ruleset.kind(*flag).is_some()).collect();
    if whole.is_empty() {
        return 0;
    }
    let flag = whole[rng.below(whole.len())];
    let variants = (0..).take_while(|index| ruleset.variant_name(flag, *index).is_some()).count();
    let variant = rng.below(variants) as u16;
    let key = ruleset.key(flag).to_owned();
    let mut json = generated.json.clone();
    for (name, written) in json.member("flags").unwrap().members() {
        if *name == key {
            written.set("enabled", Json::raw(false));
            written.set("off", Json::text(ruleset.variant_name(flag, variant).unwrap()));
        }
    }
    let other = Ruleset::load(json.plain().as_bytes()).unwrap();
    let context = generate::context(rng, generated);
    let now = generate::instant(rng, generated);
    let (mut here, mut there) = (bind(ruleset, &context, now), bind(&other, &context, now));
    let before: Vec<Answer> =
        generated.flags.iter().map(|key| answer(ruleset, key, &mut here)).collect();
    ruleset.force(flag, Some(variants as u16));
    ruleset.force(flag, Some(variant));
    for killed in [&[][..], std::slice::from_ref(&key)] {
        ruleset.kill(killed);
        for key in &generated.flags {
            let mut expected = answer(&other, key, &mut there);
            if ruleset.flag(key) == Some(flag) {
                expected.reason = Reason::Override;
            }
            let got = answer(ruleset, key, &mut here);
            assert_eq!(got, expected, "seed {seed}: {key:?} with an override\n{}", json.plain());
        }
    }
    ruleset.kill::<&str>(&[]);
    ruleset.force(flag, None);
    let after = generated.flags.iter().map(|key| answer(ruleset, key, &mut here));
    assert!(after.eq(before), "seed {seed}: an override leaves something behind");
    4 * generated.flags.len() as u64
}

/// Loads at once or in chunks.
fn load(text: &str, rng: &mut Rng) -> Ruleset {
    if rng.chance(50) {
        return Ruleset::load(text.as_bytes()).unwrap();
    }
    let mut loader = Loader::new();
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (chunk, tail) = rest.split_at(rest.len().min(1 + rng.below(600)));
        loader.feed(chunk).unwrap();
        rest = tail;
    }
    loader.finish().unwrap()
}

/// Whatever is broken has a diagnostic, and whatever has an error is broken.
fn judge_diagnostics(seed: u64, text: &str, ruleset: &Ruleset, oracle: &Oracle<'_>) {
    let (mut flags, mut segments) = (BTreeSet::new(), BTreeSet::new());
    let errors = ruleset.diagnostics().iter().filter(|d| d.severity() == Severity::Error);
    for diagnostic in errors {
        match diagnostic.subject {
            Subject::Document => panic!("seed {seed}: {diagnostic:?}"),
            Subject::Flag(index) => flags.insert(ruleset.key(FlagId::at(index))),
            Subject::Segment(index) => segments.insert(ruleset.segment_key(index)),
        };
    }
    let what = || {
        format!("seed {seed}: flags and segments with errors\n{:?}\n{text}", ruleset.diagnostics())
    };
    assert!(oracle.faults.flags.keys().copied().eq(flags), "{}", what());
    assert!(oracle.faults.segments.keys().copied().eq(segments), "{}", what());
}

/// The decoder breaks what was spoiled on purpose, and nothing else.
fn judge_decoder(
    seed: u64,
    text: &str,
    document: &serin::document::Document<'_>,
    generated: &Generated,
) {
    fn broken<'d, T>(entries: &'d [serin::document::Entry<'d, T>]) -> BTreeSet<&'d str> {
        let twice = |key: &str| entries.iter().filter(|entry| entry.key.text == key).count() > 1;
        let keys = entries.iter().map(|entry| (entry.key.text.as_ref(), entry.item.is_none()));
        keys.filter(|&(key, broken)| broken || twice(key)).map(|(key, _)| key).collect()
    }
    let faulty = [&generated.faulty_flags, &generated.faulty_segments]
        .map(|keys| keys.iter().map(String::as_str).collect());
    let broken = [broken(&document.flags), broken(&document.segments)];
    assert_eq!(
        broken, faulty,
        "seed {seed}: flags and segments broken by themselves\n{:?}\n{text}",
        document.diagnostics
    );
}

fn disable(mut json: Json, killed: &[String]) -> Json {
    for (key, flag) in json.member("flags").unwrap().members() {
        if killed.contains(key) && matches!(flag, Json::Object(_)) {
            flag.set("enabled", Json::raw(false));
        }
    }
    json
}

/// What the oracle and the evaluator say about a fresh document, if it loads.
fn both(json: &Json, key: &str, question: Question<'_>) -> Option<(Answer, Answer)> {
    let text = json.plain();
    let document = decode::document(text.as_bytes()).ok()?;
    let mut ruleset = Ruleset::load(text.as_bytes()).ok()?;
    ruleset.kill(question.killed);
    let mut context = bind(&ruleset, question.context, question.now);
    let expected = Oracle::new(&document).answer(key, question, &mut Counts::new());
    Some((expected, answer(&ruleset, key, &mut context)))
}

fn report(
    seed: u64,
    json: &Json,
    key: &str,
    question: Question<'_>,
    expected: &Answer,
    got: &Answer,
) -> String {
    let differ = |json: &Json, context: &Value| {
        let question = Question { context, ..question };
        both(json, key, question).is_some_and(|(expected, got)| expected != got)
    };
    let (mut json, mut context) = (json.clone(), question.context.clone());
    if differ(&json, &context) {
        json.shrink(&|json| differ(json, &context));
        context.shrink(&|context| differ(&json, context));
    }
    let (expected, got) = match both(&json, key, Question { context: &context, ..question }) {
        Some((expected, got)) if expected != got => (expected, got),
        // It takes the evaluations before it: a context that remembers wrongly.
        _ => (expected.clone(), got.clone()),
    };
    format!(
        "seed {seed}, flag {key:?}, killed {:?}, now {}\n{}\ncontext {context:?}\noracle    {expected:?}\nevaluator {got:?}",
        question.killed,
        question.now,
        json.plain(),
    )
}

/// All that has to come up.
fn expected() -> Vec<(&'static str, Truth)> {
    let mut expected = Vec::new();
    let reasons = [
        Reason::Static,
        Reason::Default,
        Reason::TargetingMatch,
        Reason::Split,
        Reason::Disabled,
        Reason::Error,
    ];
    expected.extend(reasons.map(|reason| (reason.name(), None)));
    let errors = [ErrorCode::FlagNotFound, ErrorCode::ParseError, ErrorCode::TargetingKeyMissing];
    expected.extend(errors.map(|error| (error.name(), None)));
    for what in [
        "all",
        "any",
        "not",
        "segment",
        "flag",
        "bucket",
        "eq",
        "in",
        "startsWith",
        "endsWith",
        "contains",
        "lt",
        "le",
        "gt",
        "ge",
        "version",
        "before",
        "after",
        "cidr",
        "hasAny",
        "hasAll",
        "exists",
    ] {
        expected.extend([(what, Some(true)), (what, Some(false)), (what, None)]);
    }
    expected.extend([("time", Some(true)), ("time", Some(false)), ("unknown operator", None)]);
    for what in [
        "broken by itself",
        "broken by an undeclared name",
        "broken by a broken segment",
        "broken by a cycle of flags",
        "broken by too many nodes",
        "prerequisite broken",
        "prerequisite in error",
        "prerequisite without variant",
        "prerequisite disabled",
        "prerequisite serving",
        "serve with a key",
        "serve by withoutKey",
        "serve of the whole line",
    ] {
        expected.push((what, None));
    }
    expected
}

fn table(counts: &Counts) -> String {
    let names: BTreeSet<&str> = counts.keys().map(|what| what.0).collect();
    let count = |name, truth| counts.get(&(name, truth)).copied().unwrap_or(0);
    let row = |name| {
        format!(
            "{name:32}{:>10}{:>10}{:>10}\n",
            count(name, Some(true)),
            count(name, Some(false)),
            count(name, None)
        )
    };
    let head = format!("{:32}{:>10}{:>10}{:>10}\n", "", "true", "false", "unknown/-");
    names.into_iter().map(row).fold(head, |table, row| table + &row)
}
