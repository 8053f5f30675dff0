//! Bare web addresses in plain text.

use plenum_core::text::is_invisible;

const SCHEMES: [&str; 2] = ["https://", "http://"];
/// What ends an address wherever it stands: quotation marks, and the punctuation of languages that write no blank after it.
const ENDS: &str = "<>\"`“”„«»、。，！？；：（）「」『』【】《》";
/// What ends the sentence and not the address, where it stands last.
const PUNCTUATION: &str = ".,;:!?'";
/// Pairs, of which a closing one that was not opened within the address ends it.
const PAIRS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
/// Marks of emphasis.
const MARKS: [char; 3] = ['*', '_', '~'];

/// The address that `text` begins with, without what belongs to the sentence; `before` is what stands before it. `steps` is raised by
/// each character that is looked at: no more often than twice each.
pub(super) fn address<'a>(text: &'a str, before: Option<char>, steps: &mut usize) -> Option<&'a str> {
    let scheme = SCHEMES.into_iter().find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let (mut open, mut marks) = ([0_usize; PAIRS.len()], [0_usize; MARKS.len()]);
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        *steps += 1;
        let closes_nothing = PAIRS.iter().zip(&mut open).any(|((opening, closing), open)| match c {
            c if c == *opening => {
                *open += 1;
                false
            }
            c if c == *closing => open.checked_sub(1).map(|left| *open = left).is_none(),
            _ => false,
        });
        if closes_nothing || is_invisible(c) || ENDS.contains(c) {
            end = at;
            break;
        }
        if let Some((_, count)) = MARKS.iter().zip(&mut marks).find(|(mark, _)| **mark == c) {
            *count += 1;
        }
    }
    let mut address = text.get(..end)?;
    while let Some(last) = address.chars().next_back() {
        let shorter = address.trim_end_matches(if PUNCTUATION.contains(last) || MARKS.contains(&last) { last } else { break });
        let run = address.len() - shorter.len();
        *steps += run;
        if let Some((_, count)) = MARKS.iter().zip(&mut marks).find(|(mark, _)| **mark == last) {
            // Marks that were opened within the address are a part of it: `/_a_`, `/__init__`.
            if *count - run >= run && before != Some(last) {
                break;
            }
            *count -= run;
        }
        address = shorter;
    }
    (address.len() > scheme.len()).then_some(address)
}
