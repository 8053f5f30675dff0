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
        ("![a cat](b)", "<p>![a cat](b)</p>"),
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

/// Whatever Markdown would make of an address, it is a link to what was written.
#[test]
fn markdown_touches_no_address() {
    for (text, address) in [
        ("https://example.org/a/__init__.py", "https://example.org/a/__init__.py"),
        ("see https://example.org/*a*/b and", "https://example.org/*a*/b"),
        ("https://example.org/~x~/y", "https://example.org/~x~/y"),
        ("(https://example.org/_a_)", "https://example.org/_a_"),
        ("**https://example.org/a_b**", "https://example.org/a_b"),
        ("_https://example.org/a_", "https://example.org/a"),
        ("*see* https://example.org/*a*", "https://example.org/*a*"),
        ("https://example.org/?a[]=1&amp=2", "https://example.org/?a[]=1&amp;amp=2"),
        ("看https://example.org/東京。再见", "https://example.org/東京"),
        ("https://example.org/a\u{202E}b", "https://example.org/a"),
        ("<https://example.org/_a_>", "https://example.org/_a_"),
        ("- https://example.org/a_b_c\n- x", "https://example.org/a_b_c"),
        ("[a_b](https://example.org/_a_)", "https://example.org/_a_"),
        ("[see https://example.com/_b_](https://example.org/_a_)", "https://example.org/_a_"),
    ] {
        let html = html(text);
        let (leads, reads) = (format!("href=\"{address}\""), format!(">{address}</a>"));
        assert!(html.contains(&leads) || html.contains(&reads), "{text}: {html}");
        assert_eq!(html.matches("<a ").count(), 1, "{text}: {html}");
        assert!(!html.contains("<em>") || text.starts_with(['_', '*']), "{text}: {html}");
    }
    assert_eq!(html("```\nhttps://x.example/_a_\n```"), "<pre><code>https://x.example/_a_\n</code></pre>");
    assert_eq!(html("a\u{FDD0}0\u{FDD1}b"), "<p>a\u{FDD0}0\u{FDD1}b</p>", "a text that has the tokens itself");
}

/// What Markdown would not show is shown as it was written.
#[test]
fn no_text_vanishes() {
    for (text, expected) in [
        ("[10:30]: standup", "<p>[10:30]: standup</p>"),
        ("- [ok]: done", "<ul>\n<li>[ok]: done</li>\n</ul>"),
        ("> [a]: https://x.example 'b'\n\n[a]", "<blockquote>\n<p>[a]: "),
        ("`[a]: b`", "<p><code>[a]: b</code></p>"),
        ("f[0](x)", "<p>f[0](x)</p>"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("[](https://x.example)", "https://x.example</a></p>"),
        ("![](https://x.example/cat.png)", "https://x.example/cat.png</a></p>"),
        ("![a cat](https://x.example/cat.png)", ">a cat</a></p>"),
        ("![<]([γ])", "<p>![&lt;]([γ])</p>"),
        ("[![a](b)](https://x.example)", "![a](b)</a></p>"),
        ("[a](https://x.example 'b')", ">a</a> (b)</p>"),
        ("hello\n# \nthere", "<p><strong>#</strong></p>"),
        ("hello\n``` see you", "see you"),
        ("hello\n```oops", "<pre><code>oops</code></pre>"),
        ("#", "<p><strong>#</strong></p>"),
        (">", "<p>&gt;</p>"),
        ("-", "<p>-</p>"),
        ("```", "<p>```</p>"),
        ("&nbsp;", "<p>&amp;nbsp;</p>"),
        ("****", "<p>---</p>"),
    ] {
        assert!(html(text).contains(expected), "{text}: {}", html(text));
        assert!(is_visible(&preview(text)), "{text}: {}", preview(text));
    }
}

/// Names as people write them, and as Markdown would read them.
#[test]
fn anybody_can_be_mentioned() {
    let names = ["Miles O’Brien", "José", "李", "Ann _x_ Lee", "Tom & <b>", "*Star*", "นภา"];
    let members: Vec<(PersonId, String)> = (1..).map(PersonId).zip(names.map(str::to_owned)).collect();
    for (text, person) in [
        ("@Miles O'Brien?", 1),
        ("@miles o’brien", 1),
        ("@Jose\u{301}!", 2),
        ("@JOSÉ", 2),
        ("@李さん", 3),
        ("你好@李小姐", 3),
        ("hi @Ann _x_ Lee and _you_", 4),
        ("@Tom & <b>", 5),
        ("@*Star*", 6),
        ("*@นภาครับ*", 7),
    ] {
        let rendered = render(text, &members);
        assert_eq!(rendered.mentions, [PersonId(person)], "{text}: {}", rendered.html);
    }
    for text in ["`@José`", "\\@José", "a@José", "@Joséphine", "[@José](https://x.example)"] {
        assert!(render(text, &members).mentions.is_empty(), "{text}");
    }
}

/// Of several people of one name all are meant, unless it is said which.
#[test]
fn a_mention_says_which_of_one_name() {
    let members = [(4, "Lena Kovač"), (9, "lena kovac"), (5, "Lena")].map(|(id, name)| (PersonId(id), name.to_owned()));
    assert_eq!(render("@Lena Kovač", &members).mentions, [PersonId(4), PersonId(9)]);
    let one = render("@Lena Kovač#9, see", &members);
    assert_eq!(one.mentions, [PersonId(9)]);
    assert_eq!(one.html, "<p><span class=\"mention\" data-person=\"9\">@lena kovac</span>, see</p>");
    assert_eq!(render("@Lena Kovač#5", &members).mentions, [PersonId(4), PersonId(9)], "a number of somebody else");
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

/// What has made the search for addresses and names slow: brackets that are counted, names that are compared.
fn laborious() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "https://",
        ")",
        "(",
        "]",
        "[",
        "_",
        "*",
        "~",
        ".",
        "@",
        "@S",
        "@Sam",
        "Sam Adeyem",
        "\u{301}",
        "<",
        ">",
        "x",
        "李",
    ]);
    proptest::collection::vec((piece, 1_usize..200), 1..40)
        .prop_map(|runs| runs.into_iter().map(|(piece, times)| piece.repeat(times)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// The work grows with the text, not with its square, nor with text times names.
    #[test]
    fn each_character_is_looked_at_a_few_times(text in laborious(), more in 0_i64..2_000) {
        let mut members = members();
        members.extend((100..100 + more).map(|id| (PersonId(id), format!("Sam Adeyemi {id}"))));
        let names = Names::new(&members);
        let protected = Protected::new(&text, &names);
        prop_assert!(protected.steps <= 4 * text.chars().count(), "{} steps for {} characters", protected.steps, text.chars().count());
        prop_assert_eq!(&*protected.restored(&protected.source), &text);
    }

    /// Every letter that was written is there.
    #[test]
    fn nothing_that_was_written_vanishes(pieces in proptest::collection::vec(prop::sample::select(vec![
        "α", "β", " ", "\n", "\n\n", "[", "]", "[γ]", ":", "]: ", "(", ")", "](", "<", ">", "# ", "- ", "`", "**", "_", "~~", "![", "https://x.example/", "javascript:", "> ", "\\",
    ]), 1..24)) {
        let text = pieces.concat();
        prop_assume!(is_visible(&text));
        let html = html(&text);
        let letters = |text: &str| text.chars().filter(|c| "αβγ".contains(*c)).count();
        let encoded = html.matches("%CE%").count();
        prop_assert!(letters(&html) + encoded >= letters(&text), "{text:?} became {html:?}");
        let shown: String = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect();
        prop_assert!(is_visible(&shown), "{text:?} became {html:?}");
    }

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
