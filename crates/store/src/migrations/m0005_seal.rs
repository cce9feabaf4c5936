//! The officers of the seal: enrolments, rosters, their messages, group documents.
//!
//! `open_slot` is 1 while a roster is proposed or running and empty after: so there is one of them at most.

super::forward!(
    "m0005_seal",
    "CREATE TABLE seal_officer (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        login_id UUID NOT NULL,
        name BYTEA NOT NULL,
        sign_key BYTEA NOT NULL UNIQUE,
        recipient TEXT NOT NULL UNIQUE,
        enrolled_at BIGINT NOT NULL,
        withdrawn_at BIGINT
    );
    CREATE INDEX seal_officer_subject ON seal_officer (subject_id);
    CREATE TABLE seal_roster (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        session BYTEA NOT NULL UNIQUE,
        text BYTEA NOT NULL,
        flow TEXT NOT NULL CHECK (flow IN ('generate', 'refresh')),
        state TEXT NOT NULL CHECK (state IN ('proposed', 'running', 'finished', 'stopped')),
        open_slot BIGINT UNIQUE,
        proposed_by UUID NOT NULL,
        confirmed_by UUID,
        created_at BIGINT NOT NULL,
        began_at BIGINT,
        ended_at BIGINT
    );
    CREATE TABLE seal_message (
        session BYTEA NOT NULL,
        kind TEXT NOT NULL,
        round BIGINT NOT NULL,
        sender BIGINT NOT NULL,
        recipient BIGINT NOT NULL,
        version BIGINT NOT NULL CHECK (version IN (0, 1)),
        text TEXT NOT NULL,
        received_at BIGINT NOT NULL,
        PRIMARY KEY (session, kind, round, sender, recipient, version)
    );
    CREATE TABLE seal_document (
        position BIGINT PRIMARY KEY,
        roster_id UUID NOT NULL UNIQUE REFERENCES seal_roster (id),
        subject_id UUID NOT NULL,
        hash BYTEA NOT NULL UNIQUE,
        text BYTEA NOT NULL,
        adopted_at BIGINT NOT NULL
    );
    CREATE INDEX seal_document_subject ON seal_document (subject_id);
    CREATE INDEX seal_roster_subject ON seal_roster (subject_id)"
);
