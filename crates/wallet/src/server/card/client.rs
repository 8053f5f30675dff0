//! The gateway's API, as Stripe publishes it: forms out, JSON back, an `Idempotency-Key` on whatever begins something.

use std::time::Duration;

use anyhow::Context as _;
use axum::{body::Bytes, http::HeaderMap};
use futures::future::BoxFuture;
use serde::{Deserialize, de::DeserializeOwned};

use super::{NAME, signature};
use crate::{
    model::Currency,
    server::gateway::{Answer, Begun, Outcome, Payment, PaymentGateway, Purpose},
    settings, words,
};
use plenum_core::error::{AppError, AppResult};
use plenum_live::plenum_auth::AppSecret;
use plenum_store::db::now;

/// How long an answer may take: a job has 85 s, and somebody waits for the page.
const PATIENCE: Duration = Duration::from_secs(20);

/// The gateway.
#[derive(Clone)]
pub struct Card {
    http: reqwest::Client,
    base_url: String,
    secret_key: String,
    webhook: AppSecret,
    /// The address that people use.
    site: String,
}

/// A page of the gateway, as far as it matters.
#[derive(Debug, Deserialize)]
pub struct Session {
    pub id: String,
    /// Where the person pays, while it is open.
    url: Option<String>,
    client_reference_id: Option<String>,
    status: Option<String>,
    payment_status: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
    payment_intent: Option<String>,
}

/// A refund.
#[derive(Debug, Deserialize)]
pub struct Refund {
    pub id: String,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: serde_json::Value,
}

/// What the gateway says instead of doing what it was asked for.
#[derive(Deserialize)]
struct Refusal {
    error: RefusalCause,
}

#[derive(Deserialize)]
struct RefusalCause {
    code: Option<String>,
    message: Option<String>,
}

impl Card {
    /// As the settings say; none if cards are not taken. `site` is the address that people use.
    ///
    /// # Errors
    /// If there can be no client for HTTP.
    pub fn of(settings: &settings::Card, site: String) -> anyhow::Result<Option<Self>> {
        if !settings.is_on() {
            return Ok(None);
        }
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
        Ok(Some(Self {
            http: http.context("there can be no client for the card gateway")?,
            base_url: settings.base_url.clone(),
            secret_key: settings.secret_key.text().to_owned(),
            webhook: AppSecret::new(settings.webhook_secret.text()),
            site,
        }))
    }

    /// How the page `session` is now, as an answer; none while nothing is decided.
    ///
    /// # Errors
    /// If the gateway cannot be reached or does not know it.
    pub async fn look(&self, session: &str) -> AppResult<Option<Answer>> {
        let session: Session = self.send(self.http.get(self.address(&format!("/v1/checkout/sessions/{session}")))).await?;
        let outcome = match (session.status.as_deref(), session.payment_status.as_deref()) {
            (_, Some("paid")) => Outcome::Approved,
            (Some("expired"), _) => Outcome::Expired,
            _ => return Ok(None),
        };
        session.answer(outcome)
    }

    /// Gives all of a payment back, once for `key`; none if it was given back before.
    ///
    /// # Errors
    /// If the gateway cannot be reached or refuses.
    pub async fn refund(&self, intent: &str, key: &str) -> AppResult<Option<Refund>> {
        let request =
            self.post("/v1/refunds", key, &[("payment_intent", intent.to_owned()), ("reason", "requested_by_customer".to_owned())]);
        let (status, body) = self.exchange(request).await?;
        if !status.is_success() {
            let refusal = refusal(&body);
            if refusal.as_ref().is_some_and(|cause| cause.code.as_deref() == Some("charge_already_refunded")) {
                return Ok(None);
            }
            return Err(refused(status, refusal));
        }
        let refund: Refund = read(&body)?;
        match refund.status.as_deref() {
            Some("failed" | "canceled") => Err(AppError::conflict("The card gateway could not give the money back.")),
            _ => Ok(Some(refund)),
        }
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn post(&self, path: &str, key: &str, form: &[(&str, String)]) -> reqwest::RequestBuilder {
        self.http.post(self.address(path)).header("Idempotency-Key", key).form(form)
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> AppResult<(reqwest::StatusCode, Bytes)> {
        let response = request.bearer_auth(&self.secret_key).send().await.map_err(|error| unreachable(&error))?;
        Ok((response.status(), response.bytes().await.map_err(|error| unreachable(&error))?))
    }

    async fn send<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> AppResult<T> {
        let (status, body) = self.exchange(request).await?;
        if status.is_success() { read(&body) } else { Err(refused(status, refusal(&body))) }
    }

    /// What a page is made of; the same for the same payment, because the gateway refuses a key that comes with something else.
    fn page(&self, payment: &Payment) -> Vec<(&'static str, String)> {
        let back = match payment.purpose {
            Purpose::Order(id) => format!("/orders/{id}"),
            Purpose::Deposit(_) => "/wallet".to_owned(),
        };
        let subject = match payment.purpose {
            Purpose::Order(id) => ("metadata[order]", id.to_string()),
            Purpose::Deposit(id) => ("metadata[deposit]", id.to_string()),
        };
        vec![
            ("mode", "payment".to_owned()),
            ("payment_method_types[0]", "card".to_owned()),
            ("client_reference_id", payment.reference.clone()),
            ("metadata[reference]", payment.reference.clone()),
            subject,
            ("payment_intent_data[metadata][reference]", payment.reference.clone()),
            ("line_items[0][quantity]", "1".to_owned()),
            ("line_items[0][price_data][currency]", payment.money.currency.code().to_lowercase()),
            ("line_items[0][price_data][unit_amount]", payment.money.amount.to_string()),
            ("line_items[0][price_data][product_data][name]", payment.title.clone()),
            ("expires_at", (payment.expires_at / 1_000).to_string()),
            ("success_url", format!("{}/wallet/card/{}", self.site, payment.reference)),
            ("cancel_url", format!("{}{back}", self.site)),
        ]
    }
}

impl PaymentGateway for Card {
    fn name(&self) -> &'static str {
        NAME
    }

    fn begin<'a>(&'a self, payment: &'a Payment) -> BoxFuture<'a, AppResult<Begun>> {
        Box::pin(async move {
            let session: Session = self.send(self.post("/v1/checkout/sessions", &payment.reference, &self.page(payment))).await?;
            let checkout_url = session.url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
            let checkout_url = checkout_url.ok_or_else(|| AppError::conflict(words::CARD_REFUSED))?;
            Ok(Begun { checkout_url, session: Some(session.id) })
        })
    }

    fn read(&self, headers: &HeaderMap, body: &[u8]) -> AppResult<Option<Answer>> {
        let header = headers.get(signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !signature::is_valid(&self.webhook, header, body, now()) {
            return Err(AppError::unauthorised("The signature is not valid."));
        }
        let unreadable = |error| AppError::invalid("body", format!("The event cannot be read: {error}"));
        let event: Event = serde_json::from_slice(body).map_err(unreadable)?;
        if !event.kind.starts_with("checkout.session.") {
            return Ok(None);
        }
        let session: Session = serde_json::from_value(event.data.object).map_err(unreadable)?;
        let outcome = match event.kind.as_str() {
            "checkout.session.completed" if session.payment_status.as_deref() == Some("paid") => Outcome::Approved,
            "checkout.session.async_payment_succeeded" => Outcome::Approved,
            "checkout.session.async_payment_failed" => Outcome::Declined,
            "checkout.session.expired" => Outcome::Expired,
            // Also a page that was completed, and whose payment is on its way: one of the others comes later.
            _ => return Ok(None),
        };
        let answer = session.answer(outcome)?;
        tracing::debug!(event.id, event.kind, is_ours = answer.is_some(), "the card gateway says something");
        Ok(answer.map(|answer| Answer { id: event.id, ..answer }))
    }
}

impl Session {
    /// The session as an answer; none if it is of another program that uses the same account.
    fn answer(self, outcome: Outcome) -> AppResult<Option<Answer>> {
        let Some(reference) = self.client_reference_id else { return Ok(None) };
        let wrong = |field: &str| AppError::invalid(field, "A session of a payment has an amount and a currency.");
        let currency: Currency = self.currency.ok_or_else(|| wrong("currency"))?.to_uppercase().parse()?;
        let amount = self.amount_total.ok_or_else(|| wrong("amount_total"))?;
        let intent = self.payment_intent.unwrap_or_default();
        Ok(Some(Answer { id: self.id, reference, outcome, amount, currency, intent }))
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> AppResult<T> {
    serde_json::from_slice(body).map_err(|error| {
        tracing::error!(%error, "the card gateway's answer cannot be read");
        AppError::unavailable(words::CARD_UNREACHABLE)
    })
}

fn unreachable(error: &reqwest::Error) -> AppError {
    tracing::warn!(%error, "the card gateway cannot be reached");
    AppError::unavailable(words::CARD_UNREACHABLE)
}

fn refusal(body: &[u8]) -> Option<RefusalCause> {
    serde_json::from_slice::<Refusal>(body).ok().map(|refusal| refusal.error)
}

/// What a status says: later again, or not like this.
fn refused(status: reqwest::StatusCode, cause: Option<RefusalCause>) -> AppError {
    let (code, reason) = cause.map(|cause| (cause.code, cause.message)).unwrap_or_default();
    tracing::warn!(%status, code, reason, "the card gateway refuses");
    if status.is_server_error() || matches!(status.as_u16(), 409 | 429) {
        AppError::unavailable(words::CARD_UNREACHABLE)
    } else {
        AppError::conflict(words::CARD_REFUSED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Money;
    use plenum_core::ids::OrderId;

    fn card() -> Card {
        let settings: settings::Card = serde_json::from_value(
            serde_json::json!({ "base_url": "https://api.stripe.com", "secret_key": "sk_test", "webhook_secret": "whsec_test" }),
        )
        .unwrap();
        Card::of(&settings, "https://plenum.example".to_owned()).unwrap().unwrap()
    }

    fn signed(body: &str) -> HeaderMap {
        let time = now() / 1_000;
        let signature = AppSecret::new("whsec_test").sign(format!("{time}.{body}").as_bytes());
        HeaderMap::from_iter([(signature::HEADER.parse().unwrap(), format!("t={time},v1={signature}").parse().unwrap())])
    }

    fn event(kind: &str, payment_status: &str, reference: Option<&str>) -> String {
        let object = serde_json::json!({
            "id": "cs_1", "client_reference_id": reference, "status": "complete", "payment_status": payment_status,
            "amount_total": 2_500, "currency": "eur", "payment_intent": "pi_1", "url": null
        });
        serde_json::json!({ "id": "evt_1", "type": kind, "data": { "object": object } }).to_string()
    }

    /// What each event means, and that the other events of an account, or of another program, mean nothing.
    #[test]
    fn events_are_read() {
        for (kind, status, outcome) in [
            ("checkout.session.completed", "paid", Some(Outcome::Approved)),
            ("checkout.session.completed", "unpaid", None),
            ("checkout.session.async_payment_succeeded", "paid", Some(Outcome::Approved)),
            ("checkout.session.async_payment_failed", "unpaid", Some(Outcome::Declined)),
            ("checkout.session.expired", "unpaid", Some(Outcome::Expired)),
            ("charge.succeeded", "paid", None),
        ] {
            let body = event(kind, status, Some("f00d"));
            let answer = card().read(&signed(&body), body.as_bytes()).unwrap();
            assert_eq!(answer.as_ref().map(|answer| answer.outcome), outcome, "{kind} {status}");
            if let Some(answer) = answer {
                assert_eq!((answer.reference.as_str(), answer.intent.as_str(), answer.id.as_str()), ("f00d", "pi_1", "evt_1"));
                assert_eq!(answer.money(), Money::new(2_500, Currency::Eur));
            }
        }
        let others = event("checkout.session.completed", "paid", None);
        assert_eq!(card().read(&signed(&others), others.as_bytes()), Ok(None));
        assert_eq!(card().read(&signed("{}"), b"{}").unwrap_err().field.as_deref(), Some("body"));
        assert_eq!(card().read(&HeaderMap::new(), others.as_bytes()).unwrap_err().status(), 401);
    }

    /// A page says the same each time that it is asked for.
    #[test]
    fn a_page_is_a_function_of_its_payment() {
        let payment = Payment {
            purpose: Purpose::Order(OrderId(7)),
            reference: "f00d".to_owned(),
            money: Money::new(2_500, Currency::Chf),
            title: "Gala · order K7QD-2MXB".to_owned(),
            expires_at: 1_795_102_870_000,
        };
        let page = card().page(&payment);
        assert_eq!(page, card().page(&payment));
        let field = |name: &str| page.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        assert_eq!(field("line_items[0][price_data][unit_amount]"), Some("2500"));
        assert_eq!(field("line_items[0][price_data][currency]"), Some("chf"));
        assert_eq!(field("expires_at"), Some("1795102870"));
        assert_eq!(field("success_url"), Some("https://plenum.example/wallet/card/f00d"));
        assert_eq!(field("cancel_url"), Some("https://plenum.example/orders/7"));
    }
}
