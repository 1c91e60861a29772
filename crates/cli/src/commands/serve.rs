//! `tune serve [STUDY]`

use super::Common;
use crate::live::{Studies, token};
use crate::report::{Exit, Failure, Fault};
use crate::run::interrupt;
use crate::terminal::screen;
use ::report::serve::{Gate, path_of, serve};
use experiment::folder::StudyFolder;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Show studies live in the browser: the pages of `report`, updated when trials end
///
/// Answers this machine only, read-only, at an address that others cannot guess. Ctrl-C ends it.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A study's name or folder; without one, the list of studies
    study: Option<String>,
    /// The port; 0 chooses a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Listen at this address instead of 127.0.0.1; others can then read all studies
    #[arg(long, value_name = "ADDRESS")]
    bind: Option<IpAddr>,
    /// No random token in the address
    #[arg(long, conflicts_with = "bind")]
    no_token: bool,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

/// Serves until it is interrupted.
pub fn run(args: &Args, common: &Common) -> Result<Exit, Failure> {
    let (results, study) = match &args.study {
        Some(study) => {
            let folder = StudyFolder::find(&common.results, study)?;
            let parent = folder.path().parent().unwrap_or(Path::new(".")).to_owned();
            (parent, Some(folder.name()))
        }
        None => (common.results.clone(), None),
    };

    let address = args.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let token = (!args.no_token).then(token);
    let door = Door::open(results, SocketAddr::new(address, args.port), token)?;

    if !address.is_loopback() {
        let warning =
            "everyone who can reach this address and knows the token can read all studies";
        screen::warn(&Fault::warning(warning));
    }

    // The address alone on stdout, so that a script can take it.
    let url = door.url(study.as_deref());
    screen::data(&url);
    common.talk("press Ctrl-C to end");

    if args.open {
        open_in_browser(&url);
    }
    interrupt::listen()?;
    door.serve(interrupt::is_asked)?;

    Ok(Exit::Done)
}

/// A listening socket and its access rules.
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    gate: Gate,
    results: PathBuf,
}

impl Door {
    /// Listens at an address.
    ///
    /// # Errors
    /// If the address is not available.
    pub fn open(
        results: PathBuf,
        address: SocketAddr,
        token: Option<String>,
    ) -> Result<Self, Failure> {
        let cannot = |error| Failure::input(format!("cannot listen at {address}: {error}"));
        let listener = TcpListener::bind(address).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;

        let mut gate = Gate::local(address.port(), token);
        if address.ip().is_unspecified() {
            // The names by which others address this machine are unknown here.
            gate.hosts.clear();
        } else if !address.ip().is_loopback() {
            gate.hosts.push(address.to_string());
        }

        Ok(Self { listener, address, gate, results })
    }

    /// Returns the address of a study's page, or of the list.
    pub fn url(&self, study: Option<&str>) -> String {
        let page = study.map(path_of).unwrap_or_default();
        format!("http://{}{}{page}", self.address, self.gate.root())
    }

    /// Answers requests until `is_over` returns true.
    ///
    /// # Errors
    /// If the socket fails.
    pub fn serve(self, is_over: impl Fn() -> bool) -> Result<(), Failure> {
        let studies = Box::new(Studies::new(&self.results));
        serve(self.listener, studies, self.gate, is_over)
            .map_err(|error| Failure::store(format!("cannot serve: {error}")))
    }
}

/// The live page of the study that this process runs, on its own thread; it ends when dropped.
pub struct Page {
    url: String,
    is_over: Arc<AtomicBool>,
}

impl Page {
    /// Starts the page at a free port of this machine.
    ///
    /// # Errors
    /// If there is none.
    pub fn open(results: &Path, study: &str) -> Result<Self, Failure> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let door = Door::open(results.to_owned(), address, Some(token()))?;
        let url = door.url(Some(study));
        let is_over = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&is_over);
        // A failing page must not fail the run.
        std::thread::spawn(move || drop(door.serve(|| flag.load(Ordering::Relaxed))));
        Ok(Self { url, is_over })
    }

    /// Returns its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Opens a page in the browser; a failure is ignored, since the address is printed.
fn open_in_browser(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = std::process::Stdio::null;
    let started = std::process::Command::new(program)
        .arg(url)
        .stdin(quiet())
        .stdout(quiet())
        .stderr(quiet())
        .spawn();
    drop(started);
}
