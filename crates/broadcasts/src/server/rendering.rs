//! Titles and texts with variables: `{{ name }}`, `{{ first_name }}`, `{{ organisation }}`.
//!
//! Nothing is sent with a hole in it: a variable that there is not is an error before sending, and names itself. What comes out is
//! plain text, as long as it may be entered and no longer. A template has a budget of steps, in which what is repeated counts by its
//! size, and of bytes: what it writes ends where its field ends. Templates are proved beside the writer ([`Proved`]); when they are sent
//! they have been, and each step of the delivery renders before its write what it is going to say.

use std::{io, ops::Deref};

use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::model::{Draft, TEXT_CHARS, TITLE_CHARS, VARIANT_FIELDS, Words, variants::MOST};
use plenum_core::error::{AppError, AppResult};

/// What can stand in a template.
const VARIABLES: [&str; 3] = ["name", "first_name", "organisation"];
/// Steps of one template at the most.
const FUEL: u64 = 2_000;

/// A draft whose templates can be read and rendered.
#[derive(Debug, Clone)]
pub struct Proved(Draft);

impl Proved {
    /// Checks what can be checked without a recipient and without the database.
    ///
    /// # Errors
    /// 422 of the field.
    pub fn of(draft: Draft) -> AppResult<Self> {
        draft.check()?;
        let templates = Templates::new();
        for (number, words) in draft.variants.iter().enumerate() {
            templates.check_words(number, words)?;
        }
        Ok(Self(draft))
    }

    /// The draft.
    pub fn into_draft(self) -> Draft {
        self.0
    }
}

impl Deref for Proved {
    type Target = Draft;

    fn deref(&self) -> &Draft {
        &self.0
    }
}

/// What a field can have: its name, and how many characters.
#[derive(Debug, Clone, Copy)]
struct Room {
    field: &'static str,
    characters: usize,
}

impl Room {
    /// Bytes of that at the most.
    fn bytes(self) -> usize {
        self.characters * char::MAX_LEN_UTF8
    }

    fn is_full(self) -> AppError {
        AppError::invalid(self.field, format!("With its variables filled in this has more than {} characters.", self.characters))
    }
}

/// Takes what fits into a field.
struct Bounded {
    text: Vec<u8>,
    most: usize,
    /// More came.
    overflows: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.most - self.text.len() {
            self.overflows = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

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
    /// 422 of the field if `source` cannot be read, or names a variable that there is not.
    fn check(&self, room: Room, source: &str) -> AppResult<()> {
        let field = room.field;
        let template = self.0.template_from_str(source).map_err(|error| refused(field, &error))?;
        let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().map(|name| name.to_string()).collect();
        unknown.retain(|name| !VARIABLES.contains(&name.as_str()));
        unknown.sort_unstable();
        match unknown.first() {
            Some(name) => Err(AppError::invalid(field, format!("There is no variable {name}. There are {}.", VARIABLES.join(", ")))),
            // What cannot be known without a recipient (a filter, a loop that is too long) shows with one.
            None => self.render(room, source, "Ines Moreau", "Plenum").map(drop),
        }
    }

    /// `source` for the person called `name`.
    ///
    /// # Errors
    /// 422 of the field; also if there is not as much room.
    fn render(&self, room: Room, source: &str, name: &str, organisation: &str) -> AppResult<String> {
        let first_name = name.split_whitespace().next().unwrap_or_default();
        let variables: Value = context! { name, first_name, organisation };
        let template = self.0.template_from_str(source).map_err(|error| refused(room.field, &error))?;
        let mut written = Bounded { text: Vec::new(), most: room.bytes(), overflows: false };
        let outcome = template.render_captured_to(variables, &mut written).map(drop);
        if written.overflows {
            return Err(room.is_full());
        }
        outcome.map_err(|error| refused(room.field, &error))?;
        let text = String::from_utf8(written.text).map_err(|_| AppError::internal())?;
        if text.chars().count() > room.characters {
            return Err(room.is_full());
        }
        Ok(text)
    }

    /// Checks title and text of the variant with this number.
    ///
    /// # Errors
    /// 422 of the field.
    pub(super) fn check_words(&self, number: usize, words: &Words) -> AppResult<()> {
        let [title, text, ..] = VARIANT_FIELDS[number.min(MOST - 1)];
        self.check(Room { field: title, characters: TITLE_CHARS }, &words.title)?;
        self.check(Room { field: text, characters: TEXT_CHARS }, &words.text)
    }

    /// Title and text for the person called `name`.
    ///
    /// # Errors
    /// 422 `title` or `text`; a title with nothing in it, too.
    pub(super) fn render_words(&self, words: &Words, name: &str, organisation: &str) -> AppResult<(String, String)> {
        let title = self.render(Room { field: "title", characters: TITLE_CHARS }, &words.title, name, organisation)?;
        if title.trim().is_empty() {
            return Err(AppError::invalid("title", "The title has nothing in it."));
        }
        Ok((title, self.render(Room { field: "text", characters: TEXT_CHARS }, &words.text, name, organisation)?))
    }
}

fn refused(field: &'static str, error: &minijinja::Error) -> AppError {
    let reason = error.detail().map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    AppError::invalid(field, format!("This template cannot be read: {reason}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: Room = Room { field: "text", characters: TEXT_CHARS };

    #[test]
    fn a_template_says_each_their_own() {
        let templates = Templates::new();
        let render = |source: &str| templates.render(TEXT, source, "Lena Kovač", "Institute");
        assert_eq!(render("Dear {{ first_name }}").unwrap(), "Dear Lena");
        assert_eq!(render("{{ name }} of {{organisation}}: 100 % <b>").unwrap(), "Lena Kovač of Institute: 100 % <b>");
        assert_eq!(render("{% if first_name == 'Lena' %}you{% else %}others{% endif %}").unwrap(), "you");
    }

    #[test]
    fn what_is_unknown_is_named_before_sending() {
        let templates = Templates::new();
        for source in ["plain", "{{ name }}", "{{first_name}} {{ organisation }}"] {
            assert_eq!(templates.check(TEXT, source), Ok(()), "{source}");
        }
        let error = templates.check(TEXT, "Dear {{ nickname }}").unwrap_err();
        assert!(error.message.contains("nickname") && error.message.contains("first_name"), "{error:?}");
        assert_eq!(error.field.as_deref(), Some("text"));
        for source in ["{{ name", "{% if %}", "{{ name.secret }}", "{{ name|shout }}", "{% for a in [1,2,3] %}"] {
            assert_eq!(templates.check(TEXT, source).unwrap_err().field.as_deref(), Some("text"), "{source}");
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

    /// What a template writes ends where its field ends, however it comes to be so much: nothing much larger is ever there.
    #[test]
    fn no_template_writes_more_than_its_field_holds() {
        let templates = Templates::new();
        for source in [
            "{%for i in [1]*20%}{{\"x\"*999999}}{%endfor%}",
            "{%for i in [1]*300%}{{\"x\"*99999999}}{%endfor%}",
            "{%set a=[name]*9999999%}{{a}}",
            "{%set a='xxxxxxxxxx'%}{%set a=a~a~a~a%}{%set a=a~a~a~a%}{%set a=a~a~a~a%}{%set a=a~a~a~a%}{{a}}",
            "{%for i in [1]*241%}x{%endfor%}",
        ] {
            assert_eq!(templates.check(TEXT, source).unwrap_err().field.as_deref(), Some("text"), "{source}");
        }
        assert!(templates.check(TEXT, "{%for i in [1]*240%}ж{%endfor%}").is_ok(), "characters count, not bytes");
        let mut written = Bounded { text: Vec::new(), most: 8, overflows: false };
        assert!(io::Write::write_all(&mut written, b"12345678").is_ok() && io::Write::write_all(&mut written, b"9").is_err());
        assert_eq!((written.text.len(), written.overflows), (8, true));
        let words = Words::parse(0, "{{ name }} {{ name }}", "", "", 1).unwrap();
        let long = "x".repeat(80);
        assert_eq!(templates.render_words(&words, &long, "Institute").unwrap_err().field.as_deref(), Some("title"), "after rendering, too");
    }

    #[test]
    fn no_template_runs_for_long() {
        let templates = Templates::new();
        let ten = "[1,2,3,4,5,6,7,8,9,10]";
        let loops: String = ["a", "b", "c", "d", "e", "f"].map(|name| format!("{{% for {name} in {ten} %}}")).concat();
        let source = format!("{loops}x{}", "{% endfor %}".repeat(6));
        let refused = templates.check(TEXT, &source).unwrap_err();
        assert!(refused.message.contains("fuel") || refused.message.contains("characters"), "{refused:?}");
    }
}
