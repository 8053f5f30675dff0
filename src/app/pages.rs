//! The table of pages: the address of each, for whom it is, and which chunk of code it comes in. To add a page: a row here.
//!
//! The browser fetches a chunk when one of its pages is opened, so that the first page does not wait for all others.
//! The server names the chunks of the page that it renders in the document's head; the page comes alive when they are there
//! ([`ready`]). If they do not come it stays as it is without scripts; and on the way to a page, that page is loaded from the
//! server instead.
//!
//! All pages are rendered whole (`SsrMode::Async`): they read without scripts, and their status is known when the first byte is
//! sent.

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::{
    ChooseView, SsrMode,
    components::{ParentRoute, Route, Routes},
    path,
};

use super::admission::{address, anyone, for_admins, for_people, for_senders, for_visitors, moving_on, start};
use plenum_activity::view::{AuditPage, ConversationActivityPage, TodayPage};
use plenum_admin::view::{AlarmsPage, BoardPage, ChannelsPage, HealthPage, JobsPage, MailPage};
use plenum_broadcasts::view::{BroadcastPage, BroadcastsPage, NewBroadcastPage, TemplatesPage};
use plenum_inbox::view::{AwayPage, InboxPage, NotificationSettingsPage, UnsubscribePage};
use plenum_messages as messages;
use plenum_messages::view::{ConversationPage, MessagesLayout, MessagesPage, NewConversationPage, ReportsPage, RoomsPage, SearchPage};
use plenum_organisations::view::{ImprintPage, OrganisationPage, OrganisationsPage, PrivacyPage};
use plenum_people::{
    applications::view::ApplicationsPage,
    view::{
        AdminPeoplePage, AdminPersonPage, AdminSignInsPage, ConfirmEmailPage, ForgotPage, PeoplePage, PersonPage, RegisterPage, ResetPage,
        SetUpPage, SettingsPage, SignInCodePage, SignInPage,
    },
};
use plenum_plans::view::PlanPage;
use plenum_programme::view::{
    event::EventPage,
    event_form::{EditEventPage, NewEventPage},
    events::EventsPage,
};
use plenum_sales::view::DeskPage;
use plenum_sales::view::{
    orders::{NewOrderPage, OrderDetailPage, OrdersPage},
    promo::PromoCodesPage,
    seats::SeatsPage,
};
use plenum_tickets::view::{CheckInPage, OrderTicketsPage, TicketPage, TicketsPage};
use plenum_ui::{
    browser,
    page::{faults::NotFound, settle_refusal},
    view,
};
use plenum_wallet::view::{SimulatorPage, WalletPage, WithdrawalsPage};

type Opened = Result<AnyView, SplitLoaderError>;

/// Makes the pages, their chunks, their routes and the parser of addresses from one table.
///
/// A chunk has a variant's name, a file's and its loader's, then pages: those with an address of the site, those within the layout
/// of `/messages`, and that layout. A page has its name, its address, who may open it (a function of [`admission`](super::admission))
/// and its component. Few and large chunks: code that several of them need comes in files of its own, one for each set of chunks,
/// and with each chunk more their number nearly doubles.
macro_rules! pages {
    ($(
        $Chunk:ident $chunk:ident $load:ident {
            $($page:ident $path:tt $who:ident $view:ident;)*
        }
        $(, messages { $($inner:ident $inner_path:tt $inner_who:ident $inner_view:ident;)* })?
        $(, layout { $layout:ident $layout_who:ident $layout_view:ident; })?;
    )+) => {
        /// A page, by its chunk.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Page {
            $($Chunk($chunk::Page),)+
        }

        $(
            mod $chunk {
                #[derive(Debug, Clone, Copy, PartialEq, Eq)]
                pub enum Page {
                    $($page,)*
                    $($($inner,)*)?
                    $($layout,)?
                }
            }

            #[wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, fallible, preload($load))]
            fn $chunk(page: $chunk::Page) -> Opened {
                settle_refusal();
                Ok(match page {
                    $($chunk::Page::$page => $who(|| view! { <$view/> }),)*
                    $($($chunk::Page::$inner => $inner_who(|| view! { <$inner_view/> }),)*)?
                    $($chunk::Page::$layout => $layout_who(|| view! { <$layout_view/> }),)?
                })
            }
        )+

        /// The page of the address.
        #[component]
        pub fn Pages() -> impl IntoView {
            view! {
                <Routes fallback=|| view! { <NotFound/> }>
                    $($(<Route path=path!($path) view=Page::$Chunk($chunk::Page::$page) ssr=SsrMode::Async/>)*)+
                    <ParentRoute path=path!("messages") view=MESSAGES ssr=SsrMode::Async>
                        $($($(<Route path=path!($inner_path) view=Page::$Chunk($chunk::Page::$inner) ssr=SsrMode::Async/>)*)?)+
                    </ParentRoute>
                </Routes>
            }
        }

        /// The pages with an address of the site, and those below `messages`.
        const ADDRESSES: &[(&str, Page)] = &[$($(($path, Page::$Chunk($chunk::Page::$page)),)*)+];
        const BELOW_MESSAGES: &[(&str, Page)] = &[$($($(($inner_path, Page::$Chunk($chunk::Page::$inner)),)*)?)+];

        impl Page {
            /// Fetches its chunk.
            async fn load(self) -> Result<(), SplitLoaderError> {
                match self {
                    $(Self::$Chunk(_) => $load().await,)+
                }
            }

            async fn open(self) -> Opened {
                match self {
                    $(Self::$Chunk(page) => {
                        leptos::prefetch_lazy_fn_on_server(stringify!($chunk));
                        $chunk(page).await
                    })+
                }
            }
        }
    };
}

pages! {
    // The pages of visitors.
    Doors doors load_doors {
        ConfirmEmail "confirm-email" anyone ConfirmEmailPage;
        Forgot "forgot" anyone ForgotPage;
        Imprint "imprint" anyone ImprintPage;
        Privacy "privacy" anyone PrivacyPage;
        Register "register" for_visitors RegisterPage;
        Reset "reset" anyone ResetPage;
        SignIn "sign-in" for_visitors SignInPage;
        SignInCode "sign-in/code" for_visitors SignInCodePage;
        SetUp "sign-in/set-up" for_visitors SetUpPage;
    };
    // The pages of those who run the place.
    Admin admin load_admin {
        Board "admin" for_admins BoardPage;
        Alarms "admin/alarms" for_admins AlarmsPage;
        Applications "admin/applications" for_admins ApplicationsPage;
        Audit "admin/audit" for_admins AuditPage;
        Broadcasts "admin/broadcasts" for_senders BroadcastsPage;
        NewBroadcast "admin/broadcasts/new" for_senders NewBroadcastPage;
        BroadcastTemplates "admin/broadcasts/templates" for_senders TemplatesPage;
        Broadcast "admin/broadcasts/:id" for_senders BroadcastPage;
        Channels "admin/channels" for_admins ChannelsPage;
        Health "admin/health" for_admins HealthPage;
        Jobs "admin/jobs" for_admins JobsPage;
        Mail "admin/mail" for_admins MailPage;
        Organisation "admin/organisation" for_admins OrganisationPage;
        Organisations "admin/organisations" for_admins OrganisationsPage;
        Admin "admin/people" for_admins AdminPeoplePage;
        AdminPerson "admin/people/:id" for_admins AdminPersonPage;
        Reports "admin/reports" for_admins ReportsPage;
        SignIns "admin/sign-ins" for_admins AdminSignInsPage;
        Withdrawals "admin/withdrawals" for_admins WithdrawalsPage;
    };
    // Events, their seats, orders, tickets, and the wallet.
    BoxOffice box_office load_box_office {
        Events "events" anyone EventsPage;
        NewEvent "events/new" for_people NewEventPage;
        Event "events/:id" anyone EventPage;
        CheckIn "events/:id/check-in" for_people CheckInPage;
        PromoCodes "events/:id/codes" for_people PromoCodesPage;
        Desk "events/:id/desk" for_people DeskPage;
        EditEvent "events/:id/edit" for_people EditEventPage;
        Plan "events/:id/plan" for_people PlanPage;
        Seats "events/:id/seats" anyone SeatsPage;
        Orders "orders" for_people OrdersPage;
        NewOrder "orders/new" for_people NewOrderPage;
        Order "orders/:id" for_people OrderDetailPage;
        OrderTickets "orders/:id/tickets" for_people OrderTicketsPage;
        Tickets "tickets" for_people TicketsPage;
        Ticket "tickets/:id" for_people TicketPage;
        Wallet "wallet" for_people WalletPage;
        Simulator "wallet/deposits/:id/simulator" for_people SimulatorPage;
    };
    // All other pages.
    Others others load_others {
        Today "" start TodayPage;
        Inbox "inbox" for_people InboxPage;
        Away "inbox/away" for_people AwayPage;
        People "people" for_people PeoplePage;
        Person "people/:id" for_people PersonPage;
        Settings "settings" for_people SettingsPage;
        NotificationSettings "settings/notifications" for_people NotificationSettingsPage;
        Unsubscribe "unsubscribe" anyone UnsubscribePage;
    }, messages {
        NewConversation "new" anyone NewConversationPage;
        Rooms "rooms" anyone RoomsPage;
        Search "search" anyone SearchPage;
        ConversationActivity ":id/activity" anyone ConversationActivityPage;
    };
    // The list of conversations.
    List list load_list {
    }, messages {
        NoConversation "" anyone MessagesPage;
    }, layout {
        Messages for_people MessagesLayout;
    };
    // A conversation.
    Thread thread load_thread {
    }, messages {
        Conversation ":id" anyone ConversationPage;
    };
}

/// The layout that the pages below `/messages` share.
const MESSAGES: Page = Page::List(list::Page::Messages);

impl Page {
    /// The pages at an address of this site, outermost first; none, if there is no such address.
    fn at(path: &str) -> Vec<Self> {
        let path = path.trim_matches('/');
        let find = |pages: &[(&str, Self)], path: &str| pages.iter().find(|(pattern, _)| fits(pattern, path)).map(|(_, page)| *page);
        let below = if path == "messages" { Some("") } else { path.strip_prefix("messages/") };
        match below {
            Some(below) => std::iter::once(MESSAGES).chain(find(BELOW_MESSAGES, below)).collect(),
            None => find(ADDRESSES, path).into_iter().collect(),
        }
    }
}

/// True if `path` is an address of `pattern`, whose parts that begin with a colon stand for anything.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(found)) if part == found || (part.starts_with(':') && !found.is_empty()) => {}
            _ => return false,
        }
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        // Taken before anything is waited for: the way may lead elsewhere meanwhile.
        let address = address();
        self.open().await.unwrap_or_else(|_| {
            browser::load(&address);
            moving_on()
        })
    }

    async fn preload(&self) {
        // What does not come is asked for once more in `choose`.
        let _ = self.load().await;
    }
}

/// Fetches the code of the page that the browser shows. True if it is there, and the page
/// can come alive.
pub async fn ready() -> bool {
    let address = browser::path();
    let path = address.split('?').next().unwrap_or_default();
    for page in Page::at(path) {
        if page.load().await.is_err() {
            return false;
        }
    }
    messages::view::ready(&address).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row that an earlier one hides would never be opened: its address leads to itself.
    #[test]
    fn every_address_leads_to_its_page() {
        for (pattern, page) in ADDRESSES {
            assert_eq!(Page::at(&format!("/{}", pattern.replace(":id", "7"))), [*page], "{pattern}");
        }
        for (pattern, page) in BELOW_MESSAGES {
            assert_eq!(Page::at(&format!("/messages/{}", pattern.replace(":id", "7"))), [MESSAGES, *page], "{pattern}");
        }
        assert_eq!(Page::at("/events/7/nothing"), []);
    }
}
