//! Whether units arrive in the shares that the allocation sends: the check on everything else.
//!
//! If they do not, something between the allocation and the counts favours one arm, and no comparison can be trusted. A
//! lack of treated units may be harm itself: whoever crashes reports nothing. The check never stops a rollback, but one by
//! evidence that relies on these very shares (`weigh`).

use crate::sequential::SrmEvidence;

use super::evidence::FirstExposures;
use super::rationale::ShareFacts;
use super::spec::RolloutSpec;
use super::state::StageEntry;

/// Takes note of the units exposed so far, and returns what their shares say; nothing while nobody counts them, and where
/// there is no control.
pub(super) fn shares(
    spec: &RolloutSpec,
    entry: &mut StageEntry,
    exposures: Option<&FirstExposures>,
) -> Option<ShareFacts> {
    if let Some(exposures) = exposures {
        entry.exposed = Some(exposures.clone());
    }
    let FirstExposures { treatment, control, .. } = entry.exposed.as_ref()?;
    let expected = spec.treated_share(entry.stage)?;
    // Every stage has a part of alpha of its own, and its test begins anew: units that an earlier stage has seen are not
    // new, and are not counted again.
    let mut test = SrmEvidence::default();
    test.absorb(expected, *treatment as f64, *control as f64);
    Some(ShareFacts {
        treatment: *treatment,
        control: *control,
        expected,
        log_evidence: test.log_evidence(),
        log_needed: -spec.plan().sample_ratio_alpha().ln(),
        is_deficit: test.is_deficit(),
    })
}
