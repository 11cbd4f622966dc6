//! The kill page, as a browser without scripts sees it. Flags that nobody can read are tried in the browser tests.

use hoist_server::auth::Role;

use crate::harness::{Answer, TestApp, World};

/// Signs in as the page's form does, and returns the cookie.
async fn sign_in(app: &TestApp, token: &str) -> String {
    let answer = form(app, "/kill/sign-in", None, &format!("token={token}")).await;
    assert_eq!((answer.status, answer.header("location")), (303, Some("/kill")), "{}", answer.text());
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

async fn form(app: &TestApp, path: &str, cookie: Option<&str>, body: &str) -> Answer {
    let ask = app.ask("POST", path).header("content-type", "application/x-www-form-urlencoded");
    let ask = ask.header("sec-fetch-site", "same-origin").raw(body.as_bytes());
    cookie.map_or(ask.clone(), |cookie| ask.header("cookie", cookie)).send().await
}

#[tokio::test]
async fn the_page_asks_for_a_token_and_takes_no_other() {
    let app = TestApp::start().await;
    let page = app.ask("GET", "/kill").send().await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("action=\"/kill/sign-in\"") && !page.text().contains("<script"), "{}", page.text());
    let refused = form(&app, "/kill/sign-in", None, "token=hst_admin_0").await;
    assert_eq!((refused.status, refused.header("set-cookie")), (401, None));
    assert!(refused.text().contains("role=\"alert\""), "{}", refused.text());
    let foreign = app.ask("POST", "/kill/sign-in").header("origin", "http://example.org").raw("token=x");
    assert_eq!(foreign.send().await.status, 403);
}

#[tokio::test]
async fn a_flag_goes_off_with_a_reason() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let root = app.root().await;
    let flag = "/api/v1/projects/default/flags/f/environments/production";
    app.ask("POST", &format!("{flag}/on")).token(&root).json(&serde_json::json!({})).send().await.expect(200);
    let cookie = sign_in(&app, &root).await;
    let list = "/kill?project=default&environment=production";
    let page = app.ask("GET", list).header("cookie", &cookie).send().await;
    assert!(page.text().contains("action=\"/kill/off/default/production/f\""), "{}", page.text());
    let off = form(&app, "/kill/off/default/production/f", Some(&cookie), "reason=it+hurts").await;
    assert_eq!(off.status, 303, "{}", off.text());
    let after = app.ask("GET", off.header("location").unwrap()).header("cookie", &cookie).send().await;
    assert!(after.text().contains("<bdi>f</bdi> is off in production"), "{}", after.text());
    assert!(!after.text().contains("/kill/off/default/production/f"), "{}", after.text());
    let log = app.ask("GET", "/api/v1/audit?limit=1").token(&root).send().await.expect(200);
    assert_eq!(log["items"][0]["reason"], "it hurts");
}

#[tokio::test]
async fn the_page_keeps_to_roles_and_reach() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let rows = [
        (Role::Viewer, None, 403),
        (Role::Developer, None, 403),
        (Role::Operator, None, 303),
        (Role::Operator, Some("staging"), 404),
    ];
    for (role, environment, expected) in rows {
        let token = app.admin(role, Some("default"), environment).await;
        let cookie = sign_in(&app, &token).await;
        let answer = form(&app, "/kill/off/default/production/f", Some(&cookie), "").await;
        assert_eq!(answer.status, expected, "{role:?} {environment:?}: {}", answer.text());
        let page = app.ask("GET", "/kill").header("cookie", &cookie).send().await;
        assert_eq!(page.text().contains("default / production"), environment.is_none(), "{}", page.text());
        let foreign = app.ask("POST", "/kill/off/default/staging/f").header("cookie", &cookie);
        assert_eq!(foreign.header("sec-fetch-site", "cross-site").send().await.status, 403);
    }
}

#[tokio::test]
async fn what_people_wrote_is_text_on_the_page() {
    let app = TestApp::start().await;
    World::make(&app).await;
    let cookie = sign_in(&app, &app.root().await).await;
    let hostile = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE";
    for name in ["q", "done", "project", "environment"] {
        let path = format!("/kill?{name}={hostile}");
        let page = app.ask("GET", &path).header("cookie", &cookie).send().await;
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("<script"), "{}", page.text());
    }
}
