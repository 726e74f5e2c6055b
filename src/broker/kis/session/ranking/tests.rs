//! Rankings of made-up markets, and what is asked for them.

use rust_decimal::dec;

use super::*;
use crate::market::Price;

/// Shares of a made-up market: price and money each.
fn market(count: u64) -> Vec<Ranked> {
    let share = |number: u64| {
        // Neither in the order of the other.
        let (price, value) = (1_000 + number * 7_919 % 99_991, number * 104_729 % 1_299_709 * 1_000);
        Ranked {
            instrument: InstrumentId { venue: Venue::Krx, symbol: Symbol::new(&format!("{number:06}")).unwrap() },
            name: String::new(),
            last: Price::new(Decimal::from(price)).ok(),
            change_percent: None,
            volume: dec!(1),
            value: Some(Decimal::from(value)),
        }
    };
    (1..=count).map(share).collect()
}

/// What the broker says of a band: its first 30.
fn reply(market: &[Ranked], band: Band) -> Vec<Ranked> {
    let fits = |row: &&Ranked| {
        let price = row.last.unwrap().value();
        band.from.is_none_or(|from| price >= from) && band.to.is_none_or(|to| price <= to)
    };
    let mut rows: Vec<Ranked> = market.iter().filter(fits).cloned().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.value));
    rows.truncate(FULL);
    rows
}

/// The ranking, and how many questions it took.
fn rank(market: &[Ranked], places: usize) -> (Vec<Ranked>, usize) {
    let mut bands = Bands::new(RankBy::Value, places);
    let mut asked = 0;
    while asked < QUESTIONS_MAX
        && let Some(band) = bands.next()
    {
        asked += 1;
        let rows = reply(market, band);
        let is_full = rows.len() >= FULL;
        bands.took(band, rows, is_full);
    }
    (bands.leaders(), asked)
}

fn truth(market: &[Ranked], places: usize) -> Vec<InstrumentId> {
    let mut all = market.to_vec();
    all.sort_by_key(|row| std::cmp::Reverse(row.value));
    all.iter().take(places).map(|row| row.instrument).collect()
}

#[test]
fn trap_26_fifty_places_are_exact_although_a_ranking_has_thirty() {
    let market = market(2_500);
    for places in [1, 20, 30, 31, 50, 100] {
        let (rows, asked) = rank(&market, places);
        let told: Vec<InstrumentId> = rows.iter().map(|row| row.instrument).collect();
        assert_eq!(told, truth(&market, places), "{places} places");
        assert!(asked <= QUESTIONS_MAX && (places > 30 || asked == 1), "{places} places took {asked} questions");
    }
}

#[test]
fn a_small_market_is_told_whole() {
    let market = market(12);
    let (rows, asked) = rank(&market, 50);
    assert_eq!((rows.len(), asked), (12, 1));
}

#[test]
fn what_cannot_be_split_ends_the_list_where_it_is_certain() {
    let mut market = market(300);
    for row in &mut market {
        row.last = Price::new(dec!(5000)).ok();
    }
    let (rows, asked) = rank(&market, 50);
    assert_eq!((rows.len(), asked), (30, 1), "nobody knows who is the 31st");
    assert_eq!(rows.iter().map(|row| row.instrument).collect::<Vec<_>>(), truth(&market, 30));
}

#[test]
fn fewer_questions_than_needed_tell_less_but_nothing_wrong() {
    let market = market(2_500);
    let mut bands = Bands::new(RankBy::Value, 100);
    for _ in 0..2 {
        let band = bands.next().unwrap();
        let rows = reply(&market, band);
        bands.took(band, rows, true);
    }
    let told: Vec<InstrumentId> = bands.leaders().iter().map(|row| row.instrument).collect();
    assert!(told.len() >= 30 && told.len() < 100);
    assert_eq!(told, truth(&market, told.len()));
}
