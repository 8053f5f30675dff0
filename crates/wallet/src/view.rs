//! The pages of wallets.
//!
//! - [`page`] is `/wallet`, with its [`forms`] and its [`statement`].
//! - [`simulator`] is `/wallet/deposits/{id}/simulator`, a gateway for trying Plenum out.
//! - [`queue`] is `/admin/withdrawals`.

mod forms;
mod page;
mod queue;
mod simulator;
mod statement;

pub use page::WalletPage;
pub use queue::WithdrawalsPage;
pub use simulator::SimulatorPage;
