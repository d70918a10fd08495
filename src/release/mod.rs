//! Release tools: what is done to a ruleset before it ships. Pure functions
//! over text and data; files, clocks and printing are the command line's.

pub mod assemble;
pub mod build;
pub mod check;
pub mod client;
pub mod edit;
pub mod expiry;
pub mod fault;
pub mod folder;
pub mod impact;
pub mod instant;
pub mod key;
pub mod layout;
pub mod lines;
pub mod lint;
pub mod order;
pub mod plan;
pub mod promote;
pub mod quote;
pub mod refs;
pub mod remark;
pub mod review;
pub mod suggest;
pub mod text;
pub mod types;
