//! What of a wallet keeps its person from being removed.

use super::balances;
use crate::words;
use plenum_core::{error::AppResult, ids::PersonId};
use plenum_store::db::Conn;

/// What is to be done first, if `person` has money, or some of it is on its way.
pub async fn obstacle_of(conn: &mut Conn, person: PersonId) -> AppResult<Option<&'static str>> {
    let balances = balances::of_person(conn, person).await?;
    Ok(if balances.iter().any(|balance| balance.pending_out != 0) {
        Some(words::WITHDRAWAL_FIRST)
    } else if balances.iter().any(|balance| balance.pending_in != 0) {
        Some(words::DEPOSIT_FIRST)
    } else if balances.iter().any(|balance| balance.available != 0) {
        Some(words::MONEY_FIRST)
    } else {
        None
    })
}
