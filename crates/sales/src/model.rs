//! What both sides know of holds, waiting lists, orders, promo codes and the seat map.

pub mod best;
#[cfg(test)]
mod enum_words;
pub mod hold;
pub mod layout;
pub mod orders;
pub mod paying;
pub mod promo;
pub mod seat_map;
pub mod waiting_list;
