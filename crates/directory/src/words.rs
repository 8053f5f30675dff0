//! The words for people wherever they appear.

use plenum_core::people::Role;

pub const ONLINE: &str = "online";
/// When they were here: a time, a day, or a word for one, which stands in a sentence here.
pub fn last_seen(when: &str) -> String {
    let mut rest = when.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_lowercase).collect();
    format!("last seen {first}{}", rest.as_str())
}
pub const LAST_SEEN_JUST_NOW: &str = "last seen just now";

/// The word for a role.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Member => "Member",
        Role::Instructor => "Instructor",
        Role::Clinician => "Clinician",
        Role::Agent => "Agent",
        Role::Organiser => "Organiser",
        Role::Manager => "Manager",
        Role::Admin => "Admin",
    }
}

/// What a person does, in a few words: everyone is a member, so that says something only alone.
pub fn roles(roles: &[Role]) -> String {
    let words: Vec<&str> = roles.iter().filter(|role| **role != Role::Member).map(|held| role(*held)).collect();
    if words.is_empty() { role(Role::Member).to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn member_is_said_only_of_those_who_are_nothing_else() {
        assert_eq!(roles(&[Role::Member]), "Member");
        assert_eq!(roles(&[]), "Member");
        assert_eq!(roles(&[Role::Member, Role::Instructor, Role::Admin]), "Instructor, Admin");
    }
}
