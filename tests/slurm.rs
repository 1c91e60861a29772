//! Slurm as the command: variables arrive, jobs end with `tune`, and what was interrupted goes on to the same bytes.
//!
//! Needs Debian's slurmctld, slurmd, slurm-client and munge, and root; `just slurm` asks for it by `TUNE_SLURM=1`.

use crate::run::column;
use crate::sandbox::Sandbox;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_mins(2);

/// A Slurm of one host, whose daemons end with this.
struct Cluster {
    folder: tempfile::TempDir,
    daemons: Vec<Child>,
}

impl Cluster {
    /// None where it cannot be, or was not asked for.
    fn start() -> Option<Self> {
        if std::env::var_os("TUNE_SLURM").is_none() {
            println!("skipped: `just slurm` starts a Slurm of one host");
            return None;
        }
        let mut cluster = Self { folder: tempfile::tempdir().unwrap(), daemons: Vec::new() };
        let folder = cluster.folder.path().to_owned();
        for name in ["state", "spool"] {
            std::fs::create_dir(folder.join(name)).unwrap();
        }
        let key = folder.join("munge.key");
        std::fs::write(&key, "not a secret: it lives as long as a test".repeat(8)).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o400)).unwrap();
        let option = |name: &str, file: &str| format!("--{name}={}", folder.join(file).display());
        cluster.daemon(
            "munged",
            &[
                "--foreground",
                "--force",
                &option("key-file", "munge.key"),
                &option("socket", "munge.socket"),
                &option("pid-file", "munged.pid"),
                &option("log-file", "munged.log"),
                &option("seed-file", "munge.seed"),
            ],
        );
        wait_until("munge listens", || folder.join("munge.socket").exists());
        std::fs::write(folder.join("slurm.conf"), configuration(&folder.display().to_string()))
            .unwrap();
        cluster.daemon("slurmctld", &["-D"]);
        let stepd = which("slurmstepd");
        cluster.daemon("slurmd", &["-D", "-d", &stepd]);
        wait_until("the node is idle", || cluster.says("sinfo", &["-h", "-o", "%T"]) == "idle\n");
        Some(cluster)
    }

    fn daemon(&mut self, name: &str, args: &[&str]) {
        let log = std::fs::File::create(self.folder.path().join(format!("{name}.out"))).unwrap();
        let mut daemon = Command::new(which(name));
        daemon.args(args).env("SLURM_CONF", self.conf());
        let daemon = daemon.stdout(Stdio::null()).stderr(log).spawn();
        self.daemons.push(daemon.unwrap_or_else(|error| panic!("{name}: {error}")));
    }

    fn conf(&self) -> PathBuf {
        self.folder.path().join("slurm.conf")
    }

    fn says(&self, program: &str, args: &[&str]) -> String {
        let output = Command::new(program).args(args).env("SLURM_CONF", self.conf()).output();
        output.map(|output| String::from_utf8(output.stdout).unwrap()).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for daemon in self.daemons.iter_mut().rev() {
            let _ = Command::new("kill").arg(daemon.id().to_string()).status();
            let _ = daemon.wait();
        }
    }
}

/// Daemons stand outside of a user's PATH.
fn which(name: &str) -> String {
    let places = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"];
    let mut found = places.iter().map(|place| format!("{place}/{name}"));
    found.find(|path| std::path::Path::new(path).exists()).unwrap_or_else(|| name.to_owned())
}

fn configuration(folder: &str) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let host = host.trim().split('.').next().unwrap().to_owned();
    let [controller, node] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [controller, node] = [controller, node].map(|port| port.local_addr().unwrap().port());
    format!(
        "ClusterName=one\nSlurmctldHost={host}(127.0.0.1)\nSlurmUser=root\nSlurmdUser=root\n\
         AuthType=auth/munge\nAuthInfo=socket={folder}/munge.socket\nCredType=cred/munge\n\
         SlurmctldPort={controller}\nSlurmdPort={node}\nStateSaveLocation={folder}/state\n\
         SlurmdSpoolDir={folder}/spool\nSlurmctldPidFile={folder}/slurmctld.pid\n\
         SlurmdPidFile={folder}/slurmd.pid\nSlurmctldLogFile={folder}/slurmctld.log\n\
         SlurmdLogFile={folder}/slurmd.log\nProctrackType=proctrack/linuxproc\n\
         TaskPlugin=task/none\nSelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\n\
         SwitchType=switch/none\nMpiDefault=none\nReturnToService=2\nKillWait=2\n\
         SlurmdParameters=config_overrides\nNodeName={host} NodeAddr=127.0.0.1 CPUs=4\n\
         PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP\n"
    )
}

fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A study whose program waits for a file `go`, in jobs of Slurm.
fn study(sandbox: &Sandbox) {
    sandbox.write(
        "program.sh",
        "echo $SLURM_JOB_ID $TUNE_TRIAL.$TUNE_FOLD $TUNE_PARAMS; : > begun\n\
         while ! [ -e go ]; do sleep 0.05; done; echo \"{\\\"loss\\\": $1.$TUNE_FOLD}\"",
    );
    sandbox.write(
        "space.toml",
        "[objective]\ncommand = [\"srun\", \"--quiet\", \"--ntasks=1\", \"--export=ALL\", \"sh\", \"program.sh\", \"{way}\"]\n\
         [cv]\nfolds = 2\n[search]\nmethod = \"random\"\ntrials = 6\n[space]\n\
         way = { type = \"int\", low = 0, high = 99 }\n",
    );
}

#[test]
fn jobs_of_slurm_are_told_where_they_stand_end_with_tune_and_go_on() {
    let Some(cluster) = Cluster::start() else { return };
    let run = |sandbox: &Sandbox| {
        let mut run = sandbox.command(&["run", "space.toml", "--workers", "4"]);
        run.env("SLURM_CONF", cluster.conf()).stdout(Stdio::null()).stderr(Stdio::null());
        run.spawn().unwrap()
    };
    let board = |sandbox: &Sandbox| {
        ["leaderboard.csv", "folds.csv"].map(|name| sandbox.read(&format!("results/space/{name}")))
    };
    let undisturbed = Sandbox::new();
    study(&undisturbed);
    undisturbed.write("go", "");
    assert!(run(&undisturbed).wait().unwrap().success());
    let mut jobs = std::collections::BTreeSet::new();
    for (trial, way) in column(&board(&undisturbed)[0], "param_way").into_iter().enumerate() {
        assert!(!way.is_empty(), "{trial}");
        for fold in 0..2 {
            let log = undisturbed.read(&format!("results/space/trials/{trial}/{fold}/output.log"));
            let mut words = log.split_whitespace();
            jobs.insert(words.next().unwrap().to_owned());
            assert_eq!(words.next(), Some(format!("{trial}.{fold}").as_str()));
            assert!(words.next().unwrap().starts_with("{\"way\":"), "{log}");
        }
    }
    assert_eq!(jobs.len(), 12, "each fold is a job");

    let sandbox = Sandbox::new();
    study(&sandbox);
    let mut killed = run(&sandbox);
    wait_until("jobs run", || sandbox.exists("begun"));
    killed.kill().unwrap();
    killed.wait().unwrap();
    wait_until("the jobs end", || cluster.says("squeue", &["-h"]).is_empty());
    sandbox.write("go", "");
    assert!(run(&sandbox).wait().unwrap().success());
    assert_eq!(board(&sandbox), board(&undisturbed));
}
