//! The browser's private API of the directory.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::model::DirectoryEntry;
use plenum_core::{codec::Json, cursor::Cursor, error::AppError, ids::PersonId};
#[cfg(feature = "ssr")]
use {
    super::server::search,
    plenum_core::{channels::Channel, people::Role},
    plenum_store::log,
    plenum_web::request::{answer, asker},
};

/// One page of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryPage {
    /// The people of this page, by name.
    pub entries: Vec<DirectoryEntry>,
    /// How many there are in all.
    pub total: u32,
    /// People of one page.
    pub size: u32,
    /// Where the organisation's live events go on from here.
    pub cursor: Cursor,
}

/// The people of one's organisation whose name contains `query` and who hold `role` (any, if empty), from `offset` on.
///
/// # Errors
/// 401.
#[server(prefix = "/fn", endpoint = "people/directory", input = GetUrl, output = Json)]
pub async fn directory(
    #[server(default)] query: String,
    #[server(default)] role: String,
    #[server(default)] offset: u32,
) -> Result<DirectoryPage, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        let (mut tx, role) = (state.store.read().await?, Role::from_word(&role));
        let entries = search::page(&mut tx, &who, &query, role, offset).await?;
        let total = search::count(&mut tx, &who, &query, role).await?;
        let channel = Channel::Organisation(who.organisation).to_string();
        let cursor = log::extent(&mut tx, state.store.epoch(), log::Place::own(&channel)).await?.cursor();
        Ok(DirectoryPage { entries, total, size: search::PAGE, cursor })
    })
    .await
}

/// Those of `people` that are in one's organisation, by id; of a long list the first hundred.
///
/// # Errors
/// 401.
#[server(prefix = "/fn", endpoint = "people/entries", input = GetUrl, output = Json)]
pub async fn entries(#[server(default)] people: Vec<PersonId>) -> Result<Vec<DirectoryEntry>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        let mut tx = state.store.read().await?;
        search::entries(&mut tx, &who, &people).await
    })
    .await
}

/// One person of one's organisation.
///
/// # Errors
/// 401; 404.
#[server(prefix = "/fn", endpoint = "people/person", input = GetUrl, output = Json)]
pub async fn person(id: PersonId) -> Result<DirectoryEntry, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        let mut tx = state.store.read().await?;
        search::one(&mut tx, &who, id).await
    })
    .await
}
