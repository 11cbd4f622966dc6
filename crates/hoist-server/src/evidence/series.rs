//! From points of sums, as exporters send them, to what happened between two of them.
//!
//! A *delta* says what happened in its time. A *cumulative* point says what happened since its series began, so its
//! predecessor is subtracted. Where none is known, what it holds happened since its series began, and whoever counts decides
//! whether that is late enough. That the series was zero when its instrument was heard of last is not supposed: it may as
//! well have been passed over, forgotten, or told to another server.
//!
//! A process that begins anew begins new series, with a start of their own. Two processes that call themselves the same
//! are told apart by it, too.

use std::collections::HashMap;

use crate::limits::OTLP_SERIES_MAX;

/// A point of a sum. Times are in nanoseconds since the epoch, as OTLP has them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SumPoint {
    /// What stands for the series: environment, reporter, instrument, attributes and start.
    pub series: u64,
    /// Whether it holds everything since the start.
    pub cumulative: bool,
    /// Since when it counts; 0 if that is not known.
    pub start: u64,
    /// When it was taken.
    pub time: u64,
    /// How many events; never negative.
    pub count: f64,
    /// The sum of their values.
    pub sum: f64,
}

/// What happened between two points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Growth {
    /// How many events.
    pub count: u64,
    /// The sum of their values.
    pub sum: f64,
    /// The earliest time at which the first of them may have happened.
    pub since: u64,
}

/// The last point of a series.
#[derive(Debug, Clone, Copy)]
struct Last {
    time: u64,
    count: f64,
    sum: f64,
}

/// The last points of series, in two generations: when the younger is full it becomes the older, and what was not heard
/// of since is forgotten. A series that is heard of anew after that has no predecessor.
#[derive(Debug, Default)]
pub(super) struct Series {
    younger: HashMap<u64, Last>,
    older: HashMap<u64, Last>,
}

impl Series {
    /// Returns what a point adds to its series; nothing if it says what was known already, or if its sum went back: then
    /// nobody knows what happened in between, and the next point is compared with this one.
    pub(super) fn grow(&mut self, point: &SumPoint) -> Option<Growth> {
        let last = self.last(point.series);
        if last.is_some_and(|last| point.time <= last.time && (point.cumulative || point.time == last.time)) {
            return None;
        }
        self.remember(point.series, Last { time: point.time, count: point.count, sum: point.sum });
        if !point.cumulative {
            let since = if point.start == 0 { point.time } else { point.start };
            return Some(Growth { count: whole(point.count), sum: point.sum, since });
        }
        match last {
            Some(last) if last.count > point.count => None,
            Some(last) => Some(Growth {
                // The difference of what was rounded, so that rounding does not add up.
                count: whole(point.count).saturating_sub(whole(last.count)),
                sum: point.sum - last.sum,
                since: last.time,
            }),
            None => Some(Growth { count: whole(point.count), sum: point.sum, since: point.start }),
        }
    }

    fn last(&self, series: u64) -> Option<Last> {
        self.younger.get(&series).or_else(|| self.older.get(&series)).copied()
    }

    fn remember(&mut self, series: u64, last: Last) {
        if self.younger.len() >= OTLP_SERIES_MAX && !self.younger.contains_key(&series) {
            self.older = std::mem::take(&mut self.younger);
        }
        self.younger.insert(series, last);
    }
}

fn whole(count: f64) -> u64 {
    count.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(series: u64, start: u64, time: u64, count: f64) -> SumPoint {
        SumPoint { series, cumulative: true, start, time, count, sum: count / 2.0 }
    }

    fn grown(series: &mut Series, point: SumPoint) -> Option<(u64, f64, u64)> {
        series.grow(&point).map(|growth| (growth.count, growth.sum, growth.since))
    }

    #[test]
    fn a_cumulative_point_counts_from_the_one_before() {
        let mut series = Series::default();
        assert_eq!(grown(&mut series, point(1, 10, 20, 5.0)), Some((5, 2.5, 10)), "everything since the start");
        assert_eq!(grown(&mut series, point(1, 10, 30, 9.0)), Some((4, 2.0, 20)));
        assert_eq!(grown(&mut series, point(1, 10, 30, 9.0)), None, "sent again");
        assert_eq!(grown(&mut series, point(1, 10, 25, 7.0)), None, "overtaken by a later one");
        assert_eq!(grown(&mut series, point(1, 10, 40, 9.0)), Some((0, 0.0, 30)));
    }

    #[test]
    fn a_sum_that_went_back_costs_one_interval() {
        let mut series = Series::default();
        series.grow(&point(1, 10, 20, 50.0));
        assert_eq!(grown(&mut series, point(1, 10, 30, 3.0)), None);
        assert_eq!(grown(&mut series, point(1, 10, 40, 5.0)), Some((2, 1.0, 30)));
    }

    #[test]
    fn a_process_that_begins_anew_is_counted_from_its_start() {
        let mut series = Series::default();
        series.grow(&point(1, 10, 20, 50.0));
        assert_eq!(grown(&mut series, point(2, 25, 30, 3.0)), Some((3, 1.5, 25)));
    }

    #[test]
    fn what_was_not_heard_before_may_have_happened_ever_since_the_start() {
        let mut series = Series::default();
        series.grow(&point(1, 10, 20, 50.0));
        series.grow(&point(1, 10, 30, 60.0));
        let other = |time, count| point(2, 10, time, count);
        assert_eq!(
            grown(&mut series, other(30, 900.0)),
            Some((900, 450.0, 10)),
            "of the same process, and passed over"
        );
        assert_eq!(grown(&mut series, other(40, 902.0)), Some((2, 1.0, 30)));
        for number in 0..3 * OTLP_SERIES_MAX as u64 {
            series.grow(&point(number << 20, 10, 40, 1.0));
        }
        assert_eq!(grown(&mut series, other(50, 910.0)), Some((910, 455.0, 10)), "forgotten");
    }

    #[test]
    fn a_delta_is_what_it_says_and_counts_once() {
        let mut series = Series::default();
        let delta = |start, time| SumPoint { cumulative: false, ..point(1, start, time, 4.0) };
        assert_eq!(grown(&mut series, delta(10, 20)), Some((4, 2.0, 10)));
        assert_eq!(grown(&mut series, delta(10, 20)), None, "sent again");
        assert_eq!(grown(&mut series, delta(20, 30)), Some((4, 2.0, 20)));
        assert_eq!(grown(&mut series, delta(0, 40)), Some((4, 2.0, 40)), "nothing is known of its start");
    }

    #[test]
    fn fractions_add_up() {
        let mut series = Series::default();
        let counted: u64 = (1..=1_000)
            .filter_map(|time| series.grow(&point(1, 1, time + 1, time as f64 * 0.3)))
            .map(|growth| growth.count)
            .sum();
        assert_eq!(counted, 300);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut series = Series::default();
        for number in 0..3 * OTLP_SERIES_MAX as u64 {
            series.grow(&point(number << 20, 10, 20, 1.0));
        }
        assert!(series.younger.len() <= OTLP_SERIES_MAX && series.older.len() <= OTLP_SERIES_MAX);
    }
}
