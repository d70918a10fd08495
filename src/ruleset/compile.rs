//! What can only be known when all flags and segments are: references, what a
//! broken segment breaks, cycles, and the order of evaluation.

use super::graph::{Graph, Node};
use super::lower::{Lowering, constant};
use super::program::{Reference, list};
use super::{Flag, NONE};
use crate::diagnostic::{Code, Expected, Span, Subject};
use crate::document::build::Checked;
use crate::document::stream::{Diagnostics, Key, Receiver, Stream};
use crate::json::View;
use crate::pool::{Pool, sort};
use alloc::vec::Vec;
use core::mem::{replace, swap};

/// What is kept of a flag or segment until all are there.
struct Note {
    /// Range in the list of references.
    references: (u32, u32),
    /// Where its key stands.
    key: Span,
}

/// Makes nodes of flags or of segments.
#[cfg_attr(target_arch = "wasm32", inline(never))]
fn enter(graph: &mut Graph, notes: &[Note], records: &[Flag]) {
    let start = graph.nodes.len();
    graph.nodes.resize(start.saturating_add(notes.len()), Node::BROKEN);
    let nodes = graph.nodes.get_mut(start..).unwrap_or_default();
    for (node, (note, record)) in nodes.iter_mut().zip(notes.iter().zip(records)) {
        (node.references, node.key) = (note.references, note.key);
        node.whole = record.kind.is_some();
        node.broken = !node.whole;
    }
}

/// Receives flags and segments one by one and ends as a ruleset.
pub(super) struct Compiler {
    pub lowering: Lowering,
    graph: Graph,
    /// Of the flags and of the segments.
    flags: Vec<Note>,
    segments: Vec<Note>,
    /// References so far.
    end: u32,
    /// Flag and text of the variants of flags that others refer to.
    variants: Pool,
}

impl Compiler {
    pub(super) const fn new() -> Self {
        Self {
            lowering: Lowering::new(),
            graph: Graph::new(),
            flags: Vec::new(),
            segments: Vec::new(),
            end: 0,
            variants: Pool::new(),
        }
    }

    /// Notes what the last flag or segment refers to.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn note(&mut self, segment: bool, key: Span) {
        let end = self.lowering.references.len() as u32;
        let notes = if segment { &mut self.segments } else { &mut self.flags };
        notes.push(Note { references: (replace(&mut self.end, end), end), key });
    }

    /// Resolves all references: then the ruleset is whole.
    pub(super) fn resolve(&mut self, stream: &mut Stream) {
        let out = &mut stream.check.out;
        // Where nothing refers, there is no graph.
        if !self.lowering.references.is_empty() {
            let ruleset = &self.lowering.ruleset;
            self.graph.flags = self.flags.len() as u32;
            enter(&mut self.graph, &self.flags, &ruleset.flags);
            enter(&mut self.graph, &self.segments, &ruleset.segments);
            swap(&mut self.graph.references, &mut self.lowering.references);
            for node in 0..self.graph.nodes.len() as u32 {
                self.references(node, out);
            }
            self.search(true, out);
            for flag in 0..self.graph.flags {
                self.fall(flag, out);
            }
            self.search(false, out);
        }
        let ruleset = &mut self.lowering.ruleset;
        sort(&mut ruleset.instants);
        swap(&mut ruleset.needs, &mut self.graph.needs);
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn fault(&mut self, node: u32, code: Code, span: Span, out: &mut Diagnostics) {
        let (subject, expected) = match node.checked_sub(self.graph.flags) {
            Some(segment) => (Subject::Segment(segment), Expected::Nothing),
            None if code == Code::TooMany => (Subject::Flag(node), Expected::Max256Nodes),
            None => (Subject::Flag(node), Expected::Nothing),
        };
        out.push(code, subject, span, expected);
        if let Some(node) = self.graph.nodes.get_mut(node as usize) {
            node.broken = true;
        }
        self.lowering.ruleset.give_up(subject);
    }

    /// Finds what a node refers to; what is not declared breaks it.
    fn references(&mut self, node: u32, out: &mut Diagnostics) {
        let &Node { broken, references: (start, end), .. } = self.graph.node(node);
        if broken {
            return;
        }
        for at in start..end {
            self.reference(node, at, out);
        }
    }

    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn reference(&mut self, node: u32, at: u32, out: &mut Diagnostics) {
        let ruleset = &mut self.lowering.ruleset;
        let Some(reference) = self.graph.references.get_mut(at as usize) else { return };
        let Reference { target, span, is: (start, len), test } = *reference;
        let segment = start == NONE;
        let keys = if segment { &ruleset.segment_keys } else { &ruleset.flag_keys };
        let found = keys.lookup(ruleset.texts.get(target));
        if found == NONE {
            let code = if segment { Code::UnknownSegment } else { Code::UnknownFlag };
            return self.fault(node, code, span, out);
        }
        reference.target = if segment { found.wrapping_add(self.graph.flags) } else { found };
        let mut operand = found;
        if !segment {
            // A flag that is broken by itself may have had the variant.
            let mut whole = self.graph.node(found).whole;
            operand = ruleset.constants.len() as u32;
            constant(ruleset, list(found, len as usize));
            let mut at = start;
            for _ in 0..len {
                let words = self.lowering.choices.get(at as usize..).unwrap_or_default();
                let &[text, start, end, ..] = words else { break };
                at = at.wrapping_add(3);
                let variant = self.variant(found, text);
                if whole && variant == NONE {
                    whole = false;
                    self.fault(node, Code::UnknownVariant, Span { start, end }, out);
                }
                constant(&mut self.lowering.ruleset, variant.into());
            }
            let start = operand.wrapping_add(1) as usize;
            sort(self.lowering.ruleset.constants.get_mut(start..).unwrap_or_default());
        }
        if let Some(test) = self.lowering.ruleset.tests.get_mut(test as usize) {
            test.operand = operand;
        }
    }

    /// The variant of a flag whose name is this text, or [`NONE`].
    fn variant(&mut self, flag: u32, text: u32) -> u32 {
        let key = |text: u32| (u64::from(flag) << 32 | u64::from(text)).to_le_bytes();
        let ruleset = &self.lowering.ruleset;
        let Some(record) = ruleset.flags.get(flag as usize) else { return NONE };
        let Some(node) = self.graph.nodes.get_mut(flag as usize) else { return NONE };
        if node.variants == NONE {
            node.variants = self.variants.len() as u32;
            // INVARIANT: their names differ, so their numbers are in a row.
            for variant in 0..u32::from(record.variants) {
                let [name, _] = record.numbers(ruleset, variant as usize);
                self.variants.number(&key(name));
            }
        }
        let found = self.variants.lookup(&key(text));
        if found == NONE { NONE } else { found.wrapping_sub(node.variants) }
    }

    /// First among segments alone: breaks those that contain themselves, and
    /// all that refer to a broken one. Then among all: breaks flags that
    /// depend on themselves, and lists what the others need.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn search(&mut self, segments: bool, out: &mut Diagnostics) {
        self.graph.search(segments);
        while self.graph.component(segments) {
            let mut at = 0;
            while let Some(node) = self.graph.member(at) {
                at = at.wrapping_add(1);
                let &Node { broken, references, key, .. } = self.graph.node(node);
                let segment = self.graph.is_segment(node);
                if broken {
                    continue;
                }
                if self.graph.cycle && (segments || !segment) {
                    self.fault(node, Code::Cycle, key, out);
                } else if segments {
                    self.fall(node, out);
                } else if segment {
                    if references.1.wrapping_sub(references.0) > SHARED {
                        self.graph.list(node);
                    }
                } else if !self.graph.list(node) {
                    self.fault(node, Code::TooMany, key, out);
                    self.graph.unlist(node);
                } else if let Some(flag) = self.lowering.ruleset.flags.get_mut(node as usize) {
                    let (start, len) = self.graph.node(node).list;
                    (flag.needs, flag.needs_len) = (start, len as u16);
                }
            }
        }
    }

    /// Breaks a node that refers to a broken segment.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    fn fall(&mut self, node: u32, out: &mut Diagnostics) {
        let &Node { broken, references: (start, end), .. } = self.graph.node(node);
        if broken {
            return;
        }
        for at in start..end {
            let Some(&Reference { target, span, .. }) = self.graph.references.get(at as usize)
            else {
                return;
            };
            if self.graph.is_segment(target) && self.graph.node(target).broken {
                return self.fault(node, Code::BrokenSegment, span, out);
            }
        }
    }
}

/// Segments that refer to more than so many others keep the list of what they
/// need, so that those who share them do not walk all of it again: a flag
/// walks at most as many references for each of its 256 nodes. Shorter ones
/// keep none: a list for each of a long chain would take far more room than
/// the document.
const SHARED: u32 = 8;

impl<'a> Receiver<'a> for Compiler {
    type Parts = Lowering;

    fn parts(&mut self) -> &mut Lowering {
        &mut self.lowering
    }

    fn keys(&mut self, flags: bool) -> &mut Pool {
        let ruleset = &mut self.lowering.ruleset;
        if flags { &mut ruleset.flag_keys } else { &mut ruleset.segment_keys }
    }

    fn segment(&mut self, key: Key<'a>, sound: bool) {
        self.lowering.segment(sound);
        self.note(true, key.span);
    }

    fn flag(&mut self, key: Key<'a>, view: &View<'_, 'a>, flag: Option<&Checked>) {
        self.lowering.flag(view, flag);
        self.note(false, key.span);
    }

    fn again(&mut self, subject: Subject) {
        self.lowering.ruleset.give_up(subject);
        // What the second declaration refers to is nobody's.
        self.lowering.references.truncate(self.end as usize);
    }

    fn extra(&mut self, _: &'a [u8], _: &'a [u8]) {}
}
