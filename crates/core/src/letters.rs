//! Letters as people compare them: whatever the case, the accents and the form in which a keyboard writes them.
//!
//! Server only: it needs Unicode's tables, which the browser's code is to be spared.

use unicode_normalization::char::decompose_compatible;
use unicode_script::{Script, UnicodeScript as _};

/// `text` as it is compared: compatible forms, accents of European letters and case are made equal, and so are the signs that keyboards
/// and word processors write in several ways. Two texts that people take for the same word are one.
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        fold(c, |c| folded.push(c));
    }
    folded
}

/// One character of it; nothing for an accent.
pub fn fold(c: char, mut emit: impl FnMut(char)) {
    // It would be decomposed to a blank and an accent.
    if c == '\u{B4}' {
        return emit('\'');
    }
    decompose_compatible(c, |part| match part {
        // The accents of Latin, Greek and Cyrillic letters. Those of other scripts are letters of their own.
        '\u{300}'..='\u{36F}' | '\u{200C}' | '\u{200D}' => {}
        '\u{2018}' | '\u{2019}' | '\u{2BC}' | '`' => emit('\''),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => emit('-'),
        'ß' | 'ẞ' => ['s', 's'].into_iter().for_each(&mut emit),
        'æ' | 'Æ' => ['a', 'e'].into_iter().for_each(&mut emit),
        'œ' | 'Œ' => ['o', 'e'].into_iter().for_each(&mut emit),
        'ø' | 'Ø' => emit('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => emit('d'),
        'ł' | 'Ł' => emit('l'),
        'ı' => emit('i'),
        'ς' => emit('σ'),
        part if part.is_whitespace() && part != '\n' => emit(' '),
        // The lower case of a capital may be decomposable again: İ is i and a dot.
        part => part.to_lowercase().filter(|c| !('\u{300}'..='\u{36F}').contains(c)).for_each(&mut emit),
    });
}

/// True for letters of scripts that put no blanks between words: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
pub fn is_unspaced(c: char) -> bool {
    matches!(
        c.script(),
        Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo | Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar
    )
}

/// True if a word can begin or end between `c` and a letter.
pub fn is_boundary(c: Option<char>) -> bool {
    c.is_none_or(|c| !c.is_alphanumeric() || is_unspaced(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_word_is_one_word_however_it_is_typed() {
        for (one, other) in [
            ("Lena Kovač", "lena kovac"),
            ("José", "Jose\u{301}"),
            ("Miles O’Brien", "miles o'brien"),
            ("Jean‑Luc", "jean-luc"),
            ("ＡＢＣ", "abc"),
            ("Straße", "STRASSE"),
            ("Łukasz Ødegård", "lukasz odegard"),
            ("İstanbul", "istanbul"),
            ("ΣΟΦΟΣ", "σοφος"),
            ("Ёлка", "елка"),
            ("한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        assert_ne!(folded("カ"), folded("ガ"), "a mark that makes another letter stays");
        assert_ne!(folded("กา"), folded("กี"));
        assert_ne!(folded("田中"), folded("東京"));
    }

    proptest! {
        /// What is folded stays as it is.
        #[test]
        fn folding_ends(text in "\\PC{0,24}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
        }
    }
}
