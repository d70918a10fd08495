use super::{Evaluator, Flags};
use crate::logic::User;
use serin::{Context, FlagId, Ruleset, evaluate, evaluate_once};
use std::hint::black_box;

/// `evaluate`, with flags looked up by their keys each time, as the others do.
pub struct Serin {
    ruleset: Ruleset,
    /// The room that contexts are bound in, one after the other.
    room: Context,
}

impl Serin {
    fn flag(&self, key: &str) -> FlagId {
        self.ruleset.flag(key).unwrap()
    }
}

impl Evaluator for Serin {
    const NAME: &'static str = "serin";
    type Context = Context;

    fn load(flags: usize) -> Self {
        let ruleset = Ruleset::load(&crate::rulesets::ruleset(flags)).unwrap();
        Self { room: Context::bind(&ruleset, &(), 0), ruleset }
    }
    fn context(&self, user: &User) -> Context {
        Context::bind(&self.ruleset, user, 0)
    }
    fn fresh(&mut self, flags: Flags<'_>, user: &User) {
        let Self { ruleset, room } = self;
        match flags {
            Flags::One(key) => {
                black_box(evaluate_once(ruleset, ruleset.flag(key).unwrap(), user, 0, room));
            }
            Flags::All(keys) => {
                room.rebind(ruleset, user, 0);
                for key in keys {
                    black_box(evaluate(ruleset, ruleset.flag(key).unwrap(), room));
                }
            }
        }
    }
    fn decide(&mut self, flag: &str, bound: &mut Context) {
        black_box(evaluate(&self.ruleset, self.flag(flag), bound));
    }
    fn variant(&mut self, flag: &str, bound: &mut Context) -> String {
        let flag = self.flag(flag);
        let decision = evaluate(&self.ruleset, flag, bound);
        self.ruleset.variant_name(flag, decision.variant().unwrap()).unwrap().to_owned()
    }
}
