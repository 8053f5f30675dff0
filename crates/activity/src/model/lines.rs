//! How items become lines: five who join the same room within the hour are one line. It is computed from the items where they are shown, so
//! that a feed that was followed and one that was read anew are the same.

use plenum_core::{
    activity::{Item, Verb},
    ids::{ActivityId, Millis},
    people::PersonCard,
    time::Zone,
};

/// What comes later than this after its neighbour is a line of its own.
const WINDOW: Millis = 3_600_000;

/// One item, or several that say the same of several people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The newest first; at least one.
    pub items: Vec<Item>,
}

/// The lines of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Its number in the viewer's zone.
    pub number: i32,
    /// An instant of it.
    pub at: Millis,
    /// The newest first.
    pub lines: Vec<Line>,
}

/// Whose names a line gathers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gathers {
    /// Those who did the same thing.
    Actors,
    /// Those to whom one person did it.
    Abouts,
    /// Each stands alone.
    Nobody,
}

fn gathers(verb: Verb) -> Gathers {
    match verb {
        Verb::MemberJoined | Verb::MemberLeft | Verb::PersonRegistered => Gathers::Actors,
        Verb::MemberInvited | Verb::MemberRemoved => Gathers::Abouts,
        _ => Gathers::Nobody,
    }
}

/// True if `older` belongs into the line that ends with `newer`.
fn joins(newer: &Item, older: &Item) -> bool {
    let same_place = newer.verb() == older.verb() && newer.conversation == older.conversation;
    // Whoever registers is themselves what it is done to.
    let same_subject = newer.verb() == Verb::PersonRegistered || newer.subject == older.subject;
    let same_people = match gathers(newer.verb()) {
        Gathers::Actors => true,
        Gathers::Abouts => newer.actor.as_ref().map(|card| card.id) == older.actor.as_ref().map(|card| card.id),
        Gathers::Nobody => false,
    };
    same_place && same_subject && same_people && newer.at - older.at <= WINDOW
}

/// The lines of `items`, which are the newest first.
pub fn lines(items: &[Item]) -> Vec<Line> {
    items.chunk_by(joins).map(|items| Line { items: items.to_vec() }).collect()
}

/// The same by days of `zone`: a line does not go over midnight. No day comes twice, even if the clock was set back.
pub fn days(items: &[Item], zone: &Zone) -> Vec<Day> {
    let mut days: Vec<(i32, Vec<Item>)> = Vec::new();
    for item in items {
        let number = zone.day_number(item.at);
        match days.last_mut().filter(|(day, _)| number >= *day) {
            Some((_, items)) => items.push(item.clone()),
            None => days.push((number, vec![item.clone()])),
        }
    }
    let day = |(number, items): (i32, Vec<Item>)| items.first().map(|first| Day { number, at: first.at, lines: lines(&items) });
    days.into_iter().filter_map(day).collect()
}

impl Line {
    /// The newest of it, which says what the line says.
    pub fn newest(&self) -> Option<&Item> {
        self.items.first()
    }

    /// What stays the same while others join it.
    pub fn key(&self) -> ActivityId {
        self.items.last().map_or(ActivityId(0), |oldest| oldest.id)
    }

    /// Those who did it, each once, who came last first.
    pub fn actors(&self) -> Vec<PersonCard> {
        distinct(self.items.iter().filter_map(|item| item.actor.as_ref()))
    }

    /// Those whom it is about, likewise.
    pub fn abouts(&self) -> Vec<PersonCard> {
        distinct(self.items.iter().filter_map(|item| item.about.as_ref()))
    }
}

fn distinct<'a>(cards: impl Iterator<Item = &'a PersonCard>) -> Vec<PersonCard> {
    let mut people: Vec<PersonCard> = Vec::new();
    for card in cards {
        if !people.iter().any(|known| known.id == card.id) {
            people.push(card.clone());
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use plenum_core::{
        activity::{Record, Subject},
        ids::{ConversationId, PersonId},
    };

    const RENAMED: Record = Record::ConversationChanged { from: None, topic: None };

    fn card(id: i64) -> PersonCard {
        PersonCard { id: PersonId(id), name: format!("Person {id}"), hue: 0 }
    }

    fn item(id: i64, minute: i64, record: Record, actor: i64, about: Option<i64>, room: i64) -> Item {
        Item {
            id: ActivityId(id),
            at: minute * 60_000,
            record,
            actor: Some(card(actor)),
            about: about.map(card),
            subject: Subject::named(room, &format!("Room {room}")),
            conversation: Some(ConversationId(room)),
        }
    }

    /// The ids of the lines' items.
    fn ids(lines: &[Line]) -> Vec<Vec<i64>> {
        lines.iter().map(|line| line.items.iter().map(|item| item.id.0).collect()).collect()
    }

    #[test]
    fn the_same_of_several_people_is_one_line() {
        let joined = |id, minute, actor, room| item(id, minute, Record::MemberJoined, actor, None, room);
        let items =
            [joined(6, 80, 5, 1), joined(5, 75, 4, 1), joined(4, 70, 3, 2), joined(3, 65, 3, 1), joined(2, 64, 2, 1), joined(1, 0, 1, 1)];
        assert_eq!(ids(&lines(&items)), [vec![6, 5], vec![4], vec![3, 2], vec![1]], "another room ends a line, and so does an hour");
        let first = &lines(&items)[0];
        assert_eq!(first.actors().iter().map(|card| card.id.0).collect::<Vec<_>>(), [5, 4]);
        assert_eq!(first.key(), ActivityId(5));
    }

    #[test]
    fn what_one_person_does_to_several_is_one_line() {
        let added = |id, actor, about| item(id, id, Record::MemberInvited, actor, Some(about), 1);
        assert_eq!(ids(&lines(&[added(4, 2, 6), added(3, 1, 5), added(2, 1, 4), added(1, 1, 3)])), [vec![4], vec![3, 2, 1]]);
        let renamed = |id| item(id, id, RENAMED, 1, None, 1);
        assert_eq!(ids(&lines(&[renamed(2), renamed(1)])), [vec![2], vec![1]]);
    }

    #[test]
    fn a_line_does_not_go_over_midnight() {
        let joined = |id, minute| item(id, minute, Record::MemberJoined, id, None, 1);
        let days = days(&[joined(3, 1_445), joined(2, 1_441), joined(1, 1_439)], &Zone::default());
        let of_days: Vec<_> = days.iter().map(|day| ids(&day.lines)).collect();
        assert_eq!(of_days, [vec![vec![3, 2]], vec![vec![1]]]);
        // A clock that was set back makes no second day of the same number.
        let numbers: Vec<i32> =
            super::days(&[joined(3, 1_439), joined(2, 1_445), joined(1, 0)], &Zone::default()).iter().map(|day| day.number).collect();
        assert_eq!(numbers.len(), 1);
    }

    proptest! {
        /// Whatever happens: each item is in one line, in order, and a line says one thing.
        #[test]
        fn lines_are_the_items_again(happened in proptest::collection::vec((0..40_i64, 0..4_usize, 1..4_i64, 1..4_i64, 1..3_i64), 0..40)) {
            let records = [Record::MemberJoined, Record::MemberInvited, RENAMED, Record::PersonRegistered { invitation: None }];
            let mut minute = 10_000;
            let items: Vec<Item> = happened.into_iter().zip((1..).map(|back: i64| 1_000 - back)).map(|((pause, record, actor, about, room), id)| {
                minute -= pause;
                item(id, minute, records[record].clone(), actor, Some(about), room)
            }).collect();
            let lines = lines(&items);
            let again: Vec<Item> = lines.iter().flat_map(|line| line.items.clone()).collect();
            prop_assert_eq!(&again, &items);
            for line in &lines {
                let newest = line.newest().unwrap();
                prop_assert!(line.items.iter().all(|item| item.verb() == newest.verb()));
            }
            let by_day: Vec<Item> = days(&items, &Zone::default()).into_iter().flat_map(|day| day.lines).flat_map(|line| line.items).collect();
            prop_assert_eq!(by_day, items);
        }
    }
}
