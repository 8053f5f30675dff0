//! The bar at the side (at the bottom of narrow screens): where one can go, by role, and
//! the menu of one's own.

use leptos::{prelude::*, server_fn::ServerFn as _};
use leptos_router::hooks::use_location;

use super::{key_help::KeyHelpOpen, palette::PaletteOpen};
use plenum_admin::words as operations;
use plenum_core::people::Role;
use plenum_inbox::view::Bell;
use plenum_messages::words as messages;
use plenum_organisations::{view::PublicLinks, words as organisations};
use plenum_people::{api::SignOut, words as people};
use plenum_ui::page::{
    LiveLine,
    context::{InboxCounts, UnreadTotal, use_shell, use_viewer},
    tabs::{Section, Tab},
    theme::ThemeItems,
};
use plenum_ui::{Avatar, Icon, dynamic, memo, use_hydrated, view, words};
use plenum_wallet::words as wallet;

/// Somewhere to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) href: &'static str,
    pub(super) icon: &'static str,
    pub(super) label: &'static str,
}

const TODAY: Destination = Destination { href: "/", icon: "today", label: words::TODAY };
const INBOX: Destination = Destination { href: "/inbox", icon: "bell", label: words::INBOX };
const MESSAGES: Destination = Destination { href: "/messages", icon: "messages", label: words::MESSAGES };
const EVENTS: Destination = Destination { href: "/events", icon: "events", label: words::EVENTS };
const PEOPLE: Destination = Destination { href: "/people", icon: "people", label: words::PEOPLE };
const WALLET: Destination = Destination { href: "/wallet", icon: "wallet", label: wallet::WALLET };
const SETTINGS: Destination = Destination { href: "/settings", icon: "settings", label: words::SETTINGS };
const ADMIN: Destination = Destination { href: "/admin", icon: "admin", label: words::ADMIN };
const BROADCASTS: Destination = Destination { href: "/admin/broadcasts", icon: "campaigns", label: words::BROADCASTS };

/// What there is for this person, in order. Without [`IN_THE_MENU`], and with the menu of one's own, at most five, which is what a narrow
/// screen has room for.
pub(super) fn destinations(roles: &[Role]) -> Vec<Destination> {
    let everyone = [TODAY, INBOX, MESSAGES, EVENTS, PEOPLE, WALLET, SETTINGS];
    // Admins find the broadcasts among their pages.
    let own = if roles.contains(&Role::Admin) { Some(ADMIN) } else { roles.contains(&Role::Manager).then_some(BROADCASTS) };
    everyone.into_iter().chain(own).collect()
}

/// What stands in the menu of one's own on narrow screens.
const IN_THE_MENU: [Destination; 4] = [EVENTS, PEOPLE, WALLET, SETTINGS];

/// The roles of the viewer.
pub(super) fn use_roles() -> Signal<Vec<Role>> {
    let viewer = use_viewer();
    memo(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.roles.clone()).unwrap_or_default())).into()
}

impl Destination {
    /// The page at `path` belongs to it.
    fn holds(&self, path: &str) -> bool {
        fn section(path: &str) -> &str {
            path.trim_start_matches('/').split('/').next().unwrap_or_default()
        }
        // What one has bought belongs to the events.
        let section_of = |path| match section(path) {
            "tickets" | "orders" => section(EVENTS.href),
            own => own,
        };
        section_of(self.href) == section_of(path)
    }
}

/// The navigation of whoever is signed in.
#[component]
pub fn Navigation() -> impl IntoView {
    let (roles, shell) = (use_roles(), use_shell());
    view! {
        <nav class="rail" aria-label=words::MAIN_NAVIGATION>
            <a class="rail-brand only-wide" href="/" aria-label=words::HOME>
                <img src=move || shell.with(|shell| shell.look.mark()) alt="" width="28" height="28"/>
            </a>
            <ul class="rail-list">
                {move || roles.with(|roles| destinations(roles)).into_iter().map(item).collect_view()}
                <li class="rail-account">
                    <Account/>
                    <LiveLine short=true/>
                </li>
            </ul>
        </nav>
    }
}

/// The tabs of the sections whose pages are several features'.
pub(super) fn sections(section: Section) -> (&'static str, Vec<Tab>) {
    match section {
        Section::Settings => {
            (words::SETTINGS, vec![("/settings", words::SETTINGS_PROFILE), ("/settings/notifications", words::SETTINGS_NOTIFICATIONS)])
        }
        Section::Admin => (words::ADMIN, admin_tabs()),
    }
}

/// Those who run the server have a page more.
fn admin_tabs() -> Vec<Tab> {
    let operates = use_viewer().with_untracked(|viewer| viewer.as_ref().is_some_and(|viewer| viewer.operator));
    let tabs = [
        (ADMIN.href, operations::OPERATIONS),
        ("/admin/alarms", operations::ALARMS),
        ("/admin/organisation", organisations::ORGANISATION),
        ("/admin/people", words::ADMIN_PEOPLE),
        ("/admin/sign-ins", people::ADMIN_SIGN_INS),
        ("/admin/applications", words::ADMIN_APPLICATIONS),
        ("/admin/channels", words::ADMIN_CHANNELS),
        ("/admin/jobs", words::ADMIN_JOBS),
        ("/admin/mail", words::ADMIN_MAIL),
        ("/admin/health", words::ADMIN_HEALTH),
        ("/admin/audit", words::ADMIN_AUDIT),
        ("/admin/reports", messages::reports::REPORTS),
        ("/admin/withdrawals", wallet::WITHDRAWALS),
        (BROADCASTS.href, words::BROADCASTS),
    ];
    tabs.into_iter().chain(operates.then_some(("/admin/organisations", organisations::ORGANISATIONS))).collect()
}

fn item(destination: Destination) -> impl IntoView {
    let pathname = use_location().pathname;
    let unread = (destination == MESSAGES).then(use_context::<UnreadTotal>).flatten();
    let new = (destination == INBOX).then(use_context::<InboxCounts>).flatten();
    let badge = dynamic(move || {
        let unread = unread.map_or(0, |unread| unread.0.get()) + new.map_or(0, |new| u64::from(new.0.with(|counts| counts.unseen)));
        let says = if new.is_some() { words::NEW } else { words::UNREAD };
        (unread > 0).then(|| {
            view! {
                <span class="badge">
                    {words::count(unread)} <span class="visually-hidden">{says}</span>
                </span>
            }
        })
    });
    // A narrow screen has room for five.
    let bell = (destination == INBOX).then(|| view! { <Bell/> });
    let only_wide = IN_THE_MENU.contains(&destination).then_some("only-wide");
    view! {
        <li class=only_wide>
            <a
                class="rail-item"
                href=destination.href
                aria-current=move || pathname.with(|path| destination.holds(path)).then_some("page")
            >
                <Icon name=destination.icon/>
                <span class="rail-label">{destination.label}</span>
                {badge}
            </a>
            {bell}
        </li>
    }
}

/// The menu of one's own: theme, keys, the way out.
#[component]
fn Account() -> impl IntoView {
    let viewer = use_viewer();
    let name = Signal::derive(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.name.clone()).unwrap_or_default()));
    let email = dynamic(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.email.clone())));
    let initials = Signal::derive(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.initials()).unwrap_or_default()));
    let hue = Signal::derive(move || viewer.with(|viewer| viewer.as_ref().map(|viewer| viewer.card.hue).unwrap_or_default()));
    // What needs scripts is there once they run.
    let hydrated = use_hydrated();
    let (palette, keys) = (use_context::<PaletteOpen>(), use_context::<KeyHelpOpen>());
    let scripted = dynamic(move || {
        hydrated.get().then(|| {
            view! {
                <button class="menu-item" type="button" on:click=move |_| open(palette.map(|palette| palette.0))>
                    <Icon name="search"/>
                    {words::PALETTE}
                    <kbd>"Ctrl K"</kbd>
                </button>
                <button class="menu-item only-wide" type="button" on:click=move |_| open(keys.map(|keys| keys.0))>
                    <Icon name="keyboard"/>
                    {words::KEYS}
                    <kbd>"?"</kbd>
                </button>
                <hr/>
            }
        })
    });
    view! {
        <details class="dropdown">
            <summary class="rail-item" title=move || name.get()>
                <Avatar initials hue size="s"/>
                <span class="rail-label">{words::YOU}</span>
                <span class="visually-hidden">{move || words::account(&name.get())}</span>
            </summary>
            <div class="menu" data-up="true">
                <p class="menu-person">
                    <b class="cut">{move || name.get()}</b>
                    <span class="muted cut">{email}</span>
                </p>
                <hr/>
                {scripted}
                {IN_THE_MENU.map(in_menu).collect_view()}
                <ThemeItems/>
                <hr/>
                <PublicLinks class="menu-item"/>
                <form method="post" action=SignOut::url()>
                    <button class="menu-item" type="submit">
                        <Icon name="sign-out"/>
                        {words::SIGN_OUT}
                    </button>
                </form>
            </div>
        </details>
    }
}

fn in_menu(destination: Destination) -> AnyView {
    view! {
        <a class="menu-item only-narrow" href=destination.href>
            <Icon name=destination.icon/>
            {destination.label}
        </a>
    }
}

fn open(dialog: Option<RwSignal<bool>>) {
    if let Some(dialog) = dialog {
        dialog.set(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn a_narrow_screen_has_room_for_all() {
        let narrow = destinations(Role::VARIANTS).into_iter().filter(|destination| !IN_THE_MENU.contains(destination)).count();
        assert!(narrow < 5, "the menu of one's own is the fifth");
    }

    #[test]
    fn a_page_belongs_to_one_destination() {
        for (path, href) in [
            ("/", "/"),
            ("/messages", "/messages"),
            ("/messages/4", "/messages"),
            ("/people/3", "/people"),
            ("/events/7", "/events"),
            ("/orders/12", "/events"),
            ("/tickets", "/events"),
            ("/admin/people", "/admin"),
        ] {
            let current: Vec<&str> = destinations(&[Role::Admin])
                .iter()
                .filter(|destination| destination.holds(path))
                .map(|destination| destination.href)
                .collect();
            assert_eq!(current, [href], "{path}");
        }
        assert!(!destinations(&[Role::Admin]).iter().any(|destination| destination.holds("/no-such-page")));
        assert!(destinations(&[Role::Manager]).iter().any(|destination| destination.holds("/admin/broadcasts/7")));
        assert!(!destinations(&[Role::Member]).iter().any(|destination| destination.holds("/admin/broadcasts")));
    }
}
