//! `cargo run --release --manifest-path tests/bench/native/Cargo.toml`: serin
//! beside other Rust evaluators on the same logical work.
//!
//! Each is checked before it counts. What is measured is the time that the
//! thread had a processor, so that other work on the machine does not count.
//! Prints a table and writes `tests/bench/results/native-<date>.json`.

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

/// Measures the works with contexts that were made before, then with a context
/// made for each call.
fn measure<E: Evaluator>(criterion: &mut Criterion<ThreadTime>, results: &Path) -> Row {
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
        let mut group = criterion.benchmark_group(E::NAME);
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
        kept.push(Some(report::median(results, E::NAME, &format!("{name} kept"))));
        fresh.push(Some(report::median(results, E::NAME, &format!("{name} new"))));
    }
    Row { name: E::NAME, kept, fresh }
}

fn main() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let results = std::env::temp_dir().join(format!("serin-native-{}", std::process::id()));
    let mut criterion = Criterion::default()
        .with_measurement(ThreadTime)
        .output_directory(&results)
        .without_plots()
        .sample_size(40)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1200));
    let rows = [
        measure::<peers::serin::Serin>(&mut criterion, &results),
        measure::<peers::launchdarkly::LaunchDarkly>(&mut criterion, &results),
        measure::<peers::unleash::Unleash>(&mut criterion, &results),
        measure::<peers::growthbook::Growth>(&mut criterion, &results),
        measure::<peers::eppo::Eppo>(&mut criterion, &results),
        measure::<peers::flagsmith::Flagsmith>(&mut criterion, &results),
    ];
    let threads = threads::measure();
    std::fs::remove_dir_all(&results).unwrap();
    report::write(&here.join("../results"), &rows, &threads);
}
