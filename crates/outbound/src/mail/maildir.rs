//! Mail into a folder of this machine (maildir: `tmp`, `new`, `cur`). The default: nothing leaves,
//! so the gate is not asked.
//!
//! Invariants: a file in `new` is whole and durable; its name follows from the mail, so a mail that
//! is delivered twice is one file, also when a reader has moved it to `cur`; a mail is removed by
//! its id alone, in all three folders.

use super::{Delivery, Mail, MailError, MailId, Mailer, Sender};
use async_trait::async_trait;
use base::{Random, Timestamp};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const TMP: &str = "tmp";
const NEW: &str = "new";
const CUR: &str = "cur";
/// The last part of every name, where maildir has the name of the machine: ours would tell where
/// the program runs to whoever gets the folder.
const MACHINE: &str = "waarborg";
/// A file in `tmp` that is older than this was left by a process that ended half way.
const ABANDONED_AFTER: Duration = Duration::from_secs(36 * 3_600);

/// Delivers mail into a folder.
#[derive(Clone)]
pub struct Maildir {
    root: PathBuf,
    sender: Sender,
    random: Arc<dyn Random>,
}

impl core::fmt::Debug for Maildir {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Maildir").field("root", &self.root).finish_non_exhaustive()
    }
}

impl Maildir {
    /// Opens the folder, and makes it if there is none, readable by this user alone.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(
        root: impl Into<PathBuf>,
        sender: Sender,
        random: Arc<dyn Random>,
    ) -> Result<Self, MailError> {
        let maildir = Self { root: root.into(), sender, random };
        for name in [TMP, NEW, CUR] {
            let folder = maildir.root.join(name);
            DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|e| failed(&folder, &e))?;
        }
        Ok(maildir)
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Removes a mail wherever it stands, also when a reader has moved it, and tells how many
    /// files went. What is in `new` is found at once; `tmp` and `cur` are gone through.
    /// Durable when it returns. Blocks.
    ///
    /// # Errors
    /// When a file or folder cannot be read or removed; safe to call again.
    pub fn remove(&self, mail: MailId) -> Result<u64, MailError> {
        let name = file_name(mail);
        let mut removed = u64::from(remove_file(&self.root.join(NEW).join(&name))?);
        for folder in [TMP, CUR] {
            removed += self.remove_where(folder, |file, _| file.starts_with(&name))?;
        }
        if removed > 0 {
            for folder in [TMP, NEW, CUR] {
                self.sync(folder)?;
            }
        }
        Ok(removed)
    }

    /// Removes what deliveries that ended half way left in `tmp` longer than 36 hours ago, and
    /// tells how many files went. Blocks.
    ///
    /// # Errors
    /// When a file or folder cannot be read or removed.
    pub fn remove_abandoned(&self, now: Timestamp) -> Result<u64, MailError> {
        let seconds = u64::try_from(now.as_seconds()).unwrap_or(0);
        let limit = (SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).checked_sub(ABANDONED_AFTER);
        self.remove_where(TMP, |_, path| {
            limit.is_some_and(|limit| {
                fs::metadata(path).and_then(|m| m.modified()).is_ok_and(|changed| changed < limit)
            })
        })
    }

    fn remove_where(&self, name: &str, choose: impl Fn(&str, &Path) -> bool) -> Result<u64, MailError> {
        let folder = self.root.join(name);
        let mut removed = 0;
        for entry in fs::read_dir(&folder).map_err(|e| failed(&folder, &e))? {
            let path = entry.map_err(|e| failed(&folder, &e))?.path();
            let chosen = path.file_name().and_then(|f| f.to_str()).is_some_and(|file| choose(file, &path));
            if chosen {
                removed += u64::from(remove_file(&path)?);
            }
        }
        Ok(removed)
    }

    fn deliver(&self, name: &str, bytes: &[u8]) -> Result<Delivery, MailError> {
        let new = self.root.join(NEW).join(name);
        if self.is_there(name, &new)? {
            return Ok(Delivery::AlreadyThere);
        }
        // Two processes that deliver the same mail at the same time each write their own file.
        let unique = u64::from_be_bytes(self.random.bytes());
        let tmp = self.root.join(TMP).join(format!("{name}.{unique:016x}"));
        if let Err(error) = write_durably(&tmp, bytes).and_then(|()| fs::rename(&tmp, &new)) {
            // What is left is removed as abandoned, if it cannot be removed now.
            fs::remove_file(&tmp).ok();
            return Err(failed(&new, &error));
        }
        self.sync(NEW)?;
        Ok(Delivery::Accepted)
    }

    /// Whether the mail is in `new`, or in `cur` with whatever flags its reader gave it.
    fn is_there(&self, name: &str, new: &Path) -> Result<bool, MailError> {
        if new.try_exists().map_err(|e| failed(new, &e))? {
            return Ok(true);
        }
        let cur = self.root.join(CUR);
        for entry in fs::read_dir(&cur).map_err(|e| failed(&cur, &e))? {
            let file = entry.map_err(|e| failed(&cur, &e))?.file_name();
            let rest = file.to_str().and_then(|file| file.strip_prefix(name));
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':')) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn sync(&self, name: &str) -> Result<(), MailError> {
        let folder = self.root.join(name);
        File::open(&folder).and_then(|f| f.sync_all()).map_err(|e| failed(&folder, &e))
    }
}

#[async_trait]
impl Mailer for Maildir {
    async fn send(&self, mail: &Mail) -> Result<Delivery, MailError> {
        let written = mail.write(&self.sender)?;
        let name = file_name(mail.id());
        let maildir = self.clone();
        tokio::task::spawn_blocking(move || maildir.deliver(&name, written.bytes.expose()))
            .await
            .map_err(|_| MailError::Compose("the delivery was interrupted"))?
    }
}

/// The name of a mail's file, from its id alone: the second at which the id was made, the id.
fn file_name(mail: MailId) -> String {
    let [a, b, c, d, e, f, ..] = mail.bytes();
    let millis = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    format!("{}.{}.{MACHINE}", millis / 1_000, mail.uuid().simple())
}

/// Whether there was a file to remove.
fn remove_file(path: &Path) -> Result<bool, MailError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(false),
        Err(e) => Err(failed(path, &e)),
    }
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// File names hold an id and a time, so they may be told.
fn failed(path: &Path, error: &io::Error) -> MailError {
    MailError::Folder { path: path.to_owned(), reason: error.kind().to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{draft, now, sender};
    use base::{Clock, SeededRandom, SystemClock};

    fn maildir(root: &Path) -> Maildir {
        Maildir::open(root.join("mail"), sender(), Arc::new(SeededRandom::new(3))).expect("opened")
    }

    fn files(maildir: &Maildir, name: &str) -> Vec<PathBuf> {
        let folder = fs::read_dir(maildir.root.join(name)).expect("a folder");
        folder.map(|e| e.expect("an entry").path()).collect()
    }

    #[tokio::test]
    async fn a_mail_delivered_twice_is_one_file_also_after_it_was_read() {
        let temp = tempfile::tempdir().expect("a folder");
        let maildir = maildir(temp.path());
        let mail = Mail::new(draft()).expect("valid");
        assert_eq!(maildir.send(&mail).await.expect("sent"), Delivery::Accepted);
        assert_eq!(maildir.send(&mail).await.expect("sent"), Delivery::AlreadyThere);
        let new = files(&maildir, NEW);
        assert_eq!((new.len(), files(&maildir, TMP).len()), (1, 0));
        assert_eq!(fs::read(&new[0]).expect("read"), *mail.write(&sender()).expect("written").bytes.expose());

        let name = new[0].file_name().and_then(|n| n.to_str()).expect("a name");
        fs::rename(&new[0], maildir.root.join(CUR).join(format!("{name}:2,S"))).expect("moved");
        assert_eq!(maildir.send(&mail).await.expect("sent"), Delivery::AlreadyThere);
        assert_eq!(files(&maildir, NEW).len(), 0);

        let mut other = draft();
        other.id = MailId::new(&SystemClock, &SeededRandom::new(9));
        assert_eq!(maildir.send(&Mail::new(other).expect("valid")).await.expect("sent"), Delivery::Accepted);
        assert_eq!(files(&maildir, NEW).len(), 1);
    }

    #[tokio::test]
    async fn many_at_once_make_one_file() {
        let temp = tempfile::tempdir().expect("a folder");
        let maildir = maildir(temp.path());
        let mail = Mail::new(draft()).expect("valid");
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (maildir, mail) = (maildir.clone(), mail.clone());
            tasks.spawn(async move { maildir.send(&mail).await.is_ok() });
        }
        assert!(tasks.join_all().await.into_iter().all(|sent| sent));
        assert_eq!((files(&maildir, NEW).len(), files(&maildir, TMP).len()), (1, 0));
    }

    #[tokio::test]
    async fn a_mail_is_removed_by_its_id_from_every_folder() {
        let temp = tempfile::tempdir().expect("a folder");
        let maildir = maildir(temp.path());
        let mail = Mail::new(draft()).expect("valid");
        let mut other = draft();
        other.id = MailId::new(&SystemClock, &SeededRandom::new(9));
        maildir.send(&mail).await.expect("sent");
        maildir.send(&Mail::new(other).expect("valid")).await.expect("sent");
        let name = file_name(mail.id());
        assert_eq!(name, format!("{}.{}.{MACHINE}", now().as_seconds(), mail.id().uuid().simple()));
        fs::write(maildir.root.join(CUR).join(format!("{name}:2,S")), "read").expect("written");
        fs::write(maildir.root.join(TMP).join(format!("{name}.00")), "half").expect("written");
        assert_eq!(maildir.remove(mail.id()).expect("removed"), 3);
        assert_eq!(maildir.remove(mail.id()).expect("removed"), 0);
        let left = [TMP, NEW, CUR].map(|name| files(&maildir, name).len());
        assert_eq!(left, [0, 1, 0]);
    }

    #[test]
    fn only_old_leftovers_are_abandoned() {
        let temp = tempfile::tempdir().expect("a folder");
        let maildir = maildir(temp.path());
        fs::write(maildir.root.join(TMP).join("half"), "half").expect("written");
        let now = SystemClock.now();
        assert_eq!(maildir.remove_abandoned(now.plus_seconds(35 * 3_600)).expect("looked"), 0);
        assert_eq!(maildir.remove_abandoned(now.plus_seconds(37 * 3_600)).expect("looked"), 1);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_named_and_the_mail_is_not() {
        let temp = tempfile::tempdir().expect("a folder");
        let maildir = maildir(temp.path());
        fs::remove_dir_all(maildir.root.join(TMP)).expect("removed");
        let error = maildir.send(&Mail::new(draft()).expect("valid")).await.expect_err("no tmp");
        assert_eq!(error.next(), super::super::Next::Retry);
        assert!(
            !error.to_string().contains("example.org") && error.to_string().contains("mail/new"),
            "{error}"
        );
    }
}
