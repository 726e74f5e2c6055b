-- Equity over time, notes, alerts, and the indexes that starting and looking up need.

CREATE TABLE equity (
    profile  TEXT NOT NULL,
    currency TEXT NOT NULL,
    at       INTEGER NOT NULL,
    equity   TEXT NOT NULL,
    seal     INTEGER NOT NULL,
    PRIMARY KEY (profile, currency, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE notes (
    number   INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    profile  TEXT,
    order_id TEXT REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
    text     TEXT NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;

CREATE TABLE alerts (
    id              INTEGER NOT NULL PRIMARY KEY,
    instrument      TEXT NOT NULL,
    condition       TEXT NOT NULL,
    note            TEXT,
    created_at      INTEGER NOT NULL,
    fired_at        INTEGER,
    acknowledged_at INTEGER,
    seal            INTEGER NOT NULL
) STRICT;

CREATE INDEX orders_open ON orders (id) WHERE state NOT IN ('filled', 'canceled', 'rejected', 'expired');
CREATE INDEX orders_broker ON orders (profile, broker_id) WHERE broker_id IS NOT NULL;
CREATE INDEX executions_order ON executions (order_id);
CREATE INDEX executions_time ON executions (time);
