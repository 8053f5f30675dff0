//! Markdown as people write it in messages, to the HTML that everyone sees.
//!
//! First what means something by itself is taken out of the parser's reach ([`protected`]): bare addresses, `@Full Name`. The parser's
//! events are rewritten (no raw HTML, no images, no definitions, headings become strong paragraphs, single newlines break the line),
//! written as HTML and sanitised by a tight allow-list: whatever the parser lets through, nothing but [`TAGS`] leaves this module. No
//! text that somebody wrote vanishes: what Markdown would not show is shown as it was written. Everything here is pure.

mod addresses;
mod names;
mod protected;

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
    sync::LazyLock,
};

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use names::Names;
use plenum_core::{ids::PersonId, text::is_visible};
use protected::{Piece, Protected};

/// Where a link of a message can lead.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];
/// All tags that a message can have.
const TAGS: [&str; 13] = ["p", "br", "em", "strong", "del", "code", "pre", "ul", "ol", "li", "blockquote", "a", "span"];
/// Times that a character is looked at, at the most: after an `@` as often as the longest name has letters.
const STEPS: usize = 100;
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
        .url_schemes(HashSet::from(SCHEMES))
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
    /// Without markup, as it is searched.
    pub plain: String,
    /// Who is mentioned, in order of their ids.
    pub mentions: Vec<PersonId>,
}

/// Renders `text`; `members` are those who can be mentioned.
pub fn render(text: &str, members: &[(PersonId, String)]) -> Rendered {
    let names = Names::new(members);
    let protected = Protected::new(text, &names);
    debug_assert!(protected.steps <= STEPS * text.len().max(1), "{} steps for {} bytes", protected.steps, text.len());
    let Writing { events, mentions, .. } = Writing::of(text, &protected);
    let plain = plain(&events);
    let mut html = String::with_capacity(text.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    Rendered {
        text: text.to_owned(),
        html: SANITISER.clean(&html).to_string().trim_end().to_owned(),
        plain,
        mentions: mentions.into_iter().collect(),
    }
}

/// The events of a message on their way from the parser to its HTML.
struct Writing<'a> {
    protected: &'a Protected<'a>,
    events: Vec<Event<'a>>,
    /// The tags that are open, from the outermost on.
    open: Vec<Open<'a>>,
    /// How many of these are links.
    links: usize,
    /// How many of these are verbatim.
    verbatim: usize,
    mentions: BTreeSet<PersonId>,
}

/// An open tag.
struct Open<'a> {
    /// The tag that closes it; none for what stands too deep, and for what is text.
    end: Option<TagEnd>,
    /// The text that comes after it.
    after: CowStr<'a>,
    /// It is a link.
    is_link: bool,
    /// It is a link or code, in which text stays as it is.
    is_verbatim: bool,
    /// How many events there were when it was opened…
    since: usize,
    /// …and what it shows if none came.
    empty: CowStr<'a>,
}

impl<'a> Writing<'a> {
    /// All events of `text`, of which `protected` is what the parser may see.
    fn of(text: &str, protected: &'a Protected<'a>) -> Self {
        let mut writing = Self { protected, events: Vec::new(), open: Vec::new(), links: 0, verbatim: 0, mentions: BTreeSet::new() };
        for event in TextMergeStream::new(Parser::new_ext(&protected.source, Options::ENABLE_STRIKETHROUGH)) {
            writing.take(event);
        }
        if !writing.events.iter().any(|event| matches!(event, Event::Text(text) | Event::Code(text) if is_visible(text))) {
            // Marks and nothing between them.
            writing.events = vec![Event::Start(Tag::Paragraph)];
            lines(text, &mut writing.events);
            writing.events.push(Event::End(TagEnd::Paragraph));
        }
        writing
    }

    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => self.open(tag),
            Event::End(_) => self.close(),
            Event::Text(text) if self.verbatim > 0 => self.text(&text),
            Event::Text(text) => self.inline(&text),
            Event::Html(html) => lines(&self.protected.restored(&html), &mut self.events),
            // Extensions that are not switched on have no other events.
            Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text)
            }
            Event::SoftBreak | Event::HardBreak => self.events.push(Event::HardBreak),
            Event::Rule => self.events.extend([Event::Start(Tag::Paragraph), Event::Text("---".into()), Event::End(TagEnd::Paragraph)]),
            Event::Code(code) => self.events.push(Event::Code(self.protected.restored(&code).into_owned().into())),
            Event::TaskListMarker(_) => {}
        }
    }

    /// Text as it was written.
    fn text(&mut self, text: &str) {
        self.events.push(Event::Text(self.protected.restored(text).into_owned().into()));
    }

    /// Text in which addresses are links and names mentions.
    fn inline(&mut self, text: &str) {
        for part in self.protected.parts(text) {
            match part {
                Piece::Text(text) => self.events.push(Event::Text(text.to_owned().into())),
                Piece::Address(address) => {
                    let link =
                        Tag::Link { link_type: LinkType::Autolink, dest_url: address.to_owned().into(), title: "".into(), id: "".into() };
                    self.events.extend([Event::Start(link), Event::Text(address.to_owned().into()), Event::End(TagEnd::Link)]);
                }
                Piece::Mention(_, named) => {
                    let begin: String =
                        named.people.iter().map(|person| format!("<span class=\"mention\" data-person=\"{person}\">")).collect();
                    let end = "</span>".repeat(named.people.len());
                    self.events.extend([
                        Event::InlineHtml(begin.into()),
                        Event::Text(format!("@{}", named.name).into()),
                        Event::InlineHtml(end.into()),
                    ]);
                    self.mentions.extend(named.people);
                }
            }
        }
    }

    /// Opens a tag as messages have it; an image is a link with its description.
    fn open(&mut self, tag: Tag<'a>) {
        let is_written = self.open.len() < DEPTH;
        let is_image = matches!(tag, Tag::Image { .. });
        let mut open = Open {
            end: is_written.then(|| tag.to_end()),
            after: "".into(),
            is_link: false,
            is_verbatim: matches!(tag, Tag::Link { .. } | Tag::CodeBlock(_)),
            since: 0,
            empty: "".into(),
        };
        match tag {
            Tag::Link { link_type, dest_url, title, id } | Tag::Image { link_type, dest_url, title, id } => {
                let dest_url = CowStr::from(self.protected.restored(&dest_url).into_owned());
                let title = self.protected.restored(&title);
                let title = if title.is_empty() { String::new() } else { format!(" ({title})") };
                if self.links == 0 && (link_type == LinkType::Email || is_allowed(&dest_url)) {
                    open = Open {
                        end: is_written.then_some(TagEnd::Link),
                        after: title.into(),
                        is_link: true,
                        is_verbatim: true,
                        empty: dest_url.clone(),
                        ..open
                    };
                    self.start(is_written, Tag::Link { link_type, dest_url, title: "".into(), id });
                } else {
                    // Messages have no such links, and none within another.
                    let (before, after) = match link_type {
                        LinkType::Autolink => ("<", ">".to_owned()),
                        _ => (if is_image { "![" } else { "[" }, format!("]({dest_url}{title})")),
                    };
                    self.events.push(Event::Text(before.into()));
                    open = Open { end: None, after: after.into(), ..open };
                }
            }
            Tag::CodeBlock(kind) => {
                if let CodeBlockKind::Fenced(info) = &kind {
                    open.empty = self.protected.restored(info).into_owned().into();
                }
                self.start(is_written, Tag::CodeBlock(CodeBlockKind::Indented));
                // The name of a language is no text; more than a word is.
                if open.empty.split_whitespace().nth(1).is_some() {
                    self.events.push(Event::Text(format!("{}\n", open.empty).into()));
                }
            }
            Tag::Heading { level, .. } => {
                open.empty = "#".repeat(level as usize).into();
                self.start(is_written, Tag::Paragraph);
                self.start(is_written, Tag::Strong);
            }
            Tag::HtmlBlock => self.start(is_written, Tag::Paragraph),
            tag => self.start(is_written, tag),
        }
        self.links += usize::from(open.is_link);
        self.verbatim += usize::from(open.is_verbatim);
        open.since = self.events.len();
        self.open.push(open);
    }

    fn start(&mut self, is_written: bool, tag: Tag<'a>) {
        if is_written {
            self.events.push(Event::Start(tag));
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        self.links = self.links.saturating_sub(usize::from(open.is_link));
        self.verbatim = self.verbatim.saturating_sub(usize::from(open.is_verbatim));
        if self.events.len() == open.since && !open.empty.is_empty() {
            self.events.push(Event::Text(open.empty));
        }
        match open.end {
            Some(TagEnd::Heading(_)) => self.events.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]),
            Some(TagEnd::HtmlBlock) => self.events.push(Event::End(TagEnd::Paragraph)),
            Some(tag) => self.events.push(Event::End(tag)),
            None => {}
        }
        if !open.after.is_empty() {
            self.events.push(Event::Text(open.after));
        }
    }
}

/// True if a message can have a link to `address`.
fn is_allowed(address: &str) -> bool {
    ammonia::Url::parse(address).is_ok_and(|url| SCHEMES.contains(&url.scheme()))
}

/// Text as it was written, line by line.
fn lines(text: &str, events: &mut Vec<Event<'_>>) {
    for line in text.split_inclusive('\n') {
        events.push(Event::Text(CowStr::from(line.trim_end_matches('\n').to_owned())));
        if line.ends_with('\n') {
            events.push(Event::HardBreak);
        }
    }
}

/// The first characters of a message without markup, on one line, for lists and quotes.
///
/// Only the first [`PREVIEW_SOURCE`] characters of `text` matter.
pub fn preview(text: &str) -> String {
    let source: String = text.chars().take(PREVIEW_SOURCE).collect();
    let names = Names::new(&[]);
    let protected = Protected::new(&source, &names);
    let line = plain(&Writing::of(&source, &protected).events).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= PREVIEW {
        return line;
    }
    let mut short: String = line.chars().take(PREVIEW - 1).collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// What there is to be read in `events`, without markup.
fn plain(events: &[Event<'_>]) -> String {
    let mut plain = String::new();
    for event in events {
        match event {
            Event::Text(text) | Event::Code(text) => plain.push_str(text),
            Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock) => plain.push('\n'),
            _ => {}
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests;
