//! The pages of people. Each works as plain HTML forms and links; scripts add that the page
//! stays, that what was typed is kept, and that names and presence are live.
//!
//! - `/sign-in`, `/register` are in [`sign_in`], `/forgot`, `/reset` in [`reset`], `/confirm-email` in [`confirm_email`];
//! - `/sign-in/code`, `/sign-in/set-up` are in [`sign_in_code`], with what [`mod@second_factor`] shares with the settings;
//! - `/people` is in [`directory`], `/people/{id}` in [`person`];
//! - `/settings` is in [`settings`], `/admin/people`, `/admin/people/{id}` and `/admin/sign-ins` in [`admin`].

#[cfg(not(feature = "hydrate"))]
mod absent;
mod admin;
#[cfg(feature = "hydrate")]
mod browser;
mod confirm_email;
mod directory;
mod forms;
mod person;
mod reset;
mod second_factor;
mod settings;
mod sign_in;
mod sign_in_code;

#[cfg(not(feature = "hydrate"))]
use absent as here;
#[cfg(feature = "hydrate")]
use browser as here;

pub use admin::{AdminPeoplePage, AdminPersonPage, AdminSignInsPage};
pub use confirm_email::ConfirmEmailPage;
pub use directory::PeoplePage;
pub use person::PersonPage;
pub use reset::{ForgotPage, ResetPage};
pub use settings::SettingsPage;
pub use sign_in::{RegisterPage, SignInPage};
pub use sign_in_code::{SetUpPage, SignInCodePage};
