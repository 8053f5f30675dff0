//! The words of suspending, restoring and removing people.

use plenum_core::people::PersonState;

use crate::model::Runs;

pub const STATE: &str = "State";
pub fn state(state: PersonState) -> &'static str {
    match state {
        PersonState::Active => "Active",
        PersonState::Suspended => "Suspended",
        PersonState::Removed => "Removed",
    }
}
pub const ACCOUNT: &str = "Account";
pub const PROFILE: &str = "Profile";
pub const NOT_FOLLOWED: &str = "This page is no longer told what changes.";

pub const RUNS: &str = "What they run";
pub const RUNS_NOTHING: &str = "They run no events, own no rooms alone, and have no broadcasts under way.";
/// What somebody else has to run.
pub fn runs(runs: Runs) -> String {
    let count = |number: i64, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let all = [
        count(runs.events, "event that is not over", "events that are not over"),
        count(runs.rooms, "room or group that they alone own", "rooms and groups that they alone own"),
        count(runs.broadcasts, "broadcast under way", "broadcasts under way"),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
pub const FIND_SUCCESSOR: &str = "Find somebody who takes over";
pub const SUCCESSOR: &str = "Passes to";
pub const NOBODY_NAMED: &str = "Nobody";
pub const CHOOSE: &str = "Choose a person";

pub const SUSPEND: &str = "Suspend";
pub const SUSPEND_TITLE: &str = "Suspend this person";
pub const SUSPEND_TEXT: &str = "Their sign-ins, tokens, invitations, holds and places in waiting lists end at once, and they cannot sign in. \
    Others no longer find them. Their messages, roles and tickets stay. Broadcasts that are under way pass to somebody else, or are cancelled.";
pub const SUSPENDED: &str = "Suspended.";
pub const RESTORE: &str = "Restore";
pub const RESTORE_TITLE: &str = "This person is suspended";
pub const RESTORE_TEXT: &str = "When they are restored they have their roles, rooms and tickets as before. What has ended stays ended: they sign in \
    again, make new tokens and invitations, and set scheduled broadcasts again.";
pub const RESTORED: &str = "Restored.";
pub const REMOVE: &str = "Remove";
pub const REMOVE_TITLE: &str = "Remove this person";
pub const REMOVE_TEXT: &str = "This cannot be undone. Their name, address, settings, sign-ins and notifications are erased, and they leave all rooms. \
    Their messages, orders and records stay, under the name \u{201C}A former member\u{201D}.";
pub const CONFIRMED: &str = "I understand that this cannot be undone";
pub const CONFIRM: &str = "Confirm that this person is removed for good.";
pub fn tickets_stay(tickets: i64) -> String {
    match tickets {
        0 => String::new(),
        1 => "Their ticket stays valid unless you refund it first.".to_owned(),
        number => format!("Their {number} tickets stay valid unless you refund them first."),
    }
}
pub const REMOVED_TEXT: &str = "This person was removed. What stays of them is shown as \u{201C}A former member\u{201D}.";

pub const NOT_YOURSELF: &str = "This is your own account. Another admin can suspend or remove it.";
pub const LAST_ADMIN: &str = "This is the last admin. Make somebody else an admin first.";
pub const ORDER_FIRST: &str = "An order of theirs awaits payment. Wait until it is paid or has expired.";
pub const SUCCESSOR_NEEDED: &str = "Choose who takes over what this person runs.";
pub const SUCCESSOR_UNKNOWN: &str = "Choose another active person of the organisation.";
pub const SUCCESSOR_RUNS_NO_EVENTS: &str = "Only organisers and admins run events. Choose one of them.";
pub const SUCCESSOR_SENDS_NOTHING: &str = "Only admins and managers send broadcasts. Choose one of them.";
pub fn not_active(name: &str) -> String {
    format!("{name} is suspended. Restore the account first.")
}
pub fn not_suspended(name: &str) -> String {
    format!("{name} is not suspended.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_runs_is_counted() {
        assert_eq!(runs(Runs { events: 2, rooms: 0, broadcasts: 1 }), "2 events that are not over, 1 broadcast under way");
    }
}
