//! The rules, one sentence each, against a real store.

mod apply;
mod house;
mod rights;
mod seeds;
mod talk;

pub(crate) use house::{ELSEWHERE, HERE, House};
