//! What stands in the mail a day, as plain text and as HTML: the same words in both.

use crate::{
    model::{Group, Heading, InMail, Notification, away::grouped},
    words as inbox,
    words::digest as words,
};

/// Lines of a mail at the most; the rest is in the inbox.
const LINES: usize = 30;

/// Whom it is for, and what it tells.
pub(super) struct Letter<'a> {
    pub(super) name: &'a str,
    pub(super) organisation: &'a str,
    /// Where the site is, without a path.
    pub(super) site: &'a str,
    /// Where these mails are stopped.
    pub(super) stop: &'a str,
    pub(super) notifications: &'a [Notification],
    /// Over all of the inbox.
    pub(super) unread: u32,
    /// What was said stands in it.
    pub(super) texts: bool,
}

/// A part of the mail: what happened in one place.
struct Section {
    heading: String,
    lines: Vec<Line>,
}

struct Line {
    title: String,
    text: String,
    link: String,
}

impl Letter<'_> {
    /// One line; it says nothing of what was said.
    pub(super) fn subject(&self) -> String {
        words::subject(self.organisation, self.notifications.len())
    }

    /// The sections, and how many notifications had no room.
    fn sections(&self) -> (Vec<Section>, usize) {
        let (shown, rest) = self.notifications.split_at(self.notifications.len().min(LINES));
        (grouped(shown).into_iter().map(|group| self.section(group)).collect(), rest.len())
    }

    fn section(&self, group: Group) -> Section {
        let heading = match group.heading {
            Heading::Place { name, .. } => name,
            Heading::Category(category) => inbox::category(category).to_owned(),
        };
        let hidden = group.notifications.iter().filter(|notification| notification.category.in_mail() == InMail::Number).count();
        let mut lines: Vec<Line> = group
            .notifications
            .into_iter()
            .filter_map(|notification| {
                let Notification { category, title, text, link, count, .. } = notification;
                let text = match category.in_mail() {
                    InMail::All => text,
                    InMail::WhoAndWhere if self.texts => text,
                    InMail::WhoAndWhere => String::new(),
                    InMail::Number => return None,
                };
                let title = if count > 1 { format!("{title}: {}", inbox::times(count)) } else { title };
                Some(Line { title, text, link: format!("{}{link}", self.site) })
            })
            .collect();
        if hidden > 0 {
            lines.push(Line { title: words::hidden(hidden), text: String::new(), link: format!("{}/inbox", self.site) });
        }
        Section { heading, lines }
    }

    /// What is left for the inbox itself.
    fn more(&self, rest: usize) -> Option<String> {
        (rest > 0).then(|| words::more(rest))
    }

    pub(super) fn text(&self) -> String {
        let (sections, rest) = self.sections();
        let mut text = format!("{}\n\n{}\n", words::greeting(self.name), words::OPENING);
        for Section { heading, lines } in sections {
            text.push_str(&format!("\n{heading}\n"));
            for Line { title, text: said, link } in lines {
                text.push_str(&format!("- {title}\n"));
                if !said.is_empty() {
                    text.push_str(&format!("  {said}\n"));
                }
                text.push_str(&format!("  {link}\n"));
            }
        }
        if let Some(more) = self.more(rest) {
            text.push_str(&format!("\n{more}\n"));
        }
        let Self { site, stop, unread, .. } = self;
        text.push_str(&format!("\n{}: {site}/inbox\n\n-- \n{}\n", words::unread(*unread), words::WHY));
        text.push_str(&format!("{}: {site}/settings/notifications\n{}: {stop}\n", words::CHANGE, words::STOP));
        text
    }

    pub(super) fn html(&self) -> String {
        let (sections, rest) = self.sections();
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{}</title></head>\n\
             <body style=\"margin:0;padding:24px;background:#f6f5f1;color:#1e1d1a;font:16px/1.5 system-ui,sans-serif\">\n\
             <main style=\"max-width:560px;margin:0 auto;padding:24px;background:#fffefb;border:1px solid #dedbd2;border-radius:8px\">\n\
             <p>{}</p>\n<p>{}</p>\n",
            escaped(&self.subject()),
            escaped(&words::greeting(self.name)),
            words::OPENING
        );
        for Section { heading, lines } in sections {
            html.push_str(&format!(
                "<h2 style=\"margin:24px 0 4px;font-size:16px\">{}</h2>\n<ul style=\"margin:0;padding-left:20px\">\n",
                escaped(&heading)
            ));
            for Line { title, text, link } in lines {
                html.push_str(&format!("<li><a style=\"color:#0b6b5d\" href=\"{}\">{}</a>", escaped(&link), escaped(&title)));
                if !text.is_empty() {
                    html.push_str(&format!("<br>\n{}", escaped(&text)));
                }
                html.push_str("</li>\n");
            }
            html.push_str("</ul>\n");
        }
        if let Some(more) = self.more(rest) {
            html.push_str(&format!("<p>{}</p>\n", escaped(&more)));
        }
        let anchor = |link: &str, label: &str| format!("<a style=\"color:#0b6b5d\" href=\"{}\">{}</a>", escaped(link), escaped(label));
        let (inbox, settings) = (format!("{}/inbox", self.site), format!("{}/settings/notifications", self.site));
        html.push_str(&format!("<p style=\"margin-top:24px\">{}</p>\n</main>\n", anchor(&inbox, &words::unread(self.unread))));
        html.push_str(&format!(
            "<p style=\"max-width:560px;margin:16px auto;color:#5d5a53;font-size:13px\">{}<br>\n{} · {}</p>\n</body>\n</html>\n",
            words::WHY,
            anchor(&settings, words::CHANGE),
            anchor(self.stop, words::STOP)
        ));
        html
    }
}

/// A text as it stands in HTML, between tags and in attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Category;
    use plenum_core::ids::NotificationId;

    fn told(number: u64, category: Category, place: &str) -> Notification {
        Notification {
            id: NotificationId(1),
            number,
            category,
            title: format!("Sam <b>Adeyemi</b> {number}"),
            text: "meet me at the lake".to_owned(),
            link: format!("/messages/4?m={number}"),
            place: place.to_owned(),
            actor: None,
            count: 1,
            at: 0,
            seen: false,
            read: false,
            archived: false,
        }
    }

    fn letter(notifications: &[Notification], texts: bool) -> Letter<'_> {
        Letter {
            name: "Lena Kovač",
            organisation: "Northfield",
            site: "https://plenum.example",
            stop: "https://plenum.example/unsubscribe?token=1.ab&x",
            notifications,
            unread: 7,
            texts,
        }
    }

    /// What people say to each other stays out of mails, unless its reader wants it there; what the institution says does not.
    #[test]
    fn a_mail_says_who_and_where() {
        let said = [told(3, Category::Mentions, "General"), told(2, Category::Messages, "Sam Adeyemi")];
        for body in [letter(&said, false).text(), letter(&said, false).html()] {
            assert!(!body.contains("lake") && body.contains("General") && body.contains("https://plenum.example/messages/4?m=3"), "{body}");
        }
        assert!(!letter(&said, false).subject().contains("Sam"));
        assert!(letter(&said, true).text().contains("lake"));
        let announced = [told(1, Category::Announcements, "")];
        assert!(letter(&announced, false).text().contains("lake"));
    }

    #[test]
    fn nothing_in_a_title_is_markup() {
        let said = [told(3, Category::Mentions, "<script>")];
        let html = letter(&said, true).html();
        assert!(html.contains("Sam &lt;b&gt;Adeyemi&lt;/b&gt; 3") && html.contains("&lt;script&gt;"), "{html}");
        assert!(html.contains("token=1.ab&amp;x") && !html.contains("<script"));
    }

    #[test]
    fn a_mail_has_an_end() {
        let many: Vec<Notification> = (1..=40).rev().map(|number| told(number, Category::Mentions, "General")).collect();
        let text = letter(&many, false).text();
        assert_eq!(text.matches("\n- ").count(), LINES);
        assert!(text.contains(&words::more(10)) && text.contains(&words::unread(7)), "{text}");
    }
}
