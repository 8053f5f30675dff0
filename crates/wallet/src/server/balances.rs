//! What a person has, of each currency: one statement for the page, the API and live events.

use super::withdrawals::withdrawal_is_open;
use crate::model::{Currency, wallet::Balance};
use plenum_core::{error::AppResult, ids::PersonId};
use plenum_store::db::Conn;

/// What `person` has of each currency that they have an account of, and of the default one. A deposit opens an account when it begins.
pub(super) async fn of_person(conn: &mut Conn, person: PersonId) -> AppResult<Vec<Balance>> {
    let statement = concat!(
        "select a.currency, a.balance as available,
           coalesce((select cast(sum(amount) as bigint) from deposits
             where person_id = $1 and currency = a.currency and state = 'pending'), 0) as pending_in,
           coalesce((select cast(sum(w.amount) as bigint) from withdrawals w
             where w.person_id = $1 and w.currency = a.currency and ",
        withdrawal_is_open!(),
        "), 0) as pending_out
         from accounts a where a.person_id = $1"
    );
    let mut balances: Vec<Balance> = sqlx::query_as(statement).bind(person).fetch_all(conn).await?;
    if !balances.iter().any(|balance| balance.currency == Currency::default()) {
        balances.push(Balance::default());
    }
    balances.sort_by_key(|balance| balance.currency);
    Ok(balances)
}

/// What `person` has of `currency`.
pub(super) async fn balance(conn: &mut Conn, person: PersonId, currency: Currency) -> AppResult<Balance> {
    let known = of_person(conn, person).await?.into_iter().find(|balance| balance.currency == currency);
    Ok(known.unwrap_or(Balance { currency, ..Balance::default() }))
}
