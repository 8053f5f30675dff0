//! Where seats are drawn. Lengths are tenths of a seat's width: a seat is a cell of ten by ten whose upper left corner is its `x` and `y`.
//! The stage is above; the ends of a bent row come towards it.

use std::collections::HashMap;

/// The width and the height of a seat's cell.
pub const CELL: i64 = 10;
/// From one row to the next.
pub const ROW: i64 = 13;
/// What is left free between two sections, beyond the distance of rows.
pub const BETWEEN: i64 = 12;
/// An aisle within a row.
pub const AISLE: i64 = 10;
/// The strongest bend that rows have.
pub const BENDS: i64 = 3;

/// The smallest box around seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The left edge of the leftmost seat.
    pub left: i64,
    /// The upper edge of the uppermost.
    pub top: i64,
    /// The right edge of the rightmost.
    pub right: i64,
    /// The lower edge of the lowest.
    pub bottom: i64,
}

impl Bounds {
    /// The box around the cells with these corners; none without a cell.
    pub fn around(cells: impl IntoIterator<Item = (i64, i64)>) -> Option<Self> {
        cells.into_iter().fold(None, |bounds, (x, y)| {
            let cell = Self { left: x, top: y, right: x + CELL, bottom: y + CELL };
            Some(bounds.map_or(cell, |bounds: Self| bounds.and(cell)))
        })
    }

    /// The box around both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// From left to right.
    pub fn width(self) -> i64 {
        self.right - self.left
    }

    /// From top to bottom.
    pub fn height(self) -> i64 {
        self.bottom - self.top
    }

    /// The line in the middle.
    pub fn axis(self) -> i64 {
        i64::midpoint(self.left, self.right)
    }

    /// True if they have a point within in common.
    pub fn meets(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// True if two seats lie upon each other.
pub fn overlap(a: (i64, i64), b: (i64, i64)) -> bool {
    (a.0 - b.0).abs() < CELL && (a.1 - b.1).abs() < CELL
}

/// Where the name of a row stands: beside its leftmost and beside its rightmost seat, at their height, so that it follows a bent row.
/// The points are middles: of the text's right end on the left side, of its left end on the right side.
pub fn ends(cells: impl IntoIterator<Item = (i64, i64)>) -> Option<((i64, i64), (i64, i64))> {
    let mut left: Option<(i64, i64)> = None;
    let mut right: Option<(i64, i64)> = None;
    for (x, y) in cells {
        left = Some(left.filter(|known| known.0 <= x).unwrap_or((x, y)));
        right = Some(right.filter(|known| known.0 >= x).unwrap_or((x, y)));
    }
    let (left, right) = (left?, right?);
    Some(((left.0 - CELL / 2, left.1 + CELL / 2), (right.0 + CELL + CELL / 2, right.1 + CELL / 2)))
}

/// The seats of a row from left to right around an axis, with an aisle between its groups: the left edge of each, relative to the axis.
pub fn across(groups: &[usize]) -> Vec<i64> {
    let seats: usize = groups.iter().sum();
    let aisles = groups.iter().filter(|group| **group > 0).count().saturating_sub(1);
    let width = length(seats) * CELL + length(aisles) * AISLE;
    let (mut x, mut placed) = (-width / 2, Vec::with_capacity(seats));
    for group in groups.iter().filter(|group| **group > 0) {
        for _ in 0..*group {
            placed.push(x);
            x += CELL;
        }
        x += AISLE;
    }
    placed
}

/// How far a seat at `x` (its left edge, relative to the axis) comes towards the stage in rows that are `half` wide on each side. The slope
/// stays under a third, so that seats of neighbouring rows, which are [`ROW`] apart, never meet.
pub fn towards_stage(bend: i64, x: i64, half: i64) -> i64 {
    let off = x + CELL / 2;
    bend.clamp(0, BENDS) * off * off / (20 * half.max(CELL))
}

/// What is free below seats that are there, by column.
#[derive(Debug, Clone, Default)]
pub struct Skyline(HashMap<i64, i64>);

impl Skyline {
    /// Below these cells.
    pub fn below(cells: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut skyline = Self::default();
        for (x, y) in cells {
            skyline.add(x, y);
        }
        skyline
    }

    /// A cell more.
    pub fn add(&mut self, x: i64, y: i64) {
        for column in [x.div_euclid(CELL), (x + CELL - 1).div_euclid(CELL)] {
            let lowest = self.0.entry(column).or_insert(y);
            *lowest = (*lowest).max(y);
        }
    }

    /// How far these cells must go down, or can go up, so that each is at least `distance` below what is above it: the least such way.
    /// None if nothing is above any of them.
    pub fn drop(&self, cells: impl IntoIterator<Item = (i64, i64)>, distance: i64) -> Option<i64> {
        let above = |(x, y): (i64, i64)| {
            let columns = [x.div_euclid(CELL), (x + CELL - 1).div_euclid(CELL)];
            columns.into_iter().filter_map(|column| self.0.get(&column)).max().map(|lowest| lowest + distance - y)
        };
        cells.into_iter().filter_map(above).max()
    }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_row_stands_around_its_axis() {
        assert_eq!(across(&[2]), [-10, 0]);
        assert_eq!(across(&[2, 2]), [-25, -15, 5, 15]);
        assert_eq!(across(&[0, 1, 0]), [-5]);
        assert_eq!(across(&[]), Vec::<i64>::new());
    }

    #[test]
    fn a_rows_name_is_at_its_ends() {
        assert_eq!(ends([(0, 7), (10, 0), (20, 9)]), Some(((-5, 12), (35, 14))));
        assert_eq!(ends([]), None);
    }

    #[test]
    fn boxes_are_as_small_as_can_be() {
        assert_eq!(Bounds::around([(5, 3), (25, -4)]), Some(Bounds { left: 5, top: -4, right: 35, bottom: 13 }));
        assert_eq!(Bounds::around([]), None);
    }

    proptest! {
        /// Rows that are bent alike never meet, however wide they are and wherever their seats are.
        #[test]
        fn bent_rows_do_not_meet(bend in 0..=BENDS, half in 10_i64..2_000, a in -1.0_f64..1.0, b in -1.0_f64..1.0) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a place between the ends of a row")]
            let at = |part: f64| (part * (half - CELL) as f64) as i64;
            let near = (at(a), -towards_stage(bend, at(a), half));
            let far = (at(b), ROW - towards_stage(bend, at(b), half));
            prop_assert!(!overlap(near, far), "{near:?} {far:?}");
        }

        /// What goes down as far as the skyline says meets nothing.
        #[test]
        fn what_is_dropped_meets_nothing(
            there in proptest::collection::vec((-60_i64..60, -60_i64..60), 1..40),
            new in proptest::collection::vec((-60_i64..60, -60_i64..60), 1..20),
        ) {
            let down = Skyline::below(there.iter().copied()).drop(new.iter().copied(), ROW).unwrap_or_default();
            for cell in new {
                let moved = (cell.0, cell.1 + down);
                for known in &there {
                    prop_assert!(!overlap(moved, *known), "{moved:?} {known:?}");
                }
            }
        }
    }
}
