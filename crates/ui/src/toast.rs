//! Short notes that come and go. They are announced, never move the focus, and what comes
//! in a burst is one note with a number.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;

use super::{Each, Icon, browser, dynamic, memo, notice::Tone, view};
use crate::words;

/// No more than so many at once; the oldest gives way.
const MOST: usize = 3;
/// How long a note stays.
const STAYS: Duration = Duration::from_secs(6);
/// How long a note stays that offers something to do.
const STAYS_TO_ACT: Duration = Duration::from_secs(15);

/// Something to do about a note: undo, most often.
#[derive(Clone)]
pub struct ToastAction {
    /// The button's words.
    pub label: String,
    /// What it does.
    pub act: Arc<dyn Fn() + Send + Sync>,
}

/// A note.
#[derive(Clone)]
pub struct Toast {
    id: u32,
    /// Raised when it is said again, so that an older timer does not take it away.
    version: u32,
    count: usize,
    group: Option<&'static str>,
    words: Words,
    tone: Tone,
    action: Option<ToastAction>,
}

#[derive(Clone, PartialEq, Eq)]
enum Words {
    Fixed(String),
    Counted(String),
}

impl Toast {
    /// A note that says `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self { id: 0, version: 0, count: 1, group: None, words: Words::Fixed(text.into()), tone: Tone::Plain, action: None }
    }

    /// How it is meant.
    #[must_use]
    pub fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    /// What can be done about it.
    #[must_use]
    pub fn action(self, label: impl Into<String>, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self { action: Some(ToastAction { label: label.into(), act: Arc::new(act) }), ..self }
    }

    /// Shows it in place of an earlier one of the same group, whatever that one says: the
    /// caller counts ("5 new messages").
    #[must_use]
    pub fn group(self, group: &'static str) -> Self {
        let words = match self.words {
            Words::Fixed(text) | Words::Counted(text) => Words::Counted(text),
        };
        Self { group: Some(group), words, ..self }
    }

    fn text(&self) -> String {
        match &self.words {
            Words::Fixed(text) => words::times(text, self.count),
            Words::Counted(text) => text.clone(),
        }
    }

    fn is_same_as(&self, other: &Self) -> bool {
        match (self.group, other.group) {
            (Some(group), Some(other)) => group == other,
            (None, None) => self.words == other.words && self.tone == other.tone,
            _ => false,
        }
    }

    fn stays(&self) -> Duration {
        if self.action.is_some() { STAYS_TO_ACT } else { STAYS }
    }
}

/// The notes on the screen, oldest first.
#[derive(Clone, Default)]
struct Stack {
    toasts: Vec<Toast>,
    last: u32,
}

impl Stack {
    /// Adds a note, or says the same one again; its id and version.
    fn push(&mut self, mut toast: Toast) -> (u32, u32) {
        if let Some(same) = self.toasts.iter_mut().find(|other| other.is_same_as(&toast)) {
            toast.id = same.id;
            toast.version = same.version + 1;
            toast.count = same.count + 1;
            *same = toast;
            return (same.id, same.version);
        }
        self.last += 1;
        toast.id = self.last;
        self.toasts.push(toast);
        let beyond = self.toasts.len().saturating_sub(MOST);
        self.toasts.drain(..beyond);
        (self.last, 0)
    }

    fn dismiss(&mut self, id: u32) {
        self.toasts.retain(|toast| toast.id != id);
    }

    fn expire(&mut self, id: u32, version: u32) {
        self.toasts.retain(|toast| toast.id != id || toast.version != version);
    }

    fn find(&self, id: u32) -> Option<&Toast> {
        self.toasts.iter().find(|toast| toast.id == id)
    }
}

/// Where notes are shown.
#[derive(Clone, Copy)]
pub struct Toasts {
    stack: RwSignal<Stack>,
    /// Somebody points at them or is in them: none goes away meanwhile.
    held: RwSignal<bool>,
}

impl Toasts {
    /// Shows a note.
    pub fn show(self, toast: Toast) {
        let stays = toast.stays();
        if let Some((id, version)) = self.stack.try_update(|stack| stack.push(toast)) {
            self.expire_after(stays, id, version);
        }
    }

    fn expire_after(self, stays: Duration, id: u32, version: u32) {
        set_timeout(
            move || {
                if self.held.try_get_untracked().unwrap_or_default() {
                    self.expire_after(STAYS, id, version);
                } else {
                    self.stack.try_update(|stack| stack.expire(id, version));
                }
            },
            stays,
        );
    }

    fn dismiss(self, id: u32) {
        self.held.set(false);
        self.stack.update(|stack| stack.dismiss(id));
    }
}

/// Prepares notes; called once, by the application's root.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts { stack: RwSignal::default(), held: RwSignal::new(false) };
    provide_context(toasts);
    browser::remember_toasts(toasts);
    toasts
}

/// Shows a note. May be called from anywhere in the browser, also from what runs later.
pub fn show(text: impl Into<String>) {
    show_toast(Toast::new(text));
}

/// Shows a note with something to do about it.
pub fn show_with_action(text: impl Into<String>, label: impl Into<String>, act: impl Fn() + Send + Sync + 'static) {
    show_toast(Toast::new(text).action(label, act));
}

/// Says what went wrong.
pub fn show_error(text: impl Into<String>) {
    show_toast(Toast::new(text).tone(Tone::Bad));
}

/// Shows a note.
pub fn show_toast(toast: Toast) {
    if let Some(toasts) = browser::toasts() {
        toasts.show(toast);
    }
}

/// The notes on the screen. Always there, because a live region must exist before it speaks.
#[component]
pub fn ToastStack(
    /// Where they are kept.
    toasts: Toasts,
) -> impl IntoView {
    let Toasts { stack, held } = toasts;
    let ids = memo(move || stack.with(|stack| stack.toasts.iter().map(|toast| toast.id).collect::<Vec<_>>()));
    view! {
        <div
            class="toasts"
            role="status"
            aria-live="polite"
            on:pointerenter=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
            <Each each=move || ids.get() key=|id| id.to_string() let:id>
                {toast_view(toasts, id)}
            </Each>
        </div>
    }
}

fn toast_view(toasts: Toasts, id: u32) -> impl IntoView {
    let stack = toasts.stack;
    let (tone, action) = stack.with_untracked(|stack| stack.find(id).map(|toast| (toast.tone, toast.action.clone())).unwrap_or_default());
    let text = dynamic(move || stack.with(|stack| stack.find(id).map(Toast::text)));
    let button = action.map(|ToastAction { label, .. }| {
        let run = move |_| {
            // A note that has taken an earlier one's place leads elsewhere.
            let act =
                stack.with_untracked(|stack| stack.find(id).and_then(|toast| toast.action.as_ref().map(|action| Arc::clone(&action.act))));
            if let Some(act) = act {
                act();
            }
            toasts.dismiss(id);
        };
        view! {
            <button class="link-btn" type="button" on:click=run>
                {label}
            </button>
        }
    });
    view! {
        <div class="toast" data-tone=tone.attribute()>
            <Icon name=tone.icon()/>
            <p class="toast-text">{text}</p>
            {button}
            <button
                class="btn icon-btn"
                data-kind="quiet"
                data-size="s"
                type="button"
                aria-label=words::DISMISS
                on:click=move |_| toasts.dismiss(id)
            >
                <Icon name="close"/>
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(stack: &Stack) -> Vec<String> {
        stack.toasts.iter().map(Toast::text).collect()
    }

    #[test]
    fn a_burst_is_one_note() {
        let mut stack = Stack::default();
        for _ in 0..3 {
            stack.push(Toast::new("Saved"));
        }
        assert_eq!(texts(&stack), ["Saved (3×)"]);
        for count in 1..=5 {
            stack.push(Toast::new(format!("{count} new")).group("messages"));
        }
        assert_eq!(texts(&stack), ["Saved (3×)", "5 new"]);
    }

    #[test]
    fn the_oldest_gives_way() {
        let mut stack = Stack::default();
        for text in ["a", "b", "c", "d"] {
            stack.push(Toast::new(text));
        }
        assert_eq!(texts(&stack), ["b", "c", "d"]);
    }

    /// The timer of the first saying does not take away the second.
    #[test]
    fn an_old_timer_takes_nothing_away() {
        let mut stack = Stack::default();
        let first = stack.push(Toast::new("a"));
        let second = stack.push(Toast::new("a"));
        stack.expire(first.0, first.1);
        assert_eq!(stack.toasts.len(), 1);
        stack.expire(second.0, second.1);
        assert!(stack.toasts.is_empty());
    }
}
