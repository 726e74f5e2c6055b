//! What the feed asks over REST.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use crate::broker::api::{BrokerError, Channel};
use crate::broker::kis::feed::Questions;
use crate::broker::kis::rest::Rest;
use crate::market::{InstrumentId, MarketEvent};

/// See the module.
pub(super) struct Look(pub(super) Arc<Rest>);

impl Questions for Look {
    fn approval_key(&self) -> BoxFuture<'static, Result<SecretString, BrokerError>> {
        let _ = &self.0;
        unimplemented!()
    }

    fn look(
        &self,
        _instrument: InstrumentId,
        _channel: Channel,
    ) -> BoxFuture<'static, Result<Vec<MarketEvent>, BrokerError>> {
        unimplemented!()
    }
}
