//! What those who follow an order are told, and how it applies to its page and to a list.

use serde::{Deserialize, Serialize};

use crate::model::orders::{Order, OrderHead, OrderPage, Orders};
use plenum_core::{
    ids::{OrderId, PersonId},
    live::{Drawn, Live},
    live_events,
};
use plenum_events::live::event::EventEvent;
use plenum_events::model::order::OrderState;

/// An order as it is now, for those who look at it (S3-27).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderUpdated {
    pub order_id: OrderId,
    /// What it is called.
    pub order_number: String,
    /// Where it is on its way.
    pub status: OrderState,
    /// The same in a sentence (S3-28).
    pub message: String,
    /// All of it.
    pub order: Order,
}

/// The same for all pages of its owner, which show no more of it than a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnOrderUpdated {
    pub order_id: OrderId,
    /// What it is called.
    pub order_number: String,
    /// Where it is on its way.
    pub status: OrderState,
    /// The same in a sentence (S3-28).
    pub message: String,
    /// Its line in the list.
    pub head: OrderHead,
}

live_events! {
    /// What happens to one order.
    pub enum OrderEvent on Channel::Order(OrderId) {
        #[doc = "The order as it is now: its basket changed, it was paid, given back, cancelled, or it expired."]
        OrderUpdated(OrderUpdated) = "order.updated", state(|_| "order".to_owned());
    }
}

live_events! {
    /// What happens to one's own orders.
    pub enum OwnOrderEvent on Channel::Person(PersonId) {
        #[doc = "One of one's own orders, as it is now."]
        OrderUpdated(OwnOrderUpdated) = "order.updated", state(|updated| format!("order:{}", updated.order_id));
    }
}

impl Live<OrderEvent> for OrderPage {
    /// It has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &OrderEvent) -> bool {
        let OrderEvent::OrderUpdated(updated) = event;
        let touched = updated.order.id == self.order.id && updated.order != self.order;
        if touched {
            self.order.clone_from(&updated.order);
        }
        touched
    }
}

impl Live<EventEvent> for OrderPage {
    /// What it says of the event only the server knows.
    type Touched = Drawn;

    fn apply(&mut self, _: PersonId, event: &EventEvent) -> Drawn {
        if matches!(event, EventEvent::EventChanged(_)) { Drawn::Anew } else { Drawn::Nothing }
    }
}

impl Orders {
    /// Adds the page of older ones that was asked for.
    pub fn append(&mut self, older: Self) {
        let floor = self.floor;
        self.orders.extend(older.orders.into_iter().filter(|order| order.id.0 < floor));
        self.floor = older.floor;
    }
}

impl Live<OwnOrderEvent> for Orders {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &OwnOrderEvent) -> bool {
        let OwnOrderEvent::OrderUpdated(OwnOrderUpdated { head: changed, .. }) = event;
        let known = self.orders.iter().position(|known| known.id == changed.id);
        if !self.show.holds(changed.state) {
            return known.map(|place| self.orders.remove(place)).is_some();
        }
        if let Some(known) = known.and_then(|place| self.orders.get_mut(place)) {
            let touched = known != changed;
            known.clone_from(changed);
            return touched;
        }
        if changed.id.0 < self.floor {
            return false;
        }
        let place = self.orders.partition_point(|known| known.id > changed.id);
        self.orders.insert(place, changed.clone());
        true
    }
}
