//! The kill switch at the simulated exchange: four sources fire 50 times a second each while it is pressed, the disk is
//! slow, the line is bad and the process may die. What happened is judged by what left the desk and by the exchange's own
//! list of open orders, never by what the desk says of itself.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use hoga::desk::core::{CoreCommand, Token};
use hoga::desk::protocol::{Killed, Outcome as Answered, Response};
use hoga::order::{OrderId, OrderState, Role, Source};
use hoga::risk::DeskState;

use crate::link::Faults;
use crate::trader;
use crate::world::World;

/// Between two shots of one source: 50 a second.
const SHOT: Duration = Duration::from_millis(20);
/// From the kill to the last first cancel.
const CANCELS_WITHIN: Duration = Duration::from_millis(100);

/// What trials came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Trials {
    pub trials: u64,
    pub shots: u64,
    /// Shots after the kill was answered.
    pub shots_after: u64,
    pub placed: u64,
    /// Open at the exchange when the kill was pressed.
    pub open_at_kill: u64,
    /// With a position to close too.
    pub flattened: u64,
    pub crashes: u64,
    /// Of those, between the kill and its answer.
    pub crashes_in_kill: u64,
    pub slowest_cancel: Duration,
    pub hash: u64,
}

impl Trials {
    pub fn add(&mut self, other: &Self) {
        self.trials += other.trials;
        self.shots += other.shots;
        self.shots_after += other.shots_after;
        self.placed += other.placed;
        self.open_at_kill += other.open_at_kill;
        self.flattened += other.flattened;
        self.crashes += other.crashes;
        self.crashes_in_kill += other.crashes_in_kill;
        self.slowest_cancel = self.slowest_cancel.max(other.slowest_cancel);
        self.hash = self.hash.rotate_left(1) ^ other.hash;
    }
}

impl fmt::Display for Trials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} kills ({} with flatten): {} orders asked for ({} after the kill), {} sent to the exchange, {} open there at \
             the kill, {} crashes ({} before the kill was answered); after the kill 0 new orders sent, 0 changes sent, a \
             cancel for every open one within {} ms, 0 working by the exchange's own list, HALTED after every restart; hash \
             {:016x}",
            self.trials,
            self.flattened,
            self.shots,
            self.shots_after,
            self.placed,
            self.open_at_kill,
            self.crashes,
            self.crashes_in_kill,
            self.slowest_cancel.as_millis(),
            self.hash
        )
    }
}

pub struct Trial {
    world: World,
    flatten: bool,
    told: Trials,
}

impl Trial {
    pub fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let flatten = world.random.chance(30);
        let told = Trials { trials: 1, flattened: u64::from(flatten), ..Trials::default() };
        Self { world, flatten, told }
    }

    pub fn run(mut self) -> Trials {
        self.world.begin();
        for _ in 0..10 + self.world.random.below(40) {
            if self.world.random.chance(2) {
                self.world.crash_in = Some(self.world.random.below(6));
            }
            self.volley();
            self.revive();
        }
        self.world.crash_in = None;
        // A halt or a reduction before it must not weaken what comes.
        match self.world.random.below(5) {
            0 => drop(self.world.ask(Source::Cli, CoreCommand::Halt)),
            1 => drop(self.world.ask(Source::Cli, CoreCommand::Reduce)),
            _ => {}
        }
        self.kill();
        self.keep_firing();
        self.resume();
        self.told.placed = self.world.witness.placed.len() as u64;
        self.world.settle();
        self.told.hash = self.world.check().hash;
        self.told
    }

    /// One shot of one of the sources: a screen, two strategies, the command line.
    fn fire(&mut self, source: usize) {
        let sources =
            [Source::Screen, Source::Strategy("grid".into()), Source::Strategy("momentum".into()), Source::Cli];
        let source = sources[source].clone();
        self.told.shots += 1;
        if source == Source::Screen && self.world.random.chance(20) {
            let change = trader::replace(&self.world.core, &mut self.world.random);
            self.world.ask(source, change);
        } else {
            self.world.shoot(source);
        }
    }

    /// Every source fires once, something of it gets to the disk, and 20 ms pass.
    fn volley(&mut self) {
        for source in 0..4 {
            if self.world.crashed {
                return;
            }
            self.fire(source);
            if self.world.random.chance(60) && !self.world.crashed {
                let batches = usize::try_from(1 + self.world.random.below(6)).unwrap();
                self.world.commit(batches);
            }
        }
        if !self.world.crashed {
            self.world.advance(SHOT);
        }
    }

    fn revive(&mut self) -> bool {
        let died = self.world.crashed;
        if died {
            self.told.crashes += 1;
            self.world.restart();
        }
        died
    }

    /// Presses the switch until it answers that nothing is left: a desk that died or ran out of time is asked again.
    fn kill(&mut self) {
        for _ in 0..20 {
            let open = self.world.open_at_exchange();
            // These are on their way to the disk and to the exchange when the switch is pressed.
            self.volley();
            if self.revive() {
                continue;
            }
            let pressed = self.world.now;
            let sent = (self.world.witness.placed.len(), self.world.witness.changed.len());
            let token = self.world.ask(Source::Screen, CoreCommand::Kill { flatten: self.flatten });
            if self.world.random.chance(20) {
                self.world.crash_in = Some(self.world.random.below(60));
            }
            let answer = self.wait(token);
            self.world.crash_in = None;
            // Not only after the answer: from the moment it was pressed.
            self.nothing_new(sent);
            let Some(killed) = answer else {
                self.told.crashes_in_kill += 1;
                self.revive();
                continue;
            };
            self.every_one_got_its_cancel(&open, pressed);
            if killed.still_open.is_empty() {
                self.told.open_at_kill += open.len() as u64;
                assert_eq!(self.working(), BTreeSet::new(), "working at the exchange after {killed:?}");
                return;
            }
        }
        panic!("the kill never comes to its end");
    }

    /// Its answer, while everybody goes on firing; `None` when the desk died before.
    fn wait(&mut self, token: Token) -> Option<Killed> {
        for _ in 0..500 {
            self.volley();
            if self.world.crashed {
                return None;
            }
            match self.world.replies.remove(&token) {
                Some(Answered::Ok(response)) => match *response {
                    Response::Killed(killed) => return Some(killed),
                    other => panic!("a kill is answered with {other:?}"),
                },
                Some(failed) => panic!("{failed:?}"),
                None => {}
            }
        }
        panic!("the kill does not answer");
    }

    /// Only closing orders, and only where they were asked for, left since.
    fn nothing_new(&self, (placed, changed): (usize, usize)) {
        for (id, role) in &self.world.witness.placed[placed..] {
            assert!(self.flatten && *role == Role::Flatten, "{id} ({role:?}) was sent after the kill");
        }
        assert_eq!(self.world.witness.changed[changed..], [], "changed after the kill");
    }

    fn every_one_got_its_cancel(&mut self, open: &BTreeSet<OrderId>, pressed: hoga::market::UtcTime) {
        for id in open {
            match self.world.witness.canceled.get(id) {
                Some(at) => {
                    let after = at.since(pressed);
                    assert!(after <= CANCELS_WITHIN, "the cancel of {id} left {after:?} after the kill");
                    self.told.slowest_cancel = self.told.slowest_cancel.max(after);
                }
                None => {
                    let order = &self.world.core.orders()[id];
                    let over = matches!(order.state, OrderState::Filled | OrderState::Expired);
                    assert!(over || self.closes(*id), "no cancel left for {order:?}");
                }
            }
        }
    }

    fn closes(&self, id: OrderId) -> bool {
        self.world.witness.placed.contains(&(id, Role::Flatten))
    }

    /// Open by the exchange's own word, closing orders aside.
    fn working(&mut self) -> BTreeSet<OrderId> {
        let open = self.world.open_at_exchange();
        open.into_iter().filter(|id| !self.closes(*id)).collect()
    }

    /// Everybody goes on firing at a desk that was killed, over a kill -9 too.
    fn keep_firing(&mut self) {
        let sent = (self.world.witness.placed.len(), self.world.witness.changed.len());
        let before = self.told.shots;
        for round in 0..30 {
            self.volley();
            self.world.crashed = round == 12;
            self.revive();
            assert_eq!(self.world.core.state(), DeskState::Halted, "round {round}");
        }
        self.told.shots_after += self.told.shots - before;
        self.world.commit(usize::MAX);
        self.nothing_new(sent);
        assert_eq!(self.working(), BTreeSet::new(), "working at the exchange of a halted desk");
    }

    /// Only the typed word brings trading back, and then it is back.
    fn resume(&mut self) {
        for word in [None, Some("yes"), Some("RESUME")] {
            let token = self.world.ask(Source::Cli, CoreCommand::Resume { word: word.map(str::to_owned) });
            self.world.commit(usize::MAX);
            let resumed = matches!(self.world.replies.remove(&token), Some(Answered::Ok(_)));
            assert_eq!(resumed, word == Some("RESUME"), "{word:?}");
        }
        self.world.link.faults = Faults::NONE;
        let sent = self.world.witness.placed.len();
        for _ in 0..100 {
            self.volley();
            self.world.commit(usize::MAX);
            if self.world.witness.placed.len() > sent {
                return;
            }
            self.world.advance(Duration::from_millis(500));
        }
        panic!("no order passes a desk that trades again");
    }
}
