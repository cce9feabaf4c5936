//! The key store: wrapped data keys and the state of the epochs. It shares nothing with the data
//! store, so that a backup of the data is not a backup of the keys.

super::forward!(
    "k0001_keys",
    "CREATE TABLE data_key (
        key_id BYTEA PRIMARY KEY,
        subject_id UUID NOT NULL,
        purpose TEXT NOT NULL,
        epoch BIGINT NOT NULL,
        wrapped BYTEA NOT NULL,
        created_at BIGINT NOT NULL,
        UNIQUE (subject_id, purpose)
    );
    CREATE INDEX data_key_epoch ON data_key (epoch, key_id);
    CREATE TABLE key_state (
        id BIGINT PRIMARY KEY CHECK (id = 1),
        generation BIGINT NOT NULL,
        phase TEXT NOT NULL CHECK (phase IN ('steady', 'both', 'retiring')),
        epoch BIGINT NOT NULL
    );
    INSERT INTO key_state (id, generation, phase, epoch) VALUES (1, 0, 'steady', 0);
    CREATE TABLE key_copy (
        epoch BIGINT NOT NULL,
        place TEXT NOT NULL,
        made_at BIGINT NOT NULL,
        destroyed_at BIGINT,
        PRIMARY KEY (epoch, place)
    );
    "
);
