//! `/events/{id}/check-in`: a door, on the organiser's phone.
//!
//! A code goes into a queue before it is asked about (`queue`), so that one that was scanned without a connection is neither lost nor
//! taken for one that was let in. Only the server's answer says "come in" ([`answer`]). [`scan`] reads with the camera (`camera`, `picture`);
//! [`search`] is for those who have no code with them. Without scripts a code is typed into a plain form.

mod answer;
#[cfg(feature = "hydrate")]
mod camera;
#[cfg(not(feature = "hydrate"))]
#[path = "check_in/no_camera.rs"]
mod camera;
#[cfg(any(feature = "hydrate", test))]
mod picture;
mod queue;
mod scan;
mod search;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::model::door::{Door, Found};
use crate::{
    api::{check_in as api, check_in::UndoCheckIn},
    words::{check_in as words, tickets},
};
use plenum_core::{
    error::AppError,
    ids::{EventId, TicketId},
    live::Snapshot,
};
use plenum_events::{
    live::{desk::DoorEvent, event::EventEvent},
    model::check_in::{Entry, Outcome, UNDO},
};
use plenum_ui::{
    Each, TimeText, dynamic,
    forms::{Done, Failure, failure, succeeded},
    memo,
    page::{Ended, FaultWithin, Followed, use_clock, use_id, use_viewer},
    use_query, view,
};

/// The page of a door.
#[component]
pub fn CheckInPage() -> impl IntoView {
    let (event, query) = (use_id::<EventId>(), use_query());
    let asked = memo(move || (event.get(), query.with(|query| query.get_str("ticket").and_then(|id| id.parse::<TicketId>().ok()))));
    let text = memo(move || query.with(|query| query.get_str("q").unwrap_or_default().to_owned()));
    let first = Resource::new_blocking(
        move || asked.get(),
        |(event, ticket)| async move { api::door(event.ok_or_else(|| AppError::no_such("event"))?, ticket).await },
    );
    let found = Resource::new_blocking(
        move || (asked.get().0, text.get()),
        |(event, text)| async move {
            match event {
                Some(event) if !text.trim().is_empty() => api::find(event, text).await.map(Some),
                _ => Ok(None),
            }
        },
    );
    let content = move || {
        Suspend::new(async move {
            match (first.await, found.await) {
                (Ok(snapshot), found) => {
                    let outcome = query.with_untracked(|query| query.get_str("done").and_then(|word| word.parse::<Outcome>().ok()));
                    view! { <AtDoor snapshot outcome found text=text.get_untracked()/> }
                }
                (Err(error), _) => view! {
                    <header class="page-head">
                        <h1>{words::CHECK_IN}</h1>
                    </header>
                    <FaultWithin error/>
                },
            }
        })
    };
    view! {
        <Title text=words::CHECK_IN/>
        <main id="main" tabindex="-1" class="page door-page" data-width="narrow">
            <Transition>{content}</Transition>
        </main>
    }
}

#[component]
fn AtDoor(snapshot: Snapshot<Door>, outcome: Option<Outcome>, found: Result<Option<Vec<Found>>, AppError>, text: String) -> impl IntoView {
    let head = snapshot.state.head.clone();
    let event = head.id;
    let told = outcome.zip(snapshot.state.asked.clone());
    let followed = Followed::new(snapshot, move || api::door(event, None));
    let Followed { shown, ended, .. } = followed.on::<DoorEvent>(Signal::stored(Some(event))).on::<EventEvent>(Signal::stored(Some(event)));
    let title = memo(move || shown.with(|shown| shown.head.title.clone()));
    let counts = memo(move || shown.with(|shown| shown.check_ins.counts));
    let queue = queue::provide(event);
    let desk = shown.with_untracked(|shown| shown.runs).then(|| {
        view! {
            <a class="btn" href=format!("/events/{event}/desk")>
                {words::DESK}
            </a>
        }
    });
    view! {
        <header class="page-head">
            <h1 class="wrap">{move || title.with(|title| format!("{}: {title}", words::CHECK_IN))}</h1>
            <div class="page-actions">
                {desk}
            </div>
        </header>
        <div class="stack">
            <Ended reason=ended text=words::ENDED/>
            <p class="door-counts">
                <b>{move || words::counts(counts.get())}</b>
                <progress
                    class="progress"
                    aria-label=words::PROGRESS
                    max=move || counts.get().expected.max(1).to_string()
                    value=move || counts.get().admitted.to_string()
                ></progress>
            </p>
            <answer::Answered queue outcome told/>
            <scan::Scan event queue/>
            <queue::Waiting queue/>
            <search::Search event queue found text/>
            <Recent event shown/>
        </div>
    }
}

/// Who came in last; one's own last can be taken back for a minute.
#[component]
fn Recent(event: EventId, shown: RwSignal<Door>) -> impl IntoView {
    let undo = ServerAction::<UndoCheckIn>::new();
    let refused = failure(undo);
    let recent = memo(move || shown.with(|shown| shown.check_ins.recent.clone()));
    let person = use_viewer().with_untracked(|viewer| viewer.as_ref().map(|viewer| viewer.card.id));
    let clock = use_clock();
    // The server says whether it is too late; the button goes when it surely is.
    let own = memo(move || {
        let last = recent.with(|recent| recent.iter().find(|entry| Some(entry.by.id) == person).map(|entry| (entry.id, entry.at)));
        last.filter(|(_, at)| clock.get() - at <= UNDO).map(|(id, _)| id)
    });
    let zone = shown.with_untracked(|shown| shown.head.zone.clone());
    let row = move |entry: Entry| {
        let id = entry.id;
        let name = entry.guest.name.clone();
        let take_back = dynamic(move || {
            let label = words::undo(&name);
            own.get().filter(|own| *own == id).map(|id| {
                view! {
                    <ActionForm action=undo>
                        <input type="hidden" name="event" value=event.to_string()/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <button class="btn" data-size="s" type="submit" aria-label=label>
                            {words::UNDO}
                        </button>
                    </ActionForm>
                }
            })
        });
        let seat = entry.guest.place.as_ref().map_or_else(|| entry.guest.kind.clone(), tickets::place);
        view! {
            <li class="door-row" data-check-in-id=id.to_string()>
                <span class="door-who">
                    <b class="wrap">{entry.guest.name}</b>
                    <span class="muted">{seat}</span>
                </span>
                <span class="muted">
                    <TimeText at=entry.at text=zone.clock(entry.at) full=zone.full(entry.at)/>
                    " "
                    {words::by(&entry.by.name)}
                </span>
                {take_back}
            </li>
        }
    };
    let none = dynamic(move || recent.with(Vec::is_empty).then(|| view! { <p class="muted">{words::NOBODY_YET}</p> }));
    view! {
        <section class="card stack-s" aria-labelledby="recent">
            <h2 id="recent">{words::RECENT}</h2>
            <Failure failure=refused/>
            <Done name="undone" by_action=succeeded(undo) text=words::UNDONE/>
            {none}
            <ul class="door-list">
                <Each each=move || recent.get() key=|entry| entry.id.to_string() children=row/>
            </ul>
        </section>
    }
}
