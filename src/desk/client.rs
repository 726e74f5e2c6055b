//! A face's end of the desk's socket: asks, waits for the answer, and collects what is pushed meanwhile. Blocking; for
//! faces that have nothing else to do while they wait.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::protocol::{
    Command, Failure, FailureKind, Message, Outcome, Request, Response, SubmitOrder, Update, VERSION,
};
use super::wire::{FrameBuffer, WireError, encode};
use crate::config::private_dir::check_private_dir;
use crate::order::{ProfileName, Source};

/// Longest wait for an answer. A kill reads back from a slow broker, so it is far above what a healthy desk needs.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(60);
/// Longest wait for a desk that was just started.
pub const START_WAIT_MAX: Duration = Duration::from_secs(10);
/// Between two looks whether a starting desk listens yet.
const START_LOOK_EVERY: Duration = Duration::from_millis(20);
/// Before a desk that gave way to another is started again.
const START_AGAIN_AFTER: Duration = Duration::from_millis(250);
/// Most updates kept while an answer is awaited; the oldest go first, and the face is told how many.
const UPDATES_KEPT_MAX: usize = 65_536;
/// Bytes read from the socket at a time.
const READ_BYTES: usize = 64 * 1024;

/// Who a face says it is.
#[derive(Debug, Clone)]
pub struct Caller {
    /// As `desk status` and the trading lock show it: `pts/3`, `cli 4711`.
    pub name: String,
    /// What its orders are marked with.
    pub source: Source,
    /// Profile its requests are for; the desk's default when absent.
    pub profile: Option<ProfileName>,
}

/// How to start a desk in the background.
#[derive(Debug, Clone)]
pub struct StartPlan {
    /// The binary.
    pub program: PathBuf,
    /// Its arguments: `desk run --detached` and the options that name its data folder.
    pub arguments: Vec<OsString>,
    /// Where a desk that could not start says why.
    pub error_file: PathBuf,
}

/// A connection to a desk.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    buffer: FrameBuffer,
    chunk: Vec<u8>,
    next_id: u64,
    profile: Option<ProfileName>,
    updates: VecDeque<Update>,
    dropped: u64,
    version: String,
    profiles: Vec<ProfileName>,
}

impl Client {
    /// Connects to the desk of a data folder, wherever of `sockets` it listens (likeliest first).
    ///
    /// # Errors
    /// [`FailureKind::NoDesk`] when none does, [`FailureKind::Version`] when it is of another version,
    /// [`FailureKind::Unauthorized`] when the socket lies where others could have put it.
    pub fn connect(sockets: &[PathBuf], caller: &Caller) -> Result<Self, Box<Failure>> {
        let mut last = no_desk_failure();
        for socket in sockets {
            match open(socket) {
                Ok(stream) => return Self::greet(stream, caller),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    fn greet(stream: UnixStream, caller: &Caller) -> Result<Self, Box<Failure>> {
        let mut client = Self {
            stream,
            buffer: FrameBuffer::default(),
            chunk: vec![0; READ_BYTES],
            next_id: 1,
            profile: None,
            updates: VecDeque::new(),
            dropped: 0,
            version: String::new(),
            profiles: Vec::new(),
        };
        let hello = Command::Hello { version: VERSION, name: caller.name.clone(), source: caller.source.clone() };
        match client.request(hello)? {
            Response::Welcome { version, profiles } => {
                client.version = version;
                client.profiles = profiles;
                client.profile.clone_from(&caller.profile);
                Ok(client)
            }
            other => Err(unexpected(&other)),
        }
    }

    /// Connects, and starts a desk in the background first when none listens.
    ///
    /// # Errors
    /// As [`Self::connect`]; and [`FailureKind::NoDesk`] with what the desk said when it could not start, or did not
    /// listen within [`START_WAIT_MAX`].
    pub fn connect_or_start(sockets: &[PathBuf], caller: &Caller, plan: &StartPlan) -> Result<Self, Box<Failure>> {
        match Self::connect(sockets, caller) {
            Err(failure) if failure.kind == FailureKind::NoDesk => {}
            other => return other,
        }
        let mut starting = Starting::begin(plan)?;
        loop {
            match Self::connect(sockets, caller) {
                Err(failure) if failure.kind == FailureKind::NoDesk => starting.wait_a_moment()?,
                other => return other,
            }
        }
    }

    /// Version of the desk's binary.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Profiles of the desk, the default first.
    #[must_use]
    pub fn profiles(&self) -> &[ProfileName] {
        &self.profiles
    }

    /// Profile that requests are for.
    #[must_use]
    pub fn profile(&self) -> Option<&ProfileName> {
        self.profile.as_ref().or(self.profiles.first())
    }

    /// Asking and listening apart, for a face with a thread for each. What was pushed so far is dropped.
    ///
    /// # Errors
    /// The system gives no second handle of the socket.
    pub fn split(self) -> Result<(Asking, Listening), Box<Failure>> {
        let stream = self.stream.try_clone().map_err(|error| Lost::Question.failure(&error.to_string()))?;
        // A timeout of an earlier wait would cut the listener's.
        self.stream.set_read_timeout(None).map_err(|error| Lost::Question.failure(&error.to_string()))?;
        Ok((Asking { stream }, Listening { client: self }))
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// What the desk answered; or, when the connection broke, [`FailureKind::Unknown`] for a request that may have
    /// changed something, and [`FailureKind::NoDesk`] for one that only asked.
    pub fn request(&mut self, command: Command) -> Result<Response, Box<Failure>> {
        self.request_patiently(command, ANSWER_WAIT_MAX, &mut || ())
    }

    /// The same, saying so once when the answer takes longer than this.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub fn request_patiently(
        &mut self,
        command: Command,
        usual: Duration,
        slow: &mut dyn FnMut(),
    ) -> Result<Response, Box<Failure>> {
        let lost = Lost::of(&command);
        let id = self.next_id;
        self.next_id += 1;
        let request = Request { id, profile: self.profile.clone(), command };
        let frame = encode(&request).map_err(|error| wire_failure(&error))?;
        io::Write::write_all(&mut self.stream, &frame).map_err(|error| lost.failure(&error.to_string()))?;
        let begun = Instant::now();
        let last = begun + ANSWER_WAIT_MAX;
        let mut deadline = last.min(begun + usual);
        loop {
            match self.receive(Some(deadline)).map_err(|error| lost.failure(&error))? {
                Some(Message::Reply { id: to, outcome }) if to == id => {
                    return match outcome {
                        Outcome::Ok(response) => Ok(*response),
                        Outcome::Failed(failure) => Err(failure),
                    };
                }
                Some(Message::Reply { .. }) => {}
                Some(Message::Update(update)) => self.keep(*update),
                None if deadline < last => {
                    slow();
                    deadline = last;
                }
                None => return Err(lost.failure("no answer in time")),
            }
        }
    }

    /// The next update pushed; `None` when none came within `timeout` (without one it waits as long as it takes).
    ///
    /// # Errors
    /// The connection broke.
    pub fn next_update(&mut self, timeout: Option<Duration>) -> Result<Option<Update>, Box<Failure>> {
        if self.dropped > 0 {
            return Ok(Some(Update::Lost { count: std::mem::take(&mut self.dropped) }));
        }
        if let Some(update) = self.updates.pop_front() {
            return Ok(Some(update));
        }
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        loop {
            match self.receive(deadline).map_err(|error| Lost::Question.failure(&error))? {
                Some(Message::Update(update)) => return Ok(Some(*update)),
                Some(Message::Reply { .. }) => {}
                None => return Ok(None),
            }
        }
    }

    fn keep(&mut self, update: Update) {
        if self.updates.len() >= UPDATES_KEPT_MAX {
            self.updates.pop_front();
            self.dropped += 1;
        }
        self.updates.push_back(update);
    }

    /// The next message, or `None` at the deadline.
    fn receive(&mut self, deadline: Option<Instant>) -> Result<Option<Message>, String> {
        loop {
            if let Some(message) = self.buffer.next_message().map_err(|error| error.to_string())? {
                return Ok(Some(message));
            }
            let wait = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return Ok(None),
                wait => wait,
            };
            self.stream.set_read_timeout(wait).map_err(|error| error.to_string())?;
            match self.stream.read(&mut self.chunk) {
                Ok(0) => return Err("the desk closed the connection".into()),
                Ok(count) => self.buffer.push(self.chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}

/// The asking half of a connection.
#[derive(Debug)]
pub struct Asking {
    stream: UnixStream,
}

impl Asking {
    /// Sends a request. Waits only while the socket is full.
    ///
    /// # Errors
    /// It is too large, or the desk is gone.
    pub fn send(&mut self, request: &Request) -> Result<(), Box<Failure>> {
        let frame = encode(request).map_err(|error| wire_failure(&error))?;
        let lost = Lost::of(&request.command);
        io::Write::write_all(&mut self.stream, &frame).map_err(|error| lost.failure(&error.to_string()))
    }
}

/// The listening half of a connection.
#[derive(Debug)]
pub struct Listening {
    client: Client,
}

impl Listening {
    /// The next message, however long it takes.
    ///
    /// # Errors
    /// The desk is gone, or what it says is no message.
    pub fn next_message(&mut self) -> Result<Message, Box<Failure>> {
        loop {
            if let Some(message) = self.client.receive(None).map_err(|error| Lost::Question.failure(&error))? {
                return Ok(message);
            }
        }
    }
}

/// What is said of a request whose answer will never come because the connection broke: nothing happened, or nobody knows.
#[must_use]
pub fn unanswered(command: &Command, detail: &str) -> Box<Failure> {
    Lost::of(command).failure(detail)
}

/// A desk that was started and does not listen yet.
struct Starting<'a> {
    plan: &'a StartPlan,
    child: Child,
    deadline: Instant,
    again_at: Option<Instant>,
}

impl<'a> Starting<'a> {
    fn begin(plan: &'a StartPlan) -> Result<Self, Box<Failure>> {
        Ok(Self { plan, child: spawn(plan)?, deadline: Instant::now() + START_WAIT_MAX, again_at: None })
    }

    fn wait_a_moment(&mut self) -> Result<(), Box<Failure>> {
        let now = Instant::now();
        if now >= self.deadline {
            return Err(start_failure("it did not listen within 10 seconds"));
        }
        match self.again_at {
            Some(at) if now >= at => {
                self.child = spawn(self.plan)?;
                self.again_at = None;
            }
            Some(_) => {}
            None => {
                if let Ok(Some(status)) = self.child.try_wait() {
                    self.ended(status)?;
                }
            }
        }
        std::thread::park_timeout(START_LOOK_EVERY);
        Ok(())
    }

    /// Another desk may have the data folder: one that another face started at this moment, or one that is ending. Ours
    /// then gives way with the status of [`FailureKind::NoDesk`], and is started again unless the other answers first; so
    /// is one that ended well because nobody had come in time.
    fn ended(&mut self, status: ExitStatus) -> Result<(), Box<Failure>> {
        let code = status.code();
        if code == Some(0) || code == Some(i32::from(FailureKind::NoDesk.exit_status())) {
            self.again_at = Some(Instant::now() + START_AGAIN_AFTER);
            return Ok(());
        }
        let said = std::fs::read_to_string(&self.plan.error_file).unwrap_or_default();
        // Only a desk that was killed or panicked leaves no word.
        let silent = format!("it ended at once ({status})");
        let mut failure = start_failure(if said.trim().is_empty() { &silent } else { said.trim() });
        if code == Some(i32::from(FailureKind::Usage.exit_status())) {
            failure.kind = FailureKind::Usage;
            failure.hint = Some("hoga config check".into());
        }
        Err(failure)
    }
}

fn spawn(plan: &StartPlan) -> Result<Child, Box<Failure>> {
    std::process::Command::new(&plan.program)
        .args(&plan.arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| start_failure(&error.to_string()))
}

/// What a broken connection means for a request that was on its way.
enum Lost {
    /// Nothing changed by asking.
    Question,
    /// Something may have been done.
    Action,
    /// An order may have been sent, under this id.
    Order(Option<String>),
}

impl Lost {
    fn of(command: &Command) -> Self {
        match command {
            Command::Submit(SubmitOrder { client_id, .. }) => Self::Order(client_id.as_ref().map(ToString::to_string)),
            Command::Cancel(_)
            | Command::Replace { .. }
            | Command::Deposit { .. }
            | Command::Withdraw { .. }
            | Command::Leverage { .. }
            | Command::Kill { .. }
            | Command::Halt
            | Command::Reduce
            | Command::Resume { .. }
            | Command::Flatten { .. } => Self::Action,
            _ => Self::Question,
        }
    }

    fn failure(&self, detail: &str) -> Box<Failure> {
        let text = format!("lost the desk: {detail}");
        Box::new(match self {
            Self::Question => Failure::new(FailureKind::NoDesk, "DESK_LOST", text).about(detail).retryable(),
            Self::Action => Failure::new(
                FailureKind::Unknown,
                "OUTCOME_UNKNOWN",
                format!("{text}; whether it was done is not known"),
            )
            .about(detail)
            .hint("hoga order list"),
            Self::Order(client_id) => {
                let mut failure = Failure::new(
                    FailureKind::Unknown,
                    "OUTCOME_UNKNOWN",
                    format!("{text}; whether the order was sent is not known"),
                )
                .about(detail);
                if let Some(id) = client_id {
                    failure.client_id = Some(id.clone());
                    failure = failure.hint(format!("hoga order show {id}"));
                }
                failure
            }
        })
    }
}

/// Opens a socket in a folder that is this user's alone: another's desk would be given the orders.
fn open(socket: &Path) -> Result<UnixStream, Box<Failure>> {
    let folder = socket.parent().unwrap_or(socket);
    if folder.exists() {
        check_private_dir(folder).map_err(|error| {
            Failure::new(FailureKind::Unauthorized, "SOCKET_DENIED", error.to_string()).about(error.to_string())
        })?;
    }
    UnixStream::connect(socket).map_err(|error| no_desk(socket, &error))
}

fn no_desk_failure() -> Box<Failure> {
    Failure::new(FailureKind::NoDesk, "NO_DESK", "no desk is running").retryable().hint("hoga desk start").into()
}

fn no_desk(socket: &Path, error: &io::Error) -> Box<Failure> {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            Failure::new(FailureKind::Unauthorized, "SOCKET_DENIED", format!("{}: {error}", socket.display()))
                .about(socket.display().to_string())
                .into()
        }
        io::ErrorKind::InvalidInput => Failure::new(
            FailureKind::Usage,
            "SOCKET_PATH",
            format!("the path of the socket is too long: {}", socket.display()),
        )
        .about(socket.display().to_string())
        .hint("give a shorter --data-dir")
        .into(),
        _ => no_desk_failure(),
    }
}

fn start_failure(detail: &str) -> Box<Failure> {
    Failure::new(FailureKind::NoDesk, "DESK_START", format!("the desk could not start: {detail}"))
        .about(detail)
        .hint("hoga desk logs")
        .into()
}

fn wire_failure(error: &WireError) -> Box<Failure> {
    Failure::new(FailureKind::Other, "WIRE", error.to_string()).about(error.to_string()).into()
}

fn unexpected(response: &Response) -> Box<Failure> {
    let name = format!("{response:?}");
    let name = name.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
    Failure::new(FailureKind::Version, "UNEXPECTED_ANSWER", format!("the desk answered something else: {name}"))
        .about(name)
        .hint("hoga desk restart")
        .into()
}
