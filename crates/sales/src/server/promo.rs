//! Promo codes: making and ending them, who may use one, and counting their uses in the transaction that pays (I5).

use sqlx::error::ErrorKind;

use super::super::{
    live::promo::PromoEvent,
    model::promo::{Code, Hindrance, NewPromo, Off, Promo, Promos},
};
use crate::words::promo as words;
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult, ErrorCode},
    ids::{EventId, Millis, PersonId, PromoCodeId, SpaceId},
    live::Snapshot,
    people::Identity,
};
use plenum_events::{model::check_in::Head, server::access};
use plenum_store::{
    db::{Activity, Conn, Tx, violates_unique},
    log, zones,
};
use plenum_wallet::model::Currency;

/// Codes of one event at the most.
const MOST: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    id: PromoCodeId,
    code: Code,
    percent: Option<i64>,
    amount: Option<i64>,
    currency: Currency,
    uses: i64,
    most_uses: Option<i64>,
    most_each: Option<i64>,
    from_at: Option<Millis>,
    until_at: Option<Millis>,
    ended_at: Option<Millis>,
}

impl Row {
    fn promo(self) -> Promo {
        Promo {
            id: self.id,
            code: self.code,
            // The table has exactly one of the two.
            off: self.percent.map_or(Off::Amount(self.amount.unwrap_or_default()), Off::Percent),
            currency: self.currency,
            uses: self.uses,
            most_uses: self.most_uses,
            most_each: self.most_each,
            from_at: self.from_at,
            until_at: self.until_at,
            ended_at: self.ended_at,
        }
    }
}

const SELECT: &str =
    "select c.id, c.code, c.percent, c.amount, e.currency, c.uses, c.most_uses, c.most_each, c.from_at, c.until_at, c.ended_at
    from promo_codes c join events e on e.id = c.event_id where ";

async fn find(conn: &mut Conn, id: PromoCodeId) -> AppResult<Promo> {
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} c.id = $1"))).bind(id).fetch_optional(conn).await?;
    row.map(Row::promo).ok_or_else(|| AppError::no_such("promo code"))
}

/// In how many paid orders `person` has used a code. What was given back was used, too.
async fn own_uses(conn: &mut Conn, id: PromoCodeId, person: PersonId) -> AppResult<i64> {
    let count = sqlx::query_scalar(
        "select count(*) from orders where promo_code_id = $1 and person_id = $2 and state in ('paid', 'partly_refunded', 'refunded')",
    );
    Ok(count.bind(id).bind(person).fetch_one(conn).await?)
}

fn refused(hindrance: Hindrance) -> AppError {
    let error = match hindrance {
        Hindrance::Unknown => AppError::not_found(words::hindrance(hindrance)),
        _ => AppError::conflict(words::hindrance(hindrance)),
    };
    error.at_field("promo").with_code(ErrorCode::PromoRefused)
}

/// The code that `person` has entered for `event`, if they can use it at `now`.
///
/// # Errors
/// 404 or 409 `promo`, in words of what hinders them.
pub async fn usable(conn: &mut Conn, event: EventId, code: &Code, person: PersonId, now: Millis) -> AppResult<Promo> {
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} c.event_id = $1 and c.code = $2")))
        .bind(event)
        .bind(code)
        .fetch_optional(&mut *conn)
        .await?;
    let promo = row.map(Row::promo).ok_or_else(|| refused(Hindrance::Unknown))?;
    let own = own_uses(conn, promo.id, person).await?;
    promo.hindrance(now, own).map_or(Ok(promo), |hindrance| Err(refused(hindrance)))
}

/// Counts that `person` uses a code, in the transaction that pays, and tells the event's staff.
///
/// # Errors
/// 404 or 409 `promo` if they cannot use it any more: of two who want its last use, one.
pub async fn count_use(tx: &mut Tx, id: PromoCodeId, person: PersonId) -> AppResult<()> {
    let now = tx.now();
    let (promo, own) = (find(tx, id).await?, own_uses(tx, id, person).await?);
    if let Some(hindrance) = promo.hindrance(now, own) {
        return Err(refused(hindrance));
    }
    // The table's check refuses one more than there are, whatever was read before.
    sqlx::query("update promo_codes set uses = uses + 1 where id = $1").bind(id).execute(&mut **tx).await.map_err(|error| {
        let beyond = error.as_database_error().is_some_and(|error| error.kind() == ErrorKind::CheckViolation);
        if beyond { refused(Hindrance::UsedUp) } else { error.into() }
    })?;
    announce(tx, id).await.map(drop)
}

async fn announce(tx: &mut Tx, id: PromoCodeId) -> AppResult<Promo> {
    let promo = find(tx, id).await?;
    let space: SpaceId = sqlx::query_scalar("select e.space_id from promo_codes c join events e on e.id = c.event_id where c.id = $1")
        .bind(id)
        .fetch_one(&mut **tx)
        .await?;
    tx.announce(space, &PromoEvent::PromoChanged(promo.clone()));
    Ok(promo)
}

/// The codes of an event, with where its staff's channel stands.
///
/// # Errors
/// 404; 403 unless one runs it.
pub async fn list(conn: &mut Conn, who: &Identity, epoch: &Epoch, event: EventId) -> AppResult<Snapshot<Promos>> {
    let Head { space, title, zone, currency, .. } = access::require_organiser_of(conn, who, event).await?;
    let rows: Vec<Row> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} c.event_id = $1 order by c.id"))).bind(event).fetch_all(&mut *conn).await?;
    let promos = rows.into_iter().map(Row::promo).collect();
    let cursors = log::cursors(conn, epoch, &[Channel::SpaceStaff(space)]).await?;
    Ok(Snapshot { state: Promos { event, space, title, zone, currency, promos }, cursors })
}

/// What somebody has entered for a code.
#[derive(Debug, Clone, Default)]
pub struct Entered {
    /// What people are to enter.
    pub code: String,
    /// `percent` or `amount`.
    pub by: String,
    /// How much.
    pub off: String,
    /// How many orders in all.
    pub most_uses: String,
    /// How many of one person.
    pub most_each: String,
    /// From when on, a local time of the event's zone.
    pub from: String,
    /// Until when.
    pub until: String,
}

/// Makes a code for an event.
///
/// # Errors
/// 404; 403 unless one runs it; 409 `code` if it has such a code; 422 of the field.
pub async fn create(tx: &mut Tx, who: &Identity, event: EventId, entered: &Entered) -> AppResult<Promo> {
    let head = access::require_organiser_of(tx, who, event).await?;
    let most = (entered.most_uses.as_str(), entered.most_each.as_str());
    let mut new = NewPromo::parse(&entered.code, &entered.by, &entered.off, most, head.currency)?;
    new.from_at = instant(&head.zone.name, "from", &entered.from)?;
    new.until_at = instant(&head.zone.name, "until", &entered.until)?;
    if new.from_at.zip(new.until_at).is_some_and(|(from, until)| from >= until) {
        return Err(AppError::invalid("until", "It must end after it begins."));
    }
    let count: i64 = sqlx::query_scalar("select count(*) from promo_codes where event_id = $1").bind(event).fetch_one(&mut **tx).await?;
    if count >= MOST {
        return Err(AppError::conflict(format!("An event has at most {MOST} promo codes.")));
    }
    let (percent, amount) = match new.off {
        Off::Percent(percent) => (Some(percent), None),
        Off::Amount(amount) => (None, Some(amount)),
    };
    let made = sqlx::query_scalar(
        "insert into promo_codes (event_id, code, percent, amount, most_uses, most_each, from_at, until_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
    );
    let id: PromoCodeId = made
        .bind(event)
        .bind(&new.code)
        .bind(percent)
        .bind(amount)
        .bind(new.most_uses)
        .bind(new.most_each)
        .bind(new.from_at)
        .bind(new.until_at)
        .bind(tx.now())
        .fetch_one(&mut **tx)
        .await
        .map_err(|error| {
            let taken = violates_unique(&error, "promo_codes.event_id, promo_codes.code");
            if taken { AppError::conflict(words::TAKEN).at_field("code") } else { error.into() }
        })?;
    let created = Record::PromoCreated { event: head.title };
    tx.record(Activity::by(who, created, Subject::named(id.0, new.code.as_str()))).await?;
    announce(tx, id).await
}

/// A local time of a form, which may be left open.
fn instant(zone: &str, field: &str, text: &str) -> AppResult<Option<Millis>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let instant = zones::instant(zone, text.trim());
    instant.map(Some).ok_or_else(|| AppError::invalid(field, "A day and a time are expected, like 2026-11-21T18:00."))
}

/// Ends a code: nobody can use it any more. Ending it again changes nothing.
///
/// # Errors
/// 404; 403 unless one runs its event.
pub async fn end(tx: &mut Tx, who: &Identity, id: PromoCodeId) -> AppResult<Promo> {
    let event: Option<EventId> =
        sqlx::query_scalar("select event_id from promo_codes where id = $1").bind(id).fetch_optional(&mut **tx).await?;
    let head = access::require_organiser_of(tx, who, event.ok_or_else(|| AppError::no_such("promo code"))?).await?;
    let ended = sqlx::query("update promo_codes set ended_at = $2 where id = $1 and ended_at is null").bind(id).bind(tx.now());
    if ended.execute(&mut **tx).await?.rows_affected() == 0 {
        return find(tx, id).await;
    }
    let promo = announce(tx, id).await?;
    let ended = Record::PromoEnded { event: head.title };
    tx.record(Activity::by(who, ended, Subject::named(id.0, promo.code.as_str()))).await?;
    Ok(promo)
}
