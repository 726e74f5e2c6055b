//! What is listed.

use rust_decimal::{Decimal, dec};

/// Where something is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    Kospi,
    Kosdaq,
    Nasdaq,
    Nyse,
    Amex,
    Bonds,
}

impl Board {
    pub const fn is_korean(self) -> bool {
        matches!(self, Self::Kospi | Self::Kosdaq)
    }

    pub const fn is_foreign(self) -> bool {
        matches!(self, Self::Nasdaq | Self::Nyse | Self::Amex)
    }

    /// In the words of orders.
    pub const fn orders(self) -> &'static str {
        match self {
            Self::Kospi | Self::Kosdaq => "KRX",
            Self::Nasdaq => "NASD",
            Self::Nyse => "NYSE",
            Self::Amex => "AMEX",
            Self::Bonds => "KRX",
        }
    }

    /// In the words of quotes.
    pub const fn quotes(self) -> &'static str {
        match self {
            Self::Kospi | Self::Kosdaq => "J",
            Self::Nasdaq => "NAS",
            Self::Nyse => "NYS",
            Self::Amex => "AMS",
            Self::Bonds => "B",
        }
    }

    /// Code of a foreign notice, product code, and Korean name of the exchange.
    pub const fn notice(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Nasdaq => ("6", "512", "나스닥"),
            Self::Nyse => ("7", "513", "뉴욕거래소"),
            Self::Amex => ("8", "529", "아멕스"),
            Self::Kospi | Self::Kosdaq => ("0", "300", "거래소"),
            Self::Bonds => ("0", "302", "거래소"),
        }
    }
}

/// An issue.
#[derive(Clone, Debug)]
pub struct Listing {
    pub symbol: &'static str,
    pub isin: &'static str,
    pub name: &'static str,
    pub english: &'static str,
    pub board: Board,
    pub is_fund: bool,
    /// 기준가 or previous close.
    pub base: Decimal,
    /// Whether Nextrade trades it.
    pub nextrade: bool,
    pub halted: bool,
    /// Step of the price of a bond, and when it is redeemed.
    pub bond: Option<(Decimal, &'static str)>,
}

impl Listing {
    const fn korean(
        symbol: &'static str,
        isin: &'static str,
        name: &'static str,
        board: Board,
        base: Decimal,
        nextrade: bool,
    ) -> Self {
        Self { symbol, isin, name, english: "", board, is_fund: false, base, nextrade, halted: false, bond: None }
    }

    const fn foreign(
        symbol: &'static str,
        name: &'static str,
        english: &'static str,
        board: Board,
        base: Decimal,
    ) -> Self {
        Self {
            symbol,
            isin: "",
            name,
            english,
            board,
            is_fund: false,
            base,
            nextrade: false,
            halted: false,
            bond: None,
        }
    }

    const fn bond(
        isin: &'static str,
        name: &'static str,
        base: Decimal,
        step: Decimal,
        redeemed: &'static str,
    ) -> Self {
        let listing = Self::korean(isin, isin, name, Board::Bonds, base, false);
        Self { bond: Some((step, redeemed)), ..listing }
    }

    /// Money of a price times a quantity: a price of a bond is of ten units, and what is beyond whole won is cut.
    pub fn money(&self, value: Decimal) -> Decimal {
        if self.bond.is_some() { (value / dec!(10)).trunc() } else { value }
    }

    /// Smallest step of a price at this price.
    pub fn tick(&self, price: Decimal) -> Decimal {
        if let Some((step, _)) = self.bond {
            return step;
        }
        if !self.board.is_korean() {
            return dec!(0.01);
        }
        if self.is_fund {
            return if price < dec!(2000) { dec!(1) } else { dec!(5) };
        }
        let steps = [(2_000, 1), (5_000, 5), (20_000, 10), (50_000, 50), (200_000, 100), (500_000, 500)];
        let below = steps.iter().find(|(below, _)| price < Decimal::from(*below));
        below.map_or(dec!(1000), |(_, tick)| Decimal::from(*tick))
    }

    /// Upper and lower limit of the day.
    pub fn limits(&self) -> (Decimal, Decimal) {
        let down = |price: Decimal| (price / self.tick(price)).floor() * self.tick(price);
        let up = |price: Decimal| (price / self.tick(price)).ceil() * self.tick(price);
        (down(self.base * dec!(1.3)), up(self.base * dec!(0.7)))
    }

    /// Key of a foreign stream.
    pub fn stream_key(&self) -> String {
        format!("D{}{}", self.board.quotes(), self.symbol)
    }
}

/// A treasury bond of thirty years.
pub const TREASURY: &str = "KR103502GD31";
/// A bond of a province that runs for less than two years.
pub const PROVINCE: &str = "KR2033022D33";

/// What the servers list.
pub fn all() -> Vec<Listing> {
    let samsung = Listing::korean("005930", "KR7005930003", "삼성전자", Board::Kospi, dec!(70_000), true);
    let hynix = Listing::korean("000660", "KR7000660001", "SK하이닉스", Board::Kospi, dec!(185_000), true);
    let kodex = Listing::korean("069500", "KR7069500007", "KODEX 200", Board::Kospi, dec!(37_200), false);
    let kakao = Listing::korean("035720", "KR7035720002", "카카오", Board::Kospi, dec!(40_000), true);
    let ecopro = Listing::korean("247540", "KR7247540008", "에코프로비엠", Board::Kosdaq, dec!(150_000), true);
    vec![
        samsung,
        hynix,
        Listing { is_fund: true, ..kodex },
        kakao,
        ecopro,
        Listing::foreign("AAPL", "애플", "APPLE INC", Board::Nasdaq, dec!(228.00)),
        Listing::foreign("NVDA", "엔비디아", "NVIDIA CORP", Board::Nasdaq, dec!(135.00)),
        Listing::foreign("KO", "코카콜라", "COCA-COLA CO", Board::Nyse, dec!(70.00)),
        Listing {
            is_fund: true,
            ..Listing::foreign("SPY", "SPDR S&P 500 ETF", "SPDR S&P 500 ETF TRUST", Board::Amex, dec!(580.00))
        },
        Listing::bond(TREASURY, "국고03250-5303(23-2)", dec!(10_570), dec!(1), "20530310"),
        Listing::bond(PROVINCE, "충북지역개발23-03", dec!(10_190.2), dec!(0.1), "20280331"),
    ]
}
