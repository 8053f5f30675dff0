//! What the owners of external applications ask when something does not arrive (S2-72, S2-73, S2-74): who was let in, who was
//! refused and why, what was published, which webhook failed.

use crate::model::health::{Application, LATELY, Mark, Refusable, Refused, Undelivered};
use plenum_core::{error::AppResult, ids::Millis, people::Identity};
use plenum_live::pusher::record::{Record, Refusal, What};
use plenum_people::applications;
use plenum_store::db;
use plenum_web::state::AppState;

/// How the applications of `who`'s organisation are, by name.
pub(super) async fn all(state: &AppState, who: &Identity) -> AppResult<Vec<Application>> {
    let mut conn = state.store.read().await?;
    let mut all = Vec::new();
    for (id, name) in applications::server::names(&mut conn, who.organisation).await? {
        let Some(app) = state.applications.by_id(id.0) else { continue };
        let undelivered = applications::server::last_undelivered(&mut conn, id).await?.map(|delivery| Undelivered {
            url: delivery.url,
            error: delivery.error.unwrap_or_default(),
            at: delivery.created_at,
            given_up: delivery.done_at.is_some(),
        });
        let (settings, record) = (app.settings(), &app.record);
        let refusals = refused(record);
        all.push(Application {
            id,
            name,
            mark: mark(settings.enabled, &refusals, undelivered.as_ref(), db::now()),
            enabled: settings.enabled,
            origins: settings.origins.clone(),
            connections: u32::try_from(app.connection_count()).unwrap_or(u32::MAX),
            connected: record.last_connected(),
            asked: record.last_asked(),
            published: app.flow().last.map(|(event, at)| (event.to_string(), at)),
            refusals,
            undelivered,
        });
    }
    Ok(all)
}

/// What was refused, the newest first.
pub(super) fn refused(record: &Record) -> Vec<Refused> {
    let refused = |Refusal { what, reason, at, times }| Refused {
        what: match what {
            What::Socket => Refusable::Socket,
            What::Subscription => Refusable::Subscription,
            What::SignIn => Refusable::SignIn,
            What::ClientEvent => Refusable::ClientEvent,
            What::Request => Refusable::Request,
        },
        reason,
        at,
        times,
    };
    record.refusals().into_iter().map(refused).collect()
}

fn mark(enabled: bool, refusals: &[Refused], undelivered: Option<&Undelivered>, now: Millis) -> Mark {
    let lately = |at: Millis| at > now - LATELY;
    if refusals.iter().any(|refusal| lately(refusal.at)) || undelivered.is_some_and(|webhook| lately(webhook.at)) || !enabled {
        Mark::Look
    } else {
        Mark::Well
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_lately_is_worth_a_look() {
        let now = 100 * LATELY;
        let refusal = |at| Refused { what: Refusable::Socket, reason: String::new(), at, times: 1 };
        let webhook = |at| Undelivered { url: String::new(), error: String::new(), at, given_up: true };
        assert_eq!(mark(true, &[], None, now), Mark::Well);
        assert_eq!(mark(true, &[refusal(now - LATELY)], Some(&webhook(now - LATELY)), now), Mark::Well);
        assert_eq!(mark(true, &[refusal(now - 1)], None, now), Mark::Look);
        assert_eq!(mark(true, &[], Some(&webhook(now - 1)), now), Mark::Look);
        assert_eq!(mark(false, &[], None, now), Mark::Look);
    }
}
