//! Tables, there and back.

use proptest::prelude::*;

use super::*;
use crate::model::{
    change::RowsForm,
    testing::{any_changes, store, with},
};
use plenum_wallet::model::{Currency, Money};

fn types() -> Vec<TypeLine> {
    let of = |id, name: &str, seated| TypeLine {
        id: TicketTypeId(id),
        name: name.to_owned(),
        price: Money::new(2_500, Currency::Eur),
        seated,
        capacity: 0,
        sold: 0,
        version: 1,
    };
    vec![of(1, "Stalls", true), of(2, "Circle; \"upper\"", true), of(3, "Standing", false)]
}

fn read(text: &str, mode: Mode, current: &Plan) -> Checked {
    check(text.as_bytes(), mode, current, &types()).unwrap()
}

fn wrong(checked: &Checked) -> Vec<(u64, &str)> {
    checked.report.iter().map(|line| (line.line, line.column.as_str())).collect()
}

/// Columns in any order, with semicolons and quotes, as other programs write them.
#[test]
fn tables_are_read_as_programs_write_them() {
    let text = "\u{feff}Ticket Type;SEAT;Row;Section;note\r\n\"Circle; \"\"upper\"\"\";2;A;Balcony;x\r\n\r\nstalls;1;A;Balcony;\r\n";
    let checked = read(text, Mode::Replace, &Plan::default());
    assert_eq!((checked.lines, checked.wrong), (2, 0), "{:?}", checked.report);
    let seats: Vec<_> =
        seats(&checked.target).map(|(section, row, place)| (section, row, place.number, place.ticket_type.0, place.x, place.y)).collect();
    assert_eq!(seats, [("Balcony", "A", 1, 1, 0, 0), ("Balcony", "A", 2, 2, 10, 0)]);
}

/// A first line `sep=;` says what divides, and is a line of the file as its editor counts them.
#[test]
fn a_table_may_say_what_divides_it() {
    let text = "sep=;\r\nsection;row;seat;ticket_type\r\nMain, left, upper;A;1;Stalls\r\nMain, left, upper;A;zero;Stalls\r\n";
    let checked = read(text, Mode::Replace, &Plan::default());
    assert_eq!((checked.lines, wrong(&checked)), (2, vec![(4, "seat")]), "{:?}", checked.report);
    assert_eq!(seats(&checked.target).map(|(section, ..)| section).collect::<Vec<_>>(), ["Main, left, upper"]);
}

/// Each wrong line is told with its number, its column and what is wrong; the good ones are there.
#[test]
fn wrong_lines_are_told() {
    let text = "section,row,seat,kind,ticket_type,x,y
Stalls,A,1,standard,Stalls,0,0
,A,2,standard,Stalls,,
Stalls,much too long,3,standard,Stalls,,
Stalls,A,zero,standard,Stalls,,
Stalls,A,1000,standard,Stalls,,
Stalls,A,4,throne,Stalls,,
Stalls,A,5,standard,Standing,,
Stalls,A,1,standard,Stalls,20,20
Stalls,A,6,standard,Stalls,5,5
Stalls,A,7,standard,Stalls,30,
Stalls,A,8,standard,Stalls,-10,0
Stalls,B,1,companion,Stalls,,
";
    let checked = read(text, Mode::Replace, &Plan::default());
    let elsewhere = read(&text.replace('\n', "\r\n"), Mode::Replace, &Plan::default());
    assert_eq!(elsewhere.report, checked.report, "however lines end");
    let expected = [
        (3, "section"),
        (4, "row"),
        (5, "seat"),
        (6, "seat"),
        (7, "kind"),
        (8, "ticket_type"),
        (9, "seat"),
        (10, "x"),
        (11, "y"),
        (12, "x"),
    ];
    assert_eq!((checked.lines, checked.wrong), (12, 10));
    assert_eq!(wrong(&checked), expected);
    assert_eq!(checked.target.len(), 2);
}

#[test]
fn what_is_no_table_is_refused() {
    let nothing = Plan::default();
    for text in ["", "section,row,seat\nA,B,1\n", "section,row,seat,ticket_type\n", "hello"] {
        let refused = check(text.as_bytes(), Mode::Replace, &nothing, &types()).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("table"), "{text:?}");
    }
    assert!(check(&[0xff, 0xfe, 0], Mode::Replace, &nothing, &types()).is_err());
    let long = format!("section,row,seat,ticket_type\n{}", "A,A,1,Stalls\n".repeat(LINES + 1));
    assert!(check(long.as_bytes(), Mode::Replace, &nothing, &types()).is_err());
}

/// All wrong lines are counted, a hundred are shown.
#[test]
fn a_report_has_an_end() {
    let text = format!("section,row,seat,ticket_type\n{}", "A,A,1,Gallery\n".repeat(250));
    let checked = read(&text, Mode::Replace, &Plan::default());
    assert_eq!((checked.wrong, checked.report.len(), checked.target.len()), (250, SHOWN, 0));
}

/// What comes to a plan stands at the ends of its rows, or in rows below.
#[test]
fn seats_come_to_a_plan() {
    let current = with(&[RowsForm { section: "1", rows: "A–B", seats: "2–4", step: "each", ticket_type: "1", ..RowsForm::default() }]);
    let checked = read(
        "section,row,seat,ticket_type\nstalls,A,5,Stalls\nStalls,A,1,Stalls\nStalls,A,2,Stalls\nStalls,C,1,Stalls\n",
        Mode::Add,
        &current,
    );
    // There is nothing left of seat 2 of row A, where seat 1 would be; and seat 2 is there.
    assert_eq!(wrong(&checked), [(3, "x"), (4, "seat")]);
    let at = |row: &str, number: i64| {
        checked.target.sections[0].row(row).unwrap().seats.iter().find(|place| place.number == number).map(|place| (place.x, place.y))
    };
    assert_eq!((at("A", 5), at("C", 1)), (Some((30, 0)), Some((15, 26))));
}

proptest! {
    /// A plan as a table is the same plan again.
    #[test]
    fn a_plan_goes_there_and_back(changes in any_changes()) {
        let plan = changes.iter().fold(with(&[]), |plan, change| plan.after(change).map(store).unwrap_or(plan));
        let table = write(&plan, &types());
        if plan.is_empty() {
            prop_assert!(check(table.as_bytes(), Mode::Replace, &plan, &types()).is_err());
            return Ok(());
        }
        let checked = read(&table, Mode::Replace, &plan);
        prop_assert_eq!(checked.wrong, 0, "{:?}", checked.report);
        let mut expected = plan;
        expected.sections.retain(|section| !section.is_empty());
        prop_assert_eq!(checked.target, expected);
    }

    /// Whatever somebody sends: it is read or refused, and no two seats lie upon each other.
    #[test]
    fn anything_can_be_sent(rows in proptest::collection::vec(("[AB]", "[AB]", 0_i64..6, "|standard|x", "Stalls|Standing", 0_i64..40, any::<bool>()), 0..20)) {
        let mut text = String::from("section,row,seat,kind,ticket_type,x,y\n");
        for (section, row, seat, kind, of, x, placed) in rows {
            let x = if placed { x.to_string() } else { String::new() };
            text.push_str(&format!("{section},{row},{seat},{kind},{of},{x},{x}\n"));
        }
        if let Ok(checked) = check(text.as_bytes(), Mode::Replace, &Plan::default(), &types()) {
            prop_assert_eq!(usize::try_from(checked.lines - checked.wrong).unwrap(), checked.target.len());
            let cells: Vec<_> = checked.target.seats().map(|place| (place.x, place.y)).collect();
            for (index, cell) in cells.iter().enumerate() {
                prop_assert!(cells[index + 1..].iter().all(|other| !overlap(*cell, *other)), "{cells:?}");
            }
        }
    }
}
