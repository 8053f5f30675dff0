//! The server's side of spaces: who is in one, and who runs it.
//!
//! Its room is a conversation by invitation; whoever is admitted is in it, and whoever is dismissed is out of everything at once.

use crate as messages;
use plenum_core::{
    channels::Channel,
    error::{AppError, AppResult},
    ids::{ConversationId, OrganisationId, PersonId, SpaceId},
    people::PersonCard,
};
use plenum_store::db::{Conn, Scope, Tx};

use super::{
    live::{MemberChanged, SpaceEvent},
    model::{NAMED, Roll, SpaceMember},
};

/// Members of one page.
const PAGE: i64 = 100;

/// Makes a space for an event, with its room.
pub async fn create(tx: &mut Tx, organisation: OrganisationId, name: &str) -> AppResult<SpaceId> {
    let made = sqlx::query_scalar("insert into spaces (organisation_id, kind, name, created_at) values ($1, 'event', $2, $3) returning id");
    let space: SpaceId = made.bind(organisation).bind(name).bind(tx.now()).fetch_one(&mut **tx).await?;
    let room = messages::server::spaces::create_room(tx, organisation, space, name).await?;
    sqlx::query("update spaces set conversation_id = $2 where id = $1").bind(space).bind(room).execute(&mut **tx).await?;
    Ok(space)
}

/// Gives a space and its room another name.
pub async fn rename(tx: &mut Tx, space: SpaceId, name: &str) -> AppResult<()> {
    sqlx::query("update spaces set name = $2 where id = $1").bind(space).bind(name).execute(&mut **tx).await?;
    match room(tx, space).await? {
        (_, Some(room)) => messages::server::spaces::rename_room(tx, room, name).await,
        _ => Ok(()),
    }
}

/// Lets `person` in, and into the room; whoever is there already stays what they are. True if they were not.
pub async fn admit(tx: &mut Tx, space: SpaceId, person: PersonId, staff: bool) -> AppResult<bool> {
    let added =
        sqlx::query("insert into space_members (space_id, person_id, staff, joined_at) values ($1, $2, $3, $4) on conflict do nothing")
            .bind(space)
            .bind(person)
            .bind(staff)
            .bind(tx.now())
            .execute(&mut **tx)
            .await?;
    if added.rows_affected() == 0 {
        return Ok(false);
    }
    if let (_, Some(room)) = room(tx, space).await? {
        messages::server::spaces::enrol(tx, room, person, staff).await?;
    }
    announce_member(tx, space, person).await?;
    Ok(true)
}

/// Ends what `person` may do in a space, at once. Staff stay. True if they were in it.
pub async fn dismiss(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<bool> {
    let card = card(tx, person).await?;
    let removed = sqlx::query("delete from space_members where space_id = $1 and person_id = $2 and not staff")
        .bind(space)
        .bind(person)
        .execute(&mut **tx)
        .await?;
    if removed.rows_affected() == 0 {
        return Ok(false);
    }
    let count = count(tx, space).await?;
    tx.announce(space, &SpaceEvent::MemberLeft(MemberChanged { member: SpaceMember { card, staff: false }, count }));
    let channels = [Channel::Space(space), Channel::SpacePresence(space)].map(|channel| channel.to_string());
    tx.revoke(person, Scope::Channels(channels.to_vec()));
    if let (organisation, Some(room)) = room(tx, space).await? {
        messages::server::spaces::dismiss(tx, organisation, room, person).await?;
    }
    if count == NAMED {
        // Pages name none above this; now that they do again, they need all.
        for member in named(tx, space).await? {
            tx.announce(space, &SpaceEvent::MemberJoined(MemberChanged { member, count }));
        }
    }
    Ok(true)
}

/// Lets `person` run the space.
pub async fn promote(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<()> {
    if admit(tx, space, person, true).await? {
        return Ok(());
    }
    set_staff(tx, space, person, true).await
}

/// Ends that `person` runs the space; they stay a member. The last who runs it cannot go.
///
/// # Errors
/// 404 if they do not run it; 409 if nobody else does.
pub async fn demote(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<()> {
    if !is_staff(tx, space, person).await? {
        return Err(AppError::not_found("They do not run this."));
    }
    if !has_other_staff(tx, space, person).await? {
        return Err(AppError::conflict("Somebody has to run it. Add another organiser first."));
    }
    set_staff(tx, space, person, false).await?;
    tx.revoke(person, Scope::Channels(vec![Channel::SpaceStaff(space).to_string()]));
    tx.revoke(person, Scope::Rights);
    Ok(())
}

/// Ends that `person` runs any space of `organisation`; they stay a member. Where nobody else ran it, `successor` does from now on.
pub async fn demote_everywhere(tx: &mut Tx, organisation: OrganisationId, person: PersonId, successor: PersonId) -> AppResult<()> {
    let run: Vec<SpaceId> = sqlx::query_scalar(
        "select m.space_id from space_members m join spaces s on s.id = m.space_id
         where s.organisation_id = $1 and m.person_id = $2 and m.staff order by m.space_id",
    )
    .bind(organisation)
    .bind(person)
    .fetch_all(&mut **tx)
    .await?;
    for space in run {
        if person != successor && !has_other_staff(tx, space, person).await? {
            promote(tx, space, successor).await?;
        }
        if has_other_staff(tx, space, person).await? {
            demote(tx, space, person).await?;
        }
    }
    Ok(())
}

/// The next space of `person` behind `after`, and whether they run it.
pub async fn next_of(conn: &mut Conn, person: PersonId, after: SpaceId) -> AppResult<Option<(SpaceId, bool)>> {
    let next = sqlx::query_as("select space_id, staff from space_members where person_id = $1 and space_id > $2 order by space_id limit 1");
    Ok(next.bind(person).bind(after).fetch_optional(conn).await?)
}

/// What `person` runs of a space passes to `successor`.
pub async fn pass_on(tx: &mut Tx, space: SpaceId, person: PersonId, successor: PersonId) -> AppResult<()> {
    promote(tx, space, successor).await?;
    demote(tx, space, person).await
}

/// Ends all that `person` is in a space, staff or not.
pub async fn leave(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<()> {
    set_staff(tx, space, person, false).await?;
    dismiss(tx, space, person).await.map(drop)
}

/// Ends that `person` works at the doors of any space.
pub async fn leave_doors(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    sqlx::query("delete from space_ushers where person_id = $1").bind(person).execute(&mut **tx).await?;
    Ok(())
}

async fn has_other_staff(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<bool> {
    let others = sqlx::query_scalar("select exists (select 1 from space_members where space_id = $1 and staff and person_id <> $2)");
    Ok(others.bind(space).bind(person).fetch_one(conn).await?)
}

async fn set_staff(tx: &mut Tx, space: SpaceId, person: PersonId, staff: bool) -> AppResult<()> {
    let changed = sqlx::query("update space_members set staff = $3 where space_id = $1 and person_id = $2 and staff <> $3")
        .bind(space)
        .bind(person)
        .bind(staff)
        .execute(&mut **tx)
        .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    if let (_, Some(room)) = room(tx, space).await? {
        messages::server::spaces::set_owner(tx, room, person, staff).await?;
    }
    announce_member(tx, space, person).await
}

/// Who is in it: named, or only counted if they are many.
pub async fn roll(conn: &mut Conn, space: SpaceId) -> AppResult<Roll> {
    let count = count(conn, space).await?;
    let members = if count > NAMED { Vec::new() } else { named(conn, space).await? };
    Ok(Roll { members, count })
}

type Row = (PersonId, String, u8, bool);

fn member((id, name, hue, staff): Row) -> SpaceMember {
    SpaceMember { card: PersonCard { id, name, hue }, staff }
}

async fn named(conn: &mut Conn, space: SpaceId) -> AppResult<Vec<SpaceMember>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select p.id, p.name, p.hue, m.staff from space_members m join people p on p.id = m.person_id where m.space_id = $1 order by p.id",
    )
    .bind(space)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(member).collect())
}

/// A page of the members by name, from the one at `offset` on.
pub async fn page(conn: &mut Conn, space: SpaceId, offset: u32) -> AppResult<Vec<SpaceMember>> {
    let rows: Vec<Row> = sqlx::query_as(
        "select p.id, p.name, p.hue, m.staff from space_members m join people p on p.id = m.person_id
         where m.space_id = $1 order by lower(p.name), p.id limit $2 offset $3",
    )
    .bind(space)
    .bind(PAGE)
    .bind(offset)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(member).collect())
}

/// Those who run it, by name.
pub async fn staff(conn: &mut Conn, space: SpaceId) -> AppResult<Vec<PersonCard>> {
    let rows: Vec<(PersonId, String, u8)> = sqlx::query_as(
        "select p.id, p.name, p.hue from space_members m join people p on p.id = m.person_id
         where m.space_id = $1 and m.staff order by lower(p.name), p.id",
    )
    .bind(space)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, name, hue)| PersonCard { id, name, hue }).collect())
}

/// The organisation of a space, and its room if it has one.
pub async fn room(conn: &mut Conn, space: SpaceId) -> AppResult<(OrganisationId, Option<ConversationId>)> {
    Ok(sqlx::query_as("select organisation_id, conversation_id from spaces where id = $1").bind(space).fetch_one(conn).await?)
}

async fn count(conn: &mut Conn, space: SpaceId) -> AppResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from space_members where space_id = $1").bind(space).fetch_one(conn).await?)
}

async fn card(conn: &mut Conn, person: PersonId) -> AppResult<PersonCard> {
    let row: Option<(String, u8)> = sqlx::query_as("select name, hue from people where id = $1").bind(person).fetch_optional(conn).await?;
    let (name, hue) = row.ok_or_else(|| AppError::no_such("person"))?;
    Ok(PersonCard { id: person, name, hue })
}

/// Announces a member as they are now.
async fn announce_member(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<()> {
    let (card, count) = (card(tx, person).await?, count(tx, space).await?);
    let staff = is_staff(tx, space, person).await?;
    tx.announce(space, &SpaceEvent::MemberJoined(MemberChanged { member: SpaceMember { card, staff }, count }));
    Ok(())
}

/// True if `person` is in the space.
pub async fn is_member(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<bool> {
    Ok(membership(conn, space, person).await?.is_some())
}

/// True if `person` runs the space.
pub async fn is_staff(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<bool> {
    Ok(membership(conn, space, person).await? == Some(true))
}

/// True if `person` checks tickets at the doors of the space's events.
pub async fn is_usher(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<bool> {
    let is = sqlx::query_scalar("select exists (select 1 from space_ushers where space_id = $1 and person_id = $2)");
    Ok(is.bind(space).bind(person).fetch_one(conn).await?)
}

/// Those who check tickets at the doors of the space's events, by name.
pub async fn ushers(conn: &mut Conn, space: SpaceId) -> AppResult<Vec<PersonCard>> {
    let rows: Vec<(PersonId, String, u8)> = sqlx::query_as(
        "select p.id, p.name, p.hue from space_ushers u join people p on p.id = u.person_id where u.space_id = $1 order by lower(p.name), p.id",
    )
    .bind(space)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(id, name, hue)| PersonCard { id, name, hue }).collect())
}

/// Lets `person` check tickets at the doors of the space's events. True if they did not.
pub async fn add_usher(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<bool> {
    let added = sqlx::query("insert into space_ushers (space_id, person_id, added_at) values ($1, $2, $3) on conflict do nothing")
        .bind(space)
        .bind(person)
        .bind(tx.now())
        .execute(&mut **tx)
        .await?;
    Ok(added.rows_affected() > 0)
}

/// Ends that `person` checks tickets there, at once. True if they did.
pub async fn remove_usher(tx: &mut Tx, space: SpaceId, person: PersonId) -> AppResult<bool> {
    let removed =
        sqlx::query("delete from space_ushers where space_id = $1 and person_id = $2").bind(space).bind(person).execute(&mut **tx).await?;
    let did = removed.rows_affected() > 0;
    if did {
        tx.revoke(person, Scope::Rights);
    }
    Ok(did)
}

/// True if the space is of `organisation`.
pub async fn is_of(conn: &mut Conn, space: SpaceId, organisation: OrganisationId) -> AppResult<bool> {
    let is = sqlx::query_scalar("select exists (select 1 from spaces where id = $1 and organisation_id = $2)");
    Ok(is.bind(space).bind(organisation).fetch_one(conn).await?)
}

/// The organisation of a space.
pub async fn organisation(conn: &mut Conn, space: SpaceId) -> AppResult<Option<OrganisationId>> {
    Ok(sqlx::query_scalar("select organisation_id from spaces where id = $1").bind(space).fetch_optional(conn).await?)
}

/// The spaces of an organisation that `person` does not run as one of their staff.
pub async fn not_staffed_by(conn: &mut Conn, organisation: OrganisationId, person: PersonId) -> AppResult<Vec<SpaceId>> {
    let found = sqlx::query_scalar(
        "select s.id from spaces s where s.organisation_id = $1
         and not exists (select 1 from space_members m where m.space_id = s.id and m.person_id = $2 and m.staff)",
    );
    Ok(found.bind(organisation).bind(person).fetch_all(conn).await?)
}

async fn membership(conn: &mut Conn, space: SpaceId, person: PersonId) -> AppResult<Option<bool>> {
    let staff = sqlx::query_scalar("select staff from space_members where space_id = $1 and person_id = $2");
    Ok(staff.bind(space).bind(person).fetch_optional(conn).await?)
}
