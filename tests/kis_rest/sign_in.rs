use hoga::broker::api::BrokerError;
use hoga::broker::kis::code::{Meaning, Purpose, error};
use hoga::broker::kis::wire::oauth::{Approval, Revoked, Token};
use hoga::broker::kis::wire::{Refusal, Text};
use hoga::broker::net::json;
use hoga::market::UtcTime;
use rust_decimal::dec;
use secrecy::ExposeSecret as _;
use std::time::Duration;

use super::super::{Reply, Sample, is};

fn throttled(seconds: u64) -> BrokerError {
    BrokerError::Throttled { retry_after: Duration::from_secs(seconds) }
}

fn unauthorized(reply: &Reply<'_>, code: &str) {
    match reply.judged {
        Err(BrokerError::Unauthorized(text)) => assert!(text.starts_with(code), "{text}"),
        other => panic!("{:?}", other.err()),
    }
}

/// Of an order the same reply leaves its outcome open, or does not.
fn of_an_order(code: &str) -> BrokerError {
    error(&Refusal { code: Text::new(code), text: Text::new("") }, Purpose::Order)
}

pub const SAMPLES: &[Sample] = &[
    ("auth_token_ok.json", 200, |reply| {
        let token: Token = json::parse("a token", reply.body, 10_000).unwrap();
        assert!(token.access_token.secret().expose_secret().starts_with("eyJ"));
        is(token.expires_in, dec!(86400));
        assert_eq!(token.ends(UtcTime::EPOCH), UtcTime::parse("2026-10-15T08:16:59+09:00"));
    }),
    ("auth_token_rate_limited.json", 403, |reply| assert_eq!(reply.judged.err(), Some(&throttled(61)))),
    ("auth_token_bad_appkey.json", 403, |reply| unauthorized(&reply, "EGW00103")),
    ("auth_token_bad_appsecret.json", 403, |reply| unauthorized(&reply, "EGW00105")),
    ("auth_revoke_ok.json", 200, |reply| {
        let revoked: Revoked = json::parse("a revocation", reply.body, 10_000).unwrap();
        is(revoked.code, dec!(200));
        assert_eq!(revoked.message, "접근토큰 폐기에 성공하였습니다");
    }),
    ("auth_approval_ok.json", 200, |reply| {
        let approval: Approval = json::parse("an approval", reply.body, 10_000).unwrap();
        assert_eq!(approval.approval_key.secret().expose_secret(), "00000000-1111-2222-3333-444455556666");
    }),
    // The service is gone and nothing here uses it: its reply says neither yes nor no.
    ("auth_hashkey_ok.json", 200, |reply| assert_eq!(reply.good().code(), "")),
    ("error_rate_limit_egw00201.json", 500, |reply| assert_eq!(reply.judged.err(), Some(&throttled(1)))),
    ("error_ledger_limit_egw00215.json", 500, |reply| assert_eq!(reply.judged.err(), Some(&throttled(2)))),
    ("error_token_expired_egw00123.json", 500, |reply| {
        unauthorized(&reply, "EGW00123");
        assert_eq!(Meaning::of("EGW00123", ""), Meaning::Token);
    }),
    ("error_token_invalid_egw00121.json", 500, |reply| unauthorized(&reply, "EGW00121")),
    ("error_bad_appkey_egw00103.json", 500, |reply| unauthorized(&reply, "EGW00103")),
    ("error_no_permission_egw00206.json", 500, |reply| unauthorized(&reply, "EGW00206")),
    ("error_gateway_timeout_egw00302.json", 500, |reply| {
        assert!(reply.judged.err().unwrap().is_retryable());
        assert!(of_an_order("EGW00302").may_have_happened());
    }),
    ("error_paper_tr_not_supported_egw02006.json", 500, |reply| {
        assert!(matches!(reply.judged.err(), Some(BrokerError::Unsupported(_))));
    }),
    ("error_paper_closed_40580000.json", 200, |reply| reply.refused("40580000")),
    ("error_paper_not_open_40570000.json", 200, |reply| reply.refused("40570000")),
    ("error_paper_not_business_day_40100000.json", 200, |reply| reply.refused("40100000")),
    ("error_paper_nothing_to_cancel_40330000.json", 200, |reply| reply.refused("40330000")),
    ("error_market_closed_apbk0918.json", 200, |reply| reply.refused("APBK0918")),
    ("error_market_day_apbk0919.json", 200, |reply| reply.refused("APBK0919")),
    ("error_insufficient_cash_apbk0952.json", 200, |reply| reply.refused("APBK0952")),
    ("error_sell_qty_exceeded_apbk0400.json", 200, |reply| reply.refused("APBK0400")),
    ("error_unknown_symbol_apbk0656.json", 200, |reply| {
        assert!(matches!(reply.judged.err(), Some(BrokerError::NotFound(_))));
        assert!(matches!(of_an_order("APBK0656"), BrokerError::Refused { .. }));
    }),
    ("error_bad_market_div_opsq2001.json", 200, |reply| reply.refused("OPSQ2001")),
];
