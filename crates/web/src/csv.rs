//! Tables for other programs: cells as RFC 4180 wants them, and files that are read and sent some rows at a time.
//!
//! The one place that knows what programs for tables do with them: they take a file without a mark at its beginning for one in the letters
//! of their country, they divide lines at commas, semicolons or tabs, and they compute what begins with `=`.

use std::{fmt::Display, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use futures::{Stream, StreamExt as _, stream};

use plenum_core::error::{AppError, AppResult};
use plenum_store::heavy::HeavyRead;

/// What a formula begins with.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Behind what a program for tables may begin a cell: where it divides at semicolons, quotation marks inside of a line mean nothing to it.
const SEPARATORS: [char; 6] = [',', ';', '\t', '|', '\r', '\n'];
/// At the beginning of a file: it is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Text in which a spreadsheet finds no formula, whatever it divides at: what would be one gets an apostrophe, because names are anybody's
/// to choose.
pub fn guarded(text: &str) -> String {
    let mut guarded = String::with_capacity(text.len() + 1);
    let mut from = 0;
    for at in formulas(text) {
        guarded.push_str(text.get(from..at).unwrap_or_default());
        guarded.push('\'');
        from = at;
    }
    guarded.push_str(text.get(from..).unwrap_or_default());
    guarded
}

/// The same text without what [`guarded`] has added to it.
pub fn unguarded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut from = 0;
    for at in formulas(text) {
        plain.push_str(text.get(from..at).unwrap_or_default());
        from = if text.get(at..).is_some_and(|rest| rest.starts_with('\'')) { at + 1 } else { at };
    }
    plain.push_str(text.get(from..).unwrap_or_default());
    plain
}

/// Where a cell could begin with what a formula begins with: at the beginning, and behind a separator with blanks and quotation marks
/// after it. Apostrophes before it count to it, so that one more can be taken away again.
fn formulas(text: &str) -> Vec<usize> {
    let (mut found, mut begins, mut apostrophes) = (Vec::new(), true, None);
    for (at, c) in text.char_indices() {
        if begins && c == '\'' {
            apostrophes = apostrophes.or(Some(at));
            continue;
        }
        if begins && FORMULA.contains(&c) {
            found.push(apostrophes.unwrap_or(at));
        }
        begins = SEPARATORS.contains(&c) || (begins && apostrophes.is_none() && matches!(c, ' ' | '"'));
        apostrophes = None;
    }
    found
}

/// A cell, quoted where a spreadsheet might divide it. The crate `csv` quotes for the separator that it writes only; many spreadsheets
/// divide at semicolons too, so that the part behind one could be a formula.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n', '\'', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A cell, [`guarded`].
pub fn cell(text: &str) -> String {
    quoted(&guarded(text))
}

/// A line of cells, each [`guarded`].
pub fn line<const CELLS: usize>(cells: [String; CELLS]) -> String {
    line_as_is(cells.map(|text| guarded(&text)))
}

/// A line of cells, of which those that people wrote are [`guarded`] already: an amount may begin with a minus.
pub fn line_as_is<const CELLS: usize>(cells: [String; CELLS]) -> String {
    let mut line = cells.map(|text| quoted(&text)).join(",");
    line.push_str("\r\n");
    line
}

/// The first lines of a file as other programs write it: without the mark of UTF-8, and what its first line says that it is divided by
/// (`sep=;`), which is no line of the table.
pub fn read_beginning(text: &str) -> (Option<u8>, &str) {
    let text = text.trim_start_matches(BYTE_ORDER_MARK);
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let said = line.trim_end_matches('\r').trim_matches('"');
    let separator = said.get(..4).filter(|begin| begin.eq_ignore_ascii_case("sep=")).and_then(|_| said.get(4..));
    match separator.map(str::as_bytes) {
        Some([separator]) if separator.is_ascii() => (Some(*separator), rest),
        _ => (None, text),
    }
}

/// A file that a browser saves as `name`.csv.
pub fn whole_file(name: impl Display, table: String) -> Response {
    let parts = stream::once(async { Ok::<_, AppError>(Bytes::from(table)) });
    response(name, parts)
}

/// A file that a browser saves as `name`.csv, made of what `part` returns until there is no more: each part is read when the one before it
/// has been taken, so that nothing is held in memory, and when it is their turn of whoever has the place `heavy`.
pub fn file<S, F>(name: impl Display, heavy: HeavyRead, first: S, part: impl FnMut(S) -> F + Send + 'static) -> Response
where
    S: Send + 'static,
    F: Future<Output = AppResult<(String, Option<S>)>> + Send + 'static,
{
    let mut part = part;
    let heavy = Arc::new(heavy);
    let parts = stream::try_unfold(Some(first), move |at| {
        let (next, heavy) = (at.map(&mut part), Arc::clone(&heavy));
        async move {
            let Some(next) = next else { return Ok::<_, AppError>(None) };
            let _turn = heavy.turn().await?;
            let (text, rest) = next.await?;
            Ok(Some((Bytes::from(text), rest)))
        }
    });
    response(name, parts)
}

fn response(name: impl Display, parts: impl Stream<Item = AppResult<Bytes>> + Send + 'static) -> Response {
    let parts = stream::once(async { Ok(Bytes::from_static(BYTE_ORDER_MARK.as_bytes())) }).chain(parts);
    let disposition =
        HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::ids::PersonId;
    use plenum_store::heavy::{Asker, HeavyReads};
    use proptest::prelude::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(cell("General"), "General");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("two\nlines"), "\"two\nlines\"");
        for (dangerous, safe) in [
            ("=1+1", "\"'=1+1\""),
            ("+49", "\"'+49\""),
            ("-1", "\"'-1\""),
            ("@sum", "\"'@sum\""),
            ("\t=1", "\"'\t'=1\""),
            ("=cmd|'/c'!A1", "\"'=cmd|'/c'!A1\""),
        ] {
            assert_eq!(cell(dangerous), safe);
            assert_eq!(unguarded(&guarded(dangerous)), dangerous);
        }
        for (dangerous, safe) in [
            ("x;=1+1", "\"x;'=1+1\""),
            ("x,@sum", "\"x,'@sum\""),
            ("x\t=1", "\"x\t'=1\""),
            ("x|=1", "\"x|'=1\""),
            ("two\n=1", "\"two\n'=1\""),
            ("x; \" =1", "\"x; \"\" '=1\""),
        ] {
            assert_eq!(cell(dangerous), safe, "wherever a cell may begin");
        }
        assert_eq!(cell("a-b=c"), "a-b=c");
        assert_eq!((unguarded("'tis").as_str(), unguarded("plain").as_str()), ("'tis", "plain"));
        assert_eq!(line(["1".to_owned(), "Kovač, Lena".to_owned()]), "1,\"Kovač, Lena\"\r\n");
    }

    /// All parts come, in order, and nothing after the last.
    #[tokio::test]
    async fn a_file_is_the_sum_of_its_parts() {
        let heavy = Arc::new(HeavyReads::default()).enter(Asker::Person(PersonId(1))).unwrap();
        let response = file("numbers", heavy, 1, |at| async move { Ok((format!("{at}\r\n"), (at < 3).then_some(at + 1))) });
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"numbers.csv\"");
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(&body[..], b"\xef\xbb\xbf1\r\n2\r\n3\r\n", "it begins by saying that it is UTF-8");
        let body = axum::body::to_bytes(whole_file("name", "Žan\r\n".to_owned()).into_body(), 100).await.unwrap();
        assert_eq!(std::str::from_utf8(&body).unwrap(), "\u{feff}Žan\r\n");
    }

    #[test]
    fn a_first_line_may_say_what_divides() {
        for (text, separator, rest) in [
            ("\u{feff}sep=;\r\na;b\r\n", Some(b';'), "a;b\r\n"),
            ("\"sep=,\"\na,b", Some(b','), "a,b"),
            ("SEP=\t\na\tb", Some(b'\t'), "a\tb"),
            ("\u{feff}sep=ation;b\n", None, "sep=ation;b\n"),
            ("a;b", None, "a;b"),
            ("", None, ""),
        ] {
            assert_eq!(read_beginning(text), (separator, rest), "{text:?}");
        }
    }

    proptest! {
        /// Whatever a program for tables divides at, no cell that it finds begins as a formula; and what was guarded comes back.
        #[test]
        fn no_separator_makes_a_formula(text in "[-=+@'\";,| \t\r\nab]{0,16}") {
            let guarded = guarded(&text);
            for separator in SEPARATORS {
                for part in guarded.split(separator) {
                    let begins = part.trim_start_matches([' ', '"']);
                    prop_assert!(!begins.starts_with(['=', '+', '-', '@']), "{text:?} became {guarded:?}, divided at {separator:?}");
                }
            }
            prop_assert_eq!(unguarded(&guarded), text);
        }
    }
}
