//! `hoga` and `hoga attach`: the screen, on the desk that runs or on one that is started for it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::arguments::screen::Screen as Arguments;
use super::context::{Context, Stay};
use super::output::{Done, Stop};
use crate::config::{self, AmbiguousWidthChoice, Colours, Mouse, Synchronized, UiSettings};
use crate::desk::client::Caller;
use crate::desk::protocol::{Failure, FailureKind};
use crate::market::Quantity;
use crate::order::Source;
use crate::tui::action::{KeyError, Keymap};
use crate::tui::app::{Ended, Memory, Start, run};
use crate::tui::clock::Clock;
use crate::tui::link::Dial;
use crate::tui::model::{Account, Activity, Connection, Model, Quotes, Selected, Trading};
use crate::tui::terminal::{ScreenError, TerminalOptions};
use crate::tui::theme::{ColourDepth, GlyphSet, Look, Theme};

/// Frames a second on a slow line.
const SLOW_FPS: u32 = 1;

/// Milliseconds of wait for the rest of a key on a slow line, which cuts keys apart more often.
const SLOW_ESCAPE_MS: u32 = 50;

/// Shows the screen until it is left.
///
/// # Errors
/// There is no terminal, the config is wrong, or there is no place for the data.
pub fn show(context: &Context, arguments: &Arguments) -> Done {
    let clock = Clock::start();
    let config = context.config()?.clone();
    let keymap = keymap(&config)?;
    let plan = context.start_plan(Stay::UntilIdle)?;
    let memory = Memory::load(&context.paths.data_dir);
    let ui = config.ui.clone();
    let glyphs = glyphs(&ui, arguments.ascii);
    let theme = memory.word("theme").and_then(Theme::named).unwrap_or_else(|| theme(ui.theme));
    let slow = arguments.slow || ui.slow;
    let look = Look::new(context.language, theme, depth(ui.colours, slow), glyphs);
    let name = terminal_name();
    let profile = context.global.profile.clone().unwrap_or_else(|| config.default_profile.clone());
    let sizes = ui.sizes.0.iter().filter_map(|size| Quantity::new(*size).ok()).collect();
    let caller = Caller { name: name.clone(), source: Source::Screen, profile: Some(profile.clone()) };
    let start = Start {
        model: Model {
            now: clock.now(),
            look,
            config,
            view_only: arguments.view,
            connection: Connection::Connecting,
            profiles: Vec::new(),
            profile,
            name,
            status: None,
            sessions: Vec::new(),
            quotes: Quotes::default(),
            selected: Selected::nothing(),
            watch: Vec::new(),
            account: Account::default(),
            activity: Activity::default(),
            alerts: BTreeMap::new(),
            trading: Trading::new(sizes),
            screen_bytes: (0, 0),
            workspaces: Vec::new(),
        },
        keymap,
        memory,
        dial: Dial { sockets: context.paths.socket_candidates().to_vec(), caller, plan: Some(plan) },
        terminal: TerminalOptions {
            mouse: ui.mouse != Mouse::Off,
            synchronized: synchronized(ui.synchronized),
            probe: ui.ambiguous_width == AmbiguousWidthChoice::Auto && glyphs == GlyphSet::Full,
            escape_wait: Duration::from_millis(if slow { SLOW_ESCAPE_MS } else { ui.escape_ms }.into()),
        },
        fps: if slow { SLOW_FPS } else { ui.fps },
        glyphs,
        process: std::process::id(),
        clock,
    };
    let ended = run(start).map_err(no_screen)?;
    Ok(match ended {
        Ended::Signal(signal) => 128_u8.saturating_add(signal.number()),
        // As after SIGHUP, which a terminal that goes away usually sends.
        Ended::TerminalLost => 129,
        Ended::Left | Ended::Suspend => 0,
    })
}

fn no_screen(error: ScreenError) -> Stop {
    let text = error.to_string();
    Failure::new(FailureKind::Usage, "NO_TERMINAL", text.clone()).about(text).hint("hoga --help").into()
}

fn keymap(config: &config::Config) -> Result<Keymap, Stop> {
    let changes: Vec<(String, Vec<String>)> =
        config.keys.iter().map(|binding| (binding.action.clone(), binding.chords.clone())).collect();
    Keymap::with(&changes).map_err(|error| {
        let named = |name: &str| config.keys.iter().find(|binding| binding.action == name).map(|binding| binding.line);
        let line = match &error {
            KeyError::UnknownAction { name, .. } => named(name),
            KeyError::Conflict(conflict) => named(conflict.second).or_else(|| named(conflict.first)),
            KeyError::KillKey => named("kill"),
            KeyError::Chord(chord) => {
                let holds = |binding: &&config::KeyBinding| binding.chords.contains(&chord.0);
                config.keys.iter().find(holds).map(|binding| binding.line)
            }
        };
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let text = format!("{place}[keys] {error}");
        Failure::new(FailureKind::Usage, "CONFIG", text.clone()).about(text).hint("hoga config path").into()
    })
}

/// `pts/3`: how the desk and other screens call this one.
fn terminal_name() -> String {
    let name = rustix::termios::ttyname(std::io::stdout(), Vec::new()).ok().and_then(|name| name.into_string().ok());
    match name.as_deref().map(|name| name.trim_start_matches("/dev/")) {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => format!("screen {}", std::process::id()),
    }
}

const fn theme(theme: config::Theme) -> Theme {
    match theme {
        config::Theme::Korean => Theme::Korean,
        config::Theme::Western => Theme::Western,
        config::Theme::ColourBlind => Theme::ColourBlind,
        config::Theme::Mono => Theme::Mono,
    }
}

/// How many colours the terminal has. `NO_COLOR` (no-color.org) says that none are wanted. Most bytes of a frame are
/// colours, and those of the palette take two thirds of those of 24 bits: a slow line gets them.
fn depth(colours: Colours, slow: bool) -> ColourDepth {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    match colours {
        Colours::TrueColour => ColourDepth::True,
        Colours::Palette => ColourDepth::Indexed,
        Colours::Sixteen => ColourDepth::Sixteen,
        Colours::None => ColourDepth::None,
        Colours::Auto => {
            let (colour, term) = (variable("COLORTERM"), variable("TERM"));
            let is_rich = colour.contains("truecolor") || colour.contains("24bit") || term.contains("direct");
            if !variable("NO_COLOR").is_empty() {
                ColourDepth::None
            } else if is_rich && !slow {
                ColourDepth::True
            } else if is_rich || term.contains("256") {
                ColourDepth::Indexed
            } else {
                ColourDepth::Sixteen
            }
        }
    }
}

/// The symbols: ASCII where the locale has no UTF-8.
fn glyphs(ui: &UiSettings, ascii: bool) -> GlyphSet {
    if ascii {
        return GlyphSet::Ascii;
    }
    match ui.glyphs {
        config::Glyphs::Full => GlyphSet::Full,
        config::Glyphs::Narrow => GlyphSet::Narrow,
        config::Glyphs::Ascii => GlyphSet::Ascii,
        config::Glyphs::Auto if ui.ambiguous_width == AmbiguousWidthChoice::Wide => GlyphSet::Narrow,
        config::Glyphs::Auto if std::env::var("TERM").is_ok_and(|term| term == "linux") => GlyphSet::Narrow,
        config::Glyphs::Auto => GlyphSet::Full,
    }
}

/// tmux answers for the terminal behind it and sends whole panes inside a synchronised frame, so there it is off.
fn synchronized(choice: Synchronized) -> bool {
    match choice {
        Synchronized::On => true,
        Synchronized::Off => false,
        Synchronized::Auto => std::env::var_os("TMUX").is_none(),
    }
}
