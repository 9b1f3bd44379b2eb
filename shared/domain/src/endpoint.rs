//! Which endpoints an animal's configuration may name: only hosts that the operator has listed.
//!
//! A configuration is written by zookeepers, and the server calls what it names, so without a list
//! a zookeeper could make the server call anything it can reach (OWASP, "Server-Side Request
//! Forgery Prevention": allow listed hosts only). URLs are read by the WHATWG's rules, as the HTTP
//! client reads them; two readings of one URL would be a way around the list.

use crate::settings::{InvalidSetting, Settings};
use std::str::FromStr;
use url::{Host, Url};

/// A host as an operator writes it: `host` or `host:port`.
///
/// Without a port it stands for the port that its scheme has by default; on this machine for any
/// port, as local models choose their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedHost {
    host: Host,
    port: Option<u16>,
}

/// A text that is neither `host` nor `host:port`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a host or host:port")]
pub struct NotAHost;

impl ListedHost {
    /// The host of a URL, with its port where it has one and is not this machine.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let host = url.host()?.to_owned();
        let port = url.port().filter(|_| !is_this_machine(&host));
        Some(Self { host, port })
    }

    /// Whether a URL leads to this host and one of its ports. Says nothing of the scheme.
    #[must_use]
    pub fn covers(&self, url: &Url) -> bool {
        let covers_port = match self.port {
            Some(port) => url.port_or_known_default() == Some(port),
            None => url.port().is_none() || is_this_machine(&self.host),
        };
        covers_port && url.host().is_some_and(|host| host.to_owned() == self.host)
    }
}

impl FromStr for ListedHost {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        // What would be more than a host in a URL, or what a URL parser passes over.
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || "/\\?#@".contains(c)) {
            return Err(NotAHost);
        }
        let url = Url::parse(&format!("https://{text}")).map_err(|_| NotAHost)?;
        let host = url.host().filter(|host| !is_rooted(host)).ok_or(NotAHost)?.to_owned();
        // The parser drops the scheme's own port; the operator meant it.
        let port = url.port().or(text.ends_with(":443").then_some(443));
        if port.is_none() && text.ends_with(':') { Err(NotAHost) } else { Ok(Self { host, port }) }
    }
}

/// Why an endpoint may not be called. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// It is not a URL with a host.
    #[error("the endpoint is not a URL")]
    NotAUrl,
    /// It is not `https`; `http` is for this machine only.
    #[error("the endpoint is not an https URL")]
    NotHttps,
    /// It holds a user name or a password.
    #[error("the endpoint's URL holds user information")]
    UserInfo,
    /// It holds a fragment, which no server would see.
    #[error("the endpoint's URL holds a fragment")]
    Fragment,
    /// Its host, or its port there, is not on the operator's list.
    #[error("the endpoint's host is not on the operator's list")]
    NotListed,
}

/// The operator's list of hosts for animals' own endpoints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<ListedHost>);

impl Hosts {
    /// Reads the list: `CHAT_ENDPOINT_HOSTS`, separated by commas, and the host of `CHAT_ENDPOINT`.
    ///
    /// # Errors
    /// [`InvalidSetting`] when either cannot be read.
    pub fn read(settings: &Settings) -> Result<Self, InvalidSetting> {
        let listed = settings.get("CHAT_ENDPOINT_HOSTS").unwrap_or_default().split(',').map(str::trim);
        let listed = listed.filter(|text| !text.is_empty()).map(ListedHost::from_str);
        let malformed = |name: &str, kind| InvalidSetting::Malformed(name.to_owned(), kind);
        let mut hosts: Vec<_> =
            listed.collect::<Result<_, _>>().map_err(|_| malformed("CHAT_ENDPOINT_HOSTS", "a list of hosts"))?;
        if let Some(endpoint) = settings.get("CHAT_ENDPOINT") {
            let host = Url::parse(endpoint).ok().as_ref().and_then(ListedHost::of);
            hosts.push(host.ok_or_else(|| malformed("CHAT_ENDPOINT", "an HTTP URL"))?);
        }
        Ok(Self(hosts))
    }

    /// Whether an animal's configuration may name this endpoint.
    ///
    /// # Errors
    /// [`NotAllowed`], with the first reason.
    pub fn allows(&self, endpoint: &str) -> Result<(), NotAllowed> {
        let url = Url::parse(endpoint).map_err(|_| NotAllowed::NotAUrl)?;
        let host = url.host().ok_or(NotAllowed::NotAUrl)?.to_owned();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(NotAllowed::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(NotAllowed::Fragment);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&host) => {}
            _ => return Err(NotAllowed::NotHttps),
        }
        let is_listed = self.0.iter().any(|listed| listed.covers(&url));
        if is_listed { Ok(()) } else { Err(NotAllowed::NotListed) }
    }
}

/// Whether a host is this machine by its spelling alone: `localhost`, 127.0.0.0/8, `::1`.
#[must_use]
pub fn is_this_machine<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether a name ends with a dot: one more spelling of a name, under which no certificate is known.
fn is_rooted<S: AsRef<str>>(host: &Host<S>) -> bool {
    matches!(host, Host::Domain(name) if name.as_ref().ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hosts(listed: &str) -> Hosts {
        Hosts::read(&Settings::default().with("CHAT_ENDPOINT_HOSTS", listed)).unwrap()
    }

    #[test]
    fn a_listed_host_is_allowed_in_every_spelling_of_its_own() {
        let hosts = hosts("Model.Example, zoo.example:8443 ,löwe.example,[2001:db8::1]");
        for url in [
            "https://model.example/v1/chat/completions?version=1",
            "HTTPS://MODEL.EXAMPLE/v1",
            "https://model.example:443/v1",
            "https://mod%65l.example/v1",
            "https://zoo.example:8443",
            "https://LÖWE.example/",
            "https://xn--lwe-sna.example/",
            "https://[2001:DB8:0::1]/",
        ] {
            assert_eq!(hosts.allows(url), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_port_that_is_not_listed_is_another_place() {
        let hosts = hosts("model.example,zoo.example:8443,plain.example:443");
        for url in ["https://model.example:8443/", "https://zoo.example/", "https://plain.example:444/"] {
            assert_eq!(hosts.allows(url), Err(NotAllowed::NotListed), "{url}");
        }
        assert_eq!(hosts.allows("https://plain.example/"), Ok(()));
    }

    #[test]
    fn what_looks_like_a_listed_host_is_none() {
        let hosts = hosts("model.example");
        for (url, why) in [
            ("https://model.example@evil.example/", NotAllowed::UserInfo),
            ("https://user:word@model.example/", NotAllowed::UserInfo),
            ("https://:word@model.example/", NotAllowed::UserInfo),
            ("https://model.example:443@evil.example/", NotAllowed::UserInfo),
            ("https://evil.example#model.example", NotAllowed::Fragment),
            ("https://model.example/#", NotAllowed::Fragment),
            ("https://evil.example/https://model.example", NotAllowed::NotListed),
            ("https://evil.example\\.model.example/", NotAllowed::NotListed),
            ("https://evil.example?model.example", NotAllowed::NotListed),
            ("https://model.example.evil.example/", NotAllowed::NotListed),
            ("https://a.model.example/", NotAllowed::NotListed),
            ("https://model.example./", NotAllowed::NotListed),
            ("https://mоdel.example/", NotAllowed::NotListed), // the first o is Cyrillic
            ("http://model.example/", NotAllowed::NotHttps),
            ("file://model.example/etc/passwd", NotAllowed::NotHttps),
            ("gopher://model.example/", NotAllowed::NotHttps),
            ("data:text/plain,model.example", NotAllowed::NotAUrl),
            ("//model.example/", NotAllowed::NotAUrl),
            ("model.example", NotAllowed::NotAUrl),
            ("https://", NotAllowed::NotAUrl),
            ("", NotAllowed::NotAUrl),
        ] {
            assert_eq!(hosts.allows(url), Err(why), "{url}");
        }
    }

    #[test]
    fn this_machine_and_its_addresses_are_none_unless_listed() {
        let hosts = hosts("model.example");
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
            "①②⑦.0.0.1",
            "169.254.169.254",
            "[fd00:ec2::254]",
            "10.0.0.1",
        ] {
            assert_eq!(hosts.allows(&format!("https://{host}/")), Err(NotAllowed::NotListed), "{host}");
        }
    }

    #[test]
    fn a_listed_local_host_may_have_any_port_and_no_tls() {
        let named = hosts("localhost");
        assert_eq!(named.allows("http://localhost:11434/v1"), Ok(()));
        assert_eq!(named.allows("http://127.0.0.1:11434/v1"), Err(NotAllowed::NotListed));
        assert_eq!(named.allows("http://localhost.:11434/v1"), Err(NotAllowed::NotHttps));
        let addressed = hosts("127.0.0.1,[::1]:80");
        assert_eq!(addressed.allows("http://0x7f.1:1234/v1"), Ok(()));
        assert_eq!(addressed.allows("http://[::1]/v1"), Ok(()));
        assert_eq!(addressed.allows("http://[::1]:81/v1"), Err(NotAllowed::NotListed));
        assert_eq!(hosts("10.0.0.1").allows("http://10.0.0.1/v1"), Err(NotAllowed::NotHttps));
    }

    #[test]
    fn the_host_of_the_default_endpoint_is_always_listed() {
        let read = |endpoint: &str| Hosts::read(&Settings::default().with("CHAT_ENDPOINT", endpoint));
        assert_eq!(read("https://api.example:444/v1").unwrap().allows("https://api.example:444/v2"), Ok(()));
        let other = read("https://api.example:444/v1").unwrap().allows("https://api.example/v2");
        assert_eq!(other, Err(NotAllowed::NotListed));
        assert_eq!(read("http://127.0.0.1:8000/v1").unwrap().allows("http://127.0.0.1:9000/v1"), Ok(()));
        assert!(read("api.example").is_err());
        assert_eq!(Hosts::default().allows("https://api.example/"), Err(NotAllowed::NotListed));
    }

    #[test]
    fn a_list_that_is_not_of_hosts_is_refused() {
        for listed in
            ["https://a.example", "a.example/v1", "u@a.example", "a.example:x", "a.example:", "a.example.", "::1"]
        {
            let settings = Settings::default().with("CHAT_ENDPOINT_HOSTS", listed);
            assert!(Hosts::read(&settings).is_err(), "{listed}");
        }
    }

    proptest! {
        /// However a URL is written: what is allowed leads to a listed host and nowhere else.
        #[test]
        fn what_is_allowed_leads_to_a_listed_host(
            text in r"(https|http|HTTPS)?:?[/\\]{0,3}[a-z@:#?%/\\.\[\]0-9\t]{0,12}(model\.example|127\.0\.0\.1)[a-z@:#?%/\\.0-9]{0,12}"
        ) {
            if hosts("model.example,127.0.0.1").allows(&text).is_ok() {
                let url = Url::parse(&text).unwrap();
                prop_assert!(matches!(url.host_str(), Some("model.example" | "127.0.0.1")), "{}", text);
                prop_assert!(url.scheme() == "https" || url.host_str() == Some("127.0.0.1"), "{}", text);
            }
        }

        #[test]
        fn a_host_is_allowed_by_its_own_name_alone(listed in "[a-z]{1,8}\\.[a-z]{2,5}", other in "[a-z.]{1,16}") {
            let hosts = hosts(&listed);
            let url = format!("https://{listed}/v1");
            prop_assert_eq!(hosts.allows(&url), Ok(()));
            let url = format!("https://{other}/v1");
            prop_assert_eq!(hosts.allows(&url).is_ok(), other == listed);
        }
    }
}
