//! The browser's private API of the directory.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::model::DirectoryEntry;
use plenum_core::{codec::Json, cursor::Cursor, error::AppError, ids::PersonId};
#[cfg(feature = "ssr")]
use {
    super::server::search,
    plenum_core::{
        channels::Channel,
        cursor::Epoch,
        people::{Identity, Role},
    },
    plenum_store::{db::Conn, log},
    plenum_web::server_fn::{query, query_snapshot},
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
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| {
        let role = role.parse::<Role>().ok();
        let entries = search::page(conn, who, &query, role, offset).await?;
        let total = search::count(conn, who, &query, role).await?;
        let channel = Channel::Organisation(who.organisation).to_string();
        let cursor = log::extent(conn, epoch, log::LogChannel::of_plenum(&channel)).await?.cursor();
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
    query(async move |conn: &mut Conn, who: &Identity| search::entries(conn, who, &people).await).await
}

/// One person of one's organisation.
///
/// # Errors
/// 401; 404.
#[server(prefix = "/fn", endpoint = "people/person", input = GetUrl, output = Json)]
pub async fn person(id: PersonId) -> Result<DirectoryEntry, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| search::one(conn, who, id).await).await
}
