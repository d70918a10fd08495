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
use crate::pool::sort;
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
    /// Range in the list of what it refers to, each once.
    edges: (u32, u32),
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
        Node { broken, start, end, edges: (0, 0), key }
    }

    /// Resolves all references and hands over the ruleset.
    pub(super) fn finish(self, stream: Stream) -> Ruleset {
        let Self { lowering, flags, mut segments, .. } = self;
        let first_segment = flags.len() as u32;
        let mut nodes = flags;
        nodes.append(&mut segments);
        let Stream { flag_keys, segment_keys, diagnostics, revision, .. } = stream;
        let edges = Vec::new();
        let mut resolving = Resolving { lowering, nodes, edges, first_segment, diagnostics };
        resolving.lowering.ruleset.flag_keys = flag_keys;
        resolving.lowering.ruleset.segment_keys = segment_keys;
        resolving.references();
        resolving.edges();
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
    fn begin(&mut self, view: &View<'_, 'a>) {
        self.lowering.begin(view);
    }
    fn salt(&mut self, view: &View<'_, 'a>, id: u32) {
        self.lowering.salt(view, id);
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
    edges: Vec<u32>,
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
        let mut variants = Variants { lists: Vec::new(), sorted: Vec::new() };
        variants.lists.resize(self.first_segment as usize, (NONE, 0));
        for node in 0..self.nodes.len() as u32 {
            let Some(&Node { start, end, broken, .. }) = self.nodes.get(node as usize) else {
                return;
            };
            for at in start..end {
                if !broken {
                    self.reference(node, at, &whole, &mut variants);
                }
            }
        }
    }

    fn reference(&mut self, node: u32, at: u32, whole: &[bool], variants: &mut Variants) {
        let ruleset = &mut self.lowering.ruleset;
        let Some(reference) = self.lowering.references.get_mut(at as usize) else { return };
        let span = reference.span;
        let name = ruleset.texts.get(reference.name);
        let (keys, code) = match reference.is {
            None => (&ruleset.segment_keys, Code::UnknownSegment),
            Some(_) => (&ruleset.flag_keys, Code::UnknownFlag),
        };
        let Some(found) = keys.find(name) else {
            return self.fault(node, code, span, Expected::Nothing);
        };
        let (mut operand, mut unknown) = (found, None);
        reference.target = found;
        if let Some((start, len)) = reference.is {
            operand = ruleset.lists.len() as u32;
            let first = ruleset.choices.len() as u32;
            if whole.get(found as usize) == Some(&true) {
                for at in start..start.wrapping_add(len) {
                    let Some(&(text, span)) = self.lowering.choices.get(at as usize) else { break };
                    match variants.find(ruleset, found, text) {
                        Some(variant) => ruleset.choices.push(variant),
                        None => unknown = unknown.or(Some(span)),
                    }
                }
            }
            let len = (ruleset.choices.len() as u32).wrapping_sub(first);
            ruleset.lists.push(List { tag: found, start: first, len });
        } else {
            reference.target = found.wrapping_add(self.first_segment);
        }
        if let Some(test) = ruleset.tests.get_mut(reference.test as usize) {
            test.operand = operand;
        }
        if let Some(span) = unknown {
            self.fault(node, Code::UnknownVariant, span, Expected::Nothing);
        }
    }

    /// Lists what each node refers to, each target once however often it is
    /// named: what follows walks these lists many times.
    fn edges(&mut self) {
        let mut seen: Vec<u32> = Vec::new();
        seen.resize(self.nodes.len(), NONE);
        for (node, record) in (0_u32..).zip(&mut self.nodes) {
            let start = self.edges.len() as u32;
            let references = self.lowering.references.get(record.start as usize..);
            let count = record.end.wrapping_sub(record.start) as usize;
            for reference in references.unwrap_or_default().iter().take(count) {
                if mark(&mut seen, reference.target, node) {
                    self.edges.push(reference.target);
                }
            }
            record.edges = (start, self.edges.len() as u32);
        }
    }

    /// The next node that this one refers to, from a position on. What is
    /// broken has no references.
    fn edge(&self, node: u32, at: u32) -> Option<(u32, u32)> {
        let record = self.nodes.get(node as usize).filter(|node| !node.broken)?;
        let (start, end) = record.edges;
        let place = start.saturating_add(at);
        let target = *self.edges.get(place as usize).filter(|_| place < end)?;
        Some((target, at.wrapping_add(1)))
    }

    /// All nodes, dependencies first, each with whether it lies on a cycle;
    /// `segments` follows only references from segments to segments.
    fn order(&self, segments: bool) -> Vec<(u32, bool)> {
        let mut found = Vec::new();
        let mut edge = |node: u32, mut at: u32| loop {
            let (target, next) = self.edge(node, at)?;
            if !segments || (self.is_segment(node) && self.is_segment(target)) {
                return Some((target, next));
            }
            at = next;
        };
        let mut keep = |members: &[u32], cycle| found.extend(members.iter().map(|m| (*m, cycle)));
        graph::components(self.nodes.len() as u32, &mut edge, &mut keep);
        found
    }

    fn key(&self, node: u32) -> Span {
        self.nodes.get(node as usize).map_or(Span::default(), |node| node.key)
    }

    /// Breaks segments that contain themselves, and all that refer to a
    /// broken segment.
    fn segments(&mut self) {
        for (node, cycle) in self.order(true) {
            if cycle && !self.broken(node) {
                self.fault(node, Code::Cycle, self.key(node), Expected::Nothing);
            }
            if self.is_segment(node) {
                self.fall(node);
            }
        }
        for flag in 0..self.first_segment {
            self.fall(flag);
        }
    }

    /// Breaks a node that refers to a broken segment.
    fn fall(&mut self, node: u32) {
        let Some(&Node { start, end, broken, .. }) = self.nodes.get(node as usize) else { return };
        let mut at = 0;
        while let Some((target, next)) = self.edge(node, at) {
            at = next;
            if broken || !self.is_segment(target) || !self.broken(target) {
                continue;
            }
            let references = self.lowering.references.get(start as usize..end as usize);
            let mut references = references.unwrap_or_default().iter();
            let span = references.find(|reference| reference.target == target);
            let span = span.map_or(Span::default(), |reference| reference.span);
            return self.fault(node, Code::BrokenSegment, span, Expected::Nothing);
        }
    }

    /// Breaks flags that depend on themselves.
    fn flags(&mut self) {
        for (node, cycle) in self.order(false) {
            if cycle && !self.is_segment(node) {
                self.fault(node, Code::Cycle, self.key(node), Expected::Nothing);
            }
        }
    }

    /// Lists for each flag all nodes it depends on, in an order of evaluation.
    fn needs(&mut self) {
        let mut needs = Needs::new(self.nodes.len());
        for (node, _) in self.order(false) {
            if self.is_segment(node) {
                continue;
            }
            // First what it refers to by itself, so that flags share the work.
            let mut at = 0;
            while let Some((target, next)) = self.edge(node, at) {
                needs.close(self, target);
                at = next;
            }
            let (start, len) = needs.unite(self, node);
            if len as usize > limits::NODES {
                self.fault(node, Code::TooMany, self.key(node), Expected::Max256Nodes);
                needs.forget(node);
                continue;
            }
            if let Some(flag) = self.lowering.ruleset.flags.get_mut(node as usize) {
                (flag.needs, flag.needs_len) = (start, len as u16);
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
        self.lowering.ruleset.needs = needs.pool;
    }
}

/// Marks a node; false if it was marked so.
fn mark(seen: &mut [u32], node: u32, by: u32) -> bool {
    seen.get_mut(node as usize).is_some_and(|seen| core::mem::replace(seen, by) != by)
}

/// Which text is which variant, of the flags that others refer to.
struct Variants {
    /// By flag: start and length of its list; NONE: not yet made.
    lists: Vec<(u32, u32)>,
    /// Text and variant in one, ascending within each list.
    sorted: Vec<u64>,
}

impl Variants {
    fn find(&mut self, ruleset: &Ruleset, flag: u32, text: u32) -> Option<u16> {
        let record = ruleset.flags.get(flag as usize)?;
        let list = self.lists.get_mut(flag as usize)?;
        if list.0 == NONE {
            *list = (self.sorted.len() as u32, record.variants.into());
            let names = ruleset.names.iter().skip(record.names as usize).step_by(2);
            let pairs = names.zip(0..u64::from(record.variants));
            self.sorted.extend(pairs.map(|(name, variant)| u64::from(*name) << 16 | variant));
            let made = self.sorted.get_mut(list.0 as usize..).unwrap_or_default();
            sort(made, |a, b| a < b);
        }
        let (start, len) = (list.0 as usize, list.1 as usize);
        let list = self.sorted.get(start..start.saturating_add(len))?;
        let at = list.partition_point(|pair| pair >> 16 < u64::from(text));
        list.get(at).filter(|pair| *pair >> 16 == u64::from(text)).map(|pair| *pair as u16)
    }
}

/// Lists of what nodes depend on, cut off one past the limit. Only what flags
/// refer to has one: a list for every segment of a long chain would take more
/// room than the document by far.
struct Needs {
    pool: Vec<u32>,
    /// Of each node, its list's start and length; NONE: not yet made.
    lists: Vec<(u32, u32)>,
    /// Who was put into a list last, by node.
    seen: Vec<u32>,
    stack: Vec<(u32, u32)>,
}

impl Needs {
    fn new(nodes: usize) -> Self {
        let (mut lists, mut seen) = (Vec::new(), Vec::new());
        lists.resize(nodes, (NONE, 0));
        seen.resize(nodes, NONE);
        Self { pool: Vec::new(), lists, seen, stack: Vec::new() }
    }

    fn full(&self, start: usize) -> bool {
        self.pool.len() > start.saturating_add(limits::NODES)
    }

    fn mark(&mut self, node: u32, by: u32) -> bool {
        mark(&mut self.seen, node, by)
    }

    fn keep(&mut self, node: u32, start: usize) -> (u32, u32) {
        let list = (start as u32, self.pool.len().wrapping_sub(start) as u32);
        if let Some(entry) = self.lists.get_mut(node as usize) {
            *entry = list;
        }
        list
    }

    /// The flag was found to need too much: for others it needs nothing.
    fn forget(&mut self, node: u32) {
        if let Some((start, len)) = self.lists.get_mut(node as usize) {
            self.pool.truncate(*start as usize);
            *len = 0;
        }
    }

    /// Makes the list of a node that is referred to, by depth first search:
    /// in post-order, whatever is listed has what it needs before it.
    fn close(&mut self, graph: &Resolving, node: u32) {
        if self.lists.get(node as usize).is_none_or(|(start, _)| *start != NONE) {
            return;
        }
        let start = self.pool.len();
        self.mark(node, node);
        self.stack.clear();
        self.stack.push((node, 0));
        while let Some((at, edge)) = self.stack.last_mut() {
            let at = *at;
            if let Some((target, next)) = graph.edge(at, *edge) {
                *edge = next;
                if self.mark(target, node) {
                    self.stack.push((target, 0));
                }
                // Deeper than the limit is more than the limit.
                if self.stack.len() <= limits::NODES.saturating_add(2) {
                    continue;
                }
                let stack = core::mem::take(&mut self.stack);
                self.pool.extend(stack.iter().map(|(node, _)| *node));
                break;
            }
            self.stack.pop();
            if at != node {
                self.pool.push(at);
            }
            if self.full(start) {
                break;
            }
        }
        self.keep(node, start);
    }

    /// The list of a flag, from the lists of what it refers to.
    fn unite(&mut self, graph: &Resolving, node: u32) -> (u32, u32) {
        let start = self.pool.len();
        // The mark differs from those of `close`.
        let by = node | 1 << 31;
        let mut edge = 0;
        while let Some((target, next)) = graph.edge(node, edge) {
            edge = next;
            let (first, len) = self.lists.get(target as usize).copied().unwrap_or_default();
            for place in first..first.wrapping_add(len) {
                let need = self.pool.get(place as usize).copied().unwrap_or(target);
                if !self.full(start) && self.mark(need, by) {
                    self.pool.push(need);
                }
            }
            if !self.full(start) && self.mark(target, by) {
                self.pool.push(target);
            }
        }
        self.keep(node, start)
    }
}

impl Ruleset {
    /// The last act: sorts the instants and gives back room.
    fn seal(&mut self) {
        sort(&mut self.instants, |a, b| (a as i64) < (b as i64));
        self.instants.dedup();
        self.tests.shrink_to_fit();
        self.places.shrink_to_fit();
        self.elements.shrink_to_fit();
    }
}
