//! Names after an `@`, compared as people read them.

use plenum_core::{
    ids::PersonId,
    letters::{fold, folded, is_boundary, is_unspaced},
};

/// Those who can be mentioned, in the order of their folded names.
pub(super) struct Names<'a>(Vec<(String, PersonId, &'a str)>);

/// Who is meant, as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'a> {
    /// One person; several of one name if it is not said which.
    pub people: Vec<PersonId>,
    /// The name as they write it.
    pub name: &'a str,
    /// Bytes that it takes, with the number that says which.
    pub length: usize,
}

impl<'a> Names<'a> {
    pub(super) fn new(members: &'a [(PersonId, String)]) -> Self {
        let mut names: Vec<_> = members.iter().map(|(person, name)| (folded(name), *person, name.as_str())).collect();
        names.retain(|(folded, ..)| !folded.trim().is_empty());
        names.sort_unstable();
        Self(names)
    }

    /// Who is named at the beginning of `text`, by the longest name that fits; `#7` after it says which of those of one name, by id.
    /// The names with the same beginning are neighbours: each character halves its way to them, however many there are. `steps` is
    /// raised by each character that is looked at: no more than the longest name has.
    pub(super) fn at(&self, text: &str, steps: &mut usize) -> Option<Named<'a>> {
        let (mut typed, mut found) = (String::new(), None);
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            *steps += 1;
            fold(c, |c| typed.push(c));
            let from = self.0.partition_point(|(name, ..)| *name < typed);
            let rest = self.0.get(from..).unwrap_or_default();
            if !rest.first().is_some_and(|(name, ..)| name.starts_with(&typed)) {
                break;
            }
            let after = chars.peek().map(|(_, next)| *next);
            // An accent of its own belongs to the letter before it.
            let ends = after.is_none_or(|next| !is_accent(next) && (is_boundary(Some(next)) || is_unspaced(c)));
            if ends && !typed.is_empty() && rest.first().is_some_and(|(name, ..)| *name == typed) {
                let same = rest.partition_point(|(name, ..)| *name == typed);
                found = rest.get(..same).map(|people| (people, at + c.len_utf8()));
            }
        }
        let (people, length) = found?;
        let said = text.get(length..).and_then(number).and_then(|(id, digits)| {
            let (_, person, name) = people.iter().find(|(_, person, _)| person.0 == id)?;
            Some(Named { people: vec![*person], name, length: length + digits })
        });
        said.or_else(|| Some(Named { people: people.iter().map(|(_, person, _)| *person).collect(), name: people.first()?.2, length }))
    }
}

/// The id after a `#`, and how many bytes it takes with that.
fn number(text: &str) -> Option<(i64, usize)> {
    let digits = text.strip_prefix('#')?;
    let end = digits.bytes().take(19).take_while(u8::is_ascii_digit).count();
    Some((digits.get(..end)?.parse().ok()?, end + 1))
}

fn is_accent(c: char) -> bool {
    let mut nothing = true;
    fold(c, |_| nothing = false);
    nothing
}
