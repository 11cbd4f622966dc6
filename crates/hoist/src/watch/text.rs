//! The watch view's content as plain text, for `status` and `explain`.

use std::io::{self, Write};

use crate::style;

use super::model::{Model, Progress, Tone, number, verdict};
use super::view::{clock, whole};

/// Most past decisions that a status shows.
const DECISIONS_SHOWN: usize = 5;

/// Writes where a rollout is.
pub fn write_status(to: &mut dyn Write, model: &Model) -> io::Result<()> {
    let phase = style::paint(tone(model.tone), &model.phase);
    writeln!(to, "{} in {}, plan {}: {phase}", model.flag, model.environment, model.plan)?;
    writeln!(to)?;
    for stage in &model.stages {
        let (mark, detail) = match &stage.progress {
            Progress::Done => ("✓", "done".to_owned()),
            Progress::Here { baked, bake, treated } => {
                ("▶", format!("baked {} of {bake}{}", whole(*baked), units(*treated)))
            }
            Progress::Ahead { bake } => ("·", format!("bakes {bake}")),
            Progress::Reverted => ("·", "not served".to_owned()),
        };
        let share = format!("{} %", number(stage.percentage));
        writeln!(to, "  {mark} {:<14} {share:>7} of {:<14} {detail}", stage.name, stage.audience)?;
    }
    if !model.guards.is_empty() {
        writeln!(to)?;
        write_guards(to, model)?;
    }
    if !model.history.is_empty() {
        writeln!(to)?;
    }
    for line in model.history.iter().take(DECISIONS_SHOWN) {
        writeln!(to, "  {}  {}", clock(line.at), line.text)?;
    }
    Ok(())
}

/// Writes why a rollout is where it is.
pub fn write_explanation(to: &mut dyn Write, model: &Model) -> io::Result<()> {
    let phase = style::paint(tone(model.tone), &model.phase);
    writeln!(to, "{} in {} is {phase}", model.flag, model.environment)?;
    if !model.now.is_empty() {
        writeln!(to, "{}", model.now)?;
    }
    for guard in &model.guards {
        writeln!(to, "  {}", style::paint(tone(verdict(guard.verdict).1), &guard.summary))?;
        if let Some((_, next)) = guard.silence {
            writeln!(to, "    hint: {next}")?;
        }
    }
    Ok(())
}

fn write_guards(to: &mut dyn Write, model: &Model) -> io::Result<()> {
    for guard in &model.guards {
        let (word, guard_tone) = verdict(guard.verdict);
        let word = style::paint(tone(guard_tone), &format!("{word:<12}"));
        let value = guard.value.as_deref().unwrap_or("-");
        let evidence = guard.odds.as_ref();
        let evidence = evidence.map_or_else(String::new, |(has, needs)| format!("  evidence {has} of {needs} needed"));
        let because = guard.silence.map_or_else(String::new, |(because, _)| format!("  {because}"));
        writeln!(to, "  {:<20} {word} {value:>8}  {}{evidence}{because}", guard.name, guard.limit)?;
    }
    Ok(())
}

fn tone(tone: Tone) -> anstyle::Style {
    match tone {
        Tone::Good => style::GOOD,
        Tone::Plain => anstyle::Style::new(),
        Tone::Attention => style::WARNING,
        Tone::Bad => style::ERROR,
    }
}

/// Returns how many treated units there are of those that are needed; nothing where none are needed.
fn units((treated, needed): (u64, u64)) -> String {
    if needed == 0 { String::new() } else { format!(", {treated} of {needed} units") }
}
