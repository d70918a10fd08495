//! Runs every file of `tests/conformance/`: one behaviour a file, read by
//! every front end.

mod support;

use serin::Ruleset;

#[test]
fn every_conformance_file_is_answered_as_it_says() {
    let files = support::files("conformance");
    let (mut cases, mut differences) = (0, Vec::new());
    for file in &files {
        cases += file.cases();
        let loaded = Ruleset::load(&file.document());
        let found = match loaded {
            Ok(mut ruleset) => file.differences(Ok(&mut ruleset)),
            Err(fault) => file.differences(Err(&fault)),
        };
        differences.extend(found.into_iter().map(|line| format!("{}: {line}", file.name)));
    }
    support::report(&differences);
    println!("{} conformance files with {cases} cases", files.len());
}
