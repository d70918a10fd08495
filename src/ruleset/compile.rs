//! What can only be known when all flags and segments are: references, what a
//! broken segment breaks, cycles, and the order of evaluation.

use super::lower::Lowering;
use super::program::List;
use super::{NONE, Ruleset, graph};
use crate::diagnostic::{Code, Expected, Span, Subject};
use crate::document::check::{Build, Checked, Join, Leaf, Serving};
use crate::document::stream::{Diagnostics, Key, Receiver, Stream};
use crate::json::View;
use crate::limits;
use alloc::vec::Vec;

/// Receives flags and segments one by one and ends as a ruleset.
pub(super) struct Compiler {
    lowering: Lowering,
    /// Of each flag and each segment: broken by itself, and its references.
    flags: Vec<Node>,
    segments: Vec<Node>,
    /// References so far.
    end: u32,
}

#[derive(Clone, Copy)]
struct Node {
    broken: bool,
    /// Range in the list of references.
    start: u32,
    end: u32,
    /// Where its key stands.
    key: Span,
}

impl Compiler {
    pub(super) fn new(ruleset: Ruleset) -> Self {
        Self { lowering: Lowering::new(ruleset), flags: Vec::new(), segments: Vec::new(), end: 0 }
    }

    fn node(&mut self, broken: bool, key: Span) -> Node {
        let end = self.lowering.references.len() as u32;
        let start = core::mem::replace(&mut self.end, end);
        Node { broken, start, end, key }
    }

    /// Resolves all references and hands over the ruleset.
    pub(super) fn finish(self, stream: Stream) -> Ruleset {
        let Self { lowering, flags, mut segments, .. } = self;
        let first_segment = flags.len() as u32;
        let mut nodes = flags;
        nodes.append(&mut segments);
        let Stream { flag_keys, segment_keys, diagnostics, revision, .. } = stream;
        let mut resolving = Resolving { lowering, nodes, first_segment, diagnostics };
        resolving.lowering.ruleset.flag_keys = flag_keys;
        resolving.lowering.ruleset.segment_keys = segment_keys;
        resolving.references();
        resolving.segments();
        resolving.flags();
        resolving.needs();
        let mut ruleset = resolving.lowering.ruleset;
        ruleset.diagnostics = resolving.diagnostics.list;
        ruleset.revision = revision;
        ruleset.seal();
        ruleset
    }
}

impl<'a> Receiver<'a> for Compiler {
    fn segment(&mut self, key: Key<'a>, sound: bool) {
        let segment = self.lowering.segment(sound);
        let node = self.node(segment.broken, key.span);
        self.segments.push(node);
        self.lowering.ruleset.segments.push(segment);
    }

    fn flag(&mut self, key: Key<'a>, view: &View<'_, 'a>, flag: Option<Checked>) {
        let flag = self.lowering.flag(view, flag);
        let node = self.node(flag.kind.is_none(), key.span);
        self.flags.push(node);
        self.lowering.ruleset.flags.push(flag);
    }

    fn again(&mut self, subject: Subject) {
        let node = match subject {
            Subject::Document => None,
            Subject::Flag(index) => self.flags.get_mut(index as usize),
            Subject::Segment(index) => self.segments.get_mut(index as usize),
        };
        if let Some(node) = node {
            node.broken = true;
        }
        // What the second declaration refers to is nobody's.
        self.lowering.references.truncate(self.end as usize);
    }

    fn extra(&mut self, _: &'a [u8], _: &'a [u8]) {}
}

impl<'a> Build<'a> for Compiler {
    fn begin(&mut self, view: &View<'_, 'a>, salt: u32) {
        self.lowering.begin(view, salt);
    }
    fn variant(&mut self, view: &View<'_, 'a>, name: u32, value: u32) {
        self.lowering.variant(view, name, value);
    }
    fn leaf(&mut self, view: &View<'_, 'a>, id: u32, leaf: Leaf<'_>) {
        self.lowering.leaf(view, id, leaf);
    }
    fn join(&mut self, view: &View<'_, 'a>, id: u32, join: Join) {
        self.lowering.join(view, id, join);
    }
    fn require(&mut self) {
        Build::require(&mut self.lowering);
    }
    fn share(&mut self, view: &View<'_, 'a>, id: u32, variant: u16, thousandths: u32) {
        self.lowering.share(view, id, variant, thousandths);
    }
    fn step(&mut self, view: &View<'_, 'a>, id: u32, at: u32, thousandths: u32) {
        self.lowering.step(view, id, at, thousandths);
    }
    fn serve(&mut self, view: &View<'_, 'a>, serve: Serving<'_>) {
        self.lowering.serve(view, serve);
    }
    fn rule(&mut self, view: &View<'_, 'a>, id: u32, name: u32, conditional: bool) {
        self.lowering.rule(view, id, name, conditional);
    }
}

/// Nodes are numbered flags first, then segments.
struct Resolving {
    lowering: Lowering,
    nodes: Vec<Node>,
    first_segment: u32,
    diagnostics: Diagnostics,
}

impl Resolving {
    fn broken(&self, node: u32) -> bool {
        self.nodes.get(node as usize).is_none_or(|node| node.broken)
    }

    fn is_segment(&self, node: u32) -> bool {
        node >= self.first_segment
    }

    fn fault(&mut self, node: u32, code: Code, span: Span, expected: Expected) {
        let subject = if self.is_segment(node) {
            Subject::Segment(node.wrapping_sub(self.first_segment))
        } else {
            Subject::Flag(node)
        };
        self.diagnostics.push(code, subject, span, expected);
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.broken = true;
        }
    }

    /// Finds what is referred to; what is not declared breaks who refers.
    fn references(&mut self) {
        // Who was broken by itself: `is` is checked only against the others.
        let whole: Vec<bool> = self.nodes.iter().map(|node| !node.broken).collect();
        for node in 0..self.nodes.len() as u32 {
            let Some(&Node { start, end, broken, .. }) = self.nodes.get(node as usize) else { return };
            for at in start..end {
                if !broken {
                    self.reference(node, at, &whole);
                }
            }
        }
    }

    fn reference(&mut self, node: u32, at: u32, whole: &[bool]) {
        let ruleset = &mut self.lowering.ruleset;
        let Some(reference) = self.lowering.references.get_mut(at as usize) else { return };
        let (test, span) = (reference.test as usize, reference.span);
        let name = ruleset.texts.get(reference.name);
        let Some((start, len)) = reference.is else {
            let Some(segment) = ruleset.segment_keys.find(name) else {
                return self.fault(node, Code::UnknownSegment, span, Expected::Nothing);
            };
            reference.target = segment.wrapping_add(self.first_segment);
            if let Some(test) = ruleset.tests.get_mut(test) {
                test.operand = segment;
            }
            return;
        };
        let Some(flag) = ruleset.flag_keys.find(name) else {
            return self.fault(node, Code::UnknownFlag, span, Expected::Nothing);
        };
        reference.target = flag;
        let list = List { tag: flag, start: ruleset.choices.len() as u32, len };
        let mut unknown = None;
        if whole.get(flag as usize) == Some(&true) {
            let record = ruleset.flags.get(flag as usize);
            let (first, count) = record.map_or((0, 0), |flag| (flag.names, flag.variants));
            let names = ruleset.names.get(first as usize..).unwrap_or_default();
            for at in start..start.wrapping_add(len) {
                let Some(&(text, span)) = self.lowering.choices.get(at as usize) else { continue };
                let variants = names.iter().step_by(2).take(count.into());
                match variants.clone().position(|name| *name == text) {
                    Some(variant) => ruleset.choices.push(variant as u16),
                    None => unknown = Some(span),
                }
            }
        }
        ruleset.lists.push(list);
        if let Some(test) = ruleset.tests.get_mut(test) {
            test.operand = (ruleset.lists.len() as u32).wrapping_sub(1);
        }
        if let Some(span) = unknown {
            self.fault(node, Code::UnknownVariant, span, Expected::Nothing);
        }
    }

    /// The next node that this one refers to, from a position on. What is
    /// broken has no references.
    fn edge(&self, node: u32, at: u32) -> Option<(u32, u32)> {
        let record = self.nodes.get(node as usize).filter(|node| !node.broken)?;
        let at = record.start.saturating_add(at);
        let reference = self.lowering.references.get(at as usize).filter(|_| at < record.end)?;
        Some((reference.target, at.wrapping_sub(record.start).wrapping_add(1)))
    }

    /// Components, dependencies first; `segments` follows only references
    /// from segments to segments.
    fn components(&self, segments: bool) -> Vec<(Vec<u32>, bool)> {
        let mut found = Vec::new();
        let mut edge = |node: u32, mut at: u32| loop {
            let (target, next) = self.edge(node, at)?;
            if !segments || (self.is_segment(node) && self.is_segment(target)) {
                return Some((target, next));
            }
            at = next;
        };
        let mut keep = |members: &[u32], cycle| found.push((members.to_vec(), cycle));
        graph::components(self.nodes.len() as u32, &mut edge, &mut keep);
        found
    }

    fn key(&self, node: u32) -> Span {
        self.nodes.get(node as usize).map_or(Span::default(), |node| node.key)
    }

    /// Breaks segments that contain themselves, and all that refer to a
    /// broken segment.
    fn segments(&mut self) {
        for (members, cycle) in self.components(true) {
            for node in members {
                if cycle && !self.broken(node) {
                    self.fault(node, Code::Cycle, self.key(node), Expected::Nothing);
                }
                if self.is_segment(node) {
                    self.fall(node);
                }
            }
        }
        for flag in 0..self.first_segment {
            self.fall(flag);
        }
    }

    /// Breaks a node that refers to a broken segment.
    fn fall(&mut self, node: u32) {
        let mut at = 0;
        while let Some((target, next)) = self.edge(node, at) {
            if self.is_segment(target) && self.broken(target) {
                let start = self.nodes.get(node as usize).map_or(0, |node| node.start);
                let place = start.wrapping_add(next).wrapping_sub(1) as usize;
                let span = self.lowering.references.get(place).map_or(Span::default(), |r| r.span);
                return self.fault(node, Code::BrokenSegment, span, Expected::Nothing);
            }
            at = next;
        }
    }

    /// Breaks flags that depend on themselves.
    fn flags(&mut self) {
        for (members, cycle) in self.components(false) {
            for node in members {
                if cycle && !self.is_segment(node) {
                    self.fault(node, Code::Cycle, self.key(node), Expected::Nothing);
                }
            }
        }
    }

    /// Lists for each flag all nodes it depends on, in an order of evaluation.
    fn needs(&mut self) {
        let mut lists: Vec<(u32, u32)> = Vec::new();
        lists.resize(self.nodes.len(), (0, 0));
        let mut seen: Vec<u32> = Vec::new();
        seen.resize(self.nodes.len(), NONE);
        let mut pool: Vec<u32> = Vec::new();
        for (members, _) in self.components(false) {
            let &[node] = members.as_slice() else { continue };
            let start = pool.len();
            let max = start.saturating_add(limits::NODES);
            let mut at = 0;
            while let Some((target, next)) = self.edge(node, at) {
                at = next;
                // INVARIANT: whoever is listed has what it needs listed before it.
                if seen.get(target as usize) == Some(&node) {
                    continue;
                }
                let (first, len) = lists.get(target as usize).copied().unwrap_or_default();
                for place in first..first.wrapping_add(len) {
                    let need = pool.get(place as usize).copied().unwrap_or(target);
                    if pool.len() <= max && mark(&mut seen, need, node) {
                        pool.push(need);
                    }
                }
                if pool.len() <= max && mark(&mut seen, target, node) {
                    pool.push(target);
                }
            }
            if pool.len() > max && !self.is_segment(node) {
                pool.truncate(start);
                self.fault(node, Code::TooMany, self.key(node), Expected::Max256Nodes);
            }
            let len = pool.len().wrapping_sub(start) as u32;
            if let Some(list) = lists.get_mut(node as usize) {
                *list = (start as u32, len);
            }
            if let Some(flag) = self.lowering.ruleset.flags.get_mut(node as usize) {
                (flag.needs, flag.needs_len) = (start as u32, len as u16);
            }
        }
        for (node, flag) in self.nodes.iter().zip(&mut self.lowering.ruleset.flags) {
            if node.broken {
                flag.kind = None;
            }
        }
        let segments = self.nodes.iter().skip(self.first_segment as usize);
        for (node, segment) in segments.zip(&mut self.lowering.ruleset.segments) {
            segment.broken = node.broken;
        }
        self.lowering.ruleset.needs = pool;
    }
}

/// Marks a node as listed for another; false if it was.
fn mark(seen: &mut [u32], need: u32, node: u32) -> bool {
    seen.get_mut(need as usize).is_some_and(|seen| core::mem::replace(seen, node) != node)
}

impl Ruleset {
    /// The last act: sorts the instants and gives back room.
    fn seal(&mut self) {
        crate::pool::sort(&mut self.instants, |a, b| (a as i64) < (b as i64));
        self.instants.dedup();
        self.tests.shrink_to_fit();
        self.places.shrink_to_fit();
        self.elements.shrink_to_fit();
    }
}
