//! Funding of perpetuals in virtual worlds: the broker says when and at which rate, the ledger what is held.

use super::{Core, Effects, ProfileIndex};
use crate::broker::api::{CashFlow, CashFlowKind, FundingStamp};
use crate::config::World;
use crate::market::UtcTime;
use crate::order::money::round_half_up;
use crate::order::{Cash, ExecutionId, PositionSide};

impl Core {
    /// Books what a holding pays or receives: quantity times mark price times rate, paid by longs when the rate is
    /// positive. Once a stamp, however often it is told: the id of the flow is made of the instrument and the stamp.
    pub(super) fn on_funding(
        &mut self,
        now: UtcTime,
        profile: ProfileIndex,
        stamp: &FundingStamp,
        effects: &mut Effects,
    ) {
        let instrument = stamp.instrument;
        let Some(state) = self.profiles.get(profile).filter(|state| state.world == World::Virtual) else { return };
        let Some(market) = state.markets.get(&instrument) else { return };
        let held = state.position(instrument, PositionSide::Net).map(|position| position.quantity).unwrap_or_default();
        if held.is_zero() {
            return;
        }
        let (currency, multiplier) = (market.instrument.currency, market.instrument.multiplier);
        let owed = stamp
            .terms
            .and_then(|(mark, rate)| held.checked_mul(multiplier)?.checked_mul(mark.value())?.checked_mul(rate));
        let id = ExecutionId::new(&format!("funding:{}:{}", instrument.symbol, stamp.time.millis()));
        let (Some(owed), Ok(id)) = (owed, id) else {
            let text = format!(
                "funding of {instrument} at {} is not known: the feed was away then; nothing is booked",
                stamp.time
            );
            return self.publish_event(now, Some(profile), "cash", None, text, effects);
        };
        let amount = Cash::new(-round_half_up(owed, currency), currency);
        let kind = CashFlowKind::Funding;
        let flow = CashFlow { id, kind, instrument: Some(instrument), amount, time: stamp.time };
        self.on_cash_flow(now, profile, flow, effects);
    }
}
