//! Where an arrow key leads from a seat: by where seats are, not by their order.

use crate::model::layout::{Row, Spot};
use plenum_core::ids::SeatId;

/// A way to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    Left,
    Right,
    Up,
    Down,
    First,
    Last,
}

impl Move {
    /// The one of a key.
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            "Home" => Some(Self::First),
            "End" => Some(Self::Last),
            _ => None,
        }
    }
}

/// Less than this above or below, in tenths of a seat, is the same row of a bent hall.
const SAME_ROW: i64 = 6;

/// The seat that `way` leads to from `from`; none at the edge of the hall.
pub fn next(rows: &[Row], from: SeatId, way: Move) -> Option<SeatId> {
    let row = rows.iter().find(|row| row.spots.iter().any(|spot| spot.id == from))?;
    let place = row.spots.iter().position(|spot| spot.id == from)?;
    let here = row.spots.get(place)?;
    let spots = || rows.iter().flat_map(|row| row.spots.iter());
    let beside = |right: bool| {
        let within = if right { row.spots.get(place + 1) } else { place.checked_sub(1).and_then(|left| row.spots.get(left)) };
        // Beyond the row's end the next section, at about the same height.
        let beyond = || {
            spots()
                .filter(|spot| if right { spot.x > here.x } else { spot.x < here.x })
                .filter(|spot| (spot.y - here.y).abs() <= SAME_ROW)
                .min_by_key(|spot| ((spot.x - here.x).abs(), (spot.y - here.y).abs()))
        };
        within.or_else(beyond)
    };
    let across = |down: bool| {
        let reaches = |spot: &&Spot| if down { spot.y > here.y + SAME_ROW } else { spot.y < here.y - SAME_ROW };
        let distance = |spot: &&Spot| {
            let (x, y) = (spot.x - here.x, spot.y - here.y);
            (3 * x * x + y * y, spot.x)
        };
        spots().filter(reaches).min_by_key(distance)
    };
    let to = match way {
        Move::Left => beside(false),
        Move::Right => beside(true),
        Move::Up => across(false),
        Move::Down => across(true),
        Move::First => row.spots.first(),
        Move::Last => row.spots.last(),
    };
    to.map(|spot| spot.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::ids::{SectionId, TicketTypeId};
    use plenum_events::model::seat::SeatKind;

    /// Three rows of 4, 4 and 6 seats with an aisle in the middle, bent at the ends.
    fn hall() -> Vec<Row> {
        let mut id = 0;
        let widths: [(i64, i64); 3] = [(0, 4), (1, 4), (2, 6)];
        let rows = widths.map(|(index, width)| {
            let spots = (1..=width).map(|number| {
                id += 1;
                let x = (6 - width) * 5 + number * 10 + if number > width / 2 { 10 } else { 0 };
                let bend = if number == 1 || number == width { 2 } else { 0 };
                Spot { id: SeatId(id), number, ticket_type: TicketTypeId(1), kind: SeatKind::Standard, x, y: index * 13 - bend }
            });
            Row { section: SectionId(1), label: format!("R{index}"), spots: spots.collect() }
        });
        rows.into()
    }

    #[test]
    fn arrows_go_where_they_point() {
        let rows = hall();
        let goes = |from: i64, way: Move| next(&rows, SeatId(from), way).map(|seat| seat.0);
        assert_eq!(goes(2, Move::Right), Some(3), "across the aisle");
        assert_eq!(goes(4, Move::Right), None);
        assert_eq!(goes(1, Move::Left), None);
        assert_eq!(goes(2, Move::Down), Some(6));
        assert_eq!(goes(6, Move::Down), Some(11));
        assert_eq!(goes(9, Move::Up), Some(5), "the nearest of the row before");
        assert_eq!(goes(1, Move::Up), None);
        assert_eq!(goes(11, Move::First), Some(9));
        assert_eq!(goes(11, Move::Last), Some(14));
    }

    /// Every seat can be reached from every other one.
    #[test]
    fn every_seat_is_reached() {
        let rows = hall();
        let mut reached = vec![SeatId(1)];
        let mut looked = 0;
        while let Some(from) = reached.get(looked).copied() {
            looked += 1;
            for way in [Move::Left, Move::Right, Move::Up, Move::Down] {
                if let Some(to) = next(&rows, from, way).filter(|to| !reached.contains(to)) {
                    reached.push(to);
                }
            }
        }
        assert_eq!(reached.len(), 14);
    }
}
