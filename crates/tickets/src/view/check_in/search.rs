//! For those who have no code with them: by name, address or order number.

use leptos::{ev::SubmitEvent, prelude::*, server_fn::ServerFn as _};
use leptos_router::components::Form;

use super::queue::Queue;
use crate::model::door::Found;
use crate::{
    api::check_in::AdmitGuest,
    model::ticket::TicketState,
    words::{check_in as words, tickets},
};
use plenum_core::{error::AppError, ids::EventId};
use plenum_ui::{Field, Notice, notice::Tone, view};

/// The form and what it found. Its results are read anew by searching again; who is let in from them is told above.
#[component]
pub fn Search(event: EventId, queue: Queue, found: Result<Option<Vec<Found>>, AppError>, text: String) -> impl IntoView {
    let results = match found {
        Ok(None) => ().into_any(),
        Ok(Some(found)) if found.is_empty() => view! { <p role="status">{words::NOBODY}</p> },
        Ok(Some(found)) => {
            let rows = found.into_iter().map(|found| row(event, queue, found)).collect_view();
            view! { <ul class="door-list">{rows}</ul> }
        }
        Err(error) => view! { <Notice tone=Tone::Bad>{error.message}</Notice> },
    };
    view! {
        <section class="card stack-s" aria-labelledby="search">
            <h2 id="search">{words::SEARCH}</h2>
            <Form method="GET" action=format!("/events/{event}/check-in") attr:class="form" attr:role="search" attr:aria-labelledby="search">
                <Field id="q" name="q" label=words::SEARCH_FIELD kind="search" value=text autocomplete="off" maxlength=100/>
                <div class="form-actions">
                    <button class="btn" type="submit">
                        {words::FIND}
                    </button>
                </div>
            </Form>
            {results}
        </section>
    }
}

fn row(event: EventId, queue: Queue, found: Found) -> AnyView {
    let Found { guest, state, .. } = found;
    let seat = guest.place.as_ref().map_or_else(|| guest.kind.clone(), tickets::place);
    let tone = if state == TicketState::Valid { "good" } else { "bad" };
    let (ticket, name) = (guest.ticket, guest.name.clone());
    let admit = (state == TicketState::Valid).then(|| {
        let label = format!("{}: {name}, {seat}", words::CHECK);
        let submit = move |submitted: SubmitEvent| {
            submitted.prevent_default();
            queue.admit(ticket, name.clone());
        };
        view! {
            <form method="post" action=AdmitGuest::url() on:submit=submit>
                <input type="hidden" name="event" value=event.to_string()/>
                <input type="hidden" name="ticket" value=ticket.to_string()/>
                <button class="btn" data-size="s" data-kind="primary" type="submit" aria-label=label>
                    {words::CHECK}
                </button>
            </form>
        }
    });
    view! {
        <li class="door-row" data-ticket-id=ticket.to_string()>
            <span class="door-who">
                <b class="wrap">{guest.name}</b>
                <span class="muted">{format!("{seat} · {}", guest.order)}</span>
            </span>
            <span class="chip" data-tone=tone>
                {tickets::state(state)}
            </span>
            {admit}
        </li>
    }
}
