//! Plans for tests.

use proptest::prelude::*;

use super::{
    Plan, Section,
    change::{Change, NewRows, RowsForm, Which},
    spans::Step,
};
use plenum_core::ids::{SectionId, TicketTypeId};
use plenum_events::model::seat::SeatKind;
use strum::VariantArray as _;

/// The section of [`with`].
pub const STALLS: SectionId = SectionId(1);

/// A plan with a section called Stalls and these rows.
pub fn with(rows: &[RowsForm<'_>]) -> Plan {
    let section = Section { id: Some(STALLS), name: "Stalls".to_owned(), rows: Vec::new() };
    rows.iter().fold(Plan { sections: vec![section] }, |plan, rows| plan.after(&rows.read().unwrap()).unwrap())
}

/// The plan as if it was stored: its sections have ids.
pub fn store(mut plan: Plan) -> Plan {
    for index in 0..plan.sections.len() {
        if plan.sections[index].id.is_none() {
            let next = plan.sections.iter().filter_map(|section| section.id).max().map_or(1, |id| id.0 + 1);
            plan.sections[index].id = Some(SectionId(next));
        }
    }
    plan
}

/// Anything that somebody does to a plan, sensible or not.
pub fn any_changes() -> impl Strategy<Value = Vec<Change>> {
    let section = || (1_i64..=3).prop_map(SectionId);
    let rows = || proptest::sample::subsequence(["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(), 1..=4);
    let kind = || proptest::sample::select(SeatKind::VARIANTS.to_vec());
    let ticket_type = || (1_i64..=2).prop_map(TicketTypeId);
    let which = move || {
        (section(), proptest::option::of(rows()), proptest::option::of(proptest::collection::vec(1_i64..12, 1..5)))
            .prop_map(|(section, rows, seats)| Which { section, rows, seats })
    };
    let new = (
        section(),
        rows(),
        proptest::collection::vec(1_usize..6, 1..3),
        any::<bool>(),
        0..3_i64,
        any::<bool>(),
        0..=3_i64,
        kind(),
        ticket_type(),
    )
        .prop_map(|(section, rows, sizes, second, wider, from_right, bend, kind, ticket_type)| {
            let step = if second { Step::Second } else { Step::Each };
            let mut next = 1;
            let group = |size: usize| {
                let first = next;
                next += i64::try_from(size).unwrap() * step.width();
                let numbers: Vec<i64> = (first..next).step_by(usize::try_from(step.width()).unwrap()).collect();
                numbers
            };
            let groups = sizes.into_iter().map(group).collect();
            Change::AddRows(NewRows { section, rows, groups, step, wider, from_right, bend, kind, ticket_type })
        });
    let change = prop_oneof![
        2 => "[A-E]".prop_map(Change::AddSection),
        1 => (section(), "[A-E]").prop_map(|(section, name)| Change::Rename(section, name)),
        1 => section().prop_map(Change::MoveUp),
        1 => section().prop_map(Change::MoveDown),
        1 => section().prop_map(Change::RemoveSection),
        6 => new,
        2 => (which(), proptest::option::of(kind()), proptest::option::of(ticket_type())).prop_map(|(which, kind, of)| Change::Set(which, kind, of)),
        1 => which().prop_map(Change::Remove),
    ];
    proptest::collection::vec(change, 0..12)
}
