//! Text that people enter: what of it can be seen, and what a name may be made of.
//!
//! What compares text whatever its case and accents is `letters`, on the server only: it needs Unicode's tables.

use crate::error::{AppError, AppResult};

/// True for what leaves nothing on the screen, or turns what stands beside it: blanks, control characters, the default ignorable code
/// points of Unicode (UAX 44), its marks of direction (UAX 9), and blanks that count as letters or signs.
pub fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_joiner(c)
        || matches!(c,
            '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Invisible characters that belong to what they stand in: they join letters and emoji, or choose their form.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}') || is_flag_tag(c)
}

/// Spells the country of a flag, behind a black flag.
fn is_flag_tag(c: char) -> bool {
    matches!(c, '\u{E0020}'..='\u{E007F}')
}

/// True where a joiner can mean something after `before`; European letters are not joined, so that one there would only make another name
/// that looks the same.
fn joins(c: char, before: Option<char>) -> bool {
    let Some(before) = before else { return false };
    if is_flag_tag(c) {
        return before == '\u{1F3F4}' || is_flag_tag(before);
    }
    is_joiner(c) && (before >= '\u{370}' || matches!(before, '0'..='9' | '#' | '*' | '©' | '®'))
}

/// True if something of `text` can be seen.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !is_invisible(c))
}

/// Checks that the input named `field`, which others read beside their own, hides and turns nothing. It may be empty.
///
/// # Errors
/// 422 of the field if it has invisible or turning characters, or nothing but them.
pub fn nothing_hidden(field: &str, text: &str) -> AppResult<()> {
    let mut before = None;
    let hidden = text.chars().any(|c| {
        let hides = c != ' ' && is_invisible(c) && !joins(c, before);
        before = Some(c);
        hides
    });
    if hidden || (!text.is_empty() && !is_visible(text)) {
        return Err(AppError::invalid(
            field,
            "This has characters that cannot be seen, or that turn the text around. Enter it without them.",
        ));
    }
    Ok(())
}

/// A name or title, as somebody entered it in `field`: one line with single spaces, which hides nothing; empty if nothing was entered.
///
/// # Errors
/// 422 of `field` if the title has more than `characters` characters, or invisible or turning ones.
pub fn title(field: &str, text: &str, characters: usize) -> AppResult<String> {
    let title = single_line(text);
    at_most(field, &title, characters)?;
    nothing_hidden(field, &title)?;
    Ok(title)
}

/// `text` in one line, with single spaces.
pub fn single_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks the length of the input named `field`, in characters.
///
/// # Errors
/// 422 of the field if it is longer.
pub fn at_most(field: &str, text: &str, characters: usize) -> AppResult<()> {
    if text.chars().count() > characters {
        return Err(AppError::invalid(field, format!("At most {characters} characters.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_nothing() {
        for nothing in ["", " \n", "\u{200B}", "\u{2060}\u{FEFF}", "\u{3164}", "\u{2800}", "\u{202E}", "\u{FE0F}", "\u{200D}"] {
            assert!(!is_visible(nothing), "{nothing:?}");
        }
        for something in ["a", ".", "👍", "❤\u{FE0F}", "\u{200B}a", "ی", "李"] {
            assert!(is_visible(something), "{something:?}");
        }
    }

    /// Persian and Indic words, and emoji, are written with joiners; turning marks and blanks of no width are not.
    #[test]
    fn a_title_hides_nothing() {
        for (entered, read) in [
            (" Winter \n gala ", "Winter gala"),
            ("می\u{200C}خواهم", "می\u{200C}خواهم"),
            ("👩🏽\u{200D}💻 talk", "👩🏽\u{200D}💻 talk"),
            ("3\u{FE0F}\u{20E3}", "3\u{FE0F}\u{20E3}"),
            ("", ""),
        ] {
            assert_eq!(title("title", entered, 40).unwrap(), read);
        }
        for wrong in [
            "a\u{200B}b",
            "a\u{202E}b",
            "a\u{7}b",
            "\u{200F}a",
            "a\u{2066}b",
            "\u{AD}",
            "\u{3164}",
            "\u{200D}",
            "\u{FE0F}",
            "Sa\u{200D}m",
            "Sam\u{E0041}",
        ] {
            assert_eq!(title("title", wrong, 40).unwrap_err().field.as_deref(), Some("title"), "{wrong:?}");
        }
        assert_eq!(title("title", &"x".repeat(41), 40).unwrap_err().field.as_deref(), Some("title"));
    }
}
