//! Why a step decided as it did: facts that are stored, and the sentences that people read.
//!
//! Only facts are compared when a stored decision is replayed. The words are rendered from them, so that a release
//! may say things better without disowning its history. Stored records carry the words all the same, for readers
//! that do not have this code; they are ignored on the way back.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use hoist_eval::{Span, Timestamp};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use crate::plan::{Gate, GuardKey, LimitDraft};

use super::cause::NoDataCause;
use super::decision::{Rule, Verdict};
use super::intervals::Intervals;
use super::overlap::Candidate;
use super::part::Beside;

mod clusters;
mod figures;
mod health;
mod values;
mod words;

use words::{Brief, Count, Moment, Odds, Quantity};

pub use clusters::ClusterFacts;
pub use figures::{CombinedFacts, ComparedFacts, Outlook, RelaxedFacts, StayFacts};
pub use health::{ReportingFacts, ShareFacts, TelemetryFacts};
pub use values::ValueFacts;

/// The rule that fired, what was done, and what was seen.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Rationale {
    /// The rule of the step that fired.
    pub rule: Rule,
    /// What was done about it.
    pub action: Action,
    /// The stage that the step found the rollout at; absent outside stages.
    pub stage: Option<StageFacts>,
    /// The guard that made the difference.
    pub guard: Option<GuardKey>,
    /// A person's words.
    pub reason: Option<String>,
    /// When what is waited for will come.
    pub until: Option<Timestamp>,
    /// What each guard of the stage saw, needs and says.
    pub guards: Vec<GuardRationale>,
    /// What all guards against control say together; absent where nothing is compared.
    #[serde(default)]
    pub combined: Option<CombinedFacts>,
    /// Whether units arrive in the shares that are sent; absent where nobody counts them.
    #[serde(default)]
    pub shares: Option<ShareFacts>,
    /// Whether both arms are heard of alike; absent where nobody counts who reports.
    #[serde(default)]
    pub telemetry: Option<TelemetryFacts>,
    /// Other rollouts that may be what a guard in breach saw.
    #[serde(default)]
    pub candidates: Vec<Candidate>,
    /// The rollout that this one keeps apart from, where that makes the difference.
    #[serde(default)]
    pub beside: Option<Beside>,
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Nothing; the share stays as it is.
    Hold,
    /// Entered the first stage.
    Start,
    /// Entered the next stage.
    Advance,
    /// Went back to the previous stage, and paused.
    StepBack,
    /// Paused.
    Pause,
    /// Went on from a pause.
    Resume,
    /// Noted that a person wants the stage left.
    Promote,
    /// Restored the baseline.
    RollBack,
    /// Came to the end.
    Complete,
    /// Stopped, leaving the flag as it is.
    Cancel,
    /// Kept to a part of the units.
    Part,
}

/// Where a stage was when the step looked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageFacts {
    /// The stage's name.
    pub name: Arc<str>,
    /// Its number, counted from 1.
    pub number: usize,
    /// The number of stages of the plan.
    pub of: usize,
    /// Observed healthy time.
    pub baked: Span,
    /// Observed healthy time that the stage needs.
    pub bake: Span,
    /// Distinct treated units seen.
    pub treated: u64,
    /// Distinct treated units that the stage needs.
    pub minimum_treated: u64,
    /// Who lets the stage be left.
    pub gate: Gate,
}

/// What one guard saw and says.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct GuardRationale {
    /// The guard.
    pub guard: GuardKey,
    /// The service that it came from; absent for a guard of the plan's own.
    #[serde(default)]
    pub service: Option<Arc<str>>,
    /// What it says.
    pub verdict: Verdict,
    /// The last value that could be judged.
    pub value: Option<f64>,
    /// The limit.
    pub limit: LimitDraft,
    /// The unit of both, such as `ratio`.
    pub unit: Arc<str>,
    /// Natural logarithm of the evidence against health, for sequential guards.
    pub log_evidence: Option<f64>,
    /// Natural logarithm of the evidence that makes a breach: ln(1/alpha).
    pub log_needed: Option<f64>,
    /// What was counted in both arms, for a guard against control.
    #[serde(default)]
    pub compared: Option<ComparedFacts>,
    /// Why there is nothing to judge; absent while there is something, and while nothing was asked.
    #[serde(default)]
    pub cause: Option<NoDataCause>,
    /// How many intervals of the stay were judged, refused and dropped.
    #[serde(default)]
    pub intervals: Intervals,
    /// What is waited for, while outcomes are not known yet.
    #[serde(default)]
    pub awaited: Option<Awaited>,
}

/// Outcomes that are not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// How long after a unit came its outcome is known.
    pub maturity: Span,
    /// How many units wait, as far as they are counted.
    pub units: u64,
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = if self.units == 1 { "unit waits" } else { "units wait" };
        write!(f, "outcomes are known after {}; {} {units}", Brief(self.maturity), Count(self.units as f64))
    }
}

impl Rationale {
    /// Returns one sentence for people, such as `holding at stage 3 of 5 "5 %": baked 3m of 10m; guard errors passes
    /// (0.4 %, limit 2 %)`.
    pub fn summary(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Rationale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.action_words(f)?;
        match &self.stage {
            Some(stage) => write!(f, " stage {} of {} \"{}\"", stage.number, stage.of, stage.name)?,
            None if self.action == Action::Hold && self.rule != Rule::Terminal => {
                f.write_str(" before the first stage")?;
            }
            None => {}
        }
        self.rule_words(f)?;
        let of_interest = |guard: &&GuardRationale| match self.rule {
            Rule::Bake => true,
            Rule::Breach
            | Rule::NoData
            | Rule::Inconclusive
            | Rule::Suspect
            | Rule::Unhealthy
            | Rule::Collecting
            | Rule::Notified
            | Rule::MaximumTime => {
                let passes = matches!(guard.verdict, Verdict::Pass | Verdict::NotJudged);
                !passes && self.guard.as_ref() != Some(&guard.guard)
            }
            // Whoever approves, or reads why a stage was left, should know that less was shown than the plan asks for elsewhere.
            Rule::Approval | Rule::Window | Rule::Advance | Rule::Complete => guard.is_relaxed(),
            _ => false,
        };
        for guard in self.guards.iter().filter(of_interest) {
            write!(f, "; {guard}")?;
        }
        Ok(())
    }
}

impl Rationale {
    fn action_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.action, self.rule) {
            (Action::Hold, Rule::Terminal) => "nothing to do",
            (Action::Hold, _) if self.stage.is_none() => "waiting",
            (Action::Hold, Rule::Paused) | (Action::Pause, _) => "paused at",
            (Action::Hold, _) => "holding at",
            (Action::Start, _) => "entered the first stage",
            (Action::Advance, _) => "advanced from",
            (Action::StepBack, _) => "stepped back and paused, from",
            (Action::Resume, _) => "resumed at",
            (Action::Promote, _) => "promotion asked for at",
            (Action::RollBack, _) if self.stage.is_none() => "rolled back to the baseline",
            (Action::RollBack, _) => "rolled back to the baseline from",
            (Action::Complete, _) => "completed after",
            (Action::Part, _) if self.stage.is_none() => "kept to half of the units",
            (Action::Part, _) => "kept to half of the units at",
            (Action::Cancel, _) if self.stage.is_none() => "cancelled",
            (Action::Cancel, _) => "cancelled at",
        })
    }

    fn rule_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rule {
            Rule::Terminal => f.write_str(": the rollout is over"),
            Rule::Command if self.action == Action::Part => match &self.beside {
                Some(beside) => write!(f, ": {beside} starts, and has the other half"),
                None => Ok(()),
            },
            Rule::Command => write!(f, ": {}", self.words()),
            Rule::OtherEntry => f.write_str(": the evidence belongs to another stay and was ignored"),
            Rule::Breach | Rule::Inconclusive | Rule::Suspect => {
                self.guard_words(f)?;
                if let Some(combined) = self.combined.as_ref().filter(|_| self.is_compared()) {
                    write!(f, "; {combined}")?;
                }
                self.candidate_words(f)
            }
            Rule::Collecting => self.guard_words(f),
            Rule::Unhealthy => self.health_words(f),
            Rule::FlagOff => f.write_str(": the flag is switched off"),
            Rule::Drift => f.write_str(": someone else changed the flag's allocation"),
            Rule::Paused => f.write_str(": waiting for a person"),
            Rule::Promoted => self.override_words(f),
            Rule::NoData if self.action == Action::Hold => self.guard_words(f),
            Rule::NoData => {
                self.guard_words(f)?;
                f.write_str(", for longer than its grace")
            }
            Rule::MaximumTime if self.action == Action::RollBack => {
                f.write_str(": the stage has reached its maximum time, after which it rolls back")
            }
            Rule::MaximumTime => f.write_str(": the stage has reached its maximum time"),
            Rule::Notified => {
                self.guard_words(f)?;
                f.write_str(", whose policy is to notify")?;
                self.candidate_words(f)
            }
            Rule::Bake => self.bake_words(f),
            Rule::MinimumTreated => self.treated_words(f),
            Rule::Approval => f.write_str(": baked; waiting for approval"),
            Rule::Window => match self.until {
                Some(until) if self.stage.is_none() => write!(f, ": starts at {}", Moment(until)),
                Some(until) => write!(f, ": baked; the next stage opens at {}", Moment(until)),
                None => f.write_str(": no window opens"),
            },
            Rule::Serialised => f.write_str(": waiting for another rollout to end"),
            Rule::Excluded => match &self.beside {
                Some(beside) => write!(f, ": the next stage is for everyone, and waits until {beside} is over"),
                None => Ok(()),
            },
            Rule::Start => Ok(()),
            Rule::Advance | Rule::Complete if self.guards.is_empty() => f.write_str(": baked"),
            Rule::Advance | Rule::Complete => f.write_str(": baked, and every guard passes"),
        }
    }

    /// Says why the comparison cannot be trusted.
    fn health_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shares = self.shares.as_ref().filter(|shares| shares.is_mismatch());
        let telemetry = self.telemetry.as_ref().filter(|telemetry| telemetry.is_loss());
        if let Some(shares) = shares {
            write!(f, ": units do not arrive as they are sent: {shares}")?;
        }
        if let Some(telemetry) = telemetry {
            let arm = if telemetry.is_deficit() { "treated units" } else { "units of the control" };
            write!(f, ": {arm} are heard of less than the others: {telemetry}")?;
        }
        Ok(())
    }

    /// Says what the guard says that made the difference.
    fn guard_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.guards.iter().find(|guard| Some(&guard.guard) == self.guard.as_ref()) {
            Some(guard) => write!(f, ": {guard}"),
            None => Ok(()),
        }
    }

    /// Names the other rollouts that may be what the guard saw, each with what its own guards say.
    fn candidate_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for candidate in &self.candidates {
            write!(f, "; the rollout of {} runs beside it", candidate.overlap.flag)?;
            if let Some(stage) = &candidate.stage {
                write!(f, " at \"{stage}\"")?;
            }
            for seen in &candidate.guards {
                write!(f, ", where guard {} {}", seen.guard, says(seen.verdict))?;
            }
        }
        Ok(())
    }

    /// Returns whether the guard that made the difference compares with control.
    fn is_compared(&self) -> bool {
        let guard = self.guards.iter().find(|guard| Some(&guard.guard) == self.guard.as_ref());
        guard.is_some_and(|guard| matches!(guard.limit, LimitDraft::Control(_)))
    }

    fn words(&self) -> &str {
        self.reason.as_deref().filter(|words| !words.is_empty()).unwrap_or("asked by a person")
    }

    fn bake_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stage {
            Some(stage) => write!(f, ": baked {} of {}", Brief(stage.baked), Brief(stage.bake)),
            None => Ok(()),
        }
    }

    fn treated_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stage {
            Some(stage) => write!(f, ": {} of {} units served", stage.treated, stage.minimum_treated),
            None => Ok(()),
        }
    }

    /// Says what a promotion overrode: a promotion of a stage that lacked nothing but approval is an approval.
    fn override_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut missing = String::new();
        if let Some(stage) = &self.stage {
            if stage.baked < stage.bake {
                write!(missing, ", baked {} of {}", Brief(stage.baked), Brief(stage.bake))?;
            }
            if stage.treated < stage.minimum_treated {
                write!(missing, ", {} of {} units served", stage.treated, stage.minimum_treated)?;
            }
        }
        let passes = |guard: &GuardRationale| matches!(guard.verdict, Verdict::Pass | Verdict::NotJudged);
        for guard in self.guards.iter().filter(|guard| !passes(guard)) {
            write!(missing, ", {guard}")?;
        }
        if let Some(until) = self.until {
            write!(missing, ", the next stage opens at {}", Moment(until))?;
        }
        if let Some(beside) = &self.beside {
            write!(missing, ", {beside} is not over")?;
        }
        match missing.strip_prefix(", ") {
            None => write!(f, ": approved by a person: {}", self.words()),
            Some(missing) => write!(f, ": overridden by a person: {} (missing: {missing})", self.words()),
        }
    }
}

impl GuardRationale {
    /// Returns one clause for people, such as `guard errors passes (0.4 %, limit 2 %)` or
    /// `guard errors has no data: the source cannot be reached (limit 2 %)`.
    pub fn summary(&self) -> String {
        self.to_string()
    }

    /// Returns whether the guard passes by its relaxed limit alone.
    pub fn is_relaxed(&self) -> bool {
        self.verdict == Verdict::Pass && self.compared.as_ref().is_some_and(ComparedFacts::is_relaxed)
    }

    /// Returns whether it is a goal, which counts for nothing beside guards.
    fn is_goal(&self) -> bool {
        self.compared.as_ref().is_some_and(|compared| compared.weight <= 0.0)
    }

    /// Says how many intervals were refused and dropped, if any were, and ends the clause.
    fn close(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Intervals { judged, refused, dropped } = self.intervals;
        let all = Count(judged as f64 + refused as f64 + dropped as f64);
        if refused > 0 {
            write!(f, "; {} of {all} intervals refused", Count(refused as f64))?;
        }
        if dropped > 0 {
            write!(f, "; {} of {all} intervals dropped", Count(dropped as f64))?;
        }
        f.write_str(")")
    }

    fn shows_evidence(&self) -> bool {
        matches!(self.verdict, Verdict::Breach | Verdict::Inconclusive)
    }
}

impl fmt::Display for GuardRationale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let says = match self.verdict {
            Verdict::Inconclusive if self.compared.is_some() => "is under suspicion",
            Verdict::NotJudged if self.is_goal() => "is shown and decides nothing",
            verdict => says(verdict),
        };
        write!(f, "{} {} ", if self.is_goal() { "goal" } else { "guard" }, self.guard)?;
        if let Some(service) = &self.service {
            write!(f, "of service {service} ")?;
        }
        f.write_str(says)?;
        match (self.awaited, self.cause) {
            (Some(awaited), _) => write!(f, ": {awaited}")?,
            (None, Some(cause)) => write!(f, ": {}", cause.words())?,
            (None, None) => {}
        }
        f.write_str(" (")?;
        if let Some(compared) = &self.compared {
            compared.words(f, &self.unit)?;
            match self.verdict {
                Verdict::Collecting => compared.needs(f)?,
                Verdict::Pass => compared.relaxation(f)?,
                _ => {}
            }
            return self.close(f);
        }
        if let Some(value) = self.value {
            let last = if self.verdict == Verdict::NoData { "last seen " } else { "" };
            write!(f, "{last}{}, ", Quantity(value, &self.unit))?;
        }
        match self.limit {
            LimitDraft::Above(limit) => write!(f, "limit {}", Quantity(limit, &self.unit))?,
            LimitDraft::Below(limit) => write!(f, "lower limit {}", Quantity(limit, &self.unit))?,
            LimitDraft::Control(_) => f.write_str("against control")?,
        }
        if let (Some(evidence), Some(needed), true) = (self.log_evidence, self.log_needed, self.shows_evidence()) {
            write!(f, ", evidence {}, needed {}", Odds(evidence), Odds(needed))?;
        }
        self.close(f)
    }
}

impl Serialize for Rationale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("Rationale", 14)?;
        record.serialize_field("rule", &self.rule)?;
        record.serialize_field("action", &self.action)?;
        record.serialize_field("summary", &self.summary())?;
        record.serialize_field("stage", &self.stage)?;
        record.serialize_field("guard", &self.guard)?;
        record.serialize_field("reason", &self.reason)?;
        record.serialize_field("until", &self.until)?;
        record.serialize_field("guards", &self.guards)?;
        record.serialize_field("combined", &self.combined)?;
        record.serialize_field("shares", &self.shares)?;
        record.serialize_field("telemetry", &self.telemetry)?;
        if self.candidates.is_empty() {
            record.skip_field("candidates")?;
        } else {
            record.serialize_field("candidates", &self.candidates)?;
        }
        match &self.beside {
            Some(beside) => record.serialize_field("beside", beside)?,
            None => record.skip_field("beside")?,
        }
        record.end()
    }
}

impl Serialize for GuardRationale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut record = serializer.serialize_struct("GuardRationale", 15)?;
        record.serialize_field("guard", &self.guard)?;
        match &self.service {
            Some(service) => record.serialize_field("service", service)?,
            None => record.skip_field("service")?,
        }
        record.serialize_field("verdict", &self.verdict)?;
        record.serialize_field("summary", &self.summary())?;
        record.serialize_field("value", &self.value)?;
        record.serialize_field("limit", &self.limit)?;
        record.serialize_field("unit", &self.unit)?;
        record.serialize_field("log_evidence", &self.log_evidence)?;
        record.serialize_field("log_needed", &self.log_needed)?;
        record.serialize_field("compared", &self.compared)?;
        match self.cause {
            Some(cause) => {
                record.serialize_field("cause", &cause)?;
                record.serialize_field("because", cause.words())?;
                record.serialize_field("next", cause.next())?;
            }
            None => {
                for field in ["cause", "because", "next"] {
                    record.skip_field(field)?;
                }
            }
        }
        if self.intervals.is_none() {
            record.skip_field("intervals")?;
        } else {
            record.serialize_field("intervals", &self.intervals)?;
        }
        match &self.awaited {
            Some(awaited) => record.serialize_field("awaited", awaited)?,
            None => record.skip_field("awaited")?,
        }
        record.end()
    }
}

/// Says what a guard says.
fn says(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passes",
        Verdict::Breach => "is in breach",
        Verdict::Inconclusive => "cannot say yet",
        Verdict::NoData => "has no data",
        Verdict::Collecting => "collects evidence",
        Verdict::NotJudged => "is not judged here",
    }
}
