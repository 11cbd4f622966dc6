//! What one stage would be: whom it reaches, what is decided there, and whether it can be left.

use hoist_eval::{SegmentKey, Span, VariantKey};
use serde::{Deserialize, Serialize};

use crate::plan::{Gate, Guard, GuardKey, Leave, OnMaximumTime, Stage};
use crate::rollout::state::StageIndex;
use crate::rollout::{RolloutSpec, Watch};

use super::facts::Facts;
use super::note::{Note, Severity};
use super::times::Times;

/// What one stage would be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StagePreview {
    /// Its name.
    pub name: String,
    /// The segment that it reaches; absent means everyone.
    pub audience: Option<SegmentKey>,
    /// The share of the audience, in percent.
    pub percentage: f64,
    /// The variant that it serves.
    pub variant: VariantKey,
    /// Whom it reaches.
    pub radius: Radius,
    /// The least time in which the stage can be left if nothing is wrong; absent where that is not known.
    pub expected: Option<Span>,
    /// The time after which it does what `on_maximum_time` says.
    pub maximum_time: Span,
    /// What that is.
    pub on_maximum_time: OnMaximumTime,
    /// The guards that watch it.
    pub guards: Vec<GuardAtStage>,
}

/// Whom a stage reaches.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Radius {
    /// Requests in an hour that get the variant; absent where nobody knows.
    pub requests_per_hour: Option<f64>,
    /// Distinct units in the first hour that get it.
    pub units_per_hour: Option<f64>,
    /// Whether these are upper bounds: how much of the traffic belongs to the audience is not known.
    pub at_most: bool,
}

/// What one guard can do at one stage. Where the stage has an audience, times are those if everyone belonged to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GuardAtStage {
    /// The guard.
    pub guard: GuardKey,
    /// What it is judged by.
    pub judged: Judged,
    /// When a regression of the assumed size is found; absent if never, or if nothing is known.
    pub detection: Option<Detection>,
    /// The smallest regression that is found within the stage's maximum time; whatever is smaller would be missed.
    pub smallest: Option<f64>,
    /// When a treatment that is as good as the control is shown not to be much worse, which lets the stage be left.
    pub noninferiority: Option<Detection>,
}

/// What a guard is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// The control, at the same time.
    AgainstControl,
    /// A fixed limit, event by event.
    AgainstLimit,
    /// A fixed limit, poll by poll: how many polls a regression takes depends on what the number becomes.
    Polls,
    /// Nothing: everyone has the treatment, so there is no control.
    NoControl,
    /// Not known: there are no rates to tell times from.
    Unknown,
}

/// What it takes to tell a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// How many times worse.
    pub regression: f64,
    /// Treated opportunities; absent for a guard that counts polls.
    pub treated: Option<f64>,
    /// The time in which they come.
    pub time: Span,
}

impl GuardAtStage {
    pub(super) fn without(guard: &Guard, judged: Judged) -> Self {
        Self { guard: guard.key().clone(), judged, detection: None, smallest: None, noninferiority: None }
    }
}

pub(super) fn look(
    spec: &RolloutSpec,
    index: usize,
    facts: &Facts,
    times: &Times<'_>,
    notes: &mut Vec<Note>,
) -> Option<StagePreview> {
    let stage = spec.plan().stages().get(index)?;
    let share = f64::from(stage.share().weight()) / f64::from(hoist_eval::limits::SPLIT_TOTAL);
    let guards = times.at(index, stage);
    let evaluations = facts.traffic.and_then(|traffic| traffic.evaluations_per_second());
    let radius = Radius {
        requests_per_hour: evaluations.map(|rate| rate * 3_600.0 * share),
        units_per_hour: facts.traffic.and_then(|traffic| traffic.units_per_hour()).map(|units| units * share),
        at_most: stage.audience().is_some(),
    };
    let leave = spec.plan().leave();
    let expected = expected(stage, &guards, radius, leave);
    let mut note = |severity, guard: Option<&GuardKey>, message: String| {
        let note = Note::new(severity, message).at(stage.name());
        notes.push(guard.map_or(note.clone(), |guard| note.of(guard)));
    };
    let maximum = stage.maximum_time();
    if stage.bake() > maximum {
        let message = format!("the bake {} is longer than the maximum time {maximum}", stage.bake());
        note(Severity::Blocks, None, message);
    }
    if let Some(most) = most_units(radius, maximum)
        && most < stage.minimum_treated() as f64
    {
        let message = format!(
            "at most {most:.0} units are treated within the maximum time {maximum}, and {} are wanted: the stage cannot \
             be left at today's traffic",
            stage.minimum_treated()
        );
        note(Severity::Blocks, None, message);
    }
    let has_control = spec.control_at(StageIndex(index)).is_some();
    let watched =
        |watch: &&Watch| !watch.is_goal() && watch.guard().watches(index) && (has_control || !watch.is_compared());
    for watch in spec.watches().iter().filter(watched) {
        maturity_note(watch, stage, &mut note);
    }
    for seen in &guards {
        guard_notes(seen, times.regression, stage, leave, &mut note);
    }
    if stage.gate() == Gate::Approval {
        note(Severity::Unknown, None, "waits for a person's approval, however long that takes".to_owned());
    }
    if spec.is_parted() && spec.reaches_all(StageIndex(index)) {
        note(Severity::Unknown, None, "waits until the other rollout is over, however long that takes".to_owned());
    }
    if radius.at_most {
        let message = "how much of the traffic belongs to the audience is not known: what is told is for everyone";
        note(Severity::Unknown, None, message.to_owned());
    }
    Some(StagePreview {
        name: stage.name().to_string(),
        audience: stage.audience().cloned(),
        percentage: share * 100.0,
        variant: stage.variant().clone(),
        radius,
        expected,
        maximum_time: maximum,
        on_maximum_time: stage.on_maximum_time(),
        guards,
    })
}

/// Notes that a stage waits for outcomes, and that it ends before one is known.
fn maturity_note(watch: &Watch, stage: &Stage, note: &mut impl FnMut(Severity, Option<&GuardKey>, String)) {
    let (known, maximum, bake) = (watch.ripens_in, stage.maximum_time(), stage.bake());
    let guard = Some(watch.guard().key());
    if known > Span::ZERO && known >= maximum {
        let message = format!(
            "outcomes are known after {known}, and the maximum time is {maximum}: nothing is ever judged; lengthen it, or \
             shorten the metric's `maturity`"
        );
        note(Severity::Blocks, guard, message);
    } else if known > bake {
        let message = format!("outcomes are known after {known}: the stage waits for them before it bakes {bake}");
        note(Severity::Doubt, guard, message);
    }
}

fn guard_notes(
    seen: &GuardAtStage,
    regression: f64,
    stage: &Stage,
    leave: Leave,
    note: &mut impl FnMut(Severity, Option<&GuardKey>, String),
) {
    let guard = Some(&seen.guard);
    let maximum = stage.maximum_time();
    match seen.judged {
        Judged::NoControl => {
            let message = "everyone has the treatment, so there is no control to compare with: not judged here; a `holdback` \
                           of the plan keeps some";
            note(Severity::Doubt, guard, message.to_owned());
        }
        Judged::AgainstControl | Judged::AgainstLimit => {
            match (seen.detection, seen.smallest) {
                (Some(found), _) if found.time <= maximum => {}
                (_, Some(smallest)) => {
                    let message = format!(
                        "a regression of {regression} times is not found within {maximum}; {smallest} times is the \
                         smallest that is"
                    );
                    note(Severity::Doubt, guard, message);
                }
                (_, None) => {
                    let message = format!("no regression is found within {maximum} at today's traffic");
                    note(Severity::Doubt, guard, message);
                }
            }
            let shown = seen.noninferiority.is_some_and(|shown| shown.time <= maximum);
            if seen.judged == Judged::AgainstControl && leave == Leave::Evidence && !shown {
                let then = match stage.on_maximum_time() {
                    OnMaximumTime::Pause => "wait for a person",
                    OnMaximumTime::RollBack => "roll back",
                };
                let message = format!(
                    "that the treatment is not much worse is not shown within {maximum}: the stage would {then}; \
                     lengthen it, widen `noninferiority`, or take a larger share"
                );
                note(Severity::Blocks, guard, message);
            }
        }
        Judged::Polls | Judged::Unknown => {}
    }
}

/// Returns the least time in which the stage can be left; `None` where something that it waits for is not known.
fn expected(stage: &Stage, guards: &[GuardAtStage], radius: Radius, leave: Leave) -> Option<Span> {
    let mut least = stage.bake();
    if stage.minimum_treated() > 0 {
        // As many units as requests is the fewest that it takes; the true time is longer.
        let per_hour = radius.units_per_hour.or(radius.requests_per_hour).filter(|rate| *rate > 0.0)?;
        let hours = stage.minimum_treated() as f64 / per_hour;
        least = least.max(Span::from_micros((hours * 3.6e9) as u64));
    }
    if leave == Leave::Evidence {
        for guard in guards {
            match guard.judged {
                Judged::AgainstControl => least = least.max(guard.noninferiority?.time),
                Judged::Unknown => return None,
                Judged::AgainstLimit | Judged::Polls | Judged::NoControl => {}
            }
        }
    }
    Some(least)
}

/// Returns the most units that can be treated in the time: no more than there are requests.
fn most_units(radius: Radius, time: Span) -> Option<f64> {
    radius.requests_per_hour.map(|rate| (rate * time.as_seconds_f64() / 3_600.0).floor())
}
