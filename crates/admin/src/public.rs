//! "Is it well?" for programs: `GET /api/v1/realtime/health`, and what `plenum doctor` prints of it.

use std::{fmt, net::SocketAddr};

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    model::health::{Finding, Mark, worst},
    server::health,
};
use crate::words::health as words;
use plenum_core::error::AppError;
use plenum_core::{error::AppResult, people::Scope};
use plenum_web::sign_ins;
use plenum_web::{api::Endpoints, problem::Problem, security::may_see_figures, state::AppState};

/// What was looked at, and found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checkup {
    /// The worst of it.
    pub mark: Mark,
    /// All of it, the worst first.
    pub findings: Vec<Finding>,
}

/// The endpoint.
pub fn endpoints() -> Endpoints {
    Endpoints::default().with(routes!(realtime_health))
}

/// Measures the server, and says what is not well and what to do.
///
/// For a program on the same machine, and for a token with the scope `admin` of an admin of the organisation that runs the server.
#[utoipa::path(get, path = "/api/v1/realtime/health", tag = "Operation", security((), ("token" = ["admin"])),
    responses((status = 200, description = "What was found.", body = Checkup)))]
async fn realtime_health(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Result<Json<Checkup>, Problem> {
    if !may_see_figures(&state, peer, &headers) && !is_operator(&state, &headers).await? {
        return Err(AppError::forbidden("This is for programs on the server's own machine, and for tokens of its admins.").into());
    }
    let findings = health::findings(&state).await;
    Ok(Json(Checkup { mark: worst(&findings), findings }))
}

impl Checkup {
    /// Something does not work, or will not for long.
    pub fn is_bad(&self) -> bool {
        self.mark == Mark::Bad
    }
}

impl fmt::Display for Checkup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { check, mark, measured, advice } in &self.findings {
            writeln!(f, "{:<5} {}: {measured}", words::mark(*mark), words::check(*check))?;
            if let Some(advice) = advice {
                writeln!(f, "      {advice}")?;
            }
        }
        let others = self.findings.iter().filter(|finding| finding.mark == self.mark).count();
        writeln!(f, "{}", words::verdict(self.mark, others))
    }
}

/// True for a token with the scope `admin` of an admin of the organisation that runs the place.
///
/// # Errors
/// 401 for a token that is none; or if the database refuses.
pub async fn is_operator(state: &AppState, headers: &HeaderMap) -> AppResult<bool> {
    let Some((who, scopes)) = sign_ins::by_token(&state.store, headers).await? else { return Ok(false) };
    Ok(scopes.has(Scope::Admin) && crate::server::jobs::is_operator(&mut *state.store.look().await?, &who).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::health::Check;

    #[test]
    fn a_checkup_reads_as_a_list_with_advice() {
        let finding =
            |check, mark, advice: Option<&str>| Finding { check, mark, measured: "So it is.".into(), advice: advice.map(str::to_owned) };
        let findings = vec![finding(Check::DeadLetters, Mark::Bad, Some("See why.")), finding(Check::Read, Mark::Well, None)];
        let checkup = Checkup { mark: worst(&findings), findings };
        assert!(checkup.is_bad());
        assert_eq!(
            checkup.to_string(),
            "bad   Failed jobs: So it is.\n      See why.\nwell  Reading from the database: So it is.\nIt is not well: one thing needs somebody.\n"
        );
    }
}
