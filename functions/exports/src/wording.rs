//! The words that a file adds to the conversation. Times are UTC and say so.

use crate::transcript::Transcript;
use domain::Timestamp;
use jiff::tz::TimeZone;

/// Over the figures.
pub(crate) const ABOUT: &str = "About this conversation";
/// Under an answer that is there in part.
pub(crate) const BROKEN_OFF: &str = "(This answer broke off here.)";
/// Beside the name where a message goes on.
pub(crate) const CONTINUED: &str = "continued";

/// What the file is for, on every page.
pub(crate) fn purpose(transcript: &Transcript) -> String {
    // In figures: the line leaves room for the number of the page.
    let (day, time) = (transcript.exported_at.date(), time(transcript.exported_at));
    format!("Menagerie, talking with the zoo’s animals · a private copy of one conversation, made on {day}, {time}")
}

/// Such as `Saturday, 21 November 2026`.
pub(crate) fn day(at: Timestamp) -> String {
    zoned(at).strftime("%A, %-d %B %Y").to_string()
}

/// Such as `10:38 UTC`.
pub(crate) fn time(at: Timestamp) -> String {
    zoned(at).strftime("%H:%M UTC").to_string()
}

/// A calendar's view of a time, in UTC.
pub(crate) fn zoned(at: Timestamp) -> jiff::Zoned {
    jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or_default().to_zoned(TimeZone::UTC)
}

/// Who had the conversation.
pub(crate) fn with(transcript: &Transcript) -> String {
    format!("A conversation with {}", transcript.display_name)
}

/// From when to when.
pub(crate) fn when(transcript: &Transcript) -> String {
    let (from, to) = (transcript.start_time, transcript.end_time);
    let clock = |at: Timestamp| zoned(at).strftime("%H:%M").to_string();
    match day(from) == day(to) {
        true if clock(from) == clock(to) => format!("{}, {}", day(from), time(from)),
        true => format!("{}, {} to {}", day(from), clock(from), time(to)),
        false => format!("{}, {} to {}, {}", day(from), clock(from), day(to), time(to)),
    }
}

/// The conversation in figures.
pub(crate) fn figures(transcript: &Transcript) -> Vec<(&'static str, String)> {
    let counts = transcript.counts;
    #[expect(clippy::cast_precision_loss, reason = "an answer takes seconds")]
    let seconds = counts.average_response_millis() as f64 / 1000.0;
    vec![
        ("Messages", counts.total_messages().to_string()),
        ("Questions", counts.user_messages.to_string()),
        ("Answers", counts.assistant_messages.to_string()),
        ("Average time to answer", format!("{seconds:.1} seconds")),
        ("Tokens used", counts.total_tokens.to_string()),
        ("Conversation number", transcript.session_id.to_string()),
    ]
}
