//! `/wallet/statement.csv`: all that the statement's filter shows, as a file.
//!
//! It is read and sent some entries at a time, each time from a snapshot of its own; entries are only ever added, so that what was there
//! at the beginning is what the file has.

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::stream;

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
use plenum_store::db::Store;
use plenum_web::{problem::Problem, state::AppState};

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
    let export = Export { store: state.store.clone(), person: who.person, filter, before: None };
    let parts = stream::try_unfold(Some(export), |export| async move {
        let Some(export) = export else { return Ok::<_, AppError>(None) };
        export.next().await.map(Some)
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"statement.csv\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
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
    async fn next(mut self) -> AppResult<(Bytes, Option<Self>)> {
        let entries = reading::entries(&mut *self.store.look().await?, self.person, &self.filter, self.before, AT_ONCE).await?;
        let part = lines(self.before.is_none(), &entries).map_err(|error| {
            tracing::error!(%error, "a statement cannot be written");
            AppError::internal()
        })?;
        self.before = entries.last().map(|entry| entry.id);
        Ok((part.into(), (entries.len() == AT_ONCE).then_some(self)))
    }
}

fn lines(first: bool, entries: &[Entry]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    if first {
        writer.write_record(HEADER)?;
    }
    for entry in entries {
        let plain = |amount| Money::new(amount, entry.currency).plain();
        writer.write_record([
            entry.id.to_string(),
            Zone::machine(entry.at),
            entry.kind.word().to_owned(),
            plenum_web::csv::guarded(&entry.note),
            plain(entry.amount),
            plain(entry.balance),
            entry.currency.code().to_owned(),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
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
        let text = String::from_utf8(lines(true, std::slice::from_ref(&entry)).unwrap()).unwrap();
        let line = "7,2026-11-19T15:41:00Z,withdrawal,\"'=1+1, \"\"home\"\"\",-25.50,974.50,EUR\r\n";
        assert_eq!(text, format!("id,time,kind,note,amount,balance,currency\r\n{line}"));
        assert_eq!(String::from_utf8(lines(false, &[entry]).unwrap()).unwrap(), line);
    }
}
