//! What left the house: disclosures to suppliers, and the withdrawals that demand them back.

super::forward!(
    "m0008_suppliers",
    "CREATE TABLE disclosure (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL UNIQUE REFERENCES subject (id),
        customer_id UUID NOT NULL,
        supplier TEXT NOT NULL,
        purpose TEXT NOT NULL,
        fields TEXT NOT NULL,
        reference BYTEA,
        state TEXT NOT NULL CHECK (state IN ('intended', 'given', 'not_given')),
        created_at BIGINT NOT NULL,
        given_at BIGINT,
        ended_at BIGINT
    );
    CREATE INDEX disclosure_customer ON disclosure (customer_id);
    CREATE INDEX disclosure_ended ON disclosure (ended_at) WHERE ended_at IS NOT NULL;
    CREATE INDEX disclosure_listed ON disclosure (created_at);
    CREATE TABLE disclosure_use (
        disclosure_id UUID NOT NULL,
        service_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        began_at BIGINT NOT NULL,
        ended_at BIGINT,
        PRIMARY KEY (disclosure_id, service_id)
    );
    CREATE INDEX disclosure_use_service ON disclosure_use (service_id) WHERE ended_at IS NULL;
    CREATE INDEX disclosure_use_subject ON disclosure_use (subject_id);
    CREATE TABLE disclosure_value (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        detail BYTEA NOT NULL,
        updated_at BIGINT NOT NULL
    );
    CREATE INDEX disclosure_value_subject ON disclosure_value (subject_id);
    CREATE TABLE withdrawal (
        id UUID PRIMARY KEY,
        disclosure_id UUID NOT NULL UNIQUE REFERENCES disclosure (id),
        subject_id UUID NOT NULL,
        customer_id UUID NOT NULL,
        supplier TEXT NOT NULL,
        purpose TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (reason IN ('ended', 'erased')),
        state TEXT NOT NULL CHECK (state IN ('due', 'requested', 'linked', 'kept', 'confirmed', 'failed')),
        changes BIGINT NOT NULL,
        attempts BIGINT NOT NULL,
        due_at BIGINT NOT NULL,
        next_at BIGINT,
        created_at BIGINT NOT NULL,
        requested_at BIGINT,
        answered_at BIGINT,
        ended_at BIGINT,
        ground TEXT CHECK (ground IN ('supplier_rules', 'validation_records', 'legal_duty', 'legal_claim')),
        kept_until_day BIGINT,
        answer BYTEA,
        proof_sha256 BYTEA,
        CHECK (state <> 'kept' OR (ground IS NOT NULL AND kept_until_day IS NOT NULL)),
        CHECK (state <> 'confirmed' OR (proof_sha256 IS NOT NULL AND ended_at IS NOT NULL))
    );
    CREATE INDEX withdrawal_state ON withdrawal (state, due_at);
    CREATE INDEX withdrawal_due ON withdrawal (due_at);
    CREATE INDEX withdrawal_next ON withdrawal (next_at) WHERE next_at IS NOT NULL;
    CREATE INDEX withdrawal_customer ON withdrawal (customer_id);
    CREATE INDEX withdrawal_subject ON withdrawal (subject_id);
    CREATE INDEX withdrawal_supplier ON withdrawal (supplier, state);
    "
);
