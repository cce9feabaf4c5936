//! Connections and transactions.

use crate::StoreError;
use ::ledger::Entry;
use base::SubjectId;
use core::fmt;
use core::str::FromStr;
use core::time::Duration;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    ExecResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
};
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use std::path::{Path, PathBuf};

const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;
const BUSY_TIMEOUT: Duration = Duration::from_secs(20);

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, embedded, in WAL mode with `synchronous=FULL`.
    Sqlite,
    /// PostgreSQL 15 or later.
    Postgres,
}

/// Where the database is: `sqlite:PATH` or `postgres://…`, with an optional `?schema=NAME` at the
/// end of the latter. Printing it leaves out the password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file of SQLite.
    Sqlite(PathBuf),
    /// A database of PostgreSQL and the schema in it.
    Postgres {
        /// The address as the driver takes it.
        url: String,
        /// The schema; none for the role's default.
        schema: Option<String>,
    },
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            if path.is_empty() {
                return Err(StoreError::Address(
                    "sqlite: needs a path, such as sqlite:data/waarborg.db".into(),
                ));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let (url, schema) = match text.split_once("?schema=") {
                Some((url, schema)) => (url, Some(schema)),
                None => (text, None),
            };
            if schema
                .is_some_and(|s| s.is_empty() || !s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
            {
                return Err(StoreError::Address("schema may hold letters, digits and _ only".into()));
            }
            return Ok(Self::Postgres { url: url.to_owned(), schema: schema.map(str::to_owned) });
        }
        Err(StoreError::Address("expected sqlite:PATH or postgres://USER@HOST/NAME".into()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres { url, .. } => {
                let place = url.rsplit_once('@').map_or("…", |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An open database: one writer and several readers. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    backend: Backend,
    url: DatabaseUrl,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.url)
    }
}

impl Store {
    /// Opens the database, making the file if SQLite has none yet. Does not migrate.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        match url {
            DatabaseUrl::Sqlite(path) => Self::open_sqlite(path, url).await,
            DatabaseUrl::Postgres { url: address, schema } => {
                let mut options = ConnectOptions::new(address.clone());
                options
                    .max_connections(POSTGRES_CONNECTIONS)
                    .acquire_timeout(BUSY_TIMEOUT)
                    .sqlx_logging(false)
                    .test_before_acquire_if_idle_for(Duration::from_secs(30));
                if let Some(schema) = schema {
                    options.set_schema_search_path(schema.clone());
                }
                let db = Database::connect(options).await?;
                Ok(Self { writer: db.clone(), reader: db, backend: Backend::Postgres, url: url.clone() })
            }
        }
    }

    async fn open_sqlite(path: &Path, url: &DatabaseUrl) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| StoreError::File {
                path: folder.display().to_string(),
                reason: e.to_string(),
            })?;
        }
        // The writer first: a reader can neither make the file nor switch it to WAL.
        let writer = sqlite_pool(path, 1, Access::ReadWrite).await?;
        let reader = sqlite_pool(path, SQLITE_READERS, Access::ReadOnly).await?;
        Ok(Self { writer, reader, backend: Backend::Sqlite, url: url.clone() })
    }

    /// Which database it is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Where it is.
    #[must_use]
    pub const fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// The connection to read from, outside transactions.
    #[must_use]
    pub const fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// The connection that writes, for this crate's maintenance only.
    pub(crate) const fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a writing transaction: BEGIN IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL.
    /// Dropped without [`Tx::commit`] it rolls back.
    ///
    /// # Errors
    /// When no connection could be had in time.
    #[expect(clippy::disallowed_methods, reason = "the one place where transactions begin")]
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let inner = self.writer.begin_with_options(options).await?;
        Ok(Tx { inner, backend: self.backend })
    }

    /// A statement with `$1, $2, …`, which both databases take.
    pub fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        statement(self.backend, sql, values)
    }

    /// All rows of a query, from a reader.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        Ok(self.reader.query_all_raw(self.statement(sql, values)).await?)
    }

    /// The first row of a query, from a reader.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query_one(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<QueryResult>, StoreError> {
        Ok(self.reader.query_one_raw(self.statement(sql, values)).await?)
    }

    /// Writes a consistent copy of an SQLite database into a new file while others go on writing.
    ///
    /// # Errors
    /// When the file exists or cannot be written; on PostgreSQL, which has tools of its own for this.
    pub async fn copy_into(&self, path: &Path) -> Result<(), StoreError> {
        if self.backend != Backend::Sqlite {
            return Err(StoreError::Address("a PostgreSQL database is copied with pg_dump".into()));
        }
        let path =
            path.to_str().ok_or_else(|| StoreError::Address("the path of a copy must be UTF-8".into()))?;
        // Through the writer: a reader may not write, not even another file.
        self.writer.execute_raw(self.statement("VACUUM INTO $1", [path.into()])).await?;
        Ok(())
    }

    /// Closes all connections, so that nothing is written afterwards.
    ///
    /// # Errors
    /// When a connection cannot be closed.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    ReadWrite,
    ReadOnly,
}

async fn sqlite_pool(
    path: &Path,
    connections: u32,
    access: Access,
) -> Result<DatabaseConnection, StoreError> {
    let mode = if access == Access::ReadWrite { "rwc" } else { "rw" };
    let address = format!("sqlite://{}?mode={mode}", path.display());
    let mut options = ConnectOptions::new(address);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(BUSY_TIMEOUT)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
                .journal_mode(SqliteJournalMode::Wal)
                // NORMAL loses acknowledged commits at power loss, after a checkpoint was signed over them.
                .synchronous(SqliteSynchronous::Full)
                // Deleted rows are overwritten with zeros, so that an erased row leaves no bytes in a free page.
                .pragma("secure_delete", "ON")
                .pragma("cache_size", "-32000")
                // Pages that a long statement may have to put back stay in memory: a temporary file would hold
                // rows outside the folder of the data, and costs a write per page.
                .pragma("temp_store", "MEMORY")
                // Keys have random ids, so that a batch of new ones touches pages all over their index. The rarer
                // a checkpoint, the more often a page that several batches touched is copied once.
                .pragma("wal_autocheckpoint", "4000");
            if access == Access::ReadOnly { options.pragma("query_only", "ON") } else { options }
        });
    Ok(Database::connect(options).await?)
}

/// From how many values on the places of a statement are renamed for SQLite.
const RENAME_FROM: usize = 64;

fn statement(backend: Backend, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    let values: Vec<Value> = values.into_iter().collect();
    let renamed = (backend == Backend::Sqlite && values.len() >= RENAME_FROM).then(|| unnamed(sql)).flatten();
    Statement::from_sql_and_values(db_backend(backend), renamed.as_deref().unwrap_or(sql), values)
}

/// The statement with `?` for `$1, $2, …`, when each stands once and in order. SQLite takes `$1` for a
/// name and looks through all names for each new one, so that a long statement costs the square of
/// its length.
fn unnamed(sql: &str) -> Option<String> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    let mut expected = 1_usize;
    while let Some((before, after)) = rest.split_once('$') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if after[..digits].parse() != Ok(expected) {
            return None;
        }
        expected += 1;
        out.push_str(before);
        out.push('?');
        rest = &after[digits..];
    }
    out.push_str(rest);
    Some(out)
}

/// A statement without values, for the streams of readers.
#[must_use]
pub fn db_statement(store: &Store, sql: &str) -> Statement {
    store.statement(sql, [])
}

pub(crate) const fn db_backend(backend: Backend) -> DbBackend {
    match backend {
        Backend::Sqlite => DbBackend::Sqlite,
        Backend::Postgres => DbBackend::Postgres,
    }
}

/// A writing transaction. One use case is one of these: the change, its ledger entries and its jobs
/// commit together.
pub struct Tx {
    inner: DatabaseTransaction,
    backend: Backend,
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx")
    }
}

impl Tx {
    /// The connection of this transaction, for entities.
    #[must_use]
    pub const fn conn(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Which database it is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        self.backend
    }

    /// Runs a statement with `$1, $2, …` and tells how many rows it touched.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn execute(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64, StoreError> {
        let statement = statement(self.backend, sql, values);
        let result: ExecResult = self.inner.execute_raw(statement).await?;
        Ok(result.rows_affected())
    }

    /// All rows of a query within the transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        let statement = statement(self.backend, sql, values);
        Ok(self.inner.query_all_raw(statement).await?)
    }

    /// The first row of a query within the transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query_one(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<QueryResult>, StoreError> {
        let statement = statement(self.backend, sql, values);
        Ok(self.inner.query_one_raw(statement).await?)
    }

    /// ` FOR UPDATE` where the database has it; SQLite's one writer needs none.
    #[must_use]
    pub const fn for_update(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite => "",
            Backend::Postgres => " FOR UPDATE",
        }
    }

    /// ` FOR SHARE` where the database has it; SQLite's one writer needs none.
    #[must_use]
    pub const fn for_share(&self) -> &'static str {
        match self.backend {
            Backend::Sqlite => "",
            Backend::Postgres => " FOR SHARE",
        }
    }

    /// Appends a ledger entry that becomes part of the tree if and only if this transaction commits,
    /// linked (in this database only) to the subjects it tells of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn append(&self, entry: &Entry, subjects: &[SubjectId]) -> Result<(), StoreError> {
        crate::ledger::append(self, entry, subjects).await
    }

    /// Commits.
    ///
    /// # Errors
    /// When the database fails; nothing of the transaction is there then.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.inner.commit().await?)
    }

    /// Gives up the change.
    ///
    /// # Errors
    /// When the database fails; nothing of the transaction is there either way.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.rollback().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_renamed_only_when_each_stands_once_and_in_order() {
        assert_eq!(unnamed("VALUES ($1, $2), ($3)").as_deref(), Some("VALUES (?, ?), (?)"));
        assert_eq!(unnamed("SET a = $2 WHERE b = $1"), None);
        assert_eq!(unnamed("SET a = $1 WHERE b = $1"), None);
        assert_eq!(unnamed("WHERE a = '$'"), None);
    }

    #[test]
    fn addresses() {
        assert_eq!("sqlite:data/a.db".parse(), Ok(DatabaseUrl::Sqlite(PathBuf::from("data/a.db"))));
        assert_eq!("sqlite:///srv/a.db".parse(), Ok(DatabaseUrl::Sqlite(PathBuf::from("/srv/a.db"))));
        let with_schema: DatabaseUrl = "postgres://me:secret@localhost/w?schema=s1".parse().expect("valid");
        assert_eq!(with_schema.to_string(), "postgres://localhost/w");
        for bad in ["", "sqlite:", "mysql://x", "postgres://h/d?schema=a;b", "postgres://h/d?schema="] {
            assert!(bad.parse::<DatabaseUrl>().is_err(), "{bad}");
        }
    }
}
