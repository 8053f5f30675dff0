//! What changes do to plans.

use proptest::prelude::*;

use super::*;
use crate::model::{
    geometry::overlap,
    testing::{STALLS, any_changes, store, with},
};

fn rows(of: &str, seats: &str) -> RowsForm<'static> {
    let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
    RowsForm { section: "1", rows: leak(of), seats: leak(seats), step: "each", ticket_type: "1", ..RowsForm::default() }
}

fn numbers(plan: &Plan, row: &str) -> Vec<i64> {
    plan.sections[0].row(row).unwrap().seats.iter().map(|place| place.number).collect()
}

#[test]
fn rows_are_added_below() {
    let plan = with(&[rows("A–B", "1–4"), rows("C", "1–2, 3–4")]);
    let shape: Vec<_> = plan.sections[0].rows.iter().map(|row| (row.name.as_str(), row.seats[0].x, row.seats[0].y)).collect();
    assert_eq!(shape, [("A", 5, 0), ("B", 5, 13), ("C", 0, 26)], "the row with an aisle is a seat wider");
    let c: Vec<i64> = plan.sections[0].rows[2].seats.iter().map(|place| place.x).collect();
    assert_eq!(c, [0, 10, 30, 40]);
}

#[test]
fn rows_grow_and_are_numbered_from_either_side() {
    let plan = with(&[RowsForm { wider: "2", ..rows("A–B", "1–4, 5–8") }]);
    assert_eq!(numbers(&plan, "B"), (1..=10).collect::<Vec<_>>());
    let b: Vec<i64> = plan.sections[0].row("B").unwrap().seats.windows(2).map(|pair| pair[1].x - pair[0].x).collect();
    assert_eq!(b, [10, 10, 10, 10, 20, 10, 10, 10, 10], "the aisle stays in the middle");
    let plan = with(&[RowsForm { from: "right", step: "second", ..rows("A", "1–5") }]);
    assert_eq!(numbers(&plan, "A"), [1, 3, 5]);
    let xs: Vec<i64> = plan.sections[0].rows[0].seats.iter().map(|place| place.x).collect();
    assert_eq!(xs, [20, 10, 0]);
    let refused = with(&[]).after(&RowsForm { wider: "1", ..rows("A–B", "1–4, 101–104") }.read().unwrap()).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("wider"));
}

#[test]
fn seats_are_set_and_go() {
    let plan = with(&[rows("A–C", "1–4")]);
    let form = SeatsForm { section: "1", rows: "B", seats: "1–2", step: "each", kind: "accessible", ticket_type: "" };
    let plan = plan.after(&form.set().unwrap()).unwrap();
    assert_eq!(plan.kinds(), [(SeatKind::Standard, 10), (SeatKind::Accessible, 2)]);
    let form = SeatsForm { ticket_type: "2", kind: "", seats: "", ..form };
    let plan = plan.after(&form.set().unwrap()).unwrap();
    assert_eq!((plan.of_type(TicketTypeId(1)), plan.of_type(TicketTypeId(2))), (8, 4));
    let plan = plan.after(&Change::Remove(SeatsForm { rows: "", seats: "4", ..form }.which().unwrap())).unwrap();
    assert_eq!(plan.len(), 9);
    for (form, field) in [
        (SeatsForm { rows: "D", ..form }, "rows"),
        (SeatsForm { seats: "9", ..form }, "seats"),
        (SeatsForm { ticket_type: "", ..form }, "kind"),
        (SeatsForm { section: "", ..form }, "section"),
    ] {
        let refused = form.set().and_then(|change| plan.after(&change)).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some(field), "{form:?}");
    }
}

#[test]
fn sections_have_names_and_change_places() {
    let plan = store(with(&[rows("A", "1–4")]).after(&Change::AddSection("Circle".to_owned())).unwrap());
    let circle = plan.sections[1].id.unwrap();
    let plan = plan.after(&RowsForm { section: "2", ..rows("A", "1–4") }.read().unwrap()).unwrap();
    assert_eq!(plan.sections[1].rows[0].seats[0].y, ROW + BETWEEN, "a section is a little apart");
    let plan = plan.after(&Change::MoveUp(circle)).unwrap();
    assert_eq!(plan.sections.iter().map(|section| section.name.as_str()).collect::<Vec<_>>(), ["Circle", "Stalls"]);
    assert_eq!((plan.sections[0].rows[0].seats[0].y, plan.sections[1].rows[0].seats[0].y), (0, ROW + BETWEEN));
    assert!(plan.after(&Change::MoveUp(circle)).is_err() && plan.after(&Change::MoveDown(STALLS)).is_err());
    assert!(plan.after(&Change::AddSection("STALLS".to_owned())).is_err(), "one name, whatever the case");
    assert!(plan.after(&Change::Rename(circle, "stalls".to_owned())).is_err());
    assert_eq!(plan.after(&Change::Rename(STALLS, "STALLS".to_owned())).unwrap().sections[1].name, "STALLS");
    assert_eq!(plan.after(&Change::RemoveSection(circle)).unwrap().len(), 4);
    assert!(plan.after(&Change::RemoveSection(SectionId(9))).is_err());
}

#[test]
fn a_change_has_a_size() {
    let refused = with(&[]).after(&rows("1–51", "1–20").read().unwrap()).unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("rows"));
    assert!(with(&[rows("A", "1–4")]).after(&rows("A", "5–6").read().unwrap()).is_err(), "a row is added once");
}

proptest! {
    /// Whatever is done to a plan: no two seats lie upon each other, it begins at zero, and no seat is there twice.
    #[test]
    fn seats_never_lie_upon_each_other(changes in any_changes()) {
        let mut plan = with(&[]);
        for change in changes {
            if let Ok(next) = plan.after(&change) {
                plan = store(next);
            }
        }
        let cells: Vec<(i64, i64)> = plan.seats().map(|place| (place.x, place.y)).collect();
        for (index, cell) in cells.iter().enumerate() {
            for other in &cells[index + 1..] {
                prop_assert!(!overlap(*cell, *other), "{cell:?} {other:?}");
            }
        }
        if let Some(bounds) = Bounds::around(cells) {
            prop_assert_eq!((bounds.left, bounds.top), (0, 0));
        }
        for section in &plan.sections {
            let mut names: Vec<_> = section.rows.iter().flat_map(|row| row.seats.iter().map(move |place| (&row.name, place.number))).collect();
            let count = names.len();
            names.sort();
            names.dedup();
            prop_assert_eq!(names.len(), count);
        }
    }
}
