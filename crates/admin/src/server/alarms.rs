//! Thresholds: made, switched and deleted by admins; looked at with every sample.
//!
//! Where one stands is in its row. A sample that changes it is written in one transaction with what people are told, so that each alarm
//! is told once and a restart neither forgets nor repeats it.

use crate::{
    live::{AlarmGone, OpsEvent},
    model::{ALARMS, Alarm, AlarmDesk, Alarms, Rule, Side, Standing, Turn, Values},
    words,
};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{AlarmId, Millis, OrganisationId, PersonId},
    live::Snapshot,
    people::{Identity, Role},
};
use plenum_inbox::{model::Category, server as inbox, server::News};
use plenum_store::{
    db::{Activity, Conn, Store, Tx},
    log,
};

const COLUMNS: &str =
    "id, organisation_id, figure, side, threshold, seconds, enabled, crossed_since, raised_at, value, back_since, ended_at";

#[derive(Debug, Clone, sqlx::FromRow)]
struct Row {
    id: AlarmId,
    organisation_id: OrganisationId,
    figure: String,
    side: Side,
    threshold: f64,
    seconds: u32,
    enabled: bool,
    crossed_since: Option<Millis>,
    raised_at: Option<Millis>,
    value: Option<f64>,
    back_since: Option<Millis>,
    ended_at: Option<Millis>,
}

impl Row {
    /// None if it is of a figure that this build does not know.
    fn rule(&self) -> Option<Rule> {
        Some(Rule { figure: self.figure.parse().ok()?, side: self.side, threshold: self.threshold, seconds: self.seconds })
    }

    fn standing(&self) -> Standing {
        match (self.raised_at, self.ended_at, self.back_since, self.crossed_since) {
            (Some(_), None, Some(since), _) => Standing::Back { since },
            (Some(_), None, None, _) => Standing::Raised,
            (_, _, _, Some(since)) => Standing::Crossed { since },
            _ => Standing::Quiet,
        }
    }

    fn alarm(&self) -> Option<Alarm> {
        Some(Alarm {
            id: self.id,
            rule: self.rule()?,
            enabled: self.enabled,
            raised_at: self.raised_at,
            value: self.value,
            ended_at: self.ended_at,
        })
    }
}

/// The thresholds of an organisation.
pub async fn of_organisation(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Alarms> {
    let statement = format!("select {COLUMNS} from alarms where organisation_id = $1 order by id");
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(organisation).fetch_all(conn).await?;
    Ok(Alarms(rows.iter().filter_map(Row::alarm).collect()))
}

/// What `/admin/alarms` shows.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn desk(conn: &mut Conn, who: &Identity, epoch: &Epoch, operator: OrganisationId) -> AppResult<Snapshot<AlarmDesk>> {
    who.require(Role::Admin)?;
    let alarms = of_organisation(conn, who.organisation).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state: AlarmDesk { operator: who.organisation == operator, alarms }, cursors })
}

/// Adds a threshold.
///
/// # Errors
/// 403 unless one is an admin; 409 if there are too many, or this one.
pub async fn add(tx: &mut Tx, who: &Identity, rule: Rule) -> AppResult<AlarmId> {
    require_admin(tx, who).await?;
    let known = of_organisation(tx, who.organisation).await?;
    if known.0.iter().any(|alarm| alarm.rule == rule) {
        return Err(AppError::conflict("There is an alarm like this."));
    }
    if known.0.len() >= ALARMS {
        return Err(AppError::conflict(format!("An organisation has at most {ALARMS} alarms.")));
    }
    let id: AlarmId = sqlx::query_scalar(
        "insert into alarms (organisation_id, figure, side, threshold, seconds, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7)
         returning id",
    )
    .bind(who.organisation)
    .bind(rule.figure.into_str())
    .bind(rule.side)
    .bind(rule.threshold)
    .bind(rule.seconds)
    .bind(who.person)
    .bind(tx.now())
    .fetch_one(&mut **tx)
    .await?;
    tx.record(Activity::by(who, Record::AlarmCreated, Subject::named(id.0, &words::rule(&rule)))).await?;
    announce(tx, id).await?;
    Ok(id)
}

/// Switches a threshold on or off; whatever it has begun to notice is forgotten.
///
/// # Errors
/// 403 unless one is an admin; 404.
pub async fn switch(tx: &mut Tx, who: &Identity, id: AlarmId, on: bool) -> AppResult<()> {
    require_admin(tx, who).await?;
    let switched = sqlx::query(
        "update alarms set enabled = $3, crossed_since = null, back_since = null,
           ended_at = case when raised_at is not null and ended_at is null then $4 else ended_at end
         where id = $1 and organisation_id = $2",
    )
    .bind(id)
    .bind(who.organisation)
    .bind(on)
    .bind(tx.now())
    .execute(&mut **tx)
    .await?;
    if switched.rows_affected() == 0 {
        return Err(AppError::no_such("alarm"));
    }
    let name = row(tx, id).await?.and_then(|row| row.alarm()).map(|alarm| words::rule(&alarm.rule)).unwrap_or_default();
    tx.record(Activity::by(who, Record::AlarmChanged { enabled: on }, Subject::named(id.0, &name))).await?;
    announce(tx, id).await
}

/// Deletes a threshold.
///
/// # Errors
/// 403 unless one is an admin; 404.
pub async fn delete(tx: &mut Tx, who: &Identity, id: AlarmId) -> AppResult<()> {
    require_admin(tx, who).await?;
    let row = row(tx, id).await?.filter(|row| row.organisation_id == who.organisation).ok_or_else(|| AppError::no_such("alarm"))?;
    sqlx::query("delete from alarms where id = $1").bind(id).execute(&mut **tx).await?;
    let name = row.alarm().map(|alarm| words::rule(&alarm.rule)).unwrap_or_default();
    tx.record(Activity::by(who, Record::AlarmDeleted, Subject::named(id.0, &name))).await?;
    tx.announce(who.organisation, &OpsEvent::AlarmRemoved(AlarmGone { id }));
    Ok(())
}

/// Asked in the transaction itself: an identity was looked up before it, and the role may have been taken back since.
async fn require_admin(conn: &mut Conn, who: &Identity) -> AppResult<()> {
    let admin = plenum_directory::server::has_role(conn, who.person, Role::Admin).await?;
    if admin { Ok(()) } else { Err(AppError::forbidden("Only admins set alarms.")) }
}

async fn row(conn: &mut Conn, id: AlarmId) -> AppResult<Option<Row>> {
    let statement = format!("select {COLUMNS} from alarms where id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).fetch_optional(conn).await?)
}

async fn announce(tx: &mut Tx, id: AlarmId) -> AppResult<()> {
    if let Some(row) = row(tx, id).await?
        && let Some(alarm) = row.alarm()
    {
        tx.announce(row.organisation_id, &OpsEvent::AlarmChanged(alarm));
    }
    Ok(())
}

/// Looks at the thresholds of all organisations with a sample of each. Most of the time this is one read.
///
/// # Errors
/// If the database refuses; the next sample looks again.
pub async fn look(store: &Store, samples: &[(OrganisationId, Values)], now: Millis) -> AppResult<()> {
    let statement = format!("select {COLUMNS} from alarms where enabled");
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(statement)).fetch_all(&mut *store.look().await?).await?;
    for row in rows {
        let sample = samples.iter().find(|(organisation, _)| *organisation == row.organisation_id);
        let Some(value) = row.rule().and_then(|rule| sample?.1.get(rule.figure)) else { continue };
        if moved(&row, value, now).is_some() {
            store.write(async move |tx: &mut Tx| advance(tx, row.id, value, now).await).await?;
        }
    }
    Ok(())
}

/// Where a threshold stands after a sample, if that is somewhere else.
fn moved(row: &Row, value: f64, now: Millis) -> Option<(Rule, Standing, Option<Turn>)> {
    let rule = row.rule()?;
    let (standing, turn) = rule.step(row.standing(), value, now);
    (standing != row.standing()).then_some((rule, standing, turn))
}

/// Moves a threshold on, as its row stands in this transaction.
async fn advance(tx: &mut Tx, id: AlarmId, value: f64, now: Millis) -> AppResult<()> {
    let Some(row) = row(tx, id).await?.filter(|row| row.enabled) else { return Ok(()) };
    let Some((rule, standing, turn)) = moved(&row, value, now) else { return Ok(()) };
    let (crossed, back) = match standing {
        Standing::Crossed { since } => (Some(since), None),
        Standing::Back { since } => (None, Some(since)),
        Standing::Quiet | Standing::Raised => (None, None),
    };
    let (raised_at, raised_value, ended_at) = match turn {
        Some(Turn::Raised) => (Some(now), Some(value), None),
        Some(Turn::Ended) => (row.raised_at, row.value, Some(now)),
        None => (row.raised_at, row.value, row.ended_at),
    };
    sqlx::query("update alarms set crossed_since = $2, back_since = $3, raised_at = $4, value = $5, ended_at = $6 where id = $1")
        .bind(id)
        .bind(crossed)
        .bind(back)
        .bind(raised_at)
        .bind(raised_value)
        .bind(ended_at)
        .execute(&mut **tx)
        .await?;
    match turn {
        Some(turn) => alarm_notify(tx, &row, &rule, turn, value).await,
        None => Ok(()),
    }
}

/// Tells the admins, and writes down that it happened.
async fn alarm_notify(tx: &mut Tx, row: &Row, rule: &Rule, turn: Turn, value: f64) -> AppResult<()> {
    let admins: Vec<PersonId> = sqlx::query_scalar(
        "select p.id from people p join roles r on r.person_id = p.id where p.organisation_id = $1 and r.role = 'admin' and p.state = 'active' order by p.id",
    )
    .bind(row.organisation_id)
    .fetch_all(&mut **tx)
    .await?;
    let stood = words::stands_at(rule.figure, value);
    let (record, title) = match turn {
        Turn::Raised => (Record::AlarmRaised { stood: stood.clone() }, words::raised(rule)),
        Turn::Ended => (Record::AlarmEnded { stood: stood.clone() }, words::ended(rule)),
    };
    let news = News {
        // It cannot be switched off: a place that is in trouble must reach those who run it.
        category: Category::Operation,
        title,
        text: stood,
        link: "/admin".to_owned(),
        actor: None,
        subject: Some(format!("alarm:{}", row.id)),
        thread: None,
        // What comes and goes all night is one line in the morning.
        group: Some(format!("alarm:{}", row.id)),
    };
    inbox::notify(tx, &admins, &news).await?;
    tx.record(Activity::new(row.organisation_id, None, record, Subject::named(row.id.0, &words::rule(rule)))).await?;
    announce(tx, row.id).await
}
