//! Payment files as pages show them, with the withdrawals in each.

use sqlx::QueryBuilder;

use crate::model::{
    payment_file::{FileState, PaymentFile},
    wallet::PAID,
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{Millis, OrganisationId, PaymentFileId, PersonId, WithdrawalId},
    people::PersonCard,
};
use plenum_store::db::{Conn, Db, push_list};

#[derive(sqlx::FromRow)]
struct Row {
    id: PaymentFileId,
    message_id: String,
    state: FileState,
    sum: i64,
    account: String,
    made_at: Millis,
    maker_id: PersonId,
    maker_name: String,
    maker_hue: u8,
    processed_at: Option<Millis>,
    payer_id: Option<PersonId>,
    payer_name: Option<String>,
    payer_hue: Option<u8>,
}

const COLUMNS: &str = "f.id, f.message_id, f.state, f.sum, f.account, f.made_at, f.processed_at, m.id as maker_id, m.name as maker_name,
    m.hue as maker_hue, p.id as payer_id, p.name as payer_name, p.hue as payer_hue";
const SOURCE: &str = "payment_files f join people m on m.id = f.made_by left join people p on p.id = f.processed_by";

impl Row {
    fn file(self, withdrawals: Vec<WithdrawalId>) -> PaymentFile {
        let processed_by = match (self.payer_id, self.payer_name, self.payer_hue) {
            (Some(id), Some(name), Some(hue)) => Some(PersonCard { id, name, hue }),
            _ => None,
        };
        PaymentFile {
            id: self.id,
            message_id: self.message_id,
            state: self.state,
            sum: self.sum,
            account: self.account,
            withdrawals,
            made_by: PersonCard { id: self.maker_id, name: self.maker_name, hue: self.maker_hue },
            made_at: self.made_at,
            processed_by,
            processed_at: self.processed_at,
        }
    }
}

async fn with_withdrawals(conn: &mut Conn, rows: Vec<Row>) -> AppResult<Vec<PaymentFile>> {
    let mut items = QueryBuilder::<Db>::new("select file_id, withdrawal_id from payment_file_items where file_id in ");
    push_list(&mut items, rows.iter().map(|row| row.id));
    items.push(" order by file_id, withdrawal_id");
    let items: Vec<(PaymentFileId, WithdrawalId)> = items.build_query_as().fetch_all(conn).await?;
    let of = |id| items.iter().filter(|(file, _)| *file == id).map(|(_, withdrawal)| *withdrawal).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let withdrawals = of(row.id);
            row.file(withdrawals)
        })
        .collect())
}

/// A file of the organisation.
///
/// # Errors
/// 404.
pub(in crate::server) async fn find(conn: &mut Conn, organisation: OrganisationId, id: PaymentFileId) -> AppResult<PaymentFile> {
    let statement = format!("select {COLUMNS} from {SOURCE} where f.id = $1 and f.organisation_id = $2");
    let rows = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(id).bind(organisation).fetch_all(&mut *conn).await?;
    with_withdrawals(conn, rows).await?.pop().ok_or_else(|| AppError::no_such("payment file"))
}

/// The files of the organisation: all that are not paid and the last that are, the newest first.
pub(in crate::server) async fn of_organisation(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Vec<PaymentFile>> {
    let statement = format!(
        "select {COLUMNS} from {SOURCE} where f.organisation_id = $1 and f.state <> 'processed'
         union all select * from (select {COLUMNS} from {SOURCE}
           where f.organisation_id = $1 and f.state = 'processed' order by f.id desc limit $2) as paid
         order by 1 desc"
    );
    let most = i64::try_from(PAID).unwrap_or(i64::MAX);
    let rows = sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(organisation).bind(most).fetch_all(&mut *conn).await?;
    with_withdrawals(conn, rows).await
}
