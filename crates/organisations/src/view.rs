//! The pages of organisations.

mod operating;
mod own;
mod public;

pub use operating::OrganisationsPage;
pub use own::OrganisationPage;
pub use public::{ImprintPage, PrivacyPage, PublicLinks};
