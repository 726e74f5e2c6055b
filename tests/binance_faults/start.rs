//! A start on a ledger that differs from the account: every kind of difference is shown with both values, nothing goes out
//! until a person has accepted it, and after that both sides agree.

use hoga::desk::core::CoreCommand;
use hoga::desk::protocol::Outcome;
use hoga::desk::record::DifferenceRecord;
use hoga::market::Side;
use hoga::order::{OrderId, OrderState};

use crate::binance_server::account::Position;
use crate::binance_server::{Options, Server};
use crate::stage::{BTC, Desk, Setup, buy_at, dec, market};

/// What happens while the desk is off, and what is shown of it.
struct Case {
    kind: &'static str,
    meanwhile: fn(&Server, &(String, i64)),
    local: &'static str,
    venue: &'static str,
}

const fn case(
    kind: &'static str,
    meanwhile: fn(&Server, &(String, i64)),
    local: &'static str,
    venue: &'static str,
) -> Case {
    Case { kind, meanwhile, local, venue }
}

/// The account before: long 0.100, a buy of 0.010 resting at 59,000.
const CASES: [Case; 13] = [
    case("extra_order", foreign_order, "none", "buy BINANCE_FUTURES:BTCUSDT 0.02 accepted"),
    case("missing_order", forget_order, "accepted, 0 of 0.01", "none"),
    case("order_partly_filled", fill_a_part, "accepted, 0 of 0.01", "partially_filled, 0.004 of 0.01"),
    case("order_filled", fill, "accepted, 0 of 0.01", "filled, 0.01 of 0.01"),
    case("order_canceled", cancel, "accepted, 0 of 0.01", "canceled, 0 of 0.01"),
    case("order_changed", change, "0.01 @ 59000", "0.012 @ 59100"),
    case("extra_position", open_another, "0", "2"),
    case("missing_position", |server, _| hold(server, "0"), "0.1", "0"),
    case("position", |server, _| hold(server, "0.07"), "0.1", "0.07"),
    case("position_side", |server, _| hold(server, "-0.03"), "0.1", "-0.03"),
    case("cash", |server, _| pay(server, "USDT", "-12.5"), "", ""),
    case("extra_currency", |server, _| pay(server, "USDC", "30"), "0", "30"),
    case("unknown_instrument", hold_what_is_unknown, "0", "5"),
];

fn foreign_order(server: &Server, _: &(String, i64)) {
    server.foreign_order(BTC, true, dec("58000"), dec("0.020"));
}

fn forget_order(server: &Server, key: &(String, i64)) {
    server.change(|state| state.exchange.orders.remove(key));
}

fn fill_a_part(server: &Server, _: &(String, i64)) {
    server.trade(BTC, dec("59000"), dec("0.004"));
}

fn fill(server: &Server, _: &(String, i64)) {
    server.trade(BTC, dec("58990"), dec("5"));
}

fn cancel(server: &Server, (symbol, id): &(String, i64)) {
    server.end_order(symbol, *id, "CANCELED");
}

fn change(server: &Server, key: &(String, i64)) {
    server.change(|state| {
        let order = state.exchange.orders.get_mut(key).unwrap();
        (order.price, order.quantity) = (dec("59100"), dec("0.012"));
    });
}

fn held(symbol: &str) -> (String, String) {
    (symbol.to_owned(), "BOTH".to_owned())
}

fn put(server: &Server, symbol: &str, amount: &str, entry: &str) {
    server.change(|state| {
        let position = Position { amount: dec(amount), entry: dec(entry), updated: state.now(), ..Position::default() };
        state.exchange.positions.insert(held(symbol), position);
    });
}

fn open_another(server: &Server, _: &(String, i64)) {
    put(server, "ETHUSDT", "2", "3000");
}

fn hold(server: &Server, amount: &str) {
    put(server, BTC, amount, "60000");
}

/// A contract priced in what hoga has no currency for, so that it is not among its instruments.
fn hold_what_is_unknown(server: &Server, _: &(String, i64)) {
    server.relist("LUNAUSDT", |listing| listing.quote = "ZZZ");
    put(server, "LUNAUSDT", "5", "1");
}

fn pay(server: &Server, asset: &str, amount: &str) {
    server.change(|state| *state.exchange.wallet.entry(asset.to_owned()).or_default() += dec(amount));
}

/// A ledger and an account that agree, and the order that rests.
fn account(server: &Server) -> (Desk, OrderId) {
    let mut desk = Desk::to(server, Setup::default());
    let entry = desk.submit(market(Side::Buy, "0.100"));
    desk.until_state(entry, OrderState::Filled);
    let resting = desk.submit(buy_at("59000", "0.010"));
    desk.until_state(resting, OrderState::Accepted);
    desk.agrees_with(server);
    (desk, resting)
}

fn found(desk: &Desk) -> Vec<DifferenceRecord> {
    desk.core.profile(0).unwrap().differences.clone()
}

fn start_after(case: &Case) {
    let kind = case.kind;
    let server = Server::start(Options::default());
    let (desk, resting) = account(&server);
    let there = server.order(&resting.simple()).unwrap();
    let cash = server.wallet("USDT");
    let sent = changes(&server);
    let key = (there.symbol.clone(), there.order_id);
    let mut desk = desk.restarted_after(&server, Setup::default(), || (case.meanwhile)(&server, &key));
    desk.until(&format!("{kind} is shown"), |desk| !found(desk).is_empty());
    desk.until("compared", |desk| desk.core.profile(0).unwrap().reconciled);
    let shown = found(&desk);
    assert_eq!(shown.iter().map(|one| one.kind.as_str()).collect::<Vec<_>>(), [kind], "{shown:#?}");
    let (local, venue) = match kind {
        "cash" => (cash.normalize().to_string(), (cash - dec("12.5")).normalize().to_string()),
        _ => (case.local.to_owned(), case.venue.to_owned()),
    };
    assert!(shown[0].local.starts_with(&local) && shown[0].venue.contains(&venue), "{shown:#?}");
    assert!(desk.notices.iter().any(|text| text.contains(kind)), "{kind}: {:?}", desk.notices);
    let refused = desk.try_submit(buy_at("58500", "0.010")).expect_err("new orders wait for a person");
    let rules: Vec<String> = refused.refusals.iter().map(|refusal| refusal.rule.name()).collect();
    assert!(rules.iter().any(|rule| rule == "RISK_NOT_RECONCILED"), "{kind}: {rules:?}");
    assert_eq!(changes(&server), sent, "{kind}: nothing was sent");
    let token = desk.ask(CoreCommand::AcceptDifferences);
    assert!(matches!(desk.reply(token), Some(Outcome::Ok(_))), "{kind}");
    assert!(found(&desk).is_empty(), "{kind}");
    if kind != "unknown_instrument" {
        let id = desk.submit(buy_at("58500", "0.010"));
        desk.until_state(id, OrderState::Accepted);
    }
    desk.until(&format!("{kind}: both agree"), |desk| {
        desk.held(BTC) == server.position(BTC) && desk.usdt() == Some(server.wallet("USDT"))
    });
}

/// Requests that change something about orders.
fn changes(server: &Server) -> usize {
    let is_one = |path: &str| path.ends_with("/order") || path.ends_with("/algoOrder") || path.ends_with("OpenOrders");
    server.requests().iter().filter(|seen| seen.method != "GET" && is_one(&seen.path)).count()
}

#[test]
fn every_kind_of_difference_is_shown_with_both_values_and_waits_for_a_person() {
    std::thread::scope(|scope| {
        let runs: Vec<_> = CASES.iter().map(|case| (case.kind, scope.spawn(|| start_after(case)))).collect();
        let failed: Vec<_> =
            runs.into_iter().filter_map(|(kind, run)| run.join().err().map(|why| (kind, why))).collect();
        let texts: Vec<_> =
            failed.iter().map(|(kind, why)| format!("{kind}: {:?}", why.downcast_ref::<String>())).collect();
        assert!(texts.is_empty(), "{}", texts.join("\n"));
    });
}

#[test]
fn funding_while_the_desk_was_off_is_booked_and_no_difference() {
    let server = Server::start(Options::default());
    let (desk, resting) = account(&server);
    let mut desk = desk.restarted_after(&server, Setup::default(), || {
        server.fund(BTC, dec("0.0001"));
    });
    desk.until_ready();
    desk.until("it is booked", |desk| desk.usdt() == Some(server.wallet("USDT")));
    assert_eq!(desk.state(resting), OrderState::Accepted);
    desk.agrees_with(&server);
}
