//! Recorded counts, judged as a rollout would have judged them while they came in.
//!
//! [`RecordingDraft`] is the shape of the file; [`RecordingDraft::check`] proves it; [`analyze()`] answers with one [`Look`]
//! per moment and a [`Summary`]. The evidence is that of [`crate::sequential`], of values that of the rollout's own comparison, and
//! the dispersion is 1 where a flush does not say. Flushes that name their stay are judged as a rollout that tells stays apart.
//! What a rollout knows and a recording does not is left out: bakes, minimum units, approvals, maximum times, relaxed limits.

mod draft;
mod judge;
mod look;
mod recorded;
mod recording;
mod strand;
mod track;

pub use draft::{FlushDraft, GuardDraft, Kind, RecordingDraft};
pub use look::{Analysis, Look, Outcome, Summary, TreatmentLook, TreatmentSummary};
pub use recorded::{Recorded, recorded};
pub use recording::Recording;

use std::collections::BTreeMap;

use crate::sequential::{RatioInterval, Treatments, anytime_p, combine};

use judge::{Harm, Judge};
use strand::Strand;

/// Judges a recording at each moment that has a flush.
///
/// Restart epochs begin with every stage and every 300 s within one; the first stage begins at 0, every other with its
/// first flush. First exposures say something about units and not about a metric, so each moment's are taken from the
/// flushes of one metric: the first that has any.
///
/// Several treatments are compared with the control each by itself; what is said of the flag is what [`Treatments`] makes of
/// them.
pub fn analyze(recording: &Recording) -> Analysis {
    let count = recording.treatments.len().max(1);
    let mut strands: Vec<Strand<'_>> = (0..count).map(|index| Strand::new(recording, index, count)).collect();
    let mut flag = Judge::new(recording, 1, count);
    // A recording that was checked has no more treatments than can be judged.
    let Some(mut treatments) = Treatments::new(recording.alpha, count) else { return Analysis::default() };
    let mut looks: Vec<Look> = Vec::new();
    let mut highest = 0.0_f64;
    for moment in recording.flushes.chunk_by(|a, b| a.at.total_cmp(&b.at).is_eq()) {
        let at = moment.first().map_or(0.0, |flush| flush.at);
        for (index, strand) in strands.iter_mut().enumerate() {
            strand.absorb(moment.iter().filter(|flush| flush.treatment == index));
            treatments.observe(index, strand.log_harm());
        }
        treatments.decide();
        let log_e_harm = treatments.log_evidence();
        highest = highest.max(log_e_harm);
        let log_e_srm = mean(strands.iter().map(|strand| strand.srm.log_evidence()));
        let decisive = strands.iter().max_by(|a, b| a.log_harm().total_cmp(&b.log_harm())).and_then(Strand::decisive);
        let harm = Harm { log: log_e_harm, is_proven: treatments.is_flag_harmful(), decisive };
        let (outcome, metric) = flag.decide(at, harm, log_e_srm, strands.iter().flat_map(|strand| &strand.tracks));
        let mut of_each = BTreeMap::new();
        for (index, strand) in strands.iter_mut().enumerate().filter(|_| count > 1) {
            let decision = strand.decide(at, treatments.is_harmful(index));
            of_each.insert(strand.name.to_owned(), TreatmentLook { log_e_harm: strand.log_harm(), decision });
        }
        looks.push(Look {
            at,
            log_e_harm,
            log_e_safe: safest_last(&strands),
            log_e_srm,
            decision: outcome,
            metric: metric.map(str::to_owned),
            treatments: of_each,
        });
    }
    let summary = summary(recording, &looks, &strands, highest);
    Analysis { looks, summary }
}

/// Returns the logarithm of a mean of e-values: one of them as it is.
fn mean(logs: impl Iterator<Item = f64>) -> f64 {
    let evidence: Vec<(f64, f64)> = logs.map(|log| (log, 1.0)).collect();
    match evidence.as_slice() {
        [(only, _)] => *only,
        several => combine(several).map_or(0.0, |combined| combined.log_evidence),
    }
}

/// Returns the evidence of safety of each metric: of the treatment that has shown least.
fn safest_last(strands: &[Strand<'_>]) -> BTreeMap<String, f64> {
    let mut least: BTreeMap<String, f64> = BTreeMap::new();
    for track in strands.iter().flat_map(|strand| &strand.tracks) {
        let known = least.entry(track.guard.metric.clone()).or_insert(f64::INFINITY);
        *known = known.min(track.log_safe());
    }
    least
}

/// Returns the last decision, with the moment since which it has stood.
fn summary(recording: &Recording, looks: &[Look], strands: &[Strand<'_>], highest: f64) -> Summary {
    let decision = looks.last().map_or(Outcome::NoData, |look| look.decision);
    let since = looks.iter().rev().take_while(|look| look.decision == decision).last();
    let at = since.map_or(0.0, |look| look.at);
    let alpha = recording.alpha / strands.len().max(1) as f64;
    let ratio = |strand: &Strand<'_>| -> BTreeMap<String, RatioInterval> {
        let ratios = strand.tracks.iter().filter_map(|track| Some((track.guard.metric.clone(), track.ratio(alpha)?)));
        ratios.collect()
    };
    let (mut one, mut several) = (BTreeMap::new(), BTreeMap::new());
    match strands {
        [strand] => one = ratio(strand),
        strands => {
            for strand in strands {
                let last = looks.last().and_then(|look| look.treatments.get(strand.name));
                let decision = last.map_or(Outcome::NoData, |last| last.decision);
                several.insert(strand.name.to_owned(), TreatmentSummary { decision, ratio: ratio(strand) });
            }
        }
    }
    Summary { decision, at, anytime_p: anytime_p(highest), ratio: one, treatments: several }
}
