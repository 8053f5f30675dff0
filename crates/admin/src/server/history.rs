//! Figures over time: what is being filled, in memory, and what was, in the database.
//!
//! An interval is written while it fills (every few seconds, over itself) and taken up again after a restart, so that a crash takes no
//! more than these seconds. What was not sampled has no row.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::model::{Figure, Folded, Period, Point, Series, Values};
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId},
};
use plenum_store::db::{Conn, Store, Tx};
use strum::VariantArray as _;

/// Intervals that are kept in memory after their end: they are in the database by then.
const TAIL: usize = 3;
/// Organisations of one write, so that none holds the writer.
const AT_ONCE: usize = 25;

/// One period of one organisation.
#[derive(Debug)]
struct Filling {
    open: Folded,
    /// Ended, the oldest first.
    ended: VecDeque<Folded>,
    /// Ended since the last write.
    unwritten: usize,
}

impl Filling {
    fn add(&mut self, period: Period, at: Millis, sample: &Values) {
        let begin = period.begin(at);
        if self.open.at != begin {
            let ended = std::mem::replace(&mut self.open, Folded::at(begin));
            if ended.weight > 0 {
                self.ended.push_back(ended);
                self.unwritten += 1;
            }
            while self.ended.len() > TAIL {
                self.ended.pop_front();
            }
        }
        self.open.add(sample);
    }
}

/// What is known of one organisation.
#[derive(Debug)]
struct Known {
    at: Millis,
    now: Values,
    filling: [Filling; Period::VARIANTS.len()],
}

/// The figures of all organisations: now, and the intervals that are under way.
#[derive(Debug, Default)]
pub struct Figures(Mutex<HashMap<OrganisationId, Known>>);

/// A row of `figure_points`.
#[derive(Debug, Clone)]
struct Row {
    organisation: OrganisationId,
    period: Period,
    folded: Folded,
}

impl Figures {
    fn lock(&self) -> MutexGuard<'_, HashMap<OrganisationId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a sample in; returns the intervals that are under way.
    pub fn take(&self, organisation: OrganisationId, at: Millis, sample: Values) -> Vec<(Period, Point)> {
        let mut all = self.lock();
        let known = all.entry(organisation).or_insert_with(|| Known { at, now: Values::default(), filling: empty() });
        let mut open = Vec::new();
        for (period, filling) in Period::VARIANTS.iter().copied().zip(&mut known.filling) {
            filling.add(period, at, &sample);
            open.push((period, filling.open.point()));
        }
        known.at = at;
        known.now = sample.rounded();
        open
    }

    /// When an organisation was last sampled, what its figures were then, and the newest points of `period`.
    fn tail(&self, organisation: OrganisationId, period: Period) -> Option<(Millis, Values, Vec<Point>)> {
        let all = self.lock();
        let known = all.get(&organisation)?;
        let (_, filling) = Period::VARIANTS.iter().copied().zip(&known.filling).find(|(known, _)| *known == period)?;
        let points = filling.ended.iter().chain(std::iter::once(&filling.open)).filter(|folded| folded.weight > 0);
        Some((known.at, known.now.clone(), points.map(Folded::point).collect()))
    }

    /// What has not been written as it is now.
    fn unwritten(&self) -> Vec<Vec<Row>> {
        let mut all = self.lock();
        let rows = all.iter_mut().map(|(organisation, known)| {
            let mut rows = Vec::new();
            for (period, filling) in Period::VARIANTS.iter().copied().zip(&mut known.filling) {
                let from = filling.ended.len().saturating_sub(std::mem::take(&mut filling.unwritten));
                let folded = filling.ended.iter().skip(from).chain(std::iter::once(&filling.open)).filter(|folded| folded.weight > 0);
                rows.extend(folded.map(|folded| Row { organisation: *organisation, period, folded: folded.clone() }));
            }
            rows
        });
        let rows: Vec<Vec<Row>> = rows.collect();
        rows.chunks(AT_ONCE).map(<[Vec<Row>]>::concat).collect()
    }

    /// Takes up the intervals that were under way when the last process ended.
    pub async fn resume(&self, conn: &mut Conn, now: Millis) -> AppResult<()> {
        for &period in Period::VARIANTS {
            let rows: Vec<(OrganisationId, u32, String)> =
                sqlx::query_as("select organisation_id, weight, figures from figure_points where seconds = $1 and at = $2")
                    .bind(seconds(period))
                    .bind(period.begin(now))
                    .fetch_all(&mut *conn)
                    .await?;
            let mut all = self.lock();
            for (organisation, weight, figures) in rows {
                let known = all.entry(organisation).or_insert_with(|| Known { at: now, now: Values::default(), filling: empty() });
                if let Some((_, filling)) = Period::VARIANTS.iter().copied().zip(&mut known.filling).find(|(known, _)| *known == period) {
                    filling.open = Folded { at: period.begin(now), weight, values: read(&figures) };
                }
            }
        }
        Ok(())
    }

    /// Writes what has changed since the last call, and removes what no period shows any more.
    ///
    /// # Errors
    /// If the database refuses; then these points are gaps.
    pub async fn write(&self, store: &Store, now: Millis) -> AppResult<()> {
        for rows in self.unwritten() {
            store.write(async move |tx: &mut Tx| write_rows(tx, &rows, now).await).await?;
        }
        Ok(())
    }
}

fn empty() -> [Filling; Period::VARIANTS.len()] {
    std::array::from_fn(|_| Filling { open: Folded::at(Millis::MIN), ended: VecDeque::new(), unwritten: 0 })
}

fn seconds(period: Period) -> i64 {
    period.step() / 1_000
}

/// Figures of a row; those that this build does not know are left out.
fn read(figures: &str) -> Values {
    let known: serde_json::Map<String, serde_json::Value> = serde_json::from_str(figures).unwrap_or_default();
    let values = known.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.as_f64()?)));
    let mut values: Vec<(Figure, f64)> = values.collect();
    values.sort_unstable_by_key(|(figure, _)| *figure);
    Values(values)
}

fn text(values: &Values) -> String {
    let named: serde_json::Map<String, serde_json::Value> =
        values.0.iter().map(|(figure, value)| (figure.into_str().to_owned(), serde_json::json!(value))).collect();
    serde_json::Value::Object(named).to_string()
}

async fn write_rows(tx: &mut Tx, rows: &[Row], now: Millis) -> AppResult<()> {
    for Row { organisation, period, folded } in rows {
        sqlx::query(
            "insert into figure_points (organisation_id, seconds, at, weight, figures) values ($1, $2, $3, $4, $5)
             on conflict (organisation_id, seconds, at) do update set weight = excluded.weight, figures = excluded.figures",
        )
        .bind(*organisation)
        .bind(seconds(*period))
        .bind(folded.at)
        .bind(folded.weight)
        .bind(text(&folded.values))
        .execute(&mut **tx)
        .await?;
        // One goes for each that comes; after a long rest they go with the first that comes.
        sqlx::query("delete from figure_points where organisation_id = $1 and seconds = $2 and at < $3")
            .bind(*organisation)
            .bind(seconds(*period))
            .bind(period.oldest(now))
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// When an organisation was last sampled, its figures then, and how they were over `period`: what is in the database, and what is newer
/// in memory.
pub async fn series(
    conn: &mut Conn,
    figures: &Figures,
    organisation: OrganisationId,
    period: Period,
    now: Millis,
) -> AppResult<(Millis, Values, Series)> {
    // Memory first: what ends meanwhile is then in both rather than in none.
    let (at, values, newest) = figures.tail(organisation, period).unwrap_or_else(|| (now, Values::default(), Vec::new()));
    let rows: Vec<(Millis, String)> = sqlx::query_as(
        "select at, figures from figure_points where organisation_id = $1 and seconds = $2 and at >= $3 and at <= $4 order by at",
    )
    .bind(organisation)
    .bind(seconds(period))
    .bind(period.oldest(at))
    .bind(at)
    .fetch_all(conn)
    .await?;
    let mut points: Vec<Point> = rows.iter().map(|(at, figures)| Point { at: *at, values: read(figures).rounded() }).collect();
    points.extend(newest);
    Ok((at, values, Series::from_points(period, &points, at)))
}
