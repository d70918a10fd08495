//! `instructions WORK TIMES`: does a piece of work so often, for a count of
//! instructions under callgrind (`instructions.mjs` beside this file).

use serin::{Context, Ruleset, evaluate};
use serin_bench as rulesets;
use std::hint::black_box;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, work, times] = arguments.as_slice() else { panic!("usage: instructions WORK TIMES") };
    let times: usize = times.parse().unwrap();
    let text = rulesets::ruleset(100);
    let ruleset = Ruleset::load(&text).unwrap();
    let attributes = rulesets::context(1);
    let mut context = Context::bind(&ruleset, &attributes, 0);
    // Three flags that share nothing: nothing is remembered from one call to the next.
    let few = Ruleset::load(&rulesets::ruleset(3)).unwrap();
    let mut kept = Context::bind(&few, &attributes, 0);
    let [simple, targeting, rollout] = [0, 1, 2].map(|number| few.flags().nth(number).unwrap());
    for _ in 0..times {
        match work.as_str() {
            "load" => drop(black_box(Ruleset::load(black_box(&text)))),
            "bind" => drop(black_box(Context::bind(&ruleset, black_box(&attributes), 0))),
            "simple" => drop(black_box(evaluate(&few, black_box(simple), &mut kept))),
            "targeting" => drop(black_box(evaluate(&few, black_box(targeting), &mut kept))),
            "rollout" => drop(black_box(evaluate(&few, black_box(rollout), &mut kept))),
            "all" => {
                context.rebind(&ruleset, black_box(&attributes), 0);
                for flag in ruleset.flags() {
                    black_box(evaluate(&ruleset, flag, &mut context));
                }
            }
            _ => panic!("no such work"),
        }
    }
}
