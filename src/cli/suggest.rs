//! Did you mean: the name nearest to one that is not known.

use super::report::quoted;
use serin::Ruleset;
pub use serin::release::suggest::{Nearest, nearest};

/// Advice about a flag key that the ruleset does not have.
pub fn flag(ruleset: &Ruleset, key: &str) -> String {
    match nearest(key, ruleset.flags().map(|flag| ruleset.key(flag))) {
        Some(name) => format!("did you mean {}?", quoted(name)),
        None => "`serin eval` without --flag lists all flags".into(),
    }
}
