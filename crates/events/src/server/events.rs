//! Events as rows: who sees one, who may change it, and what everyone is told of it.

use sqlx::AssertSqlSafe;

use super::availability;
use crate::server::access::{is_run_by, require_organiser_of};
use crate::{
    live::event::{DraftChanged, DraftEvent, EventEvent},
    model::{
        event::EventState,
        events::{Event, Place},
    },
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, OrganisationId, PersonId, PictureId, SpaceId},
    people::{Identity, Role},
    time::Zone,
};
use plenum_directory::server::roles_of;
use plenum_store::{
    db::{Conn, Tx},
    zones,
};
use plenum_wallet::model::Currency;
use plenum_web::security;

/// Who looks: somebody of the organisation, or a visitor of its pages.
#[derive(Debug, Clone)]
pub struct EventViewer {
    /// Whose events they see.
    pub organisation: OrganisationId,
    /// Who, if somebody is signed in.
    pub who: Option<Identity>,
}

impl EventViewer {
    /// Who looks at the pages of `host`.
    ///
    /// # Errors
    /// 404 if there is no organisation yet.
    pub async fn find(conn: &mut Conn, who: Option<Identity>, host: &str) -> AppResult<Self> {
        let organisation = match &who {
            Some(who) => who.organisation,
            None => security::organisation_of(conn, host).await?.id,
        };
        Ok(Self { organisation, who })
    }

    /// Who, if somebody is signed in.
    pub fn person(&self) -> Option<PersonId> {
        self.who.as_ref().map(|who| who.person)
    }
}

/// The columns of a [`Row`], of `events e`.
pub const COLUMNS: &str =
    "e.id, e.organisation_id, e.space_id, e.state, e.title, e.description, e.html, e.place, e.venue, e.address, e.zone, e.doors_at,
    e.starts_at, e.ends_at, e.sales_from, e.sales_until, e.currency, e.places_each, e.picture_id, e.note, e.version, e.published_at";

/// An event's row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Row {
    pub id: EventId,
    pub organisation_id: OrganisationId,
    pub space_id: SpaceId,
    pub state: EventState,
    pub title: String,
    pub description: String,
    pub html: String,
    pub place: Place,
    pub venue: String,
    /// Where one takes part online; in nothing that everyone sees.
    pub address: String,
    pub zone: String,
    pub doors_at: Option<Millis>,
    pub starts_at: Millis,
    pub ends_at: Millis,
    pub sales_from: Millis,
    pub sales_until: Millis,
    pub currency: Currency,
    pub places_each: i64,
    pub picture_id: Option<PictureId>,
    pub note: String,
    pub version: i64,
    pub published_at: Option<Millis>,
}

/// The offsets of a zone that the instants from `first` to `last` need.
fn around(zone: Zone, first: Millis, last: Millis) -> Zone {
    let Zone { name, offsets } = zone;
    let begin = offsets.partition_point(|(from, _)| *from <= first).saturating_sub(1);
    let end = offsets.partition_point(|(from, _)| *from <= last).max(begin + 1);
    Zone { name, offsets: offsets.get(begin..end.min(offsets.len())).map(<[_]>::to_vec).unwrap_or_default() }
}

impl Row {
    /// As everyone sees it.
    pub fn event(self) -> Event {
        let times = [Some(self.starts_at), Some(self.ends_at), Some(self.sales_from), Some(self.sales_until), self.doors_at];
        let (first, last) = (times.iter().flatten().min(), times.iter().flatten().max());
        let zone = zones::zone(&self.zone);
        Event {
            zone: around(zone, first.copied().unwrap_or_default(), last.copied().unwrap_or_default()),
            id: self.id,
            space_id: self.space_id,
            state: self.state,
            title: self.title,
            html: self.html,
            place: self.place,
            venue: self.venue,
            doors_at: self.doors_at,
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            sales_from: self.sales_from,
            sales_until: self.sales_until,
            places_each: self.places_each,
            picture: self.picture_id,
            note: self.note,
            version: self.version,
        }
    }

    /// It was published, and has not been withdrawn since.
    pub fn is_public(&self) -> bool {
        self.state != EventState::Draft && self.published_at.is_some()
    }
}

/// The row of an event.
///
/// # Errors
/// 404.
pub async fn row(conn: &mut Conn, id: EventId) -> AppResult<Row> {
    let statement = format!("select {COLUMNS} from events e where e.id = $1");
    let row: Option<Row> = sqlx::query_as(AssertSqlSafe(statement)).bind(id).fetch_optional(conn).await?;
    row.ok_or_else(|| AppError::no_such("event"))
}

/// The event, if `looker` may see it; and whether they run it.
///
/// # Errors
/// 404.
pub async fn visible(conn: &mut Conn, looker: &EventViewer, id: EventId) -> AppResult<(Row, bool)> {
    let row = row(conn, id).await?;
    let runs = match looker.person() {
        Some(person) => is_run_by(conn, id, person).await?,
        None => false,
    };
    if row.organisation_id == looker.organisation && (runs || row.is_public()) { Ok((row, runs)) } else { Err(AppError::no_such("event")) }
}

/// The row of an event that `who` runs.
///
/// # Errors
/// Those of [`require_organiser_of`].
pub async fn row_for_organiser(conn: &mut Conn, who: &Identity, id: EventId) -> AppResult<Row> {
    require_organiser_of(conn, who, id).await?;
    row(conn, id).await
}

/// That who asks may make events, now: their identity was read when the request came.
///
/// # Errors
/// 403.
pub async fn require_organiser(conn: &mut Conn, who: &Identity) -> AppResult<()> {
    let roles = roles_of(conn, who.person).await?;
    let may = may_create(who) && (roles.contains(&Role::Organiser) || roles.contains(&Role::Admin));
    if may { Ok(()) } else { Err(AppError::forbidden("Only organisers and admins make events.")) }
}

/// True if who asks may make events.
pub fn may_create(who: &Identity) -> bool {
    who.has(Role::Organiser) || who.has(Role::Admin)
}

/// Tells those who look what the event is now; while it is not public, those who run it, that it is another one.
pub async fn announce(tx: &mut Tx, id: EventId) -> AppResult<Event> {
    let row = row(tx, id).await?;
    let public = row.is_public();
    let event = row.event();
    if public {
        tx.announce(id, &EventEvent::EventChanged(Box::new(event.clone())));
        availability::announce(tx, id);
    } else {
        tx.announce(event.space_id, &DraftEvent::DraftChanged(DraftChanged { event_id: id }));
    }
    Ok(event)
}

/// What was read is no longer what is there.
pub fn changed_meanwhile() -> AppError {
    AppError::conflict("Somebody else has changed it since you opened it. Load the page again to see how it is now.").at_field("version")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a browser needs of a zone, and no more: with it, times are the same as with all of it.
    #[test]
    fn a_zone_is_as_long_as_the_events_times() {
        let whole = zones::zone("Europe/Ljubljana");
        let day = 86_400_000;
        let (summer, winter) = (1_790_000_000_000, 1_795_102_860_000);
        for (first, last) in [(summer, summer + day), (summer, winter), (winter, winter + 9 * day), (winter - 90 * day, winter)] {
            let part = around(whole.clone(), first, last);
            for at in [first, (first + last) / 2, last] {
                assert_eq!(part.full(at), whole.full(at));
            }
            assert!(part.offsets.len() <= 2, "{part:?}");
        }
    }
}
