//! Promise 6: evaluation allocates nothing and asks each test at most once.
#![allow(unsafe_code)]

use serin::{Attribute, Attributes, Context, FlagId, Ruleset, Step, evaluate, explain};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;

struct Counting;

thread_local! { static ALLOCATIONS: Cell<u64> = const { Cell::new(0) }; }

fn count() {
    ALLOCATIONS.with(|count| count.set(count.get() + 1));
}

// SAFETY: every call goes on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn file(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every ruleset of the conformance files, and the example.
fn rulesets() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut list = vec![file("examples/shop/ruleset.json")];
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        let case: serde_json::Value = serde_json::from_slice(&text).unwrap();
        list.push(case["ruleset"].to_string().into_bytes());
    }
    assert!(list.len() > 100, "the conformance files are missing");
    list
}

/// The contexts of the conformance cases all mix into one list.
fn contexts() -> Vec<serde_json::Value> {
    let named: Vec<serde_json::Value> =
        serde_json::from_slice(&file("examples/shop/contexts.json")).unwrap();
    let mut list: Vec<_> = named.into_iter().map(|named| named["context"].clone()).collect();
    list.push(serde_json::json!({ "targetingKey": "user-1", "a": "x", "n": 5, "l": ["a", "b"],
        "version": "2.10.0-rc.1", "ip": "203.0.113.7", "at": "2026-12-01T09:00:00Z" }));
    list
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.with(Cell::get);
    drop(std::hint::black_box(vec![1_u8; 100]));
    assert_eq!(ALLOCATIONS.with(Cell::get) - before, 1);
}

#[test]
fn evaluation_allocates_nothing() {
    let mut decisions = 0_u64;
    for text in rulesets() {
        let Ok(ruleset) = Ruleset::load(&text) else { continue };
        for attributes in contexts() {
            let mut context = Context::bind(&ruleset, &attributes, 1_796_115_600_000);
            let before = ALLOCATIONS.with(Cell::get);
            for flag in ruleset.flags().chain([FlagId::at(u32::MAX)]) {
                std::hint::black_box(evaluate(&ruleset, flag, &mut context));
                decisions += 1;
            }
            assert_eq!(ALLOCATIONS.with(Cell::get), before, "an evaluation allocated");
        }
    }
    assert!(decisions > 1_000, "only {decisions} decisions");
}

#[test]
fn each_test_is_asked_at_most_once() {
    let mut asked = 0_u64;
    for text in rulesets() {
        let Ok(ruleset) = Ruleset::load(&text) else { continue };
        for attributes in contexts() {
            let mut context = Context::bind(&ruleset, &attributes, 1_796_115_600_000);
            for flag in ruleset.flags() {
                let steps = explain(&ruleset, flag, &mut context).steps;
                let mut places = BTreeSet::new();
                for step in steps {
                    if let Step::Test { place, .. } = step {
                        assert!(places.insert(place), "{}: asked twice", ruleset.key(flag));
                        asked += 1;
                    }
                }
            }
        }
    }
    assert!(asked > 1_000, "only {asked} tests");
}

#[test]
fn binding_again_allocates_nothing() {
    let attributes = Shopper;
    let mut decisions = 0_u64;
    for text in rulesets() {
        let Ok(ruleset) = Ruleset::load(&text) else { continue };
        let mut context = Context::bind(&ruleset, &attributes, 0);
        let mut first: Vec<_> = Vec::new();
        for flag in ruleset.flags() {
            first.push(evaluate(&ruleset, flag, &mut context));
        }
        context.rebind(&ruleset, &(), 1);
        let before = ALLOCATIONS.with(Cell::get);
        context.rebind(&ruleset, &attributes, 0);
        assert_eq!(ALLOCATIONS.with(Cell::get), before, "binding again allocated");
        for (flag, first) in ruleset.flags().zip(first) {
            assert_eq!(evaluate(&ruleset, flag, &mut context), first, "{}", ruleset.key(flag));
            decisions += 1;
        }
    }
    assert!(decisions > 100, "only {decisions} decisions");
}

/// Attributes that need no allocation to be read.
struct Shopper;

impl Attributes for Shopper {
    fn attribute(&self, path: &[&str]) -> Attribute<'_> {
        match path {
            ["targetingKey" | "a" | "country"] => Attribute::String("user-1".into()),
            ["version"] => Attribute::String("2.10.0-rc.1".into()),
            ["n" | "age"] => Attribute::Number(5.0),
            _ => Attribute::Absent,
        }
    }
}
