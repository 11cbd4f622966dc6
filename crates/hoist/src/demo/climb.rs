//! One rollout of the story, from its start to its end, as the watch stream tells it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::rollout::rationale::{Action, GuardRationale};
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::clock;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::at;
use crate::watch::feed::{self, News};
use crate::watch::rollout::{Decided, Phase, Rollout};

use super::Options;
use super::backdrop::Backdrop;
use super::checks::{self, Stay};
use super::plan::{self, PLAN};
use super::props::ENVIRONMENT;
use super::shop::shopper::{EMPLOYEES, SHOPPERS, Shopper};
use super::shop::{FLAG, Shop};
use super::timeline::Timeline;

/// Longest time that one rollout of the story may take at speed 60; slower speeds have proportionally more.
const CLIMB_TIMEOUT: Duration = Duration::from_mins(5);
/// Time from the entry into a stage to the bug, so that some shoppers have the new checkout by then.
const BUG_AFTER: Span = Span::from_millis(700);
/// Time between two reloads of the new checkout while the bug is there.
const RELOAD_WAIT: Duration = Duration::from_millis(10);
/// Time from the entry into a stage to the question whether the same shoppers are in it.
const RECHECK_AFTER: Span = Span::from_millis(800);

/// One rollout of the story.
#[derive(Debug, Clone)]
pub struct Climb {
    /// The stages that were entered, in order, with the moments.
    pub entered: Vec<(String, Timestamp)>,
    /// When the bug was injected.
    pub bug: Option<Timestamp>,
    /// How many of the shoppers of an earlier climb got the new checkout at the same stages of this one.
    pub again: usize,
    /// How it ended.
    pub end: End,
}

/// How a rollout ended.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// Everyone has the new checkout.
    Completed {
        /// When.
        at: Timestamp,
    },
    /// Everyone has the old checkout.
    RolledBack {
        /// When.
        at: Timestamp,
        /// The guard that was crossed.
        guard: Option<String>,
        /// Why, in a sentence.
        cause: String,
    },
    /// In a way that the story does not know.
    Otherwise {
        /// When.
        at: Timestamp,
        /// Where it is, in words.
        phase: String,
    },
}

impl End {
    /// Returns the phase's name.
    pub fn phase(&self) -> &str {
        match self {
            Self::Completed { .. } => "completed",
            Self::RolledBack { .. } => "rolled_back",
            Self::Otherwise { phase, .. } => phase,
        }
    }

    fn at(&self) -> Timestamp {
        match self {
            Self::Completed { at } | Self::RolledBack { at, .. } | Self::Otherwise { at, .. } => *at,
        }
    }
}

impl Climb {
    /// Returns when each stage was entered and left.
    pub fn stays(&self) -> BTreeMap<String, Stay> {
        let ends = self.entered.iter().skip(1).map(|(_, at)| *at).chain([self.end.at()]);
        self.entered.iter().zip(ends).map(|((stage, from), to)| (stage.clone(), Stay { from: *from, to })).collect()
    }
}

/// Shoppers who have the new checkout and reload it over and over, until this is dropped.
#[derive(Debug, Default)]
pub struct Reloaders {
    tasks: JoinSet<()>,
    reloads: Arc<AtomicU64>,
}

impl Reloaders {
    /// Returns how many reloads were answered so far.
    pub fn reloads(&self) -> u64 {
        self.reloads.load(Ordering::Relaxed)
    }

    fn start(&mut self, shop: Shop, shoppers: Vec<Shopper>) {
        let reloads = Arc::clone(&self.reloads);
        self.tasks.spawn(async move {
            for shopper in shoppers.iter().cycle() {
                shop.ask(*shopper).await;
                reloads.fetch_add(1, Ordering::Relaxed);
                clock::wait(RELOAD_WAIT).await;
            }
        });
    }
}

/// Starts a rollout and follows it to its end. At `bug_stage` the bug is injected; at each stage that `before` names,
/// those shoppers are asked about again. The shoppers who reload the broken checkout go on until the caller has seen
/// when it was last served.
pub async fn climb(
    set: &Backdrop,
    options: Options,
    timeline: &mut Timeline,
    bug_stage: Option<&str>,
    before: &[(String, Vec<Shopper>)],
) -> Result<(Climb, Reloaders), Failure> {
    let body = json!({ "flag": FLAG, "environment": ENVIRONMENT, "plan": PLAN, "reason": "demo" });
    let asked = clock::now();
    let started = set.client.post(&set.client.in_project(&["rollouts"]), &body).await?;
    let rollout = Rollout::read(at(&started.body, "rollout").cloned().unwrap_or_default())?;
    let sentence = "internal, then 1 %, 5 %, 25 % and 100 % of everyone; two guards watch it";
    timeline.add("rollout_started", asked, sentence, json!({ "rollout": rollout.id }))?;
    let (to, mut news) = mpsc::channel(16);
    let mut tasks = JoinSet::new();
    tasks.spawn(feed::run(set.client.clone(), rollout.id, to));

    let mut follow = Follow {
        set,
        timeline,
        bug_stage,
        before,
        seen: 0,
        due: Vec::new(),
        reloading: Reloaders::default(),
        climb: Climb::new(),
    };
    let slowness = (60 / options.speed.max(1)).max(1);
    let deadline = clock::now().saturating_add(Span::from_micros((CLIMB_TIMEOUT * slowness).as_micros() as u64));
    loop {
        let now = clock::now();
        if now > deadline {
            follow.climb.end = End::Otherwise { at: now, phase: "unfinished".to_owned() };
            return Ok((follow.climb, follow.reloading));
        }
        follow.act(now).await?;
        let wait = follow.next_due().map_or(Duration::from_secs(1), |at| at.since(now).into());
        let told = tokio::select! {
            told = news.recv() => told,
            () = clock::wait(wait) => continue,
        };
        match told {
            Some(News::Now(rollout, decisions)) => {
                if follow.hear(&rollout, &decisions)? {
                    return Ok((follow.climb, follow.reloading));
                }
            }
            Some(News::Disconnected(_)) => {}
            Some(News::Failed(failure)) => return Err(failure),
            None => return Err(Failure::new(Exit::Failure, "watch", "the watch stream ended")),
        }
    }
}

impl Climb {
    fn new() -> Self {
        let end = End::Otherwise { at: clock::now(), phase: "scheduled".to_owned() };
        Self { entered: Vec::new(), bug: None, again: 0, end }
    }
}

/// Something to do at a moment.
#[derive(Debug, Clone)]
enum Due {
    Bug,
    Recheck(String),
}

struct Follow<'a> {
    set: &'a Backdrop,
    timeline: &'a mut Timeline,
    bug_stage: Option<&'a str>,
    before: &'a [(String, Vec<Shopper>)],
    seen: u64,
    due: Vec<(Timestamp, Due)>,
    reloading: Reloaders,
    climb: Climb,
}

impl Follow<'_> {
    fn next_due(&self) -> Option<Timestamp> {
        self.due.iter().map(|(at, _)| *at).min()
    }

    /// Does what is due.
    async fn act(&mut self, now: Timestamp) -> Result<(), Failure> {
        let (ready, later) = std::mem::take(&mut self.due).into_iter().partition(|(at, _)| *at <= now);
        self.due = later;
        let ready: Vec<(Timestamp, Due)> = ready;
        for (_, due) in ready {
            match due {
                Due::Bug => {
                    self.set.shop.set_bug(true);
                    self.climb.bug = Some(clock::now());
                    let sentence = "the new checkout sends the wrong currency: 40 % of its payments fail";
                    self.timeline.now("bug_injected", sentence)?;
                    self.reload();
                }
                Due::Recheck(stage) => {
                    let shoppers = self.before.iter().find(|(name, _)| *name == stage).map(|(_, shoppers)| shoppers);
                    if let Some(shoppers) = shoppers {
                        self.climb.again += checks::count_new(&self.set.shop, shoppers).await;
                    }
                }
            }
        }
        Ok(())
    }

    /// Lets the shoppers who have the new checkout reload it over and over, so that the moment at which it is taken from
    /// them is seen closely.
    fn reload(&mut self) {
        // Whoever had it at an earlier stage has it still, and at this one hardly anybody has come by yet.
        let public = self.climb.entered.iter().find(|(stage, _)| stage != plan::SEGMENT);
        let since = public.map_or(Timestamp::EPOCH, |(_, at)| *at);
        let shop = self.set.shop.clone();
        let stay = Stay { from: since, to: clock::now() };
        let shoppers = checks::new_only(&checks::served(&shop, stay));
        self.reloading.start(shop, shoppers);
    }

    /// Takes in what was decided since; returns whether the rollout is over.
    fn hear(&mut self, rollout: &Rollout, decisions: &[Decided]) -> Result<bool, Failure> {
        let fresh: Vec<&Decided> = decisions.iter().rev().filter(|decided| decided.seq > self.seen).collect();
        for decided in fresh {
            self.seen = decided.seq;
            if self.decided(rollout, decided)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn decided(&mut self, rollout: &Rollout, decided: &Decided) -> Result<bool, Failure> {
        let at = decided.at;
        if let Some(stage) = entered(rollout, decided) {
            self.enter(stage, at)?;
        }
        match decided.phase {
            Phase::Scheduled | Phase::Progressing => return Ok(false),
            Phase::Completed => {
                self.timeline.add("completed", at, "the new checkout is the default for everyone", json!({}))?;
                self.climb.end = End::Completed { at };
            }
            Phase::RolledBack => {
                let guard = decided.rationale.guard.as_ref().map(ToString::to_string);
                let breach =
                    decided.rationale.guards.iter().find(|seen| Some(&seen.guard) == decided.rationale.guard.as_ref());
                let cause = breach.map_or_else(|| decided.summary.clone(), GuardRationale::summary);
                let combined = decided.rationale.combined.as_ref();
                let proof = combined.map(|combined| format!("; {combined}")).unwrap_or_default();
                let sentence = format!("{cause}{proof}; Hoist puts the flag back, by itself");
                let compared = breach.and_then(|breach| breach.compared.as_ref());
                let fields = json!({ "guard": guard, "cause": cause, "evidence": combined, "compared": compared });
                self.timeline.add("rolled_back", at, &sentence, fields)?;
                self.climb.end = End::RolledBack { at, guard, cause };
            }
            phase => self.climb.end = End::Otherwise { at, phase: phase.as_str().to_owned() },
        }
        Ok(true)
    }

    fn enter(&mut self, stage: String, at: Timestamp) -> Result<(), Failure> {
        let known = plan::STAGES.iter().find(|(name, ..)| *name == stage);
        let percentage = known.map_or(0.0, |(_, percentage, ..)| *percentage);
        let (audience, of) = if stage == plan::SEGMENT {
            (plan::SEGMENT, f64::from(EMPLOYEES) / f64::from(SHOPPERS))
        } else {
            ("everyone", 1.0)
        };
        let fields =
            json!({ "stage": stage, "share": of * percentage / 100.0, "percentage": percentage, "audience": audience });
        let sentence = format!("{stage}: {percentage} % of {audience} get the new checkout");
        self.timeline.add("stage_entered", at, &sentence, fields)?;
        if self.bug_stage == Some(stage.as_str()) {
            self.due.push((at.saturating_add(BUG_AFTER), Due::Bug));
        }
        if self.before.iter().any(|(name, _)| *name == stage) {
            self.due.push((at.saturating_add(RECHECK_AFTER), Due::Recheck(stage.clone())));
        }
        self.climb.entered.push((stage, at));
        Ok(())
    }
}

/// Returns the stage that a decision entered, if it entered one.
fn entered(rollout: &Rollout, decided: &Decided) -> Option<String> {
    let index = match (decided.rationale.action, &decided.rationale.stage) {
        (Action::Start, _) => 0,
        // Stages are numbered from 1, and the facts are those of the stage that was left.
        (Action::Advance, Some(left)) => left.number,
        _ => return None,
    };
    rollout.plan.stages.get(index).map(|stage| stage.name.clone())
}
