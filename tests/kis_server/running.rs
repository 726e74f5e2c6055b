//! The thread and runtime of a server.

use std::net::Ipv4Addr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::connection;
use super::server::Shared;
use super::state::{State, TICK};

enum Order {
    Stop(mpsc::Sender<()>),
    Resume(mpsc::Sender<()>),
}

/// A server's thread; it ends when this is dropped.
pub struct Running {
    pub port: u16,
    orders: Option<UnboundedSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub fn start(port: u16, shared: Arc<Shared>) -> Self {
        let (orders, received) = unbounded_channel();
        let (listens, on) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(run(port, shared, received, listens));
        });
        Self { port: on.recv().unwrap(), orders: Some(orders), thread: Some(thread) }
    }

    pub fn stop(&self) {
        self.order(Order::Stop);
    }

    pub fn resume(&self) {
        self.order(Order::Resume);
    }

    fn order(&self, order: impl Fn(mpsc::Sender<()>) -> Order) {
        let (done, wait) = mpsc::channel();
        if let Some(orders) = &self.orders {
            orders.send(order(done)).ok();
            wait.recv().unwrap();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn run(port: u16, shared: Arc<Shared>, mut orders: UnboundedReceiver<Order>, listens: mpsc::Sender<u16>) {
    let mut listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    listens.send(port).unwrap();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut connections = JoinSet::new();
        let stopped = loop {
            tokio::select! {
                Ok((stream, _)) = listener.accept() => {
                    connections.spawn(connection::serve(stream, Arc::clone(&shared)));
                }
                _ = tick.tick() => shared.change(State::tick),
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                order = orders.recv() => match order {
                    Some(Order::Stop(done)) => break done,
                    Some(Order::Resume(done)) => { let _ = done.send(()); }
                    None => return,
                },
            }
        };
        drop(listener);
        connections.shutdown().await;
        shared.change(|state| state.hub.close_all());
        let _ = stopped.send(());
        let resumed = loop {
            match orders.recv().await {
                Some(Order::Resume(done)) => break done,
                Some(Order::Stop(done)) => {
                    let _ = done.send(());
                }
                None => return,
            }
        };
        listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let _ = resumed.send(());
    }
}
