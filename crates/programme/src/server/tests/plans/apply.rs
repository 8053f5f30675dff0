//! Whatever becomes of a plan, an editor that is open elsewhere is told, and shows what a fresh one does (I25).

use proptest::prelude::*;

use super::*;
use plenum_core::{
    error::AppError,
    live::{Drawn, Live, LiveEvent},
};
use plenum_events::live::seats::SeatsEvent;
use plenum_plans::{model::ticket_type::TypeForm, server::ticket_types};
use plenum_store::db::Committed;

#[derive(Debug, Clone)]
enum Command {
    AddSection(u8),
    Rename(usize, u8),
    MoveUp(usize),
    RemoveSection(usize),
    AddRows { section: usize, row: usize },
    Accessible { section: usize, row: usize },
    RemoveRow { section: usize, row: usize },
    SaveType(u8),
    RemoveType(usize),
    Undo,
}

fn any_command() -> impl Strategy<Value = Command> {
    let (section, row) = (0..3_usize, 0..4_usize);
    prop_oneof![
        2 => (0..4_u8).prop_map(Command::AddSection),
        1 => (section.clone(), 0..4_u8).prop_map(|(section, name)| Command::Rename(section, name)),
        1 => section.clone().prop_map(Command::MoveUp),
        1 => section.clone().prop_map(Command::RemoveSection),
        3 => (section.clone(), row.clone()).prop_map(|(section, row)| Command::AddRows { section, row }),
        2 => (section.clone(), row.clone()).prop_map(|(section, row)| Command::Accessible { section, row }),
        2 => (section, row).prop_map(|(section, row)| Command::RemoveRow { section, row }),
        2 => (0..4_u8).prop_map(Command::SaveType),
        1 => (0..4_usize).prop_map(Command::RemoveType),
        2 => Just(Command::Undo),
    ]
}

/// Does it; what cannot be done now is refused and changes nothing.
async fn perform(house: &House, event: EventId, command: Command) -> AppResult<()> {
    const ROWS: [&str; 4] = ["A", "B", "Y", "Z"];
    let now = look(house, event).await;
    let section = |index: usize| now.plan.sections.get(index).and_then(|section| section.id).ok_or_else(AppError::internal);
    let who = house.person(1).clone();
    let what = match command {
        Command::AddSection(number) => Change::AddSection(format!("Gallery {number}")),
        Command::Rename(index, number) => Change::Rename(section(index)?, format!("Balcony {number}")),
        Command::MoveUp(index) => Change::MoveUp(section(index)?),
        Command::RemoveSection(index) => Change::RemoveSection(section(index)?),
        Command::AddRows { section: index, row } => {
            let (id, of) = (section(index)?.to_string(), now.types.iter().find(|of| of.seated).map(|of| of.id.to_string()));
            let of = of.ok_or_else(AppError::internal)?;
            RowsForm { section: &id, rows: ROWS[row], seats: "1–6", step: "each", ticket_type: &of, ..RowsForm::default() }.read()?
        }
        Command::Accessible { section: index, row } => {
            SeatsForm { kind: "accessible", ..of_row(&section(index)?.to_string(), ROWS[row], "1–3") }.set()?
        }
        Command::RemoveRow { section: index, row } => Change::Remove(of_row(&section(index)?.to_string(), ROWS[row], "").which()?),
        Command::SaveType(number) => {
            let (name, seated) = (format!("Type {number}"), number % 2 != 0);
            let form = TypeForm { name, price: "10".to_owned(), seated, capacity: "20".to_owned() };
            return house.store.write(async move |tx: &mut Tx| ticket_types::add(tx, &who, event, &form).await.map(drop)).await;
        }
        Command::RemoveType(index) => {
            let (id, version) = now.types.get(index).map(|of| (of.id, of.version)).ok_or_else(AppError::internal)?;
            return house.store.write(async move |tx: &mut Tx| ticket_types::remove(tx, &who, event, id, version).await).await;
        }
        Command::Undo => return undo(&house.store, &who, event).await,
    };
    act(house, event, what).await
}

async fn run(commands: Vec<Command>) {
    let mut house = house(2).await;
    let (event, _) = seated(&house, 0).await;
    let mut shown = look(&house, event).await;
    house.committed();
    for command in commands {
        let _ = perform(&house, event, command.clone()).await;
        let mut drawn = Drawn::Nothing;
        for item in house.committed() {
            let Committed::Event { channel, event: name, payload, .. } = item else { continue };
            if channel == SeatsEvent::channel(event).to_string() {
                let told = SeatsEvent::read(&name, &payload).unwrap();
                drawn = drawn.max(shown.apply(house.person(1).person, &told));
            }
        }
        if drawn == Drawn::Anew {
            shown = look(&house, event).await;
        }
        assert!(shown == look(&house, event).await, "{command:?} is told");
        is_counted(&house, event).await;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, ..ProptestConfig::default() })]

    /// I25: a plan is told by that it has changed, so whatever changes it must be told.
    #[test]
    fn an_editor_elsewhere_shows_what_a_fresh_one_does(commands in proptest::collection::vec(any_command(), 1..14)) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(commands));
    }
}
