//! What the admins of an organisation say of it, how it looks, and its public pages.

use super::stored_limits;
use crate::model::{ADDRESS_CHARS, OwnOrganisation, PublicPage, TEXT_CHARS};
use plenum_core::{
    activity::{Record, Subject},
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{OrganisationId, PictureId},
    live::Snapshot,
    people::{Identity, Role},
};
use plenum_directory::server::{
    organisations::{announce_look, announce_settings, day, look},
    require_role,
};
use plenum_messages::server::spaces::rendered;
use plenum_store::{
    db::{Activity, Conn, Tx, now},
    log,
};
use plenum_web::{pictures, request::Visitor, security::organisation_of, state::AppState};

/// What the admins of an organisation see of it.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn read(conn: &mut Conn, who: &Identity, epoch: &Epoch) -> AppResult<Snapshot<OwnOrganisation>> {
    who.require(Role::Admin)?;
    let (name, postal_address): (String, String) =
        sqlx::query_as("select name, postal_address from organisations where id = $1").bind(who.organisation).fetch_one(&mut *conn).await?;
    let people: u32 = sqlx::query_scalar("select count(*) from people where organisation_id = $1 and state <> 'removed'")
        .bind(who.organisation)
        .fetch_one(&mut *conn)
        .await?;
    let messages_today: Option<u32> =
        sqlx::query_scalar("select messages_today from organisation_limits where organisation_id = $1 and day = $2")
            .bind(who.organisation)
            .bind(day(now()))
            .fetch_optional(&mut *conn)
            .await?;
    let own = OwnOrganisation {
        name,
        look: look(conn, who.organisation).await?,
        postal_address,
        imprint: text(conn, who.organisation, PublicPage::Imprint).await?,
        privacy: text(conn, who.organisation, PublicPage::Privacy).await?,
        limits: stored_limits(conn, who.organisation).await?,
        people,
        messages_today: messages_today.unwrap_or_default(),
    };
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state: own, cursors })
}

async fn text(conn: &mut Conn, organisation: OrganisationId, page: PublicPage) -> AppResult<String> {
    let text: Option<String> = sqlx::query_scalar("select text from organisation_pages where organisation_id = $1 and page = $2")
        .bind(organisation)
        .bind(page.into_str())
        .fetch_optional(conn)
        .await?;
    Ok(text.unwrap_or_default())
}

/// A page's text with what was made of it; nothing: there is no such page.
#[derive(Debug, Clone)]
struct Written {
    page: PublicPage,
    name: &'static str,
    text: String,
    html: String,
}

/// What an organisation says of itself, rendered before the write.
#[derive(Debug, Clone)]
pub struct Saying {
    postal_address: String,
    pages: [Written; 2],
}

impl Saying {
    /// Reads the form, and renders the pages.
    ///
    /// # Errors
    /// Invalid `postal_address`, `imprint` or `privacy` if it is too long.
    pub fn parse(postal_address: &str, imprint: &str, privacy: &str) -> AppResult<Self> {
        let bounded = |field: &'static str, text: &str, most: u32| {
            let text = text.replace("\r\n", "\n").trim().to_owned();
            if u32::try_from(text.chars().count()).is_ok_and(|chars| chars <= most) {
                Ok(text)
            } else {
                Err(AppError::invalid(field, format!("This may have at most {most} characters.")))
            }
        };
        let written = |page: PublicPage, name: &'static str, text: &str| {
            let text = bounded(page.into_str(), text, TEXT_CHARS)?;
            let html = rendered(&text);
            AppResult::Ok(Written { page, name, text, html })
        };
        Ok(Self {
            postal_address: bounded("postal_address", postal_address, ADDRESS_CHARS)?,
            pages: [written(PublicPage::Imprint, "imprint", imprint)?, written(PublicPage::Privacy, "privacy text", privacy)?],
        })
    }
}

/// Changes what an organisation says of itself.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn say(tx: &mut Tx, who: &Identity, saying: &Saying) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    let mut changed = Vec::new();
    let addressed = sqlx::query("update organisations set postal_address = $2 where id = $1 and postal_address <> $2")
        .bind(who.organisation)
        .bind(&saying.postal_address)
        .execute(&mut **tx)
        .await?;
    if addressed.rows_affected() > 0 {
        changed.push("postal address");
    }
    for written in &saying.pages {
        if text(tx, who.organisation, written.page).await? != written.text {
            write(tx, who.organisation, written).await?;
            changed.push(written.name);
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    shown(tx, who, &changed.join(", ")).await
}

async fn write(tx: &mut Tx, organisation: OrganisationId, written: &Written) -> AppResult<()> {
    let page = written.page.into_str();
    if written.text.is_empty() {
        let gone = sqlx::query("delete from organisation_pages where organisation_id = $1 and page = $2");
        gone.bind(organisation).bind(page).execute(&mut **tx).await?;
        return Ok(());
    }
    sqlx::query(
        "insert into organisation_pages (organisation_id, page, text, html) values ($1, $2, $3, $4)
         on conflict (organisation_id, page) do update set text = excluded.text, html = excluded.html",
    )
    .bind(organisation)
    .bind(page)
    .bind(&written.text)
    .bind(&written.html)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Records that `part` of what an organisation shows has changed, and shows it.
async fn shown(tx: &mut Tx, who: &Identity, part: &str) -> AppResult<()> {
    let name: String =
        sqlx::query_scalar("select name from organisations where id = $1").bind(who.organisation).fetch_one(&mut **tx).await?;
    let record = Record::OrganisationShown { part: part.to_owned() };
    tx.record(Activity::by(who, record, Subject::named(who.organisation.0, &name))).await?;
    announce_look(tx, who.organisation).await?;
    announce_settings(tx, who.organisation).await
}

/// Gives an organisation the colour of this hue; none: Plenum's own.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn set_hue(tx: &mut Tx, who: &Identity, hue: Option<u16>) -> AppResult<()> {
    require_role(tx, who, Role::Admin).await?;
    if look(tx, who.organisation).await?.hue == hue {
        return Ok(());
    }
    sqlx::query("update organisations set hue = $2 where id = $1").bind(who.organisation).bind(hue).execute(&mut **tx).await?;
    shown(tx, who, "colour").await
}

/// Makes a picture the logo of an organisation; none: it has none. The one before is gone.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn set_logo(tx: &mut Tx, who: &Identity, made: Option<&pictures::Made>) -> AppResult<Option<PictureId>> {
    require_role(tx, who, Role::Admin).await?;
    let before = look(tx, who.organisation).await?.logo;
    let logo = match made {
        Some(made) => Some(pictures::insert(tx, who, made).await?),
        None if before.is_none() => return Ok(None),
        None => None,
    };
    sqlx::query("update organisations set logo_id = $2 where id = $1").bind(who.organisation).bind(logo).execute(&mut **tx).await?;
    sqlx::query("delete from pictures where id = $1").bind(before).execute(&mut **tx).await?;
    shown(tx, who, "logo").await?;
    Ok(logo)
}

/// What a public page says as sanitised HTML, of the organisation of whoever asks, else of the host that was asked. Empty: nothing is written.
pub async fn public_page(state: &AppState, visitor: &Visitor, page: PublicPage) -> AppResult<String> {
    let mut conn = state.store.read().await?;
    let organisation = match &visitor.who {
        Some(who) => who.organisation,
        None => organisation_of(&mut conn, &visitor.host).await?.id,
    };
    let html: Option<String> = sqlx::query_scalar("select html from organisation_pages where organisation_id = $1 and page = $2")
        .bind(organisation)
        .bind(page.into_str())
        .fetch_optional(&mut *conn)
        .await?;
    Ok(html.unwrap_or_default())
}
