//! The release tools: what a change does, before it ships.
//!
//! Pure functions over text and data. They read no file, no clock and no
//! network and print nothing; the command line, the npm package and the
//! playground do that around them.

pub mod impact;
