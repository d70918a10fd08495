//! The check of a flag or a segment, with every fault reported at once. What format 1 allows is in
//! the tables of [`shape`](super::shape), and an [`object`](super::object) is checked by them.
//!
//! The check walks the tape and hands what it has found good to a [`Build`]: the compiler's, or the
//! one that makes plain data for the tools. Nothing here knows another flag: references are the
//! compiler's to resolve.
//!
//! A fault is counted where it is reported, so that nothing has to be handed up: what follows from
//! a value is asked only if no fault has been counted since the value began. A remark breaks the
//! flag as well, but leaves the value its meaning, and is not counted.

use super::build::{ABSENT, Build, Checked, Join, index};
use super::shape::{SLOTS, What};
use super::stream::Diagnostics;
use crate::compare::{address, version};
use crate::diagnostic::{Code, Expected, Subject};
use crate::json::{self, ROOT, View};
use crate::limits;
use crate::pool::Pool;
use alloc::vec::Vec;

/// The check of one flag or segment after the other.
///
/// The value that is read and what takes its parts are arguments of each function, and all else
/// stands here: of the one stream in the module, the compiler then knows every address, which is 270
/// bytes of brotli less than with a check made anew for each flag, and pointers in it (2026-11-23).
pub(crate) struct Check {
    /// What there is to say so far.
    pub out: Diagnostics,
    /// What the check of a flag found.
    pub checked: Checked,
    pub(super) subject: Subject,
    /// Variant names of the flag at hand.
    pub(super) variants: Pool,
    pub(super) path: Vec<u8>,
    /// Room for a text that has escapes.
    pub(super) text: Vec<u8>,
    /// Whether the flag has a salt for those who have none.
    pub(super) salted: bool,
    /// Faults so far that leave a value without a meaning.
    pub(super) faults: u32,
    /// Leaf conditions so far; no document has room for as many as would wrap.
    pub(super) tests: u32,
    /// Thousandths of the shares of the rollout at hand.
    pub(super) sum: u32,
    /// Elements of the list checked last.
    pub(super) count: u32,
    /// The time checked last, in milliseconds.
    pub(super) millis: i64,
}

/// What stands between the segments of a path: a byte that no UTF-8 has.
pub(crate) const BETWEEN: u8 = 0xff;

impl Check {
    pub const fn new() -> Self {
        Self {
            out: Diagnostics::NONE,
            checked: Checked([ABSENT; SLOTS]),
            subject: Subject::Document,
            variants: Pool::new(),
            path: Vec::new(),
            text: Vec::new(),
            salted: false,
            faults: 0,
            tests: 0,
            sum: 0,
            count: 0,
            millis: 0,
        }
    }

    /// A flag, left in `checked`, or a segment; faults are in `out`.
    pub fn whole<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        subject: Subject,
        flag: bool,
    ) {
        self.subject = subject;
        self.variants.clear();
        self.salted = false;
        self.faults = 0;
        self.tests = 0;
        self.value(view, build, if flag { What::Flag } else { What::Condition }, ROOT, ROOT);
        if self.tests as usize > limits::TESTS {
            self.fault(view, Code::TooMany, ROOT, Expected::Max16384Tests);
        }
    }

    /// Reports a fault that leaves a value without a meaning.
    #[inline(never)]
    pub(super) fn fault(&mut self, view: &View<'_, '_>, code: Code, id: u32, expected: Expected) {
        self.faults = self.faults.wrapping_add(1);
        self.remark(view, code, id, expected);
    }

    /// Reports what is wrong at a value and leaves it its meaning, so that more is found.
    #[inline(never)]
    pub(super) fn remark(&mut self, view: &View<'_, '_>, code: Code, id: u32, expected: Expected) {
        let span = view.span(id);
        self.out.push(code, self.subject, span, expected);
    }

    /// A string without quotes and escapes; empty for other types.
    #[inline(never)]
    pub(super) fn text<'s>(&'s mut self, view: &View<'_, 's>, id: u32) -> &'s [u8] {
        view.text(id, &mut self.text)
    }

    /// A member that stands beside the wrong kind of condition.
    #[inline(never)]
    pub(super) fn misplaced(&mut self, view: &View<'_, '_>, id: u32, expected: Expected) {
        if id != ABSENT {
            self.remark(view, Code::UnknownMember, id.wrapping_sub(1), expected);
        }
    }

    /// Checks each element of an array.
    #[inline(never)]
    pub(super) fn each<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        what: What,
    ) {
        let (max, expected) = match what {
            What::Rule => (limits::RULES, Expected::Max4094Rules),
            What::InElement => (limits::IN_LIST, Expected::Max100000),
            What::HasElement | What::Part | What::Range | What::Network => {
                (limits::LIST, Expected::Max1000)
            }
            _ => (usize::MAX, Expected::Nothing),
        };
        let (first, end) = view.children(id);
        if first == end && what != What::Rule {
            return self.fault(view, Code::Empty, id, Expected::Array);
        }
        let (mut item, mut count) = (first, 0_u32);
        while item < end {
            count = count.wrapping_add(1);
            item = view.next(item);
        }
        if count as usize > max {
            return self.fault(view, Code::TooMany, id, expected);
        }
        let mut item = first;
        while item < end {
            self.value(view, build, what, item, id);
            item = view.next(item);
        }
        self.count = count;
    }

    /// Checks a single value or each of a list.
    #[inline(never)]
    pub(super) fn one_or_each<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        what: What,
    ) {
        if view.kind(id) == json::Kind::Array {
            self.each(view, build, id, what);
        } else {
            self.value(view, build, what, id, id);
        }
    }

    /// A value of the object or array `of`. Returns what its slot is to have.
    ///
    /// Recursion is bounded by the depth that the reader allows. All that it does not go through is
    /// kept out of its frames, so that this depth takes less than 64 KiB of stack in native code.
    pub(super) fn value<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        what: What,
        id: u32,
        of: u32,
    ) -> u32 {
        let (kind, expected) = what.fits();
        let here = view.kind(id);
        if kind != 0 && here as u8 != kind {
            self.fault(view, Code::WrongType, id, expected);
            return id;
        }
        let faults = self.faults;
        match what {
            What::Any | What::Metadata | What::Text | What::Path | What::Name => {}
            What::InElement | What::HasElement | What::Part => {}
            What::Flag
            | What::Rule
            | What::Division
            | What::Rollout
            | What::Share
            | What::Ramp
            | What::Step
            | What::Condition
            | What::Bucket
            | What::Time => self.object(view, build, what, id, of),
            What::Salt => {
                if view.len(id) == 2 {
                    self.remark(view, Code::Empty, id, Expected::NonEmptyString);
                }
            }
            What::Boolean => return view.len(id),
            What::Variants => return self.variants(view, build, id) as u32,
            What::Variant => return self.variant(view, id),
            What::Serve => {
                if here != json::Kind::String {
                    return self.value(view, build, What::Division, id, of);
                }
                let variant = self.variant(view, id);
                build.serve(index(variant));
            }
            What::Percent => {
                let found = view.decimal(id).thousandths();
                if found.is_none() {
                    self.fault(view, Code::InvalidPercent, id, Expected::Nothing);
                }
                return found.unwrap_or_default();
            }
            What::At => {
                let before = self.millis;
                if self.instant(view, id) && before >= self.millis {
                    self.fault(view, Code::Order, of, Expected::Ascending);
                }
            }
            What::Instant => {
                self.instant(view, id);
            }
            What::Rules => self.each(view, build, id, What::Rule),
            What::Shares => {
                self.sum = 0;
                self.each(view, build, id, What::Share);
                if self.faults == faults && self.sum != 100_000 {
                    self.fault(view, Code::ShareSum, id, Expected::Nothing);
                }
            }
            What::Steps => {
                self.millis = i64::MIN;
                self.each(view, build, id, What::Step);
            }
            What::All | What::AnyOf => {
                self.each(view, build, id, What::Condition);
                let join = if what == What::All { Join::All } else { Join::Any };
                self.join(view, build, of, faults, join, self.count);
            }
            What::Not => {
                self.value(view, build, What::Condition, id, of);
                self.join(view, build, of, faults, Join::Not, 1);
            }
            What::Segment => build.in_segment(view, of, id),
            What::Scalar | What::Number | What::Element => match here {
                json::Kind::String | json::Kind::Boolean => {}
                json::Kind::Number => {
                    if view.decimal(id).float().is_none() {
                        self.fault(view, Code::InexactNumber, id, Expected::Nothing);
                    }
                }
                _ => {
                    let single = what == What::Scalar;
                    let expected = if single { Expected::Scalar } else { Expected::ScalarList };
                    self.fault(view, Code::WrongType, id, expected);
                }
            },
            What::In => self.set(view, build, id, What::InElement),
            What::Has => self.set(view, build, id, What::HasElement),
            What::Range => {
                let code = match version::Range::parse(self.text(view, id)) {
                    Ok(_) => return id,
                    Err(error) if error.kind == version::RangeErrorKind::BarePartial => {
                        Code::PartialVersion
                    }
                    Err(_) => Code::InvalidVersion,
                };
                self.fault(view, code, id, Expected::Nothing);
            }
            What::Network => match address::Network::parse(self.text(view, id)) {
                Some((_, false)) => {}
                Some((_, true)) => self.remark(view, Code::HostBits, id, Expected::Nothing),
                None => self.fault(view, Code::InvalidNetwork, id, Expected::Nothing),
            },
        }
        id
    }

    fn join<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        faults: u32,
        join: Join,
        count: u32,
    ) {
        if self.faults == faults {
            build.join(view, id, join, count);
        }
    }
}
