//! A tiny HTTP server that says exactly what a test tells it to say, on a real socket.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends nothing and keeps the connection open.
    Hang,
    /// Sends a head, then one byte again and again, each after the other side's kernel took the last one.
    Drip(Vec<u8>),
    /// Sends a head, then this chunk as often as told.
    Repeat { head: Vec<u8>, chunk: Vec<u8>, times: usize },
    /// Closes without a word.
    Close,
}

impl Reply {
    /// Returns a whole answer with a length.
    pub(crate) fn http(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes =
            format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n", body.len())
                .into_bytes();
        bytes.extend_from_slice(body);
        Self::Bytes(bytes)
    }

    /// Returns `200 OK` with a JSON body.
    pub(crate) fn json(body: impl AsRef<[u8]>) -> Self {
        Self::http("200 OK", "Content-Type: application/json\r\n", body)
    }
}

type Script = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

/// The server. Stops when dropped.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    sent: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    script: Arc<Mutex<Script>>,
    _acceptor: JoinSet<()>,
}

impl Server {
    /// Starts a server on a free port of `ip`, or on `port` if that is not 0.
    pub(crate) async fn start(ip: &str, port: u16, script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let ip: IpAddr = ip.parse().unwrap();
        let listener = TcpListener::bind((ip, port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let sent = Arc::new(AtomicUsize::new(0));
        let taken = Arc::clone(&sent);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Arc::new(script)));
        let mut acceptor = JoinSet::new();
        let (count, log, say) = (Arc::clone(&connections), Arc::clone(&requests), Arc::clone(&script));
        acceptor.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (log, say, sent) = (Arc::clone(&log), Arc::clone(&say), Arc::clone(&taken));
                open.spawn(async move { serve(stream, &log, &say, &sent).await });
            }
        });
        Self { address, connections, sent, requests, script, _acceptor: acceptor }
    }

    /// Starts a server that always says the same.
    pub(crate) async fn saying(reply: Reply) -> Self {
        Self::start("127.0.0.1", 0, move |_| reply.clone()).await
    }

    /// Changes what the server says from now on.
    pub(crate) fn say(&self, script: impl Fn(&str) -> Reply + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Arc::new(script);
    }

    /// Returns how many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Returns how many bytes of repeated chunks were taken from the server, by the client or by the kernel for it.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    /// Returns the heads of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the server's URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn serve(mut stream: TcpStream, log: &Mutex<Vec<String>>, script: &Mutex<Script>, sent: &AtomicUsize) {
    let Some(request) = read_request(&mut stream).await else { return };
    let script = Arc::clone(&script.lock().unwrap());
    let reply = script(&request);
    log.lock().unwrap().push(request);
    // The other side may close at any time; that is what many of these tests are about.
    let _ = answer(stream, reply, sent).await;
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let read = stream.read(&mut buffer).await.ok()?;
        if read == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..read]);
        // The hello of TLS has no end that this server would know of; it answers at once, in plain text.
        if bytes.first() == Some(&0x16) {
            return Some(String::new());
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Some(end) = text.find("\r\n\r\n") {
            let wanted = text
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse().unwrap())
                })
                .unwrap_or(0);
            if bytes.len() >= end + 4 + wanted {
                return Some(text.into_owned());
            }
        }
    }
}

async fn answer(mut stream: TcpStream, reply: Reply, sent: &AtomicUsize) -> std::io::Result<()> {
    match reply {
        Reply::Close => {}
        Reply::Bytes(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await?;
        }
        Reply::Hang => {
            // Ends when the client gives up and closes.
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await?;
        }
        Reply::Drip(head) => {
            stream.write_all(&head).await?;
            stream.set_nodelay(true)?;
            let mut rest = [0_u8; 1];
            loop {
                // One byte per turn: the wait for the client's close is what paces it.
                let wait = tokio::time::timeout(std::time::Duration::from_millis(20), stream.read(&mut rest)).await;
                if wait.is_ok() {
                    return Ok(());
                }
                stream.write_all(b" ").await?;
            }
        }
        Reply::Repeat { head, chunk, times } => {
            stream.write_all(&head).await?;
            for _ in 0..times {
                stream.write_all(&chunk).await?;
                sent.fetch_add(chunk.len(), Ordering::SeqCst);
            }
            stream.shutdown().await?;
        }
    }
    Ok(())
}
