//! The basket: what is held for whoever looks, until when, and what can be done about it. Each button is a form, for pages without
//! scripts.

use leptos::{ev::SubmitEvent, prelude::*};
use server_fn::ServerFn as _;

use super::{commands::Command, places, screen::Screen};
use crate::{
    api::seats::{ExtendHold, HoldBest, HoldSeats, HoldStanding, LetSeatGo, ReleaseHold, StopWaiting, WaitForPlace},
    model::{
        hold::{Hold, Places},
        orders::Quote,
        seat_map::SeatMap,
    },
    view::orders::CheckOut,
    words::seats as words,
};
use plenum_core::ids::{Millis, SeatId};
use plenum_ui::{
    Icon, dynamic,
    forms::{Failure, failure},
    memo,
    redirect::sign_in_path,
    time_left, view,
};
use plenum_wallet::model::Money;

/// The last minutes are shown as running out.
const SOON: Millis = 120_000;

/// The basket, what of it can be paid beneath it, places without seats, and what is left.
pub fn basket(screen: Screen, quote: Option<Quote>) -> AnyView {
    let open = RwSignal::new(false);
    let hold = screen.hold;
    let count = memo(move || hold.with(|hold| hold.as_ref().map_or(0, Hold::places)));
    let most = move || screen.map.with_value(SeatMap::basket_limit);
    let line = memo(move || hold.with(|hold| hold.as_ref().map(|hold| words::basket_line(hold.places(), total(screen, hold)))));
    let pay = view! { <CheckOut hold first=quote/> };
    view! {
        <section class="basket" aria-labelledby="basket-title" data-open=move || open.get().then_some("")>
            <div class="basket-bar">
                <h2 id="basket-title">{words::YOUR_SEATS}</h2>
                <span class="basket-line">
                    {dynamic(move || line.get())} " " {time(screen)}
                </span>
                <span class="muted basket-most">{dynamic(move || words::of_at_most(count.get(), most()))}</span>
                <button
                    class="btn basket-toggle"
                    type="button"
                    data-size="s"
                    aria-controls="basket"
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {dynamic(move || if open.get() { words::HIDE_BASKET } else { words::SHOW_BASKET })}
                </button>
            </div>
            {told(screen)}
            <div class="basket-body stack" id="basket">
                {held(screen)}
                {lapsed(screen)}
                {picked(screen)}
                {bought(screen)}
                {pay}
                {places::places(screen)}
                {places::left(screen)}
            </div>
        </section>
    }
}

/// What one must not miss, and what has come of what one did.
fn told(screen: Screen) -> AnyView {
    let (alarm, said, busy) = (screen.alarm, screen.said, screen.busy);
    let refused = [
        failure(ServerAction::<HoldSeats>::new()),
        failure(ServerAction::<HoldStanding>::new()),
        failure(ServerAction::<HoldBest>::new()),
        failure(ServerAction::<LetSeatGo>::new()),
        failure(ServerAction::<ExtendHold>::new()),
        failure(ServerAction::<ReleaseHold>::new()),
        failure(ServerAction::<WaitForPlace>::new()),
        failure(ServerAction::<StopWaiting>::new()),
    ];
    let refused = refused.into_iter().map(|failure| view! { <Failure failure/> }).collect_view();
    view! {
        {refused}
        {dynamic(move || alarm.get().map(alert))}
        <p class="basket-status field-hint" role="status">
            {dynamic(move || if busy.get() { words::CONFIRMING.to_owned() } else { said.get() })}
        </p>
    }
}

/// Announced at once: an end, a refusal.
fn alert(text: String) -> AnyView {
    view! {
        <p class="notice" data-tone="live" role="alert">
            <Icon name="clock"/>
            <span>{text}</span>
        </p>
    }
}

/// What all of it costs.
fn total(screen: Screen, hold: &Hold) -> Money {
    screen.map.with_value(|map| {
        let seats = hold.seats.iter().filter_map(|seat| map.spot(*seat)).map(|(_, spot)| map.price(spot.ticket_type));
        let standing = hold.standing.iter().map(|places| {
            let price = map.price(places.ticket_type_id);
            Money { amount: price.amount.saturating_mul(places.quantity), ..price }
        });
        seats.chain(standing).fold(Money::default(), |sum, price| Money::new(sum.amount.saturating_add(price.amount), price.currency))
    })
}

/// How long it is held yet.
fn time(screen: Screen) -> AnyView {
    let (hold, now) = (screen.hold, screen.clock.now);
    let left = memo(move || hold.with(|hold| hold.as_ref().map(|hold| time_left(hold.until - now.get()))));
    dynamic(move || left.get().map(|left| view! { <b class="basket-time" role="timer">{left}</b> }))
}

/// A command on its way from a form.
fn on_submit(screen: Screen, command: impl Fn() -> Command + 'static) -> impl Fn(SubmitEvent) + 'static {
    move |event| {
        event.prevent_default();
        screen.order(command());
    }
}

fn held(screen: Screen) -> AnyView {
    let (hold, now, event) = (screen.hold, screen.clock.now, screen.event);
    dynamic(move || {
        let Some(hold) = hold.get() else {
            let empty = screen.lapsed.with(Option::is_none) && screen.picks.with(Vec::is_empty);
            return empty.then(|| nothing(screen));
        };
        let (id, until) = (hold.id, hold.until);
        let soon = memo(move || until - now.get() <= SOON);
        let total = total(screen, &hold);
        let more = (hold.extensions_left > 0).then(|| {
            view! {
                <form method="post" action=ExtendHold::url() on:submit=on_submit(screen, || Command::Extend)>
                    <input type="hidden" name="event" value=event.to_string()/>
                    <input type="hidden" name="hold" value=id.to_string()/>
                    <button class="link-btn" type="submit">
                        {words::MORE_TIME}
                    </button>
                </form>
            }
        });
        let seats = hold.seats.iter().map(|seat| seat_line(screen, id.0, *seat)).collect_view();
        let standing = hold.standing.iter().map(|places| standing_line(screen, *places)).collect_view();
        Some(view! {
            <div class="basket-held" data-soon=move || soon.get().then_some("")>
                <span>{words::HELD_FOR_YOU} " " {time(screen)}</span>
                {more}
            </div>
            <ul class="basket-lines" aria-labelledby="basket-title">
                {seats}
                {standing}
            </ul>
            <p class="basket-total">
                <span>{words::TOTAL}</span>
                <b>{total.to_string()}</b>
            </p>
            <form method="post" action=ReleaseHold::url() on:submit=on_submit(screen, || Command::Release)>
                <input type="hidden" name="event" value=event.to_string()/>
                <input type="hidden" name="hold" value=id.to_string()/>
                <button class="btn" type="submit" data-kind="quiet">
                    {words::LEAVE}
                </button>
            </form>
        })
    })
}

/// Nothing is held, picked or lost.
fn nothing(screen: Screen) -> AnyView {
    let has_seats = screen.map.with_value(|map| !map.rows.is_empty());
    let text = if has_seats { words::NOTHING_YET } else { words::NO_PLACES_YET };
    let door = screen.viewer.is_none().then(|| view! { <p>{door(screen, words::SIGN_IN_TO_CHOOSE)}</p> });
    view! {
        <p class="muted">{text}</p>
        {door}
    }
}

/// Leads a visitor to the door, and back here.
fn door(screen: Screen, label: &'static str) -> AnyView {
    // The door is another page: what is picked waits in this tab.
    let path = sign_in_path(&format!("/events/{}/seats", screen.event));
    view! {
        <a class="btn" data-kind="primary" href=path>
            {label}
        </a>
    }
}

fn about(screen: Screen, seat: SeatId) -> (String, String, Money) {
    screen.map.with_value(|map| {
        map.spot(seat).map_or_else(Default::default, |(row, spot)| {
            let kind = words::kind_in_legend(spot.kind).to_lowercase();
            (words::seat(&row.label, spot.number), format!("{} · {kind}", map.section(row.section)), map.price(spot.ticket_type))
        })
    })
}

fn seat_line(screen: Screen, hold: i64, seat: SeatId) -> AnyView {
    let (name, where_it_is, price) = about(screen, seat);
    let label = words::let_go(&name);
    view! {
        <li>
            <span>
                {name} <small class="muted">{where_it_is}</small>
            </span>
            <span>{price.to_string()}</span>
            <form method="post" action=LetSeatGo::url() on:submit=on_submit(screen, move || Command::LetGo(seat))>
                <input type="hidden" name="event" value=screen.event.to_string()/>
                <input type="hidden" name="hold" value=hold.to_string()/>
                <input type="hidden" name="seat" value=seat.to_string()/>
                {cross(label)}
            </form>
        </li>
    }
}

fn standing_line(screen: Screen, places: Places) -> AnyView {
    let Places { ticket_type_id, quantity } = places;
    let (name, price) = screen
        .map
        .with_value(|map| (map.ticket_type(ticket_type_id).map(|known| known.name.clone()).unwrap_or_default(), map.price(ticket_type_id)));
    let price = Money { amount: price.amount.saturating_mul(quantity), ..price };
    let label = words::let_go(&name);
    view! {
        <li>
            <span>{words::times(quantity, &name)}</span>
            <span>{price.to_string()}</span>
            <form method="post" action=HoldStanding::url() on:submit=on_submit(screen, move || Command::Stand(ticket_type_id, 0))>
                <input type="hidden" name="event" value=screen.event.to_string()/>
                <input type="hidden" name="ticket_type" value=ticket_type_id.to_string()/>
                <input type="hidden" name="quantity" value="0"/>
                {cross(label)}
            </form>
        </li>
    }
}

fn cross(label: String) -> AnyView {
    view! {
        <button class="btn icon-btn" data-kind="quiet" data-size="s" type="submit" title=label.clone() aria-label=label.clone()>
            <Icon name="close"/>
        </button>
    }
}

/// What a basket held that has ended: one click tries to hold it again.
fn lapsed(screen: Screen) -> AnyView {
    let lapsed = screen.lapsed;
    dynamic(move || {
        let hold = lapsed.get().filter(|_| screen.hold.with(Option::is_none))?;
        let names = hold.seats.iter().map(|seat| view! { <li>{screen.short_name(*seat)}</li> }).collect_view();
        let standing = hold.standing.iter().map(|places| {
            let name = screen.map.with_value(|map| map.ticket_type(places.ticket_type_id).map(|known| known.name.clone()));
            view! { <li>{words::times(places.quantity, &name.unwrap_or_default())}</li> }
        });
        let standing = standing.collect_view();
        let again = move |_| {
            screen.alarm.set(None);
            if !hold.seats.is_empty() {
                screen.order(Command::HoldWhatIsLeft(hold.seats.clone()));
            }
            for places in &hold.standing {
                screen.order(Command::Stand(places.ticket_type_id, places.quantity));
            }
        };
        let forget = move |_| {
            screen.alarm.set(None);
            lapsed.set(None);
        };
        Some(view! {
            <ul class="basket-lost">
                {names}
                {standing}
            </ul>
            <div class="form-actions">
                <button class="btn" type="button" data-kind="primary" on:click=again>
                    {words::HOLD_AGAIN}
                </button>
                <button class="btn" type="button" data-kind="quiet" on:click=forget>
                    {words::FORGET}
                </button>
            </div>
        })
    })
}

/// What a visitor has picked.
fn picked(screen: Screen) -> AnyView {
    let picks = screen.picks;
    dynamic(move || {
        let picked = picks.get();
        if picked.is_empty() {
            return None;
        }
        let lines = picked
            .into_iter()
            .map(|seat| {
                let (name, where_it_is, price) = about(screen, seat);
                let label = words::let_go(&name);
                view! {
                    <li>
                        <span>
                            {name} <small class="muted">{where_it_is}</small>
                        </span>
                        <span>{price.to_string()}</span>
                        <button
                            class="btn icon-btn"
                            data-kind="quiet"
                            data-size="s"
                            type="button"
                            title=label.clone()
                            aria-label=label.clone()
                            on:click=move |_| screen.press(seat)
                        >
                            <Icon name="close"/>
                        </button>
                    </li>
                }
            })
            .collect_view();
        Some(view! {
            <p class="muted">{words::NOT_HELD_YET}</p>
            <ul class="basket-lines" aria-labelledby="basket-title">
                {lines}
            </ul>
            {door(screen, words::SIGN_IN_TO_HOLD)}
        })
    })
}

fn bought(screen: Screen) -> AnyView {
    let bought = screen.map.with_value(|map| map.bought);
    (bought > 0).then(|| view! { <p class="muted">{words::bought(bought)}</p> }).into_any()
}
