//! The words of orders.

use crate::model::orders::{Line, LineState, Show};
use plenum_events::model::{
    order::{OrderAction, OrderState},
    seat::SeatKind,
};
use plenum_wallet::model::{Money, card::CardState};

pub const ORDERS: &str = "Your orders";
pub const NONE: &str = "No orders yet";
pub const NONE_TEXT: &str = "Choose places at an event, and what you buy stands here.";
pub const NONE_OF_THESE: &str = "There are no such orders.";
pub const TO_EVENTS: &str = "Events";
pub const FILTER: &str = "Which orders";
pub const OLDER: &str = "Show older ones";
pub const NEWEST: &str = "Back to the newest";
pub const ALL: &str = "All orders";

pub fn show(show: Show) -> &'static str {
    match show {
        Show::All => "All",
        Show::Open => "To pay",
        Show::Paid => "Paid",
        Show::Ended => "Ended",
    }
}

/// Where an order is on its way.
pub fn state(state: OrderState) -> &'static str {
    match state {
        OrderState::Draft => "Being made",
        OrderState::AwaitingPayment => "Not paid yet",
        OrderState::Paid => "Paid",
        OrderState::PartlyRefunded => "Partly refunded",
        OrderState::Refunded => "Refunded",
        OrderState::Cancelled => "Cancelled",
        OrderState::Expired => "Expired",
    }
}

/// What its owner is told of an order that has changed (S3-28).
pub fn message(number: &str, state: OrderState) -> String {
    match state {
        OrderState::Paid => format!("Your order {number} is paid. Your tickets are ready."),
        OrderState::Cancelled => format!("Your order {number} was cancelled."),
        OrderState::Refunded => format!("Your order {number} was refunded."),
        OrderState::PartlyRefunded => format!("Some of your order {number} was refunded."),
        OrderState::Expired => format!("Your order {number} has expired: its places were held no longer."),
        OrderState::Draft | OrderState::AwaitingPayment => format!("Your order {number} was updated."),
    }
}

/// Why something cannot be done to an order.
pub fn cannot(state: OrderState, action: OrderAction) -> String {
    let is = match state {
        OrderState::Draft | OrderState::AwaitingPayment => "has not been paid",
        OrderState::Paid => "is paid already",
        OrderState::PartlyRefunded => "is paid already, and some of it was refunded",
        OrderState::Refunded => "was refunded",
        OrderState::Cancelled => "was cancelled",
        OrderState::Expired => "has expired",
    };
    let ends = match action {
        OrderAction::RefundSome | OrderAction::RefundAll => ": there is nothing to give back",
        _ => "",
    };
    format!("This order {is}{ends}.")
}

pub const HOLD_OVER: &str = "The time to pay for these places has passed, and nothing was charged. Choose them again.";
pub const NO_SALE: &str = "Places of this event are not sold any more. Nothing was charged.";
pub const EMPTY: &str = "There is nothing in this basket.";
/// It costs something else than what was seen.
pub fn changed(total: Money) -> String {
    format!("The basket has changed: it costs {total} now. Nothing was charged; look at it again.")
}
/// There is not enough in the wallet.
pub fn too_little(missing: Money) -> String {
    format!(
        "There is not enough in the wallet: {missing} is missing. Nothing was charged, and the places stay yours until their time ends."
    )
}
/// What a statement says of a payment.
pub fn payment_note(title: &str, number: &str) -> String {
    format!("{title} · order {number}")
}
/// What a statement says of a refund.
pub fn refund_note(title: &str, number: &str) -> String {
    format!("Refund: {title} · order {number}")
}
/// A notification.
pub fn paid_title(title: &str) -> String {
    format!("You have places at {title}")
}
/// A notification.
pub fn refunded_title(money: &str, title: &str) -> String {
    format!("{money} was refunded: {title}")
}
pub const USED: &str = "One of these tickets was used at the door. Say that it is to be refunded although it was used.";
pub const NOT_COVERED: &str = "The institution's account does not cover this refund.";
pub const EVENT_CANCELLED: &str = "The event was cancelled.";

/// A seat's kind, beside its ticket type; the most common one is not said.
pub fn kind(kind: SeatKind) -> Option<&'static str> {
    match kind {
        SeatKind::Standard => None,
        SeatKind::Accessible => Some("wheelchair place"),
        SeatKind::Companion => Some("companion"),
        SeatKind::Restricted => Some("restricted view"),
    }
}
/// A place: "Row E, seat 12", or what one stands as.
pub fn place(line: &Line) -> String {
    line.seat.as_ref().map_or_else(|| line.ticket_type.clone(), |seat| format!("Row {}, seat {}", seat.row, seat.number))
}
/// What is known of a place beside its name.
pub fn about(line: &Line) -> String {
    let Some(seat) = &line.seat else { return "Standing".to_owned() };
    let mut parts = vec![seat.section.clone()];
    if seat.section != line.ticket_type {
        parts.push(line.ticket_type.clone());
    }
    parts.extend(kind(seat.kind).map(ToOwned::to_owned));
    parts.join(" · ")
}
/// What has become of a line; what most are is not said.
pub fn line_state(state: LineState) -> Option<&'static str> {
    match state {
        LineState::Open | LineState::Sold => None,
        LineState::Refunded => Some("Refunded"),
        LineState::Void => Some("Given up"),
    }
}
/// How many places.
pub fn places(count: usize) -> String {
    if count == 1 { "1 place".to_owned() } else { format!("{count} places") }
}

/// The order's page.
pub fn order(number: &str) -> String {
    format!("Order {number}")
}
pub const PLACES: &str = "Places";
pub const WHAT_HAPPENED: &str = "What happened";
pub const SUBTOTAL: &str = "Places together";
/// A line of a sum.
pub fn promo(code: &str) -> String {
    format!("Promo {code}")
}
pub const TO_PAY: &str = "To pay";
pub const TOTAL: &str = "Paid";
pub const NOT_PAID: &str = "Not paid";
pub const REFUNDED: &str = "Refunded";
pub const TICKET: &str = "Ticket";
/// Of which ticket a link is, for screen readers.
pub fn ticket_of(place: &str) -> String {
    format!("of {place}")
}
pub const EVENT: &str = "Event";
pub const WHEN: &str = "When";
pub const VENUE: &str = "Where";
pub const BUYER: &str = "Bought by";
pub const MADE: &str = "Ordered";
pub const PAID: &str = "Paid";
/// Something that happened.
pub fn given_back(money: Money, count: usize) -> String {
    format!("{money} refunded for {}", places(count))
}
/// Who gave something back, and why.
pub fn because(by: Option<&str>, reason: &str) -> String {
    by.map_or_else(|| reason.to_owned(), |by| format!("{by}: {reason}"))
}

pub const HELD: &str = "Held for you";
/// Until when, for whoever has none.
pub fn held_until(clock: &str) -> String {
    format!("Held for you until {clock}")
}
pub const ENDS_SOON: &str = "The time to pay is running out.";
pub const FIND: &str = "Anybody’s orders";
pub const FIND_LABEL: &str = "Order number, name or address";
pub const FIND_BUTTON: &str = "Find";
pub const NONE_FOUND: &str = "No order has that in its number, or in its buyer’s name or address.";
pub const MORE_TIME: &str = "More time";
pub const HELD_OVER: &str = "The time to pay has passed. Nothing was charged.";
pub const CHOOSE_AGAIN: &str = "Choose places again";

pub const CHECK_OUT: &str = "Check out";
pub fn pay(available: Money) -> String {
    format!("Pay from wallet · {available} available")
}
pub const TAKE: &str = "Take the places · free";
/// The button that leads to the gateway's page.
pub fn pay_by_card(total: Money) -> String {
    format!("Pay {total} by card")
}
pub const CARD_HINT: &str = "You pay on the payment gateway’s page. Your places stay held while it works.";
pub const CARD_LATE: &str = "If the payment comes too late, put the money into my wallet instead of back on the card";
pub const CARD_LEADING: &str = "Opening the payment page…";
pub const CARD_GO_ON: &str = "Go on to the payment page";
pub const COSTS_NOTHING: &str = "This order costs nothing. Take the places without a card.";
/// What the page says of an order's payment by card; nothing where the order says enough.
pub fn card(state: CardState, order: OrderState) -> Option<&'static str> {
    match (state, order) {
        (CardState::Open, OrderState::AwaitingPayment) => Some("Paying by card… This page shows it as soon as the payment is confirmed."),
        (CardState::Closed, OrderState::AwaitingPayment) => Some("The card payment was not made. Nothing was charged."),
        (CardState::Credited, _) => Some("A card payment came too late. The money is in the wallet."),
        (CardState::Returning, _) => Some("A card payment came too late. The money goes back to the card."),
        (CardState::Returned, _) => Some("A card payment came too late. The money was returned to the card."),
        _ => None,
    }
}
pub const CONFIRMING: &str = "Confirming…";
pub const PROMISE: &str = "Nothing is charged before the seats are yours.";
/// There is not enough.
pub fn missing(missing: Money) -> String {
    format!("There is not enough in your wallet: {missing} is missing.")
}
pub fn add_missing(added: Money) -> String {
    format!("Add {added} to the wallet")
}
pub const ADD_MISSING_HINT: &str = "You come back here to pay. Your places stay held until their time ends.";
pub const NOTHING_MISSING: &str = "There is enough in your wallet by now. Pay the order.";
pub const LATER: &str = "Order, and pay in time";
pub const LATER_HINT: &str = "The order keeps the places until their time ends, not longer.";
pub const PROMO_CODE: &str = "Promo code";
pub const APPLY: &str = "Apply";
pub const REMOVE: &str = "Remove";
pub const CHANGE: &str = "Change the promo code";
pub const DONE_PAID: &str = "It is paid, and the places are yours.";
pub const DONE_CANCELLED: &str = "The order is cancelled, and its places are free.";
pub const DONE_REFUNDED: &str = "It is refunded, and its places are free.";
pub const CANCEL: &str = "Cancel the order";

pub const REFUND: &str = "Refund";
/// What the form does.
pub const REFUND_ABOUT: &str =
    "The money goes back to the buyer's wallet at once; the places are free, and their tickets admit nobody any more.";
pub const REFUND_LINES: &str = "Which places";
pub const REASON: &str = "Reason";
pub const REASON_HINT: &str = "The buyer reads it.";
pub const ALTHOUGH_USED: &str = "Refund also what was used at the door";
pub const REFUND_NOW: &str = "Refund these places";

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// S3-28: paid, cancelled, refunded, and a default.
    #[test]
    fn an_order_tells_its_owner_what_happened() {
        for (state, word) in [
            (OrderState::Paid, "paid"),
            (OrderState::Cancelled, "cancelled"),
            (OrderState::Refunded, "refunded"),
            (OrderState::AwaitingPayment, "updated"),
        ] {
            let text = message("K7QD-2MXB", state);
            assert!(text.contains("K7QD-2MXB") && text.contains(word), "{text}");
        }
    }

    /// Whatever cannot be done is said in a sentence that names what stands in the way.
    #[test]
    fn a_refusal_names_what_is() {
        for &state in OrderState::VARIANTS {
            for &action in OrderAction::VARIANTS {
                assert!(cannot(state, action).starts_with("This order ") && cannot(state, action).ends_with('.'));
            }
        }
    }
}
