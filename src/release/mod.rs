//! What is done to a ruleset before it ships: pure functions over text and
//! data. Nothing here reads a file, a clock or the network, or writes.

pub mod assemble;
pub mod build;
pub mod client;
pub mod expiry;
pub mod fault;
pub mod folder;
pub mod key;
pub mod promote;
pub mod refs;
pub mod types;
