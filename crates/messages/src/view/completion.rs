//! Completing a mention: who may be meant by what stands after the `@`.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{parts::small_face, screen::Screen};
use crate::{api, model::POINTER_MEMBERS, words};
use plenum_core::people::PersonCard;
use plenum_ui::{dynamic, view};

/// How many are offered.
const OFFERED: usize = 8;
/// The longest that is completed, in characters.
const LONGEST: usize = 40;

/// What is being completed in the composer.
#[derive(Clone, Copy)]
pub(super) struct Completion {
    screen: Screen,
    /// Who is offered; nobody while nothing is completed.
    pub offered: RwSignal<Vec<PersonCard>>,
    /// Which of them would be taken.
    pub chosen: RwSignal<usize>,
    /// Counts questions, so that a late answer is not taken for the newest.
    turn: StoredValue<u32>,
}

impl Completion {
    /// Nothing is being completed.
    pub fn new(screen: Screen) -> Self {
        Self { screen, offered: RwSignal::default(), chosen: RwSignal::new(0), turn: StoredValue::new(0) }
    }

    /// True while somebody is offered.
    pub fn is_open(&self) -> bool {
        self.offered.with_untracked(|offered| !offered.is_empty())
    }

    /// Offers nobody any more. The field loses the focus, too, when it goes with the composer.
    pub fn close(&self) {
        self.turn.try_update_value(|turn| *turn += 1);
        if self.offered.try_with_untracked(|offered| !offered.is_empty()) == Some(true) {
            self.offered.set(Vec::new());
        }
    }

    /// Moves the choice, around the ends.
    pub fn step(&self, down: bool) {
        let count = self.offered.with_untracked(Vec::len).max(1);
        self.chosen.update(|chosen| *chosen = if down { (*chosen + 1) % count } else { (*chosen + count - 1) % count });
    }

    /// Looks at what stands before the caret, after each change of the text.
    pub fn look(self) {
        let Some(input) = self.screen.input.get_untracked() else { return };
        let caret = input.selection_start().ok().flatten().unwrap_or(0) as usize;
        let Some((_, query)) = mention_before(&input.value(), caret) else { return self.close() };
        let store = self.screen.store;
        let (large, mut people) = store.about().with_untracked(|about| {
            let people: Vec<PersonCard> = about.members.iter().map(|member| member.card.clone()).collect();
            (about.member_count > POINTER_MEMBERS, people)
        });
        if !large {
            people.retain(|card| card.id != store.viewer && is_meant(&card.name, &query));
            return self.offer(people);
        }
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        set_timeout(
            move || {
                if self.turn.try_get_value() == Some(turn) {
                    self.ask(query, turn);
                }
            },
            Duration::from_millis(150),
        );
    }

    fn ask(self, query: String, turn: u32) {
        let store = self.screen.store;
        spawn_local(async move {
            let Ok(members) = api::members(store.conversation, query, 0).await else { return };
            if self.turn.try_get_value() == Some(turn) {
                self.offer(members.into_iter().map(|entry| entry.member.card).filter(|card| card.id != store.viewer).collect());
            }
        });
    }

    fn offer(&self, mut people: Vec<PersonCard>) {
        people.truncate(OFFERED);
        self.chosen.set(0);
        if self.offered.with_untracked(|offered| *offered != people) {
            self.offered.set(people);
        }
    }

    /// How `card` is mentioned: by name, and by id too where somebody else has the name.
    fn written(&self, card: &PersonCard) -> String {
        let members = self.screen.store.about().with_untracked(|about| about.members.iter().map(|member| member.card.clone()).collect());
        let known: [Vec<PersonCard>; 2] = [members, self.offered.get_untracked()];
        mentioned(card, known.iter().flatten())
    }

    /// Puts the name of `card`, or of the one who is chosen, in place of what was typed;
    /// the text that stands there then.
    pub fn take(&self, card: Option<PersonCard>) -> Option<String> {
        let input = self.screen.input.get_untracked()?;
        let card = card.or_else(|| self.offered.with_untracked(|offered| offered.get(self.chosen.get_untracked()).cloned()))?;
        let caret = input.selection_start().ok().flatten().unwrap_or(0) as usize;
        let (text, caret) = completed(&input.value(), caret, &self.written(&card))?;
        input.set_value(&text);
        let caret = u32::try_from(caret).unwrap_or(u32::MAX);
        let _ = input.set_selection_range(caret, caret);
        self.close();
        Some(text)
    }
}

/// The people that are offered.
#[component]
pub(super) fn CompletionList(completion: Completion, taken: Callback<String>) -> impl IntoView {
    let option = move |(index, card): (usize, PersonCard)| {
        let shown = card.clone();
        view! {
            <li
                class="completion-item"
                role="option"
                id=format!("who-{index}")
                aria-selected=move || (completion.chosen.get() == index).to_string()
                // The focus stays where one writes.
                on:mousedown=move |event| {
                    event.prevent_default();
                    if let Some(text) = completion.take(Some(card.clone())) {
                        taken.run(text);
                    }
                }
            >
                {small_face(&shown)}
                <span class="cut">{shown.name.clone()}</span>
            </li>
        }
    };
    dynamic(move || {
        let offered = completion.offered.get();
        (!offered.is_empty()).then(|| {
            view! {
                <ul class="completion" role="listbox" id="who" aria-label=words::PEOPLE>
                    {offered.into_iter().enumerate().map(option).collect_view()}
                </ul>
            }
        })
    })
}

/// Where the `@` stands (in bytes) and what follows it up to the caret, if a mention is being
/// written there. The caret counts UTF-16 units, as browsers do.
fn mention_before(text: &str, caret: usize) -> Option<(usize, String)> {
    let end = byte_of(text, caret);
    let before = text.get(..end)?;
    let at = before.rfind('@')?;
    let query = before.get(at + 1..)?;
    let begins_word = before.get(..at)?.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    let fits = !query.starts_with(char::is_whitespace) && !query.contains('\n') && query.chars().count() <= LONGEST;
    (begins_word && fits).then(|| (at, query.to_owned()))
}

/// The name of `card` as it is mentioned among those who are `known`.
fn mentioned<'a>(card: &PersonCard, mut known: impl Iterator<Item = &'a PersonCard>) -> String {
    let name = card.name.to_lowercase();
    let shared = known.any(|other| other.id != card.id && other.name.to_lowercase() == name);
    if shared { format!("{}#{}", card.name, card.id) } else { card.name.clone() }
}

/// The text with `name` in place of what stands between the `@` and the caret, and where the
/// caret goes.
fn completed(text: &str, caret: usize, name: &str) -> Option<(String, usize)> {
    let (at, _) = mention_before(text, caret)?;
    let mut out = text.get(..=at)?.to_owned();
    out.push_str(name);
    out.push(' ');
    let caret_after = out.encode_utf16().count();
    let rest = text.get(byte_of(text, caret)..)?;
    out.push_str(rest.strip_prefix(' ').unwrap_or(rest));
    Some((out, caret_after))
}

fn byte_of(text: &str, utf16: usize) -> usize {
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        if units >= utf16 {
            return byte;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// True if `query` is the beginning of the name or of one of its words.
fn is_meant(name: &str, query: &str) -> bool {
    let (name, query) = (name.to_lowercase(), query.to_lowercase());
    name.starts_with(&query) || name.split_whitespace().any(|word| word.starts_with(&query))
}

/// Who would be taken, for `aria-activedescendant`.
pub(super) fn active(completion: Completion) -> Option<String> {
    let open = completion.offered.with(|offered| !offered.is_empty());
    open.then(|| format!("who-{}", completion.chosen.get()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use plenum_core::ids::PersonId;

    #[test]
    fn a_mention_begins_a_word_and_ends_at_the_caret() {
        assert_eq!(mention_before("Hi @In", 6), Some((3, "In".into())));
        assert_eq!(mention_before("@", 1), Some((0, String::new())));
        assert_eq!(mention_before("(@Lena Kov and", 10), Some((1, "Lena Kov".into())));
        assert_eq!(mention_before("Hi @In", 3), None);
        assert_eq!(mention_before("ines@plenum.example", 19), None);
        assert_eq!(mention_before("@ nobody", 8), None);
        assert_eq!(mention_before("@a\nb", 4), None);
    }

    #[test]
    fn the_caret_counts_as_browsers_do() {
        // The emoji is two UTF-16 units and four bytes.
        assert_eq!(mention_before("👍 @Ome", 6), Some((5, "Om".into())));
        assert_eq!(completed("👍 @Ome", 6, "Omar Bakr"), Some(("👍 @Omar Bakr e".into(), 14)));
    }

    #[test]
    fn a_name_is_completed_once() {
        let (text, caret) = completed("Ask @le now", 7, "Lena Kovač").unwrap();
        assert_eq!((text.as_str(), caret), ("Ask @Lena Kovač now", 16));
        let (_, query) = mention_before(&text, caret).unwrap();
        assert!(!is_meant("Lena Kovač", &query), "nothing is offered after the name");
    }

    #[test]
    fn a_name_that_two_have_says_whose_it_is() {
        let card = |id, name: &str| PersonCard { id: PersonId(id), name: name.to_owned(), hue: 0 };
        let known = [card(4, "Lena Kovač"), card(9, "lena kovač"), card(5, "Omar Bakr")];
        assert_eq!(mentioned(&known[1], known.iter()), "lena kovač#9");
        assert_eq!(mentioned(&known[2], known.iter()), "Omar Bakr");
    }

    #[test]
    fn any_word_of_a_name_is_meant() {
        assert!(is_meant("Ines Moreau", "mo"));
        assert!(is_meant("Ines Moreau", "ines m"));
        assert!(!is_meant("Ines Moreau", "oreau"));
    }
}
