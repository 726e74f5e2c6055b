//! A quiet desk on which a buy of 100 shares at 70,000 won passes; tests change what they are about.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use hoga::broker::api::{Capabilities, ModifySupport, ProductCapability, ReportDelivery, World};
use hoga::config::RiskLimits;
use hoga::market::{Board, Currency, Instrument, InstrumentId, Phase, Price, Product, Quantity, Side, TickRule};
use hoga::order::{Bracket, Draft, KindName, OrderKind, PositionSide, Source, TimeInForce};
use hoga::risk::{DeskState, RecentOrder, Refusal, View, check};
use jiff::civil::date;
use rust_decimal::Decimal;

pub const SHARE: Product = Product::KrxStock(Board::Kospi { kospi200: true });

static NO_LIMITS: LazyLock<RiskLimits> = LazyLock::new(RiskLimits::default);
static NO_CAPABILITIES: LazyLock<Capabilities> = LazyLock::new(|| capabilities(&[]));
static NO_INSTRUMENT: LazyLock<Instrument> = LazyLock::new(|| instrument("KRX:005930", SHARE));

/// Everything a check needs. The references inside `view` are not used: [`Case::view`] puts in the parts beside it.
#[derive(Debug, Clone)]
pub struct Case {
    pub limits: RiskLimits,
    pub capabilities: Capabilities,
    pub instrument: Instrument,
    pub recent: Vec<RecentOrder>,
    pub view: View<'static>,
    pub draft: Draft,
}

impl Case {
    pub fn quiet() -> Self {
        let instrument = instrument("KRX:005930", SHARE);
        Self {
            limits: RiskLimits::default(),
            capabilities: capabilities(&[SHARE, Product::CryptoPerpetual]),
            recent: Vec::new(),
            view: quiet_view(),
            draft: draft(instrument.id),
            instrument,
        }
    }

    /// A quiet desk with a perpetual: price 60,000, tick 0.1, lot 0.001, leverage 5.
    pub fn perpetual() -> Self {
        let mut case = Self::quiet();
        case.instrument = self::instrument("BINANCE_FUTURES:BTCUSDT", Product::CryptoPerpetual);
        case.draft.instrument = case.instrument.id;
        case.draft.kind = OrderKind::Limit { price: price("60000") };
        case.draft.quantity = quantity("0.1");
        case.view.last = Some(price("60000"));
        case.view.best_bid = Some(price("59999.9"));
        case.view.best_ask = Some(price("60000.1"));
        case.view.daily_limits = None;
        case.view.order_value = number("6000");
        case.view.leverage = 5;
        case
    }

    pub fn view(&self) -> View<'_> {
        View {
            limits: &self.limits,
            capabilities: &self.capabilities,
            instrument: &self.instrument,
            recent: &self.recent,
            ..self.view.clone()
        }
    }

    pub fn refusals(&self) -> Vec<Refusal> {
        check(&self.view(), &self.draft).err().unwrap_or_default()
    }
}

pub fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

fn quiet_view() -> View<'static> {
    View {
        desk: DeskState::Active,
        world: World::Virtual,
        limits: &NO_LIMITS,
        capabilities: &NO_CAPABILITIES,
        instrument: &NO_INSTRUMENT,
        trading_date: date(2026, 11, 20),
        connected: true,
        reconciled: true,
        clock_ok: true,
        unknown_order: false,
        phase: Phase::Continuous,
        daily_limits: None,
        last: Some(price("70000")),
        best_bid: Some(price("69900")),
        best_ask: Some(price("70000")),
        data_age: Some(Duration::from_millis(100)),
        held: Decimal::ZERO,
        held_back: Quantity::ZERO,
        cash_available: number("50000000"),
        cash_needed: number("7001050"),
        order_value: number("7000000"),
        position_value: Decimal::ZERO,
        exposure: Decimal::ZERO,
        positions: 0,
        already_in_position: false,
        day_profit: Decimal::ZERO,
        equity: number("50000000"),
        peak_equity: number("50000000"),
        leverage: 1,
        open_orders: 0,
        orders_last_second: 0,
        orders_last_minute: 0,
        recent: &[],
        own_opposite_best: None,
    }
}

fn draft(instrument: InstrumentId) -> Draft {
    Draft {
        profile: "mock".parse().unwrap(),
        client_id: None,
        instrument,
        side: Side::Buy,
        kind: OrderKind::Limit { price: price("70000") },
        quantity: quantity("100"),
        time_in_force: TimeInForce::Day,
        reduce_only: false,
        position_side: PositionSide::Net,
        bracket: Bracket::default(),
        source: Source::Screen,
        route: None,
    }
}

pub fn instrument(id: &str, product: Product) -> Instrument {
    let (ticks, lot, currency) = match product {
        Product::KrxStock(_) => (TickRule::KrxStock, "1", Currency::Krw),
        Product::KrxEtf => (TickRule::KrxEtf, "1", Currency::Krw),
        Product::ForeignStock => (TickRule::Fixed(number("0.01")), "1", Currency::Usd),
        Product::KrxFuture => (TickRule::Fixed(number("0.05")), "1", Currency::Krw),
        Product::KrxOption => (TickRule::KrxOption, "1", Currency::Krw),
        Product::CryptoSpot | Product::CryptoPerpetual => (TickRule::Fixed(number("0.1")), "0.001", Currency::Usdt),
        Product::KrxBond => (TickRule::Fixed(number("0.5")), "10", Currency::Krw),
    };
    Instrument {
        id: id.parse().unwrap(),
        name_ko: "종목".into(),
        name_en: "Instrument".into(),
        product,
        currency,
        ticks,
        price_decimals: 1,
        lot: quantity(lot),
        min_quantity: quantity(lot),
        max_quantity: None,
        min_notional: None,
        multiplier: if product == Product::KrxBond { number("0.1") } else { Decimal::ONE },
        base_price: None,
        daily_limit: None,
        tiers: Vec::new(),
    }
}

/// Everything but trailing stops and take-profits is native; post-only is taken, reduce-only for perpetuals.
pub fn capabilities(products: &[Product]) -> Capabilities {
    let desk_holds = [KindName::TrailingStop, KindName::TakeProfit];
    let product = |product: &Product| ProductCapability {
        product: *product,
        native_kinds: KindName::ALL.into_iter().filter(|kind| !desk_holds.contains(kind)).collect(),
        times_in_force: TimeInForce::ALL.into_iter().collect(),
        reduce_only: product.is_margined(),
    };
    Capabilities {
        broker: "sim",
        worlds: &[World::Virtual],
        products: products.iter().map(product).collect(),
        modify: ModifySupport::InPlace,
        client_order_ids: true,
        cancel_all: true,
        reports: ReportDelivery::Stream,
        streams: BTreeSet::new(),
        registrations_max: None,
        virtual_cash: true,
        hedge_mode: true,
        leverage: true,
        request_lifetime: std::time::Duration::from_secs(5),
        candle_intervals: Vec::new(),
        rankings: false,
        facts: false,
        lacks: Vec::new(),
        routes: &[],
        routes_lack: None,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
    }
}
