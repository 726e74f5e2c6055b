//! What is listed.

use jiff::civil::DateTime;
use rust_decimal::{Decimal, dec};

use super::clock::{at_offset, korea, new_york};
use super::order::Line;

/// Where something is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    Kospi,
    Kosdaq,
    Nasdaq,
    Nyse,
    Amex,
    Bonds,
    /// Index futures and options.
    Derivatives,
    HongKong,
    Shanghai,
    Shenzhen,
    Tokyo,
    Hanoi,
    HoChiMinh,
}

impl Board {
    pub const fn is_korean(self) -> bool {
        matches!(self, Self::Kospi | Self::Kosdaq)
    }

    pub const fn is_foreign(self) -> bool {
        self.is_american() || self.is_asian()
    }

    pub const fn is_american(self) -> bool {
        matches!(self, Self::Nasdaq | Self::Nyse | Self::Amex)
    }

    pub const fn is_asian(self) -> bool {
        matches!(self, Self::HongKong | Self::Shanghai | Self::Shenzhen | Self::Tokyo | Self::Hanoi | Self::HoChiMinh)
    }

    /// What it is paid in.
    pub const fn currency(self) -> &'static str {
        match self {
            Self::Nasdaq | Self::Nyse | Self::Amex => "USD",
            Self::HongKong => "HKD",
            Self::Shanghai | Self::Shenzhen => "CNY",
            Self::Tokyo => "JPY",
            Self::Hanoi | Self::HoChiMinh => "VND",
            Self::Kospi | Self::Kosdaq | Self::Bonds | Self::Derivatives => "KRW",
        }
    }

    /// Shares of an order are multiples of this.
    pub const fn lot(self) -> u32 {
        if self.is_asian() { 100 } else { 1 }
    }

    /// Decimals of the price in a notice, which are not written.
    pub const fn notice_scale(self) -> u32 {
        match self {
            Self::Tokyo => 10,
            Self::HongKong | Self::Shanghai | Self::Shenzhen => 1_000,
            Self::Hanoi | Self::HoChiMinh => 1,
            _ => 10_000,
        }
    }

    /// Its own wall clock.
    pub fn local(self, now: i64) -> DateTime {
        match self {
            Self::Nasdaq | Self::Nyse | Self::Amex => new_york(now),
            Self::HongKong | Self::Shanghai | Self::Shenzhen => at_offset(now, 8),
            Self::Hanoi | Self::HoChiMinh => at_offset(now, 7),
            _ => korea(now),
        }
    }

    /// In the words of orders.
    pub const fn orders(self) -> &'static str {
        match self {
            Self::Kospi | Self::Kosdaq => "KRX",
            Self::Nasdaq => "NASD",
            Self::Nyse => "NYSE",
            Self::Amex => "AMEX",
            Self::Bonds => "KRX",
            Self::Derivatives => "KRX",
            Self::HongKong => "SEHK",
            Self::Shanghai => "SHAA",
            Self::Shenzhen => "SZAA",
            Self::Tokyo => "TKSE",
            Self::Hanoi => "HASE",
            Self::HoChiMinh => "VNSE",
        }
    }

    /// Product whose orders are placed on it.
    pub const fn line(self) -> Line {
        match self {
            Self::Kospi | Self::Kosdaq => Line::Stock,
            Self::Derivatives => Line::Future,
            Self::Bonds => Line::Bond,
            _ => Line::Overseas,
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
            Self::Derivatives => "F",
            Self::HongKong => "HKS",
            Self::Shanghai => "SHS",
            Self::Shenzhen => "SZS",
            Self::Tokyo => "TSE",
            Self::Hanoi => "HNX",
            Self::HoChiMinh => "HSX",
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
            Self::Derivatives => ("0", "301", "선물옵션"),
            Self::HongKong => ("4", "501", "홍콩"),
            Self::Shanghai => ("A", "551", "상해"),
            Self::Shenzhen => ("B", "552", "심천"),
            Self::Tokyo => ("D", "515", "도쿄"),
            Self::Hanoi => ("E", "507", "하노이"),
            Self::HoChiMinh => ("F", "508", "호치민"),
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
    /// Kind in the file of derivatives; empty for shares.
    pub kind: &'static str,
    /// Won of a contract for one point; 1 for shares.
    pub multiplier: Decimal,
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
        let multiplier = Decimal::ONE;
        Self {
            symbol,
            isin,
            name,
            english: "",
            board,
            is_fund: false,
            base,
            nextrade,
            halted: false,
            bond: None,
            kind: "",
            multiplier,
        }
    }

    const fn foreign(
        symbol: &'static str,
        name: &'static str,
        english: &'static str,
        board: Board,
        base: Decimal,
    ) -> Self {
        Self { english, ..Self::korean(symbol, "", name, board, base, false) }
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

    const fn derivative(
        (symbol, isin, name): (&'static str, &'static str, &'static str),
        kind: &'static str,
        multiplier: Decimal,
        base: Decimal,
    ) -> Self {
        Self { kind, multiplier, ..Self::korean(symbol, isin, name, Board::Derivatives, base, false) }
    }

    /// Whether it is a call or a put.
    pub fn is_option(&self) -> bool {
        matches!(self.kind, "5" | "6")
    }

    /// Smallest step of a price at this price.
    pub fn tick(&self, price: Decimal) -> Decimal {
        if let Some((step, _)) = self.bond {
            return step;
        }
        match self.kind {
            "" => {}
            "1" => return dec!(0.05),
            "B" => return dec!(0.02),
            _ => return if price < dec!(10) { dec!(0.01) } else { dec!(0.05) },
        }
        let row = |steps: &[(Decimal, Decimal)], above| {
            steps.iter().find(|(below, _)| price < *below).map_or(above, |(_, tick)| *tick)
        };
        match self.board {
            Board::HongKong => {
                let steps =
                    [(dec!(50), dec!(0.02)), (dec!(100), dec!(0.05)), (dec!(200), dec!(0.1)), (dec!(500), dec!(0.2))];
                return row(&steps, dec!(0.5));
            }
            Board::Tokyo => return row(&[(dec!(1000), dec!(0.1)), (dec!(3000), dec!(0.5))], dec!(1)),
            Board::Hanoi | Board::HoChiMinh => return dec!(100),
            _ => {}
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
        if self.is_option() {
            return (down(self.base * dec!(4)), dec!(0.01));
        }
        let rate = if self.board == Board::Derivatives { dec!(0.08) } else { dec!(0.3) };
        (down(self.base * (dec!(1) + rate)), up(self.base * (dec!(1) - rate)))
    }

    /// Key of a foreign stream.
    pub fn stream_key(&self) -> String {
        if self.board == Board::Derivatives {
            return self.symbol.to_owned();
        }
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
    let won = dec!(250_000);
    let future = Listing::derivative(("A01612", "KR4A01660001", "F 202612"), "1", won, dec!(412.00));
    let mini = Listing::derivative(("A05611", "KR4A05650001", "미니F 202611"), "B", dec!(50_000), dec!(411.00));
    let call = Listing::derivative(("B01611415", "KR4B01650001", "C 202611 415.0"), "5", won, dec!(3.20));
    let ecopro = Listing::korean("247540", "KR7247540008", "에코프로비엠", Board::Kosdaq, dec!(150_000), true);
    vec![
        samsung,
        hynix,
        Listing { is_fund: true, ..kodex },
        kakao,
        ecopro,
        future,
        mini,
        call,
        Listing::foreign("AAPL", "애플", "APPLE INC", Board::Nasdaq, dec!(228.00)),
        Listing::foreign("NVDA", "엔비디아", "NVIDIA CORP", Board::Nasdaq, dec!(135.00)),
        Listing::foreign("KO", "코카콜라", "COCA-COLA CO", Board::Nyse, dec!(70.00)),
        Listing {
            is_fund: true,
            ..Listing::foreign("SPY", "SPDR S&P 500 ETF", "SPDR S&P 500 ETF TRUST", Board::Amex, dec!(580.00))
        },
        Listing::foreign("00700", "텐센트", "TENCENT HOLDINGS", Board::HongKong, dec!(615.0)),
        Listing::foreign("600519", "귀주모태주", "KWEICHOW MOUTAI", Board::Shanghai, dec!(1450.00)),
        Listing::foreign("000858", "의빈오량액", "WULIANGYE YIBIN", Board::Shenzhen, dec!(130.00)),
        Listing::foreign("7203", "도요타자동차", "TOYOTA MOTOR", Board::Tokyo, dec!(2812.5)),
        Listing::foreign("PVS", "페트로베트남 기술", "PETROVIETNAM TECHNICAL", Board::Hanoi, dec!(34_000)),
        Listing::foreign("VNM", "비나밀크", "VIETNAM DAIRY", Board::HoChiMinh, dec!(65_000)),
        Listing::bond(TREASURY, "국고03250-5303(23-2)", dec!(10_570), dec!(1), "20530310"),
        Listing::bond(PROVINCE, "충북지역개발23-03", dec!(10_190.2), dec!(0.1), "20280331"),
    ]
}
