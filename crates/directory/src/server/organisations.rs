//! What features ask about organisations: which one runs the server, how one looks, and how much the operator allows it. And whom a change
//! concerns.

use crate::live::{OrganisationEvent, PublicEvent, SettingsChanged, SettingsEvent};
use plenum_core::{
    error::{AppError, AppResult, ErrorCode},
    ids::{Millis, OrganisationId, PictureId},
    look::Look,
    people::{Identity, Role},
};
use plenum_store::{
    db::{Conn, Tx},
    organisations::is_suspended,
};

use super::has_role;

/// Messages are counted by days of UTC: organisations have no zone of their own.
const DAY: Millis = 24 * 3_600_000;

/// The first organisation: its admins run the place.
pub async fn operator(conn: &mut Conn) -> AppResult<OrganisationId> {
    Ok(sqlx::query_scalar("select min(id) from organisations").fetch_one(conn).await?)
}

/// True for an admin of the organisation that runs the place.
pub async fn is_operator(conn: &mut Conn, who: &Identity) -> AppResult<bool> {
    Ok(operator(conn).await? == who.organisation && has_role(conn, who.person, Role::Admin).await?)
}

/// Asked in the transaction itself: an identity was looked up before it, and the right may have ended since.
///
/// # Errors
/// 403 unless one is an admin of the organisation that runs the place.
pub async fn require_operator(conn: &mut Conn, who: &Identity) -> AppResult<()> {
    if is_operator(conn, who).await? {
        return Ok(());
    }
    Err(AppError::forbidden("This is about the whole server, and for the admins of the organisation that runs it."))
}

/// How `organisation` looks.
pub async fn look(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Look> {
    let (hue, logo, imprint, privacy): (Option<u16>, Option<PictureId>, bool, bool) = sqlx::query_as(
        "select hue, logo_id,
                exists (select 1 from organisation_pages where organisation_id = o.id and page = 'imprint'),
                exists (select 1 from organisation_pages where organisation_id = o.id and page = 'privacy')
         from organisations o where o.id = $1",
    )
    .bind(organisation)
    .fetch_one(conn)
    .await?;
    Ok(Look { hue, logo, imprint, privacy })
}

/// Shows its people and its visitors how `organisation` looks now.
pub async fn announce_look(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    let look = look(tx, organisation).await?;
    tx.announce(organisation, &OrganisationEvent::LookChanged(look));
    tx.announce(organisation, &PublicEvent::LookChanged(look));
    Ok(())
}

/// Tells the admins of `organisation`, and those who run the server, that its settings changed.
pub async fn announce_settings(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    let (operator, at) = (operator(tx).await?, tx.now());
    for admins in std::iter::once(organisation).chain((operator != organisation).then_some(operator)) {
        tx.announce(admins, &SettingsEvent::SettingsChanged(SettingsChanged { at }));
    }
    Ok(())
}

/// That `organisation` may have one person more; asked in the write that brings them.
///
/// # Errors
/// 409 `limit_reached`; 503 while it is suspended.
pub async fn admit_person(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    if is_suspended(tx, organisation).await? {
        return Err(suspended());
    }
    let most: Option<Option<i64>> = sqlx::query_scalar("select people from organisation_limits where organisation_id = $1")
        .bind(organisation)
        .fetch_optional(&mut **tx)
        .await?;
    let Some(most) = most.flatten() else { return Ok(()) };
    let people: i64 = sqlx::query_scalar(
        "select count(*) from (select 1 from people where organisation_id = $1 and state <> 'removed' limit $2) as counted",
    )
    .bind(organisation)
    .bind(most)
    .fetch_one(&mut **tx)
    .await?;
    if people < most {
        return Ok(());
    }
    Err(AppError::conflict(format!("This organisation may have at most {most} people, and has as many. Ask its admins."))
        .with_code(ErrorCode::LimitReached))
}

/// Counts a message of `organisation`, in the write that sends it.
///
/// # Errors
/// 409 `limit_reached` if it has sent as many today as it may; the count is taken back with the write.
pub async fn admit_message(tx: &mut Tx, organisation: OrganisationId) -> AppResult<()> {
    let counted: Option<(i64, i64)> = sqlx::query_as(
        "update organisation_limits set messages_today = case when day = $2 then messages_today + 1 else 1 end, day = $2
         where organisation_id = $1 and messages_a_day is not null returning messages_today, messages_a_day",
    )
    .bind(organisation)
    .bind(day(tx.now()))
    .fetch_optional(&mut **tx)
    .await?;
    match counted {
        Some((today, most)) if today > most => {
            Err(AppError::conflict(format!("This organisation may send {most} messages a day, and has sent them. Try again tomorrow."))
                .with_code(ErrorCode::LimitReached))
        }
        _ => Ok(()),
    }
}

/// The day on which messages sent at `now` are counted.
pub const fn day(now: Millis) -> i64 {
    now / DAY
}

/// Its pages say the same.
fn suspended() -> AppError {
    AppError::unavailable("This organisation is suspended. Ask those who run this server.")
}
