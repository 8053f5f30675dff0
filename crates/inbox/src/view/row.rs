//! One notification: what it says, where it leads, and what can be done with it.

use leptos::{
    ev::MouseEvent,
    prelude::{Update as _, *},
    server_fn::ServerFn as _,
    task::spawn_local,
};

use super::{
    page::{Screen, shown},
    way::{follows, through},
};
use crate::{
    api::{self, ActOnNotification, SnoozeNotification},
    model::{Act, Notification},
    words,
};
use plenum_core::ids::{Millis, NotificationId};
use plenum_ui::{
    Avatar, Icon, When, browser, dynamic, memo,
    page::{use_clock, use_zone},
    toast, view,
};

const HOUR: Millis = 3_600_000;
/// When one is reminded in the morning.
const MORNING: u8 = 8;

/// A line of the inbox.
#[component]
pub(super) fn Row(id: NotificationId, screen: Screen) -> impl IntoView {
    let notification = shown(screen.inbox, id);
    let content = dynamic(move || notification.get().map(|notification| view! { <Content notification screen/> }));
    view! {
        <li
            class="notice-row"
            data-unread=move || notification.with(|known| known.as_ref().is_some_and(|known| !known.read)).then_some("")
            data-notification-id=id.to_string()
        >
            {content}
        </li>
    }
}

#[component]
fn Content(notification: Notification, screen: Screen) -> impl IntoView {
    let Notification { id, title, text, link, actor, count, at, read, archived, .. } = notification;
    let face = match &actor {
        Some(card) => {
            let (who, name) = (card.id, card.name.clone());
            let online = memo(move || screen.online.with(|online| online.contains(&who)));
            view! {
                <Avatar initials=card.initials() hue=card.hue size="s" presence=online.into()/>
                {dynamic(move || online.get().then(|| view! { <span class="visually-hidden">{words::online(&name)}</span> }))}
            }
        }
        None => view! { <Icon name="bell"/> },
    };
    // Whoever opens it has read and followed it; the page goes on meanwhile.
    let open = move |event: MouseEvent| {
        if follows(&event) {
            perform(screen, id, Act::Follow);
            browser::go(&link);
        }
    };
    view! {
        <span class="notice-face">{face}</span>
        <div class="notice-text">
            <a href=through(id) on:click=open>
                <b>{title.clone()}</b>
                {(!read).then(|| view! { <span class="visually-hidden">{words::UNREAD}</span> })}
            </a>
            {(!text.is_empty()).then(|| view! { <p class="muted">{text}</p> })}
            <p class="muted notice-about">
                <When at/> {(count > 1).then(|| view! { " · " {words::times(count)} })}
            </p>
        </div>
        <Tools id title read archived screen/>
    }
}

/// What can be done with it: forms, so that it can be without scripts too.
#[component]
fn Tools(id: NotificationId, title: String, read: bool, archived: bool, screen: Screen) -> impl IntoView {
    let first = if read { Act::Unread } else { Act::Read };
    let second = if archived { Act::Restore } else { Act::Archive };
    let button = move |act: Act, icon: &'static str, title: String| {
        view! {
            <button
                class="btn icon-btn"
                data-kind="quiet"
                data-size="s"
                type="submit"
                name="act"
                value=act.into_str()
                title=words::act(act)
                on:click=move |event| {
                    event.prevent_default();
                    perform(screen, id, act);
                }
            >
                <Icon name=icon/>
                <span class="visually-hidden">{words::act(act)} {words::which_one(&title)}</span>
            </button>
        }
    };
    view! {
        <form class="notice-tools" method="post" action=ActOnNotification::url()>
            <input type="hidden" name="id" value=id.to_string()/>
            {button(first, if read { "unread" } else { "check" }, title.clone())}
            {button(second, if archived { "mail" } else { "inbox" }, title.clone())}
            {button(Act::Delete, "trash", title.clone())}
        </form>
        <Snooze id title screen/>
    }
}

#[component]
fn Snooze(id: NotificationId, title: String, screen: Screen) -> impl IntoView {
    let (zone, clock) = (use_zone(), use_clock());
    let item = move |label: &'static str, until: fn(Millis, Millis) -> Millis| {
        let until = move || {
            let now = clock.get();
            until(now, zone.with(|zone| zone.tomorrow_at(now, MORNING)))
        };
        view! {
            <button
                class="menu-item"
                type="submit"
                name="until"
                value=move || until().to_string()
                on:click=move |event| {
                    event.prevent_default();
                    put_off(screen, id, untrack(until));
                }
            >
                <Icon name="clock"/>
                {label}
            </button>
        }
    };
    view! {
        <details class="dropdown">
            <summary class="btn icon-btn" data-kind="quiet" data-size="s" title=words::SNOOZE>
                <Icon name="clock"/>
                <span class="visually-hidden">{words::SNOOZE} {words::which_one(&title)}</span>
            </summary>
            <form class="menu" data-align="end" method="post" action=SnoozeNotification::url()>
                <input type="hidden" name="id" value=id.to_string()/>
                {item(words::IN_AN_HOUR, |now, _| now + HOUR)}
                {item(words::TOMORROW, |_, tomorrow| tomorrow)}
                {item(words::NEXT_WEEK, |now, _| now + 7 * 24 * HOUR)}
            </form>
        </details>
    }
}

/// Does it, shows it at once where nothing can come of that, and offers to take it back.
fn perform(screen: Screen, id: NotificationId, act: Act) {
    if matches!(act, Act::Read | Act::Follow | Act::Unread) {
        screen.inbox.update(|inbox| {
            if let Some(known) = inbox.notifications.iter_mut().find(|known| known.id == id) {
                known.read = act != Act::Unread;
                known.seen |= known.read;
            }
        });
    }
    spawn_local(async move {
        match api::act(id, act.into_str().to_owned()).await {
            Ok(()) => {
                let back = match act {
                    Act::Archive | Act::Delete => Some(Act::Restore),
                    Act::Restore => Some(Act::Archive),
                    Act::Read | Act::Follow | Act::Unread => None,
                };
                if let Some(back) = back {
                    toast::show_with_action(words::done(act), words::UNDO, move || perform(screen, id, back));
                }
            }
            Err(error) => {
                toast::show_error(error.message);
                screen.replace();
            }
        }
        screen.done();
    });
}

fn put_off(screen: Screen, id: NotificationId, until: Millis) {
    spawn_local(async move {
        match api::snooze(id, until).await {
            Ok(()) => toast::show(words::SNOOZED),
            Err(error) => toast::show_error(error.message),
        }
        screen.done();
    });
}
