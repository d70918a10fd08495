//! Any document as plain data: what is written back reads as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serin::document::{decode, encode};

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = decode::document(bytes) else { return };
    let text = encode::encode(&document);
    let again = decode::document(text.as_bytes()).expect("canonical text is a document");
    assert_eq!(encode::encode(&again), text);
});
