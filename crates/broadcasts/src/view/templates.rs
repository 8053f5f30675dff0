//! `/admin/broadcasts/templates`: what is written once and sent often. With `?edit=` one of them stands in the form.

use leptos::prelude::*;

use crate::{
    api::{self, DeleteTemplate, SaveTemplate},
    model::{TEXT_CHARS, TITLE_CHARS, Template},
    words as names,
    words::{compose, templates as words},
};
use plenum_core::ids::TemplateId;
use plenum_ui::{
    EmptyState, Field, Notice, RowMenu, When, dynamic,
    forms::{Failure, FieldError, Submit, failure, field_error, is_done, succeeded},
    memo,
    notice::Tone,
    page::{AdminPage, Loaded},
    use_query, view,
};

/// The fields that show their own errors.
const FIELDS: &[&str] = &["name", "title", "text", "link"];

type Save = ServerAction<SaveTemplate>;
type Delete = ServerAction<DeleteTemplate>;

/// The templates.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let (save, delete) = (Save::new(), Delete::new());
    let query = use_query();
    let edited = memo(move || query.with(|query| query.get_str("edit").and_then(|id| id.parse::<TemplateId>().ok())));
    let all = Resource::new_blocking(move || (save.version().get(), delete.version().get()), |_| api::templates());
    let (saved, deleted) = (is_done("saved"), is_done("deleted"));
    let (just_saved, just_deleted) = (succeeded(save), succeeded(delete));
    let done = dynamic(move || {
        let text = if just_saved.get() || saved.get() {
            Some(words::SAVED)
        } else {
            (just_deleted.get() || deleted.get()).then_some(words::DELETED)
        };
        text.map(|text| view! { <Notice tone=Tone::Good>{text}</Notice> })
    });
    let actions = view! {
                    <a class="btn" href="/admin/broadcasts">
                        {names::ALL}
                    </a>
    };
    view! {
        <AdminPage title=names::TEMPLATES actions>
                <p class="muted">{words::ABOUT}</p>
                {done}
                <Loaded from=all let:templates>
                    <All templates edited=edited.get() save delete/>
                </Loaded>
        </AdminPage>
    }
}

#[component]
fn All(templates: Vec<Template>, edited: Option<TemplateId>, save: Save, delete: Delete) -> impl IntoView {
    let refused = failure(delete);
    let chosen = edited.and_then(|id| templates.iter().find(|template| template.id == id).cloned());
    let list = if templates.is_empty() {
        view! { <EmptyState icon="campaigns" title=words::NONE text=words::NONE_TEXT/> }
    } else {
        let lines = templates.into_iter().map(|template| line(template, delete)).collect_view();
        view! {
            <section class="card stack" aria-labelledby="templates">
                <h2 id="templates">{names::TEMPLATES}</h2>
                <Failure failure=refused/>
                <ul class="lines" aria-labelledby="templates">
                    {lines}
                </ul>
            </section>
        }
    };
    view! {
        {list}
        <Write chosen save/>
    }
}

fn line(template: Template, delete: Delete) -> AnyView {
    let Template { id, name, title, changed_at, .. } = template;
    let which = names::which_one(&name);
    let (used, changed, deleted) = (which.clone(), which.clone(), which);
    view! {
        <li class="line">
            <div class="line-text">
                <b class="wrap">{name.clone()}</b>
                <p class="muted wrap">{title} " · " <When at=changed_at/></p>
            </div>
            <div class="form-actions">
                <a class="btn" data-size="s" href=format!("/admin/broadcasts/new?template={id}")>
                    {words::USE}
                    <span class="visually-hidden">{used}</span>
                </a>
                <a class="btn" data-size="s" href=format!("/admin/broadcasts/templates?edit={id}")>
                    {words::CHANGE}
                    <span class="visually-hidden">{changed}</span>
                </a>
                <RowMenu label=words::DELETE of=deleted>
                    <ActionForm action=delete>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <button class="menu-item" data-tone="bad" type="submit">
                            {words::delete(&name)}
                        </button>
                    </ActionForm>
                </RowMenu>
            </div>
        </li>
    }
}

/// The form: for a new one, or for the one that was chosen.
#[component]
fn Write(chosen: Option<Template>, save: Save) -> impl IntoView {
    let refused = failure(save);
    let heading = if chosen.is_some() { words::EDIT } else { words::NEW };
    let id = chosen.as_ref().map(|template| view! { <input type="hidden" name="id" value=template.id.to_string()/> });
    let another = chosen.is_some().then(|| view! { <a href="/admin/broadcasts/templates">{words::ANOTHER}</a> });
    let (name, title, text, link) =
        chosen.map_or_else(Default::default, |template| (template.name, template.title, template.text, template.link));
    let text_error = field_error(refused, "text");
    let described_by = move || if text_error.with(Option::is_some) { "text-hint text-error" } else { "text-hint" };
    view! {
        <section class="card stack" aria-labelledby="write">
            <h2 id="write">{heading}</h2>
            <ActionForm action=save attr:class="form">
                <Failure failure=refused fields=FIELDS/>
                {id}
                <Field id="name" name="name" label=words::NAME value=name autocomplete="off" hint=words::NAME_HINT error=field_error(refused, "name") required=true/>
                <Field
                    id="title"
                    name="title"
                    label=compose::TITLE
                    value=title
                    autocomplete="off"
                    maxlength=u32::try_from(TITLE_CHARS).unwrap_or(u32::MAX)
                    hint=compose::title_hint()
                    error=field_error(refused, "title")
                    required=true
                />
                <div class="field">
                    <label for="text">{compose::TEXT}</label>
                    <textarea class="input" dir="auto" id="text" name="text" rows="3" maxlength=TEXT_CHARS.to_string() aria-describedby=described_by>
                        {text}
                    </textarea>
                    <p class="field-hint" id="text-hint">
                        {compose::TEXT_HINT}
                    </p>
                    <FieldError id="text-error" error=text_error/>
                </div>
                <Field id="link" name="link" label=compose::LINK value=link autocomplete="off" maxlength=200 hint=compose::LINK_HINT error=field_error(refused, "link")/>
                <div class="form-actions">
                    <Submit label=words::SAVE busy=save.pending()/>
                    {another}
                </div>
            </ActionForm>
        </section>
    }
}
