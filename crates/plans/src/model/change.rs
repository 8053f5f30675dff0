//! What an editor does to a plan: plain functions, so that the page can show at once what the server will do.

use super::{
    Place, Plan, Row, SEATS, SECTIONS, Section,
    geometry::{BENDS, BETWEEN, Bounds, CELL, ROW, Skyline, across, towards_stage},
    section_name,
    spans::{self, Step},
};
use plenum_core::{
    error::{AppError, AppResult},
    ids::{SectionId, TicketTypeId},
};
use plenum_events::model::seat::SeatKind;

/// Seats that one change may add.
pub const AT_ONCE: usize = 1_000;
/// How many seats each row may have more than the one before it.
pub const WIDER: i64 = 6;

/// Rows to be added below those that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRows {
    /// To which section.
    pub section: SectionId,
    /// Their names, from the stage on.
    pub rows: Vec<String>,
    /// The numbers of the first row; between two groups is an aisle.
    pub groups: Vec<Vec<i64>>,
    /// From one number to the next.
    pub step: Step,
    /// Each row has so many seats more than the one before it.
    pub wider: i64,
    /// The numbers go from right to left.
    pub from_right: bool,
    /// How far the ends come towards the stage, from 0 to 3.
    pub bend: i64,
    /// What they are like.
    pub kind: SeatKind,
    /// As what they are sold.
    pub ticket_type: TicketTypeId,
}

/// Seats of a section: those with these numbers in these rows; none: all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which {
    /// Of which section.
    pub section: SectionId,
    /// In which rows.
    pub rows: Option<Vec<String>>,
    /// With which numbers.
    pub seats: Option<Vec<i64>>,
}

/// What is done to a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A section more, without seats, at the end.
    AddSection(String),
    /// A section has another name.
    Rename(SectionId, String),
    /// A section changes places with the one before it.
    MoveUp(SectionId),
    /// A section changes places with the one after it.
    MoveDown(SectionId),
    /// A section goes, with its seats.
    RemoveSection(SectionId),
    /// Rows more.
    AddRows(NewRows),
    /// Seats are of another kind, or sold as something else.
    Set(Which, Option<SeatKind>, Option<TicketTypeId>),
    /// Seats go.
    Remove(Which),
}

/// Reads what the form for new rows holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowsForm<'a> {
    /// The section's id.
    pub section: &'a str,
    /// Which rows.
    pub rows: &'a str,
    /// Which seats.
    pub seats: &'a str,
    /// Which numbers.
    pub step: &'a str,
    /// How many seats more in each row.
    pub wider: &'a str,
    /// `right`: the numbers go from there.
    pub from: &'a str,
    /// How much they are bent.
    pub bend: &'a str,
    /// What they are like.
    pub kind: &'a str,
    /// The ticket type's id.
    pub ticket_type: &'a str,
}

impl RowsForm<'_> {
    /// The change that it asks for.
    ///
    /// # Errors
    /// 422 of the field.
    pub fn read(self) -> AppResult<Change> {
        let step = Step::parse(self.step)?;
        let small = |field: &str, text: &str, most: i64| match text.trim() {
            "" => Ok(0),
            text => text
                .parse()
                .ok()
                .filter(|number| (0..=most).contains(number))
                .ok_or_else(|| AppError::invalid(field, format!("A number from 0 to {most}."))),
        };
        Ok(Change::AddRows(NewRows {
            section: section_id(self.section)?,
            rows: spans::rows(self.rows)?,
            groups: spans::seats(self.seats, step)?,
            step,
            wider: small("wider", self.wider, WIDER)?,
            from_right: self.from == "right",
            bend: small("bend", self.bend, BENDS)?,
            kind: kind(self.kind)?.unwrap_or_default(),
            ticket_type: ticket_type(self.ticket_type)?.ok_or_else(|| AppError::invalid("ticket_type", "Choose a ticket type."))?,
        }))
    }
}

/// Reads what the form for seats that are there holds: which, and what becomes of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SeatsForm<'a> {
    /// The section's id.
    pub section: &'a str,
    /// In which rows; empty: in all.
    pub rows: &'a str,
    /// With which numbers; empty: all.
    pub seats: &'a str,
    /// Which numbers.
    pub step: &'a str,
    /// What they are to be like; empty: as they are.
    pub kind: &'a str,
    /// The ticket type's id; empty: as they are.
    pub ticket_type: &'a str,
}

impl SeatsForm<'_> {
    /// These seats.
    ///
    /// # Errors
    /// 422 of the field.
    pub fn which(self) -> AppResult<Which> {
        let step = Step::parse(self.step)?;
        let rows = if self.rows.trim().is_empty() { None } else { Some(spans::rows(self.rows)?) };
        let seats = if self.seats.trim().is_empty() { None } else { Some(spans::seats(self.seats, step)?.concat()) };
        Ok(Which { section: section_id(self.section)?, rows, seats })
    }

    /// The change that sets what they are.
    ///
    /// # Errors
    /// 422 of the field.
    pub fn set(self) -> AppResult<Change> {
        let (kind, ticket_type) = (kind(self.kind)?, ticket_type(self.ticket_type)?);
        if kind.is_none() && ticket_type.is_none() {
            return Err(AppError::invalid("kind", "Choose what is to be different: the kind, the ticket type, or both."));
        }
        Ok(Change::Set(self.which()?, kind, ticket_type))
    }
}

fn section_id(text: &str) -> AppResult<SectionId> {
    text.parse().map_err(|_| AppError::invalid("section", "Choose a section."))
}

fn ticket_type(text: &str) -> AppResult<Option<TicketTypeId>> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| AppError::invalid("ticket_type", "There is no such ticket type.")),
    }
}

fn kind(word: &str) -> AppResult<Option<SeatKind>> {
    match word {
        "" => Ok(None),
        word => word.parse().map(Some).map_err(|_: strum::ParseError| AppError::invalid("kind", "There is no such kind of seat.")),
    }
}

impl Plan {
    /// The plan after `change`. It starts at zero on both axes; ticket types are not looked at.
    ///
    /// # Errors
    /// 404 for a section that is not there; 422 of what the change says.
    pub fn after(&self, change: &Change) -> AppResult<Self> {
        let mut plan = self.clone();
        match change {
            Change::AddSection(name) => plan.add_section(name)?,
            Change::Rename(section, name) => plan.rename(*section, name)?,
            Change::MoveUp(section) => plan.swap(plan.index(*section)?.checked_sub(1))?,
            Change::MoveDown(section) => plan.swap(Some(plan.index(*section)?))?,
            Change::RemoveSection(section) => drop(plan.sections.remove(plan.index(*section)?)),
            Change::AddRows(new) => plan.add_rows(new)?,
            Change::Set(which, kind, ticket_type) => plan.each(which, |row, index| {
                if let Some(place) = row.seats.get_mut(index) {
                    place.kind = kind.unwrap_or(place.kind);
                    place.ticket_type = ticket_type.unwrap_or(place.ticket_type);
                }
            })?,
            Change::Remove(which) => plan.each(which, |row, index| {
                row.seats.remove(index);
            })?,
        }
        plan.sort();
        plan.begin_at_zero();
        Ok(plan)
    }

    /// The place of a section among all.
    ///
    /// # Errors
    /// 404.
    fn index(&self, section: SectionId) -> AppResult<usize> {
        let found = self.sections.iter().position(|known| known.id == Some(section));
        found.ok_or_else(|| AppError::no_such("section"))
    }

    fn check_name(&self, name: &str, except: Option<SectionId>) -> AppResult<String> {
        let name = section_name("name", name)?;
        match self.section(&name) {
            Some(known) if except.is_none() || known.id != except => {
                Err(AppError::invalid("name", "There is a section of this name already."))
            }
            _ => Ok(name),
        }
    }

    fn add_section(&mut self, name: &str) -> AppResult<()> {
        let name = self.check_name(name, None)?;
        if self.sections.len() >= SECTIONS {
            return Err(AppError::invalid("name", format!("A plan has at most {SECTIONS} sections.")));
        }
        self.sections.push(Section { id: None, name, rows: Vec::new() });
        Ok(())
    }

    fn rename(&mut self, section: SectionId, name: &str) -> AppResult<()> {
        let (index, name) = (self.index(section)?, self.check_name(name, Some(section))?);
        if let Some(section) = self.sections.get_mut(index) {
            section.name = name;
        }
        Ok(())
    }

    /// Swaps the section at `upper` with the one after it; and where they are drawn, if one lies below the other and nothing else there.
    fn swap(&mut self, upper: Option<usize>) -> AppResult<()> {
        let at_end = || AppError::conflict("It is at the end already.");
        let upper = upper.ok_or_else(at_end)?;
        let boxed = |section: &Section| Bounds::around(section.seats().map(|place| (place.x, place.y)));
        let [first, second] = self.sections.get(upper..upper + 2).ok_or_else(at_end)? else { return Err(at_end()) };
        if let (Some(a), Some(b)) = (boxed(first), boxed(second))
            && a.bottom <= b.top
        {
            let both = a.and(b);
            let apart = |(index, section): (usize, &Section)| {
                index == upper || index == upper + 1 || boxed(section).is_none_or(|other| !other.meets(both))
            };
            if self.sections.iter().enumerate().all(apart) {
                let moves = [b.height() + b.top - a.bottom, a.top - b.top];
                for (section, down) in self.sections.iter_mut().skip(upper).zip(moves) {
                    for place in section.rows.iter_mut().flat_map(|row| &mut row.seats) {
                        place.y += down;
                    }
                }
            }
        }
        self.sections.swap(upper, upper + 1);
        Ok(())
    }

    fn add_rows(&mut self, new: &NewRows) -> AppResult<()> {
        let index = self.index(new.section)?;
        let mut rows = numbered(new)?;
        if self.len() + rows.iter().map(|row| row.seats.len()).sum::<usize>() > SEATS {
            return Err(AppError::invalid("rows", format!("A plan has at most {SEATS} seats.")));
        }
        let Some(section) = self.sections.get(index) else { return Ok(()) };
        if let Some(row) = rows.iter().find(|row| section.row(&row.name).is_some()) {
            return Err(AppError::invalid("rows", format!("There is a row {} already.", row.name)));
        }
        let own = Bounds::around(section.seats().map(|place| (place.x, place.y)));
        let all = Bounds::around(self.seats().map(|place| (place.x, place.y)));
        let axis = own.or(all).map_or(0, Bounds::axis);
        let distance = if own.is_some() { ROW } else { ROW + BETWEEN };
        let there = Skyline::below(self.seats().map(|place| (place.x, place.y)));
        let cells = rows.iter().flat_map(|row| &row.seats).map(|place| (place.x + axis, place.y));
        let down = there.drop(cells, distance).or(all.map(|all| all.bottom + BETWEEN)).unwrap_or_default();
        for place in rows.iter_mut().flat_map(|row| &mut row.seats) {
            place.x += axis;
            place.y += down;
        }
        if let Some(section) = self.sections.get_mut(index) {
            section.rows.append(&mut rows);
        }
        Ok(())
    }

    /// Does `change` to each seat that is meant, from the last to the first of its row.
    fn each(&mut self, which: &Which, mut change: impl FnMut(&mut Row, usize)) -> AppResult<()> {
        let index = self.index(which.section)?;
        let Some(section) = self.sections.get_mut(index) else { return Ok(()) };
        for name in which.rows.iter().flatten() {
            if section.row(name).is_none() {
                return Err(AppError::invalid("rows", format!("There is no row {name} in {}.", section.name)));
            }
        }
        let mut met = false;
        for row in &mut section.rows {
            if which.rows.as_ref().is_some_and(|rows| !rows.contains(&row.name)) {
                continue;
            }
            for seat in (0..row.seats.len()).rev() {
                let number = row.seats.get(seat).map(|place| place.number);
                if which.seats.as_ref().is_none_or(|seats| number.is_some_and(|number| seats.contains(&number))) {
                    met = true;
                    change(row, seat);
                }
            }
        }
        if met { Ok(()) } else { Err(AppError::invalid("seats", "There are no such seats.")) }
    }

    /// Moves all of it so that it begins at zero.
    fn begin_at_zero(&mut self) {
        let Some(bounds) = Bounds::around(self.seats().map(|place| (place.x, place.y))) else { return };
        for place in self.sections.iter_mut().flat_map(|section| &mut section.rows).flat_map(|row| &mut row.seats) {
            place.x -= bounds.left;
            place.y -= bounds.top;
        }
    }
}

/// New rows around an axis at zero, the first one at the height zero.
fn numbered(new: &NewRows) -> AppResult<Vec<Row>> {
    let mut rows: Vec<(String, Vec<Vec<i64>>)> = Vec::with_capacity(new.rows.len());
    for (index, name) in (0..).zip(&new.rows) {
        rows.push((name.clone(), widened(&new.groups, index * new.wider, new.step)?));
    }
    let count: usize = rows.iter().flat_map(|(_, groups)| groups).map(Vec::len).sum();
    if count > AT_ONCE {
        return Err(AppError::invalid("rows", format!("At most {AT_ONCE} seats at once; these are {count}.")));
    }
    let placed: Vec<Vec<i64>> = rows.iter().map(|(_, groups)| across(&groups.iter().map(Vec::len).collect::<Vec<_>>())).collect();
    let half = placed.iter().flatten().map(|x| (x + CELL / 2).abs() + CELL / 2).max().unwrap_or(CELL);
    let row = |name: String, groups: &[Vec<i64>], index: i64, across: Vec<i64>| {
        let place = |(number, x): (i64, i64)| {
            let x = if new.from_right { -x - CELL } else { x };
            let y = index * ROW - towards_stage(new.bend, x, half);
            Place { number, kind: new.kind, ticket_type: new.ticket_type, x, y }
        };
        Row { name, seats: groups.concat().into_iter().zip(across).map(place).collect() }
    };
    let numbered = rows.into_iter().zip((0..).zip(placed));
    Ok(numbered.map(|((name, groups), (index, across))| row(name, &groups, index, across)).collect())
}

/// The groups with `more` seats, shared among the first and the last of them; their numbers go on without a gap from the first one.
fn widened(groups: &[Vec<i64>], more: i64, step: Step) -> AppResult<Vec<Vec<i64>>> {
    if more == 0 {
        return Ok(groups.to_vec());
    }
    let numbers = groups.concat();
    let follows = |pair: &[i64]| pair.first().zip(pair.last()).is_some_and(|(one, next)| next - one == step.width());
    let (Some(first), true) = (numbers.first().copied(), numbers.windows(2).all(follows)) else {
        return Err(AppError::invalid("wider", "Rows can only grow if their numbers follow one another."));
    };
    let mut sizes: Vec<i64> = groups.iter().map(|group| i64::try_from(group.len()).unwrap_or(i64::MAX / 2)).collect();
    let ahead = if sizes.len() > 1 { more / 2 } else { 0 };
    if let Some(size) = sizes.first_mut() {
        *size += ahead;
    }
    if let Some(size) = sizes.last_mut() {
        *size += more - ahead;
    }
    let mut next = first;
    let group = |size: i64| {
        let numbers: Vec<i64> = (0..size).map(|index| next + index * step.width()).collect();
        next += size * step.width();
        numbers
    };
    let groups: Vec<Vec<i64>> = sizes.into_iter().map(group).collect();
    if next - step.width() > super::NUMBER {
        return Err(AppError::invalid("wider", format!("The numbers would go beyond {}.", super::NUMBER)));
    }
    Ok(groups)
}

#[cfg(test)]
mod tests;
