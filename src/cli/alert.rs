//! `hoga alert`: conditions that the desk watches.

use super::arguments::alert::{Add, Alert, List};
use super::context::Context;
use super::output::Done;
use super::shown::AlertLine;
use crate::desk::alert::{AlertCondition, AlertRecord};
use crate::desk::protocol::{Command, Failure, FailureKind, Response};

/// Runs the command.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn run(context: &Context, alert: &Alert) -> Done {
    match alert {
        Alert::List(args) => list(context, args),
        Alert::Add(args) => add(context, args),
        Alert::Rm { ids } => remove(context, ids),
        Alert::Ack { ids } => acknowledge(context, ids),
    }
}

fn list(context: &Context, args: &List) -> Done {
    let mut alerts = match context.connect()?.ask(Command::Alerts)? {
        Response::Alerts(alerts) => alerts,
        other => return Err((&other).into()),
    };
    alerts.retain(|alert| !args.unacked || (alert.fired_at.is_some() && alert.acknowledged_at.is_none()));
    show(context, &alerts)
}

fn add(context: &Context, args: &Add) -> Done {
    let condition = args.condition.join(" ").parse::<AlertCondition>().map_err(|error| {
        Failure::new(FailureKind::Usage, "BAD_ALERT", error.to_string())
            .about(args.condition.join(" "))
            .hint("hoga alert add 005930 'price >= 71000'")
    })?;
    let command = Command::AlertAdd { symbol: args.symbol.clone(), condition, note: args.note.clone() };
    match context.connect()?.ask(command)? {
        Response::Alert(alert) => context.output.one(&AlertLine::from(&alert))?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

fn remove(context: &Context, ids: &[u64]) -> Done {
    let mut link = context.connect()?;
    let mut removed = Vec::with_capacity(ids.len());
    for id in ids {
        match link.ask(Command::AlertRemove { id: *id })? {
            Response::Alert(alert) => removed.push(alert),
            other => return Err((&other).into()),
        }
    }
    show(context, &removed)
}

fn acknowledge(context: &Context, ids: &[u64]) -> Done {
    match context.connect()?.ask(Command::AlertAcknowledge { ids: ids.to_vec() })? {
        Response::Alerts(alerts) => show(context, &alerts),
        other => Err((&other).into()),
    }
}

fn show(context: &Context, alerts: &[AlertRecord]) -> Done {
    let lines: Vec<AlertLine> = alerts.iter().map(AlertLine::from).collect();
    context.output.list(&lines)?;
    Ok(0)
}
