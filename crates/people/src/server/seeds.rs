//! The people of the demo: ten that are known by name, and a crowd for `plenum seed --large`.

mod names;

use super::news;
use plenum_core::{
    error::AppResult,
    ids::{Millis, OrganisationId, PersonId},
    people::{PersonCard, Role},
};
use plenum_inbox as inbox;
use plenum_messages as messages;
use plenum_store::db::Tx;
use plenum_web::search;

/// Their password.
pub const PASSWORD: &str = "plenum-demo";
const DAY: Millis = 86_400_000;

/// Someone of the demo.
#[derive(Debug, Clone, Copy)]
pub struct SeedPerson {
    /// Their address.
    pub email: &'static str,
    /// Their name.
    pub name: &'static str,
    /// What they do.
    pub role: Role,
    hue: u8,
    zone: &'static str,
}

/// The ten, in the order of the sign-in page.
pub const PEOPLE: [SeedPerson; 10] = [
    SeedPerson { email: "admin@plenum.example", name: "Vera Nowak", role: Role::Admin, hue: 11, zone: "Europe/Berlin" },
    SeedPerson { email: "ines@plenum.example", name: "Ines Moreau", role: Role::Instructor, hue: 7, zone: "Europe/Paris" },
    SeedPerson { email: "omar@plenum.example", name: "Omar Bakr", role: Role::Clinician, hue: 2, zone: "Europe/Berlin" },
    SeedPerson { email: "aiko@plenum.example", name: "Aiko Tanaka", role: Role::Agent, hue: 5, zone: "Asia/Tokyo" },
    SeedPerson { email: "otto@plenum.example", name: "Otto Lindqvist", role: Role::Organiser, hue: 1, zone: "Europe/Stockholm" },
    SeedPerson { email: "mara@plenum.example", name: "Mara Costa", role: Role::Manager, hue: 6, zone: "Europe/Lisbon" },
    SeedPerson { email: "sam@plenum.example", name: "Sam Adeyemi", role: Role::Member, hue: 0, zone: "Europe/Berlin" },
    SeedPerson { email: "lena@plenum.example", name: "Lena Kovač", role: Role::Member, hue: 4, zone: "Europe/Ljubljana" },
    SeedPerson { email: "noor@plenum.example", name: "Noor Haddad", role: Role::Member, hue: 10, zone: "Europe/Berlin" },
    SeedPerson { email: "tom@plenum.example", name: "Tom Visser", role: Role::Member, hue: 8, zone: "Europe/Amsterdam" },
];

/// What was seeded.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// The institution.
    pub organisation: OrganisationId,
    /// [`PEOPLE`], in their order.
    pub people: Vec<PersonCard>,
}

impl Seeded {
    /// The one whose address begins with `local`, as `ines`.
    pub fn person(&self, local: &str) -> Option<&PersonCard> {
        let index = PEOPLE.iter().position(|seed| seed.email.strip_suffix("@plenum.example") == Some(local))?;
        self.people.get(index)
    }
}

/// Fills a database without people with the institution and its ten; nothing if there are
/// people. `password_hash` is of [`PASSWORD`], computed outside the transaction.
pub async fn seed_people(tx: &mut Tx, password_hash: &str) -> AppResult<Option<Seeded>> {
    let present: i64 = sqlx::query_scalar("select count(*) from people").fetch_one(&mut **tx).await?;
    if present > 0 {
        return Ok(None);
    }
    let joined = tx.now() - 60 * DAY;
    // A server may have been started on it before; then its organisation becomes the institution.
    let organisation: OrganisationId = sqlx::query_scalar(
        "insert into organisations (id, name, registration, created_at) values (1, 'Plenum Institute', 'open', $1)
         on conflict (id) do update set name = excluded.name, registration = excluded.registration returning id",
    )
    .bind(joined)
    .fetch_one(&mut **tx)
    .await?;
    let mut people = Vec::with_capacity(PEOPLE.len());
    for (index, seed) in (0..).zip(PEOPLE) {
        let newcomer = Newcomer {
            email: seed.email,
            name: seed.name,
            role: seed.role,
            hue: seed.hue,
            zone: seed.zone,
            joined,
            last_seen: Some(tx.now() - (index + 1) * 47 * 60_000),
        };
        let id = insert(tx, organisation, password_hash, &newcomer).await?;
        people.push(PersonCard { id, name: seed.name.to_owned(), hue: seed.hue });
    }
    // What they may do they have been given when they came.
    sqlx::query("update activity set at = $2 where organisation_id = $1").bind(organisation).bind(joined).execute(&mut **tx).await?;
    Ok(Some(Seeded { organisation, people }))
}

/// Tells the demo's people of the roles that they were given when they came.
pub async fn seed_roles(tx: &mut Tx, seeded: &Seeded) -> AppResult<()> {
    let Some(admin) = seeded.person("admin") else { return Ok(()) };
    let given = PEOPLE.iter().zip(&seeded.people).filter(|(seed, card)| seed.role != Role::Member && card.id != admin.id);
    for (seed, card) in given {
        news::role_changed(tx, card.id, admin.id, seed.role, news::Change::Granted).await?;
        sqlx::query("update notifications set read_at = $2, seen_at = $2 where person_id = $1")
            .bind(card.id)
            .bind(tx.now())
            .execute(&mut **tx)
            .await?;
    }
    inbox::server::notified_at(tx, tx.now() - 60 * DAY).await
}

/// Adds a crowd, so that there are `total` people: the same names each time. Returns the crowd.
pub async fn seed_crowd(tx: &mut Tx, organisation: OrganisationId, password_hash: &str, total: usize) -> AppResult<Vec<PersonCard>> {
    let now = tx.now();
    let mut crowd = Vec::with_capacity(total);
    for (index, name) in (0..).zip(names::crowd(total.saturating_sub(PEOPLE.len()))) {
        let email = names::address(&name);
        let role = match index % 40 {
            0 => Role::Instructor,
            13 => Role::Clinician,
            21 => Role::Organiser,
            34 => Role::Agent,
            _ => Role::Member,
        };
        let hue = u8::try_from(index * 5 % 12).unwrap_or_default();
        let joined = now - DAY - index * 37 % 700 * DAY;
        // Most were here lately, some never.
        let last_seen = (index % 9 != 0).then(|| now - index * 7_919 % (21 * 24 * 60) * 60_000);
        let newcomer = Newcomer {
            email: &email,
            name: &name,
            role,
            hue,
            zone: "Europe/Berlin",
            joined,
            last_seen: last_seen.map(|at| at.max(joined)),
        };
        let id = insert(tx, organisation, password_hash, &newcomer).await?;
        crowd.push(PersonCard { id, name, hue });
    }
    Ok(crowd)
}

struct Newcomer<'a> {
    email: &'a str,
    name: &'a str,
    role: Role,
    hue: u8,
    zone: &'a str,
    joined: Millis,
    last_seen: Option<Millis>,
}

/// One person, with their roles, in the general room.
async fn insert(tx: &mut Tx, organisation: OrganisationId, password_hash: &str, newcomer: &Newcomer<'_>) -> AppResult<PersonId> {
    let person: PersonId = sqlx::query_scalar(
        "insert into people (organisation_id, email, name, password_hash, hue, time_zone, last_seen_at, created_at, name_folded)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
    )
    .bind(organisation)
    .bind(newcomer.email)
    .bind(newcomer.name)
    .bind(password_hash)
    .bind(newcomer.hue)
    .bind(newcomer.zone)
    .bind(newcomer.last_seen)
    .bind(newcomer.joined)
    .bind(search::folded(newcomer.name))
    .fetch_one(&mut **tx)
    .await?;
    super::grant(tx, organisation, person, Role::Member, None).await?;
    if newcomer.role != Role::Member {
        super::grant(tx, organisation, person, newcomer.role, None).await?;
    }
    messages::server::welcome(tx, person, organisation).await?;
    Ok(person)
}
