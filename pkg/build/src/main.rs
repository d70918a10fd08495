//! Runs wasm-bindgen over a linked module; what it writes is still to be optimised.
//!
//! `serin-build core <linked.wasm> <work directory> <package's wasm directory>` writes `core_bg.wasm`
//! into the work directory, and the tables of diagnostics into the package.
//! `serin-build tools <linked.wasm> <work directory>` writes `tools_bg.wasm` and its glue, `tools.js`.

use serin::diagnostic::{Code, Expected, Severity};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["core", input, work, package] => core(input, work, Path::new(package)),
        ["tools", input, work] => tools(input, work),
        _ => {
            Err("usage: serin-build core <linked.wasm> <work directory> <wasm directory>\n       \
                  serin-build tools <linked.wasm> <work directory>"
                .into())
        }
    }
}

/// The core artifact: functions of numbers, without glue.
fn core(input: &str, work: &str, package: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name("core").web(true)?;
    bindgen.typescript(false).remove_name_section(true).remove_producers_section(true);
    let mut output = bindgen.generate_output()?;

    // Our wrapper passes numbers only and throws the generated glue away. What is exported for the
    // glue alone holds up an externref table and its import, so unexport it; wasm-opt then drops
    // both.
    let exports = &mut output.wasm_mut().exports;
    let for_glue: Vec<_> = exports
        .iter()
        .filter(|export| export.name.starts_with("__"))
        .map(|export| export.id())
        .collect();
    for export in for_glue {
        exports.delete(export);
    }
    output.emit(work)?;
    tables(package)
}

/// The tools, with their glue for the web.
fn tools(input: &str, work: &str) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name("tools").web(true)?;
    bindgen.typescript(true).remove_name_section(true).remove_producers_section(true);
    // Where the module lies is for `pkg/entry` to say, in words that bundlers know.
    bindgen.omit_default_module_path(true);
    // After a trap another instance takes over.
    bindgen.reset_state_function(true);
    bindgen.generate(work)?;
    Ok(())
}

/// The diagnostics' tables, from the one place where they stand.
fn tables(package: &Path) -> Result<(), Box<dyn Error>> {
    let names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    let mut severities = String::new();
    let mut messages = String::from(
        "/** @type {readonly (readonly [string, string])[]} */\nexport const MESSAGES = [\n",
    );
    for code in Code::ALL {
        let severity = match code.severity() {
            Severity::Fatal => '0',
            Severity::Error => '1',
            Severity::Warning => '2',
        };
        severities.push(severity);
        writeln!(messages, "  [{:?}, {:?}],", code.message(), code.help())?;
    }
    // A text each is what a page downloads least for.
    let codes = format!(
        "export const CODES = /*#__PURE__*/ {:?}.split(' ');\n/** A digit a code. */\nexport const SEVERITIES = {severities:?};\n",
        names.join(" "),
    );
    messages.push_str("];\n\n/** @type {readonly string[]} */\nexport const EXPECTED = [\n");
    for expected in Expected::ALL {
        writeln!(messages, "  {:?},", expected.phrase())?;
    }
    messages.push_str("];\n");
    fs::create_dir_all(package)?;
    fs::write(package.join("codes.js"), codes)?;
    fs::write(package.join("messages.js"), messages)?;
    Ok(())
}
