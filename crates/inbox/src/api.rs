//! What pages ask of the inbox. Each command is also a plain form: without scripts it leads back to the page.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{Absence, Away, Beginning, Category, Folder, Inbox, Preferences, preferences::Subscription};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{Millis, NotificationId},
    live::Snapshot,
    mail::MailWay,
};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Act, BulkAction, Digest, Filter, Quiet, Way},
        server,
    },
    plenum_core::{cursor::Epoch, people::Identity},
    plenum_store::db::{self, Conn, Tx},
    plenum_web::{
        mail::figures,
        server_fn::{command, command_with_input, command_with_state, query, query_snapshot, visitor_command, visitor_query},
    },
    strum::VariantArray as _,
};

/// What every page of a signed-in person begins with.
///
/// # Errors
/// 401.
#[server(name = BeginInbox, prefix = "/fn", endpoint = "inbox/begin", input = GetUrl, output = Json)]
pub async fn begin() -> Result<Snapshot<Beginning>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| server::beginning(conn, who, epoch).await).await
}

/// A page of notifications, below number `before`.
///
/// # Errors
/// 401.
#[server(name = InboxPageBefore, prefix = "/fn", endpoint = "inbox/page", input = GetUrl, output = Json)]
pub async fn page(
    #[server(default)] shelf: Folder,
    #[server(default)] category: Option<Category>,
    #[server(default)] before: Option<u64>,
) -> Result<Snapshot<Inbox>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| {
        server::page(conn, who, epoch, Filter { shelf, category }, before).await
    })
    .await
}

/// Does `act` (`read`, `unread`, `archive`, `restore`, `delete`) to a notification; without scripts a reading leads on to what it is about.
///
/// # Errors
/// 401; 404; 422 `act`; 429.
#[server(name = ActOnNotification, prefix = "/fn", endpoint = "inbox/act", output = Json)]
pub async fn act(id: NotificationId, act: String) -> Result<(), AppError> {
    command_with_input(move || Act::parse(&act), async move |tx, who, act| server::act(tx, who.person, id, *act).await).done("/inbox").await
}

/// When one was away last.
///
/// # Errors
/// 401.
#[server(name = LastAbsence, prefix = "/fn", endpoint = "inbox/absence", input = GetUrl, output = Json)]
pub async fn absence() -> Result<Option<Absence>, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| Ok(server::absence(conn, who.person, db::now()).await?.map(|(absence, _)| absence)))
        .await
}

/// What has come since one was away last.
///
/// # Errors
/// 401.
#[server(name = WhileAway, prefix = "/fn", endpoint = "inbox/away", input = GetUrl, output = Json)]
pub async fn away() -> Result<Snapshot<Away>, AppError> {
    query_snapshot(async move |conn: &mut Conn, who: &Identity, epoch: &Epoch| server::away(conn, who, epoch, db::now()).await).await
}

/// Does `what` (`seen`, `read`, `clear`) to all notifications from behind number `after` up to number `up_to`; returns when, for
/// [`undo_clear`].
///
/// # Errors
/// 401; 422 `what`; 429.
#[server(name = SweepInbox, prefix = "/fn", endpoint = "inbox/sweep", output = Json)]
pub async fn sweep(what: String, up_to: u64, #[server(default)] after: u64) -> Result<Millis, AppError> {
    let swept = async move |tx: &mut Tx, who: &Identity, what: &BulkAction| {
        server::sweep_between(tx, who.person, *what, after, up_to).await.map(|at| (at, *what))
    };
    let done = move |(at, what): &(Millis, BulkAction)| match what {
        BulkAction::Clear => format!("/inbox?cleared={at}"),
        // A part of them is shown on the page of what came while one was away.
        BulkAction::Seen | BulkAction::Read if after > 0 => "/inbox/away".to_owned(),
        BulkAction::Seen | BulkAction::Read => "/inbox".to_owned(),
    };
    let (at, _) = command_with_input(move || BulkAction::parse(&what), swept).mark().done_at(done).await?;
    Ok(at)
}

/// Brings back what was cleared away at `at`.
///
/// # Errors
/// 401; 429.
#[server(name = UndoClear, prefix = "/fn", endpoint = "inbox/undo_clear", output = Json)]
pub async fn undo_clear(at: Millis) -> Result<(), AppError> {
    // Some of them a write: no write holds the writer.
    command_with_state(async move |state, who| {
        while state.store.write(async move |tx: &mut Tx| server::undo_clear(tx, who.person, at).await).await? {}
        Ok(())
    })
    .done("/inbox")
    .await
}

/// Puts a notification off for so many minutes.
///
/// # Errors
/// 401; 404; 422 `until`; 429.
#[server(name = SnoozeNotification, prefix = "/fn", endpoint = "inbox/snooze", output = Json)]
pub async fn snooze(id: NotificationId, until: Millis) -> Result<(), AppError> {
    command(async move |tx, who| server::snooze(tx, who.person, id, until).await).done("/inbox").await
}

/// How one wants to be told.
///
/// # Errors
/// 401.
#[server(name = InboxPreferences, prefix = "/fn", endpoint = "inbox/preferences", input = GetUrl, output = Json)]
pub async fn preferences() -> Result<Preferences, AppError> {
    query(async move |conn: &mut Conn, who: &Identity| server::preferences(conn, who.person).await).await
}

/// Sets how one wants to be told. `wanted` names what is switched on, `mentions.app`; quiet hours are times of the day, or empty;
/// `digest` is the hour of the daily mail, or empty.
///
/// # Errors
/// 401; 422 `quiet_from`, `quiet_until` or `digest`; 429.
#[server(name = SetInboxPreferences, prefix = "/fn", endpoint = "inbox/set_preferences", output = Json)]
pub async fn set_preferences(
    #[server(default)] wanted: Vec<String>,
    #[server(default)] quiet_from: String,
    #[server(default)] quiet_until: String,
    #[server(default)] sound: bool,
    #[server(default)] digest: String,
    #[server(default)] digest_texts: bool,
) -> Result<Preferences, AppError> {
    let preferences = move || {
        let (quiet, digest) = (Quiet::parse(&quiet_from, &quiet_until)?, Digest::parse(&digest, digest_texts)?);
        let all = Category::VARIANTS.iter().copied().flat_map(|category| Way::VARIANTS.iter().copied().map(move |way| (category, way)));
        let refused = all.filter(|(category, way)| !wanted.contains(&format!("{}.{}", category.into_str(), way.into_str()))).collect();
        Ok(Preferences { refused, quiet, sound, digest })
    };
    command_with_input(preferences, async move |tx, who, preferences| server::set_preferences(tx, who.person, preferences).await)
        .done("/settings/notifications?done=told")
        .await
}

/// What the link of a daily mail would stop. It asks, and changes nothing.
///
/// # Errors
/// 422 `token`; 429.
#[server(name = DailyMail, prefix = "/fn", endpoint = "inbox/subscription", input = GetUrl, output = Json)]
pub async fn subscription(#[server(default)] token: String) -> Result<Subscription, AppError> {
    visitor_command(async move |state, _| {
        let person = server::unsubscribe::person(state.hub.secret(), &token)?;
        server::unsubscribe::subscription(&mut *state.store.look().await?, person).await
    })
    .await
}

/// Stops the daily mail that the link is from; whoever has it need not be signed in.
///
/// # Errors
/// 422 `token`; 429.
#[server(name = StopDailyMail, prefix = "/fn", endpoint = "inbox/unsubscribe", output = Json)]
pub async fn unsubscribe(#[server(default)] token: String) -> Result<(), AppError> {
    // It is a part of an address below, where blanks have no place.
    let token = token.trim().to_owned();
    let done = format!("/unsubscribe?token={token}&done=unsubscribed");
    visitor_command(async move |state, _| {
        let person = server::unsubscribe::person(state.hub.secret(), &token)?;
        state.store.write(async move |tx: &mut Tx| server::unsubscribe::stop(tx, person).await).await
    })
    .done(done)
    .await
}

/// Whether mail leaves the server, for pages that promise one. Anyone may ask.
#[server(name = ReadMailWay, prefix = "/fn", endpoint = "inbox/mail_way", input = GetUrl, output = Json)]
pub async fn mail_way() -> Result<MailWay, AppError> {
    visitor_query(async move |state, _| figures::way(&mut *state.store.look().await?, &state.mail).await).await
}
