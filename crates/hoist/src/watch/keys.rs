//! What keys mean in the watch view.

use serde_json::{Value, json};

use crate::limits::WATCH_REASON_CHARS_MAX;

/// What a person may ask of a rollout from the watch view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Stay at this stage.
    Pause,
    /// Go on.
    Resume,
    /// Enter the next stage now.
    Promote,
    /// Back to the baseline.
    RollBack,
    /// End the rollout and leave the flag; no key does that.
    Cancel,
}

impl Verb {
    /// Returns the verb's name in the server's interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Promote => "promote",
            Self::RollBack => "rollback",
            Self::Cancel => "cancel",
        }
    }

    /// Returns what is sent with the verb. A promotion says which stay at a stage was looked at; the other verbs mean
    /// the rollout, wherever it is.
    pub fn body(self, reason: &str, entry: Option<u64>) -> Value {
        match (self, entry) {
            (Self::Promote, Some(entry)) => json!({ "reason": reason, "entry": entry }),
            _ => json!({ "reason": reason }),
        }
    }

    /// Returns what is asked before the verb is carried out.
    fn question(self) -> Question {
        match self {
            // A promotion overrides what is missing: only the person who asks for it can say why.
            Self::Promote => Question::Why(self, String::new()),
            _ => Question::Sure(self),
        }
    }
}

/// What a person is asked before a verb is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Yes or no.
    Sure(Verb),
    /// The reason, with what has been typed of it.
    Why(Verb, String),
}

impl Question {
    /// Returns the question in words, with the keys that answer it.
    pub fn words(&self, flag: &str) -> String {
        let (verb, keys) = match self {
            Self::Sure(verb) => (verb, "y yes, any other key no"),
            Self::Why(verb, _) => (verb, "enter does it, escape does not"),
        };
        let question = match verb {
            Verb::Pause => format!("Pause the rollout of {flag}?"),
            Verb::Resume => format!("Resume the rollout of {flag}?"),
            Verb::Promote => format!("Why may {flag} leave its stage now, whatever is missing?"),
            Verb::RollBack => format!("Roll {flag} back to its baseline?"),
            Verb::Cancel => format!("End the rollout of {flag} and leave the flag as it is?"),
        };
        format!("{question} {keys}")
    }
}

/// A key, as far as the view knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// One that writes.
    Typed(char),
    /// The end of what is typed.
    Enter,
    /// Takes the last character back.
    Backspace,
    /// Out of what is open.
    Escape,
    /// Out of the view, whatever is open.
    Interrupt,
}

/// What a key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Ask, or show what has been typed of the answer.
    Ask(Question),
    /// Carry out the verb that was asked about, for this reason.
    Confirm(Verb, String),
    /// Forget the question.
    Dismiss,
    /// Leave the view; the rollout goes on.
    Quit,
    /// Nothing.
    Ignore,
}

/// The reason of the verbs that need none from a person.
const REASON: &str = "from the watch view";

/// Returns what a key does, given the question that is open.
pub fn act(key: Key, open: Option<&Question>) -> Act {
    match (open, key) {
        (_, Key::Interrupt) | (None, Key::Typed('q') | Key::Escape) => Act::Quit,
        (Some(Question::Sure(verb)), Key::Typed('y' | 'Y')) => Act::Confirm(*verb, REASON.to_owned()),
        (Some(Question::Why(verb, typed)), key) => answer(*verb, typed, key),
        (Some(Question::Sure(_)), _) => Act::Dismiss,
        (None, Key::Typed('p')) => Act::Ask(Verb::Pause.question()),
        (None, Key::Typed('r')) => Act::Ask(Verb::Resume.question()),
        (None, Key::Typed('a')) => Act::Ask(Verb::Promote.question()),
        (None, Key::Typed('k')) => Act::Ask(Verb::RollBack.question()),
        (None, _) => Act::Ignore,
    }
}

/// Returns what a key does to the reason that is being typed. Nothing is sent without one.
fn answer(verb: Verb, typed: &str, key: Key) -> Act {
    let now = |text: String| Act::Ask(Question::Why(verb, text));
    match key {
        Key::Typed(c) if !c.is_control() && typed.chars().count() < WATCH_REASON_CHARS_MAX => {
            now(format!("{typed}{c}"))
        }
        Key::Backspace => now(typed.chars().take(typed.chars().count().saturating_sub(1)).collect()),
        Key::Enter if !typed.trim().is_empty() => Act::Confirm(verb, typed.trim().to_owned()),
        Key::Escape => Act::Dismiss,
        _ => Act::Ignore,
    }
}
