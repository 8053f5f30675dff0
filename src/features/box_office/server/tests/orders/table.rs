//! Every state, action and role (I19): what the table allows happens, all else is refused, changes nothing and tells nobody.

use super::{giving_back::refund, *};
use crate::features::people::model::Role;

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
    for state in OrderState::ALL.into_iter().filter(|state| *state != OrderState::Draft) {
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
    assert_eq!(read(house, id).await.state, expected.unwrap_or(state), "{case:?}");
    check(house).await;
}
