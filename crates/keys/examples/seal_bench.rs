//! What the seal costs: `cargo run --release -p keys --example seal_bench`. It holds a ceremony of three officers
//! through the public interface, seals as nodes do, and opens as two officers and a release do. All of it is one thread,
//! and times are what that thread was on a processor; medians where a thing is done more than once.

use base::{Day, Random, SystemRandom};
use keys::seal::{
    Block, BlockKey, Chain, Checked, Epoch, EpochId, GroupKey, Label, Message, NodeId, OfficerIdentity,
    Partial, Passphrase, Plan, Record, ReleaseSession, RequestHash, Roster, ShareFile, SiteId, Step,
    seal_answer,
};
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

type Outcome<T> = Result<T, Box<dyn Error>>;

const OFFICERS: u16 = 3;
const THRESHOLD: u16 = 2;
const MONTHS: u32 = 14;
/// Sites of a day, its buckets of addresses, and its dictionary.
const SITES: u32 = 2_000;
const ROUNDS: usize = 5;

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let passphrase = Passphrase::generate(&SystemRandom);
    let files = ceremony(folder.path(), &passphrase)?;
    let chain = files[0].chain().ok_or("a ceremony was held")?.clone();
    let path = folder.path().join("1.age");
    files[0].store(&path, &passphrase)?;
    let (_, opening) = timed(|| ShareFile::load(&path, &passphrase));
    says("open a share file (scrypt, log_n 18)", &millis(opening));

    let site = Block::Rows(SiteId::from_bytes([7; 16]));
    let month: Vec<Label> =
        (0..30).flat_map(|day| [site, Block::Dictionary].map(|block| label(day, block))).collect();
    let sites = (0..SITES).map(|at| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&at.to_be_bytes());
        Block::Rows(SiteId::from_bytes(id))
    });
    let blocks = sites.chain((0..=255).map(Block::Addresses)).chain([Block::Dictionary]);
    let day: Vec<Label> = blocks.map(|block| label(3, block)).collect();
    release("1 site, 30 days", &month, &files, &chain, opening)?;
    release("all sites, 1 day", &day, &files, &chain, opening)
}

fn label(day: u32, block: Block) -> Label {
    Label { day: Day::from_number(20_780 + day), node: NodeId::from_bytes([3; 16]), seq: 1, block }
}

fn says(name: &str, figure: &str) {
    println!("{name:52} {figure}");
}

fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = on_processor();
    let done = work();
    (done, on_processor().saturating_sub(start))
}

/// How long this thread was on a processor, by Linux: what a busy machine does not change much.
fn on_processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0))
}

/// Does it several times; the last result and the median time.
fn median<T>(mut work: impl FnMut() -> Outcome<T>) -> Outcome<(T, Duration)> {
    let mut times = Vec::new();
    loop {
        let (done, time) = timed(&mut work);
        times.push(time);
        if times.len() == ROUNDS {
            times.sort_unstable();
            return Ok((done?, times[ROUNDS / 2]));
        }
    }
}

/// Everything of one release, and what each step costs a label.
fn release(
    name: &str,
    labels: &[Label],
    files: &[ShareFile],
    chain: &Chain,
    opening: Duration,
) -> Outcome<()> {
    let count = labels.len();
    let each = |time: Duration| {
        let micros = time.as_secs_f64() * 1e6 / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        format!("{}, {micros:.0} µs each", millis(time))
    };
    println!("\n{name}: {count} labels");
    let epoch = chain.last().groups()[0].epoch();
    let group = Arc::clone(chain.epoch(epoch).ok_or("the epoch")?);
    let key: &Arc<GroupKey> = group.key();
    let (sealed, time) =
        median(|| Ok(labels.iter().map(|label| key.seal(label, &SystemRandom)).collect::<Vec<_>>()))?;
    says("node: seal", &each(time));
    let records: Vec<(&Label, [u8; 178])> =
        labels.iter().zip(&sealed).map(|(label, (record, _))| (label, record.bytes())).collect();

    let session = ReleaseSession::generate();
    let request = RequestHash::of(b"the request");
    let check = || -> Outcome<Vec<Checked>> {
        records.iter().map(|(label, bytes)| Ok(key.check(label, &Record::parse(bytes)?)?)).collect()
    };
    let (checked, time) = median(check)?;
    says("officer or session: read and check records", &each(time));
    let mut answers: Vec<Message> = Vec::new();
    for file in &files[..usize::from(THRESHOLD)] {
        let work = || -> Outcome<Message> {
            let share = file.share(epoch)?;
            let answered = check()?;
            let answered = answered.iter().map(|checked| share.answer(checked, request, &SystemRandom));
            let partials: Vec<Partial> = answered.collect::<Result<_, _>>()?;
            let roster = chain.last().roster();
            Ok(seal_answer(file.identity(), roster, request, &session.recipient(), &partials)?)
        };
        let (message, time) = median(work)?;
        if answers.is_empty() {
            says("officer: check, answer, encrypt, sign", &each(time));
            says("officer: the same with opening the share file", &millis(time + opening));
        }
        answers.push(message);
    }
    let read = || -> Outcome<Vec<Vec<Partial>>> {
        let roster = chain.last().roster();
        answers.iter().map(|answer| Ok(session.open(roster, request, answer)?.1)).collect()
    };
    let (partials, time) = median(read)?;
    says("session: decrypt the answers of k officers", &each(time));
    let (_, time) = median(|| Ok(group.verify_answer(&checked, request, &partials[0], &[])))?;
    says("session: check one officer's answer", &each(time));
    let open = || -> Outcome<Vec<BlockKey>> {
        let one = |(at, checked): (usize, &Checked)| -> Outcome<BlockKey> {
            let of_label: Vec<Partial> = partials.iter().map(|list| list[at]).collect();
            Ok(group.combine(checked, request, &of_label)?.key)
        };
        checked.iter().enumerate().map(one).collect()
    };
    let (keys, time) = median(open)?;
    says("session: check k answers, combine", &each(time));
    if keys.iter().ne(sealed.iter().map(|(_, key)| key)) {
        return Err("what was opened is not what was sealed".into());
    }
    Ok(())
}

/// A ceremony of three officers for fourteen months.
fn ceremony(folder: &Path, passphrase: &Passphrase) -> Outcome<Vec<ShareFile>> {
    let mut files = Vec::new();
    for number in 1..=OFFICERS {
        files.push(ShareFile::new(OfficerIdentity::generate(&format!("Officer {number}"), &SystemRandom)?));
    }
    let epochs: Vec<Epoch> = (0..MONTHS)
        .map(|month| Epoch {
            id: EpochId::from_bytes((&SystemRandom as &dyn Random).bytes()),
            first_day: Day::from_number(20_780 + 30 * month),
            last_day: Day::from_number(20_809 + 30 * month),
        })
        .collect();
    let officers: Vec<_> = (1u16..).zip(files.iter().map(|file| file.identity().officer().clone())).collect();
    let organisation = "Example Hosting";
    let plan =
        Plan { organisation, threshold: THRESHOLD, officers: &officers, epochs: &epochs, previous: None };
    let roster = Roster::compose(&plan, &SystemRandom)?;
    // Here nobody reads anything to anybody: the digits are taken from the roster itself.
    let typed: BTreeMap<u16, String> = officers
        .iter()
        .map(|(number, officer)| (*number, officer.fingerprint().last_group().to_owned()))
        .collect();
    let session = roster.digits().last_group().to_owned();
    let mut time = Duration::ZERO;
    let mut mail = Vec::new();
    for file in &mut files {
        let compared = roster.clone().compare(file.identity(), &session, &typed)?;
        let (message, took) = timed(|| file.begin(compared, &SystemRandom));
        mail.push(message?);
        time += took;
    }
    for at in 0..2 {
        time += post(&mut files, &mail)?;
        mail.clear();
        for (number, file) in (1..).zip(&mut files) {
            let (step, took) = timed(|| file.advance());
            time += took;
            match step? {
                Step::Send(messages) => mail.extend(messages),
                Step::Store => {
                    let stored = file.store(&folder.join(format!("{number}.age")), passphrase)?;
                    mail.push(file.sign(stored.ok_or("shares were made")?)?);
                }
                step => return Err(format!("{step:?} in round {at}").into()),
            }
        }
    }
    time += post(&mut files, &mail)?;
    for file in &mut files {
        let Step::Done(signed) = file.advance()? else { return Err("the ceremony is not done".into()) };
        file.adopt(*signed)?;
    }
    let name = format!("ceremony, {THRESHOLD} of {OFFICERS}, {MONTHS} epochs, all programs");
    says(&name, &format!("{} without the share files", millis(time)));
    Ok(files)
}

fn post(files: &mut [ShareFile], mail: &[Message]) -> Outcome<Duration> {
    let (result, time) = timed(|| -> Outcome<()> {
        for message in mail {
            for (number, file) in (1u16..).zip(files.iter_mut()) {
                if [0, number].contains(&message.place().to) {
                    file.receive(message.clone())?;
                }
            }
        }
        Ok(())
    });
    result?;
    Ok(time)
}
