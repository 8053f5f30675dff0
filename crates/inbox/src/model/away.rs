//! What came while a person was away.

use serde::{Deserialize, Serialize};

use super::{Category, Notification};
use plenum_core::counts::Counts;
use plenum_core::ids::{Millis, NotificationId};

/// Notifications that the page shows at the most.
pub const MOST: usize = 100;

/// When somebody was away for long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// They were here until then.
    pub since: Millis,
    /// They came back then.
    pub back: Millis,
}

/// What has come since they went, as it is now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Nothing, if they have not been away for long.
    pub absence: Option<Absence>,
    /// The number of the newest notification when they went.
    pub after: u64,
    /// What has come since, the highest number first, without what was put away.
    pub notifications: Vec<Notification>,
    /// All from this number on is here; 0: all there is.
    pub floor: u64,
    /// What was read before they came back: on a telephone, by a program.
    pub handled: Vec<NotificationId>,
    /// Over all of the inbox.
    pub counts: Counts,
    /// The number of the newest notification there was.
    pub head: u64,
}

/// What happened in one place, or is of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What tells it from the others.
    pub key: String,
    /// What stands above it.
    pub heading: Heading,
    /// The highest number first.
    pub notifications: Vec<Notification>,
}

/// What stands above a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading {
    /// A conversation.
    Place {
        name: String,
        /// Where it is.
        link: String,
    },
    /// What has no place of its own.
    Category(Category),
}

impl Group {
    /// Those of its notifications that were not read.
    pub fn unread(&self) -> usize {
        self.notifications.iter().filter(|notification| !notification.read).count()
    }

    /// How many things it stands for.
    pub fn things(&self) -> usize {
        self.notifications.iter().map(|notification| notification.count as usize).sum()
    }
}

impl Away {
    /// This notification belongs here.
    pub fn shows(&self, notification: &Notification) -> bool {
        !notification.archived && notification.number > self.after && notification.number >= self.floor
    }

    /// What was left for them, by place; what has the newest comes first.
    pub fn groups(&self) -> Vec<Group> {
        grouped(self.notifications.iter().filter(|notification| !self.handled.contains(&notification.id)))
    }

    /// What was read before they came back.
    pub fn read_elsewhere(&self) -> Vec<&Notification> {
        self.notifications.iter().filter(|notification| self.handled.contains(&notification.id)).collect()
    }

    /// Up to here everything is on the page; what is newer was not shown (I11).
    pub fn newest(&self) -> u64 {
        self.notifications.first().map_or(self.after, |newest| newest.number)
    }

    /// From behind this number on everything is on the page.
    pub fn before_oldest(&self) -> u64 {
        self.after.max(self.floor.saturating_sub(1))
    }
}

/// Puts together what happened in one place, in the order in which the places first come up.
pub fn grouped<'a>(notifications: impl IntoIterator<Item = &'a Notification>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for notification in notifications {
        let (key, heading) = whereabouts(notification);
        match groups.iter_mut().find(|group| group.key == key) {
            Some(group) => group.notifications.push(notification.clone()),
            None => groups.push(Group { key, heading, notifications: vec![notification.clone()] }),
        }
    }
    groups
}

fn whereabouts(notification: &Notification) -> (String, Heading) {
    let Notification { place, link, category, .. } = notification;
    if place.is_empty() {
        return (category.into_str().to_owned(), Heading::Category(*category));
    }
    let link = link.split(['?', '#']).next().unwrap_or_default().to_owned();
    (link.clone(), Heading::Place { name: place.clone(), link })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(number: u64, category: Category, place: &str, link: &str) -> Notification {
        Notification {
            id: NotificationId(i64::try_from(number).unwrap()),
            number,
            category,
            title: format!("news {number}"),
            text: String::new(),
            link: link.to_owned(),
            place: place.to_owned(),
            actor: None,
            count: 1,
            at: 0,
            seen: false,
            read: false,
            archived: false,
        }
    }

    fn away() -> Away {
        let notifications = vec![
            told(9, Category::Mentions, "General", "/messages/1?m=7"),
            told(8, Category::Announcements, "", "/inbox"),
            told(7, Category::Replies, "General", "/messages/1?m=5"),
            told(6, Category::Messages, "Ines Moreau", "/messages/4?m=2"),
        ];
        Away { after: 5, notifications, handled: vec![NotificationId(6)], head: 9, ..Away::default() }
    }

    #[test]
    fn what_happened_in_one_place_stands_together() {
        let keys: Vec<(String, usize)> = away().groups().iter().map(|group| (group.key.clone(), group.notifications.len())).collect();
        assert_eq!(keys, [("/messages/1".to_owned(), 2), ("announcements".to_owned(), 1)]);
        let [general, news] = &away().groups()[..] else { panic!("two groups") };
        assert_eq!(general.heading, Heading::Place { name: "General".to_owned(), link: "/messages/1".to_owned() });
        assert_eq!((general.unread(), general.things()), (2, 2));
        assert_eq!(news.heading, Heading::Category(Category::Announcements));
        assert_eq!(away().read_elsewhere().len(), 1, "what was read elsewhere stands apart");
    }

    /// I11: "these" are those on the page, and none before or after them.
    #[test]
    fn these_are_those_on_the_page() {
        let away = away();
        assert_eq!((away.before_oldest(), away.newest()), (5, 9));
        let cut = Away { floor: 7, ..away.clone() };
        assert_eq!((cut.before_oldest(), cut.newest()), (6, 9));
        assert!(!cut.shows(&told(6, Category::Messages, "", "/")) && cut.shows(&told(7, Category::Messages, "", "/")));
        assert!(!away.shows(&told(5, Category::Messages, "", "/")), "it came before they went");
        assert_eq!(Away { after: 3, ..Away::default() }.newest(), 3, "nothing is nothing");
    }
}
