//! Releases of the traffic log: what was asked, who approved, what was answered, what was read.

super::forward!(
    "m0007_releases",
    "CREATE TABLE release (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        ground TEXT NOT NULL CHECK (ground IN ('incident', 'lawful-order')),
        ground_id UUID NOT NULL,
        request BYTEA NOT NULL,
        request_hash BYTEA NOT NULL UNIQUE,
        parts BYTEA NOT NULL,
        labels BIGINT NOT NULL,
        first_day BIGINT NOT NULL,
        last_day BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('requested', 'open', 'ended')),
        end_reason TEXT CHECK (end_reason IN ('done', 'expired', 'restarted', 'withdrawn')),
        asked_by UUID NOT NULL,
        asked_at BIGINT NOT NULL,
        not_after BIGINT NOT NULL,
        opened_at BIGINT,
        ended_at BIGINT,
        leaf BYTEA NOT NULL,
        opened_leaf BYTEA
    );
    CREATE INDEX release_subject ON release (subject_id);
    CREATE INDEX release_state ON release (state, not_after);
    CREATE INDEX release_ground ON release (ground_id);
    CREATE TABLE release_site (
        release_id UUID NOT NULL,
        site_id BYTEA NOT NULL,
        PRIMARY KEY (release_id, site_id)
    );
    CREATE INDEX release_site_site ON release_site (site_id);
    CREATE TABLE release_approval (
        release_id UUID NOT NULL,
        officer BIGINT NOT NULL,
        approval TEXT NOT NULL,
        leaf BYTEA NOT NULL,
        brought_by UUID NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (release_id, officer)
    );
    CREATE TABLE release_answer (
        release_id UUID NOT NULL,
        session BYTEA NOT NULL,
        officer BIGINT NOT NULL,
        answer TEXT NOT NULL,
        brought_by UUID NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (release_id, session, officer)
    );
    CREATE TABLE release_query (
        id UUID PRIMARY KEY,
        release_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        question BYTEA NOT NULL,
        asked_by UUID NOT NULL,
        asked_at BIGINT NOT NULL,
        found BIGINT,
        leaf BYTEA NOT NULL
    );
    CREATE INDEX release_query_release ON release_query (release_id, asked_at);
    CREATE INDEX release_query_subject ON release_query (subject_id);
    CREATE TABLE release_checkpoint (
        size BIGINT PRIMARY KEY,
        root BYTEA NOT NULL,
        shown_at BIGINT NOT NULL
    );
    "
);
