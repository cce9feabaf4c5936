//! `waarborg investigate`: questions under an open release, to the process that holds its keys.

use super::officer::console::{Console, Typing};
use crate::cli::{AskedArgs, InvestigateArgs, InvestigateCommand};
use crate::config::Config;
use crate::investigation::{Asked, Found, Line, Want, socket_path};
use crate::output::{Out, table};
use anyhow::{Context, Result, bail};
use base::{Sensitive, Timestamp};
use indicatif::ProgressBar;
use office::releases::{EVIDENCE_BYTES_MAX, Question, Shape};
use serde_json::json;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use zeroize::Zeroizing;

/// The longest line of an answer, in bytes: a million visits.
const LINE_BYTES_MAX: u64 = 1 << 30;
const CHUNK_BYTES: usize = 64 * 1024;

/// Runs a command of an investigation.
///
/// # Errors
/// What the office refuses; when no process serves this installation.
pub async fn run(config: &Path, args: &InvestigateArgs, out: &Out) -> Result<ExitCode> {
    let socket = socket_path(&Config::read(config)?);
    let (asked, shape, rows_max, want) = match &args.command {
        InvestigateCommand::Search { asked, rows, touched: false } => {
            (asked, Shape::Rows, *rows, Want::Answer)
        }
        InvestigateCommand::Search { asked, rows, touched: true } => {
            (asked, Shape::Sites, *rows, Want::Answer)
        }
        InvestigateCommand::Summary { asked } => (asked, Shape::Summary, 1, Want::Answer),
        InvestigateCommand::Export { asked, rows, output } => {
            if output.exists() {
                bail!("{} is there already", output.display());
            }
            (asked, Shape::Rows, *rows, Want::Package)
        }
    };
    let question = question(asked, shape, rows_max);
    question.check()?;
    let mut stream = UnixStream::connect(&socket).await.with_context(|| {
        format!(
            "{}: no `waarborg serve` of this installation answers here; the keys of a release are in its memory",
            socket.display()
        )
    })?;
    let request = request(args, asked, question, want)?;
    stream.write_all(&request).await?;
    let (read, _write) = stream.into_split();
    let mut read = BufReader::new(read).take(LINE_BYTES_MAX);
    let bar = out.progress("days read", 0);
    loop {
        let mut text = String::new();
        if read.read_line(&mut text).await? == 0 {
            bail!("the office went away; ask again when it serves");
        }
        read.set_limit(LINE_BYTES_MAX);
        match serde_json::from_str(&text).context("the office's answer")? {
            Line::Progress(done, total) => {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            }
            Line::Refused(why) => {
                bar.finish_and_clear();
                bail!("{why}");
            }
            Line::Found(found) => {
                bar.finish_and_clear();
                print(&found, shape, out)?;
                return Ok(ExitCode::SUCCESS);
            }
            Line::Package { bytes, found, is_partial } => {
                bar.finish_and_clear();
                let InvestigateCommand::Export { output, .. } = &args.command else {
                    bail!("the office sent a package that nobody asked for");
                };
                if bytes > EVIDENCE_BYTES_MAX as u64 {
                    bail!("the package is too long");
                }
                keep(&mut read, bytes, output, &out.progress("bytes", bytes)).await?;
                let shown =
                    json!({ "file": output, "bytes": bytes, "rows": found, "is_partial": is_partial });
                out.print(&shown, || {
                    let more = if is_partial { "; there are more than were asked for" } else { "" };
                    format!("{} visits in {}{more}", found, output.display())
                })?;
                return Ok(ExitCode::SUCCESS);
            }
        }
    }
}

fn question(asked: &AskedArgs, shape: Shape, rows_max: u64) -> Question {
    Question {
        addresses: asked.addresses.clone(),
        from: asked.from,
        until: asked.until,
        path: asked.path.clone(),
        agent: asked.agent.clone(),
        rows_max,
        ..Question::all(shape)
    }
}

/// The request, with who asks; password and code are asked for each time, and kept nowhere.
fn request(
    args: &InvestigateArgs,
    asked: &AskedArgs,
    question: Question,
    want: Want,
) -> Result<Zeroizing<Vec<u8>>> {
    let console = Console::new(if args.piped { Typing::Piped } else { Typing::Terminal });
    let email = match &args.email {
        Some(email) => email.clone(),
        None => console.ask("address:")?.to_string(),
    };
    let password = console.secret("password:")?;
    let code = console.secret("code of your second factor:")?;
    let asked = Asked {
        email: Sensitive::new(email),
        password: Sensitive::new(password.to_string()),
        code: Sensitive::new(code.to_string()),
        release: asked.release.clone(),
        domains: asked.sites.clone(),
        question,
        want,
    };
    Ok(asked.line()?)
}

/// Writes the package, whole or not at all.
async fn keep(
    read: &mut (impl tokio::io::AsyncRead + Unpin),
    bytes: u64,
    output: &Path,
    bar: &ProgressBar,
) -> Result<()> {
    let place = || output.display().to_string();
    let mut package = Vec::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    while (package.len() as u64) < bytes {
        let read = read.read(&mut chunk).await?;
        if read == 0 {
            bail!("the office went away before the package was whole; nothing was written");
        }
        package.extend_from_slice(&chunk[..read]);
        bar.set_position(package.len() as u64);
    }
    bar.finish_and_clear();
    let mut file = File::create_new(output).with_context(place)?;
    file.write_all(&package).and_then(|()| file.sync_all()).with_context(place)
}

fn print(found: &Found, shape: Shape, out: &Out) -> Result<()> {
    out.print(found, || {
        let moment = |seconds: i64| Timestamp::from_seconds(seconds).rfc3339();
        let counts = |title: &str, counts: &[(String, u64)]| {
            let rows: Vec<Vec<String>> =
                counts.iter().map(|(word, count)| vec![word.clone(), count.to_string()]).collect();
            format!("\n\n{}", table(&[title, "visits"], &rows))
        };
        let mut text = match shape {
            Shape::Rows => {
                let rows: Vec<Vec<String>> = found
                    .rows
                    .iter()
                    .map(|row| {
                        let printable = |text: &str| text.escape_debug().to_string();
                        vec![
                            moment(row.time),
                            row.site.clone(),
                            row.address.clone(),
                            printable(&row.path),
                            printable(&row.agent),
                        ]
                    })
                    .collect();
                table(&["time", "domain", "address", "path", "browser"], &rows)
            }
            Shape::Sites => {
                let rows: Vec<Vec<String>> =
                    found.touched.iter().map(|(day, site)| vec![day.clone(), site.clone()]).collect();
                table(&["day", "domain"], &rows)
            }
            Shape::Summary => {
                let hours: Vec<(String, u64)> =
                    found.hours.iter().map(|(hour, count)| (moment(*hour), *count)).collect();
                format!("{} visits", found.found)
                    + &counts("domain", &found.sites)
                    + &counts("address", &found.addresses)
                    + &counts("path", &found.paths)
                    + &counts("hour", &hours)
            }
        };
        if found.found == 0 {
            text = "nothing was found".into();
        }
        if found.is_partial {
            text.push_str("\nthere is more than was asked for");
        }
        text
    })
}
