//! Markdown as people write it in messages, to the HTML that everyone sees.
//!
//! The parser's events are rewritten (no raw HTML, no images, headings become strong
//! paragraphs, single newlines break the line, bare addresses become links, `@Full Name`
//! a mention), written as HTML and sanitised by a tight allow-list: whatever the parser
//! lets through, nothing but [`TAGS`] leaves this module. Everything here is pure.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
    sync::LazyLock,
};

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use plenum_core::ids::PersonId;

/// All tags that a message can have.
const TAGS: [&str; 13] = ["p", "br", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "blockquote", "a", "span"];
/// Tags deeper than this are left out; their content stays. Browsers and sanitisers are slow on thousands of levels.
const DEPTH: usize = 24;
/// Characters of the source that a preview looks at; queries need not fetch more.
pub const PREVIEW_SOURCE: usize = 400;
/// Characters of a preview.
const PREVIEW: usize = 140;

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from(TAGS))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("span", HashSet::from(["data-person"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .allowed_classes(HashMap::from([("span", HashSet::from(["mention"]))]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_value("a", "target", "_blank")
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("span", "data-person") | ("ol", "start") => value.bytes().all(|byte| byte.is_ascii_digit()).then_some(Cow::Borrowed(value)),
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

/// A message's text and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The Markdown source.
    pub text: String,
    /// Sanitised HTML.
    pub html: String,
    /// Who is mentioned, in order of their ids.
    pub mentions: Vec<PersonId>,
}

/// Renders `text`; `members` are those who can be mentioned.
pub fn render(text: &str, members: &[(PersonId, String)]) -> Rendered {
    let mut events = Vec::new();
    let mut mentions = BTreeSet::new();
    // Inside of links and code, text stays as it is.
    let mut verbatim = 0_usize;
    let mut emitted = Vec::new();
    for event in TextMergeStream::new(Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH)) {
        match event {
            Event::Start(tag) => {
                verbatim += usize::from(is_verbatim(&tag.to_end()));
                let keeps = emitted.len() < DEPTH;
                emitted.push(keeps);
                if keeps {
                    open(tag, &mut events);
                }
            }
            Event::End(tag) => {
                verbatim = verbatim.saturating_sub(usize::from(is_verbatim(&tag)));
                if emitted.pop().unwrap_or_default() {
                    close(tag, &mut events);
                }
            }
            Event::Text(text) if verbatim > 0 => events.push(Event::Text(text)),
            Event::Text(text) => inline(&text, members, &mut mentions, &mut events),
            Event::Html(html) => lines(&html, &mut events),
            Event::InlineHtml(html) => events.push(Event::Text(html)),
            Event::SoftBreak | Event::HardBreak => events.push(Event::HardBreak),
            Event::Rule => events.extend([Event::Start(Tag::Paragraph), Event::Text("---".into()), Event::End(TagEnd::Paragraph)]),
            Event::Code(code) => events.push(Event::Code(code)),
            // Extensions that are not switched on.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => events.push(Event::Text(text)),
            Event::TaskListMarker(_) => {}
        }
    }
    let mut html = String::with_capacity(text.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    Rendered {
        text: text.to_owned(),
        html: SANITISER.clean(&html).to_string().trim_end().to_owned(),
        mentions: mentions.into_iter().collect(),
    }
}

fn is_verbatim(tag: &TagEnd) -> bool {
    matches!(tag, TagEnd::Link | TagEnd::CodeBlock)
}

/// Opens a tag as messages have it; an image is its description.
fn open<'a>(tag: Tag<'a>, events: &mut Vec<Event<'a>>) {
    match tag {
        Tag::Heading { .. } => events.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]),
        Tag::HtmlBlock => events.push(Event::Start(Tag::Paragraph)),
        Tag::Image { .. } => {}
        tag => events.push(Event::Start(tag)),
    }
}

fn close<'a>(tag: TagEnd, events: &mut Vec<Event<'a>>) {
    match tag {
        TagEnd::Heading(_) => events.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]),
        TagEnd::HtmlBlock => events.push(Event::End(TagEnd::Paragraph)),
        TagEnd::Image => {}
        tag => events.push(Event::End(tag)),
    }
}

/// Raw HTML is shown as it was written.
fn lines<'a>(html: &str, events: &mut Vec<Event<'a>>) {
    for line in html.split_inclusive('\n') {
        events.push(Event::Text(CowStr::from(line.trim_end_matches('\n').to_owned())));
        if line.ends_with('\n') {
            events.push(Event::HardBreak);
        }
    }
}

/// Finds addresses and mentions in plain text.
fn inline<'a>(text: &str, members: &[(PersonId, String)], mentions: &mut BTreeSet<PersonId>, events: &mut Vec<Event<'a>>) {
    let mut plain = String::new();
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        let begins = !before.is_some_and(char::is_alphanumeric);
        if begins
            && next == '@'
            && let Some((person, name, length)) = mention(rest, members)
        {
            flush(&mut plain, events);
            mentions.insert(person);
            events.extend([
                Event::InlineHtml(format!("<span class=\"mention\" data-person=\"{person}\">").into()),
                Event::Text(format!("@{name}").into()),
                Event::InlineHtml("</span>".into()),
            ]);
            rest = rest.get(length..).unwrap_or_default();
            before = Some('n');
        } else if begins && let Some(address) = address(rest) {
            flush(&mut plain, events);
            let link = Tag::Link { link_type: LinkType::Autolink, dest_url: address.to_owned().into(), title: "".into(), id: "".into() };
            events.extend([Event::Start(link), Event::Text(address.to_owned().into()), Event::End(TagEnd::Link)]);
            rest = rest.get(address.len()..).unwrap_or_default();
            before = address.chars().next_back();
        } else {
            plain.push(next);
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
            before = Some(next);
        }
    }
    flush(&mut plain, events);
}

fn flush(plain: &mut String, events: &mut Vec<Event<'_>>) {
    if !plain.is_empty() {
        events.push(Event::Text(std::mem::take(plain).into()));
    }
}

/// The member whose name follows the `@` that `text` begins with (the longest that fits), and how many bytes it takes.
fn mention<'m>(text: &str, members: &'m [(PersonId, String)]) -> Option<(PersonId, &'m str, usize)> {
    let named = text.strip_prefix('@')?;
    members
        .iter()
        .filter_map(|(person, name)| {
            let length = prefix_length(named, name)?;
            let ends = !named.get(length..)?.starts_with(char::is_alphanumeric);
            ends.then_some((*person, name.as_str(), length + 1))
        })
        .max_by_key(|(_, _, length)| *length)
}

/// Bytes of `text` that spell `name`, whatever the case.
fn prefix_length(text: &str, name: &str) -> Option<usize> {
    let mut chars = text.chars();
    for expected in name.chars() {
        if !chars.next()?.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    Some(text.len() - chars.as_str().len())
}

/// The web address that `text` begins with, without the punctuation that ends the sentence.
fn address(text: &str) -> Option<&str> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let end = text.find(|c: char| c.is_whitespace() || c.is_control() || "<>\"`".contains(c)).unwrap_or(text.len());
    let mut address = text.get(..end)?;
    loop {
        let unbalanced = address.ends_with(')') && address.matches(')').count() > address.matches('(').count();
        match address.chars().next_back() {
            Some(last) if unbalanced || ".,;:!?'*_~]}".contains(last) => address = address.get(..address.len() - last.len_utf8())?,
            _ => break,
        }
    }
    (address.len() > scheme.len()).then_some(address)
}

/// The first characters of a message without markup, on one line, for lists and quotes.
///
/// Only the first [`PREVIEW_SOURCE`] characters of `text` matter.
pub fn preview(text: &str) -> String {
    let source: String = text.chars().take(PREVIEW_SOURCE).collect();
    let mut plain = String::new();
    for event in Parser::new_ext(&source, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => plain.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_) | TagEnd::CodeBlock) => {
                plain.push(' ')
            }
            Event::Rule => plain.push_str("--- "),
            _ => {}
        }
    }
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= PREVIEW {
        return line;
    }
    let mut short: String = line.chars().take(PREVIEW - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests;
