//! Who works for an event: its organisers, who run it, and its ushers, who check tickets at its doors and see no money.

use crate::model::{StaffMember, StaffRole};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{EventId, PersonId, SpaceId},
    people::{Identity, PersonCard},
};
use plenum_events::server::events::row_for_organiser;
use plenum_messages::spaces;
use plenum_store::{
    db::{Activity, Conn, Tx},
    person_is_active,
};

/// Those who run the events of a space, then those who work at their doors.
pub async fn list(conn: &mut Conn, space: SpaceId) -> AppResult<Vec<StaffMember>> {
    let organisers = spaces::server::staff(conn, space).await?;
    let ushers = spaces::server::ushers(conn, space).await?;
    let all =
        organisers.into_iter().map(|card| (card, StaffRole::Organiser)).chain(ushers.into_iter().map(|card| (card, StaffRole::Usher)));
    Ok(all.map(|(card, role)| StaffMember { card, role }).collect())
}

/// Lets the person of the same organisation with the address `email` run the event, too, or work at its doors.
///
/// # Errors
/// 403; 404; 409 if they do already; 422 `email` if there is no such person here.
pub async fn add(tx: &mut Tx, who: &Identity, id: EventId, email: &str, role: StaffRole) -> AppResult<PersonCard> {
    let row = row_for_organiser(tx, who, id).await?;
    let found: Option<(PersonId, String, u8)> = sqlx::query_as(concat!(
        "select id, name, hue from people where organisation_id = $1 and email = $2 and ",
        person_is_active!("people")
    ))
    .bind(who.organisation)
    .bind(email.trim().to_lowercase())
    .fetch_optional(&mut **tx)
    .await?;
    let (person, name, hue) = found.ok_or_else(|| AppError::invalid("email", "There is nobody with this address here."))?;
    let record = match role {
        StaffRole::Organiser => {
            spaces::server::promote(tx, row.space_id, person).await?;
            // Whoever runs it works at its doors.
            spaces::server::remove_usher(tx, row.space_id, person).await?;
            Record::EventStaffAdded
        }
        StaffRole::Usher => {
            if spaces::server::is_staff(tx, row.space_id, person).await? || !spaces::server::add_usher(tx, row.space_id, person).await? {
                return Err(AppError::conflict(format!("{name} works at the doors already.")).at_field("email"));
            }
            Record::EventUsherAdded
        }
    };
    tx.record(Activity::by(who, record, Subject::named(id.0, &row.title)).about(person)).await?;
    Ok(PersonCard { id: person, name, hue })
}

/// Ends that `person` runs the event, or works at its doors. Without a ticket they are in its space no longer.
///
/// # Errors
/// 403; 404; 409 if nobody else runs it.
pub async fn remove(tx: &mut Tx, who: &Identity, id: EventId, person: PersonId) -> AppResult<()> {
    let row = row_for_organiser(tx, who, id).await?;
    if spaces::server::remove_usher(tx, row.space_id, person).await? {
        return tx.record(Activity::by(who, Record::EventUsherRemoved, Subject::named(id.0, &row.title)).about(person)).await;
    }
    spaces::server::demote(tx, row.space_id, person).await?;
    let tickets: i64 = sqlx::query_scalar("select count(*) from tickets where event_id = $1 and person_id = $2 and state <> 'void'")
        .bind(id)
        .bind(person)
        .fetch_one(&mut **tx)
        .await?;
    if tickets == 0 {
        spaces::server::dismiss(tx, row.space_id, person).await?;
    }
    tx.record(Activity::by(who, Record::EventStaffRemoved, Subject::named(id.0, &row.title)).about(person)).await
}
