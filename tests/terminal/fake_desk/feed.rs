//! Updates of the first instrument at a rate, and when each was written to the socket.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hoga::desk::protocol::{Message, Topic, Update};
use hoga::desk::record::CandleRecord;
use hoga::market::Price;
use hoga::market::candle::Interval;

use super::face::Face;
use super::market::{Listing, Market};
use super::{Shared, now};

/// A write that took longer found the face not reading; what fell due meanwhile counts from when it was due.
const BLOCKED: Duration = Duration::from_millis(2);
/// Prints sent for one moment; more are told as lost, as a desk does.
const PRINTS_MAX: u64 = 4_096;

/// What to push.
#[derive(Debug, Clone, Copy)]
pub struct Feed {
    /// Updates a second. Each raises the last price of the first instrument by one.
    pub rate: u64,
    /// So many in all.
    pub updates: u64,
    /// So many at a time, with pauses that keep the rate.
    pub burst: u64,
    /// A print with each update.
    pub prints: bool,
    /// A book with each update.
    pub books: bool,
    /// A quote of one of the other instruments, in turn, with every fourth update.
    pub others: bool,
}

impl Feed {
    /// At this rate for so long, with prints and books, and the other instruments at a quarter of it.
    pub fn steady(rate: u64, time: Duration) -> Self {
        let updates = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).saturating_mul(rate) / 1_000;
        Self { rate, updates, burst: 1, prints: true, books: true, others: true }
    }
}

#[derive(Default)]
struct Progress {
    /// When update `n + 1` was written.
    written: Vec<Instant>,
    ended: bool,
    stop: bool,
}

/// A feed under way.
pub struct FeedRun {
    progress: Arc<(Mutex<Progress>, Condvar)>,
    /// Count of the instrument before the first update.
    before: u64,
    thread: Option<JoinHandle<()>>,
}

impl FeedRun {
    pub(super) fn start(shared: Arc<Shared>, feed: Feed) -> Self {
        let progress: Arc<(Mutex<Progress>, Condvar)> = Arc::default();
        let (before, market) = {
            let books = Shared::lock(&shared.books);
            (books.count, books.market.clone())
        };
        let thread = std::thread::spawn({
            let progress = progress.clone();
            move || {
                if let Some(listing) = market.listings.first() {
                    run(&shared, &market, listing, feed, &progress);
                }
                progress.0.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
                progress.1.notify_all();
            }
        });
        Self { progress, before, thread: Some(thread) }
    }

    /// Count of the instrument before the first update.
    pub fn before(&self) -> u64 {
        self.before
    }

    /// When each update so far was written to the sockets, the first one first. Those that were passed over because a
    /// newer one was due have the time of that one; those due while a face did not read have the time they were due.
    pub fn written(&self) -> Vec<Instant> {
        self.progress.0.lock().unwrap_or_else(PoisonError::into_inner).written.clone()
    }

    /// How many were written.
    pub fn count(&self) -> u64 {
        self.progress.0.lock().unwrap_or_else(PoisonError::into_inner).written.len() as u64
    }

    /// Times of the updates from `from` (0 is the first) until before `to`, as far as they were written.
    pub fn times(&self, from: u64, to: u64) -> Vec<Instant> {
        let progress = self.progress.0.lock().unwrap_or_else(PoisonError::into_inner);
        let range = usize::try_from(from).unwrap_or(usize::MAX)..usize::try_from(to).unwrap_or(usize::MAX);
        let end = range.end.min(progress.written.len());
        progress.written.get(range.start.min(end)..end).unwrap_or_default().to_vec()
    }

    /// Waits for the last update.
    pub fn finish(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }

    /// Ends it now.
    pub fn stop(&mut self) {
        self.progress.0.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.progress.1.notify_all();
        self.finish();
    }
}

impl Drop for FeedRun {
    fn drop(&mut self) {
        self.progress.0.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.progress.1.notify_all();
    }
}

fn run(shared: &Shared, market: &Market, listing: &Listing, feed: Feed, progress: &(Mutex<Progress>, Condvar)) {
    let start = Instant::now();
    let due_at = |update: u64| {
        let group = update - update % feed.burst.max(1);
        start + Duration::from_nanos(group.saturating_mul(1_000_000_000) / feed.rate.max(1))
    };
    let mut next = 0;
    let mut blocked_until = start;
    while next < feed.updates {
        if !wait_until(due_at(next), progress) {
            return;
        }
        let at = Instant::now();
        let first = next;
        while next < feed.updates && due_at(next) <= at {
            next += 1;
        }
        let count = {
            let mut books = Shared::lock(&shared.books);
            books.count += next - first;
            books.count
        };
        {
            let mut state = progress.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.written.extend((first..next).map(|update| {
                let due = due_at(update);
                if due < blocked_until { due } else { at }
            }));
        }
        write(shared, market, listing, feed, count, next - first);
        if feed.others {
            move_others(shared, market, first, next);
        }
        let done = Instant::now();
        if done.duration_since(at) > BLOCKED {
            blocked_until = done;
        }
    }
}

/// False when the feed was told to end.
fn wait_until(due: Instant, (progress, changed): &(Mutex<Progress>, Condvar)) -> bool {
    let mut state = progress.lock().unwrap_or_else(PoisonError::into_inner);
    while !state.stop {
        let left = due.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        state = changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
    }
    false
}

/// One write to each face: every print, and the newest quote and book.
fn write(shared: &Shared, market: &Market, listing: &Listing, feed: Feed, count: u64, passed: u64) {
    let faces: Vec<Arc<Face>> = Shared::lock(&shared.faces).clone();
    let time = now();
    let symbol = Some(listing.symbol.as_str());
    for face in faces {
        let mut frames = Vec::new();
        let mut add = |update| frames.extend(shared.frame(&Message::Update(Box::new(update))));
        if feed.prints && face.wants(Topic::Trades, symbol) {
            let oldest = count.saturating_sub(passed.min(PRINTS_MAX)) + 1;
            (oldest..=count).for_each(|count| add(Update::Trade(market.trade(listing, count, time))));
            if passed > PRINTS_MAX {
                add(Update::Lost { count: passed - PRINTS_MAX });
            }
        }
        if face.wants(Topic::Quote, symbol) {
            add(Update::Quote(market.quote(listing, count, time)));
        }
        if feed.books && face.wants(Topic::Book, symbol) {
            add(Update::Book(market.book(listing, count, 20, time)));
        }
        if face.wants(Topic::Candles, symbol) {
            let newest = market.candles(listing, Interval::Minute1, 1, time).pop();
            let last = market.trade(listing, count, time).price;
            add_candle(newest, last, &listing.symbol, &mut add);
        }
        if !frames.is_empty() {
            face.write(&frames);
        }
    }
}

fn add_candle(candle: Option<CandleRecord>, last: Price, symbol: &str, add: &mut impl FnMut(Update)) {
    if let Some(candle) = candle {
        let high = candle.high.max(last);
        add(Update::Candle { symbol: symbol.to_owned(), candle: CandleRecord { close: last, high, ..candle } });
    }
}

/// The instruments behind the first, one for every fourth update, each a won up.
fn move_others(shared: &Shared, market: &Market, first: u64, next: u64) {
    let Some(others) = market.listings.get(1..).filter(|others| !others.is_empty()) else { return };
    for update in (first..next).filter(|update| update.is_multiple_of(4)) {
        let index = usize::try_from(update / 4).unwrap_or(0) % others.len();
        let Some(other) = others.get(index) else { continue };
        let count = {
            let mut books = Shared::lock(&shared.books);
            let count = books.others.entry(other.symbol.clone()).or_default();
            *count += 1;
            *count
        };
        shared.publish(Topic::Quote, Some(&other.symbol), Update::Quote(market.quote(other, count, now())));
    }
}
