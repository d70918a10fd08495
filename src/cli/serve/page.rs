//! The page of a folder: its rulesets, then all that is in it.

use super::answer::{PLAYGROUND, Site};
use super::{path, rulesets};
use std::path::Path;

/// The address of the playground with a ruleset open in it.
pub fn opened(ruleset: &str) -> String {
    let mut address = format!("{PLAYGROUND}#from=");
    path::encode(ruleset, &mut address);
    address
}

/// The page of a folder.
pub fn page(site: &Site, names: &[String], place: &Path) -> String {
    let (_, here) = names.split_last().unwrap_or((const { &String::new() }, &[]));
    let title = match here.last() {
        Some(name) => escaped(name),
        None => escaped(&site.shown),
    };
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<h1>{title}</h1>\n"
    );
    let rulesets = rulesets::found(&site.root, here);
    if !rulesets.is_empty() {
        out.push_str("<h2>Rulesets</h2>\n<ul>\n");
        for ruleset in &rulesets {
            let link = escaped(ruleset);
            out.push_str(&format!("<li><a href=\"{link}\">{link}</a>"));
            if site.playground.is_some() {
                let open = escaped(&opened(ruleset));
                out.push_str(&format!(" (<a href=\"{open}\">open in the playground</a>)"));
            }
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
    }
    out.push_str("<h2>Files</h2>\n<ul>\n");
    let (files, folders) = rulesets::content(place);
    let folders = folders.into_iter().map(|name| format!("{name}/"));
    let up = (!here.is_empty()).then(|| "../".to_owned());
    for name in up.into_iter().chain(folders).chain(files) {
        let mut link = String::from("./");
        path::encode(name.trim_end_matches('/'), &mut link);
        let slash = if name.ends_with('/') { "/" } else { "" };
        out.push_str(&format!("<li><a href=\"{link}{slash}\">{}</a></li>\n", escaped(&name)));
    }
    out.push_str("</ul>\n</html>\n");
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            char => out.push(char),
        }
    }
    out
}
