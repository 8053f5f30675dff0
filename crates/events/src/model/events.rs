//! Events as those who look see them: one of them, its page, and the list.

use serde::{Deserialize, Serialize};

use super::{
    event::{Availability, EventState},
    sale::{Sale, SaleWindow},
};
use plenum_core::{
    ids::{ConversationId, EventId, Millis, PictureId, SpaceId},
    people::PersonCard,
    time::Zone,
};
use plenum_messages::spaces::model::Roll;
use plenum_wallet::model::Money;

/// Events of one page of the list; each is followed.
pub const PAGE: usize = 24;

/// Where an event takes place.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema), sqlx(rename_all = "lowercase"))]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "ssr", schema(as = EventPlace))]
pub enum Place {
    /// In a place that one goes to.
    #[default]
    Hall,
    /// Online.
    Virtual,
}

/// An event, the same for everyone who may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which.
    pub id: EventId,
    /// What its ticket holders are in.
    pub space_id: SpaceId,
    /// Where it is on its way.
    pub state: EventState,
    /// What it is called.
    pub title: String,
    /// The description as HTML; empty in lists.
    pub html: String,
    /// Hall or virtual.
    pub place: Place,
    /// Where, in words.
    pub venue: String,
    /// The venue's time zone, with the offsets that the event's times need.
    pub zone: Zone,
    /// When the doors open.
    pub doors_at: Option<Millis>,
    /// When it begins.
    pub starts_at: Millis,
    /// When it ends.
    pub ends_at: Millis,
    /// From when on places are sold.
    pub sales_from: Millis,
    /// Until when.
    pub sales_until: Millis,
    /// Places that one person can have.
    pub places_each: i64,
    /// Its picture, at `/pictures/{id}`.
    pub picture: Option<PictureId>,
    /// Why it was postponed or cancelled.
    pub note: String,
    /// Raised by every change.
    pub version: i64,
}

/// What a countdown counts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead {
    /// The event begins.
    Start(Millis),
    /// It ends.
    End(Millis),
    /// Nothing.
    Nothing,
}

impl Event {
    /// How its sale stands at `now`.
    pub fn sale(&self, now: Millis) -> Sale {
        SaleWindow { state: self.state, sales_from: self.sales_from, sales_until: self.sales_until }.sale(now)
    }

    /// What comes next.
    pub fn ahead(&self) -> Ahead {
        match self.state {
            EventState::Draft | EventState::Published => Ahead::Start(self.starts_at),
            EventState::Live => Ahead::End(self.ends_at),
            EventState::Ended | EventState::Postponed | EventState::Cancelled => Ahead::Nothing,
        }
    }
}

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventCard {
    /// The event, without its description.
    pub event: Event,
    /// How many places there are in all.
    pub capacity: i64,
    /// How many can be held now.
    pub available: i64,
    /// The lowest price, if there is any.
    pub from: Option<Money>,
}

impl EventCard {
    /// With what is left now.
    pub fn of(event: Event, availability: &Availability) -> Self {
        let mut card = Self { event: Event { html: String::new(), ..event }, capacity: 0, available: 0, from: None };
        card.take(availability);
        card
    }

    /// Takes in what is left now.
    pub fn take(&mut self, availability: &Availability) {
        let types = &availability.ticket_types;
        self.capacity = types.iter().map(|of| of.capacity).sum();
        self.available = types.iter().map(|of| of.available).sum();
        self.from = types.iter().map(|of| of.price).min_by_key(|price| price.amount);
    }
}

/// A page of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventList {
    /// By the time they begin.
    pub cards: Vec<EventCard>,
    /// Where the next page begins, if there is one.
    pub next: Option<u32>,
    /// Who looks may make events.
    pub may_create: bool,
    /// Who looks runs an event, or may make one: there is something of their own to be shown.
    pub has_own: bool,
}

/// When the events of a list are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "lowercase", const_into_str)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// All that are not over.
    #[default]
    Coming,
    /// Within seven days.
    Week,
    /// Within thirty.
    Month,
    /// Those that are over.
    Past,
}

/// Which events a list shows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Filter {
    /// Words of title, venue or description.
    #[serde(default)]
    pub q: String,
    /// When.
    #[serde(default)]
    pub when: When,
    /// Only in halls, or only virtual ones.
    #[serde(default)]
    pub place: Option<Place>,
    /// Only those with places left.
    #[serde(default)]
    pub free: bool,
    /// Only those that who looks runs, drafts too.
    #[serde(default)]
    pub mine: bool,
    /// How many to leave out: where the page begins.
    #[serde(default)]
    pub from: u32,
}

/// The page of an event, as one person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPage {
    /// The event.
    pub event: Event,
    /// What is left.
    pub availability: Availability,
    /// Who looks runs it.
    pub runs: bool,
    /// Who looks is one of its ushers.
    pub ushers: bool,
    /// Those who run it, for people of the organisation.
    pub organisers: Vec<PersonCard>,
    /// What its members see; none for all others.
    pub inside: Option<Inside>,
}

/// What the members of an event's space see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// The event's room.
    pub room: Option<ConversationId>,
    /// Who else is coming.
    pub roll: Roll,
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    /// An event that begins at 100 and ends at 200; places are sold from 10 until 100.
    pub fn event(state: EventState) -> Event {
        Event {
            id: EventId(1),
            space_id: SpaceId(1),
            state,
            title: "Gala".into(),
            html: String::new(),
            place: Place::Hall,
            venue: "Great hall".into(),
            zone: Zone::default(),
            doors_at: None,
            starts_at: 100,
            ends_at: 200,
            sales_from: 10,
            sales_until: 100,
            places_each: 6,
            picture: None,
            note: String::new(),
            version: 1,
        }
    }

    #[test]
    fn what_comes_next_is_its_start_or_its_end() {
        let published = event(EventState::Published);
        assert_eq!((published.ahead(), event(EventState::Live).ahead()), (Ahead::Start(100), Ahead::End(200)));
        assert_eq!(event(EventState::Cancelled).ahead(), Ahead::Nothing);
    }

    #[test]
    fn names_read_back() {
        assert!(Place::VARIANTS.iter().copied().all(|place| place.into_str().parse() == Ok(place)));
        assert!(When::VARIANTS.iter().copied().all(|when| when.into_str().parse() == Ok(when)));
        assert!("moon".parse::<Place>().is_err());
        assert_eq!("never".parse::<When>().unwrap_or_default(), When::Coming);
    }
}
