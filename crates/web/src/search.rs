//! What people type into a search field, as a pattern for `lower(column) like $1 escape '\'`.

/// Characters that count.
const LONGEST: usize = 100;

/// What contains `text`; everything, if that is empty.
///
/// SQLite knows the two cases of ASCII letters only. Any other letter stands for any one character, so that "žan" finds Žan: rather one
/// too many than one too few.
pub fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().chars().take(LONGEST) {
        match c {
            '%' | '_' | '\\' => pattern.extend(['\\', c]),
            c if c.is_ascii() => pattern.push(c.to_ascii_lowercase()),
            c if c.is_alphabetic() => pattern.push('_'),
            c => pattern.push(c),
        }
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
    }

    /// In the database: either case of any letter, however it is typed.
    #[tokio::test]
    async fn either_case_is_found() {
        let mut conn = Conn::connect("sqlite::memory:").await.unwrap();
        for (name, text, found) in [
            ("Žan Kovač", "žan", true),
            ("Žan Kovač", "KOVAČ", true),
            ("Die Übung", "übung", true),
            ("50 % off", "50 %", true),
            ("500 off", "50 %", false),
            ("Ines", "omar", false),
        ] {
            let fits: bool = sqlx::query_scalar("select lower($1) like $2 escape '\\'")
                .bind(name)
                .bind(containing(text))
                .fetch_one(&mut conn)
                .await
                .unwrap();
            assert_eq!(fits, found, "{text} in {name}");
        }
    }
}
