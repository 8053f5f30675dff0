//! The program's SQL is text that SQLite and PostgreSQL both take. This finds the usual slips at once; `make check-postgres` has
//! PostgreSQL itself read every statement.

use std::fs;

use super::sources::{files, is_word, literals, root};

/// Where SQL of SQLite's own may be: full text search; pragmas and the file.
const DIALECT_FILES: [&str; 2] = ["crates/messages/src/server/search.rs", "crates/store/src/db/sqlite.rs"];

/// Words of one of the two databases.
const WORDS: &[&str] = &[
    // SQLite's.
    "insert or ",
    "replace into ",
    "strftime(",
    "unixepoch(",
    "julianday(",
    "json_extract(",
    "json_each(",
    "json_object(",
    "json_array(",
    "group_concat(",
    "ifnull(",
    "iif(",
    "instr(",
    "printf(",
    "randomblob(",
    "typeof(",
    "total_changes(",
    "last_insert_rowid",
    "rowid",
    "pragma ",
    "sqlite_",
    "fts5",
    " match $",
    " glob ",
    "indexed by",
    "begin immediate",
    "vacuum into",
    "in ()",
    // PostgreSQL's.
    "greatest(",
    "least(",
    "string_agg(",
    "array_agg(",
    "json_agg(",
    "jsonb",
    "any($",
    "::bigint",
    " ilike ",
    "distinct on (",
    "to_tsvector",
    "to_tsquery",
    "skip locked",
];

/// What of `literal` only one database takes, and why.
fn slips(literal: &str, booleans: &[String]) -> Vec<String> {
    let mut slips: Vec<String> = WORDS.iter().filter(|word| literal.contains(**word)).map(|word| format!("{word:?}")).collect();
    slips.extend(booleans.iter().filter(|column| is_a_number(literal, column)).map(|column| format!("{column} is a boolean, not 0 or 1")));
    for function in ["min", "max"] {
        if inside(literal, &format!("{function}(")).any(|(inside, _)| has_comma(inside)) {
            slips.push(format!("{function} of several values: write a case"));
        }
    }
    for subquery in ["from (select ", "join (select "] {
        if inside(literal, subquery).any(|(_, after)| !is_named(after)) {
            slips.push("a subquery without a name".to_owned());
        }
    }
    slips
}

/// True if `column` is compared with, or set to, 0 or 1.
fn is_a_number(literal: &str, column: &str) -> bool {
    literal.match_indices(column).any(|(start, _)| {
        let (before, after) =
            (literal.get(..start).unwrap_or_default(), literal.get(start + column.len()..).unwrap_or_default().trim_start());
        let value = ["=", "<>", "!="].iter().find_map(|operator| after.strip_prefix(operator)).unwrap_or_default().trim_start();
        let mut value = value.chars();
        !before.ends_with(is_word) && matches!(value.next(), Some('0' | '1')) && !value.next().is_some_and(is_word)
    })
}

/// What stands between the last parenthesis of `opening` and the one that closes it, and what follows that, for each time that both are
/// in the literal.
fn inside<'a>(literal: &'a str, opening: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
    literal.match_indices(opening).filter_map(move |(start, opening)| {
        if literal.get(..start).unwrap_or_default().ends_with(is_word) {
            return None;
        }
        let rest = literal.get(start + opening.find('(')? + 1..)?;
        let mut depth = 1_usize;
        for (index, character) in rest.char_indices() {
            match character {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some((rest.get(..index)?, rest.get(index + 1..)?));
            }
        }
        None
    })
}

/// True if there is a comma outside all parentheses.
fn has_comma(text: &str) -> bool {
    let mut depth = 0_i32;
    text.chars().any(|character| {
        depth += match character {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        character == ',' && depth == 0
    })
}

/// True if what follows a subquery begins with its name.
fn is_named(after: &str) -> bool {
    let word: String = after.trim_start().chars().take_while(|character| is_word(*character)).collect();
    let is_keyword =
        ["where", "group", "order", "union", "limit", "on", "join", "left", "cross", "having", "returning"].contains(&word.as_str());
    !word.is_empty() && !is_keyword
}

/// The columns that migrations declare as `boolean`.
fn booleans() -> Vec<String> {
    let mut columns = Vec::new();
    for entry in fs::read_dir(root().join("migrations/sqlite")).unwrap() {
        for line in fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
            let mut words = line.split_whitespace();
            if let (Some(column), Some("boolean")) = (words.next(), words.next()) {
                columns.push(column.to_owned());
            }
        }
    }
    columns.sort();
    columns.dedup();
    columns
}

/// No statement outside the dialect files has words of one database.
#[test]
fn sql_is_text_that_both_databases_take() {
    let booleans = booleans();
    assert!(booleans.iter().any(|column| column == "muted"), "the boolean columns are read from the migrations: {booleans:?}");
    let (mut found, mut read) = (Vec::new(), 0);
    for file in files() {
        if DIALECT_FILES.contains(&file.as_str()) {
            continue;
        }
        for (line, literal) in literals(&fs::read_to_string(root().join(&file)).unwrap()) {
            read += 1;
            found.extend(slips(&literal, &booleans).into_iter().map(|slip| format!("{file}:{line}: {slip}: {literal}")));
        }
    }
    assert!(read > 5_000, "the sources were read: {read} literals");
    assert!(found.is_empty(), "only one database takes this; write it otherwise, or put it into a dialect file:\n{}", found.join("\n"));
}

/// The dialect files are there: a moved one would leave its name in the list.
#[test]
fn the_dialect_files_are_there() {
    for file in DIALECT_FILES {
        assert!(root().join(file).is_file(), "{file}");
    }
}

/// Each kind of slip is found, and what both take is not.
#[test]
fn slips_are_found() {
    let booleans = ["muted".to_owned()];
    for (literal, expected) in [
        ("select 1 from m where m.muted = 0", 1),
        ("update m set muted=1, a = 0", 1),
        ("update m set a = min(a, $1 - 1)", 1),
        ("select min(at) from (select 1 as at)", 1),
        ("select * from (select a, b from c) where a = 1", 1),
        ("insert or replace into a select json_extract(b, '$.c')", 3),
        ("select 1 from m where not m.muted and unmuted = 0 and muted = 10", 0),
        ("select min(coalesce(a, 0)), max(b) from (select a, b from c) as d", 0),
        ("select d.a from (select a from c) d join (select b from c) e on e.b = d.a", 0),
    ] {
        assert_eq!(slips(literal, &booleans).len(), expected, "{literal}: {:?}", slips(literal, &booleans));
    }
}
