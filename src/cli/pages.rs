//! What is made of the grammar itself: shell completions and the manual page.

use std::io;

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::output::{Done, write};

/// `hoga completion`.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn completion(mut command: Command, shell: Shell) -> Done {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "hoga", &mut script);
    write(&String::from_utf8_lossy(&script))?;
    Ok(0)
}

/// `hoga man`: one page with every command in it.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn man(mut command: Command) -> Done {
    command.build();
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        section(inner, "hoga", &mut page)?;
    }
    write(&page)?;
    Ok(0)
}

/// A section a command; its own headings become those of the level below.
fn section(command: &Command, parent: &str, page: &mut String) -> io::Result<()> {
    let name = format!("{parent} {}", command.get_name());
    let inner: Vec<&Command> =
        command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help").collect();
    if command.get_name() == "help" {
        return Ok(());
    }
    if inner.is_empty() {
        let man = Man::new(command.clone());
        let mut text = Vec::new();
        man.render_synopsis_section(&mut text)?;
        man.render_description_section(&mut text)?;
        man.render_options_section(&mut text)?;
        let text = String::from_utf8_lossy(&text).replace(".SH ", ".SS ");
        page.push_str(&format!(".SH \"{}\"\n{text}", name.to_uppercase()));
    }
    for command in inner {
        section(command, &name, page)?;
    }
    Ok(())
}
