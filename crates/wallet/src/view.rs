//! The pages of wallets.
//!
//! - [`page`] is `/wallet`, with its [`forms`], its [`account`] question and its [`statement`].
//! - [`simulator`] is `/wallet/deposits/{id}/simulator`, a gateway for trying Plenum out.
//! - [`queue`] is `/admin/withdrawals`, with its [`payment_files`].

mod account;
mod forms;
mod page;
mod payment_files;
mod queue;
mod simulator;
mod statement;

pub use page::WalletPage;
pub use queue::WithdrawalsPage;
pub use simulator::SimulatorPage;
