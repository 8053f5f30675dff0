//! I25: an old wallet and what its person is told make a fresh wallet; likewise what admins decide about, and a single deposit.

use proptest::prelude::*;

use super::*;
use crate::{
    live::{QueueEvent, WalletEvent},
    model::{
        statement::Asked,
        wallet::{Queue, Wallet},
        withdrawal::WithdrawalAction,
    },
    server::{
        accounts,
        deposits::expire,
        ledger::{self, Bill},
        payment_files, reading, set_low_balance, withdrawals,
    },
};
use plenum_core::{
    channels::Channel,
    ids::{OrderId, PaymentFileId, PersonId, WithdrawalId},
    live::{Live, LiveEvent},
};
use plenum_store::{db::Committed, idempotency::fresh_key};
use strum::VariantArray as _;

/// Whoever has no rights: the others are admins.
const OWNER: usize = 3;
const PEOPLE: i64 = 4;

/// What can happen, in whatever order; what cannot is refused and changes nothing.
#[derive(Debug, Clone)]
enum Command {
    Begin { person: usize, amount: i64, francs: bool },
    Answer { which: i64, name: u8, approved: bool },
    Expire { which: i64 },
    Request { person: usize, amount: i64 },
    Act { by: usize, which: i64, action: usize },
    Payer { by: usize },
    MakeFile { by: usize },
    MarkPaid { by: usize, which: i64 },
    PayOut { which: i64 },
    Pay { person: usize, order: i64, amount: i64 },
    Refund { person: usize, order: i64, amount: i64 },
    Remind { amount: i64 },
}

fn any_command() -> impl Strategy<Value = Command> {
    let person = || 2..=OWNER;
    prop_oneof![
        4 => (person(), 100..400_i64, any::<bool>()).prop_map(|(person, amount, francs)| Command::Begin { person, amount, francs }),
        6 => (1..8_i64, 0..3_u8, any::<bool>()).prop_map(|(which, name, approved)| Command::Answer { which, name, approved }),
        2 => (1..8_i64).prop_map(|which| Command::Expire { which }),
        4 => (person(), 100..500_i64).prop_map(|(person, amount)| Command::Request { person, amount }),
        6 => (1..4_usize, 1..8_i64, 0..4_usize).prop_map(|(by, which, action)| Command::Act { by, which, action }),
        1 => (1..4_usize).prop_map(|by| Command::Payer { by }),
        2 => (1..4_usize).prop_map(|by| Command::MakeFile { by }),
        2 => (1..4_usize, 1..4_i64).prop_map(|(by, which)| Command::MarkPaid { by, which }),
        2 => (1..4_i64).prop_map(|which| Command::PayOut { which }),
        3 => (person(), 1..6_i64, 1..900_i64).prop_map(|(person, order, amount)| Command::Pay { person, order, amount }),
        2 => (person(), 1..6_i64, 1..300_i64).prop_map(|(person, order, amount)| Command::Refund { person, order, amount }),
        1 => (0..2_000_i64).prop_map(|amount| Command::Remind { amount }),
    ]
}

async fn perform(house: &House, command: Command) {
    let store = &house.store;
    match command {
        Command::Begin { person, amount, francs } => {
            let currency = if francs { Currency::Chf } else { Currency::Eur };
            let _ = begin(house, person, Money::new(amount, currency)).await;
        }
        Command::Answer { which, name, approved } => {
            let outcome = if approved { Outcome::Approved } else { Outcome::Declined };
            let _ = answer(house, DepositId(which), &name.to_string(), outcome).await;
        }
        Command::Expire { which } => {
            let overdue = async move |tx: &mut Tx| {
                sqlx::query("update deposits set expires_at = 1 where id = $1 and state = 'pending'")
                    .bind(which)
                    .execute(&mut **tx)
                    .await?;
                Ok(())
            };
            store.write(overdue).await.unwrap();
            expire(store.clone(), serde_json::json!({ "deposit": which })).await.unwrap();
        }
        Command::Request { person, amount } => {
            let who = house.person(person).clone();
            let _ = store.write(async move |tx: &mut Tx| withdrawals::request(tx, &who, euros(amount), &bank_account()).await).await;
        }
        Command::Act { by, which, action } => {
            let (who, action) = (house.person(by).clone(), WithdrawalAction::VARIANTS[action]);
            let _ = store.write(async move |tx: &mut Tx| withdrawals::act(tx, &who, WithdrawalId(which), action, "why").await).await;
        }
        Command::Payer { by } => {
            let who = house.person(by).clone();
            let _ = store.write(async move |tx: &mut Tx| accounts::set_payer(tx, &who, &bank_account()).await).await;
        }
        Command::MakeFile { by } => {
            let _ = payment_files::make(store, house.person(by), fresh_key()).await;
        }
        Command::MarkPaid { by, which } => {
            let who = house.person(by).clone();
            let _ = store.write(async move |tx: &mut Tx| payment_files::mark_paid(tx, &who, PaymentFileId(which)).await).await;
        }
        Command::PayOut { which } => payment_files::pay_out(store.clone(), serde_json::json!({ "file": which })).await.unwrap(),
        Command::Pay { person, order, amount } => {
            let bill = bill(house, person, order, amount);
            let _ = store.write(async move |tx: &mut Tx| ledger::pay(tx, bill).await).await;
        }
        Command::Refund { person, order, amount } => {
            let bill = bill(house, person, order, amount);
            let _ = store.write(async move |tx: &mut Tx| ledger::refund(tx, bill, "1", None).await).await;
        }
        Command::Remind { amount } => {
            let who = house.person(OWNER).clone();
            store.write(async move |tx: &mut Tx| set_low_balance(tx, &who, euros(amount)).await).await.unwrap();
        }
    }
}

fn bill(house: &House, person: usize, order: i64, amount: i64) -> Bill<'static> {
    let who = house.person(person);
    Bill { organisation: who.organisation, person: who.person, order: OrderId(order), note: "Seats", money: euros(amount) }
}

/// The parts of a statement that are followed.
fn asked() -> [Asked; 3] {
    let of = |currency: &str, kind: &str| Asked { currency: currency.to_owned(), kind: kind.to_owned(), ..Asked::default() };
    [of("", ""), of("CHF", ""), of("EUR", "payment")]
}

async fn fresh(house: &House, asked: Asked) -> Wallet {
    let mut tx = house.store.read().await.unwrap();
    reading::wallet(&mut tx, house.person(OWNER), house.store.epoch(), asked, None).await.unwrap().state
}

async fn fresh_queue(house: &House) -> Queue {
    let mut tx = house.store.read().await.unwrap();
    reading::queue(&mut tx, house.person(1), house.store.epoch()).await.unwrap().state
}

/// An old page, and the events since.
struct Old {
    wallets: Vec<Wallet>,
    queue: Queue,
    deposit: Option<Deposit>,
}

impl Old {
    async fn now(house: &House) -> Self {
        let mut wallets = Vec::new();
        for asked in asked() {
            wallets.push(fresh(house, asked).await);
        }
        let deposit = wallets[0].deposits.first().cloned();
        Self { wallets, queue: fresh_queue(house).await, deposit }
    }

    fn follow(&mut self, channel: &str, event: &str, payload: &str) {
        let me = PersonId(3);
        // Applied twice: that changes nothing.
        for again in [false, true] {
            if channel == Channel::Person(me).to_string()
                && let Ok(event) = WalletEvent::read(event, payload)
            {
                for wallet in &mut self.wallets {
                    assert!(!wallet.apply(me, &event) || !again, "again it changes nothing: {event:?}");
                }
                if let Some(deposit) = &mut self.deposit {
                    deposit.apply(me, &event);
                }
            }
            if channel == "private-ops.1"
                && let Ok(event) = QueueEvent::read(event, payload)
            {
                assert!(!self.queue.apply(PersonId(1), &event) || !again);
            }
        }
    }
}

async fn run(commands: Vec<Command>, point: usize) {
    let mut house = house(PEOPLE).await;
    let mut old: Option<Old> = None;
    for (index, command) in commands.into_iter().enumerate() {
        if index == point {
            old = Some(Old::now(&house).await);
            house.committed();
        }
        perform(&house, command).await;
        for item in house.committed() {
            if let (Some(old), Committed::Event { channel, event, payload, .. }) = (&mut old, item) {
                old.follow(&channel, &event, &payload);
            }
        }
    }
    let Some(old) = old else { return };
    let now = Old::now(&house).await;
    assert_eq!(old.wallets, now.wallets);
    assert_eq!(old.queue, now.queue);
    if let Some(deposit) = old.deposit {
        assert_eq!(server::deposits::deposit_find(&mut house.store.look().await.unwrap(), PersonId(3), deposit.id).await, Ok(deposit));
    }
    assert_eq!(off(&house).await, [] as [String; 0], "I13");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// I25 and I13, whatever happens.
    #[test]
    fn an_old_wallet_and_the_events_make_a_fresh_one(
        (commands, point) in proptest::collection::vec(any_command(), 1..60).prop_flat_map(|commands| { let length = commands.len(); (Just(commands), 0..length) })
    ) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands, point));
    }
}

/// More than a page of entries: the oldest goes from the first page, and a page of older ones does not change.
#[tokio::test]
async fn a_full_page_keeps_its_length() {
    let mut house = house(PEOPLE).await;
    let mut old = Old::now(&house).await;
    for order in 1..=40 {
        perform(&house, Command::Pay { person: OWNER, order, amount: 5 }).await;
    }
    let before = old.wallets[0].clone();
    for item in house.committed() {
        if let Committed::Event { channel, event, payload, .. } = item {
            old.follow(&channel, &event, &payload);
        }
    }
    assert_eq!(old.wallets[0], fresh(&house, Asked::default()).await);
    assert!(old.wallets[0].has_more && !before.has_more && old.wallets[0].entries.len() == 30);
    let last = old.wallets[0].entries.last().unwrap().id;
    let mut tx = house.store.read().await.unwrap();
    let page = reading::wallet(&mut tx, house.person(OWNER), house.store.epoch(), Asked::default(), Some(last)).await.unwrap().state;
    assert_eq!((page.entries.len(), page.has_more, page.entries[0].balance), (11, false, old.wallets[0].entries[29].balance + 5));
}
