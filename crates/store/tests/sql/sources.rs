//! The string literals of the program's sources.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The Rust sources of all crates but their tests, as paths from the root.
pub fn files() -> Vec<String> {
    let (root, mut files) = (root(), Vec::new());
    let mut folders = vec![root.join("src")];
    folders.extend(fs::read_dir(root.join("crates")).unwrap().map(|entry| entry.unwrap().path().join("src")));
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|name| name == "tests");
            if path.is_dir() && !is_test {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
                files.push(path.strip_prefix(&root).unwrap().display().to_string());
            }
        }
    }
    files.sort();
    files
}

/// The string literals of a Rust source with their lines, in lower case and with one blank between words.
pub fn literals(source: &str) -> Vec<(usize, String)> {
    let characters: Vec<char> = source.chars().collect();
    let at = |index: usize| characters.get(index).copied().unwrap_or_default();
    let (mut found, mut index, mut line) = (Vec::new(), 0, 1);
    while index < characters.len() {
        let start = index;
        let mut literal = None;
        match at(index) {
            '/' if at(index + 1) == '/' => {
                while index < characters.len() && at(index) != '\n' {
                    index += 1;
                }
            }
            'r' if matches!(at(index + 1), '"' | '#') && !is_word(at(index.wrapping_sub(1))) => {
                let hashes = characters.iter().skip(index + 1).take_while(|c| **c == '#').count();
                if at(index + 1 + hashes) == '"' {
                    let (end, text) = raw(&characters, index + 2 + hashes, hashes);
                    (index, literal) = (end, Some(text));
                } else {
                    index += 1;
                }
            }
            '"' => {
                let mut text = String::new();
                index += 1;
                while index < characters.len() && at(index) != '"' {
                    if at(index) == '\\' {
                        index += 1;
                        text.push(' ');
                    } else {
                        text.push(at(index));
                    }
                    index += 1;
                }
                index += 1;
                literal = Some(text);
            }
            // A character; a lifetime has no second quote.
            '\'' if at(index + 1) == '\\' => {
                index += 3;
                while index < characters.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            }
            '\'' if at(index + 2) == '\'' => index += 3,
            _ => index += 1,
        }
        if let Some(text) = literal {
            found.push((line, text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()));
        }
        line += characters.iter().take(index).skip(start).filter(|c| **c == '\n').count();
    }
    found
}

/// The text from `start` to a quote with so many hashes, and where it ends.
fn raw(characters: &[char], start: usize, hashes: usize) -> (usize, String) {
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let length = characters.get(start..).unwrap_or_default().windows(end.len()).position(|window| *window == *end);
    let length = length.unwrap_or(characters.len() - start);
    (start + length + end.len(), characters.iter().skip(start).take(length).collect())
}

/// True if a word may have this character.
pub fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[test]
fn literals_are_found_and_comments_are_not() {
    let source = "let a = \"one\n  two\"; // \"three\"\nlet b = 'x'; let c: &'static str = r#\"FOUR \"five\"\"#; let d = '\"'; let e = '\\''; f(\"s\\\"ix\")";
    assert_eq!(literals(source), [(1, "one two".to_owned()), (3, "four \"five\"".to_owned()), (3, "s ix".to_owned())]);
}
