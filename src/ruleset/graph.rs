//! What refers to what: cycles, and the order in which nodes are evaluated.

use super::NONE;
use super::program::Reference;
use crate::diagnostic::Span;
use crate::limits;
use crate::pool::append;
use alloc::vec::Vec;

/// Flags, then segments.
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    /// How many of the nodes are flags.
    pub flags: u32,
    /// What nodes refer to, in the order of the nodes.
    pub references: Vec<Reference>,
    /// Lists of what nodes depend on, each node after what it needs itself.
    pub needs: Vec<u32>,
    /// Nodes in components not yet found; from `members` on, the last found.
    stack: Vec<u32>,
    members: usize,
    /// Whether those members form a cycle.
    pub cycle: bool,
    /// The way from a root, while components are searched.
    way: Vec<u32>,
    /// The way from the node that is listed.
    path: Vec<u32>,
    /// The next root.
    root: u32,
    /// Nodes visited so far, and before this search.
    visited: u32,
    before: u32,
    stamp: u32,
}

#[derive(Clone)]
pub(super) struct Node {
    pub broken: bool,
    /// Its own declaration is sound, whatever it refers to.
    pub whole: bool,
    /// Range in the list of references.
    pub references: (u32, u32),
    /// Range in the list of needs; it starts at [`NONE`] if not yet made.
    pub list: (u32, u32),
    /// Where its key stands.
    pub key: Span,
    /// Where its variants begin in the compiler's pool, or [`NONE`].
    pub variants: u32,
    /// The next reference.
    at: u32,
    /// Number of the visit, and the lowest that it reaches; [`NONE`]: done.
    order: u32,
    low: u32,
    /// It refers to itself.
    own: bool,
    seen: u32,
}

impl Node {
    pub(super) const BROKEN: Self = Self {
        broken: true,
        whole: false,
        references: (0, 0),
        list: (NONE, 0),
        key: Span { start: 0, end: 0 },
        variants: NONE,
        at: 0,
        order: 0,
        low: 0,
        own: false,
        seen: 0,
    };
}

impl Graph {
    pub(super) const fn new() -> Self {
        Self {
            nodes: Vec::new(),
            flags: 0,
            references: Vec::new(),
            needs: Vec::new(),
            stack: Vec::new(),
            members: 0,
            cycle: false,
            way: Vec::new(),
            path: Vec::new(),
            root: 0,
            visited: 0,
            before: 0,
            stamp: 0,
        }
    }

    /// A node; a broken one for a number that is none.
    pub(super) fn node(&self, node: u32) -> &Node {
        self.nodes.get(node as usize).unwrap_or(&Node::BROKEN)
    }

    pub(super) fn is_segment(&self, node: u32) -> bool {
        node >= self.flags
    }

    /// Marks a node; false if it was marked.
    fn mark(&mut self, node: u32) -> bool {
        let stamp = self.stamp;
        let node = self.nodes.get_mut(node as usize);
        node.is_some_and(|node| core::mem::replace(&mut node.seen, stamp) != stamp)
    }

    /// What the node refers to next, or [`NONE`]. What is broken refers to
    /// nothing; what is not broken refers to nothing that is not there.
    fn next(&mut self, node: u32) -> u32 {
        let Some(node) = self.nodes.get_mut(node as usize) else { return NONE };
        if node.broken || node.at >= node.references.1 {
            return NONE;
        }
        let at = node.at as usize;
        node.at = node.at.wrapping_add(1);
        self.references.get(at).map_or(NONE, |reference| reference.target)
    }

    /// Begins a search for components: among segments alone, or among all.
    pub(super) fn search(&mut self, segments: bool) {
        self.before = self.visited;
        self.root = if segments { self.flags } else { 0 };
    }

    /// Finds the next strongly connected component, after all those that it
    /// refers to (Tarjan 1972, with an explicit stack); false: that was all.
    pub(super) fn component(&mut self, segments: bool) -> bool {
        self.stack.truncate(self.members);
        loop {
            let Some(&node) = self.way.last() else {
                let root = self.root;
                if root as usize >= self.nodes.len() {
                    return false;
                }
                self.root = root.wrapping_add(1);
                if self.node(root).order <= self.before {
                    self.visit(root);
                }
                continue;
            };
            let target = self.next(node);
            if target != NONE {
                let &Node { order, low, .. } = self.node(target);
                let within = !segments || self.is_segment(target);
                if within && order <= self.before {
                    self.visit(target);
                } else if within {
                    self.lower(node, if low == NONE { NONE } else { order }, target == node);
                }
                continue;
            }
            self.way.pop();
            let &Node { order, low, own, .. } = self.node(node);
            if let Some(&parent) = self.way.last() {
                self.lower(parent, low, false);
            }
            if low == order {
                let start = self.stack.iter().rposition(|member| *member == node);
                self.members = start.unwrap_or(0);
                let members = self.stack.get(self.members..).unwrap_or_default();
                for &member in members {
                    if let Some(member) = self.nodes.get_mut(member as usize) {
                        member.low = NONE;
                    }
                }
                self.cycle = own || members.len() > 1;
                return true;
            }
        }
    }

    /// A member of the component found last, by its place.
    pub(super) fn member(&self, at: usize) -> Option<u32> {
        self.stack.get(self.members.wrapping_add(at)).copied()
    }

    fn visit(&mut self, node: u32) {
        self.visited = self.visited.wrapping_add(1);
        append(&mut self.way, node);
        append(&mut self.stack, node);
        if let Some(node) = self.nodes.get_mut(node as usize) {
            (node.order, node.low, node.at) = (self.visited, self.visited, node.references.0);
        }
    }

    fn lower(&mut self, node: u32, low: u32, own: bool) {
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.low = node.low.min(low);
            node.own |= own;
        }
    }

    /// Lists what a node depends on, when all that has been searched; false
    /// if that is more than the limit: the list is then cut off behind it.
    pub(super) fn list(&mut self, node: u32) -> bool {
        let start = self.needs.len();
        let limit = start.wrapping_add(limits::NODES);
        self.stamp = self.stamp.wrapping_add(1);
        self.mark(node);
        self.enter(node);
        let mut good = true;
        while let Some(&here) = self.path.last() {
            let target = self.next(here);
            if target == NONE {
                self.path.pop();
                if here != node {
                    append(&mut self.needs, here);
                }
            } else if self.mark(target) {
                let (from, len) = self.node(target).list;
                if from == NONE {
                    self.enter(target);
                } else {
                    for place in from..from.wrapping_add(len) {
                        let need = self.needs.get(place as usize).copied().unwrap_or(target);
                        if self.mark(need) {
                            append(&mut self.needs, need);
                        }
                    }
                    append(&mut self.needs, target);
                }
            }
            // The node itself is on the path and not in the list.
            if self.needs.len().wrapping_add(self.path.len()) > limit.wrapping_add(1) {
                good = false;
                self.needs.extend_from_slice(self.path.get(1..).unwrap_or_default());
                self.path.clear();
            }
        }
        let len = self.needs.len().wrapping_sub(start) as u32;
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.list = (start as u32, len);
        }
        good
    }

    /// Drops the list made last: for others the node needs nothing.
    pub(super) fn unlist(&mut self, node: u32) {
        if let Some(node) = self.nodes.get_mut(node as usize) {
            self.needs.truncate(node.list.0 as usize);
            node.list.1 = 0;
        }
    }

    fn enter(&mut self, node: u32) {
        append(&mut self.path, node);
        if let Some(node) = self.nodes.get_mut(node as usize) {
            node.at = node.references.0;
        }
    }
}
