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

/// What is kept from one flag to the next only for its room.
pub(super) struct Room {
    /// Variant names of the flag at hand.
    pub variants: Pool,
    pub path: Vec<u8>,
    pub text: Vec<u8>,
    /// What the check of a flag found.
    pub checked: Checked,
}

impl Room {
    pub const fn new() -> Self {
        let checked = Checked([ABSENT; SLOTS]);
        Self { variants: Pool::new(), path: Vec::new(), text: Vec::new(), checked }
    }
}

/// The check of one flag or segment.
pub(super) struct Check<'c, 't, 'a, B> {
    pub view: View<'t, 'a>,
    pub build: &'c mut B,
    out: &'c mut Diagnostics,
    subject: Subject,
    pub room: &'c mut Room,
    /// Whether the flag has a salt for those who have none.
    pub salted: bool,
    /// Faults so far that leave a value without a meaning.
    pub faults: u32,
    /// Leaf conditions so far; no document has room for as many as would wrap.
    pub tests: u32,
    /// Thousandths of the shares of the rollout at hand.
    pub sum: u32,
    /// Elements of the list checked last.
    pub count: u32,
    /// The time checked last, in milliseconds.
    pub millis: i64,
}

/// What stands between the segments of a path: a byte that no UTF-8 has.
pub(crate) const BETWEEN: u8 = 0xff;

impl<'c, 't, 'a, B: Build<'a>> Check<'c, 't, 'a, B> {
    pub fn new(
        view: View<'t, 'a>,
        build: &'c mut B,
        out: &'c mut Diagnostics,
        subject: Subject,
        room: &'c mut Room,
    ) -> Self {
        room.variants.clear();
        Self {
            view,
            build,
            out,
            subject,
            room,
            salted: false,
            faults: 0,
            tests: 0,
            sum: 0,
            count: 0,
            millis: 0,
        }
    }

    /// A flag, left in the room, or a segment; faults are in `out`.
    pub fn whole(&mut self, flag: bool) {
        self.value(if flag { What::Flag } else { What::Condition }, ROOT, ROOT);
        if self.tests as usize > limits::TESTS {
            self.fault(Code::TooMany, ROOT, Expected::Max16384Tests);
        }
    }

    /// Reports a fault that leaves a value without a meaning.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn fault(&mut self, code: Code, id: u32, expected: Expected) {
        self.faults = self.faults.wrapping_add(1);
        self.remark(code, id, expected);
    }

    /// Reports what is wrong at a value and leaves it its meaning, so that more is found.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn remark(&mut self, code: Code, id: u32, expected: Expected) {
        let span = self.view.span(id);
        self.out.push(code, self.subject, span, expected);
    }

    /// A string without quotes and escapes; empty for other types.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn text(&mut self, id: u32) -> &[u8] {
        self.view.text(id, &mut self.room.text)
    }

    /// A member that stands beside the wrong kind of condition.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn misplaced(&mut self, id: u32, expected: Expected) {
        if id != ABSENT {
            self.remark(Code::UnknownMember, id.wrapping_sub(1), expected);
        }
    }

    /// Checks each element of an array.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn each(&mut self, id: u32, what: What) {
        let (max, expected) = match what {
            What::Rule => (limits::RULES, Expected::Max4094Rules),
            What::InElement => (limits::IN_LIST, Expected::Max100000),
            What::HasElement | What::Part | What::Range | What::Network => {
                (limits::LIST, Expected::Max1000)
            }
            _ => (usize::MAX, Expected::Nothing),
        };
        let (first, end) = self.view.children(id);
        if first == end && what != What::Rule {
            return self.fault(Code::Empty, id, Expected::Array);
        }
        let (mut item, mut count) = (first, 0_u32);
        while item < end {
            count = count.wrapping_add(1);
            item = self.view.next(item);
        }
        if count as usize > max {
            return self.fault(Code::TooMany, id, expected);
        }
        let mut item = first;
        while item < end {
            self.value(what, item, id);
            item = self.view.next(item);
        }
        self.count = count;
    }

    /// Checks a single value or each of a list.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub fn one_or_each(&mut self, id: u32, what: What) {
        if self.view.kind(id) == json::Kind::Array {
            self.each(id, what);
        } else {
            self.value(what, id, id);
        }
    }

    /// A value of the object or array `of`. Returns what its slot is to have.
    ///
    /// Recursion is bounded by the depth that the reader allows.
    pub fn value(&mut self, what: What, id: u32, of: u32) -> u32 {
        let (kind, expected) = what.fits();
        let here = self.view.kind(id);
        if kind != 0 && here as u8 != kind {
            self.fault(Code::WrongType, id, expected);
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
            | What::Time => self.object(what, id, of),
            What::Salt => {
                if self.view.len(id) == 2 {
                    self.remark(Code::Empty, id, Expected::NonEmptyString);
                }
            }
            What::Boolean => return self.view.len(id),
            What::Variants => return self.variants(id) as u32,
            What::Variant => return self.variant(id),
            What::Serve => {
                if here != json::Kind::String {
                    return self.value(What::Division, id, of);
                }
                let variant = self.variant(id);
                self.build.serve(index(variant));
            }
            What::Percent => {
                let found = self.view.decimal(id).thousandths();
                if found.is_none() {
                    self.fault(Code::InvalidPercent, id, Expected::Nothing);
                }
                return found.unwrap_or_default();
            }
            What::At => {
                let before = self.millis;
                if self.instant(id) && before >= self.millis {
                    self.fault(Code::Order, of, Expected::Ascending);
                }
            }
            What::Instant => {
                self.instant(id);
            }
            What::Rules => self.each(id, What::Rule),
            What::Shares => {
                self.sum = 0;
                self.each(id, What::Share);
                if self.faults == faults && self.sum != 100_000 {
                    self.fault(Code::ShareSum, id, Expected::Nothing);
                }
            }
            What::Steps => {
                self.millis = i64::MIN;
                self.each(id, What::Step);
            }
            What::All | What::AnyOf => {
                self.each(id, What::Condition);
                let join = if what == What::All { Join::All } else { Join::Any };
                self.join(of, faults, join, self.count);
            }
            What::Not => {
                self.value(What::Condition, id, of);
                self.join(of, faults, Join::Not, 1);
            }
            What::Segment => self.build.in_segment(&self.view, of, id),
            What::Scalar | What::Number | What::Element => match here {
                json::Kind::String | json::Kind::Boolean => {}
                json::Kind::Number => {
                    if self.view.decimal(id).float().is_none() {
                        self.fault(Code::InexactNumber, id, Expected::Nothing);
                    }
                }
                _ => {
                    let single = what == What::Scalar;
                    let expected = if single { Expected::Scalar } else { Expected::ScalarList };
                    self.fault(Code::WrongType, id, expected);
                }
            },
            What::In => self.set(id, What::InElement),
            What::Has => self.set(id, What::HasElement),
            What::Range => {
                let code = match version::Range::parse(self.text(id)) {
                    Ok(_) => return id,
                    Err(error) if error.kind == version::RangeErrorKind::BarePartial => {
                        Code::PartialVersion
                    }
                    Err(_) => Code::InvalidVersion,
                };
                self.fault(code, id, Expected::Nothing);
            }
            What::Network => match address::Network::parse(self.text(id)) {
                Some((_, false)) => {}
                Some((_, true)) => self.remark(Code::HostBits, id, Expected::Nothing),
                None => self.fault(Code::InvalidNetwork, id, Expected::Nothing),
            },
        }
        id
    }

    fn join(&mut self, id: u32, faults: u32, join: Join, count: u32) {
        if self.faults == faults {
            self.build.join(&self.view, id, join, count);
        }
    }
}
