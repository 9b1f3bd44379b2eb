//! The export for any screen: text in UTF-8, what is said as it was said.

use crate::{
    transcript::{Message, Transcript},
    wording,
};

/// The file's text.
pub(crate) fn write(transcript: &Transcript) -> String {
    let mut parts = vec![
        format!("{}\n{}\n", transcript.animal_name, wording::with(transcript)),
        format!("{}\nAll times are UTC.\n", wording::when(transcript)),
    ];
    let mut day = String::new();
    for message in &transcript.messages {
        let today = wording::day(message.timestamp);
        if today != day {
            parts.push(format!("\n---- {today} ----\n"));
            day = today;
        }
        parts.push(said(transcript, message));
    }
    parts.push(format!("\n---- {} ----\n\n", wording::ABOUT));
    parts.extend(wording::figures(transcript).into_iter().map(|(name, value)| format!("{name}: {value}\n")));
    parts.push(format!("\n{}\n", wording::purpose(transcript)));
    parts.concat()
}

/// A message, its lines set in so that no line of it can pass for a name.
fn said(transcript: &Transcript, message: &Message) -> String {
    let who = format!("\n[{}] {}:\n", wording::time(message.timestamp), transcript.speaker(message));
    let broken = message.is_broken_off().then_some(wording::BROKEN_OFF);
    let lines = message.content.lines().chain(broken);
    who + &lines.map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect::<String>()
}
