//! Plenum from outside: a real server process on a free port, HTTP and WebSockets.
//! One binary, so that it links once; a module for each thing that must hold.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod server;
mod smtp;
mod socket;
mod waiting;

mod activity;
mod api;
mod applications;
mod authorisation;
mod away;
mod blocks;
mod board;
mod box_office_idempotency;
mod broadcasts;
mod card;
mod card_gateway;
mod clock;
mod complaints;
mod connection;
mod contract;
mod crash;
mod deploy;
mod digest;
mod durable;
mod emails;
mod events;
mod health;
mod idempotency;
mod inbox;
mod leaving;
mod limits;
mod mail;
mod online_address;
mod openapi;
mod orders;
mod orders_storm;
mod organisations;
mod pages;
mod payouts;
mod plans;
mod presence;
mod recovery;
mod reports;
mod seats;
mod seats_storm;
mod second_factor;
mod security;
mod seeds;
mod sending;
mod sign_ins;
mod store;
mod texts;
mod tickets;
mod tokens;
mod wallet;
mod watch;
