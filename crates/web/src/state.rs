//! What a request can reach: settings, store, live layer, limits, mail.

use std::{ops::Deref, sync::Arc};

use axum::{extract::FromRef, http::Extensions};
use leptos::config::LeptosOptions;

use super::{
    rates::Rates,
    settings::{Mail, Server},
    sign_ins::Visits,
};
use plenum_core::error::{AppError, AppResult};
use plenum_live::{hub::Hub, pusher::registry::Applications, settings::Limits};
use plenum_store::db::Store;

/// [`Shared`], cloned into every layer of every request: one count, and not one for each of its parts.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

impl AppState {
    /// To be handed out.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// The part of the state that a feature added under its type `T`.
    ///
    /// # Errors
    /// Internal, if the composition root added none.
    pub fn part<T: Clone + Send + Sync + 'static>(&self) -> AppResult<T> {
        self.parts.get().cloned().ok_or_else(AppError::internal)
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
    /// Settings of the HTTP server.
    pub server: Server,
    /// Limits of what one client may ask.
    pub limits: Limits,
    /// Settings of mail.
    pub mail: Mail,
    /// True in demo mode.
    pub demo: bool,
    /// Leptos' own settings.
    pub leptos: LeptosOptions,
    /// The database.
    pub store: Store,
    /// The live layer.
    pub hub: Arc<Hub>,
    /// The shape of the live events in this build.
    pub live_schema: u32,
    /// External applications.
    pub applications: Arc<Applications>,
    /// Limits per person, account and address.
    pub rates: Arc<Rates>,
    /// Is told of visits.
    pub visits: Arc<dyn Visits>,
    /// The build's name, sent to every browser.
    pub build: Arc<str>,
    /// What features add: settings and figures of their own, by type.
    pub parts: Extensions,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Arc<Applications> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.applications)
    }
}
