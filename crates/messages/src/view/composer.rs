//! Where one writes: an ordinary form that sends without scripts; with them it goes through
//! the outbox, answers, edits, completes names, keeps drafts and says that one is typing.

use leptos::{ev, prelude::*};

use super::{
    completion::{Completion, CompletionList, active},
    here,
    parts::small_icon,
    screen::{Mode, Screen},
};
use crate::{
    model::{MAX_MESSAGE_CHARS, parse_text},
    words,
};
use plenum_core::ids::Millis;
use plenum_ui::{composition::Composition, dynamic, effect, memo, page::use_viewer, view};

/// One typing event in so long, in milliseconds (DESIGN "Limits").
const TYPING_PACE: Millis = 3_000;
/// The count shows from so many characters before the limit.
const COUNT_FROM: usize = 500;

/// The composer of a thread.
#[component]
pub(super) fn Composer(screen: Screen) -> impl IntoView {
    let store = screen.store;
    let drafts = store.context.drafts;
    let about = store.about();
    let title = memo(move || about.with(|about| about.title.clone()));
    let length = RwSignal::new(0_usize);
    let completion = Completion::new(screen);
    let may_say_typing = may_say_typing();
    let said_typing = StoredValue::new(0);

    let write = move |text: &str| {
        if let Some(input) = screen.input.get_untracked() {
            input.set_value(text);
        }
        length.set(text.chars().count());
    };
    let changed = move |text: String| {
        length.set(text.chars().count());
        if !matches!(screen.mode.get_untracked(), Mode::Edit(_)) {
            drafts.keep(store.conversation, &text);
            let now = here::now();
            let due = now - said_typing.get_value() >= TYPING_PACE;
            if due && !text.trim().is_empty() && may_say_typing.get_untracked() && store.say_typing() {
                said_typing.set_value(now);
            }
        }
    };
    // What was typed before the page was alive stays; else the draft.
    effect(move |begun: Option<bool>| {
        let Some(input) = screen.input.get().filter(|_| begun != Some(true)) else { return begun == Some(true) };
        let typed = input.value();
        if typed.is_empty() {
            write(&drafts.stored(store.conversation).unwrap_or_default());
        } else {
            changed(typed);
        }
        true
    });
    // The text follows what the composer is for; the draft comes back after an edit.
    effect(move |before: Option<Mode>| {
        let mode = screen.mode.get();
        match (&before, &mode) {
            (_, Mode::Edit(message)) => {
                write(&message.text);
                screen.focus_input();
            }
            (Some(Mode::Edit(_)), _) => write(&drafts.stored(store.conversation).unwrap_or_default()),
            _ => {}
        }
        mode
    });

    let submit = move || {
        let Some(input) = screen.input.get_untracked() else { return };
        completion.close();
        match parse_text(&input.value()) {
            Err(error) => screen.say(&error),
            Ok(text) => {
                screen.problem.set(None);
                let mode = screen.mode.get_untracked();
                screen.mode.set(Mode::Write);
                if let Mode::Edit(message) = mode {
                    screen.save(message, text);
                } else {
                    let reply_to = if let Mode::Reply(message) = mode { Some(message.id) } else { None };
                    drafts.keep(store.conversation, "");
                    write("");
                    said_typing.set_value(0);
                    screen.show_newest();
                    store.context.outbox.push(store.conversation, text, reply_to);
                }
            }
        }
        screen.focus_input();
    };
    let composition = Composition::new();
    let keydown = move |event: ev::KeyboardEvent| {
        if composition.takes(&event) {
            return;
        }
        let open = completion.is_open();
        match event.key().as_str() {
            "Enter" | "Tab" if open && !event.shift_key() => {
                if let Some(text) = completion.take(None) {
                    event.prevent_default();
                    changed(text);
                }
            }
            "ArrowDown" | "ArrowUp" if open => {
                event.prevent_default();
                completion.step(event.key() == "ArrowDown");
            }
            "Escape" if open => {
                event.prevent_default();
                event.stop_propagation();
                completion.close();
            }
            "Escape" if screen.mode.with_untracked(|mode| *mode != Mode::Write) => {
                event.prevent_default();
                screen.mode.set(Mode::Write);
            }
            "Enter" if !event.shift_key() => {
                event.prevent_default();
                submit();
            }
            "ArrowUp" if length.get_untracked() == 0 => {
                if let Some(message) = store.last_own() {
                    event.prevent_default();
                    screen.edit(message);
                }
            }
            _ => {}
        }
    };
    let left = dynamic(move || {
        let left = MAX_MESSAGE_CHARS.saturating_sub(length.get());
        let over = length.get() > MAX_MESSAGE_CHARS;
        (left <= COUNT_FROM || over).then(|| {
            let text = if over { words::characters_over(length.get() - MAX_MESSAGE_CHARS) } else { words::characters_left(left) };
            view! { <span class="composer-count" data-near=(!over).then_some("") data-over=over.then_some("")>{text}</span> }
        })
    });
    let is_edit = memo(move || screen.mode.with(|mode| matches!(mode, Mode::Edit(_))));
    view! {
        <form
            class="composer"
            method="post"
            action="/fn/messages/send"
            on:submit=move |event: ev::SubmitEvent| {
                event.prevent_default();
                submit();
            }
        >
            <input type="hidden" name="conversation" value=store.conversation.to_string()/>
            <input type="hidden" name="author" value=store.viewer.to_string()/>
            <ModeBar screen/>
            <CompletionList completion taken=Callback::new(changed)/>
            <div class="composer-box">
                <textarea
                    class="composer-input"
                    name="text"
                    rows="1"
                    required
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-label=move || words::message_to(&title.get())
                    placeholder=move || words::message_to(&title.get())
                    aria-autocomplete="list"
                    aria-controls=move || active(completion).map(|_| "who")
                    aria-activedescendant=move || active(completion)
                    node_ref=screen.input
                    dir="auto"
                    on:keydown=keydown
                    on:compositionend=move |event| composition.end(&event)
                    on:input=move |event| {
                        changed(event_target_value(&event));
                        completion.look();
                    }
                    on:blur=move |_| completion.close()
                ></textarea>
                <div class="composer-actions">
                    {left}
                    <kbd aria-hidden="true">"Enter"</kbd>
                    <button class="btn" data-kind="primary" type="submit">{move || if is_edit.get() { words::SAVE } else { words::SEND }}</button>
                </div>
            </div>
            {move || screen.problem.get().or_else(|| store.context.outbox.halted()).map(|problem| view! { <p class="composer-note" data-tone="bad" role="alert">{problem}</p> })}
        </form>
    }
}

fn may_say_typing() -> Signal<bool> {
    let viewer = use_viewer();
    Signal::derive(move || viewer.with(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.privacy.send_typing)))
}

/// What the composer is for, while it is not for a new message.
#[component]
fn ModeBar(screen: Screen) -> impl IntoView {
    let cancel = move |label: &'static str| {
        view! {
            <button
                class="btn icon-btn"
                data-kind="quiet"
                data-size="s"
                type="button"
                aria-label=label
                title=label
                on:click=move |_| {
                    screen.mode.set(Mode::Write);
                    screen.focus_input();
                }
            >
                {small_icon("close")}
            </button>
        }
    };
    dynamic(move || {
        match screen.mode.get() {
        Mode::Write => None,
        Mode::Reply(message) => Some(
            view! {
                <div class="composer-bar">
                    {small_icon("reply")}
                    <p class="cut"><b>{words::replying_to(&message.author.name)}</b>" "{message.text.chars().take(140).collect::<String>()}</p>
                    {cancel(words::CANCEL_REPLY)}
                </div>
            }
            .into_any(),
        ),
        Mode::Edit(_) => Some(
            view! {
                <div class="composer-bar">
                    {small_icon("edit")}
                    <p class="cut"><b>{words::EDITING}</b>" "{words::EDITING_HINT}</p>
                    {cancel(words::CANCEL_EDIT)}
                </div>
            }
            .into_any(),
        ),
    }
    })
}
