//! Release tools: what a change does before it ships, and small changes done
//! well. Pure functions over text and data; files, clocks and printing are the
//! command line's.

pub mod edit;
pub mod text;
