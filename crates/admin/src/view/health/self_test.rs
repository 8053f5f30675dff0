//! The self-test of this browser's live connection: is it connected, does a ping come back, is it subscribed, does an event arrive?

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::chip;
use crate::{
    api::health as api,
    live::probe::ProbeEvent,
    model::self_test::{Echo, Observed, PATIENCE_MS, Step, steps},
    words::health as words,
};
use plenum_ui::{
    browser,
    client::{Update, measure_round_trip, use_connection, use_live, use_round_trip},
    dynamic, memo,
    page::use_organisation,
    use_hydrated, view,
};

#[component]
pub(super) fn SelfTest() -> impl IntoView {
    // The button needs scripts, and is there once these run.
    let hydrated = use_hydrated();
    let echo = RwSignal::new(Echo::default());
    // The event that is waited for, and when it was sent.
    let sent = StoredValue::new(None::<(String, i64)>);
    let organisation = use_organisation();
    let handle = use_live::<ProbeEvent>(
        organisation,
        |_| None,
        move |update| {
            let Update::Events(events) = update else { return };
            for ProbeEvent::ProbeSent(probe) in events {
                let ours = sent.with_value(|sent| sent.as_ref().filter(|(key, _)| *key == probe.key).map(|(_, at)| *at));
                if let Some(at) = ours {
                    sent.set_value(None);
                    echo.set(Echo::Came { ms: u32::try_from((browser::now() - at).max(0)).unwrap_or(u32::MAX) });
                }
            }
        },
    );
    let (connection, round_trip, subscription) = (use_connection(), use_round_trip(), handle.status());
    let found = memo(move || {
        let (state, error) = connection.with(|connection| (connection.state, connection.last_error.clone()));
        steps(&Observed { connection: state, error, round_trip: round_trip.get(), subscription: subscription.get(), echo: echo.get() })
            .to_vec()
    });
    let busy = memo(move || echo.with(|echo| *echo == Echo::Sent));
    let test = move |_| {
        if !busy.get_untracked() {
            start(echo, sent);
        }
    };
    let button = dynamic(move || {
        hydrated.get().then(|| {
            view! {
                <button class="btn" type="button" data-kind="primary" aria-busy=move || busy.get().then_some("true") on:click=test>
                    {words::TEST}
                </button>
            }
        })
    });
    view! {
        <section class="card stack" aria-labelledby="self-test">
            <h2 id="self-test">{words::SELF_TEST}</h2>
            <p class="muted">{words::SELF_TEST_TEXT}</p>
            <p class="unscripted">{words::NEEDS_SCRIPTS}</p>
            <div class="form-actions">{button}</div>
            <div role="status" aria-atomic="false">
                <ol class="lines">{dynamic(move || found.get().into_iter().map(line).collect_view())}</ol>
            </div>
        </section>
    }
}

fn line(step: Step) -> AnyView {
    view! {
        <li class="line">
            {step.mark.map_or_else(|| view! { <span class="chip">"…"</span> }, chip)}
            <div class="line-text">
                <b>{step.name}</b>
                <p>{step.said}</p>
                {step.advice.map(|advice| view! { <p class="muted">{advice}</p> })}
            </div>
        </li>
    }
}

/// Sends a ping and an event, and gives the event some seconds to arrive.
fn start(echo: RwSignal<Echo>, sent: StoredValue<Option<(String, i64)>>) {
    measure_round_trip();
    let key = browser::fresh_key();
    sent.set_value(Some((key.clone(), browser::now())));
    echo.set(Echo::Sent);
    let waited_for = {
        let key = key.clone();
        move || sent.try_with_value(|sent| sent.as_ref().is_some_and(|(of, _)| *of == key)).unwrap_or_default()
    };
    let late = waited_for.clone();
    set_timeout(
        move || {
            if late() {
                sent.set_value(None);
                echo.set(Echo::Lost);
            }
        },
        Duration::from_millis(PATIENCE_MS.into()),
    );
    spawn_local(async move {
        if let Err(error) = api::probe(key).await
            && waited_for()
        {
            sent.set_value(None);
            let _ = echo.try_set(Echo::Refused(error.message));
        }
    });
}
