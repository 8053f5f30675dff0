//! I19: every state and every action of people, against the database: what is not in the table is refused, changes nothing and tells nobody.

use super::*;
use plenum_core::{channels::Channel, ids::OrganisationId};
use strum::VariantArray as _;

/// A broadcast in `state`, of which something has failed.
async fn at(house: &House, state: State) -> BroadcastId {
    let id = make(house, SENDER, draft(Audience::Everyone)).await.unwrap();
    let body = async move |tx: &mut Tx| {
        sqlx::query("update broadcast_variants set failed = 1 where broadcast_id = $1").bind(id).execute(&mut **tx).await?;
        sqlx::query("update broadcasts set state = $2, created_at = 0 where id = $1").bind(id).bind(state).execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(body).await.unwrap();
    id
}

#[tokio::test]
async fn what_is_not_in_the_table_is_refused() {
    let mut house = house(5).await;
    let channel = Channel::Broadcasts(OrganisationId(1)).to_string();
    for &state in State::VARIANTS {
        for action in Action::OF_PEOPLE {
            let id = at(&house, state).await;
            let acted = house.count("select count(*) from activity").await;
            house.committed();
            for (by, right) in [(4, false), (2, true)] {
                let who = house.person(by).clone();
                let outcome = house.store.write(async move |tx: &mut Tx| act(tx, &who, id, action).await).await;
                let expected = if right { transition(state, action).ok_or(409) } else { Err(403) };
                assert_eq!(outcome.map(|now| now.state).map_err(|error| error.status()), expected, "{state:?} {action:?}");
                let done = i64::from(expected.is_ok());
                assert_eq!(house.announced(&channel).len() as i64, done, "{state:?} {action:?} by {by}");
                assert_eq!(house.count("select count(*) from activity").await, acted + done, "{state:?} {action:?} by {by}");
            }
        }
        let id = at(&house, state).await;
        let who = house.person(SENDER).clone();
        let outcome = house.store.write(async move |tx: &mut Tx| choose(tx, &who, id, 0).await).await;
        let expected = transition(state, Action::Decide).ok_or(409);
        assert_eq!(outcome.map(|now| now.state).map_err(|error| error.status()), expected, "{state:?} decide");
    }
}
