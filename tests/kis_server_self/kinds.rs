//! Every order type of Korean shares: when it is taken, and how it is matched.

use rust_decimal::dec;

use crate::caller::{Caller, number};
use crate::kis_server::{Options, Server, Standing};

#[tokio::test]
async fn each_type_is_taken_in_its_session_and_refused_out_of_it() {
    // In Korea: before the open, at the previous close, open, closing auction, at the close, after-market, night.
    let times = ["23:25", "23:35", "01:00", "06:25", "06:45", "08:00", "12:00"];
    let kinds = [
        ("00", "1011000"),
        ("01", "1011000"),
        ("02", "0010000"),
        ("03", "0010000"),
        ("04", "0010000"),
        ("05", "0100000"),
        ("06", "0000100"),
        ("07", "0000000"),
        ("11", "0010000"),
        ("14", "0010000"),
        ("16", "0010000"),
        ("21", "0010000"),
        ("41", "0000010"),
        ("44", "0000010"),
        ("47", "0000010"),
    ];
    let server = Server::start(Options::default());
    server.set_cash(dec!(1_000_000_000));
    for (at, time) in times.iter().enumerate() {
        let day = if at < 2 { "13" } else { "14" };
        server.set_clock(&format!("2026-10-{day}T{time}:00Z"));
        server.expire_tokens();
        let caller = Caller::new(&server).await;
        for (kind, sessions) in kinds {
            let price = if matches!(kind, "00" | "02" | "11" | "41") { "60000" } else { "0" };
            let came = caller.order("005930", true, kind, price, "1").await;
            let is_taken = came.body()["rt_cd"] == "0";
            let wanted = sessions.as_bytes()[at] == b'1' || (kind == "00" || kind == "01") && at == 1;
            assert_eq!(is_taken, wanted, "{kind} at {time}: {}", came.body());
            if !wanted {
                let code = if at == 6 { "APBK0918" } else { "APBK1943" };
                assert_eq!(came.code(), code, "{kind} at {time}");
            }
        }
    }
}

#[tokio::test]
async fn nextrade_and_the_routed_way_have_hours_and_types_of_their_own() {
    let server = Server::start(Options::default().at("2026-10-13T23:10:00Z"));
    let caller = Caller::new(&server).await;
    for (route, kind, symbol, code) in [
        ("NXT", "00", "005930", "APBK0013"),
        ("SOR", "00", "005930", "APBK0013"),
        ("KRX", "00", "005930", "APBK0918"),
        ("NXT", "01", "005930", "APBK1943"),
        ("NXT", "00", "069500", "APBK0656"),
        ("XXX", "00", "005930", "OPSQ2002"),
    ] {
        let price = if kind == "01" {
            "0"
        } else if symbol == "069500" {
            "37200"
        } else {
            "69000"
        };
        let came = caller.order_by(route, symbol, true, kind, price, "1").await;
        assert_eq!(came.code(), code, "{route} {kind} {symbol}");
    }
    let rows = server.rows();
    assert_eq!(rows.iter().map(|row| row.exchange.as_str()).collect::<Vec<_>>(), ["NXT", "SOR"]);
}

#[tokio::test]
async fn immediate_types_end_with_what_they_got() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_top("005930", dec!(69_900), dec!(70_000));
    for price in 0..10 {
        let level = dec!(70_000) + dec!(100) * rust_decimal::Decimal::from(price);
        server.set_level("005930", false, level, if price == 0 { dec!(5) } else { dec!(0) });
    }
    for (kind, price, filled) in [
        ("11", "70000", dec!(5)),
        ("12", "70000", dec!(0)),
        ("15", "0", dec!(5)),
        ("13", "0", dec!(5)),
        ("14", "0", dec!(0)),
    ] {
        let order = number(&caller.order("005930", true, kind, price, "8").await);
        let order = server.order(&order).unwrap();
        assert_eq!((order.filled, order.standing), (filled, Standing::Expired), "{kind}");
    }
}

#[tokio::test]
async fn best_priority_mid_and_stop() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_top("005930", dec!(69_800), dec!(70_000));
    let best = number(&caller.order("005930", true, "03", "0", "1").await);
    assert_eq!(server.order(&best).unwrap().filled_value, dec!(70_000));
    let own = number(&caller.order("005930", true, "04", "0", "1").await);
    assert_eq!(server.order(&own).unwrap().standing, Standing::Open);
    let middle = number(&caller.order("005930", true, "21", "0", "1").await);
    server.trade("005930", dec!(69_900), dec!(1));
    assert_eq!(server.order(&middle).unwrap().filled_value, dec!(69_900));
    server.trade("005930", dec!(69_800), dec!(1));
    assert_eq!(server.order(&own).unwrap().filled_value, dec!(69_800));

    let fields = crate::caller::account([
        ("PDNO", "005930"),
        ("ORD_DVSN", "22"),
        ("ORD_QTY", "1"),
        ("ORD_UNPR", "70500"),
        ("CNDT_PRIC", "70300"),
        ("EXCG_ID_DVSN_CD", "KRX"),
    ]);
    let path = format!("{}/order-cash", crate::caller::STOCK);
    let stop = number(&caller.post(&path, "TTTC0012U", &fields).await);
    assert_eq!(server.order(&stop).unwrap().filled, dec!(0));
    server.trade("005930", dec!(70_300), dec!(1));
    assert_eq!(server.order(&stop).unwrap().standing, Standing::Filled);
}
