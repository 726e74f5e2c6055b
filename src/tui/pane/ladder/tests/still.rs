//! What does not move.

use super::*;

/// Numbers that are the same in every run.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self, below: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(below)).unwrap()
    }
}

#[test]
fn an_armed_cursor_keeps_its_price_and_its_line_over_a_thousand_books() {
    let (mut model, mut ladder) = armed(Language::Ko);
    put(&mut ladder, &model, "71300");
    let before = ladder.view.row_at(price("71300")).unwrap();
    let prices = ladder.view.prices.clone();
    let mut random = Seeded(0x5eed);
    let mut bid = 71_100;
    for _ in 0..1_000 {
        bid = (bid + random.next(9) * 100).saturating_sub(400).clamp(50_000, 90_000);
        let ask = bid + 100 + random.next(4) * 100;
        pass(&mut model, Duration::from_millis(u64::from(random.next(2_000))));
        put_book(&mut model, &mut ladder, bid, ask);
        if random.next(3) > 0 {
            let lines = draw(&mut ladder, &model, 44, 41);
            let line = &lines[before + usize::from(ladder.first)];
            assert!(line.contains("71,300"), "{line}");
            assert_eq!(ladder.row(&model).map(|(_, row)| row), Ok(price("71300")));
        }
        assert_eq!(ladder.view.cursor, Some(price("71300")));
    }
    assert_eq!(ladder.view.prices, prices, "rows scrolled under the cursor");
}

#[test]
fn a_cursor_in_use_holds_the_rows_and_an_idle_one_lets_them_follow_the_market() {
    let mut model = market(Language::En);
    let mut ladder = Ladder::default();
    draw(&mut ladder, &model, 44, 41);
    act(&mut ladder, &model, Action::Up);
    let prices = ladder.view.prices.clone();
    put_book(&mut model, &mut ladder, 75_000, 75_100);
    let lines = draw(&mut ladder, &model, 44, 41);
    assert_eq!(ladder.view.prices, prices);
    assert!(lines[1].contains("▲ 75,000"), "the market is above: {}", lines[1]);
    pass(&mut model, Duration::from_secs(20));
    draw(&mut ladder, &model, 44, 41);
    assert_eq!(ladder.view.row_at(price("75000")), Some(ladder.view.prices.len() / 2));
}

#[test]
fn a_market_that_fell_out_of_an_armed_view_is_told_at_the_lower_edge_and_space_brings_it_back() {
    let (mut model, mut ladder) = armed(Language::En);
    put_book(&mut model, &mut ladder, 60_000, 60_100);
    let lines = draw(&mut ladder, &model, 44, 41);
    let last = &lines[usize::from(ladder.first) + ladder.view.prices.len() - 1];
    assert!(last.contains("▼ 60,100"), "{last}");
    act(&mut ladder, &model, Action::Select);
    draw(&mut ladder, &model, 44, 41);
    assert_eq!(ladder.view.cursor, Some(price("60000")));
    assert_eq!(ladder.view.row_at(price("60000")), Some(ladder.view.prices.len() / 2));
}

#[test]
fn a_row_nobody_has_seen_lately_is_not_traded_at() {
    let (mut model, mut ladder) = armed(Language::En);
    pass(&mut model, Duration::from_secs(4));
    let asks = act(&mut ladder, &model, Action::BuyHere);
    assert!(trades(asks.clone()).is_empty() && said(&asks).contains("out of sight"), "{asks:?}");
    draw(&mut ladder, &model, 44, 41);
    assert_eq!(trades(act(&mut ladder, &model, Action::BuyHere)).len(), 1);
    // Scrolled out of sight by the wheel.
    ladder.view.scroll(60, model.now.since_start);
    draw(&mut ladder, &model, 44, 41);
    assert!(trades(act(&mut ladder, &model, Action::BuyHere)).is_empty());
}

#[test]
fn rows_of_one_instrument_are_never_those_of_another() {
    let (mut model, mut ladder) = armed(Language::En);
    model.selected.replace("SIM:000660".parse().unwrap());
    let asks = act(&mut ladder, &model, Action::BuyHere);
    assert!(trades(asks).is_empty());
    let lines = draw(&mut ladder, &model, 44, 41);
    assert!(!lines.iter().any(|line| line.contains("71,")), "{lines:#?}");
}

#[test]
fn another_height_keeps_the_cursor() {
    let (model, mut ladder) = armed(Language::En);
    put(&mut ladder, &model, "71800");
    for height in [41, 20, 12, 9, 60, 30] {
        draw(&mut ladder, &model, 44, height);
        assert_eq!(ladder.view.chosen(), Some(price("71800")), "{height}");
    }
}
