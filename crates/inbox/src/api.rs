//! What pages ask of the inbox. Each command is also a plain form: without scripts it leads back to the page.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::model::{Absence, Away, Beginning, Category, Inbox, Preferences, Shelf, preferences::Subscription};
use plenum_core::{
    codec::Json,
    error::AppError,
    ids::{Millis, NotificationId},
    live::Snapshot,
};
#[cfg(feature = "ssr")]
use {
    super::{
        model::{Act, Digest, Filter, Quiet, Sweep, Way},
        server,
    },
    plenum_store::db::{self, Tx},
    plenum_web::request::{answer, asker, command, marker, show_done, visitor_command},
};

/// What every page of a signed-in person begins with.
///
/// # Errors
/// 401.
#[server(name = BeginInbox, prefix = "/fn", endpoint = "inbox/begin", input = GetUrl, output = Json)]
pub async fn begin() -> Result<Snapshot<Beginning>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::beginning(&mut *state.store.read().await?, &who, state.store.epoch()).await
    })
    .await
}

/// A page of notifications, below number `before`.
///
/// # Errors
/// 401.
#[server(name = InboxPageBefore, prefix = "/fn", endpoint = "inbox/page", input = GetUrl, output = Json)]
pub async fn page(
    #[server(default)] shelf: Shelf,
    #[server(default)] category: Option<Category>,
    #[server(default)] before: Option<u64>,
) -> Result<Snapshot<Inbox>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::page(&mut *state.store.read().await?, &who, state.store.epoch(), Filter { shelf, category }, before).await
    })
    .await
}

/// Does `act` (`read`, `unread`, `archive`, `restore`, `delete`) to a notification; without scripts a reading leads on to what it is about.
///
/// # Errors
/// 401; 404; 422 `act`; 429.
#[server(name = ActOnNotification, prefix = "/fn", endpoint = "inbox/act", output = Json)]
pub async fn act(id: NotificationId, act: String) -> Result<(), AppError> {
    command("/inbox", move |state, who| async move {
        let act = Act::parse(&act)?;
        state.store.write(async move |tx: &mut Tx| server::act(tx, who.person, id, act).await).await
    })
    .await
}

/// When one was away last.
///
/// # Errors
/// 401.
#[server(name = LastAbsence, prefix = "/fn", endpoint = "inbox/absence", input = GetUrl, output = Json)]
pub async fn absence() -> Result<Option<Absence>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        Ok(server::absence(&mut *state.store.look().await?, who.person, db::now()).await?.map(|(absence, _)| absence))
    })
    .await
}

/// What has come since one was away last.
///
/// # Errors
/// 401.
#[server(name = WhileAway, prefix = "/fn", endpoint = "inbox/away", input = GetUrl, output = Json)]
pub async fn away() -> Result<Snapshot<Away>, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::away(&mut *state.store.read().await?, &who, state.store.epoch(), db::now()).await
    })
    .await
}

/// Does `what` (`seen`, `read`, `clear`) to all notifications from behind number `after` up to number `up_to`; returns when, for
/// [`undo_clear`].
///
/// # Errors
/// 401; 422 `what`; 429.
#[server(name = SweepInbox, prefix = "/fn", endpoint = "inbox/sweep", output = Json)]
pub async fn sweep(what: String, up_to: u64, #[server(default)] after: u64) -> Result<Millis, AppError> {
    let (asked, what) = (marker(), Sweep::parse(&what));
    let swept = what.clone();
    let at = answer(async move {
        let ((state, who), what) = (asked?, swept?);
        state.store.write(async move |tx: &mut Tx| server::sweep_between(tx, who.person, what, after, up_to).await).await
    });
    let at = at.await?;
    match what? {
        Sweep::Clear => show_done(&format!("/inbox?cleared={at}")),
        // A part of them is shown on the page of what came while one was away.
        Sweep::Seen | Sweep::Read if after > 0 => show_done("/inbox/away"),
        Sweep::Seen | Sweep::Read => show_done("/inbox"),
    }
    Ok(at)
}

/// Brings back what was cleared away at `at`.
///
/// # Errors
/// 401; 429.
#[server(name = UndoClear, prefix = "/fn", endpoint = "inbox/undo_clear", output = Json)]
pub async fn undo_clear(at: Millis) -> Result<(), AppError> {
    command("/inbox", move |state, who| async move {
        while state.store.write(async move |tx: &mut Tx| server::undo_clear(tx, who.person, at).await).await? {}
        Ok(())
    })
    .await
}

/// Puts a notification off for so many minutes.
///
/// # Errors
/// 401; 404; 422 `until`; 429.
#[server(name = SnoozeNotification, prefix = "/fn", endpoint = "inbox/snooze", output = Json)]
pub async fn snooze(id: NotificationId, until: Millis) -> Result<(), AppError> {
    command("/inbox", move |state, who| async move {
        state.store.write(async move |tx: &mut Tx| server::snooze(tx, who.person, id, until).await).await
    })
    .await
}

/// How one wants to be told.
///
/// # Errors
/// 401.
#[server(name = InboxPreferences, prefix = "/fn", endpoint = "inbox/preferences", input = GetUrl, output = Json)]
pub async fn preferences() -> Result<Preferences, AppError> {
    let asked = asker();
    answer(async move {
        let (state, who) = asked?;
        server::preferences(&mut *state.store.read().await?, who.person).await
    })
    .await
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
    command("/settings/notifications?done=told", move |state, who| async move {
        let (quiet, digest) = (Quiet::parse(&quiet_from, &quiet_until)?, Digest::parse(&digest, digest_texts)?);
        let all = Category::ALL.into_iter().flat_map(|category| Way::ALL.map(|way| (category, way)));
        let refused = all.filter(|(category, way)| !wanted.contains(&format!("{}.{}", category.word(), way.word()))).collect();
        let preferences = Preferences { refused, quiet, sound, digest };
        state.store.write(async move |tx: &mut Tx| server::set_preferences(tx, who.person, &preferences).await).await
    })
    .await
}

/// What the link of a daily mail would stop. It asks, and changes nothing.
///
/// # Errors
/// 422 `token`; 429.
#[server(name = DailyMail, prefix = "/fn", endpoint = "inbox/subscription", input = GetUrl, output = Json)]
pub async fn subscription(#[server(default)] token: String) -> Result<Subscription, AppError> {
    let asked = visitor_command();
    answer(async move {
        let state = asked?;
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
    let (asked, given) = (visitor_command(), token.clone());
    answer(async move {
        let state = asked?;
        let person = server::unsubscribe::person(state.hub.secret(), &given)?;
        state.store.write(async move |tx: &mut Tx| server::unsubscribe::stop(tx, person).await).await
    })
    .await?;
    show_done(&format!("/unsubscribe?token={token}&done=unsubscribed"));
    Ok(())
}
