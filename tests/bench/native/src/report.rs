//! The table, and the record of a run.

use crate::WORKS;
use crate::threads::{FLAGS, Threads};
use serde_json::{Map, Value, json};
use std::path::Path;

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

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown").to_owned()
}

fn cell(nanoseconds: Option<f64>, serin: f64) -> String {
    nanoseconds.map_or("–".into(), |time| format!("{time:.0} ns ({:.1})", time / serin))
}

/// A table in Markdown; in brackets stands how many times serin's time it is.
fn table(title: &str, rows: &[Row], of: fn(&Row) -> &[Option<f64>]) {
    let names: Vec<&str> = WORKS.iter().map(|(name, _)| *name).collect();
    println!("\n| {title} | {} |\n|---|{}", names.join(" | "), "---:|".repeat(names.len()));
    for row in rows {
        let cells = of(row).iter().zip(of(&rows[0]));
        let cells: Vec<String> = cells.map(|(time, serin)| cell(*time, serin.unwrap())).collect();
        println!("| {} | {} |", row.name, cells.join(" | "));
    }
}

/// The same for the record.
fn times(times: &[Option<f64>]) -> Value {
    let names = WORKS.iter().map(|(name, _)| (*name).to_owned());
    names.zip(times.iter().map(|time| json!(time.map(f64::round)))).collect()
}

/// Prints the tables and writes the record.
pub fn write(folder: &Path, rows: &[Row], threads: &Threads) {
    table("context kept", rows, |row| &row.kept);
    table("new context", rows, |row| &row.fresh);
    let millions = |rate: f64| rate / 1e6;
    println!(
        "\n{FLAGS} flags: loaded in {:.1} ms; million decisions a second",
        threads.load.as_secs_f64() * 1e3
    );
    for (name, round) in [("one thread", threads.one), ("two threads", threads.two)] {
        println!(
            "{name}: {:.1} on the clock, {:.1} of the threads' own time",
            millions(round.on_the_clock),
            millions(round.of_own_time)
        );
    }
    let today = chrono::Utc::now().format("%Y-%m-%d").to_string();
    let list: Map<String, Value> = rows
        .iter()
        .map(|row| {
            (
                row.name.to_owned(),
                json!({ "context kept": times(&row.kept), "new context": times(&row.fresh) }),
            )
        })
        .collect();
    let record = json!({
        "date": today, "processor": processor(),
        "unit": "nanoseconds of thread time, medians of 40 samples",
        "evaluators": list,
        "decisions": { "flags": FLAGS, "load, milliseconds": (threads.load.as_secs_f64() * 1e4).round() / 10.0,
            "one thread, a second": threads.one.on_the_clock.round(), "two threads, a second": threads.two.on_the_clock.round(),
            "one thread, a second of its own time": threads.one.of_own_time.round(),
            "two threads, a second of their own time": threads.two.of_own_time.round() },
    });
    std::fs::create_dir_all(folder).unwrap();
    let file = folder.join(format!("native-{today}.json"));
    std::fs::write(&file, format!("{:#}\n", record)).unwrap();
    println!("\nwritten: tests/bench/results/native-{today}.json");
}
