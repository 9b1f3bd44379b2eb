//! What may be agreed to, and what counts of it.

use super::*;

const ALL: Scopes = Scopes { collect: true, third_party: true, sharing: true };

fn now() -> Version {
    Version::of(90)
}

fn said(scopes: Scopes, method: Option<&str>, version: Option<&str>) -> Result<Said, InvalidConsent> {
    Wish { scopes, method, notice_version: version }.parse(now())
}

#[test]
fn agreeing_needs_a_method_and_the_notice_of_now() {
    let version = now().to_string();
    let consent = said(ALL, Some("signed_form"), Some(&version)).unwrap().at(Timestamp::from_millis(5));
    assert_eq!((consent.scopes(), consent.method), (ALL, Some(Method::SignedForm)));
    assert!(consent.lets_talk(now()) && consent.lets_share(now()) && !consent.is_outdated(now()));
    for (method, version, why) in [
        (None, Some(&*version), InvalidConsent::Method),
        (Some("a promise"), Some(&*version), InvalidConsent::Method),
        (Some("email_plus"), Some(&*version), InvalidConsent::MethodTooWeak),
        (Some("payment"), None, InvalidConsent::Notice),
        (Some("payment"), Some("0.90"), InvalidConsent::Notice),
        (Some("payment"), Some("of no notice"), InvalidConsent::Notice),
    ] {
        assert_eq!(said(ALL, method, version), Err(why));
    }
    assert!(said(Scopes { sharing: false, ..ALL }, Some("email_plus"), Some(&version)).is_ok());
}

#[test]
fn whoever_withdraws_everything_needs_nothing() {
    let consent = said(Scopes::default(), None, None).unwrap().at(Timestamp::from_millis(5));
    assert!(!consent.lets_talk(now()) && !consent.is_outdated(now()));
    assert_eq!(said(Scopes::default(), None, Some("0.1")), Err(InvalidConsent::Notice));
}

#[test]
fn what_is_not_kept_is_neither_sent_nor_shown() {
    let version = now().to_string();
    for scopes in [
        Scopes { third_party: true, ..Scopes::default() },
        Scopes { sharing: true, ..Scopes::default() },
        Scopes { collect: false, ..ALL },
    ] {
        assert_eq!(said(scopes, Some("payment"), Some(&version)), Err(InvalidConsent::WithoutCollect));
    }
}

#[test]
fn under_another_notice_nothing_of_it_counts() {
    let consent = said(ALL, Some("payment"), Some(&now().to_string())).unwrap().at(Timestamp::from_millis(5));
    let other = Version::of(30);
    assert!(!consent.lets_talk(other) && !consent.lets_share(other) && consent.is_outdated(other));
    let before = Consent { notice_version: None, ..consent };
    assert!(!before.lets_talk(now()) && before.is_outdated(now()));
}

#[test]
fn a_change_comes_after_the_one_before_whatever_the_clocks_say() {
    let fresh = uuid::Uuid::from_u128(0x0190_f3a1_7b2c_7def_8123_4567_89ab_cdef);
    assert_eq!(id_after(None, fresh), LogId::from(fresh));
    let ahead = LogId::of_event(Timestamp::from_millis(4_000_000_000_000), [255; 16]);
    assert!(id_after(Some(&ahead), fresh) > ahead);
}

#[test]
fn names_of_methods_are_those_that_are_stored() {
    type Read<'a> = serde::de::value::StrDeserializer<'a, serde::de::value::Error>;
    for method in Method::ALL {
        assert_eq!(Method::deserialize(Read::new(method.name())), Ok(method));
        assert!(InvalidConsent::Method.to_string().contains(method.name()));
    }
}
