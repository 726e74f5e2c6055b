//! A desk that a test or a measurement plays: it listens in a data folder exactly where a desk does, answers with
//! invented data, pushes updates as fast as it is told, notes what it is asked, and can be slow, silent or hostile.

mod answers;
mod day;
mod face;
mod feed;
pub mod hostile;
mod market;

use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hoga::config::{Paths, Surroundings};
use hoga::desk::protocol::{Command, Failure, FailureKind, Message, Outcome, Request, SubmitOrder, Topic, Update};
use hoga::desk::wire::encode;
use hoga::market::UtcTime;
use tempfile::TempDir;

use answers::Books;
use face::Face;
pub use feed::{Feed, FeedRun};
pub use market::Market;

/// What is wrong with the desk. Changes take effect with the next request or update.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Replies wait so long.
    pub delay: Option<Duration>,
    /// These requests are never answered.
    pub drops: Option<fn(&Command) -> bool>,
    /// These requests are refused with what is returned.
    pub refuses: Option<fn(&Command) -> Option<Failure>>,
    /// Stands behind every text of others.
    pub hostile: Option<String>,
}

struct Shared {
    books: Mutex<Books>,
    faces: Mutex<Vec<Arc<Face>>>,
    asked: Mutex<Vec<Command>>,
    was_asked: Condvar,
    faults: Mutex<Faults>,
    ended: AtomicBool,
}

impl Shared {
    fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        // What is behind these locks is whole after every statement.
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn frame(&self, message: &Message) -> Vec<u8> {
        match &Self::lock(&self.faults).hostile {
            Some(text) => encode(&hostile::spoiled(message, text)).unwrap(),
            None => encode(message).unwrap(),
        }
    }

    /// Sends to every face that wants to hear of it.
    fn publish(&self, topic: Topic, symbol: Option<&str>, update: Update) {
        let listeners: Vec<Arc<Face>> =
            Self::lock(&self.faces).iter().filter(|face| face.wants(topic, symbol)).cloned().collect();
        if listeners.is_empty() {
            return;
        }
        let frame = self.frame(&Message::Update(Box::new(update)));
        for face in listeners {
            face.write(&frame);
        }
    }
}

/// A desk played by the caller, with one profile, `sim`.
pub struct FakeDesk {
    folder: TempDir,
    socket: PathBuf,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl FakeDesk {
    /// Listens in a new data folder.
    pub fn start(market: Market) -> Self {
        let folder = TempDir::new().unwrap();
        let surroundings =
            Surroundings { data_dir_variable: Some(folder.path().to_owned()), ..Surroundings::of_system() };
        let paths = Paths::resolve(None, Some(folder.path()), &surroundings).unwrap();
        paths.prepare().unwrap();
        let socket = paths.socket().unwrap().to_owned();
        let listener = UnixListener::bind(&socket).unwrap();
        let shared = Arc::new(Shared {
            books: Mutex::new(Books::new(market, now())),
            faces: Mutex::new(Vec::new()),
            asked: Mutex::new(Vec::new()),
            was_asked: Condvar::new(),
            faults: Mutex::new(Faults::default()),
            ended: AtomicBool::new(false),
        });
        let thread = std::thread::spawn({
            let shared = shared.clone();
            move || accept(&listener, &shared)
        });
        Self { folder, socket, shared, thread: Some(thread) }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Everything asked so far, greetings left out.
    pub fn asked(&self) -> Vec<Command> {
        Shared::lock(&self.shared.asked).clone()
    }

    /// Orders it was sent.
    pub fn orders(&self) -> Vec<SubmitOrder> {
        let asked = Shared::lock(&self.shared.asked);
        asked
            .iter()
            .filter_map(|command| if let Command::Submit(order) = command { Some(order.clone()) } else { None })
            .collect()
    }

    /// How many requests would have moved money or changed an order.
    pub fn actions(&self) -> usize {
        let acts = |command: &&Command| {
            matches!(
                command,
                Command::Submit(_)
                    | Command::Replace { .. }
                    | Command::Cancel(_)
                    | Command::Flatten { .. }
                    | Command::Kill { .. }
                    | Command::Deposit { .. }
                    | Command::Withdraw { .. }
                    | Command::Leverage { .. }
            )
        };
        Shared::lock(&self.shared.asked).iter().filter(acts).count()
    }

    /// Waits until what was asked is as wanted, and says whether it came to that in time.
    pub fn was_asked(&self, timeout: Duration, mut wanted: impl FnMut(&[Command]) -> bool) -> bool {
        let asked = Shared::lock(&self.shared.asked);
        let waiting = |asked: &mut Vec<Command>| !wanted(asked);
        let (_asked, late) =
            self.shared.was_asked.wait_timeout_while(asked, timeout, waiting).unwrap_or_else(PoisonError::into_inner);
        !late.timed_out()
    }

    /// Makes it slow, silent or hostile, or well again.
    pub fn set_faults(&self, faults: Faults) {
        *Shared::lock(&self.shared.faults) = faults;
    }

    /// Pushes an update to every face that wants to hear of its topic and instrument.
    pub fn push(&self, topic: Topic, symbol: Option<&str>, update: Update) {
        self.shared.publish(topic, symbol, update);
    }

    /// Pushes each market update of an instrument once, as it stands.
    pub fn push_market(&self, symbol: &str) {
        let now = now();
        let books = Shared::lock(&self.shared.books);
        let Some(listing) = books.market.find(symbol).cloned() else { return };
        let count = books.count_of(&listing);
        let market = books.market.clone();
        drop(books);
        self.push(Topic::Quote, Some(symbol), Update::Quote(market.quote(&listing, count, now)));
        self.push(Topic::Book, Some(symbol), Update::Book(market.book(&listing, count, 20, now)));
        self.push(Topic::Trades, Some(symbol), Update::Trade(market.trade(&listing, count, now)));
    }

    /// Pushes what an account and its status are, and quote and book of every instrument, without a print: nothing moves.
    pub fn push_standing(&self) {
        let (account, status, market) = {
            let books = Shared::lock(&self.shared.books);
            (books.account(), books.status_update(now()), books.market.clone())
        };
        self.push(Topic::Account, None, Update::Account(Box::new(account)));
        self.push(Topic::Status, None, status);
        for listing in &market.listings {
            let count = Shared::lock(&self.shared.books).count_of(listing);
            let symbol = Some(listing.symbol.as_str());
            self.push(Topic::Quote, symbol, Update::Quote(market.quote(listing, count, now())));
            self.push(Topic::Book, symbol, Update::Book(market.book(listing, count, 20, now())));
        }
    }

    /// Sets how far the first instrument has counted, and pushes it.
    pub fn count_to(&self, count: u64) {
        let symbol = {
            let mut books = Shared::lock(&self.shared.books);
            books.count = count;
            books.market.listings.first().map(|listing| listing.symbol.clone())
        };
        if let Some(symbol) = symbol {
            self.push_market(&symbol);
        }
    }

    /// The last price of the first instrument after so many updates, in won.
    pub fn price_after(&self, count: u64) -> i64 {
        Shared::lock(&self.shared.books).market.listings.first().map_or(0, |listing| listing.last(count))
    }

    /// Pushes something a person should know.
    pub fn push_event(&self, text: &str) {
        let event = {
            let books = Shared::lock(&self.shared.books);
            hoga::desk::protocol::EventRecord { text: text.to_owned(), ..books.event(now()) }
        };
        self.push(Topic::Events, None, Update::Event(event));
    }

    /// Begins to count and push; see [`Feed`].
    pub fn feed(&self, feed: Feed) -> FeedRun {
        FeedRun::start(self.shared.clone(), feed)
    }

    /// Faces connected and greeted.
    pub fn faces(&self) -> usize {
        Shared::lock(&self.shared.faces).len()
    }

    /// Waits until a face follows a topic of an instrument, and says whether one does in time.
    pub fn is_followed(&self, topic: Topic, symbol: &str, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        loop {
            if Shared::lock(&self.shared.faces).iter().any(|face| face.wants(topic, Some(symbol))) {
                return true;
            }
            let asked = self.asked().len();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.was_asked(left, |now| now.len() > asked) {
                return false;
            }
        }
    }

    /// Cuts every connection, as a desk that dies.
    pub fn hang_up(&self) {
        for face in Shared::lock(&self.shared.faces).drain(..) {
            face.close();
        }
    }
}

impl Drop for FakeDesk {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        let _ = UnixStream::connect(&self.socket);
        self.hang_up();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &UnixListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = shared.clone();
        std::thread::spawn(move || {
            let face = Arc::new(Face::new(stream));
            while let Some(request) = face.next_request() {
                attend(&shared, &face, &request);
            }
            Shared::lock(&shared.faces).retain(|known| !Arc::ptr_eq(known, &face));
        });
    }
}

fn attend(shared: &Shared, face: &Arc<Face>, request: &Request) {
    let faults = Shared::lock(&shared.faults).clone();
    let command = &request.command;
    if let Command::Hello { name, .. } = command {
        face.greet(name);
        Shared::lock(&shared.faces).push(face.clone());
    }
    let refused = faults.refuses.and_then(|refuses| refuses(command));
    let (outcome, updates) = match refused {
        Some(failure) => (Err(Box::new(failure)), Vec::new()),
        None => Shared::lock(&shared.books).answer(&face.name(), command, now()),
    };
    if let Some(delay) = faults.delay {
        face.pause(delay);
    }
    // Before the reply: whoever has it hears of everything from then on.
    match command {
        Command::Subscribe { topic, symbols } => face.subscribe(*topic, symbols),
        Command::Follow { topic, symbols } => face.follow(*topic, symbols),
        _ => {}
    }
    if !faults.drops.is_some_and(|drops| drops(command)) {
        let outcome = outcome.map_or_else(Outcome::Failed, |response| Outcome::Ok(Box::new(response)));
        face.write(&shared.frame(&Message::Reply { id: request.id, outcome }));
    }
    match command {
        Command::Follow { topic, symbols } => tell_newest(shared, face, *topic, symbols),
        Command::Shutdown { .. } => face.close(),
        _ => {}
    }
    for update in updates {
        shared.publish(topic_of(&update), None, update);
    }
    // Only now: whoever waits for the request may rely on what it changed.
    if !matches!(command, Command::Hello { .. }) {
        Shared::lock(&shared.asked).push(command.clone());
    }
    shared.was_asked.notify_all();
}

/// To follow is to be told the newest state at once.
fn tell_newest(shared: &Shared, face: &Face, topic: Topic, symbols: &[String]) {
    let now = now();
    for symbol in symbols {
        let books = Shared::lock(&shared.books);
        let Some(listing) = books.market.find(symbol) else { continue };
        let count = books.count_of(listing);
        let update = match topic {
            Topic::Quote => Update::Quote(books.market.quote(listing, count, now)),
            Topic::Book => Update::Book(books.market.book(listing, count, 20, now)),
            _ => continue,
        };
        drop(books);
        face.write(&shared.frame(&Message::Update(Box::new(update))));
    }
}

fn topic_of(update: &Update) -> Topic {
    match update {
        Update::Quote(_) => Topic::Quote,
        Update::Book(_) => Topic::Book,
        Update::Trade(_) => Topic::Trades,
        Update::Candle { .. } => Topic::Candles,
        Update::Order(_) | Update::Queue { .. } => Topic::Orders,
        Update::Fill(_) => Topic::Fills,
        Update::Account(_) => Topic::Account,
        Update::Status { .. } => Topic::Status,
        Update::Alert { .. } => Topic::Alerts,
        Update::Event(_) | Update::Lost { .. } => Topic::Events,
    }
}

/// A refusal to be given out as a fault.
pub fn refusal(code: &str, text: &str) -> Failure {
    Failure::new(FailureKind::Broker, code, text)
}

fn now() -> UtcTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UtcTime::EPOCH.plus(since)
}
