//! Requests of a second, and the ids of each environment.

use hoga::broker::api::BrokerError;
use hoga::broker::kis::code::{Purpose, judge};

use crate::caller::{Caller, QUOTES, STOCK};
use crate::kis_server::{Options, Server};

const PRICE: [(&str, &str); 2] = [("FID_COND_MRKT_DIV_CODE", "J"), ("FID_INPUT_ISCD", "005930")];

#[tokio::test]
async fn more_than_a_second_allows_is_refused_and_counted() {
    for (options, most) in [(Options::default(), 18), (Options::paper(), 1)] {
        let server = Server::start(options);
        let caller = Caller::new(&server).await;
        server.change(|state| {
            state.limits.per_second = most;
            // So long that a slow machine stays within it.
            state.limits.window = std::time::Duration::from_secs(600);
        });
        for _ in 0..most {
            let came = caller.get(&format!("{QUOTES}/inquire-price"), "FHKST01010100", &PRICE).await;
            assert_eq!(came.code(), "MCA00000");
        }
        let came = caller.get(&format!("{QUOTES}/inquire-price"), "FHKST01010100", &PRICE).await;
        assert_eq!((came.status, came.code().as_str()), (500, "EGW00201"));
        let judged = judge("a price", came.status, &came.bytes, Purpose::Read).err();
        assert!(matches!(judged, Some(BrokerError::Throttled { .. })), "{judged:?}");
        assert_eq!(server.most_in_a_second(), most + 1);
    }
}

#[tokio::test]
async fn a_second_slides() {
    let server = Server::start(Options::default());
    let mut limits = server.change(|state| {
        std::mem::replace(
            &mut state.limits,
            crate::kis_server::limits::Limits::of(hoga::broker::kis::environment::Realm::Live),
        )
    });
    let start = std::time::Instant::now();
    limits.per_second = 18;
    let at = |ms: u64| start + std::time::Duration::from_millis(ms);
    assert!((0..18).all(|n| limits.count(at(900 + n))));
    assert!(!limits.count(at(1_500)), "another second by the clock, the same by the window");
    assert!(limits.count(at(1_930)));
    assert_eq!(limits.most, 19);
}

#[tokio::test]
async fn each_environment_takes_its_own_ids() {
    let paper = Server::start(Options::paper());
    let caller = Caller::new(&paper).await;
    for (path, id) in [("order-cash", "TTTC0012U"), ("order-rvsecncl", "TTTC0013U")] {
        let came = caller.post(&format!("{STOCK}/{path}"), id, &[]).await;
        assert_eq!((came.status, came.code().as_str()), (500, "EGW02006"), "{id}");
    }
    // What only the live environment has.
    let came = caller.get(&format!("{STOCK}/inquire-psbl-sell"), "TTTC8408R", &[]).await;
    assert_eq!(came.code(), "EGW02006");

    let live = Server::start(Options::default());
    let caller = Caller::new(&live).await;
    let came = caller.post(&format!("{STOCK}/order-cash"), "VTTC0012U", &[]).await;
    assert_eq!(came.code(), "OPSQ0002");
    assert!(live.orders().is_empty() && paper.orders().is_empty());
}
