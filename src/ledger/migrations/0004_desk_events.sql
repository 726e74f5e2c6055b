-- What people were told, so that it can be read after a desk has ended: the newest 10,000, numbered without a gap.

CREATE TABLE desk_events (
    number   INTEGER NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    profile  TEXT,
    order_id TEXT,
    text     TEXT NOT NULL,
    seal     INTEGER NOT NULL
) STRICT;
