//! The grammar with its help in a language.

use clap::{Arg, Command, CommandFactory};

use super::arguments::Cli;
use crate::text::{Language, help};

/// The whole grammar, with help in `language`.
#[must_use]
pub fn command(language: Language) -> Command {
    match language {
        Language::En => Cli::command(),
        Language::Ko => korean(Cli::command(), ""),
    }
}

/// The parser's own headings are English; these stand in their place.
const KOREAN_TEMPLATE: &str = "{before-help}{about-with-newline}\n사용법: {usage}\n\n{all-args}{after-help}";

fn korean(command: Command, path: &str) -> Command {
    let command = command.help_template(KOREAN_TEMPLATE).subcommand_help_heading("명령").subcommand_value_name("명령");
    let about = help::korean_command(path);
    let names: Vec<String> = command.get_subcommands().map(|inner| inner.get_name().to_owned()).collect();
    let mut order = 0;
    let mut command = command.mut_args(|arg| {
        order += 1;
        korean_argument(arg, path).display_order(order)
    });
    if let Some(about) = about {
        command = command.about(about);
    }
    for name in names {
        let inner = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
        command = command.mut_subcommand(name, |command| korean(command, &inner));
    }
    command
}

fn korean_argument(arg: Arg, path: &str) -> Arg {
    let heading = match (arg.is_positional(), arg.is_global_set()) {
        (true, _) => "인자",
        (_, true) => "공통 옵션",
        _ => "옵션",
    };
    let arg = arg.help_heading(heading);
    match help::korean_argument(path, arg.get_id().as_str()) {
        Some(text) => arg.help(text).long_help(None::<&str>),
        None => arg,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking(command: &Command, path: &str, missing: &mut Vec<String>) {
        if help::korean_command(path).is_none() {
            missing.push(format!("command '{path}'"));
        }
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            if help::korean_argument(path, arg.get_id().as_str()).is_none() {
                missing.push(format!("'{path}' {}", arg.get_id()));
            }
        }
        for inner in command.get_subcommands() {
            let path =
                if path.is_empty() { inner.get_name().to_owned() } else { format!("{path} {}", inner.get_name()) };
            lacking(inner, &path, missing);
        }
    }

    #[test]
    fn every_command_and_option_is_explained_in_korean() {
        let mut missing = Vec::new();
        lacking(&Cli::command(), "", &mut missing);
        assert!(missing.is_empty(), "without Korean help: {missing:#?}");
    }

    #[test]
    fn the_grammar_holds_together_in_both_languages() {
        command(Language::Ko).debug_assert();
        command(Language::En).debug_assert();
    }

    /// Every text file that a user may read, and every source, whose texts they read.
    fn texts(folder: &std::path::Path, found: &mut Vec<(std::path::PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "toml") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }

    /// The words of a command up to the first that is no plain word.
    fn words(text: &str) -> Vec<&str> {
        let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        text.split_whitespace().skip(1).take_while(plain).collect()
    }

    #[test]
    fn every_command_that_a_text_names_exists() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        texts(&root.join("src"), &mut found);
        for name in ["config.example.toml", "README.md"] {
            found.push((name.into(), std::fs::read_to_string(root.join(name)).unwrap()));
        }
        let mut grammar = Cli::command();
        // The parser adds its own `help`.
        grammar.build();
        let mut wrong = Vec::new();
        let mut seen = 0;
        for (path, text) in &found {
            for quoted in text.split('`').skip(1).step_by(2).filter(|quoted| quoted.starts_with("hoga ")) {
                seen += 1;
                let mut at = &grammar;
                for word in words(quoted).into_iter().take_while(|word| !word.starts_with('-')) {
                    match at.find_subcommand(word) {
                        Some(inner) => at = inner,
                        None if at.has_subcommands() => wrong.push(format!("{}: `{quoted}`", path.display())),
                        None => break,
                    }
                }
            }
        }
        assert!(wrong.is_empty() && seen > 40, "{seen} commands, of which there are none such: {wrong:#?}");
    }
}
