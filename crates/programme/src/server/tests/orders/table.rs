//! Every state, action and role (I19): what the table allows happens, all else is refused, changes nothing and tells nobody.

use super::{
    super::check_ins::{code, read_at, undo},
    giving_back::refund,
    *,
};
use plenum_core::people::Role;
use plenum_events::model::check_in::Outcome as Entry;
use plenum_sales::model::{
    hold::{self, HoldAction, HoldState},
    orders::LineAction,
};
use plenum_tickets::model::ticket::{self, TicketAction, TicketState};
use strum::VariantArray as _;

/// Who does something to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Owner,
    Organiser,
    Agent,
    Admin,
    Other,
    Stranger,
}

const ALL: [By; 6] = [By::Owner, By::Organiser, By::Agent, By::Admin, By::Other, By::Stranger];

impl By {
    /// Their place in the house: the first runs the events, the last is of another organisation.
    fn person(self) -> usize {
        match self {
            Self::Organiser => 1,
            Self::Owner => 2,
            Self::Agent => 3,
            Self::Admin => 4,
            Self::Other => 5,
            Self::Stranger => 6,
        }
    }

    fn handles(self) -> bool {
        matches!(self, Self::Organiser | Self::Agent | Self::Admin)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Pay,
    Cancel,
    Refund,
}

/// An order of the second person in `state`.
async fn in_state(house: &House, state: OrderState) -> OrderId {
    let (event, seats) = seated(house, 2).await;
    let held = hold(house, 2, event, &seats).await;
    let made = order(house, 2, held.id).await;
    match state {
        OrderState::Draft | OrderState::AwaitingPayment => {}
        OrderState::Expired => end_all(house, 0).await,
        OrderState::Cancelled => {
            let who = house.person(2).clone();
            house.store.write(async move |tx: &mut Tx| orders::cancel(tx, &who, made.id).await).await.unwrap();
        }
        OrderState::Paid | OrderState::PartlyRefunded | OrderState::Refunded => {
            pay(house, 2, made.id, None).await.unwrap().paid().unwrap();
            let lines = (state == OrderState::PartlyRefunded).then(|| vec![made.lines[0].id]);
            if state != OrderState::Paid {
                refund(house, 1, made.id, lines, false).await.unwrap();
            }
        }
    }
    assert_eq!(read(house, made.id).await.state, state);
    made.id
}

/// What comes of it: the state that the order is in then, or how it is refused.
fn expected(state: OrderState, action: Action, by: By) -> Result<OrderState, ErrorKind> {
    use OrderState::*;
    if matches!(by, By::Other | By::Stranger) {
        return Err(ErrorKind::NotFound);
    }
    match action {
        Action::Pay | Action::Cancel if by != By::Owner => Err(ErrorKind::Forbidden),
        Action::Refund if !by.handles() => Err(ErrorKind::Forbidden),
        Action::Pay if state == AwaitingPayment => Ok(Paid),
        Action::Cancel if state == AwaitingPayment => Ok(Cancelled),
        Action::Refund if matches!(state, Paid | PartlyRefunded) => Ok(Refunded),
        _ => Err(ErrorKind::Conflict),
    }
}

/// A house with an agent and an admin, and an order in `state`.
async fn house_with(state: OrderState) -> (House, OrderId) {
    let house = rich_house(5).await;
    let roles = async |tx: &mut Tx| {
        for (person, role) in [(3, Role::Agent), (4, Role::Admin)] {
            sqlx::query("insert into roles (person_id, role) values ($1, $2)").bind(person).bind(role).execute(&mut **tx).await?;
        }
        Ok(())
    };
    house.store.write(roles).await.unwrap();
    let id = in_state(&house, state).await;
    (house, id)
}

#[tokio::test]
async fn the_table_of_orders() {
    // A draft is never left behind by a transaction.
    for state in OrderState::VARIANTS.iter().copied().filter(|state| *state != OrderState::Draft) {
        // What is refused changes nothing: all of it is tried on one order, and what happens on another one each time.
        let (mut refusing, id) = house_with(state).await;
        for action in [Action::Pay, Action::Cancel, Action::Refund] {
            for by in ALL {
                let ends = (state, action, by) == (OrderState::Expired, Action::Pay, By::Owner);
                if expected(state, action, by).is_err() && !ends {
                    one(&mut refusing, id, (state, action, by), 0).await;
                } else {
                    let (mut house, id) = house_with(state).await;
                    // Trying to pay what has ended writes that down, and tells it.
                    one(&mut house, id, (state, action, by), 1).await;
                }
            }
        }
    }
}

async fn one(house: &mut House, id: OrderId, case: (OrderState, Action, By), events: usize) {
    let (state, action, by) = case;
    house.committed();
    let before = read(house, id).await.lines;
    let person = by.person();
    let who = house.person(person).clone();
    let came = match action {
        Action::Pay => pay(house, person, id, None).await.and_then(Outcome::paid),
        Action::Cancel => house.store.write(async move |tx: &mut Tx| orders::cancel(tx, &who, id).await).await,
        Action::Refund => refund(house, person, id, None, false).await,
    };
    let expected = expected(state, action, by);
    assert_eq!(came.map(|order| order.state).map_err(|error| error.kind), expected, "{case:?}");
    let owner = house.person(2).person;
    assert_eq!(told(house, id, owner).len(), events, "{case:?}");
    let after = read(house, id).await;
    assert_eq!(after.state, expected.unwrap_or(state), "{case:?}");
    assert_eq!(before.len(), after.lines.len(), "{case:?}");
    for (before, after) in before.iter().zip(&after.lines) {
        let moved = LineAction::VARIANTS.iter().any(|action| before.state.after(*action) == Some(after.state));
        assert!(moved || before.state == after.state, "{case:?}: a line went from {:?} to {:?}", before.state, after.state);
    }
    check(house).await;
}

/// Every state of a line and everything that happens to one: what is given back or void stays so, and only what is sold is given back.
#[test]
fn the_table_of_lines() {
    use LineState::*;
    let table = [(Open, LineAction::Pay, Sold), (Open, LineAction::End, Void), (Sold, LineAction::Refund, Refunded)];
    for &state in LineState::VARIANTS {
        for &action in LineAction::VARIANTS {
            let expected = table.iter().find(|(from, by, _)| (*from, *by) == (state, action)).map(|(.., to)| *to);
            assert_eq!(state.after(action), expected, "{state:?} {action:?}");
        }
    }
}

/// Every state of a hold and everything that ends one, done to the database: exactly what the table says.
#[tokio::test]
async fn the_table_of_holds() {
    for &state in HoldState::VARIANTS {
        for &action in HoldAction::VARIANTS {
            let house = rich_house(2).await;
            let (event, seats) = seated(&house, 1).await;
            let held = hold(&house, 2, event, &seats).await;
            let made = order(&house, 2, held.id).await;
            match state {
                HoldState::Active => {}
                HoldState::Released => ends(&house, held.id, made.id, HoldAction::Release).await,
                HoldState::Expired => ends(&house, held.id, made.id, HoldAction::Expire).await,
                HoldState::Bought => ends(&house, held.id, made.id, HoldAction::Buy).await,
            }
            assert_eq!(hold_state(&house, held.id).await, state);
            ends(&house, held.id, made.id, action).await;
            let expected = hold::transition(state, action).unwrap_or(state);
            assert_eq!(hold_state(&house, held.id).await, expected, "{state:?} {action:?}");
            check(&house).await;
        }
    }
}

async fn hold_state(house: &House, id: HoldId) -> HoldState {
    let state = sqlx::query_scalar("select state from holds where id = $1").bind(id);
    state.fetch_one(&mut *house.store.look().await.unwrap()).await.unwrap()
}

/// Does it as it is done by its owner, or by time; what is refused is refused.
async fn ends(house: &House, id: HoldId, order: OrderId, action: HoldAction) {
    let who = house.person(2).clone();
    match action {
        HoldAction::Release => house.store.write(async move |tx: &mut Tx| holds::release(tx, &who, id).await).await.unwrap(),
        HoldAction::Expire => {
            end_all(house, 0).await;
            expiry::sweep(&house.store).await.unwrap();
        }
        HoldAction::Buy => drop(pay(house, 2, order, None).await),
    }
}

/// Every state of a ticket and everything that happens to one, at the door and at the till: exactly what the table says.
#[tokio::test]
async fn the_table_of_tickets() {
    for &state in TicketState::VARIANTS {
        let house = rich_house(2).await;
        let (event, seats) = seated(&house, 3).await;
        for (action, seat) in TicketAction::VARIANTS.iter().copied().zip(seats) {
            let bought = bought(&house, 2, event, &[seat]).await;
            let (line, ticket) = (bought.lines[0].id, bought.lines[0].ticket_id.unwrap());
            let admit = async || read_at(&house, 1, event, code(ticket, event)).await.unwrap();
            let void = async || refund(&house, 1, bought.id, Some(vec![line]), true).await;
            // A valid one was let in before, by mistake: there is something to take back.
            let came_in = admit().await.check_in.unwrap();
            match state {
                TicketState::Valid => drop(undo(&house, 1, event, came_in).await.unwrap()),
                TicketState::Used => {}
                TicketState::Void => drop(void().await.unwrap()),
            }
            let done = match action {
                TicketAction::Admit => admit().await.outcome == Entry::Admitted,
                TicketAction::Undo => undo(&house, 1, event, came_in).await.is_ok(),
                TicketAction::Void => void().await.is_ok(),
            };
            let expected = ticket::transition(state, action);
            assert_eq!(done, expected.is_some(), "{state:?} {action:?}");
            let now = sqlx::query_scalar("select state from tickets where id = $1").bind(ticket);
            let now: TicketState = now.fetch_one(&mut *house.store.look().await.unwrap()).await.unwrap();
            assert_eq!(now, expected.unwrap_or(state), "{state:?} {action:?}");
        }
        check(&house).await;
    }
}
