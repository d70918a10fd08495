//! How many decisions a second 10,000 flags give: on one thread, and on two
//! that share the ruleset.

use crate::clock::thread_time;
use crate::logic::User;
use serin::{Context, Ruleset, evaluate};
use std::hint::black_box;
use std::time::{Duration, Instant};

pub const FLAGS: usize = 10_000;
/// Rounds, of which the median counts.
const ROUNDS: usize = 7;
/// Contexts a round and thread: each is bound, and asked for every flag.
const CONTEXTS: usize = 100;

/// A round on so many threads.
#[derive(Clone, Copy)]
pub struct Round {
    /// Decisions a second of time on the clock.
    pub on_the_clock: f64,
    /// Decisions a second of a thread's own time, all threads together.
    pub of_own_time: f64,
}

pub struct Threads {
    pub load: Duration,
    pub one: Round,
    pub two: Round,
}

/// What is shared is read alone: the compiler holds this.
fn shared<T: Sync>(value: &T) -> &T {
    value
}

/// Decides for the contexts of one thread; the time it had.
fn work(ruleset: &Ruleset, thread: usize) -> Duration {
    let start = thread_time();
    let mut context = Context::bind(ruleset, &(), 0);
    for number in 0..CONTEXTS {
        context.rebind(ruleset, &User::any(thread * CONTEXTS + number), 0);
        for flag in ruleset.flags() {
            black_box(evaluate(ruleset, flag, &mut context));
        }
    }
    thread_time() - start
}

fn round(ruleset: &Ruleset, threads: usize) -> Round {
    let start = Instant::now();
    let own: Vec<Duration> = std::thread::scope(|scope| {
        let running: Vec<_> =
            (0..threads).map(|thread| scope.spawn(move || work(ruleset, thread))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let each = (FLAGS * CONTEXTS) as f64;
    Round {
        on_the_clock: each * threads as f64 / start.elapsed().as_secs_f64(),
        of_own_time: own.iter().map(|time| each / time.as_secs_f64()).sum(),
    }
}

fn middle(rounds: &[Round]) -> Round {
    let of = |read: fn(&Round) -> f64| {
        let mut values: Vec<f64> = rounds.iter().map(read).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    Round {
        on_the_clock: of(|round| round.on_the_clock),
        of_own_time: of(|round| round.of_own_time),
    }
}

pub fn measure() -> Threads {
    let text = crate::rulesets::ruleset(FLAGS);
    let mut loads: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = thread_time();
            black_box(Ruleset::load(&text).unwrap());
            thread_time() - start
        })
        .collect();
    loads.sort();
    let ruleset = Ruleset::load(&text).unwrap();
    let ruleset = shared(&ruleset);
    // One and two take turns, so that what else runs falls on both.
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        one.push(round(ruleset, 1));
        two.push(round(ruleset, 2));
    }
    Threads { load: loads[ROUNDS / 2], one: middle(&one), two: middle(&two) }
}
