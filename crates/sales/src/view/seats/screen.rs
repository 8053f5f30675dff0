//! What is on the screen: the map as its viewer sees it, and the few signals that tell what of it has changed. Seats have none; those
//! that change are painted one by one.

use std::collections::VecDeque;

use leptos::prelude::{Update as _, *};

use super::{
    clock::Clock,
    commands::{Command, Unanswered},
    map::Look,
    plan,
};
use crate::view::seats::guest_selection;
use crate::{
    api::seats as api,
    live::own::OwnEvent,
    model::{
        hold::Hold,
        seat_map::{SeatMap, Seen},
        waiting_list::OwnWaiting,
    },
    words::seats as words,
};
use plenum_core::{
    ids::{EventId, Millis, PersonId, SeatId},
    live::{Live, LiveEvent, Snapshot},
    sorted::SortedSet,
};
use plenum_events::{
    live::{event::EventEvent, seats::SeatsEvent},
    model::event::TypeAvailability,
};
use plenum_ui::{
    client::{Connection, use_connection},
    effect, memo,
    page::{Follower, Logged},
    use_query,
};

/// A basket that goes this near to its end has ended, and was not let go.
const NEAR_END: Millis = 1_500;
/// From here on its owner is warned.
const WARNING: Millis = 120_000;

/// How the seats are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shows {
    Map,
    List,
}

/// All of it; copies are the same.
#[derive(Clone, Copy)]
pub struct Screen {
    pub event: EventId,
    pub viewer: Option<PersonId>,
    pub map: StoredValue<SeatMap>,
    pub clock: Clock,
    /// The viewer's basket, and what they have bought.
    pub hold: RwSignal<Option<Hold>>,
    pub types: RwSignal<Vec<TypeAvailability>>,
    pub waiting: RwSignal<Vec<OwnWaiting>>,
    pub watching: RwSignal<u32>,
    /// Raised when seats have changed, for what shows many of them.
    pub changed: RwSignal<u32>,
    /// How often another plan came; then all of it is drawn anew.
    pub plan: RwSignal<u32>,
    /// The server has not answered for these yet.
    pub pending: RwSignal<SortedSet<SeatId>>,
    /// The server has not answered yet, for whatever it was.
    pub busy: RwSignal<bool>,
    /// What a visitor has picked.
    pub picks: RwSignal<Vec<SeatId>>,
    /// A basket that has ended: it can be tried again.
    pub lapsed: RwSignal<Option<Hold>>,
    /// What has come of what the viewer did.
    pub said: RwSignal<String>,
    /// What they must not miss.
    pub alarm: RwSignal<Option<String>>,
    pub shows: RwSignal<Shows>,
    /// The rows of the list that are open.
    pub open: RwSignal<SortedSet<String>>,
    pub zoom: RwSignal<f64>,
    pub queue: StoredValue<VecDeque<Command>>,
    pub unanswered: StoredValue<Option<Unanswered>>,
    /// The alarm that the server was out of reach.
    pub out_of_reach: StoredValue<Option<String>>,
    /// How often the server has told of the basket.
    pub told: StoredValue<u32>,
    warned: StoredValue<Millis>,
    pub follower: Follower,
    pub asking_place: StoredValue<bool>,
    /// There is no line: nobody tells what happens.
    pub away: Memo<bool>,
}

impl Screen {
    /// What `snapshot` shows, for `viewer`.
    pub fn new(snapshot: Snapshot<SeatMap>, viewer: Option<PersonId>) -> Self {
        let Snapshot { state: map, cursors } = snapshot;
        let (query, connection) = (use_query(), use_connection());
        let shown = query.with_untracked(|query| if query.get_str("view") == Some("list") { Shows::List } else { Shows::Map });
        let open = query.with_untracked(|query| query.get("row")).into_iter().collect();
        Self {
            event: map.event.id,
            viewer,
            clock: Clock::at(map.now),
            hold: RwSignal::new(map.hold.clone()),
            types: RwSignal::new(map.types.clone()),
            waiting: RwSignal::new(map.waiting.clone()),
            watching: RwSignal::new(map.watching),
            changed: RwSignal::new(0),
            plan: RwSignal::new(0),
            pending: RwSignal::default(),
            busy: RwSignal::new(false),
            picks: RwSignal::default(),
            lapsed: RwSignal::new(None),
            said: RwSignal::default(),
            alarm: RwSignal::new(None),
            shows: RwSignal::new(shown),
            open: RwSignal::new(open),
            zoom: RwSignal::new(1.0),
            queue: StoredValue::default(),
            unanswered: StoredValue::new(None),
            out_of_reach: StoredValue::new(None),
            told: StoredValue::new(0),
            warned: StoredValue::new(0),
            follower: Follower::new(cursors),
            asking_place: StoredValue::new(false),
            away: memo(move || !connection.with(Connection::is_connected)),
            map: StoredValue::new(map),
        }
    }

    /// Follows what happens, and the clock.
    pub fn follow(self) {
        let person = self.viewer.unwrap_or(PersonId(0));
        self.follower.fetch_with(move || api::map(self.event), move |map| self.replace(map));
        let scope = Signal::stored(Some(self.event));
        self.follow_channel::<SeatsEvent>(scope, move |events| {
            for event in events {
                match event {
                    SeatsEvent::SeatsChanged(changed) => self.clock.hear(changed.at),
                    SeatsEvent::WatchersChanged(watching) => self.clock.hear(watching.at),
                    SeatsEvent::PlanChanged(changed) => self.clock.hear(changed.at),
                }
            }
            if events.iter().any(|event| matches!(event, SeatsEvent::PlanChanged(_))) {
                self.follower.renew();
                return;
            }
            let touched = self.apply(person, events);
            self.repaint(touched.into_iter().flatten());
            self.show();
        });
        self.follow_channel::<EventEvent>(scope, move |events| {
            self.apply(person, events);
            self.show();
            self.ask_place();
        });
        self.follow_channel::<OwnEvent>(Signal::stored(self.viewer), move |events| {
            let concerns = |event: &OwnEvent| matches!(event, OwnEvent::HoldChanged(changed) if changed.event_id == self.event);
            if events.iter().any(concerns) {
                self.told.update_value(|told| *told = told.wrapping_add(1));
            }
            let (before, bought) = self.map.with_value(|map| (map.hold.clone(), map.bought));
            let touched = self.apply(person, events);
            self.repaint(touched.into_iter().flatten());
            self.notice_end(before);
            // A basket that was bought in its last moments has not lapsed.
            if self.map.with_value(|map| map.bought > bought) {
                self.lapsed.set(None);
                self.alarm.set(None);
            }
            self.show();
        });
        self.clock.run(move |now| self.tick(now));
        effect(move |_| self.begin());
        effect(move |_| {
            if !self.away.get() {
                self.reached();
            }
        });
        // There is nothing more to be seen; what is on the screen is as it was.
        effect(move |_| {
            if let Some(reason) = self.follower.ended.get() {
                self.alarm.set(Some(reason));
            }
        });
    }

    fn follow_channel<E>(self, scope: Signal<Option<E::Scope>>, apply: impl Fn(&[E]) + 'static)
    where
        E: LiveEvent,
        E::Scope: Sync,
    {
        self.follower.follow::<E>(scope, Logged::All, move |events| apply(&events));
    }

    fn apply<E>(self, person: PersonId, events: &[E]) -> Vec<<SeatMap as Live<E>>::Touched>
    where
        SeatMap: Live<E>,
    {
        let mut touched = Vec::with_capacity(events.len());
        self.map.update_value(|map| touched.extend(events.iter().map(|event| map.apply(person, event))));
        touched
    }

    /// Tells the signals what the map says now.
    pub fn show(self) {
        self.map.with_value(|map| {
            set_if_other(self.hold, &map.hold);
            set_if_other(self.types, &map.types);
            set_if_other(self.waiting, &map.waiting);
            set_if_other(self.watching, &map.watching);
        });
    }

    /// Paints seats as they are now.
    pub fn repaint(self, seats: impl Iterator<Item = SeatId>) {
        let mut any = false;
        for seat in seats {
            any = true;
            let look = self.look(seat);
            plan::paint(seat, look, &self.name(seat, look));
        }
        if any {
            self.changed.update(|changed| *changed = changed.wrapping_add(1));
        }
    }

    /// What a seat is to be shown as.
    pub fn look(self, seat: SeatId) -> Look {
        if self.pending.with_untracked(|pending| pending.contains(&seat)) {
            return Look::Pending;
        }
        match self.map.with_value(|map| map.seen(seat, self.clock.read())) {
            Seen::Free if self.picks.with_untracked(|picks| picks.contains(&seat)) => Look::Picked,
            Seen::Free => Look::Free,
            Seen::Held => Look::Held,
            Seen::Yours => Look::Yours,
            Seen::Bought => Look::Bought,
            Seen::Sold => Look::Sold,
        }
    }

    /// What a seat is called, with what it is now.
    pub fn name(self, seat: SeatId, look: Look) -> String {
        self.map.with_value(|map| {
            map.spot(seat).map_or_else(String::new, |(row, spot)| {
                words::seat_name(&row.label, spot.number, map.section(row.section), map.price(spot.ticket_type), spot.kind, look.said())
            })
        })
    }

    /// `Row A, seat 14`
    pub fn short_name(self, seat: SeatId) -> String {
        self.map.with_value(|map| map.spot(seat).map_or_else(String::new, |(row, spot)| words::seat(&row.label, spot.number)))
    }

    /// In the browser, once: a visitor's picks, held if they have signed in meanwhile.
    fn begin(self) {
        let kept = guest_selection::kept(self.event);
        if kept.is_empty() {
            return;
        }
        if self.viewer.is_none() {
            self.picks.set(kept.clone());
            self.repaint(kept.into_iter());
            return;
        }
        self.order(Command::HoldWhatIsLeft(kept));
    }

    /// The clock has gone on: what has ended is free, and one's own end is told.
    fn tick(self, now: Millis) {
        let mut ended = Vec::new();
        self.map.update_value(|map| {
            ended = map.taken.ended(now);
        });
        self.repaint(ended.into_iter());
        let Some(hold) = self.map.with_value(|map| map.hold.clone()) else { return };
        let left = hold.until - now;
        if left <= 0 {
            self.unanswered.set_value(None);
            self.map.update_value(|map| map.hold = None);
            self.repaint(hold.seats.iter().copied());
            self.notice_end(Some(hold));
            self.show();
        } else if left <= WARNING && self.warned.get_value() != hold.until {
            self.warned.set_value(hold.until);
            self.alarm.set(Some(words::ending(left)));
        }
    }

    /// Keeps what a basket held that has ended by itself, so that it can be tried again.
    fn notice_end(self, before: Option<Hold>) {
        let (Some(before), None) = (before, self.map.with_value(|map| map.hold.clone())) else { return };
        if before.until - self.clock.read() <= NEAR_END {
            self.lapsed.set(Some(before));
            self.alarm.set(Some(words::TIME_IS_UP.to_owned()));
        } else {
            self.alarm.set(None);
        }
    }
}

fn set_if_other<T: PartialEq + Clone + Send + Sync + 'static>(signal: RwSignal<T>, value: &T) {
    if signal.with_untracked(|known| known != value) {
        signal.set(value.clone());
    }
}
