//! What was sold of the gala before one looks: most of the stalls and some of the circle, over three days, paid from the wallets of the
//! demo's people. These have as much in them afterwards as before: what they pay, they begin with.

use plenum_core::{
    error::AppResult,
    ids::{EventId, HoldId, Millis, OrderId, OrderLineId, OrganisationId, SeatId, SpaceId, TicketTypeId},
    people::PersonCard,
};
use plenum_events::model::order::OrderState;
use plenum_messages::spaces;
use plenum_sales::server::holds;
use plenum_store::db::Tx;
use plenum_wallet::{
    model::{Currency, Money},
    server::ledger::{self, AccountKind, Bill, Transfer, TransferKind},
};

const HOUR: Millis = 3_600_000;
/// How many of a hundred seats are sold, in the order of the ticket types.
const SOLD: [usize; 2] = [60, 40];

/// A seat that is to be sold.
struct Offer {
    seat: SeatId,
    ticket_type: TicketTypeId,
    price: i64,
}

/// Sells seats of the first event that has some to `people`, a few neighbours at a time.
pub async fn seed_sales(tx: &mut Tx, organisation: OrganisationId, people: &[PersonCard]) -> AppResult<()> {
    let found: Option<(EventId, SpaceId)> = sqlx::query_as(
        "select e.id, e.space_id from events e where e.organisation_id = $1 and exists (select 1 from seats s where s.event_id = e.id) order by e.id limit 1",
    )
    .bind(organisation)
    .fetch_optional(&mut **tx)
    .await?;
    let Some((event, space)) = found else { return Ok(()) };
    let parties = parties(tx, event).await?;
    let count = i64::try_from(parties.len()).unwrap_or(i64::MAX).max(1);
    for (index, (party, person)) in (0..).zip(parties.iter().zip(people.iter().cycle())) {
        // The newest a quarter of an hour ago; more as the days went by.
        let part = count - index;
        let at = tx.now() - 900_000 - 71 * HOUR * part / count * part / count;
        buy(tx, organisation, event, person, party, at).await?;
        spaces::server::admit(tx, space, person.id, false).await?;
    }
    Ok(())
}

/// Neighbours: as many of each ticket type as are to be sold, in twos, threes and fours, with gaps between some.
async fn parties(tx: &mut Tx, event: EventId) -> AppResult<Vec<Vec<Offer>>> {
    let types: Vec<(TicketTypeId, i64)> =
        sqlx::query_as("select id, price from ticket_types where event_id = $1 and seated order by position")
            .bind(event)
            .fetch_all(&mut **tx)
            .await?;
    let mut parties = Vec::new();
    for ((ticket_type, price), percent) in types.into_iter().zip(SOLD) {
        let seats: Vec<(SeatId, String)> =
            sqlx::query_as("select id, row from seats where ticket_type_id = $1 and kind = 'standard' order by id")
                .bind(ticket_type)
                .fetch_all(&mut **tx)
                .await?;
        let wanted = seats.len() * percent / 100;
        let mut sold = 0;
        let mut rest = seats.as_slice();
        while let (Some((_, row)), true) = (rest.first(), sold < wanted) {
            let size = 2 + sold % 3;
            let together: Vec<Offer> = rest
                .iter()
                .take(size)
                .take_while(|(_, other)| other == row)
                .map(|(seat, _)| Offer { seat: *seat, ticket_type, price })
                .collect();
            // Where fewer are to be sold, more stays free beside them.
            let gap = if percent > 50 { sold % 3 } else { 2 + sold % 4 };
            rest = rest.get(together.len() + gap..).unwrap_or_default();
            sold += together.len();
            parties.push(together);
        }
    }
    Ok(parties)
}

/// An order that was paid at `at`, with what it leaves behind.
async fn buy(tx: &mut Tx, organisation: OrganisationId, event: EventId, person: &PersonCard, party: &[Offer], at: Millis) -> AppResult<()> {
    let total: i64 = party.iter().map(|offer| offer.price).sum();
    let made = "insert into holds (event_id, person_id, state, until, created_at) values ($1, $2, 'bought', $3, $4) returning id";
    let hold: HoldId =
        sqlx::query_scalar(made).bind(event).bind(person.id).bind(at + 900_000).bind(at - 240_000).fetch_one(&mut **tx).await?;
    let order: OrderId = sqlx::query_scalar(
        "insert into orders (organisation_id, event_id, person_id, hold_id, number, state, currency, subtotal, created_at, paid_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning id",
    )
    .bind(organisation)
    .bind(event)
    .bind(person.id)
    .bind(hold)
    .bind(format!("S-{:05}", hold.0))
    .bind(OrderState::Paid)
    .bind(Currency::Eur)
    .bind(total)
    .bind(at)
    .fetch_one(&mut **tx)
    .await?;
    for offer in party {
        let line: OrderLineId = sqlx::query_scalar(
            "insert into order_lines (order_id, ticket_type_id, seat_id, state, price) values ($1, $2, $3, 'sold', $4) returning id",
        )
        .bind(order)
        .bind(offer.ticket_type)
        .bind(offer.seat)
        .bind(offer.price)
        .fetch_one(&mut **tx)
        .await?;
        sqlx::query("insert into tickets (event_id, person_id, order_line_id, state, created_at) values ($1, $2, $3, 'valid', $4)")
            .bind(event)
            .bind(person.id)
            .bind(line)
            .bind(at)
            .execute(&mut **tx)
            .await?;
        sqlx::query("update ticket_types set sold = sold + 1 where id = $1").bind(offer.ticket_type).execute(&mut **tx).await?;
    }
    holds::drop_claims(tx, hold).await?;
    // What they pay, they begin with: the wallets are as full as those of people who went to no gala.
    let money = Money::new(total, Currency::Eur);
    let wallet = ledger::of_person(tx, organisation, person.id, money.currency).await?;
    let gateway = ledger::organisation_account(tx, organisation, AccountKind::Gateway, money.currency).await?;
    let opening = Transfer {
        organisation,
        kind: TransferKind::Opening,
        key: format!("opening:order:{order}"),
        subject: person.id.0,
        note: "Opening balance",
        by: None,
        postings: &[(wallet, total), (gateway, -total)],
    };
    ledger::post(tx, opening).await?;
    ledger::pay(tx, Bill { organisation, person: person.id, order, note: "Winter gala of the Northfield Institute", money }).await
}
