//! Who may do what with organisations, and the SQL: [`operating`] is the operator's, [`own`] what the admins of each do, [`logo`] takes
//! and shows logos, [`host`] reads host names.

pub mod host;
pub mod logo;
pub mod operating;
pub mod own;

use crate::model::Limits;
use plenum_core::{error::AppResult, ids::OrganisationId};
use plenum_store::db::Conn;

/// What the operator allows an organisation.
async fn stored_limits(conn: &mut Conn, organisation: OrganisationId) -> AppResult<Limits> {
    let row: Option<(Option<u32>, Option<u32>)> =
        sqlx::query_as("select people, messages_a_day from organisation_limits where organisation_id = $1")
            .bind(organisation)
            .fetch_optional(conn)
            .await?;
    Ok(row.map_or_else(Limits::default, |(people, messages_a_day)| Limits { people, messages_a_day }))
}
