//! What leaves with bank accounts in full, for admins: payment files, and the account of a withdrawal that is paid by hand. That it was
//! downloaded is written down.

use axum::{
    Extension, Router,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
    routing::get,
};

use super::{
    accounts,
    bank::BankAccount,
    payment_files::{self, require_admin},
    withdrawals,
};
use crate::model::withdrawal::{Queued, WithdrawalState};
use plenum_core::{
    activity::{Record, Subject},
    error::{AppError, AppResult},
    ids::{PaymentFileId, WithdrawalId},
    people::Identity,
};
use plenum_store::{
    db::{Activity, Tx},
    sealing::{Sealed, Sealing},
};
use plenum_web::{problem::Problem, state::AppState};

/// The routes.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/admin/payment-files/{id}/pain.001.xml", get(payment_file))
        .route("/admin/withdrawals/{id}/account.txt", get(account))
}

type Asker = Option<Extension<Identity>>;

/// Who asks, counted as a command: it writes.
fn asker(state: &AppState, who: Asker) -> AppResult<Identity> {
    let Extension(who) = who.ok_or_else(AppError::signed_out)?;
    state.rates.command(who.person)?;
    Ok(who)
}

/// A payment file as the bank gets it.
async fn payment_file(State(state): State<AppState>, who: Asker, Path(id): Path<PaymentFileId>) -> Result<Response, Problem> {
    let who = asker(&state, who)?;
    let write = async move |tx: &mut Tx| {
        require_admin(tx, &who).await?;
        let file = payment_files::find(tx, who.organisation, id).await?;
        let sealed = sqlx::query_as("select key_id, sealed from payment_files where id = $1");
        let sealed: Sealed = sealed.bind(id).fetch_one(&mut **tx).await?;
        let record = Record::PaymentFileDownloaded { amount: file.money().to_string() };
        tx.record(Activity::by(&who, record, Subject::named(id.0, &file.message_id))).await?;
        Ok((file.message_id, sealed))
    };
    let (message_id, sealed) = state.store.write(write).await?;
    let bytes = state.store.part::<Sealing>().key()?.open(&payment_files::about(&message_id), &sealed)?;
    let bytes = bytes.ok_or_else(|| lost("Return the withdrawals of this file, and have them asked for again."))?;
    Ok(file(&format!("{message_id}.xml"), "application/xml; charset=utf-8", bytes))
}

/// The account of an approved withdrawal that is in no payment file.
async fn account(State(state): State<AppState>, who: Asker, Path(id): Path<WithdrawalId>) -> Result<Response, Problem> {
    let who = asker(&state, who)?;
    let write = async move |tx: &mut Tx| {
        require_admin(tx, &who).await?;
        let Queued { withdrawal, person, .. } = withdrawals::queued(tx, who.organisation, id).await?;
        if person.id == who.person {
            return Err(AppError::forbidden("This is your own withdrawal: another admin has to pay it out."));
        }
        if withdrawal.state != WithdrawalState::Approved || withdrawals::file_state(tx, id).await?.is_some() {
            return Err(AppError::conflict("Only approved withdrawals that are in no payment file are paid by hand."));
        }
        let sealed: Option<Sealed> = sqlx::query_as("select key_id, sealed from withdrawal_accounts where withdrawal_id = $1")
            .bind(id)
            .fetch_optional(&mut **tx)
            .await?;
        let amount = withdrawal.money().to_string();
        tx.record(Activity::by(&who, Record::WithdrawalAccountDownloaded, Subject::named(id.0, &amount)).about(person.id)).await?;
        Ok((amount, sealed))
    };
    let (amount, sealed) = state.store.write(write).await?;
    let opened = match sealed {
        Some(sealed) => BankAccount::opened(state.store.part::<Sealing>().key()?, &accounts::about(id), &sealed)?,
        None => None,
    };
    let account = opened.ok_or_else(|| lost("Its owner was asked for the account again."))?;
    let bic = account.bic().map(|bic| format!("{bic}\n")).unwrap_or_default();
    let text = format!("{}\n{}\n{bic}{amount}\nWithdrawal {id}\n", account.holder(), account.iban());
    Ok(file(&format!("withdrawal-{id}.txt"), "text/plain; charset=utf-8", text.into_bytes()))
}

fn lost(advice: &str) -> AppError {
    AppError::conflict(format!("The key that sealed it is not on this server. {advice}"))
}

fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, bytes).into_response()
}
