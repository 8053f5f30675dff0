//! A believable institution for trying Plenum out: its people, and what they say to each other.

use anyhow::anyhow;

use plenum_broadcasts::server::seed_broadcasts;
use plenum_core::error::{AppError, AppResult};
use plenum_messages::server::{seed_conversations, seed_large, seed_notifications};
use plenum_people::server::seeds::{PASSWORD, PEOPLE, Seeded, seed_crowd, seed_people, seed_roles};
use plenum_programme::server::seed::{sales::seed_sales, seed_arena, seed_events};
use plenum_store::db::{Store, Tx};
use plenum_wallet::{
    model::{Currency, Money},
    server::ledger,
};
use plenum_web::password;

/// People of the large seed in all.
const LARGE: usize = 2_000;
/// What each of the ten has in their wallet, in cents.
const POCKET: i64 = 100_000;

/// What is to be there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seeding {
    /// A crowd and what it says, too.
    pub large: bool,
    /// Nobody has been told anything yet, and nothing was sold: for tests and demonstrations that begin with an empty inbox.
    pub empty_inboxes: bool,
}

/// Fills a database without people; one that has people is left as it is.
pub async fn fill(store: &Store, Seeding { large, empty_inboxes }: Seeding) -> anyhow::Result<()> {
    let hash = password::hash(store, PASSWORD.to_owned()).await.map_err(told)?;
    let seeded = {
        let hash = hash.clone();
        store
            .write(async move |tx| {
                let Some(seeded) = seed_people(tx, &hash).await? else { return Ok(None) };
                seed_conversations(tx, seeded.organisation).await?;
                for person in &seeded.people {
                    ledger::open(tx, seeded.organisation, person.id, Money::new(POCKET, Currency::Eur)).await?;
                }
                if let Some(organiser) = seeded.person("otto") {
                    seed_events(tx, seeded.organisation, organiser).await?;
                }
                Ok(Some(seeded))
            })
            .await
            .map_err(told)?
    };
    let Some(seeded) = seeded else {
        println!("There are people in this database already; nothing was seeded.");
        return Ok(());
    };
    let organisation = seeded.organisation;
    if large {
        if let Some(organiser) = seeded.person("otto").cloned() {
            store.write(async move |tx| seed_arena(tx, organisation, &organiser).await).await.map_err(told)?;
        }
        println!("Making {LARGE} people, 300 rooms and 200,000 messages …");
        store.write(async move |tx| seed_crowd(tx, organisation, &hash, LARGE).await).await.map_err(told)?;
        seed_large(store, organisation).await.map_err(told)?;
    }
    if !empty_inboxes {
        let people = seeded.people.clone();
        store.write(async move |tx| seed_sales(tx, organisation, &people).await).await.map_err(told)?;
        // Last, when it is known how far everyone has read.
        store.write(async move |tx| tell(tx, &seeded, large).await).await.map_err(told)?;
    }
    println!("Plenum Institute is there. Who can sign in, all with the password {PASSWORD}:");
    for person in PEOPLE {
        println!("  {:<24} {} ({})", person.email, person.name, person.role.into_str());
    }
    Ok(())
}

/// What the people were told of all that: roles, messages, a broadcast or some; and what became of it.
async fn tell(tx: &mut Tx, seeded: &Seeded, large: bool) -> AppResult<()> {
    seed_roles(tx, seeded).await?;
    seed_notifications(tx, seeded.organisation).await?;
    if let Some(admin) = seeded.person("admin") {
        seed_broadcasts(tx, seeded.organisation, admin, large).await?;
    }
    plenum_inbox::server::settle(tx).await
}

fn told(error: AppError) -> anyhow::Error {
    anyhow!(error.message)
}
