//! The traffic log as the office knows it: machines that push, sites, what came in, and what was destroyed.

super::forward!(
    "m0006_traffic_log",
    "CREATE TABLE node (
        id BYTEA PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        sign_key BYTEA NOT NULL UNIQUE,
        token_hash BYTEA UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('proposed', 'enrolled', 'revoked')),
        proposed_by UUID NOT NULL,
        confirmed_by UUID,
        last_manifest BYTEA,
        last_seq BIGINT,
        last_seen_at BIGINT,
        leaf BYTEA,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by)
    );
    CREATE TABLE log_site (
        id BYTEA PRIMARY KEY,
        customer_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        service_id UUID NOT NULL,
        domain BYTEA NOT NULL,
        opening BYTEA NOT NULL,
        commitment BYTEA NOT NULL,
        leaf BYTEA NOT NULL,
        first_day BIGINT,
        last_day BIGINT,
        ended_at BIGINT,
        created_at BIGINT NOT NULL
    );
    CREATE UNIQUE INDEX log_site_service ON log_site (service_id) WHERE ended_at IS NULL;
    CREATE INDEX log_site_customer ON log_site (customer_id);
    CREATE INDEX log_site_subject ON log_site (subject_id);
    CREATE TABLE log_segment (
        day BIGINT NOT NULL,
        node_id BYTEA NOT NULL,
        seq BIGINT NOT NULL,
        segment_id BYTEA NOT NULL UNIQUE,
        epoch_id BYTEA NOT NULL,
        manifest_hash BYTEA NOT NULL,
        previous_hash BYTEA NOT NULL,
        data_bytes BIGINT NOT NULL,
        records BIGINT NOT NULL,
        sites BIGINT NOT NULL,
        leaf BYTEA NOT NULL,
        received_at BIGINT NOT NULL,
        destroyed_at BIGINT,
        PRIMARY KEY (day, node_id, seq)
    );
    CREATE INDEX log_segment_received ON log_segment (received_at) WHERE destroyed_at IS NULL;
    CREATE TABLE log_destruction (
        id UUID PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'refused')),
        reason TEXT NOT NULL CHECK (reason IN ('term', 'many', 'clock')),
        first_day BIGINT NOT NULL,
        last_day BIGINT NOT NULL,
        days BIGINT NOT NULL,
        confirmed_by UUID,
        confirmed_too UUID,
        key_objects BIGINT NOT NULL,
        data_objects BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        CHECK (confirmed_too IS NULL OR confirmed_too <> confirmed_by)
    );
    CREATE UNIQUE INDEX log_destruction_open ON log_destruction (state) WHERE state IN ('waiting', 'running');
    "
);
