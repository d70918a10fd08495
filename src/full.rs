//! The tools for JavaScript: what is done to rulesets before they ship, as
//! functions of bytes and words. `pkg/open-tools.js` is the host's half, and says
//! what each of them is for.
//!
//! Nothing of the caller's is walked here: options arrive one by one. What has
//! names of ours goes out as objects, by serde; what has names from a document
//! goes out as JSON text, because an object that is put together name by name
//! makes a prototype of a member called `__proto__`, and `JSON.parse` does not.
#![allow(clippy::missing_errors_doc)]

use crate::diagnostic::Diagnostic;
use crate::release::impact::{self, Circumstances, Impact, Side};
use crate::release::lines::{Lines, utf16};
use crate::release::remark::{self, Remark, Text};
use crate::release::{check, layout};
use serde::Serialize;
use std::string::{String, ToString};
use std::vec::Vec;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A remark as JavaScript sees it. Offsets are in UTF-16; lines and columns
/// count from 1, columns in characters.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'r> {
    severity: &'static str,
    code: &'static str,
    message: &'r str,
    help: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flag: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<&'r str>,
    start: usize,
    end: usize,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// An input that is refused, and why.
#[derive(Serialize)]
struct Refused<'r> {
    /// Which input it is.
    refused: &'static str,
    remarks: Vec<Told<'r>>,
}

fn object(value: &impl Serialize) -> JsValue {
    // INVARIANT: nothing that is serialised here can fail: numbers, texts,
    // lists and members with names of ours.
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_default()
}

fn tell<'r>(bytes: &[u8], remarks: &'r [Remark]) -> Vec<Told<'r>> {
    let lines = Lines::new(bytes);
    let mut offsets: Vec<usize> = Vec::new();
    for remark in remarks {
        offsets.extend([remark.start, remark.end]);
    }
    utf16(bytes, &mut offsets);
    let mut offsets = offsets.into_iter();
    let mut told = Vec::new();
    for remark in remarks {
        let (start, end) = lines.positions(remark.start, remark.end);
        let (flag, segment) = remark.owner.names();
        told.push(Told {
            severity: if remark.error { "error" } else { "warning" },
            code: remark.code,
            message: &remark.message,
            help: &remark.help,
            suggestion: remark.suggestion.as_deref(),
            flag,
            segment,
            start: offsets.next().unwrap_or_default(),
            end: offsets.next().unwrap_or_default(),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
        });
    }
    told
}

/// What is thrown for an input that is refused.
fn refused(which: &'static str, bytes: &[u8], fault: Diagnostic) -> JsValue {
    let remarks = remark::remarks(&Text::plain(bytes), None, &[fault.into()]);
    object(&Refused { refused: which, remarks: tell(bytes, &remarks) })
}

fn side<'a>(which: &'static str, bytes: &'a [u8], killed: &[String]) -> Result<Side<'a>, JsValue> {
    let mut side = Side::read(bytes).map_err(|fault| refused(which, bytes, fault))?;
    side.kill(killed);
    Ok(side)
}

/// An instant in milliseconds.
fn instant(millis: f64) -> i64 {
    millis as i64
}

/// This version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_string()
}

/// All remarks about a ruleset.
#[wasm_bindgen]
pub fn check(ruleset: &[u8], now: f64) -> JsValue {
    let remarks = check::plain(ruleset, instant(now));
    object(&tell(ruleset, &remarks))
}

/// The text in one layout.
#[wasm_bindgen]
pub fn format(ruleset: &[u8]) -> Result<String, JsValue> {
    let text = layout::readable(ruleset).map_err(|fault| refused("ruleset", ruleset, fault))?;
    Ok(layout::lay_out(text, layout::shape(text)))
}

/// Two versions, what they are called, and what is asked of them.
struct Comparison {
    impacts: Vec<(Impact, Option<i64>)>,
    names: (String, String),
    killed: Vec<String>,
}

impl Comparison {
    /// At an instant, or over a span if it has an end.
    fn new(
        old: &[u8],
        new: &[u8],
        names: (String, String),
        from: f64,
        to: Option<f64>,
        killed: Vec<String>,
    ) -> Result<Self, JsValue> {
        let (old, new) = (side("old", old, &killed)?, side("new", new, &killed)?);
        let at = instant(from);
        let circumstances = Circumstances { at, killed: &killed, ..Circumstances::default() };
        let impacts = match to {
            Some(to) => {
                impact::spans(&old, &new, &circumstances, (at, instant(to)), &mut |_, _| ())
            }
            None => Vec::from([(impact::impact(&old, &new, &circumstances, &mut |_, _| ()), None)]),
        };
        Ok(Self { impacts, names, killed })
    }
}

/// What a change does to decisions, as JSON text.
#[wasm_bindgen]
pub fn impact(
    old: &[u8],
    new: &[u8],
    old_name: String,
    new_name: String,
    from: f64,
    to: Option<f64>,
    killed: Vec<String>,
) -> Result<String, JsValue> {
    let Comparison { impacts, names, killed } =
        Comparison::new(old, new, (old_name, new_name), from, to, killed)?;
    Ok(impact::json(&names.0, &names.1, &killed, &impacts).to_string())
}

/// Who gets what from a flag, as JSON text; none if there is no such flag.
#[wasm_bindgen]
pub fn who(
    ruleset: &[u8],
    flag: &str,
    at: f64,
    killed: Vec<String>,
) -> Result<Option<String>, JsValue> {
    let side = side("ruleset", ruleset, &killed)?;
    let at = instant(at);
    let circumstances = Circumstances { at, killed: &killed, ..Circumstances::default() };
    Ok(impact::who(&side, flag, &circumstances).map(|who| impact::who_json(&who).to_string()))
}

/// How a context, which is JSON text, gets something else from a flag, as JSON
/// text; none if there is no such flag.
#[wasm_bindgen]
pub fn flip(
    ruleset: &[u8],
    flag: &str,
    context: &str,
    at: f64,
    killed: Vec<String>,
) -> Result<Option<String>, JsValue> {
    let side = side("ruleset", ruleset, &killed)?;
    let at = instant(at);
    let circumstances = Circumstances { at, killed: &killed, ..Circumstances::default() };
    // The host writes it; what is nested too deep has nothing that a rule can name.
    let context: serde_json::Value = serde_json::from_str(context).unwrap_or_default();
    let flips = impact::flip(&side, flag, &context, &circumstances);
    Ok(flips.map(|flips| impact::flips_json(&flips).to_string()))
}

/// What a change does to decisions, as Markdown.
#[wasm_bindgen]
pub fn markdown(
    old: &[u8],
    new: &[u8],
    old_name: String,
    new_name: String,
    from: f64,
    to: Option<f64>,
    killed: Vec<String>,
) -> Result<String, JsValue> {
    let Comparison { impacts, names, killed } =
        Comparison::new(old, new, (old_name, new_name), from, to, killed)?;
    Ok(impact::markdown(&names.0, &names.1, &killed, &impacts))
}
