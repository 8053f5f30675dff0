//! Reading a code: with the camera where the browser can, or typed into a form.

use leptos::{ev::SubmitEvent, html, prelude::*, server_fn::ServerFn as _};

use super::{camera, queue::Queue};
use crate::{
    api::check_in::{AdmitGuest, CheckIn},
    words::check_in as words,
};
use plenum_core::ids::EventId;
use plenum_ui::{
    Icon, Notice, dynamic, effect,
    forms::{Failure, failure},
    notice::Tone,
    use_hydrated, view,
};

/// The form, and the camera above it.
#[component]
pub fn Scan(event: EventId, queue: Queue) -> impl IntoView {
    // Of pages without scripts: with them, the answers above say it.
    let (refused, not_admitted) = (failure(ServerAction::<CheckIn>::new()), failure(ServerAction::<AdmitGuest>::new()));
    let input = NodeRef::<html::Input>::new();
    let submit = move |submitted: SubmitEvent| {
        submitted.prevent_default();
        if let Some(input) = input.get_untracked() {
            queue.put(&input.value());
            input.set_value("");
        }
    };
    view! {
        <section class="card stack-s" aria-labelledby="scan">
            <h2 id="scan" class="visually-hidden">
                {words::CHECK}
            </h2>
            <Failure failure=refused/>
            <Failure failure=not_admitted/>
            <Camera queue/>
            <form method="post" action=CheckIn::url() class="form" on:submit=submit>
                <input type="hidden" name="event" value=event.to_string()/>
                <div class="field">
                    <label for="code">{words::ENTER}</label>
                    <input
                        class="input"
                        id="code"
                        name="code"
                        node_ref=input
                        autocomplete="off"
                        autocapitalize="characters"
                        spellcheck="false"
                        maxlength="200"
                        required=true
                        aria-describedby="code-hint"
                    />
                    <p class="field-hint" id="code-hint">
                        {words::ENTER_HINT}
                    </p>
                </div>
                <div class="form-actions">
                    <button class="btn" data-kind="primary" type="submit">
                        {words::CHECK}
                    </button>
                </div>
            </form>
            <Signals queue/>
        </section>
    }
}

/// The camera, once scripts run and it is wanted.
#[component]
fn Camera(queue: Queue) -> impl IntoView {
    // None until scripts run: the server cannot know what a browser can.
    let can = RwSignal::new(None::<bool>);
    let (on, refused) = (RwSignal::new(false), RwSignal::new(false));
    let video = NodeRef::<html::Video>::new();
    effect(move |_| can.set(Some(camera::can_scan())));
    effect(move |_| {
        if !on.get() {
            return;
        }
        let Some(video) = video.get() else { return };
        let scanning = StoredValue::new_local(camera::scan(
            &video,
            move |code| queue.put(&code),
            move || {
                let _ = refused.try_set(true);
                let _ = on.try_set(false);
            },
        ));
        on_cleanup(move || {
            let _ = scanning.try_with_value(camera::Scanning::stop);
        });
    });
    dynamic(move || match can.get() {
        None => ().into_any(),
        Some(false) => view! { <Notice>{words::NO_CAMERA}</Notice> },
        Some(true) => {
            let toggle = move |_| {
                refused.set(false);
                on.update(|on| *on = !*on);
            };
            view! {
                <div class="stack-s">
                    <button class="btn" type="button" data-wide="" aria-pressed=move || on.get().to_string() on:click=toggle>
                        <Icon name="device"/>
                        {move || if on.get() { words::STOP } else { words::SCAN }}
                    </button>
                    {dynamic(move || refused.get().then(|| view! { <Notice tone=Tone::Bad>{words::CAMERA_REFUSED}</Notice> }))}
                    {dynamic(move || {
                        on.get()
                            .then(|| {
                                view! {
                                    <video class="door-camera" node_ref=video aria-label=words::CAMERA muted=true playsinline=true></video>
                                }
                            })
                    })}
                </div>
            }
        }
    })
}

/// Tones, for those who want them.
#[component]
fn Signals(queue: Queue) -> impl IntoView {
    let hydrated = use_hydrated();
    dynamic(move || {
        hydrated.get().then(|| {
            view! {
                <label class="switch">
                    <input
                        type="checkbox"
                        role="switch"
                        prop:checked=move || queue.signals.get()
                        on:change=move |changed| queue.set_signals(event_target_checked(&changed))
                    />
                    <span>{words::SIGNALS} " " <small>{words::SIGNALS_TEXT}</small></span>
                </label>
            }
        })
    })
}
