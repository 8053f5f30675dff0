//! The sections of a plan: new ones, their names, their order.

use leptos::prelude::*;

use super::follow::Editor;
use crate::{
    api::{ActOnSection, SaveSection},
    model::NAME_CHARS,
    words,
};
use plenum_core::ids::{EventId, SectionId};
use plenum_ui::{
    Each, Field, RowMenu,
    forms::{Failure, Submit, empty_when, failure, field_error, succeeded},
    view,
};

/// The fields that show their own errors.
const FIELDS: &[&str] = &["name"];

type Save = ServerAction<SaveSection>;
type Act = ServerAction<ActOnSection>;

/// A section as its line shows it.
#[derive(Clone)]
struct Line {
    id: SectionId,
    name: String,
    rows: usize,
    seats: usize,
}

/// The sections, and the form for a new one.
#[component]
pub fn Sections(editor: Editor) -> impl IntoView {
    // A new one's form and a rename are told their errors apart.
    let (save, rename, act) = (Save::new(), Save::new(), Act::new());
    editor.after(save);
    editor.after(rename);
    editor.after(act);
    let (refused, not_renamed, not_done) = (failure(save), failure(rename), failure(act));
    let form = empty_when(succeeded(save));
    let lines = move || {
        editor.desk.with(|desk| {
            let line = |section: &crate::model::Section| {
                Some(Line { id: section.id?, name: section.name.clone(), rows: section.rows.len(), seats: section.len() })
            };
            desk.plan.sections.iter().filter_map(line).collect::<Vec<_>>()
        })
    };
    let event = editor.event;
    view! {
        <section class="card stack" aria-labelledby="sections">
            <h2 id="sections">{words::SECTIONS}</h2>
            <Failure failure=not_renamed/>
            <Failure failure=not_done/>
            <ul class="lines plan-sections" aria-labelledby="sections">
                <Each
                    each=lines
                    key=|line: &Line| format!("{}:{}:{}:{}", line.id, line.rows, line.seats, line.name)
                    children=move |line: Line| shown(line, event, rename, act)
                />
            </ul>
            <ActionForm action=save node_ref=form attr:class="form">
                <input type="hidden" name="event" value=event.to_string()/>
                <Failure failure=refused fields=FIELDS/>
                <Field
                    id="section-name"
                    name="name"
                    label=words::SECTION_NAME
                    autocomplete="off"
                    maxlength=u32::try_from(NAME_CHARS).unwrap_or(u32::MAX)
                    error=field_error(refused, "name")
                    required=true
                />
                <div class="form-actions">
                    <Submit label=words::ADD_SECTION busy=save.pending()/>
                </div>
            </ActionForm>
        </section>
    }
}

fn shown(line: Line, event: EventId, rename: Save, act: Act) -> AnyView {
    let Line { id, name, rows, seats } = line;
    let button = |what: &'static str, label: &'static str| {
        let of = words::which_one(&name);
        view! {
            <ActionForm action=act attr:data-act=what>
                <input type="hidden" name="event" value=event.to_string()/>
                <input type="hidden" name="id" value=id.to_string()/>
                <button class="btn" data-size="s" type="submit" name="act" value=what>
                    {label}
                    <span class="visually-hidden">{of}</span>
                </button>
            </ActionForm>
        }
    };
    let (up, down) = (button("up", words::UP), button("down", words::DOWN));
    let of = words::which_one(&name);
    let (to_rename, to_remove) = (of.clone(), of);
    let (known, label, all_of_it) = (name.clone(), words::new_name(&name), words::remove_section(&name, seats));
    view! {
        <li class="line">
            <div class="line-text">
                <b class="wrap">{name}</b>
                <p class="muted">{words::rows_and_seats(rows, seats)}</p>
            </div>
            <div class="form-actions">
                {up}
                {down}
                <RowMenu label=words::RENAME of=to_rename class="menu plan-rename">
                    <ActionForm action=rename attr:class="form">
                        <input type="hidden" name="event" value=event.to_string()/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <input
                            class="input"
                            name="name"
                            value=known
                            required=true
                            maxlength=NAME_CHARS.to_string()
                            aria-label=label
                        />
                        <Submit label=words::RENAME busy=rename.pending()/>
                    </ActionForm>
                </RowMenu>
                <RowMenu label=words::REMOVE of=to_remove>
                    <ActionForm action=act>
                        <input type="hidden" name="event" value=event.to_string()/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <button class="menu-item" data-tone="bad" type="submit" name="act" value="remove">
                            {all_of_it}
                        </button>
                    </ActionForm>
                </RowMenu>
            </div>
        </li>
    }
}
