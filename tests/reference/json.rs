//! JSON as a tree that keeps what a JSON library would tidy: order, duplicates, spellings.

use super::generate::Rng;

#[derive(Clone, Debug)]
pub enum Json {
    /// A literal, a number, or any text, faulty or not.
    Raw(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub fn raw(text: impl ToString) -> Self {
        Self::Raw(text.to_string())
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// The members of an object.
    pub fn members(&mut self) -> &mut Vec<(String, Self)> {
        if let Self::Object(members) = self { members } else { panic!("{self:?} is no object") }
    }

    /// The member of an object; none if it is no object.
    pub fn member(&mut self, name: &str) -> Option<&mut Self> {
        let Self::Object(members) = self else { return None };
        members.iter_mut().find(|member| member.0 == name).map(|member| &mut member.1)
    }

    /// Adds a member to an object, or replaces it.
    pub fn set(&mut self, name: &str, value: Self) {
        match self.member(name) {
            Some(member) => *member = value,
            None => self.members().push((name.to_owned(), value)),
        }
    }

    pub fn plain(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, &mut None);
        out
    }

    /// The text with random white space and escapes.
    pub fn noisy(&self, rng: &mut Rng) -> String {
        let mut out = String::new();
        self.write(&mut out, &mut Some(rng));
        out
    }

    fn write(&self, out: &mut String, noise: &mut Option<&mut Rng>) {
        space(out, noise);
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::Text(text) => quote(text, out, noise),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    item.write(out, noise);
                }
                space(out, noise);
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    space(out, noise);
                    quote(name, out, noise);
                    space(out, noise);
                    out.push(':');
                    value.write(out, noise);
                }
                space(out, noise);
                out.push('}');
            }
        }
        space(out, noise);
    }

    /// Removes, one by one, list items and members that `still` does not need.
    pub fn shrink(&mut self, still: &dyn Fn(&Self) -> bool) {
        while self.shrink_once(&mut Vec::new(), still) {}
    }

    /// Walks the tree by `path`, so that each trial can be made on the whole.
    fn shrink_once(&mut self, path: &mut Vec<usize>, still: &dyn Fn(&Self) -> bool) -> bool {
        let mut shrunk = false;
        let mut index = 0;
        while index < self.follow(path).len() {
            let mut trial = self.clone();
            trial.follow(path).remove(index);
            if still(&trial) {
                *self = trial;
                shrunk = true;
                continue;
            }
            path.push(index);
            shrunk |= self.shrink_once(path, still);
            path.pop();
            index += 1;
        }
        shrunk
    }

    fn follow(&mut self, path: &[usize]) -> Children<'_> {
        let mut node = self;
        for &index in path {
            node = match node {
                Self::List(items) => &mut items[index],
                Self::Object(members) => &mut members[index].1,
                _ => unreachable!(),
            };
        }
        Children(node)
    }
}

struct Children<'a>(&'a mut Json);

impl Children<'_> {
    fn len(&self) -> usize {
        match &*self.0 {
            Json::List(items) => items.len(),
            Json::Object(members) => members.len(),
            _ => 0,
        }
    }

    fn remove(&mut self, index: usize) {
        match self.0 {
            Json::List(items) => drop(items.remove(index)),
            Json::Object(members) => drop(members.remove(index)),
            _ => unreachable!(),
        }
    }
}

fn space(out: &mut String, noise: &mut Option<&mut Rng>) {
    if let Some(rng) = noise
        && rng.chance(8)
    {
        out.push_str(rng.pick::<&str>(&[" ", "\n", "\t", "\r\n", "   "]));
    }
}

fn quote(text: &str, out: &mut String, noise: &mut Option<&mut Rng>) {
    let escape_all = noise.as_mut().is_some_and(|rng| rng.chance(8));
    out.push('"');
    for character in text.chars() {
        let must = character < ' ' || character == '"' || character == '\\';
        if must || escape_all && noise.as_mut().is_some_and(|rng| rng.chance(50)) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    out.push('"');
}
