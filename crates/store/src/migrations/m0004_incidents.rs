//! Leaks: the provider's own cases with their clocks, reports and affected customers, lawful orders, and
//! what customers report of their own sites.
//!
//! What people type about a case is one envelope under the keys of the case itself, which is a subject.

super::forward!(
    "m0004_incidents",
    "CREATE TABLE incident (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        number BIGINT NOT NULL UNIQUE,
        revision BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('suspected', 'aware', 'closed')),
        confidentiality BOOLEAN NOT NULL,
        integrity BOOLEAN NOT NULL,
        availability BOOLEAN NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('controller', 'processor', 'mandate')),
        regime TEXT NOT NULL CHECK (regime IN ('gdpr', 'nis2', 'gdpr_nis2')),
        occurred_from_at BIGINT,
        occurred_until_at BIGINT,
        ongoing BOOLEAN NOT NULL,
        discovered_at BIGINT NOT NULL,
        aware_at BIGINT,
        scope TEXT NOT NULL,
        decision TEXT CHECK (decision IN ('notify', 'no_risk', 'not_ours', 'no_leak')),
        decided_at BIGINT,
        telling TEXT CHECK (telling IN ('tell', 'no_high_risk', 'unintelligible', 'measures_taken', 'public')),
        postponed_until_day BIGINT,
        detail BYTEA,
        opened_leaf BYTEA NOT NULL,
        opened_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        closed_at BIGINT
    );
    CREATE INDEX incident_state ON incident (state, opened_at);
    CREATE INDEX incident_subject ON incident (subject_id);
    CREATE TABLE incident_clock (
        incident_id UUID NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('authority', 'customers', 'nis2_early_warning', 'nis2_notification', 'nis2_report')),
        due_at BIGINT NOT NULL,
        ended_at BIGINT,
        ended_by TEXT CHECK (ended_by IN ('reported', 'told', 'not_required')),
        reasoned_at BIGINT,
        PRIMARY KEY (incident_id, kind)
    );
    CREATE INDEX incident_clock_due ON incident_clock (ended_at, due_at);
    CREATE TABLE incident_report (
        id UUID PRIMARY KEY,
        incident_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('initial', 'follow_up', 'complete', 'withdrawal', 'nis2_early_warning', 'nis2_notification', 'nis2_report')),
        sent_at BIGINT NOT NULL,
        recorded_at BIGINT NOT NULL,
        body BYTEA
    );
    CREATE INDEX incident_report_incident ON incident_report (incident_id, sent_at);
    CREATE INDEX incident_report_subject ON incident_report (subject_id);
    CREATE TABLE incident_customer (
        incident_id UUID NOT NULL,
        customer_id UUID NOT NULL,
        subject_id UUID,
        added_at BIGINT NOT NULL,
        told_at BIGINT,
        PRIMARY KEY (incident_id, customer_id)
    );
    CREATE INDEX incident_customer_subject ON incident_customer (subject_id);
    CREATE INDEX incident_customer_customer ON incident_customer (customer_id, told_at);
    CREATE TABLE lawful_order (
        id UUID PRIMARY KEY,
        subject_id UUID NOT NULL,
        number BIGINT NOT NULL UNIQUE,
        revision BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        given_day BIGINT NOT NULL,
        received_at BIGINT NOT NULL,
        detail BYTEA,
        leaf BYTEA NOT NULL,
        opened_at BIGINT NOT NULL,
        closed_at BIGINT
    );
    CREATE INDEX lawful_order_state ON lawful_order (state, opened_at);
    CREATE INDEX lawful_order_subject ON lawful_order (subject_id);
    CREATE TABLE leak_report (
        id UUID PRIMARY KEY,
        subject_id UUID,
        customer_id UUID NOT NULL,
        login_id UUID,
        number BIGINT NOT NULL UNIQUE,
        revision BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
        outcome TEXT NOT NULL CHECK (outcome IN ('report', 'record', 'no_leak', 'unclear')),
        may_look BOOLEAN NOT NULL,
        incident_id UUID,
        discovered_at BIGINT NOT NULL,
        due_at BIGINT NOT NULL,
        guided_at BIGINT NOT NULL,
        dossier_at BIGINT,
        notified_at BIGINT,
        detail BYTEA,
        created_at BIGINT NOT NULL,
        closed_at BIGINT
    );
    CREATE INDEX leak_report_state ON leak_report (state, due_at);
    CREATE INDEX leak_report_customer ON leak_report (customer_id, created_at);
    CREATE INDEX leak_report_subject ON leak_report (subject_id)"
);
