use std::time::Duration;

use hoga::broker::api::BrokerError;
use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::rest::Limits;
use hoga::broker::net::lanes::Lane;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::server::{Act, Server, refusal, say, status};
use crate::{BALANCE, CANCEL, GOOD, ORDER, balance, cancel, keep_token, order, rest, rest_with};

/// What becomes of an order that is answered so, and how often it was sent.
async fn answered(act: Act) -> (Result<(), BrokerError>, usize) {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let server = Server::start(move |_| act.clone()).await;
    let outcome = rest(&server, folder.path()).change(&order(), Lane::Order, &CancellationToken::new()).await;
    (outcome.map(|_| ()).map_err(|fault| fault.of_order()), server.of(ORDER).len())
}

#[tokio::test]
async fn trap_4_an_order_without_a_clear_answer_is_unknown_and_sent_once() {
    for act in [
        Act::Lose,
        status(500, ""),
        status(502, "<html>Bad Gateway</html>"),
        say(""),
        say("{\"rt_cd\":"),
        say("[]"),
        say("null"),
        say("{}"),
        say(r#"{"msg_cd":"APBK0013","msg1":"no result"}"#),
        say(r#"{"rt_cd":" ","msg_cd":"APBK0952","msg1":"a blank result"}"#),
        say(r#"{"rt_cd":"1","msg_cd":"APBK0013","msg1":"주문 전송 완료 되었습니다."}"#),
        refusal("EGW00302"),
        refusal("EGW00001"),
        refusal("EGW98765"),
        refusal("OPSQ0005"),
    ] {
        let (outcome, sent) = answered(act).await;
        let error = outcome.unwrap_err();
        assert!(error.may_have_happened(), "{error}");
        assert_eq!(sent, 1, "{error}");
    }
}

#[tokio::test]
async fn trap_3_the_body_of_an_answer_with_status_500_is_read() {
    let body = r#"{"rt_cd":"7","msg_cd":"APBK0952","msg1":"주문가능금액을 초과 했습니다     "}"#;
    let (outcome, sent) = answered(status(500, body)).await;
    let text = "주문가능금액을 초과 했습니다".to_owned();
    assert_eq!(outcome, Err(BrokerError::Refused { code: "APBK0952".into(), text }));
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn trap_2_only_a_result_of_zero_is_success() {
    for (act, is_good) in [
        (say(GOOD), true),
        (status(500, GOOD), true),
        (say(r#"{"rt_cd":"0","msg_cd":"40600000","msg1":"모의투자 매수주문이 완료 되었습니다."}"#), true),
        (say(r#"{"rt_cd":"1","msg_cd":"APBK0013","msg1":"주문 전송 완료 되었습니다."}"#), false),
        (say(r#"{"rt_cd":"","msg_cd":"APBK0013","msg1":""}"#), false),
        (say(r#"{"rt_cd":"1","msg_cd":"70070000","msg1":"nothing"}"#), false),
    ] {
        let (outcome, sent) = answered(act).await;
        assert_eq!((outcome.is_ok(), sent), (is_good, 1), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_order_that_is_one_too_many_goes_back() {
    let (outcome, sent) = answered(refusal("EGW00201")).await;
    assert!(matches!(outcome, Err(BrokerError::Throttled { .. })), "{outcome:?}");
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn a_cancel_that_is_one_too_many_waits_and_goes_again() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let mut count = 0;
    let server = Server::start(move |_| {
        count += 1;
        if count == 1 { refusal("EGW00201") } else { say(GOOD) }
    })
    .await;
    rest(&server, folder.path()).change(&cancel(), Lane::Cancel, &CancellationToken::new()).await.unwrap();
    let sent = server.of(CANCEL);
    assert_eq!(sent.len(), 2);
    assert!(sent[1].at - sent[0].at >= Duration::from_secs(1));
    assert_eq!(sent[0].body, sent[1].body);
}

#[tokio::test]
async fn a_cancel_without_a_clear_answer_is_unknown_too() {
    for act in [Act::Lose, refusal("EGW00302"), refusal("EGW00215")] {
        let folder = tempfile::tempdir().unwrap();
        keep_token(folder.path(), "old");
        let server = Server::start(move |_| act.clone()).await;
        let outcome = rest(&server, folder.path()).change(&cancel(), Lane::Cancel, &CancellationToken::new()).await;
        assert!(outcome.is_err());
        assert_eq!(server.of(CANCEL).len(), 1);
    }
}

const ONE_AT_A_TIME: Limits = Limits { per_second: 500, in_flight: 1 };

#[tokio::test]
async fn an_order_withdrawn_while_it_waits_is_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let server = Server::start(|_| Act::Later(Duration::from_millis(500), GOOD.into())).await;
    let rest = rest_with(&server, folder.path(), Realm::Live, ONE_AT_A_TIME);
    let (question, order, withdrawn) = (balance(), order(), CancellationToken::new());
    let (answer, (outcome, ())) = tokio::join!(rest.ask(&question, Lane::Query), async {
        // The question is under way, and nothing may go beside it. Sent together the order would go first.
        server.until(BALANCE, 1).await;
        tokio::join!(rest.change(&order, Lane::Order, &withdrawn), async {
            tokio::task::yield_now().await;
            withdrawn.cancel();
        })
    });
    assert!(answer.is_ok());
    assert!(matches!(outcome.unwrap_err().of_order(), BrokerError::NotSent(_)));
    assert_eq!(server.of(ORDER).len(), 0);
}

#[tokio::test]
async fn an_order_that_has_left_is_not_withdrawn_any_more() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let server = Server::start(|_| Act::Later(Duration::from_millis(300), GOOD.into())).await;
    let (rest, order, withdrawn) = (rest(&server, folder.path()), order(), CancellationToken::new());
    let (outcome, ()) = tokio::join!(rest.change(&order, Lane::Order, &withdrawn), async {
        server.until(ORDER, 1).await;
        withdrawn.cancel();
    });
    assert!(outcome.is_ok());
}

#[tokio::test]
async fn an_order_whose_turn_does_not_come_in_time_is_never_sent() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let server = Server::start(|_| Act::Later(Duration::from_secs(3), GOOD.into())).await;
    let rest = rest_with(&server, folder.path(), Realm::Live, ONE_AT_A_TIME);
    let (question, order, withdrawn) = (balance(), order(), CancellationToken::new());
    let (answer, (outcome, waited)) = tokio::join!(rest.ask(&question, Lane::Query), async {
        server.until(BALANCE, 1).await;
        let asked_at = Instant::now();
        (rest.change(&order, Lane::Order, &withdrawn).await, asked_at.elapsed())
    });
    assert!(answer.is_ok());
    let fault = outcome.unwrap_err();
    assert!(matches!(fault.of_order(), BrokerError::NotSent(_)), "{fault}");
    assert!(waited >= Duration::from_secs(2) && waited < Duration::from_secs(3), "{waited:?}");
    assert_eq!(server.of(ORDER).len(), 0);
}
