//! The office: subjects, customers, logins, messages, requests, promises.
//!
//! Every column that holds personal data is a BYTEA holding an envelope (docs/formats/envelope.md)
//! and is declared in the `schema` of its slice.

super::forward!(
    "m0002_office",
    "CREATE TABLE subject (
        id UUID PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('customer', 'login', 'visitor', 'incident', 'books', 'seal', 'disclosed')),
        state TEXT NOT NULL CHECK (state IN ('active', 'erasing', 'erased')),
        created_at BIGINT NOT NULL,
        erasing_at BIGINT,
        erased_at BIGINT
    );
    CREATE INDEX subject_state ON subject (state);
    CREATE TABLE customer (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL UNIQUE REFERENCES subject (id),
        number BIGINT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('person', 'organisation')),
        language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
        revision BIGINT NOT NULL,
        name BYTEA NOT NULL,
        organisation BYTEA,
        kvk BYTEA,
        vat BYTEA,
        email BYTEA NOT NULL,
        phone BYTEA,
        street BYTEA,
        postcode BYTEA,
        city BYTEA,
        country BYTEA,
        restricted_at BIGINT,
        agreement_ended_at BIGINT,
        import_id UUID,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    );
    CREATE INDEX customer_updated ON customer (updated_at);
    CREATE INDEX customer_import ON customer (import_id) WHERE import_id IS NOT NULL;
    CREATE INDEX customer_listed ON customer (number, kind, restricted_at) WHERE import_id IS NULL;
    CREATE TABLE login (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL UNIQUE REFERENCES subject (id),
        revision BIGINT NOT NULL,
        name BYTEA NOT NULL,
        email BYTEA NOT NULL,
        email_even BYTEA UNIQUE,
        email_odd BYTEA UNIQUE,
        password_hash TEXT,
        totp_secret BYTEA,
        totp_pending BYTEA,
        totp_step BIGINT,
        language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
        staff_role TEXT CHECK (staff_role IN ('admin', 'privacy', 'support', 'auditor')),
        officer BOOLEAN NOT NULL,
        disabled_at BIGINT,
        import_id UUID,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        signed_in_at BIGINT
    );
    CREATE INDEX login_staff ON login (staff_role);
    CREATE INDEX login_import ON login (import_id) WHERE import_id IS NOT NULL;
    CREATE TABLE membership (
        login_id UUID NOT NULL REFERENCES login (id),
        customer_id UUID NOT NULL REFERENCES customer (id),
        subject_id UUID NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'reader')),
        created_at BIGINT NOT NULL,
        PRIMARY KEY (login_id, customer_id)
    );
    CREATE INDEX membership_customer ON membership (customer_id);
    CREATE INDEX membership_subject ON membership (subject_id);
    CREATE TABLE session (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        login_id UUID NOT NULL REFERENCES login (id),
        customer_id UUID,
        token_hash BYTEA NOT NULL UNIQUE,
        created_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        password_at BIGINT NOT NULL,
        second_factor_at BIGINT,
        agent BYTEA,
        address BYTEA
    );
    CREATE INDEX session_login ON session (login_id);
    CREATE INDEX session_subject ON session (subject_id);
    CREATE INDEX session_customer ON session (customer_id);
    CREATE INDEX session_expiry ON session (expires_at);
    CREATE TABLE recovery_code (
        login_id UUID NOT NULL REFERENCES login (id),
        subject_id UUID NOT NULL,
        code_hash BYTEA NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (login_id, code_hash)
    );
    CREATE INDEX recovery_code_subject ON recovery_code (subject_id);
    CREATE TABLE link_token (
        token_hash BYTEA PRIMARY KEY,
        subject_id UUID NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('invitation', 'recovery', 'identity', 'new_email')),
        login_id UUID,
        request_id UUID,
        customer_id UUID,
        role TEXT CHECK (role IN ('owner', 'manager', 'reader')),
        value BYTEA,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX link_token_expiry ON link_token (expires_at);
    CREATE INDEX link_token_customer ON link_token (customer_id);
    CREATE INDEX link_token_subject ON link_token (subject_id);
    CREATE TABLE attempt (
        bucket BYTEA PRIMARY KEY,
        window_from BIGINT NOT NULL,
        tries BIGINT NOT NULL
    );
    CREATE INDEX attempt_window ON attempt (window_from);
    CREATE TABLE thread (
        id UUID PRIMARY KEY,
        number BIGINT NOT NULL UNIQUE,
        subject_id UUID NOT NULL REFERENCES subject (id),
        customer_id UUID,
        kind TEXT NOT NULL CHECK (kind IN ('question', 'request', 'complaint', 'processor_agreement', 'abuse')),
        state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')),
        language TEXT NOT NULL,
        title BYTEA NOT NULL,
        name BYTEA,
        email BYTEA,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        closed_at BIGINT
    );
    CREATE INDEX thread_state ON thread (state, updated_at);
    CREATE INDEX thread_customer ON thread (customer_id, updated_at);
    CREATE INDEX thread_subject ON thread (subject_id);
    CREATE TABLE message (
        id UUID PRIMARY KEY,
        thread_id UUID NOT NULL REFERENCES thread (id),
        subject_id UUID NOT NULL,
        author TEXT NOT NULL CHECK (author IN ('customer', 'staff', 'system')),
        author_login_id UUID,
        body BYTEA NOT NULL,
        created_at BIGINT NOT NULL
    );
    CREATE INDEX message_thread ON message (thread_id, created_at);
    CREATE INDEX message_subject ON message (subject_id);
    CREATE TABLE request (
        id UUID PRIMARY KEY,
        number BIGINT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN
            ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'complaint')),
        state TEXT NOT NULL CHECK (state IN ('received', 'verified', 'granted', 'refused', 'withdrawn')),
        subject_id UUID,
        customer_id UUID,
        thread_id UUID,
        login_id UUID,
        channel TEXT NOT NULL CHECK (channel IN ('panel', 'contact_form', 'staff')),
        language TEXT NOT NULL,
        identity TEXT NOT NULL CHECK (identity IN ('unverified', 'signed_in', 'second_factor', 'known_address', 'two_channels', 'staff')),
        received_at BIGINT NOT NULL,
        due_at BIGINT NOT NULL,
        extended_at BIGINT,
        closed_at BIGINT,
        answer_named_authority BOOLEAN,
        detail BYTEA,
        reason BYTEA,
        answer BYTEA
    );
    CREATE INDEX request_state ON request (state, due_at);
    CREATE INDEX request_subject ON request (subject_id);
    CREATE INDEX request_customer ON request (customer_id);
    CREATE TABLE access_package (
        id UUID PRIMARY KEY,
        request_id UUID NOT NULL UNIQUE REFERENCES request (id),
        subject_id UUID NOT NULL,
        token_hash BYTEA UNIQUE,
        body BYTEA NOT NULL,
        sha256 BYTEA NOT NULL,
        size_bytes BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
    );
    CREATE INDEX access_package_subject ON access_package (subject_id);
    CREATE INDEX access_package_expiry ON access_package (expires_at);
    CREATE TABLE erasure (
        id UUID PRIMARY KEY,
        request_id UUID,
        customer_id UUID,
        subject_id UUID NOT NULL UNIQUE,
        token_hash BYTEA NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('announced', 'erasing', 'erased', 'final')),
        announced_at BIGINT NOT NULL,
        started_at BIGINT,
        unreadable_live_at BIGINT,
        unreadable_backup_due_at BIGINT,
        unreadable_backup_at BIGINT,
        epoch BIGINT,
        entry BYTEA,
        leaf BYTEA,
        opening BYTEA,
        expires_at BIGINT
    );
    CREATE INDEX erasure_state ON erasure (state, epoch);
    CREATE INDEX erasure_started ON erasure (started_at);
    CREATE TABLE erasure_subject (
        erasure_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        PRIMARY KEY (erasure_id, subject_id)
    );
    CREATE TABLE mail (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        kind TEXT NOT NULL,
        language TEXT NOT NULL,
        recipient BYTEA,
        title BYTEA,
        body BYTEA,
        created_at BIGINT NOT NULL,
        sent_at BIGINT
    );
    CREATE INDEX mail_subject ON mail (subject_id);
    CREATE TABLE outbound_contact (
        id UUID PRIMARY KEY,
        recipient TEXT NOT NULL,
        host TEXT NOT NULL,
        purpose TEXT NOT NULL,
        subject_id UUID,
        fields TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('intended', 'done', 'failed', 'refused')),
        started_at BIGINT NOT NULL,
        finished_at BIGINT,
        note TEXT
    );
    CREATE INDEX outbound_contact_subject ON outbound_contact (subject_id);
    CREATE INDEX outbound_contact_state ON outbound_contact (state, started_at);
    CREATE TABLE policy_version (
        hash BYTEA PRIMARY KEY,
        in_force_from BIGINT NOT NULL,
        body TEXT NOT NULL,
        statement_nl BYTEA NOT NULL,
        statement_en BYTEA NOT NULL,
        leaf BYTEA NOT NULL
    );
    CREATE TABLE verdict (
        id UUID PRIMARY KEY,
        promise TEXT NOT NULL,
        outcome TEXT NOT NULL CHECK (outcome IN ('kept', 'broken', 'not_provable')),
        checked_at BIGINT NOT NULL,
        checked_count BIGINT NOT NULL,
        broken_count BIGINT NOT NULL,
        evidence TEXT NOT NULL,
        run_id UUID NOT NULL,
        leaf BYTEA NOT NULL
    );
    CREATE INDEX verdict_promise ON verdict (promise, checked_at);
    CREATE TABLE import (
        id UUID PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('staging', 'done', 'abandoned')),
        file_sha256 BYTEA NOT NULL,
        row_count BIGINT NOT NULL,
        started_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        finished_at BIGINT
    );
    CREATE TABLE submission (
        token BYTEA PRIMARY KEY,
        location TEXT NOT NULL,
        created_at BIGINT NOT NULL
    );
    CREATE TABLE counter (
        name TEXT PRIMARY KEY,
        value BIGINT NOT NULL
    );
    "
);
