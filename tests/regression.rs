//! Runs every file of `tests/regression/`: hostile documents, most of which
//! have ended some evaluator, each with the answer that serin gives.
//!
//! Each file runs on a thread with a small stack and a limit of time, is
//! loaded at once and in awkward chunks, and must leave the process able to
//! answer a good ruleset.

mod support;

use serin::diagnostic::{Diagnostic, Severity};
use serin::document::{decode, encode};
use serin::{Context, Reason, Ruleset, bucket, evaluate, limits};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use support::{File, load_in_chunks, processor_time};

/// The shadow stack of the evaluators that these files ended was as large.
const STACK: usize = 64 * 1024;
/// Of the processor, for one file in all ways of loading.
const TIME: Duration = Duration::from_secs(10);
/// On the clock; more, because other tests may run as well.
const PATIENCE: Duration = Duration::from_secs(120);
/// Resident memory, the document and what it is compared with included.
const MEMORY: usize = 512 * 1024 * 1024;
/// Sizes of chunks; a size of 1 only for documents below [`SMALL`].
const CHUNKS: [usize; 4] = [1, 7, 4096, 65536];
const SMALL: usize = 256 * 1024;
/// Larger documents are not read as a tree as well: that is for the tools.
const TREE: usize = 4 * 1024 * 1024;

#[test]
fn every_regression_file_is_answered_as_it_says() {
    let files = support::files("regression");
    let (count, mut cases, mut differences) = (files.len(), 0, Vec::new());
    let mut costs = Vec::new();
    for file in files {
        cases += file.cases();
        let name = file.name.clone();
        let (cost, found) = bounded(&name, move || examine(&file));
        differences.extend(found.into_iter().map(|line| format!("{name}: {line}")));
        costs.push((cost, name));
    }
    costs.sort_by_key(|(cost, _)| cost.time);
    costs.iter().rev().take(10).for_each(|(cost, name)| println!("{cost}  {name}"));
    costs.sort_by_key(|(cost, _)| cost.memory);
    costs.iter().rev().take(5).for_each(|(cost, name)| println!("{cost}  {name}"));
    support::report(&differences);
    println!("{count} regression files with {cases} cases");
}

/// What a file took of the processor and, at most, of memory.
struct Cost {
    time: Duration,
    memory: usize,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:6} ms {:5} MiB", self.time.as_millis(), self.memory >> 20)
    }
}

/// Runs it on a small stack and within the limits; gives costs and differences.
fn bounded(name: &str, run: impl FnOnce() -> Vec<String> + Send + 'static) -> (Cost, Vec<String>) {
    let (done, result) = mpsc::channel();
    forget_peak();
    let start = Instant::now();
    // The name is what the runtime prints when the stack overflows.
    let thread = std::thread::Builder::new().name(name.to_owned()).stack_size(STACK);
    thread.spawn(move || done.send((run(), processor_time()))).unwrap();
    let (mut found, time) = match result.recv_timeout(PATIENCE) {
        Ok((found, time)) => (found, time.unwrap_or(start.elapsed())),
        Err(mpsc::RecvTimeoutError::Timeout) => (vec!["does not end".to_owned()], PATIENCE),
        Err(mpsc::RecvTimeoutError::Disconnected) => (vec!["panics".to_owned()], start.elapsed()),
    };
    if time > TIME {
        found.push(format!("takes {time:.1?}"));
    }
    let memory = peak().unwrap_or(0);
    if memory > MEMORY {
        found.push(format!("takes {} MiB of memory", memory >> 20));
    }
    if !good_ruleset_answers() {
        found.push("a good ruleset does not answer afterwards".to_owned());
    }
    (Cost { time, memory }, found)
}

/// The peak of resident memory since [`forget_peak`], where the system tells.
fn peak() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<usize>().ok()? * 1024)
}

fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn good_ruleset_answers() -> bool {
    let text = br#"{"format": 1, "flags": {"good": {"variants": {"on": true, "off": false},
        "rules": [{"if": {"attribute": "a.b", "op": "exists"}, "serve": "on"}], "serve": "off"}}}"#;
    let Ok(ruleset) = Ruleset::load(text) else { return false };
    let Some(flag) = ruleset.flag("good") else { return false };
    let answer = |given: serde_json::Value| {
        let decision = evaluate(&ruleset, flag, &mut Context::bind(&ruleset, &given, 0));
        (decision.variant(), decision.reason())
    };
    answer(serde_json::json!({"a": {"b": 1}})) == (Some(0), Reason::TargetingMatch)
        && answer(serde_json::json!({"a": {}})) == (Some(1), Reason::Default)
}

fn examine(file: &File) -> Vec<String> {
    let bytes = file.document();
    if file.content["everyPrefix"] == true {
        let accepted = (0..bytes.len()).find_map(|end| not_refused(bytes.get(..end)?));
        if let Some(difference) = accepted {
            return vec![difference];
        }
    }
    compare_loads(&bytes, |loaded| file.differences(loaded))
}

fn not_refused(prefix: &[u8]) -> Option<String> {
    let loads = [Ruleset::load(prefix), load_in_chunks(prefix, 7)];
    let codes =
        loads.map(|load| load.map_or_else(|fault| fault.code.name(), |_| "no code, it loads"));
    let right = codes == ["invalid-json"; 2];
    (!right).then(|| format!("the prefix of {} bytes is refused with {codes:?}", prefix.len()))
}

/// Loads at once and in chunks, and compares with what is expected and with
/// each other.
fn compare_loads(
    bytes: &[u8],
    mut differences: impl FnMut(Result<&mut Ruleset, &Diagnostic>) -> Vec<String>,
) -> Vec<String> {
    let mut whole = Ruleset::load(bytes);
    let mut found = differences(whole.as_mut().map_err(|fault| &*fault));
    let answers = whole.as_mut().map(all_answers).map_err(|fault| *fault);
    if bytes.len() < TREE {
        found.extend(compare_tree(bytes, &whole, answers.as_deref().unwrap_or_default()));
    }
    let sizes = CHUNKS.into_iter().filter(|size| *size > 1 || bytes.len() < SMALL);
    for size in sizes {
        let mut chunked = load_in_chunks(bytes, size);
        match (&whole, &chunked) {
            (Ok(a), Ok(b))
                if a.diagnostics() != b.diagnostics() || a.revision() != b.revision() =>
            {
                found.push(format!("chunks of {size}: other diagnostics"));
            }
            (Ok(_), Ok(_)) => {
                if chunked.as_mut().map(all_answers).ok() != answers.as_ref().ok().cloned() {
                    found.push(format!("chunks of {size}: other answers"));
                }
            }
            (Err(a), Err(b)) if a == b => {}
            (a, b) => {
                let text = |load: &Result<Ruleset, Diagnostic>| {
                    load.as_ref().map_or_else(|fault| format!("{fault:?}"), |_| "loaded".to_owned())
                };
                found.push(format!("chunks of {size}: {}, at once: {}", text(b), text(a)));
            }
        }
    }
    found
}

/// Reads the document as the tools do, writes it, and loads what was written.
fn compare_tree(
    bytes: &[u8],
    whole: &Result<Ruleset, Diagnostic>,
    answers: &[(String, u32)],
) -> Option<String> {
    let (document, ruleset) = match (decode::document(bytes), whole) {
        (Ok(document), Ok(ruleset)) => (document, ruleset),
        (Err(a), Err(b)) if a == *b => return None,
        (a, _) => return Some(format!("as a tree: {:?}", a.map(drop))),
    };
    let known = ruleset.diagnostics();
    if known.len() < 1000 && !document.diagnostics.iter().all(|found| known.contains(found)) {
        return Some("as a tree: other diagnostics".to_owned());
    }
    if known.iter().any(|found| found.severity() == Severity::Error) {
        return None;
    }
    let text = encode::encode(&document);
    if text.len() > limits::DOCUMENT_BYTES {
        return None;
    }
    match Ruleset::load(text.as_bytes()) {
        Err(fault) => Some(format!("what was written is refused: {fault:?}")),
        Ok(mut again) => (all_answers(&mut again) != answers)
            .then(|| "what was written answers differently".to_owned()),
    }
}

/// Every flag's answer to an empty context, at one instant.
fn all_answers(ruleset: &mut Ruleset) -> Vec<(String, u32)> {
    ruleset.kill::<&str>(&[]);
    let mut context = Context::bind(ruleset, &(), 1_796_083_200_000);
    let flags = ruleset.flags();
    flags
        .map(|flag| (ruleset.key(flag).to_owned(), evaluate(ruleset, flag, &mut context).bits()))
        .collect()
}

// ---- attacks that parts cannot spell ----------------------------------------

fn run_attack(name: &str, bytes: Vec<u8>, check: fn(&mut Ruleset) -> Vec<String>) {
    let run = move || {
        compare_loads(&bytes, |loaded| match loaded {
            Ok(ruleset) => check(ruleset),
            Err(fault) => vec![format!("refused: {fault:?}")],
        })
    };
    let (cost, found) = bounded(name, run);
    support::report(&found);
    println!("{cost}  {name}");
}

/// The value that a flag serves to a context whose one attribute is `x`.
fn value(ruleset: &Ruleset, key: &str, x: serde_json::Value, now: i64) -> Option<String> {
    let flag = ruleset.flag(key)?;
    let mut context = Context::bind(ruleset, &serde_json::json!({ "x": x }), now);
    let variant = evaluate(ruleset, flag, &mut context).variant()?;
    Some(ruleset.variant_value(flag, variant)?.to_owned())
}

fn unless(holds: bool, what: &str) -> Vec<String> {
    if holds { Vec::new() } else { vec![what.to_owned()] }
}

fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Texts of 64 letters and digits that all have one XXH64 with seed 0.
///
/// A lane of XXH64 takes 8 bytes a round, `acc = rotl(acc + bytes * P2, 31) * P1`, which can be
/// solved for the bytes. So for each of the four lanes, and any first 8 bytes, there are second
/// 8 bytes that lead to a chosen state; one in 84,000 of them is letters and digits. Eighteen such
/// pairs a lane give 18^4 texts.
fn colliding_texts(count: usize) -> Vec<String> {
    const P1: u64 = 0x9e37_79b1_85eb_ca87;
    const P2: u64 = 0xc2b2_ae3d_27d4_eb4f;
    fn inverse(odd: u64) -> u64 {
        (0..6).fold(odd, |x, _| x.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(x))))
    }
    let mut state = 64;
    let lanes = [P1.wrapping_add(P2), P2, 0, P1.wrapping_neg()].map(|start| {
        let before_last = inverse(P1).rotate_right(31);
        let mut pairs: Vec<[[u8; 8]; 2]> = Vec::new();
        while pairs.len() < 18 {
            let mut bits = random(&mut state);
            let first = [(); 8].map(|()| {
                let letter = b"abcdefghijklmnopqrstuvwxyz012345"[(bits & 31) as usize];
                bits >>= 5;
                letter
            });
            let acc = start.wrapping_add(u64::from_le_bytes(first).wrapping_mul(P2));
            let acc = acc.rotate_left(31).wrapping_mul(P1);
            let second = before_last.wrapping_sub(acc).wrapping_mul(inverse(P2)).to_le_bytes();
            if second.iter().all(u8::is_ascii_alphanumeric) {
                pairs.push([first, second]);
            }
        }
        pairs
    });
    let text = |mut number: usize| {
        let mut text = [0; 64];
        for (lane, pairs) in lanes.iter().enumerate() {
            let [first, second] = pairs[number % 18];
            number /= 18;
            text[lane * 8..lane * 8 + 8].copy_from_slice(&first);
            text[32 + lane * 8..40 + lane * 8].copy_from_slice(&second);
        }
        String::from_utf8(text.to_vec()).unwrap()
    };
    let texts: Vec<String> = (0..count).map(text).collect();
    let point = bucket::point(0, texts[0].as_bytes());
    assert!(texts.iter().all(|text| bucket::point(0, text.as_bytes()) == point), "no collisions");
    texts
}

#[test]
fn keys_that_collide_in_xxh64_are_told_apart() {
    let keys = colliding_texts(100_001);
    let flags: Vec<String> = keys[..100_000]
        .iter()
        .enumerate()
        .map(|(i, key)| format!("\"{key}\":{{\"variants\":{{\"v\":{i}}},\"serve\":\"v\"}}"))
        .collect();
    let document = format!("{{\"format\":1,\"flags\":{{{}}}}}", flags.join(","));
    run_attack("flag keys that collide in xxh64", document.into_bytes(), |ruleset| {
        let keys = colliding_texts(100_001);
        let right =
            keys[..100_000].iter().enumerate().step_by(997).all(|(i, key)| {
                value(ruleset, key, serde_json::Value::Null, 0) == Some(i.to_string())
            });
        unless(right && ruleset.flag(&keys[100_000]).is_none(), "another flag answers")
    });
}

#[test]
fn names_and_constants_that_collide_in_xxh64_are_told_apart() {
    let texts: Vec<String> =
        colliding_texts(100_000).iter().map(|text| format!("\"{text}\"")).collect();
    let document = format!(
        "{{\"format\":1,\"flags\":{{\"a\":{{\"variants\":{{\"on\":true,\"off\":false}},\"metadata\":{{{}:0}},
          \"rules\":[{{\"if\":{{\"attribute\":\"x\",\"op\":\"in\",\"value\":[{}]}},\"serve\":\"on\"}}],\"serve\":\"off\"}}}}}}",
        texts.join(":0,"),
        texts[..99_999].join(",")
    );
    run_attack("names and constants that collide in xxh64", document.into_bytes(), |ruleset| {
        let texts = colliding_texts(100_000);
        let answer = |text: &String| value(ruleset, "a", text.as_str().into(), 0);
        let inside =
            texts[..99_999].iter().step_by(9_999).all(|text| answer(text) == Some("true".into()));
        unless(inside && answer(&texts[99_999]) == Some("false".into()), "the set is another")
    });
}

#[test]
fn constants_that_are_prefixes_of_each_other_are_told_apart() {
    let texts: Vec<String> =
        (1..=5000).map(|length| format!("\"{}\"", "a".repeat(length))).collect();
    let document = format!(
        "{{\"format\":1,\"flags\":{{\"a\":{{\"variants\":{{\"on\":true,\"off\":false}},
          \"rules\":[{{\"if\":{{\"attribute\":\"x\",\"op\":\"in\",\"value\":[{}]}},\"serve\":\"on\"}}],\"serve\":\"off\"}}}}}}",
        texts.join(",")
    );
    run_attack("constants that are prefixes of each other", document.into_bytes(), |ruleset| {
        let answer = |length: usize| value(ruleset, "a", "a".repeat(length).into(), 0);
        let right =
            [0, 1, 4999, 5000, 5001, 8192].map(answer).map(|answer| answer == Some("true".into()));
        unless(right == [false, true, true, true, false, false], "the set is another")
    });
}

#[test]
fn a_ramp_of_140000_steps_is_followed_beyond_16_bits() {
    const START: i64 = 1_796_083_200_000;
    let steps: Vec<String> = (0..140_000)
        .map(|i| format!("{{\"at\":{},\"percent\":{}}}", START + i * 1000, i % 2 * 100))
        .collect();
    let document = format!(
        "{{\"format\":1,\"flags\":{{\"a\":{{\"variants\":{{\"on\":true,\"off\":false}},\"serve\":{{\"ramp\":
          {{\"salt\":\"s\",\"variant\":\"on\",\"rest\":\"off\",\"steps\":[{}]}}}}}}}}}}",
        steps.join(",")
    );
    run_attack("a ramp of 140,000 steps", document.into_bytes(), |ruleset| {
        let right =
            [0, 1, 65_535, 65_536, 65_537, 131_071, 139_998, 139_999].into_iter().all(|i| {
                let at = START + i * 1000;
                let on = |now| value(ruleset, "a", 0.into(), now) == Some("true".into());
                let next = (i < 139_999).then_some(at + 1000);
                on(at) == (i % 2 == 1)
                    && on(at + 999) == (i % 2 == 1)
                    && ruleset.next_change(at) == next
            });
        unless(right, "another step holds")
    });
}

#[test]
fn killing_a_million_unknown_keys_changes_nothing() {
    let mut ruleset =
        Ruleset::load(br#"{"format":1,"flags":{"a":{"variants":{"on":true},"serve":"on"}}}"#)
            .unwrap();
    let keys: Vec<String> = (0..1_000_000).map(|i| format!("key {i}")).collect();
    ruleset.kill(&keys);
    assert_eq!(value(&ruleset, "a", 0.into(), 0).as_deref(), Some("true"));
    ruleset.kill(&["a"]);
    assert_eq!(value(&ruleset, "a", 0.into(), 0), None);
    ruleset.kill::<&str>(&[]);
    assert_eq!(value(&ruleset, "a", 0.into(), 0).as_deref(), Some("true"));
}

/// Any mutation of a good document either loads or is refused, and alike
/// however it is cut. What it says is for other tests.
#[test]
fn mutations_of_a_realistic_document_load_alike_in_chunks() {
    let files = support::files("regression");
    let file = files.iter().find(|file| file.content["everyPrefix"] == true).unwrap();
    let good = file.document();
    let bytes = b"\"\\{}[]:,x01e.-+ \n\0\x1f\x7f\x80\xc3\xed\xf0\xff";
    let (mut state, mut loads) = (1, 0);
    for round in 0..6000 {
        let mut document = good.clone();
        for _ in 0..=round % 3 {
            let at = (random(&mut state) % document.len() as u64) as usize;
            let byte = bytes[(random(&mut state) % bytes.len() as u64) as usize];
            match random(&mut state) % 4 {
                0 => document[at] = byte,
                1 => document.insert(at, byte),
                2 => drop(document.remove(at)),
                _ => {
                    let from = (random(&mut state) % good.len() as u64) as usize;
                    let piece = &good[from..good.len().min(from + 40)];
                    document.splice(at..at, piece.iter().copied());
                }
            }
        }
        let found = compare_loads(&document, |loaded| {
            loads += u32::from(loaded.is_ok());
            Vec::new()
        });
        assert!(found.is_empty(), "{found:?} of {}", String::from_utf8_lossy(&document));
    }
    println!("6000 mutations, {loads} of them load");
}
