//! The address of an online event. The page waits for the instant at which it is shown and asks the server again, and at the end, and when
//! the event or one's tickets change.

use leptos::{prelude::*, task::spawn_local};

use crate::{api::address as api, live::tickets::TicketEvent, model::address::OnlineAddress as Answer, words::address as words};
use plenum_core::{cursor::Cursor, error::AppError, ids::EventId, live::LiveEvent};
use plenum_events::live::event::EventEvent;
use plenum_ui::{
    client::{LiveHandle, Update, use_live},
    dynamic, effect, memo,
    page::{Loaded, use_own_id, use_seconds, use_zone},
    view,
};

/// What the server says now, and asking it again. Copies are the same.
#[derive(Clone, Copy)]
struct Asked {
    event: EventId,
    answer: RwSignal<Option<Answer>>,
    under_way: StoredValue<bool>,
    again: StoredValue<bool>,
}

impl Asked {
    /// Asks again; once more afterwards if a reason came while a request was under way.
    fn renew(self) {
        if self.under_way.try_get_value() != Some(false) {
            self.again.try_set_value(true);
            return;
        }
        self.under_way.set_value(true);
        spawn_local(async move {
            let fresh = api::address(self.event).await;
            self.under_way.try_set_value(false);
            if let Ok(fresh) = fresh
                && self.answer.try_with_untracked(|known| *known != fresh) == Some(true)
            {
                self.answer.set(fresh);
            }
            if self.again.try_get_value() == Some(true) {
                self.again.set_value(false);
                self.renew();
            }
        });
    }

    /// Asks again when an event of the channel of `scope` concerns the address, and when some may have been missed.
    fn on<E>(self, scope: Signal<Option<E::Scope>>, concerns: impl Fn(&E) -> bool + 'static)
    where
        E: LiveEvent,
        E::Scope: Sync,
    {
        let own = StoredValue::new(None::<LiveHandle>);
        let handle = use_live::<E>(
            scope,
            |_| None,
            move |update| match update {
                Update::Events(events) if !events.iter().any(&concerns) => {}
                Update::Stale => {
                    if let Some(handle) = own.try_get_value().flatten() {
                        handle.resume(None::<Cursor>);
                    }
                    self.renew();
                }
                Update::Events(_) | Update::Returned => self.renew(),
                Update::Refused { .. } => {}
            },
        );
        own.set_value(Some(handle));
    }
}

/// A card with the address of an event, for those who may have it.
#[component]
pub fn OnlineAddress(event: EventId) -> impl IntoView {
    if use_own_id().get_untracked().is_none() {
        return ().into_any();
    }
    let first = Resource::new_blocking(|| (), move |()| api::address(event));
    let content = move |answer: Option<Answer>| view! { <Waiting event answer/> };
    view! { <Loaded from=first fault=nothing children=content/> }
}

/// The page is as without an address.
fn nothing(_: AppError) -> AnyView {
    ().into_any()
}

#[component]
fn Waiting(event: EventId, answer: Option<Answer>) -> impl IntoView {
    let asked = Asked { event, answer: RwSignal::new(answer), under_way: StoredValue::new(false), again: StoredValue::new(false) };
    let (answer, seconds, zone) = (asked.answer, use_seconds(), use_zone());
    let due = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.is_due(seconds.get()))));
    effect(move |_| {
        if due.get() {
            // Once a second until the server agrees.
            seconds.track();
            asked.renew();
        }
    });
    asked.on::<EventEvent>(Signal::stored(Some(event)), |event| matches!(event, EventEvent::EventChanged(_)));
    asked.on::<TicketEvent>(use_own_id(), move |TicketEvent::TicketsChanged(changed)| changed.event_id == event);
    let ahead = memo(move || answer.with(|answer| answer.as_ref().is_some_and(|answer| answer.is_ahead(seconds.get()))));
    dynamic(move || {
        let answer = answer.get().filter(|_| ahead.get())?;
        let says = match answer.address {
            Some(address) => view! {
                <p>
                    <a class="btn" data-kind="primary" href=address.clone() target="_blank" rel="noopener noreferrer">
                        {words::OPEN}
                    </a>
                </p>
                <p class="wrap">{address}</p>
                <p class="muted">{words::ONLY_YOU}</p>
            },
            None => view! { <p>{words::shown_from(&zone.with(|zone| zone.full(answer.from)))}</p> },
        };
        Some(view! {
            <section class="card stack-s" aria-label=words::TAKE_PART>
                <h2>{words::TAKE_PART}</h2>
                <div class="stack-s" role="status">{says}</div>
            </section>
        })
    })
}
