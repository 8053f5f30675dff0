//! Whether somebody may have places of an event at all: the one look before anything is claimed.

use std::ops::Deref;

use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, HoldId, Millis, OrganisationId},
    people::Identity,
};
use plenum_events::model::sale::{Sale, SaleWindow};
use plenum_store::db::{Conn, Tx};

/// An event as whoever wants places of it finds it: all that decides whether they may have some, in one statement.
#[derive(sqlx::FromRow)]
pub struct Counter {
    #[sqlx(flatten)]
    sale: EventSale,
    /// Somebody waits for a place of it.
    pub waited_for: bool,
    /// Places that they have bought.
    pub bought: i64,
    /// Their basket, which may have ended by now.
    hold_id: Option<HoldId>,
    until: Option<Millis>,
}

impl Deref for Counter {
    type Target = EventSale;
    fn deref(&self) -> &EventSale {
        &self.sale
    }
}

impl Counter {
    /// The event, which sells now.
    ///
    /// # Errors
    /// 404 if there is none; 409 if it does not sell.
    pub async fn open(tx: &mut Tx, who: &Identity, event: EventId) -> AppResult<Self> {
        let found: Option<Self> = sqlx::query_as(
            "select e.state, e.sales_from, e.sales_until, e.places_each,
               exists (select 1 from waiting w where w.event_id = e.id and w.state = 'waiting') as waited_for,
               (select count(*) from tickets t where t.person_id = $3 and t.event_id = e.id and t.state <> 'void') as bought,
               h.id as hold_id, h.until
             from events e left join holds h on h.event_id = e.id and h.person_id = $3 and h.state = 'active'
             where e.id = $1 and e.organisation_id = $2 and e.state <> 'draft'",
        )
        .bind(event)
        .bind(who.organisation)
        .bind(who.person)
        .fetch_optional(&mut **tx)
        .await?;
        let found = found.ok_or_else(no_event)?;
        found.sale.check(tx.now())?;
        Ok(found)
    }

    pub fn basket(&self) -> Option<(HoldId, Millis)> {
        self.hold_id.zip(self.until)
    }
}

/// When places of an event are sold, and how many of them one person can have.
#[derive(sqlx::FromRow)]
pub struct EventSale {
    #[sqlx(flatten)]
    window: SaleWindow,
    pub places_each: i64,
}

impl EventSale {
    /// # Errors
    /// 409 if it does not sell at `now`.
    fn check(&self, now: Millis) -> AppResult<()> {
        match self.window.sale(now) {
            Sale::On(_) => Ok(()),
            Sale::Coming(_) => Err(AppError::conflict("The sale has not begun.")),
            Sale::Over => Err(AppError::conflict("The sale is over.")),
            Sale::Stopped => Err(AppError::conflict("Places of this event are not sold any more.")),
        }
    }
}

fn no_event() -> AppError {
    AppError::no_such("event")
}

/// How many places one person can have of `event`, which sells now.
pub async fn selling(conn: &mut Conn, organisation: OrganisationId, event: EventId, now: Millis) -> AppResult<i64> {
    let sale: Option<EventSale> = sqlx::query_as(
        "select state, sales_from, sales_until, places_each from events where id = $1 and organisation_id = $2 and state <> 'draft'",
    )
    .bind(event)
    .bind(organisation)
    .fetch_optional(conn)
    .await?;
    let sale = sale.ok_or_else(no_event)?;
    sale.check(now)?;
    Ok(sale.places_each)
}
