//! `tune help [TOPIC|COMMAND]`

use crate::help::TOPICS;
use crate::report::{Exit, Failure, Fault, quoted};
use crate::terminal::screen;
use clap::CommandFactory;

/// Explain a topic (file, program, results, statistics, cluster) or a command
#[derive(clap::Args, Debug)]
pub struct Args {
    /// A topic, or a command
    #[arg(value_name = "TOPIC|COMMAND")]
    about: Option<String>,
}

/// Prints the requested help.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let mut program = crate::Cli::command();
    // The options that all commands share are added by `build`.
    program.build();
    let Some(about) = &args.about else {
        screen::data(program.render_long_help().to_string().trim_end());
        return Ok(Exit::Done);
    };

    if let Some((_, text)) = TOPICS.iter().find(|(name, _)| name == about) {
        screen::data(text.trim_end());
        return Ok(Exit::Done);
    }
    if let Some(command) = program.find_subcommand_mut(about) {
        screen::data(command.render_long_help().to_string().trim_end());
        return Ok(Exit::Done);
    }

    let names: Vec<&str> = TOPICS.iter().map(|(name, _)| *name).collect();
    let fault = Fault::error(format!("no topic and no command is called {}", quoted(about)));
    Err(fault
        .hint(format!("topics: {}; `tune --help` lists the commands", names.join(", ")))
        .into())
}
