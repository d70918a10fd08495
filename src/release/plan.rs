//! Everyday edits of a source folder: which of its files change, and how.
//!
//! An edit is made on the document that an environment's files make, so that
//! it is refused for the same reasons as in one file, and then carried back to
//! the files. What an environment inherits from `flags` is not changed there,
//! where all share it: the environment's own file gets the changed member.

use super::assemble::Assembly;
use super::edit::{Edited, Edits, Place, Refusal, Share};
use super::folder::{File, Folder};
use super::key;
use super::text::{Edit, add_member, apply, insert_member, member, quoted, with_root};
use crate::diagnostic::Span;
use crate::json::{Kind, Node};
use std::borrow::ToOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::format;
use std::ops::Range;
use std::string::String;
use std::vec::Vec;

/// What happens to one file. Paths are from the folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// It has this text afterwards; it may be new.
    Write {
        /// The file.
        path: String,
        /// All of it.
        text: String,
    },
    /// It lies elsewhere afterwards.
    Move {
        /// Where it lay.
        from: String,
        /// Where it lies.
        to: String,
    },
    /// It is gone.
    Remove {
        /// The file.
        path: String,
    },
}

/// For whom a flag is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target<'t> {
    /// One environment: its own file is written, and no other.
    Environment(&'t str),
    /// All of them: `flags`, and each environment that replaces the member.
    Everywhere,
}

/// A change of one member of a flag.
#[derive(Clone, Copy, Debug)]
pub enum Change<'c> {
    /// Sets `enabled`.
    Enabled(bool),
    /// Sets a variant's share.
    Share(&'c Share),
}

impl Change<'_> {
    /// The member of a flag that is changed.
    pub const fn member(&self) -> &'static str {
        match self {
            Self::Enabled(_) => "enabled",
            Self::Share(Share { place: Place::Default, .. }) => "serve",
            Self::Share(Share { place: Place::Rule(_), .. }) => "rules",
        }
    }

    fn edits(&self, edited: &Edited<'_>, flag: &str) -> Edits {
        match self {
            Self::Enabled(enabled) => edited.enable(flag, *enabled),
            Self::Share(share) => edited.share(flag, share),
        }
    }
}

/// Why an edit was refused, and of which environment's document its places
/// are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The environment; none: `flags` and `segments` alone.
    pub environment: Option<String>,
}

impl Refused {
    fn new(refusal: Refusal, environment: Option<&str>) -> Self {
        Self { refusal, environment: environment.map(ToOwned::to_owned) }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal, None)
    }
}

/// What is to be done, in this order.
pub type Steps = Result<Vec<Step>, Refused>;

/// A source folder that is edited.
#[derive(Clone, Copy)]
pub struct Sources<'s> {
    /// Its files.
    pub files: &'s [File],
    /// What they are.
    pub folder: &'s Folder,
}

impl<'s> Sources<'s> {
    /// Changes a member of a flag. No step: it is so already.
    ///
    /// # Errors
    /// The edit is refused for one of those it is for.
    pub fn change(self, flag: &str, target: Target<'_>, change: Change<'_>) -> Steps {
        let mut steps = Vec::new();
        match target {
            Target::Environment(name) => {
                steps.extend(self.change_one(flag, Some(name), change)?);
            }
            Target::Everywhere => {
                steps.extend(self.change_one(flag, None, change)?);
                for (name, files) in &self.folder.environments {
                    let own = files.get(flag).and_then(|number| self.text(*number));
                    if own.is_some_and(|text| has(text, change.member())) {
                        steps.extend(self.change_one(flag, Some(name), change)?);
                    }
                }
            }
        }
        Ok(steps)
    }

    /// Changes a member in the file of an environment, or in that of `flags`.
    fn change_one(
        self,
        flag: &str,
        environment: Option<&str>,
        change: Change<'_>,
    ) -> Result<Option<Step>, Refused> {
        let refused = |refusal| Refused::new(refusal, environment);
        let assembly = Assembly::new(self.files, self.folder, environment);
        let document = std::str::from_utf8(&assembly.text).unwrap_or_default();
        let edits = Edited::new(document)
            .and_then(|edited| change.edits(&edited, flag))
            .map_err(refused)?;
        if edits.is_empty() {
            return Ok(None);
        }
        let number = match environment {
            Some(name) => self.folder.environments.get(name).and_then(|files| files.get(flag)),
            None => self.folder.flags.get(flag),
        };
        let file = key::file(flag).unwrap_or_default();
        let (path, own) = match number.and_then(|number| self.files.get(*number)) {
            Some(file) => (file.path.clone(), Some(std::str::from_utf8(&file.bytes))),
            None => (format!("env/{}/{file}", environment.unwrap_or_default()), None),
        };
        let (name, changed) = (change.member(), apply(document, &edits));
        let value = value(&changed, flag, name).unwrap_or_default();
        let unread = || {
            let message = format!("{} is no JSON object", quoted(&path));
            refused(Refusal::new(message, "mend the file first: `serin check` says what is wrong"))
        };
        let text = match own {
            None => {
                let (open, close) =
                    if value.contains('\n') { ("{\n  ", "\n}\n") } else { ("{ ", " }\n") };
                format!("{open}\"{name}\": {value}{close}")
            }
            Some(text) => {
                let text = text.map_err(|_| unread())?;
                let edits = if has(text, name) {
                    let moved = edits.iter().map(|edit| carried(edit, &assembly, number.copied()));
                    moved.collect::<Option<Vec<Edit>>>()
                } else {
                    let member = format!("\"{name}\": {value}");
                    with_root(text, |root| added(text, root, &member))
                        .flatten()
                        .map(|edit| [edit].into())
                };
                apply(text, &edits.ok_or_else(unread)?)
            }
        };
        Ok(Some(Step::Write { path, text }))
    }

    /// Gives a flag another key: its files another name, and conditions that
    /// name it the new key.
    ///
    /// # Errors
    /// There is no such flag, the new key is taken, or no file can have it.
    pub fn rename(self, flag: &str, new: &str) -> Steps {
        self.known(flag)?;
        if flag == new {
            return Ok(Vec::new());
        }
        let environments = self.folder.environments.values();
        if self.folder.flags.contains_key(new)
            || environments.clone().any(|files| files.contains_key(new))
        {
            let message = format!("there is a flag {} already", quoted(new));
            return Err(Refusal::new(message, "choose a key that no flag has").into());
        }
        let Some(name) = key::file(new) else {
            let message = format!("{} cannot be the name of a file", quoted(new));
            return Err(Refusal::new(message, "choose a key of at least one character").into());
        };
        let mut edits: BTreeMap<usize, BTreeSet<(u32, u32)>> = BTreeMap::new();
        self.each(|assembly, edited, _| {
            for span in edited.references(flag) {
                if let Some((file, Span { start, end })) = assembly.place(span) {
                    edits.entry(file).or_default().insert((start, end));
                }
            }
            Ok(())
        })?;
        let mut steps = Vec::new();
        for (number, spans) in edits {
            let (Some(file), Some(text)) = (self.files.get(number), self.text(number)) else {
                continue;
            };
            let edits: Vec<Edit> = spans
                .into_iter()
                .map(|(start, end)| Edit::new(start as usize..end as usize, quoted(new)))
                .collect();
            steps.push(Step::Write { path: file.path.clone(), text: apply(text, &edits) });
        }
        for path in self.own(flag) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            steps.push(Step::Move { from: path.to_owned(), to: format!("{folder}/{name}") });
        }
        Ok(steps)
    }

    /// Takes a flag's files away.
    ///
    /// # Errors
    /// There is no such flag, or others refer to it in some environment.
    pub fn remove(self, flag: &str) -> Steps {
        self.known(flag)?;
        self.each(|_, edited, environment| {
            let spans = edited.references(flag);
            if spans.is_empty() {
                return Ok(());
            }
            let message = format!("the flag {} is still referred to", quoted(flag));
            let help =
                "take the conditions out that name it, or put what they stand for in their place";
            Err(Refused::new(Refusal { spans, ..Refusal::new(message, help) }, environment))
        })?;
        Ok(self.own(flag).map(|path| Step::Remove { path: path.to_owned() }).collect())
    }

    /// Looks at `flags` and `segments` alone, and at every environment.
    fn each(
        self,
        mut look: impl FnMut(&Assembly, &Edited<'_>, Option<&str>) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let names = self.folder.environments.keys().map(|name| Some(name.as_str()));
        for environment in std::iter::once(None).chain(names) {
            let assembly = Assembly::new(self.files, self.folder, environment);
            let document = std::str::from_utf8(&assembly.text).unwrap_or_default();
            let edited =
                Edited::new(document).map_err(|refusal| Refused::new(refusal, environment))?;
            look(&assembly, &edited, environment)?;
        }
        Ok(())
    }

    /// The files that a flag has, that of `flags` first.
    fn own(self, flag: &str) -> impl Iterator<Item = &'s str> {
        let environments = self.folder.environments.values();
        let numbers = std::iter::once(&self.folder.flags).chain(environments);
        let flag = flag.to_owned();
        let numbers = numbers.filter_map(move |files| files.get(&flag));
        numbers.filter_map(move |number| Some(self.files.get(*number)?.path.as_str()))
    }

    fn known(self, flag: &str) -> Result<(), Refused> {
        if self.folder.flags.contains_key(flag) {
            return Ok(());
        }
        let help = "`serin eval` lists the flags of a ruleset";
        Err(Refusal::new(format!("there is no flag {}", quoted(flag)), help).into())
    }

    fn text(self, number: usize) -> Option<&'s str> {
        std::str::from_utf8(&self.files.get(number)?.bytes).ok()
    }
}

/// Whether a file has a member.
fn has(text: &str, name: &str) -> bool {
    with_root(text, |root| member(root, name).is_some()).unwrap_or(false)
}

/// An edit of the document as one of the file that it falls in.
fn carried(edit: &Edit, assembly: &Assembly, file: Option<usize>) -> Option<Edit> {
    let Range { start, end } = edit.at;
    let span = Span { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()? };
    let (place, span) = assembly.place(span)?;
    (Some(place) == file)
        .then(|| Edit::new(span.start as usize..span.end as usize, edit.text.as_str()))
}

/// A member more in a file: behind the variants if it has some, as in one
/// ruleset's file; else at the end.
fn added(text: &str, root: Node<'_, '_>, written: &str) -> Option<Edit> {
    if root.kind() != Kind::Object {
        return None;
    }
    match member(root, "variants") {
        Some((_, variants)) => Some(insert_member(text, root, variants, written)),
        None => Some(add_member(text, root, written)),
    }
}

/// The text of a flag's member in a document.
fn value(document: &str, flag: &str, name: &str) -> Option<String> {
    with_root(document, |root| {
        let (_, flags) = member(root, "flags")?;
        let (_, flag) = member(flags, flag)?;
        let (_, value) = member(flag, name)?;
        Some(value.raw().to_owned())
    })
    .flatten()
}
