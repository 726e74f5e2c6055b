//! The command line: words in, requests to the desk, records out. It holds no trading logic and knows no broker.
//!
//! Data goes to standard output, talk to standard error; nothing here prints in another way.

pub mod arguments;

mod account;
mod alert;
mod ask;
mod auth;
mod auth_failure;
mod config;
mod context;
mod danger;
mod db;
mod desk;
mod desk_logs;
mod desk_run;
mod desk_unit;
mod doctor;
mod draft;
mod fold;
mod help;
mod interrupt;
mod keys;
mod link;
mod market;
mod number;
mod order;
mod order_change;
mod order_wait;
mod output;
mod pages;
mod report;
mod screen;
mod secret_input;
mod shown;
mod stream;
mod table;
mod talk;
mod usage;
mod zone;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::FromArgMatches;

use self::arguments::{Cli, Verb, setup};
use self::context::Context;
use self::output::{Done, Stop};
use self::usage::Early;
use crate::desk::protocol::{Command, FailureKind};

/// Runs hoga with these words, the program's name first.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let early = Early::scan(&words);
    let parsed = help::command(early.language).try_get_matches_from(words);
    let status = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => carry_out(cli, early),
        Err(error) => usage::tell(&error, early),
    };
    ExitCode::from(status)
}

fn carry_out(cli: Cli, early: Early) -> u8 {
    // The desk and the screen take signals themselves.
    if !matches!(cli.verb, None | Some(Verb::Attach(_) | Verb::Desk(setup::Desk::Run { .. }))) {
        interrupt::listen(is_endless(cli.verb.as_ref()));
    }
    let (language, json, done) = match Context::new(cli.global) {
        Ok(context) => {
            let done = dispatch(&context, cli.verb, &cli.screen);
            (context.language, !context.output.is_for_people() && is_json(&context), done)
        }
        Err(stop) => (early.language, early.json, Err(stop)),
    };
    match done {
        Ok(status) => status,
        Err(Stop::PipeClosed) => 0,
        Err(Stop::Failed(failure)) => report::tell(&failure, language, json),
    }
}

const fn is_endless(verb: Option<&Verb>) -> bool {
    matches!(verb, Some(Verb::Stream(_) | Verb::Desk(setup::Desk::Logs { follow: true, .. })))
}

fn is_json(context: &Context) -> bool {
    matches!(context.output.format, arguments::Format::Json | arguments::Format::Jsonl)
}

/// What must work though the config is wrong: seeing that it is, and taking risk away.
const fn works_without_config(verb: &Verb) -> bool {
    use arguments::order::Order;
    matches!(
        verb,
        Verb::Config(_)
            | Verb::Doctor
            | Verb::Db(_)
            | Verb::Completion(_)
            | Verb::Man
            | Verb::Kill(_)
            | Verb::Halt
            | Verb::Reduce
            | Verb::Flatten(_)
            | Verb::Order(Order::Cancel(_))
            | Verb::Desk(
                setup::Desk::Stop { .. } | setup::Desk::Status | setup::Desk::Logs { .. } | setup::Desk::Run { .. }
            )
    )
}

fn dispatch(context: &Context, verb: Option<Verb>, screen: &arguments::screen::Screen) -> Done {
    let Some(verb) = verb else { return without_verb(context, screen) };
    if !works_without_config(&verb) {
        context.config()?;
    }
    match verb {
        Verb::Attach(args) => screen::show(context, &args),
        Verb::Quote(args) => market::quote(context, &args),
        Verb::Book(args) => market::book(context, &args),
        Verb::Trades(args) => market::trades(context, &args),
        Verb::Candles(args) => market::candles(context, &args),
        Verb::Flow(args) => market::flow(context, &args),
        Verb::Search(args) => market::search(context, &args),
        Verb::Rank(args) => market::rank(context, &args),
        Verb::Session => market::session(context),
        Verb::Info(args) => market::info(context, &args),
        Verb::Stream(args) => stream::run(context, &args),
        Verb::Order(args) => order::run(context, &args),
        Verb::Balance => account::list(context, Command::Balances),
        Verb::Positions => account::list(context, Command::Positions),
        Verb::Fills(args) => account::list(context, Command::Fills { limit: args.count as usize }),
        Verb::Pnl(args) => account::pnl(context, &args),
        Verb::Transactions(args) => account::list(context, Command::Transactions { limit: args.count as usize }),
        Verb::Deposit(args) => account::deposit(context, &args),
        Verb::Withdraw(args) => account::withdraw(context, &args),
        Verb::Leverage(args) => account::leverage(context, &args),
        Verb::Reconcile(args) => account::reconcile(context, &args),
        Verb::Kill(args) => danger::kill(context, &args),
        Verb::Halt => danger::halt(context),
        Verb::Reduce => danger::reduce(context),
        Verb::Resume(args) => danger::resume(context, &args),
        Verb::Flatten(args) => danger::flatten(context, &args),
        Verb::Risk(args) => danger::risk(context, &args),
        Verb::Watch(args) => market::watch(context, &args),
        Verb::Alert(args) => alert::run(context, &args),
        Verb::Desk(args) => desk::run(context, &args),
        Verb::Auth(args) => auth::run(context, &args),
        Verb::Config(args) => config::run(context, &args),
        Verb::Doctor => doctor::run(context),
        Verb::Db(args) => db::run(context, &args),
        Verb::Completion(args) => pages::completion(help::command(context.language), args.shell),
        Verb::Man => pages::man(help::command(context.language)),
    }
}

/// `hoga` alone: the screen for a person, the help for a script.
fn without_verb(context: &Context, screen: &arguments::screen::Screen) -> Done {
    if std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        context.config()?;
        return screen::show(context, screen);
    }
    talk::line(&help::command(context.language).render_help().to_string());
    Ok(FailureKind::Usage.exit_status())
}
