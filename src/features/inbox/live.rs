//! What happens to a person's notifications, and how it applies to a page of them.

use serde::{Deserialize, Serialize};

use super::model::{Counts, Inbox, Notification, Sweep};
use crate::{
    ids::{NotificationId, PersonId},
    live_events,
    realtime::live::Live,
};

/// A notification as it is now, and what there is beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// All of it.
    pub notification: Notification,
    /// Over all of the inbox.
    pub counts: Counts,
    /// The number of the newest notification.
    pub head: u64,
}

/// A notification is not in the inbox any more: deleted, put off, undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Which.
    pub id: NotificationId,
    /// Over all of the inbox.
    pub counts: Counts,
    /// The number of the newest notification.
    pub head: u64,
}

/// Something was done to all up to a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// What.
    pub what: Sweep,
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
        NotificationsSwept(Swept) = "notifications.swept", state(|swept| format!("notifications:{}", swept.what.word()));
    }
}

impl Inbox {
    fn put(&mut self, notification: &Notification) {
        self.notifications.retain(|known| known.id != notification.id);
        if self.filter.shows(notification) && notification.number >= self.floor {
            let place = self.notifications.partition_point(|known| known.number > notification.number);
            self.notifications.insert(place, notification.clone());
        }
    }

    fn sweep(&mut self, what: Sweep, up_to: u64) {
        for notification in self.notifications.iter_mut().filter(|notification| notification.number <= up_to) {
            match what {
                Sweep::Seen => notification.seen = true,
                Sweep::Read => (notification.seen, notification.read) = (true, true),
                Sweep::Clear => {}
            }
        }
        let filter = self.filter;
        let cleared = |notification: &Notification| what == Sweep::Clear && notification.number <= up_to && !notification.archived;
        self.notifications.retain(|notification| filter.shows(notification) && !cleared(notification));
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
                self.sweep(swept.what, swept.up_to);
                self.counts = swept.counts;
                self.head = self.head.max(swept.head);
            }
        }
        *self != before
    }
}
