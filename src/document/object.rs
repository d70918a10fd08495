//! An object of the format: its members by their table, and what is made of it.

use super::build::{ABSENT, Build, Checked, index};
use super::check::Check;
use super::shape::{SLOTS, Shape, What};
use crate::diagnostic::{Code, Expected};

impl<'a, B: Build<'a>> Check<'_, '_, 'a, B> {
    /// An object: its members go into slots by their names, and each is checked as the table has
    /// it; then the whole.
    pub(super) fn object(&mut self, what: What, id: u32, of: u32) {
        let Some(shape) = Shape::of(what) else { return };
        let mut slots = [ABSENT; SLOTS];
        let mut alternatives = 0_u32;
        let (mut name, end) = self.view.children(id);
        while name < end {
            let value = name.wrapping_add(1);
            let at = shape.place(self.text(name));
            match slots.get_mut(at) {
                Some(slot) => {
                    // One that stands there twice is one.
                    let first = at >= shape.first && *slot == ABSENT;
                    alternatives = alternatives.wrapping_add(first.into());
                    *slot = value;
                }
                None if self.text(name).starts_with(b"x-") => {}
                None => self.remark(Code::UnknownMember, name, shape.expected),
            }
            name = self.view.next(value);
        }
        if shape.first < SLOTS && alternatives != 1 {
            return self.fault(Code::Ambiguous, id, shape.expected);
        }
        let faults = self.faults;
        match what {
            What::Flag => {
                let [salt, ..] = slots;
                // A salt that is faulty is reported once, where it stands.
                self.salted = salt != ABSENT;
                if self.salted {
                    self.build.salt(&self.view, salt);
                }
            }
            What::Condition => {
                let [is, op, value, ignore_case, attribute, flag, all, any, not, ..] = slots;
                if flag == ABSENT {
                    self.misplaced(is, Expected::ConditionMembers);
                }
                if attribute == ABSENT {
                    self.misplaced(op, Expected::ConditionMembers);
                    self.misplaced(value, Expected::ConditionMembers);
                    self.misplaced(ignore_case, Expected::ConditionMembers);
                }
                if all | any | not == ABSENT {
                    self.tests = self.tests.wrapping_add(1);
                }
            }
            What::Rollout | What::Ramp | What::Bucket => self.line(id, &slots),
            _ => {}
        }
        for (at, (what, missing)) in shape.members().enumerate() {
            let Some(&value) = slots.get(at) else { break };
            let mut found = value;
            if value != ABSENT {
                found = self.value(what, value, id);
            } else if missing != Expected::Nothing {
                self.fault(Code::MissingMember, id, missing);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = found;
            }
        }
        if self.faults != faults {
            return;
        }
        match what {
            What::Flag => self.room.checked = Checked(slots),
            What::Rule => {
                let [name, condition, ..] = slots;
                self.build.rule(&self.view, id, name, condition != ABSENT);
            }
            What::Rollout => {
                let [_, _, without_key, ..] = slots;
                self.build.rollout(index(without_key));
            }
            What::Share => {
                let [thousandths, variant, ..] = slots;
                self.sum = self.sum.saturating_add(thousandths);
                self.build.share(&self.view, id, index(variant), thousandths, self.sum);
            }
            What::Ramp => {
                let [_, _, without_key, variant, rest, ..] = slots;
                self.build.ramp(index(without_key), index(variant), index(rest));
            }
            What::Step => {
                let [thousandths, at, ..] = slots;
                self.build.step(&self.view, id, at, self.millis, thousandths);
            }
            What::Condition => {
                let [is, op, value, ignore_case, attribute, flag, ..] = slots;
                if attribute != ABSENT {
                    self.test(id, [attribute, op, value, ignore_case]);
                }
                if flag != ABSENT {
                    self.prerequisite(id, flag, is);
                }
            }
            What::Bucket => {
                let [_, _, from, to, ..] = slots;
                if from > to {
                    return self.fault(Code::Order, id, Expected::FromUpTo);
                }
                self.build.bucket(&self.view, of, from, to);
            }
            What::Time => {
                let [from, until, ..] = slots;
                self.time(id, of, from, until);
            }
            _ => {}
        }
    }
}
