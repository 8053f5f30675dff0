//! A seat map as one viewer sees it: the plan, what of it is taken, and their own basket.

use serde::{Deserialize, Serialize};

use super::{
    hold::Hold,
    layout::{Row, Section, Spot},
};
use crate::model::waiting_list::OwnWaiting;
use plenum_core::{
    ids::{EventId, Millis, SeatId, SectionId, TicketTypeId},
    sorted::SortedMap,
    time::Zone,
};
use plenum_events::model::{
    event::{EventState, TypeAvailability},
    sale::{Sale, SaleWindow},
    seat::{SeatNow, SeatState},
};
use plenum_wallet::model::Money;

/// What of an event concerns its sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnSale {
    /// The event.
    pub id: EventId,
    /// What it is called.
    pub title: String,
    /// Where it is on its way.
    pub state: EventState,
    /// Its venue's time zone.
    pub zone: Zone,
    /// From when on it is sold, in milliseconds UTC.
    pub sales_from: Millis,
    /// Until when.
    pub sales_until: Millis,
    /// How many places one person can have.
    pub places_each: i64,
}

impl OnSale {
    /// How its sale stands at `now`.
    pub fn sale(&self, now: Millis) -> Sale {
        SaleWindow { state: self.state, sales_from: self.sales_from, sales_until: self.sales_until }.sale(now)
    }
}

/// The seats that are not free; a seat that is not in it is. On the wire the ids of what is sold are differences.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Taken(SortedMap<SeatId, SeatState>);

#[derive(Serialize, Deserialize)]
struct Wire {
    held: Vec<(SeatId, Millis)>,
    sold: Vec<i64>,
}

impl From<Taken> for Wire {
    fn from(taken: Taken) -> Self {
        let (mut held, mut sold, mut last) = (Vec::new(), Vec::new(), 0);
        for (id, state) in taken.0 {
            match state {
                SeatState::Held { until } => held.push((id, until)),
                SeatState::Sold => {
                    sold.push(id.0 - last);
                    last = id.0;
                }
                SeatState::Free => {}
            }
        }
        Self { held, sold }
    }
}

impl From<Wire> for Taken {
    fn from(wire: Wire) -> Self {
        let sold = wire.sold.into_iter().scan(0, |last, step| {
            *last += step;
            Some((SeatId(*last), SeatState::Sold))
        });
        Self(wire.held.into_iter().map(|(id, until)| (id, SeatState::Held { until })).chain(sold).collect())
    }
}

impl Taken {
    /// Those of `seats` that are not free.
    pub fn from_seats(seats: impl Iterator<Item = SeatNow>) -> Self {
        Self(seats.filter(|seat| seat.state != SeatState::Free).map(|seat| (seat.id, seat.state)).collect())
    }

    /// What a seat is, whether or not its time has passed.
    pub fn get(&self, seat: SeatId) -> SeatState {
        self.0.get(&seat).copied().unwrap_or(SeatState::Free)
    }

    /// Sets what a seat is; false if it was that already.
    pub fn set(&mut self, seat: SeatNow) -> bool {
        if self.get(seat.id) == seat.state {
            return false;
        }
        match seat.state {
            SeatState::Free => {
                self.0.remove(&seat.id);
            }
            state => {
                self.0.insert(seat.id, state);
            }
        }
        true
    }

    /// Takes the seats out that were held until `now` or before; they are free.
    pub fn ended(&mut self, now: Millis) -> Vec<SeatId> {
        let mut ended = Vec::new();
        self.0.retain(|id, state| {
            let ends = state.at(now) == SeatState::Free;
            if ends {
                ended.push(*id);
            }
            !ends
        });
        ended
    }

    /// How it is at `now`: what has ended is not in it.
    #[must_use]
    pub fn at(&self, now: Millis) -> Self {
        let mut at = self.clone();
        at.ended(now);
        at
    }
}

/// What a seat is for one viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It can be had.
    Free,
    /// Somebody else holds it.
    Held,
    /// The viewer holds it.
    Yours,
    /// The viewer has bought it.
    Bought,
    /// It is sold to somebody else.
    Sold,
}

/// A seat map, for one viewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatMap {
    /// Of which event.
    pub event: OnSale,
    /// The parts of the hall, in their order.
    pub sections: Vec<Section>,
    /// The ticket types, with what is left of each.
    pub types: Vec<TypeAvailability>,
    /// The rows, section by section, from the stage on.
    pub rows: Vec<Row>,
    /// What of it is taken.
    pub taken: Taken,
    /// The viewer's basket.
    pub hold: Option<Hold>,
    /// How many places the viewer has bought.
    pub bought: i64,
    /// Which seats of them, in their order.
    pub bought_seats: Vec<SeatId>,
    /// Where the viewer waits.
    pub waiting: Vec<OwnWaiting>,
    /// How many look at it.
    pub watching: u32,
    /// The server's clock, in milliseconds UTC.
    pub now: Millis,
}

impl SeatMap {
    /// How many places the viewer may have in a basket: what they have bought counts, too.
    pub fn basket_limit(&self) -> i64 {
        (self.event.places_each - self.bought).max(0)
    }

    /// What a seat is for the viewer at `now`. Their own basket says what is theirs, whatever the seat's own word is.
    pub fn seen(&self, seat: SeatId, now: Millis) -> Seen {
        if self.hold.as_ref().is_some_and(|hold| !hold.is_over(now) && hold.seats.contains(&seat)) {
            return Seen::Yours;
        }
        match self.taken.get(seat).at(now) {
            SeatState::Free => Seen::Free,
            SeatState::Held { .. } => Seen::Held,
            SeatState::Sold if self.bought_seats.contains(&seat) => Seen::Bought,
            SeatState::Sold => Seen::Sold,
        }
    }

    /// A seat and its row.
    pub fn spot(&self, seat: SeatId) -> Option<(&Row, &Spot)> {
        self.rows.iter().find_map(|row| Some((row, row.spots.iter().find(|spot| spot.id == seat)?)))
    }

    /// What a section is called.
    pub fn section(&self, section: SectionId) -> &str {
        self.sections.iter().find(|known| known.id == section).map_or("", |known| &known.name)
    }

    /// What is known of a ticket type.
    pub fn ticket_type(&self, id: TicketTypeId) -> Option<&TypeAvailability> {
        self.types.iter().find(|known| known.id == id)
    }

    /// What a place of a ticket type costs.
    pub fn price(&self, id: TicketTypeId) -> Money {
        self.ticket_type(id).map(|known| known.price).unwrap_or_default()
    }

    /// The same as it is at `now`, without what the clock alone says: two maps that are equal so show the same.
    #[must_use]
    pub fn at(&self, now: Millis) -> Self {
        Self { taken: self.taken.at(now), hold: self.hold.clone().filter(|hold| !hold.is_over(now)), now, watching: 0, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_reads_back() {
        let seats = [
            (7, SeatState::Sold),
            (3, SeatState::Held { until: 5_000 }),
            (4, SeatState::Free),
            (12, SeatState::Sold),
            (9, SeatState::Held { until: 4_000 }),
        ];
        let taken = Taken::from_seats(seats.into_iter().map(|(id, state)| SeatNow { id: SeatId(id), state }));
        let text = serde_json::to_string(&taken).unwrap();
        assert_eq!(text, r#"{"held":[[3,5000],[9,4000]],"sold":[7,5]}"#);
        assert_eq!(serde_json::from_str::<Taken>(&text).unwrap(), taken);
        assert_eq!(taken.get(SeatId(4)), SeatState::Free);
        assert_eq!(taken.clone().ended(4_000), [SeatId(9)]);
        assert_eq!(taken.at(4_000).get(SeatId(3)), SeatState::Held { until: 5_000 });
    }
}
