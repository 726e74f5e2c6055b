//! The account's stream in a session: what comes of it goes to the desk in its order, and every gap is told.

use std::sync::Arc;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::shared::Shared;
use crate::broker::binance::rest::{Rest, futures};
use crate::broker::binance::spot;
use crate::broker::binance::user_stream::{self, LastRefusal, UserStream};
use crate::broker::net::websocket::{Loss, Protocol, Socket, SocketEvent, SocketRules, SocketState};
use crate::config::BinanceMarket;

/// Why a stream is given up for a new one.
enum Ending {
    /// Its listen key is gone.
    KeyGone,
    /// Orders were taken and it did not say so.
    Mute,
    /// Its task is gone.
    Closed,
}

/// Keeps the account's stream up for good: connection, listen key or subscription, and the desk's knowledge of both.
pub(super) async fn keep(shared: &Arc<Shared>) {
    loop {
        let refusal = LastRefusal::default();
        let ending = match shared.market() {
            BinanceMarket::Futures => {
                let base = shared.environment.private.clone().unwrap_or_default();
                let protocol = UserStream::new(Arc::clone(&shared.rest), base, refusal.clone());
                live(shared, protocol, user_stream::rules(), &refusal).await
            }
            BinanceMarket::Spot => {
                let protocol = subscription(shared, &refusal);
                live(shared, protocol, spot::user_stream::rules(), &refusal).await
            }
        };
        let reason = match ending {
            Ending::KeyGone => "the listen key of the account's stream had run out",
            Ending::Mute => "the account's stream said nothing of an order that was taken",
            Ending::Closed => "the account's stream ended",
        };
        shared.down(reason.to_owned(), None);
        tokio::time::sleep(shared.pace.stream_again).await;
    }
}

/// Spot's stream: a subscription on the WebSocket API.
fn subscription(shared: &Arc<Shared>, refusal: &LastRefusal) -> spot::user_stream::UserStream<Arc<Rest>> {
    let (told, rest) = (refusal.clone(), Arc::clone(&shared.rest));
    let refusals = move |text: String| {
        if text.starts_with("-1021") {
            let rest = Arc::clone(&rest);
            tokio::spawn(async move { rest.resync().await });
        }
        told.put(Some(text));
    };
    let address = shared.environment.requests.clone();
    spot::user_stream::UserStream::new(address, Arc::clone(&shared.rest), Box::new(refusals))
}

/// One socket until it is given up.
async fn live<P: Protocol>(shared: &Arc<Shared>, protocol: P, rules: SocketRules, refusal: &LastRefusal) -> Ending {
    let (socket, events) =
        Socket::start(protocol, shared.socket_rules(rules), shared.fork_jitter(), shared.wall_clock.clone());
    let ending = follow(shared, events, refusal).await;
    socket.close().await;
    ending
}

async fn follow(shared: &Arc<Shared>, mut events: Receiver<SocketEvent>, refusal: &LastRefusal) -> Ending {
    let every = shared.pace.extend_every;
    let mut extensions = interval_at(Instant::now() + every, every);
    extensions.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // A planned replacement is over in a moment: the desk compares afterwards and need not stop before.
    let mut planned = false;
    loop {
        tokio::select! {
            biased;
            event = events.recv() => match event {
                Some(event) => on_event(shared, event, refusal, &mut planned).await,
                None => return Ending::Closed,
            },
            () = shared.mute.notified() => return Ending::Mute,
            _ = extensions.tick(), if shared.market() == BinanceMarket::Futures => {
                if !extend(shared).await {
                    return Ending::KeyGone;
                }
            }
        }
    }
}

async fn on_event(shared: &Arc<Shared>, event: SocketEvent, refusal: &LastRefusal, planned: &mut bool) {
    match event {
        SocketEvent::Frame { bytes, .. } => shared.hear(&bytes),
        SocketEvent::State(SocketState::Live) => {
            *planned = false;
            shared.connected().await;
        }
        SocketEvent::State(SocketState::Reconnecting { loss: Loss::Planned, .. }) => *planned = true,
        SocketEvent::State(SocketState::Reconnecting { loss, next_at, .. }) => {
            *planned = false;
            shared.down(reason(&loss, refusal), Some(next_at));
        }
        SocketEvent::Lagged { dropped } => {
            tracing::warn!(dropped, "events of the account were lost on the way");
            shared.down("events of the account were lost on the way".to_owned(), None);
            shared.connected().await;
        }
        SocketEvent::State(SocketState::Connecting | SocketState::Silent { .. } | SocketState::Closed) => {}
    }
}

/// Extends the listen key; false when there is none any more.
async fn extend(shared: &Shared) -> bool {
    match shared.rest.ask(&futures::extend_listen_key()).await {
        Err(fault) if fault.code() == Some(-1125) => false,
        Err(fault) => {
            // It has half an hour left, and the next attempt comes before that.
            tracing::warn!(%fault, "the listen key was not extended");
            true
        }
        Ok(_) => true,
    }
}

fn reason(loss: &Loss, refusal: &LastRefusal) -> String {
    if let Some(text) = refusal.take() {
        return format!("the account's stream was not given: {text}");
    }
    match loss {
        Loss::Endpoint(error) => error.to_string(),
        Loss::Connect(fault) => format!("no connection to the account's stream ({fault:?})"),
        Loss::Status(status) => format!("the account's stream answered HTTP {status}"),
        Loss::OpeningTimeout => "the account's stream did not open in time".to_owned(),
        Loss::DataSilence | Loss::FrameSilence => "the account's stream fell silent".to_owned(),
        Loss::Closed(_) => "the exchange closed the account's stream".to_owned(),
        Loss::Asked => "the account's stream had to be asked for anew".to_owned(),
        Loss::SendTimeout | Loss::OutgoingFull | Loss::Cut | Loss::Protocol | Loss::Planned => {
            "the account's stream was cut".to_owned()
        }
    }
}
