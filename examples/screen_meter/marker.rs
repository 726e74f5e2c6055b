//! Where the screen shows how far the feed has come.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::terminal::Terminal;
use crate::terminal::fake_desk::FakeDesk;
use crate::terminal::screen::Screen;

/// Counts at which the cell of the last price is looked for: what shows all of them in one place is that cell.
const PROBES: [u64; 4] = [7, 1_234, 40_321, 65_432];
/// Longest wait for a price that was pushed.
const PATIENCE: Duration = Duration::from_secs(5);

/// A way to read the count off the screen.
#[derive(Debug, Clone, Copy)]
pub enum Marker {
    /// A price in these columns of a row; the count is what it is above the base.
    Price { x: u16, y: u16, width: u16, base: i64 },
    /// `SEQ:` and nine digits.
    Sequence,
}

impl Marker {
    /// The count that is shown, if one is.
    pub fn read(&self, screen: &Screen) -> Option<u64> {
        match self {
            Self::Price { x, y, width, base } => {
                let cells = (*x..*x + *width).filter_map(|x| screen.cell(x, *y));
                let digits: String =
                    cells.flat_map(|cell| cell.text.chars().collect::<Vec<_>>()).filter(|c| *c != ',').collect();
                digits.parse::<i64>().ok().and_then(|price| u64::try_from(price - base).ok())
            }
            Self::Sequence => {
                let (x, y) = screen.find("SEQ:")?;
                let digits: String = (x + 4..x + 13).filter_map(|x| screen.cell(x, y)).map(|cell| cell.text).collect();
                digits.parse().ok()
            }
        }
    }

    /// Finds the cell of the last price by pushing prices that stand nowhere else.
    pub fn find(terminal: &Terminal, desk: &FakeDesk) -> Result<Self> {
        let mut common: Option<Vec<(u16, u16, u16)>> = None;
        for probe in PROBES {
            desk.count_to(probe);
            let price = desk.price_after(probe);
            if !terminal.becomes(PATIENCE, |screen| !places(screen, price).is_empty()) {
                bail!("the screen does not show the price {price} that was pushed:\n{}", terminal.text());
            }
            // Other places of the same price may follow in the next frame.
            terminal.becomes(Duration::from_millis(200), |_| false);
            let here = terminal.look(|screen| places(screen, price));
            common = Some(match common {
                Some(before) => before.into_iter().filter(|place| here.contains(place)).collect(),
                None => here,
            });
        }
        match common.unwrap_or_default().first() {
            Some((x, y, width)) => Ok(Self::Price { x: *x, y: *y, width: *width, base: desk.price_after(0) }),
            None => bail!("the last price stands in no place of its own:\n{}", terminal.text()),
        }
    }
}

/// Columns, rows and widths where a price stands, from the top left.
fn places(screen: &Screen, price: i64) -> Vec<(u16, u16, u16)> {
    let grouped = grouped(price);
    let mut places: Vec<(u16, u16, u16)> = Vec::new();
    for text in [grouped, price.to_string()] {
        let width = u16::try_from(text.len()).unwrap_or(u16::MAX);
        places.extend(screen.find_all(&text).into_iter().map(|(x, y)| (x, y, width)));
    }
    places.sort_by_key(|(x, y, _)| (*y, *x));
    places
}

/// Whether the screen shows a price, however it is grouped.
pub fn shows_price(screen: &Screen, price: i64) -> bool {
    !places(screen, price).is_empty()
}

fn grouped(price: i64) -> String {
    let digits = price.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
