//! Making and changing events.

use crate::model::{Editing, EventForm, EventWords, Times, may_move};
use crate::server::{event_notices, event_pages::runs_any, staff};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{EventId, Millis},
    people::Identity,
};
use plenum_events::model::{event::EventState, events::Event, online::address_shown};
use plenum_events::server::events::{self, Row, announce, changed_meanwhile, require_organiser, row_for_organiser};
use plenum_messages as messages;
use plenum_messages::spaces;
use plenum_store::{
    db::{self, Activity, Conn, Tx},
    idempotency::fresh_key,
    zones,
};
use plenum_wallet::model::Currency;
use plenum_web::search;

/// How far ahead, or ago, an event can be.
const AHEAD: Millis = 5 * 366 * 86_400_000;
/// How long one lasts at the most.
const LONGEST: Millis = 366 * 86_400_000;

/// What was entered for an event, with its description rendered: beside the writer, whose time is everybody's.
#[derive(Debug, Clone)]
pub struct Written {
    form: EventForm,
    words: EventWords,
    html: String,
}

impl Written {
    /// Reads all but the times, and renders the description once its length is known.
    ///
    /// # Errors
    /// 422 of the field.
    pub fn read(form: EventForm) -> AppResult<Self> {
        let words = form.words()?;
        let html = messages::server::spaces::rendered(&words.description);
        Ok(Self { form, words, html })
    }
}

/// The same for the event `id`, which who asks may change, or for one that they may make.
///
/// # Errors
/// 403; 404; 422 of the field.
pub async fn prepare(conn: &mut Conn, who: &Identity, id: Option<EventId>, form: EventForm) -> AppResult<Written> {
    match id {
        Some(id) => drop(row_for_organiser(conn, who, id).await?),
        None => require_organiser(conn, who).await?,
    }
    Written::read(form)
}

/// That who asks writes about events: they may make one, or run one.
///
/// # Errors
/// 403.
pub async fn require_author(conn: &mut Conn, who: &Identity) -> AppResult<()> {
    if events::may_create(who) || runs_any(conn, who.person).await? { Ok(()) } else { require_organiser(conn, who).await }
}

/// What was entered, with the times read in its zone.
struct Draft<'a> {
    words: &'a EventWords,
    html: &'a str,
    zone: String,
    doors_at: Option<Millis>,
    times: Times,
    sales_from: Millis,
    sales_until: Millis,
}

/// A time of a form.
///
/// # Errors
/// 422 `field` if it is no time, or none that clocks of the zone show.
fn instant(field: &'static str, zone: &str, text: &str) -> AppResult<Millis> {
    match zones::exact(zone, text) {
        Ok(at) => Ok(at),
        Err(zones::NoTime::Unreadable) => Err(AppError::invalid(field, "Enter a date and a time, like 2026-11-22T19:30.")),
        Err(zones::NoTime::LeftOut) => {
            Err(AppError::invalid(field, format!("There is no such time in {zone}: the clocks are set forward then.")))
        }
    }
}

/// Reads `starts` and `ends`.
fn times(zone: &str, starts: &str, ends: &str, now: Millis) -> AppResult<Times> {
    let starts_at = instant("starts", zone, starts)?;
    let ends_at = instant("ends", zone, ends)?;
    if ends_at <= starts_at {
        return Err(AppError::invalid("ends", "It ends after it has begun."));
    }
    if starts_at > now + AHEAD {
        return Err(AppError::invalid("starts", "That is more than five years ahead."));
    }
    if starts_at < now - AHEAD {
        return Err(AppError::invalid("starts", "That is more than five years ago."));
    }
    if ends_at - starts_at > LONGEST {
        return Err(AppError::invalid("ends", "It lasts a year at the most."));
    }
    Ok(Times { starts_at, ends_at })
}

impl<'a> Draft<'a> {
    fn read(Written { form, words, html }: &'a Written, now: Millis) -> AppResult<Self> {
        if !zones::is_known(&form.zone) {
            return Err(AppError::invalid("zone", "Choose a time zone."));
        }
        let zone = form.zone.as_str();
        let times = times(zone, &form.starts, &form.ends, now)?;
        let given = |field, text: &str| if text.trim().is_empty() { Ok(None) } else { instant(field, zone, text).map(Some) };
        let doors_at = given("doors", &form.doors)?;
        if doors_at.is_some_and(|doors| doors > times.starts_at) {
            return Err(AppError::invalid("doors", "The doors open before it begins."));
        }
        let sales_until = given("sales_until", &form.sales_until)?.unwrap_or(times.starts_at);
        if sales_until > times.ends_at {
            return Err(AppError::invalid("sales_until", "Places are sold until it ends at the latest."));
        }
        let sales_from = given("sales_from", &form.sales_from)?.unwrap_or_else(|| now.min(sales_until - 1));
        if sales_from >= sales_until {
            return Err(AppError::invalid("sales_from", "The sale begins before it ends."));
        }
        Ok(Self { html, zone: zone.to_owned(), doors_at, times, sales_from, sales_until, words })
    }
}

/// What an event is found by.
pub(crate) fn words_folded(title: &str, venue: &str, description: &str) -> String {
    search::folded(&format!("{title} {venue} {description}"))
}

/// Makes an event, a draft that who asks runs.
///
/// # Errors
/// 403; 422 of the field.
pub async fn create(tx: &mut Tx, who: &Identity, written: &Written) -> AppResult<EventId> {
    require_organiser(tx, who).await?;
    let now = tx.now();
    let draft = Draft::read(written, now)?;
    if draft.times.ends_at <= now {
        return Err(AppError::invalid("ends", "That is past."));
    }
    let space = spaces::server::create(tx, who.organisation, &draft.words.title).await?;
    spaces::server::admit(tx, space, who.person, true).await?;
    let made = sqlx::query_scalar(
        "insert into events (organisation_id, space_id, state, title, description, html, place, venue, zone, doors_at, starts_at, ends_at,
           sales_from, sales_until, currency, places_each, created_by, created_at, words_folded, address)
         values ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) returning id",
    );
    let id: EventId = made
        .bind(who.organisation)
        .bind(space)
        .bind(&draft.words.title)
        .bind(&draft.words.description)
        .bind(draft.html)
        .bind(draft.words.place)
        .bind(&draft.words.venue)
        .bind(&draft.zone)
        .bind(draft.doors_at)
        .bind(draft.times.starts_at)
        .bind(draft.times.ends_at)
        .bind(draft.sales_from)
        .bind(draft.sales_until)
        .bind(draft.words.currency)
        .bind(draft.words.places_each)
        .bind(who.person)
        .bind(now)
        .bind(words_folded(&draft.words.title, &draft.words.venue, &draft.words.description))
        .bind(&draft.words.address)
        .fetch_one(&mut **tx)
        .await?;
    tx.record(Activity::by(who, Record::EventCreated, Subject::named(id.0, &draft.words.title))).await?;
    Ok(id)
}

/// Changes an event, of which who asks saw `version`.
///
/// # Errors
/// 403; 404; 409 if somebody else has changed it since, it is over, or what is promised would change; 422 of the field.
pub async fn change(tx: &mut Tx, who: &Identity, id: EventId, version: i64, written: &Written) -> AppResult<Event> {
    let row = row_for_organiser(tx, who, id).await?;
    if matches!(row.state, EventState::Ended | EventState::Cancelled) {
        return Err(AppError::conflict("It is over; it stays as it was."));
    }
    if row.version != version {
        return Err(changed_meanwhile());
    }
    let draft = Draft::read(written, tx.now())?;
    if !may_move(row.state) {
        promised(&row, &draft)?;
    }
    check_currency(tx, &row, draft.words.currency).await?;
    sqlx::query(
        "update events set title = $2, description = $3, html = $4, place = $5, venue = $6, zone = $7, doors_at = $8, starts_at = $9, ends_at = $10,
           sales_from = $11, sales_until = $12, currency = $13, places_each = $14, version = version + 1, words_folded = $15, address = $16 where id = $1",
    )
    .bind(id)
    .bind(&draft.words.title)
    .bind(&draft.words.description)
    .bind(draft.html)
    .bind(draft.words.place)
    .bind(&draft.words.venue)
    .bind(&draft.zone)
    .bind(draft.doors_at)
    .bind(draft.times.starts_at)
    .bind(draft.times.ends_at)
    .bind(draft.sales_from)
    .bind(draft.sales_until)
    .bind(draft.words.currency)
    .bind(draft.words.places_each)
    .bind(words_folded(&draft.words.title, &draft.words.venue, &draft.words.description))
    .bind(&draft.words.address)
    .execute(&mut **tx)
    .await?;
    if row.title != draft.words.title {
        spaces::server::rename(tx, row.space_id, &draft.words.title).await?;
    }
    let doors = |at: Option<Millis>| at.map(minute);
    let is_shown = address_shown(row.state, draft.times.starts_at, draft.times.ends_at).is_some_and(|shown| shown.contains(&tx.now()));
    let is_elsewhere = row.venue != draft.words.venue || is_shown && row.address != draft.words.address;
    if row.is_public() && (is_elsewhere || doors(row.doors_at) != doors(draft.doors_at)) {
        event_notices::notices_schedule(tx, id, event_notices::What::Changed).await?;
    }
    record_change(tx, who, &row).await?;
    announce(tx, id).await
}

/// Records what has changed since `before`: another venue in a row of its own, with both, which everyone sees who sees the event.
async fn record_change(tx: &mut Tx, who: &Identity, before: &Row) -> AppResult<()> {
    let after = events::row(tx, before.id).await?;
    let subject = Subject::named(after.id.0, &after.title);
    if after.venue != before.venue {
        let moved = Record::VenueChanged { from: before.venue.clone(), to: after.venue.clone() };
        let moved = Activity::by(who, moved, subject.clone());
        tx.record(if after.is_public() { moved.for_everyone() } else { moved }).await?;
        if (EventForm { venue: before.venue.clone(), ..form_of(&after) }) == form_of(before) {
            return Ok(());
        }
    }
    tx.record(Activity::by(who, Record::EventChanged, subject)).await
}

/// A form's time has whole minutes.
fn minute(at: Millis) -> Millis {
    at.div_euclid(60_000)
}

/// What was published is promised: its times change by being postponed, its zone, kind and currency not at all.
fn promised(row: &Row, draft: &Draft<'_>) -> AppResult<()> {
    let refuse = |field: &str, message: &str| Err(AppError::conflict(message).at_field(field));
    if row.zone != draft.zone {
        return refuse("zone", "It is published: its time zone stays.");
    }
    let same = |one: Millis, other: Millis| minute(one) == minute(other);
    if !same(row.starts_at, draft.times.starts_at) {
        return refuse("starts", "It is published. Postpone it, then give it a new time: those who have tickets are told.");
    }
    if !same(row.ends_at, draft.times.ends_at) {
        return refuse("ends", "It is published. Postpone it, then give it a new time: those who have tickets are told.");
    }
    if row.place != draft.words.place {
        return refuse("place", "It is published: it stays where it is.");
    }
    if row.currency != draft.words.currency {
        return refuse("currency", "It is published: its currency stays.");
    }
    Ok(())
}

/// Prices are in the event's currency: with another one they would be other prices.
async fn check_currency(tx: &mut Tx, row: &Row, currency: Currency) -> AppResult<()> {
    if row.currency == currency {
        return Ok(());
    }
    let (types, codes): (i64, i64) = sqlx::query_as(
        "select (select count(*) from ticket_types where event_id = $1),
           (select count(*) from promo_codes where event_id = $1 and amount is not null and ended_at is null)",
    )
    .bind(row.id)
    .fetch_one(&mut **tx)
    .await?;
    let why = match (types, codes) {
        (0, 0) => return Ok(()),
        (0, _) => "End its promo codes first: what they take off is in this currency.",
        _ => "Remove its ticket types first: their prices are in this currency.",
    };
    Err(AppError::conflict(why).at_field("currency"))
}

/// Reads the new times of an event that was postponed.
///
/// # Errors
/// 422 `starts` or `ends`.
pub fn new_times(row: &Row, starts: &str, ends: &str, now: Millis) -> AppResult<Times> {
    let times = times(&row.zone, starts, ends, now)?;
    if times.starts_at <= now {
        return Err(AppError::invalid("starts", "Choose a time to come."));
    }
    Ok(times)
}

/// What the page to change an event is made of; to make one, if there is none yet.
///
/// # Errors
/// 403; 404.
pub async fn editing(conn: &mut Conn, who: &Identity, id: Option<EventId>) -> AppResult<Editing> {
    let key = fresh_key();
    let Some(id) = id else {
        require_organiser(conn, who).await?;
        let zone: String = sqlx::query_scalar("select time_zone from people where id = $1").bind(who.person).fetch_one(conn).await?;
        let form = EventForm {
            place: "hall".into(),
            zone,
            currency: Currency::default().code().into(),
            places_each: "6".into(),
            ..EventForm::default()
        };
        return Ok(Editing { event: None, form, zones: zones::names(), types: Vec::new(), staff: Vec::new(), key });
    };
    let row = row_for_organiser(conn, who, id).await?;
    let types = plenum_plans::server::ticket_types::rows(conn, id, db::now()).await?;
    let staff = staff::list(conn, row.space_id).await?;
    let form = form_of(&row);
    Ok(Editing { event: Some(row.event()), form, zones: zones::names(), types, staff, key })
}

/// What stands in the form of an event.
fn form_of(row: &Row) -> EventForm {
    let local = |at: Millis| zones::local(&row.zone, at);
    EventForm {
        title: row.title.clone(),
        description: row.description.clone(),
        place: row.place.into_str().into(),
        venue: row.venue.clone(),
        address: row.address.clone(),
        zone: row.zone.clone(),
        doors: row.doors_at.map(local).unwrap_or_default(),
        starts: local(row.starts_at),
        ends: local(row.ends_at),
        sales_from: local(row.sales_from),
        sales_until: local(row.sales_until),
        currency: row.currency.code().into(),
        places_each: row.places_each.to_string(),
    }
}
