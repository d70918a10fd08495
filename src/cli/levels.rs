//! How much a warning matters, by its code.

use super::report::{Remark, quoted};
use super::{CliError, Exit, suggest};
use serin::diagnostic::{self, Severity};
use serin::release::check::told;
use serin::release::{fault, review};

/// What the caller says of warnings.
#[derive(clap::Args)]
pub struct Levels {
    /// Do not tell this warning, or that of --against; may be repeated
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,
    /// Tell this warning also where it is not told by itself; may be repeated
    #[arg(long, value_name = "CODE")]
    warn: Vec<String>,
    /// Tell this warning as an error; may be repeated
    #[arg(long, value_name = "CODE")]
    deny: Vec<String>,
}

/// The codes of all warnings.
fn codes() -> impl Iterator<Item = &'static str> {
    let loaded = diagnostic::Code::ALL.iter();
    let loaded = loaded.filter(|code| code.severity() == Severity::Warning);
    let faults = fault::Code::ALL.iter().filter(|code| !code.error());
    let reviewed = review::Code::ALL.iter();
    loaded
        .map(|code| code.name())
        .chain(faults.map(|code| code.name()))
        .chain(reviewed.map(|code| code.name()))
}

impl Levels {
    /// Refuses what is no code of a warning.
    ///
    /// # Errors
    /// One of them is none.
    pub fn refuse_unknown(&self) -> Result<(), CliError> {
        let named = self.allow.iter().chain(&self.warn).chain(&self.deny);
        for name in named {
            if codes().any(|code| code == name) {
                continue;
            }
            let message = format!("there is no warning {}", quoted(name));
            let help = match suggest::nearest(name, codes()) {
                Some(near) => format!("did you mean {near}?"),
                None => "errors cannot be set; the codes of warnings stand in brackets behind the word warning".into(),
            };
            return Err(CliError::new(Exit::Usage, &message, &help));
        }
        Ok(())
    }

    /// Whether a warning is told.
    pub fn tells(&self, code: &str) -> bool {
        let has = |list: &[String]| list.iter().any(|name| name == code);
        has(&self.deny) || has(&self.warn) || told(code) && !has(&self.allow)
    }

    /// Takes out what is not to be told, and makes errors of what is denied.
    pub fn set(&self, remarks: &mut Vec<Remark>) {
        let has = |list: &[String], code: &str| list.iter().any(|name| name == code);
        remarks.retain_mut(|remark| {
            if remark.error {
                // What a change does may be meant.
                let meant =
                    review::Code::ALL.iter().any(|code| code.error() && code.name() == remark.code);
                return !(meant && has(&self.allow, remark.code));
            }
            remark.error = has(&self.deny, remark.code);
            self.tells(remark.code)
        });
    }
}
