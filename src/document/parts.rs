//! The parts of a flag that take more to check than their type: variants, lines, times, paths,
//! tests and their operands.

use super::Operator;
use super::build::{ABSENT, Build, Line, Test, Time, YES, first, instant};
use super::check::{BETWEEN, Check};
use super::shape::{SLOTS, What};
use crate::diagnostic::{Code, Expected};
use crate::json;
use crate::limits;

/// What [`Check::path`] makes of `targetingKey`.
const TARGETING_KEY: &[u8] = b"targetingKey";

impl<'a, B: Build<'a>> Check<'_, '_, 'a, B> {
    pub(super) fn variants(&mut self, id: u32) -> json::Kind {
        // The type of the first that is not null.
        let mut kind = json::Kind::Null;
        let (mut name, end) = self.view.children(id);
        if name == end {
            self.fault(Code::Empty, id, Expected::VariantName);
        }
        while name < end {
            let value = name.wrapping_add(1);
            let mut of = self.view.kind(value);
            if of == json::Kind::Array {
                of = json::Kind::Object;
            }
            if of == json::Kind::Null {
                self.fault(Code::WrongType, value, Expected::VariantValue);
            } else if kind == json::Kind::Null {
                kind = of;
            } else if kind != of {
                self.fault(Code::MixedTypes, value, Expected::VariantValue);
            }
            let text = self.view.text(name, &mut self.room.text);
            self.room.variants.number(text);
            self.build.variant(&self.view, name, value);
            name = self.view.next(value);
        }
        if self.room.variants.len() > limits::VARIANTS {
            self.fault(Code::TooMany, id, Expected::Max4095Variants);
        }
        kind
    }

    /// The variant's index, and one more.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(super) fn variant(&mut self, id: u32) -> u32 {
        let text = self.view.text(id, &mut self.room.text);
        let found = self.room.variants.lookup(text);
        if found == u32::MAX {
            self.fault(Code::UnknownVariant, id, Expected::Nothing);
        }
        found.wrapping_add(1)
    }

    /// The first two slots: key and salt of a rollout, ramp or bucket.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(super) fn line(&mut self, id: u32, slots: &[u32; SLOTS]) {
        let [by, salt, ..] = *slots;
        if salt != ABSENT {
            let faults = self.faults;
            self.value(What::Salt, salt, id);
            // It is a salt all the same.
            self.faults = faults;
        } else if !self.salted {
            self.remark(Code::MissingSalt, id, Expected::Nothing);
        }
        self.room.path.clear();
        if by == ABSENT {
            self.room.path.extend_from_slice(TARGETING_KEY);
        } else if !self.path(by) {
            return;
        }
        let line = Line { id, path: &self.room.path, by: by != ABSENT, salt };
        self.build.line(&self.view, &line);
    }

    pub(super) fn time(&mut self, id: u32, of: u32, from: u32, until: u32) {
        if from == until {
            return self.fault(Code::MissingMember, id, Expected::NeedsFromOrUntil);
        }
        let faults = self.faults;
        self.millis = i64::MIN;
        if from != ABSENT {
            self.instant(from);
        }
        let start = self.millis;
        self.millis = i64::MAX;
        if until != ABSENT {
            self.instant(until);
        }
        let end = self.millis;
        if self.faults != faults {
            return;
        }
        if start >= end {
            return self.fault(Code::Order, id, Expected::FromBefore);
        }
        let time = Time { from, until, object: id, start, end };
        self.build.time(&self.view, of, &time);
    }

    /// Leaves the milliseconds; false if there are none.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(super) fn instant(&mut self, id: u32) -> bool {
        let (json::Kind::String | json::Kind::Number) = self.view.kind(id) else {
            self.fault(Code::WrongType, id, Expected::Time);
            return false;
        };
        let millis = instant(&self.view, id, &mut self.room.text);
        match millis {
            Some(millis) => self.millis = millis,
            None => self.fault(Code::InvalidTime, id, Expected::Nothing),
        }
        millis.is_some()
    }

    /// Adds a path to the room, which is empty, as [`Line::path`] says; false if it is none.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn path(&mut self, id: u32) -> bool {
        let faults = self.faults;
        if self.view.kind(id) == json::Kind::String {
            let text = self.view.text(id, &mut self.room.text);
            self.room.path.extend_from_slice(text);
            for byte in &mut self.room.path {
                if *byte == b'.' {
                    *byte = BETWEEN;
                }
            }
        } else {
            self.value(What::Path, id, id);
            let (mut item, end) = self.view.children(id);
            while item < end && self.faults == faults {
                self.value(What::Text, item, id);
                let text = self.view.text(item, &mut self.room.text);
                self.room.path.extend_from_slice(text);
                json::add(&mut self.room.path, BETWEEN);
                item = self.view.next(item);
            }
            self.room.path.pop();
        }
        if self.faults != faults {
            return false;
        }
        let (mut segments, mut empty, mut before) = (1_usize, false, BETWEEN);
        for &byte in &self.room.path {
            if byte == BETWEEN {
                empty |= before == BETWEEN;
                segments = segments.wrapping_add(1);
            }
            before = byte;
        }
        if empty || before == BETWEEN {
            self.fault(Code::Empty, id, Expected::Path);
        } else if segments > limits::PATH {
            self.fault(Code::TooMany, id, Expected::Max8Segments);
        }
        self.faults == faults
    }

    pub(super) fn prerequisite(&mut self, id: u32, flag: u32, is: u32) {
        let faults = self.faults;
        self.value(What::Text, flag, id);
        if is == ABSENT {
            return self.fault(Code::MissingMember, id, Expected::NeedsIs);
        }
        self.one_or_each(is, What::Name);
        if self.faults == faults {
            self.build.prerequisite(&self.view, id, flag, is);
        }
    }

    pub(super) fn test(&mut self, id: u32, [attribute, name, value, ignore_case]: [u32; 4]) {
        let before = self.faults;
        self.room.path.clear();
        self.path(attribute);
        let folded = ignore_case != ABSENT && self.value(What::Boolean, ignore_case, id) == YES;
        if name == ABSENT {
            return self.fault(Code::MissingMember, id, Expected::NeedsOp);
        }
        let faults = self.faults;
        self.value(What::Text, name, id);
        if self.faults != faults {
            return;
        }
        let op = Operator::named(self.text(name));
        match op {
            Operator::Unknown => self.remark(Code::UnknownOperator, name, Expected::Operators),
            Operator::Exists => {
                self.misplaced(ignore_case, Expected::TextOperands);
                self.misplaced(value, Expected::NoValue);
            }
            _ => {
                if !op.takes_ignore_case() {
                    self.misplaced(ignore_case, Expected::TextOperands);
                }
                if value == ABSENT {
                    return self.fault(Code::MissingMember, id, Expected::NeedsValue);
                }
                let what = operand(op);
                if what.may_be_list() {
                    self.one_or_each(value, what);
                } else {
                    self.value(what, value, id);
                }
                let text = self.view.kind(first(&self.view, value)) == json::Kind::String;
                if self.faults == faults && folded && !text && op.takes_ignore_case() {
                    self.fault(Code::WrongType, value, Expected::TextOperands);
                }
            }
        }
        if self.faults != before {
            return;
        }
        let ignore_case = if folded || op == Operator::Unknown { ignore_case } else { ABSENT };
        let test = Test { path: &self.room.path, op, name, value, ignore_case };
        self.build.test(&self.view, id, &test);
    }

    /// A list of scalars of one type; of several faults, the first.
    pub(super) fn set(&mut self, id: u32, what: What) {
        let faults = self.faults;
        self.each(id, what);
        let (first, end) = self.view.children(id);
        let kind = self.view.kind(first);
        let mut item = first;
        while item < end && self.faults == faults {
            if self.view.kind(item) != kind {
                return self.fault(Code::MixedTypes, item, Expected::ScalarList);
            }
            self.value(What::Element, item, id);
            item = self.view.next(item);
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
