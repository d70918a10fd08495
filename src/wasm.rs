//! The exports of the WebAssembly module: functions of numbers only.
//!
//! The host writes bytes at addresses that the module hands out and calls a
//! function; answers are packed decisions, or JSON text in one buffer for
//! what is read once. One instance holds one ruleset and dies with it. The
//! host's half of this contract is `pkg/core.js`.
//!
//! Memory handed out moves when anything allocates: the host asks for the
//! address again before it writes.
#![allow(clippy::missing_panics_doc)]

use crate::context::{Context, Range, Value};
use crate::decision::{Decision, ErrorCode};
use crate::diagnostic::{Diagnostic, Subject};
use crate::evaluate::evaluate as decide_flag;
use crate::explain::{Explanation, Step, explain};
use crate::json::{compact, escape, integer};
use crate::limits;
use crate::ruleset::program::Outcome;
use crate::ruleset::{FlagId, Loader, NONE, Ruleset};
use alloc::vec::Vec;
use spin::{Mutex, MutexGuard};
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[cfg(all(target_arch = "wasm32", not(feature = "std")))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// What one instance holds.
struct State {
    loader: Option<Loader>,
    refused: Option<Diagnostic>,
    bound: Option<(Ruleset, Context)>,
    /// Attribute values written by the host, see [`entries`].
    entries: Vec<[u32; 4]>,
    decisions: Vec<u32>,
    out: Vec<u8>,
    #[cfg(feature = "trap")]
    trap: bool,
}

static STATE: Mutex<State> = Mutex::new(State {
    loader: None,
    refused: None,
    bound: None,
    entries: Vec::new(),
    decisions: Vec::new(),
    out: Vec::new(),
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
    address(state.loader.get_or_insert_with(Loader::new).room(len as usize))
}

/// Reads what was written into the chunk. 0: go on; 1: refused.
#[wasm_bindgen]
pub fn feed() -> u32 {
    let Some(mut state) = state() else { return 1 };
    let Some(loader) = &mut state.loader else { return 1 };
    state.refused = loader.take().err();
    state.refused.is_some().into()
}

/// Ends the document. 0: loaded; 1: refused.
#[wasm_bindgen]
pub fn finish() -> u32 {
    let Some(mut state) = state() else { return 1 };
    match state.loader.take().unwrap_or_default().finish() {
        Ok(ruleset) => {
            let context = Context::empty(&ruleset, 0);
            state.decisions.resize(ruleset.flags.len(), 0);
            state.bound = Some((ruleset, context));
            0
        }
        Err(diagnostic) => {
            state.refused = Some(diagnostic);
            1
        }
    }
}

/// Where to write `count` attribute values, four words each. Word 0 is
/// `kind | path << 3`. Kinds: 0 absent, 1 unreadable, 2 other, 3 boolean
/// (word 1), 4 number (a float in words 2 and 3), 5 text (word 1 its atom or
/// all ones; words 2 and 3 start and length in [`text`]), 6 list (word 1 type
/// of its elements: 0 atoms, 1 floats, 2 booleans; words 2 and 3 start and
/// length in [`elements`]).
#[wasm_bindgen]
pub fn entries(count: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    if state.entries.len() < count as usize {
        state.entries.resize(count as usize, [0; 4]);
    }
    address(&state.entries)
}

/// Where to write `len` bytes of text.
#[wasm_bindgen]
pub fn text(len: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    let Some((_, context)) = &mut state.bound else { return 0 };
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
    let Some((_, context)) = &mut state.bound else { return 0 };
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
    let state = &mut *state;
    let Some((ruleset, context)) = &mut state.bound else { return 0 };
    for (flag, decision) in (0_u32..).zip(&mut state.decisions) {
        *decision = decide_flag(ruleset, FlagId(flag), context).bits();
    }
    address(&state.decisions)
}

/// Empties the killed set.
#[wasm_bindgen]
pub fn revive() {
    if let Some((ruleset, _)) = state().as_mut().and_then(|state| state.bound.as_mut()) {
        ruleset.revive();
    }
}

/// Adds a flag to the killed set; after [`revive`].
#[wasm_bindgen]
pub fn kill(flag: u32) {
    if let Some((ruleset, _)) = state().as_mut().and_then(|state| state.bound.as_mut()) {
        ruleset.kill_flag(FlagId(flag));
    }
}

/// The first instant after `now` at which time alone can change a decision;
/// infinite if there is none.
#[wasm_bindgen(js_name = nextChange)]
pub fn next_change(now: f64) -> f64 {
    let state = state();
    let ruleset = state.as_ref().and_then(|state| state.bound.as_ref());
    let next = ruleset.and_then(|(ruleset, _)| ruleset.next_change(instant(now)));
    next.map_or(f64::INFINITY, |next| next as f64)
}

/// Writes JSON text about the ruleset and returns its length; [`out`] is its
/// address. 0: what binding needs, 1: atoms, 2: flag keys, 3: segment keys,
/// 4: diagnostics, 5: the flag `index`, 6: the explanation of that flag for
/// what is bound.
#[wasm_bindgen]
pub fn describe(what: u32, index: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    let state = &mut *state;
    let mut out = Writer(core::mem::take(&mut state.out));
    out.0.clear();
    match (&mut state.bound, what) {
        (Some((ruleset, _)), 0) => out.binding(ruleset),
        (Some((ruleset, _)), 1) => out.strings(ruleset.atoms.len(), |at| ruleset.atoms.get(at)),
        (Some((ruleset, _)), 2) => {
            out.strings(ruleset.flag_keys.len(), |at| ruleset.key(FlagId(at)).as_bytes());
        }
        (Some((ruleset, _)), 3) => {
            let segments = ruleset.segment_keys.len();
            out.strings(segments, |at| ruleset.segment_key(at).as_bytes());
        }
        (Some((ruleset, _)), 5) => out.flag(ruleset, FlagId(index)),
        (Some((ruleset, context)), 6) => out.explanation(&explain(ruleset, FlagId(index), context)),
        (bound, _) => {
            let found = bound.as_ref().map_or(&[][..], |(ruleset, _)| ruleset.diagnostics());
            out.diagnostics(state.refused.iter().chain(found));
        }
    }
    state.out = out.0;
    state.out.len() as u32
}

/// The address of what [`describe`] wrote.
#[wasm_bindgen]
pub fn out() -> u32 {
    state().map_or(0, |state| address(&state.out))
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
        let Some((ruleset, context)) = &mut self.bound else { return };
        context.renew(instant(now));
        for [first, second, third, fourth] in self.entries.iter().take(count as usize) {
            let (start, len) = (*third, *fourth);
            let value = match first & 7 {
                0 => Value::Absent,
                1 => Value::Unreadable,
                3 => Value::Boolean(*second != 0),
                4 => Value::Number(f64::from_bits(u64::from(start) | u64::from(len) << 32)),
                5 => Value::Text { atom: *second, text: Range { start, len } },
                6 => Value::List { tag: *second, start, len },
                _ => Value::Other,
            };
            context.set(ruleset, first >> 3, value);
        }
    }

    fn decide(&mut self, flag: u32) -> u32 {
        let Some((ruleset, context)) = &mut self.bound else { return SPENT };
        #[cfg(feature = "trap")]
        if self.trap || ruleset.key(FlagId(flag)) == "trap" {
            core::arch::wasm32::unreachable();
        }
        decide_flag(ruleset, FlagId(flag), context).bits()
    }
}

/// JSON text, made of integers and strings.
struct Writer(Vec<u8>);

impl Writer {
    /// An array; `each` writes the elements it is called for.
    fn array<T>(&mut self, items: impl Iterator<Item = T>, mut each: impl FnMut(&mut Self, T)) {
        self.0.push(b'[');
        for item in items {
            each(self, item);
            self.0.push(b',');
        }
        if self.0.last() == Some(&b',') {
            self.0.pop();
        }
        self.0.push(b']');
    }

    fn integers(&mut self, numbers: &[u32]) {
        self.array(numbers.iter(), |out, number| integer((*number).into(), &mut out.0));
    }

    fn strings<'a>(&mut self, count: usize, get: impl Fn(u32) -> &'a [u8]) {
        self.array(0..count as u32, |out, at| escape(get(at), &mut out.0));
    }

    fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => escape(text.as_bytes(), &mut self.0),
            None => self.0.extend_from_slice(b"null"),
        }
    }

    /// Revision, and each path as `[needs, segment, ...]`; needs is 1 for
    /// atoms, 2 for text, 3 for both.
    fn binding(&mut self, ruleset: &Ruleset) {
        self.0.push(b'[');
        match ruleset.revision() {
            Some(revision) => integer(revision, &mut self.0),
            None => self.text(None),
        }
        for (path, number) in ruleset.paths.iter().zip(0_u32..) {
            self.0.extend_from_slice(b",[");
            integer(u64::from(path.atoms) | u64::from(path.text) << 1, &mut self.0);
            let mut names = [""; limits::PATH];
            let count = ruleset.path(number, &mut names);
            for name in names.iter().take(count) {
                self.0.push(b',');
                self.text(Some(name));
            }
            self.0.push(b']');
        }
        self.0.push(b']');
    }

    /// `[kind or 4, decision if fixed or 0, paths, names, values, rule names,
    /// metadata]`
    fn flag(&mut self, ruleset: &Ruleset, flag: FlagId) {
        let Some(record) = ruleset.flags.get(flag.index()) else { return };
        let kind = ruleset.kind(flag).map_or(4, |kind| kind as u32);
        let first = ruleset.outcomes.get(record.outcomes as usize);
        let fixed = match first {
            Some(Outcome::Decided(decision)) if record.tests_len == 0 && record.rules == 0 => {
                if record.enabled { *decision } else { record.off }
            }
            _ => Decision::from_bits(0),
        };
        self.0.push(b'[');
        integer(kind.into(), &mut self.0);
        self.0.push(b',');
        integer(fixed.bits().into(), &mut self.0);
        self.0.push(b',');
        self.integers(&ruleset.paths_of(flag));
        self.0.push(b',');
        let variants = 0..record.variants;
        self.array(variants.clone(), |out, at| out.text(ruleset.variant_name(flag, at)));
        self.0.push(b',');
        self.array(variants, |out, at| {
            compact(ruleset.variant_value(flag, at).unwrap_or("null").as_bytes(), &mut out.0);
        });
        self.0.push(b',');
        self.array(0..record.rules, |out, at| out.text(ruleset.rule_name(flag, at)));
        self.0.push(b',');
        self.0.extend_from_slice(ruleset.metadata(flag).unwrap_or("null").as_bytes());
        self.0.push(b']');
    }

    /// Each as `[code, 0 document 1 flag 2 segment, index, start, end,
    /// expected]`.
    fn diagnostics<'a>(&mut self, list: impl Iterator<Item = &'a Diagnostic>) {
        self.array(list, |out, diagnostic| {
            let (subject, index) = match diagnostic.subject {
                Subject::Document => (0, 0),
                Subject::Flag(index) => (1, index),
                Subject::Segment(index) => (2, index),
            };
            let span = diagnostic.span;
            let (code, expected) = (diagnostic.code as u32, diagnostic.expected as u32);
            out.integers(&[code, subject, index, span.start, span.end, expected]);
        });
    }

    /// The decision, then each step: `[0, flag]`, `[1, segment]`, `[2, place,
    /// rule or all ones, negated, 0 false 1 true 2 unknown, found]`, `[3,
    /// place, 0]` or `[3, place, 1, point]`.
    fn explanation(&mut self, explanation: &Explanation) {
        self.0.push(b'[');
        integer(explanation.decision.bits().into(), &mut self.0);
        for step in &explanation.steps {
            self.0.push(b',');
            match *step {
                Step::Flag(flag) => self.integers(&[0, flag.0]),
                Step::Segment(index) => self.integers(&[1, index]),
                Step::Test { place, rule, negated, answer, found } => {
                    let rule = rule.map_or(NONE, u32::from);
                    let answer = answer.map_or(2, u32::from);
                    self.integers(&[2, place, rule, negated.into(), answer, found as u32]);
                }
                Step::Split { place, point: None } => self.integers(&[3, place, 0]),
                Step::Split { place, point: Some(point) } => self.integers(&[3, place, 1, point]),
            }
        }
        self.0.push(b']');
    }
}

impl Ruleset {
    /// The paths that a flag and all it depends on can ask for.
    fn paths_of(&self, flag: FlagId) -> Vec<u32> {
        let mut paths: Vec<u32> = Vec::new();
        let Some(record) = self.flags.get(flag.index()) else { return paths };
        let start = record.needs as usize;
        let needs = self.needs.get(start..start.saturating_add(record.needs_len.into()));
        for &node in needs.unwrap_or_default().iter().chain([&flag.0]) {
            let index = (node as usize).wrapping_sub(self.flags.len());
            let (tests, len, outcomes) = match (self.flags.get(node as usize), self.segments.get(index)) {
                (Some(flag), _) => {
                    let start = flag.outcomes as usize;
                    let end = start.saturating_add(flag.rules.into()).saturating_add(2);
                    (flag.tests, flag.tests_len, self.outcomes.get(start..end).unwrap_or_default())
                }
                (None, Some(segment)) => (segment.tests, segment.tests_len, &[][..]),
                (None, None) => continue,
            };
            let tests = self.tests.iter().skip(tests as usize).take(len.into());
            let tested = tests.filter(|test| test.op.has_slot()).map(|test| test.slot);
            let split = outcomes.iter().filter_map(|outcome| match outcome {
                Outcome::Split(_, split) => Some(self.splits.get(*split as usize)?.slot),
                Outcome::Decided(_) => None,
            });
            for slot in tested.chain(split) {
                let path = self.slots.get(slot as usize).map_or(NONE, |slot| slot.path);
                if path != NONE && !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        paths
    }
}
