//! `/wallet/statement.csv`: all that the statement's filter shows, as a file.
//!
//! It is read and sent some entries at a time, each time from a snapshot of its own; entries are only ever added, so that what was there
//! at the beginning is what the file has.

use axum::{
    Extension, Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};

use super::reading;
use crate::model::{
    Money,
    statement::{Asked, Entry, Filter},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{PersonId, PostingId},
    people::Identity,
    time::Zone,
};
use plenum_store::{
    db::Store,
    heavy::{Asker, HeavyReads},
};
use plenum_web::{csv, problem::Problem, state::AppState};

/// Entries that are read at once.
const AT_ONCE: usize = 500;
/// The first line.
const HEADER: [&str; 7] = ["id", "time", "kind", "note", "amount", "balance", "currency"];

/// The route, for whoever is signed in.
pub fn routes() -> Router<AppState> {
    Router::new().route("/wallet/statement.csv", get(download))
}

async fn download(
    State(state): State<AppState>,
    who: Option<Extension<Identity>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let Extension(who) = who.ok_or_else(AppError::signed_out)?;
    let filter = reading::filter(&mut *state.store.look().await?, who.person, &asked).await?;
    let heavy = state.store.part::<HeavyReads>().enter(Asker::Person(who.person))?;
    let export = Export { store: state.store.clone(), person: who.person, filter, before: None };
    Ok(csv::file("statement", heavy, export, Export::next))
}

/// Where the export stands.
struct Export {
    store: Store,
    person: PersonId,
    filter: Filter,
    before: Option<PostingId>,
}

impl Export {
    /// The next part of the file, and what is left to do.
    async fn next(mut self) -> AppResult<(String, Option<Self>)> {
        let entries = reading::entries(&mut *self.store.look().await?, self.person, &self.filter, self.before, AT_ONCE).await?;
        let part = lines(self.before.is_none(), &entries);
        self.before = entries.last().map(|entry| entry.id);
        Ok((part, (entries.len() == AT_ONCE).then_some(self)))
    }
}

fn lines(first: bool, entries: &[Entry]) -> String {
    let mut text = String::new();
    if first {
        text.push_str(&csv::line_as_is(HEADER.map(str::to_owned)));
    }
    for entry in entries {
        let plain = |amount| Money::new(amount, entry.currency).plain();
        text.push_str(&csv::line_as_is([
            entry.id.to_string(),
            Zone::machine(entry.at),
            entry.kind.into_str().to_owned(),
            csv::guarded(&entry.note),
            plain(entry.amount),
            plain(entry.balance),
            entry.currency.code().to_owned(),
        ]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Currency, statement::TransferKind};

    #[test]
    fn a_line_says_what_moved() {
        let entry = Entry {
            id: PostingId(7),
            at: 1_795_102_860_000,
            kind: TransferKind::Withdrawal,
            note: "=1+1, \"home\"".to_owned(),
            amount: -2_550,
            balance: 97_450,
            currency: Currency::Eur,
        };
        let text = lines(true, std::slice::from_ref(&entry));
        let line = "7,2026-11-19T15:41:00Z,withdrawal,\"'=1+1, \"\"home\"\"\",-25.50,974.50,EUR\r\n";
        assert_eq!(text, format!("id,time,kind,note,amount,balance,currency\r\n{line}"));
        assert_eq!(lines(false, &[entry]), line);
    }
}
