//! What every feature asks about people: their cards, their roles, when they were here; [`search`] finds them, [`blocks`] says who has blocked
//! whom. And what they ask about [`organisations`].

pub mod blocks;
pub mod organisations;
pub mod search;

use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, PersonId},
    people::{Identity, PersonCard, Privacy, Role},
};
use plenum_store::{
    db::{Conn, Tx},
    person_is_active,
};

/// What others see of `person`, and what they let them see.
///
/// # Errors
/// 404 if there is no such person.
pub async fn card_and_privacy(conn: &mut Conn, person: PersonId) -> AppResult<(PersonCard, Privacy)> {
    let row: Option<(String, u8, bool, bool, bool)> =
        sqlx::query_as("select name, hue, show_presence, send_typing, send_read_marks from people where id = $1")
            .bind(person)
            .fetch_optional(conn)
            .await?;
    let (name, hue, show_presence, send_typing, send_read_marks) = row.ok_or_else(|| AppError::no_such("person"))?;
    Ok((PersonCard { id: person, name, hue }, Privacy { show_presence, send_typing, send_read_marks }))
}

/// Notes when a person was here last; the time never goes back.
pub async fn set_last_seen(tx: &mut Tx, person: PersonId, at: Millis) -> AppResult<()> {
    sqlx::query("update people set last_seen_at = $2 where id = $1 and coalesce(last_seen_at, 0) < $2")
        .bind(person)
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The roles that `person` holds, in order, active or not.
pub async fn roles_of(conn: &mut Conn, person: PersonId) -> AppResult<Vec<Role>> {
    let mut roles: Vec<Role> = sqlx::query_scalar("select role from roles where person_id = $1").bind(person).fetch_all(conn).await?;
    roles.sort_unstable();
    Ok(roles)
}

/// That who asks holds `role` in this transaction. Writes ask this: an identity was looked up before them, and the role may have been taken
/// away since.
///
/// # Errors
/// 403.
pub async fn require_role(conn: &mut Conn, who: &Identity, role: Role) -> AppResult<()> {
    who.require(role)?;
    let held = has_role(conn, who.person, role).await?;
    if held { Ok(()) } else { Err(AppError::forbidden("You no longer have the role that this takes.")) }
}

/// True if `person` holds `role` and is active: whoever is suspended keeps their roles and may do nothing with them.
pub async fn has_role(conn: &mut Conn, person: PersonId, role: Role) -> AppResult<bool> {
    let holds = sqlx::query_scalar(concat!(
        "select exists (select 1 from roles join people on people.id = roles.person_id where people.id = $1 and roles.role = $2 and ",
        person_is_active!("people"),
        ")"
    ));
    Ok(holds.bind(person).bind(role).fetch_one(conn).await?)
}
