//! How long places are held, by the server's clock (I31).

use leptos::prelude::*;

use crate::{api::seats::ExtendHold, model::hold::Hold, words::orders as words};
use plenum_core::ids::{EventId, HoldId, Millis};
use plenum_ui::{
    Notice, TimeText, dynamic, effect,
    forms::{Failure, failure},
    memo,
    notice::Tone,
    page::{use_now, use_seconds, use_zone},
    time_left, view,
};

/// When it is said that the time runs out.
const SOON: Millis = 120_000;

/// True from the end of a hold on.
pub fn over(until: Signal<Option<Millis>>) -> Signal<bool> {
    let now = use_seconds();
    memo(move || until.get().is_some_and(|until| until <= now.get())).into()
}

/// Counts down to the end of a hold, says when it comes near, and what to do when it has come.
#[component]
pub fn Countdown(
    /// When it ends; none: it does not any more.
    until: Signal<Option<Millis>>,
    /// Where places are chosen again.
    event: EventId,
    /// What ends.
    hold: HoldId,
    /// Told when it ends later.
    longer: Callback<Millis>,
) -> impl IntoView {
    let (now, zone, at_first) = (use_seconds(), use_zone(), use_now());
    let over = over(until);
    let soon = memo(move || until.get().is_some_and(|until| until - now.get() <= SOON) && !over.get());
    let clock = memo(move || until.get().map(|until| time_left(until - now.get())).unwrap_or_default());
    let held = dynamic(move || {
        let until = until.get().filter(|_| !over.get())?;
        let (short, full) = zone.with(|zone| (words::held_until(&zone.day_and_clock(until, at_first)), zone.full(until)));
        Some(view! {
            <p class="hold-left">
                <span>
                    {words::HELD} " " <b role="timer">{move || clock.get()}</b>
                </span>
                <span class="hold-until">
                    <TimeText at=until text=short full/>
                </span>
            </p>
        })
    });
    let extend = ServerAction::<ExtendHold>::new();
    let (refused, pending, value) = (failure(extend), extend.pending(), extend.value());
    effect(move |_| {
        if let Some(Ok(hold)) = value.get() {
            longer.run(hold.until);
        }
    });
    let warning = dynamic(move || {
        soon.get().then(|| {
            view! {
                <p class="hold-soon" role="alert">
                    {words::ENDS_SOON}
                </p>
                <ActionForm action=extend>
                    <input type="hidden" name="event" value=event.to_string()/>
                    <input type="hidden" name="hold" value=hold.to_string()/>
                    <input type="hidden" name="key" value=move || Hold::extension_key(hold, until.get().unwrap_or_default())/>
                    <button class="btn" type="submit" data-size="s" disabled=move || pending.get()>
                        {words::MORE_TIME}
                    </button>
                </ActionForm>
                <Failure failure=refused/>
            }
        })
    });
    view! {
        {held}
        {warning}
        {dynamic(move || {
            over.get().then(|| {
                view! {
                    <Notice tone=Tone::Bad>
                        {words::HELD_OVER} " " <a href=format!("/events/{event}")>{words::CHOOSE_AGAIN}</a>
                    </Notice>
                }
            })
        })}
    }
}
