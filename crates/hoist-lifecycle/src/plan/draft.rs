//! Rollout plans as people write them and as storage keeps them: public fields, no promises.

use hoist_eval::Span;
use serde::{Deserialize, Serialize};

/// A rollout plan: the stages a flag climbs, and the guards that watch it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanDraft {
    /// The plan's key.
    pub key: String,
    /// A name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What the plan is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The variant that stages serve unless they name another.
    pub treatment: String,
    /// What stands in for what stages and guards do not say. Absent means the defaults that they name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Defaults>,
    /// The stages in order. The last one is the watch: it holds the final share before the rollout completes.
    pub stages: Vec<StageDraft>,
    /// The share of everyone, in percent, that keeps the control at stages that would reach them all, so that there is
    /// something to compare with until the rollout completes; then they get the treatment as well. More than 0 and at most
    /// 20, with at most three decimals. Absent means nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holdback: Option<f64>,
    /// What is watched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<GuardDraft>,
    /// The false-alarm probability over the whole rollout of all limits against control together, between 0 and 0.5.
    /// Absent means 0.01.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// The combined evidence of harm at which the rollout is held: at most one healthy rollout in so many gets there.
    /// Absent means 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<f64>,
    /// The probability of leaving a stage although the treatment is as much worse as must be ruled out. Absent means
    /// 0.05.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta: Option<f64>,
    /// What lets a stage with limits against control be left.
    #[serde(default, skip_serializing_if = "Leave::is_evidence")]
    pub leave: Leave,
    /// Metrics that are compared with control and shown, and never decide anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<String>,
    /// How the shares of the two arms are checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub srm: Option<SampleRatioDraft>,
    /// When a rollback counts as done, and when people are told that it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<SafetyDraft>,
}

impl PlanDraft {
    /// Returns a plan that only climbs: nothing is watched, and everything that can be left out is.
    pub fn new(key: impl Into<String>, treatment: impl Into<String>, stages: Vec<StageDraft>) -> Self {
        Self {
            key: key.into(),
            title: String::new(),
            description: String::new(),
            treatment: treatment.into(),
            defaults: None,
            stages,
            holdback: None,
            guards: Vec::new(),
            alpha: None,
            hold: None,
            beta: None,
            leave: Leave::Evidence,
            goals: Vec::new(),
            srm: None,
            safety: None,
        }
    }
}

/// What stands in for what stages and guards of a plan do not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defaults {
    /// Bakes, treated units and maximum times by the share of a stage; a day of grace for silence where a flag is asked for
    /// less than once a second.
    Recommended,
}

/// When a rollback counts as done, and when people are told that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetyDraft {
    /// The share of answers, and of streams, that may still be behind, at most 0.1. Absent means 0.001.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<f64>,
    /// The time after a rollback at which people are told that it is not safe yet, at least 5 s. Absent means 60 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Span>,
}

/// What lets a stage with limits against control be left, besides time, units and approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// Evidence for every such limit that the treatment is not much worse.
    #[default]
    Evidence,
    /// Nothing more: such limits hold and roll back, and do not have to be convinced.
    Time,
}

impl Leave {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_evidence(&self) -> bool {
        *self == Self::Evidence
    }
}

/// How the shares of the two arms are checked: whether as many units arrive in each as the allocation sends there.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleRatioDraft {
    /// The false-alarm probability over the whole rollout, between 0 and 0.5. Absent means 0.001.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// What a lack of treated units does. A surplus always holds.
    #[serde(default)]
    pub deficit: OnDeficit,
}

/// What a proven lack of treated units does. It may be a sign of harm: whoever crashes reports nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDeficit {
    /// Keep the share and wait; every rollback rule stays live.
    #[default]
    Hold,
    /// Wait for a person.
    Pause,
    /// Back to the recorded baseline.
    RollBack,
}

/// One stage of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageDraft {
    /// A name for people, unique within the plan.
    pub name: String,
    /// The segment that this stage reaches; absent means everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// The share of the audience that gets the variant, in percent, with at most three decimals.
    pub percentage: f64,
    /// The variant that this stage serves; absent means the plan's treatment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// How long the stage must be *observed healthy* before it may be left.
    #[serde(default)]
    pub bake: Span,
    /// Who lets the stage be left once it has baked.
    #[serde(default)]
    pub gate: Gate,
    /// How many distinct units must have been served this stage's variant before the stage may be left.
    #[serde(default)]
    pub minimum_treated: u64,
    /// After this much observed time in the stage the rollout does what `on_maximum_time` says. Absent means 24 hours, or
    /// twice the bake if that is longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_time: Option<Span>,
    /// What that does. It never lets the stage be left.
    #[serde(default, skip_serializing_if = "OnMaximumTime::is_pause")]
    pub on_maximum_time: OnMaximumTime,
    /// When the stage may be *entered*; empty means at any time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<WindowDraft>,
    /// How much worse than control must be ruled out before the stage is left, as a ratio. Absent means 2 up to 1 % of
    /// the audience, 1.5 up to 5 %, and 1.2 above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noninferiority: Option<f64>,
}

impl StageDraft {
    /// Returns a stage of everyone that nothing holds yet.
    pub fn new(name: impl Into<String>, percentage: f64) -> Self {
        Self {
            name: name.into(),
            audience: None,
            percentage,
            variant: None,
            bake: Span::ZERO,
            gate: Gate::Automatic,
            minimum_treated: 0,
            maximum_time: None,
            on_maximum_time: OnMaximumTime::Pause,
            windows: Vec::new(),
            noninferiority: None,
        }
    }
}

/// What a stage does that has taken longer than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnMaximumTime {
    /// Wait for a person.
    #[default]
    Pause,
    /// Back to the recorded baseline.
    RollBack,
}

impl OnMaximumTime {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_pause(&self) -> bool {
        *self == Self::Pause
    }
}

/// Who lets a stage be left once it has baked and every guard passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// The controller, on evidence.
    #[default]
    Automatic,
    /// A person, by promoting the rollout.
    Approval,
}

/// A weekly window of time, such as Monday to Thursday, 09:00 to 16:00, Europe/Berlin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowDraft {
    /// Days of the week: `mon` to `sun`, each at most once.
    pub days: Vec<Day>,
    /// Start of the window on each day, `HH:MM`.
    pub from: String,
    /// End of the window on each day, `HH:MM`, later than `from`; `24:00` is the end of the day.
    pub to: String,
    /// An IANA time zone, such as `Europe/Berlin`. Absent means UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// A limit on a metric, and what to do when it is crossed or when there is nothing to judge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardDraft {
    /// The guard's key.
    pub key: String,
    /// The metric that it watches.
    pub metric: String,
    /// The limit.
    pub limit: LimitDraft,
    /// How readings become a verdict.
    #[serde(default)]
    pub mode: GuardMode,
    /// The false-alarm probability over the whole rollout, for `sequential`, between 0 and 0.5. Absent means 0.01 for
    /// a metric that is one value, and 0.001 for a metric that is two counters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alpha: Option<f64>,
    /// Time between two readings; not shorter than the query's look-back window. Absent means 30 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Span>,
    /// A value outside this range is a broken reading, not a breach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plausible: Option<(f64, f64)>,
    /// How old a sample may be and still count. Absent means three intervals, at least 60 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_staleness: Option<Span>,
    /// What a breach does. A breach stands until the rollout is resumed or promoted by a person.
    #[serde(default)]
    pub on_breach: OnBreach,
    /// What lasting silence does, after `no_data_grace`.
    #[serde(default)]
    pub on_no_data: OnNoData,
    /// How much observed silence is only held. Absent means four intervals, at least 10 min.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_data_grace: Option<Span>,
    /// The stages that this guard watches, by name; empty means all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
}

/// The side on which a metric must stay: `{"above": 0.02}` is broken by a value above 0.02, and `{"control": {}}` by
/// being worse than the control.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitDraft {
    /// A value greater than this breaks the limit.
    Above(f64),
    /// A value less than this breaks the limit.
    Below(f64),
    /// Being worse than the control by more than the margin breaks the limit.
    Control(ControlLimitDraft),
}

/// A limit against the control: everyone in the stage's audience whom the rollout has not reached, at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlLimitDraft {
    /// How much worse is still no harm, as a ratio. Absent means what the metric says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// How much worse must be ruled out before a stage is left, as a ratio. Absent means what the metric says, or else
    /// the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noninferiority: Option<f64>,
    /// The ratio at which a stage may be left although that is not shown: once the 95 % confidence sequence of the ratio ends
    /// no worse than this. Greater than what must be ruled out. Absent means that nothing else lets a stage be left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relaxed: Option<f64>,
}

impl LimitDraft {
    /// Returns a limit against the control with everything as the metric and the stage say.
    pub fn control() -> Self {
        Self::Control(ControlLimitDraft::default())
    }

    /// Returns the number of the limit; none for a limit against the control.
    pub fn threshold(self) -> Option<f64> {
        match self {
            Self::Above(limit) | Self::Below(limit) => Some(limit),
            Self::Control(_) => None,
        }
    }

    /// Returns whether `value` is on the wrong side of the limit. A value equal to the limit is not. No value by itself
    /// is worse than the control.
    pub fn is_broken_by(self, value: f64) -> bool {
        match self {
            Self::Above(limit) => value > limit,
            Self::Below(limit) => value < limit,
            Self::Control(_) => false,
        }
    }
}

/// How readings become a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardMode {
    /// An e-process decides: false alarms stay below `alpha` however often it is looked at.
    #[default]
    Sequential,
    /// One reading beyond the limit is a breach. There is no guarantee against false alarms.
    Immediate,
}

/// What a breach does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnBreach {
    /// Back to the recorded baseline. The rollout is over.
    #[default]
    RollBack,
    /// Back to the previous stage, and pause. A second breach goes to the baseline.
    StepBack,
    /// Stay, and wait for a person.
    Pause,
    /// Stay, tell people, and do not advance while it lasts.
    Notify,
}

/// What lasting silence does. Silence never advances a rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnNoData {
    /// Keep the share and wait; every rollback rule stays live.
    #[default]
    Hold,
    /// Wait for a person.
    Pause,
    /// Back to the previous stage, and pause.
    StepBack,
    /// Back to the recorded baseline.
    RollBack,
}
