//! One evaluator a file, each with the flags in its own format and the context
//! in its own type.

pub mod eppo;
pub mod flagsmith;
pub mod growthbook;
pub mod launchdarkly;
pub mod serin;
pub mod unleash;

use crate::logic::User;

/// What is asked.
#[derive(Clone, Copy)]
pub enum Flags<'a> {
    One(&'a str),
    All(&'a [String]),
}

/// An evaluator, loaded.
pub trait Evaluator: Sized {
    /// The crate.
    const NAME: &'static str;
    /// Whether one flag can be decided without all others.
    const SINGLE: bool = true;
    /// The context as the evaluator takes it.
    type Context;

    fn load(flags: usize) -> Self;
    fn context(&self, user: &User) -> Self::Context;
    /// Makes a context, and decides one flag or all.
    fn fresh(&mut self, flags: Flags<'_>, user: &User) {
        let mut context = self.context(user);
        match flags {
            Flags::One(flag) => self.decide(flag, &mut context),
            Flags::All(keys) => self.all(keys, &mut context),
        }
    }
    /// Does the work of a decision, and nothing for its reader.
    fn decide(&mut self, flag: &str, context: &mut Self::Context);
    /// The same decision as the name of a variant, for the check.
    fn variant(&mut self, flag: &str, context: &mut Self::Context) -> String;
    /// Decides all flags.
    fn all(&mut self, keys: &[String], context: &mut Self::Context) {
        for key in keys {
            self.decide(key, context);
        }
    }
}
