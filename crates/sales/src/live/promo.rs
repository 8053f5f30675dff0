//! What those who run an event are told of its promo codes.

use crate::model::promo::{Promo, Promos};
use plenum_core::{
    ids::{PersonId, SpaceId},
    live::Live,
    live_events,
};

live_events! {
    /// What happens to the promo codes of an event, for its staff.
    pub enum PromoEvent on Channel::SpaceStaff(SpaceId) {
        #[doc = "A promo code as it is now: it was made, used in a paid order, or ended."]
        PromoChanged(Promo) = "promo.changed", state(|promo| format!("promo:{}", promo.id));
    }
}

impl Live<PromoEvent> for Promos {
    /// Something that is shown has changed.
    type Touched = bool;

    fn apply(&mut self, _: PersonId, event: &PromoEvent) -> bool {
        let PromoEvent::PromoChanged(changed) = event;
        let place = self.promos.partition_point(|known| known.id < changed.id);
        match self.promos.get_mut(place).filter(|known| known.id == changed.id) {
            Some(known) => {
                let touched = known != changed;
                known.clone_from(changed);
                touched
            }
            None => {
                self.promos.insert(place, changed.clone());
                true
            }
        }
    }
}
