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
        let mut loader = Self::blank();
        loader.compiler.lowering.ruleset.id = number();
        loader
    }

    /// The same without a number of its own.
    pub(crate) const fn blank() -> Self {
        Self { stream: Stream::new(), pending: Pending::new(), compiler: Compiler::new() }
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
        let done = self.advance();
        self.stream.verdict(done)
    }

    /// The ruleset, after the last chunk.
    ///
    /// # Errors
    /// The diagnostic that refuses the document.
    pub fn finish(mut self) -> Result<Ruleset, Diagnostic> {
        let done = self.end();
        self.stream.verdict(done)?;
        Ok(ended(self.stream, self.compiler))
    }
}

/// The same in place, for a host that keeps the loader.
#[cfg_attr(not(feature = "wasm"), allow(dead_code, reason = "the module asks for it"))]
impl Loader {
    pub(crate) fn advance(&mut self) -> Option<()> {
        self.pending.walk(&mut self.stream, &mut self.compiler)
    }

    pub(crate) fn end(&mut self) -> Option<()> {
        self.pending.finish(&mut self.stream, &mut self.compiler)?;
        self.compiler.resolve(&mut self.stream);
        Some(())
    }

    /// What refused the document, or every remark about it.
    pub(crate) fn diagnostics(&self) -> &[Diagnostic] {
        match self.stream.check.out.refused.as_slice() {
            [] => &self.stream.check.out.list,
            refused => refused,
        }
    }

    /// The publisher's number of this version, if given.
    pub(crate) fn revision(&self) -> Option<u64> {
        self.stream.revision
    }

    /// The ruleset, which is whole after [`Loader::end`] but for what the two functions above
    /// return.
    pub(crate) fn ruleset(&mut self) -> &mut Ruleset {
        &mut self.compiler.lowering.ruleset
    }
}

pub(super) fn whole(bytes: &[u8]) -> Result<Ruleset, Diagnostic> {
    let Loader { mut stream, mut compiler, .. } = Loader::new();
    stream.read(bytes, &mut compiler)?;
    compiler.resolve(&mut stream);
    Ok(ended(stream, compiler))
}

/// The ruleset with what the reading of its document found.
fn ended(stream: Stream, compiler: Compiler) -> Ruleset {
    let mut ruleset = compiler.lowering.ruleset;
    ruleset.revision = stream.revision;
    ruleset.diagnostics = stream.check.out.list;
    #[cfg(all(feature = "std", not(target_family = "wasm")))]
    {
        let Ruleset { flag_keys, atoms, path_names, .. } = &ruleset;
        ruleset.tables = super::tables::Tables::of(flag_keys, atoms, path_names);
    }
    ruleset
}

/// Numbers rulesets, so that a context can tell its own. Nothing else in
/// serin outlives a value.
static NEXT: AtomicUsize = AtomicUsize::new(1);

fn number() -> usize {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Ruleset {
    pub(super) const fn empty() -> Self {
        Self {
            // No context is bound to what is not yet a ruleset.
            id: usize::MAX,
            epoch: 0,
            flags: Vec::new(),
            segments: Vec::new(),
            tests: Vec::new(),
            places: Vec::new(),
            paths: Vec::new(),
            constants: Vec::new(),
            needs: Vec::new(),
            atoms: Pool::new(),
            texts: Pool::new(),
            path_names: Pool::new(),
            flag_keys: Pool::new(),
            #[cfg(all(feature = "std", not(target_family = "wasm")))]
            tables: super::tables::Tables::EMPTY,
            segment_keys: Pool::new(),
            instants: Vec::new(),
            diagnostics: Vec::new(),
            revision: None,
        }
    }
}
