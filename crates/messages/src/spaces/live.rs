//! Who joins and leaves a space.

use serde::{Deserialize, Serialize};

use super::model::{NAMED, Roll, SpaceMember};
use plenum_core::{
    ids::{PersonId, SpaceId},
    live::Live,
    live_events,
};

/// Somebody who has joined, has become staff or is so no longer, or has left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberChanged {
    /// Who, as they are now or were last.
    pub member: SpaceMember,
    /// How many are in the space now.
    pub count: i64,
}

fn key(changed: &MemberChanged) -> String {
    format!("member:{}", changed.member.card.id)
}

live_events! {
    /// What its members are told of a space.
    pub enum SpaceEvent on Channel::Space(SpaceId) {
        #[doc = "Somebody is in it, as they are now."]
        MemberJoined(MemberChanged) = "member.joined", state(key);
        #[doc = "Somebody is in it no longer."]
        MemberLeft(MemberChanged) = "member.left", state(key);
    }
}

impl Live<SpaceEvent> for Roll {
    /// It has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &SpaceEvent) -> bool {
        let before = self.clone();
        let (changed, joined) = match event {
            SpaceEvent::MemberJoined(changed) => (changed, true),
            SpaceEvent::MemberLeft(changed) => (changed, false),
        };
        self.count = changed.count;
        if changed.count > NAMED {
            self.members.clear();
        } else {
            let id = changed.member.card.id;
            let place = self.members.partition_point(|known| known.card.id < id);
            if self.members.get(place).is_some_and(|known| known.card.id == id) {
                self.members.remove(place);
            }
            if joined {
                self.members.insert(place, changed.member.clone());
            }
        }
        *self != before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::people::PersonCard;

    fn changed(id: i64, count: i64) -> MemberChanged {
        let card = PersonCard { id: PersonId(id), name: format!("Person {id}"), hue: 0 };
        MemberChanged { member: SpaceMember { card, staff: false }, count }
    }

    /// Applied again nothing changes; of too many there is only a number.
    #[test]
    fn a_roll_follows_who_comes_and_goes() {
        let mut roll = Roll::default();
        for (id, count) in [(4, 1), (2, 2)] {
            assert!(roll.apply(PersonId(1), &SpaceEvent::MemberJoined(changed(id, count))));
        }
        assert!(!roll.apply(PersonId(1), &SpaceEvent::MemberJoined(changed(2, 2))));
        assert_eq!(roll.members.iter().map(|member| member.card.id.0).collect::<Vec<_>>(), [2, 4]);
        roll.apply(PersonId(1), &SpaceEvent::MemberLeft(changed(4, 1)));
        assert_eq!((roll.members.len(), roll.count), (1, 1));
        roll.apply(PersonId(1), &SpaceEvent::MemberJoined(changed(5, NAMED + 1)));
        assert_eq!((roll.members.len(), roll.count), (0, NAMED + 1));
    }
}
