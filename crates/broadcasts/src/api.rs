//! What the pages of broadcasts ask. Each command is a plain form, too.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{Broadcasts, Desk, Letter, Preview, Report, Template};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{BroadcastId, SeriesId, TemplateId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Action, SeriesAction, TemplateText},
        server,
    },
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::{
        db::{Conn, Tx},
        idempotency::{self, parse_key},
    },
    plenum_web::{
        server_fn::{command, command_with_input, command_with_state, query, query_snapshot},
        state::AppState,
    },
};

/// The organisation's broadcasts, the newest first, below `before`.
///
/// # Errors
/// 401; 403 unless one is an admin or a manager.
#[server(name = ListBroadcasts, prefix = "/fn", endpoint = "broadcasts/list", input = GetUrl, output = Json)]
pub async fn list(#[server(default)] before: Option<BroadcastId>) -> Result<Snapshot<Broadcasts>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| server::list(conn, who, epoch, before).await).await
}

/// One of them, and what came when.
///
/// # Errors
/// 401; 403; 404.
#[server(name = ReadBroadcast, prefix = "/fn", endpoint = "broadcasts/detail", input = GetUrl, output = Json)]
pub async fn report(id: BroadcastId) -> Result<Snapshot<Report>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| server::report(conn, who, epoch, id).await).await
}

/// What the form to write one is made of.
///
/// # Errors
/// 401; 403.
#[server(name = BroadcastDesk, prefix = "/fn", endpoint = "broadcasts/desk", input = GetUrl, output = Json)]
pub async fn desk() -> Result<Desk, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| server::desk(conn, who).await).await
}

/// How what was entered would look to the person with the address `recipient`, or to the first of those it is for. A POST: the templates
/// of another site's link are not rendered.
///
/// # Errors
/// 401; 403; 422 for each of the fields.
#[server(name = PreviewBroadcast, prefix = "/fn", endpoint = "broadcasts/preview", output = Json)]
pub async fn preview(#[server(default)] recipient: String, #[server(flatten)] letter: Letter) -> Result<Preview, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| {
        let draft = server::read_letter(conn, who, &letter).await?;
        server::preview(conn, who, draft, recipient.trim()).await
    })
    .await
}

/// Sends what was entered, once for `key`; returns which broadcast it is. None: it is repeated, and made when its time comes.
///
/// # Errors
/// 401; 403; 422 for each of the fields; 429 after ten in an hour.
#[server(name = SendBroadcast, prefix = "/fn", endpoint = "broadcasts/send", output = Json)]
pub async fn send(key: String, #[server(flatten)] letter: Letter) -> Result<Option<BroadcastId>, AppError> {
    let send = async move |state: AppState, who: Identity| {
        let key = parse_key(&key)?;
        let draft = server::read_letter(&mut *state.store.read().await?, &who, &letter).await?;
        let once = async move |tx: &mut Tx| {
            let effect = async |tx: &mut Tx| {
                if draft.repeat.is_some() {
                    return server::series::create(tx, &who, &draft).await.map(|_| None);
                }
                server::create(tx, &who, &draft).await.map(|made| Some(made.id))
            };
            idempotency::once(tx, who.person, &key, &("broadcasts.send", &letter), effect).await
        };
        state.store.write(once).await
    };
    command_with_state(send).done("/admin/broadcasts?done=sent").await
}

/// Does `act` to a broadcast: `pause`, `resume`, `retry`, `cancel`.
///
/// # Errors
/// 401; 403; 404; 409 if that cannot be done to it any more; 422 `act`.
#[server(name = ActOnBroadcast, prefix = "/fn", endpoint = "broadcasts/act", output = Json)]
pub async fn act(id: BroadcastId, act: String) -> Result<(), AppError> {
    command_with_input(move || Action::parse(&act), async move |tx, who, action| server::act(tx, who, id, *action).await.map(drop))
        .done(format!("/admin/broadcasts/{id}"))
        .await
}

/// Lets those who wait have `variant` (the first is 0), whatever the sample says.
///
/// # Errors
/// 401; 403; 404; 409 unless they wait for it; 422 `variant`.
#[server(name = ChooseVariant, prefix = "/fn", endpoint = "broadcasts/choose", output = Json)]
pub async fn choose(id: BroadcastId, variant: u8) -> Result<(), AppError> {
    command(async move |tx, who| server::choose(tx, who, id, variant).await.map(drop)).done(format!("/admin/broadcasts/{id}")).await
}

/// Does `act` to what is repeated: `pause`, `resume`, `end`.
///
/// # Errors
/// 401; 403; 404; 409 if that cannot be done to it any more; 422 `act`.
#[server(name = ActOnSeries, prefix = "/fn", endpoint = "broadcasts/act_on_series", output = Json)]
pub async fn act_on_series(id: SeriesId, act: String) -> Result<(), AppError> {
    command_with_input(
        move || SeriesAction::parse(&act),
        async move |tx, who, action| server::series::act(tx, who, id, *action).await.map(drop),
    )
    .done("/admin/broadcasts")
    .await
}

/// The organisation's templates, by name.
///
/// # Errors
/// 401; 403.
#[server(name = ListTemplates, prefix = "/fn", endpoint = "broadcasts/templates", input = GetUrl, output = Json)]
pub async fn templates() -> Result<Vec<Template>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| server::templates::list(conn, who).await).await
}

/// Writes a template: the one with `id`, or a new one.
///
/// # Errors
/// 401; 403; 404; 409 if there are too many; 422 `name`, `title`, `text` or `link`.
#[server(name = SaveTemplate, prefix = "/fn", endpoint = "broadcasts/save_template", output = Json)]
pub async fn save_template(
    #[server(default)] id: Option<TemplateId>,
    #[server(default)] name: String,
    #[server(default)] title: String,
    #[server(default)] text: String,
    #[server(default)] link: String,
) -> Result<TemplateId, AppError> {
    command_with_state(async move |state, who| {
        let wanted = TemplateText::parse(&name, &title, &text, &link)?;
        server::templates::prepare(&mut *state.store.look().await?, &who, &wanted).await?;
        state.store.write(async move |tx: &mut Tx| server::templates::save(tx, &who, id, &wanted).await).await
    })
    .done("/admin/broadcasts/templates?done=saved")
    .await
}

/// Deletes a template.
///
/// # Errors
/// 401; 403; 404.
#[server(name = DeleteTemplate, prefix = "/fn", endpoint = "broadcasts/delete_template", output = Json)]
pub async fn delete_template(id: TemplateId) -> Result<(), AppError> {
    command(async move |tx, who| server::templates::delete(tx, who, id).await).done("/admin/broadcasts/templates?done=deleted").await
}
