//! What the pages of broadcasts ask. Each command is a plain form, too.

#![expect(missing_docs, reason = "the fields of the types that #[server] makes are the arguments, described at each function")]

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{Broadcast, Broadcasts, Desk, Preview};
use crate::{error::AppError, ids::BroadcastId, realtime::live::Snapshot, wire::Json};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Action, Letter},
        server,
    },
    crate::server::{
        db::Tx,
        idempotency::{self, parse_key},
        request::{answer, asker, command},
    },
};

/// The organisation's broadcasts, the newest first, below `before`.
///
/// # Errors
/// 401; 403 unless one is an admin or a manager.
#[server(name = ListBroadcasts, prefix = "/fn", endpoint = "broadcasts/list", input = GetUrl, output = Json)]
pub async fn list(#[server(default)] before: Option<BroadcastId>) -> Result<Snapshot<Broadcasts>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::list(&mut *state.store.read().await?, &who, state.store.epoch(), before).await
    })
    .await
}

/// One of them.
///
/// # Errors
/// 401; 403; 404.
#[server(name = ReadBroadcast, prefix = "/fn", endpoint = "broadcasts/detail", input = GetUrl, output = Json)]
pub async fn detail(id: BroadcastId) -> Result<Snapshot<Broadcast>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::detail(&mut *state.store.read().await?, &who, state.store.epoch(), id).await
    })
    .await
}

/// What the form to write one is made of.
///
/// # Errors
/// 401; 403.
#[server(name = BroadcastDesk, prefix = "/fn", endpoint = "broadcasts/desk", input = GetUrl, output = Json)]
pub async fn desk() -> Result<Desk, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::desk(&mut *state.store.read().await?, &who).await
    })
    .await
}

/// How what was entered would look to the person with the address `recipient`, or to the first of those it is for.
///
/// # Errors
/// 401; 403; 422 for each of the fields.
#[server(name = PreviewBroadcast, prefix = "/fn", endpoint = "broadcasts/preview", input = GetUrl, output = Json)]
pub async fn preview(
    #[server(default)] audience: String,
    #[server(default)] email: String,
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] link: String,
    #[server(default)] at: String,
    #[server(default)] recipient: String,
) -> Result<Preview, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        let letter = Letter { audience, email, title, text, link, at };
        let mut conn = state.store.read().await?;
        let draft = server::read_letter(&mut conn, &who, &letter).await?;
        let recipient = match recipient.trim() {
            "" => None,
            address => Some(server::person_at(&mut conn, &who, "recipient", address).await?),
        };
        server::preview(&mut conn, &who, &draft, recipient).await
    })
    .await
}

/// Sends what was entered, once for `key`; returns which broadcast it is.
///
/// # Errors
/// 401; 403; 422 for each of the fields; 429 after ten in an hour.
#[server(name = SendBroadcast, prefix = "/fn", endpoint = "broadcasts/send", output = Json)]
pub async fn send(
    key: String,
    #[server(default)] audience: String,
    #[server(default)] email: String,
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] link: String,
    #[server(default)] at: String,
) -> Result<BroadcastId, AppError> {
    command("/admin/broadcasts?done=sent", move |state, who| async move {
        let key = parse_key(&key)?;
        let letter = Letter { audience, email, title, text, link, at };
        let once = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| {
                let draft = server::read_letter(tx, &who, &letter).await?;
                Ok(server::create(tx, &who, &draft).await?.id)
            };
            idempotency::once(tx, who.person, &key, &("broadcasts.send", &letter), effect).await
        };
        state.store.write(once).await
    })
    .await
}

/// Does `act` to a broadcast: `pause`, `resume`, `cancel`.
///
/// # Errors
/// 401; 403; 404; 409 if that cannot be done to it any more; 422 `act`.
#[server(name = ActOnBroadcast, prefix = "/fn", endpoint = "broadcasts/act", output = Json)]
pub async fn act(id: BroadcastId, act: String) -> Result<(), AppError> {
    command(&format!("/admin/broadcasts/{id}"), move |state, who| async move {
        let action = Action::parse(&act)?;
        state.store.write(async move |tx: &mut Tx| server::act(tx, &who, id, action).await.map(drop)).await
    })
    .await
}
