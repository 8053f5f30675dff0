//! Titles and texts with variables: `{{ name }}`, `{{ first_name }}`, `{{ organisation }}`.
//!
//! Nothing is sent with a hole in it: a variable that there is not is an error before sending, and names itself. What comes out is
//! plain text. A template gets a small budget, so that none can hold the writer.

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::model::{VARIANT_FIELDS, Words, variants::MOST};
use plenum_core::error::{AppError, AppResult};

/// What can stand in a template.
const VARIABLES: [&str; 3] = ["name", "first_name", "organisation"];
/// Steps of one template at the most.
const FUEL: u64 = 2_000;

/// Templates as Plenum reads them: strict.
pub(super) struct Templates(Environment<'static>);

impl Templates {
    pub(super) fn new() -> Self {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        Self(environment)
    }

    /// # Errors
    /// 422 `field` if `source` cannot be read, or names a variable that there is not.
    pub(super) fn check(&self, field: &'static str, source: &str) -> AppResult<()> {
        let template = self.0.template_from_str(source).map_err(|error| refused(field, &error))?;
        let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().map(|name| name.to_string()).collect();
        unknown.retain(|name| !VARIABLES.contains(&name.as_str()));
        unknown.sort_unstable();
        match unknown.first() {
            Some(name) => Err(AppError::invalid(field, format!("There is no variable {name}. There are {}.", VARIABLES.join(", ")))),
            // What cannot be known without a recipient (a filter, a loop that is too long) shows with one.
            None => self.render(field, source, "Ines Moreau", "Plenum").map(drop),
        }
    }

    /// `source` for the person called `name`.
    ///
    /// # Errors
    /// 422 `field`.
    pub(super) fn render(&self, field: &'static str, source: &str, name: &str, organisation: &str) -> AppResult<String> {
        let first_name = name.split_whitespace().next().unwrap_or_default();
        let variables: Value = context! { name, first_name, organisation };
        self.0.render_str(source, variables).map_err(|error| refused(field, &error))
    }

    /// Checks title and text of the variant with this number.
    ///
    /// # Errors
    /// 422 of the field.
    pub(super) fn check_words(&self, number: usize, words: &Words) -> AppResult<()> {
        let [title, text, ..] = VARIANT_FIELDS[number.min(MOST - 1)];
        self.check(title, &words.title)?;
        self.check(text, &words.text)
    }

    /// Title and text for the person called `name`.
    ///
    /// # Errors
    /// 422 `title` or `text`; a title with nothing in it, too.
    pub(super) fn render_words(&self, words: &Words, name: &str, organisation: &str) -> AppResult<(String, String)> {
        let title = self.render("title", &words.title, name, organisation)?;
        if title.trim().is_empty() {
            return Err(AppError::invalid("title", "The title has nothing in it."));
        }
        Ok((title, self.render("text", &words.text, name, organisation)?))
    }
}

fn refused(field: &'static str, error: &minijinja::Error) -> AppError {
    let reason = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    AppError::invalid(field, format!("This template cannot be read: {reason}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_says_each_their_own() {
        let templates = Templates::new();
        let render = |source: &str| templates.render("text", source, "Lena Kovač", "Institute");
        assert_eq!(render("Dear {{ first_name }}").unwrap(), "Dear Lena");
        assert_eq!(render("{{ name }} of {{organisation}}: 100 % <b>").unwrap(), "Lena Kovač of Institute: 100 % <b>");
        assert_eq!(render("{% if first_name == 'Lena' %}you{% else %}others{% endif %}").unwrap(), "you");
    }

    #[test]
    fn what_is_unknown_is_named_before_sending() {
        let templates = Templates::new();
        for source in ["plain", "{{ name }}", "{{first_name}} {{ organisation }}"] {
            assert_eq!(templates.check("title", source), Ok(()), "{source}");
        }
        let error = templates.check("text", "Dear {{ nickname }}").unwrap_err();
        assert!(error.message.contains("nickname") && error.message.contains("first_name"), "{error:?}");
        assert_eq!(error.field.as_deref(), Some("text"));
        for source in ["{{ name", "{% if %}", "{{ name.secret }}", "{{ name|shout }}", "{% for a in [1,2,3] %}"] {
            assert_eq!(templates.check("text", source).unwrap_err().field.as_deref(), Some("text"), "{source}");
        }
    }

    /// What is right for most can be wrong for one; and each variant's fields are named.
    #[test]
    fn a_title_has_something_in_it() {
        let templates = Templates::new();
        let words = |title: &str| Words::parse(2, title, "Dear {{ name }}", "", 1).unwrap();
        let render = |title: &str| templates.render_words(&words(title), "Lena Kovač", "Institute");
        assert_eq!(render("For {{ first_name }}").unwrap(), ("For Lena".to_owned(), "Dear Lena Kovač".to_owned()));
        assert_eq!(render("{% if first_name == 'Ines' %}News{% endif %}").unwrap_err().field.as_deref(), Some("title"));
        assert_eq!(templates.check_words(2, &words("{{ nickname }}")).unwrap_err().field.as_deref(), Some("title_c"));
    }

    #[test]
    fn no_template_runs_for_long() {
        let templates = Templates::new();
        let ten = "[1,2,3,4,5,6,7,8,9,10]";
        let loops: String = ["a", "b", "c", "d", "e", "f"].map(|name| format!("{{% for {name} in {ten} %}}")).concat();
        let source = format!("{loops}x{}", "{% endfor %}".repeat(6));
        let begun = std::time::Instant::now();
        assert!(templates.check("text", &source).is_err());
        assert!(begun.elapsed().as_millis() < 500);
    }
}
