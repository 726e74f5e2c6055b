//! Requests of faces: which are answered at once, which wait, which go to the core, the broker or the ledger.

use super::faces::{FaceId, Interest};
use super::queries::Question;
use super::waiting::Waiting;
use super::{Asker, Shell};
use crate::broker::api::RequestBody;
use crate::desk::core::{AlertCommand, CoreCommand, Event, ProfileIndex, Token};
use crate::desk::protocol::{Command, Failure, FailureKind, OrderFilter, Outcome, Request, Response, Topic, VERSION};
use crate::market::{InstrumentId, UtcTime, Venue};
use crate::order::{ClientOrderId, Source};

/// Most candles or prints in one answer.
const HISTORY_MAX: u32 = 5_000;

/// What comes of a question.
pub(super) type Answered = Result<Response, Box<Failure>>;

impl Shell {
    pub(super) fn on_request(&mut self, now: UtcTime, face: FaceId, request: Request) {
        let asker = (face, request.id);
        let greeted = self.faces.get(&face).is_some_and(|face| face.source.is_some());
        if let Command::Hello { version, name, source } = request.command {
            let outcome = self.greet(face, version, name, source);
            self.reply(asker, outcome);
            return;
        }
        if !greeted {
            let failure = Failure::new(FailureKind::Version, "VERSION_MISMATCH", "the first request must be a hello");
            self.reply(asker, Err(Box::new(failure)));
            return;
        }
        match self.profile_of(&request) {
            Ok(profile) => self.dispatch(now, asker, profile, request.command),
            Err(failure) => self.reply(asker, Err(failure)),
        }
    }

    fn greet(&mut self, face: FaceId, version: u32, name: String, source: Source) -> Answered {
        if version != VERSION {
            let text = format!("this face speaks version {version} of the protocol, the desk version {VERSION}");
            return Err(Box::new(
                Failure::new(FailureKind::Version, "VERSION_MISMATCH", text).hint("hoga desk restart"),
            ));
        }
        if let Some(face) = self.faces.get_mut(&face) {
            face.name = name.chars().filter(|c| !c.is_control()).take(64).collect();
            face.source = Some(source);
        }
        let profiles = self.core.profiles().iter().map(|profile| profile.name.clone()).collect();
        Ok(Response::Welcome { version: env!("CARGO_PKG_VERSION").into(), profiles })
    }

    fn profile_of(&mut self, request: &Request) -> Result<ProfileIndex, Box<Failure>> {
        let Some(name) = &request.profile else { return Ok(0) };
        if let Some(index) = self.core.profile_index(name) {
            return Ok(index);
        }
        let failure = match self.unavailable.get(name.as_str()) {
            Some(reason) => Failure::new(FailureKind::Unavailable, "UNSUPPORTED", reason.clone()),
            None => Failure::new(FailureKind::Usage, "UNKNOWN_PROFILE", format!("no profile '{name}' in the config"))
                .hint("hoga config show"),
        };
        Err(Box::new(failure.about(name.as_str())))
    }

    pub(super) fn reply(&mut self, asker: Asker, outcome: Answered) {
        let outcome = match outcome {
            Ok(response) => Outcome::Ok(Box::new(response)),
            Err(failure) => Outcome::Failed(failure),
        };
        self.answer(asker, outcome);
    }

    pub(super) fn dispatch(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, command: Command) {
        self.open_broker(now, profile);
        let is_early = needs_instruments(&command) && !self.core.profile(profile).is_some_and(|p| p.instruments_known);
        if is_early || self.lacks_first_data(now, profile, &command) {
            let compares = self.awaits_comparison(profile, &command);
            self.waiting.push(Waiting::new(now, asker, profile, command, compares));
            return;
        }
        self.carry_on(now, asker, profile, command);
    }

    pub(super) fn carry_on(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, command: Command) {
        match command {
            Command::Quote { .. } | Command::Book { .. } => self.market_question(now, asker, profile, command),
            Command::Trades { symbol, count } => {
                self.history_question(now, asker, profile, &symbol, |id| {
                    RequestBody::RecentTrades(id, count.min(HISTORY_MAX))
                });
            }
            Command::Candles { symbol, interval, count, before } => {
                self.history_question(now, asker, profile, &symbol, |instrument| RequestBody::Candles {
                    instrument,
                    interval,
                    count: count.min(HISTORY_MAX),
                    until: before,
                });
            }
            Command::Flow { symbol, series, interval, count } => {
                self.history_question(now, asker, profile, &symbol, |instrument| RequestBody::Flow {
                    instrument,
                    series,
                    interval,
                    count: count.min(HISTORY_MAX),
                });
            }
            Command::Rank { by, count } if self.ranks(profile) => {
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                self.ask_history(now, asker, profile, None, RequestBody::Ranking { by, count });
            }
            Command::Facts { symbol } if self.knows_facts(profile) => {
                self.history_question(now, asker, profile, &symbol, RequestBody::Facts);
            }
            Command::Realised(question) => self.ask_realised(now, asker, profile, question),
            Command::Orders { filter } => self.list_orders(now, asker, profile, filter),
            Command::Order { order } => self.show_order(asker, profile, order),
            Command::Fills { limit } => self.ask_reader(asker, profile, |name| Question::Fills(name, limit)),
            Command::Transactions { limit } => {
                self.ask_reader(asker, profile, |name| Question::Transactions(name, limit));
            }
            Command::RiskLog { limit } => self.ask_reader(asker, profile, |_| Question::RiskLog(limit)),
            Command::Performance { days } => {
                self.ask_reader(asker, profile, |name| Question::Performance(name, now, days));
            }
            Command::Events { since, limit } => self.list_told(asker, profile, since, limit),
            Command::Subscribe { topic, symbols } => self.subscribe_face(now, asker, profile, topic, &symbols),
            Command::Follow { topic, symbols } => {
                let outcome = self.follow(now, asker, profile, topic, &symbols);
                self.reply(asker, outcome);
            }
            Command::Shutdown { force } => self.shutdown(asker, force),
            Command::Reconcile { accept } => self.reconcile(now, asker, profile, accept),
            other => match core_command(other) {
                Ok(command) => self.pass_on(now, asker, profile, command),
                Err(question) => {
                    let outcome = self.answer_now(now, asker, profile, *question);
                    self.reply(asker, outcome);
                }
            },
        }
    }

    /// Questions answered from the core's state.
    fn answer_now(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, command: Command) -> Answered {
        Ok(match command {
            Command::Status => Response::Status(self.status(now)),
            Command::Health => return self.health_answer(now),
            Command::Search { text, limit } => Response::Instruments(self.search(now, profile, &text, limit)),
            Command::Rank { by, count } => Response::Instruments(self.rank(now, profile, by, count)),
            Command::Session => Response::Sessions(self.sessions(now, profile)),
            Command::Info { symbol } => {
                let id = self.core.resolve(profile, &symbol)?;
                let market = self.core.profile(profile).and_then(|state| state.markets.get(&id));
                Response::Instruments(
                    market.map(|market| self.core.instrument_record(now, market)).into_iter().collect(),
                )
            }
            Command::Facts { .. } => Response::Facts(Box::default()),
            Command::Preview(order) => {
                let source = self.source_of(asker.0);
                Response::Preview(self.core.preview(now, profile, source, order)?)
            }
            Command::Balances => Response::Balances(self.core.balances(profile)),
            Command::Positions => Response::Positions(self.core.positions(now, profile)),
            Command::Pnl => Response::Pnl(self.core.pnl(now, profile)),
            Command::RiskShow => match self.core.risk_show(now, profile) {
                Some(record) => Response::Risk(record),
                None => return Err(Box::new(Failure::new(FailureKind::Other, "INTERNAL", "no such profile"))),
            },
            Command::WatchList => Response::Watch(self.watch.clone()),
            Command::Alerts => Response::Alerts(self.core.alerts(profile)),
            Command::WatchAdd { symbol } => {
                let id = self.core.resolve(profile, &symbol)?.to_string();
                if !self.watch.contains(&id) {
                    self.watch.push(id);
                    self.write_watch();
                }
                Response::Watch(self.watch.clone())
            }
            Command::WatchRemove { symbol } => {
                let id = self.core.resolve(profile, &symbol)?.to_string();
                self.watch.retain(|known| *known != id);
                self.write_watch();
                Response::Watch(self.watch.clone())
            }
            Command::TakeTradingLock => {
                self.take_lock(now, asker.0);
                Response::Done
            }
            Command::ReleaseTradingLock => {
                self.release_lock(now, asker.0);
                Response::Done
            }
            _ => return Err(Box::new(Failure::new(FailureKind::Other, "INTERNAL", "not a question"))),
        })
    }

    fn source_of(&self, face: FaceId) -> Source {
        self.faces.get(&face).and_then(|face| face.source.clone()).unwrap_or(Source::Cli)
    }

    /// A command for the core. Screens need the right to trade for those that make or change orders.
    pub(super) fn pass_on(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, command: CoreCommand) {
        let source = self.source_of(asker.0);
        let makes = matches!(command, CoreCommand::Submit(_) | CoreCommand::Replace { .. });
        if makes && source == Source::Screen && self.trading_lock != Some(asker.0) {
            let holder = self.lock_holder().unwrap_or("nobody").to_owned();
            let failure =
                Failure::new(FailureKind::NoDesk, "LOCKED", format!("view only: {holder} holds the right to trade"));
            self.reply(asker, Err(Box::new(failure.about(holder))));
            return;
        }
        if let CoreCommand::Submit(order) = &command
            && let Some(client_id) = order.client_id.clone()
            && self.core.find_order(Some(profile), client_id.as_str()).is_none()
            && let Some(known) = self.known_before(profile, &client_id)
        {
            self.reply(asker, known);
            return;
        }
        self.next_token += 1;
        let token = Token(self.next_token);
        self.askers.insert(token, asker);
        self.step(now, Event::Command { token, profile, source, command });
    }

    /// The order of a client id that is older than what the core remembers.
    fn known_before(&self, profile: ProfileIndex, client_id: &ClientOrderId) -> Option<Answered> {
        let name = self.core.profile(profile)?.name.clone();
        match self.known_orders.order_by_client_id(&name, client_id) {
            Ok(order) => order.map(|order| Ok(Response::Order(Box::new(self.core.order_record(&order))))),
            // Without the answer it might be sent twice.
            Err(error) => {
                Some(Err(Box::new(Failure::new(FailureKind::Unavailable, "STORAGE", error.to_string()).retryable())))
            }
        }
    }

    fn history_question(
        &mut self,
        now: UtcTime,
        asker: Asker,
        profile: ProfileIndex,
        symbol: &str,
        body: impl FnOnce(InstrumentId) -> RequestBody,
    ) {
        match self.core.resolve(profile, symbol) {
            Ok(id) => self.ask_history(now, asker, profile, Some(id), body(id)),
            Err(failure) => self.reply(asker, Err(failure)),
        }
    }

    /// Whether the broker of a profile ranks its market itself.
    fn ranks(&self, profile: ProfileIndex) -> bool {
        self.core.profile(profile).is_some_and(|state| state.capabilities.rankings)
    }

    /// Whether the broker of a profile tells more of an instrument than its listing.
    fn knows_facts(&self, profile: ProfileIndex) -> bool {
        self.core.profile(profile).is_some_and(|state| state.capabilities.facts)
    }

    fn list_orders(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, filter: OrderFilter) {
        if filter == OrderFilter::Open {
            let Some(state) = self.core.profile(profile) else { return };
            let open = state.open_orders().iter().filter_map(|id| self.core.orders().get(id));
            let records = open.map(|order| self.placed_record(order)).collect();
            self.reply(asker, Ok(Response::Orders(records)));
            return;
        }
        let date = crate::market::session::trading_date(Venue::Krx, now);
        let midnight = date
            .to_zoned(crate::market::session::zone(Venue::Krx).clone())
            .map_or(now, |zoned| UtcTime::from_jiff(zoned.timestamp()));
        let live = self.live(profile);
        self.ask_reader(asker, profile, |name| Question::Orders(name, filter, midnight, live));
    }

    fn show_order(&mut self, asker: Asker, profile: ProfileIndex, order: String) {
        match self.core.order_named(profile, &order) {
            Ok(id) => {
                if let Some(order) = self.core.orders().get(&id) {
                    let record = self.placed_record(order);
                    self.reply(asker, Ok(Response::Order(Box::new(record))));
                    return;
                }
            }
            Err(failure) if failure.code == "AMBIGUOUS_ORDER" => return self.reply(asker, Err(failure)),
            // Older ones are only in the ledger.
            Err(_) => {}
        }
        self.ask_reader(asker, profile, |name| Question::Order(name, order));
    }

    pub(super) fn ask_reader(
        &mut self,
        (face, id): Asker,
        profile: ProfileIndex,
        question: impl FnOnce(crate::order::ProfileName) -> Question,
    ) {
        let Some(name) = self.core.profile(profile).map(|state| state.name.clone()) else { return };
        if let Some(face) = self.faces.get(&face) {
            self.reader.ask(face.outbound.clone(), id, question(name));
        }
    }

    fn subscribe_face(&mut self, now: UtcTime, asker: Asker, profile: ProfileIndex, topic: Topic, symbols: &[String]) {
        let market = matches!(topic, Topic::Quote | Topic::Book | Topic::Trades | Topic::Candles);
        let mut ids = std::collections::BTreeSet::new();
        for symbol in symbols {
            match self.core.resolve(profile, symbol) {
                Ok(id) => {
                    ids.insert(id);
                }
                Err(failure) => return self.reply(asker, Err(failure)),
            }
        }
        if market {
            for id in &ids {
                self.want_data(now, profile, *id);
            }
        }
        let interest = if ids.is_empty() || !market { Interest::All(profile) } else { Interest::Some(profile, ids) };
        if let Some(face) = self.faces.get_mut(&asker.0) {
            face.subscribe(topic, interest);
        }
        if topic == Topic::Book {
            self.note_selected(now, profile);
        }
        self.push_own(now, asker.0, topic, profile);
        self.reply(asker, Ok(Response::Done));
    }

    fn shutdown(&mut self, asker: Asker, force: bool) {
        let holds = self.core.holdings();
        if !force && !holds.is_empty() {
            self.reply(asker, Ok(Response::Unwatched(holds)));
            return;
        }
        self.reply(asker, Ok(Response::Done));
        self.stop.cancel();
    }
}

fn needs_instruments(command: &Command) -> bool {
    !matches!(
        command,
        Command::Status
            | Command::Shutdown { .. }
            | Command::Kill { .. }
            | Command::Halt
            | Command::Reduce
            | Command::Resume { .. }
            | Command::TakeTradingLock
            | Command::ReleaseTradingLock
            | Command::Cancel(_)
            | Command::Transactions { .. }
            | Command::Fills { .. }
            | Command::RiskLog { .. }
            | Command::Events { .. }
            | Command::Health
            | Command::Performance { .. }
            | Command::WatchList
            | Command::Alerts
            | Command::AlertRemove { .. }
            | Command::AlertAcknowledge { .. }
            | Command::Deposit { .. }
            | Command::Withdraw { .. }
            | Command::Order { .. }
    )
}

/// The core's form of a command, or the command back when it is a question.
fn core_command(command: Command) -> Result<CoreCommand, Box<Command>> {
    Ok(match command {
        Command::Submit(order) => CoreCommand::Submit(order),
        Command::Cancel(selection) => CoreCommand::Cancel(selection),
        Command::Replace { order, price, stop_price, quantity } => {
            CoreCommand::Replace { order, price, stop_price, quantity }
        }
        Command::Deposit { amount, currency } => CoreCommand::Deposit { amount, currency },
        Command::Withdraw { amount, currency } => CoreCommand::Withdraw { amount, currency },
        Command::Leverage { symbol, leverage } => CoreCommand::Leverage { symbol, leverage },
        Command::Kill { flatten } => CoreCommand::Kill { flatten },
        Command::Halt => CoreCommand::Halt,
        Command::Reduce => CoreCommand::Reduce,
        Command::Resume { word } => CoreCommand::Resume { word },
        Command::Flatten { symbol } => CoreCommand::Flatten { symbol },
        Command::RiskSet { key, value } => CoreCommand::RiskSet { key, value },
        Command::AlertAdd { symbol, condition, note } => {
            CoreCommand::Alert(AlertCommand::Add { symbol, condition, note })
        }
        Command::AlertRemove { id } => CoreCommand::Alert(AlertCommand::Remove { id }),
        Command::AlertAcknowledge { ids } => CoreCommand::Alert(AlertCommand::Acknowledge { ids }),
        question => return Err(Box::new(question)),
    })
}
