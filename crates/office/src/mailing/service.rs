//! Writing mails into the outbox and taking them out.

use super::store::{self, MailRow};
use super::{MailId, MailKind};
use crate::{Office, OfficeError};
use ::store::{Job, Tx};
use base::{Language, Sensitive, SubjectId, Timestamp};
use keys::purpose::Support;
use keys::{Cell, DataKey, KeyError, Sealed};
use serde::{Deserialize, Serialize};

/// The longest body, in bytes.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// A mail to be.
#[derive(Debug)]
pub struct NewMail<'a> {
    /// Whose mail it is.
    pub subject: SubjectId,
    /// Where it goes.
    pub to: &'a Sensitive<String>,
    /// What it is about.
    pub kind: MailKind,
    /// Its language.
    pub language: Language,
    /// Its subject line. Nothing personal: it travels and is shown where the body is not.
    pub title: String,
    /// Its text.
    pub body: Sensitive<String>,
}

/// A sealed mail that waits for the transaction of its cause.
#[derive(Debug)]
pub struct PreparedMail(MailRow);

/// The job that sends one mail.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendMail {
    /// Which.
    pub mail: MailId,
}

impl Job for SendMail {
    const KIND: &'static str = "mail.send";
    const ATTEMPTS_MAX: u32 = 12;
}

/// A mail taken out of the outbox, opened.
#[derive(Debug)]
pub struct Letter {
    /// Its id, from which its Message-ID comes.
    pub id: MailId,
    /// Whose mail it is.
    pub subject: SubjectId,
    /// What it is about.
    pub kind: MailKind,
    /// Its language.
    pub language: Language,
    /// Where it goes.
    pub to: Sensitive<String>,
    /// Its subject line.
    pub title: Sensitive<String>,
    /// Its text.
    pub body: Sensitive<String>,
    /// When it was written.
    pub created_at: Timestamp,
}

const fn cell(column: &'static str, id: MailId, subject: SubjectId) -> Cell {
    Cell { table: "mail", column, row: id.bytes(), revision: None, subject }
}

/// Seals a mail, before the transaction of its cause begins.
///
/// # Errors
/// When the keys fail, or the text is too long.
pub async fn prepare(office: &Office, mail: NewMail<'_>) -> Result<PreparedMail, OfficeError> {
    if mail.body.expose().len() > BODY_BYTES_MAX {
        return Err(OfficeError::Other(format!("a mail of more than {BODY_BYTES_MAX} bytes")));
    }
    let key: DataKey<Support> = office.vault.ensure(mail.subject).await?;
    let id = MailId::new(&*office.clock, &*office.random);
    let seal = |column, text: &str| {
        key.seal(&cell(column, id, mail.subject), text.as_bytes(), &*office.random).into_bytes()
    };
    Ok(PreparedMail(MailRow {
        id,
        subject: mail.subject,
        kind: mail.kind,
        language: mail.language,
        recipient: seal("recipient", mail.to.expose()),
        title: seal("title", &mail.title),
        body: seal("body", mail.body.expose()),
        created_at: office.now(),
    }))
}

impl PreparedMail {
    /// Puts the mail and its job into the transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue(&self, office: &Office, tx: &Tx) -> Result<MailId, OfficeError> {
        store::insert(tx, &self.0).await?;
        let job = SendMail { mail: self.0.id };
        tx.enqueue(&job, self.0.created_at, &*office.clock, &*office.random).await?;
        Ok(self.0.id)
    }
}

/// A mail of the outbox, opened; none when it has been sent or its subject is erased.
///
/// # Errors
/// When a store fails.
pub async fn letter(office: &Office, id: MailId) -> Result<Option<Letter>, OfficeError> {
    let Some(row) = store::by_id(&office.store, id).await? else { return Ok(None) };
    let key = match office.vault.key::<Support>(row.subject).await {
        Err(KeyError::Missing { .. }) => return Ok(None),
        other => other?,
    };
    let open = |column, bytes: Vec<u8>| -> Result<Sensitive<String>, OfficeError> {
        let value = key.open(&cell(column, id, row.subject), &Sealed::from_bytes(bytes)?)?;
        Ok(Sensitive::new(value.text()?.to_owned()))
    };
    Ok(Some(Letter {
        id,
        subject: row.subject,
        kind: row.kind,
        language: row.language,
        to: open("recipient", row.recipient)?,
        title: open("title", row.title)?,
        body: open("body", row.body)?,
        created_at: row.created_at,
    }))
}

/// Whether a mail that has left was still to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It was, and is emptied now.
    Noted,
    /// Its subject is being erased, or it is gone: a copy in a folder of the provider goes too.
    Unwanted,
}

/// Empties a mail that has left. An erasure that began while it was under way has perhaps looked for
/// copies already: the caller then takes its own back.
///
/// # Errors
/// When the database fails.
pub async fn mark_sent(office: &Office, id: MailId) -> Result<Left, OfficeError> {
    let tx = office.store.begin().await?;
    let noted = store::mark_sent(&tx, id, office.now()).await?;
    tx.commit().await?;
    Ok(if noted == 0 { Left::Unwanted } else { Left::Noted })
}

/// The mails of a subject, sent or not, for its erasure to take back; at most 10,000.
///
/// # Errors
/// When the database fails.
pub async fn of_subject(office: &Office, subject: SubjectId) -> Result<Vec<MailId>, OfficeError> {
    Ok(store::of_subject(&office.store, subject, 10_000).await?)
}

/// A text with the greeting and signature of the provider around it.
#[must_use]
pub fn signed(office: &Office, language: Language, text: &str) -> Sensitive<String> {
    let policy = office.policy();
    let provider = policy.provider();
    let (greeting, closing, contact) = match language {
        Language::Nl => ("Beste lezer,", "Met vriendelijke groet,", "Vragen? Gebruik ons contactformulier:"),
        Language::En => ("Dear reader,", "Kind regards,", "Questions? Use our contact form:"),
    };
    let base = &office.settings.base_url;
    Sensitive::new(format!(
        "{greeting}\n\n{}\n\n{closing}\n{}\n\n-- \n{contact} {base}/contact\n",
        text.trim(),
        provider.name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subjects::{self, SubjectKind};
    use crate::testing::office_test;
    use ::store::{JobState, jobs_in_state};

    async fn queue(office: &Office, subject: SubjectId) -> MailId {
        let mail = NewMail {
            subject,
            to: &"fenna@klant.example".into(),
            kind: MailKind::Answer,
            language: Language::Nl,
            title: "Bericht 12".into(),
            body: signed(office, Language::Nl, "Dank voor uw bericht."),
        };
        let prepared = prepare(office, mail).await.expect("sealed");
        let tx = office.store.begin().await.expect("tx");
        let id = prepared.queue(office, &tx).await.expect("queued");
        tx.commit().await.expect("committed");
        id
    }

    office_test! {
        async fn a_mail_waits_sealed_is_emptied_once_sent(t: &TestOffice) {
            let office = &*t.office;
            let subject = SubjectId::new(&*office.clock, &*office.random);
            let tx = office.store.begin().await.expect("tx");
            subjects::create(&tx, subject, SubjectKind::Visitor, office.now()).await.expect("subject");
            tx.commit().await.expect("committed");
            let id = queue(office, subject).await;
            let jobs = jobs_in_state(&office.store, JobState::Queued, 10).await.expect("jobs");
            assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), [SendMail::KIND]);
            let letter = super::super::letter(office, id).await.expect("read").expect("there");
            assert_eq!(letter.to.expose(), "fenna@klant.example");
            assert!(letter.body.expose().contains("Dank voor uw bericht."));
            assert_eq!(mark_sent(office, id).await.expect("sent"), Left::Noted);
            assert!(super::super::letter(office, id).await.expect("read").is_none());
            assert_eq!(of_subject(office, subject).await.expect("ids"), [id]);

            let second = queue(office, subject).await;
            office.vault.destroy(subject).await.expect("destroyed");
            assert!(super::super::letter(office, second).await.expect("read").is_none(), "an erased subject gets no mail");

            let third = queue(office, subject).await;
            let tx = office.store.begin().await.expect("tx");
            subjects::mark_erasing(&tx, subject, office.now()).await.expect("erasing");
            tx.commit().await.expect("committed");
            assert!(super::super::letter(office, third).await.expect("read").is_none(), "erasure has begun");
            assert_eq!(mark_sent(office, third).await.expect("asked"), Left::Unwanted);
        }
    }
}
