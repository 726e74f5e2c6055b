//! Frames as the desk knows them.

use hoga::broker::binance::market_map::{Implausible, Mapped, MarketMap};
use hoga::broker::binance::wire::market::{Frame, parse};
use hoga::market::{DayStats, Level, Mark, MarketBody, MarketEvent, Quote, Side, Trade};
use rust_decimal::dec;

use super::{instrument, millis, price, quantity, sample, symbol};

const NOW: i64 = 1_763_700_000_000;

struct Heard {
    map: MarketMap,
    out: Vec<MarketEvent>,
}

impl Heard {
    fn new() -> Self {
        let mut map = MarketMap::new();
        map.watch(symbol("BTCUSDT"));
        Self { map, out: Vec::new() }
    }

    fn hear(&mut self, frame: &str) -> Result<Mapped, Implausible> {
        let Ok(Frame::Event(_, event)) = parse(frame.as_bytes()) else { panic!("{frame}") };
        self.map.event(event, millis(NOW + 5), &mut self.out)
    }

    fn told(&mut self, frame: &str) -> MarketEvent {
        assert_eq!(self.hear(frame), Ok(Mapped::Told), "{frame}");
        self.out.pop().unwrap()
    }
}

fn trade(id: u64, at: &str, units: &str, time: i64) -> String {
    format!(
        r#"{{"e":"aggTrade","E":{time},"s":"BTCUSDT","a":{id},"p":"{at}","q":"{units}","f":1,"l":2,"T":{time},"m":true}}"#
    )
}

fn best(id: u64, bid: &str, ask: &str) -> String {
    format!(
        r#"{{"e":"bookTicker","u":{id},"s":"BTCUSDT","b":"{bid}","B":"2","a":"{ask}","A":"3","T":{NOW},"E":{NOW}}}"#
    )
}

#[test]
fn a_print_has_the_side_of_its_taker_and_its_own_time() {
    let mut heard = Heard::new();
    let event = heard.told(&trade(7, "60000.10", "0.5", NOW));
    assert_eq!(
        (event.instrument, event.venue_time, event.received_at),
        (instrument("BTCUSDT"), millis(NOW), millis(NOW + 5))
    );
    let print = Trade { id: 7, price: price("60000.1"), quantity: quantity("0.5"), side: Some(Side::Sell) };
    assert_eq!(event.body, MarketBody::Trade(print));
    let bought = trade(8, "60000.1", "0.5", NOW).replace("true", "false");
    let MarketBody::Trade(print) = heard.told(&bought).body else { panic!() };
    assert_eq!(print.side, Some(Side::Buy));
}

#[test]
fn prints_that_come_again_or_late_are_dropped_and_missing_ones_counted() {
    let mut heard = Heard::new();
    let outcomes: Vec<Mapped> =
        [10, 11, 11, 9, 15, 16].map(|id| heard.hear(&trade(id, "1", "1", NOW)).unwrap()).into_iter().collect();
    use Mapped::{Dropped, Told};
    assert_eq!(outcomes, [Told, Told, Dropped, Dropped, Told, Told]);
    let counts = heard.map.counts();
    assert_eq!((counts.repeats, counts.missed_trades), (2, 3));
    // Numbers that began again an hour later are no latecomers.
    assert_eq!(heard.hear(&trade(1, "1", "1", NOW + 3_600_000)), Ok(Told));
    assert_eq!(heard.hear(&trade(2, "1", "1", NOW + 3_600_001)), Ok(Told));
}

#[test]
fn a_best_price_older_than_the_last_is_dropped_and_an_empty_side_is_empty() {
    let mut heard = Heard::new();
    let event = heard.told(&best(5, "1", "2"));
    let bid = Some(Level { price: price("1"), quantity: quantity("2") });
    let ask = Some(Level { price: price("2"), quantity: quantity("3") });
    assert_eq!(event.body, MarketBody::Quote(Quote { bid, ask }));
    assert_eq!(heard.hear(&best(5, "1", "3")), Ok(Mapped::Dropped));
    assert_eq!(heard.hear(&best(4, "1", "3")), Ok(Mapped::Dropped));
    assert_eq!(heard.told(&best(6, "0.00", "2")).body, MarketBody::Quote(Quote { bid: None, ask }));
}

#[test]
fn marks_have_the_next_funding_and_not_its_time_as_theirs() {
    let mut heard = Heard::new();
    let text = String::from_utf8(sample("ws_f_mark_price")).unwrap();
    let text = text.replace("1562305380000", "1762305380000").replace("1562306400000", "1762306400000");
    let event = heard.told(&text);
    assert_eq!(event.venue_time, millis(1_762_305_380_000));
    let mark = Mark {
        mark: price("11794.15"),
        index: price("11784.62659091"),
        funding_rate: dec!(0.00038167),
        next_funding_at: millis(1_762_306_400_000),
    };
    assert_eq!(event.body, MarketBody::Mark(mark));
    let none = text.replace("\"0.00038167\"", "\"\"").replace("\"11784.62659091\"", "\"\"");
    let MarketBody::Mark(mark) = heard.told(&none).body else { panic!() };
    assert_eq!((mark.index, mark.funding_rate), (mark.mark, dec!(0)));
    let wild = text.replace("0.00038167", "3.8");
    assert_eq!(heard.hear(&wild), Err(Implausible("a funding rate")));
    let earlier = text.replace("1762305380000", "1762305379999");
    assert_eq!(heard.hear(&earlier), Ok(Mapped::Dropped));
}

#[test]
fn a_day_here_is_the_last_24_hours() {
    let mut heard = Heard::new();
    let text = String::from_utf8(sample("ws_f_ticker")).unwrap();
    let stats = DayStats {
        open: Some(price("16716")),
        high: Some(price("16764.89")),
        low: Some(price("16456.51")),
        previous_close: Some(price("16716")),
        volume: quantity("122474.816"),
        value: dec!(2036102085.697464),
    };
    assert_eq!(heard.told(&text).body, MarketBody::Day(stats));
}

#[test]
fn what_cannot_be_is_refused_and_leaves_no_trace() {
    let mut heard = Heard::new();
    let odd = [
        (trade(1, "0", "1", NOW), "a price"),
        (trade(1, "-5", "1", NOW), "a price"),
        (trade(1, "1", "0", NOW), "a quantity"),
        (trade(1, "1", "-1", NOW), "a quantity"),
        (trade(1, "99999999999999999999", "1", NOW), "a price"),
        (trade(1, "1", "1", 1_483_228_799_999), "a time"),
        (trade(1, "1", "1", 4_102_444_800_000), "a time"),
        (trade(1, "1", "1", -1), "a time"),
        (best(1, "-1", "2"), "a price"),
        // The published examples of these are of 1970.
        (String::from_utf8(sample("ws_f_agg_trade")).unwrap(), "a time"),
        (String::from_utf8(sample("ws_f_depth_diff")).unwrap(), "a time"),
        (depth("[[\"-1\",\"1\"]]", 10, 11, 9), "a level"),
        (depth("[[\"1\",\"-1\"]]", 10, 11, 9), "a level"),
        (depth("[]", 12, 11, 9), "an order of updates"),
        (depth("[]", 10, 11, 12), "an order of updates"),
    ];
    for (frame, what) in odd {
        assert_eq!(heard.hear(&frame), Err(Implausible(what)), "{frame}");
    }
    assert!(heard.out.is_empty());
    // The number of a refused print is not taken for known.
    assert_eq!(heard.hear(&trade(1, "1", "1", NOW)), Ok(Mapped::Told));
}

fn depth(bids: &str, first: u64, last: u64, previous: u64) -> String {
    format!(
        r#"{{"e":"depthUpdate","E":{NOW},"T":{NOW},"s":"BTCUSDT","U":{first},"u":{last},"pu":{previous},"b":{bids},"a":[]}}"#
    )
}

#[test]
fn nothing_is_told_of_what_nobody_watches_or_of_the_other_market() {
    let mut heard = Heard::new();
    let theirs = trade(1, "1", "1", NOW).replace("\"m\":true", "\"m\":true,\"st\":2");
    assert_eq!(heard.hear(&theirs), Ok(Mapped::Dropped));
    let unknown = trade(1, "1", "1", NOW).replace("BTCUSDT", "币安人生USDT");
    assert_eq!(heard.hear(&unknown), Ok(Mapped::Dropped));
    let top = format!("{{\"stream\":\"btcusdt@depth5\",\"data\":{}}}", depth("[[\"1\",\"1\"]]", 10, 11, 9));
    assert_eq!(heard.hear(&top), Ok(Mapped::Dropped));
    assert_eq!(heard.hear(&trade(1, "1", "1", NOW)), Ok(Mapped::Told));
    heard.map.forget(symbol("BTCUSDT"));
    assert_eq!(heard.hear(&trade(2, "1", "1", NOW)), Ok(Mapped::Dropped));
    assert_eq!(heard.map.counts().foreign, 4);
    let listing = r#"{"e":"contractInfo","E":1,"s":"NEWUSDT","cs":"PENDING_TRADING"}"#;
    assert_eq!(heard.hear(listing), Ok(Mapped::ListingChanged));
}
