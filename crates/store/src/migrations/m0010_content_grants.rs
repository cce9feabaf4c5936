//! Content grants: who asked to look at what a customer stores, what the customer said, and each look.

super::forward!(
    "m0010_content_grants",
    "CREATE TABLE content_grant (
        id UUID PRIMARY KEY,
        customer_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        service_id UUID,
        scopes TEXT NOT NULL,
        incident_id UUID,
        reason BYTEA NOT NULL,
        hours BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('asked', 'given', 'refused', 'ended')),
        asked_by UUID NOT NULL,
        asked_at BIGINT NOT NULL,
        given_at BIGINT,
        until_at BIGINT,
        ended_at BIGINT,
        ended_by TEXT CHECK (ended_by IN ('time', 'customer', 'staff'))
    );
    CREATE INDEX content_grant_subject ON content_grant (subject_id);
    CREATE INDEX content_grant_customer ON content_grant (customer_id, asked_at);
    CREATE INDEX content_grant_state ON content_grant (state, asked_at);
    CREATE TABLE content_session (
        id UUID PRIMARY KEY,
        grant_id UUID NOT NULL REFERENCES content_grant (id),
        subject_id UUID NOT NULL,
        scope TEXT NOT NULL,
        login_id UUID NOT NULL,
        purpose BYTEA NOT NULL,
        report BYTEA,
        opened_at BIGINT NOT NULL,
        until_at BIGINT NOT NULL,
        ended_at BIGINT
    );
    CREATE INDEX content_session_subject ON content_session (subject_id);
    CREATE INDEX content_session_grant ON content_session (grant_id, opened_at);
    "
);
