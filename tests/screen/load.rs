//! Under load: what the eye and the hand are at stays where it is, and nothing of one symbol stands under the name of
//! another.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hoga::desk::protocol::{Topic, Update};
use hoga::desk::record::BookRecord;
use hoga::market::Price;

use crate::stage::{PATIENCE, attached};
use crate::terminal::Terminal;
use crate::terminal::fake_desk::{FakeDesk, Market};
use crate::terminal::keys::Mouse;
use crate::terminal::screen::Screen;

/// Updates of each kind a second.
const RATE: u32 = 500;

/// Quantities of the books and prints pushed are below.
const QUANTITY_MAX: i64 = 95_000;

/// What was seen wrong, from the thread that reads.
type Seen<T> = Arc<Mutex<Vec<T>>>;

/// A desk whose screens begin at the first symbol of its market and show nobody around.
fn seeded(market: Market) -> FakeDesk {
    let symbol = market.listings[0].symbol.clone();
    let desk = FakeDesk::start(market);
    let kept = format!("[screen]\ntoured = \"1\"\n[symbol]\nsim = \"SIM:{symbol}\"\n");
    std::fs::write(desk.folder().join("screen.toml"), kept).unwrap();
    desk
}

/// The number in the price column of the row whose first cells hold the cursor of the ladder.
fn price_at_cursor(screen: &Screen) -> Option<i64> {
    let (left, right) = ladder(screen)?;
    let (rows, _) = screen.size();
    let text = |x: u16, y: u16| screen.cell(x, y).map(|cell| cell.text).unwrap_or_default();
    let y = (2..rows).find(|y| text(left + 1, *y) == "▸")?;
    numbers(screen, y, left + 1, right).into_iter().find(|number| *number >= 50_000)
}

/// Columns of the lines around the ladder.
fn ladder(screen: &Screen) -> Option<(u16, u16)> {
    let (x, y) = screen.find("Ladder ")?;
    let text = |x: u16| screen.cell(x, y).map(|cell| cell.text).unwrap_or_default();
    let left = (0..x).rev().find(|x| text(*x) == "┌")?;
    let right = (x..screen.size().1).find(|x| text(*x) == "┐")?;
    Some((left, right))
}

/// Whole numbers with separators in some cells of a row, from the left.
fn numbers(screen: &Screen, y: u16, from: u16, to: u16) -> Vec<i64> {
    let mut text = String::new();
    for x in from..to {
        let cell = screen.cell(x, y).map(|cell| cell.text).unwrap_or_default();
        text.push_str(if cell.is_empty() { " " } else { &cell });
    }
    let words = text.split(|c: char| !c.is_ascii_digit() && c != ',');
    // A code is no number: it has no separators.
    words.filter(|word| word.contains(',')).filter_map(|word| word.replace(',', "").parse().ok()).collect()
}

/// A book around a price.
fn book(market: &Market, symbol: &str, centre: i64) -> BookRecord {
    let listing = market.find(symbol).unwrap();
    let price = |won: i64| Price::new(won.into()).unwrap();
    let mut record = market.book(listing, 0, 20, hoga::market::UtcTime::EPOCH);
    for (level, (bid, ask)) in (0_i64..).zip(record.bids.iter_mut().zip(&mut record.asks)) {
        bid.0 = price(centre - listing.tick * (level + 1));
        ask.0 = price(centre + listing.tick * level);
    }
    record.last = Some(price(centre));
    record
}

/// A number that wanders, the same at each run.
struct Wander(u64);

impl Wander {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn arm(desk: &FakeDesk, screen: &Terminal) {
    screen.wait_for(|screen| !screen.shows("VIEW"), PATIENCE);
    assert!(desk.is_followed(Topic::Book, "005930", PATIENCE));
    desk.push_market("005930");
    screen.wait_for_text("feed <1s");
    screen.type_keys("A");
    screen.wait_for_text("ARMED");
}

#[test]
fn the_row_under_the_armed_cursor_keeps_its_price_while_the_market_runs() {
    let market = Market::korean(10).counting_from(100_000);
    let desk = seeded(market.clone());
    let screen = attached(&desk, 45, 160, &[]);
    arm(&desk, &screen);
    let armed_at = screen.look(price_at_cursor).unwrap_or_else(|| screen.fail("no price under the cursor"));
    let prices: Seen<i64> = Seen::default();
    screen.observe({
        let prices = prices.clone();
        move |screen, _| {
            if screen.shows("ARMED")
                && let Some(price) = price_at_cursor(screen)
            {
                prices.lock().unwrap().push(price);
            }
        }
    });
    let (mut wander, mut centre) = (Wander(7), 100_000_i64);
    for _ in 0..3 * RATE {
        centre += 100 * (i64::try_from(wander.next(3)).unwrap() - 1);
        // Three times as far as the rows reach, and back.
        centre = centre.clamp(94_000, 106_000);
        desk.push(Topic::Book, Some("005930"), Update::Book(book(&market, "005930", centre)));
        std::thread::park_timeout(Duration::from_secs(1) / RATE);
    }
    screen.stop_observing();
    let prices = prices.lock().unwrap();
    assert!(prices.len() > 10, "the ladder was seen armed only {} times", prices.len());
    assert!(prices.iter().all(|price| *price == armed_at), "armed at {armed_at}, seen {prices:?}");
}

/// Market updates of every symbol of a desk, one of each kind a step.
fn push_next(desk: &FakeDesk, market: &Market, step: u64) {
    let listings = &market.listings;
    let at = usize::try_from(step).unwrap() % listings.len();
    let listing = &listings[at];
    let time = hoga::market::UtcTime::EPOCH.plus(Duration::from_secs(1_795_000_000 + step));
    let symbol = Some(listing.symbol.as_str());
    desk.push(Topic::Quote, symbol, Update::Quote(market.quote(listing, step % 50, time)));
    desk.push(Topic::Book, symbol, Update::Book(market.book(listing, step, 20, time)));
    desk.push(Topic::Trades, symbol, Update::Trade(market.trade(listing, step % 50, time)));
}

/// Ten symbols whose prices are at least a third apart.
fn far_apart() -> Market {
    let mut market = Market::korean(10);
    for (listing, number) in market.listings.iter_mut().zip(1_i64..) {
        listing.base = 100_000 * number;
        listing.tick = 100;
    }
    market
}

/// What the panes of a sight say: the name on the ladder with the prices in it, and the code on the chart.
fn mixed_up(screen: &Screen, bases: &BTreeMap<String, i64>) -> Option<String> {
    let (left, right) = ladder(screen)?;
    let (columns, rows) = (screen.size().1, screen.size().0);
    let title = |from: u16, to: u16, y: u16| -> String {
        (from..to)
            .filter_map(|x| screen.cell(x, y))
            .map(|cell| if cell.text.is_empty() { " ".into() } else { cell.text })
            .collect()
    };
    let chart = screen.find("Chart ").map(|(x, y)| title(x, columns.min(left), y))?;
    let code = chart.split_whitespace().nth(1)?.to_owned();
    let base = *bases.get(&code)?;
    let belongs = |number: i64| (base - 20_000..=base + 20_000).contains(&number);
    if let Some((x, y)) = screen.find("Prints ").filter(|(x, _)| *x > left) {
        let prints = title(x, right, y);
        let other = prints.split_whitespace().nth(1).filter(|word| bases.contains_key(*word) && *word != code);
        if other.is_some() {
            return Some(format!("{prints} beside the chart of {code}"));
        }
    }
    // What is larger than any quantity of these books is a price, but for the sums of the quantities.
    let sums: Vec<u16> = screen.find_all("total ").into_iter().map(|(_, y)| y).collect();
    for y in (1..rows).filter(|y| !sums.contains(y)) {
        let all = numbers(screen, y, left + 1, right);
        if let Some(number) = all.into_iter().find(|number| *number > QUANTITY_MAX && !belongs(*number)) {
            return Some(format!("{number} in the ladder of {code}, line {y}: {}", screen.row(y)));
        }
    }
    None
}

#[test]
fn two_hundred_switches_under_load_never_mix_two_symbols() {
    let market = far_apart();
    let desk = seeded(market.clone());
    let screen = attached(&desk, 80, 250, &[]);
    let bases: BTreeMap<String, i64> =
        market.listings.iter().map(|listing| (listing.symbol.clone(), listing.base)).collect();
    assert!(desk.is_followed(Topic::Book, "005930", PATIENCE));
    let (wrong, codes): (Seen<String>, Seen<String>) = (Seen::default(), Seen::default());
    screen.observe({
        let (wrong, codes, bases) = (wrong.clone(), codes.clone(), bases.clone());
        move |screen, _| {
            wrong.lock().unwrap().extend(mixed_up(screen, &bases));
            if let Some((x, y)) = screen.find("Chart ") {
                let code: String = (x + 6..x + 12).filter_map(|x| screen.cell(x, y)).map(|cell| cell.text).collect();
                let mut codes = codes.lock().unwrap();
                if codes.last() != Some(&code) {
                    codes.push(code);
                }
            }
        }
    });
    let (mut wander, mut step, mut last) = (Wander(11), 0, String::new());
    for _ in 0..200 {
        let chosen = usize::try_from(wander.next(10)).unwrap();
        let symbol = market.listings[chosen].symbol.clone();
        // The rows of the watch list are in the order of the market, below the names of its columns.
        let row = 3 + u16::try_from(chosen).unwrap();
        screen.mouse(Mouse::Click, 4, row);
        screen.mouse(Mouse::Click, 4, row);
        last.clone_from(&symbol);
        for _ in 0..20 {
            push_next(&desk, &market, step);
            step += 1;
            std::thread::park_timeout(Duration::from_secs(1) / RATE);
        }
    }
    // The last one chosen comes to be shown.
    let last = format!("Chart {last}");
    screen.wait_for(|screen| screen.shows(&last), PATIENCE);
    screen.stop_observing();
    let wrong = wrong.lock().unwrap();
    assert_eq!(*wrong, Vec::<String>::new());
    let seen = codes.lock().unwrap().len();
    assert!(seen > 50, "only {seen} switches were seen");
}

#[test]
fn two_screens_do_not_hear_of_each_other() {
    let market = far_apart();
    let desk = seeded(market.clone());
    let (first, second) = (attached(&desk, 45, 160, &[]), attached(&desk, 45, 160, &[]));
    second.type_keys("/000660<enter>");
    second.wait_for_text("Chart 000660");
    let bases: BTreeMap<String, i64> =
        market.listings.iter().map(|listing| (listing.symbol.clone(), listing.base)).collect();
    let wrong: Seen<String> = Seen::default();
    for (screen, code) in [(&first, "005930"), (&second, "000660")] {
        let (wrong, bases) = (wrong.clone(), bases.clone());
        screen.observe(move |screen, _| {
            let mut wrong = wrong.lock().unwrap();
            wrong.extend(mixed_up(screen, &bases));
            if !screen.shows(&format!("Chart {code}")) {
                wrong.push(format!("the screen of {code} shows another chart"));
            }
        });
    }
    for step in 0..u64::from(2 * RATE) {
        push_next(&desk, &market, step);
        std::thread::park_timeout(Duration::from_secs(1) / RATE);
    }
    first.stop_observing();
    second.stop_observing();
    assert_eq!(*wrong.lock().unwrap(), Vec::<String>::new());
}

#[test]
fn a_storm_of_sizes_under_load_leaves_what_a_fresh_screen_shows() {
    let market = far_apart().of_a_day(hoga::market::UtcTime::parse("2026-11-20T01:30:00Z").unwrap());
    let desk = seeded(market.clone());
    let stormy = attached(&desk, 45, 160, &[]);
    for step in 0..u16::try_from(RATE).unwrap() {
        let listing = &market.listings[usize::from(step) % market.listings.len()];
        let book = market.book(listing, step.into(), 20, hoga::market::UtcTime::EPOCH);
        desk.push(Topic::Book, Some(&listing.symbol), Update::Book(book));
        stormy.resize(18 + step * 7 % 40, 60 + step * 13 % 190);
        std::thread::park_timeout(Duration::from_secs(1) / RATE);
    }
    stormy.resize(45, 160);
    stormy.type_keys("<space>");
    let fresh = attached(&desk, 45, 160, &["attach", "--view"]);
    // Both are told the same state again and again: the sights meet.
    let meet = || {
        desk.push_standing();
        let wanted = fresh.look(market_panes);
        stormy.becomes(Duration::from_millis(100), |screen| market_panes(screen) == wanted && screen.shows("feed <1s"))
    };
    let met = (0..100).any(|_| meet());
    assert!(met, "after the storm:\n{}\na fresh screen:\n{}", stormy.text(), fresh.text());
}

/// Watch list, chart and ladder: what is above the ticket. The line of titles has ages.
fn market_panes(screen: &Screen) -> Vec<String> {
    let ticket = screen.find("▸Ticket").map_or(0, |(_, y)| y);
    (2..ticket).map(|y| screen.row(y)).collect()
}
