//! Whom this door wants to let in and has no answer to yet, by a code that was read or by a name that was found: kept in the browser, over
//! reloads, and asked about in order.
//!
//! Each has an idempotency key of its own, so that a ticket whose answer was lost on its way is not "used" when it is asked again.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::camera;
use crate::{api::check_in as api, words::check_in as words};
use plenum_core::{
    error::{AppError, ErrorKind},
    ids::{EventId, Millis, TicketId},
};
use plenum_events::model::check_in::{Answer, Outcome};
use plenum_ui::{
    Icon,
    browser::{self, storage},
    dynamic, effect, memo, view,
};

/// Until the server is asked again.
const AGAIN: Duration = Duration::from_secs(3);
/// Answers that are shown.
const SHOWN: usize = 6;

/// Who is to be let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asked {
    /// Whoever has this code.
    Code(String),
    /// Somebody who was found.
    Guest { ticket: TicketId, name: String },
}

impl Asked {
    /// As it may be shown.
    fn shown(&self) -> String {
        match self {
            Self::Code(code) => words::code(code),
            Self::Guest { name, .. } => name.clone(),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Code(one), Self::Code(other)) => one == other,
            (Self::Guest { ticket: one, .. }, Self::Guest { ticket: other, .. }) => one == other,
            _ => false,
        }
    }
}

/// What waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Item {
    key: String,
    #[serde(flatten)]
    asked: Asked,
    at: Millis,
}

/// What was answered to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub key: String,
    /// What was asked about, as it may be shown.
    pub about: String,
    pub answer: Result<Answer, AppError>,
}

/// What this phone has read.
#[derive(Clone, Copy)]
pub struct Queue {
    event: EventId,
    items: RwSignal<Vec<Item>>,
    /// The newest first.
    said: RwSignal<Vec<Said>>,
    asking: RwSignal<bool>,
    /// The last attempt did not reach the server.
    away: RwSignal<bool>,
    pub signals: RwSignal<bool>,
}

const SIGNALS: &str = "plenum:door:signals";

fn place(event: EventId) -> String {
    format!("plenum:door:{event}")
}

/// What this phone keeps for `event`.
fn kept(event: EventId) -> Vec<Item> {
    storage::get(&place(event)).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The queue of this phone for `event`, with what it held before a reload.
pub fn provide(event: EventId) -> Queue {
    let queue = Queue {
        event,
        items: RwSignal::new(Vec::new()),
        said: RwSignal::new(Vec::new()),
        asking: RwSignal::new(false),
        away: RwSignal::new(false),
        signals: RwSignal::new(false),
    };
    effect(move |_| {
        queue.signals.set(storage::get(SIGNALS).is_some());
        let kept = kept(event);
        if !kept.is_empty() {
            queue.items.set(kept);
            queue.ask();
        }
    });
    queue
}

impl Queue {
    /// The newest answer.
    pub fn newest(self) -> Option<Said> {
        self.said.with(|said| said.first().cloned())
    }

    /// Something is being asked about, and the server has not been out of reach.
    pub fn is_asking(self) -> bool {
        self.asking.get() && !self.away.get()
    }

    /// Takes what was read; the same code that waits already waits once.
    pub fn put(self, code: &str) {
        let code = code.trim();
        if !code.is_empty() {
            self.take(Asked::Code(code.to_owned()));
        }
    }

    /// Takes somebody who was found.
    pub fn admit(self, ticket: TicketId, name: String) {
        self.take(Asked::Guest { ticket, name });
    }

    fn take(self, asked: Asked) {
        if self.items.with_untracked(|items| items.iter().any(|item| item.asked.is_same(&asked))) {
            return;
        }
        // What waits in another tab of this door is asked for under its key: then both have the one answer.
        let item = kept(self.event).into_iter().find(|item| item.asked.is_same(&asked)).unwrap_or_else(|| {
            let item = Item { key: browser::fresh_key(), asked, at: browser::now() };
            self.keep(|all| all.push(item.clone()));
            item
        });
        self.items.update(|items| items.push(item));
        self.ask();
    }

    /// Switches tones on or off.
    pub fn set_signals(self, on: bool) {
        self.signals.set(on);
        if on {
            storage::set(SIGNALS, "on");
        } else {
            storage::remove(SIGNALS);
        }
    }

    /// Changes what is kept. Another tab of the same door keeps its own there, too: nothing of it is lost.
    fn keep(self, change: impl FnOnce(&mut Vec<Item>)) {
        let mut all = kept(self.event);
        change(&mut all);
        storage::set(&place(self.event), &serde_json::to_string(&all).unwrap_or_default());
    }

    /// Asks about the first that waits, and then about the next.
    fn ask(self) {
        if self.asking.get_untracked() {
            return;
        }
        let Some(item) = self.items.with_untracked(|items| items.first().cloned()) else { return };
        self.asking.set(true);
        spawn_local(async move {
            let answer = match item.asked.clone() {
                Asked::Code(code) => api::check_in(self.event, code, item.key.clone()).await,
                Asked::Guest { ticket, .. } => api::admit(self.event, ticket, item.key.clone()).await,
            };
            // The page may be gone; what it kept is asked about when it is opened again.
            if self.asking.try_get_untracked().is_none() {
                return;
            }
            // Nothing is dropped that may still be answered: nor what was read before one was signed out.
            if answer.as_ref().is_err_and(|error| error.is_transient() || error.kind == ErrorKind::SignedOut) {
                self.away.set(true);
                // What the server cannot answer does not keep the others waiting.
                if answer.is_err_and(|error| error.kind == ErrorKind::Internal) {
                    self.items.update(|items| items.rotate_left(1));
                }
                let again = move || {
                    if self.asking.try_set(false).is_none() {
                        self.ask();
                    }
                };
                set_timeout(again, AGAIN);
                return;
            }
            self.asking.set(false);
            self.away.set(false);
            self.items.update(|items| items.retain(|known| known.key != item.key));
            self.keep(|all| all.retain(|known| known.key != item.key));
            self.tell(Said { key: item.key, about: item.asked.shown(), answer });
            self.ask();
        });
    }

    fn tell(self, said: Said) {
        if self.signals.get_untracked() {
            camera::signal(said.answer.as_ref().is_ok_and(|answer| answer.outcome == Outcome::Admitted));
        }
        self.said.update(|all| {
            all.insert(0, said);
            all.truncate(SHOWN);
        });
    }
}

/// What waits, and what was answered lately.
#[component]
pub fn Waiting(queue: Queue) -> impl IntoView {
    let waiting = memo(move || if queue.away.get() { queue.items.get() } else { Vec::new() });
    let list = dynamic(move || {
        waiting.with(|waiting| (!waiting.is_empty()).then(|| waiting.clone())).map(|waiting| {
            let rows = waiting.into_iter().map(|item| {
                view! {
                    <li class="door-row">
                        <code class="wrap">{item.asked.shown()}</code>
                        <span class="chip" data-tone="live">
                            {words::WAITING}
                        </span>
                    </li>
                }
            });
            view! {
                <section class="card stack-s" aria-labelledby="waiting">
                    <h2 id="waiting">{words::WAITING}</h2>
                    <p class="muted">{words::WAITING_TEXT}</p>
                    <ul class="door-list">{rows.collect_view()}</ul>
                </section>
            }
        })
    });
    let answered = dynamic(move || {
        let said = queue.said.get();
        (said.len() > 1).then(|| {
            let rows = said.into_iter().skip(1).map(row).collect_view();
            view! {
                <section class="card stack-s" aria-labelledby="scanned">
                    <h2 id="scanned">{words::LAST}</h2>
                    <ul class="door-list">{rows}</ul>
                </section>
            }
        })
    });
    view! {
        <div role="status">{list}</div>
        {answered}
    }
}

fn row(said: Said) -> AnyView {
    let (icon, text, tone) = match &said.answer {
        Ok(answer) => (
            words::icon(answer.outcome),
            words::outcome(answer.outcome).to_owned(),
            if answer.outcome == Outcome::Admitted { "good" } else { "bad" },
        ),
        Err(error) => ("warning", error.message.clone(), "bad"),
    };
    let who = said.answer.ok().and_then(|answer| answer.guest).map_or(said.about, |guest| guest.name);
    view! {
        <li class="door-row">
            <span class="wrap">{who}</span>
            <span class="chip" data-tone=tone>
                <Icon name=icon size="s"/>
                {text}
            </span>
        </li>
    }
}
