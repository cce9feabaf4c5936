//! What the officer types.

use anyhow::{Context, Result, bail};
use keys::seal::Passphrase;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Names a file that holds the passphrase, for tests: it stands beside the share file then, which protects nothing.
pub const PASSPHRASE_FILE: &str = "WAARBORG_OFFICER_PASSPHRASE_FILE";

/// Where typed words come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// A person at a terminal.
    Terminal,
    /// Standard input, whatever it is.
    Piped,
}

/// Asks the officer.
#[derive(Debug)]
pub struct Console {
    typing: Typing,
}

impl Console {
    /// With words from there.
    pub const fn new(typing: Typing) -> Self {
        Self { typing }
    }

    /// Shows something on standard error, which is not what a program reads.
    pub fn show(&self, text: &str) {
        eprintln!("{text}");
    }

    /// Asks for a line.
    pub fn ask(&self, question: &str) -> Result<Zeroizing<String>> {
        let mut stdin = std::io::stdin().lock();
        if self.typing == Typing::Terminal && !stdin.is_terminal() {
            bail!("this is asked of a person: run it in a terminal");
        }
        eprint!("{question} ");
        std::io::stderr().flush()?;
        let mut line = Zeroizing::new(String::new());
        if stdin.read_line(&mut line).context("what was typed")? == 0 {
            bail!("nothing was typed");
        }
        Ok(Zeroizing::new(line.trim().to_owned()))
    }

    /// Asks for something that does not show while it is typed.
    pub fn secret(&self, question: &str) -> Result<Zeroizing<String>> {
        match self.typing {
            Typing::Piped => self.ask(question),
            Typing::Terminal => Ok(Zeroizing::new(rpassword::prompt_password(format!("{question} "))?)),
        }
    }

    /// Where the passphrase lies, when a test says so.
    pub fn passphrase_file() -> Option<PathBuf> {
        std::env::var_os(PASSPHRASE_FILE).map(PathBuf::from)
    }

    /// Asks for the passphrase of the share file.
    pub fn passphrase(&self) -> Result<Passphrase> {
        if let Some(path) = Self::passphrase_file() {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            return Ok(Zeroizing::new(text).trim().parse()?);
        }
        let typed = match self.typing {
            Typing::Piped => self.ask("passphrase:")?,
            Typing::Terminal => Zeroizing::new(rpassword::prompt_password("passphrase: ")?),
        };
        Ok(typed.trim().parse()?)
    }
}
