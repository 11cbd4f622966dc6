//! What the watch view shows, without any drawing.

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::plan::LimitDraft;
use hoist_lifecycle::rollout::decision::Verdict;
use hoist_lifecycle::rollout::rationale::GuardRationale;

use super::live;
use super::rollout::{Decided, Phase, Rollout};
use super::view::date_and_clock;

/// How good or bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// Going on.
    Plain,
    /// Waits for a person, or cannot say.
    Attention,
    /// Wrong.
    Bad,
}

/// A rollout, ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The flag.
    pub flag: String,
    /// The environment.
    pub environment: String,
    /// The plan's name.
    pub plan: String,
    /// Where the rollout is, in words.
    pub phase: String,
    /// How good that is.
    pub tone: Tone,
    /// The stages, in order.
    pub stages: Vec<StageLine>,
    /// What the guards saw last.
    pub guards: Vec<GuardLine>,
    /// Why it waits, or what it decided last.
    pub now: String,
    /// What was decided, the latest first.
    pub history: Vec<HistoryLine>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageLine {
    /// Its name.
    pub name: String,
    /// Whom it reaches.
    pub audience: String,
    /// The share it serves, in percent.
    pub percentage: f64,
    /// How far it is.
    pub progress: Progress,
}

/// How far a stage is.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    /// Left behind.
    Done,
    /// Here now.
    Here {
        /// Observed healthy time so far.
        baked: Span,
        /// How much is needed.
        bake: Span,
        /// Distinct treated units so far, and how many are needed.
        treated: (u64, u64),
    },
    /// Ahead.
    Ahead {
        /// How much will be needed.
        bake: Span,
    },
    /// Entered once, and taken back.
    Reverted,
}

/// One guard.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardLine {
    /// Its name.
    pub name: String,
    /// The last value, if there is one.
    pub value: Option<String>,
    /// The limit, in words.
    pub limit: String,
    /// What it says.
    pub verdict: Verdict,
    /// Evidence collected against health, as a share of what makes a breach.
    pub evidence: Option<f64>,
    /// The same as a number, and the one that is needed.
    pub odds: Option<(String, String)>,
    /// A sentence.
    pub summary: String,
    /// Why it has no data, in words, and what to do about it.
    pub silence: Option<(&'static str, &'static str)>,
}

/// One decision of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryLine {
    /// When.
    pub at: Timestamp,
    /// What, in a sentence.
    pub text: String,
}

/// Returns what is shown of a rollout, given its decisions, the latest first.
pub fn model(rollout: &Rollout, decisions: &[Decided]) -> Model {
    let (phase, tone) = phase(rollout);
    let history = decisions.iter().map(|decided| HistoryLine { at: decided.at, text: decided.summary.clone() });
    Model {
        flag: rollout.flag.clone(),
        environment: rollout.environment.clone(),
        plan: rollout.plan.key.clone(),
        phase,
        tone,
        stages: stages(rollout),
        guards: live::guards(rollout, decisions).iter().map(guard).collect(),
        now: live::now(rollout, decisions),
        history: history.collect(),
    }
}

fn stages(rollout: &Rollout) -> Vec<StageLine> {
    let line = |(index, stage): (usize, &hoist_lifecycle::plan::StageDraft)| StageLine {
        name: stage.name.clone(),
        audience: stage.audience.clone().unwrap_or_else(|| "everyone".to_owned()),
        percentage: stage.percentage,
        progress: match (rollout.phase, &rollout.stage) {
            (Phase::Completed, _) => Progress::Done,
            (_, Some(here)) if index < here.index => Progress::Done,
            (_, Some(here)) if index == here.index => {
                Progress::Here { baked: here.baked, bake: here.bake, treated: (here.treated, here.minimum_treated) }
            }
            (Phase::RolledBack, _) => Progress::Reverted,
            _ => Progress::Ahead { bake: stage.bake },
        },
    };
    rollout.plan.stages.iter().enumerate().map(line).collect()
}

fn phase(rollout: &Rollout) -> (String, Tone) {
    let stage = rollout.stage.as_ref().map(|stage| stage.name.as_str()).unwrap_or_default();
    let cause = rollout.cause.as_ref().map(|cause| format!(": {}", cause.words())).unwrap_or_default();
    match rollout.phase {
        Phase::Scheduled => (scheduled(rollout), Tone::Plain),
        Phase::Progressing => (format!("progressing at {stage}"), Tone::Plain),
        Phase::Paused => (format!("paused at {stage}{cause}"), Tone::Attention),
        Phase::Completed => ("completed".to_owned(), Tone::Good),
        Phase::RolledBack => (format!("rolled back{cause}"), Tone::Bad),
        Phase::Cancelled => (format!("cancelled{cause}"), Tone::Attention),
    }
}

fn scheduled(rollout: &Rollout) -> String {
    let at = rollout.waits_until().map(|at| format!(" for {} UTC", date_and_clock(at.as_micros())));
    format!("scheduled{}", at.unwrap_or_default())
}

fn guard(seen: &GuardRationale) -> GuardLine {
    let gathered = match (seen.log_evidence, seen.log_needed) {
        (Some(has), Some(needs)) if needs > 0.0 => Some((has, needs)),
        _ => seen.compared.as_ref().map(|compared| (compared.log_harm, -compared.alpha.ln())),
    };
    GuardLine {
        name: seen.guard.to_string(),
        value: seen.value.map(|value| quantity(value, &seen.unit)),
        limit: limit(seen.limit, &seen.unit),
        verdict: seen.verdict,
        evidence: gathered.map(|(has, needs)| (has / needs).clamp(0.0, 1.0)),
        odds: gathered.map(|(has, needs)| (odds(has), odds(needs))),
        summary: seen.summary(),
        silence: seen.cause.map(|cause| (cause.words(), cause.next())),
    }
}

/// Returns evidence as a number, from its natural logarithm.
fn odds(log: f64) -> String {
    let decimals = usize::from(log < 10_f64.ln());
    if log < 1e6_f64.ln() {
        format!("{:.decimals$}", log.exp())
    } else {
        format!("1e{:.0}", (log / 10_f64.ln()).floor())
    }
}

/// Returns a limit in words.
pub fn limit(limit: LimitDraft, unit: &str) -> String {
    match limit {
        LimitDraft::Above(value) => format!("at most {}", quantity(value, unit)),
        LimitDraft::Below(value) => format!("at least {}", quantity(value, unit)),
        LimitDraft::Control(_) => "not worse than control".to_owned(),
    }
}

/// Returns a number with its unit; a ratio is shown in percent.
fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "ratio" => format!("{} %", number(value * 100.0)),
        "" => number(value),
        unit => format!("{} {unit}", number(value)),
    }
}

/// Returns a verdict in words.
pub fn verdict(verdict: Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::Pass => ("pass", Tone::Good),
        Verdict::Breach => ("breach", Tone::Bad),
        Verdict::Inconclusive => ("inconclusive", Tone::Attention),
        Verdict::NoData => ("no data", Tone::Attention),
        Verdict::Collecting => ("collecting", Tone::Plain),
        Verdict::NotJudged => ("not judged", Tone::Plain),
    }
}

/// Returns a number with as many digits as matter: at most four significant ones.
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let digits = (3.0 - value.abs().log10().floor()).clamp(0.0, 9.0);
    let text = format!("{value:.*}", digits as usize);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
