//! As much of HTTP/1.1 as the AWS SDK speaks to DynamoDB and KMS. By hand, as a proxy has to be
//! able to break a connection in the middle, which a server's library does not do.

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// Headers that the engine has to see as they came.
const PASSED_ON: [&str; 5] = ["authorization", "content-type", "x-amz-date", "x-amz-target", "x-amz-security-token"];

/// A connection of the server's.
pub(super) struct Wire {
    stream: BufReader<TcpStream>,
}

pub(super) struct Request {
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

pub(super) struct Response {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Wire {
    pub(super) fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream) }
    }

    /// The next request; `None` when there is none any more.
    pub(super) async fn read(&mut self) -> Option<Request> {
        let mut headers = Vec::new();
        let mut length = 0;
        let first = self.line().await?;
        assert!(first.starts_with("POST "), "only calls are expected: {first}");
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            let (name, value) = (name.to_lowercase(), value.trim().to_owned());
            match name.as_str() {
                "content-length" => length = value.parse().expect("a length"),
                name if PASSED_ON.contains(&name) => headers.push((name.to_owned(), value)),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.ok()?;
        Some(Request { headers, body: serde_json::from_slice(&body).expect("a call is JSON") })
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line).await.ok()?;
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// Whether the response could be sent.
    pub(super) async fn write(&mut self, response: &Response) -> bool {
        let body = response.body.to_string();
        let head = format!(
            "HTTP/1.1 {} -\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\n\r\n",
            response.status,
            body.len()
        );
        self.stream.get_mut().write_all(&[head.as_bytes(), body.as_bytes()].concat()).await.is_ok()
    }
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }
}
