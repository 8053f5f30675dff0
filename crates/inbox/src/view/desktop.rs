//! The browser's own notifications, shown by a service worker so that a click opens the place even when all tabs
//! are asleep. One notification has one tag: several tabs that show it show it once, and what is read in one tab is
//! taken back in all.

use js_sys::{Array, Object, Reflect};
use leptos::{prelude::window, task::spawn_local};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, Notification as Shown, NotificationOptions, NotificationPermission, ServiceWorkerRegistration};

use super::way::through;
use crate::{
    live::InboxEvent,
    model::{BulkAction, Notification},
};
use plenum_core::ids::NotificationId;

/// The service worker; at the root, so that all pages are its own.
const WORKER: &str = "/notifications.js";
/// The tone: 660 Hz for a seventh of a second, softly.
const TONE: (f32, f64, f32) = (660.0, 0.15, 0.05);

/// What the browser lets Plenum do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permission {
    /// It shows notifications.
    Granted,
    /// It has not been asked.
    Unasked,
    /// It refuses.
    Denied,
    /// It cannot.
    None,
}

fn can() -> bool {
    let has = |object: &JsValue, name: &str| Reflect::has(object, &name.into()).unwrap_or(false);
    has(&window(), "Notification") && has(&window().navigator(), "serviceWorker")
}

/// What the browser lets Plenum do.
pub(super) fn permission() -> Permission {
    if !can() {
        return Permission::None;
    }
    match Shown::permission() {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::Unasked,
    }
}

/// Asks for it, after a click that wants it.
pub(super) fn ask(answered: impl Fn(Permission) + 'static) {
    let Ok(asked) = Shown::request_permission() else { return };
    spawn_local(async move {
        let _ = JsFuture::from(asked).await;
        let permission = permission();
        if permission == Permission::Granted {
            let _ = registration().await;
        }
        answered(permission);
    });
}

/// The service worker's registration, made if need be.
async fn registration() -> Result<ServiceWorkerRegistration, JsValue> {
    let container = window().navigator().service_worker();
    JsFuture::from(container.register(WORKER)).await?;
    JsFuture::from(container.ready()?).await?.dyn_into()
}

fn tag(id: NotificationId) -> String {
    format!("notification-{id}")
}

/// Shows a notification.
pub(super) fn show(notification: &Notification) {
    if permission() != Permission::Granted {
        return;
    }
    let notification = notification.clone();
    spawn_local(async move {
        let options = NotificationOptions::new();
        options.set_body(&notification.text);
        options.set_tag(&tag(notification.id));
        options.set_icon("/favicon.svg");
        let data = Object::new();
        let _ = Reflect::set(&data, &"follow".into(), &through(notification.id).into());
        let _ = Reflect::set(&data, &"link".into(), &notification.link.into());
        options.set_data(&data);
        if let Ok(registration) = registration().await
            && let Ok(shown) = registration.show_notification_with_options(&notification.title, &options)
        {
            let _ = JsFuture::from(shown).await;
        }
    });
}

/// Takes back what was read or is gone.
pub(super) fn take_back(events: &[InboxEvent]) {
    if permission() != Permission::Granted {
        return;
    }
    let mut all = false;
    let mut tags: Vec<String> = Vec::new();
    for event in events {
        match event {
            InboxEvent::NotificationChanged(changed) if changed.notification.read => tags.push(tag(changed.notification.id)),
            InboxEvent::NotificationRemoved(gone) => tags.push(tag(gone.id)),
            InboxEvent::NotificationsSwept(swept) => all |= swept.what != BulkAction::Seen,
            _ => {}
        }
    }
    if !all && tags.is_empty() {
        return;
    }
    spawn_local(async move {
        let Ok(registration) = registration().await else { return };
        let Ok(known) = registration.get_notifications() else { return };
        let Ok(known) = JsFuture::from(known).await else { return };
        for shown in Array::from(&known).iter().filter_map(|shown| shown.dyn_into::<Shown>().ok()) {
            if all || tags.contains(&shown.tag().unwrap_or_default()) {
                shown.close();
            }
        }
    });
}

/// A short tone; silent where the browser wants a click first.
pub(super) fn sound() {
    let (pitch, seconds, volume) = TONE;
    let play = || -> Result<(), JsValue> {
        let context = AudioContext::new()?;
        let (tone, gain) = (context.create_oscillator()?, context.create_gain()?);
        tone.frequency().set_value(pitch);
        gain.gain().set_value(volume);
        tone.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&context.destination())?;
        tone.start()?;
        tone.stop_with_when(context.current_time() + seconds)
    };
    let _ = play();
}
