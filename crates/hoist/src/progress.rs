//! How far something long is, at a terminal. Elsewhere, and where programs read the results, there is nothing to see.

use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::limits::PROGRESS_TICK;
use crate::output::Output;

/// A line on standard error that goes when this is dropped.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Returns a line that says that something goes on, for how long, and nothing of its end.
    pub fn of_unknown(out: Output, what: impl Into<Cow<'static, str>>) -> Self {
        Self::shown(out, what, None, "{spinner} {msg} {elapsed}")
    }

    /// Returns a line that counts bytes, up to `total` if that is known.
    pub fn of_bytes(out: Output, what: impl Into<Cow<'static, str>>, total: Option<u64>) -> Self {
        let counted = if total.is_some() {
            "{spinner} {msg} {bar:30} {bytes} of {total_bytes}, {elapsed}"
        } else {
            "{spinner} {msg} {bytes}, {elapsed}"
        };
        Self::shown(out, what, total, counted)
    }

    /// Returns a line that counts things, as many as [`Progress::begin`] says.
    pub fn of_things(out: Output, what: impl Into<Cow<'static, str>>) -> Self {
        Self::shown(out, what, Some(0), "{spinner} {msg} {bar:30} {pos} of {len}, {elapsed}")
    }

    /// Returns a line that nobody sees.
    fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Says that so much more is done.
    pub fn advance(&self, by: u64) {
        self.0.inc(by);
    }

    /// Begins a pass through so many things.
    pub fn begin(&self, total: usize) {
        self.0.set_length(total as u64);
        self.0.set_position(0);
    }

    /// Takes the line away, before something else is written.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }

    fn shown(out: Output, what: impl Into<Cow<'static, str>>, total: Option<u64>, template: &str) -> Self {
        if !out.is_watched() {
            return Self::hidden();
        }
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(PROGRESS_TICK);
        Self(bar)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
