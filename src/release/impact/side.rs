//! One version of a ruleset, as data and compiled.

use crate::diagnostic::Diagnostic;
use crate::document::{Document, Flag, decode};
use crate::ruleset::{FlagId, Ruleset};
use std::borrow::ToOwned;
use std::collections::HashMap;
use std::string::String;

/// A version of a ruleset.
pub struct Side<'a> {
    document: Document<'a>,
    ruleset: Ruleset,
    segments: HashMap<String, usize>,
}

impl<'a> Side<'a> {
    /// Reads a document.
    ///
    /// # Errors
    /// The diagnostic that refuses the whole document. What is broken inside
    /// is part of the comparison.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Diagnostic> {
        let ruleset = Ruleset::load(bytes)?;
        let document = decode::document(bytes)?;
        let sound = document.segments.iter().enumerate().filter(|entry| entry.1.item.is_some());
        let segments =
            sound.map(|(index, entry)| (entry.key.text.as_ref().to_owned(), index)).collect();
        Ok(Self { document, ruleset, segments })
    }

    /// The flags that are killed, and no others.
    pub fn kill(&mut self, killed: &[String]) {
        self.ruleset.kill(killed);
    }

    /// The version as data.
    pub fn document(&self) -> &Document<'a> {
        &self.document
    }

    /// The version as it decides.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// The keys of all flags, in their order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.document.flags.len()).map(|index| self.ruleset.key(id(index)))
    }

    /// The place of a flag.
    pub fn flag(&self, key: &str) -> Option<usize> {
        self.ruleset.flag(key).map(FlagId::index)
    }

    /// The place of a segment that is sound by itself.
    pub(crate) fn segment(&self, key: &str) -> Option<usize> {
        self.segments.get(key).copied()
    }

    /// A flag that is not broken.
    pub(crate) fn sound_flag(&self, index: usize) -> Option<(&str, &Flag<'a>)> {
        self.ruleset.kind(id(index))?;
        let flag = self.document.flags.get(index)?.item.as_ref()?;
        Some((self.ruleset.key(id(index)), flag))
    }
}

/// The number of a flag.
pub(super) fn id(index: usize) -> FlagId {
    FlagId::at(u32::try_from(index).unwrap_or(u32::MAX))
}
