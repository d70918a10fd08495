//! Bytes from a file, a source folder, standard input or an address.

use super::folder::Tree;
use super::host::{self, Answer, Failure};
use super::report::quoted;
use super::{CliError, Exit};
use serin::diagnostic::Span;
use serin::limits::DOCUMENT_BYTES;
use serin::release::assemble::Assembly;
use serin::release::remark::Text;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// The ruleset that a verb is about.
#[derive(clap::Args)]
pub struct Input {
    /// A path, a source folder, `-` for standard input, or an http or https
    /// address
    pub ruleset: String,
    /// Which environment of a source folder
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
}

/// An input and what messages call it.
pub struct Source {
    /// A path, an address, or `<stdin>`.
    pub name: String,
    /// At most one byte more than a document may have: enough to refuse it.
    /// Of a source folder, the document that its files make.
    pub bytes: Vec<u8>,
    /// The source folder, if it is one.
    pub folder: Option<Sources>,
}

/// A source folder and how it became a document.
pub struct Sources {
    /// What lies in it.
    pub tree: Rc<Tree>,
    /// The document, and where each part of it stands.
    pub assembly: Assembly,
}

/// How long a host has for its whole answer.
const PATIENCE: Duration = Duration::from_secs(10);

impl Source {
    /// Reads a path, `-` for standard input, or an http or https address.
    ///
    /// # Errors
    /// It cannot be read, or it is evidently nothing to read.
    pub fn read(place: &str) -> Result<Self, CliError> {
        if place == "-" {
            let bytes = host::stdin(bounded(DOCUMENT_BYTES));
            let bytes = bytes.map_err(|error| unreadable("standard input", &error))?;
            return Ok(Self::plain("<stdin>", bytes));
        }
        if is_address(place) {
            return fetch(place);
        }
        Self::open(place, DOCUMENT_BYTES)
    }

    /// Reads a path or `-`, of any size.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read_any(place: &str) -> Result<Self, CliError> {
        if place == "-" {
            let bytes = host::stdin(u64::MAX);
            let bytes = bytes.map_err(|error| unreadable("standard input", &error))?;
            return Ok(Self::plain("<stdin>", bytes));
        }
        Self::open(place, usize::MAX)
    }

    fn open(place: &str, most: usize) -> Result<Self, CliError> {
        match File::open(place).and_then(|file| at_most(file, most)) {
            Ok(bytes) => Ok(Self::plain(place, bytes)),
            Err(error) => Err(unreadable(&quoted(place), &error)),
        }
    }

    /// An input that is one text.
    pub fn plain(name: &str, bytes: Vec<u8>) -> Self {
        Self { name: name.into(), bytes, folder: None }
    }

    /// Reads a ruleset, or makes that of an environment from a source folder.
    ///
    /// # Errors
    /// It cannot be read, or the environment is not named or not there.
    pub fn ruleset(input: &Input) -> Result<Self, CliError> {
        match Tree::at(&input.ruleset)? {
            Some(tree) => {
                let environment = tree.environment(input.env.as_deref())?;
                Ok(Self::assembled(&Rc::new(tree), environment.as_deref()))
            }
            None => Self::without_environment(input),
        }
    }

    /// Reads what is no source folder.
    ///
    /// # Errors
    /// It cannot be read, or an environment is named.
    pub fn without_environment(input: &Input) -> Result<Self, CliError> {
        if input.env.is_some() {
            let message = format!("{} has no environments", quoted(&input.ruleset));
            let help = "--env goes with a source folder; leave it out";
            return Err(CliError::new(Exit::Usage, &message, help));
        }
        Self::read(&input.ruleset)
    }

    /// The document of an environment of a source folder.
    pub fn assembled(tree: &Rc<Tree>, environment: Option<&str>) -> Self {
        let mut assembly = Assembly::new(&tree.files, &tree.folder, environment);
        let bytes = std::mem::take(&mut assembly.text);
        let folder = Some(Sources { tree: Rc::clone(tree), assembly });
        Self { name: tree.name.clone(), bytes, folder }
    }

    /// The document, for remarks about it.
    pub fn text(&self) -> Text<'_> {
        let sources = self.folder.as_ref();
        let sources = sources.map(|folder| (&folder.assembly, folder.tree.files.len()));
        Text { bytes: &self.bytes, sources }
    }

    /// The file that a span of the document stands in, by its number, and the
    /// span there.
    pub fn locate(&self, span: Span) -> (usize, Span) {
        self.text().locate(span)
    }
}

/// What a file to be written has already, if it is there.
///
/// # Errors
/// It cannot be read.
pub fn previous(place: &str) -> Result<Option<String>, CliError> {
    let there = std::fs::metadata(place);
    if there.as_ref().is_ok_and(|there| !there.is_file()) {
        return Ok(None);
    }
    match File::open(place).and_then(limited) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&quoted(place), &error)),
    }
}

/// Whether a place is a folder.
pub fn is_folder(place: &str) -> bool {
    place != "-" && !is_address(place) && Path::new(place).is_dir()
}

/// Whether a place is an http or https address.
pub fn is_address(place: &str) -> bool {
    let scheme = place.split("://").next().filter(|scheme| scheme.len() < place.len());
    scheme.is_some_and(|scheme| {
        scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
    })
}

pub(super) fn limited(from: impl Read) -> io::Result<Vec<u8>> {
    at_most(from, DOCUMENT_BYTES)
}

/// One byte more than that, if there are as many.
fn at_most(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bounded(most)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn bounded(most: usize) -> u64 {
    u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1)
}

pub(super) fn unreadable(what: &str, error: &io::Error) -> CliError {
    let (why, help) = match error.kind() {
        ErrorKind::NotFound => {
            ("there is no such file", "check the path, or the directory you are in")
        }
        ErrorKind::PermissionDenied => {
            ("permission denied", "make the file readable for this user")
        }
        ErrorKind::IsADirectory => ("it is a directory", "name the file in it"),
        _ => return CliError::new(Exit::Refused, &format!("cannot read {what}: {error}"), ""),
    };
    CliError::new(Exit::Refused, &format!("cannot read {what}: {why}"), help)
}

/// The address without what may be secret: user, password and query.
fn public(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else { return address.into() };
    let (host, path) =
        rest.split_at_checked(rest.find('/').unwrap_or(rest.len())).unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

fn fetch(address: &str) -> Result<Source, CliError> {
    let name = public(address);
    let refused = |why: &str, help: &str| {
        CliError::new(Exit::Refused, &format!("cannot read {name}: {why}"), help)
    };
    let Answer { status, bytes } = host::fetch(address, PATIENCE, bounded(DOCUMENT_BYTES))
        .map_err(|failure| {
            let (why, help) = reason(failure);
            refused(&why, help)
        })?;
    if status != 200 {
        let why = format!("the host answered {}", spoken(status));
        return Err(refused(
            &why,
            match status {
                401 | 403 => {
                    "the host wants a login; publish the ruleset openly, or pipe it in: curl ... | serin ... -"
                }
                404 | 410 => "check the address; the file may have moved",
                429 | 500.. => "try again later",
                _ => "check the address with curl -i",
            },
        ));
    }
    if bytes.is_empty() {
        return Err(refused("the answer is empty", "check what the host serves there"));
    }
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err(refused(
            "this is a web page or XML, not JSON",
            "give the address of the file itself; code hosts call it the raw file",
        ));
    }
    Ok(Source::plain(&name, bytes))
}

/// A status with its words.
fn spoken(status: u16) -> String {
    match http::StatusCode::from_u16(status) {
        Ok(status) => status.to_string(),
        Err(_) => status.to_string(),
    }
}

/// What kept an address from being read, and what to do.
fn reason(failure: Failure) -> (String, &'static str) {
    match failure {
        Failure::Timeout => (
            format!("the host did not answer completely within {} seconds", PATIENCE.as_secs()),
            "try again, or fetch it by other means and give the file",
        ),
        Failure::NoHost => (
            "no host of this name was found".into(),
            "check the address, the network and the proxy settings",
        ),
        Failure::Refused => {
            ("the host refused the connection".into(), "check that it serves at this port")
        }
        Failure::Ended => ("the answer ended too early".into(), "try again later"),
        Failure::Connection(why) => (format!("the connection failed: {why}"), "check the network"),
        Failure::Redirects => (
            "the host redirects again and again".into(),
            "give the address at the end of the redirects",
        ),
        Failure::NoAddress => ("this is not an address".into(), "write it as https://host/path"),
        Failure::Insecure => (
            "no secure connection could be made".into(),
            "check the host's certificate: only those that browsers trust everywhere are taken",
        ),
        Failure::Other(why) => (why, "check the address, the network and the proxy settings"),
    }
}
