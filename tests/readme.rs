//! The README says what is so: its table of keys is the table of actions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use hoga::text::Language;
use hoga::tui::action::{Context, TABLE};

const BEGIN: &str = "<!-- keys: made by `HOGA_WRITE_KEYS=1 cargo test --test readme` -->\n";
const END: &str = "<!-- end of keys -->";

fn place(context: Context) -> &'static str {
    match context {
        Context::Global => "everywhere but in text fields",
        Context::LadderArmed => "on the armed ladder",
        Context::Chart => "on the chart",
        Context::Form => "in the ticket",
        Context::Question => "at a question",
    }
}

fn table() -> String {
    let mut text = String::from(BEGIN);
    for context in Context::ALL {
        text.push_str(&format!("\n{}:\n\n| key | what | name |\n|---|---|---|\n", place(context)));
        for entry in TABLE {
            let keys = entry.bindings.iter().filter(|(bound, _)| *bound == context);
            // A bar would end the cell.
            let keys: Vec<String> = keys.map(|(_, key)| format!("`{}`", key.replace('|', "\\|"))).collect();
            if !keys.is_empty() {
                text.push_str(&format!(
                    "| {} | {} | `{}` |\n",
                    keys.join(" "),
                    entry.label.text(Language::En),
                    entry.name
                ));
            }
        }
    }
    text.push('\n');
    text
}

#[test]
fn the_keys_in_the_readme_are_those_of_the_table() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let begin = readme.find(BEGIN).expect("the beginning of the keys");
    let end = readme.find(END).expect("the end of the keys");
    if std::env::var_os("HOGA_WRITE_KEYS").is_some() {
        std::fs::write(&path, format!("{}{}{}", &readme[..begin], table(), &readme[end..])).unwrap();
        return;
    }
    assert_eq!(readme[begin..end], table(), "the README's keys are not those of the table");
}
