//! What a message means by itself, whatever Markdown would make of it: addresses, mentions, and the colon that would make a line a
//! definition, which Markdown shows nowhere.
//!
//! Each is replaced by a token that Markdown takes for a letter, before the parser sees it, and put back into what the parser makes of
//! the rest. The work is linear: no character is looked at more than a few times, however many brackets, names and addresses there are.

use std::borrow::Cow;

use super::{
    addresses::address,
    names::{Named, Names},
};
use plenum_core::letters::is_boundary;

/// Around the number of a piece: characters that Unicode keeps out of all texts. Where a text has one all the same, it is a piece itself.
const OPEN: char = '\u{FDD0}';
const CLOSE: char = '\u{FDD1}';

/// A piece of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// An address.
    Address(&'a str),
    /// A mention: as it was written, and who is meant.
    Mention(&'a str, Named<'a>),
    /// Text as it stands.
    Text(&'a str),
}

impl<'a> Piece<'a> {
    /// As it was written.
    fn written(&self) -> &'a str {
        match self {
            Self::Address(text) | Self::Mention(text, _) | Self::Text(text) => text,
        }
    }
}

/// A source for the parser, and what its tokens stand for.
pub(super) struct Protected<'a> {
    /// For the parser.
    pub source: String,
    pieces: Vec<Piece<'a>>,
    /// Characters that were looked at to find the pieces, each time.
    pub steps: usize,
}

impl<'a> Protected<'a> {
    pub(super) fn new(text: &'a str, names: &Names<'a>) -> Self {
        let (mut source, mut pieces, mut steps) = (String::with_capacity(text.len()), Vec::new(), 0);
        let (mut rest, mut before) = (text, None);
        while let Some(next) = rest.chars().next() {
            steps += 1;
            let piece = match next {
                '@' if before != Some('\\') && is_boundary(before) => rest.get(1..).and_then(|after| {
                    let named = names.at(after, &mut steps)?;
                    Some(Piece::Mention(rest.get(..=named.length)?, named))
                }),
                'h' | 'H' if before != Some('\\') && is_boundary(before) => address(rest, before, &mut steps).map(Piece::Address),
                ':' if before == Some(']') => rest.get(..1).map(Piece::Text),
                OPEN | CLOSE => rest.get(..next.len_utf8()).map(Piece::Text),
                _ => None,
            };
            let length = match piece {
                // The parser knows an address in angle brackets.
                Some(Piece::Address(address))
                    if before == Some('<') && rest.get(address.len()..).is_some_and(|rest| rest.starts_with('>')) =>
                {
                    source.push_str(address);
                    before = address.chars().next_back();
                    address.len()
                }
                Some(piece) => {
                    source.push(OPEN);
                    source.push_str(&pieces.len().to_string());
                    source.push(CLOSE);
                    let written = piece.written();
                    before = written.chars().next_back();
                    pieces.push(piece);
                    written.len()
                }
                None => {
                    source.push(next);
                    before = Some(next);
                    next.len_utf8()
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        Self { source, pieces, steps }
    }

    /// The parts of what the parser made of the source: text, and the pieces in it.
    pub(super) fn parts<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Piece<'t>> {
        let mut rest = text;
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let at = rest.find(OPEN).unwrap_or(rest.len());
            if at > 0 {
                let (plain, after) = rest.split_at(at);
                rest = after;
                return Some(Piece::Text(plain));
            }
            let inside = rest.strip_prefix(OPEN).unwrap_or_default();
            let (number, after) = inside.split_once(CLOSE).unwrap_or((inside, ""));
            rest = after;
            Some(number.parse().ok().and_then(|number: usize| self.pieces.get(number)).cloned().unwrap_or(Piece::Text(number)))
        })
    }

    /// The same as it was written.
    pub(super) fn restored<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(OPEN) {
            return Cow::Borrowed(text);
        }
        Cow::Owned(self.parts(text).map(|part| part.written().to_owned()).collect())
    }
}
