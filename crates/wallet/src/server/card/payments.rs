//! The rows of payments by card.

use crate::{
    model::{
        Currency, Money,
        card::{CardState, Late},
        deposit::{Deposit, UNDER_WAY},
    },
    server::gateway::{Begun, Payment, Purpose},
    words,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{CardPaymentId, DepositId, Millis, OrderId, OrganisationId, PersonId},
    people::Identity,
};
use plenum_store::db::{Conn, Tx};

/// How long the gateway's page is open. Stripe takes half an hour at the least, and the request may be on its way for a moment.
pub const OPEN: Millis = 31 * 60_000;
/// A payment that has no page yet is begun again only so long after: a later page would be open for less than the gateway takes.
const BEGUN_AGAIN: Millis = 30_000;
/// A page that ends sooner is not led to again.
const LEAST_LEFT: Millis = 60_000;
/// When the gateway is asked for the first time about a payment that it has said nothing of.
const FIRST_LOOK: Millis = 2 * 60_000;

const COLUMNS: &str = "id, organisation_id, person_id, order_id, deposit_id, reference, state, currency, amount, title, late, session,
    checkout_url, intent, created_at, expires_at";

/// A payment by card.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CardPayment {
    pub id: CardPaymentId,
    pub organisation_id: OrganisationId,
    pub person_id: PersonId,
    pub order_id: Option<OrderId>,
    pub deposit_id: Option<DepositId>,
    pub reference: String,
    pub state: CardState,
    pub currency: Currency,
    pub amount: i64,
    pub title: String,
    pub late: Late,
    pub session: Option<String>,
    pub checkout_url: String,
    pub intent: String,
    pub created_at: Millis,
    pub expires_at: Millis,
}

impl CardPayment {
    /// How much it is.
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// What it pays.
    pub fn purpose(&self) -> AppResult<Purpose> {
        let order = self.order_id.map(Purpose::Order);
        order.or(self.deposit_id.map(Purpose::Deposit)).ok_or_else(AppError::internal)
    }

    /// Where its person goes on.
    pub fn back(&self) -> String {
        self.order_id.map_or_else(|| "/wallet".to_owned(), |order| format!("/orders/{order}"))
    }

    /// The same as the gateway is asked for it.
    ///
    /// # Errors
    /// Internal, for a row that pays nothing.
    pub fn asked(&self) -> AppResult<Payment> {
        let (reference, title) = (self.reference.clone(), self.title.clone());
        Ok(Payment { purpose: self.purpose()?, reference, money: self.money(), title, expires_at: self.expires_at })
    }
}

/// A payment for an order.
#[derive(Debug, Clone, Copy)]
pub struct ForOrder<'a> {
    pub order: OrderId,
    pub money: Money,
    /// What the gateway's page says is paid.
    pub title: &'a str,
    /// Where the money goes if it comes too late.
    pub late: Late,
}

/// Begins a payment for an order, or finds the one that is open for the same amount. The gateway is asked after this transaction, by
/// [`lead`](super::lead).
///
/// # Errors
/// 409 if too many are under way.
pub async fn begin(tx: &mut Tx, who: &Identity, wanted: ForOrder<'_>) -> AppResult<CardPaymentId> {
    let now = tx.now();
    let known: Option<CardPaymentId> = sqlx::query_scalar(
        "select id from card_payments where order_id = $1 and state = 'open' and amount = $2 and currency = $3 and expires_at > $4
           and (session is not null or created_at > $5) order by id desc limit 1",
    )
    .bind(wanted.order)
    .bind(wanted.money.amount)
    .bind(wanted.money.currency)
    .bind(now + LEAST_LEFT)
    .bind(now - BEGUN_AGAIN)
    .fetch_optional(&mut **tx)
    .await?;
    if let Some(id) = known {
        sqlx::query("update card_payments set late = $2 where id = $1").bind(id).bind(wanted.late).execute(&mut **tx).await?;
        return Ok(id);
    }
    let under_way: i64 =
        sqlx::query_scalar("select count(*) from card_payments where person_id = $1 and state = 'open' and expires_at > $2")
            .bind(who.person)
            .bind(now)
            .fetch_one(&mut **tx)
            .await?;
    if under_way >= UNDER_WAY {
        return Err(AppError::conflict(format!(
            "{UNDER_WAY} card payments are under way. Pay one of them first, or wait until they expire."
        )));
    }
    let made = Made {
        organisation: who.organisation,
        person: who.person,
        purpose: Purpose::Order(wanted.order),
        reference: &format!("{:032x}", rand::random::<u128>()),
        money: wanted.money,
        title: wanted.title,
        late: wanted.late,
    };
    insert(tx, made).await
}

/// Has a deposit paid by card, under its reference.
pub async fn begin_deposit(tx: &mut Tx, who: &Identity, deposit: &Deposit, reference: &str) -> AppResult<CardPaymentId> {
    let (purpose, money, title) = (Purpose::Deposit(deposit.id), deposit.money(), words::CARD_ADD_TITLE);
    // A wallet is there at any time.
    let late = Late::Wallet;
    insert(tx, Made { organisation: who.organisation, person: who.person, purpose, reference, money, title, late }).await
}

struct Made<'a> {
    organisation: OrganisationId,
    person: PersonId,
    purpose: Purpose,
    reference: &'a str,
    money: Money,
    title: &'a str,
    late: Late,
}

async fn insert(tx: &mut Tx, made: Made<'_>) -> AppResult<CardPaymentId> {
    let now = tx.now();
    let (order, deposit) = match made.purpose {
        Purpose::Order(id) => (Some(id), None),
        Purpose::Deposit(id) => (None, Some(id)),
    };
    Ok(sqlx::query_scalar(
        "insert into card_payments (organisation_id, person_id, order_id, deposit_id, reference, state, currency, amount, title, late,
           created_at, expires_at, look_at)
         values ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, $11, $12) returning id",
    )
    .bind(made.organisation)
    .bind(made.person)
    .bind(order)
    .bind(deposit)
    .bind(made.reference)
    .bind(made.money.currency)
    .bind(made.money.amount)
    .bind(made.title)
    .bind(made.late)
    .bind(now)
    .bind(now + OPEN)
    .bind(now + FIRST_LOOK)
    .fetch_one(&mut **tx)
    .await?)
}

/// Writes where a payment is made; returns where it is, which may have been written before.
pub async fn set_session(tx: &mut Tx, id: CardPaymentId, begun: &Begun) -> AppResult<String> {
    sqlx::query("update card_payments set session = $2, checkout_url = $3 where id = $1 and session is null")
        .bind(id)
        .bind(begun.session.as_deref())
        .bind(&begun.checkout_url)
        .execute(&mut **tx)
        .await?;
    Ok(sqlx::query_scalar("select checkout_url from card_payments where id = $1").bind(id).fetch_one(&mut **tx).await?)
}

/// The payment of this id.
pub async fn find(conn: &mut Conn, id: CardPaymentId) -> AppResult<Option<CardPayment>> {
    let statement = format!("select {COLUMNS} from card_payments where id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).fetch_optional(conn).await?)
}

/// One of a person's.
///
/// # Errors
/// 404.
pub async fn own(conn: &mut Conn, person: PersonId, id: CardPaymentId) -> AppResult<CardPayment> {
    find(conn, id).await?.filter(|payment| payment.person_id == person).ok_or_else(|| AppError::no_such("payment"))
}

/// The payment that the gateway calls so.
pub async fn by_reference(conn: &mut Conn, reference: &str) -> AppResult<Option<CardPayment>> {
    let statement = format!("select {COLUMNS} from card_payments where reference = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(reference).fetch_optional(conn).await?)
}

/// The payment of a deposit.
pub async fn of_deposit(conn: &mut Conn, deposit: DepositId) -> AppResult<Option<CardPayment>> {
    let statement = format!("select {COLUMNS} from card_payments where deposit_id = $1");
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(deposit).fetch_optional(conn).await?)
}

/// Where an order's open payment is made, if it has one.
pub async fn open_of_order(conn: &mut Conn, order: OrderId, now: Millis) -> AppResult<Option<String>> {
    let open = "select checkout_url from card_payments
        where order_id = $1 and state = 'open' and checkout_url <> '' and expires_at > $2 order by id desc limit 1";
    Ok(sqlx::query_scalar(open).bind(order).bind(now).fetch_optional(conn).await?)
}
