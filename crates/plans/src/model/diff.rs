//! What has to be done to a stored plan to make another of it, and no more: a change of three seats writes three rows.

use std::collections::{BTreeMap, BTreeSet};

use super::{Place, Plan, Section};
use plenum_core::ids::SectionId;

/// A seat, by the name of its section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    /// The section's name in the new plan.
    pub section: String,
    /// The row.
    pub row: String,
    /// The seat as it is to be.
    pub place: Place,
}

/// The way from one plan to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diff {
    /// Sections that go; their seats are among [`removed`](Self::removed).
    pub gone: Vec<SectionId>,
    /// All sections of the new plan in their order, if any is new or has another name or place.
    pub sections: Option<Vec<(Option<SectionId>, String)>>,
    /// Sections that are drawn elsewhere as a whole: how far to the right, how far down.
    pub moved: Vec<(SectionId, i64, i64)>,
    /// Seats that go, by section and row.
    pub removed: BTreeMap<(SectionId, String), Vec<i64>>,
    /// Seats that are there and are to be sold as something else, by section and row.
    pub retyped: BTreeMap<(SectionId, String), Vec<i64>>,
    /// Seats that are new, or of another kind or ticket type, or elsewhere after their section has moved.
    pub put: Vec<Put>,
}

impl Diff {
    /// Nothing is to be done.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Rows that it writes.
    pub fn len(&self) -> usize {
        self.put.len() + self.removed.values().map(Vec::len).sum::<usize>()
    }

    /// From the stored plan `before` to `after`. A section of `after` whose id is not there is a new one.
    pub fn between(before: &Plan, after: &Plan) -> Self {
        let known: BTreeMap<SectionId, &Section> = before.sections.iter().filter_map(|section| Some((section.id?, section))).collect();
        let listed = |plan: &Plan| -> Vec<(Option<SectionId>, String)> {
            plan.sections.iter().map(|section| (section.id.filter(|id| known.contains_key(id)), section.name.clone())).collect()
        };
        let sections = listed(after);
        let stay: BTreeSet<SectionId> = sections.iter().filter_map(|(id, _)| *id).collect();
        let mut diff = Self { gone: known.keys().filter(|id| !stay.contains(id)).copied().collect(), ..Self::default() };
        for id in &diff.gone {
            if let Some(section) = known.get(id) {
                for row in &section.rows {
                    diff.removed.insert((*id, row.name.clone()), row.seats.iter().map(|place| place.number).collect());
                }
            }
        }
        for section in &after.sections {
            match section.id.and_then(|id| Some((id, known.get(&id)?))) {
                Some((id, old)) => diff.within(id, old, section),
                None => diff.add(section),
            }
        }
        diff.sections = Some(sections).filter(|sections| *sections != listed(before));
        diff
    }

    fn add(&mut self, section: &Section) {
        for row in &section.rows {
            self.put.extend(row.seats.iter().map(|place| Put { section: section.name.clone(), row: row.name.clone(), place: *place }));
        }
    }

    fn within(&mut self, id: SectionId, old: &Section, new: &Section) {
        let seats = |section: &Section| -> BTreeMap<(String, i64), Place> {
            let of_row = |row: &super::Row| row.seats.iter().map(|place| ((row.name.clone(), place.number), *place)).collect::<Vec<_>>();
            section.rows.iter().flat_map(of_row).collect()
        };
        let (old, now) = (seats(old), seats(new));
        let mut ways = now.iter().filter_map(|(key, place)| old.get(key).map(|known| (place.x - known.x, place.y - known.y)));
        let way = ways.next().filter(|way| *way != (0, 0) && ways.all(|other| other == *way)).unwrap_or_default();
        if way != (0, 0) {
            self.moved.push((id, way.0, way.1));
        }
        for ((row, number), known) in &old {
            match now.get(&(row.clone(), *number)) {
                None => self.removed.entry((id, row.clone())).or_default().push(*number),
                Some(place) if place.ticket_type != known.ticket_type => {
                    self.retyped.entry((id, row.clone())).or_default().push(*number);
                }
                Some(_) => {}
            }
        }
        for ((row, number), place) in now {
            let as_it_is = old.get(&(row.clone(), number)).map(|known| Place { x: known.x + way.0, y: known.y + way.1, ..*known });
            if as_it_is != Some(place) {
                self.put.push(Put { section: new.name.clone(), row, place });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{
        Row,
        testing::{any_changes, store, with},
    };

    /// Does to a plan what a diff says, as the database does.
    fn apply(before: &Plan, diff: &Diff) -> Plan {
        let mut plan = before.clone();
        for section in &mut plan.sections {
            let way = diff.moved.iter().find(|(id, ..)| section.id == Some(*id));
            for row in &mut section.rows {
                let removed = section.id.and_then(|id| diff.removed.get(&(id, row.name.clone())));
                row.seats.retain(|place| removed.is_none_or(|removed| !removed.contains(&place.number)));
                for place in &mut row.seats {
                    place.x += way.map_or(0, |way| way.1);
                    place.y += way.map_or(0, |way| way.2);
                }
            }
        }
        plan.sections.retain(|section| section.id.is_none_or(|id| !diff.gone.contains(&id)));
        if let Some(sections) = &diff.sections {
            let old = std::mem::take(&mut plan.sections);
            for (id, name) in sections {
                let rows = old.iter().find(|section| id.is_some() && section.id == *id).map(|section| section.rows.clone());
                plan.sections.push(Section { id: *id, name: name.clone(), rows: rows.unwrap_or_default() });
            }
        }
        for put in &diff.put {
            let section = plan.sections.iter_mut().find(|section| section.name == put.section).unwrap();
            if section.row(&put.row).is_none() {
                section.rows.push(Row { name: put.row.clone(), seats: Vec::new() });
            }
            let row = section.rows.iter_mut().find(|row| row.name == put.row).unwrap();
            row.seats.retain(|place| place.number != put.place.number);
            row.seats.push(put.place);
        }
        plan.sort();
        plan
    }

    proptest! {
        /// What a diff says leads from any plan to any other, and back again: that is how a change is undone.
        #[test]
        fn a_diff_leads_there_and_back(first in any_changes(), then in any_changes()) {
            let step = |plan: Plan, changes: Vec<_>| changes.iter().fold(plan, |plan, change| plan.after(change).map(store).unwrap_or(plan));
            let before = step(with(&[]), first);
            let after = step(before.clone(), then);
            let there = Diff::between(&before, &after);
            let reached = apply(&before, &there);
            prop_assert_eq!(names(&reached), names(&after));
            let reached = store(reached);
            let back = apply(&reached, &Diff::between(&reached, &before));
            prop_assert_eq!(names(&back), names(&before));
            prop_assert!(Diff::between(&before, &before).is_empty());
        }
    }

    /// Sections that went and came back have other ids.
    fn names(plan: &Plan) -> Vec<(String, Vec<Row>)> {
        plan.sections.iter().map(|section| (section.name.clone(), section.rows.clone())).collect()
    }

    #[test]
    fn a_small_change_is_a_small_diff() {
        use crate::model::change::{Change, RowsForm, SeatsForm};
        let form = |rows: &'static str, seats: &'static str| RowsForm {
            section: "1",
            rows,
            seats,
            step: "each",
            ticket_type: "1",
            ..RowsForm::default()
        };
        let plan = with(&[form("A–J", "1–20")]);
        let wheelchair = SeatsForm { section: "1", rows: "J", seats: "1–2", step: "each", kind: "accessible", ticket_type: "" };
        let set = Diff::between(&plan, &plan.after(&wheelchair.set().unwrap()).unwrap());
        assert_eq!((set.len(), set.retyped.len(), set.moved.len()), (2, 0, 0));
        let wide = Diff::between(&plan, &plan.after(&form("K", "1–30").read().unwrap()).unwrap());
        assert_eq!((wide.len(), wide.moved.len()), (30, 1), "all others move as one");
        let gone = Diff::between(&plan, &plan.after(&Change::Remove(wheelchair.which().unwrap())).unwrap());
        assert_eq!((gone.len(), gone.removed.len()), (2, 1));
    }
}
