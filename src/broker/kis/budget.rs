//! Which streams are registered, of the 41 a session may have, and what is polled instead.
//!
//! Execution notices come first and always stay. Then what most needs to be live: what is ordered, what is held, what is
//! selected, what is on screen; of each first its prints, then its book. What does not fit is polled, and the screen says
//! so. Where room is left then, the status of what is ordered, held or selected comes along, and stays until
//! the room is needed: it is the first to go. A plan
//! changes by its difference: dropping everything and adding it again gets a key blocked.

use std::collections::{BTreeMap, BTreeSet};

use super::derivative::Contract;
use super::environment::Realm;
use super::exchange::OverseasExchange;
use super::realtime::Stream;
use super::request::future::Session;
use crate::broker::api::Channel;
use crate::market::arrange::Arrange;
use crate::market::gather::Gather;
use crate::market::{InstrumentId, Venue};

/// Why an instrument is wanted, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// An order is open on it.
    Ordered,
    /// It is held.
    Held,
    /// It is the one selected on a screen.
    Selected,
    /// It is visible on a screen.
    Visible,
    /// Somebody asked for it, nobody sees it.
    Background,
}

/// A registration: a stream and what it is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registration {
    /// Which stream.
    pub stream: Stream,
    /// Symbol, stream key, or the HTS id.
    pub key: Box<str>,
}

/// What one instrument is wanted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub instrument: InstrumentId,
    /// How urgently.
    pub need: Need,
    /// What of it.
    pub channels: BTreeSet<Channel>,
}

/// What a session may register.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Environment of the session: paper has few streams.
    pub realm: Realm,
    /// Session of Korean derivatives: each has its own streams.
    pub session: Session,
    /// Registrations in all.
    pub registrations: usize,
    /// Notices that are registered before anything else.
    pub notices: Vec<Registration>,
    /// Streams the server has refused for a symbol: they are polled, and not asked for again.
    pub refused: BTreeSet<Registration>,
}

/// What to do now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// To unregister, before anything is registered.
    pub drop: Vec<Registration>,
    /// To register, most urgent first.
    pub add: Vec<Registration>,
    /// What has no stream and must be polled, most urgent first; books of bonds beside their stream.
    pub poll: Vec<(InstrumentId, Channel)>,
    /// Everything registered afterwards.
    pub kept: BTreeSet<Registration>,
}

/// The stream that carries a channel of an instrument by day; `None` where it has none in this environment.
#[must_use]
pub fn registration(realm: Realm, instrument: InstrumentId, channel: Channel) -> Option<Registration> {
    registration_in(realm, Session::Day, instrument, channel)
}

/// The same while this session of Korean derivatives runs.
#[must_use]
pub fn registration_in(
    realm: Realm,
    session: Session,
    instrument: InstrumentId,
    channel: Channel,
) -> Option<Registration> {
    let is_book = match channel {
        Channel::Book => true,
        Channel::Trades | Channel::Quote => false,
        Channel::Mark => return None,
    };
    let symbol = instrument.symbol.as_str();
    let (stream, key) = match instrument.venue {
        Venue::Krx if is_book => (Stream::KrxBook, symbol.to_owned()),
        Venue::Krx => (Stream::KrxTrade, symbol.to_owned()),
        Venue::Nxt if is_book => (Stream::NxtBook, symbol.to_owned()),
        Venue::Nxt => (Stream::NxtTrade, symbol.to_owned()),
        Venue::KrxBonds if is_book => (Stream::BondBook, symbol.to_owned()),
        Venue::KrxBonds => (Stream::BondTrade, symbol.to_owned()),
        Venue::KrxFutures => (Contract::of(instrument).stream(session, is_book), symbol.to_owned()),
        venue => {
            let key = OverseasExchange::at(venue)?.stream_key(symbol);
            let stream = match (is_book, venue.is_american()) {
                (false, _) => Stream::OverseasTrade,
                (true, true) => Stream::OverseasBook,
                // The other one is paid for in Asia.
                (true, false) => Stream::OverseasDelayedBook,
            };
            (stream, key)
        }
    };
    stream.id(realm.world())?;
    Some(Registration { stream, key: key.into() })
}

/// The stream that tells of halts and interruptions of a share; `None` where it has none in this environment.
#[must_use]
pub fn status(realm: Realm, instrument: InstrumentId) -> Option<Registration> {
    let stream = match instrument.venue {
        Venue::Krx => Stream::KrxStatus,
        Venue::Nxt => Stream::NxtStatus,
        _ => return None,
    };
    stream.id(realm.world())?;
    Some(Registration { stream, key: instrument.symbol.as_str().into() })
}

/// Order in which channels of an instrument are served. Best prices come with the prints.
const CHANNELS: [Channel; 4] = [Channel::Trades, Channel::Quote, Channel::Book, Channel::Mark];

/// What to register, drop and poll, given what is wanted and what is registered now.
///
/// An instrument wanted more than once counts by its most urgent need. Of equal needs those keep their place that are
/// registered already, so that scrolling back and forth changes nothing.
#[must_use]
pub fn plan(limits: &Limits, wanted: &[Wanted], now: &BTreeSet<Registration>) -> Plan {
    let mut needs: BTreeMap<InstrumentId, (Need, BTreeSet<Channel>)> = BTreeMap::new();
    for want in wanted {
        let (need, channels) = needs.entry(want.instrument).or_insert((want.need, BTreeSet::new()));
        *need = want.need.min(*need);
        channels.extend(want.channels.iter().copied());
    }
    let mut plan = Plan::default();
    let mut order: Vec<(Need, usize, bool, InstrumentId, Channel, Registration)> = Vec::new();
    let mut unstreamed: Vec<(Need, InstrumentId, Channel)> = Vec::new();
    let mut statuses: Vec<(Need, bool, Registration)> = Vec::new();
    for (instrument, (need, channels)) in needs {
        let status = status(limits.realm, instrument).filter(|stream| !limits.refused.contains(stream));
        // Whoever steps through a list must not make the broker register and unregister at each step.
        let status = status.filter(|stream| need <= Need::Selected || now.contains(stream));
        statuses.extend(status.map(|stream| (need, !now.contains(&stream), stream)));
        for (place, channel) in CHANNELS.into_iter().enumerate().filter(|(_, channel)| channels.contains(channel)) {
            let stream = registration_in(limits.realm, limits.session, instrument, channel);
            match stream.filter(|stream| !limits.refused.contains(stream)) {
                Some(stream) => {
                    order.push((need, place.min(2), !now.contains(&stream), instrument, channel, stream));
                }
                None => unstreamed.push((need, instrument, channel)),
            }
        }
    }
    order.arrange();
    let mut kept: Vec<Registration> = limits.notices.iter().take(limits.registrations).cloned().collect();
    for (need, _, _, instrument, channel, stream) in order {
        if kept.contains(&stream) {
            continue;
        }
        if kept.len() < limits.registrations {
            // Hours may pass between two changes of a bond's book, and orders pass on young prices only: that it still
            // stands is asked for.
            if stream.stream == Stream::BondBook {
                unstreamed.push((need, instrument, channel));
            }
            kept.push(stream);
        } else {
            unstreamed.push((need, instrument, channel));
        }
    }
    statuses.arrange();
    let left = limits.registrations.saturating_sub(kept.len());
    kept.extend(statuses.into_iter().take(left).map(|(_, _, stream)| stream));
    unstreamed.arrange();
    unstreamed.dedup();
    plan.poll = unstreamed.into_iter().map(|(_, instrument, channel)| (instrument, channel)).collect();
    plan.add = kept.iter().filter(|stream| !now.contains(stream)).cloned().collect();
    plan.kept = kept.into_iter().into_set();
    plan.drop = now.difference(&plan.kept).cloned().collect();
    plan
}

/// What to register on a connection that has just come: notices first, then the rest by urgency.
#[must_use]
pub fn anew(limits: &Limits, wanted: &[Wanted]) -> Vec<Registration> {
    plan(limits, wanted, &BTreeSet::new()).add
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::market::Symbol;

    fn stock(number: u32) -> InstrumentId {
        InstrumentId { venue: Venue::Krx, symbol: Symbol::new(&format!("{number:06}")).unwrap() }
    }

    fn wanted(number: u32, need: Need) -> Wanted {
        Wanted { instrument: stock(number), need, channels: BTreeSet::from([Channel::Trades, Channel::Book]) }
    }

    fn limits(realm: Realm) -> Limits {
        let stream = Stream::StockNotice;
        let notices = vec![Registration { stream, key: "myhtsid1".into() }];
        Limits { realm, session: Session::Day, registrations: 41, notices, refused: BTreeSet::new() }
    }

    #[test]
    fn the_book_of_a_bond_is_asked_for_beside_its_stream() {
        let bond = InstrumentId { venue: Venue::KrxBonds, symbol: Symbol::new("KR103502GD31").unwrap() };
        let channels = BTreeSet::from([Channel::Trades, Channel::Quote, Channel::Book]);
        let all = [Wanted { instrument: bond, need: Need::Visible, channels }, wanted(1, Need::Visible)];
        let plan = plan(&limits(Realm::Live), &all, &BTreeSet::new());
        let streams: Vec<Stream> = plan.add.iter().map(|registration| registration.stream).collect();
        assert!(streams.contains(&Stream::BondBook) && streams.contains(&Stream::BondTrade), "{streams:?}");
        assert_eq!(plan.poll, [(bond, Channel::Book)]);
    }

    #[test]
    fn notices_first_then_by_need_and_the_rest_is_polled() {
        let mut all: Vec<Wanted> = (0..30).map(|number| wanted(number, Need::Visible)).collect();
        all.push(wanted(99, Need::Ordered));
        let plan = plan(&limits(Realm::Live), &all, &BTreeSet::new());
        assert_eq!((plan.add.len(), plan.kept.len(), plan.drop.len()), (41, 41, 0));
        assert_eq!(plan.add[0].stream, Stream::StockNotice);
        let first: Vec<(Stream, &str)> = plan.add[1..3].iter().map(|one| (one.stream, &*one.key)).collect();
        assert_eq!(first, [(Stream::KrxTrade, "000099"), (Stream::KrxBook, "000099")]);
        // Every print before any book.
        assert!(plan.add[3..33].iter().all(|one| one.stream == Stream::KrxTrade));
        assert_eq!(plan.poll.len(), 31 * 2 - 40);
    }

    #[test]
    fn trap_37_a_change_is_told_by_its_difference() {
        let limits = limits(Realm::Live);
        let before = plan(&limits, &[wanted(1, Need::Visible), wanted(2, Need::Visible)], &BTreeSet::new());
        let again = plan(&limits, &[wanted(2, Need::Visible), wanted(1, Need::Selected)], &before.kept);
        // Only its status comes along with what is selected now.
        assert_eq!((again.add, again.drop), (vec![status(Realm::Live, stock(1)).unwrap()], vec![]));
        let after = plan(&limits, &[wanted(2, Need::Visible), wanted(3, Need::Visible)], &before.kept);
        assert_eq!((after.add.len(), after.drop.len()), (2, 2));
        assert!(after.drop.iter().all(|one| &*one.key == "000001"));
    }

    #[test]
    fn what_is_registered_keeps_its_place_among_equals() {
        let limits = Limits { registrations: 3, notices: Vec::new(), ..limits(Realm::Live) };
        let trades = |number| Wanted { channels: BTreeSet::from([Channel::Trades]), ..wanted(number, Need::Visible) };
        let before = plan(&limits, &[trades(7), trades(8), trades(9)], &BTreeSet::new());
        let after = plan(&limits, &[trades(1), trades(7), trades(8), trades(9)], &before.kept);
        assert_eq!((after.add, after.drop), (vec![], vec![]));
        assert_eq!(after.poll, [(stock(1), Channel::Trades)]);
    }

    #[test]
    fn trap_38_notices_are_restored_before_market_data() {
        let mut limits = limits(Realm::Paper);
        limits.notices.push(Registration { stream: Stream::OverseasNotice, key: "myhtsid1".into() });
        let order = anew(&limits, &[wanted(1, Need::Ordered)]);
        assert!(order[0].stream.is_notice() && order[1].stream.is_notice() && !order[2].stream.is_notice());
    }

    #[test]
    fn status_has_what_is_left_and_goes_first() {
        let of = |plan: &Plan| -> Vec<String> {
            let statuses = plan.kept.iter().filter(|one| one.stream == Stream::KrxStatus);
            statuses.map(|one| one.key.to_string()).collect()
        };
        let limits = limits(Realm::Live);
        let needed = [wanted(3, Need::Selected), wanted(2, Need::Held), wanted(1, Need::Ordered)];
        let mut all: Vec<Wanted> = (10..26).map(|number| wanted(number, Need::Visible)).collect();
        all.extend(needed);
        // One notice and 38 prints and books: two are left, for what is needed most.
        let before = plan(&limits, &all, &BTreeSet::new());
        assert_eq!((of(&before), before.kept.len()), (vec!["000001".into(), "000002".into()], 41));
        assert!(before.add[39..].iter().all(|one| one.stream == Stream::KrxStatus), "last of all");
        all.push(Wanted { channels: BTreeSet::from([Channel::Trades]), ..wanted(50, Need::Background) });
        let after = plan(&limits, &all, &before.kept);
        assert_eq!((of(&after), after.kept.len()), (vec!["000001".into()], 41));
        assert_eq!((after.drop.len(), &*after.drop[0].key, after.poll), (1, "000002", vec![]));
        all.push(wanted(51, Need::Background));
        let full = plan(&limits, &all, &after.kept);
        assert_eq!((of(&full), full.kept.len(), full.poll.len()), (vec![], 41, 1));
        // What is refused is neither asked for nor polled, and gives its place to the next.
        let refused = BTreeSet::from([status(Realm::Live, stock(1)).unwrap()]);
        let limits = Limits { refused, ..limits };
        let without = plan(&limits, &[wanted(1, Need::Ordered), wanted(2, Need::Held)], &BTreeSet::new());
        assert_eq!((of(&without), without.poll), (vec!["000002".into()], vec![]));
    }

    #[test]
    fn paper_has_no_status_and_nobody_looks_at_that_of_what_is_only_visible() {
        let paper = plan(&limits(Realm::Paper), &[wanted(1, Need::Ordered)], &BTreeSet::new());
        assert_eq!((paper.add.len(), paper.poll.len()), (3, 0));
        let live = plan(&limits(Realm::Live), &[wanted(1, Need::Visible)], &BTreeSet::new());
        assert_eq!(live.add.len(), 3);
        // Stepping on and back changes nothing once it is there.
        let selected = [wanted(1, Need::Selected), wanted(2, Need::Visible)];
        let first = plan(&limits(Realm::Live), &selected, &BTreeSet::new());
        let on = plan(&limits(Realm::Live), &[wanted(1, Need::Visible), wanted(2, Need::Selected)], &first.kept);
        assert_eq!((on.add.len(), on.drop.len()), (1, 0));
        let back = plan(&limits(Realm::Live), &selected, &on.kept);
        assert_eq!((back.add, back.drop), (vec![], vec![]));
        let gone = plan(&limits(Realm::Live), &[wanted(2, Need::Visible)], &on.kept);
        assert!(gone.drop.contains(&status(Realm::Live, stock(1)).unwrap()), "nobody wants the share at all");
    }

    #[test]
    fn paper_polls_what_it_does_not_stream() {
        let nxt = InstrumentId { venue: Venue::Nxt, symbol: Symbol::new("005930").unwrap() };
        let us = InstrumentId { venue: Venue::Nasdaq, symbol: Symbol::new("AAPL").unwrap() };
        let both = [nxt, us].map(|instrument| Wanted { instrument, ..wanted(0, Need::Visible) });
        let paper = plan(&limits(Realm::Paper), &both, &BTreeSet::new());
        assert_eq!((paper.add.len(), paper.poll.len()), (1, 4));
        let live = plan(&limits(Realm::Live), &both, &BTreeSet::new());
        assert_eq!((live.add.len(), live.poll.len()), (5, 0));
        assert!(live.add.iter().any(|one| one.stream == Stream::OverseasTrade && &*one.key == "DNASAAPL"));
    }

    proptest! {
        #[test]
        fn never_more_than_the_limit_and_the_plan_adds_up(
            before in prop::collection::vec((0_u32..60, 0_u8..5), 0..70),
            after in prop::collection::vec((0_u32..60, 0_u8..5), 0..70),
            most in 0_usize..45,
        ) {
            let needs = [Need::Ordered, Need::Held, Need::Selected, Need::Visible, Need::Background];
            let list = |of: &[(u32, u8)]| -> Vec<Wanted> {
                of.iter().map(|(number, need)| wanted(*number, needs[usize::from(*need)])).collect()
            };
            let limits = Limits { registrations: most, ..limits(Realm::Live) };
            let first = plan(&limits, &list(&before), &BTreeSet::new());
            let second = plan(&limits, &list(&after), &first.kept);
            let mut registered = first.kept.clone();
            for one in &second.drop {
                prop_assert!(registered.remove(one));
            }
            for one in &second.add {
                prop_assert!(registered.insert(one.clone()));
            }
            prop_assert!(registered.len() <= most);
            prop_assert_eq!(&registered, &second.kept);
            // Everything wanted is either live or polled, and nothing is both.
            for want in list(&after) {
                for channel in [Channel::Trades, Channel::Book] {
                    let stream = registration(Realm::Live, want.instrument, channel).unwrap();
                    let polled = second.poll.contains(&(want.instrument, channel));
                    prop_assert_eq!(registered.contains(&stream), !polled);
                }
            }
        }
    }
}
