//! What is legal in a ruleset and probably not meant, as far as it takes the
//! whole ruleset, a proof or a clock to see. What can be told by reading one
//! flag is a lint of the command line.
//!
//! A finding that says "never" is proven: [`crate::release::impact::reach`] has walked
//! through all contexts, instants and keys. Where a limit is met, or an
//! attribute is compared in ways that cannot all be tried, nothing is said.

mod against;
mod conditions;
mod constants;
mod finding;
mod plain;
mod rules;
mod words;

pub use against::against;
pub use constants::host_bits;
pub use finding::{Code, Finding};

use crate::release::impact::Side;
use crate::release::impact::reach::Prober;
use crate::release::order::Order;
use std::vec::Vec;

/// Steps that all questions about one flag or segment may take.
const STEPS: usize = 100_000;
/// Steps that all questions about a document may take.
const ALL_STEPS: usize = 20_000_000;

/// All findings about a ruleset at an instant, in milliseconds since
/// 1970-01-01T00:00:00Z; the text is the one that it was read from.
pub fn review(text: &str, side: &Side<'_>, now: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    plain::expiries(side, now, &mut findings);
    plain::owners(side, &mut findings);
    plain::salts(side, &mut findings);
    plain::segments(text, side, &mut findings);
    plain::variants(side, &mut findings);
    constants::constants(text, side, &mut findings);
    plain::ramps(side, now, &mut findings);
    let mut prober = Prober::new(side, 0);
    let mut left = ALL_STEPS;
    // What the one before has not used is there for the next.
    let mut begin = |prober: &mut Prober<'_, '_>, last: usize| {
        left = left.saturating_sub(last.saturating_sub(prober.allow(0)));
        let granted = STEPS.min(left);
        prober.allow(granted);
        granted
    };
    let mut granted = 0;
    for entry in &side.document().segments {
        if let Some(segment) = &entry.item {
            granted = begin(&mut prober, granted);
            let place = conditions::Place::segment(text, &entry.key.text);
            conditions::examine(&mut prober, &place, &segment.condition, &mut findings);
        }
    }
    for index in 0..side.keys().len() {
        if let Some((key, flag)) = side.sound_flag(index) {
            granted = begin(&mut prober, granted);
            rules::examine(&mut prober, text, key, flag, now, &mut findings);
        }
    }
    findings.order_by_key(|finding| (finding.span, finding.code as u8));
    findings
}
