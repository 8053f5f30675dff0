//! A gateway that moves no money: whoever tries Plenum out says what it answers.
//!
//! It is there on this machine only (`server.public_url` is loopback), and it answers as real ones do: over HTTP, to the same callback,
//! signed, late, twice, or contradicting itself.

use std::{net::SocketAddr, sync::LazyLock, time::Duration};

use axum::http::HeaderMap;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{
    card, deposits,
    gateway::{Answer, Begun, Outcome, Payment, PaymentGateway, Purpose},
};
use crate::model::{
    Money,
    deposit::{Deposit, Simulated},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{DepositId, Millis},
    people::Identity,
};
use plenum_live::plenum_auth::AppSecret;
use plenum_store::{
    db::{Store, Tx},
    jobs::{self, Job},
};
use plenum_web::state::AppState;

pub const NAME: &str = "simulator";
/// The jobs that answer late.
pub const LATE: &str = "wallet.simulate";
/// How late that is.
const LATE_AFTER: Millis = 5_000;
/// Where the signature stands.
const SIGNATURE: &str = "plenum-simulator-signature";
/// How long it waits for its callback.
const PATIENCE: Duration = Duration::from_secs(10);

/// True where it may be used: nowhere but on this machine.
pub fn is_here(state: &AppState) -> bool {
    state.server.is_only_here(state.leptos.site_addr)
}

/// The simulator as a gateway.
pub struct Simulator {
    secret: AppSecret,
}

impl Simulator {
    /// It signs with `secret`.
    pub fn new(secret: AppSecret) -> Self {
        Self { secret }
    }

    /// The signature of a body; nothing else that this secret signs looks like what is signed.
    pub fn signature(&self, body: &[u8]) -> String {
        self.secret.sign(&[b"wallet-callback:", body].concat())
    }
}

impl PaymentGateway for Simulator {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, AppResult<Begun>> {
        Box::pin(async move {
            match payment.purpose {
                Purpose::Deposit(id) => Ok(Begun { checkout_url: format!("/wallet/deposits/{id}/simulator"), session: None }),
                Purpose::Order(_) => Err(card::not_taken()),
            }
        })
    }

    fn read(&self, headers: &HeaderMap, body: &[u8]) -> AppResult<Option<Answer>> {
        let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !self.secret.verify(&[b"wallet-callback:", body].concat(), signature) {
            return Err(AppError::unauthorised("The signature is not valid."));
        }
        let answer = serde_json::from_slice(body);
        answer.map(Some).map_err(|error| AppError::invalid("body", format!("The answer cannot be read: {error}")))
    }
}

/// Where the simulator finds the callback, and what it signs with.
#[derive(Clone)]
pub struct Caller {
    url: String,
    secret: AppSecret,
}

impl Caller {
    /// Calls the server at `address`.
    pub fn new(mut address: SocketAddr, secret: AppSecret) -> Self {
        if address.ip().is_unspecified() {
            // A server that listens everywhere is reached on this machine, too.
            address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() });
        }
        Self { url: format!("http://{address}/wallet/callbacks/{NAME}"), secret }
    }

    /// Sends an answer as a real gateway would.
    async fn send(&self, answer: &Answer) -> AppResult<()> {
        static CLIENT: LazyLock<Option<reqwest::Client>> =
            LazyLock::new(|| reqwest::Client::builder().timeout(PATIENCE).no_proxy().build().ok());
        let unreachable = || AppError::conflict("The simulator cannot reach its callback just now. Try again.");
        let body = serde_json::to_vec(answer).map_err(|_| AppError::internal())?;
        let signature = Simulator::new(self.secret.clone()).signature(&body);
        let request = CLIENT.as_ref().ok_or_else(AppError::internal)?.post(&self.url).header(SIGNATURE, signature).body(body);
        let response = request.send().await.map_err(|error| {
            tracing::warn!(%error, "the simulator's callback cannot be reached");
            unreachable()
        })?;
        if response.status().is_success() { Ok(()) } else { Err(unreachable()) }
    }
}

/// Lets the simulator answer for a deposit of `who`; returns the deposit as it is then.
///
/// # Errors
/// 404 elsewhere than on this machine, and for others' deposits; 409 if the callback cannot be reached.
pub async fn simulate(state: &AppState, who: &Identity, id: DepositId, outcome: Simulated) -> AppResult<Deposit> {
    if !is_here(state) {
        return Err(AppError::no_such("page"));
    }
    let person = who.person;
    let payment = deposits::payment(&mut *state.store.look().await?, Some(person), id).await?;
    let caller = Caller::new(state.leptos.site_addr, state.hub.secret().clone());
    let (approved, declined) = (answer(&payment, Outcome::Approved), answer(&payment, Outcome::Declined));
    match outcome {
        Simulated::Approve => caller.send(&approved).await?,
        Simulated::Decline => caller.send(&declined).await?,
        Simulated::Twice => {
            let (first, second) = tokio::join!(caller.send(&approved), caller.send(&approved));
            first.and(second)?;
        }
        Simulated::Contradict => {
            caller.send(&declined).await?;
            caller.send(&approved).await?;
        }
        Simulated::Late => {
            let write = async move |tx: &mut Tx| {
                let payload = json!({ "deposit": id });
                let due_at = tx.now() + LATE_AFTER;
                jobs::schedule(tx, Job { kind: LATE, payload, unique_key: Some(format!("{LATE}:{id}")), due_at }).await
            };
            state.store.write(write).await?;
        }
    }
    deposits::deposit_find(&mut *state.store.look().await?, person, id).await
}

/// Approves a deposit now; the handler of the jobs.
///
/// # Errors
/// If the callback cannot be reached.
pub async fn answer_late(store: Store, caller: Caller, payload: Value) -> AppResult<()> {
    let id = payload.get("deposit").and_then(Value::as_i64).map(DepositId).ok_or_else(AppError::internal)?;
    let payment = deposits::payment(&mut *store.look().await?, None, id).await?;
    caller.send(&answer(&payment, Outcome::Approved)).await
}

/// The simulator's answers have names of their own, by what they say: asked again it gives the same answer again.
fn answer(payment: &Payment, outcome: Outcome) -> Answer {
    let word = match outcome {
        Outcome::Approved => "approved",
        Outcome::Declined => "declined",
        Outcome::Expired => "expired",
    };
    let id = format!("{}-{word}", payment.reference);
    let Money { amount, currency } = payment.money;
    Answer { id, reference: payment.reference.clone(), outcome, amount, currency, intent: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Currency;
    use plenum_core::error::ErrorKind;

    #[tokio::test]
    async fn only_what_it_has_signed_is_read() {
        let (own, other) = (Simulator::new(AppSecret::new("secret")), Simulator::new(AppSecret::new("another")));
        let payment = Payment {
            purpose: Purpose::Deposit(DepositId(7)),
            reference: "f00d".to_owned(),
            money: Money::new(500, Currency::Chf),
            title: "Add money".to_owned(),
            expires_at: 0,
        };
        let begun = own.begin(&payment).await.unwrap();
        assert_eq!((begun.checkout_url.as_str(), begun.session), ("/wallet/deposits/7/simulator", None));
        let said = answer(&payment, Outcome::Approved);
        let body = serde_json::to_vec(&said).unwrap();
        let signed =
            |by: &Simulator, body: &[u8]| HeaderMap::from_iter([(SIGNATURE.parse().unwrap(), by.signature(body).parse().unwrap())]);
        assert_eq!(own.read(&signed(&own, &body), &body), Ok(Some(said)));
        let changed = String::from_utf8(body.clone()).unwrap().replace("500", "900").into_bytes();
        for headers in [HeaderMap::new(), signed(&other, &body), signed(&own, b"")] {
            assert_eq!(own.read(&headers, &body).unwrap_err().kind, ErrorKind::SignedOut);
        }
        assert_eq!(own.read(&signed(&own, &body), &changed).unwrap_err().kind, ErrorKind::SignedOut);
        assert_eq!(own.read(&signed(&own, b"{}"), b"{}").unwrap_err().field.as_deref(), Some("body"));
    }
}
