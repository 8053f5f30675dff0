//! Tables for other programs: cells as RFC 4180 wants them, and files that are read and sent some rows at a time.

use std::fmt::Display;

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use futures::stream;

use plenum_core::error::{AppError, AppResult};

/// What a formula begins with.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Text that a spreadsheet does not take for a formula: such text gets an apostrophe, because names are anybody's to choose.
pub fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// The same text without what [`guarded`] has added to it.
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(text)
}

/// A cell, [`guarded`].
pub fn cell(text: &str) -> String {
    let safe = guarded(text);
    if safe.contains([',', '"', '\r', '\n', '\'', ';']) { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

/// A line of cells.
pub fn line<const CELLS: usize>(cells: [String; CELLS]) -> String {
    let mut line = cells.map(|text| cell(&text)).join(",");
    line.push_str("\r\n");
    line
}

/// A file that a browser saves as `name`.csv, made of what `part` returns until there is no more: each part is read when the one before it
/// has been taken, so that nothing is held in memory.
pub fn file<S, F>(name: impl Display, first: S, part: impl FnMut(S) -> F + Send + 'static) -> Response
where
    S: Send + 'static,
    F: Future<Output = AppResult<(String, Option<S>)>> + Send + 'static,
{
    let mut part = part;
    let parts = stream::try_unfold(Some(first), move |at| {
        let next = at.map(&mut part);
        async move {
            let Some(next) = next else { return Ok::<_, AppError>(None) };
            let (text, rest) = next.await?;
            Ok(Some((Bytes::from(text), rest)))
        }
    });
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
            ("\t=1", "\"'\t=1\""),
            ("=cmd|'/c'!A1", "\"'=cmd|'/c'!A1\""),
        ] {
            assert_eq!(cell(dangerous), safe);
            assert_eq!(unguarded(&guarded(dangerous)), dangerous);
        }
        assert_eq!((unguarded("'tis"), unguarded("plain")), ("'tis", "plain"));
        assert_eq!(line(["1".to_owned(), "Kovač, Lena".to_owned()]), "1,\"Kovač, Lena\"\r\n");
    }

    /// All parts come, in order, and nothing after the last.
    #[tokio::test]
    async fn a_file_is_the_sum_of_its_parts() {
        let response = file("numbers", 1, |at| async move { Ok((format!("{at}\r\n"), (at < 3).then_some(at + 1))) });
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"numbers.csv\"");
        let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
        assert_eq!(&body[..], b"1\r\n2\r\n3\r\n");
    }
}
