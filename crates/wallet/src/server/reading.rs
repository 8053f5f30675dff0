//! A wallet as its page shows it, its statement, and the withdrawals of an organisation.

use sqlx::QueryBuilder;

use super::{
    accounts, balances, deposits, payment_files,
    withdrawals::{self, withdrawal_is_open},
};
use crate::model::{
    Currency,
    deposit::Deposit,
    statement::{Asked, Entry, Filter, PAGE, TransferKind},
    wallet::{Balance, DECIDED, ENDED, LOW_BALANCE, Queue, Wallet},
    withdrawal::{Queued, Withdrawal},
};
use plenum_core::{
    channels::Channel,
    cursor::Epoch,
    error::{AppError, AppResult},
    ids::{DepositId, PersonId, PostingId},
    live::Snapshot,
    people::{Identity, Role},
};
use plenum_directory::server::has_role;
use plenum_store::{
    db::{Conn, Db},
    log, zones,
};

/// Somebody's wallet, with a page of its statement: what is below `before`.
///
/// # Errors
/// 422 `currency`, `kind`, `from` or `to`.
pub async fn wallet(
    conn: &mut Conn,
    who: &Identity,
    epoch: &Epoch,
    asked: Asked,
    before: Option<PostingId>,
) -> AppResult<Snapshot<Wallet>> {
    let person = who.person;
    let filter = filter(conn, person, &asked).await?;
    let mut entries = entries(conn, person, &filter, before, PAGE + 1).await?;
    let has_more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let (balances, low_balance) = balances(conn, person).await?;
    let deposits = deposits_of(conn, person).await?;
    let withdrawals = withdrawals_of(conn, person).await?;
    let is_first = before.is_none();
    let state = Wallet { asked, filter, is_first, balances, low_balance, deposits, withdrawals, entries, has_more };
    let cursors = log::cursors(conn, epoch, &[Channel::Person(person)]).await?;
    Ok(Snapshot { state, cursors })
}

/// What somebody has, by currency, and below which balance they are reminded.
pub async fn balances(conn: &mut Conn, person: PersonId) -> AppResult<(Vec<Balance>, i64)> {
    let balances = balances::of_person(conn, person).await?;
    let low: Option<i64> =
        sqlx::query_scalar("select low_balance from wallet_settings where person_id = $1").bind(person).fetch_optional(conn).await?;
    Ok((balances, low.unwrap_or(LOW_BALANCE)))
}

/// One of somebody's deposits, with where their channel stands.
///
/// # Errors
/// 404.
pub async fn deposit(conn: &mut Conn, who: &Identity, epoch: &Epoch, id: DepositId) -> AppResult<Snapshot<Deposit>> {
    let state = deposits::deposit_find(conn, who.person, id).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Person(who.person)]).await?;
    Ok(Snapshot { state, cursors })
}

async fn deposits_of(conn: &mut Conn, person: PersonId) -> AppResult<Vec<Deposit>> {
    let columns = deposits::COLUMNS;
    let statement = format!(
        "select {columns} from deposits where person_id = $1 and state = 'pending'
         union all select * from (select {columns} from deposits where person_id = $1 and state <> 'pending' order by id desc limit $2) as ended
         order by 1 desc"
    );
    let ended = i64::try_from(ENDED).unwrap_or(i64::MAX);
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(person).bind(ended).fetch_all(conn).await?)
}

/// The withdrawals of somebody: all that are under way and the last that ended.
pub async fn withdrawals_of(conn: &mut Conn, person: PersonId) -> AppResult<Vec<Withdrawal>> {
    let (columns, open) = (withdrawals::COLUMNS, withdrawal_is_open!());
    let statement = format!(
        "select {columns} from withdrawals w where w.person_id = $1 and {open}
         union all
         select * from (select {columns} from withdrawals w where w.person_id = $1 and not {open} order by w.id desc limit $2) as ended
         order by 1 desc"
    );
    let ended = i64::try_from(ENDED).unwrap_or(i64::MAX);
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(person).bind(ended).fetch_all(conn).await?)
}

/// The withdrawals that the admins of the organisation decide about, and with where their channel stands.
///
/// # Errors
/// 403 unless one is an admin.
pub async fn queue(conn: &mut Conn, who: &Identity, epoch: &Epoch) -> AppResult<Snapshot<Queue>> {
    if !has_role(conn, who.person, Role::Admin).await? {
        return Err(AppError::forbidden("Only admins decide about withdrawals."));
    }
    let (columns, people, source, open) = (withdrawals::COLUMNS, withdrawals::PEOPLE, withdrawals::SOURCE, withdrawal_is_open!());
    let statement = format!(
        "select {columns}, {people} from {source} where w.organisation_id = $1 and {open}
         union all select * from (select {columns}, {people} from {source}
           where w.organisation_id = $1 and not {open} order by w.id desc limit $2) as ended
         order by 1 desc"
    );
    let ended = i64::try_from(DECIDED).unwrap_or(i64::MAX);
    let rows: Vec<withdrawals::Row> =
        sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(who.organisation).bind(ended).fetch_all(&mut *conn).await?;
    let withdrawals: Vec<Queued> = rows.into_iter().map(withdrawals::Row::queued).collect();
    let files = payment_files::of_organisation(conn, who.organisation).await?;
    let payer = accounts::payer(conn, who.organisation).await?;
    let cursors = log::cursors(conn, epoch, &[Channel::Ops(who.organisation)]).await?;
    Ok(Snapshot { state: Queue { withdrawals, files, payer }, cursors })
}

/// Reads which entries were asked for; days are in the zone of `person`.
///
/// # Errors
/// 422 `currency`, `kind`, `from` or `to`.
pub async fn filter(conn: &mut Conn, person: PersonId, asked: &Asked) -> AppResult<Filter> {
    let currency = match asked.currency.as_str() {
        "" => Currency::default(),
        code => code.parse()?,
    };
    let kind = match asked.kind.as_str() {
        "" => None,
        word => {
            Some(TransferKind::from_word(word).ok_or_else(|| AppError::invalid("kind", "Nothing of that kind stands in a statement."))?)
        }
    };
    let zone: String = sqlx::query_scalar("select time_zone from people where id = $1").bind(person).fetch_one(conn).await?;
    let day = |field: &'static str, text: &str| match text.trim() {
        "" => Ok(None),
        text => {
            zones::day(&zone, text).map(Some).ok_or_else(|| AppError::invalid(field, "Enter a day like 2026-11-21, or leave it empty."))
        }
    };
    let (from, to) = (day("from", &asked.from)?, day("to", &asked.to)?);
    Ok(Filter { currency, kind, from: from.map(|(begins, _)| begins), to: to.map(|(_, ends)| ends) })
}

/// What has moved in somebody's wallet, the newest first: at most `most` entries that `filter` shows, below `before`.
pub async fn entries(conn: &mut Conn, person: PersonId, filter: &Filter, before: Option<PostingId>, most: usize) -> AppResult<Vec<Entry>> {
    let mut query = QueryBuilder::<Db>::new("select p.id, t.at, t.kind, t.note, p.amount, p.balance_after as balance, ");
    query.push_bind(filter.currency).push(" as currency from postings p join transfers t on t.id = p.transfer_id where p.account_id = ");
    query.push("(select id from accounts where person_id = ").push_bind(person).push(" and currency = ").push_bind(filter.currency);
    query.push(")");
    if let Some(before) = before {
        query.push(" and p.id < ").push_bind(before);
    }
    if let Some(kind) = filter.kind {
        query.push(" and t.kind = ").push_bind(kind);
    }
    if let Some(from) = filter.from {
        query.push(" and t.at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" and t.at < ").push_bind(to);
    }
    query.push(" order by p.id desc limit ").push_bind(i64::try_from(most).unwrap_or(i64::MAX));
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// What somebody has of a currency.
pub async fn balance(conn: &mut Conn, person: PersonId, currency: Currency) -> AppResult<Balance> {
    balances::balance(conn, person, currency).await
}
