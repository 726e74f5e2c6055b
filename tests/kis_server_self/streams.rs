//! The WebSocket: registrations, pings, records, notices, and what goes wrong with them.

use std::time::Duration;

use hoga::broker::kis::realtime::control::{Control, Verdict};
use hoga::broker::kis::realtime::notice::{Happened, Notice};
use hoga::broker::kis::realtime::read::Record;
use hoga::broker::kis::realtime::{Frame, Reader, Stream};
use hoga::market::Side;
use rust_decimal::{Decimal, dec};

use crate::caller::{Caller, Feed};
use crate::kis_server::{FrameFault, HTS_ID, Options, Server, StreamFault};

/// Reads a frame; how many records it has, and how wide they are.
fn read(text: &str, each: impl FnMut(Stream, Record<'_>)) -> (usize, usize) {
    let frame = Frame::parse(text.as_bytes()).unwrap();
    let tally = Reader::new().read(&frame, each).unwrap();
    assert_eq!(tally.refused, 0, "{text}");
    (tally.read, tally.width)
}

#[tokio::test]
async fn registrations_are_answered_as_they_deserve() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    let first = feed.register("H0STCNT0", "005930").await;
    assert_eq!((first.verdict, &*first.code, &*first.tr_key), (Verdict::Registered, "OPSP0000", "005930"));
    for (id, key, code) in [
        ("H0STCNT0", "005930", "OPSP0002"),
        ("H0STOUP0", "005930", "OPSP8991"),
        ("H0STCNI0", "somebody", "OPSP0007"),
        ("H0STCNT0", "", "OPSP0007"),
    ] {
        assert_eq!(&*feed.register(id, key).await.code, code);
    }
    assert_eq!(&*feed.unregister("H0STCNT0", "005930").await.code, "OPSP0001");
    assert_eq!(&*feed.unregister("H0STCNT0", "005930").await.code, "OPSP0003");
    feed.say("{nonsense").await;
    assert_eq!(&*feed.answer().await.code, "OPSP9999");
    feed.approval = "00000000-0000-0000-0000-000000000000".into();
    assert_eq!(feed.register("H0STCNT0", "005930").await.verdict, Verdict::BadApproval);
}

#[tokio::test]
async fn the_42nd_registration_is_one_too_many() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.notices("H0STCNI0").await;
    for number in 0..40 {
        assert_eq!(feed.register("H0STCNT0", &format!("{number:06}")).await.verdict, Verdict::Registered);
    }
    assert_eq!(feed.register("H0STCNT0", "005930").await.verdict, Verdict::Full);
    assert_eq!(server.most_registrations(), 41);
    feed.unregister("H0STCNT0", "000000").await;
    assert_eq!(feed.register("H0STCNT0", "005930").await.verdict, Verdict::Registered);
}

#[tokio::test]
async fn one_session_holds_the_key() {
    let server = Server::start(Options { session_linger: Duration::from_millis(300), ..Options::default() });
    let caller = Caller::new(&server).await;
    let mut first = caller.stream().await;
    first.register("H0STCNT0", "005930").await;
    let approval = first.approval.clone();
    let mut second = caller.stream_with(approval.clone()).await;
    assert_eq!(second.register("H0STCNT0", "005930").await.verdict, Verdict::KeyInUse);
    assert_eq!(second.text().await, None);
    drop(first);
    // The server takes its time to notice that the first one is gone.
    let registered = async {
        loop {
            let mut third = caller.stream_with(approval.clone()).await;
            if third.register("H0STCNT0", "005930").await.verdict == Verdict::Registered {
                return;
            }
        }
    };
    tokio::time::timeout(crate::kis_server::PATIENCE, registered).await.unwrap();
}

#[tokio::test]
async fn paper_has_five_streams() {
    let server = Server::start(Options::paper());
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    for (id, key, verdict) in [
        ("H0STCNT0", "005930", Verdict::Registered),
        ("H0STASP0", "005930", Verdict::Registered),
        ("H0STCNI9", HTS_ID, Verdict::Registered),
        ("H0GSCNI9", HTS_ID, Verdict::Registered),
        ("H0IFCNI9", HTS_ID, Verdict::Registered),
        ("H0STCNI0", HTS_ID, Verdict::Refused),
        ("HDFSCNT0", "DNASAAPL", Verdict::Refused),
        ("H0STMKO0", "005930", Verdict::Refused),
    ] {
        assert_eq!(feed.register(id, key).await.verdict, verdict, "{id}");
    }
}

#[tokio::test]
async fn prints_and_books_of_korean_shares() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    feed.register("H0STCNT0", "005930").await;
    feed.register("H0STASP0", "005930").await;
    server.set_top("005930", dec!(69_900), dec!(70_000));
    let text = feed.data().await;
    let size = read(&text, |stream, record| {
        let Record::StockBook(book) = record else { panic!("{stream:?}") };
        assert_eq!((book.bids().count(), book.asks().count()), (10, 10));
        assert_eq!(book.bids().next().unwrap().0.value(), dec!(69_900));
        assert_eq!(book.asks().next().unwrap().0.value(), dec!(70_000));
        assert!(!book.is_auction());
    });
    assert_eq!(size, (1, 63));
    server.trades("005930", &[(dec!(70_000), dec!(3)), (dec!(69_900), dec!(5)), (dec!(70_000), dec!(2))]);
    let text = feed.data().await;
    let mut seen: Vec<(Decimal, Decimal, Option<Side>, i64)> = Vec::new();
    let size = read(&text, |_, record| {
        let Record::StockTrade(trade) = record else { panic!() };
        assert!(trade.is_trade() && trade.previous_close().unwrap().value() == dec!(70_000));
        seen.push((trade.price.value(), trade.quantity.value(), trade.taker(), trade.volume));
    });
    assert_eq!(size, (3, 47));
    assert_eq!(
        seen,
        [
            (dec!(70_000), dec!(3), Some(Side::Buy), 3),
            (dec!(69_900), dec!(5), Some(Side::Sell), 8),
            (dec!(70_000), dec!(2), Some(Side::Buy), 10),
        ]
    );
    // Others are told of what they registered only.
    server.trade("000660", dec!(185_000), dec!(1));
    server.trade("005930", dec!(70_000), dec!(1));
    assert!(feed.data().await.contains("|005930^"));
}

#[tokio::test]
async fn prints_and_books_of_us_shares() {
    let server = Server::start(Options::default().at("2026-10-14T14:00:00Z"));
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    feed.register("HDFSCNT0", "DNASAAPL").await;
    feed.register("HDFSASP0", "DNASAAPL").await;
    server.set_top("AAPL", dec!(227.99), dec!(228.01));
    let size = read(&feed.data().await, |_, record| {
        let Record::OverseasBook(book) = record else { panic!() };
        assert_eq!((book.key(), book.bids().count(), book.asks().count()), ("DNASAAPL", 10, 10));
        assert_eq!(book.asks().next().unwrap().0.value(), dec!(228.01));
    });
    assert_eq!(size, (1, 71));
    server.trade("AAPL", dec!(227.99), dec!(7));
    let size = read(&feed.data().await, |_, record| {
        let Record::OverseasTrade(trade) = record else { panic!() };
        assert_eq!((trade.price.value(), trade.quantity.value(), trade.session()), (dec!(227.99), dec!(7), b'1'));
        assert_eq!((trade.taker(), trade.change()), (Some(Side::Sell), Some(dec!(-0.01))));
        assert_eq!(trade.clocks.instant().unwrap().seconds(), server.now() / 1_000);
    });
    assert_eq!(size, (1, 26));
}

#[tokio::test]
async fn a_ping_wants_its_text_back() {
    let server = Server::start(Options { ping_every: Duration::from_secs(3_600), ..Options::default() });
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    let ping = || server.change(|state| state.hub.ping("20261014100000"));
    for _ in 0..6 {
        ping();
        let text = feed.text().await.unwrap();
        assert_eq!(Control::parse(text.as_bytes()), Ok(Control::Ping));
        feed.say(&text).await;
        server.until("the answer came", |state| state.hub.unanswered() == 0).await;
    }
    // Who does not answer is ended.
    (0..4).for_each(|_| ping());
    for _ in 0..3 {
        assert!(feed.text().await.unwrap().contains("PINGPONG"));
    }
    assert_eq!(feed.text().await, None);
    server.until("the session is gone", |state| state.hub.count() == 0).await;
}

#[tokio::test]
async fn notices_fit_the_keys_of_their_own_connection_only() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    let old = feed.register("H0STCNI0", HTS_ID).await.keys.unwrap();
    drop(feed);
    server.until("the session is gone", |state| state.hub.count() == 0).await;
    server.advance(Duration::from_secs(1));
    let mut feed = caller.notices("H0STCNI0").await;
    server.foreign_order("005930", true, dec!(69_000), dec!(1));
    let text = feed.data().await;
    let frame = Frame::parse(text.as_bytes()).unwrap();
    assert!(old.decrypt(frame.payload).is_err() || !old.decrypt(frame.payload).unwrap().contains("005930"));
    server.foreign_order("005930", true, dec!(69_000), dec!(1));
    let (_, plain) = feed.plain().await;
    assert_eq!(plain.split('^').count(), 26);
    assert!(plain.starts_with("myhtsid1^1234567801^"));
    server.notice_of_another_account("005930", dec!(70_000), dec!(3));
    assert_eq!(&*feed.notice().await.account, "8765432101");
}

async fn fills(feed: &mut Feed, count: usize) -> Vec<Decimal> {
    let mut all = Vec::new();
    while all.len() < count {
        let notice: Notice = feed.notice().await;
        if let Happened::Filled { quantity, .. } = notice.happened {
            all.push(quantity);
        }
    }
    all
}

#[tokio::test]
async fn notices_come_twice_in_another_order_and_late() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.notices("H0STCNI0").await;
    server.foreign_order("005930", true, dec!(69_000), dec!(100));
    feed.notice().await;
    let fill = |quantity: Decimal| server.trade("005930", dec!(69_000), quantity);
    server.plan("H0STCNI0", 1, FrameFault::Repeat);
    fill(dec!(1));
    assert_eq!(fills(&mut feed, 2).await, [dec!(1), dec!(1)]);
    server.plan("H0STCNI0", 1, FrameFault::Swap);
    fill(dec!(2));
    fill(dec!(3));
    assert_eq!(fills(&mut feed, 2).await, [dec!(3), dec!(2)]);
    server.plan("H0STCNI0", 1, FrameFault::Late(Duration::from_millis(200)));
    fill(dec!(4));
    fill(dec!(5));
    assert_eq!(fills(&mut feed, 2).await, [dec!(5), dec!(4)]);
    server.plan("H0STCNI0", 1, FrameFault::Lose);
    fill(dec!(6));
    fill(dec!(7));
    assert_eq!(fills(&mut feed, 1).await, [dec!(7)]);
    // Held back for one that does not come, it comes all the same.
    server.plan("H0STCNI0", 1, FrameFault::Swap);
    fill(dec!(8));
    assert_eq!(fills(&mut feed, 1).await, [dec!(8)]);
    assert_eq!(server.fills().iter().map(|fill| fill.quantity).sum::<Decimal>(), dec!(36));
}

#[tokio::test]
async fn streams_break_in_every_way() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    for fault in [StreamFault::Cut, StreamFault::HalfFrame, StreamFault::Close(1001), StreamFault::Raw(vec![0xff, 3])] {
        server.until("the session is gone", |state| state.hub.count() == 0).await;
        server.advance(Duration::from_secs(1));
        let mut feed = caller.stream().await;
        feed.register("H0STCNT0", "005930").await;
        server.strike(fault.clone());
        assert_eq!(feed.text().await, None, "{fault:?}");
    }
    server.until("the session is gone", |state| state.hub.count() == 0).await;
    server.advance(Duration::from_secs(1));
    let mut feed = caller.stream().await;
    feed.register("H0STCNT0", "005930").await;
    server.plan("H0STCNT0", 1, FrameFault::Garble);
    server.trade("005930", dec!(70_000), dec!(1));
    let text = feed.data().await;
    let frame = Frame::parse(text.as_bytes()).unwrap();
    assert!(Reader::new().read(&frame, |_, _| ()).is_err());
    // Refused, and open again.
    server.refuse_streams();
    assert!(tokio_tungstenite::connect_async(server.ws_url()).await.is_err());
    server.allow_streams();
    assert!(tokio_tungstenite::connect_async(server.ws_url()).await.is_ok());
}

#[tokio::test]
async fn a_market_that_moves_by_itself_is_never_silent() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    let mut feed = caller.stream().await;
    feed.register("H0STCNT0", "005930").await;
    server.drift(3);
    for _ in 0..5 {
        read(&feed.data().await, |_, _| ());
    }
}
