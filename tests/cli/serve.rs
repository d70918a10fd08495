//! `serin serve`, natively and, with SERIN_SCRIPT, as Node serves.

use super::{command, golden, serin, transcript};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// A tool that serves, until it is dropped.
struct Host {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    greeting: String,
    at: String,
}

impl Host {
    fn start(arguments: &[&str]) -> Self {
        let mut command = command(&[&["serve"], arguments].concat());
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        // It ends with an empty line, after the one about changes.
        while !greeting.ends_with("/.serin/events\n\n") {
            assert_ne!(out.read_line(&mut greeting).unwrap(), 0, "it ended: {greeting}");
        }
        let at = greeting.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Self { child, out, greeting, at }
    }

    fn send(&self, head: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.at).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    /// Asks, with these headers; the answer's status, head and body.
    fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> (u16, String, String) {
        let mut head = format!("{method} {target} HTTP/1.1\r\nconnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            head.push_str(&format!("host: {}\r\n", self.at));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut bytes = Vec::new();
        self.send(&head).read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) =
            text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{target}: {text}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_ascii_lowercase(), body.to_owned())
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.trim())
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A flag of two variants, as a source.
fn flag(rest: &str) -> String {
    format!("{{ \"variants\": {{ \"on\": \"new\", \"off\": \"old\" }}, \"off\": \"off\"{rest} }}\n")
}

/// What is served, and what must not be.
fn folders() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let place = home.path().join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    };
    write("outside.txt", "outside-secret\n");
    write("outside.json", &flag(", \"serve\": \"outside-secret\""));
    write("site/notes.txt", "notes\n");
    write("site/plain.json", "{ \"format\": 1, \"flags\": {} }\n");
    write("site/no-ruleset.json", "{ \"flags\": {} }\n");
    write("site/a b.TXT", "a b\n");
    write("site/caf\u{e9}.md", "#\n");
    write("site/m.wasm", "");
    write("site/unknown.bin", "");
    write("site/<b>.txt", "");
    write("site/.secret", "secret\n");
    write("site/.git/config", "secret\n");
    write("site/web/index.html", "<p>web</p>\n");
    write("site/shop/flags/a.json", &flag(", \"serve\": \"on\""));
    write("site/shop/env/production/a.json", "{ \"serve\": \"on\" }\n");
    write("site/shop/env/staging/a.json", "{ \"enabled\": false }\n");
    write("site/bare/flags/a.json", &flag(", \"serve\": \"on\""));
    write("site/broken/flags/a.json", &flag(", \"serve\": \"onn\""));
    write("site/leak/flags/b.json", &flag(", \"serve\": \"on\""));
    write("playground/index.html", "<p>playground</p>\n");
    write("playground/app/main.js", "");
    let link = |to: &str, from: &str| {
        #[cfg(unix)]
        std::os::unix::fs::symlink(to, home.path().join(from)).unwrap();
    };
    link("notes.txt", "site/within");
    link(".secret", "site/hidden");
    link("../outside.txt", "site/out.txt");
    link("..", "site/away");
    link("../../../outside.json", "site/leak/flags/a.json");
    home
}

fn path(home: &tempfile::TempDir, name: &str) -> String {
    home.path().join(name).to_str().unwrap().to_owned()
}

fn served(home: &tempfile::TempDir) -> Host {
    let (site, playground) = (path(home, "site"), path(home, "playground"));
    Host::start(&[&site, "--port", "0", "--playground", &playground])
}

#[test]
fn every_request_of_the_table_is_answered_as_it_says() {
    let home = folders();
    let host = served(&home);
    let table = fs::read_to_string("tests/cli/serve.json").unwrap();
    let table: Vec<Value> = serde_json::from_str(&table).unwrap();
    assert!(table.len() > 50);
    let mut wrong = Vec::new();
    for case in &table {
        let target = case["target"].as_str().unwrap();
        let empty = serde_json::Map::new();
        let sent = case["send"].as_object().unwrap_or(&empty);
        let sent: Vec<(&str, &str)> =
            sent.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
        let (status, head, body) =
            host.ask(case["method"].as_str().unwrap_or("GET"), target, &sent);
        let mut differ = |what: String| wrong.push(format!("{}: {target}: {what}", case["it"]));
        if case["status"] != status {
            differ(format!("{status}: {body}"));
        }
        for (name, value) in case["headers"].as_object().unwrap_or(&empty) {
            if header(&head, name) != Some(value.as_str().unwrap().to_ascii_lowercase().as_str()) {
                differ(format!("{name}: {:?}", header(&head, name)));
            }
        }
        if case["body"].as_str().is_some_and(|wanted| wanted != body) {
            differ(body.clone());
        }
        for (list, wanted) in [("has", true), ("not", false)] {
            for part in case[list].as_array().into_iter().flatten() {
                if body.contains(part.as_str().unwrap()) != wanted {
                    differ(format!("{list} {part}: {body}"));
                }
            }
        }
        if head.contains("secret") || body.contains("outside-secret") {
            differ("it tells a secret".into());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let home = folders();
    let host = served(&home);
    for target in ["/plain.json", "/", "/shop/ruleset.json?env=staging", "/playground/"] {
        let (status, head, body) = host.ask("GET", target, &[]);
        let tag = header(&head, "etag").unwrap().to_owned();
        assert_eq!((status, body.is_empty()), (200, false), "{target}");
        for known in [tag.clone(), format!("\"a\", {tag}"), "*".into()] {
            let (status, head, body) = host.ask("GET", target, &[("if-none-match", &known)]);
            assert_eq!((status, body.as_str()), (304, ""), "{target} {known}");
            assert_eq!(header(&head, "etag"), Some(tag.as_str()));
            assert_eq!(header(&head, "access-control-allow-origin"), Some("*"));
        }
        assert_eq!(host.ask("GET", target, &[("if-none-match", "\"a\"")]).0, 200);
    }
    let (_, before, _) = host.ask("GET", "/notes.txt", &[]);
    fs::write(home.path().join("site/notes.txt"), "notez\n").unwrap();
    let (_, after, body) = host.ask("GET", "/notes.txt", &[]);
    assert_ne!(header(&before, "etag"), header(&after, "etag"));
    assert_eq!(body, "notez\n");
}

#[test]
fn changes_are_told_with_the_rulesets_that_follow_from_them() {
    let home = folders();
    let host = served(&home);
    let mut stream = BufReader::new(
        host.send(&format!("GET /.serin/events HTTP/1.1\r\nhost: {}\r\n\r\n", host.at)),
    );
    let mut next = || {
        let started = Instant::now();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            if let Some(data) = line.trim_end().strip_prefix("data: ") {
                return serde_json::from_str::<Vec<String>>(data).unwrap();
            }
            assert!(started.elapsed() < PATIENCE);
        }
    };
    // The first look is when somebody begins to wait.
    std::thread::sleep(Duration::from_millis(1500));
    fs::write(home.path().join("site/shop/flags/a.json"), flag("")).unwrap();
    assert_eq!(next(), ["/shop/flags/a.json", "/shop/ruleset.json"]);
    fs::remove_file(home.path().join("site/a b.TXT")).unwrap();
    assert_eq!(next(), ["/a%20b.TXT"]);
    fs::write(home.path().join("site/.secret"), "more\n").unwrap();
    fs::write(home.path().join("site/new.json"), "{}").unwrap();
    assert_eq!(next(), ["/new.json"]);
}

#[test]
fn a_large_file_arrives_whole() {
    let home = folders();
    let bytes = vec![b'x'; (16 << 20) + 70_000];
    fs::write(home.path().join("site/large.bin"), &bytes).unwrap();
    let host = served(&home);
    let (status, head, body) = host.ask("GET", "/large.bin", &[]);
    assert_eq!(status, 200);
    assert_eq!(body.bytes().filter(|byte| *byte == b'x').count(), bytes.len());
    let tag = header(&head, "etag").unwrap().to_owned();
    assert_eq!(host.ask("GET", "/large.bin", &[("if-none-match", &tag)]).0, 304);
}

#[test]
fn what_it_says_at_the_start_and_where_it_cannot_start() {
    let playground = tempfile::tempdir().unwrap();
    fs::write(playground.path().join("index.html"), "").unwrap();
    let playground = playground.path().to_str().unwrap();
    let host = Host::start(&["examples/shop", "--port", "0", "--playground", playground]);
    let port = host.at.rsplit(':').next().unwrap();
    golden("serve.txt", &host.greeting.replace(port, "PORT"));

    let open = ["--open", "/ruleset.json", "--playground", playground];
    let other = Host::start(&[&["examples/shop", "--port", "0"], &open[..]].concat());
    assert!(other.greeting.contains("/playground/#from=%2Fruleset.json\n"), "{}", other.greeting);

    let run = serin(&["serve", "examples/shop", "--port", port]);
    let mut told = transcript(&run).replace(port, "PORT");
    for arguments in [
        &["serve", "examples/none"][..],
        &["serve", "examples/shop/ruleset.json"],
        &["serve", "examples/shop", "--playground", "examples"],
        &["serve", "examples/shop", "--host", "192.0.2.1", "--port", "0"],
    ] {
        let run = serin(arguments);
        assert_eq!(run.code, 3, "{}", run.err);
        told.push_str(&transcript(&run));
    }
    golden("serve-refused.txt", &told);
}

#[test]
fn a_signal_ends_it_at_once() {
    if !cfg!(unix) {
        return;
    }
    let mut host = Host::start(&["examples/shop", "--port", "0"]);
    // While somebody waits for changes, too.
    let _waiting = host.send(&format!("GET /.serin/events HTTP/1.1\r\nhost: {}\r\n\r\n", host.at));
    let pid = host.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let started = Instant::now();
    while host.child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(20), "it goes on");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut rest = String::new();
    host.out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(Path::new("examples/shop").exists());
}
