//! What people type into a search field, as a pattern for `column like $1 escape '\\'`.
//!
//! Names are compared as `plenum_core::letters` folds them: "kovac" finds Kovač, and a letter is never any letter. So a column that has
//! them stands beside each name that is looked for (`name_folded`), written with it by [`folded`]; where it is null, the name was written
//! before there was one, and its ASCII letters are compared.

pub use plenum_core::letters::folded;

/// Characters that count.
const LONGEST: usize = 100;

/// What contains `text`, in a column of [`folded`] text; everything, if that is empty.
pub fn containing(text: &str) -> String {
    pattern(&folded(text.trim()))
}

/// What contains `text`, in a column of text as it was written, of which the ASCII letters are made lower case (`lower(column)`).
pub fn containing_as_written(text: &str) -> String {
    pattern(&text.trim().to_ascii_lowercase())
}

fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars().take(LONGEST) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use sqlx::Connection as _;

    use super::*;
    use plenum_store::db::Conn;

    #[test]
    fn nothing_in_a_text_is_syntax() {
        assert_eq!(containing(" Ines "), "%ines%");
        assert_eq!(containing("50%_\\"), "%50\\%\\_\\\\%");
        assert_eq!(containing(""), "%%");
        assert_eq!(containing(&"x".repeat(300)).len(), LONGEST + 2);
        assert_eq!(containing_as_written("Žan K%"), "%Žan k\\%%");
    }

    /// In the database: either case of any letter, with its accents or without, however it is typed; and no other letter.
    #[tokio::test]
    async fn a_name_is_found_as_people_type_it() {
        let mut conn = Conn::connect("sqlite::memory:").await.unwrap();
        for (name, text, found) in [
            ("Žan Kovač", "žan", true),
            ("Žan Kovač", "KOVAČ", true),
            ("Žan Kovač", "kovac", true),
            ("Zan Kovac", "Kovač", true),
            ("Die Übung", "übung", true),
            ("田中太郎", "太郎", true),
            ("Ines Moreau", "田中", false),
            ("東京の夜", "田中", false),
            ("Winter gala", "žđ", false),
            ("50 % off", "50 %", true),
            ("500 off", "50 %", false),
            ("Ines", "omar", false),
        ] {
            let fits: bool = sqlx::query_scalar("select $1 like $2 escape '\\'")
                .bind(folded(name))
                .bind(containing(text))
                .fetch_one(&mut conn)
                .await
                .unwrap();
            assert_eq!(fits, found, "{text} in {name}");
        }
    }
}
