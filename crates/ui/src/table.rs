//! Tables: a head of columns over rows that a page makes itself.

use leptos::prelude::*;

use super::view;

/// A column of a [`Table`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    name: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Actions,
}

impl Column {
    /// A column of words.
    pub const fn text(name: &'static str) -> Self {
        Self { name, kind: Kind::Text }
    }

    /// A column of figures, set to the right as the cells of the class `num` are.
    pub const fn number(name: &'static str) -> Self {
        Self { name, kind: Kind::Number }
    }

    /// The column of what can be done with a row. It needs no name for those who see its buttons.
    pub const fn actions(name: &'static str) -> Self {
        Self { name, kind: Kind::Actions }
    }

    fn head(self) -> AnyView {
        let Self { name, kind } = self;
        match kind {
            Kind::Text => view! { <th scope="col">{name}</th> },
            Kind::Number => view! { <th scope="col" class="num">{name}</th> },
            Kind::Actions => view! {
                <th scope="col">
                    <span class="visually-hidden">{name}</span>
                </th>
            },
        }
    }
}

/// A table. A cell that has its column's name as `data-label` shows it on narrow screens.
#[component]
pub fn Table(
    /// From left to right.
    #[prop(into)]
    columns: Vec<Column>,
    /// What the table is called, where no heading says it to those who listen.
    #[prop(optional)]
    caption: Option<&'static str>,
    /// Its classes in the style sheet.
    #[prop(default = "table")]
    class: &'static str,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let heads: Vec<AnyView> = columns.into_iter().map(Column::head).collect();
    view! {
        <table class=class>
            {caption.map(|caption| view! { <caption class="visually-hidden">{caption}</caption> })}
            <thead>
                <tr>{heads}</tr>
            </thead>
            <tbody>{children()}</tbody>
        </table>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    /// Each column has its name for those who listen; only figures are set to the right, and what has no name to be seen hides it.
    #[test]
    fn a_table_says_what_its_columns_are() {
        let columns = [Column::text("Who"), Column::number("Seats"), Column::actions("Actions")];
        let html = Owner::new().with(|| view! { <Table columns caption="Guests">"–"</Table> }.to_html());
        assert!(html.starts_with(r#"<table class="table"><caption class="visually-hidden">Guests"#), "{html}");
        assert!(html.contains(r#"<th scope="col">Who"#) && html.contains(r#"<th scope="col" class="num">Seats"#), "{html}");
        assert!(html.contains(r#"<th scope="col"><span class="visually-hidden">Actions"#), "{html}");
    }
}
