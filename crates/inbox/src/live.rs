//! What happens to a person's notifications, and how it applies to the pages that show them.

use serde::{Deserialize, Serialize};

use super::model::{Away, BulkAction, Inbox, Notification, Preferences};
use plenum_core::counts::Counts;
use plenum_core::{
    ids::{Millis, NotificationId, PersonId},
    live::Live,
    live_events,
};

/// A notification as it is now, and what there is beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// All of it.
    pub notification: Notification,
    /// When it was read, if it was: what was read before its person came back stands apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Millis>,
    /// Over all of the inbox.
    pub counts: Counts,
    /// The number of the newest notification.
    pub head: u64,
}

/// A notification is not in the inbox any more: deleted, put off, undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    pub id: NotificationId,
    /// Over all of the inbox.
    pub counts: Counts,
    /// The number of the newest notification.
    pub head: u64,
}

/// Something was done to all from behind one number up to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// What.
    pub what: BulkAction,
    /// What has this number or a lower one stays as it is.
    pub after: u64,
    /// Up to here; what is newer stays as it is (I11).
    pub up_to: u64,
    /// Over all of the inbox.
    pub counts: Counts,
    /// The number of the newest notification.
    pub head: u64,
}

live_events! {
    /// What a person's tabs are told of their inbox.
    pub enum InboxEvent on Channel::Person(PersonId) {
        #[doc = "Something concerns the person; or it does so again, under a higher number."]
        NotificationCreated(Changed) = "notification.created", state(|changed| format!("notification:{}", changed.notification.id));
        #[doc = "A notification was read, put away or taken back, or what it says has changed."]
        NotificationChanged(Changed) = "notification.changed", state(|changed| format!("notification:{}", changed.notification.id));
        #[doc = "A notification is no longer there: deleted, put off, or what it was about was undone."]
        NotificationRemoved(Gone) = "notification.removed", state(|gone| format!("notification:{}", gone.id));
        #[doc = "All up to a number were seen or read, or cleared away."]
        NotificationsSwept(Swept) = "notifications.swept", fact;
        #[doc = "How the person wants to be told is another now."]
        PreferencesChanged(Preferences) = "preferences.changed", state(|_| "preferences".to_owned());
    }
}

impl Swept {
    /// It is about this notification too.
    fn meets(&self, notification: &Notification) -> bool {
        notification.number > self.after && notification.number <= self.up_to
    }

    fn mark(&self, notification: &mut Notification) {
        match self.what {
            BulkAction::Seen => notification.seen = true,
            BulkAction::Read => (notification.seen, notification.read) = (true, true),
            BulkAction::Clear => {}
        }
    }
}

/// Puts a notification where its number belongs, in place of what it was.
fn place(notifications: &mut Vec<Notification>, notification: &Notification, shown: bool) {
    notifications.retain(|known| known.id != notification.id);
    if shown {
        let place = notifications.partition_point(|known| known.number > notification.number);
        notifications.insert(place, notification.clone());
    }
}

impl Inbox {
    fn put(&mut self, notification: &Notification) {
        let shown = self.filter.shows(notification) && notification.number >= self.floor;
        place(&mut self.notifications, notification, shown);
    }

    fn sweep(&mut self, swept: &Swept) {
        for notification in self.notifications.iter_mut().filter(|notification| swept.meets(notification)) {
            swept.mark(notification);
        }
        let filter = self.filter;
        let cleared = |notification: &Notification| swept.what == BulkAction::Clear && swept.meets(notification) && !notification.archived;
        self.notifications.retain(|notification| filter.shows(notification) && !cleared(notification));
    }

    /// Takes the first page as it is now; what was loaded below stays, if nothing is missing in between.
    pub fn refresh(&mut self, fresh: Self) {
        let older = std::mem::replace(self, fresh);
        if self.filter == older.filter && older.floor < self.floor && older.head + 1 >= self.floor {
            self.append(older);
        }
    }

    /// Adds the page of older ones that was asked for.
    pub fn append(&mut self, older: Self) {
        let floor = self.floor;
        self.notifications.extend(older.notifications.into_iter().filter(|notification| notification.number < floor));
        self.floor = older.floor;
    }
}

impl Live<InboxEvent> for Inbox {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &InboxEvent) -> bool {
        let before = self.clone();
        match event {
            InboxEvent::NotificationCreated(changed) | InboxEvent::NotificationChanged(changed) => {
                self.put(&changed.notification);
                self.counts = changed.counts;
                self.head = self.head.max(changed.head);
            }
            InboxEvent::NotificationRemoved(gone) => {
                self.notifications.retain(|known| known.id != gone.id);
                self.counts = gone.counts;
                self.head = self.head.max(gone.head);
            }
            InboxEvent::NotificationsSwept(swept) => {
                self.sweep(swept);
                self.counts = swept.counts;
                self.head = self.head.max(swept.head);
            }
            InboxEvent::PreferencesChanged(_) => {}
        }
        *self != before
    }
}

impl Live<InboxEvent> for Away {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &InboxEvent) -> bool {
        let before = self.clone();
        match event {
            InboxEvent::NotificationCreated(Changed { notification, read_at, counts, head })
            | InboxEvent::NotificationChanged(Changed { notification, read_at, counts, head }) => {
                let shown = self.shows(notification);
                place(&mut self.notifications, notification, shown);
                // What is read from now on is read here, also where it was unread in between: a replay may skip that.
                let back = self.absence.map_or(Millis::MIN, |absence| absence.back);
                if read_at.is_none_or(|at| at > back) {
                    self.handled.retain(|id| *id != notification.id);
                }
                (self.counts, self.head) = (*counts, self.head.max(*head));
            }
            InboxEvent::NotificationRemoved(gone) => {
                self.notifications.retain(|known| known.id != gone.id);
                (self.counts, self.head) = (gone.counts, self.head.max(gone.head));
            }
            InboxEvent::NotificationsSwept(swept) => {
                for notification in self.notifications.iter_mut().filter(|notification| swept.meets(notification)) {
                    swept.mark(notification);
                }
                self.notifications.retain(|notification| swept.what != BulkAction::Clear || !swept.meets(notification));
                (self.counts, self.head) = (swept.counts, self.head.max(swept.head));
            }
            InboxEvent::PreferencesChanged(_) => {}
        }
        *self != before
    }
}

impl Live<InboxEvent> for Preferences {
    /// They are others now.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &InboxEvent) -> bool {
        let InboxEvent::PreferencesChanged(changed) = event else { return false };
        let touched = self != changed;
        self.clone_from(changed);
        touched
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Category, Filter, Folder};

    fn inbox(numbers: impl IntoIterator<Item = u64>, floor: u64) -> Inbox {
        let notifications = numbers.into_iter().map(|number| Notification {
            id: NotificationId(i64::try_from(number).unwrap()),
            number,
            category: Category::Mentions,
            title: String::new(),
            text: String::new(),
            link: "/".to_owned(),
            place: String::new(),
            actor: None,
            count: 1,
            at: 0,
            seen: false,
            read: false,
            archived: false,
        });
        let notifications: Vec<Notification> = notifications.collect();
        let head = notifications.first().map_or(0, |newest| newest.number);
        Inbox { notifications, floor, head, ..Inbox::default() }
    }

    fn numbers(inbox: &Inbox) -> Vec<u64> {
        inbox.notifications.iter().map(|known| known.number).collect()
    }

    /// A page that was asked for anew does not jump: what was loaded below stays, what has gone is gone.
    #[test]
    fn what_was_loaded_below_stays() {
        let mut shown = inbox((1..=9).rev(), 0);
        shown.refresh(inbox([11, 10, 9, 7], 7));
        assert_eq!((numbers(&shown), shown.floor), (vec![11, 10, 9, 7, 6, 5, 4, 3, 2, 1], 0));
        let mut first = inbox([9, 8], 8);
        first.refresh(inbox([12, 11, 10], 10));
        assert_eq!((numbers(&first), first.floor), (vec![12, 11, 10, 9, 8], 8));
        let mut gap = inbox([9, 8], 8);
        gap.refresh(inbox([14, 13, 12], 12));
        assert_eq!((numbers(&gap), gap.floor), (vec![14, 13, 12], 12), "10 and 11 are not known: the older ones are to be loaded again");
        let mut all = inbox([9, 8], 8);
        all.refresh(inbox([9, 3], 0));
        assert_eq!((numbers(&all), all.floor), (vec![9, 3], 0));
        let mut other = inbox([9, 8], 8);
        other.refresh(Inbox { filter: Filter { shelf: Folder::Archive, category: None }, ..inbox([4], 4) });
        assert_eq!(numbers(&other), [4], "another filter is another list");
    }
}
