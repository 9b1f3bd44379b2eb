//! Names of animals' own endpoints, resolved to addresses out in the world only. A name is checked
//! where the connection is made, so that it cannot lead elsewhere between check and use.

use super::address::is_global;
use futures_util::{FutureExt, future::BoxFuture};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{error::Error, io, net::SocketAddr, sync::Arc};

/// How names are looked up.
pub(super) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// The system's own way.
pub(super) fn system() -> Lookup {
    Arc::new(|name| async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }.boxed())
}

/// A name has addresses inside the network only.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no address out in the world")]
struct InsideOnly;

/// Drops what is inside the network. `localhost`, which only gets here when the operator has listed
/// it, is this machine and nothing else.
pub(super) struct Guard(pub(super) Lookup);

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        let is_local = name == "localhost";
        let found = (self.0)(name);
        Box::pin(async move {
            let mut found = found.await?;
            found.retain(|at| if is_local { at.ip().is_loopback() } else { is_global(at.ip()) });
            if found.is_empty() {
                return Err(InsideOnly.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether a call failed because of the guard.
pub(super) fn is_guarded(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(found) = cause {
        if found.is::<InsideOnly>() {
            return true;
        }
        cause = found.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolved(name: &str, addresses: &[&str]) -> Option<Vec<String>> {
        let found: Vec<SocketAddr> = addresses.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect();
        let lookup: Lookup = Arc::new(move |_| std::future::ready(Ok(found.clone())).boxed());
        let kept = Guard(lookup).resolve(name.parse().unwrap()).await.ok()?;
        Some(kept.map(|at| at.ip().to_string()).collect())
    }

    #[tokio::test]
    async fn a_name_keeps_its_public_addresses_alone() {
        let found = resolved("model.example", &["10.0.0.1", "8.8.8.8", "::1", "2606:4700::1", "169.254.169.254"]).await;
        assert_eq!(found.unwrap(), ["8.8.8.8", "2606:4700::1"]);
        assert_eq!(resolved("model.example", &["127.0.0.1", "fd00::1"]).await, None);
    }

    #[tokio::test]
    async fn localhost_is_this_machine_and_nothing_else() {
        let found = resolved("localhost", &["127.0.0.1", "8.8.8.8", "::1", "10.0.0.1"]).await;
        assert_eq!(found.unwrap(), ["127.0.0.1", "::1"]);
        assert_eq!(resolved("a.localhost", &["127.0.0.1"]).await, None);
    }
}
