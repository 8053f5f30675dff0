//! Figures that the database knows: one statement each, over all organisations at once.

use std::collections::HashMap;

use crate::model::{Figure, Values};
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId},
};
use plenum_events::event_sells;
use plenum_store::db::Conn;

pub(super) const DAY: Millis = 86_400_000;

/// The instant that a statement binds as `$1`; none: it binds nothing.
#[derive(Clone, Copy)]
enum Since {
    Ever,
    Now,
    /// UTC.
    Midnight,
    WeekAgo,
}

/// A figure, and the statement that counts it by organisation.
const COUNTS: &[(Figure, Since, &str)] = &[
    (
        Figure::PeopleActive,
        Since::Midnight,
        "select p.organisation_id, count(distinct p.id) from people p join sign_ins s on s.person_id = p.id where s.used_at >= $1
         group by p.organisation_id",
    ),
    (
        Figure::PeopleNew,
        Since::WeekAgo,
        "select organisation_id, count(*) from people where created_at >= $1 group by organisation_id",
    ),
    (
        Figure::People,
        Since::Ever,
        "select organisation_id, count(*) from people where state <> 'removed' group by organisation_id",
    ),
    (
        Figure::SignIns,
        Since::Now,
        "select p.organisation_id, count(*) from sign_ins s join people p on p.id = s.person_id where s.expires_at > $1 and s.scopes is null
         group by p.organisation_id",
    ),
    (
        Figure::NotificationsToday,
        Since::Midnight,
        "select p.organisation_id, count(*) from notifications n join people p on p.id = n.person_id
         where n.created_at >= $1 and n.deleted_at is null group by p.organisation_id",
    ),
    (
        Figure::NotificationsUnseen,
        Since::Ever,
        "select p.organisation_id, count(*) from notifications n join people p on p.id = n.person_id
         where n.seen_at is null and n.read_at is null and n.archived_at is null and n.snoozed_until is null and n.deleted_at is null
         group by p.organisation_id",
    ),
    (
        Figure::BroadcastsSending,
        Since::Ever,
        "select organisation_id, count(*) from broadcasts where state = 'sending' group by organisation_id",
    ),
    (
        Figure::BroadcastsWaiting,
        Since::Ever,
        "select organisation_id, count(*) from broadcasts where state in ('scheduled', 'paused') group by organisation_id",
    ),
    (
        Figure::OrdersToday,
        Since::Midnight,
        "select organisation_id, count(*) from orders where paid_at >= $1 group by organisation_id",
    ),
    (
        Figure::SeatsHeld,
        Since::Now,
        "select e.organisation_id, cast(sum(held.places) as bigint) from (
           select h.event_id, count(*) as places from held_seats s join holds h on h.id = s.hold_id where s.until > $1 group by h.event_id
           union all
           select h.event_id, sum(p.quantity) from held_places p join holds h on h.id = p.hold_id where p.until > $1 group by h.event_id
         ) held join events e on e.id = held.event_id group by e.organisation_id",
    ),
    (
        Figure::SeatsSold,
        Since::Ever,
        "select e.organisation_id, cast(sum(t.sold) as bigint) from events e join ticket_types t on t.event_id = e.id
         where e.state in ('published', 'live', 'postponed') group by e.organisation_id",
    ),
    (
        Figure::EventsOpen,
        Since::Now,
        concat!("select e.organisation_id, count(*) from events e where ", event_sells!("e", "$1"), " group by e.organisation_id"),
    ),
    (
        Figure::RevenueToday,
        Since::Midnight,
        "select t.organisation_id, cast(sum(p.amount) as bigint) from transfers t join postings p on p.transfer_id = t.id
           join accounts a on a.id = p.account_id where t.at >= $1 and t.kind in ('payment', 'refund') and a.kind = 'sales' and a.currency = 'EUR' group by t.organisation_id",
    ),
];

/// The counted figures of each of `organisations`.
pub(super) async fn of_organisations(
    conn: &mut Conn,
    organisations: &[OrganisationId],
    now: Millis,
) -> AppResult<HashMap<OrganisationId, Values>> {
    let mut counted: HashMap<OrganisationId, Values> = organisations.iter().map(|id| (*id, Values::default())).collect();
    for (figure, since, statement) in COUNTS {
        let query = sqlx::query_as(*statement);
        let query = match since {
            Since::Ever => query,
            Since::Now => query.bind(now),
            Since::Midnight => query.bind(midnight(now)),
            Since::WeekAgo => query.bind(now - 7 * DAY),
        };
        let rows: Vec<(OrganisationId, i64)> = query.fetch_all(&mut *conn).await?;
        let rows: HashMap<OrganisationId, i64> = rows.into_iter().collect();
        for (organisation, values) in &mut counted {
            values.0.push((*figure, rows.get(organisation).copied().map_or(0.0, whole)));
        }
    }
    Ok(counted)
}

/// The jobs of the process.
pub(super) async fn of_process(conn: &mut Conn, now: Millis) -> AppResult<Values> {
    let (waiting, due, retrying, dead): (u32, u32, u32, u32) = sqlx::query_as(
        "select count(*), count(case when due_at <= $1 and (leased_until is null or leased_until <= $1) then 1 end),
           count(case when last_error is not null then 1 end), (select count(*) from dead_letters)
         from jobs",
    )
    .bind(now)
    .fetch_one(conn)
    .await?;
    let figures = [(Figure::JobsWaiting, waiting), (Figure::JobsDue, due), (Figure::JobsRetrying, retrying), (Figure::DeadLetters, dead)];
    Ok(Values(figures.map(|(figure, count)| (figure, f64::from(count))).to_vec()))
}

/// A count as a figure.
#[expect(clippy::cast_precision_loss, reason = "nothing is counted, and nobody earns, beyond 2^53")]
fn whole(count: i64) -> f64 {
    count as f64
}

/// When the day began, in UTC: organisations have no zone of their own.
fn midnight(now: Millis) -> Millis {
    now - now.rem_euclid(DAY)
}

/// How many messages each organisation sent: followed by their ids, which only grow, so that none is counted twice or looked at again.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The last one that was counted; none before the first count.
    newest: Option<i64>,
    day: Millis,
    today: HashMap<OrganisationId, u32>,
    total: HashMap<OrganisationId, u64>,
}

impl Tally {
    /// Counts what was sent since the last call; with the day that `now` is in, all of that day.
    pub(super) async fn follow(&mut self, conn: &mut Conn, now: Millis) -> AppResult<()> {
        let day = midnight(now);
        if self.day != day {
            self.today.clear();
        }
        // The first call only learns where the table ends; it reads the table once, and so does none after it.
        let after = self.newest.unwrap_or(0);
        let rows: Vec<(OrganisationId, u32, u32, i64)> = sqlx::query_as(
            "select c.organisation_id, count(*), count(case when m.sent_at >= $2 then 1 end), max(m.id)
             from messages m join conversations c on c.id = m.conversation_id where m.id > $1 group by c.organisation_id",
        )
        .bind(after)
        .bind(day)
        .fetch_all(conn)
        .await?;
        for (organisation, sent, today, newest) in rows {
            if self.newest.is_some() {
                *self.total.entry(organisation).or_default() += u64::from(sent);
            }
            *self.today.entry(organisation).or_default() += today;
            self.newest = self.newest.max(Some(newest));
        }
        self.newest = self.newest.or(Some(0));
        self.day = day;
        Ok(())
    }

    /// Sent today.
    pub(super) fn today(&self, organisation: OrganisationId) -> u32 {
        self.today.get(&organisation).copied().unwrap_or_default()
    }

    /// Sent since the first call.
    pub(super) fn total(&self, organisation: OrganisationId) -> u64 {
        self.total.get(&organisation).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_messages::testing::Conversations as _;
    use plenum_testing::{ELSEWHERE, HERE, House};

    /// Messages of before the start count for the day, not for the rate; a new day begins at nothing.
    #[tokio::test]
    async fn messages_are_counted_once() {
        let house = House::with(2).await;
        let room = house.room(1, [2]).await;
        house.send(1, room, "before").await.unwrap();
        let now = plenum_store::db::now();
        let mut tally = Tally::default();
        let mut told = Vec::new();
        for (sends, now) in [(0, now), (2, now), (0, now), (1, now), (0, now + DAY)] {
            for number in 0..sends {
                house.send(2, room, &format!("message {number}")).await.unwrap();
            }
            tally.follow(&mut house.store.read().await.unwrap(), now).await.unwrap();
            told.push((tally.today(HERE), tally.total(HERE)));
        }
        assert_eq!(told, [(1, 0), (3, 2), (3, 2), (4, 3), (0, 3)]);
        assert_eq!((tally.today(ELSEWHERE), tally.total(ELSEWHERE)), (0, 0));
    }

    /// Each organisation has its own counts, and one without anything has zeros.
    #[tokio::test]
    async fn counts_are_by_organisation() {
        let house = House::with(3).await;
        let now = plenum_store::db::now();
        let counted = of_organisations(&mut house.store.read().await.unwrap(), &[HERE, ELSEWHERE], now).await.unwrap();
        assert_eq!(counted[&HERE].get(Figure::People), Some(3.0));
        assert_eq!(counted[&ELSEWHERE].get(Figure::People), Some(1.0));
        assert!(counted.values().all(|values| values.0.len() == COUNTS.len()));
        assert_eq!(of_process(&mut house.store.read().await.unwrap(), now).await.unwrap().get(Figure::DeadLetters), Some(0.0));
    }
}
