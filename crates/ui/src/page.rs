//! What every page has around it and asks for: who looks and when ([`context`]), the tabs of its section ([`tabs`]), the state of
//! the connection ([`banner`]), what is fetched before anything is shown ([`loaded`]), pages for what is not there or not allowed
//! ([`faults`]), colours ([`theme`]), and a snapshot that live events keep up to date ([`follower`], and with one signal for what is
//! shown [`followed`]), until it is told nothing more ([`ended`]).

pub mod admin_page;
pub mod banner;
pub mod context;
pub mod ended;
pub mod faults;
pub mod followed;
pub mod follower;
pub mod loaded;
pub mod refusal;
pub mod tabs;
pub mod theme;

pub use admin_page::AdminPage;
pub use banner::LiveLine;
pub use context::{
    Build, InboxCounts, NewAtFirst, UnreadAtFirst, UnreadTotal, Waiting, use_clock, use_now, use_organisation, use_own_id, use_role,
    use_seconds, use_shell, use_viewer, use_viewer_update, use_zone,
};
pub use ended::Ended;
pub use faults::{Fault, FaultWithin, NotFound, fault_notice, fault_page};
pub use followed::Followed;
pub use follower::{Follower, Logged};
pub use loaded::{Loaded, resource_by_id, use_id};
pub use refusal::{Refusal, refusal, settle_refusal};
pub use tabs::{Section, SectionTabs, Tab, Tabs, provide_tabs};
