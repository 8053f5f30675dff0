//! How somebody writes rows and seats: "A–K", "A–H, J–K", "1–20"; "1–8, 9–20", where a comma is an aisle.

use super::{NUMBER, ROW_CHARS};
use plenum_core::error::{AppError, AppResult};

/// Rows of one change at the most.
pub const ROWS: usize = 100;
/// Seats of a row at the most.
pub const SEATS: usize = 200;

/// Which numbers a row's seats have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum Step {
    /// 1, 2, 3 …
    #[default]
    Each,
    /// 1, 3, 5 … or 2, 4, 6 …, as the first one is: houses that have odd numbers on one side and even ones on the other.
    Second,
}

impl Step {
    /// The one of this name.
    ///
    /// # Errors
    /// 422 `step`.
    pub fn parse(word: &str) -> AppResult<Self> {
        word.parse().map_err(|_: strum::ParseError| AppError::invalid("step", "Say which numbers: each, or every second."))
    }

    /// From one number to the next.
    pub fn width(self) -> i64 {
        match self {
            Self::Each => 1,
            Self::Second => 2,
        }
    }
}

/// A row's name, as somebody entered it.
///
/// # Errors
/// 422 `field`.
pub fn row_name(field: &str, text: &str) -> AppResult<String> {
    let name = text.trim();
    let fits =
        (1..=ROW_CHARS).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '/' | '\''));
    if fits {
        Ok(name.to_owned())
    } else {
        Err(AppError::invalid(field, format!("A row has a name of 1 to {ROW_CHARS} letters or digits.")))
    }
}

/// The rows that `text` names, in its order.
///
/// # Errors
/// 422 `rows`: none, too many, one twice, or not to be read.
pub fn rows(text: &str) -> AppResult<Vec<String>> {
    let mut rows = Vec::new();
    for (first, last) in items(text) {
        match last {
            None => rows.push(row_name("rows", &first)?),
            Some(last) => rows.extend(between(&row_name("rows", &first)?, &row_name("rows", &last)?)?),
        }
        if rows.len() > ROWS {
            return Err(AppError::invalid("rows", format!("At most {ROWS} rows at once.")));
        }
    }
    if rows.is_empty() {
        return Err(AppError::invalid("rows", "Say which rows, like A–K or 1–12."));
    }
    let mut known = rows.clone();
    known.sort_unstable();
    if let Some(twice) = known.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first()).flatten()) {
        return Err(AppError::invalid("rows", format!("Row {twice} stands there twice.")));
    }
    Ok(rows)
}

/// The numbers that `text` names, in its order; a comma is an aisle.
///
/// # Errors
/// 422 `seats`: none, too many, one twice, or not to be read.
pub fn seats(text: &str, step: Step) -> AppResult<Vec<Vec<i64>>> {
    let (mut groups, mut count): (Vec<Vec<i64>>, usize) = (Vec::new(), 0);
    for (first, last) in items(text) {
        let from = number(&first)?;
        let to = last.map_or(Ok(from), |last| number(&last))?;
        if to < from {
            return Err(AppError::invalid("seats", format!("Seats go from the lower to the higher number: {to}–{from}.")));
        }
        let width = usize::try_from(step.width()).unwrap_or(1);
        // Counted before it is written out: what is too much is never there.
        let numbers = (from..=to).step_by(width);
        count += numbers.clone().count();
        if count > SEATS {
            return Err(AppError::invalid("seats", format!("A row has at most {SEATS} seats.")));
        }
        groups.push(numbers.collect());
    }
    let mut numbers: Vec<i64> = groups.concat();
    if numbers.is_empty() {
        return Err(AppError::invalid("seats", "Say which seats, like 1–20 or, with an aisle, 1–10, 11–20."));
    }
    numbers.sort_unstable();
    if let Some(twice) = numbers.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first()).flatten()) {
        return Err(AppError::invalid("seats", format!("Seat {twice} stands there twice.")));
    }
    Ok(groups)
}

/// Its parts between commas: one name, or a first and a last one.
fn items(text: &str) -> impl Iterator<Item = (String, Option<String>)> {
    text.split([',', ';']).map(str::trim).filter(|item| !item.is_empty()).map(|item| match item.split_once(['-', '–', '—', '‑']) {
        Some((first, last)) => (first.trim().to_owned(), Some(last.trim().to_owned())),
        None => (item.to_owned(), None),
    })
}

fn number(text: &str) -> AppResult<i64> {
    let digits = text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number| digits && (1..=NUMBER).contains(number))
        .ok_or_else(|| AppError::invalid("seats", format!("A seat has a number from 1 to {NUMBER}: “{text}” is none.")))
}

/// The rows from `first` to `last`: letters (A … Z, AA, AB …) or numbers, upwards or downwards.
fn between(first: &str, last: &str) -> AppResult<Vec<String>> {
    type Named = fn(i64) -> String;
    let (from, to, name): (i64, i64, Named) = match (letters(first), letters(last), first.parse::<i64>(), last.parse::<i64>()) {
        (Some(from), Some(to), ..) => (from, to, lettered),
        (_, _, Ok(from), Ok(to)) => (from, to, |number| number.to_string()),
        _ => return Err(AppError::invalid("rows", format!("Rows go from letter to letter or from number to number: {first}–{last}."))),
    };
    let count = usize::try_from((to - from).abs()).unwrap_or(usize::MAX);
    if count >= ROWS {
        return Err(AppError::invalid("rows", format!("At most {ROWS} rows at once.")));
    }
    let direction = if to < from { -1 } else { 1 };
    Ok((0..).take(count + 1).map(|index: i64| name(from + index * direction)).collect())
}

/// A is 1, Z is 26, AA is 27.
fn letters(text: &str) -> Option<i64> {
    let fits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then(|| text.bytes().fold(0, |number, byte| number * 26 + i64::from(byte - b'A') + 1))
}

fn lettered(mut number: i64) -> String {
    let mut text = Vec::new();
    while number > 0 {
        let digit = (number - 1) % 26;
        text.push(char::from(b'A' + u8::try_from(digit).unwrap_or_default()));
        number = (number - 1) / 26;
    }
    text.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rows_are_read_as_they_are_written() {
        assert_eq!(rows("A–C").unwrap(), ["A", "B", "C"]);
        assert_eq!(rows(" A - B ,D").unwrap(), ["A", "B", "D"]);
        assert_eq!(rows("Y-AB").unwrap(), ["Y", "Z", "AA", "AB"]);
        assert_eq!(rows("9–11").unwrap(), ["9", "10", "11"]);
        assert_eq!(rows("C–A").unwrap(), ["C", "B", "A"], "a hall may have its first row at the back");
        assert_eq!(rows("Box 1, Box 2").unwrap(), ["Box 1", "Box 2"]);
        for wrong in ["", ",", "A–", "A–3", "A,A", "A–C,B", "1–101", "verylongname", "a\u{202e}b"] {
            assert_eq!(rows(wrong).unwrap_err().field.as_deref(), Some("rows"), "{wrong:?}");
        }
    }

    #[test]
    fn seats_are_read_as_they_are_written() {
        assert_eq!(seats("1–4", Step::Each).unwrap(), [[1, 2, 3, 4]]);
        assert_eq!(seats("1-2, 3-4", Step::Each).unwrap(), [[1, 2], [3, 4]], "a comma is an aisle");
        assert_eq!(seats("1–7", Step::Second).unwrap(), [[1, 3, 5, 7]]);
        assert_eq!(seats("2–7", Step::Second).unwrap(), [[2, 4, 6]]);
        for wrong in ["", "0–3", "A", "4–1", "1–3,3", "1–1000", "1–201", "+1", "1-2-3"] {
            assert_eq!(seats(wrong, Step::Each).unwrap_err().field.as_deref(), Some("seats"), "{wrong:?}");
        }
    }

    /// The limit holds while it is written out: nothing behind what is too much is read, and nothing of it is there.
    #[test]
    fn what_is_too_much_is_not_written_out() {
        for (text, step) in [("1–200,201,x", Step::Each), ("1-999,x", Step::Each), ("1-999,1-999,x", Step::Second)] {
            let refused = seats(text, step).unwrap_err();
            assert_eq!(refused.message, "A row has at most 200 seats.", "{text}");
        }
        for text in ["A–ZZ,!", "1–100,101,!"] {
            assert_eq!(rows(text).unwrap_err().message, "At most 100 rows at once.", "{text}");
        }
    }

    proptest! {
        /// Letters count as they do in tables.
        #[test]
        fn letters_are_numbers(number in 1_i64..=702) {
            prop_assert_eq!(letters(&lettered(number)), Some(number));
        }

        /// Nothing that somebody enters is too much for it.
        #[test]
        fn anything_can_be_entered(text in ".{0,30}") {
            let _ = (rows(&text), seats(&text, Step::Each), seats(&text, Step::Second));
        }
    }
}
