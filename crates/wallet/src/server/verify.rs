//! `plenum ledger verify`: proves that the ledger is even (I13), in one snapshot, also while a server runs.

use std::{fmt, path::Path, time::Duration};

use anyhow::Context as _;
use sqlx::{Connection as _, sqlite::SqliteConnectOptions};

use super::withdrawals::withdrawal_is_open;
use plenum_core::error::AppResult;
use plenum_store::db::Conn;

/// Of what is off so many lines of a kind are told.
const TOLD: i64 = 20;

/// What must give no row: what is off, how it is said, and the statement that finds it. Each row is one line of text.
const CHECKS: [(&str, &str); 15] = [
    (
        "a transfer does not sum to zero",
        "select 'transfer ' || t.id || ' (' || t.key || ') sums to ' || coalesce(sum(p.amount), 0) || ' ' || coalesce(a.currency, '')
         from transfers t left join postings p on p.transfer_id = t.id left join accounts a on a.id = p.account_id
         group by t.id, t.key, a.currency having coalesce(sum(p.amount), 1) <> 0 order by t.id limit $1",
    ),
    (
        "a balance is not the sum of its postings",
        "select 'account ' || a.id || ' has ' || a.balance || ', its postings sum to ' || coalesce(sum(p.amount), 0)
         from accounts a left join postings p on p.account_id = a.id
         group by a.id, a.balance having a.balance <> coalesce(sum(p.amount), 0) order by a.id limit $1",
    ),
    (
        "a posting's balance is not the sum up to it",
        "select 'posting ' || id || ' of account ' || account_id || ' says ' || balance_after || ', it is ' || reached
         from (select id, account_id, balance_after, sum(amount) over (partition by account_id order by id) as reached from postings) as run
         where balance_after <> reached order by id limit $1",
    ),
    (
        "an account is below its floor",
        "select 'account ' || id || ' has ' || balance || ', its floor is ' || floor from accounts where balance < floor order by id limit $1",
    ),
    (
        "a completed deposit is not in the ledger once, or another is",
        "select 'deposit ' || d.id || ' is ' || d.state || ', the ledger has ' || coalesce(sum(p.amount), 0) || ' of ' || d.amount
         from deposits d left join transfers t on t.kind = 'deposit' and t.subject_id = d.id
           left join postings p on p.transfer_id = t.id and p.amount > 0
         group by d.id, d.state, d.amount
         having coalesce(sum(p.amount), 0) <> case when d.state = 'completed' then d.amount else 0 end order by d.id limit $1",
    ),
    (
        "what is set aside is not what withdrawals wait for",
        concat!(
            "select 'organisation ' || a.organisation_id || ' has set aside ' || a.balance || ' ' || a.currency || ', withdrawals wait for '
           || coalesce(sum(w.amount), 0)
         from accounts a left join withdrawals w on w.organisation_id = a.organisation_id and w.currency = a.currency
           and ",
            withdrawal_is_open!(),
            "
         where a.kind = 'withdrawals' group by a.id, a.organisation_id, a.balance, a.currency
         having a.balance <> coalesce(sum(w.amount), 0) order by a.id limit $1"
        ),
    ),
    (
        "a withdrawal has moved otherwise than it stands",
        concat!(
            "select 'withdrawal ' || w.id || ' is ' || w.state || ', the ledger has ' || count(t.id) || ' transfers of it'
         from withdrawals w left join transfers t
           on t.subject_id = w.id and t.kind in ('withdrawal', 'withdrawal_returned', 'withdrawal_processed')
         group by w.id, w.state having count(t.id) <> case when ",
            withdrawal_is_open!(),
            " then 1 else 2 end order by w.id limit $1"
        ),
    ),
    (
        "what is set aside, returned or paid out for a withdrawal is not its amount",
        "select 'withdrawal ' || w.id || ' is of ' || w.amount || ', a transfer of it (' || t.key || ') moved ' || sum(abs(p.amount)) / 2
         from withdrawals w join transfers t
             on t.subject_id = w.id and t.kind in ('withdrawal', 'withdrawal_returned', 'withdrawal_processed')
           join postings p on p.transfer_id = t.id
         group by w.id, w.amount, t.id, t.key having sum(abs(p.amount)) <> 2 * w.amount order by w.id limit $1",
    ),
    (
        "an order was not paid as it stands",
        "select 'order ' || o.id || ' is ' || o.state || ', the ledger has ' || coalesce(sum(p.amount), 0) || ' of ' || (o.subtotal - o.discount)
         from orders o left join transfers t on t.kind = 'payment' and t.subject_id = o.id
           left join postings p on p.transfer_id = t.id and p.amount > 0
         group by o.id, o.state, o.subtotal, o.discount, o.paid_at
         having coalesce(sum(p.amount), 0) <> case when o.paid_at is null then 0 else o.subtotal - o.discount end order by o.id limit $1",
    ),
    (
        "of an order not what it says was given back",
        "select 'order ' || o.id || ' says ' || o.refunded || ', the ledger has ' || coalesce(sum(p.amount), 0)
         from orders o left join transfers t on t.kind = 'refund' and t.subject_id = o.id
           left join postings p on p.transfer_id = t.id and p.amount > 0
         group by o.id, o.refunded having coalesce(sum(p.amount), 0) <> o.refunded order by o.id limit $1",
    ),
    (
        "a card payment was not captured as it stands",
        "select 'card payment ' || c.id || ' is ' || c.state || ', the ledger has captured ' || coalesce(sum(p.amount), 0) || ' of ' || c.amount
         from card_payments c left join transfers t on t.kind = 'capture' and t.subject_id = c.id
           left join postings p on p.transfer_id = t.id and p.amount > 0
         group by c.id, c.state, c.amount, c.captured_at
         having coalesce(sum(p.amount), 0) <> case when c.captured_at is null then 0 else c.amount end order by c.id limit $1",
    ),
    (
        "what a card payment has captured did not go where it says",
        "select 'card payment ' || c.id || ' of ' || c.amount || ' is ' || c.state || ', no transfer ' || c.key || ' took that'
         from (select id, amount, state, case
             when state = 'used' and order_id is not null then 'payment:order:' || order_id
             when state = 'used' then 'deposit:' || deposit_id
             when state = 'credited' then 'credit:card:' || id
             else 'return:card:' || id end as key
           from card_payments where state in ('used', 'credited', 'returned')) as c
         where not exists (select 1 from transfers t join postings p on p.transfer_id = t.id join accounts a on a.id = p.account_id
           where t.key = c.key and a.kind = 'captured' and p.amount = -c.amount) order by c.id limit $1",
    ),
    (
        "what is captured and not used is not what is to be returned",
        "select 'organisation ' || a.organisation_id || ' has ' || a.balance || ' ' || a.currency || ' captured, to be returned is '
           || coalesce(sum(c.amount), 0)
         from accounts a left join card_payments c on c.organisation_id = a.organisation_id and c.currency = a.currency
           and c.state = 'returning'
         where a.kind = 'captured' group by a.id, a.organisation_id, a.balance, a.currency
         having a.balance <> coalesce(sum(c.amount), 0) order by a.id limit $1",
    ),
    (
        "an account that may not has no floor",
        "select 'account ' || id || ' of kind ' || kind || ' has none' from accounts where floor is null and kind <> 'gateway' order by id limit $1",
    ),
    (
        "money is in an account of another organisation",
        "select 'posting ' || p.id || ' of transfer ' || t.id || ' is in account ' || a.id
         from postings p join transfers t on t.id = p.transfer_id join accounts a on a.id = p.account_id
         where a.organisation_id <> t.organisation_id order by p.id limit $1",
    ),
];

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// Accounts that were looked at.
    pub accounts: i64,
    /// Transfers.
    pub transfers: i64,
    /// Postings.
    pub postings: i64,
    /// What is off, a line each; empty: the ledger is even.
    pub off: Vec<String>,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accounts, transfers, postings, off } = self;
        writeln!(f, "{accounts} accounts, {transfers} transfers, {postings} postings")?;
        for line in off {
            writeln!(f, "off: {line}")?;
        }
        if off.is_empty() { writeln!(f, "The ledger is even.") } else { Ok(()) }
    }
}

/// Looks at the database at `path`, in one snapshot.
///
/// # Errors
/// If it cannot be read.
pub async fn verify(path: &Path) -> anyhow::Result<Proof> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(Duration::from_secs(10));
    let mut conn = Conn::connect_with(&options).await.with_context(|| format!("cannot open {}", path.display()))?;
    let mut snapshot = conn.begin().await.context("cannot begin to read")?;
    let proof = prove(&mut snapshot).await.map_err(|error| anyhow::anyhow!("the ledger cannot be read: {}", error.message))?;
    snapshot.rollback().await.context("cannot end reading")?;
    conn.close().await?;
    Ok(proof)
}

/// Looks at the ledger in the snapshot of `conn`.
pub async fn prove(conn: &mut Conn) -> AppResult<Proof> {
    let counted = "select (select count(*) from accounts), (select count(*) from transfers), (select count(*) from postings)";
    let (accounts, transfers, postings) = sqlx::query_as(counted).fetch_one(&mut *conn).await?;
    let mut off = Vec::new();
    for (what, statement) in CHECKS {
        let rows: Vec<String> = sqlx::query_scalar(statement).bind(TOLD).fetch_all(&mut *conn).await?;
        off.extend(rows.into_iter().map(|row| format!("{what}: {row}")));
    }
    Ok(Proof { accounts, transfers, postings, off })
}
