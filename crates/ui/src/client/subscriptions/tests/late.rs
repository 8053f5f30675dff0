//! Users that come when the channel is live already, and those that come back.

use super::*;

/// A second user comes with an older snapshot than where the channel is. It gets what it
/// misses; the first gets nothing twice, and nothing that arrives meanwhile is lost.
#[test]
fn a_late_user_with_an_older_place_gets_what_it_misses() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(10)), NOW);
    answer(&mut table, 10, Some(true));
    event(&mut table, 11);
    table.take();
    let second = table.join(&ROOM, Some(at(8)), NOW);
    assert_eq!(said(&table.take()), ["-", "+8"]);
    event(&mut table, 12); // still from the old subscription
    answer(&mut table, 13, Some(true));
    for seq in 9..=14 {
        event(&mut table, seq);
    }
    let out = table.take();
    assert_eq!(told(&out, first), ["12", "returned", "13", "14"], "what is never logged may have been missed");
    assert_eq!(told(&out, second), ["returned", "9", "10", "11", "12", "13", "14"]);
}

/// The same, but the log does not reach back: only who lacks something is stale.
#[test]
fn a_late_user_that_is_too_late_is_stale_alone() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(10)), NOW);
    answer(&mut table, 10, Some(true));
    let second = table.join(&ROOM, Some(at(1)), NOW);
    answer(&mut table, 10, Some(false));
    event(&mut table, 11);
    let out = table.take();
    assert_eq!((told(&out, first), told(&out, second)), (vec!["returned".into(), "returned".into(), "11".into()], vec!["stale".into()]));
}

/// …and who was following is stale too if something fell between the two subscriptions.
#[test]
fn what_falls_between_two_subscriptions_is_noticed() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(10)), NOW);
    answer(&mut table, 10, Some(true));
    table.join(&ROOM, Some(at(1)), NOW);
    table.take();
    answer(&mut table, 11, Some(false));
    assert_eq!(told(&table.take(), first), ["stale"]);
}

#[test]
fn a_late_user_with_a_newer_place_only_waits_for_it() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(10)), NOW);
    answer(&mut table, 10, Some(true));
    let second = table.join(&ROOM, Some(at(12)), NOW);
    for seq in 11..=13 {
        event(&mut table, seq);
    }
    let out = table.take();
    assert_eq!(said(&out), ["+10"]);
    assert_eq!(
        (told(&out, first), told(&out, second)),
        (vec!["returned".into(), "11".into(), "12".into(), "13".into()], vec!["returned".into(), "13".into()])
    );
}

/// After a loss the wire goes on from the one that is furthest behind; each filters for itself.
#[test]
fn a_reconnect_resumes_from_the_oldest_place() {
    let mut table = connected();
    let first = table.join(&ROOM, Some(at(10)), NOW);
    let second = table.join(&ROOM, Some(at(14)), NOW);
    answer(&mut table, 14, Some(true));
    event(&mut table, 11);
    table.take();
    table.down();
    table.up();
    assert_eq!(said(&table.take()), ["+11"]);
    answer(&mut table, 15, Some(true));
    for seq in [12, 15] {
        event(&mut table, seq);
    }
    let out = table.take();
    assert_eq!(
        (told(&out, first), told(&out, second)),
        (vec!["returned".into(), "12".into(), "15".into()], vec!["returned".into(), "15".into()])
    );
}
