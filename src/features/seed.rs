//! A believable institution for trying Plenum out: its people, and what they say to each other.

use anyhow::anyhow;

use super::{
    messages::server::{seed_conversations, seed_large},
    people::server::seeds::{PASSWORD, PEOPLE, seed_crowd, seed_people},
};
use crate::{
    error::AppError,
    server::{db::Store, password},
};

/// People of the large seed in all.
const LARGE: usize = 2_000;

/// Fills a database without people; one that has people is left as it is.
///
/// # Errors
/// If the database refuses.
pub async fn fill(store: &Store, large: bool) -> anyhow::Result<()> {
    let hash = password::hash(PASSWORD.to_owned()).await.map_err(told)?;
    let seeded = {
        let hash = hash.clone();
        store
            .write(async move |tx| {
                let Some(seeded) = seed_people(tx, &hash).await? else { return Ok(None) };
                seed_conversations(tx, seeded.organisation).await?;
                Ok(Some(seeded.organisation))
            })
            .await
            .map_err(told)?
    };
    let Some(organisation) = seeded else {
        println!("There are people in this database already; nothing was seeded.");
        return Ok(());
    };
    if large {
        println!("Making {LARGE} people, 300 rooms and 200,000 messages …");
        store.write(async move |tx| seed_crowd(tx, organisation, &hash, LARGE).await).await.map_err(told)?;
        seed_large(store, organisation).await.map_err(told)?;
    }
    println!("Plenum Institute is there. Who can sign in, all with the password {PASSWORD}:");
    for person in PEOPLE {
        println!("  {:<24} {} ({})", person.email, person.name, person.role.word());
    }
    Ok(())
}

fn told(error: AppError) -> anyhow::Error {
    anyhow!(error.message)
}
