//! To be written.
base::id_type!(
    /// The id of an import.
    ImportId, "import"
);
/// Declared tables.
pub const TABLES: &[policy::schema::Table] = &[];
