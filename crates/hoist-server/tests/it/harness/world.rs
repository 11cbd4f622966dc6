//! A project with one thing of every kind, and the paths of all routes filled in with their names.

use hoist_server::api::RouteEntry;
use serde_json::json;

use super::TestApp;

/// What exists in the project `default`.
pub(crate) struct World {
    /// A rollout that is over, in staging.
    pub(crate) open_rollout: String,
    /// A rollout that is over, in production.
    pub(crate) protected_rollout: String,
    /// A token that nobody uses.
    pub(crate) spare_token: String,
}

impl World {
    /// Makes the things, as an admin would.
    pub(crate) async fn make(app: &TestApp) -> Self {
        let root = app.root().await;
        let project = "/api/v1/projects/default";
        let post = async |path: String, body: serde_json::Value| {
            let answer = app.ask("POST", &path).token(&root).json(&body).send().await;
            assert!(answer.status < 300, "{path}: {}", answer.text());
            answer.json()
        };
        post("/api/v1/projects".into(), json!({"key": "other"})).await;
        post("/api/v1/projects/other/environments".into(), json!({"key": "staging"})).await;
        post(format!("{project}/flags"), json!({"key": "f", "kind": "boolean"})).await;
        post(format!("{project}/segments"), json!({"key": "s", "included": ["u1"]})).await;
        let query = json!({"kind": "promql_value", "query": "up"});
        post(format!("{project}/metrics"), json!({"key": "m", "source": query})).await;
        let stages = json!([{"name": "all", "percentage": 100.0, "bake": "10m"}]);
        post(format!("{project}/plans"), json!({"key": "p", "treatment": "on", "stages": stages})).await;
        post(format!("{project}/services"), json!({"key": "v"})).await;
        post(format!("{project}/features"), json!({"key": "w"})).await;
        let scan = json!({"repository": "r", "branch": "b", "commit": "c", "committed_at": "2026-11-20T00:00:00Z",
            "complete": true, "files": 0, "references": {}});
        post(format!("{project}/scans"), scan).await;
        let mut rollouts = Vec::new();
        for environment in ["staging", "production"] {
            let place = format!("{project}/flags/f/environments/{environment}");
            post(format!("{place}/on"), json!({})).await;
            let start = json!({"flag": "f", "environment": environment, "plan": "p"});
            let started = post(format!("{project}/rollouts"), start).await;
            let id = started["rollout"]["id"].as_str().unwrap().to_owned();
            post(format!("{project}/rollouts/{id}/cancel"), json!({"reason": "made for a test"})).await;
            rollouts.push(id);
        }
        let spare = json!({"kind": "server", "name": "spare", "project": "default", "environment": "staging"});
        let spare = post("/api/v1/tokens".into(), spare).await;
        let protected_rollout = rollouts.pop().unwrap();
        let open_rollout = rollouts.pop().unwrap();
        Self { open_rollout, protected_rollout, spare_token: spare["id"].as_str().unwrap().to_owned() }
    }

    /// Returns the path of a route with the names of existing things.
    pub(crate) fn path(&self, route: &RouteEntry, project: &str, environment: &str) -> String {
        let rollout = if environment == "production" { &self.protected_rollout } else { &self.open_rollout };
        let path = route
            .path
            .replace("{project}", project)
            .replace("{environment}", environment)
            .replace("{flag}", "f")
            .replace("{segment}", "s")
            .replace("{plan}", "p")
            .replace("{metric}", "m")
            .replace("{service}", "v")
            .replace("{feature}", "w")
            .replace("{rollout}", rollout)
            .replace("{token}", &self.spare_token);
        match path.rsplit('/').next() {
            Some("export") => path + "?format=hoist",
            Some("content") => path + "?repository=r&branch=b",
            // Without it the answer has no end.
            Some("events") => path + "?once=true",
            _ => path,
        }
    }
}
