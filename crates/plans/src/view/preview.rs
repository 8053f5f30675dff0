//! A drawing of a plan: the stage, each section with its rows, and each row with its name at both ends.
//!
//! All seats of a section that are of one kind and one ticket type are one path, so that a hall of thousands is a few kilobytes. The kind
//! is told by the shape, the ticket type by the colour and the stroke; [`Figures`] says all of it in words.

use std::fmt::Write as _;

use leptos::prelude::*;
use strum::VariantArray as _;

use crate::{
    model::{
        Plan, Section,
        geometry::{Bounds, CELL, ends},
        ticket_type::TypeLine,
    },
    words,
};
use plenum_core::ids::TicketTypeId;
use plenum_events::model::seat::SeatKind;
use plenum_ui::{Column, Table, view};
use plenum_wallet::model::{Currency, Money};

/// Around the seats: room for the names of rows.
const SIDE: i64 = 16;
/// Above them: room for the stage.
const ABOVE: i64 = 34;
/// Looks that ticket types have; more than these begin again.
const LOOKS: usize = 6;

/// The shape of a kind of seat: where it begins in its cell, and how it goes on. Each comes back to where it began.
fn shape(kind: SeatKind) -> ((i64, i64), &'static str) {
    match kind {
        SeatKind::Standard => ((1, 1), "h8v8h-8z"),
        SeatKind::Accessible => ((1, 5), "a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"),
        SeatKind::Companion => ((5, 0), "l5 5-5 5-5-5z"),
        SeatKind::Restricted => ((1, 9), "h8l-4-8z"),
    }
}

/// One path for all seats of a section that are alike; empty if there is none.
fn path(section: &Section, kind: SeatKind, ticket_type: TicketTypeId) -> String {
    let ((right, down), outline) = shape(kind);
    let (mut path, mut at) = (String::new(), (0, 0));
    for place in section.seats().filter(|place| place.kind == kind && place.ticket_type == ticket_type) {
        let next = (place.x + right, place.y + down);
        // Relative: most steps are to the next seat, and short.
        let _ = write!(path, "m{} {}{outline}", next.0 - at.0, next.1 - at.1);
        at = next;
    }
    path
}

/// The look of a ticket type, by its place among all.
pub fn look(types: &[TypeLine], id: TicketTypeId) -> usize {
    types.iter().filter(|of| of.seated).position(|of| of.id == id).unwrap_or_default() % LOOKS
}

/// A plan, drawn.
#[component]
pub fn PlanPreview(
    /// What there is.
    plan: Plan,
    /// As what seats are sold.
    types: Vec<TypeLine>,
) -> impl IntoView {
    let Some(bounds) = Bounds::around(plan.seats().map(|place| (place.x, place.y))) else {
        return view! { <p class="muted">{words::NO_SEATS}</p> };
    };
    let (width, height) = (bounds.width() + 2 * SIDE, bounds.height() + ABOVE + 6);
    let view_box = format!("{} {} {width} {height}", bounds.left - SIDE, bounds.top - ABOVE);
    let label = words::drawing(plan.len(), plan.sections.iter().filter(|section| !section.is_empty()).count());
    let sections = plan.sections.iter().map(|section| drawn(section, &types)).collect_view();
    view! {
        <div class="plan-drawing">
            <svg class="plan-svg" viewBox=view_box role="img" aria-label=label style=format!("max-width: {}px", width * 3)>
                {stage(bounds)}
                {sections}
            </svg>
        </div>
    }
}

fn stage(bounds: Bounds) -> AnyView {
    let half = (bounds.width() / 3).clamp(30, 120);
    let (axis, top) = (bounds.axis(), bounds.top - ABOVE + 3);
    let outline = format!("M{} {top}h{}l-6 12h{}z", axis - half, 2 * half, 12 - 2 * half);
    view! {
        <path class="plan-stage" d=outline></path>
        <text class="plan-name" x=axis.to_string() y=(top + 8).to_string()>
            {words::STAGE}
        </text>
    }
}

fn drawn(section: &Section, types: &[TypeLine]) -> AnyView {
    let Some(bounds) = Bounds::around(section.seats().map(|place| (place.x, place.y))) else { return ().into_any() };
    let alike = types.iter().flat_map(|of| SeatKind::VARIANTS.iter().copied().map(move |kind| (of.id, kind)));
    let seats = alike
        .map(|(id, kind)| (look(types, id), path(section, kind, id)))
        .filter(|(_, path)| !path.is_empty())
        .map(|(look, path)| view! { <path class="plan-seats" data-look=look.to_string() d=path></path> })
        .collect_view();
    let names = section.rows.iter().map(|row| {
        let Some((left, right)) = ends(row.seats.iter().map(|place| (place.x, place.y))) else { return ().into_any() };
        // Over the middle of the letters, which stand a little above their line.
        let (left_y, right_y) = ((left.1 + 2).to_string(), (right.1 + 2).to_string());
        view! {
            <text class="plan-letter" data-end="left" x=left.0.to_string() y=left_y>
                {row.name.clone()}
            </text>
            <text class="plan-letter" x=right.0.to_string() y=right_y>
                {row.name.clone()}
            </text>
        }
    });
    let names = names.collect_view();
    // Above the left end of its first row: in the middle it would stand on a bent row of the section before it.
    let first = section.rows.iter().find_map(|row| ends(row.seats.iter().map(|place| (place.x, place.y))));
    let (left, above) = first.map_or((bounds.left, bounds.top), |(left, _)| (left.0 + CELL / 2, left.1 - CELL / 2));
    view! {
        <g>
            {seats}
            {names}
            <text class="plan-name" data-at="left" x=left.to_string() y=(above - 2).to_string()>
                {section.name.clone()}
            </text>
        </g>
    }
}

/// What is drawn, in words: places and worth of each ticket type, and how many seats of each kind.
#[component]
pub fn Figures(
    /// What there is.
    plan: Plan,
    /// As what seats are sold.
    types: Vec<TypeLine>,
    /// Of the prices.
    currency: Currency,
) -> impl IntoView {
    let count = |of: &TypeLine| if of.seated { i64::try_from(plan.of_type(of.id)).unwrap_or(i64::MAX) } else { of.capacity };
    let worth = |of: &TypeLine| of.price.amount.saturating_mul(count(of));
    let (places, total): (i64, i64) = (types.iter().map(count).sum(), types.iter().map(worth).sum());
    let lines = types
        .iter()
        .map(|of| {
            let swatch = of.seated.then(|| {
                view! {
                    <svg class="plan-swatch" viewBox="0 0 10 10" width="16" height="16" aria-hidden="true">
                        <path class="plan-seats" data-look=look(&types, of.id).to_string() d="M1 1h8v8h-8z"></path>
                    </svg>
                }
            });
            let standing = (!of.seated).then(|| view! { <span class="muted">" " {words::STANDING}</span> });
            view! {
                <tr>
                    <th scope="row">{swatch} {of.name.clone()} {standing}</th>
                    <td data-label=words::PRICE>{of.price.to_string()}</td>
                    <td data-label=words::PLACES>{count(of)}</td>
                    <td data-label=words::WORTH>{Money::new(worth(of), currency).to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    let kinds = plan
        .kinds()
        .into_iter()
        .map(|(kind, count)| {
            let ((x, y), outline) = shape(kind);
            view! {
                <li>
                    <svg class="plan-swatch" viewBox="0 0 10 10" width="16" height="16" aria-hidden="true">
                        <path class="plan-seats" d=format!("M{x} {y}{outline}")></path>
                    </svg>
                    {words::of_kind(kind, count)}
                </li>
            }
        })
        .collect_view();
    let columns = [Column::text(words::TYPE), Column::text(words::PRICE), Column::text(words::PLACES), Column::text(words::WORTH)];
    view! {
        <Table columns class="table plan-figures" caption=words::TYPES>
            {lines}
            <tr>
                <th scope="row">{words::TOTAL}</th>
                <td data-label=words::PRICE></td>
                <td data-label=words::PLACES>{places}</td>
                <td data-label=words::WORTH>{Money::new(total, currency).to_string()}</td>
            </tr>
        </Table>
        <ul class="plan-kinds" aria-label=words::KINDS>
            {kinds}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{change::RowsForm, testing::with};

    fn hall() -> Plan {
        let rows = |rows: &'static str, seats: &'static str, bend: &'static str| RowsForm {
            section: "1",
            rows,
            seats,
            bend,
            step: "each",
            ticket_type: "1",
            ..RowsForm::default()
        };
        with(&[rows("A–T", "1–25, 26–50", "2"), rows("U–AN", "1–25, 26–50", "2"), rows("AO–BH", "1–25, 26–50", "2")])
    }

    /// A hall of 3,000 seats is a small part of the 300 KiB that a page may have.
    #[test]
    fn a_hall_is_a_few_kilobytes() {
        let plan = hall();
        assert_eq!(plan.len(), 3_000);
        let drawn = path(&plan.sections[0], SeatKind::Standard, TicketTypeId(1));
        assert!(drawn.len() < 50 * 1024, "{} bytes", drawn.len());
        let sent = serde_json::to_string(&plan).unwrap();
        assert!(sent.len() < 60 * 1024, "{} bytes", sent.len());
    }

    #[test]
    fn seats_are_drawn_where_they_are() {
        let plan = with(&[RowsForm { section: "1", rows: "A–B", seats: "1–2", step: "each", ticket_type: "1", ..RowsForm::default() }]);
        assert_eq!(path(&plan.sections[0], SeatKind::Standard, TicketTypeId(1)), "m1 1h8v8h-8zm10 0h8v8h-8zm-10 13h8v8h-8zm10 0h8v8h-8z");
        assert_eq!(path(&plan.sections[0], SeatKind::Companion, TicketTypeId(1)), "");
    }
}
