//! `serin-build <linked.wasm> <work directory> <package's wasm directory>`: runs wasm-bindgen over
//! the linked module and writes `core_bg.wasm`, still to be optimised, into the work directory, and
//! the tables of diagnostics into the package.

use serin::diagnostic::{Code, Expected, Severity};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, work, package] = arguments.as_slice() else {
        return Err("usage: serin-build <linked.wasm> <work directory> <wasm directory>".into());
    };

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
    tables(Path::new(package))
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
