//! Writes the difference between two plans. A seat that somebody holds or has bought is never removed, and its price never changes: the
//! statements themselves leave such seats alone, and [`check`] says which they are before anything is done.

use std::collections::BTreeMap;

use sqlx::QueryBuilder;

use crate::model::diff::{Diff, Put};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, PersonId, SectionId, TicketTypeId},
};
use plenum_events::{
    live::seats::{PlanChanged, SeatsEvent},
    server::{access::is_public, events},
};
use plenum_sales::server::holds;
use plenum_store::db::{Conn, Db, Tx, push_list};

/// Rows of one statement: each has nine values, and a statement takes some thousands of these.
const ROWS: usize = 200;
/// Seats that are named when they stand in the way.
const NAMED: usize = 5;

/// How often the plan was changed.
pub async fn version(conn: &mut Conn, event: EventId) -> AppResult<i64> {
    let version = sqlx::query_scalar("select version from plans where event_id = $1").bind(event).fetch_optional(conn).await?;
    Ok(version.unwrap_or_default())
}

/// The plan is another one now; `before` is what it can be undone to, and by whom it was changed.
pub async fn bump(tx: &mut Tx, event: EventId, before: Option<(&str, PersonId)>) -> AppResult<()> {
    sqlx::query(
        "insert into plans (event_id, version, before, changed_by, changed_at) values ($1, 1, $2, $3, $4)
         on conflict (event_id) do update set version = plans.version + 1, before = excluded.before, changed_by = excluded.changed_by,
           changed_at = excluded.changed_at",
    )
    .bind(event)
    .bind(before.map(|(before, _)| before))
    .bind(before.map(|(_, person)| person))
    .bind(tx.now())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The plan is another one, and what it can be undone to stays the same: a step of an import.
pub async fn step(tx: &mut Tx, event: EventId) -> AppResult<()> {
    sqlx::query("update plans set version = version + 1, changed_at = $2 where event_id = $1")
        .bind(event)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// True if the event has a section.
pub async fn has_sections(conn: &mut Conn, event: EventId) -> AppResult<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from sections where event_id = $1)").bind(event).fetch_one(conn).await?)
}

/// Counts the seats of each ticket type, and announces the new plan to those who look at the event and at its seats.
pub async fn announce_plan(tx: &mut Tx, event: EventId) -> AppResult<()> {
    recount(tx, event).await?;
    let (version, at) = (version(tx, event).await?, tx.now());
    tx.announce(event, &SeatsEvent::PlanChanged(PlanChanged { version, at }));
    announce_places(tx, event).await
}

/// Announces what is left. New places are offered to the waiting list first.
pub async fn announce_places(tx: &mut Tx, event: EventId) -> AppResult<()> {
    if is_public(tx, event).await? {
        holds::seats_announce(tx, event, Vec::new()).await
    } else {
        events::announce(tx, event).await.map(drop)
    }
}

/// The capacity of a seated ticket type is the number of its seats: always, in the transaction that changes them.
pub async fn recount(tx: &mut Tx, event: EventId) -> AppResult<()> {
    sqlx::query(
        "update ticket_types set capacity = (select count(*) from seats s where s.ticket_type_id = ticket_types.id) where event_id = $1 and seated",
    )
    .bind(event)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Would the way from one plan to another harm anybody, or sell a seat as what it cannot be sold as?
///
/// # Errors
/// 409 with the seats that are taken; 422 `ticket_type`.
pub async fn check(conn: &mut Conn, event: EventId, diff: &Diff, now: Millis) -> AppResult<()> {
    check_types(&mut *conn, event, &diff.put).await?;
    let mut taken = Vec::new();
    for ((section, row), numbers) in &diff.removed {
        taken.extend(in_the_way(&mut *conn, *section, row, numbers, true, now).await?);
    }
    for ((section, row), numbers) in &diff.retyped {
        taken.extend(in_the_way(&mut *conn, *section, row, numbers, false, now).await?);
    }
    if taken.is_empty() {
        return Ok(());
    }
    let named = taken.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
    let more = taken.len().saturating_sub(NAMED);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(AppError::conflict(format!("Somebody holds or has bought seats that this would remove or sell at another price: {named}{more}.")))
}

/// Seats are sold as seated ticket types of their own event.
async fn check_types(conn: &mut Conn, event: EventId, puts: &[Put]) -> AppResult<()> {
    let known: Vec<TicketTypeId> =
        sqlx::query_scalar("select id from ticket_types where event_id = $1 and seated").bind(event).fetch_all(conn).await?;
    if puts.iter().all(|put| known.contains(&put.place.ticket_type)) {
        Ok(())
    } else {
        Err(AppError::invalid("ticket_type", "Choose a ticket type of this event whose places are seats."))
    }
}

/// Those of these seats that cannot go (`removing`: whatever order that was paid or waits they stand in) or change their price.
async fn in_the_way(
    conn: &mut Conn,
    section: SectionId,
    row: &str,
    numbers: &[i64],
    removing: bool,
    now: Millis,
) -> AppResult<Vec<String>> {
    let mut query =
        QueryBuilder::<Db>::new("select c.name, s.row, s.number from seats s join sections c on c.id = s.section_id where s.section_id = ");
    query.push_bind(section).push(" and s.row = ").push_bind(row);
    push_list(query.push(" and s.number in "), numbers.iter().copied());
    query.push(" and (exists (select 1 from held_seats h where h.seat_id = s.id and h.until > ").push_bind(now);
    query.push(") or exists (select 1 from order_lines l where l.seat_id = s.id");
    query.push(if removing { " and l.state <> 'void'))" } else { " and l.state = 'sold'))" });
    query.push(" order by s.number");
    let rows: Vec<(String, String, i64)> = query.build_query_as().fetch_all(conn).await?;
    Ok(rows.into_iter().map(|(section, row, number)| format!("{section}, row {row}, seat {number}")).collect())
}

/// Goes the way from one plan to another.
pub async fn apply(tx: &mut Tx, event: EventId, diff: &Diff) -> AppResult<()> {
    arrange(tx, event, diff).await?;
    remove(tx, &diff.removed).await?;
    let known = sections(tx, event).await?;
    put(tx, event, &known, &diff.put).await?;
    close(tx, &diff.gone).await
}

/// The sections of a plan, by name.
pub async fn sections(conn: &mut Conn, event: EventId) -> AppResult<BTreeMap<String, SectionId>> {
    let rows: Vec<(String, SectionId)> =
        sqlx::query_as("select name, id from sections where event_id = $1").bind(event).fetch_all(conn).await?;
    Ok(rows.into_iter().collect())
}

/// New sections, names, places in the list, and where sections as a whole are drawn. Sections that go are last until they do.
pub async fn arrange(tx: &mut Tx, event: EventId, diff: &Diff) -> AppResult<()> {
    for (section, x, y) in &diff.moved {
        sqlx::query("update seats set x = x + $2, y = y + $3 where section_id = $1")
            .bind(section)
            .bind(x)
            .bind(y)
            .execute(&mut **tx)
            .await?;
    }
    let Some(wanted) = &diff.sections else { return Ok(()) };
    // Two sections never have one place: all go behind the last one first, and those that are to go stay there.
    let last: i64 =
        sqlx::query_scalar("select coalesce(max(position), 0) from sections where event_id = $1").bind(event).fetch_one(&mut **tx).await?;
    let behind = last.max(i64::try_from(wanted.len()).unwrap_or(i64::MAX)) + 1;
    sqlx::query("update sections set position = position + $2 where event_id = $1").bind(event).bind(behind).execute(&mut **tx).await?;
    for (position, (id, name)) in (0_i64..).zip(wanted) {
        let write = match id {
            Some(id) => sqlx::query("update sections set position = $2, name = $3 where id = $4 and event_id = $1")
                .bind(event)
                .bind(position)
                .bind(name)
                .bind(id),
            None => {
                sqlx::query("insert into sections (event_id, position, name) values ($1, $2, $3)").bind(event).bind(position).bind(name)
            }
        };
        write.execute(&mut **tx).await?;
    }
    Ok(())
}

/// Removes seats that nobody has and that stand in no order; a hold whose time has passed claims nothing. The others stay.
pub async fn remove(tx: &mut Tx, removed: &BTreeMap<(SectionId, String), Vec<i64>>) -> AppResult<()> {
    let now = tx.now();
    for ((section, row), numbers) in removed {
        let mut query = QueryBuilder::<Db>::new("delete from held_seats where until <= ");
        query.push_bind(now).push(" and seat_id in (select id from seats where section_id = ").push_bind(*section);
        query.push(" and row = ").push_bind(row);
        push_list(query.push(" and number in "), numbers.iter().copied());
        query.push(")").build().execute(&mut **tx).await?;
        // What was never paid is no reason for a seat to stay.
        let mut query = QueryBuilder::<Db>::new(
            "update order_lines set seat_id = null where state = 'void' and seat_id in (select id from seats where section_id = ",
        );
        query.push_bind(*section).push(" and row = ").push_bind(row);
        push_list(query.push(" and number in "), numbers.iter().copied());
        query.push(")").build().execute(&mut **tx).await?;
        let mut query = QueryBuilder::<Db>::new("delete from seats where section_id = ");
        query.push_bind(*section).push(" and row = ").push_bind(row);
        push_list(query.push(" and number in "), numbers.iter().copied());
        query.push(" and not exists (select 1 from held_seats h where h.seat_id = seats.id)");
        query.push(" and not exists (select 1 from order_lines l where l.seat_id = seats.id)");
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Writes seats: new ones, and what has changed of those that are there. The ticket type of one that somebody has stays.
pub async fn put(tx: &mut Tx, event: EventId, known: &BTreeMap<String, SectionId>, puts: &[Put]) -> AppResult<()> {
    let now = tx.now();
    for puts in puts.chunks(ROWS) {
        let mut query =
            QueryBuilder::<Db>::new("insert into seats (event_id, section_id, ticket_type_id, row, number, kind, x, y) values ");
        let mut all = query.separated(", ");
        for Put { section, row, place } in puts {
            let section = known.get(section).copied().ok_or_else(AppError::internal)?;
            all.push("(").push_bind_unseparated(event).push_unseparated(", ").push_bind_unseparated(section);
            all.push_unseparated(", ").push_bind_unseparated(place.ticket_type).push_unseparated(", ").push_bind_unseparated(row);
            all.push_unseparated(", ").push_bind_unseparated(place.number).push_unseparated(", ").push_bind_unseparated(place.kind);
            all.push_unseparated(", ")
                .push_bind_unseparated(place.x)
                .push_unseparated(", ")
                .push_bind_unseparated(place.y)
                .push_unseparated(")");
        }
        query.push(
            " on conflict (section_id, row, number) do update set kind = excluded.kind, x = excluded.x, y = excluded.y, ticket_type_id =
                case when exists (select 1 from order_lines l where l.seat_id = seats.id and l.state = 'sold')
                  or exists (select 1 from held_seats h where h.seat_id = seats.id and h.until > ",
        );
        query.push_bind(now).push(") then seats.ticket_type_id else excluded.ticket_type_id end");
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Removes sections that have no seats any more.
pub async fn close(tx: &mut Tx, gone: &[SectionId]) -> AppResult<()> {
    for section in gone {
        sqlx::query("delete from sections where id = $1 and not exists (select 1 from seats s where s.section_id = sections.id)")
            .bind(section)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
