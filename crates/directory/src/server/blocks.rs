//! Who has blocked whom. [`between`] decides for two people; what follows of it for messages, notifications and presence asks it, or
//! [`without_blockers`] for many. Admins can write to everyone: whoever decides about writing asks for their role.

use plenum_core::{
    error::{AppError, AppResult},
    ids::PersonId,
    people::{Identity, PersonCard},
};
use plenum_store::db::{Conn, Db, Tx, push_list};

/// People that one blocks at the most.
const MOST: i64 = 500;

/// How two people stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// The first has blocked the second.
    pub by_first: bool,
    /// The second has blocked the first.
    pub by_second: bool,
}

impl Between {
    /// One of them has blocked the other.
    pub fn any(self) -> bool {
        self.by_first || self.by_second
    }
}

/// Whether `first` and `second` have blocked each other.
pub async fn between(conn: &mut Conn, first: PersonId, second: PersonId) -> AppResult<Between> {
    let blockers: Vec<PersonId> = sqlx::query_scalar(
        "select blocker_id from blocks where (blocker_id = $1 and blocked_id = $2) or (blocker_id = $2 and blocked_id = $1)",
    )
    .bind(first)
    .bind(second)
    .fetch_all(conn)
    .await?;
    Ok(Between { by_first: blockers.contains(&first), by_second: blockers.contains(&second) })
}

/// Those of `people` who have not blocked `person`, in their order.
pub async fn without_blockers(conn: &mut Conn, person: PersonId, people: Vec<PersonId>) -> AppResult<Vec<PersonId>> {
    if people.is_empty() {
        return Ok(people);
    }
    let mut query = sqlx::QueryBuilder::<Db>::new("select blocker_id from blocks where blocked_id = ");
    query.push_bind(person).push(" and blocker_id in ");
    push_list(&mut query, people.iter().copied());
    let blockers: Vec<PersonId> = query.build_query_scalar().fetch_all(conn).await?;
    Ok(people.into_iter().filter(|person| !blockers.contains(person)).collect())
}

/// Whom `person` has blocked, by id.
pub async fn of(conn: &mut Conn, person: PersonId) -> AppResult<Vec<PersonId>> {
    Ok(sqlx::query_scalar("select blocked_id from blocks where blocker_id = $1 order by blocked_id").bind(person).fetch_all(conn).await?)
}

/// The people whom who asks has blocked, by name.
pub async fn list(conn: &mut Conn, who: &Identity) -> AppResult<Vec<PersonCard>> {
    let people: Vec<(PersonId, String, u8)> = sqlx::query_as(
        "select p.id, p.name, p.hue from blocks b join people p on p.id = b.blocked_id where b.blocker_id = $1 order by lower(p.name), p.id",
    )
    .bind(who.person)
    .fetch_all(conn)
    .await?;
    Ok(people.into_iter().map(|(id, name, hue)| PersonCard { id, name, hue }).collect())
}

/// All pairs of people of whom one has blocked the other.
pub async fn pairs(conn: &mut Conn) -> AppResult<Vec<(PersonId, PersonId)>> {
    Ok(sqlx::query_as("select blocker_id, blocked_id from blocks").fetch_all(conn).await?)
}

/// Blocks `person`, of the organisation of who asks, or no longer; the live layer shows the two nothing of each other. True if that changed
/// anything.
///
/// # Errors
/// 404; 409 for too many; 422 for oneself.
pub async fn set(tx: &mut Tx, who: &Identity, person: PersonId, blocked: bool) -> AppResult<bool> {
    if person == who.person {
        return Err(AppError::invalid("person", "Choose somebody else."));
    }
    let known: bool = sqlx::query_scalar("select exists (select 1 from people where id = $1 and organisation_id = $2)")
        .bind(person)
        .bind(who.organisation)
        .fetch_one(&mut **tx)
        .await?;
    if !known {
        return Err(AppError::no_such("person"));
    }
    let changed = if blocked {
        let count: i64 =
            sqlx::query_scalar("select count(*) from blocks where blocker_id = $1").bind(who.person).fetch_one(&mut **tx).await?;
        if count >= MOST {
            return Err(AppError::conflict(format!("You can block at most {MOST} people.")));
        }
        sqlx::query("insert into blocks (blocker_id, blocked_id, blocked_at) values ($1, $2, $3) on conflict do nothing")
            .bind(who.person)
            .bind(person)
            .bind(tx.now())
            .execute(&mut **tx)
            .await?
    } else {
        sqlx::query("delete from blocks where blocker_id = $1 and blocked_id = $2").bind(who.person).bind(person).execute(&mut **tx).await?
    };
    if changed.rows_affected() == 0 {
        return Ok(false);
    }
    let apart = between(tx, who.person, person).await?.any();
    tx.keep_apart(who.person, person, apart);
    Ok(true)
}
