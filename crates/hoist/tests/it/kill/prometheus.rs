//! A metric source that is up: every query answers the same number, sampled when it was asked.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// The source. Ends when dropped.
pub(super) struct Source {
    pub(super) url: String,
    _acceptor: JoinSet<()>,
}

impl Source {
    /// Starts a source that answers `value`.
    pub(super) async fn start(value: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut acceptor = JoinSet::new();
        acceptor.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                open.spawn(answer(stream, value));
                while open.try_join_next().is_some() {}
            }
        });
        Self { url, _acceptor: acceptor }
    }
}

async fn answer(mut stream: TcpStream, value: &str) {
    let mut request = Vec::new();
    let mut buffer = [0_u8; 2048];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request);
    let time = request.split("time=").nth(1).and_then(|rest| rest.split(['&', ' ']).next()).unwrap_or("0");
    let body = format!(
        r#"{{"status":"success","data":{{"resultType":"vector","result":[{{"metric":{{}},"value":[{time},"{value}"]}}]}}}}"#
    );
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A server that was killed does not read its answer.
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
}
