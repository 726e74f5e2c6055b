//! Starting and ending the desk's process.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::history::Histories;
use super::outbox::Outbox;
use super::publish::Publisher;
use super::queries::Reader;
use super::{Inbound, Shell, server};
use crate::broker::api::Broker;
use crate::broker::opening::{BrokerSource, OpenError, Opening};
use crate::broker::registry::Registry;
use crate::config::{Config, PathError, Paths, Profile};
use crate::desk::clock::Clock;
use crate::desk::core::{Core, CoreSettings, Effects, ProfileSetup};
use crate::desk::ids::GrowingIds;
use crate::ledger::{
    Ledger, LedgerError, LedgerPace, LedgerReader, LedgerReport, LedgerStore, OpenOptions, Recovered, Store, Unwritten,
};
use crate::market::UtcTime;
use crate::market::arrange::Arrange;

/// Most messages of faces and ledger waiting for the desk's thread; faces wait beyond that.
const INBOX_MAX: usize = 65_536;
/// Most reports of the ledger waiting; more than batches can be on their way.
const REPORTS_MAX: usize = 16_384;
/// How long faces are given to read their last messages.
const FAREWELL: Duration = Duration::from_millis(500);

/// How a desk runs.
#[derive(Debug, Clone)]
pub struct DeskOptions {
    /// Its data folder, for `desk status`.
    pub data_dir: PathBuf,
    /// Ends by itself this long after the last face has left, when it holds nothing; `None` for never.
    pub idle_exit: Option<Duration>,
}

/// A desk that could not start, or ended badly.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A folder or the socket's path does not serve.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The ledger cannot be opened; when another desk has it, that one's process id is in the message.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The socket cannot be bound.
    #[error("cannot listen on {path}: {source}")]
    Socket {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A thread, the runtime or a file of the process.
    #[error("cannot {doing}: {source}")]
    Process {
        /// What.
        doing: &'static str,
        /// Why.
        source: io::Error,
    },
    /// No profile has a broker that is part of this version.
    #[error("the default profile cannot be used: {0}")]
    Broker(#[from] OpenError),
    /// At the end something could not be written.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
    /// The desk's own thread panicked: trading has stopped, orders are as the broker has them.
    #[error("the desk failed: {0}; start it again, it will look up every order")]
    Panicked(String),
}

/// Opens brokers when they are first needed.
pub struct BrokerOpener {
    source: Box<dyn BrokerSource>,
    paths: Paths,
    wake: Arc<Notify>,
}

impl BrokerOpener {
    pub(super) fn ledger(&self) -> PathBuf {
        self.paths.ledger()
    }

    pub(super) fn open(&self, profile: &Profile, now: UtcTime) -> Result<Box<dyn Broker>, OpenError> {
        let wake = self.wake.clone();
        let opening = Opening {
            profile: profile.clone(),
            journal: self.paths.sim_journal(&profile.name),
            data_dir: self.paths.data_dir.clone(),
            wake: Arc::new(move || wake.notify_one()),
        };
        self.source.open(&opening, now)
    }
}

impl Shell {
    /// Keeps the watch list over restarts.
    pub(super) fn write_watch(&mut self) {
        let value = Some(self.watch.join(" "));
        self.effects.writes.push(crate::ledger::Write::Setting { key: WATCH_KEY.into(), value });
        let now = self.clock.now();
        self.flush(now);
    }
}

const WATCH_KEY: &str = "watch";

/// Runs a desk until it ends: by `desk stop`, by a signal, or by itself when nobody is left and nothing is held.
///
/// # Errors
/// It could not start, or its thread failed.
pub fn run(config: &Config, paths: &Paths, options: DeskOptions) -> Result<(), StartError> {
    run_with(config, paths, options, Box::new(Registry), |store| Box::new(store))
}

/// As [`run`], with brokers from `source`, and what `over` makes of the ledger's store as the place where batches are
/// made durable.
///
/// # Errors
/// As [`run`].
pub fn run_with(
    config: &Config,
    paths: &Paths,
    options: DeskOptions,
    source: Box<dyn BrokerSource>,
    over: impl FnOnce(LedgerStore) -> Box<dyn Store>,
) -> Result<(), StartError> {
    paths.prepare()?;
    let mut clock = Clock::start();
    let now = clock.now();
    let store = LedgerStore::open(&paths.ledger(), &OpenOptions::default())?;
    let recovered = store.recover(now)?;
    let socket = paths.socket()?.to_owned();
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("desk-io")
        .enable_all()
        .build()
        .map_err(|source| StartError::Process { doing: "start the runtime", source })?;
    let stop = CancellationToken::new();
    let (sender, inbox) = mpsc::channel(INBOX_MAX);
    let listener = {
        let _in_runtime = runtime.enter();
        server::bind(&socket).map_err(|source| StartError::Socket { path: socket.clone(), source })?
    };
    let tasks = TaskTracker::new();
    tasks.spawn_on(server::serve(listener, sender.clone(), stop.clone(), tasks.clone()), runtime.handle());
    listen_to_signals(&runtime, &tasks, &sender, &stop)?;
    let (report, reports) = mpsc::channel(REPORTS_MAX);
    let ledger = start_ledger(over(store), report)?;
    let channels = Channels { inbox, reports, stop: stop.clone() };
    let shell = assemble(config, paths, (options, source), (clock, now), recovered, ledger, channels)?;
    write_pid(paths);
    let ended = run_on_own_thread(shell);
    stop.cancel();
    tasks.close();
    runtime.block_on(async {
        let _ = tokio::time::timeout(FAREWELL, tasks.wait()).await;
    });
    runtime.shutdown_timeout(FAREWELL);
    let _ = std::fs::remove_file(&socket);
    let _ = std::fs::remove_file(paths.pid());
    Ok(ended?.close()?)
}

fn start_ledger(store: Box<dyn Store>, reports: mpsc::Sender<LedgerReport>) -> Result<Ledger, StartError> {
    let ledger = Ledger::start(store, LedgerPace::default(), move |report| {
        // There is room for a report of every batch that can be on its way; a desk that has ended needs none.
        let _ = reports.try_send(report);
    });
    ledger.map_err(|source| StartError::Process { doing: "start the ledger's thread", source })
}

fn listen_to_signals(
    runtime: &Runtime,
    tasks: &TaskTracker,
    inbox: &mpsc::Sender<Inbound>,
    stop: &CancellationToken,
) -> Result<(), StartError> {
    let _in_runtime = runtime.enter();
    let failed = |source| StartError::Process { doing: "listen to signals", source };
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    // A lost SSH session ends nothing.
    let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
    let (inbox, stop) = (inbox.clone(), stop.clone());
    tasks.spawn_on(
        async move {
            loop {
                tokio::select! {
                    biased;
                    () = stop.cancelled() => return,
                    _ = terminate.recv() => break,
                    _ = interrupt.recv() => break,
                    _ = hangup.recv() => {}
                }
            }
            let _ = inbox.send(Inbound::Stop).await;
        },
        runtime.handle(),
    );
    Ok(())
}

fn run_on_own_thread(shell: Shell) -> Result<Ledger, StartError> {
    let process = |doing| move |source| StartError::Process { doing, source };
    let thread = std::thread::Builder::new().name("desk".into());
    let handle = thread
        .spawn(move || {
            let runtime = Builder::new_current_thread().enable_time().build()?;
            Ok(runtime.block_on(shell.run()))
        })
        .map_err(process("start the desk's thread"))?;
    match handle.join() {
        Ok(ended) => ended.map_err(process("start the desk's runtime")),
        Err(panic) => Err(StartError::Panicked(super::panics::text_of(panic.as_ref()))),
    }
}

fn write_pid(paths: &Paths) {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(paths.pid());
    if let Err(error) = file.and_then(|mut file| file.write_all(std::process::id().to_string().as_bytes())) {
        tracing::warn!(%error, "the pid file cannot be written");
    }
}

struct Channels {
    inbox: mpsc::Receiver<Inbound>,
    reports: mpsc::Receiver<LedgerReport>,
    stop: CancellationToken,
}

fn assemble(
    config: &Config,
    paths: &Paths,
    (options, source): (DeskOptions, Box<dyn BrokerSource>),
    (clock, now): (Clock, UtcTime),
    recovered: Recovered,
    ledger: Ledger,
    channels: Channels,
) -> Result<Shell, StartError> {
    let (configs, setups, unavailable) = profiles(config, source.as_ref())?;
    let newest = recovered.orders.iter().map(|order| order.id).max();
    let watch = recovered.settings.get(WATCH_KEY).map(|text| text.split(' ').map(str::to_owned).collect());
    let last_sequence = recovered.last_sequence;
    let used: Vec<bool> = configs.iter().map(|profile| is_used(profile, &recovered)).collect();
    let mut effects = Effects::default();
    let ids = Box::new(GrowingIds::after(newest));
    let core = Core::new(settings(config), setups, recovered, ids, now, &mut effects);
    let wake = Arc::new(Notify::new());
    let count = configs.len();
    let mut shell = Shell {
        core,
        clock,
        effects,
        outbox: Outbox::after(last_sequence),
        ledger,
        reports: channels.reports,
        backlog: std::collections::VecDeque::new(),
        brokers: std::iter::repeat_with(|| None).take(count).collect(),
        lapses: vec![super::border::Lapses::default(); count],
        ledger_end: super::ledger_end::LedgerEnd::No,
        configs,
        unavailable,
        opener: BrokerOpener { source, paths: paths.clone(), wake: wake.clone() },
        wake,
        inbox: channels.inbox,
        faces: BTreeMap::new(),
        askers: BTreeMap::new(),
        next_token: 0,
        waiting: Vec::new(),
        histories: Histories::default(),
        reader: Reader::start(&paths.ledger())
            .map_err(|source| StartError::Process { doing: "start the ledger's reader", source })?,
        known_orders: LedgerReader::open(&paths.ledger())?,
        publisher: Publisher::new(now),
        own: super::own::Own::default(),
        health: super::health::Health::new(count, now),
        told: super::told::Told::default(),
        trading_lock: None,
        options,
        started_at: now,
        tick_at: now,
        last_face_at: now,
        events: Vec::new(),
        stop: channels.stop,
        watch: watch.unwrap_or_default(),
    };
    shell.flush(now);
    // Profiles with anything open are looked after from the start, the others when somebody asks for them.
    for (index, used) in used.into_iter().enumerate() {
        if index == 0 || used {
            shell.open_broker(now, index);
        }
    }
    Ok(shell)
}

fn is_used(profile: &Profile, recovered: &Recovered) -> bool {
    recovered.orders.iter().any(|order| order.profile == profile.name && order.state.is_open())
        || recovered.positions.iter().any(|position| position.key.profile == profile.name && !position.is_flat())
        || recovered
            .alerts
            .values()
            .any(|alert| alert.fired_at.is_none() && alert.profile.as_ref().is_some_and(|name| *name == profile.name))
}

type Profiles = (Vec<Profile>, Vec<ProfileSetup>, BTreeMap<String, String>);

/// Profiles with a broker in this build, the default first, and why the others cannot be used.
fn profiles(config: &Config, source: &dyn BrokerSource) -> Result<Profiles, OpenError> {
    let mut order: Vec<&Profile> = config.profiles.values().collect();
    order.arrange_by_key(|profile| profile.name != config.default_profile);
    let (mut configs, mut setups, mut unavailable) = (Vec::new(), Vec::new(), BTreeMap::new());
    for profile in order {
        match source.capabilities(profile) {
            Ok(capabilities) => {
                setups.push(ProfileSetup {
                    name: profile.name.clone(),
                    world: profile.world,
                    replay: profile.broker == crate::config::BrokerName::Replay,
                    limits: profile.risk.clone(),
                    fees: super::fees::schedule(&profile.fees)
                        .map_err(|error| OpenError::Unusable(format!("profile {}: {error}", profile.name)))?,
                    initial_cash: profile.initial_cash.iter().map(|(currency, amount)| (*currency, *amount)).collect(),
                    capabilities,
                });
                configs.push(profile.clone());
            }
            Err(error) if profile.name == config.default_profile => return Err(error),
            Err(error) => {
                unavailable.insert(profile.name.to_string(), error.to_string());
            }
        }
    }
    Ok((configs, setups, unavailable))
}

fn settings(config: &Config) -> CoreSettings {
    let desk = &config.desk;
    CoreSettings {
        send_timeout: Duration::from_millis(desk.storage_timeout_ms),
        unknown_interval: Duration::from_millis(desk.unknown_poll_ms),
        reconcile_interval: Duration::from_secs(desk.reconcile_seconds),
        equity_interval: Duration::from_secs(desk.equity_seconds),
        ..CoreSettings::default()
    }
}
