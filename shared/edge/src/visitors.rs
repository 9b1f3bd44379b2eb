//! Whether one may talk without an account: the operator's choice.

use domain::settings::{InvalidSetting, Settings};

/// The setting: `on` or `off`.
const NAME: &str = "VISITORS_WITHOUT_ACCOUNT";

/// Whether visitors without an account are answered; not so where nothing is set.
///
/// # Errors
/// [`InvalidSetting::Malformed`] for any other value: a spelling mistake must not open the zoo.
pub fn are_served(settings: &Settings) -> Result<bool, InvalidSetting> {
    settings.switch(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_on_lets_visitors_in() {
        let set_to = |value: &str| are_served(&Settings::default().with(NAME, value));
        assert_eq!(are_served(&Settings::default()), Ok(false));
        assert_eq!([set_to("on"), set_to("off"), set_to("")], [Ok(true), Ok(false), Ok(false)]);
        for value in ["On", "true", "1", " on", "no"] {
            assert!(set_to(value).unwrap_err().to_string().starts_with(NAME), "{value}");
        }
    }
}
