//! Cash, holdings, fills, profit, the journal; and the comparison with the broker.

use super::arguments::Format;
use super::arguments::account::{Amount, Leverage, Pnl, Reconcile};
use super::context::Context;
use super::output::Done;
use super::shown::ComparisonRecord;
use crate::desk::protocol::{Command, Failure, FailureKind, RealisedQuestion, Response};
use crate::text::Say;

/// The commands that only ask for a list.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn list(context: &Context, command: Command) -> Done {
    let output = &context.output;
    match context.connect()?.ask(command)? {
        Response::Balances(balances) => output.list(&balances)?,
        Response::Positions(positions) => output.list(&positions)?,
        Response::Fills(fills) => output.list(&fills)?,
        Response::Pnl(pnl) => output.list(&pnl)?,
        Response::Transactions(transactions) => output.list(&transactions)?,
        Response::RiskLog(log) => output.list(&log)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga pnl`: of the ledger, or as the broker counts it.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn pnl(context: &Context, args: &Pnl) -> Done {
    if !args.broker {
        return list(context, Command::Pnl);
    }
    let question = RealisedQuestion { from: args.from, to: args.to, by: args.by.profit_by() };
    let report = match context.connect()?.ask(Command::Realised(question))? {
        Response::Realised(report) => *report,
        other => return Err((&other).into()),
    };
    let output = &context.output;
    if output.format == Format::Json && !output.quiet {
        output.value(&serde_json::json!(report), "")?;
        return Ok(0);
    }
    output.list(&report.rows)?;
    if output.is_for_people() && !output.quiet && !report.totals.is_empty() {
        super::output::write("\n")?;
        output.list(&report.totals)?;
    }
    Ok(0)
}

/// `hoga deposit`.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn deposit(context: &Context, args: &Amount) -> Done {
    transaction(context, Command::Deposit { amount: args.amount, currency: args.currency })
}

/// `hoga withdraw`.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn withdraw(context: &Context, args: &Amount) -> Done {
    transaction(context, Command::Withdraw { amount: args.amount, currency: args.currency })
}

fn transaction(context: &Context, command: Command) -> Done {
    match context.connect()?.ask(command)? {
        Response::Transaction(transaction) => context.output.one(&transaction)?,
        other => return Err((&other).into()),
    }
    Ok(0)
}

/// `hoga leverage`.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn leverage(context: &Context, args: &Leverage) -> Done {
    let command = Command::Leverage { symbol: args.symbol.clone(), leverage: args.leverage };
    context.connect()?.tell(command)?;
    let json = serde_json::json!({ "symbol": args.symbol, "leverage": args.leverage });
    context.output.value(&json, "")?;
    context.say(&Say::LeverageSet(&args.symbol, args.leverage));
    Ok(0)
}

/// `hoga reconcile`: exit 1 while there are differences that were not accepted.
///
/// # Errors
/// As every command: [`super::output::Stop`].
pub fn reconcile(context: &Context, args: &Reconcile) -> Done {
    let differences = match context.connect()?.ask(Command::Reconcile { accept: args.accept })? {
        Response::Differences(differences) => differences,
        Response::Done => Vec::new(),
        other => return Err((&other).into()),
    };
    let comparison = ComparisonRecord { ok: differences.is_empty(), differences };
    context.output.one(&comparison)?;
    if comparison.ok || args.accept {
        return Ok(0);
    }
    let count = comparison.differences.len().to_string();
    let message = format!("ledger and broker differ in {count} places");
    let failure = Failure::new(FailureKind::Other, "NOT_RECONCILED", message).about(count);
    Err(failure.hint("hoga reconcile --accept").into())
}
