//! The parts of a running program, put together once: stores, keys, policy, office, gate, mailer.

use crate::config::{Config, Mail};
use anyhow::{Context, Result, bail};
use base::{Clock, Random, Sensitive, SystemClock, SystemRandom};
use keys::epoch::EpochDir;
use keys::tombstones::Tombstones;
use keys::{RootKey, Vault, VaultConfig};
use ledger::{SigningKey, VerifyingKey};
use office::{Office, Settings};
use outbound::mail::{Credentials, Maildir, Mailer, Roots, Sender, Smtp, SmtpSettings};
use outbound::{ConnectLimits, Gate, Recorder, Register};
use policy::Policy;
use std::path::Path;
use std::sync::Arc;
use store::{SqlKeyStore, Store};
use traffic::store::LocalStore;

/// The longest secret file that is read, in bytes.
const SECRET_BYTES_MAX: u64 = 4_096;

/// A running program.
#[derive(Clone)]
pub struct App {
    /// What the configuration says.
    pub config: Arc<Config>,
    /// The office.
    pub office: Arc<Office>,
    /// The key store's database.
    pub key_store: Store,
    /// What the vault is made of, for rotation and recovery.
    pub vault_config: VaultConfig,
    /// The way outward.
    pub gate: Arc<Gate>,
    /// How mail leaves.
    pub mailer: Arc<dyn Mailer>,
    /// The provider's own mail folder, when mail goes there.
    pub maildir: Option<Arc<Maildir>>,
    /// The ledger's public key.
    pub ledger_key: VerifyingKey,
}

impl core::fmt::Debug for App {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "App({:?})", self.office)
    }
}

/// When the live schema is compared with the declarations and the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Schema {
    CheckedNow,
    LaterChecked,
}

/// Reads and checks a policy file.
///
/// # Errors
/// When it cannot be read, or says something that cannot be; every mistake with its line.
pub fn read_policy(path: &Path) -> Result<Policy> {
    let text = std::fs::read_to_string(path).with_context(|| format!("policy {}", path.display()))?;
    parse_policy(&text, &path.display().to_string())
}

/// Checks the text of a policy.
///
/// # Errors
/// Every mistake, with its line.
pub fn parse_policy(text: &str, name: &str) -> Result<Policy> {
    Policy::parse(text).map_err(|errors| anyhow::anyhow!("policy {name}:\n{errors}"))
}

impl App {
    /// Opens everything that the configuration names, with the machine's clock and randomness.
    ///
    /// # Errors
    /// When a part is missing or does not fit the others; which, and what to do.
    pub async fn open(config: Config) -> Result<Self> {
        Self::open_with(config, Arc::new(SystemClock), Arc::new(SystemRandom)).await
    }

    /// Opens everything for putting another policy in force: whether the live schema fits is asked of
    /// that policy then, because a new release may need a purpose that the old one lacks.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_to_publish(config: Config) -> Result<Self> {
        Self::assemble(config, Arc::new(SystemClock), Arc::new(SystemRandom), Schema::LaterChecked).await
    }

    /// Opens everything with a clock and randomness of the caller's.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_with(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self> {
        Self::assemble(config, clock, random, Schema::CheckedNow).await
    }

    async fn assemble(
        config: Config,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        schema: Schema,
    ) -> Result<Self> {
        let store = open_store(&config.database).await.context("the data store")?;
        store.migrate().await.context("the data store")?;
        // What is in force binds the program; the file binds nothing until it is put in force.
        let policy = match office::promises::in_force(&store).await? {
            Some(policy) => Arc::new(policy),
            None => Arc::new(read_policy(&config.files.policy)?),
        };
        if schema == Schema::CheckedNow {
            check_schema(&store, &policy).await?;
        }
        let key_store = open_store(&config.key_database).await.context("the key store")?;
        key_store.migrate_keys().await.context("the key store")?;

        let vault_config = vault_config(&config, &key_store, &clock, &random)?;
        let vault = Arc::new(Vault::open(vault_config.clone()).await.context("the keys")?);
        let ledger_key = SigningKey::read(&config.files.ledger_key)
            .with_context(|| format!("the ledger's key {}", config.files.ledger_key.display()))?
            .verifying_key();
        let settings = Settings {
            base_url: config.server.base_url.clone(),
            origin: config.origin(),
            language: config.language,
            billing: config.billing.clone(),
        };
        let recorder = Recorder::new(store.clone(), config.origin(), Arc::clone(&clock), Arc::clone(&random));
        let gate = Arc::new(Gate::new(Register::of(&policy), recorder, ConnectLimits::default()));
        let sender = Sender::new(&policy.provider().name, config.mail.sender()).context("mail.sender")?;
        let (mailer, maildir) = mailer(&config.mail, sender, &gate, &random)?;
        let log = LocalStore::open(config.files.traffic.clone(), config.files.traffic_keys.clone())
            .context("the traffic log")?;
        let log = office::traffic_log::Log { store: Arc::new(log), caps: config.traffic };
        let office = Office::new(store, vault, policy, clock, random, settings).with_log(log);
        Ok(Self {
            config: Arc::new(config),
            office: Arc::new(office),
            key_store,
            vault_config,
            gate,
            mailer,
            maildir,
            ledger_key,
        })
    }

    /// Puts the policy of the file in force, here and at the gate. Tells whether it was new.
    ///
    /// # Errors
    /// When the file says something that cannot be, or the live schema does not fit it.
    pub async fn publish_policy(&self, by: office::By) -> Result<bool> {
        let policy = Arc::new(read_policy(&self.config.files.policy)?);
        check_schema(&self.office.store, &policy).await?;
        let before = self.office.policy();
        self.office.replace_policy(Arc::clone(&policy));
        match office::promises::put_in_force(&self.office, by).await {
            Ok(new) => {
                self.gate.replace_register(Register::of(&policy));
                Ok(new)
            }
            Err(error) => {
                self.office.replace_policy(before);
                Err(error.into())
            }
        }
    }

    /// Takes up the policy that another process put in force.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow_policy(&self) -> Result<()> {
        if let Some(policy) = office::promises::in_force(&self.office.store).await?
            && policy.hash() != self.office.policy().hash()
        {
            let policy = Arc::new(policy);
            self.gate.replace_register(Register::of(&policy));
            self.office.replace_policy(policy);
        }
        Ok(())
    }

    /// Closes the databases.
    ///
    /// # Errors
    /// When a connection cannot be closed.
    pub async fn close(self) -> Result<()> {
        self.office.store.clone().close().await?;
        Ok(self.key_store.close().await?)
    }
}

async fn open_store(url: &store::DatabaseUrl) -> Result<Store> {
    Ok(Store::open(url).await?)
}

/// The vault's parts from the configuration.
///
/// # Errors
/// When the root key cannot be read.
pub fn vault_config(
    config: &Config,
    key_store: &Store,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> Result<VaultConfig> {
    let files = &config.files;
    Ok(VaultConfig {
        store: Arc::new(SqlKeyStore::new(key_store.clone(), Arc::clone(clock))),
        epochs: EpochDir::open(files.epochs.clone(), files.epoch_copies.clone()).context("files.epochs")?,
        root: root_key(files)?,
        tombstones: Tombstones::at(files.destroyed.clone()),
        clock: Arc::clone(clock),
        random: Arc::clone(random),
    })
}

/// The root key: systemd's credential `root.key` where there is one, else the file.
///
/// # Errors
/// When it cannot be read, or others may read it.
pub fn root_key(files: &crate::config::Files) -> Result<RootKey> {
    let credential =
        std::env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join("root.key"));
    match credential.filter(|path| path.exists()) {
        Some(path) => {
            RootKey::read_credential(&path).with_context(|| format!("the credential {}", path.display()))
        }
        None => RootKey::read(&files.root_key)
            .with_context(|| format!("the root key {}", files.root_key.display())),
    }
}

/// Compares the live schema with the declarations and the policy: a column that nobody declared
/// stops the start.
async fn check_schema(store: &Store, policy: &Policy) -> Result<()> {
    let live = store::live_columns(store).await?;
    if let Err(findings) = policy::schema::check(&office::schema::tables(), &live, policy) {
        let list = findings.iter().map(|finding| format!("  {finding}")).collect::<Vec<_>>().join("\n");
        bail!("the database does not fit the declarations and the policy:\n{list}");
    }
    Ok(())
}

type Mailers = (Arc<dyn Mailer>, Option<Arc<Maildir>>);

fn mailer(mail: &Mail, sender: Sender, gate: &Arc<Gate>, random: &Arc<dyn Random>) -> Result<Mailers> {
    match mail {
        Mail::Maildir { path, .. } => {
            let maildir =
                Arc::new(Maildir::open(path.clone(), sender, Arc::clone(random)).context("mail.path")?);
            Ok((Arc::clone(&maildir) as Arc<dyn Mailer>, Some(maildir)))
        }
        Mail::Smtp { host, port, security, user, password_file, timeouts, .. } => {
            let credentials = match (user, password_file) {
                (Some(user), Some(file)) => Some(Credentials { user: user.clone(), password: secret(file)? }),
                (None, None) => None,
                _ => bail!("mail: user and password_file belong together"),
            };
            let settings = SmtpSettings {
                host: host.clone(),
                port: *port,
                security: *security,
                roots: Roots::default(),
                credentials,
                timeouts: *timeouts,
            };
            Ok((Arc::new(Smtp::new(settings, sender, Arc::clone(gate)).context("mail")?), None))
        }
    }
}

fn secret(path: &Path) -> Result<Sensitive<String>> {
    let place = || format!("secret {}", path.display());
    if std::fs::metadata(path).with_context(place)?.len() > SECRET_BYTES_MAX {
        bail!("{}: too long", place());
    }
    let text = Sensitive::new(std::fs::read_to_string(path).with_context(place)?);
    Ok(Sensitive::new(text.expose().trim_end_matches(['\r', '\n']).to_owned()))
}
