//! A broker at the other end of a TCP connection of this machine. Instruments and market data are the simulated
//! exchange's.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use hoga::broker::api::{
    Answer, Broker, BrokerError, BrokerEvent, BrokerRequest, Capabilities, Found, OrderReport, PlaceOrder, RequestBody,
    RequestId,
};
use hoga::broker::opening::{BrokerSource, OpenError, Opening};
use hoga::broker::sim::{SimBroker, SimSettings, capabilities};
use hoga::config::Profile;
use hoga::market::{Quantity, UtcTime};
use hoga::order::{BrokerOrderId, OrderId, OrderState};

/// Opens connections to `address`.
#[derive(Debug)]
pub struct Loopback {
    /// Where the venue listens.
    pub address: SocketAddr,
}

impl BrokerSource for Loopback {
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError> {
        Ok(capabilities(profile))
    }

    fn open(&self, opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        let unusable = |error: String| OpenError::Unusable(error);
        let socket = TcpStream::connect(self.address).map_err(|error| unusable(error.to_string()))?;
        socket.set_nodelay(true).map_err(|error| unusable(error.to_string()))?;
        let market = SimBroker::new(SimSettings::default(), now).map_err(|error| unusable(error.to_string()))?;
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let (lines, inbox, wake) = (socket.try_clone(), answers.clone(), opening.wake.clone());
        let lines = lines.map_err(|error| unusable(error.to_string()))?;
        std::thread::spawn(move || {
            for line in BufReader::new(lines).lines().map_while(Result::ok) {
                inbox.lock().unwrap_or_else(PoisonError::into_inner).push_back(line);
                wake();
            }
        });
        Ok(Box::new(LoopbackBroker {
            market,
            socket,
            answers,
            out: BTreeMap::new(),
            orders: BTreeMap::new(),
            pending: Vec::new(),
        }))
    }
}

struct LoopbackBroker {
    market: SimBroker,
    socket: TcpStream,
    answers: Arc<Mutex<VecDeque<String>>>,
    /// Requests whose answer has not come.
    out: BTreeMap<OrderId, RequestId>,
    orders: BTreeMap<OrderId, OrderReport>,
    /// Answers that need no socket.
    pending: Vec<BrokerEvent>,
}

impl LoopbackBroker {
    fn place(&mut self, now: UtcTime, id: RequestId, place: &PlaceOrder) -> Result<(), BrokerError> {
        let number = self.orders.len() + 1;
        let broker_id =
            BrokerOrderId::new(&format!("L-{number}")).map_err(|error| BrokerError::NotSent(error.to_string()))?;
        let report = OrderReport {
            order_id: Some(place.order_id),
            client_id: None,
            broker_id,
            replaces: None,
            instrument: place.instrument,
            side: place.side,
            kind: place.kind,
            quantity: place.quantity,
            filled: Quantity::ZERO,
            state: OrderState::Accepted,
            reason: None,
            queue_ahead: None,
            time: now,
        };
        self.orders.insert(place.order_id, report);
        self.out.insert(place.order_id, id);
        let line = format!("place {}\n", place.order_id);
        self.socket.write_all(line.as_bytes()).map_err(|error| BrokerError::Unknown(error.to_string()))
    }

    fn take_answers(&mut self, out: &mut Vec<BrokerEvent>) {
        let lines = std::mem::take(&mut *self.answers.lock().unwrap_or_else(PoisonError::into_inner));
        for line in lines {
            let order: Option<OrderId> = line.strip_prefix("taken ").and_then(|id| id.parse().ok());
            let Some(order) = order else { continue };
            if let (Some(id), Some(report)) = (self.out.remove(&order), self.orders.get(&order)) {
                let outcome = Ok(Answer::Placed { broker_id: report.broker_id.clone() });
                out.push(BrokerEvent::Answer { id, outcome });
                out.push(BrokerEvent::Order(report.clone()));
            }
        }
    }
}

impl Broker for LoopbackBroker {
    fn capabilities(&self) -> &Capabilities {
        self.market.capabilities()
    }

    fn request(&mut self, now: UtcTime, request: BrokerRequest) {
        let id = request.id;
        let outcome = match &request.body {
            RequestBody::Place(place) => match self.place(now, id, place) {
                Ok(()) => return,
                Err(error) => Err(error),
            },
            RequestBody::OpenOrders => {
                Ok(Answer::Orders { orders: self.orders.values().cloned().collect(), complete: true })
            }
            RequestBody::FindOrder(find) => Ok(Answer::Found(match self.orders.get(&find.order.order_id) {
                Some(report) => Found::Order(Box::new(report.clone())),
                None => Found::NotThere,
            })),
            RequestBody::Cancel(_) | RequestBody::CancelAll(_) | RequestBody::Replace { .. } => {
                Err(BrokerError::Unsupported("changes"))
            }
            _ => return self.market.request(now, request),
        };
        self.pending.push(BrokerEvent::Answer { id, outcome });
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        out.append(&mut self.pending);
        self.take_answers(out);
        self.market.poll(now, out)
    }

    fn close(&mut self) {
        self.market.close();
        // The venue's and the reader's threads end with it.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }
}
