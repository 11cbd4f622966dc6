//! What a stay of a rollout serves, and who is counted at it.

use std::ops::Range;
use std::sync::Arc;

use hoist_eval::draft::{AllocationDraft, AllocationEntryDraft};
use hoist_eval::{Salt, Timestamp, split_bucket};
use hoist_lifecycle::intake::Arm;
use hoist_lifecycle::limits::{EVALUATOR_LAG, EVALUATOR_LAG_MAX};
use hoist_lifecycle::rollout::Population;
use hoist_lifecycle::rollout::state::EntryId;

use super::reports::Served;

/// What a stay served.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    pub(super) id: EntryId,
    pub(super) since: Timestamp,
    /// Until when evaluators elsewhere were seen to serve what was before; never before the stay began.
    pub(super) late_until: Timestamp,
    pub(super) allocation: Option<Arc<AllocationDraft>>,
    pub(super) treatment: String,
    pub(super) control: String,
    /// Who is compared, if the stage draws lots, so that there is a control in the same traffic.
    pub(super) population: Option<Population>,
    /// The part of the units that the stage keeps to; the others are in neither arm.
    pub(super) part: Option<Part>,
    /// Who gets what of those who are compared.
    pub(super) draw: Option<Draw>,
}

/// How somebody came by a variant.
#[derive(Debug, Clone, Copy)]
pub(super) enum Drawn {
    /// With everyone of an audience.
    Not,
    /// By the split of this entry of the allocation.
    By(u8),
    /// By a split; nobody says by which.
    Somewhere,
}

/// A part of the units: a range of buckets of a draw.
#[derive(Debug, Clone)]
pub(super) struct Part {
    salt: Salt,
    buckets: Range<u32>,
}

/// The draw by which those who are compared get their variants.
#[derive(Debug, Clone)]
pub(super) struct Draw {
    salt: Salt,
    /// The variants, each with the bucket up to and without which it is served.
    shares: Vec<(String, u32)>,
}

impl Draw {
    /// Returns the draw of an entry. Nothing if the salt cannot be read.
    pub(super) fn of(salt: &str, entry: &AllocationEntryDraft) -> Option<Self> {
        let mut end = 0_u32;
        let shares = entry.weights.iter().map(|weight| {
            end = end.saturating_add(weight.weight);
            (weight.variant.clone(), end)
        });
        Some(Self { shares: shares.collect(), salt: salt.parse().ok()? })
    }

    /// Returns the variant that a unit has been drawn for.
    fn variant(&self, targeting_key: &str) -> Option<&str> {
        let bucket = split_bucket(&self.salt, targeting_key);
        self.shares.iter().find(|(_, end)| bucket < *end).map(|(variant, _)| variant.as_str())
    }
}

impl Part {
    pub(super) fn of(entry: &AllocationEntryDraft) -> Option<Self> {
        let part = entry.part.as_ref()?;
        Some(Self { salt: part.salt.parse().ok()?, buckets: part.from..part.to })
    }
}

impl Stay {
    /// Returns the arm of those who have a variant. Where no lots are drawn there is no control in the same traffic.
    pub(super) fn arm(&self, variant: &str) -> Option<Arm> {
        if variant == self.treatment {
            Some(Arm::Treatment)
        } else {
            (variant == self.control && self.population.is_some()).then_some(Arm::Control)
        }
    }

    /// Returns whether those who came by their variant so are part of what is compared. Those who have it without having
    /// been drawn, such as internal users, are no fair comparison; nor are those of an audience that is drawn by another
    /// share.
    pub(super) fn compares(&self, drawn: Drawn) -> bool {
        self.population.as_ref().is_none_or(|population| match drawn {
            Drawn::Not => false,
            Drawn::By(entry) => population.entries.contains(&entry),
            Drawn::Somewhere => population.others.is_empty(),
        })
    }

    /// Returns whether whoever served a unit then may not have heard of the stay yet.
    ///
    /// So it is for [`EVALUATOR_LAG`], and for as long again after each unit that was served something else than it is drawn
    /// for, up to [`EVALUATOR_LAG_MAX`] in all: who polls for changes is later. Later than that whoever serves something else
    /// is counted with it, because keys may be told under other names than they are drawn by.
    pub(super) fn is_unheard(&mut self, served: &Served) -> bool {
        // Before the first stay nobody was drawn, so that nobody can still be served what was drawn then.
        if self.id <= EntryId(1) {
            return false;
        }
        let all_drawn = self.population.as_ref().is_some_and(|population| population.others.is_empty());
        let draw = self.draw.as_ref().filter(|_| all_drawn && served.drawn && !self.leaves_out(&served.targeting_key));
        let contradicts = draw.is_some_and(|draw| draw.variant(&served.targeting_key) != Some(served.variant.as_str()));
        if contradicts && served.at < self.since.saturating_add(EVALUATOR_LAG_MAX) {
            self.late_until = self.late_until.max(served.at);
        }
        served.at < self.late_until.saturating_add(EVALUATOR_LAG)
    }

    /// Returns whether the unit of this key is in neither arm, whatever it was served: another rollout has it.
    pub(super) fn leaves_out(&self, targeting_key: &str) -> bool {
        self.part.as_ref().is_some_and(|part| !part.buckets.contains(&split_bucket(&part.salt, targeting_key)))
    }
}

#[cfg(test)]
mod tests {
    use hoist_eval::Span;
    use hoist_eval::draft::WeightDraft;

    use super::*;

    const SALT: &str = "00112233445566778899aabbccddeeff";

    fn weights(shares: [(&str, u32); 2]) -> Vec<WeightDraft> {
        shares.map(|(variant, weight)| WeightDraft { variant: variant.to_owned(), weight }).into()
    }

    /// A stay that begins at 100 s and serves 30 % the treatment.
    fn stay(id: u64, others: Vec<Option<String>>) -> Stay {
        let entry =
            AllocationEntryDraft { audience: None, part: None, weights: weights([("on", 30_000), ("off", 70_000)]) };
        Stay {
            id: EntryId(id),
            since: Timestamp::from_seconds(100),
            late_until: Timestamp::from_seconds(100),
            allocation: None,
            treatment: "on".to_owned(),
            control: "off".to_owned(),
            population: Some(Population { entries: vec![0], others }),
            part: None,
            draw: Draw::of(SALT, &entry),
        }
    }

    /// Returns a unit that is drawn for the variant.
    fn unit_of(stay: &Stay, variant: &str) -> String {
        let draw = stay.draw.as_ref().unwrap();
        (0..1_000).map(|n| format!("u{n}")).find(|key| draw.variant(key) == Some(variant)).unwrap()
    }

    /// Tells the stay of units, each drawn for `on` and served a variant so many tenths of a second after the stay began, and
    /// returns which of them count.
    fn counted(mut stay: Stay, served: &[(u64, &str)]) -> Vec<bool> {
        let key = unit_of(&stay, "on");
        let tell = |(tenths, variant): &(u64, &str)| {
            let at = stay.since.saturating_add(Span::from_millis(tenths * 100));
            let (flag, variant, targeting_key) = ("f".to_owned(), (*variant).to_owned(), key.clone());
            !stay.is_unheard(&Served { flag, variant, targeting_key, drawn: true, at })
        };
        served.iter().map(tell).collect()
    }

    #[test]
    fn a_draw_is_the_evaluators() {
        let stay = stay(2, vec![]);
        let draw = stay.draw.unwrap();
        let treated = (0..20_000).filter(|n| draw.variant(&format!("u{n}")) == Some("on")).count();
        assert!((5_700..6_300).contains(&treated), "{treated}");
    }

    #[test]
    fn who_is_late_is_waited_for() {
        let plain = || stay(2, vec![]);
        for (name, stay, served, expected) in [
            ("in time", plain(), &[(49, "on"), (50, "on")][..], &[false, true][..]),
            ("the first stay", stay(1, vec![]), &[(0, "off"), (1, "on")], &[true, true]),
            ("late once", plain(), &[(200, "off"), (249, "on"), (250, "on")], &[false, false, true]),
            ("earlier ones, told late", plain(), &[(200, "off"), (120, "on")], &[false, false]),
            ("for a minute", plain(), &[(599, "off"), (600, "off"), (649, "on")], &[false, false, true]),
            ("no longer", plain(), &[(600, "off"), (601, "off")], &[true, true]),
            ("several draws", stay(2, vec![Some("beta".to_owned())]), &[(200, "off"), (201, "on")], &[true, true]),
        ] {
            assert_eq!(counted(stay, served), expected, "{name}");
        }
    }
}
