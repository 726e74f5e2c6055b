//! Order ids: UUIDv7 that always grow, also over restarts and with a clock that was set back.

use uuid::Uuid;

use crate::market::UtcTime;
use crate::order::{IdSource, OrderId};

/// Makes UUIDv7 order ids (RFC 9562, section 5.7), each larger than every one before.
pub struct GrowingIds {
    last: u64,
    random: Box<dyn FnMut() -> u64 + Send>,
}

impl std::fmt::Debug for GrowingIds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GrowingIds").field("last", &self.last).finish_non_exhaustive()
    }
}

impl GrowingIds {
    /// Ids after `newest`, with low bits from the system's random source.
    #[must_use]
    pub fn after(newest: Option<OrderId>) -> Self {
        Self::seeded(newest, || {
            let mut bytes = [0; 8];
            // Uniqueness rests on time and counter; without randomness ids are still distinct within this ledger.
            let _ = getrandom::fill(&mut bytes);
            u64::from_le_bytes(bytes)
        })
    }

    /// Ids after `newest`, with low bits from a given source: the seam for reproducible runs.
    pub fn seeded(newest: Option<OrderId>, random: impl FnMut() -> u64 + Send + 'static) -> Self {
        let last = newest.map_or(0, |id| time_and_counter(id.uuid()));
        Self { last, random: Box::new(random) }
    }
}

/// The 48 bits of milliseconds and 12 bits of counter of an id, as one number.
fn time_and_counter(uuid: Uuid) -> u64 {
    let (high, _) = uuid.as_u64_pair();
    (high >> 16 << 12) | (high & 0xfff)
}

impl IdSource for GrowingIds {
    fn next_order_id(&mut self, now: UtcTime) -> OrderId {
        let millis = u64::try_from(now.millis()).unwrap_or(0) & 0xffff_ffff_ffff;
        self.last = (millis << 12).max(self.last + 1);
        let high = (self.last >> 12 << 16) | 0x7000 | (self.last & 0xfff);
        let low = (self.random)() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000;
        OrderId::from_uuid(Uuid::from_u64_pair(high, low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_when_the_clock_does_not() {
        let mut ids = GrowingIds::seeded(None, || 7);
        let noon = UtcTime::from_millis(1_795_219_200_000);
        let mut last = ids.next_order_id(noon);
        for step in 0..10_000_i64 {
            let next = ids.next_order_id(UtcTime::from_millis(noon.millis() - step % 3 * 3_600_000));
            assert!(next > last);
            assert_eq!(next.uuid().get_version_num(), 7);
            last = next;
        }
        assert!(GrowingIds::seeded(Some(last), || 0).next_order_id(UtcTime::EPOCH) > last);
    }
}
