//! A desk that can be made to panic, for the tests of what a screen does then.
//!
//! `panicking_desk DATA_DIR`: a desk on the simulated exchange of that data folder, in the foreground. An order of
//! 13 panics where the broker is asked, 14 where it is polled, 15 on a thread of the broker's own, 16 on the ledger's
//! thread; nothing of that is in the `hoga` binary.
#![allow(clippy::panic, clippy::expect_used, missing_docs)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hoga::broker::api::{Broker, BrokerEvent, BrokerRequest, Capabilities, RequestBody};
use hoga::broker::opening::{BrokerSource, OpenError, Opening};
use hoga::broker::registry::Registry;
use hoga::config::{Config, Paths, Profile, Surroundings};
use hoga::desk::shell::{DeskOptions, run_with};
use hoga::ledger::{Batch, LedgerError, LedgerStore, Store};
use hoga::market::{Quantity, UtcTime};
use hoga::order::OrderId;

/// What is to panic next.
#[derive(Debug, Default)]
struct Fuses {
    poll: AtomicBool,
    ledger: AtomicBool,
}

struct Source(Arc<Fuses>);

impl BrokerSource for Source {
    fn capabilities(&self, profile: &Profile) -> Result<Capabilities, OpenError> {
        Registry.capabilities(profile)
    }

    fn open(&self, opening: &Opening, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        Ok(Box::new(Fragile { inner: Registry.open(opening, now)?, fuses: self.0.clone() }))
    }
}

struct Fragile {
    inner: Box<dyn Broker>,
    fuses: Arc<Fuses>,
}

impl Broker for Fragile {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    fn request(&mut self, now: UtcTime, request: BrokerRequest) {
        if let RequestBody::Place(place) = &request.body {
            let is = |units: u32| place.quantity == Quantity::whole(units);
            if is(13) {
                panic!("the broker fell over an order");
            }
            self.fuses.poll.store(is(14), Ordering::SeqCst);
            if is(15) {
                let task = std::thread::Builder::new().name("broker-task".into());
                let _ = task.spawn(|| panic!("a task of the broker fell over")).expect("a thread").join();
            }
            self.fuses.ledger.store(is(16), Ordering::SeqCst);
        }
        self.inner.request(now, request);
    }

    fn poll(&mut self, now: UtcTime, out: &mut Vec<BrokerEvent>) -> Option<UtcTime> {
        if self.fuses.poll.swap(false, Ordering::SeqCst) {
            panic!("the broker fell over its own news");
        }
        self.inner.poll(now, out)
    }

    fn queue_ahead(&self, order: OrderId) -> Option<Quantity> {
        self.inner.queue_ahead(order)
    }

    fn close(&mut self) {
        self.inner.close();
    }
}

struct FragileStore {
    inner: LedgerStore,
    fuses: Arc<Fuses>,
}

impl Store for FragileStore {
    fn apply(&mut self, batches: &[Batch]) -> Result<(), LedgerError> {
        if self.fuses.ledger.load(Ordering::SeqCst) {
            panic!("the ledger fell over a batch");
        }
        self.inner.apply(batches)
    }

    fn tidy(&mut self) {
        self.inner.tidy();
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("a data folder is needed")?);
    let paths = Paths::resolve(None, Some(&folder), &Surroundings::of_system())?;
    let options = DeskOptions { data_dir: paths.data_dir.clone(), idle_exit: None };
    let fuses = Arc::new(Fuses::default());
    let store_fuses = fuses.clone();
    run_with(&Config::built_in(), &paths, options, Box::new(Source(fuses)), |inner| {
        Box::new(FragileStore { inner, fuses: store_fuses })
    })?;
    Ok(())
}
