//! What fits to what was typed, the best first. Pure.

use super::PaletteEntry;
use plenum_core::sorted::sort_by_key;

/// The entries that fit `text`: groups stay together in the order in which they first
/// come, inside a group the best first. At most `most`, and `most_of_group` of each.
pub(super) fn best(entries: &[PaletteEntry], text: &str, most: usize, most_of_group: usize) -> Vec<PaletteEntry> {
    let wanted = fold(text.trim());
    let mut groups: Vec<(&str, Vec<(u8, &PaletteEntry)>)> = Vec::new();
    for entry in entries {
        let Some(rank) = rank(&fold(&entry.label), &wanted) else { continue };
        match groups.iter_mut().find(|(group, _)| *group == entry.group) {
            Some((_, members)) => members.push((rank, entry)),
            None => groups.push((entry.group, vec![(rank, entry)])),
        }
    }
    for (_, members) in &mut groups {
        sort_by_key(members, |(rank, _)| *rank);
    }
    if !wanted.is_empty() {
        sort_by_key(&mut groups, |(_, members)| members.first().map_or(u8::MAX, |(rank, _)| *rank));
    }
    groups.into_iter().flat_map(|(_, members)| members.into_iter().take(most_of_group)).take(most).map(|(_, entry)| entry.clone()).collect()
}

/// How well `label` fits: 0 the same, 1 begins so, 2 a word begins so, 3 holds it, 4 each
/// typed word begins one of its words.
fn rank(label: &str, wanted: &str) -> Option<u8> {
    let begins_word = |wanted: &str| label.split(|c: char| !c.is_alphanumeric()).any(|word| !word.is_empty() && word.starts_with(wanted));
    if label == wanted {
        Some(0)
    } else if label.starts_with(wanted) {
        Some(1)
    } else if begins_word(wanted) {
        Some(2)
    } else if label.contains(wanted) {
        Some(3)
    } else {
        wanted.split_whitespace().all(begins_word).then_some(4)
    }
}

/// Lower case, and letters of European names without their marks: `kovac` finds Kovač.
fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(plain).collect()
}

fn plain(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ł' | 'ĺ' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Go, *};

    fn entries(labels: &[(&'static str, &str)]) -> Vec<PaletteEntry> {
        labels
            .iter()
            .map(|(group, label)| PaletteEntry {
                group,
                icon: "hash",
                label: (*label).to_owned(),
                hint: String::new(),
                go: Go::To("/".to_owned()),
            })
            .collect()
    }

    fn found(entries: &[PaletteEntry], text: &str) -> Vec<String> {
        best(entries, text, 30, 8).into_iter().map(|entry| entry.label).collect()
    }

    #[test]
    fn the_best_comes_first() {
        let rooms = entries(&[("rooms", "Health week"), ("rooms", "Weekly plan"), ("rooms", "Midweek"), ("rooms", "Week")]);
        assert_eq!(found(&rooms, "week"), ["Week", "Weekly plan", "Health week", "Midweek"]);
        assert_eq!(found(&rooms, "he we"), ["Health week"]);
        assert_eq!(found(&rooms, "xyz"), Vec::<String>::new());
    }

    #[test]
    fn names_are_found_without_their_marks() {
        let people = entries(&[("people", "Lena Kovač"), ("people", "Søren Ångström")]);
        assert_eq!(found(&people, "kovac"), ["Lena Kovač"]);
        assert_eq!(found(&people, "ANG"), ["Søren Ångström"]);
    }

    #[test]
    fn groups_stay_together_and_the_best_leads() {
        let all = entries(&[("pages", "Messages"), ("people", "Tom Visser"), ("pages", "Admin"), ("people", "Ada")]);
        assert_eq!(found(&all, ""), ["Messages", "Admin", "Tom Visser", "Ada"]);
        assert_eq!(found(&all, "ada"), ["Ada"]);
        assert_eq!(found(&all, "m"), ["Messages", "Admin", "Tom Visser"]);
    }

    #[test]
    fn no_group_takes_all_the_room() {
        let many = entries(&[("a", "x1"), ("a", "x2"), ("a", "x3"), ("b", "x4")]);
        assert_eq!(best(&many, "x", 3, 2).len(), 3);
    }
}
