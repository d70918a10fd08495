//! Any bytes: read or refused, and read as `serde_json` reads them.
#![no_main]

#[path = "../../support/reading.rs"]
mod reading;

use libfuzzer_sys::fuzz_target;
use serin::json::Tape;

fuzz_target!(|bytes: &[u8]| {
    let mut tape = Tape::new();
    // A tape is used again: nothing of the first time may show in the second.
    for time in ["first", "second"] {
        if let Some(difference) = reading::difference(&mut tape, bytes) {
            panic!("the {time} time: {difference}");
        }
    }
});
