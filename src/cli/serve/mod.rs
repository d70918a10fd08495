//! `serin serve`: a local static host for development.
//!
//! What is answered to a path is computed here, for both hosts. Natively
//! `http` speaks to the network; under Node `pkg/bin/serve.js` does, hands out
//! files itself, and asks for the rest with `--answer`.

mod answer;
#[cfg(not(target_os = "wasi"))]
mod http;
mod page;
mod path;
#[cfg(not(target_os = "wasi"))]
mod reply;
mod rulesets;
#[cfg(not(target_os = "wasi"))]
mod watch;

use super::report::{FAINT, STRONG, paint, quoted};
use super::{CliError, Exit, Format, Outcome, host, note};
use answer::{Answer, EVENTS, Made, PLAYGROUND, Site};
use std::path::Path;

/// Serves a folder on this machine, for development, with the playground
///
/// Files of DIR and pages that list them, at http://127.0.0.1:4180/ or the
/// next free port; never a dotfile, nor what lies outside of DIR. A source
/// folder's ruleset is made when it is asked for, as ruleset.json?env=NAME in
/// that folder; where `check` finds errors the answer has status 422 and is
/// { text, remarks }, remarks as `check --format json` has them.
///
/// Every answer allows all origins to read it, and is asked for again
/// (`no-cache`, with an ETag). /.serin/events is an event stream: `change`
/// events name the paths that have changed, as a JSON array. The playground
/// is at /playground/ and tells what it finds wrong. Ctrl-C ends it.
#[derive(clap::Args)]
#[command(verbatim_doc_comment, after_help = super::EXIT_CODES)]
pub struct Arguments {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: String,
    /// The port to listen at; 0 for any that is free [default: the first free
    /// one from 4180]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// The address or name to listen at; any but this machine's own lets
    /// others read the folder
    #[arg(long, value_name = "HOST", default_value = "127.0.0.1")]
    host: String,
    /// The playground's files [default: those that come with serin]
    #[arg(long, value_name = "FOLDER")]
    playground: Option<String>,
    /// The path of the ruleset that the playground opens with [default: the
    /// first that is found]
    #[arg(long, value_name = "PATH")]
    open: Option<String>,
    /// Print what would be answered to a path
    #[arg(long, value_name = "PATH", hide = true)]
    answer: Option<String>,
}

/// The ports that are tried if none is named.
const PORTS: (u16, u16) = (4180, 4199);
/// Rulesets that are named at the start.
const NAMED: usize = 6;

/// Serves a folder until the process is ended.
///
/// # Errors
/// The folder is not there, or nobody can listen at the address.
pub fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let site = site(arguments)?;
    if let Some(target) = &arguments.answer {
        let made = match answer::answer(&site, target) {
            Answer::Made(made) => made,
            Answer::File(place, kind) => {
                Made::plain(500, &format!("the host sends {} ({kind})", place.display()))
            }
            Answer::Events => Made::plain(500, "the host tells changes"),
        };
        let out = super::json(&made);
        return Ok(Outcome { out, format: Format::Json, notes: String::new(), exit: Exit::Fine });
    }
    let ports = arguments.port.map_or(PORTS, |port| (port, port));
    let greeting = greeting(&site, arguments.open.as_deref());
    let notes = notes(&site, &arguments.host);
    Err(unbound(listen(site, &arguments.host, ports, &greeting, &notes), arguments))
}

fn site(arguments: &Arguments) -> Result<Site, CliError> {
    let Arguments { folder, playground, .. } = arguments;
    let refused = |message: String, help: &str| CliError::new(Exit::Refused, &message, help);
    if !Path::new(folder).is_dir() {
        let why =
            if Path::new(folder).exists() { "it is no folder" } else { "there is no such folder" };
        let message = format!("cannot serve {}: {why}", quoted(folder));
        return Err(refused(message, "name a folder with rulesets in it"));
    }
    let root = host::canonical(Path::new(folder))
        .map_err(|error| refused(format!("cannot serve {}: {error}", quoted(folder)), ""))?;
    let playground = match playground {
        None => host::playground(),
        Some(place) => {
            if !Path::new(place).join("index.html").is_file() {
                let message =
                    format!("{} has no playground: there is no index.html in it", quoted(place));
                return Err(refused(
                    message,
                    "name the folder that `npm run build` makes: www/dist",
                ));
            }
            host::canonical(Path::new(place)).ok()
        }
    };
    Ok(Site { shown: folder.clone(), root, playground })
}

/// What is said at the start, with `{origin}` where the host's address goes.
fn greeting(site: &Site, open: Option<&str>) -> String {
    let rulesets = rulesets::found(&site.root, &[]);
    let mut rows = Vec::new();
    if site.playground.is_some() {
        let first = open.or(rulesets.first().map(String::as_str));
        rows.push(("playground", first.map_or(PLAYGROUND.into(), page::opened)));
    }
    for (at, ruleset) in rulesets.iter().take(NAMED).enumerate() {
        rows.push((if at == 0 { "rulesets" } else { "" }, ruleset.clone()));
    }
    rows.push(("files", "/".into()));
    rows.push(("changes", EVENTS.into()));
    let mut out = format!("serving {}; Ctrl-C ends it\n\n", quoted(&site.shown));
    for (name, path) in rows {
        let name = paint(STRONG, &format!("{name:<10}"));
        out.push_str(&format!("  {name}  {{origin}}{path}\n"));
        if rulesets.len() > NAMED && rulesets.get(NAMED.saturating_sub(1)) == Some(&path) {
            let more = rulesets.len().saturating_sub(NAMED);
            out.push_str(&paint(FAINT, &format!("              and {more} more\n")));
        }
    }
    out.push('\n');
    out
}

/// What is said beside it.
fn notes(site: &Site, host: &str) -> String {
    let mut notes = String::new();
    if site.playground.is_none() {
        let help = "`npm run build` in a checkout of serin makes it, as www/dist; --playground names its folder";
        note(&mut notes, false, "the playground is not here", help);
    }
    let own = matches!(host, "localhost" | "::1") || host.starts_with("127.");
    if !own {
        let message = format!("whoever reaches {} can read {}", quoted(host), quoted(&site.shown));
        note(&mut notes, false, &message, "leave out --host to serve this machine alone");
    }
    notes
}

/// Why nobody listens at an address.
pub enum Unbound {
    /// Another program listens there.
    InUse,
    /// This user may not.
    Denied,
    /// The name or address is not this machine's.
    NotHere,
    /// Anything else, in the system's words.
    Other(String),
}

fn unbound(why: Unbound, arguments: &Arguments) -> CliError {
    let at = match arguments.port {
        Some(port) => format!("{} at port {port}", quoted(&arguments.host)),
        None => format!("{} at any port from {} to {}", quoted(&arguments.host), PORTS.0, PORTS.1),
    };
    let (why, help) = match why {
        Unbound::InUse => ("another program does".into(), "--port 0 takes one that is free"),
        Unbound::Denied => ("permission denied".into(), "take a port from 1024 on"),
        Unbound::NotHere => ("it is not this machine's".into(), "leave out --host"),
        Unbound::Other(words) => (words, ""),
    };
    CliError::new(Exit::Refused, &format!("cannot listen to {at}: {why}"), help)
}

/// Listens for ever, natively.
#[cfg(not(target_os = "wasi"))]
fn listen(site: Site, host: &str, ports: (u16, u16), greeting: &str, notes: &str) -> Unbound {
    let listener = match http::bind(host, ports) {
        Ok(listener) => listener,
        Err(why) => return why,
    };
    let origin = listener.local_addr().map(|at| http::origin(host, at)).unwrap_or_default();
    // With the outputs closed there is nobody left to tell.
    let _ = super::write(anstream::stderr().lock(), notes);
    let _ = super::write(anstream::stdout().lock(), &greeting.replace("{origin}", &origin));
    Unbound::Other(http::serve(listener, site, host).to_string())
}

/// Listens for ever, as Node's.
#[cfg(target_os = "wasi")]
fn listen(site: Site, host: &str, ports: (u16, u16), greeting: &str, notes: &str) -> Unbound {
    let strip = |text: &str| anstream::adapter::strip_str(text).to_string();
    let why = host::serve(&serde_json::json!({
        "root": site.root.to_string_lossy(),
        "playground": site.playground.map(|place| place.to_string_lossy().into_owned()),
        "host": host,
        "ports": [ports.0, ports.1],
        "events": EVENTS,
        "greeting": strip(greeting),
        "notes": strip(notes),
    }));
    match why.as_str() {
        "inUse" => Unbound::InUse,
        "denied" => Unbound::Denied,
        "notHere" => Unbound::NotHere,
        _ => Unbound::Other(why),
    }
}
