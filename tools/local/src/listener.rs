//! Ports on this machine, and the signal to leave them.

use crate::failure::{Explain, Failure};
use socket2::SockRef;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// How often a pair of neighbouring ports is looked for.
const PAIR_ATTEMPTS: usize = 64;

/// Listens on a loopback port; 0 picks one. Nagle's algorithm is off: on Linux an accepted
/// connection has this from its listener, and without it a small answer waits 40 ms.
pub(crate) async fn bind(port: u16) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.explain(format!("port {port} cannot be used"))?;
    SockRef::from(&listener).set_tcp_nodelay(true).explain("TCP_NODELAY cannot be set")?;
    Ok(listener)
}

/// Listens on a port and the one above it; 0 picks two.
pub(crate) async fn bind_pair(port: u16) -> Result<(TcpListener, TcpListener), Failure> {
    if port != 0 {
        let next = port.checked_add(1).ok_or_else(|| Failure::new("port 65535 has no port above it"))?;
        return Ok((bind(port).await?, bind(next).await?));
    }
    for _ in 0..PAIR_ATTEMPTS {
        let first = bind(0).await?;
        if let Some(next) = port_of(&first)?.checked_add(1)
            && let Ok(second) = bind(next).await
        {
            return Ok((first, second));
        }
    }
    Err(Failure::new("no two neighbouring ports are free"))
}

pub(crate) fn port_of(listener: &TcpListener) -> Result<u16, Failure> {
    Ok(listener.local_addr().explain("a listener has no address")?.port())
}

pub(crate) fn url_of(listener: &TcpListener) -> Result<String, Failure> {
    Ok(format!("http://127.0.0.1:{}", port_of(listener)?))
}

/// Resolves on Ctrl-C or a request to terminate. From this call on they no longer end the process
/// by themselves, so it comes before anybody is told that the program is ready.
pub(crate) fn shutdown() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let what = "signals cannot be heard";
    let mut interrupt = signal(SignalKind::interrupt()).explain(what)?;
    let mut terminate = signal(SignalKind::terminate()).explain(what)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
