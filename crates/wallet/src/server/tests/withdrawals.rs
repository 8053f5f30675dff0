//! What is requested is set aside at once; nobody decides about their own (I13, S1-36).

use super::*;
use crate::{
    model::withdrawal::{UNDER_WAY, Withdrawal, WithdrawalAction, WithdrawalState, transition},
    server::withdrawals::{self, withdrawal_is_open},
};
use plenum_core::{error::ErrorKind, ids::WithdrawalId};
use plenum_store::db::Committed;
use strum::VariantArray as _;

async fn request(house: &House, person: usize, amount: i64) -> AppResult<Withdrawal> {
    let who = house.person(person).clone();
    house.store.write(async move |tx: &mut Tx| withdrawals::request(tx, &who, euros(amount), &bank_account()).await).await
}

async fn act(house: &House, by: usize, id: WithdrawalId, action: WithdrawalAction, reason: &'static str) -> AppResult<Withdrawal> {
    let who = house.person(by).clone();
    house.store.write(async move |tx: &mut Tx| withdrawals::act(tx, &who, id, action, reason).await).await
}

/// Statements that look for what is under way find what the table of states does not end.
#[tokio::test]
async fn statements_know_what_is_under_way() {
    let house = House::with(1).await;
    let mut conn = house.store.read().await.unwrap();
    let statement = concat!("select count(*) from (select cast($1 as text) as state) as w where ", withdrawal_is_open!());
    for &state in WithdrawalState::VARIANTS {
        let found: i64 = sqlx::query_scalar(statement).bind(state).fetch_one(&mut *conn).await.unwrap();
        assert_eq!(found == 0, state.is_end(), "{state:?}");
    }
}

/// Every state and action, done by another admin or the owner: exactly what the table allows, and the ledger is even after each.
#[tokio::test]
async fn the_table_is_what_can_be_done() {
    let house = house(3).await;
    let ways: [(WithdrawalState, &[WithdrawalAction]); 5] = [
        (WithdrawalState::Requested, &[]),
        (WithdrawalState::Approved, &[WithdrawalAction::Approve]),
        (WithdrawalState::Rejected, &[WithdrawalAction::Reject]),
        (WithdrawalState::Processed, &[WithdrawalAction::Approve, WithdrawalAction::Process]),
        (WithdrawalState::Cancelled, &[WithdrawalAction::Cancel]),
    ];
    let by = |action| if action == WithdrawalAction::Cancel { 3 } else { 1 };
    for (state, way) in ways {
        for &action in WithdrawalAction::VARIANTS {
            let id = request(&house, 3, 100).await.unwrap().id;
            for step in way {
                act(&house, by(*step), id, *step, "why").await.unwrap();
            }
            let before = balance(&house, 3).await;
            let done = act(&house, by(action), id, action, "why").await;
            match transition(state, action) {
                Some(next) => assert_eq!(done.unwrap().state, next, "{state:?} {action:?}"),
                None => {
                    assert_eq!(done.unwrap_err().kind, ErrorKind::Conflict, "{state:?} {action:?}");
                    assert_eq!(balance(&house, 3).await, before);
                }
            }
            assert_eq!(off(&house).await, [] as [String; 0], "{state:?} {action:?}");
            // Those that wait are few: what was only requested is taken back.
            let _ = act(&house, 3, id, WithdrawalAction::Cancel, "").await;
        }
    }
    assert_eq!(balance(&house, 3).await, (200, 0, 300), "three are approved, five were paid out");
}

/// Set aside at once; returned when it is rejected or taken back; gone when it is paid out, and all of it told and written down.
#[tokio::test]
async fn what_is_requested_is_set_aside() {
    let mut house = house(3).await;
    let first = request(&house, 3, 600).await.unwrap();
    assert_eq!((first.state, first.account.as_str(), balance(&house, 3).await), (WithdrawalState::Requested, "DE89 … 3000", (400, 0, 600)));
    let more = request(&house, 3, 401).await.unwrap_err();
    assert_eq!(
        (more.kind, more.field.as_deref(), more.message.as_str()),
        (ErrorKind::Conflict, Some("amount"), "There is €4.00 in the wallet.")
    );
    assert_eq!(act(&house, 1, first.id, WithdrawalAction::Reject, "  ").await.unwrap_err().field.as_deref(), Some("reason"));
    assert_eq!(act(&house, 1, first.id, WithdrawalAction::Reject, "No account").await.unwrap().reason, "No account");
    assert_eq!(balance(&house, 3).await, (1_000, 0, 0));
    let second = request(&house, 3, 250).await.unwrap();
    act(&house, 1, second.id, WithdrawalAction::Approve, "").await.unwrap();
    assert_eq!(act(&house, 3, second.id, WithdrawalAction::Cancel, "").await.unwrap_err().kind, ErrorKind::Conflict, "too late");
    act(&house, 2, second.id, WithdrawalAction::Process, "").await.unwrap();
    assert_eq!((balance(&house, 3).await, off(&house).await), ((750, 0, 0), vec![]));
    let events = house.committed();
    let on = |channel: &str, name: &str| {
        let is = |item: &&Committed| matches!(item, Committed::Event { channel: on, event, .. } if on == channel && event == name);
        events.iter().filter(is).count()
    };
    let own = ["withdrawal.requested", "withdrawal.rejected", "withdrawal.approved", "withdrawal.processed", "balance.changed"];
    assert_eq!(own.map(|name| on("private-person.3", name)), [2, 1, 1, 1, 3], "S1-36, S1-37");
    assert_eq!((on("private-ops.1", "withdrawal.moved"), on("private-person.3", "notification.created")), (5, 2));
    assert_eq!(on("private-person.2", "balance.changed"), 0, "nobody else is told (S1-19)");
    assert_eq!(house.count("select count(*) from activity where verb like 'withdrawal.%'").await, 5, "I32");
}

/// An admin decides, and never about their own; others do not even learn that it is there.
#[tokio::test]
async fn nobody_decides_about_their_own() {
    let house = house(4).await;
    let (own, others) = (request(&house, 1, 100).await.unwrap().id, request(&house, 3, 100).await.unwrap().id);
    let refused = async |by, id, action| act(&house, by, id, action, "why").await.unwrap_err().kind;
    for action in [WithdrawalAction::Approve, WithdrawalAction::Reject, WithdrawalAction::Process] {
        assert_eq!(refused(1, own, action).await, ErrorKind::Forbidden, "{action:?}");
        assert_eq!(refused(3, others, action).await, ErrorKind::Forbidden, "{action:?}");
        assert_eq!(refused(4, others, action).await, ErrorKind::NotFound, "{action:?}");
        assert_eq!(refused(5, others, action).await, ErrorKind::NotFound, "another organisation: {action:?}");
    }
    assert_eq!(refused(1, others, WithdrawalAction::Cancel).await, ErrorKind::Forbidden);
    // Not even by hand: the table refuses it.
    let by_hand = async |tx: &mut Tx| {
        sqlx::query("update withdrawals set decided_by = person_id").execute(&mut **tx).await?;
        Ok(())
    };
    house.store.write(by_hand).await.unwrap_err();
    act(&house, 2, own, WithdrawalAction::Approve, "").await.unwrap();
    assert_eq!(refused(1, own, WithdrawalAction::Process).await, ErrorKind::Forbidden);
    act(&house, 2, own, WithdrawalAction::Process, "").await.unwrap();
    for _ in 0..UNDER_WAY - 1 {
        request(&house, 3, 100).await.unwrap();
    }
    assert_eq!(request(&house, 3, 100).await.unwrap_err().kind, ErrorKind::Conflict, "too many are under way");
}
