//! One decision for attributes that are not kept.

use crate::context::Context;
use crate::decision::Decision;
use crate::evaluate::evaluate;
use crate::ruleset::{FlagId, Ruleset};
use crate::value::Attributes;

/// Decides one flag for attributes at an instant, in milliseconds since
/// 1970-01-01T00:00:00Z: what [`Context::bind`] and [`evaluate`] answer, for
/// less, as only the attributes are read that this flag asks for. (Those of a
/// flag that depends on others, or that uses attributes more than 32 times,
/// are read as by [`Context::bind`].)
///
/// Whoever decides several flags for the same attributes binds them once.
///
/// `room` is where it works, such as [`Context::default`], again and again.
/// What was bound in it is lost: evaluation with it answers INVALID_CONTEXT.
///
/// ```
/// use serin::{Attribute, Attributes, Context, Ruleset, evaluate_once};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// struct User {
///     plan: String,
/// }
/// impl Attributes for User {
///     fn attribute(&self, path: &[&str]) -> Attribute<'_> {
///         match path {
///             ["plan"] => Attribute::String(self.plan.as_str().into()),
///             _ => Attribute::Absent,
///         }
///     }
/// }
/// let text = br#"{ "format": 1, "flags": { "banner": {
///     "variants": { "on": true, "off": false }, "serve": "off",
///     "rules": [{ "if": { "attribute": "plan", "op": "eq", "value": "pro" }, "serve": "on" }] } } }"#;
/// let ruleset = Ruleset::load(text).map_err(|fault| fault.code.name())?;
/// let flag = ruleset.flag("banner").ok_or("no such flag")?;
/// let mut room = Context::default();
/// let user = User { plan: "pro".into() };
/// let decision = evaluate_once(&ruleset, flag, &user, 0, &mut room);
/// assert_eq!(decision.variant().and_then(|v| ruleset.variant_name(flag, v)), Some("on"));
/// # Ok(())
/// # }
/// ```
pub fn evaluate_once(
    ruleset: &Ruleset,
    flag: FlagId,
    attributes: &impl Attributes,
    now: i64,
    room: &mut Context,
) -> Decision {
    room.bind_for(ruleset, flag, attributes, now);
    let decision = evaluate(ruleset, flag, room);
    room.unbind();
    decision
}
