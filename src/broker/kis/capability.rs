//! What an account can do in a world, and what its paper environment lacks.

use std::time::Duration;

use super::environment::Realm;
use super::service::Service;
use crate::broker::api::{
    BrokerError, Capabilities, Channel, LackingKind, ModifySupport, ProductCapability, ReportDelivery,
};
use crate::config::World;
use crate::market::candle::Interval;
use crate::market::gather::Gather;
use crate::market::{Board, Product, Side};
use crate::order::{KindName, Route, TimeInForce};
use crate::text::{Language, kis as text};

/// Most registrations of a session, execution notices included.
pub const REGISTRATIONS_MAX: u32 = 41;

/// How long a request may still have its effect at the broker: its gateway times out within this.
const REQUEST_LIFETIME: Duration = Duration::from_secs(60);

/// Something the paper environment does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lack {
    /// Rankings of shares.
    Ranking,
    /// Open and closed days; hoga's own calendar stands in.
    Calendar,
    /// What a product is.
    ProductInfo,
    /// Net asset values and holdings of ETF.
    Etf,
    /// Minutes before today.
    PastMinutes,
    /// The list of revocable orders; the list of open orders stands in.
    Revocable,
    /// What can be sold; the balance stands in.
    Sellable,
    /// Realised profit.
    Realised,
    /// NXT and the broker's own routing.
    Nextrade,
    /// Orders after the close.
    AfterMarket,
    /// Books, minutes and prints of foreign shares.
    OverseasDetail,
    /// Foreign orders other than limits in regular hours.
    OverseasKinds,
    /// The night session of derivatives.
    Night,
    /// Boards of options.
    OptionBoard,
    /// Bonds.
    Bond,
    /// Orders in Korean shares that are kept for the opening.
    Reserved,
    /// Streams other than prints, books and notices.
    Streams,
    /// Some other service.
    Service,
}

impl Lack {
    /// Everything that is missing.
    pub const ALL: [Self; 18] = [
        Self::Ranking,
        Self::Calendar,
        Self::ProductInfo,
        Self::Etf,
        Self::PastMinutes,
        Self::Revocable,
        Self::Sellable,
        Self::Realised,
        Self::Nextrade,
        Self::AfterMarket,
        Self::OverseasDetail,
        Self::OverseasKinds,
        Self::Night,
        Self::OptionBoard,
        Self::Bond,
        Self::Reserved,
        Self::Streams,
        Self::Service,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Ranking => "ranking",
            Self::Calendar => "calendar",
            Self::ProductInfo => "product_info",
            Self::Etf => "etf",
            Self::PastMinutes => "past_minutes",
            Self::Revocable => "revocable",
            Self::Sellable => "sellable",
            Self::Realised => "realised",
            Self::Nextrade => "nextrade",
            Self::AfterMarket => "after_market",
            Self::OverseasDetail => "overseas_detail",
            Self::OverseasKinds => "overseas_kinds",
            Self::Night => "night",
            Self::OptionBoard => "option_board",
            Self::Bond => "bond",
            Self::Reserved => "reserved",
            Self::Streams => "streams",
            Self::Service => "service",
        }
    }

    /// What is missing where the paper environment does not have a service.
    #[must_use]
    pub const fn of(service: Service) -> Self {
        match service {
            Service::VolumeRanking
            | Service::MarketValueRanking
            | Service::ChangeRanking
            | Service::Conditions
            | Service::ConditionHits
            | Service::OverseasValueRanking => Self::Ranking,
            Service::Holidays | Service::FuturesDays | Service::OverseasSettlementDays => Self::Calendar,
            Service::ProductInfo | Service::StockInfo | Service::OverseasInfo => Self::ProductInfo,
            Service::EtfPrice
            | Service::EtfNav
            | Service::EtfNavByTime
            | Service::EtfNavByDay
            | Service::EtfHoldings => Self::Etf,
            Service::StockPastMinutes => Self::PastMinutes,
            Service::StockRevocable => Self::Revocable,
            Service::StockSellable => Self::Sellable,
            Service::StockRealisedBalance
            | Service::StockDayProfits
            | Service::StockTradeProfits
            | Service::OverseasProfits => Self::Realised,
            Service::OverseasDetail
            | Service::OverseasBook
            | Service::OverseasMinutes
            | Service::OverseasPrints
            | Service::OverseasPrices => Self::OverseasDetail,
            Service::FutureNightOrder
            | Service::FutureNightChange
            | Service::FutureNightOrders
            | Service::FutureNightBalance => Self::Night,
            Service::FutureBoard | Service::OptionBoard | Service::OptionMonths => Self::OptionBoard,
            Service::StockReserve
            | Service::StockReserveCancel
            | Service::StockReserveChange
            | Service::StockReservations => Self::Reserved,
            Service::BondPrice
            | Service::BondBook
            | Service::BondPrints
            | Service::BondDays
            | Service::BondChart
            | Service::BondIssue
            | Service::BondInfo
            | Service::BondBuy
            | Service::BondSell
            | Service::BondChange
            | Service::BondRevocable
            | Service::BondOrders
            | Service::BondBalance
            | Service::BondBuyable => Self::Bond,
            _ => Self::Service,
        }
    }

    /// As an error, before anything was sent.
    #[must_use]
    pub fn error(self) -> BrokerError {
        BrokerError::Unsupported(self.reason(Language::En))
    }

    /// Why, for the screen.
    #[must_use]
    pub fn reason(self, language: Language) -> &'static str {
        text::paper_lacks(language, self.name()).unwrap_or_default()
    }
}

/// What an environment lacks.
#[must_use]
pub fn lacks(realm: Realm) -> &'static [Lack] {
    match realm {
        Realm::Live => &[],
        Realm::Paper => &Lack::ALL,
    }
}

fn korean(product: Product, realm: Realm) -> ProductCapability {
    let mut native_kinds = [
        KindName::Limit,
        KindName::Market,
        KindName::ConditionalLimit,
        KindName::BestLimit,
        KindName::PriorityLimit,
        KindName::PreOpenClose,
        KindName::AfterClose,
        KindName::MidPrice,
    ]
    .into_iter()
    .into_set();
    if realm == Realm::Live {
        native_kinds.insert(KindName::StopLimit);
    }
    let mut times_in_force = [TimeInForce::Day, TimeInForce::Ioc, TimeInForce::Fok].into_iter().into_set();
    if realm == Realm::Live {
        times_in_force.insert(TimeInForce::Reserved);
    }
    ProductCapability { product, native_kinds, times_in_force, reduce_only: false }
}

/// Orders for the auctions of US exchanges. Those at any price are for sells only.
const AUCTION_KINDS: [KindName; 4] =
    [KindName::MarketOnOpen, KindName::LimitOnOpen, KindName::MarketOnClose, KindName::LimitOnClose];

/// Why an order at any price for an auction does not buy.
#[must_use]
pub fn only_sold() -> &'static str {
    text::never_had(Language::En, "sold_at_auction").unwrap_or_default()
}

/// What a world does not have of [`AUCTION_KINDS`].
fn lacking_kinds(realm: Realm) -> Vec<LackingKind> {
    let product = Product::ForeignStock;
    let lacking = |kind: KindName| match realm {
        Realm::Paper => Some(LackingKind { product, kind, side: None, why: Lack::OverseasKinds.reason(Language::En) }),
        Realm::Live if kind.has_limit() => None,
        Realm::Live => Some(LackingKind { product, kind, side: Some(Side::Buy), why: only_sold() }),
    };
    AUCTION_KINDS.into_iter().filter_map(lacking).collect()
}

/// What a world does not have of orders for the opening.
fn lacking_times(realm: Realm) -> Vec<(Product, TimeInForce, &'static str)> {
    let why = Lack::Reserved.reason(Language::En);
    let lacking = [Product::KrxStock(Board::Kosdaq), Product::KrxEtf];
    let here = lacking.into_iter().filter(|_| realm == Realm::Paper);
    here.map(|product| (product, TimeInForce::Reserved, why)).collect()
}

fn derivative(product: Product) -> ProductCapability {
    let native_kinds = [KindName::Limit, KindName::Market, KindName::ConditionalLimit, KindName::BestLimit];
    let times_in_force = [TimeInForce::Day, TimeInForce::Ioc, TimeInForce::Fok];
    ProductCapability {
        product,
        native_kinds: native_kinds.into_iter().into_set(),
        times_in_force: times_in_force.into_iter().into_set(),
        reduce_only: false,
    }
}

/// What a derivatives account can do: futures and options, and nothing else.
#[must_use]
pub fn of_derivatives(world: World) -> Capabilities {
    let products = vec![derivative(Product::KrxFuture), derivative(Product::KrxOption)];
    Capabilities { products, routes: &[], routes_lack: None, ..capabilities(world) }
}

/// What an account can do in a world. Streams of market data in the paper world are those of Korean shares; a second, live
/// key for quotes only gives the rest.
#[must_use]
pub fn capabilities(world: World) -> Capabilities {
    let realm = Realm::of(world);
    let mut foreign = ProductCapability {
        product: Product::ForeignStock,
        native_kinds: [KindName::Limit].into_iter().into_set(),
        times_in_force: [TimeInForce::Day].into_iter().into_set(),
        reduce_only: false,
    };
    let bond = ProductCapability { product: Product::KrxBond, ..foreign.clone() };
    foreign.times_in_force.insert(TimeInForce::Reserved);
    if realm == Realm::Live {
        for kind in AUCTION_KINDS {
            foreign.native_kinds.insert(kind);
        }
    }
    let mut products = vec![korean(Product::KrxStock(Board::Kosdaq), realm), korean(Product::KrxEtf, realm), foreign];
    let mut lacks = Vec::new();
    match realm {
        Realm::Live => products.push(bond),
        Realm::Paper => lacks.push((Product::KrxBond, Lack::Bond.reason(Language::En))),
    }
    let mut candle_intervals = vec![Interval::Minute1, Interval::Day1, Interval::Week1, Interval::Month1];
    candle_intervals.sort_unstable();
    Capabilities {
        broker: "kis",
        worlds: &[World::Paper, World::Live],
        products,
        modify: ModifySupport::NewNumber,
        client_order_ids: false,
        cancel_all: false,
        reports: ReportDelivery::Stream,
        streams: [Channel::Trades, Channel::Book, Channel::Quote].into_iter().into_set(),
        registrations_max: Some(REGISTRATIONS_MAX),
        virtual_cash: false,
        hedge_mode: false,
        leverage: false,
        request_lifetime: REQUEST_LIFETIME,
        candle_intervals,
        rankings: true,
        facts: true,
        lacks,
        routes: match realm {
            Realm::Live => &Route::ALL,
            Realm::Paper => &[Route::Krx],
        },
        routes_lack: (realm == Realm::Paper).then(|| Lack::Nextrade.reason(Language::En)),
        lacking_kinds: lacking_kinds(realm),
        lacking_times: lacking_times(realm),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_paper_lacks_has_a_reason_in_both_languages() {
        for lack in lacks(Realm::Paper) {
            for language in [Language::Ko, Language::En] {
                assert!(!lack.reason(language).is_empty(), "{lack:?}");
            }
        }
        assert_eq!(Lack::Ranking.reason(Language::Ko), "모의투자에서는 순위를 볼 수 없습니다");
        for lack in Lack::ALL {
            let english = lack.reason(Language::En);
            assert_eq!(text::paper_lack_in_korean(english), Some(lack.reason(Language::Ko)), "{english}");
        }
        assert!(lacks(Realm::Live).is_empty());
    }

    #[test]
    fn a_derivatives_account_trades_futures_and_options_only_and_another_one_neither() {
        for world in [World::Paper, World::Live] {
            let (derivatives, shares) = (of_derivatives(world), capabilities(world));
            let future = derivatives.product(Product::KrxFuture).unwrap();
            assert!(future.native_kinds.contains(&KindName::BestLimit) && !future.reduce_only);
            assert!(
                derivatives.product(Product::KrxEtf).is_none() && derivatives.product(Product::KrxOption).is_some()
            );
            assert!(shares.product(Product::KrxFuture).is_none() && shares.product(Product::KrxEtf).is_some());
        }
    }

    #[test]
    fn an_order_here_has_no_id_of_ours_and_a_change_gives_a_new_number() {
        for world in [World::Paper, World::Live] {
            let can = capabilities(world);
            assert!(!can.client_order_ids && !can.cancel_all);
            assert_eq!((can.modify, can.registrations_max), (ModifySupport::NewNumber, Some(41)));
            assert_eq!(can.product(Product::KrxBond).is_some(), world == World::Live);
            let stock = can.product(Product::KrxStock(Board::Konex)).unwrap();
            assert!(stock.native_kinds.contains(&KindName::Limit) && !stock.native_kinds.contains(&KindName::Stop));
        }
    }
}
