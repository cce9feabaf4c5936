//! One chromedriver process: started on a port of its own choosing, stopped with the browsers it
//! began, also when the test panics or is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the driver may take to stop its browsers.
const STOP_MAX: Duration = Duration::from_secs(5);
/// How many lines the driver may print before it names its port.
const LINES_MAX: usize = 50;

/// Stops the driver when the test process is gone without having done so: the pipe closes then.
/// The browser ends with its driver, and leaves its profile, which is removed.
const GUARD: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
if kill -KILL "$1" 2>/dev/null; then sleep 1; rm -rf -- "$2"; fi
"#;

pub(super) struct Driver {
    pub(super) port: u16,
    process: Child,
    guard: Child,
    leash: Option<ChildStdin>,
    /// Held, so that the driver never writes to a closed pipe.
    _stdout: BufReader<ChildStdout>,
}

impl Driver {
    pub(super) fn start(program: &Path, profile: &Path) -> Self {
        let mut process = Command::new(program)
            .args(["--port=0", "--log-level=SEVERE"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut guard = Command::new("sh")
            .args(["-c", GUARD, "guard"])
            .arg(process.id().to_string())
            .arg(profile)
            .stdin(Stdio::piped())
            .spawn()
            .expect("sh starts");
        let leash = guard.stdin.take();
        let mut stdout = BufReader::new(process.stdout.take().expect("its output was asked for"));
        let port = (0..LINES_MAX).find_map(|_| {
            let mut line = String::new();
            stdout.read_line(&mut line).expect("chromedriver prints text");
            port_of(&line)
        });
        Self { port: port.expect("chromedriver names its port"), process, guard, leash, _stdout: stdout }
    }

    /// Asks it to end every browser and itself.
    fn ask_to_stop(&self) -> std::io::Result<()> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(STOP_MAX))?;
        write!(stream, "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        // Only that it answered matters.
        let mut answer = [0u8; 256];
        stream.read(&mut answer).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.ask_to_stop().is_ok() {
            let until = Instant::now() + STOP_MAX;
            while Instant::now() < until && matches!(self.process.try_wait(), Ok(None)) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.leash = None;
        let _ = self.guard.wait();
    }
}

/// The port in `ChromeDriver was started successfully on port 41234.`
fn port_of(line: &str) -> Option<u16> {
    line.split_once("successfully on port ")?.1.trim().trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_drivers_line() {
        assert_eq!(port_of("ChromeDriver was started successfully on port 41234.\n"), Some(41234));
        assert_eq!(port_of("Starting ChromeDriver 156.0 on port 0\n"), None);
    }
}
