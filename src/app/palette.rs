//! The palette: `Ctrl K` goes to any page, conversation or person, and does what the menus do.
//!
//! [`find`] ranks what fits; [`places`] knows what there is. Features may register more
//! with [`PaletteSources`].

mod find;
mod places;

use std::sync::Arc;

use leptos::{ev::KeyboardEvent, html, prelude::*};
use leptos_router::hooks::use_navigate;

use plenum_ui::{Icon, browser, composition::Composition, dialog, dynamic, effect, view, words};

/// Whether the palette is open.
#[derive(Debug, Clone, Copy)]
pub struct PaletteOpen(pub RwSignal<bool>);

/// What happens when an entry is chosen.
#[derive(Clone)]
pub enum Go {
    /// Go to this path.
    To(String),
    /// Do this.
    Do(Arc<dyn Fn() + Send + Sync>),
}

/// Something to go to or to do.
#[derive(Clone)]
pub struct PaletteEntry {
    /// Under which heading.
    pub group: &'static str,
    /// Its icon's name.
    pub icon: &'static str,
    /// What it is called; what is typed is looked for here.
    pub label: String,
    /// What it is, in a word; may be empty.
    pub hint: String,
    /// What happens.
    pub go: Go,
}

type Source = Arc<dyn Fn() -> Vec<PaletteEntry> + Send + Sync>;

/// Where entries come from, beside those of the frame.
#[derive(Clone, Copy)]
pub struct PaletteSources(StoredValue<Vec<(u32, Source)>>);

impl PaletteSources {
    /// Adds a source for as long as the component is on the screen; it is asked each time
    /// that the palette opens.
    pub fn add(self, source: impl Fn() -> Vec<PaletteEntry> + Send + Sync + 'static) {
        let id = self.0.with_value(|sources| sources.last().map_or(0, |(id, _)| id + 1));
        self.0.update_value(|sources| sources.push((id, Arc::new(source))));
        on_cleanup(move || {
            self.0.try_update_value(|sources| sources.retain(|(other, _)| *other != id));
        });
    }

    fn entries(self) -> Vec<PaletteEntry> {
        self.0.get_value().iter().flat_map(|(_, source)| source()).collect()
    }
}

/// Prepares the palette; called once, by the application's root.
pub fn provide_palette() {
    provide_context(PaletteSources(StoredValue::default()));
}

/// Most entries that are shown at once, and of one group.
const MOST: usize = 30;
const MOST_OF_GROUP: usize = 8;

/// The palette, open while `open` is true.
pub(super) fn dialog(open: RwSignal<bool>) -> AnyView {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0usize);
    let places = places::use_places(open, text);
    let shown = Memo::new_with_compare(
        move |_| places.with(|entries| text.with(|text| find::best(entries, text, MOST, MOST_OF_GROUP))),
        |_, _| true,
    );
    let element = NodeRef::<html::Dialog>::new();
    dialog::follow(element, open);
    effect(move |_| {
        if open.get() {
            text.set(String::new());
            chosen.set(0);
        }
    });
    effect(move |_| {
        text.track();
        chosen.set(0);
    });

    let navigate = use_navigate();
    let go = StoredValue::new(Arc::new(move |entry: &PaletteEntry| match &entry.go {
        Go::To(path) => navigate(path, Default::default()),
        Go::Do(act) => act(),
    }) as Arc<dyn Fn(&PaletteEntry) + Send + Sync>);
    let choose = move |index: usize| {
        if let Some(entry) = shown.with_untracked(|shown| shown.get(index).cloned()) {
            open.set(false);
            go.get_value()(&entry);
        }
    };
    let composition = Composition::new();
    let on_key = move |event: KeyboardEvent| {
        if composition.takes(&event) {
            return;
        }
        let count = shown.with_untracked(Vec::len);
        match event.key().as_str() {
            "Enter" => choose(chosen.get_untracked()),
            key => {
                let Some(next) = step(key, chosen.get_untracked(), count) else { return };
                chosen.set(next);
                browser::show(&option_id(next));
            }
        }
        event.prevent_default();
    };
    let list = dynamic(move || {
        let entries = shown.get();
        if entries.is_empty() { nothing(&text.get_untracked()).into_any() } else { groups(entries, chosen, choose).into_any() }
    });
    view! {
        <dialog
            class="dialog palette"
            aria-label=words::PALETTE
            node_ref=element
            on:close=move |_| open.set(false)
            on:click=move |event| dialog::close_on_backdrop(&event, element, open)
        >
            <div class="palette-head">
                <Icon name="search"/>
                <input
                    class="palette-input"
                    type="text"
                    dir="auto"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-autocomplete="list"
                    aria-activedescendant=move || shown.with(|shown| (!shown.is_empty()).then(|| option_id(chosen.get())))
                    aria-label=words::PALETTE_FIELD
                    placeholder=words::PALETTE_PLACEHOLDER
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                    on:keydown=on_key
                    on:compositionend=move |event| composition.end(&event)
                />
            </div>
            <div class="palette-list" id="palette-list" role="listbox" aria-label=words::PALETTE_RESULTS>
                {list}
            </div>
            <p class="visually-hidden" role="status">
                {move || open.get().then(|| words::found(shown.with(Vec::len)))}
            </p>
            <p class="palette-foot">
                <span>
                    <kbd>"↑"</kbd>
                    " "
                    <kbd>"↓"</kbd>
                    " "
                    {words::KEY_CHOOSE}
                </span>
                <span>
                    <kbd>"Enter"</kbd>
                    " "
                    {words::KEY_OPEN}
                </span>
                <span>
                    <kbd>"Esc"</kbd>
                    " "
                    {words::KEY_CLOSE}
                </span>
            </p>
        </dialog>
    }
}

/// Where the keys lead in a list of `count`, round and round.
fn step(key: &str, here: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowDown" => Some(if here >= last { 0 } else { here + 1 }),
        "ArrowUp" => Some(here.checked_sub(1).unwrap_or(last)),
        "PageDown" => Some((here + MOST_OF_GROUP).min(last)),
        "PageUp" => Some(here.saturating_sub(MOST_OF_GROUP)),
        _ => None,
    }
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}

fn nothing(text: &str) -> impl IntoView {
    view! {
        <p class="palette-none" role="option" aria-selected="false" aria-disabled="true">
            {words::nothing_called(text)}
        </p>
    }
}

/// The entries under their headings; they come sorted by group.
fn groups(entries: Vec<PaletteEntry>, chosen: RwSignal<usize>, choose: impl Fn(usize) + Copy + Send + 'static) -> impl IntoView {
    let numbered: Vec<(usize, PaletteEntry)> = entries.into_iter().enumerate().collect();
    numbered
        .chunk_by(|(_, a), (_, b)| a.group == b.group)
        .enumerate()
        .map(|(number, entries)| {
            let id = format!("palette-group-{number}");
            let name = entries.first().map(|(_, entry)| entry.group);
            let items = entries.iter().cloned().map(|(index, entry)| {
                view! {
                    <div
                        class="palette-item"
                        role="option"
                        id=option_id(index)
                        aria-selected=move || if chosen.get() == index { "true" } else { "false" }
                        on:click=move |_| choose(index)
                    >
                        <Icon name=entry.icon/>
                        <span class="cut">{entry.label}</span>
                        <span class="palette-hint">{entry.hint}</span>
                    </div>
                }
            });
            view! {
                <div role="group" aria-labelledby=id.clone()>
                    <p class="palette-group" id=id.clone()>{name}</p>
                    {items.collect_view()}
                </div>
            }
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arrows_go_round() {
        assert_eq!(step("ArrowDown", 2, 3), Some(0));
        assert_eq!(step("ArrowUp", 0, 3), Some(2));
        assert_eq!(step("PageDown", 0, 3), Some(2));
        assert_eq!(step("ArrowDown", 0, 0), None);
        assert_eq!(step("a", 0, 3), None);
    }
}
