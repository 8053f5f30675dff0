//! Who is signed in, as admins see it: the browsers and tokens of an organisation, and ending them.

use super::news;
use crate::model::{AnySignIn, SignedIn};
use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{Millis, PersonId, SignInId},
    live::Snapshot,
    people::{Identity, PersonCard, Role, SignIn, SignInEnd},
};
use plenum_directory::server::has_role;
use plenum_store::{
    db::{self, Conn, Tx},
    log,
};
use plenum_web::{
    search,
    sign_ins::{self, Which},
};

/// Sign-ins of one page.
pub const PAGE: u32 = 50;

#[derive(sqlx::FromRow)]
struct Row {
    id: SignInId,
    device: String,
    address: String,
    created_at: Millis,
    used_at: Millis,
    token: bool,
    person_id: PersonId,
    name: String,
    hue: u8,
}

/// The sign-ins and tokens of the people whose name or address contains `query`, the last used first; one page from `offset` on.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn page(conn: &mut Conn, who: &Identity, epoch: &Epoch, query: &str, offset: u32) -> AppResult<Snapshot<SignedIn>> {
    who.require(Role::Admin)?;
    let rows: Vec<Row> = sqlx::query_as(
        "select s.id, s.device, s.address, s.created_at, s.used_at, s.scopes is not null as token, p.id as person_id, p.name, p.hue
         from sign_ins s join people p on p.id = s.person_id
         where p.organisation_id = $1 and s.expires_at > $2 and (coalesce(p.name_folded, lower(p.name)) like $3 escape '\\' or p.email like $3 escape '\\')
         order by s.used_at desc, s.id desc limit $4 offset $5",
    )
    .bind(who.organisation)
    .bind(db::now())
    .bind(search::containing(query))
    .bind(PAGE + 1)
    .bind(offset)
    .fetch_all(&mut *conn)
    .await?;
    let more = rows.len() > PAGE as usize;
    let one = |row: Row| AnySignIn {
        person: PersonCard { id: row.person_id, name: row.name, hue: row.hue },
        token: row.token,
        sign_in: SignIn {
            id: row.id,
            device: row.device,
            address: row.address,
            created_at: row.created_at,
            used_at: row.used_at,
            current: row.id == who.sign_in,
        },
    };
    let state = SignedIn { rows: rows.into_iter().take(PAGE as usize).map(one).collect(), more };
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state, cursors })
}

/// Ends a sign-in or token of the organisation, whoever's it is; that person is told.
///
/// # Errors
/// 403 unless one is an admin; 404 if there is none, or it has ended.
pub async fn end(tx: &mut Tx, who: &Identity, id: SignInId) -> AppResult<()> {
    if !has_role(tx, who.person, Role::Admin).await? {
        return Err(AppError::forbidden("You are no longer an admin."));
    }
    let person: Option<PersonId> = sqlx::query_scalar(
        "select s.person_id from sign_ins s join people p on p.id = s.person_id where s.id = $1 and p.organisation_id = $2",
    )
    .bind(id)
    .bind(who.organisation)
    .fetch_optional(&mut **tx)
    .await?;
    let person = person.ok_or_else(|| AppError::not_found("This sign-in has ended already."))?;
    for ended in sign_ins::end(tx, person, Which::One(id), SignInEnd::EndedByAdmin, who.person).await? {
        if person != who.person {
            news::sign_in_ended(tx, person, who.person, &ended.device).await?;
        }
    }
    Ok(())
}
