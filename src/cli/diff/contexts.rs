//! Contexts that are at hand: which of them get another decision.

use super::Progress;
use crate::cli::eval::label;
use crate::cli::report::{STRONG, cut, paint, quoted};
use crate::cli::source::Source;
use crate::cli::{CliError, Exit};
use serde_json::{Value, json};
use serin::release::impact::{self, Outcome, Side};
use serin::{Context, FlagId, evaluate};
use std::collections::{BTreeMap, HashMap};

/// Keys that are shown of each move.
const SHOWN: usize = 5;

/// What happens to the contexts of a file.
pub struct People {
    file: String,
    total: usize,
    /// How many get another decision from some flag.
    moved: usize,
    /// By flag, in the order of the new version, and by move: who.
    flags: Vec<(String, Moves)>,
}

type Known = HashMap<(u32, u32), Option<(Outcome, Outcome)>>;
type Moves = BTreeMap<(Outcome, Outcome), Vec<String>>;

fn id(index: usize) -> FlagId {
    FlagId::at(u32::try_from(index).unwrap_or(u32::MAX))
}

/// Who a context is: its targeting key, else its line.
fn who(context: &Value, line: usize) -> String {
    match context.get("targetingKey") {
        Some(Value::String(key)) => key.clone(),
        Some(Value::Number(key)) => key.to_string(),
        _ => format!("line {line}"),
    }
}

/// Asks both versions about every context of a file.
///
/// # Errors
/// The file cannot be read, or a line is no JSON object.
pub fn read(file: &str, old: &Side<'_>, new: &Side<'_>, at: i64) -> Result<People, CliError> {
    let source = Source::read_any(file)?;
    let flags: Vec<(&str, usize, usize)> = impact::reached(old, new);
    let mut moves: Vec<Moves> = flags.iter().map(|_| Moves::new()).collect();
    // Of two decisions, what they say, if that differs.
    let mut known: Vec<Known> = flags.iter().map(|_| Known::new()).collect();
    let (mut total, mut moved) = (0_usize, 0_usize);
    let all = source.bytes.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
    let mut progress = Progress::new("contexts");
    for (number, line) in source.bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = number.saturating_add(1);
        progress.show(number, all);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let context = match serde_json::from_slice::<Value>(line) {
            Ok(value) if value.is_object() => value,
            other => {
                let why = other.err().map_or_else(
                    || "it is JSON, but not an object".to_owned(),
                    |error| format!("it is not JSON at column {}", error.column()),
                );
                let message =
                    format!("{}:{number} is no context: {why}", cut(&source.name, usize::MAX));
                let help =
                    "write one JSON object on each line, such as {\"targetingKey\": \"user-1\"}";
                return Err(CliError::new(Exit::Refused, &message, help));
            }
        };
        total = total.saturating_add(1);
        let mut bound = [old, new].map(|side| Context::bind(side.ruleset(), &context, at));
        let mut moves_here = false;
        for (((_, before, after), moves), known) in flags.iter().zip(&mut moves).zip(&mut known) {
            let [a, b] = &mut bound;
            let from = evaluate(old.ruleset(), id(*before), a);
            let to = evaluate(new.ruleset(), id(*after), b);
            let outcomes = known.entry((from.bits(), to.bits())).or_insert_with(|| {
                let from = Outcome::of(old.ruleset(), id(*before), from);
                let to = Outcome::of(new.ruleset(), id(*after), to);
                (from != to).then_some((from, to))
            });
            if let Some(outcomes) = outcomes {
                moves_here = true;
                let who = who(&context, number);
                match moves.get_mut(outcomes) {
                    Some(keys) => keys.push(who),
                    None => drop(moves.insert(outcomes.clone(), vec![who])),
                }
            }
        }
        moved = moved.saturating_add(moves_here.into());
    }
    progress.show(all, all);
    let flags = flags.iter().map(|(key, ..)| (*key).to_owned()).zip(moves);
    let flags = flags.filter(|(_, moves)| !moves.is_empty()).collect();
    Ok(People { file: source.name, total, moved, flags })
}

/// In words.
pub fn text(people: &People) -> String {
    let People { file, total, moved, flags } = people;
    let head = format!("{moved} of {total} contexts in {} get another decision", cut(file, 200));
    let mut out = format!("\n{}\n", paint(STRONG, &head));
    for (key, moves) in flags {
        for ((from, to), who) in moves {
            let (from, to) = impact::move_words(from, to);
            let few: Vec<String> = who.iter().take(SHOWN).map(|key| label(key)).collect();
            let more = if who.len() > few.len() { ", …" } else { "" };
            out.push_str(&format!(
                "  {}: {} {} -> {}: {}{more}\n",
                label(key),
                who.len(),
                cut(&from, 80),
                cut(&to, 80),
                few.join(", ")
            ));
        }
    }
    out
}

/// For programs, with all the keys.
pub fn json(people: &People) -> Value {
    let flags = people.flags.iter().map(|(key, moves)| {
        let moves = moves.iter().map(|((from, to), who)| {
            json!({ "from": impact::outcome_json(from), "to": impact::outcome_json(to),
                    "count": who.len(), "keys": who })
        });
        json!({ "flag": key, "moves": moves.collect::<Value>() })
    });
    json!({ "file": people.file, "total": people.total, "moved": people.moved,
            "flags": flags.collect::<Value>() })
}

/// For a comment.
pub fn markdown(people: &People) -> String {
    let People { file, total, moved, flags } = people;
    let mut out =
        format!("**{moved} of {total} contexts in {} get another decision.**\n\n", quoted(file));
    for (key, moves) in flags {
        for ((from, to), who) in moves {
            out.push_str(&format!(
                "- {}: {} from {} to {}\n",
                impact::code(key),
                who.len(),
                impact::code(&impact::move_words(from, to).0),
                impact::code(&impact::move_words(from, to).1),
            ));
        }
    }
    out
}
