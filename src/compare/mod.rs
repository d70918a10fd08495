//! What a text or a number means as a version, an instant, a network address, and how two of them
//! compare.
//!
//! Constants are read here at compile, attributes at bind; evaluation then compares plain
//! integers, and for a version prerelease the kept text. Every function takes bytes as they come,
//! is total, allocates nothing and copies nothing. There is no coercion and no repair: a text that
//! is not exactly of the form is `None`, and the test on it is unknown.
//!
//! This is our own code instead of a library's only for its size in the module; `tests/compare.rs`
//! holds it against `semver`, `jiff` and `core::net`, and against the results of npm's `semver`.

pub mod address;
mod cursor;
pub mod text;
pub mod time;
pub mod version;

pub(crate) use cursor::hex;
