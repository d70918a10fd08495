//! Binding what one flag asks for, and nothing else.

use super::Context;
use crate::ruleset::{FlagId, Ruleset};
use crate::value::Attributes;

/// Flags that use attributes more often have all of them bound: below, each
/// use is compared with those before it.
const USES: u16 = 32;

/// No context: room for [`evaluate_once`](crate::evaluate_once).
impl Default for Context {
    fn default() -> Self {
        Self::blank()
    }
}

impl Context {
    /// Binds what a flag asks for. Other slots keep what they had, so no other
    /// flag may be decided.
    pub(crate) fn bind_for(
        &mut self,
        ruleset: &Ruleset,
        flag: FlagId,
        attributes: &impl Attributes,
        now: i64,
    ) {
        let Some(record) = ruleset.flags.get(flag.index()) else { return };
        if record.needs_len > 0 || record.asks > USES {
            return self.rebind(ruleset, attributes, now);
        }
        self.fit(ruleset);
        self.text.clear();
        self.elements.clear();
        self.renew(now);
        let asks = record.asks(ruleset);
        // The first paths that are bound, a bit each.
        let mut bound = 0_u64;
        for (at, &ask) in asks.iter().enumerate() {
            let path = ask as u32;
            let bit = 1_u64.checked_shl(path).unwrap_or(0);
            let again = match bit {
                0 => asks.iter().take(at).any(|before| *before == ask),
                bit => bound & bit != 0,
            };
            if !again {
                bound |= bit;
                self.take(ruleset, path, &ruleset.read(path, attributes));
            }
        }
    }

    /// Makes it a context of no ruleset again.
    pub(crate) fn unbind(&mut self) {
        // INVARIANT: no ruleset has this number.
        self.ruleset = 0;
    }
}
