//! Lists of broadcasts, one of them, and what the form to write one needs.

use sqlx::QueryBuilder;

use super::{COLUMNS, Row, desk as made, own, require, sending, template::Templates};
use crate::{
    channels::Channel,
    error::{AppError, AppResult},
    features::{
        broadcasts::model::{Broadcast, Broadcasts, Desk, Draft, PAGE, Preview},
        inbox::{model::Category, server::willing},
        people::model::PersonCard,
    },
    ids::{BroadcastId, PersonId},
    realtime::{cursor::Epoch, live::Snapshot, server::log},
    server::{
        db::{self, Conn, Db},
        sign_ins::Identity,
    },
};

/// People that an audience is counted up to.
const COUNTED: usize = 100_000;

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
    let broadcasts = rows.into_iter().map(Row::broadcast).collect::<AppResult<Vec<Broadcast>>>()?;
    let floor = if broadcasts.len() == PAGE { broadcasts.last().map_or(0, |oldest| oldest.id.0) } else { 0 };
    let cursors = log::cursors(conn, epoch, &[Channel::Broadcasts(who.organisation)]).await?;
    Ok(Snapshot { state: Broadcasts { broadcasts, floor }, cursors })
}

/// One of them.
///
/// # Errors
/// 403; 404.
pub async fn detail(conn: &mut Conn, who: &Identity, epoch: &Epoch, id: BroadcastId) -> AppResult<Snapshot<Broadcast>> {
    require(conn, who).await?;
    let state = own(conn, who, id).await?.broadcast()?;
    let cursors = log::cursors(conn, epoch, &[Channel::Broadcasts(who.organisation)]).await?;
    Ok(Snapshot { state, cursors })
}

/// What the form to write one is made of.
///
/// # Errors
/// 403.
pub async fn desk(conn: &mut Conn, who: &Identity) -> AppResult<Desk> {
    require(conn, who).await?;
    Ok(Desk { rooms: made::rooms(conn, who, None).await?, key: format!("{:032x}", rand::random::<u128>()) })
}

/// How `draft` would look to `recipient`, or to the first of those it is for; and how many these are.
///
/// # Errors
/// 403; 422 `audience`, `title`, `text`, `at`; 422 `recipient` if they are not there.
pub async fn preview(conn: &mut Conn, who: &Identity, draft: &Draft, recipient: Option<PersonId>) -> AppResult<Preview> {
    require(conn, who).await?;
    let audience_name = made::name(conn, who, draft.audience).await?;
    let templates = Templates::new();
    templates.check("title", &draft.title)?;
    templates.check("text", &draft.text)?;
    draft.due_at(db::now())?;
    let people = sending::people(conn, who.organisation, who.person, draft.audience, PersonId(0), COUNTED).await?;
    let first = recipient.or_else(|| people.first().copied()).unwrap_or(who.person);
    let row: Option<(String, u8, String)> = sqlx::query_as(
        "select p.name, p.hue, o.name from people p join organisations o on o.id = p.organisation_id where p.id = $1 and o.id = $2",
    )
    .bind(first)
    .bind(who.organisation)
    .fetch_optional(&mut *conn)
    .await?;
    let (name, hue, organisation) = row.ok_or_else(|| AppError::invalid("recipient", "There is no such person here."))?;
    Ok(Preview {
        title: templates.render("title", &draft.title, &name, &organisation)?,
        text: templates.render("text", &draft.text, &name, &organisation)?,
        refuses: willing(conn, &[first], Category::Announcements).await?.is_empty(),
        recipient: PersonCard { id: first, name, hue },
        audience: draft.audience,
        audience_name,
        people: u32::try_from(people.len()).unwrap_or(u32::MAX),
        at: draft.at,
    })
}
