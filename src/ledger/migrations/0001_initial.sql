-- Decimals are TEXT, times INTEGER nanoseconds since the Unix epoch in UTC, instruments 'VENUE:SYMBOL'.
-- `seal` is a CRC-32 of the row's other values: a row that does not match its seal is never used.
-- A new column must be nullable, and goes last in its record: NULLs do not enter a seal.

CREATE TABLE accounts (
    profile TEXT NOT NULL PRIMARY KEY,
    seal    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE instruments (
    instrument     TEXT NOT NULL PRIMARY KEY,
    name_ko        TEXT NOT NULL,
    name_en        TEXT NOT NULL,
    product        TEXT NOT NULL,
    currency       TEXT NOT NULL,
    ticks          TEXT NOT NULL,
    price_decimals INTEGER NOT NULL,
    lot            TEXT NOT NULL,
    min_quantity   TEXT NOT NULL,
    max_quantity   TEXT,
    min_notional   TEXT,
    multiplier     TEXT NOT NULL,
    base_price     TEXT,
    daily_limit    TEXT,
    tiers          TEXT NOT NULL,
    seal           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
    id                     TEXT NOT NULL PRIMARY KEY,
    client_id              TEXT,
    broker_id              TEXT,
    former_broker_ids      TEXT NOT NULL,
    profile                TEXT NOT NULL,
    instrument             TEXT NOT NULL,
    side                   TEXT NOT NULL,
    kind                   TEXT NOT NULL,
    quantity               TEXT NOT NULL,
    filled                 TEXT NOT NULL,
    filled_value           TEXT NOT NULL,
    time_in_force          TEXT NOT NULL,
    reduce_only            INTEGER NOT NULL,
    position_side          TEXT NOT NULL,
    state                  TEXT NOT NULL,
    pending_change         TEXT,
    watched_by             TEXT,
    triggered              INTEGER NOT NULL,
    bracket                TEXT NOT NULL,
    role                   TEXT NOT NULL,
    parent_id              TEXT,
    source                 TEXT NOT NULL,
    reason                 TEXT,
    reserved_cash_per_unit TEXT,
    reserved_opening       TEXT NOT NULL,
    reserved_cash          TEXT NOT NULL,
    reserved_currency      TEXT NOT NULL,
    reserved_quantity      TEXT NOT NULL,
    created_at             INTEGER NOT NULL,
    sent_at                INTEGER,
    updated_at             INTEGER NOT NULL,
    seal                   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The same client id never makes a second order.
CREATE UNIQUE INDEX orders_client ON orders (profile, client_id) WHERE client_id IS NOT NULL;

CREATE TABLE order_events (
    order_id TEXT NOT NULL REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    number   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    what     TEXT NOT NULL,
    detail   TEXT,
    seal     INTEGER NOT NULL,
    PRIMARY KEY (order_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE executions (
    profile       TEXT NOT NULL,
    execution_id  TEXT NOT NULL,
    order_id      TEXT NOT NULL REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    instrument    TEXT NOT NULL,
    side          TEXT NOT NULL,
    position_side TEXT NOT NULL,
    price         TEXT NOT NULL,
    quantity      TEXT NOT NULL,
    commission    TEXT NOT NULL,
    tax           TEXT NOT NULL,
    currency      TEXT NOT NULL,
    liquidity     TEXT NOT NULL,
    time          INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    PRIMARY KEY (profile, execution_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE transactions (
    id           INTEGER NOT NULL PRIMARY KEY,
    time         INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    profile      TEXT NOT NULL,
    instrument   TEXT,
    order_id     TEXT REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    execution_id TEXT,
    quantity     TEXT,
    price        TEXT,
    amount       TEXT NOT NULL,
    commission   TEXT NOT NULL,
    tax          TEXT NOT NULL,
    cash_before  TEXT NOT NULL,
    cash_after   TEXT NOT NULL,
    currency     TEXT NOT NULL,
    note         TEXT,
    seal         INTEGER NOT NULL
) STRICT;

-- A fill or cash flow moves money once.
CREATE UNIQUE INDEX transactions_execution ON transactions (profile, execution_id) WHERE execution_id IS NOT NULL;

CREATE TABLE balances (
    profile   TEXT NOT NULL REFERENCES accounts (profile) DEFERRABLE INITIALLY DEFERRED,
    currency  TEXT NOT NULL,
    cash      TEXT NOT NULL,
    reserved  TEXT NOT NULL,
    margin    TEXT NOT NULL,
    available TEXT NOT NULL,
    seal      INTEGER NOT NULL,
    PRIMARY KEY (profile, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE positions (
    profile        TEXT NOT NULL,
    instrument     TEXT NOT NULL,
    side           TEXT NOT NULL,
    currency       TEXT NOT NULL,
    quantity       TEXT NOT NULL,
    cost           TEXT NOT NULL,
    realized_gross TEXT NOT NULL,
    commission     TEXT NOT NULL,
    tax            TEXT NOT NULL,
    carried        TEXT NOT NULL,
    margin         TEXT NOT NULL,
    seal           INTEGER NOT NULL,
    PRIMARY KEY (profile, instrument, side)
) STRICT, WITHOUT ROWID;

CREATE TABLE watchlists (
    list       TEXT NOT NULL,
    instrument TEXT NOT NULL,
    place      INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    PRIMARY KEY (list, instrument)
) STRICT, WITHOUT ROWID;

CREATE TABLE strategies (
    name    TEXT NOT NULL PRIMARY KEY,
    kind    TEXT NOT NULL,
    profile TEXT NOT NULL,
    config  TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    seal    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE strategy_runs (
    id         INTEGER NOT NULL PRIMARY KEY,
    strategy   TEXT NOT NULL REFERENCES strategies (name),
    profile    TEXT NOT NULL,
    world      TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    reason     TEXT,
    seal       INTEGER NOT NULL
) STRICT;

CREATE TABLE risk_events (
    number  INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    profile TEXT,
    rule    TEXT NOT NULL,
    value   TEXT NOT NULL,
    allowed TEXT NOT NULL,
    source  TEXT NOT NULL,
    seal    INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    seal  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest batches by `sequence % 64`: one page that every commit rewrites.
CREATE TABLE batches (
    slot     INTEGER NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    digest   INTEGER NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;

CREATE TRIGGER order_events_no_update BEFORE UPDATE ON order_events
BEGIN SELECT raise(ABORT, 'order_events is append-only'); END;
CREATE TRIGGER order_events_no_delete BEFORE DELETE ON order_events
BEGIN SELECT raise(ABORT, 'order_events is append-only'); END;
CREATE TRIGGER executions_no_update BEFORE UPDATE ON executions
BEGIN SELECT raise(ABORT, 'executions is append-only'); END;
CREATE TRIGGER executions_no_delete BEFORE DELETE ON executions
BEGIN SELECT raise(ABORT, 'executions is append-only'); END;
CREATE TRIGGER transactions_no_update BEFORE UPDATE ON transactions
BEGIN SELECT raise(ABORT, 'transactions is append-only'); END;
CREATE TRIGGER transactions_no_delete BEFORE DELETE ON transactions
BEGIN SELECT raise(ABORT, 'transactions is append-only'); END;
CREATE TRIGGER risk_events_no_update BEFORE UPDATE ON risk_events
BEGIN SELECT raise(ABORT, 'risk_events is append-only'); END;
CREATE TRIGGER risk_events_no_delete BEFORE DELETE ON risk_events
BEGIN SELECT raise(ABORT, 'risk_events is append-only'); END;
