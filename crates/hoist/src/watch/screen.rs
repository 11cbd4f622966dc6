//! The full-screen watch: owns the terminal, turns keys into requests, and draws.

use std::io;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc;

use crate::client::Client;
use crate::clock;
use crate::connection::variable;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::limits::WATCH_TICK;

use super::feed::News;
use super::keys::{Act, Key, Verb, act};
use super::model::model;
use super::outcome::{Until, outcome};
use super::parting::Seen;
use super::view::{Shown, draw};

/// What the loop is given.
#[derive(Debug)]
pub struct Watched<'c> {
    /// The way to the server.
    pub client: &'c Client,
    /// The rollout.
    pub id: &'c str,
    /// What is waited for.
    pub until: &'c Until,
    /// How long.
    pub timeout: Option<Duration>,
}

/// Gives the terminal back however the watch ends.
struct Screen(ratatui::DefaultTerminal);

impl Screen {
    fn open() -> io::Result<Self> {
        ratatui::try_init().map(Self)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// Runs the watch until it is over or the person leaves. The screen is closed when this returns; `last` is what it showed.
pub async fn run(
    watched: Watched<'_>,
    mut news: mpsc::Receiver<News>,
    last: &mut Option<Seen>,
) -> Result<Exit, Failure> {
    let failed = |error: io::Error| Failure::io("cannot use the terminal", &error);
    let mut screen = Screen::open().map_err(failed)?;
    let mut keys = keys();
    let colour = variable("NO_COLOR").is_none();
    let mut shown = Shown { model: None, question: None, notice: None, colour };
    let begun = clock::moment();
    // The stay at a stage that is on the screen, and the one that was there when the question was asked.
    let (mut seen, mut asked) = (None, None);
    loop {
        screen.0.draw(|frame| draw(frame, &shown)).map_err(failed)?;
        if watched.timeout.is_some_and(|most| begun.elapsed() > most) {
            return Ok(Exit::TimedOut);
        }
        tokio::select! {
            told = news.recv() => match told {
                Some(News::Now(rollout, decisions)) => {
                    let now = last.insert(Seen { rollout: *rollout, decisions });
                    if let Some(exit) = outcome(&now.rollout, watched.until, true) {
                        return Ok(exit);
                    }
                    seen = now.rollout.entry();
                    shown.model = Some(model(&now.rollout, &now.decisions));
                    shown.notice = None;
                }
                Some(News::Disconnected(why)) => shown.notice = Some(format!("{why}; trying again")),
                Some(News::Failed(failure)) => return Err(failure),
                None => return Ok(Exit::Success),
            },
            key = keys.recv() => match act(key.unwrap_or(Key::Interrupt), shown.question.as_ref()) {
                Act::Ask(question) => {
                    // What is typed later answers for the stay that was there when the question came up.
                    if shown.question.is_none() {
                        asked = seen;
                    }
                    shown.question = Some(question);
                }
                Act::Dismiss => shown.question = None,
                Act::Quit => return Ok(Exit::Success),
                Act::Ignore => {}
                Act::Confirm(verb, reason) => {
                    shown.question = None;
                    shown.notice = Some(request(&watched, verb, &reason, asked).await);
                }
            },
            () = clock::wait(WATCH_TICK) => {}
        }
    }
}

/// Carries out a verb and returns what came of it.
async fn request(watched: &Watched<'_>, verb: Verb, reason: &str, entry: Option<u64>) -> String {
    let path = watched.client.in_project(&["rollouts", watched.id, verb.as_str()]);
    match watched.client.post(&path, &verb.body(reason, entry)).await {
        Ok(_) => format!("{} requested", verb.as_str()),
        Err(failure) => match failure.problems.into_iter().next() {
            Some(problem) => format!("{}: {}", failure.message, problem.message),
            None => failure.message,
        },
    }
}

/// Returns the keys that are pressed. A thread waits for them, because the terminal knows no other way.
fn keys() -> mpsc::Receiver<Key> {
    let (to, from) = mpsc::channel(16);
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            let Event::Key(key) = event else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            let typed = match key.code {
                // Raw mode swallows the interrupt.
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Key::Interrupt,
                KeyCode::Char(_) if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => continue,
                KeyCode::Char(typed) => Key::Typed(typed),
                KeyCode::Enter => Key::Enter,
                KeyCode::Backspace => Key::Backspace,
                KeyCode::Esc => Key::Escape,
                _ => continue,
            };
            if to.blocking_send(typed).is_err() {
                return;
            }
        }
    });
    from
}
