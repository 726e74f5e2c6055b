//! What an audit of the ledger can find.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What does not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceKind {
    /// SQLite's own check of the file's structure.
    Integrity,
    /// A table, index or trigger is not as the schema has it.
    Schema,
    /// A row names another that is not there.
    ForeignKey,
    /// A row is not what was written.
    RowDamaged,
    /// Events, notes or batches are missing or doubled.
    Numbering,
    /// An order's filled quantity is not the sum of its executions.
    OrderFilled,
    /// An order's filled value is not the sum of its executions.
    OrderFilledValue,
    /// An order's state contradicts what is filled.
    OrderState,
    /// An execution contradicts its order (profile, instrument, side or position side).
    ExecutionOrder,
    /// An order that is over still holds something back.
    FinishedReservation,
    /// An execution that moved no money.
    ExecutionWithoutTransaction,
    /// More than one transaction of one execution.
    ExecutionTransactions,
    /// A BUY or SELL without its execution.
    TransactionWithoutExecution,
    /// A BUY or SELL whose facts are not those of its execution.
    TransactionFacts,
    /// A BUY or SELL that moved another amount than its execution.
    TransactionAmount,
    /// Commission that is not that of the execution.
    TransactionCommission,
    /// Tax that is not that of the execution.
    TransactionTax,
    /// Numbers of transactions have a hole.
    TransactionSequence,
    /// Cash before a transaction is not the cash after the one before it.
    CashBefore,
    /// Cash after a transaction is not cash before, amount, commission and tax.
    CashAfter,
    /// Cash is not what the last transaction left.
    BalanceCash,
    /// Reserved cash is not what open orders hold back.
    BalanceReserved,
    /// Margin is not what positions hold.
    BalanceMargin,
    /// What is shown as available is not cash less what is held back.
    BalanceAvailable,
    /// A position's quantity is not what its executions make.
    PositionQuantity,
    /// A position's cost is not what its executions make.
    PositionCost,
    /// A position's profit is not what its executions make.
    PositionRealized,
    /// A position's commission is not the sum of its executions'.
    PositionCommission,
    /// A position's tax is not the sum of its executions'.
    PositionTax,
    /// Funding, dividends, interest and fees of an instrument are not the sum of their transactions.
    PositionCarried,
    /// An instrument is named and not known, so that nothing of it can be recomputed.
    InstrumentMissing,
    /// A number is beyond what can be computed.
    Overflow,
}

/// One thing that does not add up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// What.
    pub kind: DifferenceKind,
    /// Of which row.
    pub subject: String,
    /// What the ledger says.
    pub local: String,
    /// What it should say.
    pub expected: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {}: {} instead of {}", self.kind, self.subject, self.local, self.expected)
    }
}

/// Collects differences.
#[derive(Default)]
pub(super) struct Findings(pub Vec<Difference>);

impl Findings {
    pub fn add(
        &mut self,
        kind: DifferenceKind,
        subject: impl fmt::Display,
        local: impl fmt::Display,
        expected: impl fmt::Display,
    ) {
        self.0.push(Difference {
            kind,
            subject: subject.to_string(),
            local: local.to_string(),
            expected: expected.to_string(),
        });
    }

    /// Adds a difference where the two are not the same value.
    pub fn compare<T: PartialEq + fmt::Display>(
        &mut self,
        kind: DifferenceKind,
        subject: impl fmt::Display,
        local: T,
        expected: T,
    ) {
        if local != expected {
            self.add(kind, subject, local, expected);
        }
    }
}
