//! Everyday edits change what they say they change, and nothing else: laws
//! over random documents, judged by the evaluator.

mod reference;

use reference::evaluator::{answer, bind};
use reference::generate::{self, Generated, Rng};
use serin::document::{Document, Flag, Rollout, Serve, decode};
use serin::release::edit::{Edited, Place, Share};
use serin::release::text::{Edit, apply};
use serin::{Reason, Ruleset};

const DOCUMENTS: u64 = 400;
const CONTEXTS: usize = 6;

fn documents(seed: u64) -> impl Iterator<Item = (Rng, Generated, String)> {
    (0..DOCUMENTS).map(move |number| {
        let mut rng = Rng::new(seed + number);
        let generated = generate::document(&mut rng);
        let text = generated.json.noisy(&mut rng);
        (rng, generated, text)
    })
}

fn decoded(text: &str) -> Document<'_> {
    decode::document(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}\n{text}"))
}

fn flags<'d, 'a>(document: &'d Document<'a>) -> impl Iterator<Item = (&'d str, &'d Flag<'a>)> {
    let entries = document.flags.iter();
    entries.filter_map(|entry| Some((entry.key.text.as_ref(), entry.item.as_ref()?)))
}

/// The text with what was edited cut out of both must be the same.
fn assert_rest_untouched(old: &str, new: &str, edits: &[Edit]) {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.at.start);
    let (mut at_old, mut at_new) = (0, 0);
    for edit in edits {
        let kept = edit.at.start - at_old;
        assert_eq!(old[at_old..edit.at.start], new[at_new..at_new + kept]);
        assert_eq!(new[at_new + kept..at_new + kept + edit.text.len()], edit.text);
        at_old = edit.at.end;
        at_new += kept + edit.text.len();
    }
    assert_eq!(old[at_old..], new[at_new..]);
}

#[test]
fn a_kill_in_the_file_is_a_kill_at_run_time_and_revive_takes_it_back() {
    let mut killed = 0;
    for (mut rng, generated, text) in documents(1_000) {
        let document = decoded(&text);
        let Some((key, _)) = flags(&document).find(|(_, flag)| flag.enabled) else { continue };
        let edited = Edited::new(&text).unwrap();
        let edits = edited.enable(key, false).unwrap();
        assert_eq!(edits.len(), 1);
        let without = apply(&text, &edits);
        assert_rest_untouched(&text, &without, &edits);
        let mut ruleset = Ruleset::load(text.as_bytes()).unwrap();
        ruleset.kill(&[key]);
        same_answers(&mut rng, &generated, &ruleset, &without, &|key| key.to_owned());
        ruleset.kill::<&str>(&[]);
        let edited = Edited::new(&without).unwrap();
        assert_eq!(edited.enable(key, false).unwrap(), []);
        let again = apply(&without, &edited.enable(key, true).unwrap());
        same_answers(&mut rng, &generated, &ruleset, &again, &|key| key.to_owned());
        killed += 1;
    }
    assert!(killed > DOCUMENTS / 2, "{killed}");
}

/// The document answers every flag as the ruleset does, under its new name.
fn same_answers(
    rng: &mut Rng,
    generated: &Generated,
    ruleset: &Ruleset,
    text: &str,
    name: &dyn Fn(&str) -> String,
) {
    let other = Ruleset::load(text.as_bytes()).unwrap_or_else(|fault| panic!("{fault:?}\n{text}"));
    for _ in 0..CONTEXTS {
        let context = generate::context(rng, generated);
        let now = generate::instant(rng, generated);
        let (mut here, mut there) = (bind(ruleset, &context, now), bind(&other, &context, now));
        for flag in ruleset.flags() {
            let key = ruleset.key(flag);
            let (expected, got) =
                (answer(ruleset, key, &mut here), answer(&other, &name(key), &mut there));
            assert_eq!(got, expected, "{key}\n{text}");
        }
    }
}

#[test]
fn a_renamed_flag_answers_as_before_and_so_does_what_depends_on_it() {
    let (mut renamed, mut referred) = (0, 0);
    for (mut rng, generated, text) in documents(2_000) {
        let document = decoded(&text);
        let all: Vec<&str> = flags(&document).map(|(key, _)| key).collect();
        if all.is_empty() {
            continue;
        }
        let old = all[rng.below(all.len())];
        let new = "a \"new\" key / ü";
        let edited = Edited::new(&text).unwrap();
        let edits = edited.rename(old, new).unwrap();
        let after = apply(&text, &edits);
        assert_rest_untouched(&text, &after, &edits);
        let ruleset = Ruleset::load(text.as_bytes()).unwrap();
        let name = |key: &str| if key == old { new.to_owned() } else { key.to_owned() };
        same_answers(&mut rng, &generated, &ruleset, &after, &name);
        for other in all.iter().filter(|key| **key != old) {
            assert!(edited.rename(old, other).is_err(), "{old} takes the key of {other}");
        }
        renamed += 1;
        referred += u32::from(edits.len() > 1);
    }
    assert!(renamed > DOCUMENTS / 2 && referred > 50, "{renamed} {referred}");
}

#[test]
fn what_is_broken_still_refers_to_a_flag() {
    let text = r#"{ "format": 1, "flags": {
        "f": { "variants": { "on": true, "off": false }, "serve": "off" },
        "g": { "variants": { "on": true }, "rules": [
            { "if": { "not": { "any": [ { "flag": "f", "is": "on" } ] } }, "serve": "missing" } ], "serve": "on" } },
        "segments": { "s": { "all": [ { "flag": "f", "is": "on" }, { "attribute": "a", "op": "in", "value": 1 } ] } } }"#;
    let document = decoded(text);
    assert!(document.flags[1].item.is_none() && document.segments[0].item.is_none());
    let edited = Edited::new(text).unwrap();
    assert_eq!(edited.remove("f").unwrap_err().spans.len(), 2);
    let after = apply(text, &edited.rename("f", "h").unwrap());
    assert_eq!(after, text.replace("\"f\"", "\"h\""));
}

#[test]
fn a_removed_flag_is_gone_and_nobody_notices() {
    let (mut removed, mut refused) = (0, 0);
    for (mut rng, generated, text) in documents(3_000) {
        let document = decoded(&text);
        let all: Vec<_> = flags(&document).collect();
        if all.is_empty() {
            continue;
        }
        let (key, _) = all[rng.below(all.len())];
        let edited = Edited::new(&text).unwrap();
        if !edited.references(key).is_empty() {
            let refusal = edited.remove(key).unwrap_err();
            for span in &refusal.spans {
                let name: String =
                    serde_json::from_str(&text[span.start as usize..span.end as usize]).unwrap();
                assert_eq!(name, key);
            }
            refused += 1;
            continue;
        }
        let edits = edited.remove(key).unwrap();
        let after = apply(&text, &edits);
        assert_rest_untouched(&text, &after, &edits);
        let (before, other) = (Ruleset::load(text.as_bytes()), Ruleset::load(after.as_bytes()));
        let (before, other) = (before.unwrap(), other.unwrap());
        assert!(other.flag(key).is_none());
        for _ in 0..CONTEXTS {
            let context = generate::context(&mut rng, &generated);
            let now = generate::instant(&mut rng, &generated);
            let (mut here, mut there) = (bind(&before, &context, now), bind(&other, &context, now));
            for flag in other.flags() {
                let key = other.key(flag);
                assert_eq!(answer(&other, key, &mut there), answer(&before, key, &mut here));
            }
        }
        removed += 1;
    }
    assert!(removed > 100 && refused > 20, "{removed} {refused}");
}

/// Where each slice ends, and whose it is.
fn line(rollout: &Rollout<'_>) -> Vec<(u32, u16)> {
    let mut end = 0;
    let slices = rollout.shares.iter().map(|share| {
        end += share.thousandths;
        (end, share.variant)
    });
    slices.collect()
}

/// Whose a thousandth of the line is.
fn at(line: &[(u32, u16)], thousandth: u32) -> u16 {
    line.iter().find(|(end, _)| thousandth < *end).unwrap().1
}

#[test]
fn a_share_takes_from_its_giver_alone_and_is_what_was_asked() {
    let (mut widened, mut narrowed, mut split, mut refused) = (0, 0, 0, 0);
    for (mut rng, _, text) in documents(4_000) {
        let document = decoded(&text);
        for (key, flag) in flags(&document) {
            let places = flag
                .rules
                .iter()
                .enumerate()
                .map(|(index, rule)| (Place::Rule(index.to_string()), Some(&rule.serve)));
            for (place, serve) in places.chain([(Place::Default, flag.serve.as_ref())]) {
                let Some(Serve::Rollout(rollout)) = serve else { continue };
                if flag.variants.len() < 2 {
                    continue;
                }
                let count = flag.variants.len();
                let variant = rng.below(count);
                let from = (variant + 1 + rng.below(count - 1)) % count;
                let thousandths = [0, 1, 100_000, rng.below(100_001) as u32][rng.below(4)];
                let name = |index: usize| flag.variants[index].name.text.to_string();
                let share = Share {
                    place: place.clone(),
                    variant: name(variant),
                    thousandths,
                    from: name(from),
                };
                let before = line(rollout);
                let part = |line: &[(u32, u16)], variant: usize| -> u32 {
                    let starts = [0].into_iter().chain(line.iter().map(|slice| slice.0));
                    let slices = line.iter().zip(starts);
                    slices
                        .filter(|(slice, _)| usize::from(slice.1) == variant)
                        .map(|(slice, start)| slice.0 - start)
                        .sum()
                };
                let has = part(&before, variant);
                let gives = if thousandths >= has {
                    part(&before, from) >= thousandths - has
                } else {
                    true
                };
                let edited = Edited::new(&text).unwrap();
                let edits = edited.share(key, &share);
                if !gives {
                    assert!(edits.is_err());
                    refused += 1;
                    continue;
                }
                let edits =
                    edits.unwrap_or_else(|refusal| panic!("{refusal:?}\n{share:?}\n{text}"));
                let after = apply(&text, &edits);
                assert_rest_untouched(&text, &after, &edits);
                let other = decoded(&after);
                let (_, other) = flags(&other).find(|(other, _)| *other == key).unwrap();
                let serve = match &place {
                    Place::Default => other.serve.as_ref(),
                    Place::Rule(index) => {
                        other.rules.get(index.parse::<usize>().unwrap()).map(|rule| &rule.serve)
                    }
                };
                let Some(Serve::Rollout(now)) = serve else { panic!("{after}") };
                let now = line(now);
                assert_eq!(part(&now, variant), thousandths, "{share:?}\n{text}\n{after}");
                // Between two cuts of either line nothing changes, so these points stand for all.
                let cuts = before.iter().chain(&now).map(|slice| slice.0);
                for point in
                    cuts.flat_map(|cut| [cut.wrapping_sub(1), cut]).filter(|point| *point < 100_000)
                {
                    let (old, new) =
                        (usize::from(at(&before, point)), usize::from(at(&now, point)));
                    let fits = if thousandths >= has { (from, variant) } else { (variant, from) };
                    assert!(
                        old == new || (old, new) == fits,
                        "{share:?} at {point}\n{text}\n{after}"
                    );
                }
                widened += u32::from(thousandths > has);
                narrowed += u32::from(thousandths < has);
                split += u32::from(now.len() > before.len());
            }
        }
    }
    assert!(
        widened > 50 && narrowed > 50 && split > 10 && refused > 20,
        "{widened} {narrowed} {split} {refused}"
    );
}

#[test]
fn one_variant_for_all_becomes_a_rollout_that_keeps_those_without_a_key() {
    let text = r#"{ "format": 1, "flags": {
        "f": { "variants": { "on": true, "off": false }, "salt": "s", "serve": "off" } } }"#;
    let share = |variant: &str, thousandths, from: &str| Share {
        place: Place::Default,
        variant: variant.to_owned(),
        thousandths,
        from: from.to_owned(),
    };
    let edited = Edited::new(text).unwrap();
    for (asked, on) in [(share("on", 12_345, "off"), 12_345), (share("off", 90_000, "on"), 10_000)]
    {
        let after = apply(text, &edited.share("f", &asked).unwrap());
        let document = decoded(&after);
        let (_, flag) = flags(&document).next().unwrap();
        let Some(Serve::Rollout(rollout)) = &flag.serve else { panic!("{after}") };
        let shares: Vec<(u16, u32)> =
            rollout.shares.iter().map(|share| (share.variant, share.thousandths)).collect();
        assert!(shares.contains(&(0, on)) && shares.contains(&(1, 100_000 - on)), "{after}");
        let ruleset = Ruleset::load(after.as_bytes()).unwrap();
        let mut context = serin::Context::bind(&ruleset, &(), 0);
        let found = serin::evaluate(&ruleset, ruleset.flag("f").unwrap(), &mut context);
        assert_eq!((found.variant(), found.reason()), (Some(1), Reason::Split), "{after}");
    }
    for (asked, words) in [
        (share("on", 50_000, "on"), "give to itself"),
        (share("of", 50_000, "on"), "no variant \"of\""),
        (share("off", 50_000, "no"), "no variant \"no\""),
        (Share { place: Place::Rule("x".into()), ..share("on", 1, "off") }, "no rule \"x\""),
    ] {
        let refusal = edited.share("f", &asked).unwrap_err();
        assert!(refusal.message.contains(words), "{refusal:?}");
    }
    let unsalted = text.replace("\"salt\": \"s\",", "");
    let refusal = Edited::new(&unsalted).unwrap().share("f", &share("on", 1, "off")).unwrap_err();
    assert!(refusal.message.contains("no salt"), "{refusal:?}");
}
