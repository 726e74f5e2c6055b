//! Colours of the themes, and what is left of them on terminals with few or none.

use ratatui::style::{Color, Modifier, Style};

use super::Role;

/// A theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Red up, blue down, as in Korea.
    Korean,
    /// Green up, red down.
    Western,
    /// Orange up, blue down, which red-green blindness does not confuse.
    ColourBlind,
    /// Without hue.
    Mono,
}

impl Theme {
    /// Every theme.
    pub const ALL: [Self; 4] = [Self::Korean, Self::Western, Self::ColourBlind, Self::Mono];

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Korean => Self::Western,
            Self::Western => Self::ColourBlind,
            Self::ColourBlind => Self::Mono,
            Self::Mono => Self::Korean,
        }
    }

    /// The theme of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }

    /// Name in the config.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Korean => "korean",
            Self::Western => "western",
            Self::ColourBlind => "colour_blind",
            Self::Mono => "mono",
        }
    }
}

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColourDepth {
    /// 24 bits.
    True,
    /// The cube of 256.
    Indexed,
    /// The 16 of the terminal's own palette.
    Sixteen,
    /// None: only bold, reverse and underline.
    None,
}

/// A colour as 24 bits and as one of 16.
#[derive(Clone, Copy)]
struct Hue(u8, u8, u8, Color);

const UP_KOREAN: Hue = Hue(255, 95, 95, Color::LightRed);
const DOWN_KOREAN: Hue = Hue(95, 160, 255, Color::LightBlue);
const UP_WESTERN: Hue = Hue(60, 200, 120, Color::LightGreen);
const DOWN_WESTERN: Hue = Hue(255, 95, 95, Color::LightRed);
const UP_BLIND: Hue = Hue(255, 176, 0, Color::LightYellow);
const DOWN_BLIND: Hue = Hue(100, 143, 255, Color::LightBlue);
const TEXT: Hue = Hue(214, 214, 220, Color::Gray);
const STRONG: Hue = Hue(255, 255, 255, Color::White);
const DIM: Hue = Hue(128, 134, 148, Color::DarkGray);
const LINE: Hue = Hue(68, 74, 90, Color::DarkGray);
const AMBER: Hue = Hue(255, 200, 87, Color::LightYellow);
const GREEN: Hue = Hue(110, 200, 130, Color::LightGreen);
const RED: Hue = Hue(255, 80, 80, Color::LightRed);
const CYAN: Hue = Hue(110, 200, 220, Color::LightCyan);
const MAGENTA: Hue = Hue(210, 140, 230, Color::LightMagenta);
const BLACK: Hue = Hue(0, 0, 0, Color::Black);
const BAR: Hue = Hue(32, 36, 48, Color::Black);
const CHOSEN: Hue = Hue(52, 60, 84, Color::DarkGray);
const FIELD: Hue = Hue(40, 44, 58, Color::Black);

/// Up, down, and the dark grounds that go with them.
struct Pair {
    up: Hue,
    down: Hue,
    up_ground: Hue,
    down_ground: Hue,
    up_bar: Hue,
    down_bar: Hue,
}

fn pair(theme: Theme) -> Pair {
    match theme {
        Theme::Korean => Pair {
            up: UP_KOREAN,
            down: DOWN_KOREAN,
            up_ground: Hue(44, 24, 28, Color::Reset),
            down_ground: Hue(20, 28, 48, Color::Reset),
            up_bar: Hue(110, 40, 46, Color::Red),
            down_bar: Hue(36, 62, 118, Color::Blue),
        },
        Theme::Western => Pair {
            up: UP_WESTERN,
            down: DOWN_WESTERN,
            up_ground: Hue(18, 38, 28, Color::Reset),
            down_ground: Hue(44, 24, 28, Color::Reset),
            up_bar: Hue(26, 88, 56, Color::Green),
            down_bar: Hue(110, 40, 46, Color::Red),
        },
        Theme::ColourBlind => Pair {
            up: UP_BLIND,
            down: DOWN_BLIND,
            up_ground: Hue(42, 34, 14, Color::Reset),
            down_ground: Hue(20, 28, 52, Color::Reset),
            up_bar: Hue(104, 76, 10, Color::Yellow),
            down_bar: Hue(42, 62, 124, Color::Blue),
        },
        Theme::Mono => Pair {
            up: STRONG,
            down: DIM,
            up_ground: Hue(30, 30, 30, Color::Reset),
            down_ground: Hue(20, 20, 20, Color::Reset),
            up_bar: Hue(84, 84, 84, Color::DarkGray),
            down_bar: Hue(60, 60, 60, Color::DarkGray),
        },
    }
}

/// The style of a role.
pub(super) fn style(theme: Theme, depth: ColourDepth, role: Role) -> Style {
    if depth == ColourDepth::None {
        return without_colour(role);
    }
    let hues = pair(theme);
    let front = |hue: Hue| Style::new().fg(colour(depth, hue));
    let on = |hue: Hue, ground: Hue| front(hue).bg(colour(depth, ground));
    let ground = |hue: Hue| Style::new().bg(colour(depth, hue));
    let bold = |style: Style| style.add_modifier(Modifier::BOLD);
    match role {
        Role::Text | Role::Flat => front(TEXT),
        Role::Dim | Role::Label | Role::Grid => front(DIM),
        Role::Strong => bold(front(STRONG)),
        Role::Up | Role::Buy | Role::CandleUp => front(hues.up),
        Role::Down | Role::Sell | Role::CandleDown => front(hues.down),
        // Bids stand on the colour of up, asks on that of down, as on every Korean ladder.
        Role::AskGround => ground(hues.down_ground),
        Role::BidGround => ground(hues.up_ground),
        Role::AskBar => ground(hues.down_bar),
        Role::BidBar => ground(hues.up_bar),
        Role::LastRow => bold(on(STRONG, LINE)),
        Role::Cursor => on(STRONG, CHOSEN),
        Role::CursorArmed => bold(on(BLACK, AMBER)),
        Role::Own => bold(front(AMBER)),
        Role::Average => front(GREEN),
        Role::Breakeven => front(CYAN),
        Role::Limit => front(MAGENTA),
        Role::Frame => front(LINE),
        Role::FrameFocused => front(CYAN),
        Role::FrameLive => front(RED),
        Role::Title => front(DIM),
        Role::TitleFocused => bold(front(STRONG)),
        Role::Bar => on(TEXT, BAR),
        Role::Key => bold(on(AMBER, BAR)),
        Role::Chosen => on(STRONG, CHOSEN),
        Role::Found => bold(front(AMBER)),
        Role::Field => on(TEXT, FIELD),
        Role::FieldFocused => on(STRONG, CHOSEN).add_modifier(Modifier::UNDERLINED),
        Role::FieldWrong => on(STRONG, Hue(120, 30, 40, Color::Red)),
        Role::Good => front(GREEN),
        Role::Warning => front(AMBER),
        Role::Error => bold(front(RED)),
        Role::Stale => front(DIM).add_modifier(Modifier::ITALIC),
        Role::Virtual => bold(on(BLACK, GREEN)),
        Role::Paper => bold(on(BLACK, CYAN)),
        Role::Replay => bold(on(BLACK, MAGENTA)),
        Role::Live => bold(on(STRONG, Hue(190, 20, 40, Color::Red))),
        Role::View => bold(on(BLACK, DIM)),
        Role::Armed => bold(on(BLACK, AMBER)),
        Role::Crosshair => front(AMBER),
        Role::Line1 => front(AMBER),
        Role::Line2 => front(CYAN),
        Role::Line3 => front(MAGENTA),
        Role::Line4 => front(GREEN),
        Role::Line5 => front(Hue(240, 150, 90, Color::Yellow)),
        Role::Line6 => front(TEXT),
        Role::Drawing => front(Hue(150, 170, 255, Color::LightBlue)),
    }
}

/// What is told by a signal other than colour when there is none.
fn without_colour(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Strong
        | Role::Up
        | Role::Buy
        | Role::Own
        | Role::TitleFocused
        | Role::FrameFocused
        | Role::Key
        | Role::CandleUp => style.add_modifier(Modifier::BOLD),
        Role::Dim | Role::Stale | Role::Grid => style.add_modifier(Modifier::DIM),
        Role::LastRow | Role::Found | Role::FieldFocused => style.add_modifier(Modifier::UNDERLINED),
        Role::Cursor | Role::Chosen | Role::Virtual | Role::Paper | Role::Replay | Role::View => {
            style.add_modifier(Modifier::REVERSED)
        }
        Role::CursorArmed | Role::Live | Role::Armed | Role::Error | Role::FieldWrong => {
            style.add_modifier(Modifier::REVERSED | Modifier::BOLD)
        }
        Role::AskBar | Role::BidBar => style.add_modifier(Modifier::REVERSED),
        _ => style,
    }
}

fn colour(depth: ColourDepth, hue: Hue) -> Color {
    let Hue(red, green, blue, sixteen) = hue;
    match depth {
        ColourDepth::True => Color::Rgb(red, green, blue),
        ColourDepth::Indexed => Color::Indexed(cube(red, green, blue)),
        ColourDepth::Sixteen | ColourDepth::None => sixteen,
    }
}

/// The nearest of the xterm 256-colour palette: the 6×6×6 cube from 16 on, the 24 greys from 232 on.
fn cube(red: u8, green: u8, blue: u8) -> u8 {
    let step = |value: u8| match value {
        0..=47 => 0_u8,
        48..=114 => 1,
        value => (value - 35) / 40,
    };
    let level = |step: u8| if step == 0 { 0 } else { 55 + i32::from(step) * 40 };
    let distance = |r: i32, g: i32, b: i32| {
        (r - i32::from(red)).pow(2) + (g - i32::from(green)).pow(2) + (b - i32::from(blue)).pow(2)
    };
    let (r, g, b) = (step(red), step(green), step(blue));
    let in_cube = distance(level(r), level(g), level(b));
    let mean = (u16::from(red) + u16::from(green) + u16::from(blue)) / 3;
    let grey = u8::try_from(mean.saturating_sub(3) / 10).unwrap_or(23).min(23);
    let value = 8 + i32::from(grey) * 10;
    if distance(value, value, value) < in_cube { 232 + grey } else { 16 + 36 * r + 6 * g + b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_a_style_that_differs_from_its_opposite_in_every_theme() {
        for theme in [Theme::Korean, Theme::Western, Theme::ColourBlind] {
            for depth in [ColourDepth::True, ColourDepth::Indexed, ColourDepth::Sixteen] {
                assert_ne!(style(theme, depth, Role::Up), style(theme, depth, Role::Down));
                assert_ne!(style(theme, depth, Role::AskBar), style(theme, depth, Role::BidBar));
                assert_ne!(style(theme, depth, Role::Cursor), style(theme, depth, Role::CursorArmed));
                assert_ne!(style(theme, depth, Role::Virtual), style(theme, depth, Role::Live));
            }
        }
    }

    #[test]
    fn without_colour_no_style_has_one() {
        for role in Role::ALL {
            let style = style(Theme::Korean, ColourDepth::None, *role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }

    #[test]
    fn the_cube_holds_its_own_colours() {
        assert_eq!(cube(0, 0, 0), 16);
        assert_eq!(cube(255, 255, 255), 231);
        assert_eq!(cube(255, 0, 0), 196);
        assert_eq!(cube(128, 128, 128), 244);
    }
}
