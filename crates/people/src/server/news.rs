//! What people are told about their own account and roles.

use crate::words::second_factor as factor_words;
use plenum_core::{error::AppResult, ids::PersonId, people::Role};
use plenum_directory::words::role as role_name;
use plenum_inbox::{model::Category, server as inbox, server::News, words};
use plenum_store::db::Tx;

fn news(category: Category, title: String, text: String, actor: Option<PersonId>) -> News {
    News { category, title, text, link: "/settings".to_owned(), actor, subject: None, thread: None, group: None }
}

/// Whether a role was given or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// They hold it now.
    Granted,
    /// They no longer do.
    Revoked,
}

/// Tells `person` that a role of theirs has changed.
pub async fn role_changed(tx: &mut Tx, person: PersonId, by: PersonId, role: Role, change: Change) -> AppResult<()> {
    let title = match change {
        Change::Granted => words::granted(role_name(role)),
        Change::Revoked => words::revoked(role_name(role)),
    };
    inbox::notify(tx, &[person], &news(Category::People, title, String::new(), Some(by))).await
}

/// Tells `person` that a browser has signed in that was not known, if others were.
pub async fn signed_in(tx: &mut Tx, person: PersonId, device: &str, address: &str) -> AppResult<()> {
    let (others, same): (i64, i64) =
        sqlx::query_as("select count(*), count(case when device = $2 then 1 end) from sign_ins where person_id = $1 and scopes is null")
            .bind(person)
            .bind(device)
            .fetch_one(&mut **tx)
            .await?;
    if others == 0 || same > 0 {
        return Ok(());
    }
    let told = news(Category::Security, words::NEW_SIGN_IN.to_owned(), words::new_sign_in(device, address), None);
    inbox::notify(tx, &[person], &told).await
}

/// Tells `person` that their password was changed.
pub async fn password_changed(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    let told = news(Category::Security, words::PASSWORD_CHANGED.to_owned(), words::PASSWORD_CHANGED_TEXT.to_owned(), None);
    inbox::notify(tx, &[person], &told).await
}

/// Tells `person` that their account has another address.
pub async fn email_changed(tx: &mut Tx, person: PersonId) -> AppResult<()> {
    let told = news(Category::Security, words::EMAIL_CHANGED.to_owned(), words::EMAIL_CHANGED_TEXT.to_owned(), None);
    inbox::notify(tx, &[person], &told).await
}

/// Tells `person` that an admin has ended a sign-in or token of theirs.
pub async fn sign_in_ended(tx: &mut Tx, person: PersonId, by: PersonId, device: &str) -> AppResult<()> {
    let told = news(Category::Security, words::SIGN_IN_ENDED.to_owned(), device.to_owned(), Some(by));
    inbox::notify(tx, &[person], &told).await
}

/// Tells `person` what has become of their second factor; `by` is none where it was, as it seems, themselves.
pub async fn second_factor(tx: &mut Tx, person: PersonId, by: Option<PersonId>, title: &str) -> AppResult<()> {
    let told = news(Category::Security, title.to_owned(), factor_words::IF_NOT_YOU.to_owned(), by);
    inbox::notify(tx, &[person], &told).await
}
