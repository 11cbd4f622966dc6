//! Tables, and what misses the bar.

use crate::simulate::Alarms;

/// What a column measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// Nothing is wrong: the share of runs that alarm.
    False,
    /// Something is wrong: the median time to the alarm.
    Time,
}

/// One scenario.
pub struct Column {
    pub title: String,
    pub measure: Measure,
    pub alarms: Vec<Alarms>,
    /// The median that each of our rows has to reach, in seconds.
    pub bar: Vec<(String, f64)>,
    /// Why a bar that is missed by no more than is allowed elsewhere is known to be.
    pub known: Option<&'static str>,
}

impl Column {
    pub fn nothing(title: &str, alarms: Vec<Alarms>) -> Self {
        Self { title: title.to_owned(), measure: Measure::False, alarms, bar: Vec::new(), known: None }
    }

    pub fn harm(title: &str, alarms: Vec<Alarms>, bar: &[(&str, f64)]) -> Self {
        let bar = bar.iter().map(|(row, seconds)| ((*row).to_owned(), *seconds)).collect();
        Self { title: title.to_owned(), measure: Measure::Time, alarms, bar, known: None }
    }

    /// As [`Column::harm`], with bars above which nothing is allowed. A miss is marked, and known for a reason while it is no
    /// more than [`Column::harm`] allows.
    pub fn strict(title: &str, alarms: Vec<Alarms>, bar: &[(&str, f64)], known: &'static str) -> Self {
        Self { known: Some(known), ..Self::harm(title, alarms, bar) }
    }
}

/// A bar that was not reached.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Miss {
    /// For a reason that is known.
    Known(&'static str),
    New,
}

/// How far a median may lie above its bar: a tenth, or a window.
fn allowed(bar: f64) -> f64 {
    (1.1 * bar).max(bar + crate::trace::WINDOW)
}

/// Writes a section as one table, and collects what misses.
pub struct Report {
    /// Whether there are too few runs to prove a rate: then only a rate that is proven too high misses.
    pub quick: bool,
    pub misses: Vec<String>,
    /// Misses with a reason.
    pub known: Vec<String>,
}

impl Report {
    pub fn section(&mut self, title: &str, columns: &[Column]) {
        println!("\n## {title}\n");
        println!(
            "A cell has a share with its upper, or a median with its lower and upper 95 % bound; and how many runs.\n"
        );
        let mut names: Vec<&str> = Vec::new();
        for alarms in columns.iter().flat_map(|column| &column.alarms) {
            if !names.contains(&alarms.row.name.as_str()) {
                names.push(&alarms.row.name);
            }
        }
        let heads: Vec<String> = columns.iter().map(|column| format!(" {} |", column.title)).collect();
        println!("| Method |{}", heads.concat());
        println!("|---|{}", "---|".repeat(columns.len()));
        for name in names {
            let cells: Vec<String> =
                columns.iter().map(|column| format!(" {} |", self.cell(title, column, name))).collect();
            println!("| {name} |{}", cells.concat());
        }
    }

    fn cell(&mut self, section: &str, column: &Column, name: &str) -> String {
        let Some(alarms) = column.alarms.iter().find(|alarms| alarms.row.name == name) else { return String::new() };
        let (text, miss) = match column.measure {
            Measure::False => self.rate(alarms),
            Measure::Time => {
                let bar = column.bar.iter().find(|(row, _)| row == name).map(|(_, bar)| *bar);
                self.time(alarms, bar, column.known)
            }
        };
        match miss {
            None => text,
            Some(Miss::Known(why)) => {
                self.known.push(format!("{section}, {}: {name}: {text}: {why}", column.title));
                format!("{text} MISS (known)")
            }
            Some(Miss::New) => {
                self.misses.push(format!("{section}, {}: {name}: {text}", column.title));
                format!("{text} MISS")
            }
        }
    }

    fn rate(&self, alarms: &Alarms) -> (String, Option<Miss>) {
        let percent = |share: f64| {
            let digits = if share > 0.0 && share < 0.001 { 3 } else { 2 };
            format!("{:.digits$} %", 100.0 * share)
        };
        let runs = alarms.runs();
        let text = format!("{} (at most {}; {runs})", percent(alarms.share()), percent(alarms.bound(true)));
        let bound = if self.quick { alarms.bound(false) } else { alarms.bound(true) };
        let misses = alarms.row.ours && alarms.row.alpha.is_some_and(|alpha| bound > alpha);
        (text, misses.then_some(Miss::New))
    }

    fn time(&self, alarms: &Alarms, bar: Option<f64>, known: Option<&'static str>) -> (String, Option<Miss>) {
        let (median, [low, high], runs) = (alarms.median(), alarms.median_bounds(), alarms.runs());
        let text = if median.is_finite() {
            format!("{} s ({} to {}; {runs})", median.round(), low.round(), high.round())
        } else {
            format!("misses ({:.1} % found; {runs})", 100.0 * alarms.share())
        };
        let least = if self.quick { low } else { median };
        match bar.filter(|_| alarms.row.ours).and_then(|bar| Some((bar, missed(least, bar, known)?))) {
            Some((bar, miss)) => (format!("{text}, bar {bar} s"), Some(miss)),
            None => (text, None),
        }
    }
}

/// Returns how a median of at least `least` misses a bar, if it does; `known` is why one within what is allowed does.
fn missed(least: f64, bar: f64, known: Option<&'static str>) -> Option<Miss> {
    let beyond = (least > allowed(bar)).then_some(Miss::New);
    beyond.or_else(|| known.filter(|_| least > bar).map(Miss::Known))
}

#[cfg(test)]
mod tests {
    use super::{Miss, missed};

    /// A bar with a reason is one still: what is beyond all that is allowed fails.
    #[test]
    fn a_known_miss_has_a_limit() {
        let why = Some("chance");
        for (least, known, misses) in [
            (800.0, why, None),
            (820.0, why, Some(Miss::Known("chance"))),
            (820.0, None, None),
            (8_000.0, why, Some(Miss::New)),
            (8_000.0, None, Some(Miss::New)),
            (f64::INFINITY, why, Some(Miss::New)),
        ] {
            assert_eq!(missed(least, 805.0, known), misses, "{least} with {known:?}");
        }
    }
}
