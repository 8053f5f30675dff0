//! The audit log: every row of the organisation's record, for its admins.

use sqlx::QueryBuilder;

use crate::model::audit::{Asked, Audit, ROWS};
use plenum_core::{
    activity::{Item, SubjectKind, Topic},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{ActivityId, Millis, OrganisationId},
    live::Snapshot,
    people::{Identity, Role},
};
use plenum_store::{
    activity::{self, COLUMNS, SOURCE},
    db::{Conn, Db, push_list},
    log, zones,
};
use plenum_web::search;

/// More new rows than this are not counted.
const NEW: i64 = 1_000;

/// What was asked for, understood; made by [`Filter::read`], which asks for the right.
#[derive(Debug, Clone)]
pub struct Filter {
    organisation: OrganisationId,
    /// A pattern for names and addresses.
    person: Option<String>,
    topic: Option<Topic>,
    subject: Option<SubjectKind>,
    from: Option<Millis>,
    to: Option<Millis>,
    /// A pattern for names of subjects and for details.
    text: Option<String>,
}

impl Filter {
    /// Reads what was entered; its days are in the zone of `who`.
    ///
    /// # Errors
    /// 403 unless one is an admin; 422 `topic`, `subject`, `from` or `to`.
    pub async fn read(conn: &mut Conn, who: &Identity, asked: &Asked) -> AppResult<Self> {
        who.require(Role::Admin)?;
        let asked = asked.trimmed();
        let zone: String = sqlx::query_scalar("select time_zone from people where id = $1").bind(who.person).fetch_one(conn).await?;
        let day = |field: &'static str, text: &str| match text {
            "" => Ok(None),
            text => {
                zones::day(&zone, text).map(Some).ok_or_else(|| AppError::invalid(field, "Enter a day like 2026-11-21, or leave it empty."))
            }
        };
        let (from, to) = (day("from", &asked.from)?, day("to", &asked.to)?);
        Ok(Self {
            organisation: who.organisation,
            person: typed(&asked.person, search::containing),
            topic: known("topic", &asked.topic, asked.topic())?,
            subject: known("subject", &asked.subject, asked.subject())?,
            from: from.map(|(begins, _)| begins),
            to: to.map(|(_, ends)| ends),
            text: typed(&asked.text, search::containing_as_written),
        })
    }

    /// The rows that it shows, of a statement that begins with `select`.
    fn push(&self, query: &mut QueryBuilder<Db>) {
        query.push(" where a.organisation_id = ").push_bind(self.organisation);
        if let Some(person) = &self.person {
            for (open, column) in [
                (" and (", "coalesce(actor.name_folded, lower(actor.name))"),
                (" or ", "lower(actor.email)"),
                (" or ", "coalesce(about.name_folded, lower(about.name))"),
                (" or ", "lower(about.email)"),
            ] {
                query.push(open).push(column).push(" like ").push_bind(person.clone()).push(" escape '\\'");
            }
            query.push(")");
        }
        if let Some(topic) = self.topic {
            query.push(" and a.verb in ");
            push_list(query, topic.verbs().map(|verb| verb.into_str()));
        }
        if let Some(subject) = self.subject {
            query.push(" and a.subject_kind = ").push_bind(subject.into_str());
        }
        if let Some(from) = self.from {
            query.push(" and a.at >= ").push_bind(from);
        }
        if let Some(to) = self.to {
            query.push(" and a.at < ").push_bind(to);
        }
        if let Some(text) = &self.text {
            query.push(" and (lower(a.subject_name) like ").push_bind(text.clone()).push(" escape '\\'");
            query.push(" or lower(a.details) like ").push_bind(text.clone()).push(" escape '\\')");
        }
    }

    /// The rows below `before` and not above `head`, the newest first; `most` of them.
    pub(super) async fn rows(&self, conn: &mut Conn, before: Option<ActivityId>, head: ActivityId, most: usize) -> AppResult<Found> {
        let mut query = QueryBuilder::<Db>::new("select ");
        query.push(COLUMNS).push(" from ").push(SOURCE);
        self.push(&mut query);
        query.push(" and a.id <= ").push_bind(head);
        if let Some(before) = before {
            query.push(" and a.id < ").push_bind(before);
        }
        query.push(" order by a.id desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
        let rows: Vec<activity::Row> = query.build_query_as().fetch_all(conn).await?;
        let full = rows.len() == most;
        let rows: Vec<Item> = rows.into_iter().filter_map(activity::Row::for_audit).collect();
        let floor = rows.last().filter(|_| full).map_or(ActivityId(0), |oldest| oldest.id);
        Ok(Found { rows, floor })
    }
}

/// Rows, and where the next ones begin; 0: there are none.
pub(super) struct Found {
    pub(super) rows: Vec<Item>,
    pub(super) floor: ActivityId,
}

/// The pattern of what was typed, if anything was.
fn typed(text: &str, pattern: fn(&str) -> String) -> Option<String> {
    (!text.is_empty()).then(|| pattern(text))
}

/// What was chosen, if anything was.
fn known<T>(field: &'static str, word: &str, found: Option<T>) -> AppResult<Option<T>> {
    if found.is_none() && !word.is_empty() { Err(AppError::invalid(field, "Choose one of the list.")) } else { Ok(found) }
}

/// A page of what the admin `who` asks for, below `before`; with where the channel of the record's head stands.
///
/// # Errors
/// As [`Filter::read`].
pub async fn page(conn: &mut Conn, who: &Identity, epoch: &Epoch, asked: &Asked, before: Option<ActivityId>) -> AppResult<Snapshot<Audit>> {
    let filter = Filter::read(conn, who, asked).await?;
    let head = activity::head(conn, who.organisation).await?;
    let Found { rows, floor } = filter.rows(conn, before, head, ROWS).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state: Audit { asked: asked.trimmed(), rows, floor, head }, cursors })
}

/// How many rows that fit are newer than `after`; a thousand at most.
///
/// # Errors
/// As [`Filter::read`].
pub async fn count_new(conn: &mut Conn, who: &Identity, asked: &Asked, after: ActivityId) -> AppResult<u32> {
    let filter = Filter::read(conn, who, asked).await?;
    let mut query = QueryBuilder::<Db>::new("select count(*) from (select a.id from ");
    query.push(SOURCE);
    filter.push(&mut query);
    query.push(" and a.id > ").push_bind(after).push(" limit ").push_bind(NEW).push(") as newer");
    Ok(query.build_query_scalar().fetch_one(conn).await?)
}
