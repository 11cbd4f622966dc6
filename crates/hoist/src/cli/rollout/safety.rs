//! Whether a rollback has reached everybody, in words.

use std::io::{self, Write};

use serde_json::Value;

use crate::output::{at, text};

/// Writes what is known of a rollback; nothing for a rollout that took nothing back.
pub fn write(to: &mut dyn Write, rollout: &Value) -> io::Result<()> {
    let Some(safety) = at(rollout, "safety") else { return Ok(()) };
    let seen = format!(
        "{} of {} answers since were still {}; {} of {} streams not told yet; servers that reported: {}",
        text(safety, "still"),
        text(safety, "answered"),
        text(safety, "variant"),
        text(safety, "behind"),
        text(safety, "streams"),
        text(safety, "servers"),
    );
    match text(safety, "status").as_str() {
        "safe" => writeln!(to, "Rollback verified: safe after {} ({seen})", text(safety, "safe_after"))?,
        "unconfirmed" => writeln!(to, "Rollback NOT confirmed: watched for an hour ({seen})")?,
        _ if at(safety, "escalated_at").is_some() => {
            writeln!(to, "Rollback NOT safe within {}: still watching ({seen})", text(safety, "deadline"))?;
        }
        _ => writeln!(to, "Rollback being verified ({seen})")?,
    }
    for straggler in at(safety, "stragglers").and_then(Value::as_array).into_iter().flatten() {
        writeln!(to, "  lags: {}", text(straggler, ""))?;
    }
    Ok(())
}

/// Writes the rollouts that this one overlaps with.
pub fn write_overlaps(to: &mut dyn Write, rollout: &Value) -> io::Result<()> {
    for known in at(rollout, "overlaps").and_then(Value::as_array).into_iter().flatten() {
        let chosen = match text(known, "choice.kind").as_str() {
            "serialise" => "begins when it is over".to_owned(),
            "exclude" => "each has half of the units".to_owned(),
            _ => format!("accepted: {}", text(known, "choice.reason")),
        };
        let (flag, metrics) = (text(known, "flag"), text(known, "metrics"));
        writeln!(to, "Overlaps with the rollout of {flag} on {metrics}; {chosen}")?;
    }
    if let Some(part) = at(rollout, "part") {
        let (other, flag, percentage) = (text(part, "rollout"), text(part, "flag"), text(part, "percentage"));
        writeln!(to, "Keeps to {percentage} % of the units; the rest are for rollout {other} of {flag}")?;
    }
    Ok(())
}
