//! Rules and SQL of sales.
//!
//! - [`holds`]: claims on places, all or nothing; [`baskets`]: what their owners do with them; [`expiry`]: announces expired holds.
//! - [`waiting_list`]: who is next when a place becomes free.
//! - [`orders`]: check-out, payment, expiry, refunds; [`promo`]: codes that lower a price.
//! - [`seats`]: the seat map; [`watchers`]: how many look at it.
//! - [`desk`]: figures of organisers; [`export`]: the same as tables.
//! - [`leaving`]: what somebody who is suspended or removed lets go.
//! - [`fixtures`]: sales for tests.

pub mod baskets;
pub mod desk;
pub mod expiry;
pub mod export;
pub mod fixtures;
pub mod holds;
pub mod leaving;
pub mod orders;
pub mod promo;
pub mod seats;
pub mod waiting_list;
pub mod watchers;
