//! The command-line tool: arguments to a verb, its outcome to an exit code.
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

mod cli;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Evaluates and checks feature flags
///
/// RULESET is a path, a source folder with --env, `-` for standard input, or an
/// http or https address.
#[derive(Parser)]
#[command(version, after_help = cli::EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Eval(cli::eval::Arguments),
    Explain(cli::explain::Arguments),
    Check(cli::check::Arguments),
    Fmt(cli::fmt::Arguments),
    Diff(cli::diff::Arguments),
    Build(cli::build::Arguments),
    Types(cli::types::Arguments),
    Promote(cli::promote::Arguments),
    Refs(cli::refs::Arguments),
    Serve(cli::serve::Arguments),
    /// Switches flags off: everyone gets `off`
    ///
    /// Sets "enabled": false in the file. To kill a flag in a running program
    /// without a new ruleset, see `kill` of the package.
    Kill(cli::edit::Switch),
    /// Switches flags on again
    ///
    /// Sets "enabled": true in the file where it is false.
    Revive(cli::edit::Switch),
    Ramp(cli::edit::Ramp),
    Rename(cli::edit::Rename),
    Remove(cli::edit::Remove),
}

fn main() -> ExitCode {
    cli::begin();
    cli::finish(match Arguments::parse().verb {
        Verb::Eval(arguments) => cli::eval::run(&arguments),
        Verb::Explain(arguments) => cli::explain::run(&arguments),
        Verb::Check(arguments) => cli::check::run(&arguments),
        Verb::Fmt(arguments) => cli::fmt::run(&arguments),
        Verb::Diff(arguments) => cli::diff::run(&arguments),
        Verb::Build(arguments) => cli::build::run(&arguments),
        Verb::Types(arguments) => cli::types::run(&arguments),
        Verb::Promote(arguments) => cli::promote::run(&arguments),
        Verb::Refs(arguments) => cli::refs::run(&arguments),
        Verb::Serve(arguments) => cli::serve::run(&arguments),
        Verb::Kill(arguments) => cli::edit::kill(&arguments),
        Verb::Revive(arguments) => cli::edit::revive(&arguments),
        Verb::Ramp(arguments) => cli::edit::ramp(&arguments),
        Verb::Rename(arguments) => cli::edit::rename(&arguments),
        Verb::Remove(arguments) => cli::edit::remove(&arguments),
    })
}
