//! The parts of a flag that take more to check than their type: variants, lines, times, paths,
//! tests and their operands.

use super::Operator;
use super::build::{ABSENT, Build, Line, Test, Time, YES, first, instant};
use super::check::{BETWEEN, Check};
use super::shape::{SLOTS, What};
use crate::diagnostic::{Code, Expected};
use crate::json::{self, View};
use crate::limits;

/// What [`Check::path`] makes of `targetingKey`.
const TARGETING_KEY: &[u8] = b"targetingKey";

impl Check {
    #[cfg_attr(not(target_arch = "wasm32"), inline(never))]
    pub(super) fn variants<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
    ) -> json::Kind {
        // The type of the first that is not null.
        let mut kind = json::Kind::Null;
        let (mut name, end) = view.children(id);
        if name == end {
            self.fault(view, Code::Empty, id, Expected::VariantName);
        }
        while name < end {
            let value = name.wrapping_add(1);
            let mut of = view.kind(value);
            if of == json::Kind::Array {
                of = json::Kind::Object;
            }
            if of == json::Kind::Null {
                self.fault(view, Code::WrongType, value, Expected::VariantValue);
            } else if kind == json::Kind::Null {
                kind = of;
            } else if kind != of {
                self.fault(view, Code::MixedTypes, value, Expected::VariantValue);
            }
            let text = view.text(name, &mut self.text);
            self.variants.number(text);
            build.variant(view, name, value);
            name = view.next(value);
        }
        if self.variants.len() > limits::VARIANTS {
            self.fault(view, Code::TooMany, id, Expected::Max4095Variants);
        }
        kind
    }

    /// The variant's index, and one more.
    #[inline(never)]
    pub(super) fn variant(&mut self, view: &View<'_, '_>, id: u32) -> u32 {
        let text = view.text(id, &mut self.text);
        let found = self.variants.lookup(text);
        if found == u32::MAX {
            self.fault(view, Code::UnknownVariant, id, Expected::Nothing);
        }
        found.wrapping_add(1)
    }

    /// The first two slots: key and salt of a rollout, ramp or bucket.
    #[inline(never)]
    pub(super) fn line<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        slots: &[u32; SLOTS],
    ) {
        let [by, salt, ..] = *slots;
        if salt != ABSENT {
            let faults = self.faults;
            self.value(view, build, What::Salt, salt, id);
            // It is a salt all the same.
            self.faults = faults;
        } else if !self.salted {
            self.remark(view, Code::MissingSalt, id, Expected::Nothing);
        }
        self.path.clear();
        if by == ABSENT {
            self.path.extend_from_slice(TARGETING_KEY);
        } else if !self.path(view, build, by) {
            return;
        }
        let line = Line { id, path: &self.path, by: by != ABSENT, salt };
        build.line(view, &line);
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(never))]
    pub(super) fn time<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        of: u32,
        from: u32,
        until: u32,
    ) {
        if from == until {
            return self.fault(view, Code::MissingMember, id, Expected::NeedsFromOrUntil);
        }
        let faults = self.faults;
        self.millis = i64::MIN;
        if from != ABSENT {
            self.instant(view, from);
        }
        let start = self.millis;
        self.millis = i64::MAX;
        if until != ABSENT {
            self.instant(view, until);
        }
        let end = self.millis;
        if self.faults != faults {
            return;
        }
        if start >= end {
            return self.fault(view, Code::Order, id, Expected::FromBefore);
        }
        let time = Time { from, until, object: id, start, end };
        build.time(view, of, &time);
    }

    /// Leaves the milliseconds; false if there are none.
    #[inline(never)]
    pub(super) fn instant(&mut self, view: &View<'_, '_>, id: u32) -> bool {
        let (json::Kind::String | json::Kind::Number) = view.kind(id) else {
            self.fault(view, Code::WrongType, id, Expected::Time);
            return false;
        };
        let millis = instant(view, id, &mut self.text);
        match millis {
            Some(millis) => self.millis = millis,
            None => self.fault(view, Code::InvalidTime, id, Expected::Nothing),
        }
        millis.is_some()
    }

    /// Adds a path to the room, which is empty, as [`Line::path`] says; false if it is none.
    #[inline(never)]
    fn path<'a>(&mut self, view: &View<'_, 'a>, build: &mut impl Build<'a>, id: u32) -> bool {
        let faults = self.faults;
        if view.kind(id) == json::Kind::String {
            let text = view.text(id, &mut self.text);
            self.path.extend_from_slice(text);
            for byte in &mut self.path {
                if *byte == b'.' {
                    *byte = BETWEEN;
                }
            }
        } else {
            self.value(view, build, What::Path, id, id);
            let (mut item, end) = view.children(id);
            while item < end && self.faults == faults {
                self.value(view, build, What::Text, item, id);
                let text = view.text(item, &mut self.text);
                self.path.extend_from_slice(text);
                json::add(&mut self.path, BETWEEN);
                item = view.next(item);
            }
            self.path.pop();
        }
        if self.faults != faults {
            return false;
        }
        let (mut segments, mut empty, mut before) = (1_usize, false, BETWEEN);
        for &byte in &self.path {
            if byte == BETWEEN {
                empty |= before == BETWEEN;
                segments = segments.wrapping_add(1);
            }
            before = byte;
        }
        if empty || before == BETWEEN {
            self.fault(view, Code::Empty, id, Expected::Path);
        } else if segments > limits::PATH {
            self.fault(view, Code::TooMany, id, Expected::Max8Segments);
        }
        self.faults == faults
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(never))]
    pub(super) fn prerequisite<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        flag: u32,
        is: u32,
    ) {
        let faults = self.faults;
        self.value(view, build, What::Text, flag, id);
        if is == ABSENT {
            return self.fault(view, Code::MissingMember, id, Expected::NeedsIs);
        }
        self.one_or_each(view, build, is, What::Name);
        if self.faults == faults {
            build.prerequisite(view, id, flag, is);
        }
    }

    #[cfg_attr(not(target_arch = "wasm32"), inline(never))]
    pub(super) fn test<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        [attribute, name, value, ignore_case]: [u32; 4],
    ) {
        let before = self.faults;
        self.path.clear();
        self.path(view, build, attribute);
        let folded =
            ignore_case != ABSENT && self.value(view, build, What::Boolean, ignore_case, id) == YES;
        if name == ABSENT {
            return self.fault(view, Code::MissingMember, id, Expected::NeedsOp);
        }
        let faults = self.faults;
        self.value(view, build, What::Text, name, id);
        if self.faults != faults {
            return;
        }
        let op = Operator::named(self.text(view, name));
        match op {
            Operator::Unknown => {
                self.remark(view, Code::UnknownOperator, name, Expected::Operators)
            }
            Operator::Exists => {
                self.misplaced(view, ignore_case, Expected::TextOperands);
                self.misplaced(view, value, Expected::NoValue);
            }
            _ => {
                if !op.takes_ignore_case() {
                    self.misplaced(view, ignore_case, Expected::TextOperands);
                }
                if value == ABSENT {
                    return self.fault(view, Code::MissingMember, id, Expected::NeedsValue);
                }
                let what = operand(op);
                if what.may_be_list() {
                    self.one_or_each(view, build, value, what);
                } else {
                    self.value(view, build, what, value, id);
                }
                let text = view.kind(first(view, value)) == json::Kind::String;
                if self.faults == faults && folded && !text && op.takes_ignore_case() {
                    self.fault(view, Code::WrongType, value, Expected::TextOperands);
                }
            }
        }
        if self.faults != before {
            return;
        }
        let ignore_case = if folded || op == Operator::Unknown { ignore_case } else { ABSENT };
        let test = Test { path: &self.path, op, name, value, ignore_case };
        build.test(view, id, &test);
    }

    /// A list of scalars of one type; of several faults, the first.
    #[cfg_attr(not(target_arch = "wasm32"), inline(never))]
    pub(super) fn set<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        id: u32,
        what: What,
    ) {
        let faults = self.faults;
        self.each(view, build, id, what);
        let (first, end) = view.children(id);
        let kind = view.kind(first);
        let mut item = first;
        while item < end && self.faults == faults {
            if view.kind(item) != kind {
                return self.fault(view, Code::MixedTypes, item, Expected::ScalarList);
            }
            self.value(view, build, What::Element, item, id);
            item = view.next(item);
        }
    }
}

/// What the operand of an operator is.
fn operand(op: Operator) -> What {
    const fn of(op: Operator) -> What {
        match op {
            Operator::Unknown | Operator::Exists => What::Any,
            Operator::Before | Operator::After => What::Instant,
            Operator::Eq => What::Scalar,
            Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge => What::Number,
            Operator::In => What::In,
            Operator::HasAny | Operator::HasAll => What::Has,
            Operator::StartsWith | Operator::EndsWith | Operator::Contains => What::Part,
            Operator::Version => What::Range,
            Operator::Cidr => What::Network,
        }
    }
    /// By the operator's number; the last is of one that is unknown.
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "compiling runs it"
    )]
    static TABLE: [What; Operator::ALL.len() + 1] = {
        let mut table = [of(Operator::Unknown); Operator::ALL.len() + 1];
        let mut at = 0;
        while at < Operator::ALL.len() {
            table[Operator::ALL[at] as usize] = of(Operator::ALL[at]);
            at += 1;
        }
        table
    };
    TABLE.get(op as usize).copied().unwrap_or(What::Any)
}
