//! To be written.
pub const TABLES: &[policy::schema::Table] = &[];
