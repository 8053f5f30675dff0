//! What a person changes about themselves.

use super::announce_card;
use crate::model::parse_name;
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::SignInId,
    people::{HUES, Identity, Privacy, SignInEnd},
};
use plenum_inbox as inbox;
use plenum_store::{
    db::{Activity, Tx},
    zones,
};
use plenum_web::{
    search,
    sign_ins::{self, Which},
};

/// A person's name, colour and zone, valid.
#[derive(Debug, Clone)]
pub struct Profile {
    name: String,
    hue: u8,
    zone: String,
}

impl Profile {
    /// Reads the form.
    ///
    /// # Errors
    /// Invalid, with the field.
    pub fn parse(name: &str, hue: u8, zone: String) -> AppResult<Self> {
        let name = parse_name(name)?;
        if hue >= HUES {
            return Err(AppError::invalid("hue", "Choose one of the colours."));
        }
        if !zones::is_known(&zone) {
            return Err(AppError::invalid("zone", "Choose one of the time zones."));
        }
        Ok(Self { name, hue, zone })
    }
}

/// Changes the profile; the organisation sees the new name and colour at once.
pub async fn update(tx: &mut Tx, who: &Identity, profile: &Profile) -> AppResult<()> {
    sqlx::query("update people set name = $2, hue = $3, time_zone = $4, name_folded = $5 where id = $1")
        .bind(who.person)
        .bind(&profile.name)
        .bind(profile.hue)
        .bind(&profile.zone)
        .bind(search::folded(&profile.name))
        .execute(&mut **tx)
        .await?;
    // What comes at an hour of the day comes at that hour where they are now.
    inbox::server::digest::plan(tx, who.person).await?;
    if profile.name != who.name {
        let renamed = Record::PersonRenamed { from: who.name.clone() };
        tx.record(Activity::by(who, renamed, Subject::named(who.person.0, &profile.name))).await?;
    }
    if (profile.name.as_str(), profile.hue) != (who.name.as_str(), who.hue) {
        announce_card(tx, who.organisation, who.person).await?;
    }
    Ok(())
}

/// Changes what others see.
pub async fn set_privacy(tx: &mut Tx, who: &Identity, privacy: Privacy) -> AppResult<()> {
    sqlx::query("update people set show_presence = $2, send_typing = $3, send_read_marks = $4 where id = $1")
        .bind(who.person)
        .bind(privacy.show_presence)
        .bind(privacy.send_typing)
        .bind(privacy.send_read_marks)
        .execute(&mut **tx)
        .await?;
    tx.presence_shown(who.person, privacy.show_presence);
    Ok(())
}

/// Ends one of one's own sign-ins.
///
/// # Errors
/// 404 if there is no such sign-in of this person.
pub async fn end_sign_in(tx: &mut Tx, who: &Identity, id: SignInId) -> AppResult<()> {
    let ended = sign_ins::end(tx, who.person, Which::One(id), SignInEnd::EndedElsewhere, who.person).await?;
    if ended.is_empty() { Err(AppError::not_found("This sign-in has ended already.")) } else { Ok(()) }
}

/// Ends all of one's other sign-ins and tokens. That there is none is no error.
pub async fn end_other_sign_ins(tx: &mut Tx, who: &Identity) -> AppResult<()> {
    sign_ins::end(tx, who.person, Which::AllBut(who.sign_in), SignInEnd::OthersEnded, who.person).await.map(drop)
}
