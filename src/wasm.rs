//! The exports of the WebAssembly module: functions of numbers only.
//!
//! The host writes bytes at addresses that the module hands out and calls a
//! function; answers are packed decisions, or words in one buffer for what is
//! read once. One instance holds one ruleset and dies with it. The
//! host's half of this contract is `pkg/core.js`.
//!
//! Memory handed out moves when anything allocates: the host asks for the
//! address again before it writes.
#![allow(clippy::missing_panics_doc)]

use crate::context::{Context, Range, Value};
use crate::decision::{Decision, ErrorCode};
use crate::diagnostic::{Diagnostic, Subject};
use crate::evaluate::evaluate as decide_flag;
use crate::explain::{Explanation, explain};
use crate::ruleset::program::{Outcome, Path, Slot};
use crate::ruleset::{FlagId, Loader, NONE, Ruleset};
use crate::trace::Step;
use alloc::vec::Vec;
#[cfg(target_arch = "wasm32")]
use lol_alloc::{FreeListAllocator, LockedAllocator};
use spin::{Mutex, MutexGuard};
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: LockedAllocator<FreeListAllocator> =
    LockedAllocator::new(FreeListAllocator::new());

#[cfg(all(target_arch = "wasm32", not(feature = "std")))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// What one instance holds. All of it lies where it is from the beginning,
/// and nothing is ever freed: an instance ends with its ruleset.
struct State {
    loader: Loader,
    /// The ruleset is whole and may be asked.
    loaded: bool,
    context: Context,
    /// Attribute values written by the host, see [`entries`].
    entries: Vec<[u64; 2]>,
    decisions: Vec<u32>,
    words: Vec<u32>,
    #[cfg(feature = "trap")]
    trap: bool,
}

static STATE: Mutex<State> = Mutex::new(State {
    loader: Loader::blank(),
    loaded: false,
    context: Context::blank(),
    entries: Vec::new(),
    decisions: Vec::new(),
    words: Vec::new(),
    #[cfg(feature = "trap")]
    trap: false,
});

/// The state; none if a call that trapped still holds it: then the instance
/// is spent.
fn state() -> Option<MutexGuard<'static, State>> {
    STATE.try_lock()
}

const SPENT: u32 = Decision::error(ErrorCode::General).bits();

fn address<T>(list: &[T]) -> u32 {
    list.as_ptr() as usize as u32
}

/// Room for the next `len` bytes of the document.
#[wasm_bindgen]
pub fn chunk(len: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    address(state.loader.room(len as usize))
}

/// Reads what was written into the chunk. 0: go on; 1: refused.
#[wasm_bindgen]
pub fn feed() -> u32 {
    let Some(mut state) = state() else { return 1 };
    state.loader.advance().is_none().into()
}

/// Ends the document. 0: loaded; 1: refused.
#[wasm_bindgen]
pub fn finish() -> u32 {
    let Some(mut state) = state() else { return 1 };
    let state = &mut *state;
    state.loaded = state.loader.end().is_some();
    let ruleset = state.loader.ruleset();
    state.context.fit(ruleset);
    state.decisions.resize(ruleset.flags.len(), 0);
    (!state.loaded).into()
}

/// Where to write `count` attribute values, four words of 32 bits each. Word
/// 0 is `kind | path << 3`. Kinds: 0 absent, 1 unreadable, 2 other, 3 boolean
/// (word 1), 4 number (a float in words 2 and 3), 5 text (word 1 its atom or
/// all ones; words 2 and 3 start and length in [`text`]), 6 list (word 1 type
/// of its elements: 0 atoms, 1 floats, 2 booleans; words 2 and 3 start and
/// length in [`elements`]).
#[wasm_bindgen]
pub fn entries(count: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    if state.entries.len() < count as usize {
        state.entries.resize(count as usize, [0; 2]);
    }
    address(&state.entries)
}

/// Where to write `len` bytes of text.
#[wasm_bindgen]
pub fn text(len: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    let context = &mut state.context;
    if context.text.len() < len as usize {
        context.text.resize(len as usize, 0);
    }
    address(&context.text)
}

/// Where to write `count` list elements of eight bytes: atoms and booleans as
/// integers, numbers as floats, -0 as 0.
#[wasm_bindgen]
pub fn elements(count: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    let context = &mut state.context;
    if context.elements.len() < count as usize {
        context.elements.resize(count as usize, 0);
    }
    address(&context.elements)
}

/// Binds the first `count` entries at an instant in milliseconds.
#[wasm_bindgen]
pub fn bind(count: u32, now: f64) {
    if let Some(mut state) = state() {
        state.bind(count, now);
    }
}

/// Decides a flag for what is bound; the packed decision.
#[wasm_bindgen]
pub fn decide(flag: u32) -> u32 {
    state().map_or(SPENT, |mut state| state.decide(flag))
}

/// Binds and decides in one call.
#[wasm_bindgen]
pub fn evaluate(flag: u32, count: u32, now: f64) -> u32 {
    let Some(mut state) = state() else { return SPENT };
    state.bind(count, now);
    state.decide(flag)
}

/// Decides every flag for what is bound; the address of the packed decisions
/// in the order of the flags.
#[wasm_bindgen]
pub fn all() -> u32 {
    let Some(mut state) = state() else { return 0 };
    let State { loader, context, decisions, .. } = &mut *state;
    for (flag, decision) in (0_u32..).zip(&mut *decisions) {
        *decision = decide_flag(loader.ruleset(), FlagId(flag), context).bits();
    }
    address(&state.decisions)
}

/// Empties the killed set.
#[wasm_bindgen]
pub fn revive() {
    if let Some(mut state) = state() {
        state.loader.ruleset().revive();
    }
}

/// Adds a flag to the killed set; after [`revive`].
#[wasm_bindgen]
pub fn kill(flag: u32) {
    if let Some(mut state) = state() {
        state.loader.ruleset().kill_flag(FlagId(flag));
    }
}

/// The first instant after `now` at which time alone can change a decision;
/// infinite if there is none.
#[wasm_bindgen(js_name = nextChange)]
pub fn next_change(now: f64) -> f64 {
    let Some(mut state) = state() else { return f64::INFINITY };
    let next = state.loader.ruleset().next_change(instant(now));
    next.map_or(f64::INFINITY, |next| next as f64)
}

/// Writes words about the ruleset and returns their address; the first says
/// how many follow. 0: see [`State::header`]; 1: diagnostics, six words each;
/// 2: the flag `index`, see [`State::flag`]; 3: the explanation of that flag
/// for what is bound, see [`State::explanation`].
#[wasm_bindgen]
pub fn words(what: u32, index: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    state.words.clear();
    state.words.push(0);
    match what {
        0 => state.header(),
        1 => state.diagnostics(),
        2 => state.flag(FlagId(index)),
        _ => state.explanation(FlagId(index)),
    }
    let count = (state.words.len() as u32).wrapping_sub(1);
    if let Some(first) = state.words.first_mut() {
        *first = count;
    }
    address(&state.words)
}

/// Makes the next decision trap. A flag named `trap` always does.
#[cfg(feature = "trap")]
#[wasm_bindgen]
pub fn trap() {
    if let Some(mut state) = state() {
        state.trap = true;
    }
}

/// An instant; beyond the range of dates it is cut off, NaN is 0.
fn instant(now: f64) -> i64 {
    now as i64
}

impl State {
    fn bind(&mut self, count: u32, now: f64) {
        let Self { loader, context, .. } = self;
        let ruleset = loader.ruleset();
        context.renew(instant(now));
        for [head, body] in self.entries.iter().take(count as usize) {
            let (first, second) = (*head as u32, (*head >> 32) as u32);
            let (start, len) = (*body as u32, (*body >> 32) as u32);
            let value = match first & 7 {
                0 => Value::Absent,
                1 => Value::Unreadable,
                3 => Value::Boolean(second != 0),
                4 => Value::Number(f64::from_bits(*body)),
                5 => Value::Text { atom: second, text: Range { start, len } },
                6 => Value::List { tag: second, start, len },
                _ => Value::Other,
            };
            context.set(ruleset, first >> 3, value);
        }
    }

    fn decide(&mut self, flag: u32) -> u32 {
        if !self.loaded {
            return SPENT;
        }
        let ruleset = self.loader.ruleset();
        #[cfg(feature = "trap")]
        if self.trap || ruleset.key(FlagId(flag)) == "trap" {
            core::arch::wasm32::unreachable();
        }
        decide_flag(ruleset, FlagId(flag), &mut self.context).bits()
    }
}

impl State {
    /// Revision, low and high word, or all ones; the address of the names
    /// that [`State::flag`] counts in; then bytes, ends and count of each
    /// pool: atoms, texts, flag keys, segment keys, paths; then for each path
    /// 1 if atoms are needed plus 2 if text is.
    fn header(&mut self) {
        let ruleset = self.loader.ruleset();
        let revision = ruleset.revision().unwrap_or(u64::MAX);
        let names = address(&ruleset.names);
        self.words.extend_from_slice(&[revision as u32, (revision >> 32) as u32, names]);
        let Ruleset { atoms, texts, flag_keys, segment_keys, path_names, .. } = ruleset;
        for pool in [atoms, texts, flag_keys, segment_keys, path_names] {
            let (bytes, ends) = pool.parts();
            self.words.extend_from_slice(&[address(bytes), address(ends), ends.len() as u32]);
        }
        for path in &ruleset.paths {
            self.words.push(u32::from(path.atoms) | u32::from(path.text) << 1);
        }
    }

    /// Each: code, 0 for the document, 1 a flag, 2 a segment, its index,
    /// start, end, and what was expected.
    fn diagnostics(&mut self) {
        let found = self.loader.diagnostics();
        for Diagnostic { code, subject, span, expected } in found {
            let (subject, index) = match *subject {
                Subject::Document => (0, 0),
                Subject::Flag(index) => (1, index),
                Subject::Segment(index) => (2, index),
            };
            let words = [*code as u32, subject, index, span.start, span.end, *expected as u32];
            self.words.extend_from_slice(&words);
        }
    }

    /// Kind or 4, the decision if it is the same for every context or all
    /// ones, metadata, number of variants and of rules, and the place of its
    /// first name: among the names stand the texts of name and value of each
    /// variant, then that of the name of each rule (all ones: none). The
    /// paths that the flag can ask for follow.
    fn flag(&mut self, flag: FlagId) {
        let ruleset = self.loader.ruleset();
        let Some(record) = ruleset.flags.get(flag.index()) else { return };
        let fixed = match ruleset.outcomes.get(record.outcomes as usize) {
            _ if record.tests_len != 0 || record.rules != 0 || record.kind.is_none() => NONE,
            Some(Outcome::Decided(_)) if !record.enabled => record.off.bits(),
            Some(Outcome::Decided(decision)) => decision.bits(),
            _ => NONE,
        };
        let kind = record.kind.map_or(4, |kind| kind as u32);
        let (variants, rules) = (record.variants.into(), record.rules.into());
        let (names, metadata) = (record.names, record.metadata);
        self.words.extend_from_slice(&[kind, fixed, metadata, variants, rules, names]);
        ruleset.paths_of(flag, &mut self.words);
    }

    /// The decision, then six words a step: 0 and a flag; 1 and a segment; 2,
    /// place, rule or all ones, negated, 0 false 1 true 2 unknown, what was
    /// found; 3, place, 1 if there is a key, the point.
    fn explanation(&mut self, flag: FlagId) {
        let Self { loader, context, words, .. } = self;
        let Explanation { decision, steps } = explain(loader.ruleset(), flag, context);
        words.push(decision.bits());
        for step in steps {
            words.extend_from_slice(&match step {
                Step::Flag(flag) => [0, flag.0, 0, 0, 0, 0],
                Step::Segment(index) => [1, index, 0, 0, 0, 0],
                Step::Test { place, rule, negated, answer, found } => {
                    let rule = rule.map_or(NONE, u32::from);
                    let answer = answer.map_or(2, u32::from);
                    [2, place, rule, negated.into(), answer, found as u32]
                }
                Step::Split { place, point } => {
                    [3, place, point.is_some().into(), point.unwrap_or(0), 0, 0]
                }
            });
        }
    }
}

impl Ruleset {
    /// The paths that a flag and all it depends on can ask for.
    fn paths_of(&mut self, flag: FlagId, paths: &mut Vec<u32>) {
        self.asked = self.asked.wrapping_add(1);
        let Some(record) = self.flags.get(flag.index()) else { return };
        let start = record.needs as usize;
        let needs = self.needs.get(start..start.saturating_add(record.needs_len.into()));
        for &node in needs.unwrap_or_default().iter().chain([&flag.0]) {
            let index = (node as usize).wrapping_sub(self.flags.len());
            let (tests, len, outcomes, rules) =
                match (self.flags.get(node as usize), self.segments.get(index)) {
                    (Some(flag), _) => {
                        let rules = u32::from(flag.rules).wrapping_add(2);
                        (flag.tests, flag.tests_len, flag.outcomes, rules)
                    }
                    (None, Some(segment)) => (segment.tests, segment.tests_len, 0, 0),
                    (None, None) => continue,
                };
            let tests = self.tests.iter().skip(tests as usize).take(len.into());
            for test in tests.filter(|test| test.op.has_slot()) {
                ask(&self.slots, &mut self.paths, self.asked, test.slot, paths);
            }
            let outcomes = self.outcomes.iter().skip(outcomes as usize).take(rules as usize);
            for outcome in outcomes {
                if let Outcome::Split(_, split) = outcome
                    && let Some(split) = self.splits.get(*split as usize)
                {
                    ask(&self.slots, &mut self.paths, self.asked, split.slot, paths);
                }
            }
        }
    }
}

/// Adds the path of a slot, unless it was added in this round.
#[inline(never)]
fn ask(slots: &[Slot], known: &mut [Path], round: u32, slot: u32, paths: &mut Vec<u32>) {
    let Some(slot) = slots.get(slot as usize) else { return };
    if let Some(path) = known.get_mut(slot.path as usize)
        && core::mem::replace(&mut path.asked, round) != round
    {
        paths.push(slot.path);
    }
}
