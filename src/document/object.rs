//! An object of the format: its members by their table, and what is made of it.

use super::build::{ABSENT, Build, Checked, index};
use super::check::Check;
use super::shape::{SLOTS, Shape, What};
use crate::diagnostic::{Code, Expected};
use crate::json::View;

impl Check {
    /// An object: its members go into slots by their names, and each is checked as the table has
    /// it; then the whole.
    pub(super) fn object<'a>(
        &mut self,
        view: &View<'_, 'a>,
        build: &mut impl Build<'a>,
        what: What,
        id: u32,
        of: u32,
    ) {
        let Some(shape) = Shape::of(what) else { return };
        let mut slots = [ABSENT; SLOTS];
        let mut alternatives = 0_u32;
        let (mut name, end) = view.children(id);
        while name < end {
            let value = name.wrapping_add(1);
            let at = shape.place(self.text(view, name));
            match slots.get_mut(at) {
                Some(slot) => {
                    // One that stands there twice is one.
                    let first = at >= shape.first && *slot == ABSENT;
                    alternatives = alternatives.wrapping_add(first.into());
                    *slot = value;
                }
                None if self.text(view, name).starts_with(b"x-") => {}
                None => self.remark(view, Code::UnknownMember, name, shape.expected),
            }
            name = view.next(value);
        }
        if shape.first < SLOTS && alternatives != 1 {
            return self.fault(view, Code::Ambiguous, id, shape.expected);
        }
        let faults = self.faults;
        match what {
            What::Flag => {
                let [salt, ..] = slots;
                // A salt that is faulty is reported once, where it stands.
                self.salted = salt != ABSENT;
                if self.salted {
                    build.salt(view, salt);
                }
            }
            What::Condition => {
                let [is, op, value, ignore_case, attribute, flag, all, any, not, ..] = slots;
                if flag == ABSENT {
                    self.misplaced(view, is, Expected::ConditionMembers);
                }
                if attribute == ABSENT {
                    self.misplaced(view, op, Expected::ConditionMembers);
                    self.misplaced(view, value, Expected::ConditionMembers);
                    self.misplaced(view, ignore_case, Expected::ConditionMembers);
                }
                if all | any | not == ABSENT {
                    self.tests = self.tests.wrapping_add(1);
                }
            }
            What::Rollout | What::Ramp | What::Bucket => self.line(view, build, id, &slots),
            _ => {}
        }
        for (at, (what, missing)) in shape.members().enumerate() {
            let Some(&value) = slots.get(at) else { break };
            let mut found = value;
            if value != ABSENT {
                found = self.value(view, build, what, value, id);
            } else if missing != Expected::Nothing {
                self.fault(view, Code::MissingMember, id, missing);
            }
            if let Some(slot) = slots.get_mut(at) {
                *slot = found;
            }
        }
        if self.faults != faults {
            return;
        }
        match what {
            What::Flag => self.checked = Checked(slots),
            What::Rule => {
                let [name, condition, ..] = slots;
                build.rule(view, id, name, condition != ABSENT);
            }
            What::Rollout => {
                let [_, _, without_key, ..] = slots;
                build.rollout(index(without_key));
            }
            What::Share => {
                let [thousandths, variant, ..] = slots;
                self.sum = self.sum.saturating_add(thousandths);
                build.share(view, id, index(variant), thousandths, self.sum);
            }
            What::Ramp => {
                let [_, _, without_key, variant, rest, ..] = slots;
                build.ramp(index(without_key), index(variant), index(rest));
            }
            What::Step => {
                let [thousandths, at, ..] = slots;
                build.step(view, id, at, self.millis, thousandths);
            }
            What::Condition => {
                let [is, op, value, ignore_case, attribute, flag, ..] = slots;
                if attribute != ABSENT {
                    self.test(view, build, id, [attribute, op, value, ignore_case]);
                }
                if flag != ABSENT {
                    self.prerequisite(view, build, id, flag, is);
                }
            }
            What::Bucket => {
                let [_, _, from, to, ..] = slots;
                if from > to {
                    return self.fault(view, Code::Order, id, Expected::FromUpTo);
                }
                build.bucket(view, of, from, to);
            }
            What::Time => {
                let [from, until, ..] = slots;
                self.time(view, build, id, of, from, until);
            }
            _ => {}
        }
    }
}
