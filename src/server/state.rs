//! What a request can reach: configuration, store, live layer, limits, mail.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::{db::Store, mail::Mailer, rates::Rates, told::ToldOnce};
use crate::{
    config::Config,
    features::admin::server::KnownFigures,
    realtime::server::{hub::Hub, pusher::registry::Applications},
};

/// [`Shared`], cloned into every layer of every request: one count, and not one for each of its parts.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

impl AppState {
    /// To be handed out.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// All that requests share.
pub struct Shared {
    /// Run-time settings.
    pub config: Arc<Config>,
    /// Leptos' own settings.
    pub leptos: LeptosOptions,
    /// The database.
    pub store: Store,
    /// The live layer.
    pub hub: Arc<Hub>,
    /// External applications.
    pub applications: Arc<Applications>,
    /// What is told once, to pages without scripts.
    pub told: Arc<ToldOnce>,
    /// How each organisation runs: its figures now, and what they were lately.
    pub figures: Arc<KnownFigures>,
    /// Limits per person, account and address.
    pub rates: Arc<Rates>,
    /// Where mail goes.
    pub mailer: Arc<dyn Mailer>,
    /// The build's name, told to every browser.
    pub build: Arc<str>,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
