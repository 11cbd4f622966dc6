//! Looks once a day for flags that have done their work, and tells their owners through the outbox of what is new.

use hoist_eval::Timestamp;
use hoist_lifecycle::staleness::{Severity, State};
use hoist_store::{Actor, PageRequest, StoreError, VerdictNote, VerdictRecord, Write};
use serde_json::{Value, json};

use super::board::Status;
use super::driver::{Outcome, Task};
use super::lease::Leadership;
use crate::app::App;
use crate::limits::{STALENESS_PAUSE, STALENESS_RETRY};
use crate::staleness::{Judged, judge_all};

/// Looks for flags that have done their work.
#[derive(Debug)]
pub struct StalenessLook {
    app: App,
    leadership: Leadership,
}

impl StalenessLook {
    /// Returns a task that looks while `leadership` is held.
    pub fn new(app: App, leadership: Leadership) -> Self {
        Self { app, leadership }
    }
}

/// Looks at every project, notes what is new, and returns how many flags something new is said about.
pub async fn look(app: &App, now: Timestamp) -> Result<usize, StoreError> {
    let mut changed = 0;
    let mut page = PageRequest::default();
    loop {
        let projects = app.store.list_projects(&page).await?;
        for project in &projects.items {
            changed += look_at(app, &project.key, now).await?;
        }
        match projects.next {
            Some(next) => page.cursor = Some(next),
            None => return Ok(changed),
        }
    }
}

async fn look_at(app: &App, project: &str, now: Timestamp) -> Result<usize, StoreError> {
    let App { store, seen, config, .. } = app;
    let known = store.verdicts(project).await?;
    let actor = Actor::system();
    let mut changed = 0;
    for judged in judge_all(store, seen, config, project, now).await? {
        let was = known.iter().find(|record| record.flag == judged.flag);
        if let Some(note) = note(project, &judged, was, now) {
            let news = store.note_verdict(&Write::new(&actor, now), project, &note).await?;
            changed += usize::from(news);
        }
    }
    if changed > 0 {
        app.nudges.outbox.nudge();
    }
    Ok(changed)
}

/// Returns what is to be noted about a flag; nothing if nothing is new.
fn note(project: &str, judged: &Judged, was: Option<&VerdictRecord>, now: Timestamp) -> Option<VerdictNote> {
    let verdict = &judged.verdict;
    let name = |reason: &str, severity: Severity| format!("{reason}:{}", severity.as_str());
    let mut reasons: Vec<String> = verdict.findings.iter().map(|it| name(it.reason.as_str(), it.severity)).collect();
    if verdict.snooze.is_some() {
        // Once the snooze has ended, everything is news again.
        reasons = vec!["snoozed".to_owned()];
    }
    let same = was.is_some_and(|was| was.state == verdict.state.as_str() && was.reasons == reasons);
    // A flag that nothing was ever said about, and about which there is nothing to say, needs no record.
    let unremarkable = was.is_none() && verdict.state == State::Live && reasons.is_empty();
    if same || unremarkable {
        return None;
    }
    let known = |reason: &String| was.is_some_and(|was| was.reasons.contains(reason));
    let fresh = verdict
        .findings
        .iter()
        .any(|it| it.severity >= Severity::Warn && !known(&name(it.reason.as_str(), it.severity)));
    let moved = was.is_none_or(|was| was.state != verdict.state.as_str());
    let moved = moved && !matches!(verdict.state, State::Live | State::Watching | State::Archived);
    let tell = (fresh || moved) && verdict.snooze.is_none();
    let notice = tell.then(|| notice(project, judged, now));
    Some(VerdictNote { flag: judged.flag.clone(), state: verdict.state, reasons, notice })
}

fn notice(project: &str, judged: &Judged, now: Timestamp) -> Value {
    json!({
        "project": project, "flag": judged.flag, "title": judged.title, "owner": judged.owner,
        "verdict": judged.verdict, "at": now,
    })
}

impl Task for StalenessLook {
    fn name(&self) -> &'static str {
        "staleness"
    }

    async fn activate(&mut self, now: Timestamp) -> Outcome {
        let retry = Some(now.saturating_add(STALENESS_RETRY));
        if self.leadership.fence().is_none() {
            return Outcome { status: Status::well("stands by"), wake_at: retry };
        }
        match look(&self.app, now).await {
            Ok(changed) => Outcome {
                status: Status::well(format!("{changed} flags with news")),
                wake_at: Some(now.saturating_add(STALENESS_PAUSE)),
            },
            Err(error) => Outcome { status: Status::ailing(error.to_string()), wake_at: retry },
        }
    }
}
