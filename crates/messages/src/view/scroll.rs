//! The log's scrolling: it opens at the first unread message, at the linked one, or at the
//! end; it stays put while older messages load; it sticks to the end only if it was there.

use leptos::{ev, prelude::*, task::spawn_local, wasm_bindgen::JsCast as _, web_sys::HtmlElement};

use plenum_ui::{dynamic, effect, memo, view};

use super::{
    here,
    screen::{Screen, address},
};

/// So near to an edge counts as being there, in pixels.
const NEAR: i32 = 48;
/// From so far before the top the next page is loaded, in pixels.
const AHEAD: i32 = 600;

/// Where the log stands.
#[derive(Clone, Copy)]
pub(super) struct Scroll {
    screen: Screen,
    /// New messages below what is seen.
    pub fresh: RwSignal<u64>,
    /// The end is far away.
    pub away: RwSignal<bool>,
    /// A page is being loaded.
    pub loading: RwSignal<bool>,
}

impl Scroll {
    /// Follows the log of `screen`.
    pub fn new(screen: Screen) -> Self {
        let scroll = Self { screen, fresh: RwSignal::new(0), away: RwSignal::new(false), loading: RwSignal::new(false) };
        effect(move |begun: Option<bool>| {
            if begun != Some(true) && screen.log.get().is_some() {
                request_animation_frame(move || scroll.open());
                return true;
            }
            begun == Some(true)
        });
        let rows = screen.store.rows();
        effect(move |begun: Option<()>| {
            rows.track();
            if begun.is_some() {
                screen.stay_at_end();
                request_animation_frame(move || scroll.consider_read());
            }
        });
        let arrived = screen.store.arrived();
        effect(move |before: Option<u64>| {
            let now = arrived.get();
            if screen.store.at_end.get_value() {
                scroll.fresh.set(0);
            } else {
                scroll.fresh.update(|fresh| *fresh += now - before.unwrap_or(now));
            }
            now
        });
        // The window, the banner and what is being written take room from the log.
        effect(move |_| {
            if let Some(log) = screen.log.get() {
                let watch = here::watch_size(&log, move || {
                    if screen.store.at_end.try_get_value() == Some(true) {
                        screen.to_end();
                    }
                });
                StoredValue::new_local(watch);
            }
        });
        effect(move |_| {
            let focus = window_event_listener(ev::focus, move |_| scroll.consider_read());
            let visible = window_event_listener(ev::visibilitychange, move |_| scroll.consider_read());
            on_cleanup(move || {
                focus.remove();
                visible.remove();
            });
        });
        scroll
    }

    /// Goes to where one reads on.
    fn open(self) {
        let target = self.screen.target.get_untracked().map(|number| format!("m{number}"));
        if let Some(id) = target.or_else(|| Some("unread".to_owned())).filter(|id| self.element(id).is_some()) {
            self.show(&id);
        } else {
            self.screen.to_end();
        }
        self.moved();
    }

    /// Brings an element of the log to its upper third.
    pub fn show(&self, id: &str) {
        if let (Some(log), Some(element)) = (self.screen.log.get_untracked(), self.element(id)) {
            let top = element.offset_top() - log.offset_top() - log.client_height() / 3;
            log.set_scroll_top(top.max(0));
        }
    }

    fn element(&self, id: &str) -> Option<HtmlElement> {
        document().get_element_by_id(id)?.dyn_into().ok()
    }

    /// The log was scrolled.
    pub fn moved(self) {
        let Some(log) = self.screen.log.get_untracked() else { return };
        let store = self.screen.store;
        let window = store.window().get_untracked();
        let below = log.scroll_height() - log.scroll_top() - log.client_height();
        let at_end = below <= NEAR && !window.has_newer;
        store.at_end.set_value(at_end);
        if at_end && self.fresh.get_untracked() > 0 {
            self.fresh.set(0);
        }
        let away = below > log.client_height() || window.has_newer;
        if self.away.get_untracked() != away {
            self.away.set(away);
        }
        if log.scroll_top() < AHEAD && window.has_older {
            self.load_older();
        } else if below < AHEAD && window.has_newer {
            self.load_newer();
        }
        self.consider_read();
    }

    /// Loads the page before the first message; what is seen stays where it is.
    pub fn load_older(self) {
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let store = self.screen.store;
        spawn_local(async move {
            match store.older().await {
                Ok(page) => {
                    let anchor = store.window().try_get_untracked().map(|window| format!("m{}", window.first));
                    let before = anchor.as_deref().and_then(|id| self.offset(id));
                    store.prepend(page);
                    request_animation_frame(move || {
                        if let (Some(before), Some(log)) = (before, self.screen.log.try_get_untracked().flatten())
                            && let Some(after) = anchor.as_deref().and_then(|id| self.offset(id))
                        {
                            log.set_scroll_top(log.scroll_top() + after - before);
                        }
                        self.loading.try_set(false);
                    });
                }
                Err(error) => {
                    self.screen.say(&error);
                    self.loading.try_set(false);
                }
            }
        });
    }

    fn load_newer(self) {
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let store = self.screen.store;
        spawn_local(async move {
            if let Ok(page) = store.newer().await {
                store.append(page);
            }
            self.loading.try_set(false);
        });
    }

    /// How far below the log's visible top an element is.
    fn offset(&self, id: &str) -> Option<i32> {
        let log = self.screen.log.try_get_untracked().flatten()?;
        Some(self.element(id)?.offset_top() - log.scroll_top())
    }

    /// Goes to the message with this number, loading what is around it if need be.
    pub fn go_to(self, number: u64) {
        let store = self.screen.store;
        self.screen.target.set(Some(number));
        spawn_local(async move {
            let there = store.message(number).is_some();
            if !there && let Err(error) = store.to_message(number).await {
                return self.screen.say(&error);
            }
            store.at_end.try_set_value(false);
            request_animation_frame(move || {
                self.show(&format!("m{number}"));
                self.moved();
            });
        });
    }

    /// Marks as read what is on the screen: the end of the log, in a visible window that has the focus.
    fn consider_read(self) {
        let (screen, store) = (self.screen, self.screen.store);
        let (Some(window), Some(about)) = (store.window().try_get_untracked(), store.about().try_get_untracked()) else { return };
        let Some(own) = about.own else { return };
        let seen = !window.has_newer && store.at_end.get_value() && here::is_watched();
        if seen && !screen.hold_marks.get_value() && own.unread(window.head) > 0 && window.last > 0 {
            store.mark_read(window.last);
        }
    }
}

impl Screen {
    /// Shows the end of the log.
    pub(super) fn to_end(self) {
        if let Some(log) = self.log.try_get_untracked().flatten() {
            log.set_scroll_top(log.scroll_height());
        }
    }

    /// Shows the end after the next drawing, if it is on the screen now.
    pub(super) fn stay_at_end(self) {
        if self.store.at_end.try_get_value() == Some(true) {
            request_animation_frame(move || self.to_end());
        }
    }

    /// Goes to the newest messages, loading them if need be.
    pub(super) fn show_newest(self) {
        let store = self.store;
        store.at_end.set_value(true);
        self.target.set(None);
        if store.window().with_untracked(|window| window.has_newer) {
            spawn_local(async move {
                if let Err(error) = store.to_newest().await {
                    self.say(&error);
                }
                store.at_end.try_set_value(true);
                request_animation_frame(move || self.to_end());
            });
        } else {
            request_animation_frame(move || self.to_end());
        }
    }
}

/// The button over the log's end: how many are new, or the way there.
#[component]
pub(super) fn NewPill(scroll: Scroll) -> impl IntoView {
    use super::parts::small_icon;
    use crate::words;

    let screen = scroll.screen;
    let window = screen.store.window();
    let here = address(screen.store, 0).split('?').next().unwrap_or_default().to_owned();
    let shown = memo(move || {
        let fresh = scroll.fresh.get();
        (fresh > 0 || scroll.away.get() || window.with(|window| window.has_newer)).then_some(fresh)
    });
    dynamic(move || {
        shown.get().map(|fresh| {
            view! {
                <a
                    class="btn new-pill"
                    data-quiet=(fresh == 0).then_some("")
                    href=here.clone()
                    on:click=move |event| {
                        event.prevent_default();
                        screen.show_newest();
                    }
                >
                    {small_icon("arrow-down")}
                    {if fresh > 0 { words::new_messages(fresh) } else { words::TO_NEWEST.to_owned() }}
                </a>
            }
        })
    })
}
