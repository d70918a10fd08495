//! `serin fmt`: files in one layout.

use super::check::count;
use super::edit::told::difference;
use super::folder::Tree;
use super::report::{self, GOOD, Listing, WARNING, cut, paint, quoted};
use super::source::Source;
use super::{CliError, Exit, Format, Outcome, write};
use serde::Serialize;
use serin::diagnostic::Code;
use serin::limits::DOCUMENT_BYTES;
use serin::release::layout::{Shape, lay_out, readable, shape};

/// Writes rulesets and source folders in one layout
///
/// Only white space between tokens changes. Names, strings and numbers stay as
/// they are written, and everything stays in its order, so no decision can
/// change. What is broken is laid out too, as long as it is JSON; if one file
/// is not, none is written.
///
/// With --format json: an array of { file, changed }.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    /// Files and source folders, or `-` for standard input to standard output
    #[arg(required = true, value_name = "FILE|DIR")]
    places: Vec<String>,
    /// Write nothing, and exit with 1 if a file is laid out otherwise
    #[arg(long)]
    check: bool,
    /// How to tell what was done
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct Told<'t> {
    file: &'t str,
    changed: bool,
}

/// A file and its text before and after.
struct Laid {
    name: String,
    old: String,
    new: String,
}

/// Lays files out.
///
/// # Errors
/// A file cannot be read or written, or is no JSON.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let Arguments { places, check, format } = arguments;
    let piped = places.iter().any(|place| place == "-");
    if piped && (places.len() > 1 || !check && *format == Format::Json) {
        let help = "standard input goes alone, and its text is what is written";
        return Err(CliError::new(Exit::Usage, "`-` stands beside something else", help));
    }
    let mut laid = Vec::new();
    for place in places {
        match Tree::at(place)? {
            None if super::source::is_address(place) => {
                let message = format!("{} is no file", quoted(place));
                return Err(CliError::new(Exit::Usage, &message, "fetch it, and name the file"));
            }
            None => {
                let source = Source::read(place)?;
                laid.push(one(&source.name, source.bytes, None)?);
            }
            Some(tree) => {
                let files = tree.files.iter().zip(&tree.names);
                for (file, name) in files.filter(|(file, _)| file.path.ends_with(".json")) {
                    let flag = file.path.starts_with("flags/");
                    let shape = if flag { Shape::Flag } else { Shape::Part };
                    laid.push(one(name, file.bytes.clone(), Some(shape))?);
                }
            }
        }
    }
    let changed: Vec<&Laid> = laid.iter().filter(|laid| laid.old != laid.new).collect();
    let exit = if *check && !changed.is_empty() { Exit::Found } else { Exit::Fine };
    if piped && !check {
        let out = laid.first().map(|laid| laid.new.clone()).unwrap_or_default();
        return Ok(Outcome { out, format: Format::Json, notes: String::new(), exit });
    }
    if !check {
        for laid in &changed {
            write::replace(&laid.name, &laid.new)?;
        }
    }
    let out = match format {
        Format::Json => {
            let told = laid.iter();
            let told = told.map(|laid| Told { file: &laid.name, changed: laid.old != laid.new });
            super::json(&told.collect::<Vec<_>>())
        }
        Format::Text => {
            let mut out = String::new();
            for laid in &changed {
                if *check {
                    out.push_str(&difference(
                        Some((&laid.name, &laid.old)),
                        Some((&laid.name, &laid.new)),
                    ));
                } else {
                    out.push_str(&format!("{}\n", cut(&laid.name, usize::MAX)));
                }
            }
            let all = count(laid.len(), "file");
            let some = format!("{} of {all}", changed.len());
            out.push_str(&match (changed.len(), check) {
                (0, _) => paint(GOOD, &format!("{all} laid out as they should be")),
                (_, false) => paint(GOOD, &format!("{some} laid out anew")),
                (_, true) => paint(WARNING, &format!("{some} to be laid out: `serin fmt` does it")),
            });
            out.push('\n');
            out
        }
    };
    Ok(Outcome { out, format: *format, notes: String::new(), exit })
}

/// Lays one file out.
fn one(name: &str, bytes: Vec<u8>, known: Option<Shape>) -> Result<Laid, CliError> {
    let old = match readable(&bytes) {
        Ok(text) => text.to_owned(),
        Err(fault) => {
            // Nothing is shown of what is too large to be read.
            let large = fault.code == Code::DocumentTooLarge;
            let source = Source::plain(name, if large { Vec::new() } else { bytes });
            let remarks = report::remarks(&source, None, &[fault.into()]);
            return Err(CliError::refused(report::text(&Listing::new(&source), &remarks)));
        }
    };
    let new = lay_out(&old, known.unwrap_or_else(|| shape(&old)));
    if new.len() > DOCUMENT_BYTES {
        let message = format!("{} would be larger than 16 MiB with its lines broken", quoted(name));
        return Err(CliError::new(Exit::Refused, &message, "leave this file as it is"));
    }
    Ok(Laid { name: name.to_owned(), old, new })
}
