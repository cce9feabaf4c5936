//! What a share file holds, as JSON. Secrets stand in it as hexadecimal texts that are wiped when dropped.

use super::ceremony::{Ceremony, Stage, groups_before};
use super::chain::Chain;
use super::dkg::Share;
use super::document::{DocumentError, GroupDocument, SignedDocument};
use super::id::{DocumentHash, EpochId};
use super::message::Message;
use super::officer::OfficerIdentity;
use super::partial::OfficerShare;
use super::roster::Roster;
use super::share_file::{SHARE_FILE_BYTES_MAX, ShareFile, ShareFileError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A secret in the JSON of the file: wiped when dropped.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct SecretText(String);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileJson {
    v: u32,
    identity: IdentityJson,
    documents: Vec<String>,
    shares: Vec<ShareJson>,
    ceremony: Option<CeremonyJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityJson {
    name: String,
    sign: SecretText,
    age: SecretText,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShareJson {
    i: u16,
    epoch: EpochId,
    document: DocumentHash,
    x: SecretText,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CeremonyJson {
    roster: String,
    messages: Vec<String>,
    stage: StageJson,
    secrets: Vec<SecretText>,
    document: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StageJson {
    Committed,
    Dealt,
    Made,
    Stopped(String),
}

fn hidden(bytes: &[u8]) -> SecretText {
    SecretText(hex::encode(bytes))
}

fn shown<const N: usize>(text: &SecretText) -> Result<Zeroizing<[u8; N]>, ShareFileError> {
    let mut bytes = Zeroizing::new([0; N]);
    hex::decode_to_slice(&text.0, bytes.as_mut_slice())
        .map_err(|_| ShareFileError::Contents("a secret has another length or is not hexadecimal"))?;
    Ok(bytes)
}

impl ShareFile {
    pub(crate) fn text(&self) -> Result<Zeroizing<String>, ShareFileError> {
        let (sign, age) = self.identity.secrets();
        let documents = self.chain.iter().flat_map(Chain::documents);
        let of = |share: &OfficerShare| {
            let mut all = self.chain.iter().flat_map(Chain::documents).map(SignedDocument::document);
            all.find(|document| document.groups().contains(share.group())).map(GroupDocument::hash)
        };
        let mut shares = Vec::new();
        for share in &self.shares {
            let document = of(share).ok_or(ShareFileError::Contents("a share without its document"))?;
            let (i, epoch) = (share.officer(), share.group().epoch());
            shares.push(ShareJson { i, epoch, document, x: hidden(share.secret().as_slice()) });
        }
        let json = FileJson {
            v: 1,
            identity: IdentityJson {
                name: self.identity.officer().name().to_owned(),
                sign: hidden(sign.as_slice()),
                age: SecretText(age.to_string()),
            },
            documents: documents.map(SignedDocument::text).collect(),
            shares,
            ceremony: self.ceremony.as_ref().map(ceremony_json),
        };
        // Room for all of it, so that no copies are left where a growing buffer was.
        let mut text = Zeroizing::new(Vec::with_capacity(SHARE_FILE_BYTES_MAX / 8));
        serde_json::to_writer(&mut *text, &json)
            .map_err(|_| ShareFileError::Contents("it cannot be written"))?;
        let text = String::from_utf8(core::mem::take(&mut *text));
        Ok(Zeroizing::new(text.map_err(|_| ShareFileError::Contents("it is not text"))?))
    }

    /// Reads the contents of an opened file.
    ///
    /// # Errors
    /// When they are not what this program writes.
    pub fn parse(text: &[u8]) -> Result<Self, ShareFileError> {
        // The words of serde can repeat what they found: they stay here.
        let json: FileJson = serde_json::from_slice(text)
            .map_err(|_| ShareFileError::Contents("it is not the JSON of a share file"))?;
        if json.v != 1 {
            return Err(ShareFileError::Version(json.v));
        }
        let seed = shown::<32>(&json.identity.sign)?;
        let identity = OfficerIdentity::restore(&json.identity.name, &seed, &json.identity.age.0)?;
        let mut chain: Option<Chain> = None;
        for text in &json.documents {
            let signed = SignedDocument::parse(text)?;
            match &mut chain {
                Some(chain) => chain.append(signed)?,
                // What is in the file was pinned when it was adopted.
                None => {
                    let hash = signed.document().hash();
                    chain = Some(Chain::begin(signed, hash)?);
                }
            }
        }
        let mut shares: Vec<OfficerShare> = Vec::new();
        for share in &json.shares {
            let mut documents = chain.iter().flat_map(Chain::documents).map(SignedDocument::document);
            let group = documents
                .find(|document| document.hash() == share.document)
                .and_then(|document| document.groups().iter().find(|group| group.epoch() == share.epoch))
                .ok_or(ShareFileError::Contents("a share without its document"))?;
            if shares.iter().any(|other| other.group().epoch() == share.epoch) {
                return Err(ShareFileError::Contents("two shares of one epoch"));
            }
            shares.push(OfficerShare::new(Arc::clone(group), share.i, &shown(&share.x)?)?);
        }
        let ceremony = json.ceremony.as_ref();
        let ceremony = ceremony.map(|json| read_ceremony(json, &identity, chain.as_ref())).transpose()?;
        Ok(Self { identity, chain, shares, ceremony })
    }
}

fn ceremony_json(ceremony: &Ceremony) -> CeremonyJson {
    let all = |secrets: &[Zeroizing<Vec<u8>>]| secrets.iter().map(|secret| hidden(secret)).collect();
    let (stage, secrets, document) = match &ceremony.stage {
        Stage::Committed(secrets) => (StageJson::Committed, all(secrets), None),
        Stage::Dealt(secrets) => (StageJson::Dealt, all(secrets), None),
        Stage::Made(document, shares) => {
            let secrets = shares.iter().map(|share| hidden(share.as_slice())).collect();
            (StageJson::Made, secrets, Some(document.text().to_owned()))
        }
        Stage::Stopped(why) => (StageJson::Stopped(why.clone()), Vec::new(), None),
    };
    CeremonyJson {
        roster: ceremony.roster.text().to_owned(),
        messages: ceremony.messages.values().map(Message::text).collect(),
        stage,
        secrets,
        document,
    }
}

fn read_ceremony(
    json: &CeremonyJson,
    identity: &OfficerIdentity,
    chain: Option<&Chain>,
) -> Result<Ceremony, ShareFileError> {
    let roster = Roster::parse(&json.roster).map_err(DocumentError::from)?;
    let own = roster.number_of(identity.officer()).ok_or(ShareFileError::Contents("not its ceremony"))?;
    let old = groups_before(&roster, chain)?;
    let bytes = |text: &SecretText| {
        let bytes = hex::decode(&text.0).map(Zeroizing::new);
        bytes.map_err(|_| ShareFileError::Contents("a secret is not hexadecimal"))
    };
    let secrets = || json.secrets.iter().map(bytes).collect::<Result<Vec<_>, _>>();
    let stage = match (&json.stage, &json.document) {
        (StageJson::Committed, None) => Stage::Committed(secrets()?),
        (StageJson::Dealt, None) => Stage::Dealt(secrets()?),
        (StageJson::Made, Some(text)) => {
            let document = GroupDocument::parse(text)?;
            if document.roster() != &roster {
                return Err(ShareFileError::OtherDocument);
            }
            let shares = json.secrets.iter().map(shown).collect::<Result<Vec<Share>, _>>()?;
            for (group, share) in document.groups().iter().zip(&shares) {
                OfficerShare::new(Arc::clone(group), own, share)?;
            }
            Stage::Made(Box::new(document), shares)
        }
        (StageJson::Stopped(why), None) => Stage::Stopped(why.clone()),
        _ => return Err(ShareFileError::Contents("a stage and a document that do not fit")),
    };
    let expected = if matches!(stage, Stage::Stopped(_)) { 0 } else { roster.epochs().len() };
    if json.secrets.len() != expected {
        return Err(ShareFileError::Contents("a secret too many or too few"));
    }
    let mut messages = BTreeMap::new();
    for text in &json.messages {
        let message = Message::parse(text)?;
        message.verify(&roster)?;
        messages.insert(message.place(), message);
    }
    Ok(Ceremony { roster, own, old, messages, stage })
}
