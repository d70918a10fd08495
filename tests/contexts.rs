//! Hostile contexts: every state of an attribute before every operator, sizes
//! at and past the limits, keys, and sources of attributes that lie.

mod support;

use serde_json::{Value, json};
use serin::{Attribute, Attributes, Context, Element, ErrorCode, FlagId, Reason, Ruleset};
use serin::{evaluate, evaluate_once, limits};
use std::borrow::Cow;
use std::cell::Cell;
use support::Given;

const NOW: i64 = 1_796_083_200_000;

/// The attribute `x`, whatever it is; no other attribute is there.
struct X(Attribute<'static>);

impl Attributes for X {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        if path == ["x"] { self.0.clone() } else { Attribute::Absent }
    }
}

fn text(text: &str) -> Attribute<'static> {
    Attribute::String(Cow::Owned(text.to_owned()))
}

fn list(items: impl IntoIterator<Item = Element<'static>>) -> Attribute<'static> {
    Attribute::List(items.into_iter().collect())
}

fn string(text: impl Into<String>) -> Element<'static> {
    Element::String(Cow::Owned(text.into()))
}

/// Asks for the truth of conditions: directly, negated, and through segments,
/// which are computed another way.
struct Truth {
    ruleset: Ruleset,
    flags: Vec<[FlagId; 4]>,
}

impl Truth {
    fn of(conditions: &[Value]) -> Self {
        let (mut flags, mut segments) = (json!({}), json!({}));
        for (i, condition) in conditions.iter().enumerate() {
            let segment = json!({ "segment": format!("s{i}") });
            segments[format!("s{i}")] = condition.clone();
            let asked = [
                condition.clone(),
                json!({ "not": condition }),
                segment.clone(),
                json!({ "not": segment }),
            ];
            for (kind, asked) in asked.iter().enumerate() {
                flags[format!("{kind} {i}")] = json!({ "variants": { "yes": true },
                    "rules": [{ "if": asked, "serve": "yes" }] });
            }
        }
        let document = json!({ "format": 1, "segments": segments, "flags": flags }).to_string();
        let ruleset = Ruleset::load(document.as_bytes()).unwrap();
        let warnings = ruleset.diagnostics().iter().all(|d| d.code.name() == "unknown-operator");
        assert!(warnings, "{:?}", ruleset.diagnostics());
        let flag = |kind, i| ruleset.flag(&format!("{kind} {i}")).unwrap();
        let flags = (0..conditions.len()).map(|i| [0, 1, 2, 3].map(|kind| flag(kind, i))).collect();
        Self { ruleset, flags }
    }

    fn ask(&self, number: usize, attributes: &impl Attributes) -> Option<bool> {
        let mut context = Context::bind(&self.ruleset, attributes, NOW);
        let served = self.flags[number].map(|flag| {
            let decision = evaluate(&self.ruleset, flag, &mut context);
            assert_eq!(decision.error_code(), None);
            decision.variant().is_some()
        });
        match served {
            [true, false, true, false] => Some(true),
            [false, true, false, true] => Some(false),
            [false, false, false, false] => None,
            _ => panic!("condition {number}: as it is, negated, and as a segment: {served:?}"),
        }
    }
}

/// Every operator, with the answers to the texts and numbers that it compares.
/// Whatever is not named is unknown.
fn operators() -> Vec<(Value, &'static [(&'static str, bool)])> {
    const ANY_TEXT: [(&str, bool); 6] = [
        ("text", false),
        ("empty text", false),
        ("longest text", false),
        ("version", false),
        ("time", false),
        ("address", false),
    ];
    const EQUAL: &[(&str, bool)] =
        &[("text", true), ANY_TEXT[1], ANY_TEXT[2], ANY_TEXT[3], ANY_TEXT[4], ANY_TEXT[5]];
    const EMPTY: &[(&str, bool)] = &[
        ("text", true),
        ("empty text", true),
        ("longest text", true),
        ("version", true),
        ("time", true),
        ("address", true),
    ];
    const FIVE: &[(&str, bool)] =
        &[("five", true), ("minus zero", false), ("instant", false), ("greatest", false)];
    const ABOVE: &[(&str, bool)] =
        &[("five", false), ("minus zero", false), ("instant", true), ("greatest", true)];
    let test = |op: &str, value: Value| json!({ "attribute": "x", "op": op, "value": value });
    let folded = |op: &str, value: Value| json!({ "attribute": "x", "op": op, "value": value, "ignoreCase": true });
    vec![
        (test("eq", json!("abc")), EQUAL),
        (folded("eq", json!("ABC")), EQUAL),
        (test("in", json!(["z", "abc"])), EQUAL),
        (folded("in", json!(["z", "aBC"])), EQUAL),
        (test("startsWith", json!("ab")), EQUAL),
        (folded("startsWith", json!(["AB"])), EQUAL),
        (test("endsWith", json!("bc")), EQUAL),
        (folded("endsWith", json!("BC")), EQUAL),
        (test("contains", json!(["zz", "b"])), EQUAL),
        (folded("contains", json!("B")), EQUAL),
        (test("startsWith", json!("")), EMPTY),
        (test("endsWith", json!("")), EMPTY),
        (test("contains", json!("")), EMPTY),
        (test("eq", json!(5)), FIVE),
        (test("in", json!([7, 5])), FIVE),
        (
            test("eq", json!(0)),
            &[("five", false), ("minus zero", true), ("instant", false), ("greatest", false)],
        ),
        (test("eq", json!(true)), &[("true", true), ("false", false)]),
        (test("in", json!([false])), &[("true", false), ("false", true)]),
        (test("gt", json!(5)), ABOVE),
        (test("ge", json!(6)), ABOVE),
        (
            test("lt", json!(5)),
            &[("five", false), ("minus zero", true), ("instant", false), ("greatest", false)],
        ),
        (
            test("le", json!(5)),
            &[("five", true), ("minus zero", true), ("instant", false), ("greatest", false)],
        ),
        (test("version", json!(">=1.2 <2")), &[("version", true)]),
        (test("version", json!(["<1.2"])), &[("version", false)]),
        (test("before", json!("2026-12-01T00:00:00.001Z")), &[("time", true), ("instant", true)]),
        (test("after", json!(NOW)), &[("time", false), ("instant", false)]),
        (test("cidr", json!("10.0.0.0/8")), &[("address", true)]),
        (test("cidr", json!(["::/0"])), &[("address", false)]),
        (
            test("hasAny", json!(["a", "z"])),
            &[("texts", true), ("empty list", false), ("longest list", false)],
        ),
        (
            test("hasAll", json!(["a", "b"])),
            &[("texts", true), ("empty list", false), ("longest list", false)],
        ),
        (test("hasAny", json!([5])), &[("numbers", true), ("empty list", false)]),
        (test("hasAll", json!([5, 6])), &[("numbers", false), ("empty list", false)]),
        (test("hasAny", json!([false])), &[("booleans", false), ("empty list", false)]),
        (test("hasAll", json!([true])), &[("booleans", true), ("empty list", false)]),
        (test("sounds", json!("abc")), &[]),
    ]
}

/// Every state that an attribute can be in.
fn states() -> Vec<(&'static str, Attribute<'static>)> {
    let long = |length: usize| "y".repeat(length);
    vec![
        ("absent", Attribute::Absent),
        ("unreadable", Attribute::Unreadable),
        ("other", Attribute::Other),
        ("true", Attribute::Boolean(true)),
        ("false", Attribute::Boolean(false)),
        ("five", Attribute::Number(5.0)),
        ("minus zero", Attribute::Number(-0.0)),
        ("instant", Attribute::Number(NOW as f64)),
        ("greatest", Attribute::Number(f64::MAX)),
        ("not a number", Attribute::Number(f64::NAN)),
        ("infinite", Attribute::Number(f64::INFINITY)),
        ("minus infinite", Attribute::Number(f64::NEG_INFINITY)),
        ("text", text("abc")),
        ("empty text", text("")),
        ("version", text("v1.2.3+linux")),
        ("time", text("2026-12-01T01:00:00+01:00")),
        ("address", text("10.255.0.1")),
        ("longest text", text(&long(limits::TEXT_BYTES))),
        ("too long text", text(&long(limits::TEXT_BYTES + 1))),
        ("enormous text", text(&long(20_000_000))),
        ("empty list", list([])),
        ("texts", list([string("b"), string("a"), string("b")])),
        ("numbers", list([Element::Number(5.0)])),
        ("booleans", list([Element::Boolean(true)])),
        ("mixed list", list([string("a"), Element::Number(5.0)])),
        ("list with other", list([string("a"), Element::Other])),
        ("list of other", list([Element::Other])),
        ("list with not a number", list([Element::Number(5.0), Element::Number(f64::NAN)])),
        ("list with infinity", list([Element::Number(5.0), Element::Number(f64::INFINITY)])),
        ("list with too long text", list([string("a"), string(long(limits::TEXT_BYTES + 1))])),
        ("longest list", list((0..limits::LIST_ATTRIBUTE).map(|i| string(format!("{i}"))))),
        ("too long list", list((0..=limits::LIST_ATTRIBUTE).map(|i| string(format!("a{i}"))))),
        ("enormous list", list((0..1_000_000).map(|i| Element::Number(f64::from(i))))),
    ]
}

#[test]
fn every_state_before_every_operator() {
    let operators = operators();
    let conditions: Vec<Value> = operators.iter().map(|(condition, _)| condition.clone()).collect();
    let truth = Truth::of(&conditions);
    for (state, attribute) in states() {
        let x = X(attribute);
        for (number, (condition, known)) in operators.iter().enumerate() {
            let expected = known.iter().find(|(name, _)| *name == state).map(|(_, answer)| *answer);
            assert_eq!(truth.ask(number, &x), expected, "{condition} of {state}");
        }
    }
}

#[test]
fn every_state_exists_or_not() {
    let truth = Truth::of(&[json!({ "attribute": "x", "op": "exists" })]);
    for (state, attribute) in states() {
        let expected = match attribute {
            Attribute::Absent => Some(false),
            Attribute::Unreadable => None,
            _ => Some(true),
        };
        assert_eq!(truth.ask(0, &X(attribute)), expected, "{state}");
    }
}

#[test]
fn texts_are_values_up_to_8192_bytes_of_any_characters() {
    let truth = Truth::of(&[
        json!({ "attribute": "x", "op": "startsWith", "value": "" }),
        json!({ "attribute": "x", "op": "in", "value": ["a"] }),
        json!({ "attribute": "x", "op": "eq", "value": "a", "ignoreCase": true }),
        json!({ "attribute": "x", "op": "exists" }),
    ]);
    // Each unit with what fills 8,192 bytes up: counted in bytes, not in characters or UTF-16.
    for (unit, fill) in
        [("y", ""), ("é", ""), ("日", "éé"), ("😀", ""), ("\0", ""), ("\u{10ffff}", "")]
    {
        let longest = unit.repeat((limits::TEXT_BYTES - fill.len()) / unit.len()) + fill;
        let longest = longest.clone() + &"z".repeat(limits::TEXT_BYTES - longest.len());
        assert_eq!(longest.len(), limits::TEXT_BYTES);
        let answers = |text: Attribute<'static>| {
            [0, 1, 2, 3].map(|number| truth.ask(number, &X(text.clone())))
        };
        assert_eq!(answers(text(&longest)), [Some(true), Some(false), Some(false), Some(true)]);
        for more in ["y", "é", "日", "😀"] {
            assert_eq!(answers(text(&(longest.clone() + more))), [None, None, None, Some(true)]);
        }
    }
}

#[test]
fn a_constant_may_be_longer_than_any_attribute() {
    let long = "y".repeat(limits::TEXT_BYTES + 1);
    let truth = Truth::of(&[
        json!({ "attribute": "x", "op": "eq", "value": long }),
        json!({ "attribute": "x", "op": "contains", "value": long }),
    ]);
    for number in [0, 1] {
        assert_eq!(truth.ask(number, &X(text(&long))), None, "too long to be a value");
        assert_eq!(truth.ask(number, &X(text(&long[1..]))), Some(false));
    }
}

#[test]
fn lists_are_values_up_to_1000_elements_of_one_type() {
    let truth = Truth::of(&[
        json!({ "attribute": "x", "op": "hasAny", "value": [0] }),
        json!({ "attribute": "x", "op": "hasAll", "value": [0] }),
        json!({ "attribute": "x", "op": "hasAny", "value": ["0"] }),
        json!({ "attribute": "x", "op": "exists" }),
    ]);
    let answers =
        |x: Attribute<'static>| [0, 1, 2, 3].map(|number| truth.ask(number, &X(x.clone())));
    let numbers = |count: i32| list((0..count).rev().map(|i| Element::Number(f64::from(i))));
    assert_eq!(answers(numbers(1000)), [Some(true), Some(true), None, Some(true)]);
    assert_eq!(answers(numbers(1001)), [None, None, None, Some(true)]);
    assert_eq!(answers(numbers(0)), [Some(false), Some(false), Some(false), Some(true)]);
    let zeros = |count: usize| list((0..count).map(|_| Element::Number(-0.0)));
    assert_eq!(answers(zeros(1000)), [Some(true), Some(true), None, Some(true)]);
    let mixed = list((0..999).map(|_| Element::Number(0.0)).chain([string("0")]));
    assert_eq!(answers(mixed), [None, None, None, Some(true)]);
    let longest =
        |extra: usize| list([string("0"), string("y".repeat(limits::TEXT_BYTES + extra))]);
    assert_eq!(answers(longest(0)), [None, None, Some(true), Some(true)]);
    assert_eq!(answers(longest(1)), [None, None, None, Some(true)]);
}

#[test]
fn only_texts_and_integers_are_keys() {
    let document = json!({ "format": 1, "flags": {
        "bucket": { "variants": { "on": true, "off": false }, "rules": [
            { "if": { "bucket": { "by": "x", "salt": "s", "from": 0, "to": 100 } }, "serve": "on" },
            { "if": { "not": { "bucket": { "by": "x", "salt": "s", "from": 0, "to": 100 } } }, "serve": "off" } ] },
        "rollout": { "variants": { "on": true, "off": false }, "serve": { "rollout": { "by": "x", "salt": "s",
            "shares": [{ "variant": "on", "percent": 50 }, { "variant": "off", "percent": 50 }] } } },
        "rule": { "variants": { "on": true, "off": false }, "rules": [{ "serve": { "ramp": { "by": "x", "salt": "s",
            "variant": "on", "rest": "off", "steps": [{ "at": NOW, "percent": 50 }] } } }], "serve": "on" } } });
    let ruleset = Ruleset::load(document.to_string().as_bytes()).unwrap();
    assert_eq!(ruleset.diagnostics(), []);
    let ask = |key: &str, x: &Attribute<'static>| {
        let mut context = Context::bind(&ruleset, &X(x.clone()), NOW);
        evaluate(&ruleset, ruleset.flag(key).unwrap(), &mut context)
    };
    let keys = [
        text("u"),
        text(&"y".repeat(limits::TEXT_BYTES)),
        text(&"😀".repeat(limits::TEXT_BYTES / 4)),
        Attribute::Number(5.0),
        Attribute::Number(-7.0),
        Attribute::Number(-0.0),
        Attribute::Number(limits::SAFE_INTEGER as f64),
        Attribute::Number(-(limits::SAFE_INTEGER as f64)),
    ];
    for key in &keys {
        assert_eq!(ask("bucket", key).variant(), Some(0), "{key:?}");
        assert_eq!(ask("rollout", key).reason(), Reason::Split, "{key:?}");
        assert_eq!(
            ask("rollout", key).variant(),
            ask("rule", key).variant(),
            "the same line: {key:?}"
        );
    }
    let same = |a, b| assert_eq!(ask("rollout", &a).variant(), ask("rollout", &b).variant());
    for n in -40..40 {
        same(Attribute::Number(f64::from(n)), text(&n.to_string()));
    }
    same(Attribute::Number(-0.0), text("0"));
    same(Attribute::Number(limits::SAFE_INTEGER as f64), text("9007199254740991"));

    let none = [
        text(""),
        text(&"y".repeat(limits::TEXT_BYTES + 1)),
        Attribute::Number(0.5),
        Attribute::Number(9_007_199_254_740_992.0),
        Attribute::Number(-1e300),
        Attribute::Number(f64::MAX),
        Attribute::Number(f64::NAN),
        Attribute::Number(f64::INFINITY),
        Attribute::Boolean(true),
        Attribute::Absent,
        Attribute::Unreadable,
        Attribute::Other,
        list([string("u")]),
    ];
    for key in &none {
        let (default, rule) = (ask("rollout", key), ask("rule", key));
        assert_eq!(ask("bucket", key).variant(), None, "{key:?}");
        assert_eq!(default.error_code(), Some(ErrorCode::TargetingKeyMissing), "{key:?}");
        assert_eq!(default.rule(), None, "{key:?}");
        assert_eq!(rule.error_code(), Some(ErrorCode::TargetingKeyMissing), "{key:?}");
        assert_eq!(
            rule.rule(),
            Some(serin::RuleRef::Index(0)),
            "later rules are not tried: {key:?}"
        );
    }
}

#[test]
fn any_instant_is_an_instant() {
    let document = json!({ "format": 1, "flags": { "a": { "variants": { "on": true, "off": false }, "rules": [
        { "if": { "time": { "from": "0000-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z" } }, "serve": "on" },
        { "if": { "time": { "until": -8_640_000_000_000_000_i64 } }, "serve": "off" },
        { "if": { "time": { "from": 8_640_000_000_000_000_i64 } }, "serve": "off" } ] },
      "b": { "variants": { "on": true, "off": false }, "serve": { "ramp": { "salt": "s", "variant": "on",
        "rest": "off", "withoutKey": "off", "steps": [{ "at": NOW, "percent": 100 }] } } } } });
    let ruleset = Ruleset::load(document.to_string().as_bytes()).unwrap();
    let rule = |now| {
        let mut context = Context::bind(&ruleset, &(), now);
        evaluate(&ruleset, ruleset.flag("b").unwrap(), &mut context);
        evaluate(&ruleset, ruleset.flag("a").unwrap(), &mut context).rule()
    };
    let index = |index| Some(serin::RuleRef::Index(index));
    let rules = [
        i64::MIN,
        -8_640_000_000_000_001,
        -8_640_000_000_000_000,
        0,
        8_640_000_000_000_000,
        i64::MAX,
    ]
    .map(rule);
    assert_eq!(rules, [index(1), index(1), None, index(0), index(2), index(2)]);
    assert_eq!(ruleset.next_change(i64::MAX), None);
    assert_eq!(ruleset.next_change(i64::MIN), Some(-8_640_000_000_000_000));
    let mut now = i64::MIN;
    while let Some(next) = ruleset.next_change(now) {
        assert!(next > now);
        now = next;
    }
}

/// Answers differently whenever it is asked.
struct Liar(Cell<u64>);

impl Attributes for Liar {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        assert!((1..=limits::PATH).contains(&path.len()));
        let n = self
            .0
            .get()
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0.set(n);
        let mut states = STATES.with(|states| states.clone());
        states.swap_remove((n >> 33) as usize % states.len())
    }
}

thread_local! {
    static STATES: Vec<Attribute<'static>> =
        states().into_iter().filter(|(name, _)| !name.contains("enormous")).map(|(_, x)| x).collect();
}

#[test]
fn a_source_that_lies_is_read_once_and_answers_stay() {
    let conditions: Vec<Value> = operators().into_iter().map(|(condition, _)| condition).collect();
    let truth = Truth::of(&conditions);
    let source = Liar(Cell::new(1));
    for _ in 0..2000 {
        // The assertions in `ask` hold only if every test sees one and the same value.
        for number in [0, 7, 13, 22, 25, 28] {
            truth.ask(number, &source);
        }
    }
}

#[test]
fn a_context_of_another_ruleset_is_no_context() {
    let text = br#"{"format":1,"flags":{"a":{"variants":{"on":true},"rules":[{"if":{"attribute":"x","op":"exists"},"serve":"on"}]}}}"#;
    let [mine, other] = [(); 2].map(|()| Ruleset::load(text).unwrap());
    let mut context = Context::bind(&other, &(), NOW);
    let flag = mine.flag("a").unwrap();
    assert_eq!(evaluate(&mine, flag, &mut context).error_code(), Some(ErrorCode::InvalidContext));
    let mut context = Context::bind(&mine, &(), NOW);
    assert_eq!(evaluate(&mine, flag, &mut context).error_code(), None);
    assert_eq!(
        evaluate(&mine, FlagId::at(1), &mut context).error_code(),
        Some(ErrorCode::FlagNotFound)
    );
    assert_eq!(
        evaluate(&mine, FlagId::at(u32::MAX), &mut context).error_code(),
        Some(ErrorCode::FlagNotFound)
    );
}

#[test]
fn the_room_of_one_decision_is_no_context() {
    let text = br#"{"format":1,"flags":{
        "a":{"variants":{"on":true,"off":false},"rules":[{"if":{"attribute":"x","op":"exists"},"serve":"on"}],"serve":"off"},
        "b":{"variants":{"on":true,"off":false},"rules":[{"if":{"attribute":"y","op":"exists"},"serve":"on"}],"serve":"off"}}}"#;
    let ruleset = Ruleset::load(text).unwrap();
    let [a, b] = ["a", "b"].map(|key| ruleset.flag(key).unwrap());
    let mut room = Context::bind(&ruleset, &json!({ "x": 1, "y": 1 }), NOW);
    let mut once = |flag, attributes| evaluate_once(&ruleset, flag, &attributes, NOW, &mut room);
    assert_eq!(once(a, json!({ "x": 1 })).variant(), Some(0));
    // Of the flag before, and of what was bound first, nothing is left.
    assert_eq!(once(b, json!({ "x": 1 })).variant(), Some(1));
    assert_eq!(once(a, json!({})).variant(), Some(1));
    assert_eq!(once(FlagId::at(7), json!({})).error_code(), Some(ErrorCode::FlagNotFound));
    assert_eq!(evaluate(&ruleset, a, &mut room).error_code(), Some(ErrorCode::InvalidContext));
    room.rebind(&ruleset, &json!({ "x": 1 }), NOW);
    assert_eq!(evaluate(&ruleset, a, &mut room).variant(), Some(0));
}

#[test]
fn one_decision_reads_what_its_flag_asks_for_once_each() {
    struct Counted(std::cell::RefCell<Vec<String>>);
    impl Attributes for Counted {
        fn attribute(&self, path: &[&str]) -> Attribute<'_> {
            self.0.borrow_mut().push(path.join("."));
            Attribute::String("1.0.0".into())
        }
    }
    let text = br#"{"format":1,"flags":{
        "a":{"variants":{"on":true},"rules":[{"if":{"all":[{"attribute":"x","op":"eq","value":"a"},{"attribute":"p.q","op":"version","value":"1.0.0"},
            {"attribute":"x","op":"startsWith","value":"b"}]},"serve":"on"}]},
        "b":{"variants":{"on":true},"rules":[{"if":{"attribute":"y","op":"exists"},"serve":"on"}]}}}"#;
    let ruleset = Ruleset::load(text).unwrap();
    let asked = Counted(Vec::new().into());
    evaluate_once(&ruleset, ruleset.flag("a").unwrap(), &asked, NOW, &mut Context::default());
    assert_eq!(*asked.0.borrow(), ["x", "p.q"]);
}

#[test]
fn paths_lead_through_objects_only() {
    let condition = |path: Value| json!({ "attribute": path, "op": "exists" });
    let truth = Truth::of(&[
        condition(json!("a.b.c")),
        condition(json!(["a.b", "c"])),
        condition(json!("a.0")),
        condition(json!("length")),
        condition(json!("a.length")),
        condition(json!("__proto__.toString")),
    ]);
    let context = json!({ "a": { "b": { "c": 0 } }, "a.b": { "c": null }, "length": [] });
    let inherited = json!({ "a": ["x"] });
    let texts = json!({ "a": "text" });
    let throws = json!({ "a": { "b": { "$": "unreadable" } } });
    for (context, expected) in [
        (&context, [Some(true), Some(false), Some(false), Some(true), Some(false), Some(false)]),
        (&inherited, [Some(false); 6]),
        (&texts, [Some(false); 6]),
        (&json!(null), [Some(false); 6]),
        (&json!([{ "a": 1 }]), [Some(false); 6]),
        (&throws, [None, Some(false), Some(false), Some(false), Some(false), Some(false)]),
        (&json!({ "$": "unreadable" }), [None; 6]),
    ] {
        let got = [0, 1, 2, 3, 4, 5].map(|number| truth.ask(number, &Given(context)));
        assert_eq!(got, expected, "{context}");
    }
    // Without markers, the attributes of a JSON value are the same.
    for context in
        [context, inherited, texts, json!(null), json!([{ "a": 1 }]), json!("a"), json!(5)]
    {
        for number in 0..6 {
            assert_eq!(
                truth.ask(number, &context),
                truth.ask(number, &Given(&context)),
                "{context}"
            );
        }
    }
}
