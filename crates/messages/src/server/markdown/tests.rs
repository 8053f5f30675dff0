use proptest::prelude::*;

use super::*;

fn members() -> Vec<(PersonId, String)> {
    [(5, "Sam Adeyemi"), (6, "Sam"), (7, "Zoë Żak"), (8, "Tom <b>")].map(|(id, name)| (PersonId(id), name.to_owned())).to_vec()
}

fn html(text: &str) -> String {
    render(text, &members()).html
}

#[test]
fn what_people_write_reads_as_they_mean_it() {
    for (text, expected) in [
        ("hello", "<p>hello</p>"),
        ("*a* **b** ~~c~~ `d < e`", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d &lt; e</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Title", "<p><strong>Title</strong></p>"),
        ("![a cat](https://x.example/cat.png)", "<p>a cat</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. c", "<ol start=\"3\">\n<li>c</li>\n</ol>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("```rust\nlet x = 1;\n```", "<pre><code>let x = 1;\n</code></pre>"),
        ("1 < 2 & <b>bold</b>", "<p>1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt;</p>"),
        ("a\n\n---\n\nb", "<p>a</p>\n<p>---</p>\n<p>b</p>"),
    ] {
        assert_eq!(html(text), expected, "{text}");
    }
}

#[test]
fn addresses_become_links_that_tell_nothing_of_us() {
    let link = |href: &str| format!("<a href=\"{href}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">{href}</a>");
    assert_eq!(html("see https://x.example/a_b_c?q=1."), format!("<p>see {}.</p>", link("https://x.example/a_b_c?q=1")));
    assert_eq!(html("(http://x.example/a_(b))"), format!("<p>({})</p>", link("http://x.example/a_(b)")));
    assert_eq!(html("xhttps://x.example https://"), "<p>xhttps://x.example https://</p>");
    assert_eq!(html("`https://x.example`"), "<p><code>https://x.example</code></p>");
    for text in ["[x](javascript:alert(1))", "[x](data:text/html,x)", "[x](/admin)", "<javascript:alert(1)>"] {
        assert!(!html(text).contains("href"), "{text}: {}", html(text));
    }
}

#[test]
fn a_mention_is_the_longest_name_whatever_the_case() {
    let rendered = render("Hi @sam adeyemi, @SAM, @zoë żak and @Samuel; mail me@Sam `@Sam`", &members());
    assert_eq!(rendered.mentions, [PersonId(5), PersonId(6), PersonId(7)]);
    assert_eq!(
        rendered.html,
        "<p>Hi <span class=\"mention\" data-person=\"5\">@Sam Adeyemi</span>, <span class=\"mention\" data-person=\"6\">@Sam</span>, \
         <span class=\"mention\" data-person=\"7\">@Zoë Żak</span> and @Samuel; mail me@Sam <code>@Sam</code></p>"
    );
    assert!(render("@nobody", &members()).mentions.is_empty());
}

#[test]
fn a_preview_is_one_line_of_plain_text() {
    assert_eq!(preview("# Hi\n\n**all**, see `x`:\n- a\n- b"), "Hi all, see x: a b");
    let long = preview(&"word ".repeat(200));
    assert!(long.ends_with("word…") && long.chars().count() <= 140, "{long}");
    assert_eq!(preview(""), "");
}

#[test]
fn thousands_of_levels_are_quick_and_harmless() {
    for text in [">".repeat(8_000), "*a **b ".repeat(1_000), "- ".repeat(4_000), "[".repeat(8_000), "`".repeat(8_000)] {
        assert!(html(&text).matches("<blockquote>").count() <= DEPTH);
    }
}

/// Names of all tags in `html`, and all their attributes with values.
fn tags_of(html: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut tags, mut attributes) = (Vec::new(), Vec::new());
    // The sanitiser escapes every < and > of text, and every quote of a value: each < left begins a tag.
    for piece in html.split('<').skip(1) {
        let inside = piece.split('>').next().unwrap_or_default().trim_start_matches('/');
        let (name, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
        tags.push(name.to_owned());
        while let Some((attribute, value)) = rest.split_once("=\"") {
            let (value, after) = value.split_once('"').unwrap_or((value, ""));
            attributes.push((attribute.trim().to_owned(), value.to_owned()));
            rest = after;
        }
        assert_eq!(rest.trim(), "", "{inside}");
    }
    (tags, attributes)
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        prop::sample::select(vec![
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "<iframe>",
            "<style>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "javascript:",
            "[x](",
            ")",
            "![",
            "](",
            "<a href=",
            "\"",
            "'",
            ">",
            "<",
            "&lt;",
            "&#60;script&#62;",
            "`",
            "```\n",
            "\n",
            "\n\n",
            "# ",
            "> ",
            "- ",
            "1. ",
            "*",
            "**",
            "~~",
            "\\",
            "@Sam Adeyemi",
            "@Tom <b>",
            "https://x.example/\"onclick=",
            "<https://x\"onmouseover=\"alert(1)>",
            "\u{0}",
            "\u{202e}",
            "&quot;",
            "<math><mi//xlink:href=",
            "<p class=mention data-person=1>",
            "[a]: javascript:alert(1)\n",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No script, handler or unknown tag comes out, whatever goes in.
    #[test]
    fn nothing_but_the_allowed_comes_out(text in hostile()) {
        let html = html(&text);
        let (tags, attributes) = tags_of(&html);
        for tag in tags {
            prop_assert!(TAGS.contains(&tag.as_str()), "{tag:?} in {html}");
        }
        for (attribute, value) in attributes {
            prop_assert!(["href", "target", "rel", "class", "data-person", "start"].contains(&attribute.as_str()), "{attribute:?} in {html}");
            if attribute == "href" {
                prop_assert!(["http://", "https://", "mailto:"].iter().any(|scheme| value.to_lowercase().starts_with(scheme)), "{html}");
            }
        }
        // Sanitising what is clean changes nothing: the browser reads it as the sanitiser did.
        prop_assert_eq!(SANITISER.clean(&html).to_string(), html);
    }

    /// A preview is short and has one line.
    #[test]
    fn a_preview_is_short(text in hostile()) {
        let preview = preview(&text);
        prop_assert!(preview.chars().count() <= PREVIEW && !preview.contains('\n'));
    }
}
