//! serin: a feature-flag evaluator that content cannot bring down.
//!
//! ```text
//! bytes --read--> tape --check--> Ruleset --evaluate--> Decision
//!                          |       Context --bind---^
//!                          +----> Document (for the tools)
//! ```
//!
//! A JSON ruleset goes in once, decisions come out: [`Ruleset::load`],
//! [`Context::bind`], [`evaluate()`]. All failure lives in loading; evaluation
//! is total, allocates nothing and reads no clock. The format is described in
//! [`doc::format`], the reasons behind the design in [`doc::design`].
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::arithmetic_side_effects,
        clippy::unreachable,
        clippy::todo
    )
)]

extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

/// The pages about serin.
pub mod doc {
    #[doc = include_str!("doc/benchmarks.md")]
    #[doc = include_str!("doc/scaling.svg")]
    pub mod benchmarks {}
    #[doc = include_str!("doc/design.md")]
    pub mod design {}
    #[doc = include_str!("doc/format.md")]
    pub mod format {}
    #[cfg(feature = "tools")]
    #[doc = include_str!("doc/impact.md")]
    pub mod impact {}
    #[cfg(all(doctest, feature = "serde_json"))]
    #[doc = include_str!("../README.md")]
    pub mod readme {}
}

pub mod bucket;
pub mod compare;
pub mod decision;
pub mod diagnostic;
pub mod document;
pub mod json;
pub mod limits;
pub mod pool;
pub mod value;

mod answer;
mod context;
mod evaluate;
mod explain;
mod ruleset;
mod trace;

#[cfg(feature = "full")]
pub mod full;
#[cfg(feature = "tools")]
pub mod release;
#[cfg(feature = "wasm")]
pub mod wasm;

pub use context::Context;
pub use decision::{Decision, ErrorCode, Reason, RuleRef};
pub use document::Kind;
pub use evaluate::evaluate;
pub use explain::{Explanation, explain};
pub use ruleset::{FlagId, Loader, Ruleset};
pub use trace::{Found, Step};
pub use value::{Attribute, Attributes, Element};
