//! Reported messages: reporting one, what admins decide, and erasing what is kept of it.
//!
//! An admin sees the message that was reported and nothing else of a conversation that they are not in.

use super::{sending, stored};
use crate::{
    live::{ReportHead, ReportsEvent},
    model::reports::{Decided, Decision, Reason, Report, Reports},
    words::reports as words,
};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{ConversationId, MessageId, Millis, OrganisationId, PersonId, ReportId},
    live::Snapshot,
    people::{Identity, PersonCard, Role},
};
use plenum_directory::server::{has_role, require_role};
use plenum_inbox::{model::Category, server as inbox, server::News};
use plenum_store::{
    db::{Activity, Conn, Tx},
    log,
};

/// Reports that the queue shows at the most.
const OPEN: i64 = 100;
/// Decided ones below them.
const DECIDED: i64 = 50;
/// Reports of one message that one decision is about.
const AT_ONCE: i64 = 200;
/// The text is kept for so long after the decision.
const KEPT: Millis = 90 * 24 * 3_600_000;
/// Rows of one step of erasing.
const ERASED_AT_ONCE: i64 = 500;

/// Reports a message of somebody else, once; the admins are notified.
///
/// # Errors
/// 404; 409 if one has reported it before, it is deleted or one's own.
pub async fn report(tx: &mut Tx, who: &Identity, message: MessageId, reason: Reason, note: &str) -> AppResult<()> {
    let (place, membership) = stored::message_find(tx, who, message).await?;
    if place.author_id == who.person {
        return Err(AppError::conflict("This message is your own. You can delete it."));
    }
    if place.deleted_at.is_some() {
        return Err(AppError::conflict("This message has been deleted."));
    }
    let id: Option<ReportId> = sqlx::query_scalar(
        "insert into message_reports (organisation_id, message_id, reporter_id, reason, note, text, reported_at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (message_id, reporter_id) do nothing returning id",
    )
    .bind(who.organisation)
    .bind(message)
    .bind(who.person)
    .bind(reason)
    .bind(note)
    .bind(&place.text)
    .bind(tx.now())
    .fetch_optional(&mut **tx)
    .await?;
    let id = id.ok_or_else(|| AppError::conflict("You have reported this message already."))?;
    let record = Record::MessageReported { reason: reason.into_str().to_owned() };
    tx.record(Activity::by(who, record, Subject::named(message.0, &membership.name)).about(place.author_id)).await?;
    tx.announce(who.organisation, &ReportsEvent::ReportsMoved(ReportHead { id }));
    let admins: Vec<PersonId> = sqlx::query_scalar(
        "select r.person_id from roles r join people p on p.id = r.person_id where p.organisation_id = $1 and r.role = $2 order by r.person_id",
    )
    .bind(who.organisation)
    .bind(Role::Admin)
    .fetch_all(&mut **tx)
    .await?;
    let news = News {
        category: Category::Operation,
        title: words::REPORTED_TITLE.to_owned(),
        text: String::new(),
        link: "/admin/reports".to_owned(),
        actor: Some(who.person),
        subject: None,
        thread: None,
        group: Some("reports".to_owned()),
    };
    inbox::notify(tx, &admins, &news).await
}

/// Decides about a report, and with it about the other open ones of the same message; the reporters are notified.
///
/// # Errors
/// 403 unless one is an admin; 404; 409 if it is decided.
pub async fn decide(tx: &mut Tx, who: &Identity, report: ReportId, decision: Decision) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let found: Option<(MessageId, bool)> =
        sqlx::query_as("select message_id, decided_at is not null from message_reports where id = $1 and organisation_id = $2")
            .bind(report)
            .bind(who.organisation)
            .fetch_optional(&mut **tx)
            .await?;
    let (message, is_decided) = found.ok_or_else(|| AppError::no_such("report"))?;
    if is_decided {
        return Err(AppError::conflict("This report was decided a moment ago."));
    }
    let place = stored::place(tx, message).await?.ok_or_else(|| AppError::no_such("message"))?;
    let (name, head): (String, i64) =
        sqlx::query_as("select name, head from conversations where id = $1").bind(place.conversation_id).fetch_one(&mut **tx).await?;
    if decision == Decision::Deleted && place.deleted_at.is_none() {
        sending::erase(tx, who, &place, &name, head).await?;
    }
    let reporters: Vec<PersonId> = sqlx::query_scalar(
        "update message_reports set decision = $2, decided_by = $3, decided_at = $4
         where id = $5 or id in (select id from message_reports where message_id = $1 and decided_at is null order by id limit $6)
         returning reporter_id",
    )
    .bind(message)
    .bind(decision)
    .bind(who.person)
    .bind(tx.now())
    .bind(report)
    .bind(AT_ONCE)
    .fetch_all(&mut **tx)
    .await?;
    let record = Record::ReportDecided { decision: decision.into_str().to_owned() };
    tx.record(Activity::by(who, record, Subject::named(message.0, &name)).about(place.author_id)).await?;
    tx.announce(who.organisation, &ReportsEvent::ReportsMoved(ReportHead { id: report }));
    let news = News {
        category: Category::People,
        title: words::LOOKED_AT.to_owned(),
        text: words::looked_at(decision).to_owned(),
        link: format!("/messages/{}?m={}", place.conversation_id, place.number),
        actor: None,
        subject: None,
        thread: None,
        group: None,
    };
    inbox::notify(tx, &reporters, &news).await
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ReportId,
    message_id: MessageId,
    reason: Reason,
    note: String,
    text: String,
    reported_at: Millis,
    decision: Option<Decision>,
    decided_at: Option<Millis>,
    erased: bool,
    conversation_id: ConversationId,
    number: i64,
    deleted: bool,
    place: String,
    readable: bool,
    author_id: PersonId,
    author_name: String,
    author_hue: u8,
    reporter_id: PersonId,
    reporter_name: String,
    reporter_hue: u8,
    decider_id: Option<PersonId>,
    decider_name: Option<String>,
    decider_hue: Option<u8>,
}

impl Row {
    fn report(self) -> Report {
        let by = self.decider_id.zip(self.decider_name).zip(self.decider_hue).map(|((id, name), hue)| PersonCard { id, name, hue });
        Report {
            id: self.id,
            message: self.message_id,
            conversation: self.conversation_id,
            place: self.place,
            link: self.readable.then(|| format!("/messages/{0}?m={1}#m{1}", self.conversation_id, self.number)),
            author: PersonCard { id: self.author_id, name: self.author_name, hue: self.author_hue },
            reporter: PersonCard { id: self.reporter_id, name: self.reporter_name, hue: self.reporter_hue },
            reason: self.reason,
            note: self.note,
            text: (!self.erased).then_some(self.text),
            reported_at: self.reported_at,
            deleted: self.deleted,
            decided: self.decision.zip(self.decided_at).zip(by).map(|((decision, at), by)| Decided { decision, by, at }),
        }
    }
}

/// The columns of a [`Row`] and where they come from; `$1` is the organisation and `$2` who looks.
macro_rules! report_rows {
    ($rest:literal) => {
        concat!(
            "select r.id, r.message_id, r.reason, r.note, r.text, r.reported_at, r.decision, r.decided_at, r.erased_at is not null as erased,
                    m.conversation_id, m.number, m.deleted_at is not null as deleted, c.name as place,
                    (mine.person_id is not null or (c.kind = 'room' and c.access = 'open')) as readable,
                    author.id as author_id, author.name as author_name, author.hue as author_hue,
                    reporter.id as reporter_id, reporter.name as reporter_name, reporter.hue as reporter_hue,
                    decider.id as decider_id, decider.name as decider_name, decider.hue as decider_hue
             from message_reports r join messages m on m.id = r.message_id join conversations c on c.id = m.conversation_id
             join people author on author.id = m.author_id join people reporter on reporter.id = r.reporter_id
             left join people decider on decider.id = r.decided_by
             left join memberships mine on mine.conversation_id = c.id and mine.person_id = $2
             where r.organisation_id = $1 and ",
            $rest
        )
    };
}

/// The reports of the organisation, and where its admins' channel stands.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn queue(conn: &mut Conn, who: &Identity, epoch: &Epoch) -> AppResult<Snapshot<Reports>> {
    if !has_role(conn, who.person, Role::Admin).await? {
        return Err(AppError::forbidden("Only admins decide about reports."));
    }
    let open: Vec<Row> = sqlx::query_as(report_rows!("r.decided_at is null order by r.id limit $3"))
        .bind(who.organisation)
        .bind(who.person)
        .bind(OPEN)
        .fetch_all(&mut *conn)
        .await?;
    let decided: Vec<Row> = sqlx::query_as(report_rows!("r.decided_at is not null order by r.decided_at desc, r.id desc limit $3"))
        .bind(who.organisation)
        .bind(who.person)
        .bind(DECIDED)
        .fetch_all(&mut *conn)
        .await?;
    let waiting = waiting(conn, who.organisation).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    let reports = |rows: Vec<Row>| rows.into_iter().map(Row::report).collect();
    Ok(Snapshot { state: Reports { open: reports(open), waiting, decided: reports(decided) }, cursors })
}

async fn waiting(conn: &mut Conn, organisation: OrganisationId) -> AppResult<i64> {
    Ok(sqlx::query_scalar("select count(*) from message_reports where organisation_id = $1 and decided_at is null")
        .bind(organisation)
        .fetch_one(conn)
        .await?)
}

/// Erases what is kept of messages whose reports were decided long ago. True if there may be more.
pub async fn erase_old(tx: &mut Tx, now: Millis) -> AppResult<bool> {
    let erased = sqlx::query(
        "update message_reports set text = '', note = '', erased_at = $1
         where id in (select id from message_reports where decided_at <= $2 and erased_at is null order by decided_at limit $3)",
    )
    .bind(now)
    .bind(now - KEPT)
    .bind(ERASED_AT_ONCE)
    .execute(&mut **tx)
    .await?;
    Ok(erased.rows_affected() > 0)
}
