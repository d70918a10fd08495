//! Who waits for changes, and the files as they were last seen.
//!
//! Times and sizes are looked at a few times a second while somebody waits:
//! that works on every disk and in every container.

use super::answer::Site;
use super::{path, rulesets};
use hyper::body::Bytes;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;

/// How often files are looked at.
const OFTEN: Duration = Duration::from_millis(250);
/// Looks after which those who wait are told that the host is there.
const BEAT: u32 = 60;
/// Files that are looked at, and folders in folders.
const MOST: usize = 20_000;
const DEPTH: usize = 16;
/// Events that may wait for somebody to read them.
const WAITING: usize = 64;

type Seen = BTreeMap<String, (Option<SystemTime>, u64)>;

/// Tells changes to those who wait.
#[derive(Clone)]
pub struct Watch {
    root: Arc<PathBuf>,
    waiting: Arc<Mutex<Vec<mpsc::Sender<Bytes>>>>,
}

impl Watch {
    /// Watches what is served; nothing is done until somebody waits.
    pub fn new(site: &Site) -> Self {
        Self { root: Arc::new(site.root.clone()), waiting: Arc::default() }
    }

    /// The events from now on.
    pub fn subscribe(&self) -> mpsc::Receiver<Bytes> {
        let (sender, events) = mpsc::channel(WAITING);
        // There is room in a new channel.
        let _ = sender.try_send(Bytes::from_static(b"retry: 1000\n\n"));
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push(sender);
        if waiting.len() == 1 {
            tokio::spawn(self.clone().look());
        }
        events
    }

    /// Tells everybody; those who read no more are forgotten.
    fn tell(&self, event: &Bytes) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| one.try_send(event.clone()).is_ok());
        !waiting.is_empty()
    }

    async fn look(self) {
        let mut before = self.seen().await;
        let mut beat = BEAT;
        loop {
            tokio::time::sleep(OFTEN).await;
            beat = beat.saturating_sub(1);
            let now = self.seen().await;
            let changed = changed(&before, &now);
            before = now;
            let event = match (changed.is_empty(), beat) {
                (true, 0) => ":\n\n".into(),
                // To nobody new: who is gone is noticed all the same.
                (true, _) if self.waits() => continue,
                (true, _) => return,
                (false, _) => format!(
                    "event: change\ndata: {}\n\n",
                    serde_json::to_string(&changed).unwrap_or_default()
                ),
            };
            beat = BEAT;
            if !self.tell(&event.into()) {
                return;
            }
        }
    }

    fn waits(&self) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|one| !one.is_closed());
        !waiting.is_empty()
    }

    async fn seen(&self) -> Seen {
        let root = Arc::clone(&self.root);
        let look = tokio::task::spawn_blocking(move || {
            let mut seen = Seen::new();
            files(&root, &root, &[], DEPTH, &mut seen);
            seen
        });
        look.await.unwrap_or_default()
    }
}

fn files(root: &Path, place: &Path, names: &[String], depth: usize, seen: &mut Seen) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || name == "node_modules" || seen.len() >= MOST {
            continue;
        }
        let Ok(about) = fs::metadata(entry.path()) else { continue };
        let names = [names, &[name]].concat();
        let kind = entry.file_type();
        // A link to a folder may lead round in a circle.
        let folder = kind.as_ref().is_ok_and(fs::FileType::is_dir);
        let link = kind.is_ok_and(|kind| kind.is_symlink());
        match depth.checked_sub(1) {
            Some(depth) if folder => files(root, &entry.path(), &names, depth, seen),
            _ if about.is_file() && (!link || path::inside(root, &names).is_some()) => {
                seen.insert(path::encoded(&names), (about.modified().ok(), about.len()));
            }
            _ => {}
        }
    }
}

/// The paths that are answered differently now: files, and the rulesets that
/// are made of them.
fn changed(before: &Seen, now: &Seen) -> Vec<String> {
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    let files: Vec<&String> = now
        .iter()
        .filter(|(path, seen)| before.get(*path) != Some(seen))
        .map(|(path, _)| path)
        .chain(gone)
        .collect();
    let mut paths: Vec<String> = files.iter().map(|path| (*path).clone()).collect();
    paths.extend(files.iter().filter_map(|path| made_of(path)));
    paths.sort();
    paths.dedup();
    paths
}

/// The ruleset that a file is a source of.
fn made_of(path: &str) -> Option<String> {
    let part =
        ["/flags/", "/segments/", "/env/"].iter().filter_map(|part| path.find(part)).min()?;
    Some(format!("{}/{}", path.get(..part)?, rulesets::NAME))
}
