//! The pages' code, in chunks: the browser fetches a chunk when one of its pages is opened,
//! so that the first page does not wait for all others.
//!
//! The server names the chunks of the page that it renders in the document's head; the page
//! comes alive when they are there ([`ready`]). If they do not come it stays as it is
//! without scripts; and on the way to a page, that page is loaded from the server instead.

use leptos::{
    prelude::*,
    wasm_split::{SplitLoaderError, wasm_split},
};
use leptos_router::ChooseView;

use super::routes::{address, for_admins, for_people, for_senders, for_visitors, moving_on, start};
use plenum_activity::view::{AuditPage, ConversationActivityPage, TodayPage};
use plenum_admin::view::{AlarmsPage, BoardPage, ChannelsPage, HealthPage, JobsPage};
use plenum_broadcasts::view::{BroadcastPage, BroadcastsPage, NewBroadcastPage, TemplatesPage};
use plenum_inbox::view::{AwayPage, InboxPage, NotificationSettingsPage, UnsubscribePage};
use plenum_messages as messages;
use plenum_messages::view::{ConversationPage, MessagesLayout, MessagesPage, NewConversationPage, RoomsPage, SearchPage};
use plenum_people::{
    applications::view::ApplicationsPage,
    view::{AdminPeoplePage, AdminSignInsPage, ForgotPage, PeoplePage, PersonPage, RegisterPage, ResetPage, SettingsPage, SignInPage},
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
use plenum_ui::{browser, view};
use plenum_wallet::view::{SimulatorPage, WalletPage, WithdrawalsPage};

/// A page, or the layout that pages share; [`routes`](super::routes) says where each is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The first one, of whoever is signed in.
    Today,
    /// The door.
    SignIn,
    /// The door for whoever is new.
    Register,
    /// Asking for a new password.
    Forgot,
    /// Setting it.
    Reset,
    /// The directory.
    People,
    /// One of its people.
    Person,
    /// One's own settings.
    Settings,
    /// People and invitations, for admins.
    Admin,
    /// Who is signed in, for admins.
    SignIns,
    /// External applications, for admins.
    Applications,
    /// The live channels, for admins.
    Channels,
    /// The operations board, for admins.
    Board,
    /// The thresholds of its figures.
    Alarms,
    /// Jobs, for those who run the place.
    Jobs,
    /// Is it well? For admins.
    Health,
    /// What was done, for admins.
    Audit,
    /// What the institution tells its people, for admins and managers.
    Broadcasts,
    /// One of these.
    Broadcast,
    /// A new one.
    NewBroadcast,
    /// What is written once and sent often.
    BroadcastTemplates,
    /// One's own orders.
    Orders,
    /// One of them.
    Order,
    /// A basket that is to be paid.
    NewOrder,
    /// The promo codes of an event, for those who run it.
    PromoCodes,
    /// The events, for everyone.
    Events,
    /// One of them.
    Event,
    /// A new one.
    NewEvent,
    /// One, to be changed.
    EditEvent,
    /// One's inbox.
    Inbox,
    /// What came while one was away.
    Away,
    /// How one wants to be told.
    NotificationSettings,
    /// The end of the daily mail, for whoever has its link.
    Unsubscribe,
    /// What one has.
    Wallet,
    /// A gateway for trying Plenum out.
    Simulator,
    /// The withdrawals that admins decide about.
    Withdrawals,
    /// The list of conversations, beside each of the following.
    Messages,
    /// No conversation.
    NoConversation,
    /// A conversation.
    Conversation,
    /// What happened in it besides what was said.
    ConversationActivity,
    /// The rooms.
    Rooms,
    /// A new conversation.
    NewConversation,
    /// Search in messages.
    Search,
    /// One's own tickets.
    Tickets,
    /// One of them.
    Ticket,
    /// Those of an order.
    OrderTickets,
    /// A door of an event, for those who run it.
    CheckIn,
    /// What is sold of an event, for those who run it.
    Desk,
    /// The seats of an event.
    Seats,
    /// The seat plan of an event, for those who run it.
    Plan,
}

/// What is fetched together. Few and large ones: code that several chunks need comes in files
/// of its own, one for each set of chunks, and with each chunk more their number nearly doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chunk {
    /// The pages of visitors.
    Doors,
    /// The list of conversations.
    List,
    /// A conversation.
    Thread,
    /// The pages of those who run the place.
    Admin,
    /// Events, their seats, orders, tickets, and the wallet.
    BoxOffice,
    /// All other pages.
    Others,
}

type Opened = Result<AnyView, SplitLoaderError>;

#[wasm_split(doors, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_doors))]
fn doors(page: Page) -> Opened {
    Ok(match page {
        Page::Register => for_visitors(|| view! { <RegisterPage/> }),
        Page::Forgot => view! { <ForgotPage/> },
        Page::Reset => view! { <ResetPage/> },
        _ => for_visitors(|| view! { <SignInPage/> }),
    })
}

#[wasm_split(admin, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_admin))]
fn admin(page: Page) -> Opened {
    Ok(match page {
        Page::Admin => for_admins(|| view! { <AdminPeoplePage/> }),
        Page::SignIns => for_admins(|| view! { <AdminSignInsPage/> }),
        Page::Applications => for_admins(|| view! { <ApplicationsPage/> }),
        Page::Channels => for_admins(|| view! { <ChannelsPage/> }),
        Page::Alarms => for_admins(|| view! { <AlarmsPage/> }),
        Page::Jobs => for_admins(|| view! { <JobsPage/> }),
        Page::Health => for_admins(|| view! { <HealthPage/> }),
        Page::Audit => for_admins(|| view! { <AuditPage/> }),
        Page::Withdrawals => for_admins(|| view! { <WithdrawalsPage/> }),
        Page::Broadcasts => for_senders(|| view! { <BroadcastsPage/> }),
        Page::Broadcast => for_senders(|| view! { <BroadcastPage/> }),
        Page::NewBroadcast => for_senders(|| view! { <NewBroadcastPage/> }),
        Page::BroadcastTemplates => for_senders(|| view! { <TemplatesPage/> }),
        _ => for_admins(|| view! { <BoardPage/> }),
    })
}

#[wasm_split(box_office, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_box_office))]
fn box_office(page: Page) -> Opened {
    Ok(match page {
        Page::Simulator => for_people(|| view! { <SimulatorPage/> }),
        Page::Wallet => for_people(|| view! { <WalletPage/> }),
        Page::Order => for_people(|| view! { <OrderDetailPage/> }),
        Page::NewOrder => for_people(|| view! { <NewOrderPage/> }),
        Page::PromoCodes => for_people(|| view! { <PromoCodesPage/> }),
        Page::Orders => for_people(|| view! { <OrdersPage/> }),
        Page::Ticket => for_people(|| view! { <TicketPage/> }),
        Page::OrderTickets => for_people(|| view! { <OrderTicketsPage/> }),
        Page::CheckIn => for_people(|| view! { <CheckInPage/> }),
        Page::Seats => view! { <SeatsPage/> },
        Page::Desk => for_people(|| view! { <DeskPage/> }),
        Page::Tickets => for_people(|| view! { <TicketsPage/> }),
        Page::Event => view! { <EventPage/> },
        Page::NewEvent => for_people(|| view! { <NewEventPage/> }),
        Page::Plan => for_people(|| view! { <PlanPage/> }),
        Page::EditEvent => for_people(|| view! { <EditEventPage/> }),
        _ => view! { <EventsPage/> },
    })
}

#[wasm_split(others, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_others))]
fn others(page: Page) -> Opened {
    Ok(match page {
        Page::Today => start(|| view! { <TodayPage/> }),
        Page::ConversationActivity => view! { <ConversationActivityPage/> },
        Page::NewConversation => view! { <NewConversationPage/> },
        Page::Search => view! { <SearchPage/> },
        Page::Rooms => view! { <RoomsPage/> },
        Page::Person => for_people(|| view! { <PersonPage/> }),
        Page::Settings => for_people(|| view! { <SettingsPage/> }),
        Page::Inbox => for_people(|| view! { <InboxPage/> }),
        Page::Away => for_people(|| view! { <AwayPage/> }),
        Page::Unsubscribe => view! { <UnsubscribePage/> },
        Page::NotificationSettings => for_people(|| view! { <NotificationSettingsPage/> }),
        _ => for_people(|| view! { <PeoplePage/> }),
    })
}

#[wasm_split(list, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_list))]
fn list(page: Page) -> Opened {
    Ok(match page {
        Page::NoConversation => view! { <MessagesPage/> },
        _ => for_people(|| view! { <MessagesLayout/> }),
    })
}

#[wasm_split(thread, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_thread))]
fn thread() -> Opened {
    Ok(view! { <ConversationPage/> })
}

impl Page {
    fn chunk(self) -> Chunk {
        match self {
            Self::SignIn | Self::Register | Self::Forgot | Self::Reset => Chunk::Doors,
            Self::Messages | Self::NoConversation => Chunk::List,
            Self::Conversation => Chunk::Thread,
            Self::Admin
            | Self::SignIns
            | Self::Applications
            | Self::Channels
            | Self::Board
            | Self::Alarms
            | Self::Jobs
            | Self::Health
            | Self::Audit
            | Self::Withdrawals
            | Self::Broadcasts
            | Self::Broadcast
            | Self::NewBroadcast
            | Self::BroadcastTemplates => Chunk::Admin,
            Self::Wallet
            | Self::Simulator
            | Self::Orders
            | Self::Order
            | Self::NewOrder
            | Self::PromoCodes
            | Self::Tickets
            | Self::Ticket
            | Self::OrderTickets
            | Self::CheckIn
            | Self::Seats
            | Self::Events
            | Self::Event
            | Self::NewEvent
            | Self::EditEvent
            | Self::Plan
            | Self::Desk => Chunk::BoxOffice,
            Self::Today
            | Self::ConversationActivity
            | Self::People
            | Self::Person
            | Self::Settings
            | Self::Inbox
            | Self::Away
            | Self::NotificationSettings
            | Self::Unsubscribe
            | Self::Rooms
            | Self::NewConversation
            | Self::Search => Chunk::Others,
        }
    }

    /// The pages at an address of this site, outermost first.
    fn at(path: &str) -> Vec<Self> {
        let mut parts = path.trim_matches('/').split('/');
        let (section, below, part) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        match (section, below) {
            ("", _) => vec![Self::Today],
            ("sign-in" | "register" | "forgot" | "reset", _) => vec![Self::SignIn],
            ("people" | "settings" | "inbox" | "unsubscribe", _) => vec![Self::People],
            ("wallet", _) => vec![Self::Wallet],
            ("admin", _) => vec![Self::Board],
            ("tickets" | "orders" | "events", _) => vec![Self::Events],
            ("messages", None) => vec![Self::Messages],
            ("messages", Some("rooms" | "new" | "search")) => vec![Self::Messages, Self::Rooms],
            ("messages", Some(_)) if part == Some("activity") => vec![Self::Messages, Self::ConversationActivity],
            ("messages", Some(_)) => vec![Self::Messages, Self::Conversation],
            _ => vec![],
        }
    }
}

impl Chunk {
    /// The name of the file, for the document's head.
    fn name(self) -> &'static str {
        match self {
            Self::Doors => "doors",
            Self::List => "list",
            Self::Thread => "thread",
            Self::Admin => "admin",
            Self::BoxOffice => "box_office",
            Self::Others => "others",
        }
    }

    async fn load(self) -> Result<(), SplitLoaderError> {
        match self {
            Self::Doors => load_doors().await,
            Self::List => load_list().await,
            Self::Thread => load_thread().await,
            Self::Admin => load_admin().await,
            Self::BoxOffice => load_box_office().await,
            Self::Others => load_others().await,
        }
    }

    async fn open(self, page: Page) -> Opened {
        leptos::prefetch_lazy_fn_on_server(self.name());
        match self {
            Self::Doors => doors(page).await,
            Self::List => list(page).await,
            Self::Thread => thread().await,
            Self::Admin => admin(page).await,
            Self::BoxOffice => box_office(page).await,
            Self::Others => others(page).await,
        }
    }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        // Taken before anything is waited for: the way may lead elsewhere meanwhile.
        let address = address();
        self.chunk().open(self).await.unwrap_or_else(|_| {
            browser::load(&address);
            moving_on()
        })
    }

    async fn preload(&self) {
        // What does not come is asked for once more in `choose`.
        let _ = self.chunk().load().await;
    }
}

/// Fetches the code of the page that the browser shows. True if it is there, and the page
/// can come alive.
pub async fn ready() -> bool {
    let address = browser::path();
    let path = address.split('?').next().unwrap_or_default();
    for page in Page::at(path) {
        if page.chunk().load().await.is_err() {
            return false;
        }
    }
    messages::view::ready(&address).await
}
