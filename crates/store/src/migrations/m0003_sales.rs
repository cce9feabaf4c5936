//! What is sold, to whom, and what is owed: catalogue, orders, agreements, services, invoices,
//! payments, processor agreements.
//!
//! Days are days since 1970-01-01 as Amsterdam's calendar counts them; `until_day` is the first day
//! that is no longer in. Money is cents of a euro.

super::forward!(
    "m0003_sales",
    "CREATE TABLE product (
        id UUID PRIMARY KEY,
        code TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('hosting', 'domain', 'vps', 'certificate', 'other')),
        vat TEXT NOT NULL CHECK (vat IN ('standard', 'reduced', 'zero')),
        name_nl TEXT NOT NULL,
        name_en TEXT NOT NULL,
        text_nl TEXT NOT NULL,
        text_en TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('offered', 'hidden')),
        position BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    );
    CREATE TABLE plan (
        id UUID PRIMARY KEY,
        product_id UUID NOT NULL REFERENCES product (id),
        code TEXT NOT NULL UNIQUE,
        name_nl TEXT NOT NULL,
        name_en TEXT NOT NULL,
        text_nl TEXT NOT NULL,
        text_en TEXT NOT NULL,
        limits TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('offered', 'hidden')),
        position BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    );
    CREATE INDEX plan_product ON plan (product_id, position);
    CREATE TABLE plan_option (
        id UUID PRIMARY KEY,
        plan_id UUID NOT NULL REFERENCES plan (id),
        code TEXT NOT NULL,
        name_nl TEXT NOT NULL,
        name_en TEXT NOT NULL,
        units_max BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('offered', 'hidden')),
        position BIGINT NOT NULL,
        revision BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        UNIQUE (plan_id, code)
    );
    CREATE TABLE price (
        id UUID PRIMARY KEY,
        plan_id UUID NOT NULL REFERENCES plan (id),
        option_id UUID REFERENCES plan_option (id),
        term_months BIGINT NOT NULL,
        amount_cents BIGINT NOT NULL,
        setup_cents BIGINT NOT NULL,
        from_day BIGINT NOT NULL,
        until_day BIGINT,
        created_at BIGINT NOT NULL
    );
    CREATE INDEX price_plan ON price (plan_id, term_months, from_day);
    CREATE TABLE discount_code (
        id UUID PRIMARY KEY,
        code TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('percent', 'amount')),
        value BIGINT NOT NULL,
        terms BIGINT NOT NULL,
        product_id UUID REFERENCES product (id),
        uses_max BIGINT,
        uses BIGINT NOT NULL,
        from_day BIGINT NOT NULL,
        until_day BIGINT,
        revision BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    );
    CREATE TABLE terms_version (
        kind TEXT NOT NULL CHECK (kind IN ('terms', 'responsibility')),
        version BIGINT NOT NULL,
        text_nl TEXT NOT NULL,
        text_en TEXT NOT NULL,
        hash BYTEA NOT NULL,
        in_force_from BIGINT NOT NULL,
        PRIMARY KEY (kind, version)
    );
    CREATE TABLE customer_order (
        id UUID PRIMARY KEY,
        number BIGINT NOT NULL UNIQUE,
        customer_id UUID NOT NULL,
        subject_id UUID NOT NULL,
        login_id UUID,
        state TEXT NOT NULL CHECK (state IN ('placed', 'accepted', 'cancelled')),
        consumer BOOLEAN NOT NULL,
        language TEXT NOT NULL,
        discount_code_id UUID,
        net_cents BIGINT NOT NULL,
        vat_cents BIGINT NOT NULL,
        agreement_id UUID,
        placed_at BIGINT NOT NULL,
        closed_at BIGINT
    );
    CREATE INDEX customer_order_state ON customer_order (state, placed_at);
    CREATE INDEX customer_order_customer ON customer_order (customer_id, placed_at);
    CREATE INDEX customer_order_subject ON customer_order (subject_id);
    CREATE TABLE order_line (
        id UUID PRIMARY KEY,
        order_id UUID NOT NULL REFERENCES customer_order (id),
        subject_id UUID NOT NULL,
        plan_id UUID NOT NULL,
        label BYTEA,
        options TEXT NOT NULL,
        term_months BIGINT NOT NULL,
        amount_cents BIGINT NOT NULL,
        setup_cents BIGINT NOT NULL,
        discount_cents BIGINT NOT NULL,
        discount_terms BIGINT NOT NULL,
        vat TEXT NOT NULL,
        position BIGINT NOT NULL,
        service_id UUID
    );
    CREATE INDEX order_line_order ON order_line (order_id, position);
    CREATE INDEX order_line_subject ON order_line (subject_id);
    CREATE TABLE acceptance (
        order_id UUID NOT NULL,
        subject_id UUID,
        kind TEXT NOT NULL CHECK (kind IN ('terms', 'responsibility', 'processor_agreement', 'early_start')),
        version TEXT NOT NULL,
        hash BYTEA NOT NULL,
        accepted_at BIGINT NOT NULL,
        PRIMARY KEY (order_id, kind)
    );
    CREATE INDEX acceptance_subject ON acceptance (subject_id);
    CREATE TABLE agreement (
        id UUID PRIMARY KEY,
        number BIGINT NOT NULL UNIQUE,
        customer_id UUID NOT NULL,
        subject_id UUID,
        order_id UUID,
        state TEXT NOT NULL CHECK (state IN ('active', 'dissolved')),
        consumer BOOLEAN NOT NULL,
        policy_hash BYTEA NOT NULL,
        began_day BIGINT NOT NULL,
        ended_day BIGINT,
        ended_reason TEXT CHECK (ended_reason IN ('cancelled', 'withdrawn', 'terminated', 'erased')),
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    );
    CREATE INDEX agreement_customer ON agreement (customer_id);
    CREATE INDEX agreement_subject ON agreement (subject_id);
    CREATE INDEX agreement_state ON agreement (state, began_day);
    CREATE TABLE service (
        id UUID PRIMARY KEY,
        agreement_id UUID NOT NULL REFERENCES agreement (id),
        customer_id UUID NOT NULL,
        subject_id UUID,
        plan_id UUID NOT NULL,
        kind TEXT NOT NULL,
        label BYTEA,
        options TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('ordered', 'provisioning', 'active', 'suspended', 'ending', 'ended')),
        changes BIGINT NOT NULL,
        term_months BIGINT NOT NULL,
        amount_cents BIGINT NOT NULL,
        discount_cents BIGINT NOT NULL,
        discount_terms BIGINT NOT NULL,
        vat TEXT NOT NULL CHECK (vat IN ('standard', 'reduced', 'zero')),
        began_day BIGINT,
        anchor_day BIGINT,
        terms_charged BIGINT NOT NULL,
        first_term_until_day BIGINT,
        charged_until_day BIGINT,
        due_day BIGINT,
        ends_day BIGINT,
        ended_reason TEXT,
        suspended_reason TEXT CHECK (suspended_reason IN ('unpaid', 'abuse', 'asked')),
        suspended_at BIGINT,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
    );
    CREATE INDEX service_due ON service (due_day, id);
    CREATE INDEX service_customer ON service (customer_id, due_day);
    CREATE INDEX service_agreement ON service (agreement_id);
    CREATE INDEX service_subject ON service (subject_id);
    CREATE INDEX service_state ON service (state, ends_day);
    CREATE TABLE task (
        id UUID PRIMARY KEY,
        number BIGINT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('fulfil', 'change', 'suspend', 'resume', 'end', 'transfer_out')),
        service_id UUID NOT NULL REFERENCES service (id),
        customer_id UUID NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
        due_at BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        closed_at BIGINT,
        closed_by UUID
    );
    CREATE INDEX task_state ON task (state, due_at);
    CREATE INDEX task_service ON task (service_id);
    CREATE TABLE charge (
        id UUID PRIMARY KEY,
        customer_id UUID NOT NULL,
        subject_id UUID,
        service_id UUID,
        kind TEXT NOT NULL CHECK (kind IN ('term', 'setup', 'change', 'credit', 'other')),
        seq BIGINT NOT NULL,
        plan_id UUID,
        label BYTEA,
        from_day BIGINT,
        until_day BIGINT,
        quantity BIGINT NOT NULL,
        unit_cents BIGINT NOT NULL,
        amount_cents BIGINT NOT NULL,
        discount_cents BIGINT NOT NULL,
        vat TEXT NOT NULL CHECK (vat IN ('standard', 'reduced', 'zero')),
        due_day BIGINT NOT NULL,
        invoice_id UUID,
        created_at BIGINT NOT NULL,
        UNIQUE (service_id, kind, from_day, seq)
    );
    CREATE INDEX charge_open ON charge (customer_id, due_day) WHERE invoice_id IS NULL;
    CREATE INDEX charge_invoice ON charge (invoice_id) WHERE invoice_id IS NOT NULL;
    CREATE INDEX charge_customer ON charge (customer_id);
    CREATE INDEX charge_subject ON charge (subject_id);
    CREATE TABLE book_file (
        subject_id UUID PRIMARY KEY REFERENCES subject (id),
        customer_id UUID NOT NULL,
        book_year BIGINT NOT NULL,
        ends_at BIGINT NOT NULL,
        UNIQUE (customer_id, book_year)
    );
    CREATE INDEX book_file_end ON book_file (ends_at);
    CREATE TABLE invoice (
        id UUID PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
        series TEXT NOT NULL,
        number BIGINT NOT NULL,
        customer_id UUID NOT NULL,
        subject_id UUID NOT NULL REFERENCES subject (id),
        credits_id UUID,
        credits_lines TEXT,
        run_id UUID,
        issued_day BIGINT NOT NULL,
        due_day BIGINT NOT NULL,
        book_year BIGINT NOT NULL,
        language TEXT NOT NULL,
        net_cents BIGINT NOT NULL,
        vat_cents BIGINT NOT NULL,
        open_cents BIGINT NOT NULL,
        reverse_charge BOOLEAN NOT NULL,
        snapshot BYTEA NOT NULL,
        snapshot_sha256 BYTEA NOT NULL,
        reminder_step BIGINT NOT NULL,
        remind_day BIGINT,
        mailed_at BIGINT,
        created_at BIGINT NOT NULL,
        UNIQUE (series, number)
    );
    CREATE INDEX invoice_customer ON invoice (customer_id, issued_day);
    CREATE INDEX invoice_subject ON invoice (subject_id);
    CREATE INDEX invoice_open ON invoice (due_day) WHERE open_cents > 0;
    CREATE INDEX invoice_credit ON invoice (customer_id) WHERE open_cents < 0;
    CREATE INDEX invoice_credits ON invoice (credits_id);
    CREATE INDEX invoice_remind ON invoice (remind_day);
    CREATE INDEX invoice_run ON invoice (run_id);
    CREATE INDEX invoice_issued ON invoice (issued_day, id);
    CREATE TABLE payment (
        id UUID PRIMARY KEY,
        customer_id UUID NOT NULL,
        subject_id UUID NOT NULL REFERENCES subject (id),
        kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'write_off', 'reversal')),
        reverses_id UUID UNIQUE,
        method TEXT NOT NULL CHECK (method IN ('bank', 'cash', 'card', 'direct_debit', 'other')),
        received_day BIGINT NOT NULL,
        amount_cents BIGINT NOT NULL,
        open_cents BIGINT NOT NULL,
        reference BYTEA,
        recorded_by UUID,
        created_at BIGINT NOT NULL
    );
    CREATE INDEX payment_customer ON payment (customer_id, received_day);
    CREATE INDEX payment_subject ON payment (subject_id);
    CREATE INDEX payment_open ON payment (customer_id) WHERE open_cents > 0;
    CREATE TABLE settlement (
        id UUID PRIMARY KEY,
        customer_id UUID NOT NULL,
        invoice_id UUID,
        refund_id UUID,
        payment_id UUID,
        credit_note_id UUID,
        amount_cents BIGINT NOT NULL,
        created_at BIGINT NOT NULL
    );
    CREATE INDEX settlement_invoice ON settlement (invoice_id);
    CREATE INDEX settlement_payment ON settlement (payment_id);
    CREATE INDEX settlement_credit ON settlement (credit_note_id);
    CREATE TABLE reminder (
        invoice_id UUID NOT NULL,
        step TEXT NOT NULL CHECK (step IN ('friendly', 'first', 'final', 'suspension')),
        customer_id UUID NOT NULL,
        mail_id UUID,
        sent_day BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (invoice_id, step)
    );
    CREATE TABLE mail_template (
        kind TEXT NOT NULL,
        language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
        title TEXT NOT NULL,
        body TEXT NOT NULL,
        revision BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        PRIMARY KEY (kind, language)
    );
    CREATE TABLE billing_run (
        id UUID PRIMARY KEY,
        through_day BIGINT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('running', 'done')),
        started_by UUID,
        started_at BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        finished_at BIGINT,
        cursor_id UUID,
        services BIGINT NOT NULL,
        invoices BIGINT NOT NULL,
        net_cents BIGINT NOT NULL,
        vat_cents BIGINT NOT NULL,
        failures BIGINT NOT NULL
    );
    CREATE INDEX billing_run_started ON billing_run (started_at);
    CREATE TABLE billing_failure (
        id UUID PRIMARY KEY,
        run_id UUID NOT NULL,
        customer_id UUID NOT NULL,
        problem TEXT NOT NULL,
        failed_at BIGINT NOT NULL,
        resolved_at BIGINT
    );
    CREATE INDEX billing_failure_open ON billing_failure (resolved_at, failed_at);
    CREATE TABLE processor_text (
        hash BYTEA PRIMARY KEY,
        substance BYTEA NOT NULL,
        policy_hash BYTEA NOT NULL,
        language TEXT NOT NULL CHECK (language IN ('nl', 'en')),
        body TEXT NOT NULL,
        created_at BIGINT NOT NULL
    );
    CREATE TABLE processor_agreement (
        id UUID PRIMARY KEY,
        number BIGINT NOT NULL,
        version BIGINT NOT NULL,
        customer_id UUID NOT NULL,
        subject_id UUID,
        thread_id UUID,
        reason TEXT NOT NULL CHECK (reason IN ('order', 'asked', 'changed')),
        text_hash BYTEA NOT NULL REFERENCES processor_text (hash),
        body BYTEA,
        issued_at BIGINT NOT NULL,
        objection_until BIGINT,
        objected_at BIGINT,
        replaced_at BIGINT,
        UNIQUE (customer_id, version),
        UNIQUE (number, version)
    );
    CREATE INDEX processor_agreement_current ON processor_agreement (replaced_at, issued_at);
    CREATE INDEX processor_agreement_subject ON processor_agreement (subject_id);
    "
);
