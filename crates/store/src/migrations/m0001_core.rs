//! Jobs, schedules and the ledger.

super::forward!(
    "m0001_core",
    "CREATE TABLE job (
        id UUID PRIMARY KEY,
        kind TEXT NOT NULL,
        payload TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
        run_at BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        attempts_max BIGINT NOT NULL,
        lease_until BIGINT,
        last_error TEXT,
        dedupe TEXT UNIQUE,
        created_at BIGINT NOT NULL,
        finished_at BIGINT
    );
    CREATE INDEX job_due ON job (state, run_at);
    CREATE TABLE schedule (
        name TEXT PRIMARY KEY,
        started_at BIGINT,
        finished_at BIGINT,
        outcome TEXT,
        note TEXT,
        runs BIGINT NOT NULL
    );
    CREATE TABLE ledger_pending (
        id BIGSERIAL PRIMARY KEY,
        body BYTEA NOT NULL
    );
    CREATE TABLE ledger_entry (
        position BIGINT PRIMARY KEY,
        leaf BYTEA NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        at BIGINT NOT NULL,
        body BYTEA NOT NULL
    );
    CREATE INDEX ledger_entry_kind ON ledger_entry (kind, position);
    CREATE TABLE ledger_head (
        id BIGINT PRIMARY KEY CHECK (id = 1),
        size BIGINT NOT NULL,
        frontier BYTEA NOT NULL
    );
    CREATE TABLE ledger_link (
        leaf BYTEA NOT NULL,
        subject_id UUID NOT NULL,
        PRIMARY KEY (leaf, subject_id)
    );
    CREATE INDEX ledger_link_subject ON ledger_link (subject_id);
    CREATE TABLE ledger_checkpoint (
        size BIGINT PRIMARY KEY,
        note TEXT NOT NULL,
        signed_at BIGINT NOT NULL
    );
    "
);
