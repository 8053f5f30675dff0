//! The answer of a door: large, by shape, word and colour.

use leptos::prelude::*;

use super::queue::{Queue, Said};
use crate::model::door::Found;
use crate::{
    model::ticket::TicketState,
    words::{check_in as words, tickets},
};
use plenum_core::ids::Millis;
use plenum_events::model::check_in::{Answer, Guest, Outcome};
use plenum_ui::{Icon, dynamic, page::use_now, view};

/// How long after it an answer is shown to a page without scripts, in milliseconds.
const FRESH: Millis = 120_000;

/// The newest answer: of what was read here, or (without scripts) of the form that led here.
#[component]
pub fn Answered(queue: Queue, outcome: Option<Outcome>, told: Option<(Outcome, Found)>) -> impl IntoView {
    // An address alone says nothing: the ticket must stand as it says.
    let first = match (outcome, told) {
        (Some(Outcome::Unknown), None) => Some((Outcome::Unknown, None)),
        (Some(Outcome::WrongEvent), None) => Some((Outcome::WrongEvent, None)),
        (_, Some((outcome, found))) => stands(outcome, &found, use_now()).then_some((outcome, Some(found.guest))),
        _ => None,
    };
    let shown = dynamic(move || {
        if queue.is_asking() {
            return Some(panel("asking", "clock", words::ASKING.to_owned(), None, Vec::new()));
        }
        match queue.newest() {
            Some(Said { answer: Ok(answer), .. }) => Some(answered(&answer)),
            Some(Said { answer: Err(error), about, .. }) => Some(panel("unknown", "warning", about, None, vec![error.message])),
            None => first.clone().map(|(outcome, guest)| of(outcome, guest.as_ref(), Vec::new())),
        }
    });
    view! {
        <div class="door-answers" role="status" aria-live="assertive">
            {shown}
        </div>
    }
}

/// True if the ticket is as it is after this answer.
fn stands(outcome: Outcome, found: &Found, now: Millis) -> bool {
    match outcome {
        Outcome::Admitted => found.state == TicketState::Used && found.used_at.is_some_and(|at| now - at <= FRESH),
        Outcome::Used => found.state == TicketState::Used,
        Outcome::Void => found.state == TicketState::Void,
        Outcome::WrongEvent | Outcome::Unknown => false,
    }
}

fn answered(answer: &Answer) -> AnyView {
    let mut more = Vec::new();
    more.extend(answer.other_event.clone());
    more.extend(answer.used_by.as_deref().map(words::by));
    of(answer.outcome, answer.guest.as_ref(), more)
}

fn of(outcome: Outcome, guest: Option<&Guest>, more: Vec<String>) -> AnyView {
    let mut lines = vec![words::outcome_text(outcome).to_owned()];
    lines.extend(more);
    panel(outcome.into_str(), words::icon(outcome), words::outcome(outcome).to_owned(), guest, lines)
}

fn panel(kind: &'static str, icon: &'static str, word: String, guest: Option<&Guest>, lines: Vec<String>) -> AnyView {
    let guest = guest.map(|guest| {
        let seat = guest.place.as_ref().map_or_else(|| guest.kind.clone(), tickets::place);
        view! {
            <p class="door-guest wrap">{guest.name.clone()}</p>
            <p>{seat}</p>
        }
    });
    let lines = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    view! {
        <div class="door-answer" data-outcome=kind>
            <Icon name=icon/>
            <div>
                <p class="door-word">{word}</p>
                {guest}
                {lines}
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::ids::TicketId;

    /// A link that somebody sends to a door says nothing that is not so.
    #[test]
    fn an_address_alone_admits_nobody() {
        let guest = Guest { ticket: TicketId(1), name: "Sam".into(), kind: "Stalls".into(), place: None, order: "S-1".into() };
        let found = |state, used_at| Found { guest: guest.clone(), state, used_at };
        assert!(stands(Outcome::Admitted, &found(TicketState::Used, Some(1_000)), 2_000));
        assert!(!stands(Outcome::Admitted, &found(TicketState::Used, Some(1_000)), 1_001 + FRESH), "long ago");
        assert!(!stands(Outcome::Admitted, &found(TicketState::Valid, None), 2_000));
        assert!(!stands(Outcome::Admitted, &found(TicketState::Void, Some(1_000)), 2_000));
        assert!(stands(Outcome::Used, &found(TicketState::Used, Some(1_000)), 2_000));
        assert!(stands(Outcome::Void, &found(TicketState::Void, None), 2_000));
        assert!(!stands(Outcome::Unknown, &found(TicketState::Valid, None), 2_000));
    }
}
