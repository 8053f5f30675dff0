//! Lists of broadcasts, one of them, and what the form to write one needs.

use sqlx::QueryBuilder;

use super::{
    Row, audience,
    audience::person_at,
    calendar, moments, own,
    rendering::{Proved, Templates},
    require,
    row::{COLUMNS, VariantRow, variants},
    series, templates,
};
use crate::model::{Broadcast, Broadcasts, Desk, Draft, PAGE, Preview, Report, Shown, When};
use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{BroadcastId, Millis},
    live::Snapshot,
    people::{Identity, PersonCard},
};
use plenum_inbox::{model::Category, server::willing};
use plenum_store::{
    db::{self, Conn, Db},
    idempotency::fresh_key,
    log,
};

/// Times of what is repeated that a preview shows.
const TIMES: usize = 3;

/// A page of the organisation's broadcasts, below `before`; with where its channel stands.
///
/// # Errors
/// 403.
pub async fn list(conn: &mut Conn, who: &Identity, epoch: &Epoch, before: Option<BroadcastId>) -> AppResult<Snapshot<Broadcasts>> {
    require(conn, who).await?;
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(COLUMNS).push(" from broadcasts b join people p on p.id = b.sender_id where b.organisation_id = ");
    query.push_bind(who.organisation);
    if let Some(before) = before {
        query.push(" and b.id < ").push_bind(before);
    }
    query.push(" order by b.id desc limit ").push_bind(i64::try_from(PAGE).unwrap_or(i64::MAX));
    let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *conn).await?;
    let ids: Vec<BroadcastId> = rows.iter().map(|row| row.id).collect();
    let mut all = variants(conn, ids).await?;
    let mut broadcasts: Vec<Broadcast> = Vec::with_capacity(rows.len());
    for row in rows {
        let (own, others): (Vec<VariantRow>, Vec<VariantRow>) = all.into_iter().partition(|variant| variant.broadcast_id == row.id);
        all = others;
        broadcasts.push(row.with(own)?);
    }
    let floor = if broadcasts.len() == PAGE { broadcasts.last().map_or(0, |oldest| oldest.id.0) } else { 0 };
    let series = series::going_on(conn, who.organisation).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Broadcasts(who.organisation)]).await?;
    Ok(Snapshot { state: Broadcasts { broadcasts, floor, series }, cursors })
}

/// One of them, and what came when.
///
/// # Errors
/// 403; 404.
pub async fn report(conn: &mut Conn, who: &Identity, epoch: &Epoch, id: BroadcastId) -> AppResult<Snapshot<Report>> {
    require(conn, who).await?;
    let broadcast = own(conn, who, id).await?.broadcast(conn).await?;
    let moments = moments::moments_of_broadcast(conn, id).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Broadcasts(who.organisation)]).await?;
    Ok(Snapshot { state: Report { broadcast, moments }, cursors })
}

/// What the form to write one is made of.
///
/// # Errors
/// 403.
pub async fn desk(conn: &mut Conn, who: &Identity) -> AppResult<Desk> {
    require(conn, who).await?;
    let rooms = audience::rooms(conn, who.into(), None).await?;
    let templates = templates::list(conn, who).await?;
    Ok(Desk { rooms, templates, key: fresh_key() })
}

/// How `draft` would look to the person with the address `recipient`, or, without one, to the first of those it is for; and how many
/// these are.
///
/// # Errors
/// 403; 422 of the field; 422 `recipient` if they are not there.
pub async fn preview(conn: &mut Conn, who: &Identity, draft: Proved, recipient: &str) -> AppResult<Preview> {
    // First: who may not send is not told which addresses are here.
    require(conn, who).await?;
    let recipient = if recipient.is_empty() { None } else { Some(person_at(conn, who, "recipient", recipient).await?) };
    let audience_name = audience::name(conn, who.into(), draft.audience).await?;
    let times = times(&draft, db::now())?;
    let (people, first) = audience::count(conn, who.into(), draft.audience).await?;
    let shown_to = recipient.or(first).unwrap_or(who.person);
    let row: Option<(String, u8, String)> = sqlx::query_as(
        "select p.name, p.hue, o.name from people p join organisations o on o.id = p.organisation_id where p.id = $1 and o.id = $2",
    )
    .bind(shown_to)
    .bind(who.organisation)
    .fetch_optional(&mut *conn)
    .await?;
    let (name, hue, organisation) = row.ok_or_else(|| AppError::invalid("recipient", "There is no such person here."))?;
    let renderer = Templates::new();
    let mut variants = Vec::new();
    for words in &draft.variants {
        let (title, text) = renderer.render_words(words, &name, &organisation)?;
        variants.push(Shown { title, text, link: words.link.clone() });
    }
    Ok(Preview {
        variants,
        refuses: willing(conn, &[shown_to], Category::Announcements).await?.is_empty(),
        recipient: PersonCard { id: shown_to, name, hue },
        draft: draft.into_draft(),
        audience_name,
        people,
        times,
    })
}

/// When it would be sent; some of the times, if it is repeated. None: at once.
fn times(draft: &Draft, now: Millis) -> AppResult<Vec<Millis>> {
    let begins = calendar::begins(&draft.when, now)?;
    let Some(repeat) = &draft.repeat else {
        return Ok(if draft.when == When::Now { Vec::new() } else { vec![begins] });
    };
    let first = series::first_local(draft, repeat)?;
    let (mut local, mut times) = (first, Vec::new());
    while times.len() < TIMES.min(usize::try_from(repeat.times.unwrap_or(u32::MAX)).unwrap_or(TIMES)) {
        if calendar::is_over(repeat, local)? {
            break;
        }
        times.push(calendar::comes(&draft.when, local)?.max(begins));
        local = calendar::next(repeat, first, local)?;
    }
    if times.is_empty() {
        return Err(AppError::invalid("until", "That is before the first time."));
    }
    Ok(times)
}
