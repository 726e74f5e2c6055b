//! Quotes, charts and master files decode with hoga's own types to what the market is.

use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::master::{archive, korean, overseas};
use hoga::broker::kis::wire::overseas_quote::OverseasPrint;
use hoga::broker::kis::wire::overseas_quote::{
    OverseasBar, OverseasDetail, OverseasLevels, OverseasMinute, OverseasPrice,
};
use hoga::broker::kis::wire::stock_book::{StockBook, StockExpected};
use hoga::broker::kis::wire::stock_chart::{ChartSummary, StockBar, StockMinute};
use hoga::broker::kis::wire::stock_quote::StockPrice;
use hoga::broker::kis::wire::stock_trade::StockPrint;
use hoga::broker::kis::wire::{Envelope, Part, Record};
use hoga::market::Venue;
use rust_decimal::dec;
use serde_json::Value;

use crate::caller::{Caller, Came, QUOTES};
use crate::kis_server::{Options, Server};

const OVERSEAS: &str = "/uapi/overseas-price/v1/quotations";

fn samsung<'a, const N: usize>(more: [(&'static str, &'a str); N]) -> Vec<(&'static str, &'a str)> {
    [("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", "005930")].into_iter().chain(more).collect()
}

fn apple<'a, const N: usize>(more: [(&'static str, &'a str); N]) -> Vec<(&'static str, &'a str)> {
    [("AUTH", ""), ("EXCD", "NAS"), ("SYMB", "AAPL")].into_iter().chain(more).collect()
}

fn rows<T: Record>(came: &Came, part: Part) -> Vec<T> {
    let envelope = Envelope::parse("rows", &came.bytes).unwrap();
    envelope.outcome().unwrap();
    let rows = envelope.rows(part);
    assert_eq!(rows.refused, 0);
    rows.rows
}

fn one<T: Record>(came: &Came, part: Part) -> T {
    rows(came, part).into_iter().next().unwrap()
}

/// Names a reply has, however deep.
fn names(value: &Value, into: &mut std::collections::BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| {
            into.insert(name.clone());
            names(value, into);
        }),
        Value::Array(list) => list.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}

#[tokio::test]
async fn the_price_and_the_book_of_a_korean_share() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_top("005930", dec!(69_900), dec!(70_000));
    server.trades("005930", &[(dec!(70_000), dec!(5)), (dec!(70_300), dec!(2))]);
    let came = caller.get(&format!("{QUOTES}/inquire-price"), "FHKST01010100", &samsung([])).await;
    let price: StockPrice = one(&came, Part::First);
    assert_eq!((price.last.get(), price.volume.get()), (Some(dec!(70_300)), Some(dec!(7))));
    assert_eq!((price.upper_limit.get(), price.lower_limit.get()), (Some(dec!(91_000)), Some(dec!(49_000))));
    let came = caller.get(&format!("{QUOTES}/inquire-asking-price-exp-ccn"), "FHKST01010200", &samsung([])).await;
    let book: StockBook = one(&came, Part::First);
    assert_eq!((book.asks[0].price.get(), book.bids[0].price.get()), (Some(dec!(70_300)), Some(dec!(70_200))));
    let expected: StockExpected = one(&came, Part::Second);
    assert_eq!(&*expected.symbol, "005930");
    let came = caller.get(&format!("{QUOTES}/inquire-ccnl"), "FHKST01010300", &samsung([])).await;
    let prints: Vec<StockPrint> = rows(&came, Part::First);
    assert_eq!(prints.iter().map(|print| print.quantity.get()).collect::<Vec<_>>(), [Some(dec!(2)), Some(dec!(5))]);
    let unknown = [("FID_COND_MRKT_DIV_CODE", "X"), ("FID_INPUT_ISCD", "005930")];
    assert_eq!(caller.get(&format!("{QUOTES}/inquire-price"), "FHKST01010100", &unknown).await.code(), "OPSQ2001");
}

#[tokio::test]
async fn charts_of_a_korean_share() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.trade("005930", dec!(70_500), dec!(5));
    let path = format!("{QUOTES}/inquire-daily-itemchartprice");
    for (period, from, count) in
        [("D", "20260101", 100), ("D", "20261012", 3), ("W", "20260901", 7), ("M", "20260101", 10)]
    {
        let fields = samsung([
            ("FID_INPUT_DATE_1", from),
            ("FID_INPUT_DATE_2", "20261014"),
            ("FID_PERIOD_DIV_CODE", period),
            ("FID_ORG_ADJ_PRC", "0"),
        ]);
        let came = caller.get(&path, "FHKST03010100", &fields).await;
        let bars: Vec<StockBar> = rows(&came, Part::Second);
        assert_eq!(bars.len(), count, "{period} {from}");
        assert_eq!(bars[0].close.get(), Some(dec!(70_500)));
        assert!(bars.windows(2).all(|pair| pair[0].date.get() > pair[1].date.get()));
        let summary: ChartSummary = one(&came, Part::First);
        assert_eq!(&*summary.name, "삼성전자");
    }
    let days = samsung([("FID_PERIOD_DIV_CODE", "D"), ("FID_ORG_ADJ_PRC", "1")]);
    let came = caller.get(&format!("{QUOTES}/inquire-daily-price"), "FHKST01010400", &days).await;
    assert_eq!(rows::<StockBar>(&came, Part::First).len(), 30);

    let fields = samsung([("FID_INPUT_HOUR_1", "100500"), ("FID_PW_DATA_INCU_YN", "Y"), ("FID_ETC_CLS_CODE", "")]);
    let came = caller.get(&format!("{QUOTES}/inquire-time-itemchartprice"), "FHKST03010200", &fields).await;
    let minutes: Vec<StockMinute> = rows(&came, Part::Second);
    assert_eq!(minutes.len(), 30);
    let traded: Vec<&StockMinute> = minutes.iter().filter(|bar| bar.volume.get() == Some(dec!(5))).collect();
    assert_eq!(traded.len(), 1);
    assert_eq!(traded[0].close.get(), Some(dec!(70_500)));
    let fields = samsung([
        ("FID_INPUT_DATE_1", "20261013"),
        ("FID_INPUT_HOUR_1", "153000"),
        ("FID_PW_DATA_INCU_YN", "Y"),
        ("FID_FAKE_TICK_INCU_YN", "N"),
    ]);
    let came = caller.get(&format!("{QUOTES}/inquire-time-dailychartprice"), "FHKST03010230", &fields).await;
    assert_eq!(rows::<StockMinute>(&came, Part::Second).len(), 120);
}

#[tokio::test]
async fn quotes_of_a_us_share() {
    let server = Server::start(Options::default().at("2026-10-14T14:00:00Z"));
    let caller = Caller::new(&server).await;
    server.set_top("AAPL", dec!(226.99), dec!(227.00));
    server.trade("AAPL", dec!(227.00), dec!(5));
    let price: OverseasPrice =
        one(&caller.get(&format!("{OVERSEAS}/price"), "HHDFS00000300", &apple([])).await, Part::First);
    assert_eq!((price.last.get(), price.sign.apply(price.change.or_zero())), (Some(dec!(227)), dec!(-1)));
    let came = caller.get(&format!("{OVERSEAS}/price-detail"), "HHDFS76200200", &apple([])).await;
    assert_eq!(one::<OverseasDetail>(&came, Part::First).base.get(), Some(dec!(228)));
    let came = caller.get(&format!("{OVERSEAS}/inquire-asking-price"), "HHDFS76200100", &apple([])).await;
    let levels: OverseasLevels = one(&came, Part::Second);
    assert_eq!((levels.bids[0].price.get(), levels.asks[0].price.get()), (Some(dec!(226.99)), Some(dec!(227))));
    let fields = apple([("GUBN", "0"), ("BYMD", ""), ("MODP", "1"), ("KEYB", "")]);
    let came = caller.get(&format!("{OVERSEAS}/dailyprice"), "HHDFS76240000", &fields).await;
    let bars: Vec<OverseasBar> = rows(&came, Part::Second);
    assert_eq!((bars.len(), bars[0].close.get()), (100, Some(dec!(227))));
    let fields = apple([("NMIN", "1"), ("PINC", "1"), ("NEXT", ""), ("NREC", "120"), ("FILL", ""), ("KEYB", "")]);
    let came = caller.get(&format!("{OVERSEAS}/inquire-time-itemchartprice"), "HHDFS76950200", &fields).await;
    assert_eq!(rows::<OverseasMinute>(&came, Part::Second).len(), 1);
    let fields = apple([("KEYB", ""), ("TDAY", "1")]);
    let came = caller.get(&format!("{OVERSEAS}/inquire-ccnl"), "HHDFS76200300", &fields).await;
    assert_eq!(rows::<OverseasPrint>(&came, Part::First)[0].quantity.get(), Some(dec!(5)));
    let elsewhere = [("AUTH", ""), ("EXCD", "NYS"), ("SYMB", "AAPL")];
    assert_eq!(caller.get(&format!("{OVERSEAS}/price"), "HHDFS00000300", &elsewhere).await.code(), "APBK0656");
}

#[tokio::test]
async fn replies_have_the_names_of_the_samples_and_no_other() {
    let server = Server::start(Options::default());
    let caller = Caller::new(&server).await;
    server.set_position("005930", dec!(5), dec!(60_000));
    caller.bought("005930", "69000", "1").await;
    let balance = crate::caller::account([
        ("AFHR_FLPR_YN", "N"),
        ("OFL_YN", ""),
        ("INQR_DVSN", "01"),
        ("UNPR_DVSN", "01"),
        ("FUND_STTL_ICLD_YN", "N"),
        ("FNCG_AMT_AUTO_RDPT_YN", "N"),
        ("PRCS_DVSN", "00"),
        ("CTX_AREA_FK100", ""),
        ("CTX_AREA_NK100", ""),
    ]);
    let stock = crate::caller::STOCK;
    for (path, id, fields, sample) in [
        (
            format!("{QUOTES}/inquire-price"),
            "FHKST01010100",
            samsung([]),
            include_str!("../data/kis/domestic_inquire_price.json"),
        ),
        (format!("{stock}/inquire-balance"), "TTTC8434R", balance, include_str!("../data/kis/domestic_balance.json")),
    ] {
        let (mut had, mut wanted) = Default::default();
        let came = caller.get(&path, id, &fields).await;
        names(&came.body(), &mut had);
        names(&serde_json::from_str(sample).unwrap(), &mut wanted);
        assert_eq!(had, wanted, "{path}");
        let body = came.body();
        let text = body["msg1"].as_str().unwrap();
        assert!(path.contains("price") || text.ends_with("  "), "{text:?}");
    }
}

#[tokio::test]
async fn master_files_list_what_there_is() {
    let server = Server::start(Options { realm: Realm::Paper, ..Options::default() });
    let mut found = Vec::new();
    for (file, list) in [
        ("kospi_code.mst.zip", Some(korean::KoreanList::Kospi)),
        ("kosdaq_code.mst.zip", Some(korean::KoreanList::Kosdaq)),
        ("nasmst.cod.zip", None),
        ("nysmst.cod.zip", None),
        ("amsmst.cod.zip", None),
    ] {
        Caller::unsigned(&server);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.get(format!("{}/{file}", server.masters_url())).send().await.unwrap();
        let bytes = archive::only_file(&answer.bytes().await.unwrap()).unwrap();
        match list {
            Some(list) => {
                let listing = korean::read(list, &bytes);
                assert_eq!(listing.damaged, 0);
                found.extend(listing.rows.iter().map(|row| {
                    let instrument = row.instrument(Venue::Krx).unwrap();
                    (row.symbol.to_string(), instrument.name_ko.clone(), row.base.unwrap().value())
                }));
            }
            None => {
                let listing = overseas::read(&bytes);
                assert_eq!(listing.damaged, 0);
                found.extend(listing.rows.iter().map(|row| {
                    let instrument = row.instrument().unwrap();
                    (row.symbol.to_string(), instrument.name_ko.clone(), row.base.unwrap().value())
                }));
            }
        }
    }
    found.sort();
    let symbols: Vec<&str> = found.iter().map(|(symbol, ..)| symbol.as_str()).collect();
    assert_eq!(symbols, ["000660", "005930", "035720", "069500", "247540", "AAPL", "KO", "NVDA", "SPY"]);
    assert!(found.contains(&("247540".into(), "에코프로비엠".into(), dec!(150_000))));
    assert!(found.contains(&("AAPL".into(), "애플".into(), dec!(228))));
}
