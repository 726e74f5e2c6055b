//! Why a broker does not tell what was realised.

/// Why, in Korean and English.
type Pair = (&'static str, &'static str);

const LEDGER_ONLY: Pair = (
    "이 브로커는 실현손익을 알려 주지 않습니다. 원장의 손익은 `hoga pnl`로 보세요",
    "its own count of realised profit; `hoga pnl` has the ledger's",
);
const SHARES_ONLY: Pair = (
    "증권사의 실현손익은 주식 계좌에만 있습니다. 원장의 손익은 `hoga pnl`로 보세요",
    "realised profit of a derivatives account; `hoga pnl` has the ledger's",
);

/// Of a broker that keeps no such count, in English.
pub const NOT_COUNTED: &str = LEDGER_ONLY.1;
/// Of an account of derivatives at a broker that counts shares, in English.
pub const NOT_OF_DERIVATIVES: &str = SHARES_ONLY.1;

/// Either of them in Korean, by what it is in English.
#[must_use]
pub fn in_korean(english: &str) -> Option<&'static str> {
    [LEDGER_ONLY, SHARES_ONLY].into_iter().find(|(_, en)| *en == english).map(|(ko, _)| ko)
}
