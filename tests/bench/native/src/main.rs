//! `cargo run --release --manifest-path tests/bench/native/Cargo.toml`: serin
//! beside other Rust evaluators on the same logical work.
//!
//! Each is checked before it counts. What is measured is the time that the
//! thread had a processor, so that other work on the machine does not count.
//! Writes `tests/bench/results/native-<date>.json`, and the tables of
//! `src/doc/benchmarks-native.md` from it. With `--quick` it takes less time
//! and writes nothing; with `--render` it measures nothing, and writes the
//! tables from the newest record.

#[allow(dead_code, reason = "contexts are made in `logic`")]
#[path = "../../rulesets.rs"]
mod rulesets;

mod check;
mod clock;
mod logic;
mod peers;
mod report;
mod threads;

use clock::ThreadTime;
use criterion::Criterion;
use logic::{User, key};
use peers::{Evaluator, Flags};
use report::Row;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The works, by the flag that is asked; none: all of them.
const WORKS: [(&str, Option<usize>); 4] =
    [("simple", Some(51)), ("five rules", Some(52)), ("rollout", Some(50)), ("all of 100", None)];
/// Contexts that take turns, a power of two.
const CONTEXTS: usize = 1024;

/// Rounds in which the evaluators take turns, so that what else runs falls on
/// all of them; of each figure the median counts.
const ROUNDS: usize = 5;

/// Measures the works with contexts that were made before, then with a context
/// made for each call.
fn measure<E: Evaluator>(
    criterion: &mut Criterion<ThreadTime>,
    results: &Path,
    round: usize,
) -> Row {
    let mut evaluator = E::load(100);
    check::check(&mut evaluator);
    let keys: Vec<String> = (0..100).map(key).collect();
    let users: Vec<User> = (0..CONTEXTS).map(User::last_rule).collect();
    let mut contexts: Vec<_> = users.iter().map(|user| evaluator.context(user)).collect();
    let (mut kept, mut fresh) = (Vec::new(), Vec::new());
    for (name, flag) in WORKS {
        if flag.is_some() && !E::SINGLE {
            kept.push(None);
            fresh.push(None);
            continue;
        }
        let flags = flag.map_or(Flags::All(&keys), |flag| Flags::One(&keys[flag]));
        let mut turn = 0;
        let name_of_group = format!("{} round {round}", E::NAME);
        let mut group = criterion.benchmark_group(&name_of_group);
        group.bench_function(format!("{name} kept"), |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % CONTEXTS;
                match flags {
                    Flags::One(flag) => evaluator.decide(flag, &mut contexts[turn]),
                    Flags::All(keys) => evaluator.all(keys, &mut contexts[turn]),
                }
            });
        });
        group.bench_function(format!("{name} new"), |bencher| {
            bencher.iter(|| {
                turn = (turn + 1) % CONTEXTS;
                evaluator.fresh(flags, &users[turn]);
            });
        });
        group.finish();
        kept.push(Some(report::median(results, &name_of_group, &format!("{name} kept"))));
        fresh.push(Some(report::median(results, &name_of_group, &format!("{name} new"))));
    }
    Row { name: E::NAME, kept, fresh }
}

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let argument = std::env::args().nth(1);
    let quick = match argument.as_deref() {
        None => false,
        Some("--quick") => true,
        Some("--render") => return report::render(&root, &report::newest(&root)),
        Some(other) => panic!("{other}: there are --quick and --render"),
    };
    let start = report::load();
    let results = std::env::temp_dir().join(format!("serin-native-{}", std::process::id()));
    let (warm, time) = if quick { (10, 50) } else { (100, 400) };
    let mut criterion = Criterion::default()
        .with_measurement(ThreadTime)
        .output_directory(&results)
        .without_plots()
        .sample_size(report::SAMPLES)
        .warm_up_time(Duration::from_millis(warm))
        .measurement_time(Duration::from_millis(time));
    let mut rounds = Vec::new();
    for round in 0..if quick { 1 } else { ROUNDS } {
        rounds.push([
            measure::<peers::serin::Serin>(&mut criterion, &results, round),
            measure::<peers::launchdarkly::LaunchDarkly>(&mut criterion, &results, round),
            measure::<peers::unleash::Unleash>(&mut criterion, &results, round),
            measure::<peers::growthbook::Growth>(&mut criterion, &results, round),
            measure::<peers::eppo::Eppo>(&mut criterion, &results, round),
            measure::<peers::flagsmith::Flagsmith>(&mut criterion, &results, round),
        ]);
    }
    let threads = threads::measure();
    std::fs::remove_dir_all(&results).unwrap();
    let record = report::record(&rounds, &threads, [start, report::load()]);
    if quick {
        for (_, block) in report::blocks(&record) {
            println!("\n{block}");
        }
    } else {
        report::write(&root, &record);
        report::render(&root, &record);
    }
}
