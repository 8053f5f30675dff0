//! Places without seats, by number; what is left of each kind of ticket; and waiting for what is sold out.

use leptos::{ev::SubmitEvent, prelude::*};
use server_fn::ServerFn as _;

use super::{commands::Command, screen::Screen};
use crate::{
    api::seats::{HoldStanding, StopWaiting, WaitForPlace},
    model::{
        hold::Places,
        waiting_list::{OwnWaiting, WaitingState},
    },
    words::seats as words,
};
use plenum_core::ids::TicketTypeId;
use plenum_events::model::event::{SaleStatus, TypeAvailability};
use plenum_ui::{Icon, dynamic, effect, memo, view};
use plenum_wallet::model::Money;

/// Standing places, to be chosen by number.
pub fn places(screen: Screen) -> AnyView {
    if screen.viewer.is_none() {
        return ().into_any();
    }
    // Kinds of tickets that are added, renamed or removed are so at once; how many are left changes no line.
    let standing = memo(move || {
        let of = |known: &TypeAvailability| (known.id, known.name.clone(), known.price);
        screen.types.with(|types| types.iter().filter(|known| !known.seated).map(of).collect::<Vec<_>>())
    });
    dynamic(move || {
        let standing = standing.get();
        let any = !standing.is_empty();
        any.then(|| {
            let lines = standing.into_iter().map(|(id, name, price)| stepper(screen, id, name, price)).collect_view();
            view! {
                <section class="stack-s" aria-labelledby="standing-title">
                    <h3 id="standing-title">{words::STANDING}</h3>
                    <ul class="basket-lines">{lines}</ul>
                </section>
            }
        })
    })
}

/// How many of a ticket type are held, one less, one more.
fn stepper(screen: Screen, id: TicketTypeId, name: String, price: Money) -> AnyView {
    let (hold, title) = (screen.hold, name.clone());
    let held = memo(move || {
        let of_type = |places: &[Places]| places.iter().find(|places| places.ticket_type_id == id).map_or(0, |places| places.quantity);
        hold.with(|hold| hold.as_ref().map_or(0, |hold| of_type(&hold.standing)))
    });
    let left = memo(move || screen.types.with(|types| types.iter().find(|known| known.id == id).map_or(0, |known| known.available)));
    // Several presses one soon after the other count from what was asked for last, until the server has answered.
    let (asked, busy) = (RwSignal::new(None::<i64>), screen.busy);
    effect(move |_| {
        if !busy.get() {
            asked.set(None);
        }
    });
    let step = move |by: i64, label: &'static str, icon: AnyView| {
        let name = format!("{label}: {name}");
        let submit = move |event: SubmitEvent| {
            event.prevent_default();
            let wanted = asked.get_untracked().unwrap_or_else(|| held.get_untracked()) + by;
            if wanted >= 0 {
                asked.set(Some(wanted));
                screen.order(Command::Stand(id, wanted));
            }
        };
        view! {
            <form method="post" action=HoldStanding::url() on:submit=submit>
                <input type="hidden" name="event" value=screen.event.to_string()/>
                <input type="hidden" name="ticket_type" value=id.to_string()/>
                <input type="hidden" name="quantity" value=move || (held.get() + by).max(0).to_string()/>
                <button
                    class="btn icon-btn"
                    data-size="s"
                    type="submit"
                    title=name.clone()
                    aria-label=name.clone()
                    disabled=move || if by < 0 { held.get() == 0 } else { left.get() == 0 }
                >
                    {icon}
                </button>
            </form>
        }
    };
    let less = step(-1, words::ONE_LESS, view! { <span aria-hidden="true">"−"</span> });
    let more = step(1, words::ONE_MORE, view! { <Icon name="plus"/> });
    let price = price.to_string();
    view! {
        <li>
            <span>
                {title} <small class="muted">{price}</small>
            </span>
            <span class="stepper">
                {less} <output>{dynamic(move || held.get().to_string())}</output> {more}
            </span>
        </li>
    }
}

/// What is left of each ticket type.
pub fn left(screen: Screen) -> AnyView {
    let types = screen.types;
    let lines = dynamic(move || types.get().into_iter().map(|known| of_type(screen, known)).collect_view());
    view! {
        <section class="stack-s" aria-labelledby="left-title">
            <h3 id="left-title">{words::AVAILABILITY}</h3>
            <ul class="basket-lines">{lines}</ul>
        </section>
    }
}

fn of_type(screen: Screen, known: TypeAvailability) -> AnyView {
    let TypeAvailability { id, name, price, capacity, available, status, .. } = known;
    let sold_out = status == SaleStatus::SoldOut && capacity > 0;
    let left = match capacity {
        ..=0 => words::NO_PLACES.to_owned(),
        _ if sold_out => words::SOLD_OUT.to_owned(),
        _ => words::left_of(available, capacity),
    };
    let waits = screen.viewer.is_some();
    let waiting = dynamic({
        let name = name.clone();
        move || {
            let own = screen.waiting.with(|waiting| waiting.iter().find(|known| known.ticket_type_id == id).cloned());
            waits.then(|| wait(screen, id, &name, own, sold_out))
        }
    });
    view! {
        <li>
            <span>
                {name} <small class="muted">{price.to_string()}</small>
            </span>
            <span>{left}</span>
            {waiting}
        </li>
    }
}

/// Whoever is signed in can wait for what is sold out.
fn wait(screen: Screen, id: TicketTypeId, name: &str, own: Option<OwnWaiting>, sold_out: bool) -> AnyView {
    let hidden = move || {
        view! {
            <input type="hidden" name="event" value=screen.event.to_string()/>
            <input type="hidden" name="ticket_type" value=id.to_string()/>
        }
    };
    let on_submit = move |command: Command| {
        move |event: SubmitEvent| {
            event.prevent_default();
            screen.order(command.clone());
        }
    };
    match own.map(|own| (own.state, own.place)) {
        Some((WaitingState::Offered, _)) => view! { <p class="basket-wide field-hint">{words::OFFERED}</p> },
        Some((_, place)) => view! {
            <form class="basket-wide" method="post" action=StopWaiting::url() on:submit=on_submit(Command::StopWaiting(id))>
                {hidden()}
                <span>{words::place_in_list(place)}</span>
                <button class="link-btn" type="submit">
                    {words::STOP_WAITING}
                </button>
            </form>
        },
        None if sold_out => view! {
            <form class="basket-wide" method="post" action=WaitForPlace::url() on:submit=on_submit(Command::Wait(id))>
                {hidden()}
                <button class="link-btn" type="submit" aria-label=words::notify_me_of(name)>
                    {words::TELL_ME}
                </button>
            </form>
        },
        None => ().into_any(),
    }
}
