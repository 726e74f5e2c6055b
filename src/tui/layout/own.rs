//! Workspaces of the person's own: a file each in the folder `workspaces` of the data folder, for a person to change.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::trouble::Trouble;
use super::{Split, WORKSPACES, text};
use crate::market::arrange::Arrange;
use crate::text::screen::workspace::Workspace as Words;
use crate::tui::pane::PaneKind;

/// Folder in the data folder.
const FOLDER: &str = "workspaces";
/// Longest name, in letters.
const NAME_MAX: usize = 24;
/// Longest file that is read.
const FILE_MAX: u64 = 16 * 1024;
/// Most files.
const FILES_MAX: usize = 40;
/// Keys that show a workspace of one's own; the others show those that come with hoga.
pub const OWN_KEYS: [u8; 2] = [8, 9];

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWorkspace {
    /// Its name, and that of its file.
    pub name: String,
    /// How it divides the screen.
    pub split: Split,
    /// The pane that has the keys when it is shown.
    pub focus: Option<PaneKind>,
    /// One of [`OWN_KEYS`].
    pub key: Option<u8>,
}

/// A file that is left as it is, and why it is not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongFile {
    /// Its name in the folder.
    pub file: String,
    /// Why.
    pub why: Trouble,
}

/// Where they are kept.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceFiles {
    folder: Option<PathBuf>,
}

impl WorkspaceFiles {
    /// Those of a data folder.
    #[must_use]
    pub fn of(data_dir: &Path) -> Self {
        Self { folder: Some(data_dir.join(FOLDER)) }
    }

    fn path(&self, name: &str) -> Result<PathBuf, Trouble> {
        let folder = self.folder.as_ref().ok_or(Trouble::of(Words::NoFolder))?;
        Ok(folder.join(format!("{name}.toml")))
    }

    /// Whether there is a file of that name, wrong or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.path(name).is_ok_and(|path| path.exists())
    }

    /// Reads every file, by name; those that are wrong are told apart.
    #[must_use]
    pub fn read(&self) -> (Vec<OwnWorkspace>, Vec<WrongFile>) {
        let (mut own, mut wrong) = (Vec::new(), Vec::new());
        let Some(entries) = self.folder.as_ref().and_then(|folder| std::fs::read_dir(folder).ok()) else {
            return (own, wrong);
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.arrange();
        for path in paths.into_iter().take(FILES_MAX) {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            match read_file(&path, &name) {
                Ok(workspace) => own.push(workspace),
                Err(why) => wrong.push(WrongFile { file: format!("{FOLDER}/{name}.toml"), why }),
            }
        }
        (own, wrong)
    }

    /// Writes one, whole or not at all, over what had its name.
    ///
    /// # Errors
    /// The name cannot be one, there are too many, or the folder takes no file.
    pub fn save(&self, workspace: &OwnWorkspace) -> Result<(), Trouble> {
        check_name(&workspace.name)?;
        let path = self.path(&workspace.name)?;
        if !path.exists() && self.read().0.len() >= FILES_MAX {
            return Err(Trouble::about(Words::TooMany, FILES_MAX.to_string()));
        }
        let beside = path.with_extension("toml.new");
        let folder = path.parent().unwrap_or(&path);
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&beside, write_file(workspace)))
            .and_then(|()| std::fs::rename(&beside, &path));
        written.map_err(|error| Trouble::about(Words::System, format!("{}: {error}", path.display())))
    }

    /// Gives one another name. Its file stays as the person wrote it.
    ///
    /// # Errors
    /// There is none of that name, the new one is taken or cannot be one, or the folder does not let it.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), Trouble> {
        check_name(from)?;
        check_name(to)?;
        let (old, new) = (self.path(from)?, self.path(to)?);
        if !old.exists() {
            return Err(Trouble::about(Words::Missing, from));
        }
        if new.exists() {
            return Err(Trouble::about(Words::Exists, to));
        }
        std::fs::rename(&old, &new).map_err(|error| Trouble::about(Words::System, error.to_string()))
    }

    /// Removes one.
    ///
    /// # Errors
    /// There is none of that name, or the folder does not let it.
    pub fn remove(&self, name: &str) -> Result<(), Trouble> {
        check_name(name)?;
        let path = self.path(name)?;
        if !path.exists() {
            return Err(Trouble::about(Words::Missing, name));
        }
        std::fs::remove_file(path).map_err(|error| Trouble::about(Words::System, error.to_string()))
    }
}

/// Whether a name can be one: it becomes the name of a file.
///
/// # Errors
/// It holds other letters, is too long, or is the name of a workspace that comes with hoga.
pub fn check_name(name: &str) -> Result<(), Trouble> {
    let is_plain = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    if name.is_empty() || name.chars().count() > NAME_MAX || !name.chars().all(is_plain) {
        return Err(Trouble::of(Words::BadName));
    }
    if WORKSPACES.iter().any(|known| known.is_named(name)) {
        return Err(Trouble::about(Words::BuiltIn, name));
    }
    Ok(())
}

fn read_file(path: &Path, name: &str) -> Result<OwnWorkspace, Trouble> {
    check_name(name)?;
    let system = |error: std::io::Error| Trouble::about(Words::System, error.to_string());
    let mut content = String::new();
    let file = std::fs::File::open(path).map_err(system)?;
    file.take(FILE_MAX + 1).read_to_string(&mut content).map_err(system)?;
    if u64::try_from(content.len()).is_ok_and(|length| length > FILE_MAX) {
        return Err(Trouble::of(Words::TooLong));
    }
    read_text(name, &content)
}

fn read_text(name: &str, content: &str) -> Result<OwnWorkspace, Trouble> {
    let table: Table = content.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(0, |span| content.get(..span.start).unwrap_or_default().lines().count().max(1));
        Trouble::about(Words::System, format!("{line}: {}", error.message()))
    })?;
    if let Some(other) = table.keys().find(|key| !["layout", "focus", "key"].contains(&key.as_str())) {
        return Err(Trouble::about(Words::UnknownKey, other));
    }
    let layout = table.get("layout").and_then(Value::as_str).ok_or(Trouble::of(Words::NoLayout))?;
    let split = text::read(layout)?;
    let focus = match table.get("focus") {
        None => None,
        Some(value) => {
            let word = value.as_str().unwrap_or_default();
            let pane = PaneKind::named(word).ok_or_else(|| Trouble::about(Words::NoPane, word))?;
            if !split.every_pane().contains(&pane) {
                return Err(Trouble::about(Words::NotHere, word));
            }
            Some(pane)
        }
    };
    let key = match table.get("key") {
        None => None,
        Some(value) => {
            let key = value.as_integer().and_then(|key| u8::try_from(key).ok()).filter(|key| OWN_KEYS.contains(key));
            Some(key.ok_or(Trouble::of(Words::BadKey))?)
        }
    };
    Ok(OwnWorkspace { name: name.to_owned(), split, focus, key })
}

fn write_file(workspace: &OwnWorkspace) -> String {
    let panes: Vec<&str> = PaneKind::ALL.iter().map(|pane| pane.name()).collect();
    let mut content = format!(
        "# A workspace of the screen. It is yours to change, and read anew each time it is shown.\n\
         # Panes: {}\n\
         # a+b share a place; beside(a, b) and above(a, b) divide; a number is cells, *2 two parts of what is left.\n",
        panes.join(" ")
    );
    let mut table = Table::new();
    table.insert("layout".to_owned(), Value::String(text::write(&workspace.split)));
    if let Some(focus) = workspace.focus {
        table.insert("focus".to_owned(), Value::String(focus.name().to_owned()));
    }
    if let Some(key) = workspace.key {
        table.insert("key".to_owned(), Value::Integer(key.into()));
    }
    content.push_str(&table.to_string());
    content
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn scalping() -> OwnWorkspace {
        let split = text::read("beside(chart, above(ladder, ticket+prints 15) 46)").unwrap();
        OwnWorkspace { name: "scalping".into(), split, focus: Some(PaneKind::Ladder), key: Some(8) }
    }

    #[test]
    fn what_was_saved_is_text_that_a_person_can_change() {
        let folder = tempfile::tempdir().unwrap();
        let files = WorkspaceFiles::of(folder.path());
        files.save(&scalping()).unwrap();
        assert_eq!(files.read(), (vec![scalping()], Vec::new()));
        let path = folder.path().join("workspaces/scalping.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("layout = \"beside(chart, above(ladder, ticket+prints 15) 46)\""), "{text}");
        std::fs::write(&path, text.replace("beside(chart", "beside(chart+alerts").replace("key = 8", "# no key"))
            .unwrap();
        let changed = files.read().0.remove(0);
        assert_eq!(changed.key, None);
        assert!(changed.split.every_pane().contains(&PaneKind::Alerts));
        files.rename("scalping", "단타").unwrap();
        assert!(std::fs::read_to_string(folder.path().join("workspaces/단타.toml")).unwrap().contains("# no key"));
        assert_eq!(files.read().0[0].name, "단타");
        files.remove("단타").unwrap();
        assert_eq!(files.read(), (Vec::new(), Vec::new()));
    }

    #[test]
    fn a_wrong_file_is_named_with_what_is_wrong_and_left_as_it_is() {
        for (content, why) in [
            ("layout = \"chrat\"", "there is no pane 'chrat'"),
            ("focus = \"chart\"", "layout is missing"),
            ("layout = \"chart\"\nkey = 3", "key is 8 or 9"),
            ("layout = \"chart\"\nfocus = \"ladder\"", "focus: the pane 'ladder' is not in the layout"),
            ("layout = \"chart\"\ncolour = 1", "'colour' is not known here (layout, focus, key)"),
            ("layout = ", "1: "),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let files = WorkspaceFiles::of(folder.path());
            files.save(&scalping()).unwrap();
            let path = folder.path().join("workspaces/bad.toml");
            std::fs::write(&path, content).unwrap();
            let (own, wrong) = files.read();
            assert_eq!(own, [scalping()], "the others are shown");
            assert_eq!(wrong[0].file, "workspaces/bad.toml");
            assert!(wrong[0].why.text(Language::En).contains(why), "{}", wrong[0].why);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn a_name_is_no_way_out_of_the_folder_and_takes_no_other_place() {
        let folder = tempfile::tempdir().unwrap();
        let files = WorkspaceFiles::of(folder.path());
        let long = "x".repeat(25);
        for name in ["", "..", "../x", "a/b", "a b", ".hidden", "\u{1b}[2J", "trade", "Chart", "주문", &long] {
            assert!(files.save(&OwnWorkspace { name: name.into(), ..scalping() }).is_err(), "{name:?}");
            assert!(files.rename("scalping", name).is_err() && files.remove(name).is_err(), "{name:?}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        files.save(&scalping()).unwrap();
        files.save(&OwnWorkspace { name: "other".into(), ..scalping() }).unwrap();
        assert_eq!(files.rename("scalping", "other").unwrap_err(), Trouble::about(Words::Exists, "other"));
        assert_eq!(files.rename("gone", "new").unwrap_err(), Trouble::about(Words::Missing, "gone"));
    }
}
