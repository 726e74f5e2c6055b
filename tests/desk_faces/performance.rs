//! What the account has earned, by day and by instrument.

use hoga::desk::protocol::{Command, Response, Topic, Update};
use hoga::market::{Currency, Side, UtcTime, Venue, trading_date};
use hoga::order::OrderState;
use rust_decimal::dec;

use crate::desk::{Desk, Face};

fn trade(desk: &Desk, face: &mut Face, symbol: &str, side: Side, at: i64, quantity: u32) {
    let order = face.order(symbol, side, at, quantity);
    let state = |face: &mut Face, wanted: OrderState| {
        face.wait("the order", |update| match update {
            Update::Order(record) if record.id == order.id && record.state == wanted => Some(()),
            _ => None,
        });
    };
    state(face, OrderState::Accepted);
    desk.stage.fill(&order.id, at, quantity);
    state(face, OrderState::Filled);
}

#[test]
fn the_parts_add_up_to_the_profit() {
    let desk = Desk::start();
    let mut face = desk.face("one");
    face.listen(Topic::Orders);
    face.follow(Topic::Book, &["000001", "000002"]);
    for symbol in ["000001", "000002"] {
        face.open(&desk.stage, symbol);
    }
    trade(&desk, &mut face, "000001", Side::Buy, 70_000, 10);
    trade(&desk, &mut face, "000001", Side::Sell, 71_000, 4);
    trade(&desk, &mut face, "000002", Side::Buy, 70_000, 3);
    trade(&desk, &mut face, "000002", Side::Sell, 69_000, 3);
    let Response::Performance(record) = face.ask(Command::Performance { days: 7 }) else { panic!("no performance") };
    let Response::Pnl(pnl) = face.ask(Command::Pnl) else { panic!("no profit") };
    let pnl = pnl.into_iter().find(|pnl| pnl.currency == Currency::Krw).unwrap();
    let [day] = record.days.as_slice() else { panic!("{:?}", record.days) };
    let now = desk.stage.now();
    assert_eq!(day.date, trading_date(Venue::Krx, now).to_string());
    assert_eq!(
        (day.realized_gross, day.realized, day.fees, day.taxes),
        (dec!(1_000), pnl.realized, pnl.fees, pnl.taxes)
    );
    assert_eq!((day.fills, day.turnover), (4, dec!(1_401_000)));
    let gross: Vec<_> = record.symbols.iter().map(|s| (s.symbol.as_str(), s.realized_gross, s.fills)).collect();
    assert_eq!(gross, [("000001", dec!(4_000), 2), ("000002", dec!(-3_000), 2)]);
    assert_eq!(record.symbols[0].name_ko, "종목000001");
    let name = "sim".parse().unwrap();
    let reader = hoga::ledger::LedgerReader::open(&desk.paths.ledger()).unwrap();
    let later = now.plus(std::time::Duration::from_secs(8 * 86_400));
    let none = hoga::desk::shell::performance::performance(&reader, &name, later, 7).unwrap();
    assert!(none.days.is_empty() && none.symbols.is_empty(), "a week later the day is out of sight");
    assert!(reader.transactions(None, UtcTime::EPOCH, 99).unwrap().len() >= 4);
}
