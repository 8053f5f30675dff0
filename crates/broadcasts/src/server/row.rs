//! A broadcast as it stands in the database, and as it is shown.

use sqlx::QueryBuilder;

use crate::model::{Audience, Broadcast, Funnel, Ground, Late, Measure, Occurrence, OwnTime, Sample, State, Variant, Winner, Words};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{BroadcastId, Millis, OrganisationId, PersonId, SeriesId},
    people::{Identity, PersonCard},
};
use plenum_store::db::{Conn, Db, push_list};

/// The columns of a [`Row`], of `broadcasts b join people p on p.id = b.sender_id`.
pub(super) const COLUMNS: &str =
    "b.id, b.organisation_id, p.id as sender_id, p.name as sender_name, p.hue as sender_hue, b.audience, b.audience_name, b.state, b.due_at,
    b.created_at, b.started_at, b.ended_at, b.next_at, b.series_id, b.occurrence, b.local_at, b.late, b.sample_percent, b.sample_hours,
    b.measure, b.decide_at, b.winner, b.ground, b.newest_person, b.gathered_to, b.gathered, b.held, b.retrying, b.failure";

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) id: BroadcastId,
    pub(super) organisation_id: OrganisationId,
    pub(super) sender_id: PersonId,
    sender_name: String,
    sender_hue: u8,
    audience: String,
    audience_name: String,
    pub(super) state: State,
    pub(super) due_at: Millis,
    created_at: Millis,
    pub(super) started_at: Option<Millis>,
    ended_at: Option<Millis>,
    pub(super) next_at: Option<Millis>,
    series_id: Option<SeriesId>,
    occurrence: Option<u32>,
    pub(super) local_at: Option<String>,
    pub(super) late: Option<Late>,
    sample_percent: Option<u8>,
    sample_hours: Option<u16>,
    measure: Option<Measure>,
    pub(super) decide_at: Option<Millis>,
    pub(super) winner: Option<u8>,
    ground: Option<Ground>,
    pub(super) newest_person: PersonId,
    pub(super) gathered_to: PersonId,
    pub(super) gathered: bool,
    pub(super) held: u32,
    pub(super) retrying: bool,
    failure: Option<String>,
}

/// The columns of a [`VariantRow`].
const VARIANT_COLUMNS: &str = "broadcast_id, number, title, text, link, weight, recipients, refused, failed, delivered, seen, read, acted";

#[derive(Debug, sqlx::FromRow)]
pub(super) struct VariantRow {
    pub(super) broadcast_id: BroadcastId,
    title: String,
    text: String,
    link: String,
    weight: u32,
    recipients: u32,
    refused: u32,
    failed: u32,
    delivered: u32,
    seen: u32,
    read: u32,
    acted: u32,
}

impl VariantRow {
    fn variant(self) -> Variant {
        Variant {
            words: Words { title: self.title, text: self.text, link: self.link, weight: self.weight },
            funnel: Funnel {
                recipients: self.recipients,
                refused: self.refused,
                failed: self.failed,
                delivered: self.delivered,
                seen: self.seen,
                read: self.read,
                acted: self.acted,
            },
        }
    }
}

/// The variants of these broadcasts, in order of both.
pub(super) async fn variants(conn: &mut Conn, ids: Vec<BroadcastId>) -> AppResult<Vec<VariantRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Db>::new("select ");
    query.push(VARIANT_COLUMNS).push(" from broadcast_variants where broadcast_id in ");
    push_list(&mut query, ids);
    query.push(" order by broadcast_id, number");
    Ok(query.build_query_as().fetch_all(conn).await?)
}

impl Row {
    pub(super) fn audience(&self) -> AppResult<Audience> {
        self.audience.parse().map_err(|_| {
            tracing::error!(broadcast.id = %self.id, "an audience cannot be read");
            AppError::internal()
        })
    }

    pub(super) fn sample(&self) -> Option<Sample> {
        match (self.sample_percent, self.sample_hours, self.measure) {
            (Some(percent), Some(hours), Some(measure)) => Some(Sample { percent, hours, measure }),
            _ => None,
        }
    }

    /// What it says, and how far each of that has come.
    pub(super) async fn variants(&self, conn: &mut Conn) -> AppResult<Vec<Variant>> {
        Ok(variants(conn, vec![self.id]).await?.into_iter().map(VariantRow::variant).collect())
    }

    /// As it is shown.
    pub(super) async fn broadcast(self, conn: &mut Conn) -> AppResult<Broadcast> {
        let variants = variants(conn, vec![self.id]).await?;
        self.with(variants)
    }

    /// As it is shown, with its variants.
    pub(super) fn with(self, variants: Vec<VariantRow>) -> AppResult<Broadcast> {
        let variants: Vec<Variant> = variants.into_iter().map(VariantRow::variant).collect();
        let mut funnel = variants.iter().map(|variant| variant.funnel).fold(Funnel::default(), Funnel::plus);
        funnel.recipients = funnel.recipients.saturating_add(self.held);
        Ok(Broadcast {
            id: self.id,
            audience: self.audience()?,
            sample: self.sample(),
            sender: PersonCard { id: self.sender_id, name: self.sender_name, hue: self.sender_hue },
            audience_name: self.audience_name,
            variants,
            decide_at: self.decide_at,
            winner: self.winner.zip(self.ground).map(|(variant, ground)| Winner { variant, ground }),
            state: self.state,
            due_at: self.due_at,
            own_time: self.local_at.zip(self.late).map(|(local, late)| OwnTime { local, late }),
            next_at: self.next_at,
            series: self.series_id.zip(self.occurrence).map(|(series, number)| Occurrence { series, number }),
            created_at: self.created_at,
            started_at: self.started_at,
            ended_at: self.ended_at,
            gathered: self.gathered,
            held: self.held,
            funnel,
            failure: self.failure,
        })
    }
}

/// The broadcast with this id, of whatever organisation.
pub(super) async fn row(conn: &mut Conn, id: BroadcastId) -> AppResult<Option<Row>> {
    let statement = format!("select {COLUMNS} from broadcasts b join people p on p.id = b.sender_id where b.id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).fetch_optional(conn).await?)
}

/// The broadcast with this id, of the organisation of `who`.
///
/// # Errors
/// 404.
pub(super) async fn own(conn: &mut Conn, who: &Identity, id: BroadcastId) -> AppResult<Row> {
    row(conn, id).await?.filter(|row| row.organisation_id == who.organisation).ok_or_else(|| AppError::no_such("broadcast"))
}
