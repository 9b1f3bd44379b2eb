//! Attempts at a secret, such as a password: after some failures each further one has to wait, twice as
//! long each time (OWASP ASVS 5.0, 6.3.1).

/// Failures that nobody waits after.
pub const FREE: u32 = 4;
/// The longest pause, in seconds.
pub const LONGEST_PAUSE: u32 = 900;

/// How long to wait after so many failures, in seconds.
#[must_use]
pub fn pause(failures: u32) -> u32 {
    match failures.checked_sub(FREE + 1) {
        None => 0,
        Some(doublings) => 1_u32.checked_shl(doublings).map_or(LONGEST_PAUSE, |pause| pause.clamp(1, LONGEST_PAUSE)),
    }
}

/// The numbers of failures after which one waits, each with its pause; the last stands for all above.
pub fn pauses() -> impl Iterator<Item = (u32, u32)> {
    let growing = (FREE + 1..).map(|failures| (failures, pause(failures)));
    let last = growing.clone().find(|(_, pause)| *pause == LONGEST_PAUSE);
    growing.take_while(|(_, pause)| *pause < LONGEST_PAUSE).chain(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_the_fifth_failure_to_a_quarter_of_an_hour() {
        let found: Vec<_> = (1..=16).map(pause).collect();
        assert_eq!(found, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!([pause(36), pause(37), pause(u32::MAX)], [900; 3]);
        let all: Vec<_> = pauses().collect();
        assert_eq!((all[0], *all.last().unwrap(), all.len()), ((5, 1), (15, 900), 11));
    }
}
