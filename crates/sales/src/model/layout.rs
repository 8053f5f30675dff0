//! The plan of a hall as pages get it: rows of seats, which do not change while people look at them.
//!
//! A hall has thousands of seats, and each page carries them all. On the wire a row is a few lists of differences, about ten bytes a
//! seat: the numbers of a row, its places and mostly its ids go up by the same step.

use serde::{Deserialize, Serialize};

use plenum_core::ids::{SeatId, SectionId, TicketTypeId};
use plenum_events::model::seat::SeatKind;

/// A part of a hall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::FromRow, utoipa::ToSchema))]
pub struct Section {
    /// The part.
    pub id: SectionId,
    /// What it is called.
    pub name: String,
}

/// A seat in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The seat.
    pub id: SeatId,
    /// Its number in the row.
    pub number: i64,
    /// What it is sold as.
    pub ticket_type: TicketTypeId,
    /// What it is like.
    pub kind: SeatKind,
    /// From the left edge of the plan, in tenths of a seat.
    pub x: i64,
    /// From its upper edge.
    pub y: i64,
}

/// Two seats are beside each other if no more than this lies between their left edges, in tenths of a seat; else there is an aisle.
const BESIDE: i64 = 14;

/// A row of a section, from left to right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Row {
    /// The part of the hall.
    pub section: SectionId,
    /// What is written on it.
    pub label: String,
    /// Its seats, from left to right.
    pub spots: Vec<Spot>,
}

impl Row {
    /// Its seats in stretches without an aisle in between.
    pub fn stretches(&self) -> impl Iterator<Item = &[Spot]> {
        self.spots.chunk_by(|left, right| right.x - left.x <= BESIDE)
    }
}

/// A row on its way.
#[derive(Serialize, Deserialize)]
struct Wire {
    s: SectionId,
    r: String,
    /// Ids, numbers, x, y and ticket types, each as the difference to the one before.
    i: Vec<i64>,
    n: Vec<i64>,
    x: Vec<i64>,
    y: Vec<i64>,
    /// Ticket types mostly are one for the whole row; then it stands here once.
    t: Vec<i64>,
    /// Kinds other than standard, by place in the row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    k: Vec<(usize, SeatKind)>,
}

/// The differences of `values`, from 0 on.
fn steps(values: impl Iterator<Item = i64>) -> Vec<i64> {
    values.scan(0_i64, |last, value| Some(value.wrapping_sub(std::mem::replace(last, value)))).collect()
}

/// What [`steps`] was made of.
fn sums(steps: &[i64]) -> impl Iterator<Item = i64> {
    steps.iter().scan(0_i64, |sum, step| {
        *sum = sum.wrapping_add(*step);
        Some(*sum)
    })
}

impl From<Row> for Wire {
    fn from(row: Row) -> Self {
        let spots = &row.spots;
        let mut types: Vec<i64> = spots.iter().map(|spot| spot.ticket_type.0).collect();
        if types.iter().all(|known| Some(known) == types.first()) {
            types.truncate(1);
        }
        Self {
            s: row.section,
            i: steps(spots.iter().map(|spot| spot.id.0)),
            n: steps(spots.iter().map(|spot| spot.number)),
            x: steps(spots.iter().map(|spot| spot.x)),
            y: steps(spots.iter().map(|spot| spot.y)),
            t: steps(types.into_iter()),
            k: spots
                .iter()
                .enumerate()
                .filter(|(_, spot)| spot.kind != SeatKind::Standard)
                .map(|(index, spot)| (index, spot.kind))
                .collect(),
            r: row.label,
        }
    }
}

impl From<Wire> for Row {
    fn from(wire: Wire) -> Self {
        let one = wire.t.first().copied().filter(|_| wire.t.len() == 1);
        let types: Vec<i64> = match one {
            Some(one) => vec![one; wire.i.len()],
            None => sums(&wire.t).collect(),
        };
        let places = sums(&wire.i).zip(sums(&wire.n)).zip(sums(&wire.x).zip(sums(&wire.y))).zip(types);
        let mut spots: Vec<Spot> = places
            .map(|(((id, number), (x, y)), ticket_type)| Spot {
                id: SeatId(id),
                number,
                ticket_type: TicketTypeId(ticket_type),
                kind: SeatKind::Standard,
                x,
                y,
            })
            .collect();
        for (index, kind) in wire.k {
            if let Some(spot) = spots.get_mut(index) {
                spot.kind = kind;
            }
        }
        Self { section: wire.s, label: wire.r, spots }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_row() -> impl Strategy<Value = Row> {
        let kind = prop_oneof![4 => Just(SeatKind::Standard), 1 => Just(SeatKind::Accessible), 1 => Just(SeatKind::Restricted)];
        let spot = (1..100_000_i64, 1..999_i64, 1..4_i64, kind, 0..3_000_i64, -50..3_000_i64);
        let spot = spot.prop_map(|(id, number, ticket_type, kind, x, y)| Spot {
            id: SeatId(id),
            number,
            ticket_type: TicketTypeId(ticket_type),
            kind,
            x,
            y,
        });
        (1..9_i64, "[A-Z]{1,2}", proptest::collection::vec(spot, 0..40)).prop_map(|(section, label, spots)| Row {
            section: SectionId(section),
            label,
            spots,
        })
    }

    proptest! {
        #[test]
        fn a_row_reads_back(row in any_row()) {
            let text = serde_json::to_string(&row).unwrap();
            prop_assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
        }
    }

    /// 3,000 seats in rows of 50 are far below what a page may weigh.
    #[test]
    fn a_hall_is_small_on_the_wire() {
        let spot = |row: i64, number: i64| Spot {
            id: SeatId(10_000 + row * 50 + number),
            number,
            ticket_type: TicketTypeId(20),
            kind: SeatKind::Standard,
            x: number * 10,
            y: row * 13 + number % 3,
        };
        let rows: Vec<Row> = (0..60)
            .map(|row| Row { section: SectionId(1), label: format!("R{row}"), spots: (1..=50).map(|number| spot(row, number)).collect() })
            .collect();
        let bytes = serde_json::to_string(&rows).unwrap().len();
        assert!(bytes < 40_000, "{bytes} bytes");
    }

    #[test]
    fn an_aisle_parts_a_row() {
        let spot =
            |number: i64, x: i64| Spot { id: SeatId(number), number, ticket_type: TicketTypeId(1), kind: SeatKind::Standard, x, y: 0 };
        let row = Row { section: SectionId(1), label: "A".into(), spots: vec![spot(1, 0), spot(2, 10), spot(3, 30), spot(4, 40)] };
        let stretches: Vec<Vec<i64>> = row.stretches().map(|stretch| stretch.iter().map(|spot| spot.number).collect()).collect();
        assert_eq!(stretches, [vec![1, 2], vec![3, 4]]);
    }
}
