//! Events for trying it out: a hall with seats, and one where people stand. [`sales`] is what was sold of the first.

pub mod sales;

use super::event_edit::words_folded;
use plenum_core::{
    error::{AppError, AppResult},
    ids::{EventId, Millis, OrganisationId, SectionId, TicketTypeId},
    people::PersonCard,
};
use plenum_messages::spaces;
use plenum_plans::model::change::{Change, RowsForm, SeatsForm};
use plenum_plans::server as plans;
use plenum_store::db::Tx;
use plenum_wallet::model::Currency;

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;

/// An event on its way into its table.
struct New<'a> {
    title: &'a str,
    description: &'a str,
    place: &'a str,
    venue: &'a str,
    starts_at: Millis,
    ends_at: Millis,
}

/// The gala in the great hall: rows of stalls and of circle, each row a little wider than the one before it.
const ROWS: [(char, i64, usize); 11] = [
    ('A', 20, 0),
    ('B', 20, 0),
    ('C', 22, 0),
    ('D', 22, 0),
    ('E', 24, 1),
    ('F', 24, 1),
    ('G', 26, 1),
    ('H', 26, 1),
    ('I', 28, 1),
    ('J', 28, 1),
    ('K', 30, 1),
];
/// Two places at the left end of these rows are for wheelchairs, and those beside them for companions.
const ACCESSIBLE_ROWS: [char; 2] = ['E', 'K'];

/// Makes the events of the demo, which `organiser` runs.
pub async fn seed_events(tx: &mut Tx, organisation: OrganisationId, organiser: &PersonCard) -> AppResult<()> {
    let evening = tx.now() - tx.now() % DAY + 9 * DAY + 18 * HOUR + HOUR / 2;
    let gala = New {
        title: "Winter gala of the Northfield Institute",
        description: "An evening with the institute's orchestra: Sibelius, Grieg, and a surprise before the interval.",
        place: "hall",
        venue: "Great hall",
        starts_at: evening,
        ends_at: evening + 3 * HOUR,
    };
    let id = insert(tx, organisation, organiser, &gala).await?;
    let stalls = ticket_type(tx, id, 0, "Stalls", 2_500, None).await?;
    let circle = ticket_type(tx, id, 1, "Circle", 1_800, None).await?;
    seats(tx, id, [("Stalls", stalls), ("Circle", circle)]).await?;
    let courtyard = New {
        title: "Courtyard concert",
        description: "Two bands, one courtyard. Bring a coat.",
        place: "hall",
        venue: "Courtyard",
        starts_at: evening + 5 * DAY,
        ends_at: evening + 5 * DAY + 4 * HOUR,
    };
    let id = insert(tx, organisation, organiser, &courtyard).await?;
    ticket_type(tx, id, 0, "Standing", 1_200, Some(300)).await?;
    ticket_type(tx, id, 1, "Supporter", 3_000, Some(40)).await?;
    let lecture = New {
        title: "Open lecture: what the sea remembers",
        description: "Sediments tell of storms that nobody wrote down. Online, with questions at the end.",
        place: "virtual",
        venue: "",
        starts_at: evening + 2 * DAY,
        ends_at: evening + 2 * DAY + 2 * HOUR,
    };
    let id = insert(tx, organisation, organiser, &lecture).await?;
    ticket_type(tx, id, 0, "Seat in the stream", 0, Some(500)).await?;
    Ok(())
}

/// The parts of the large hall, and what a seat of each costs in cents. Each has twenty rows of fifty seats.
const ARENA: [(&str, i64); 3] = [("Parquet", 4_500), ("Circle", 3_200), ("Gallery", 1_900)];

/// Makes an event with 3,000 seats on sale, which `organiser` runs: for measuring, and for looking at a large map.
pub async fn seed_arena(tx: &mut Tx, organisation: OrganisationId, organiser: &PersonCard) -> AppResult<EventId> {
    let evening = tx.now() - tx.now() % DAY + 30 * DAY + 18 * HOUR;
    let arena = New {
        title: "Northfield arena: the summer festival’s opening",
        description: "Three thousand seats, one night, and everyone whom you know.",
        place: "hall",
        venue: "Northfield arena",
        starts_at: evening,
        ends_at: evening + 4 * HOUR,
    };
    let event = insert(tx, organisation, organiser, &arena).await?;
    for (position, (name, price)) in (0_i64..).zip(ARENA) {
        let of = ticket_type(tx, event, position, name, price, None).await?.to_string();
        plans::lay(tx, event, &Change::AddSection(name.to_owned())).await?;
        let plan = plans::read(tx, event).await?;
        let section = plan.section(name).and_then(|section| section.id).ok_or_else(AppError::internal)?.to_string();
        let rows = RowsForm {
            section: &section,
            rows: "A–T",
            seats: "1–12, 13–38, 39–50",
            step: "each",
            bend: "2",
            ticket_type: &of,
            ..RowsForm::default()
        };
        plans::lay(tx, event, &rows.read()?).await?;
        let last = SeatsForm { section: &section, rows: "T", seats: "1–4", step: "each", kind: "accessible", ticket_type: "" };
        plans::lay(tx, event, &last.set()?).await?;
        let beside = SeatsForm { seats: "5–8", kind: "companion", ..last };
        plans::lay(tx, event, &beside.set()?).await?;
    }
    Ok(event)
}

async fn insert(tx: &mut Tx, organisation: OrganisationId, organiser: &PersonCard, new: &New<'_>) -> AppResult<EventId> {
    let space = spaces::server::create(tx, organisation, new.title).await?;
    spaces::server::admit(tx, space, organiser.id, true).await?;
    let made = sqlx::query_scalar(
        "insert into events (organisation_id, space_id, state, title, description, html, place, venue, zone, doors_at, starts_at, ends_at,
           sales_from, sales_until, currency, created_by, created_at, published_at, words_folded)
         values ($1, $2, 'published', $3, $4, '<p>' || $4 || '</p>', $5, $6, 'Europe/Ljubljana', $7, $8, $9, $10, $8, $11, $12, $10, $10, $13) returning id",
    );
    Ok(made
        .bind(organisation)
        .bind(space)
        .bind(new.title)
        .bind(new.description)
        .bind(new.place)
        .bind(new.venue)
        .bind((new.place == "hall").then_some(new.starts_at - HOUR))
        .bind(new.starts_at)
        .bind(new.ends_at)
        .bind(tx.now() - 3 * DAY)
        .bind(Currency::Eur)
        .bind(organiser.id)
        .bind(words_folded(new.title, new.venue, new.description))
        .fetch_one(&mut **tx)
        .await?)
}

/// A standing one has a capacity; a seated one gets it with its seats.
async fn ticket_type(tx: &mut Tx, event: EventId, position: i64, name: &str, price: i64, capacity: Option<i64>) -> AppResult<TicketTypeId> {
    let made = sqlx::query_scalar(
        "insert into ticket_types (event_id, position, name, price, seated, capacity) values ($1, $2, $3, $4, $5, $6) returning id",
    );
    let made = made.bind(event).bind(position).bind(name).bind(price).bind(capacity.is_none()).bind(capacity.unwrap_or_default());
    Ok(made.fetch_one(&mut **tx).await?)
}

async fn seats(tx: &mut Tx, event: EventId, types: [(&str, TicketTypeId); 2]) -> AppResult<()> {
    let mut sections = Vec::with_capacity(types.len());
    for (position, (name, _)) in (0_i64..).zip(types) {
        let made = sqlx::query_scalar("insert into sections (event_id, position, name) values ($1, $2, $3) returning id");
        let id: SectionId = made.bind(event).bind(position).bind(name).fetch_one(&mut **tx).await?;
        sections.push(id);
    }
    for (index, (row, count, part)) in (0_i64..).zip(ROWS) {
        let (Some(section), Some((_, ticket_type))) = (sections.get(part), types.get(part)) else { continue };
        for number in 1..=count {
            // An aisle in the middle; the ends of a row bend away from the stage.
            let aisle = if number > count / 2 { 10 } else { 0 };
            let x = (30 - count) * 5 + (number - 1) * 10 + aisle;
            let from_middle = 2 * number - count - 1;
            let y = index * 13 + 14 - from_middle * from_middle / 60 + if part == 1 { 8 } else { 0 };
            let accessible = ACCESSIBLE_ROWS.contains(&row);
            let kind = match number {
                1 | 2 if accessible => "accessible",
                3 | 4 if accessible => "companion",
                _ if row == 'A' && (number == 1 || number == count) => "restricted",
                _ => "standard",
            };
            sqlx::query(
                "insert into seats (event_id, section_id, ticket_type_id, row, number, kind, x, y) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(event)
            .bind(section)
            .bind(ticket_type)
            .bind(row.to_string())
            .bind(number)
            .bind(kind)
            .bind(x)
            .bind(y)
            .execute(&mut **tx)
            .await?;
        }
    }
    sqlx::query("update ticket_types set capacity = (select count(*) from seats where ticket_type_id = ticket_types.id) where event_id = $1 and seated")
        .bind(event)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
