//! The best seats together: beside each other, near the middle and the front, and so that nobody is left a single seat between
//! others, if that can be avoided.

use super::layout::{Row, Spot};
use plenum_core::ids::{SeatId, TicketTypeId};
use plenum_events::model::seat::SeatKind;

/// How good some seats together are; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    /// Single seats that are left over between others: before all else.
    lonely: usize,
    /// Seats from which one does not see all.
    restricted: usize,
    /// How far from the middle of the front, squared.
    away: i64,
}

/// `wanted` free seats beside each other, of `ticket_type` if one is named; none if there are not so many together anywhere. Seats for
/// wheelchairs and for those who come with them are chosen by whoever needs them, not by this.
pub fn best(rows: &[Row], wanted: usize, ticket_type: Option<TicketTypeId>, is_free: impl Fn(SeatId) -> bool) -> Option<Vec<SeatId>> {
    if wanted == 0 {
        return None;
    }
    let all = || rows.iter().flat_map(|row| row.spots.iter());
    let (left, right) = (all().map(|spot| spot.x).min()?, all().map(|spot| spot.x).max()?);
    let front = all().map(|spot| spot.y).min()?;
    let fits = |spot: &Spot| {
        is_free(spot.id)
            && matches!(spot.kind, SeatKind::Standard | SeatKind::Restricted)
            && ticket_type.is_none_or(|wanted| wanted == spot.ticket_type)
    };
    let cost = |block: &[Spot], start: usize| {
        let chosen = block.get(start..start + wanted)?;
        let (first, last) = (chosen.first()?, chosen.last()?);
        let across = (first.x + last.x) - (left + right);
        let behind = 2 * (first.y - front);
        Some(Cost {
            lonely: usize::from(start == 1) + usize::from(block.len() - start - wanted == 1),
            restricted: chosen.iter().filter(|spot| spot.kind == SeatKind::Restricted).count(),
            away: across * across + behind * behind,
        })
    };
    let mut best: Option<(Cost, &[Spot])> = None;
    for stretch in rows.iter().flat_map(Row::stretches) {
        for block in stretch.chunk_by(|one, next| fits(one) && fits(next)).filter(|block| block.first().is_some_and(fits)) {
            for start in 0..(block.len() + 1).saturating_sub(wanted) {
                if let (Some(cost), Some(chosen)) = (cost(block, start), block.get(start..start + wanted))
                    && best.is_none_or(|(least, _)| cost < least)
                {
                    best = Some((cost, chosen));
                }
            }
        }
    }
    best.map(|(_, chosen)| chosen.iter().map(|spot| spot.id).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use plenum_core::ids::SectionId;
    use proptest::prelude::*;

    /// Rows of these widths, seats numbered through the hall from 1; an aisle after `aisle` seats.
    fn hall(widths: &[i64], aisle: i64) -> Vec<Row> {
        let mut id = 0;
        widths
            .iter()
            .enumerate()
            .map(|(index, width)| {
                let spots = (1..=*width).map(|number| {
                    id += 1;
                    let x = number * 10 + if number > aisle { 15 } else { 0 };
                    let y = i64::try_from(index).unwrap() * 13;
                    Spot { id: SeatId(id), number, ticket_type: TicketTypeId(1), kind: SeatKind::Standard, x, y }
                });
                Row { section: SectionId(1), label: format!("R{index}"), spots: spots.collect() }
            })
            .collect()
    }

    /// Stretches of free seats with the chosen ones taken out: how many of these are one seat that was not alone before.
    fn left_alone(rows: &[Row], free: &BTreeSet<i64>, chosen: &[SeatId]) -> usize {
        let singles = |free: &dyn Fn(i64) -> bool| -> BTreeSet<i64> {
            let stretches = rows.iter().flat_map(Row::stretches);
            let blocks = stretches.flat_map(|stretch| stretch.chunk_by(|one, next| free(one.id.0) == free(next.id.0)));
            blocks.filter(|block| block.len() == 1 && free(block[0].id.0)).map(|block| block[0].id.0).collect()
        };
        let before = singles(&|id| free.contains(&id));
        let after = singles(&|id| free.contains(&id) && !chosen.contains(&SeatId(id)));
        after.difference(&before).count()
    }

    #[test]
    fn the_middle_of_the_front_comes_first() {
        let rows = hall(&[8, 8, 8], 99);
        assert_eq!(best(&rows, 2, None, |_| true), Some(vec![SeatId(4), SeatId(5)]));
        assert_eq!(best(&rows, 9, None, |_| true), None);
        assert_eq!(best(&rows, 0, None, |_| true), None);
        assert_eq!(best(&rows, 2, Some(TicketTypeId(2)), |_| true), None);
        assert_eq!(best(&rows, 2, None, |id| id.0 > 8), Some(vec![SeatId(12), SeatId(13)]));
    }

    #[test]
    fn nobody_is_left_alone_where_that_can_be_avoided() {
        // Of five seats, three: from an end, not from the middle, which would leave one on each side.
        assert_eq!(best(&hall(&[5], 99), 3, None, |_| true), Some(vec![SeatId(1), SeatId(2), SeatId(3)]));
        // Three of four leave one in any case; the row behind has room.
        assert_eq!(best(&hall(&[4, 6], 99), 3, None, |_| true).unwrap().first(), Some(&SeatId(5)));
        // No aisle in between.
        let seats = best(&hall(&[6], 3), 3, None, |_| true).unwrap();
        assert!(seats == [1, 2, 3].map(SeatId) || seats == [4, 5, 6].map(SeatId), "{seats:?}");
    }

    #[test]
    fn seats_for_wheelchairs_are_left_to_those_who_need_them() {
        let mut rows = hall(&[6], 99);
        for spot in &mut rows[0].spots[1..4] {
            spot.kind = SeatKind::Accessible;
        }
        assert_eq!(best(&rows, 2, None, |_| true), Some(vec![SeatId(5), SeatId(6)]));
        assert_eq!(best(&rows, 3, None, |_| true), None);
    }

    proptest! {
        /// What is found is free, together and as many as were wanted; it is found if there is any; and it leaves a single seat only if
        /// everything would.
        #[test]
        fn what_is_best(
            widths in proptest::collection::vec(1..12_i64, 1..5),
            taken in proptest::collection::btree_set(1..50_i64, 0..30),
            wanted in 1..5_usize,
            aisle in 1..12_i64,
        ) {
            let rows = hall(&widths, aisle);
            let total: i64 = widths.iter().sum();
            let free: BTreeSet<i64> = (1..=total).filter(|id| !taken.contains(id)).collect();
            let windows: Vec<Vec<SeatId>> = rows
                .iter()
                .flat_map(Row::stretches)
                .flat_map(|stretch| stretch.windows(wanted))
                .filter(|window| window.iter().all(|spot| free.contains(&spot.id.0)))
                .map(|window| window.iter().map(|spot| spot.id).collect())
                .collect();
            let found = best(&rows, wanted, None, |id| free.contains(&id.0));
            prop_assert_eq!(found.is_some(), !windows.is_empty());
            if let Some(found) = found {
                prop_assert!(windows.contains(&found));
                let least = windows.iter().map(|window| left_alone(&rows, &free, window)).min().unwrap_or(0);
                prop_assert_eq!(left_alone(&rows, &free, &found), least);
            }
        }
    }
}
