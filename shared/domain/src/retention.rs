//! How long everything is kept. Whoever stores something takes its time from here; `docs/retention-policy.md`
//! and the notice to parents are made of the same numbers.

use crate::{
    audit::{ARCHIVE_DAYS, ARCHIVED_AFTER_DAYS, RETENTION_DAYS, chain::CHAIN_DAYS},
    erasure::{ASKED_DAYS, GRACE_DAYS, RECEIPT_DAYS},
    family::INVITED_DAYS,
    share,
    turn::REMEMBERED_DAYS,
};

/// Days that a conversation lives, from its first message, where `CONVERSATION_TTL_DAYS` says nothing else.
pub const CONVERSATION_DAYS: u32 = 90;
/// Days after its time in which the key of a conversation is destroyed by DynamoDB itself, if nobody came to do it.
pub const SWEEP_DAYS: u32 = 7;
/// Days that a sign-in lasts, however often it is used.
pub const SIGN_IN_DAYS: u32 = 30;
/// Minutes that a link to set a new password is good.
pub const RESET_MINUTES: u32 = 30;
/// Days that the counts behind a person's or an address's limits are kept after the last request: until the
/// next month is over.
pub const LIMIT_DAYS: u32 = 62;
/// Days that the zoo's own counts of questions and tokens are kept, which name nobody.
pub const USAGE_DAYS: u32 = 400;
/// Days that failed attempts are remembered after the last one.
pub const ATTEMPT_DAYS: u32 = 1;
/// Days that an alert is kept.
pub const ALERT_DAYS: u32 = 365;
/// Days that a record of a stream is kept that could not be understood. It holds no text.
pub const QUARANTINE_DAYS: u32 = 30;
/// Minutes that a key is kept in a function's memory.
pub const KEY_MINUTES: u32 = 5;
/// Days that logs are kept; `template.yaml` says the same, and a test holds the two together.
pub const LOG_DAYS: u32 = 30;
/// Days back to which DynamoDB can restore a table. What was sealed is sealed there too.
pub const BACKUP_DAYS: u32 = 35;

const SECONDS_PER_DAY: u32 = 24 * 60 * 60;

/// A row of the policy.
struct Rule {
    what: &'static str,
    held: String,
    ends: &'static str,
}

fn days(days: u32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn rule(what: &'static str, held: String, ends: &'static str) -> Rule {
    Rule { what, held, ends }
}

/// What belongs to people.
fn of_people() -> Vec<Rule> {
    vec![
        rule(
            "a conversation: its messages, its summary and its key",
            format!("{} from its first message, or as `CONVERSATION_TTL_DAYS` says", days(CONVERSATION_DAYS)),
            "all of it together; no read gives it a millisecond longer, and an hourly sweep removes it with its key",
        ),
        rule("the key of a conversation that no sweep came for", format!("{} more", days(SWEEP_DAYS)), "by DynamoDB"),
        rule(
            "a turn and the log of its words, by which a broken stream is taken up again",
            days(REMEMBERED_DAYS),
            "likewise",
        ),
        rule(
            "a link by which others read a conversation",
            format!(
                "{} at most, and never longer than the conversation",
                days(share::LONGEST_SECONDS / SECONDS_PER_DAY)
            ),
            "at once where it is revoked, or consent to sharing is taken back",
        ),
        rule(
            "an account: role, family, name and address, sealed",
            "until it is erased".to_owned(),
            "its key is destroyed",
        ),
        rule(
            "what is to be erased of a child",
            format!("{} until it is destroyed, or as `ERASURE_GRACE_DAYS` says", days(GRACE_DAYS)),
            "its keys are destroyed",
        ),
        rule("a child's wish that something be erased", days(ASKED_DAYS), "at once when its guardian answers"),
        rule("an erasure and its receipt, which hold no words", days(RECEIPT_DAYS), "by the job that erases"),
        rule(
            "what a guardian agreed to for a child, each change",
            "without an end".to_owned(),
            "it is the proof that the child's words were collected with consent; it holds ids, no names",
        ),
        rule(
            "an invitation to be family, with the address that was typed, sealed",
            days(INVITED_DAYS),
            "at once where it is answered or withdrawn; else no read gives it longer, and whoever lists theirs removes what is over",
        ),
        rule("a sign-in", days(SIGN_IN_DAYS), "at once at sign-out"),
        rule("a link to set a new password", format!("{RESET_MINUTES} minutes"), "at once when it is used"),
    ]
}

/// What the zoo keeps to hold limits, to account for what was done, and to run.
fn of_the_zoo() -> Vec<Rule> {
    vec![
        rule(
            "counts behind the limits of a person, and of a network address as a fingerprint",
            days(LIMIT_DAYS),
            "by DynamoDB",
        ),
        rule("failed attempts to sign in", days(ATTEMPT_DAYS), "by DynamoDB"),
        rule("the zoo's counts of questions and tokens, which name nobody", days(USAGE_DAYS), "by DynamoDB"),
        rule(
            "entries of the audit trail in their table",
            days(RETENTION_DAYS),
            "by DynamoDB; network addresses and reasons in them are sealed with the key of the person who acted",
        ),
        rule("blocks and checkpoints of the audit trail", days(CHAIN_DAYS), "by DynamoDB"),
        rule(
            "the archive of the audit trail",
            format!("from {} after the day, for {}", days(ARCHIVED_AFTER_DAYS), days(ARCHIVE_DAYS)),
            "by the bucket's own rule",
        ),
        rule("alerts", days(ALERT_DAYS), "by DynamoDB"),
        rule("records of streams that could not be understood", days(QUARANTINE_DAYS), "by DynamoDB"),
        rule("keys in a function's memory", format!("{KEY_MINUTES} minutes"), "with the process at the latest"),
        rule("logs, which hold no words, names or addresses", days(LOG_DAYS), "by CloudWatch"),
        rule(
            "backups of the tables (point-in-time recovery)",
            days(BACKUP_DAYS),
            "what was sealed is sealed there too, and opens no more once its key is destroyed",
        ),
    ]
}

/// The policy, as `docs/retention-policy.md` has it.
#[must_use]
pub fn policy() -> String {
    let mut text = String::from(
        "# How long everything is kept\n\n\
         Made of the constants that the code uses (`shared/domain/src/retention.rs`): change them there, then\n\
         `NOTICE=write cargo test -p domain notice` writes this file and the notice to parents anew.\n\n\
         | what | how long | how it ends |\n|---|---|---|\n",
    );
    for Rule { what, held, ends } in of_people().into_iter().chain(of_the_zoo()) {
        text.extend(["| ", what, " | ", &held, " | ", ends, " |\n"]);
    }
    text
}
