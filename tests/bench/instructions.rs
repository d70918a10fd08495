//! `instructions WORK TIMES`: does a piece of work so often, for a count of
//! instructions under callgrind (`instructions.mjs` beside this file).
#![allow(missing_docs)]

#[path = "rulesets.rs"]
mod rulesets;

use serin::{Context, Ruleset, evaluate};
use std::hint::black_box;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, work, times] = arguments.as_slice() else { panic!("usage: instructions WORK TIMES") };
    let times: usize = times.parse().unwrap();
    let text = rulesets::ruleset(100);
    let ruleset = Ruleset::load(&text).unwrap();
    let attributes = rulesets::context(1);
    let mut context = Context::bind(&ruleset, &attributes, 0);
    let [simple, targeting, rollout] =
        [51, 52, 50].map(|number| ruleset.flags().nth(number).unwrap());
    for _ in 0..times {
        match work.as_str() {
            "load" => drop(black_box(Ruleset::load(black_box(&text)))),
            "bind" => drop(black_box(Context::bind(&ruleset, black_box(&attributes), 0))),
            "simple" => drop(black_box(evaluate(&ruleset, black_box(simple), &mut context))),
            "targeting" => drop(black_box(evaluate(&ruleset, black_box(targeting), &mut context))),
            "rollout" => drop(black_box(evaluate(&ruleset, black_box(rollout), &mut context))),
            "all" => {
                for flag in ruleset.flags() {
                    black_box(evaluate(&ruleset, flag, &mut context));
                }
            }
            _ => panic!("no such work"),
        }
    }
}
