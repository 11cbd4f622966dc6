//! Draws the watch view. A pure function of what it is given; everything is readable without colour.

use hoist_eval::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span as Piece};
use ratatui::widgets::{Paragraph, Wrap};

use super::keys::Question;
use super::model::{GuardLine, Model, Progress, StageLine, Tone, number, verdict};

/// Width of a bar, in cells.
const BAR_CELLS: usize = 20;

/// Everything that the view shows.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The rollout; absent until the server has answered.
    pub model: Option<Model>,
    /// The question that is open.
    pub question: Option<Question>,
    /// What came of the last verb, or what is wrong with the connection.
    pub notice: Option<String>,
    /// Whether colours may be used.
    pub colour: bool,
}

/// Draws the view.
pub fn draw(frame: &mut Frame<'_>, shown: &Shown) {
    let Some(model) = &shown.model else {
        let text = shown.notice.as_deref().unwrap_or("Waiting for the server");
        frame.render_widget(Paragraph::new(text), frame.area());
        return;
    };
    let paint = Paint { colour: shown.colour };
    let guards = guards_height(model);
    let rows = [
        Constraint::Length(2),
        Constraint::Length(block_height(model.stages.len())),
        Constraint::Length(guards),
        Constraint::Length(4),
        Constraint::Min(3),
        Constraint::Length(2),
    ];
    let [head, stages, guard_rows, now, history, foot] = Layout::vertical(rows).areas(frame.area());
    draw_head(frame, head, model, paint);
    draw_block(frame, stages, "Stages", model.stages.iter().map(|stage| stage_line(stage, paint)).collect());
    if guards > 0 {
        let lines = model.guards.iter().map(|guard| guard_line(guard, paint)).collect();
        draw_block(frame, guard_rows, "Guards", lines);
    }
    draw_block(frame, now, "Now", vec![Line::from(format!("  {}", model.now))]);
    let past = model.history.iter().map(|line| Line::from(format!("  {}  {}", clock(line.at), line.text))).collect();
    draw_block(frame, history, "Decisions", past);
    draw_foot(frame, foot, model, shown, paint);
}

fn guards_height(model: &Model) -> u16 {
    if model.guards.is_empty() { 0 } else { block_height(model.guards.len()) }
}

fn block_height(lines: usize) -> u16 {
    u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(2)
}

/// Turns tones into styles, or into nothing where colours are unwanted.
#[derive(Debug, Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn tone(self, tone: Tone) -> Style {
        let colour = match tone {
            Tone::Good => Color::Green,
            Tone::Plain => return Style::new(),
            Tone::Attention => Color::Yellow,
            Tone::Bad => Color::Red,
        };
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }
}

const HEADING: Style = Style::new().add_modifier(Modifier::BOLD);

fn draw_head(frame: &mut Frame<'_>, area: Rect, model: &Model, paint: Paint) {
    let title = Line::from(vec![
        Piece::styled(model.flag.clone(), HEADING),
        Piece::raw(format!(" in {}, plan {}: ", model.environment, model.plan)),
        Piece::styled(model.phase.clone(), paint.tone(model.tone)),
    ]);
    frame.render_widget(Paragraph::new(title), area);
}

fn draw_block(frame: &mut Frame<'_>, area: Rect, title: &str, lines: Vec<Line<'_>>) {
    let mut all = vec![Line::styled(title.to_owned(), HEADING)];
    all.extend(lines);
    frame.render_widget(Paragraph::new(all).wrap(Wrap { trim: false }), area);
}

fn stage_line(stage: &StageLine, paint: Paint) -> Line<'static> {
    let (mark, tone, detail) = match &stage.progress {
        Progress::Done => ("✓", Tone::Good, "done".to_owned()),
        Progress::Here { baked, bake, .. } => {
            let share = if bake.is_zero() { 1.0 } else { baked.as_seconds_f64() / bake.as_seconds_f64() };
            ("▶", Tone::Plain, format!("{} baked {} of {bake}", bar(share), whole(*baked)))
        }
        Progress::Ahead { bake } => ("·", Tone::Plain, format!("bakes {bake}")),
        Progress::Reverted => ("·", Tone::Plain, "not served".to_owned()),
    };
    let text =
        format!("{:<14} {:>7} of {:<14} ", stage.name, format!("{} %", number(stage.percentage)), stage.audience);
    Line::from(vec![Piece::styled(format!("  {mark} "), paint.tone(tone)), Piece::raw(text), Piece::raw(detail)])
}

fn guard_line(guard: &GuardLine, paint: Paint) -> Line<'static> {
    let (word, tone) = verdict(guard.verdict);
    let value = guard.value.as_deref().unwrap_or("-");
    let evidence = guard.evidence.zip(guard.odds.as_ref());
    let evidence = evidence.map_or_else(String::new, |(share, (has, _))| format!("  evidence {} {has}", bar(share)));
    let because = guard.silence.map_or_else(String::new, |(because, _)| format!("  {because}"));
    Line::from(vec![
        Piece::raw(format!("  {:<20} ", guard.name)),
        Piece::styled(format!("{word:<12}"), paint.tone(tone)),
        Piece::raw(format!(" {value:>8}  {:<14}{evidence}{because}", guard.limit)),
    ])
}

fn draw_foot(frame: &mut Frame<'_>, area: Rect, model: &Model, shown: &Shown, paint: Paint) {
    let notice = Line::styled(shown.notice.clone().unwrap_or_default(), paint.tone(Tone::Attention));
    let keys = "p pause  r resume  a promote  k roll back  q leave (the rollout goes on)";
    let asked = |question: &Question| Line::styled(question.words(&model.flag), HEADING);
    let lines = match &shown.question {
        None => vec![notice, Line::from(keys)],
        Some(question @ Question::Sure(_)) => vec![notice, asked(question)],
        Some(question @ Question::Why(_, typed)) => vec![asked(question), Line::from(input(typed, area.width))],
    };
    frame.render_widget(Paragraph::new(lines), area);
}

/// Returns the line into which is typed: its end, where it is longer than the screen is wide.
fn input(typed: &str, width: u16) -> String {
    let room = usize::from(width).saturating_sub("> _".len());
    let hidden = typed.chars().count().saturating_sub(room);
    let end: String = typed.chars().skip(hidden).collect();
    format!("> {end}_")
}

/// Returns a bar that is full at 1.
fn bar(share: f64) -> String {
    let full = (share.clamp(0.0, 1.0) * BAR_CELLS as f64).round() as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(BAR_CELLS - full))
}

/// Returns a span in whole seconds, so that the view does not flicker.
pub fn whole(span: hoist_eval::Span) -> hoist_eval::Span {
    hoist_eval::Span::from_seconds(span.as_micros() / 1_000_000)
}

/// Returns the time of day of an instant, in UTC.
pub fn clock(at: Timestamp) -> String {
    let seconds = at.as_seconds().rem_euclid(24 * 60 * 60);
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Returns the day and the time of day of an instant in microseconds, in UTC.
pub fn date_and_clock(micros: i64) -> String {
    jiff::Timestamp::from_microsecond(micros)
        .map_or_else(|_| String::new(), |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// Returns an instant as programs read it.
pub fn instant(at: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(at.as_micros()).map_or_else(|_| String::new(), |at| format!("{at:.6}"))
}
