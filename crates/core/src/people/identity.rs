//! Who asks.

use super::{PersonCard, Privacy, Role};
use crate::{
    error::{AppError, AppResult},
    ids::{OrganisationId, PersonId, SignInId},
};

/// Who asks, on every request of a browser that is signed in.
#[derive(Debug, Clone)]
pub struct Identity {
    pub person: PersonId,
    /// Their tenant.
    pub organisation: OrganisationId,
    /// The browser they ask with.
    pub sign_in: SignInId,
    /// Their name.
    pub name: String,
    /// Their avatar colour.
    pub hue: u8,
    /// What they let others see.
    pub privacy: Privacy,
    /// What they may do in the organisation.
    pub roles: Vec<Role>,
}

impl Identity {
    /// What is shown of them.
    pub fn card(&self) -> PersonCard {
        PersonCard { id: self.person, name: self.name.clone(), hue: self.hue }
    }

    /// True if they hold `role`.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// # Errors
    /// 403 unless they hold `role`.
    pub fn require(&self, role: Role) -> AppResult<()> {
        if self.has(role) {
            Ok(())
        } else {
            Err(AppError::forbidden(format!("Only people with the role {} may do this.", role.into_str())))
        }
    }
}
