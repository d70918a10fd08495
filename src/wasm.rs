//! The exports of the WebAssembly module: functions of numbers only.
//!
//! The host writes bytes at addresses that the module hands out and calls a
//! function; answers are packed decisions, or words in one buffer. One
//! instance holds one ruleset and dies with it. The host's half of this
//! contract is `pkg/core.js`. Exports are few, because each one costs what it
//! takes to lock the state and to look whether it is spent.
//!
//! Memory handed out moves when anything allocates: the host asks for the
//! address again before it writes.
#![allow(clippy::missing_panics_doc)]

use crate::context::{Context, Range, Value};
use crate::decision::{Decision, ErrorCode, NO_VARIANT};
use crate::evaluate::{evaluate as decide, telling};
use crate::pool::{Pool, append};
use crate::ruleset::program::end_parts;
use crate::ruleset::{FlagId, Loader, NONE, Ruleset};
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

/// What one instance holds. All of it lies where it is from the beginning:
/// nothing is moved, and nothing is dropped, as an instance ends with its
/// ruleset.
struct State {
    loader: Loader,
    context: Context,
    /// Attribute values written by the host, two words each, see [`ask`].
    entries: Vec<u64>,
    words: Vec<u32>,
    #[cfg(feature = "trap")]
    trap: bool,
}

static STATE: Mutex<State> = Mutex::new(State {
    loader: Loader::blank(),
    context: Context::blank(),
    entries: Vec::new(),
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

/// Everything but decisions and instants. Returns an address, or whether it was done; 0 also if the
/// instance is spent. One export for all of it is 67 bytes of brotli less than four, as each one
/// locks the state (2026-11-23).
///
/// Where to write, until more is asked for. 0: the next `first` bytes of the document, which 4 or 5
/// then reads. The rest is for [`evaluate`]. 1: `first` bytes of text.
///
/// 2: `first` list elements of eight bytes: atoms and booleans as integers, numbers as floats, -0
/// as 0.
///
/// 3: attribute values, `first` halves of eight bytes, two a value. As words of 32 bits, word 0 is
/// `kind | path << 3`. Kinds: 0 absent, 1 unreadable, 2 other, 3 boolean (word 1), 4 number (a
/// float in words 2 and 3), 5 text (word 1 its atom or all ones; words 2 and 3 start and length in
/// the text), 6 list (word 1 type of its elements: 0 atoms, 1 floats, 2 booleans; words 2 and 3
/// start and length in the elements).
///
/// What to do. 4: read what was written into the room for the document; 5: the same, and nothing
/// follows. 6: empty the killed set and take every override back; 7: add flag `first` to the killed
/// set; 8: override flag `first` with variant `second`.
///
/// What to write: words, of which the first says how many follow. 9: about the ruleset, see
/// [`header`]. 10: about flag or segment `first`, see [`about`]. 11: why flag `first` is decided as
/// it is for what is bound: the steps, see [`trace`](crate::trace::Steps), then the decision. 12:
/// the packed decision of every flag for what is bound.
#[wasm_bindgen]
pub fn ask(what: u32, first: u32, second: u32) -> u32 {
    let Some(mut state) = state() else { return 0 };
    let State { loader, context, entries, words, .. } = &mut *state;
    let count = first as usize;
    match what {
        0 => return address(loader.room(count)),
        1 => {
            context.text.resize(count, 0);
            return address(&context.text);
        }
        2 | 3 => {
            let list = if what == 2 { &mut context.elements } else { entries };
            list.resize(count, 0);
            return address(list);
        }
        4 => return loader.advance().is_some().into(),
        5 => {
            let done = loader.end();
            if done.is_some() {
                context.fit(loader.ruleset());
            }
            return done.is_some().into();
        }
        6 => {
            let ruleset = loader.ruleset();
            ruleset.revive();
            for flag in &mut ruleset.flags {
                flag.forced = NO_VARIANT;
            }
            return 1;
        }
        7 => {
            loader.ruleset().kill_flag(FlagId(first));
            return 1;
        }
        8 => {
            loader.ruleset().force(FlagId(first), Some(second as u16));
            return 1;
        }
        _ => {}
    }
    words.clear();
    append(words, 0);
    match what {
        9 => header(loader, words),
        10 => about(loader.ruleset(), first, words),
        11 => {
            context.forget();
            let decision = telling(loader.ruleset(), FlagId(first), context, Some(words));
            append(words, decision.bits());
        }
        _ => {
            let ruleset = loader.ruleset();
            for flag in 0..ruleset.flags.len() as u32 {
                append(words, decide(ruleset, FlagId(flag), context).bits());
            }
        }
    }
    let count = (words.len() as u32).wrapping_sub(1);
    if let Some(first) = words.first_mut() {
        *first = count;
    }
    address(words)
}

/// Binds the first `count` attribute values at an instant in milliseconds, or
/// with all ones leaves bound what is; then decides a flag. Returns the packed
/// decision. A flag that is none only binds.
#[wasm_bindgen]
pub fn evaluate(flag: u32, count: u32, now: f64) -> u32 {
    let Some(mut state) = state() else { return SPENT };
    if count != NONE {
        state.bind(count, now);
    }
    #[cfg(feature = "trap")]
    state.trap(FlagId(flag));
    let State { loader, context, .. } = &mut *state;
    decide(loader.ruleset(), FlagId(flag), context).bits()
}

/// The first instant after `now` at which time alone can change a decision;
/// infinite if there is none.
#[wasm_bindgen(js_name = nextChange)]
pub fn next_change(now: f64) -> f64 {
    let Some(mut state) = state() else { return f64::INFINITY };
    let next = state.loader.ruleset().next_change(instant(now));
    next.map_or(f64::INFINITY, |next| next as f64)
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
        for [head, body] in self.entries.as_chunks::<2>().0.iter().take(count as usize) {
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

    #[cfg(feature = "trap")]
    fn trap(&mut self, flag: FlagId) {
        if self.trap || self.loader.ruleset().key(flag) == "trap" {
            core::arch::wasm32::unreachable();
        }
    }
}

/// Revision, low and high word, or all ones; address and count of the
/// diagnostics, each six words as
/// [`Diagnostic`](crate::diagnostic::Diagnostic) has them; the addresses of
/// the lists that [`about`] counts in: names, asks, needs; then bytes, ends and
/// count of each pool: atoms, texts, flag keys, segment keys, paths; then for
/// each path its views in the low six bits, 64 if atoms are needed and 128 if
/// text is.
fn header(loader: &mut Loader, words: &mut Vec<u32>) {
    let found = loader.diagnostics();
    let (found, count) = (address(found), found.len() as u32);
    let revision = loader.revision().unwrap_or(u64::MAX);
    let ruleset = loader.ruleset();
    append(words, revision as u32);
    append(words, (revision >> 32) as u32);
    append(words, found);
    append(words, count);
    append(words, address(&ruleset.constants));
    append(words, address(&ruleset.constants));
    append(words, address(&ruleset.needs));
    pool(&ruleset.atoms, words);
    pool(&ruleset.texts, words);
    pool(&ruleset.flag_keys, words);
    pool(&ruleset.segment_keys, words);
    pool(&ruleset.path_names, words);
    words.extend_from_slice(&ruleset.paths);
}

#[cfg_attr(target_arch = "wasm32", inline(never))]
fn pool(pool: &Pool, words: &mut Vec<u32>) {
    let (bytes, ends) = pool.parts();
    append(words, address(bytes));
    append(words, address(ends));
    append(words, ends.len() as u32);
}

/// Start and end of a node's asks: the paths that it asks for itself, twice
/// each. What follows is a flag's alone: start and end of its needs, which are
/// the nodes that it depends on, directly or through others, where those behind
/// the last flag are segments; kind or 4; the decision if it is the same for every context, else all ones;
/// metadata; number of variants, and of rules twice; and the place of its first
/// name: among the names stand the texts of name and value of each variant,
/// then for each rule that of its name and all ones (which say none).
fn about(ruleset: &Ruleset, node: u32, words: &mut Vec<u32>) {
    let index = (node as usize).wrapping_sub(ruleset.flags.len());
    let segment = ruleset.segments.get(index);
    let Some(flag) = segment.or(ruleset.flags.get(node as usize)) else { return };
    let outcome = flag.outcomes.wrapping_add(!flag.entry as u32);
    let fixed = match ruleset.constants.get(outcome as usize) {
        // Some test comes first.
        _ if flag.entry >= 0 || flag.kind.is_none() => NONE,
        Some(_) if !flag.enabled => flag.off.bits(),
        Some(end) => match end_parts(*end) {
            (decision, NONE) => decision.bits(),
            _ => NONE,
        },
        None => NONE,
    };
    let metadata = flag.named();
    let asks = flag.names.wrapping_add(metadata as u32).wrapping_add(1);
    append(words, asks.wrapping_mul(2));
    append(words, asks.wrapping_add(flag.asks.into()).wrapping_mul(2));
    append(words, flag.needs);
    append(words, flag.needs.wrapping_add(flag.needs_len.into()));
    append(words, flag.kind.map_or(4, |kind| kind as u32));
    append(words, fixed);
    append(words, flag.numbers(ruleset, metadata)[0]);
    append(words, flag.variants.into());
    append(words, u32::from(flag.rules).wrapping_mul(2));
    append(words, flag.names.wrapping_mul(2));
}
