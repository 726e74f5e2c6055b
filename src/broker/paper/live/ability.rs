//! What a virtual world on somebody's feed can do.

use std::time::Duration;

use crate::broker::api::{Capabilities, ModifySupport, ProductCapability, ReportDelivery, World};
use crate::broker::paper::counter::NATIVE_KINDS;
use crate::market::gather::Gather;
use crate::order::{KindName, TimeInForce};

/// Abilities of a [`PaperBroker`](super::PaperBroker) on the feed of a broker with these: its products and data, with
/// the orders of paper matching.
#[must_use]
pub fn capabilities(feed: &Capabilities) -> Capabilities {
    Capabilities {
        worlds: &[World::Virtual],
        products: feed.products.iter().map(product).collect(),
        modify: ModifySupport::InPlace,
        client_order_ids: true,
        cancel_all: true,
        reports: ReportDelivery::Stream,
        virtual_cash: true,
        hedge_mode: false,
        routes: &[],
        routes_lack: None,
        // A question never overtakes an order, and nothing outlives the process: "not there" is certain at once.
        request_lifetime: Duration::ZERO,
        lacking_kinds: Vec::new(),
        lacking_times: Vec::new(),
        ..feed.clone()
    }
}

fn product(feed: &ProductCapability) -> ProductCapability {
    let mut native_kinds = NATIVE_KINDS.into_iter().into_set();
    native_kinds.retain(|kind| matches!(kind, KindName::Limit | KindName::Market) || feed.native_kinds.contains(kind));
    // An order for the day never ends on a market that has no days.
    let has_days = feed.times_in_force.contains(&TimeInForce::Day);
    let times = TimeInForce::ALL.into_iter().filter(|time| match time {
        TimeInForce::Day => has_days,
        // Nobody keeps an order for the opening here.
        TimeInForce::Reserved => false,
        _ => true,
    });
    ProductCapability {
        product: feed.product,
        native_kinds,
        times_in_force: times.collect(),
        reduce_only: feed.product.is_margined(),
    }
}
