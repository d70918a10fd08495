//! Whether code still refers to a flag that is to go.

use crate::cli::report::quoted;
use crate::cli::walk::walk;
use crate::cli::{CliError, Exit, note};
use serin::release::refs::Scanner;
use std::collections::BTreeSet;

/// Places that are shown.
const SHOWN: usize = 10;

/// Refuses if a flag's key stands in quotes in code.
///
/// # Errors
/// It does, or the code cannot be read.
pub fn refuse(flag: &str, folders: &[String]) -> Result<(), CliError> {
    let keys = [flag];
    let scanner = Scanner::new(&keys, &[]).map_err(|_| CliError::new(Exit::Usage, "", ""))?;
    let (mut places, mut mentioned, mut files) = (Vec::new(), false, BTreeSet::new());
    for folder in folders {
        // No key is known, so that each place is shown.
        let code = walk(folder, &scanner, &BTreeSet::new())?;
        mentioned = mentioned || !code.mentions.is_empty();
        if !code.mentions.is_empty() {
            files.insert(folder.as_str());
        }
        places.extend(code.places.into_iter().filter(|place| place.key == flag));
    }
    if places.is_empty() && !mentioned {
        return Ok(());
    }
    let message = format!("code still refers to the flag {}", quoted(flag));
    let mut text = String::new();
    let help = if places.is_empty() {
        let files: Vec<String> = files.into_iter().map(quoted).collect();
        format!("its key stands in quotes in {}; take it out there first", files.join(", "))
    } else {
        String::from("take it out of the code first, and ship that")
    };
    note(&mut text, true, &message, &help);
    for place in places.iter().take(SHOWN) {
        text.push_str(&place.shown);
    }
    if let Some(more) = places.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        text.push_str(&format!("… and {more} more\n"));
    }
    Err(CliError::refused(text))
}
