//! The front door: hosts, deadlines, caps, and the way out.

use hoist_server::listen::is_canonical;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::TestApp;

#[test]
fn canonical_paths() {
    for (path, expected) in [
        ("/", true),
        ("/api/v1/projects", true),
        ("/ofrep/v1/evaluate/flags", true),
        ("/ofrep/v1/evaluate/flags/", true),
        ("/ofrep/v1/evaluate/flags/a%20b", true),
        ("/ofrep/v1/evaluate/flags/a%C3%A4", true),
        ("/a:b@c,d", true),
        ("/...", true),
        ("", false),
        ("api", false),
        ("//", false),
        ("/a//b", false),
        ("/a/", false),
        ("/.", false),
        ("/a/..", false),
        ("/a/./b", false),
        ("/%2e%2e/a", false),
        ("/a%2Fb", false),
        ("/a%5cb", false),
        ("/a\\b", false),
        ("/a;b", false),
        ("/a%3Bb", false),
        ("/a%00", false),
        ("/a%1f", false),
        ("/a%7f", false),
        ("/%41", false),
        ("/a%7E", false),
        ("/a%", false),
        ("/a%2", false),
        ("/a%zz", false),
        ("/\u{e4}", false),
        ("/a b", false),
    ] {
        assert_eq!(is_canonical(path), expected, "{path}");
    }
}

#[tokio::test]
async fn only_our_own_names_are_answered() {
    let app = TestApp::builder().config(|config| config.host_names = vec!["hoist.example".to_owned()]).start().await;
    let ask = |host: &str| app.ask("GET", "/healthz").without("host").header("host", host);
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:80", 200),
        ("10.1.2.3:9", 200),
        ("Hoist.Example:443", 200),
        ("evil.example", 421),
        ("hoist.example.evil.example", 421),
        ("localhost.evil.example", 421),
        ("hoist.example:x", 421),
        ("", 421),
    ] {
        assert_eq!(ask(host).send().await.status, status, "{host}");
    }
    assert_eq!(ask("localhost").header("host", "evil.example").send_freely().await.status, 400);
    assert_eq!(app.ask("GET", "/healthz").without("host").version("HTTP/1.0").send_freely().await.status, 400);
}

#[tokio::test]
async fn every_answer_tells_browsers_what_it_is() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/nowhere", "/api/v1/projects", "//", "/metrics"] {
        let answer = app.ask("GET", path).send().await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'none'"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
    let preflight = app
        .ask("OPTIONS", "/api/v1/projects")
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "GET")
        .send()
        .await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, None));
}

#[tokio::test]
async fn connections_are_capped() {
    let app = TestApp::builder().config(|config| config.limits.connections = 2).start().await;
    let one = TcpStream::connect(app.server.http_address()).await.unwrap();
    let two = TcpStream::connect(app.server.http_address()).await.unwrap();
    let answer = app.ask("GET", "/healthz").send_freely().await;
    assert_eq!(answer.status, 0, "the third connection is closed without an answer");
    drop((one, two));
    // A place is free once the server has seen a connection end.
    while app.ask("GET", "/healthz").send_freely().await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_stop_ends_idle_connections_and_lets_requests_finish() {
    let app = TestApp::start().await;
    let mut idle = TcpStream::connect(app.server.http_address()).await.unwrap();
    idle.write_all(format!("GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", app.server.http_address()).as_bytes())
        .await
        .unwrap();
    let mut some = [0; 16];
    idle.read_exact(&mut some).await.unwrap();
    let address = app.server.http_address();
    app.server.stop().await;
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "the listener is still there");
}
