//! Which orders a venue takes in which phase.
//!
//! What the exchange takes, not what a broker's interface can carry: a broker's own list narrows it further, and the desk
//! works stops itself where a venue has none. An order that a broker keeps for the opening is none of the venue's until
//! then: [`super::reserved`] says which there are.

use std::fmt;

use super::kind::{KindName, TimeInForce};
use crate::market::{Phase, PhaseAt, Product, Venue};

/// Why a venue does not take an order now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum VenueRule {
    /// No orders are taken at all.
    #[error("{0} is closed")]
    Closed(Venue),
    /// Trading pauses; orders can only be canceled.
    #[error("{0} pauses: orders can only be canceled")]
    Halted(Venue),
    /// The venue never takes this type.
    #[error("{venue} has no {kind} orders")]
    NoSuchKind {
        /// Where.
        venue: Venue,
        /// The type.
        kind: KindName,
    },
    /// The venue takes this type, but not in this phase.
    #[error("{venue} takes no {kind} orders in its {} phase", PhaseName(*phase))]
    NotInPhase {
        /// Where.
        venue: Venue,
        /// The type.
        kind: KindName,
        /// When.
        phase: Phase,
    },
    /// The venue never has, or not for this type, this time in force.
    #[error("{venue} takes no {kind} orders that are {tif}")]
    TimeInForce {
        /// Where.
        venue: Venue,
        /// The type.
        kind: KindName,
        /// The time in force.
        tif: TimeInForce,
    },
    /// Immediate orders need continuous trading.
    #[error("{tif} orders need continuous trading: {venue} is in its {} phase", PhaseName(*phase))]
    NothingImmediate {
        /// Where.
        venue: Venue,
        /// The time in force.
        tif: TimeInForce,
        /// When.
        phase: Phase,
    },
    /// The product does not trade in this phase.
    #[error("ETF and ETN do not trade in {venue}'s {} phase", PhaseName(*phase))]
    ProductExcluded {
        /// Where.
        venue: Venue,
        /// When.
        phase: Phase,
    },
}

struct PhaseName(Phase);

impl fmt::Display for PhaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_str().replace('_', "-"))
    }
}

/// The time in force that is meant when nobody says one: until canceled where days have no end, else the day.
#[must_use]
pub const fn default_time_in_force(venue: Venue) -> TimeInForce {
    match venue {
        Venue::BinanceFutures | Venue::BinanceSpot => TimeInForce::Gtc,
        Venue::Sim | Venue::Krx | Venue::Nxt | Venue::Nasdaq | Venue::Nyse | Venue::Amex => TimeInForce::Day,
        Venue::KrxBonds => TimeInForce::Day,
        Venue::KrxFutures => TimeInForce::Day,
        Venue::Hkex | Venue::Sse | Venue::Szse | Venue::Tse | Venue::Hnx | Venue::Hose => TimeInForce::Day,
    }
}

/// Whether a venue takes an order type in a phase.
///
/// Closing-price orders belong to [`Phase::ClosingPrice`], whether before the open or after the close; where the clock is
/// known, [`venue_takes_at`] tells the two apart.
///
/// # Errors
/// The rule that stands against it.
pub fn venue_takes(
    venue: Venue,
    product: Product,
    phase: Phase,
    kind: KindName,
    tif: TimeInForce,
) -> Result<(), VenueRule> {
    match phase {
        Phase::Closed => return Err(VenueRule::Closed(venue)),
        Phase::Halted => return Err(VenueRule::Halted(venue)),
        _ => {}
    }
    match venue {
        Venue::Krx => korean(venue, product, phase, kind, tif, krx_kinds),
        Venue::Nxt => korean(venue, product, phase, kind, tif, nxt_kinds),
        Venue::KrxFutures => korean(venue, product, phase, kind, tif, derivative_kinds),
        Venue::Sim => simulated(venue, product, kind, tif),
        Venue::BinanceFutures | Venue::BinanceSpot => crypto(venue, kind, tif),
        Venue::Nasdaq | Venue::Nyse | Venue::Amex => american(venue, phase, kind, tif),
        Venue::KrxBonds => bonds(venue, phase, kind, tif),
        Venue::Hkex | Venue::Sse | Venue::Szse | Venue::Tse | Venue::Hnx | Venue::Hose => asian(venue, kind, tif),
    }
}

/// The same by the venue's clock, which also knows books that run beside the main one: `pre_open_close` is taken while
/// closing-price trading runs beside the opening auction, `after_close` once the close is known.
///
/// # Errors
/// The rule that stands against it.
pub fn venue_takes_at(
    venue: Venue,
    product: Product,
    at: &PhaseAt,
    kind: KindName,
    tif: TimeInForce,
) -> Result<(), VenueRule> {
    let not_now = VenueRule::NotInPhase { venue, kind, phase: at.phase };
    let before_open = venue == Venue::Krx && at.phase == Phase::OpeningAuction;
    match (kind, at.beside) {
        (KindName::PreOpenClose, Some(beside)) if before_open => venue_takes(venue, product, beside, kind, tif),
        (KindName::PreOpenClose, _) if at.phase == Phase::ClosingPrice => Err(not_now),
        (KindName::AfterClose, Some(beside)) if !before_open => venue_takes(venue, product, beside, kind, tif),
        _ => venue_takes(venue, product, at.phase, kind, tif),
    }
}

/// Order types of a phase.
type Kinds = fn(Phase) -> &'static [KindName];

const CLOSING_PRICE: [KindName; 2] = [KindName::PreOpenClose, KindName::AfterClose];

/// KRX since 2025-03 (mid price) and 2026-09-14 (after-market); earlier days knew fewer types.
const fn krx_kinds(phase: Phase) -> &'static [KindName] {
    match phase {
        Phase::Continuous => &[
            KindName::Limit,
            KindName::Market,
            KindName::ConditionalLimit,
            KindName::BestLimit,
            KindName::PriorityLimit,
            KindName::MidPrice,
            KindName::StopLimit,
        ],
        // Without a book there is no best price to take over or to peg to.
        Phase::OpeningAuction | Phase::Volatility => {
            &[KindName::Limit, KindName::Market, KindName::ConditionalLimit, KindName::StopLimit]
        }
        // A conditional limit would be a market order at once.
        Phase::ClosingAuction => &[KindName::Limit, KindName::Market],
        Phase::OffHoursAuction => &[KindName::Limit],
        Phase::AfterMarket => &[KindName::Limit, KindName::BestLimit, KindName::PriorityLimit],
        Phase::ClosingPrice => &CLOSING_PRICE,
        Phase::PreMarket | Phase::Night | Phase::Closed | Phase::Halted => &[],
    }
}

const fn nxt_kinds(phase: Phase) -> &'static [KindName] {
    match phase {
        Phase::Continuous => &[
            KindName::Limit,
            KindName::Market,
            KindName::BestLimit,
            KindName::PriorityLimit,
            KindName::MidPrice,
            KindName::StopLimit,
        ],
        Phase::PreMarket | Phase::AfterMarket => &[KindName::Limit, KindName::BestLimit, KindName::PriorityLimit],
        Phase::OpeningAuction | Phase::ClosingAuction | Phase::Volatility => &[KindName::Limit],
        Phase::ClosingPrice => &[KindName::AfterClose],
        Phase::OffHoursAuction | Phase::Night | Phase::Closed | Phase::Halted => &[],
    }
}

/// Derivatives of KRX, by day and by night. Best-limit orders need a book; a conditional limit would be a market order
/// at once in the closing auction.
const fn derivative_kinds(phase: Phase) -> &'static [KindName] {
    match phase {
        Phase::Continuous | Phase::Night => {
            &[KindName::Limit, KindName::Market, KindName::ConditionalLimit, KindName::BestLimit]
        }
        Phase::OpeningAuction | Phase::Volatility => &[KindName::Limit, KindName::Market, KindName::ConditionalLimit],
        Phase::ClosingAuction => &[KindName::Limit, KindName::Market],
        Phase::PreMarket
        | Phase::AfterMarket
        | Phase::ClosingPrice
        | Phase::OffHoursAuction
        | Phase::Closed
        | Phase::Halted => &[],
    }
}

fn korean(
    venue: Venue,
    product: Product,
    phase: Phase,
    kind: KindName,
    tif: TimeInForce,
    kinds: Kinds,
) -> Result<(), VenueRule> {
    const PHASES: [Phase; 9] = [
        Phase::OpeningAuction,
        Phase::Continuous,
        Phase::ClosingAuction,
        Phase::Volatility,
        Phase::ClosingPrice,
        Phase::OffHoursAuction,
        Phase::PreMarket,
        Phase::AfterMarket,
        Phase::Night,
    ];
    if !PHASES.into_iter().any(|any| kinds(any).contains(&kind)) {
        return Err(VenueRule::NoSuchKind { venue, kind });
    }
    if venue == Venue::Krx && product == Product::KrxEtf && phase == Phase::AfterMarket {
        return Err(VenueRule::ProductExcluded { venue, phase });
    }
    if !kinds(phase).contains(&kind) {
        return Err(VenueRule::NotInPhase { venue, kind, phase });
    }
    let unknown_tif = Err(VenueRule::TimeInForce { venue, kind, tif });
    match tif {
        TimeInForce::Gtc | TimeInForce::PostOnly | TimeInForce::Reserved => unknown_tif,
        // NXT knows market orders only as immediate ones.
        TimeInForce::Day if venue == Venue::Nxt && kind == KindName::Market => unknown_tif,
        TimeInForce::Day => Ok(()),
        TimeInForce::Ioc | TimeInForce::Fok => {
            if !matches!(kind, KindName::Limit | KindName::Market | KindName::BestLimit | KindName::MidPrice) {
                unknown_tif
            } else if phase.is_continuous() {
                Ok(())
            } else {
                Err(VenueRule::NothingImmediate { venue, tif, phase })
            }
        }
    }
}

/// The simulator never closes, so nothing in it needs a close; Korean types only make sense for Korean products.
fn simulated(venue: Venue, product: Product, kind: KindName, tif: TimeInForce) -> Result<(), VenueRule> {
    let korean = matches!(product, Product::KrxStock(_) | Product::KrxEtf);
    match kind {
        KindName::PreOpenClose | KindName::AfterClose => return Err(VenueRule::NoSuchKind { venue, kind }),
        KindName::MarketOnOpen | KindName::LimitOnOpen | KindName::MarketOnClose | KindName::LimitOnClose => {
            return Err(VenueRule::NoSuchKind { venue, kind });
        }
        KindName::ConditionalLimit | KindName::BestLimit | KindName::PriorityLimit | KindName::MidPrice if !korean => {
            return Err(VenueRule::NoSuchKind { venue, kind });
        }
        _ => {}
    }
    match (tif, kind) {
        (TimeInForce::PostOnly, KindName::Limit | KindName::StopLimit | KindName::PriorityLimit) => Ok(()),
        (TimeInForce::PostOnly | TimeInForce::Reserved, _) => Err(VenueRule::TimeInForce { venue, kind, tif }),
        _ => Ok(()),
    }
}

/// Binance: no orders for a day, since its days do not end; a market order has no life to speak of.
fn crypto(venue: Venue, kind: KindName, tif: TimeInForce) -> Result<(), VenueRule> {
    let fits = match kind {
        KindName::Limit | KindName::StopLimit => !matches!(tif, TimeInForce::Day | TimeInForce::Reserved),
        KindName::Market => !matches!(tif, TimeInForce::PostOnly | TimeInForce::Fok | TimeInForce::Reserved),
        KindName::Stop | KindName::TakeProfit | KindName::TrailingStop => {
            matches!(tif, TimeInForce::Gtc | TimeInForce::Day)
        }
        _ => return Err(VenueRule::NoSuchKind { venue, kind }),
    };
    if fits { Ok(()) } else { Err(VenueRule::TimeInForce { venue, kind, tif }) }
}

/// US exchanges through a Korean broker: limit and market by day, limit outside regular hours. Orders for the opening
/// auction are taken before it, those for the closing auction until the close; the exchange's own last minute for them is
/// for it to say.
fn american(venue: Venue, phase: Phase, kind: KindName, tif: TimeInForce) -> Result<(), VenueRule> {
    match (kind, phase) {
        (KindName::Limit, _) | (KindName::Market, Phase::Continuous) => {}
        (KindName::MarketOnOpen | KindName::LimitOnOpen, Phase::PreMarket) => {}
        (KindName::MarketOnClose | KindName::LimitOnClose, Phase::PreMarket | Phase::Continuous) => {}
        (KindName::Market, _) => return Err(VenueRule::NotInPhase { venue, kind, phase }),
        (KindName::MarketOnOpen | KindName::LimitOnOpen | KindName::MarketOnClose | KindName::LimitOnClose, _) => {
            return Err(VenueRule::NotInPhase { venue, kind, phase });
        }
        _ => return Err(VenueRule::NoSuchKind { venue, kind }),
    }
    let for_auction = !matches!(kind, KindName::Limit | KindName::Market);
    match tif {
        TimeInForce::Ioc if for_auction => Err(VenueRule::TimeInForce { venue, kind, tif }),
        TimeInForce::Day | TimeInForce::Ioc => Ok(()),
        TimeInForce::Gtc | TimeInForce::Fok | TimeInForce::PostOnly | TimeInForce::Reserved => {
            Err(VenueRule::TimeInForce { venue, kind, tif })
        }
    }
}

/// Asian exchanges through a Korean broker: limit orders for the day, whenever the exchange takes any.
fn asian(venue: Venue, kind: KindName, tif: TimeInForce) -> Result<(), VenueRule> {
    match (kind, tif) {
        (KindName::Limit, TimeInForce::Day) => Ok(()),
        (KindName::Limit, _) => Err(VenueRule::TimeInForce { venue, kind, tif }),
        _ => Err(VenueRule::NoSuchKind { venue, kind }),
    }
}

/// Bonds at the Korea Exchange: limit orders for the day, while trading goes on.
fn bonds(venue: Venue, phase: Phase, kind: KindName, tif: TimeInForce) -> Result<(), VenueRule> {
    match (kind, phase) {
        (KindName::Limit, Phase::Continuous) => {}
        (KindName::Limit, _) => return Err(VenueRule::NotInPhase { venue, kind, phase }),
        _ => return Err(VenueRule::NoSuchKind { venue, kind }),
    }
    match tif {
        TimeInForce::Day => Ok(()),
        TimeInForce::Gtc | TimeInForce::Ioc | TimeInForce::Fok | TimeInForce::PostOnly | TimeInForce::Reserved => {
            Err(VenueRule::TimeInForce { venue, kind, tif })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Board, Calendar, UtcTime};

    const SHARE: Product = Product::KrxStock(Board::Kosdaq);

    fn kinds(venue: Venue, phase: Phase, tif: TimeInForce) -> Vec<KindName> {
        let taken = |kind: &KindName| venue_takes(venue, SHARE, phase, *kind, tif).is_ok();
        KindName::ALL.into_iter().filter(taken).collect()
    }

    #[test]
    fn krx_by_phase() {
        use KindName as K;
        use TimeInForce::{Day, Fok, Gtc, Ioc, PostOnly};
        let regular =
            [K::Limit, K::Market, K::StopLimit, K::ConditionalLimit, K::BestLimit, K::PriorityLimit, K::MidPrice];
        assert_eq!(kinds(Venue::Krx, Phase::Continuous, Day), regular);
        for now in [Ioc, Fok] {
            assert_eq!(kinds(Venue::Krx, Phase::Continuous, now), [K::Limit, K::Market, K::BestLimit, K::MidPrice]);
            assert_eq!(kinds(Venue::Krx, Phase::AfterMarket, now), [K::Limit, K::BestLimit]);
            assert_eq!(kinds(Venue::Krx, Phase::OpeningAuction, now), []);
        }
        assert_eq!(kinds(Venue::Krx, Phase::AfterMarket, Day), [K::Limit, K::BestLimit, K::PriorityLimit]);
        assert_eq!(kinds(Venue::Krx, Phase::ClosingAuction, Day), [K::Limit, K::Market]);
        assert_eq!(kinds(Venue::Krx, Phase::OffHoursAuction, Day), [K::Limit]);
        for never in [Gtc, PostOnly] {
            assert_eq!(kinds(Venue::Krx, Phase::Continuous, never), []);
        }
    }

    #[test]
    fn korean_derivatives_by_phase() {
        use KindName as K;
        use TimeInForce::{Day, Fok, Gtc, Ioc};
        let venue = Venue::KrxFutures;
        let regular = [K::Limit, K::Market, K::ConditionalLimit, K::BestLimit];
        assert_eq!(kinds(venue, Phase::Continuous, Day), regular);
        for now in [Ioc, Fok] {
            assert_eq!(kinds(venue, Phase::Continuous, now), [K::Limit, K::Market, K::BestLimit]);
            assert_eq!(kinds(venue, Phase::ClosingAuction, now), []);
        }
        assert_eq!(kinds(venue, Phase::OpeningAuction, Day), [K::Limit, K::Market, K::ConditionalLimit]);
        assert_eq!(kinds(venue, Phase::ClosingAuction, Day), [K::Limit, K::Market]);
        assert_eq!(kinds(venue, Phase::Closed, Day), []);
        assert_eq!(kinds(venue, Phase::Continuous, Gtc), []);
        assert_eq!(default_time_in_force(venue), Day);
    }

    #[test]
    fn nxt_by_phase() {
        use KindName as K;
        use TimeInForce::{Day, Ioc};
        assert_eq!(kinds(Venue::Nxt, Phase::PreMarket, Day), [K::Limit, K::BestLimit, K::PriorityLimit]);
        assert!(!kinds(Venue::Nxt, Phase::Continuous, Day).contains(&K::Market));
        assert!(kinds(Venue::Nxt, Phase::Continuous, Ioc).contains(&K::Market));
        assert!(!kinds(Venue::Nxt, Phase::AfterMarket, Ioc).contains(&K::Market));
        assert_eq!(kinds(Venue::Nxt, Phase::OpeningAuction, Day), [K::Limit]);
        assert_eq!(kinds(Venue::Nxt, Phase::Halted, Day), []);
    }

    #[test]
    fn a_reason_is_one_a_person_can_read() {
        let refuse = |venue, product, phase, kind, tif| venue_takes(venue, product, phase, kind, tif).unwrap_err();
        let day = TimeInForce::Day;
        let rows = [
            (refuse(Venue::Krx, SHARE, Phase::Closed, KindName::Limit, day), "KRX is closed"),
            (refuse(Venue::Krx, SHARE, Phase::Continuous, KindName::Stop, day), "KRX has no stop orders"),
            (
                refuse(Venue::Krx, SHARE, Phase::AfterMarket, KindName::Market, day),
                "KRX takes no market orders in its after-market phase",
            ),
            (
                refuse(Venue::Krx, Product::KrxEtf, Phase::AfterMarket, KindName::Limit, day),
                "ETF and ETN do not trade in KRX's after-market phase",
            ),
            (
                refuse(Venue::Krx, SHARE, Phase::OpeningAuction, KindName::Limit, TimeInForce::Ioc),
                "ioc orders need continuous trading: KRX is in its opening-auction phase",
            ),
            (
                refuse(Venue::Nxt, SHARE, Phase::Continuous, KindName::Market, day),
                "NXT takes no market orders that are day",
            ),
        ];
        for (rule, text) in rows {
            assert_eq!(rule.to_string(), text);
        }
    }

    #[test]
    fn closing_price_orders_go_by_the_clock() {
        let takes = |venue, kind, text: &str| {
            let time = UtcTime::parse(&format!("2026-11-20T{text}:00+09:00")).unwrap();
            let at = Calendar::builtin().unwrap().phase_at(venue, time);
            venue_takes_at(venue, SHARE, &at, kind, TimeInForce::Day).is_ok()
        };
        for (clock, before, after, limit) in [
            ("08:29", false, false, false),
            ("08:35", true, false, true),
            ("08:40", false, false, true),
            ("10:00", false, false, true),
            ("15:30", false, true, false),
            ("15:59", false, true, false),
            ("16:00", false, false, true),
        ] {
            assert_eq!(takes(Venue::Krx, KindName::PreOpenClose, clock), before, "{clock}");
            assert_eq!(takes(Venue::Krx, KindName::AfterClose, clock), after, "{clock}");
            assert_eq!(takes(Venue::Krx, KindName::Limit, clock), limit, "{clock}");
        }
        assert!(takes(Venue::Nxt, KindName::AfterClose, "15:45") && !takes(Venue::Nxt, KindName::AfterClose, "16:00"));
        assert!(takes(Venue::Nxt, KindName::Limit, "15:45") && !takes(Venue::Nxt, KindName::PreOpenClose, "15:45"));
    }

    #[test]
    fn us_orders_for_the_auctions_come_before_them() {
        use KindName as K;
        let day = |phase| kinds(Venue::Nasdaq, phase, TimeInForce::Day);
        let before = [K::Limit, K::MarketOnOpen, K::LimitOnOpen, K::MarketOnClose, K::LimitOnClose];
        assert_eq!(day(Phase::PreMarket), before);
        assert_eq!(day(Phase::Continuous), [K::Limit, K::Market, K::MarketOnClose, K::LimitOnClose]);
        assert_eq!(day(Phase::AfterMarket), [K::Limit]);
        assert_eq!(kinds(Venue::Nyse, Phase::Continuous, TimeInForce::Ioc), [K::Limit, K::Market]);
        for venue in Venue::ALL.into_iter().filter(|venue| !matches!(venue, Venue::Nasdaq | Venue::Nyse | Venue::Amex))
        {
            for phase in [Phase::PreMarket, Phase::Continuous, Phase::OpeningAuction] {
                assert!(!kinds(venue, phase, TimeInForce::Day).contains(&K::LimitOnClose), "{venue}");
            }
        }
    }

    #[test]
    fn bonds_are_ordered_by_limits_for_the_day() {
        let takes = |phase, kind, tif| venue_takes(Venue::KrxBonds, Product::KrxBond, phase, kind, tif).is_ok();
        for kind in KindName::ALL {
            for tif in TimeInForce::ALL {
                let is_plain = kind == KindName::Limit && tif == TimeInForce::Day;
                assert_eq!(takes(Phase::Continuous, kind, tif), is_plain, "{kind} {tif}");
                assert!(!takes(Phase::AfterMarket, kind, tif) && !takes(Phase::Closed, kind, tif), "{kind} {tif}");
            }
        }
    }

    #[test]
    fn each_venue_takes_a_limit_order_by_its_default() {
        for venue in Venue::ALL {
            let tif = default_time_in_force(venue);
            assert_eq!(venue_takes(venue, SHARE, Phase::Continuous, KindName::Limit, tif), Ok(()), "{venue}");
        }
        let perpetual = Product::CryptoPerpetual;
        let takes = |kind, tif| venue_takes(Venue::BinanceFutures, perpetual, Phase::Continuous, kind, tif).is_ok();
        assert!(takes(KindName::Limit, TimeInForce::PostOnly) && takes(KindName::TrailingStop, TimeInForce::Gtc));
        assert!(!takes(KindName::Limit, TimeInForce::Day) && !takes(KindName::MidPrice, TimeInForce::Gtc));
        assert!(venue_takes(Venue::Sim, perpetual, Phase::Continuous, KindName::BestLimit, TimeInForce::Gtc).is_err());
        let evening =
            venue_takes(Venue::Nyse, Product::ForeignStock, Phase::AfterMarket, KindName::Market, TimeInForce::Day);
        assert!(evening.is_err());
    }
}
