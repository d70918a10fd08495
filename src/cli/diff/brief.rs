//! The impact of what another verb does, told beside it.

use super::text;
use crate::cli::source::Source;
use serde_json::Value;
use serin::release::impact::{Circumstances, Impact, Side, impact, json};

/// What a verb's change of a ruleset does to decisions.
pub struct Brief {
    name: String,
    environment: Option<String>,
    impact: Impact,
}

impl Brief {
    /// Compares a ruleset before a change and after it; none if one of them
    /// is refused as a whole.
    pub fn new(
        old: &Source,
        new: &Source,
        environment: Option<&str>,
        at: Option<i64>,
        renamed: Option<(&str, &str)>,
    ) -> Option<Self> {
        let (before, after) = (Side::read(&old.bytes).ok()?, Side::read(&new.bytes).ok()?);
        let at = at.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond());
        let circumstances = Circumstances { at, renamed, ..Circumstances::default() };
        let mut progress = super::Progress::new("flags");
        let impact =
            impact(&before, &after, &circumstances, &mut |done, all| progress.show(done, all));
        let (name, environment) = (old.name.clone(), environment.map(Into::into));
        Some(Self { name, environment, impact })
    }

    /// For people.
    pub fn text(&self) -> String {
        text::brief(self.environment.as_deref(), &self.impact)
    }

    /// For programs: what `diff --format json` writes, and the environment.
    pub fn json(&self) -> Value {
        let mut value = json(&self.name, &self.name, &[], &[(self.impact.clone(), None)]);
        if let (Some(name), Some(object)) = (&self.environment, value.as_object_mut()) {
            object.insert("environment".into(), name.as_str().into());
        }
        value
    }
}
