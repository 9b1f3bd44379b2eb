//! What the program says when it is ready: for people some lines, for programs one line of JSON.

use crate::{
    cli,
    engine::Engine,
    failure::{Explain, Failure},
    seed::DEMO_ACCOUNTS,
};
use cloud::mail::{Letter, MailError, Mailer};
use secrecy::ExposeSecret;
use serde_json::json;
use std::{fmt::Write as _, io::Write as _, path::Path};

/// Where the data lies.
pub(crate) enum Data<'a> {
    /// In a folder of this process, or in memory.
    Own(Option<&'a Path>),
    /// In another process.
    Engine(&'a str),
}

pub(crate) fn product(url: &str, options: &cli::Front, data: &Data<'_>) -> Result<(), Failure> {
    if options.port == 0 {
        return say(&json!({ "url": url }).to_string());
    }
    if options.quiet {
        return Ok(());
    }
    let data = match data {
        Data::Own(Some(folder)) => format!("{}/", folder.display()),
        Data::Own(None) => "memory only".to_owned(),
        Data::Engine(url) => format!("the engine at {url}"),
    };
    let mut text = format!("\n  Menagerie is open:  {url}\n  Data:               {data}\n\n  Demo accounts:\n");
    for account in &DEMO_ACCOUNTS {
        let kind = match account.guardian {
            None => format!("{:?}", account.role).to_lowercase(),
            Some((guardian, true)) => format!("child of {guardian}"),
            Some((guardian, false)) => format!("child of {guardian}, who has not agreed yet"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "    {:<24} {:<12} {kind}", account.email, account.password);
    }
    say(&format!("{text}\n  Ctrl-C ends it."))
}

pub(crate) fn engine(engine: &Engine, options: &cli::Engine) -> Result<(), Failure> {
    if options.port == 0 {
        return say(&json!({ "url": engine.database_url, "keysUrl": engine.keys_url }).to_string());
    }
    if options.quiet {
        return Ok(());
    }
    say(&format!("Database: {}\nKeys:     {}", engine.database_url, engine.keys_url))
}

/// Letters, to whoever sits at this machine: each a line with its link. The fragment of an address is not
/// sent anywhere.
pub(crate) fn letters(url: &str) -> Mailer {
    let (reset, invitations) = (format!("{url}/reset-password#"), format!("{url}/invitations"));
    Mailer::new(move |letter| {
        let line = match letter {
            Letter::Password(letter) => {
                format!("A link to set a new password: {reset}{}", letter.token.expose_secret())
            }
            Letter::Invitation(_) => format!("An invitation to be family: {invitations}"),
        };
        std::future::ready(say(&line).map_err(|failure| MailError(failure.to_string())))
    })
}

pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).explain("standard output is closed")
}
