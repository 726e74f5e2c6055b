use std::time::Duration;

use hoga::broker::api::BrokerError;
use hoga::broker::kis::rest::Fault;
use hoga::broker::net::lanes::Lane;
use secrecy::ExposeSecret;
use tokio_util::sync::CancellationToken;

use super::server::{CANARY, Server, TOKEN, refusal, say, status, token};
use crate::{BALANCE, GOOD, ORDER, balance, keep_token, order, rest};

#[tokio::test]
async fn everything_a_question_carries() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| say(GOOD)).await;
    rest(&server, folder.path()).ask(&balance(), Lane::Query).await.unwrap();
    let sign_in = &server.of(TOKEN)[0];
    assert_eq!(sign_in.method, "POST");
    assert_eq!(sign_in.header("content-type"), Some("application/json; charset=utf-8"));
    let body = r#"{"appkey":"canary-key-0123456789","appsecret":"canary-secret","grant_type":"client_credentials"}"#;
    assert_eq!(sign_in.body, body);
    let asked = &server.of(BALANCE)[0];
    assert_eq!(asked.method, "GET");
    for (name, value) in [
        ("content-type", "application/json; charset=utf-8"),
        ("authorization", "Bearer canary-token-1"),
        ("appkey", "canary-key-0123456789"),
        ("appsecret", "canary-secret"),
        ("tr_id", "TTTC8434R"),
        ("custtype", "P"),
    ] {
        assert_eq!(asked.header(name), Some(value), "{name}");
    }
    assert_eq!(asked.header("tr_cont"), None);
    assert!(asked.query.starts_with("CANO=87654321&ACNT_PRDT_CD=01&AFHR_FLPR_YN="), "{}", asked.query);
    assert!(asked.query.ends_with("CTX_AREA_FK100=&CTX_AREA_NK100="), "{}", asked.query);
}

#[tokio::test]
async fn trap_5_a_token_is_asked_for_once_over_two_runs() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| say(GOOD)).await;
    for _ in 0..2 {
        let rest = rest(&server, folder.path());
        let (one, two) = (balance(), order());
        let withdrawn = CancellationToken::new();
        let (first, second, third) =
            tokio::join!(rest.sign_in(), rest.ask(&one, Lane::Query), rest.change(&two, Lane::Order, &withdrawn));
        assert!(first.is_ok() && second.is_ok() && third.is_ok());
    }
    assert_eq!(server.of(TOKEN).len(), 1);
    assert!(server.of(ORDER).iter().all(|asked| asked.header("authorization") == Some("Bearer canary-token-1")));
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 1);
    assert!(!files[0].file_name().to_str().unwrap().contains(CANARY));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn after_a_refused_token_an_order_goes_once_more_and_is_the_same() {
    for code in ["EGW00121", "EGW00122", "EGW00123"] {
        let folder = tempfile::tempdir().unwrap();
        keep_token(folder.path(), "old");
        let server = Server::start(move |asked| match asked.header("authorization") {
            Some("Bearer canary-token-1") => say(GOOD),
            _ => refusal(code),
        })
        .await;
        let rest = rest(&server, folder.path());
        rest.change(&order(), Lane::Order, &CancellationToken::new()).await.unwrap();
        let sent = server.of(ORDER);
        assert_eq!((server.of(TOKEN).len(), sent.len()), (1, 2), "{code}");
        assert_eq!(sent[0].header("authorization"), Some("Bearer canary-old"));
        assert_eq!(sent[0].body, sent[1].body);
        assert!(sent[0].body.contains(r#""ORD_QTY":"10""#));
        // The new one serves from now on, and after a start too.
        rest.ask(&balance(), Lane::Query).await.unwrap();
        crate::rest(&server, folder.path()).ask(&balance(), Lane::Query).await.unwrap();
        assert_eq!((server.of(TOKEN).len(), server.of(BALANCE).len()), (1, 2));
    }
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_too_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let server = Server::start(|_| refusal("EGW00121")).await;
    let rest = rest(&server, folder.path());
    let fault = rest.change(&order(), Lane::Order, &CancellationToken::new()).await.unwrap_err();
    assert!(matches!(fault.of_order(), BrokerError::Unauthorized(_)), "{fault}");
    assert_eq!((server.of(TOKEN).len(), server.of(ORDER).len()), (1, 2));
    // The next ones do not ask for tokens without end.
    for _ in 0..3 {
        let fault = rest.ask(&balance(), Lane::Query).await.unwrap_err();
        assert!(!fault.of_question().may_have_happened());
    }
    assert_eq!(server.of(TOKEN).len(), 1);
}

#[tokio::test]
async fn many_refused_at_once_ask_for_one_token() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let server = Server::start(|asked| match asked.header("authorization") {
        Some("Bearer canary-token-1") => say(GOOD),
        _ => refusal("EGW00123"),
    })
    .await;
    let rest = rest(&server, folder.path());
    let (one, two) = (balance(), balance());
    let answers = tokio::join!(
        rest.ask(&one, Lane::Query),
        rest.ask(&two, Lane::Bulk),
        rest.ask(&one, Lane::Query),
        rest.ask(&two, Lane::Query)
    );
    assert!(answers.0.is_ok() && answers.1.is_ok() && answers.2.is_ok() && answers.3.is_ok());
    assert_eq!(server.of(TOKEN).len(), 1);
}

#[tokio::test]
async fn trap_6_a_code_that_only_speaks_of_an_end_renews_no_token() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let body = r#"{"rt_cd":"1","msg_cd":"EGW00120","msg1":"만료된 code 입니다."}"#;
    let server = Server::start(move |_| status(500, body)).await;
    let fault = rest(&server, folder.path()).ask(&balance(), Lane::Query).await.unwrap_err();
    assert!(matches!(fault, Fault::Refused(_)), "{fault}");
    assert_eq!((server.of(TOKEN).len(), server.of(BALANCE).len()), (0, 1));
}

#[tokio::test]
async fn a_token_asked_for_too_soon_is_waited_for_and_not_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let body = include_str!("../data/kis/auth_token_rate_limited.json");
    let server = Server::bare(move |_| status(403, body)).await;
    let rest = rest(&server, folder.path());
    let fault = rest.sign_in().await.unwrap_err();
    assert_eq!(fault.of_question(), BrokerError::Throttled { retry_after: Duration::from_secs(61) });
    let fault = rest.change(&order(), Lane::Order, &CancellationToken::new()).await.unwrap_err();
    let BrokerError::Throttled { retry_after } = fault.of_order() else { panic!("{fault}") };
    assert!(retry_after > Duration::from_secs(50));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_key_that_is_not_taken_is_said_so() {
    for (body, code) in [
        (include_str!("../data/kis/auth_token_bad_appkey.json"), "EGW00103"),
        (include_str!("../data/kis/auth_token_bad_appsecret.json"), "EGW00105"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::bare(move |_| status(403, body)).await;
        let rest = rest(&server, folder.path());
        let fault = rest.change(&order(), Lane::Order, &CancellationToken::new()).await.unwrap_err();
        let BrokerError::Unauthorized(text) = fault.of_order() else { panic!("{fault}") };
        assert!(text.contains(code), "{text}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn a_request_for_a_token_that_was_one_too_many_goes_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    let server = Server::bare(move |_| {
        count += 1;
        if count == 1 { refusal("EGW00201") } else { say(token("canary-token")) }
    })
    .await;
    rest(&server, folder.path()).sign_in().await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_token_that_never_comes_sends_no_order() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::bare(|_| super::server::Act::Silence).await;
    let fault =
        rest(&server, folder.path()).change(&order(), Lane::Order, &CancellationToken::new()).await.unwrap_err();
    assert!(matches!(fault.of_order(), BrokerError::NotSent(_)), "{fault}");
    assert_eq!(server.of(ORDER).len(), 0);
}

#[tokio::test]
async fn a_key_of_streams_is_asked_for_anew_with_the_secret_under_its_other_name() {
    let folder = tempfile::tempdir().unwrap();
    let body = include_str!("../data/kis/auth_approval_ok.json");
    let server = Server::start(move |_| say(body)).await;
    let rest = rest(&server, folder.path());
    for _ in 0..2 {
        let approval = rest.approval_key().await.unwrap();
        assert_eq!(approval.expose_secret(), "00000000-1111-2222-3333-444455556666");
    }
    let asked = server.of("/oauth2/Approval");
    let body = r#"{"appkey":"canary-key-0123456789","grant_type":"client_credentials","secretkey":"canary-secret"}"#;
    assert_eq!((asked.len(), asked[0].body.as_str()), (2, body));
    assert_eq!(server.of(TOKEN).len(), 0);
}

#[tokio::test]
async fn a_refused_key_of_streams_is_an_error() {
    for (status_code, body) in
        [(403, r#"{"error_description":"no","error_code":"EGW00103"}"#), (200, r#"{"approval_key":""}"#), (200, "{}")]
    {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(move |_| status(status_code, body)).await;
        assert!(rest(&server, folder.path()).approval_key().await.is_err(), "{body}");
    }
}

#[tokio::test]
async fn trap_44_secrets_stand_in_no_text() {
    let folder = tempfile::tempdir().unwrap();
    keep_token(folder.path(), "old");
    let mut acts = vec![
        super::server::Act::Lose,
        refusal("EGW00206"),
        status(502, "<html>canary-token</html>"),
        say("{}"),
        refusal("EGW00121"),
    ];
    let server = Server::start(move |_| acts.pop().unwrap_or_else(|| say(GOOD))).await;
    let rest = rest(&server, folder.path());
    let mut texts = vec![format!("{rest:?}")];
    for _ in 0..5 {
        match rest.change(&order(), Lane::Order, &CancellationToken::new()).await {
            Ok(reply) => texts.push(format!("{reply:?}")),
            Err(fault) => {
                texts.push(format!("{fault} {fault:?} {} {:?}", fault.of_order(), fault.of_question()));
            }
        }
    }
    assert_eq!(server.of(TOKEN).len(), 1);
    for text in texts {
        assert!(!text.contains(CANARY) && !text.contains("87654321"), "{text}");
    }
}
