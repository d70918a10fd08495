//! Binding what one flag asks for, and nothing else.

use super::{Context, Range, Value};
use crate::limits;
use crate::ruleset::program::path_needs;
use crate::ruleset::{FlagId, NONE, Ruleset};
use crate::value::{Attribute, Attributes};

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
        for (at, &ask) in asks.iter().enumerate() {
            if asks.iter().take(at).any(|before| *before == ask) {
                continue;
            }
            let path = ask as u32;
            let mut names = [""; limits::PATH];
            let count = ruleset.path(path, &mut names);
            let names = names.get(..count).unwrap_or_default();
            let needs = ruleset.paths.get(path as usize).copied().unwrap_or_default();
            let value = match attributes.attribute(names) {
                // What no test compares as a whole need not be looked up.
                Attribute::String(text)
                    if needs & path_needs(true, false) == 0 && text.len() <= limits::TEXT_BYTES =>
                {
                    let start = self.text.len() as u32;
                    self.text.extend_from_slice(text.as_bytes());
                    Value::Text { atom: NONE, text: Range { start, len: text.len() as u32 } }
                }
                attribute => self.value_of(ruleset, attribute),
            };
            self.set(ruleset, path, value);
        }
    }

    /// Makes it a context of no ruleset again.
    pub(crate) fn unbind(&mut self) {
        // INVARIANT: no ruleset has this number.
        self.ruleset = 0;
    }
}
