//! Recordings of guards of every kind: judged again they say what the rollout said, look by look.

use std::collections::{BTreeMap, BTreeSet};

use hoist_eval::Span;
use hoist_eval::draft::BucketRangeDraft;
use hoist_lifecycle::analyze::{Analysis, Kind, RecordingDraft, analyze, recorded};
use hoist_lifecycle::metric::{MetricDraft, MetricSourceDraft};
use hoist_lifecycle::plan::{GuardDraft, LimitDraft, OnBreach, PlanDraft};
use hoist_lifecycle::rollout::evidence::{ArmSums, Command, Dispersion, EarlierArms, Input, Reading, ValueSums};
use hoist_lifecycle::rollout::state::EntryId;
use hoist_lifecycle::rollout::{Beside, Look, RolloutSpec, RolloutSpecDraft, frozen_thresholds, look, start};
use hoist_lifecycle::sequential::{BUCKETS, Clusters};

use crate::control::same;
use crate::support::{Bench, SALT, T0, facts, guard, is_rolled_back, pause, plan, resume, seconds, spec_draft};

/// The metrics, each with a guard of its name.
const KINDS: [&str; 7] = ["spent", "basket", "slow", "rate", "units", "signed-up", "counts"];

fn metrics() -> Vec<MetricDraft> {
    let metric = |key: &str, source| MetricDraft::new(key, source);
    let capped = |key: &str, source| MetricDraft { cap: Some(500.0), ..metric(key, source) };
    let counts = MetricSourceDraft::PromqlCounts {
        events: "e{variant=\"{{variant}}\"}".into(),
        total: "t{variant=\"{{variant}}\"}".into(),
        absent_is_zero: true,
    };
    let signed_up = metric("signed-up", MetricSourceDraft::Conversion { event: "sign up".into() });
    vec![
        capped("spent", MetricSourceDraft::Mean { event: "purchase".into() }),
        capped("basket", MetricSourceDraft::Ratio { event: "purchase".into(), per: "order".into() }),
        metric("slow", MetricSourceDraft::LatencyQuantile { event: "seconds".into(), quantile: None }),
        metric("rate", MetricSourceDraft::EventRate { event: "error".into(), per: Some("request".into()) }),
        metric("units", MetricSourceDraft::AffectedUnits { event: "error".into() }),
        MetricDraft { maturity: Some(seconds(30)), ..signed_up },
        metric("counts", counts),
    ]
}

/// What one arm did in a stay.
#[derive(Debug, Clone, Default)]
struct Arm {
    n: f64,
    x: f64,
    groups: BTreeMap<usize, (f64, f64)>,
}

impl Arm {
    /// So many more opportunities come, with this many events in a hundred, and values that differ from group to group.
    fn come(&mut self, n: f64, percent: f64, phase: f64) {
        self.n += n;
        self.x += (n * percent / 100.0).round();
        for index in 0..BUCKETS {
            let part = n / BUCKETS as f64;
            let (above, below) = self.groups.entry(index).or_default();
            *below += part;
            *above += part * percent * (1.0 + 0.3 * (phase + 7.0 * index as f64).sin());
        }
    }

    fn sums(&self, kind: &str) -> ArmSums {
        let values = ["spent", "basket"].contains(&kind).then(|| {
            let groups: Vec<(f64, f64)> = self.groups.values().copied().collect();
            ValueSums::from(Clusters::of(self.n, groups.iter().copied()))
        });
        let n = if kind == "units" { self.n - self.x } else { self.n };
        ArmSums { n, x: self.x, values, ..ArmSums::default() }
    }
}

/// A rollout with guards of some kinds, and the looks that are kept of it.
struct Watched {
    bench: Bench,
    kinds: Vec<&'static str>,
    /// By stay: treatment and control.
    stays: BTreeMap<EntryId, (Arm, Arm)>,
    /// How much events of each look vary.
    clusters: f64,
    looks: Vec<Look>,
    /// At each look: the combined evidence of harm, and that of safety by metric.
    said: Vec<(f64, BTreeMap<String, f64>)>,
}

impl Watched {
    fn new(kinds: &[&'static str], bake: u64) -> Self {
        let guards = kinds.iter().map(|kind| GuardDraft {
            key: (*kind).into(),
            metric: (*kind).into(),
            limit: LimitDraft::control(),
            maximum_staleness: Some(Span::from_hours(1)),
            on_breach: OnBreach::RollBack,
            ..guard()
        });
        let mut plan = plan(guards.collect());
        plan.stages.iter_mut().for_each(|stage| {
            stage.bake = seconds(bake);
            stage.maximum_time = None;
        });
        plan.stages[0].percentage = 5.0;
        let spec = RolloutSpec::parse(&RolloutSpecDraft { metrics: metrics(), ..spec_draft(plan.clone()) }).unwrap();
        let state = start(&spec, &facts(), T0).unwrap();
        let bench = Bench { spec, state, ..Bench::new(PlanDraft { guards: vec![], ..plan }) };
        let mut watched = Self {
            bench,
            kinds: kinds.to_vec(),
            stays: BTreeMap::new(),
            clusters: 1.0,
            looks: Vec::new(),
            said: Vec::new(),
        };
        watched.bench.tick(&[]);
        watched
    }

    /// Ten seconds later more has come of both arms, and is read.
    fn look(&mut self, treatment: f64, control: f64) {
        self.bench.pass(seconds(10));
        let (entry, wobble) = (self.bench.state.entry_id(), self.looks.len() as f64);
        let share = if self.bench.stage() == 0 { 0.05 } else { 0.1 };
        let (treated, rest) = self.stays.entry(entry).or_default();
        treated.come((20_000.0 * share + 10.0 * wobble.sin()).round(), treatment, 0.5 + 0.01 * wobble);
        rest.come((20_000.0 * (1.0 - share) + 50.0 * wobble.cos()).round(), control, 0.0);
        // Somebody of the stay before spends something later.
        if let Some((_, (before, _))) = self.stays.range_mut(..entry).next_back() {
            before.groups.entry(3).or_default().0 += 0.05;
        }
        let readings: Vec<(&str, Reading)> = self.kinds.iter().map(|kind| (*kind, self.reading(kind))).collect();
        let input = Input::Tick(self.bench.evidence(&readings));
        let at = self.bench.now;
        let decision = self.bench.play(&input).unwrap();
        self.looks.push(look(&input, decision, at).unwrap());
        let safe = decision
            .rationale
            .guards
            .iter()
            .filter_map(|guard| Some((guard.guard.to_string(), guard.compared.as_ref()?.log_safe)));
        let combined = decision.rationale.combined.as_ref().map_or(0.0, |all| all.log_evidence);
        self.said.push((combined, safe.collect()));
    }

    fn looks(&mut self, count: usize, treatment: f64, control: f64) {
        for _ in 0..count {
            if !self.bench.state.phase.is_terminal() {
                self.look(treatment, control);
            }
        }
    }

    fn reading(&self, kind: &str) -> Reading {
        let entry = self.bench.state.entry_id();
        let (treatment, control) = &self.stays[&entry];
        let sampled_at = self.bench.now;
        let is_frozen = frozen_thresholds(&self.bench.spec, &self.bench.state).next().is_some();
        if kind == "slow" && !is_frozen {
            return Reading::Quantile { control_n: control.n, value: 0.75, sampled_at };
        }
        let varies = ["slow", "rate"].contains(&kind);
        let dispersion = varies.then(|| Dispersion {
            control: self.clusters + 0.1 * (self.looks.len() as f64).sin().abs(),
            treatment: 1.0,
            treatment_sd: 0.1,
            events: None,
        });
        let is_late = ["spent", "basket"].contains(&kind);
        let told = self.stays.range(..entry).filter(|_| is_late).map(|(entry, (treatment, control))| EarlierArms {
            entry: *entry,
            treatment: treatment.sums(kind),
            control: control.sums(kind),
        });
        let earlier = told.collect();
        Reading::Arms { treatment: treatment.sums(kind), control: control.sums(kind), sampled_at, dispersion, earlier }
    }

    fn recording(&self) -> RecordingDraft {
        let told = recorded(&self.bench.spec, &self.bench.state, &self.looks);
        assert!(told.left_out.is_empty(), "{:?}", told.left_out);
        let text = serde_json::to_string(&told.recording).unwrap();
        assert_eq!(serde_json::from_str::<RecordingDraft>(&text).unwrap(), told.recording);
        told.recording
    }

    /// The recording says at each look what the rollout said, of harm and of safety.
    fn check(&self) -> Analysis {
        let analysis = analyze(&self.recording().check().unwrap());
        let first = self.looks[0].at;
        let mut compared = 0;
        for again in &analysis.looks {
            let at = first.saturating_add(Span::from_micros(((again.at - analysis_start(&self.looks)) * 1e6) as u64));
            let index = self.looks.iter().position(|look| look.at == at).unwrap();
            let (combined, safe) = &self.said[index];
            let what = format!("{:?} at look {index} of {}", self.kinds, self.looks.len());
            same(again.log_e_harm, *combined, &what);
            // What a stage has to show begins with the guard's first window there.
            for (metric, log_safe) in safe.iter().filter(|(_, log_safe)| **log_safe != 0.0) {
                same(again.log_e_safe[metric], *log_safe, &format!("{metric}, {what}"));
            }
            compared += 1;
        }
        assert!(compared + 6 >= self.looks.len(), "{:?}: {compared} of {}", self.kinds, self.looks.len());
        analysis
    }
}

/// Returns how long after the start the first look was, in seconds.
fn analysis_start(looks: &[Look]) -> f64 {
    let judged = |look: &Look| look.guards.iter().find_map(|point| Some(point.judged.as_ref()?.elapsed));
    let (look, elapsed) = looks.iter().find_map(|look| Some((look, judged(look)?))).unwrap();
    elapsed.as_seconds_f64() - look.at.since(looks[0].at).as_seconds_f64()
}

fn play(kinds: &[&'static str]) -> Watched {
    let mut watched = Watched::new(kinds, 400);
    watched.looks(35, 2.0, 2.0);
    watched.clusters = 1.3;
    watched.looks(10, 2.0, 2.0);
    watched.bench.command(pause()).unwrap();
    watched.bench.command(resume()).unwrap();
    for _ in 0..60 {
        if watched.bench.stage() == 0 {
            watched.look(1.9, 2.0);
        }
    }
    assert_eq!(watched.bench.stage(), 1, "{kinds:?}: {}", watched.bench.summary());
    watched.looks(8, 2.0, 2.0);
    watched.clusters = 2.5;
    watched.looks(25, 2.0, 2.0);
    let harm = if kinds == ["signed-up"] { 0.5 } else { 6.0 };
    watched.looks(60, harm, 2.0);
    assert!(is_rolled_back(&watched.bench.state.phase), "{kinds:?}: {}", watched.bench.summary());
    watched
}

#[test]
fn every_kind_is_judged_the_same_again() {
    for kind in KINDS {
        play(&[kind]).check();
    }
    play(&KINDS).check();
}

/// Events that come in clusters say less, of the ratio as of harm.
#[test]
fn the_interval_of_a_recording_is_as_wide_as_its_clusters() {
    let mut recording = play(&["rate"]).recording();
    let ratio = |recording: &RecordingDraft| {
        let ratio = analyze(&recording.clone().check().unwrap()).summary.ratio["rate"];
        [ratio.lower, ratio.upper].map(Option::unwrap)
    };
    let clustered = ratio(&recording);
    recording.flushes.iter_mut().for_each(|flush| flush.dispersion = None);
    let plain = ratio(&recording);
    assert!(clustered[0] < plain[0] && plain[1] < clustered[1], "{clustered:?} is not wider than {plain:?}");
}

/// Another rollout gets half of the units: the arms are others from there, and the first look at them counts.
#[test]
fn what_comes_after_units_were_parted_is_judged_apart() {
    for kind in ["spent", "rate", "units"] {
        let mut watched = Watched::new(&[kind], 100_000);
        watched.looks(20, 2.1, 2.0);
        let units = BucketRangeDraft { salt: SALT.into(), from: 0, to: 50_000 };
        let with = Beside { rollout: "r-2".into(), flag: "search".into() };
        watched.bench.command(Command::Part { units, with }).unwrap();
        let before = watched.recording().flushes.len();
        watched.looks(1, 2.1, 2.0);
        assert_eq!(watched.recording().flushes.len(), before + 1, "{kind}");
        watched.looks(20, 2.1, 2.0);
        watched.check();
        let shares: BTreeSet<String> =
            watched.recording().flushes.iter().map(|flush| format!("{:?}", flush.share)).collect();
        assert_eq!(shares.len(), 2, "{kind}: {shares:?}");
    }
}

#[test]
fn a_recording_says_what_was_frozen() {
    let watched = play(&["spent", "slow"]);
    let recording = watched.recording();
    let guard = |metric: &str| recording.guards.iter().find(|guard| guard.metric == metric).unwrap();
    assert_eq!((guard("spent").kind, guard("slow").kind), (Kind::Mean, Kind::LatencyQuantile));
    assert_eq!(guard("slow").threshold, Some(0.75));
    let effect = guard("spent").effect.unwrap();
    assert!((effect - 0.2).abs() < 0.01, "a tenth of the control's mean of 2: {effect}");
}

/// Looks of an earlier version do not say which stay they are of: what was judged then is in the recording all the same.
#[test]
fn looks_of_an_earlier_version_are_recorded_without_their_stays() {
    let mut watched = Watched::new(&["rate", "units"], 100_000);
    watched.looks(10, 2.0, 2.0);
    for point in watched.looks[..4].iter_mut().flat_map(|look| &mut look.guards) {
        point.judged.as_mut().unwrap().stay = None;
    }
    let recording = watched.recording();
    assert_eq!(recording.flushes.len(), 20);
    assert!(recording.flushes.iter().all(|flush| flush.stay.is_none() && flush.observed.is_none()));
    assert_eq!(analyze(&recording.check().unwrap()).looks.len(), 10);
}
