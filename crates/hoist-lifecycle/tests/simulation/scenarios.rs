//! Scenario scripts: `tests/scenarios/*.txt` in, a transcript out, compared with the `.snap` beside it.
//!
//! A script describes a plan (`stage`, `guard`) and then what happens. `tick` lets one interval pass and shows the
//! controller one reading per guard; every line of the transcript is what a person would read in the history.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use hoist_eval::{Span, Timestamp};
use hoist_lifecycle::plan::{
    Day, Gate, GuardDraft, GuardMode, LimitDraft, OnBreach, OnNoData, StageDraft, WindowDraft,
};
use hoist_lifecycle::rollout::decision::{Decision, Effect, Notice};
use hoist_lifecycle::rollout::evidence::{
    Command, Evidence, GuardReading, Input, InvalidReading, Observer, Reading, SourceFault,
};
use hoist_lifecycle::rollout::state::RolloutState;
use hoist_lifecycle::rollout::{RolloutSpec, StartFacts, start, step};

use crate::plans;

/// A Monday, 08:00 UTC.
const MORNING: Timestamp = Timestamp::from_seconds(1_736_150_400);
const YEAR: u64 = 365 * 24;

#[test]
fn scenarios_read_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    names.sort();
    assert!(names.len() >= 5);
    for path in names {
        let script = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::with_settings!({
            snapshot_path => &folder, prepend_module_to_snapshot => false, omit_expression => true
        }, {
            insta::assert_snapshot!(name, Scenario::play(&script));
        });
    }
}

#[derive(Default)]
struct Scenario {
    stages: Vec<StageDraft>,
    guards: Vec<GuardDraft>,
    running: Option<Running>,
    transcript: String,
}

struct Running {
    spec: RolloutSpec,
    state: RolloutState,
    now: Timestamp,
    monotonic: Span,
    process: u64,
    enabled: bool,
    treated: u64,
    edited: bool,
}

impl Scenario {
    fn play(script: &str) -> String {
        let mut scenario = Self::default();
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(comment) = line.strip_prefix('#') {
                let _infallible = writeln!(scenario.transcript, "--{comment}");
                continue;
            }
            let _infallible = writeln!(scenario.transcript, "> {line}");
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "stage" => scenario.stages.push(stage(rest)),
                "guard" => scenario.guards.push(guard(rest)),
                "start" => {
                    scenario.running = Some(Running::new(&scenario.stages, &scenario.guards));
                    scenario.tick("", Span::ZERO);
                }
                "tick" => scenario.ticks(rest),
                "wait" => scenario.tick("", rest.parse().unwrap()),
                "pause" => scenario.command(Command::Pause { reason: rest.into() }),
                "resume" => scenario.command(Command::Resume { reason: rest.into() }),
                "promote" => scenario.command(Command::Promote { reason: rest.into(), entry: None }),
                "roll-back" => scenario.command(Command::RollBack { reason: rest.into() }),
                "cancel" => scenario.command(Command::Cancel { reason: rest.into() }),
                _ => scenario.running.as_mut().unwrap().change(word, rest),
            }
        }
        scenario.transcript
    }

    /// `3 errors=0.01`: three ticks with this reading; without a number, one.
    fn ticks(&mut self, rest: &str) {
        let (count, readings) = rest.split_once(' ').unwrap_or((rest, ""));
        let (count, readings) = count.parse().map_or((1, rest), |count| (count, readings));
        for _ in 0..count {
            self.tick(readings, plans::INTERVAL);
        }
    }

    fn tick(&mut self, readings: &str, after: Span) {
        let running = self.running.as_mut().unwrap();
        running.now = running.now.saturating_add(after);
        running.monotonic = running.monotonic.saturating_add(after);
        running.treated += 100;
        let input = Input::Tick(running.evidence(readings));
        self.apply(&input);
    }

    fn command(&mut self, command: Command) {
        self.apply(&Input::Command(command));
    }

    fn apply(&mut self, input: &Input) {
        let running = self.running.as_mut().unwrap();
        match step(&running.spec, &running.state, input, running.now) {
            Err(error) => writeln!(self.transcript, "         refused: {error}").unwrap(),
            Ok(decision) => {
                let time =
                    jiff::Timestamp::from_second(running.now.as_seconds()).unwrap().strftime("%H:%M:%S").to_string();
                let mark = if decision.notable { '*' } else { ' ' };
                writeln!(self.transcript, "{time}{mark}{}", decision.rationale).unwrap();
                for effect in &decision.effects {
                    writeln!(self.transcript, "         -> {}", shown(effect)).unwrap();
                }
                running.take(decision);
            }
        }
    }
}

impl Running {
    fn new(stages: &[StageDraft], guards: &[GuardDraft]) -> Self {
        let spec = plans::spec(stages.to_vec(), guards.to_vec());
        let facts = StartFacts {
            variants: ["off", "dark", "on"].map(String::from).to_vec(),
            segments: vec!["internal".into()],
            allocation: None,
            start_at: None,
        };
        let state = start(&spec, &facts, MORNING).unwrap();
        let (now, monotonic) = (MORNING, Span::from_seconds(60));
        Self { spec, state, now, monotonic, process: 1, enabled: true, treated: 0, edited: false }
    }

    fn change(&mut self, word: &str, rest: &str) {
        match (word, rest) {
            ("flag", "off") => self.enabled = false,
            ("flag", "on") => self.enabled = true,
            ("edit", _) => self.edited = true,
            ("crash", _) => {
                self.process += 1;
                self.monotonic = Span::ZERO;
            }
            ("clock", "+10y") => self.now = self.now.saturating_add(Span::from_hours(10 * YEAR)),
            ("clock", "-10y") => self.now = self.now.saturating_sub(Span::from_hours(10 * YEAR)),
            _ => panic!("unknown line: {word} {rest}"),
        }
    }

    fn evidence(&self, readings: &str) -> Evidence {
        let at = self.now;
        let readings = readings.split_whitespace().map(|part| {
            let (guard, text) = part.split_once('=').unwrap();
            GuardReading { guard: guard.parse().unwrap(), at, reading: reading(text, at) }
        });
        Evidence {
            observer: Observer { process: self.process, monotonic: self.monotonic },
            entry: self.state.entry_id(),
            allocation: if self.edited { None } else { self.state.allocation.as_ref().map(Arc::clone) },
            enabled: self.enabled,
            treated: self.treated,
            readings: readings.collect(),
            first_exposures: None,
            waits_for: Vec::new(),
            candidates: Vec::new(),
        }
    }

    fn take(&mut self, decision: Decision) {
        if decision.effects.iter().any(|effect| !matches!(effect, Effect::Notify { .. })) {
            self.edited = false;
        }
        if decision.next.entry_id() != self.state.entry_id() {
            self.treated = 0;
        }
        self.state = decision.next;
    }
}

fn reading(text: &str, at: Timestamp) -> Reading {
    match text {
        "missing" => Reading::Missing,
        "timeout" => Reading::Failed(SourceFault::Timeout),
        "nan" => Reading::Invalid(InvalidReading::NotANumber),
        "old" => Reading::Value { value: 0.0, sampled_at: at.saturating_sub(Span::from_minutes(5)) },
        value => Reading::Value { value: value.parse().unwrap(), sampled_at: at },
    }
}

fn shown(effect: &Effect) -> String {
    match effect {
        Effect::SetAllocation { to, .. } | Effect::ForceAllocation { to } => match to {
            None => "the flag has no allocation".into(),
            Some(to) => {
                let entry = |entry: &hoist_eval::draft::AllocationEntryDraft| {
                    let weights = entry.weights.iter();
                    let weights = weights.map(|w| format!("{} {} %", w.variant, f64::from(w.weight) / 1_000.0));
                    let whom = entry.audience.as_deref().unwrap_or("everyone");
                    format!("{whom} gets {}", weights.collect::<Vec<_>>().join(", "))
                };
                to.entries.iter().map(entry).collect::<Vec<_>>().join("; ")
            }
        },
        Effect::Conclude { serve, .. } => format!("the flag serves {serve} by default and has no allocation"),
        Effect::Notify { notice } => match notice {
            Notice::StageEntered { stage } => format!("tell: stage {} entered", stage.0 + 1),
            Notice::Paused { .. } => "tell: paused".into(),
            Notice::AwaitingApproval { .. } => "tell: awaiting approval".into(),
            Notice::Breach { guard } => format!("tell: guard {guard} is in breach"),
            Notice::RolledBack { .. } => "tell: rolled back".into(),
            Notice::Completed => "tell: completed".into(),
            Notice::Cancelled => "tell: cancelled".into(),
        },
    }
}

/// `NAME key=value ...`, where `_` in a name stands for a blank.
fn stage(line: &str) -> StageDraft {
    let mut words = line.split_whitespace();
    let mut stage = plans::stage(&words.next().unwrap().replace('_', " "), 100.0);
    for (key, value) in words.map(|word| word.split_once('=').unwrap()) {
        match key {
            "share" => stage.percentage = value.parse().unwrap(),
            "audience" => stage.audience = Some(value.into()),
            "variant" => stage.variant = Some(value.into()),
            "bake" => stage.bake = value.parse().unwrap(),
            "minimum" => stage.minimum_treated = value.parse().unwrap(),
            "gate" => stage.gate = if value == "approval" { Gate::Approval } else { Gate::Automatic },
            "from" => {
                let (days, zone) = (vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu], Some("Europe/Berlin".to_owned()));
                stage.windows = vec![WindowDraft { days, from: value.into(), to: "16:00".into(), zone }];
            }
            _ => panic!("unknown: {key}"),
        }
    }
    stage
}

fn guard(line: &str) -> GuardDraft {
    let mut words = line.split_whitespace();
    let mut guard = plans::guard(words.next().unwrap(), GuardMode::Sequential, OnBreach::RollBack, OnNoData::Hold);
    for (key, value) in words.map(|word| word.split_once('=').unwrap()) {
        let named = serde_json::Value::from(value);
        match key {
            "above" => guard.limit = LimitDraft::Above(value.parse().unwrap()),
            "mode" => guard.mode = serde_json::from_value(named).unwrap(),
            "on_breach" => guard.on_breach = serde_json::from_value(named).unwrap(),
            "on_no_data" => guard.on_no_data = serde_json::from_value(named).unwrap(),
            _ => panic!("unknown: {key}"),
        }
    }
    guard
}
