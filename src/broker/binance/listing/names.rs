//! Names of coins for people. The exchange gives none but the code.

use crate::text::clean::short;

/// Code, Korean, English: the coins most traded by Koreans.
const COINS: [(&str, &str, &str); 24] = [
    ("BTC", "비트코인", "Bitcoin"),
    ("ETH", "이더리움", "Ethereum"),
    ("XRP", "리플", "XRP"),
    ("SOL", "솔라나", "Solana"),
    ("BNB", "비앤비", "BNB"),
    ("DOGE", "도지코인", "Dogecoin"),
    ("ADA", "에이다", "Cardano"),
    ("TRX", "트론", "TRON"),
    ("AVAX", "아발란체", "Avalanche"),
    ("LINK", "체인링크", "Chainlink"),
    ("SUI", "수이", "Sui"),
    ("XLM", "스텔라루멘", "Stellar"),
    ("BCH", "비트코인캐시", "Bitcoin Cash"),
    ("HBAR", "헤데라", "Hedera"),
    ("LTC", "라이트코인", "Litecoin"),
    ("DOT", "폴카닷", "Polkadot"),
    ("ETC", "이더리움클래식", "Ethereum Classic"),
    ("APT", "앱토스", "Aptos"),
    ("NEAR", "니어프로토콜", "NEAR Protocol"),
    ("AAVE", "에이브", "Aave"),
    ("UNI", "유니스왑", "Uniswap"),
    ("1000SHIB", "시바이누 1000", "1000 Shiba Inu"),
    ("1000PEPE", "페페 1000", "1000 Pepe"),
    ("ARB", "아비트럼", "Arbitrum"),
];

/// Korean and English name of a perpetual on a coin or share.
pub(super) fn perpetual(base: &str) -> (String, String) {
    match COINS.iter().find(|(code, _, _)| *code == base) {
        Some((_, ko, en)) => (format!("{ko} 무기한"), format!("{en} perpetual")),
        None => {
            let base: String = short(base, 24);
            (format!("{base} 무기한"), format!("{base} perpetual"))
        }
    }
}
