//! What passes on an application, and a form that sends an event as its backend would.

use leptos::prelude::*;

use crate::{
    api, live,
    model::{Frame, What},
    words::channels as words,
};
use plenum_core::{ids::ApplicationId, time::Zone};
use plenum_ui::{
    Each, Field, When, dynamic,
    forms::{Done, Failure, FieldError, Submit, failure, field_error, succeeded},
    memo, use_hydrated, view,
};

#[component]
pub(super) fn Console(
    /// Whose.
    app: ApplicationId,
    /// What has passed.
    console: RwSignal<live::Console>,
    /// Nothing more is shown until it goes on.
    paused: RwSignal<bool>,
) -> impl IntoView {
    // The buttons need scripts, and are there once these run.
    let hydrated = use_hydrated();
    let empty = memo(move || console.with(|console| console.frames.is_empty()));
    let missed = memo(move || console.with(|console| console.missed));
    let buttons = dynamic(move || {
        hydrated.get().then(|| {
            view! {
                <button class="btn" type="button" aria-pressed=move || paused.get().to_string() on:click=move |_| paused.update(|paused| *paused = !*paused)>
                    {move || if paused.get() { words::RESUME } else { words::PAUSE }}
                </button>
                <button class="btn" type="button" on:click=move |_| console.set(live::Console::default())>
                    {words::CLEAR}
                </button>
            }
        })
    });
    let nothing = dynamic(move || {
        empty.get().then(|| view! { <p class="muted">{if hydrated.get() { words::NOTHING_YET } else { words::NEEDS_SCRIPTS }}</p> })
    });
    view! {
        <section class="card stack" aria-labelledby="console">
            <h2 id="console">{words::CONSOLE}</h2>
            <p class="muted">{words::CONSOLE_TEXT}</p>
            <div class="form-actions">{buttons}</div>
            {nothing}
            // The newest comes first: who looks at a stream looks at its end.
            <ol class="console" aria-label=words::CONSOLE tabindex="0">
                <Each
                    each=move || console.with(|console| console.frames.iter().rev().cloned().collect())
                    key=|frame: &Frame| frame.number.to_string()
                    children=move |frame| view! { <Line frame/> }
                />
            </ol>
            {dynamic(move || (missed.get() > 0).then(|| view! { <p class="muted">{words::missed(missed.get())}</p> }))}
        </section>
        <TestEvent app/>
    }
}

#[component]
fn Line(frame: Frame) -> impl IntoView {
    let Frame { at, what, socket, channel, event, data, .. } = frame;
    let tone = match what {
        What::Published => Some("accent"),
        What::ClientEvent => Some("live"),
        What::Refused => Some("bad"),
        _ => None,
    };
    view! {
        <li>
            <When at text=Zone::precise/>
            <span class="chip" data-tone=tone>
                {words::what(what)}
            </span>
            {channel.map(|channel| view! { <code>{channel}</code> })}
            {event.map(|event| view! { <b>{event}</b> })}
            {socket.map(|socket| view! { <span class="muted">{socket}</span> })}
            {data.map(|data| view! { <code class="console-data">{data}</code> })}
        </li>
    }
}

#[component]
fn TestEvent(app: ApplicationId) -> impl IntoView {
    let send = ServerAction::<api::SendTestEvent>::new();
    let refused = failure(send);
    let data_error = field_error(refused, "data");
    view! {
        <section class="card" aria-labelledby="test">
            <h2 id="test">{words::TEST}</h2>
            <ActionForm action=send attr:class="form">
                <Failure failure=refused fields=&["channel", "event", "data"]/>
                <input type="hidden" name="app" value=app.to_string()/>
                <div class="form-row">
                    <Field id="channel" name="channel" label=words::CHANNEL autocomplete="off" maxlength=200 error=field_error(refused, "channel") required=true/>
                    <Field id="event" name="event" label=words::EVENT autocomplete="off" maxlength=200 error=field_error(refused, "event") required=true/>
                </div>
                <div class="field">
                    <label for="data">{words::DATA}</label>
                    <textarea class="input" id="data" name="data" rows="3" aria-describedby="data-hint data-error" spellcheck="false">
                        "{}"
                    </textarea>
                    <p class="field-hint" id="data-hint">
                        {words::DATA_HINT}
                    </p>
                    <FieldError id="data-error" error=data_error/>
                </div>
                <div class="form-actions">
                    <Submit label=words::SEND busy=send.pending()/>
                    <Done name="sent" by_action=succeeded(send) text=words::SENT/>
                </div>
            </ActionForm>
        </section>
    }
}
