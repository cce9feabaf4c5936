//! `bench traffic`: the sealed traffic log beside ClickHouse, in one run on one generated log, and what only we have to
//! reach: memory, many days, destruction, the officers' program. Ingestion takes turns with ClickHouse; questions follow each
//! other. ClickHouse is asked with and without an index on the address, and each figure is compared with the better of the two.

use super::{build, says_machine};
use crate::shell::{self, Step, find_program, root};
use crate::tools::CLICKHOUSE;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How often each side ingests; the median counts.
const INGESTS: usize = 3;
/// How often each question is asked.
const ROUNDS: &str = "7";
/// Days over which one address is looked for, their lines, and those of the rest of the term.
const DAYS: [&str; 3] = ["200", "100000", "20000"];

#[derive(clap::Args)]
#[group(skip)]
pub struct Arguments {
    /// Of `traffic`: lines of the generated day
    #[arg(long, default_value_t = 5_000_000)]
    lines: u64,
    /// Of `traffic`: lines of the day that is streamed to show how much memory it takes; 0 leaves that out
    #[arg(long, default_value_t = 50_000_000)]
    long_lines: u64,
    /// Of `traffic`: without ClickHouse beside it
    #[arg(long)]
    without_rival: bool,
}

/// Figures by name, as the programs say them.
type Figures = BTreeMap<String, String>;

struct Bench {
    program: PathBuf,
    folder: tempfile::TempDir,
}

/// A line of the table.
struct Row {
    what: &'static str,
    aim: &'static str,
    ours: String,
    theirs: String,
    ratio: String,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    if !arguments.without_rival && !CLICKHOUSE.is_present() {
        let step = Step::begin(format!("fetch {} through pip: {}", CLICKHOUSE.title, CLICKHOUSE.purpose));
        CLICKHOUSE.fetch()?;
        step.end();
    }
    let officers = build("keys", "seal_bench")?;
    let bench = Bench { program: build("traffic", "traffic_bench")?, folder: tempfile::tempdir()? };
    says_machine();
    println!("{} lines; wall time, and processor time (user and system) in brackets", arguments.lines);
    bench.all(arguments)?;
    println!("\nThe officers' programs, one thread:");
    shell::run(&mut Command::new(officers))
}

/// Said as soon as they are known: who breaks off a long run keeps what was measured.
fn says_rows(rows: &[Row]) {
    println!("\n| the traffic log | aim | measured | ClickHouse | ratio |\n|---|---|---|---|---|");
    for row in rows {
        println!("| {} | {} | {} | {} | {} |", row.what, row.aim, row.ours, row.theirs, row.ratio);
    }
    println!();
}

impl Bench {
    /// Everything but the officers' part.
    fn all(&self, arguments: &Arguments) -> Result<()> {
        let log = self.path("log");
        self.says(&["log", "combined", &arguments.lines.to_string(), "1", &text(&log)])?;
        let parsed = self.says(&["parse", "combined", &text(&log)])?;
        let (mut ingests, mut plain, mut indexed, mut asked) = (vec![], vec![], vec![], Figures::new());
        for round in 0..INGESTS {
            let store = self.path("store");
            ingests.push(self.says(&["seal", &text(&log), &text(&store)])?);
            let last = round + 1 == INGESTS;
            // Questions need the last store; which site and address are asked for is found in it.
            if round == 0 || last {
                asked = self.says(&["ask", &text(&store), if last { ROUNDS } else { "1" }])?;
            }
            remove(&store)?;
            if !arguments.without_rival {
                let rounds = if last { ROUNDS } else { "1" };
                plain.push(self.rival(&log, &asked, rounds, Index::Without)?);
                indexed.push(self.rival(&log, &asked, rounds, Index::With)?);
            }
        }
        remove(&log)?;
        let rivals = [plain, indexed];
        says_rows(&day_rows(&parsed, &ingests, &asked, &rivals)?);
        says_rows(&self.days_rows()?);
        if arguments.long_lines > 0 {
            says_rows(&self.long_rows(arguments.long_lines, &asked)?);
        }
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn says(&self, arguments: &[&str]) -> Result<Figures> {
        let step = Step::begin(arguments.join(" "));
        let said = shell::output(Command::new(&self.program).args(arguments))?;
        step.end();
        Ok(figures(&said))
    }

    fn rival(&self, log: &Path, asked: &Figures, rounds: &str, index: Index) -> Result<Figures> {
        let python = find_program("python3").context("python3 is not in PATH; or leave out ClickHouse")?;
        let script = root().join("crates/traffic/examples/traffic_bench/clickhouse.py");
        let mut command = Command::new(python);
        command.env("PYTHONPATH", CLICKHOUSE.folder()).arg(script).arg(log);
        command.args([said(asked, "site")?, said(asked, "address")?, rounds]);
        if index == Index::With {
            command.arg("--skip-index");
        }
        let step = Step::begin(format!("ClickHouse {}", index.words()));
        let found = figures(&shell::output(&mut command)?);
        step.end();
        for question in ["address.rows", "site_hour.rows", "logins.rows", "rows"] {
            let ours = if question == "rows" { "every.rows" } else { question };
            if said(&found, question)? != said(asked, ours)? {
                bail!("{question}: ClickHouse found {}, we {}", said(&found, question)?, said(asked, ours)?);
            }
        }
        Ok(found)
    }

    /// A log that fits neither in memory nor on the disk, made by one process and read by another.
    fn long_rows(&self, lines: u64, asked: &Figures) -> Result<Vec<Row>> {
        let stream = self.piped(lines, "stream")?;
        let node = self.piped(lines, "node")?;
        let what = |figures: &Figures| -> Result<String> {
            let (bytes, rows) = (number(figures, "bytes")? / 1e9, number(figures, "rows")? / 1e6);
            Ok(format!("{:.0} MB ({bytes:.1} GB, {rows:.0} million lines)", number(figures, "memory")? / 1e6))
        };
        Ok(vec![
            Row::alone("memory: import of a 10 GB log", "≤ 500 MB", what(&stream)?),
            Row::alone("memory: a node with 50 million lines a day", "≤ 1 GB", what(&node)?),
            Row::alone(
                "memory: scans of the day",
                "≤ 300 MB",
                format!("{:.0} MB", number(asked, "memory")? / 1e6),
            ),
        ])
    }

    fn piped(&self, lines: u64, what: &str) -> Result<Figures> {
        let step = Step::begin(format!("{what}: {lines} lines from a pipe"));
        // A part for each five million lines: what the generator keeps in memory.
        let parts = lines.div_ceil(5_000_000).to_string();
        let mut log = Command::new(&self.program)
            .args(["log", "combined", &lines.to_string(), &parts, "-"])
            .stdout(Stdio::piped())
            .spawn()?;
        let folder = self.path(what);
        let source = log.stdout.take().context("a pipe")?;
        let read = Command::new(&self.program).args([what, &text(&folder)]).stdin(source).output();
        let made = log.wait()?;
        let read = read?;
        if !made.success() || !read.status.success() {
            bail!("{what}: {}", String::from_utf8_lossy(&read.stderr).trim());
        }
        remove(&folder)?;
        step.end();
        Ok(figures(&read.stdout))
    }

    fn days_rows(&self) -> Result<Vec<Row>> {
        let folder = self.path("days");
        let said = self.says(&["days", &text(&folder), DAYS[0], DAYS[1], DAYS[2]])?;
        remove(&folder)?;
        Ok(vec![
            Row::alone(
                "one address over 200 days of 100,000 lines, after the release",
                "≤ 100 ms (aim 50)",
                spent(&said, "days")?,
            ),
            Row::alone("destroying a day", "≤ 10 ms", spent(&said, "destroy_day")?),
            Row::alone("destroying one site over 731 days", "≤ 1 s", spent(&said, "destroy_site")?),
        ])
    }
}

fn day_rows(
    parsed: &Figures,
    ingests: &[Figures],
    asked: &Figures,
    rivals: &[Vec<Figures>; 2],
) -> Result<Vec<Row>> {
    let wall = number(parsed, "parse.ms")?;
    let per_second = |millis: f64| number(parsed, "bytes").map(|bytes| bytes / millis / 1e6);
    let parse =
        format!("{:.2} GB/s ({:.2})", per_second(wall)?, per_second(number(parsed, "parse.cpu_ms")?)?);
    let rows = number(&ingests[0], "rows")?;
    let rate = |millis: f64| format!("{:.2} million lines/s", rows / millis / 1e3);
    let ours = Spent::median(ingests, "ingest")?;
    let theirs = better(rivals, "ingest")?;
    let size = number(&ingests[0], "bytes_per_row")?;
    let their_size =
        rivals.iter().filter_map(|one| number(one.first()?, "bytes_per_row").ok()).reduce(f64::min);
    let mut table = vec![
        Row::alone("parse alone, one thread", "≥ 2 GB/s", parse),
        Row {
            what: "log line to sealed segment, two threads",
            aim: "≥ 2.5 times ClickHouse's rate, and 2 million lines/s (aim 4)",
            ours: format!("{}, {}", rate(ours.wall), ours.words()),
            theirs: theirs
                .as_ref()
                .map_or_else(none, |theirs| format!("{}, {}", rate(theirs.wall), theirs.words())),
            ratio: theirs.map_or_else(none, |theirs| {
                format!(
                    "{:.2} times the rate ({:.2})",
                    theirs.wall / ours.wall,
                    theirs.processor / ours.processor
                )
            }),
        },
        Row {
            what: "size, encrypted, index and key object included",
            aim: "≤ 0.70 of ClickHouse's (aim 0.60)",
            ours: format!("{size:.2} bytes per row"),
            theirs: their_size.map_or_else(none, |theirs| format!("{theirs:.2}")),
            ratio: their_size.map_or_else(none, |theirs| format!("{:.3}", size / theirs)),
        },
    ];
    let questions = [
        ("address", "released scan: one address in the day", "≤ 1/5"),
        ("site_hour", "released scan: one site in an hour", "≤ 1/3"),
        ("logins", "released scan: log-in attempts by address", "≤ 1/4"),
    ];
    for (name, what, aim) in questions {
        let ours = Spent::median(std::slice::from_ref(asked), name)?;
        let theirs = better(rivals, name)?;
        table.push(Row {
            what,
            aim,
            ours: ours.words(),
            theirs: theirs.as_ref().map_or_else(none, Spent::words),
            ratio: theirs.map_or_else(none, |theirs| {
                format!(
                    "1/{:.1} (1/{:.1})",
                    theirs.wall / ours.wall,
                    theirs.processor / ours.processor.max(0.1)
                )
            }),
        });
    }
    table.push(Row::alone("released scan: every row with all its fields", "", spent(asked, "every")?));
    Ok(table)
}

impl Row {
    fn alone(what: &'static str, aim: &'static str, ours: String) -> Self {
        Self { what, aim, ours, theirs: String::new(), ratio: String::new() }
    }
}

/// Whether ClickHouse has an index on the address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    With,
    Without,
}

impl Index {
    const fn words(self) -> &'static str {
        match self {
            Self::With => "with an index on the address",
            Self::Without => "without an index on the address",
        }
    }
}

/// Milliseconds.
#[derive(Clone, Copy)]
struct Spent {
    wall: f64,
    processor: f64,
}

impl Spent {
    /// The medians of several runs.
    fn median(runs: &[Figures], name: &str) -> Result<Self> {
        let middle = |kind: &str| -> Result<f64> {
            let mut all =
                runs.iter().map(|run| number(run, &format!("{name}.{kind}"))).collect::<Result<Vec<_>>>()?;
            all.sort_unstable_by(f64::total_cmp);
            all.get(all.len() / 2).copied().context("at least one run")
        };
        Ok(Self { wall: middle("ms")?, processor: middle("cpu_ms")? })
    }

    fn words(&self) -> String {
        let digits = if self.wall < 100.0 { 1 } else { 0 };
        format!("{:.digits$} ms ({:.digits$})", self.wall, self.processor)
    }
}

/// The better of ClickHouse's two ways; questions count in their last run only, the one with many rounds.
fn better(rivals: &[Vec<Figures>; 2], name: &str) -> Result<Option<Spent>> {
    let mut best: Option<Spent> = None;
    for runs in rivals.iter().filter(|runs| !runs.is_empty()) {
        let runs = if name == "ingest" { runs } else { &runs[runs.len() - 1..] };
        let one = Spent::median(runs, name)?;
        best = Some(best.filter(|best| best.wall <= one.wall).unwrap_or(one));
    }
    Ok(best)
}

fn spent(figures: &Figures, name: &str) -> Result<String> {
    Spent::median(std::slice::from_ref(figures), name).map(|spent| spent.words())
}

fn none() -> String {
    "not asked".to_owned()
}

fn figures(text: &[u8]) -> Figures {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn said<'a>(figures: &'a Figures, name: &str) -> Result<&'a str> {
    figures.get(name).map(String::as_str).with_context(|| format!("the program did not say {name}"))
}

fn number(figures: &Figures, name: &str) -> Result<f64> {
    said(figures, name)?.parse().with_context(|| name.to_owned())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    removed.with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(wall: f64, processor: f64) -> Figures {
        figures(format!("ingest.ms\t{wall}\ningest.cpu_ms\t{processor}\nnoise\n").as_bytes())
    }

    #[test]
    fn medians_and_the_better_of_two() {
        let plain = vec![run(30.0, 3.0), run(10.0, 1.0), run(20.0, 2.0)];
        let indexed = vec![run(15.0, 9.0), run(14.0, 9.0), run(90.0, 9.0)];
        let best = better(&[plain.clone(), indexed], "ingest").unwrap().unwrap();
        assert_eq!((best.wall, best.processor), (15.0, 9.0));
        let alone = better(&[plain, vec![]], "ingest").unwrap().unwrap();
        assert_eq!((alone.wall, alone.processor), (20.0, 2.0));
        assert!(better(&[vec![], vec![]], "ingest").unwrap().is_none());
        assert!(better(&[vec![Figures::new()], vec![]], "ingest").is_err());
    }
}
