//! What a person sees, kept as text: every workspace and what stands over them, in both languages, compared cell by cell.
//! `HOGA_WRITE_PICTURES=1` writes them anew.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hoga::market::UtcTime;

use crate::stage::{HOGA, PATIENCE};
use crate::terminal::Terminal;
use crate::terminal::fake_desk::{FakeDesk, Market};
use crate::terminal::screen::Screen;

/// Between two pushes of data that does not move: a picture shows fresh data.
const PUSHED: Duration = Duration::from_millis(100);
/// A screen that stayed the same for so long is as it will be; notices in the footer go after six seconds.
const SETTLED: Duration = Duration::from_millis(2_500);
const NOTICE: Duration = Duration::from_secs(7);

/// A picture: its name, the keys that lead to it, and those that lead back.
type Picture = (&'static str, &'static [&'static str], &'static [&'static str]);

const WORKSPACES: [Picture; 7] = [
    ("trade", &["1"], &[]),
    ("chart", &["2"], &[]),
    ("portfolio", &["3"], &[]),
    ("orders", &["4"], &[]),
    ("alerts", &["5"], &[]),
    ("system", &["6"], &[]),
    ("settings", &["7"], &[]),
];
const OVER: [Picture; 5] = [
    ("palette", &["1", ":", "arm"], &["<esc>"]),
    ("search", &["/", "sk"], &["<esc>"]),
    ("help", &["?"], &["<esc>"]),
    ("question", &["<f9>"], &["n"]),
    ("ticket", &["b"], &["<esc>"]),
];

/// A screen on a market that stands still.
struct Studio {
    desk: FakeDesk,
    screen: Terminal,
    size: (u16, u16),
    language: &'static str,
}

impl Studio {
    /// Nobody who has traded is shown around: the tour is on an account without a day.
    fn open((columns, rows): (u16, u16), language: &'static str, toured: bool) -> Self {
        let time = UtcTime::parse("2026-11-20T01:30:00Z").unwrap();
        let desk = FakeDesk::start(if toured { Market::korean(10).of_a_day(time) } else { Market::korean(10) });
        let toured = if toured { "1" } else { "" };
        let kept = format!("[screen]\ntoured = \"{toured}\"\n[symbol]\nsim = \"SIM:005930\"\n");
        std::fs::write(desk.folder().join("screen.toml"), kept).unwrap();
        let screen = Terminal::start_in(desk.folder(), rows, columns, Path::new(HOGA), &["--lang", language], &[]);
        screen.wait_for(|screen| screen.shows("VIRTUAL") && (screen.shows("70,700") || toured.is_empty()), PATIENCE);
        let studio = Self { desk, screen, size: (columns, rows), language };
        if writes() {
            studio.push_for(NOTICE);
        }
        studio
    }

    fn push_for(&self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.desk.push_standing();
            std::thread::park_timeout(PUSHED);
        }
    }

    fn all(&self, pictures: &[Picture]) {
        for (name, there, back) in pictures {
            for keys in *there {
                self.screen.type_keys(keys);
                // A question answers no key right after it appeared, and keys of a person are apart.
                self.push_for(Duration::from_millis(400));
            }
            self.picture(name);
            for keys in *back {
                self.screen.type_keys(keys);
                self.push_for(Duration::from_millis(400));
            }
        }
    }

    fn picture(&self, name: &str) {
        let (columns, rows) = self.size;
        let file = format!("{name}.{columns}x{rows}.{}.txt", self.language);
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/screen/pictures").join(file);
        if writes() {
            std::fs::write(&path, self.settled()).unwrap();
        } else {
            self.becomes(&path);
        }
        self.screen.look(|screen| {
            let broken = if name == "trade" || WORKSPACES.iter().any(|known| known.0 == name) {
                broken_frames(screen)
            } else {
                Vec::new()
            };
            assert_eq!(broken, Vec::<String>::new(), "{}", path.display());
            if screen.size().1 >= 160 && ["trade", "orders"].contains(&name) {
                assert_eq!(ragged(screen, self.language), Vec::<String>::new(), "{}", path.display());
            }
        });
    }

    fn becomes(&self, path: &Path) {
        let wanted = std::fs::read_to_string(path).unwrap_or_default();
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            self.desk.push_standing();
            if self.screen.becomes(PUSHED, |screen| kept(screen) == wanted) {
                return;
            }
        }
        self.screen.fail(&format!("not as in {}:\n{}", path.display(), difference(&wanted, &self.screen.look(kept))));
    }

    fn settled(&self) -> String {
        let (mut text, mut since) = (self.screen.look(kept), Instant::now());
        let until = since + PATIENCE;
        let mut changed = String::new();
        while since.elapsed() < SETTLED && Instant::now() < until {
            self.push_for(PUSHED);
            let now = self.screen.look(kept);
            if now != text {
                changed = difference(&text, &now);
                (text, since) = (now, Instant::now());
            }
        }
        assert!(since.elapsed() >= SETTLED, "it does not come to rest:\n{changed}");
        text
    }
}

fn writes() -> bool {
    std::env::var_os("HOGA_WRITE_PICTURES").is_some_and(|value| value == "1")
}

/// The rows, with what is another at each look made the same: times, ages, what is left of a session, and the screen's own
/// counters.
fn kept(screen: &Screen) -> String {
    let mut text = String::new();
    for (y, row) in screen.rows().iter().enumerate() {
        // Only in the first line minutes and seconds are what is left of a session; elsewhere they are a time that stands.
        let shapes = if y == 0 { &VARYING[..] } else { &VARYING[1..] };
        // How much the screen writes and where is its own affair, and of no fixed width.
        let label = WRITTEN.iter().find_map(|label| row.find(label).map(|at| at + label.len()));
        let row = label.map_or(row.as_str(), |end| &row[..end]);
        let _ = writeln!(text, "{}", masked(row, shapes).replace(BLINKING.0, BLINKING.1));
    }
    text
}

/// The mark before an alert that fired is there every other second.
const BLINKING: (&str, &str) = ("│◆ ", "│  ");
/// Names of the rates at which the screen writes and draws, and of the terminal.
const WRITTEN: [&str; 7] =
    ["터미널 출력", "to the terminal", "프레임 ", "frames    ", "pts/", "Prints 005930 ", "체결 005930 "];
/// Shapes of what varies: `9` is a digit, anything else itself. The longest come first.
const VARYING: [&str; 11] = [
    "99:99 ",
    "9999-99-99",
    "99-99 99:99:99",
    "99-99 99:99",
    "99:99:99",
    "9:99:99",
    "99/99",
    "9.9s",
    "9.99MB",
    "99.9KB",
    "999KB",
];

fn masked(row: &str, shapes: &[&str]) -> String {
    let mut letters: Vec<char> = row.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let fits = |shape: &&&str| {
            let is = |(letter, wanted): (&char, char)| {
                if wanted == '9' { letter.is_ascii_digit() } else { *letter == wanted }
            };
            letters.len() - at >= shape.len() && letters[at..].iter().zip(shape.chars()).all(is)
        };
        match shapes.iter().find(fits) {
            Some(shape) => {
                letters[at..at + shape.len()].iter_mut().filter(|c| c.is_ascii_digit()).for_each(|c| *c = '0');
                at += shape.len();
            }
            None => at += 1,
        }
    }
    letters.into_iter().collect()
}

fn difference(wanted: &str, seen: &str) -> String {
    let mut text = String::new();
    for (row, (wanted, seen)) in wanted.lines().chain(std::iter::repeat("")).zip(seen.lines()).enumerate() {
        if wanted != seen {
            let _ = writeln!(text, "{row:>3} - {wanted}\n    + {seen}");
        }
    }
    text
}

/// Panes whose lines do not meet: each upper left corner has its three others, with lines all the way between, save for
/// what is written on the upper one.
fn broken_frames(screen: &Screen) -> Vec<String> {
    let (rows, columns) = screen.size();
    let at = |x: u16, y: u16| screen.cell(x, y).map(|cell| cell.text).unwrap_or_default();
    let mut broken = Vec::new();
    let mut found = 0;
    for (x, y) in (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))).filter(|(x, y)| is(&at(*x, *y), "┌╭")) {
        found += 1;
        let right = (x + 1..columns).find(|x| is(&at(*x, y), "┐╮"));
        let bottom = (y + 1..rows).find(|y| is(&at(x, *y), "└╰"));
        let (Some(right), Some(bottom)) = (right, bottom) else {
            broken.push(format!("the pane at {x},{y} has no other corners"));
            continue;
        };
        let sides = (y + 1..bottom).all(|y| is(&at(x, y), "│") && is(&at(right, y), "│"));
        let foot = (x + 1..right).all(|x| is(&at(x, bottom), "─"));
        if !sides || !foot || !is(&at(right, bottom), "┘╯") {
            broken.push(format!("the lines of the pane {x},{y} to {right},{bottom}: {sides} {foot}"));
        }
    }
    if found == 0 {
        broken.push("no pane".to_owned());
    }
    broken
}

/// Rows of lists whose numbers end in other cells than those of the row of NAVER, which has the same letters in both
/// languages: a name in Hangul moves no number.
fn ragged(screen: &Screen, language: &str) -> Vec<String> {
    let other = if language == "ko" { "삼성전자" } else { "Samsung" };
    let lists = screen.find_all("NAVER").into_iter().filter(|(x, _)| *x < 80);
    let mut ragged = Vec::new();
    for (x, y) in lists {
        let rows: Vec<u16> = screen.find_all(other).into_iter().filter(|at| at.0 == x).map(|at| at.1).collect();
        let Some(near) = rows.into_iter().min_by_key(|row| row.abs_diff(y)) else { continue };
        let (wanted, seen) = (ends(screen, y, x), ends(screen, near, x));
        // One of them may have a cell empty that the other fills.
        let (fewer, more) = if wanted.len() < seen.len() { (&wanted, &seen) } else { (&seen, &wanted) };
        if fewer.is_empty() || !fewer.iter().all(|end| more.contains(end)) {
            ragged.push(format!("{wanted:?} and {seen:?}:\n{}\n{}", screen.row(y), screen.row(near)));
        }
    }
    ragged
}

/// Cells in which numbers with separators or per cent end, from a cell of a row up to the next line of a pane.
fn ends(screen: &Screen, y: u16, from: u16) -> Vec<u16> {
    let text = |x: u16| screen.cell(x, y).map(|cell| cell.text).unwrap_or_default();
    let mut ends = Vec::new();
    let mut has_separator = false;
    for x in (from..screen.size().1).take_while(|x| text(*x) != "│") {
        has_separator |= text(x) == "," || text(x) == "%";
        let next = text(x + 1);
        let goes_on = next.starts_with(|c: char| c.is_ascii_digit() || ",.%".contains(c));
        if !goes_on && std::mem::take(&mut has_separator) {
            ends.push(x);
        }
    }
    ends
}

fn is(cell: &str, any: &str) -> bool {
    !cell.is_empty() && any.contains(cell)
}

macro_rules! pictures {
    ($($test:ident $size:expr, $language:literal, $pictures:expr;)+) => {$(
        #[test]
        fn $test() {
            Studio::open($size, $language, true).all($pictures);
        }
    )+};
}

pictures! {
    pictures_of_workspaces_160_in_korean (160, 45), "ko", &WORKSPACES;
    pictures_of_workspaces_160_in_english (160, 45), "en", &WORKSPACES;
    pictures_of_workspaces_80_in_korean (80, 24), "ko", &WORKSPACES;
    pictures_of_workspaces_80_in_english (80, 24), "en", &WORKSPACES;
    pictures_of_trading_250_in_korean (250, 80), "ko", &WORKSPACES[..1];
    pictures_of_trading_250_in_english (250, 80), "en", &WORKSPACES[..1];
    pictures_over_panes_in_korean (80, 24), "ko", &OVER;
    pictures_over_panes_in_english (80, 24), "en", &OVER;
}

#[test]
fn pictures_of_the_tour() {
    for language in ["ko", "en"] {
        let studio = Studio::open((80, 24), language, false);
        studio.picture("tour");
    }
}
