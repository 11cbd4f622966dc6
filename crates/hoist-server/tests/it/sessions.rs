//! Sessions of browsers: cookies, where they come from, and when they end.

use hoist_eval::Span;
use hoist_server::auth::Role;
use serde_json::json;

use crate::harness::{Answer, TestApp, World};

/// Signs in with a token and returns the pair that a browser would send from then on.
async fn cookie(app: &TestApp, token: &str) -> String {
    let answer = sign_in(app, token).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let set = answer.header("set-cookie").unwrap();
    assert!(set.contains("; HttpOnly; SameSite=Strict") && set.contains("; Path=/"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

async fn sign_in(app: &TestApp, token: &str) -> Answer {
    app.ask("POST", "/api/v1/session").token(token).json(&json!({})).send().await
}

#[tokio::test]
async fn a_session_reads_and_says_who_it_is() {
    let app = TestApp::start().await;
    let cookie = cookie(&app, &app.admin(Role::Releaser, None, None).await).await;
    let session = app.ask("GET", "/api/v1/session").header("cookie", &cookie).send().await.expect(200);
    assert_eq!((&session["name"], &session["role"]), (&json!("test releaser"), &json!("releaser")));
    let cell =
        |action: &str| session["allowed"].as_array().unwrap().iter().find(|row| row["action"] == action).cloned();
    assert_eq!(cell("advance").unwrap()["protected"], true);
    assert_eq!(cell("administer").unwrap()["open"], false);
}

#[tokio::test]
async fn a_change_must_come_from_a_page_of_ours() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let cookie = cookie(&app, &root).await;
    let host = app.server.http_address().to_string();
    let ours = format!("http://{host}");
    let rows: [(&[(&str, &str)], u16); 10] = [
        (&[], 403),
        (&[("sec-fetch-site", "same-origin")], 201),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "none")], 403),
        (&[("origin", &ours)], 201),
        (&[("origin", "http://example.org")], 403),
        (&[("origin", "null")], 403),
        (&[("origin", "null"), ("sec-fetch-site", "same-origin")], 201),
        (&[("origin", "http://example.org"), ("sec-fetch-site", "same-origin")], 403),
        (&[("origin", &ours), ("sec-fetch-site", "same-site")], 403),
    ];
    for (index, (headers, expected)) in rows.into_iter().enumerate() {
        let body = json!({ "key": format!("p{index}") });
        let mut ask = app.ask("POST", "/api/v1/projects").header("cookie", &cookie).json(&body);
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        let answer = ask.send().await;
        assert_eq!(answer.status, expected, "{headers:?}: {}", answer.text());
        assert!(expected == 201 || answer.json()["code"] == "cross_site", "{}", answer.text());
    }
    // A token in a header is sent by no browser unasked, and the cookie beside it counts for nothing.
    let ask = app.ask("POST", "/api/v1/projects").header("cookie", &cookie).json(&json!({ "key": "q" }));
    assert_eq!(ask.clone().token(&root).send().await.status, 201);
    assert_eq!(ask.token("hst_admin_0").send().await.status, 401);
}

#[tokio::test]
async fn a_session_ends_with_its_time_its_parent_and_signing_out() {
    let app = TestApp::start().await;
    let (root, parent) = (app.root().await, app.admin(Role::Operator, None, None).await);
    let status = async |cookie: &str| app.ask("GET", "/api/v1/session").header("cookie", cookie).send().await.status;
    let first = cookie(&app, &parent).await;
    let leave = app.ask("DELETE", "/api/v1/session").header("cookie", &first).header("sec-fetch-site", "same-origin");
    let left = leave.send().await;
    assert_eq!((left.status, left.header("set-cookie").unwrap().contains("Max-Age=0")), (204, true));
    assert_eq!(status(&first).await, 401);

    let second = cookie(&app, &parent).await;
    let id = parent.split('_').nth(2).unwrap();
    assert_eq!(app.ask("DELETE", &format!("/api/v1/tokens/{id}")).token(&root).send().await.status, 204);
    assert_eq!(status(&second).await, 401);

    let third = cookie(&app, &root).await;
    app.advance(Span::from_hours(11));
    assert_eq!(status(&third).await, 200);
    app.advance(Span::from_hours(1));
    assert_eq!(status(&third).await, 401);
}

#[tokio::test]
async fn a_link_signs_in_once_and_does_nothing_else() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let made = app.ask("POST", "/api/v1/session/link").token(&root).json(&json!({})).send().await.expect(201);
    let secret = made["path"].as_str().unwrap().strip_prefix("/sign-in#").unwrap();
    assert_eq!(app.ask("GET", "/api/v1/projects").token(secret).send().await.status, 401);
    let session = cookie(&app, secret).await;
    assert_eq!(sign_in(&app, secret).await.status, 401);
    let who = app.ask("GET", "/api/v1/session").header("cookie", &session).send().await.expect(200);
    assert_eq!(who["role"], "admin");
    let viewer = app.admin(Role::Viewer, None, None).await;
    let refused = app.ask("POST", "/api/v1/session/link").token(&viewer).json(&json!({})).send().await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn what_a_link_made_ends_with_the_token_behind_it() {
    let app = TestApp::start().await;
    let (root, parent) = (app.root().await, app.admin(Role::Developer, None, None).await);
    let link = async |by: &'static str, secret: &str| {
        let ask = app.ask("POST", "/api/v1/session/link").json(&json!({}));
        let ask = if by == "cookie" {
            ask.header(by, secret).header("sec-fetch-site", "same-origin")
        } else {
            ask.token(secret)
        };
        let made = ask.send().await.expect(201);
        made["path"].as_str().unwrap().strip_prefix("/sign-in#").unwrap().to_owned()
    };
    let status = async |cookie: &str| app.ask("GET", "/api/v1/session").header("cookie", cookie).send().await.status;
    let first = cookie(&app, &link("token", &parent).await).await;
    // A link that a session made comes from the token behind the session.
    let second = cookie(&app, &link("cookie", &first).await).await;
    let unused = link("token", &parent).await;
    assert_eq!((status(&first).await, status(&second).await), (200, 200));
    let id = parent.split('_').nth(2).unwrap();
    assert_eq!(app.ask("DELETE", &format!("/api/v1/tokens/{id}")).token(&root).send().await.status, 204);
    // What was accepted a moment ago is asked for again two seconds later.
    app.advance(Span::from_seconds(3));
    assert_eq!((status(&first).await, status(&second).await), (401, 401));
    assert_eq!(sign_in(&app, &unused).await.status, 401);
}

#[tokio::test]
async fn a_session_has_the_cookie_of_its_page() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let over_tls = app.ask("POST", "/api/v1/session").token(&root).header("origin", "https://flags.example.org");
    let set = over_tls.json(&json!({})).send().await;
    assert!(set.header("set-cookie").unwrap().starts_with("__Host-hoist=hst_admin_"));
    assert!(set.header("set-cookie").unwrap().contains("; Secure"));
    // A cookie that a page without TLS left behind says nothing beside the one of TLS; two of a name are nobody's.
    let one = cookie(&app, &root).await;
    let rows = [
        (format!("hoist=stale; __Host-{one}"), 200),
        (format!("__Host-{one}; {one}"), 200),
        (format!("{one}; __Host-hoist=stale"), 401),
        (format!("{one}; {one}"), 401),
        (format!("__Host-{one}; __Host-{one}; {one}"), 401),
    ];
    for (cookies, expected) in rows {
        let answer = app.ask("GET", "/api/v1/session").header("cookie", &cookies).send().await;
        assert_eq!(answer.status, expected, "{cookies}");
    }
}

#[tokio::test]
async fn events_tell_what_an_environment_has_reached() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let path = "/api/v1/projects/default/environments/staging/events?once=true";
    let marks = async || {
        let answer = app.ask("GET", path).token(&root).send().await;
        let text = answer.text();
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or_else(|| panic!("{text}"));
        serde_json::from_str::<serde_json::Value>(data).unwrap()
    };
    let before = marks().await;
    let off = "/api/v1/projects/default/flags/f/environments/staging/off";
    app.ask("POST", off).token(&root).json(&json!({})).send().await.expect(200);
    let after = marks().await;
    assert!(after["generation"].as_u64() > before["generation"].as_u64(), "{before} {after}");
    assert!(after["audit"].as_u64() > before["audit"].as_u64(), "{before} {after}");
}

#[tokio::test]
async fn the_overview_shows_every_flag_beside_its_environments() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let staging = app.admin(Role::Viewer, Some("default"), Some("staging")).await;
    let all = app.ask("GET", "/api/v1/projects/default/overview").token(&app.root().await).send().await.expect(200);
    assert_eq!(all["environments"].as_array().unwrap().len(), 3);
    let flag = all["flags"].as_array().unwrap().iter().find(|flag| flag["key"] == "f").unwrap();
    assert_eq!(flag["environments"].as_array().unwrap().len(), 3);
    let one = app.ask("GET", "/api/v1/projects/default/overview").token(&staging).send().await.expect(200);
    assert_eq!(one["environments"], json!(["staging"]));
}

#[tokio::test]
async fn signing_in_and_out_is_in_the_audit_log_by_name() {
    let app = TestApp::start().await;
    let root = app.root().await;
    let cookie = cookie(&app, &root).await;
    let page = ("sec-fetch-site", "same-origin");
    let out = app.ask("DELETE", "/api/v1/session").header("cookie", &cookie).header(page.0, page.1).send().await;
    assert_eq!(out.status, 204, "{}", out.text());
    for action in ["session.create", "session.end"] {
        let path = format!("/api/v1/audit?action={action}");
        let found = app.ask("GET", &path).token(&root).send().await.expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{action}");
        assert_eq!(found["items"][0]["subject_kind"], "session", "{action}");
    }
}
