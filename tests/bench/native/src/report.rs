//! The record of a run, and the tables of the page from a record.

use crate::WORKS;
use crate::threads::{FLAGS, Threads};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::Command;

/// Samples of criterion's in a round.
pub const SAMPLES: usize = 20;
/// How many times as fast as each other evaluator serin is meant to be.
const GOAL: f64 = 5.0;
const SERIN: &str = "serin";
const KINDS: [&str; 2] = ["context kept", "new context"];

/// What a round found of an evaluator, in nanoseconds.
pub struct Row {
    pub name: &'static str,
    /// Of each work with a context made before; none: the evaluator cannot do it.
    pub kept: Vec<Option<f64>>,
    /// With a context made for each call.
    pub fresh: Vec<Option<f64>>,
}

/// What criterion found.
pub fn median(results: &Path, group: &str, function: &str) -> f64 {
    let file = results.join(folder(group)).join(folder(function)).join("new/estimates.json");
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let estimates: Value = serde_json::from_slice(&text).unwrap();
    estimates["median"]["point_estimate"].as_f64().unwrap()
}

/// Criterion names its folders after what was measured.
fn folder(name: &str) -> String {
    name.replace(['/', '\\', '?', '"', '*', '<', '>', ':', '|', '^'], "_")
}

/// The load average of a minute.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or(f64::NAN)
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown").to_owned()
}

fn compiler() -> String {
    let run = Command::new("rustc").arg("--version").output();
    let text = run.map_or(String::new(), |run| String::from_utf8_lossy(&run.stdout).into_owned());
    text.split(' ').nth(1).unwrap_or("unknown").to_owned()
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Three digits are more than the machine gives.
fn rounded(value: f64) -> f64 {
    if value < 100.0 { (value * 10.0).round() / 10.0 } else { value.round() }
}

/// What is kept of a run.
pub fn record<const N: usize>(rounds: &[[Row; N]], threads: &Threads, load: [f64; 2]) -> Value {
    let times = |at: usize, of: fn(&Row) -> &Vec<Option<f64>>| -> Value {
        let times = (0..WORKS.len()).map(|work| {
            let all: Option<Vec<f64>> = rounds.iter().map(|rows| of(&rows[at])[work]).collect();
            (WORKS[work].0.to_owned(), json!(all.map(middle).map(rounded)))
        });
        times.collect()
    };
    let evaluators: Map<String, Value> = (0..N)
        .map(|at| {
            let both = json!({ KINDS[0]: times(at, |row| &row.kept), KINDS[1]: times(at, |row| &row.fresh) });
            (rounds[0][at].name.to_owned(), both)
        })
        .collect();
    let now = chrono::Utc::now();
    json!({
        "date": now.format("%Y-%m-%d").to_string(), "time": now.format("%H:%M").to_string(),
        "processor": processor(),
        "cores": std::thread::available_parallelism().map_or(1, usize::from),
        "rust": compiler(), "load": load,
        "unit": format!("nanoseconds of thread time, medians of {} rounds of the medians of {SAMPLES} samples", rounds.len()),
        "evaluators": evaluators,
        "decisions": { "flags": FLAGS,
            "load, milliseconds": (threads.load.as_secs_f64() * 1e4).round() / 10.0,
            "one thread, a second": threads.one.on_the_clock.round(),
            "two threads, a second": threads.two.on_the_clock.round(),
            "one thread, a second of its own time": threads.one.of_own_time.round(),
            "two threads, a second of their own time": threads.two.of_own_time.round() },
    })
}

pub fn write(root: &Path, record: &Value) {
    let folder = root.join("tests/bench/results");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("native-{}.json", record["date"].as_str().unwrap()));
    std::fs::write(&file, format!("{record:#}\n")).unwrap();
    println!("\nwritten: {}", file.display());
}

/// The newest record, whose name has its date.
pub fn newest(root: &Path) -> Value {
    let files = std::fs::read_dir(root.join("tests/bench/results")).unwrap();
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("native-"))
    });
    let path = paths.into_iter().max().expect("there is no record yet");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Nanoseconds; none where the evaluator cannot do it.
fn time(record: &Value, name: &str, kind: &str, work: &str) -> Option<f64> {
    record["evaluators"][name][kind][work].as_f64()
}

fn names(record: &Value) -> Vec<&str> {
    record["evaluators"].as_object().unwrap().keys().map(String::as_str).collect()
}

/// A table; in brackets stands how many times serin's time it is.
fn table(record: &Value, kind: &str) -> String {
    let works = WORKS.map(|(work, _)| work);
    let mut table = format!("| {kind} | {} |\n|---|{}", works.join(" | "), "---:|".repeat(4));
    for name in names(record) {
        let cell = |work: &str| {
            let serin = time(record, SERIN, kind, work).unwrap();
            time(record, name, kind, work).map_or("–".into(), |time| {
                let digits = usize::from(time < 100.0);
                format!("{time:.digits$} ns ({:.1})", time / serin)
            })
        };
        table += &format!("\n| {name} | {} |", works.map(cell).join(" | "));
    }
    table
}

/// Where serin is ahead by what it is meant to be, and where it is not.
fn standing(record: &Value) -> String {
    let (mut ahead, mut below) = (0, Vec::new());
    for kind in KINDS {
        for (work, _) in WORKS {
            let serin = time(record, SERIN, kind, work).unwrap();
            for name in names(record).into_iter().filter(|name| *name != SERIN) {
                match time(record, name, kind, work).map(|time| time / serin) {
                    None => {}
                    Some(times) if times >= GOAL => ahead += 1,
                    Some(times) => {
                        below.push(format!("{name}, *{work}*, {kind}: {times:.1} times"))
                    }
                }
            }
        }
    }
    let all = ahead + below.len();
    let mut text = format!(
        "serin is meant to be ahead of each by {GOAL:.0} times, and is in {ahead} of {all} places."
    );
    if !below.is_empty() {
        text += &format!("\nIn these it is not:\n\n- {}.", below.join(".\n- "));
    }
    text
}

fn conditions(record: &Value) -> String {
    let load = |at: usize| record["load"][at].as_f64().unwrap_or(f64::NAN);
    let cores = record["cores"].as_f64().unwrap_or(f64::NAN);
    let busy = if load(0).max(load(1)) > cores {
        ": the machine was doing other work as well, so compare within a column"
    } else {
        ""
    };
    // Records of before have no load, cores, time and compiler.
    let text = |member: &str| record[member].as_str().unwrap_or("?").to_owned();
    format!(
        "Measured on {} at {} UTC, on {cores} cores of {}, with Rust {} and the default release profile.\n\
         The load average was {:.1} at the start and {:.1} at the end{busy}.\n\
         The record is `tests/bench/results/native-{}.json`.",
        text("date"),
        text("time"),
        text("processor"),
        text("rust"),
        load(0),
        load(1),
        text("date")
    )
}

fn decisions(record: &Value) -> String {
    let number = |member: &str| record["decisions"][member].as_f64().unwrap();
    let row = |name: &str, clock: &str, own: &str| {
        format!("\n| {name} | {:.1} | {:.1} |", number(clock) / 1e6, number(own) / 1e6)
    };
    format!(
        "Of {} flags, {:.1} ms to load, all decided for one context after the other, each bound anew; \
         in millions, medians of seven rounds in which one thread and two take turns:\n\n\
         | | on the clock | of the threads' own time |\n|---|---:|---:|{}{}",
        FLAGS,
        number("load, milliseconds"),
        row("one thread", "one thread, a second", "one thread, a second of its own time"),
        row(
            "two threads that share the ruleset",
            "two threads, a second",
            "two threads, a second of their own time"
        )
    )
}

/// What a record says, by the marks in the page.
pub fn blocks(record: &Value) -> [(&'static str, String); 5] {
    [
        ("conditions", conditions(record)),
        ("standing", standing(record)),
        ("kept", table(record, KINDS[0])),
        ("new", table(record, KINDS[1])),
        ("decisions", decisions(record)),
    ]
}

/// Writes the blocks into the page, each between its marks.
pub fn render(root: &Path, record: &Value) {
    let page = root.join("src/doc/benchmarks-native.md");
    let mut text = std::fs::read_to_string(&page).unwrap();
    for (mark, block) in blocks(record) {
        let (open, close) = (format!("<!-- {mark} -->\n"), format!("\n<!-- /{mark} -->"));
        let start = text.find(&open).unwrap_or_else(|| panic!("the page needs <!-- {mark} -->"));
        let start = start + open.len();
        let end = text[start..].find(&close);
        let end = end.unwrap_or_else(|| panic!("the page needs <!-- /{mark} -->")) + start;
        text.replace_range(start..end, &block);
        println!("\n{block}");
    }
    std::fs::write(&page, text).unwrap();
    println!("\nwritten: {}", page.display());
}
