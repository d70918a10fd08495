//! Strongly connected components of what refers to what, dependencies first.

use alloc::vec::Vec;

/// Visits the components of a graph of `nodes` nodes, each after all those
/// that it refers to (Tarjan 1972, with an explicit stack). `edge` gives the
/// node's next reference from position `at` on, with the position after it.
/// `component` gets the members and whether they form a cycle.
pub(super) fn components(
    nodes: u32,
    edge: &mut impl FnMut(u32, u32) -> Option<(u32, u32)>,
    component: &mut impl FnMut(&[u32], bool),
) {
    const NEW: u32 = 0;
    const DONE: u32 = u32::MAX;
    // Order of the first visit, and the lowest order reachable; then DONE.
    let mut order: Vec<u32> = Vec::new();
    order.resize(nodes as usize, NEW);
    let mut low = order.clone();
    let mut visited = NEW;
    let mut stack: Vec<u32> = Vec::new();
    // Node, position among its references, and whether it refers to itself.
    let mut way: Vec<(u32, u32, bool)> = Vec::new();
    for root in 0..nodes {
        if order.get(root as usize) == Some(&NEW) {
            way.push((root, 0, false));
        }
        while let Some((node, at, own)) = way.last_mut() {
            let (here, node) = (*node as usize, *node);
            if order.get(here) == Some(&NEW) {
                visited = visited.wrapping_add(1);
                set(&mut order, node, visited);
                set(&mut low, node, visited);
                stack.push(node);
            }
            if let Some((target, next)) = edge(node, *at) {
                *at = next;
                *own |= target == node;
                match low.get(target as usize) {
                    Some(&NEW) => way.push((target, 0, false)),
                    Some(&DONE) | None => {}
                    Some(_) => lower(&mut low, node, order.get(target as usize)),
                }
                continue;
            }
            let own = *own;
            way.pop();
            let lowest = low.get(here).copied();
            if let Some((parent, ..)) = way.last() {
                lower(&mut low, *parent, lowest.as_ref());
            }
            if lowest.as_ref() == order.get(here) {
                let start = stack.iter().rposition(|member| *member == node).unwrap_or(0);
                let members = stack.split_off(start);
                for member in &members {
                    set(&mut low, *member, DONE);
                }
                component(&members, own || members.len() > 1);
            }
        }
    }
}

fn set(list: &mut [u32], node: u32, value: u32) {
    if let Some(entry) = list.get_mut(node as usize) {
        *entry = value;
    }
}

fn lower(low: &mut [u32], node: u32, value: Option<&u32>) {
    if let (Some(entry), Some(value)) = (low.get_mut(node as usize), value) {
        *entry = (*entry).min(*value);
    }
}
