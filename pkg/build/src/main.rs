//! `serin-build <linked.wasm> <output directory>`: runs wasm-bindgen over the linked module and
//! writes `core_bg.wasm`, still to be optimised, into the output directory.

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output_directory] = arguments.as_slice() else {
        return Err("usage: serin-build <linked.wasm> <output directory>".into());
    };

    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name("core").web(true)?;
    bindgen
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    let mut output = bindgen.generate_output()?;

    // Our wrapper passes numbers only and throws the generated glue away. What is exported for the
    // glue alone holds up an externref table and its import, so unexport it; wasm-opt then drops both.
    let exports = &mut output.wasm_mut().exports;
    let for_glue: Vec<_> = exports
        .iter()
        .filter(|export| export.name.starts_with("__"))
        .map(|export| export.id())
        .collect();
    for export in for_glue {
        exports.delete(export);
    }
    output.emit(output_directory)?;
    Ok(())
}
