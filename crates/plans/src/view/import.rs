//! A table that goes in: what is wrong in it, and how far it is.

use leptos::prelude::*;

use super::follow::Editor;
use crate::{
    api::ActOnImport,
    model::import::{Import, ImportState, Mode, WrongLine},
    words,
};
use plenum_core::ids::EventId;
use plenum_ui::{
    Notice, dynamic,
    forms::{Failure, failure},
    memo,
    notice::Tone,
    page::refusal,
    view,
};

type Act = ServerAction<ActOnImport>;

/// The form for a table, and what became of the last one.
#[component]
pub fn ImportTable(editor: Editor) -> impl IntoView {
    let act = Act::new();
    editor.after(act);
    let refused = failure(act);
    // The form is a browser's own, for a file: what was wrong with it stands in the address that it leads to.
    let not_read = refusal().filter(|refusal| refusal.action.is_none()).map(|refusal| refusal.message);
    // What changes while it goes in changes in its place; the report is made once.
    let stands = memo(move || editor.desk.with(|desk| desk.import.as_ref().map(|import| (import.progress.id, import.progress.state))));
    let action = format!("/events/{}/plan/table", editor.event);
    let modes = [Mode::Replace, Mode::Add].map(|mode| {
        view! {
            <label class="check">
                <input type="radio" name="mode" value=mode.into_str() checked={mode == Mode::Replace}/>
                <span>{words::mode(mode)}</span>
            </label>
        }
    });
    view! {
        <section class="card stack" id="import" aria-labelledby="import-table">
            <h2 id="import-table">{words::IMPORT}</h2>
            <Failure failure=refused/>
            {not_read.map(|reason| view! { <Notice tone=Tone::Bad>{reason}</Notice> })}
            {dynamic(move || {
                stands.get()?;
                let import = editor.desk.with_untracked(|desk| desk.import.clone())?;
                Some(shown(editor, &import, act))
            })}
            <p class="muted">{words::IMPORT_ABOUT}</p>
            <form class="form" method="post" action=action enctype="multipart/form-data">
                <fieldset class="field">
                    <legend>{words::MODE}</legend>
                    {modes.collect_view()}
                </fieldset>
                <div class="field">
                    <label for="table">{words::FILE}</label>
                    <input
                        class="input"
                        type="file"
                        id="table"
                        name="table"
                        accept=".csv,.tsv,.txt,text/csv"
                        required=true
                        aria-describedby="table-hint"
                    />
                    <p class="field-hint" id="table-hint">
                        {words::FILE_HINT}
                    </p>
                </div>
                <div class="form-actions">
                    <button class="btn" data-kind="primary" type="submit">
                        {words::SEND}
                    </button>
                </div>
            </form>
        </section>
    }
}

/// An import: where it is, the bar, what can be done, and its wrong lines.
fn shown(editor: Editor, import: &Import, act: Act) -> AnyView {
    let (id, event, good) = (import.progress.id, editor.event, import.lines - import.wrong);
    let said = memo(move || editor.desk.with(|desk| desk.import.as_ref().map(words::state).unwrap_or_default()));
    let bar = (import.progress.state == ImportState::Running).then(|| {
        let percent = memo(move || editor.desk.with(|desk| desk.import.as_ref().map_or(0, |import| import.progress.percent())));
        view! { <progress class="progress" max="100" value=move || percent.get().to_string() aria-label=words::PROGRESS></progress> }
    });
    let buttons = match import.progress.state {
        ImportState::Checked => {
            let take = (good > 0).then(|| button(act, event, id, ("start", words::take_good(good)), true));
            view! { {take} {button(act, event, id, ("cancel", words::GIVE_UP.to_owned()), false)} }
        }
        ImportState::Running => button(act, event, id, ("cancel", words::STOP.to_owned()), false),
        ImportState::Done | ImportState::Cancelled | ImportState::Failed => ().into_any(),
    };
    // What is over needs no report any more.
    let report = matches!(import.progress.state, ImportState::Checked).then(|| report(&import.report, import.wrong));
    view! {
        <div class="stack-s plan-import" data-state=format!("{:?}", import.progress.state).to_lowercase()>
            <p role="status">{move || said.get()}</p>
            {bar}
            <div class="form-actions">{buttons}</div>
            {report}
        </div>
    }
}

fn button(act: Act, event: EventId, id: i64, (what, label): (&'static str, String), primary: bool) -> AnyView {
    view! {
        <ActionForm action=act>
            <input type="hidden" name="event" value=event.to_string()/>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="act" value=what/>
            <button class="btn" type="submit" data-kind=primary.then_some("primary")>
                {label}
            </button>
        </ActionForm>
    }
}

fn report(lines: &[WrongLine], wrong: i64) -> AnyView {
    let more = wrong - i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let rows = lines
        .iter()
        .map(|line| {
            view! {
                <tr>
                    <th scope="row">{line.line}</th>
                    <td data-label=words::COLUMN>{line.column.clone()}</td>
                    <td data-label=words::WRONG>{line.message.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table plan-report">
            <caption>{words::WRONG_LINES}</caption>
            <thead>
                <tr>
                    <th scope="col">{words::LINE}</th>
                    <th scope="col">{words::COLUMN}</th>
                    <th scope="col">{words::WRONG}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {(more > 0).then(|| view! { <p class="muted">{words::more_wrong(more)}</p> })}
    }
}
