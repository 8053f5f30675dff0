//! How live events apply to the list of conversations.

use super::{PersonEvent, replace_cards, update_blocked, update_cards};
use crate::model::Sidebar;
use plenum_core::{
    ids::{ConversationId, PersonId},
    live::Live,
};
use plenum_directory::live::OrganisationEvent;

/// What an event changed in the sidebar.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SidebarTouched {
    /// Lines whose content changed.
    pub lines: Vec<ConversationId>,
    /// Lines came or went.
    pub membership: bool,
    /// Whom the viewer has blocked.
    pub blocked: bool,
}

impl Live<PersonEvent> for Sidebar {
    type Touched = SidebarTouched;

    fn apply(&mut self, _viewer: PersonId, event: &PersonEvent) -> SidebarTouched {
        match event {
            PersonEvent::HeadMoved(head) => {
                let Some(line) = self.lines.get_mut(&head.conversation) else { return SidebarTouched::default() };
                // A head may overtake another one; the same number again is an edit of the last message.
                if head.head < line.head {
                    return SidebarTouched::default();
                }
                line.head = head.head;
                line.last.clone_from(&head.last);
                line.gone.clone_from(&head.gone);
                line.conversation.name.clone_from(&head.name);
                line.conversation.topic.clone_from(&head.topic);
                touched_line(head.conversation)
            }
            PersonEvent::ConversationAdded(line) => {
                let id = line.conversation.id;
                let mut line = line.clone();
                update_cards(line.others.iter_mut(), &self.renamed);
                let known = self.lines.get(&id);
                let membership = known.is_none();
                if let Some(known) = known.filter(|known| known.head >= line.head) {
                    line.head = known.head;
                    line.last.clone_from(&known.last);
                    line.gone.clone_from(&known.gone);
                }
                self.lines.insert(id, line);
                SidebarTouched { lines: vec![id], membership, ..SidebarTouched::default() }
            }
            PersonEvent::ConversationLeft(left) => {
                let known = self.lines.remove(&left.conversation).is_some();
                SidebarTouched { membership: known, ..SidebarTouched::default() }
            }
            PersonEvent::OwnChanged(change) => match self.lines.get_mut(&change.conversation) {
                Some(line) => {
                    line.own = change.own;
                    touched_line(change.conversation)
                }
                None => SidebarTouched::default(),
            },
            PersonEvent::BlockChanged(change) => {
                SidebarTouched { blocked: update_blocked(&mut self.blocked, *change), ..SidebarTouched::default() }
            }
        }
    }
}

fn touched_line(id: ConversationId) -> SidebarTouched {
    SidebarTouched { lines: vec![id], ..SidebarTouched::default() }
}

impl Live<OrganisationEvent> for Sidebar {
    type Touched = SidebarTouched;

    fn apply(&mut self, _viewer: PersonId, event: &OrganisationEvent) -> SidebarTouched {
        let OrganisationEvent::PersonChanged(card) = event else { return SidebarTouched::default() };
        let mut touched = SidebarTouched::default();
        self.renamed.insert(card.id, card.clone());
        for (id, line) in self.lines.iter_mut() {
            let authors = line.last.iter_mut().map(|last| &mut last.author);
            if replace_cards(line.others.iter_mut().chain(authors), card) {
                touched.lines.push(*id);
            }
        }
        touched
    }
}
