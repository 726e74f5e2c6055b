//! The task that keeps a connection up.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::connection::{Connection, Incoming};
use super::outlet::{NoReader, Outlet};
use super::{Loss, Meaning, Next, Protocol, Reaction, SocketEvent, SocketRules, SocketState};
use crate::broker::net::WallClock;
use crate::broker::net::backoff::{Backoff, Jitter};

/// How a connection ended.
enum Ending {
    /// Connect again, no sooner than after the given wait if there is one.
    Lost(Loss, Option<Duration>),
    /// Not again.
    Stop,
}

type Flow = ControlFlow<Ending>;

impl From<NoReader> for Ending {
    fn from(NoReader: NoReader) -> Self {
        Self::Stop
    }
}

fn lost(loss: Loss) -> Flow {
    ControlFlow::Break(Ending::Lost(loss, None))
}

fn or_stop(handed_on: Result<(), NoReader>) -> Flow {
    match handed_on {
        Ok(()) => ControlFlow::Continue(()),
        Err(gone) => ControlFlow::Break(gone.into()),
    }
}

pub(super) struct Supervisor<P: Protocol> {
    protocol: P,
    rules: SocketRules,
    backoff: Backoff,
    wall_clock: WallClock,
    outlet: Outlet,
    commands: mpsc::Receiver<P::Command>,
    ended: CancellationToken,
}

/// What is true of one connection only.
struct Course {
    opened: Instant,
    /// When it became ready, if it has.
    ready: Option<Instant>,
    last_frame: Instant,
    last_data: Instant,
    ends: Instant,
    outgoing: VecDeque<String>,
    next_send: Instant,
}

impl<P: Protocol> Supervisor<P> {
    pub(super) fn new(
        protocol: P,
        rules: SocketRules,
        jitter: Jitter,
        wall_clock: WallClock,
        outlet: Outlet,
        commands: mpsc::Receiver<P::Command>,
        ended: CancellationToken,
    ) -> Self {
        let backoff = Backoff::new(rules.backoff, jitter);
        Self { protocol, rules, backoff, wall_clock, outlet, commands, ended }
    }

    pub(super) async fn run(mut self) {
        self.keep_up().await;
        // Without a reader nobody is left to be told.
        let _ = self.outlet.state(SocketState::Closed);
    }

    async fn keep_up(&mut self) {
        loop {
            if self.outlet.state(SocketState::Connecting).is_err() {
                return;
            }
            let Ending::Lost(loss, at_least) = self.one_connection().await else { return };
            tracing::info!(socket = self.rules.name, ?loss, "connection lost");
            if self.wait(loss, at_least).await.is_break() {
                return;
            }
        }
    }

    /// From connecting to the loss.
    async fn one_connection(&mut self) -> Ending {
        let deadline = Instant::now() + self.rules.opening_timeout;
        let opening = async {
            let endpoint = self.protocol.endpoint().await.map_err(Loss::Endpoint)?;
            Connection::open(endpoint, &self.rules).await
        };
        let mut connection = match self.ended.clone().run_until_cancelled(timeout_at(deadline, opening)).await {
            None => return Ending::Stop,
            Some(Ok(Ok(connection))) => connection,
            Some(Ok(Err(loss))) => return Ending::Lost(loss, None),
            Some(Err(_)) => return Ending::Lost(Loss::OpeningTimeout, None),
        };
        let mut course = self.set_out();
        let greeting = self.protocol.on_open();
        let mut flow = self.react(&mut course, greeting);
        while flow.is_continue() {
            flow = self.turn(&mut connection, &mut course).await;
        }
        if let Some(ready) = course.ready {
            self.backoff.held_for(ready.elapsed());
        }
        connection.close().await;
        flow.break_value().unwrap_or(Ending::Stop)
    }

    fn set_out(&mut self) -> Course {
        let now = Instant::now();
        let sooner = self.backoff.jitter().between(Duration::ZERO, self.rules.lifetime / 20);
        Course {
            opened: now,
            ready: None,
            last_frame: now,
            last_data: now,
            ends: now + self.rules.lifetime.saturating_sub(sooner),
            outgoing: VecDeque::new(),
            next_send: now,
        }
    }

    /// One event of a connection: control before data, the clock before both.
    async fn turn(&mut self, connection: &mut Connection, course: &mut Course) -> Flow {
        let (due, why) = self.next_alarm(course);
        let may_send = !course.outgoing.is_empty();
        tokio::select! {
            biased;
            () = self.ended.cancelled() => ControlFlow::Break(Ending::Stop),
            () = sleep_until(due) => self.alarm(course, why),
            () = sleep_until(course.next_send), if may_send => self.send_next(connection, course).await,
            command = self.commands.recv() => match command {
                Some(command) => self.command(course, command),
                None => ControlFlow::Break(Ending::Stop),
            },
            handed_on = self.outlet.caught_up() => or_stop(handed_on),
            incoming = connection.read() => self.incoming(connection, course, incoming).await,
        }
    }

    /// The first moment at which silence or age ends this connection.
    fn next_alarm(&self, course: &Course) -> (Instant, Loss) {
        let silent = (course.last_frame + self.rules.frame_silence, Loss::FrameSilence);
        let aged = (course.ends, Loss::Planned);
        let first = if silent.0 <= aged.0 { silent } else { aged };
        let own = match course.ready {
            None => Some((course.opened + self.rules.opening_timeout, Loss::OpeningTimeout)),
            Some(_) => self.protocol.data_silence().map(|limit| (course.last_data + limit, Loss::DataSilence)),
        };
        own.filter(|own| own.0 <= first.0).unwrap_or(first)
    }

    fn alarm(&mut self, course: &Course, why: Loss) -> Flow {
        if why == Loss::DataSilence || why == Loss::FrameSilence {
            let duration = course.last_data.elapsed();
            or_stop(self.outlet.state(SocketState::Silent { duration }))?;
        }
        lost(why)
    }

    async fn send_next(&mut self, connection: &mut Connection, course: &mut Course) -> Flow {
        let Some(message) = course.outgoing.pop_front() else { return ControlFlow::Continue(()) };
        course.next_send = Instant::now() + self.rules.send_gap;
        match connection.send(message).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(loss) => lost(loss),
        }
    }

    fn command(&mut self, course: &mut Course, command: P::Command) -> Flow {
        let is_ready = course.ready.is_some();
        let expected_before = self.protocol.data_silence().is_some();
        let messages = self.protocol.on_command(command, is_ready);
        if !expected_before {
            // The first subscription starts the clock; the quiet before it proves nothing.
            course.last_data = Instant::now();
        }
        if is_ready { self.queue(course, messages) } else { ControlFlow::Continue(()) }
    }

    fn queue(&self, course: &mut Course, messages: Vec<String>) -> Flow {
        course.outgoing.extend(messages);
        if course.outgoing.len() > self.rules.outgoing_max {
            return lost(Loss::OutgoingFull);
        }
        ControlFlow::Continue(())
    }

    async fn incoming(&mut self, connection: &mut Connection, course: &mut Course, incoming: Incoming) -> Flow {
        let bytes = match incoming {
            Incoming::Lost(loss) => return lost(loss),
            Incoming::Alive => {
                course.last_frame = Instant::now();
                return connection.flush().await.map_or_else(lost, ControlFlow::Continue);
            }
            Incoming::Message(bytes) => bytes,
        };
        let received = Instant::now();
        course.last_frame = received;
        match self.protocol.classify(&bytes) {
            Meaning::Data => {
                course.last_data = received;
                self.hand_on(bytes, received)
            }
            Meaning::Unreadable => self.hand_on(bytes, received),
            Meaning::Echo => connection.echo(bytes).await.map_or_else(lost, ControlFlow::Continue),
            Meaning::Control(reaction) => {
                if reaction.deliver {
                    self.hand_on(bytes, received)?;
                }
                self.react(course, reaction)
            }
        }
    }

    fn hand_on(&mut self, bytes: Bytes, received: Instant) -> Flow {
        or_stop(self.outlet.frame(SocketEvent::Frame { bytes, received_at: (self.wall_clock)(), received }))
    }

    fn react(&mut self, course: &mut Course, reaction: Reaction) -> Flow {
        self.queue(course, reaction.send)?;
        match reaction.next {
            Next::Stay => ControlFlow::Continue(()),
            Next::Ready => self.ready(course),
            Next::Reconnect => lost(Loss::Asked),
            Next::ReconnectAfter(wait) => ControlFlow::Break(Ending::Lost(Loss::Asked, Some(wait))),
            Next::Stop => ControlFlow::Break(Ending::Stop),
        }
    }

    fn ready(&mut self, course: &mut Course) -> Flow {
        if course.ready.is_some() {
            return ControlFlow::Continue(());
        }
        let now = Instant::now();
        course.ready = Some(now);
        course.last_data = now;
        let subscriptions = self.protocol.on_ready();
        self.queue(course, subscriptions)?;
        or_stop(self.outlet.state(SocketState::Live))
    }

    /// Waits before the next attempt, still taking commands and serving a late reader.
    async fn wait(&mut self, loss: Loss, at_least: Option<Duration>) -> ControlFlow<()> {
        // A planned replacement is no failure; only the wait after a real one grows.
        let wait = if loss == Loss::Planned { Duration::ZERO } else { self.backoff.next_wait() };
        let wait = wait.max(at_least.unwrap_or_default());
        let until = Instant::now() + wait;
        let next_at = (self.wall_clock)().plus(wait);
        let attempt = self.backoff.failures();
        let told = self.outlet.state(SocketState::Reconnecting { attempt, next_at, loss });
        if told.is_err() {
            return ControlFlow::Break(());
        }
        loop {
            tokio::select! {
                biased;
                () = self.ended.cancelled() => return ControlFlow::Break(()),
                () = sleep_until(until) => return ControlFlow::Continue(()),
                command = self.commands.recv() => match command {
                    Some(command) => drop(self.protocol.on_command(command, false)),
                    None => return ControlFlow::Break(()),
                },
                handed_on = self.outlet.caught_up() => {
                    if handed_on.is_err() {
                        return ControlFlow::Break(());
                    }
                }
            }
        }
    }
}
