//! The account's stream by its listen key.

use crate::caller::{Caller, Feed};

impl Caller<'_> {
    /// The account's stream, with every event.
    pub async fn user_stream(&self) -> Feed {
        let key = self.read("POST", "/fapi/v1/listenKey").await.1["listenKey"].as_str().unwrap().to_owned();
        self.stream(&format!(
            "/private/ws?listenKey={key}&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE/ALGO_UPDATE/TRADE_LITE/listenKeyExpired\
             /ACCOUNT_CONFIG_UPDATE/MARGIN_CALL"
        ))
        .await
    }
}
