//! Any bytes: read or refused, and walked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serin::json::{Node, Tape};

fn walk(node: Node<'_, '_>) -> usize {
    node.text();
    let members: usize = node.members().map(|(_, value)| walk(value)).sum();
    node.items().map(walk).sum::<usize>() + members + 1
}

fuzz_target!(|bytes: &[u8]| {
    let mut tape = Tape::new();
    let read = tape.read(bytes).map(walk);
    if serde_json::from_slice::<serde_json::Value>(bytes).is_ok() {
        assert!(read.is_ok(), "serde_json reads it");
    }
    if read.is_ok() {
        assert!(core::str::from_utf8(bytes).is_ok(), "JSON is UTF-8");
    }
});
