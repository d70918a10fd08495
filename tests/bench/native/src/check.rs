//! An evaluator counts only if it answers right.

use crate::logic::{KINDS, User, key, targeting};
use crate::peers::Evaluator;
use std::collections::BTreeSet;

const USERS: usize = 3_000;

/// Asks flags of each kind for many contexts, and holds the answers to plain
/// code. Of a rollout the same user gets the same answer, and 10 percent of all
/// are on, within five standard deviations.
pub fn check<E: Evaluator>(evaluator: &mut E) {
    let mut seen = BTreeSet::new();
    let mut on = 0;
    for number in 0..USERS {
        let user = User::any(number);
        let mut context = evaluator.context(&user);
        for flag in 48..48 + KINDS.len() {
            let found = evaluator.variant(&key(flag), &mut context);
            let expected = match flag % 3 {
                0 => "on",
                1 => targeting(&user),
                _ => {
                    assert_eq!(found, evaluator.variant(&key(flag), &mut context));
                    on += usize::from(found == "on");
                    if found == "on" { "on" } else { "off" }
                }
            };
            assert_eq!(found, expected, "{}: {} for user {number}", E::NAME, key(flag));
            if flag % 3 == 1 {
                seen.insert(found);
            }
        }
    }
    assert_eq!(seen.len(), 6, "{}: not every rule was tried: {seen:?}", E::NAME);
    let deviation = (USERS as f64 * 0.1 * 0.9).sqrt();
    let off_by = (on as f64 - USERS as f64 * 0.1).abs();
    assert!(off_by < 5.0 * deviation, "{}: {on} of {USERS} are on", E::NAME);
}
