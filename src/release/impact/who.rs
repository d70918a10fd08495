//! Who gets what from one version of a flag.
//!
//! It is the impact of a flag that gives nobody anything to the flag as it is,
//! with everyone told of: so what is said of shares and lines is proven as the
//! impact is.

use super::regions::gather;
use super::walked::Walked;
use super::{Circumstances, Limit, Region, Side};
use serde_json::{Map, Value};
use std::borrow::ToOwned;
use std::string::String;
use std::vec::Vec;

/// Who gets what.
#[derive(Clone, PartialEq, Debug)]
pub struct Who {
    /// The flag key.
    pub key: String,
    /// The instant that it is told for.
    pub at: i64,
    /// Regions of contexts that exclude each other and are together everyone.
    /// What somebody gets is where a move leads; each comes from the caller's
    /// default, which stands for nothing.
    pub regions: Vec<Region>,
    /// Not everything was seen; what is told is exact.
    pub limit: Option<Limit>,
    /// Attributes of which not all values are known; see
    /// [`Effect::unproven`](super::Effect::unproven).
    pub unproven: Vec<String>,
    /// The regions are single boxes, because they were too many to gather.
    pub scattered: bool,
}

/// Who gets what from a flag; none if there is no such flag.
pub fn who(side: &Side<'_>, key: &str, circumstances: &Circumstances<'_>) -> Option<Who> {
    let index = side.flag(key)?;
    let walked = Walked::one(side, index, circumstances);
    let unproven = walked.unproven();
    let Walked { mut space, cases, sides, limit } = walked;
    let (gathered, scattered) = gather(&mut space, &sides, &cases);
    let regions = gathered.into_iter().map(|gathered| gathered.region).collect();
    Some(Who { key: key.to_owned(), at: circumstances.at, regions, limit, unproven, scattered })
}

/// As JSON, for programs.
pub fn json(who: &Who) -> Value {
    let mut object = Map::new();
    object.insert("flag".to_owned(), who.key.as_str().into());
    object.insert("at".to_owned(), super::time(who.at).into());
    object.insert("regions".to_owned(), who.regions.iter().map(super::json::group).collect());
    super::json::unseen(&mut object, who.limit, &who.unproven);
    if who.scattered {
        object.insert("scattered".to_owned(), true.into());
    }
    Value::Object(object)
}
