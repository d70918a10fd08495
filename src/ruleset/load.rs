//! Bytes to a ruleset, at once or in chunks.

use super::Ruleset;
use super::compile::Compiler;
use crate::diagnostic::Diagnostic;
use crate::document::stream::{Pending, Stream};
use crate::pool::Pool;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicUsize, Ordering};

/// Loads a document that arrives in chunks. Each flag is compiled as soon as
/// its last byte is there.
pub struct Loader {
    stream: Stream,
    pending: Pending,
    compiler: Compiler,
}

impl Default for Loader {
    fn default() -> Self {
        Self::new()
    }
}

impl Loader {
    /// Before the first byte.
    pub fn new() -> Self {
        Self {
            stream: Stream::new(),
            pending: Pending::default(),
            compiler: Compiler::new(Ruleset::empty()),
        }
    }

    /// Takes the next chunk, of any size.
    ///
    /// # Errors
    /// The diagnostic that refuses the document; the loader is then spent.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), Diagnostic> {
        self.room(chunk.len()).copy_from_slice(chunk);
        self.take()
    }

    /// Room for the next chunk, for hosts that write it in place; then
    /// [`Loader::take`] reads it.
    pub fn room(&mut self, len: usize) -> &mut [u8] {
        self.pending.room(len)
    }

    /// Reads what was written into [`Loader::room`].
    ///
    /// # Errors
    /// The diagnostic that refuses the document; the loader is then spent.
    pub fn take(&mut self) -> Result<(), Diagnostic> {
        self.pending.walk(&mut self.stream, &mut self.compiler)
    }

    /// The ruleset, after the last chunk.
    ///
    /// # Errors
    /// The diagnostic that refuses the document.
    pub fn finish(mut self) -> Result<Ruleset, Diagnostic> {
        self.pending.finish(&mut self.stream, &mut self.compiler)?;
        Ok(self.compiler.finish(self.stream))
    }
}

pub(super) fn whole(bytes: &[u8]) -> Result<Ruleset, Diagnostic> {
    let mut stream = Stream::new();
    let mut compiler = Compiler::new(Ruleset::empty());
    let end = stream.walk(bytes, &mut compiler)?;
    stream.finish(bytes.get(end..).unwrap_or_default())?;
    Ok(compiler.finish(stream))
}

/// Numbers rulesets, so that a context can tell its own. Nothing else in
/// serin outlives a value.
static NEXT: AtomicUsize = AtomicUsize::new(0);

impl Ruleset {
    fn empty() -> Self {
        Self {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            epoch: 0,
            flags: Vec::new(),
            segments: Vec::new(),
            tests: Vec::new(),
            places: Vec::new(),
            outcomes: Vec::new(),
            splits: Vec::new(),
            cuts: Vec::new(),
            steps: Vec::new(),
            slots: Vec::new(),
            paths: Vec::new(),
            lists: Vec::new(),
            elements: Vec::new(),
            numbers: Vec::new(),
            spans: Vec::new(),
            intervals: Vec::new(),
            networks: Vec::new(),
            choices: Vec::new(),
            needs: Vec::new(),
            names: Vec::new(),
            atoms: Pool::new(),
            texts: Pool::new(),
            path_names: Pool::new(),
            flag_keys: Pool::new(),
            segment_keys: Pool::new(),
            instants: Vec::new(),
            diagnostics: Vec::new(),
            revision: None,
        }
    }
}
