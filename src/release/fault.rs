//! Remarks of the tools, beside the diagnostics that loading knows.

use crate::diagnostic::Span;
use alloc::string::String;

/// Where a remark stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum At {
    /// In the text of the document.
    Document(Span),
    /// In a file of a source folder, by its number.
    File(usize, Span),
}

/// Whose fault it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Owner {
    /// The file or folder itself.
    Files,
    /// The flag of this key.
    Flag(String),
    /// The segment of this name.
    Segment(String),
}

impl Owner {
    /// The flag's key, and the segment's name: one of them at most.
    pub fn names(&self) -> (Option<&str>, Option<&str>) {
        match self {
            Self::Files => (None, None),
            Self::Flag(key) => (Some(key), None),
            Self::Segment(name) => (None, Some(name)),
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $error:literal;)*) => {
        /// What a remark is about. The names are stable; the page of the
        /// format lists them.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// The stable name, in kebab case.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
            /// Whether it refuses; else it is a warning.
            pub const fn error(self) -> bool {
                match self { $(Self::$variant => $error,)* }
            }
        }
    };
}

codes! {
    /// A file whose name is no key.
    FileName "file-name" true;
    /// Something among the sources that is no source.
    StrayFile "stray-file" true;
    /// Two files of one key, or that are one file where case is folded.
    SameFile "same-file" true;
    /// A file of an environment for a flag that is not there.
    NoFlag "no-flag" true;
    /// A member that an environment may not replace.
    Override "override" true;
    /// A revision among the sources.
    Revision "revision" true;
    /// A client flag that depends on a flag that is none.
    ServerFlag "server-flag" true;
    /// Somebody's address in what everybody can read.
    PersonalData "personal-data" true;
    /// What looks like a key to something.
    Secret "secret" true;
    /// People listed by their keys.
    ListedKeys "listed-keys" false;
    /// Addresses inside a network.
    InternalAddress "internal-address" false;
}

/// A remark of the tools.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What it is about.
    pub code: Code,
    /// What is wrong, in one sentence.
    pub message: String,
    /// How to mend it.
    pub help: String,
    /// Where it stands.
    pub at: At,
    /// Whose fault it is.
    pub owner: Owner,
}
