//! The plan of the hall.
//!
//! The server draws it as one small picture, a path for each kind of seat, so that it is there at first paint and weighs little; in a
//! browser with scripts the same places become buttons. All is measured in seats (`em`), so that zooming is one number.

use std::fmt::Write as _;

use leptos::{
    ev::{Event, KeyboardEvent, MouseEvent, WheelEvent},
    html::Div,
    prelude::*,
};

use super::{plan, screen::Screen, tools};
use crate::view::seats::keyboard::{self, Move};
use crate::{
    model::{
        layout::{Row, Spot},
        seat_map::Seen,
    },
    words::seats as words,
};
use plenum_events::model::seat::SeatKind;
use plenum_ui::{
    effect,
    keys::{KeySection, describe_keys},
    view,
};

/// Kinds of tickets that look different; there may be more.
pub const LOOKS: usize = 8;
/// Around the seats, in tenths of a seat: room for the letters of rows, and for the stage above.
const MARGIN: i64 = 19;
const STAGE: i64 = 52;

/// What a seat is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase", const_into_str)]
pub enum Look {
    Free,
    Held,
    Yours,
    Bought,
    Sold,
    /// The server has not answered yet.
    Pending,
    /// By a visitor, who holds nothing yet.
    Picked,
}

impl Look {
    /// How it is read out.
    pub fn said(self) -> &'static str {
        match self {
            Self::Free => words::seen(Seen::Free),
            Self::Held => words::seen(Seen::Held),
            Self::Yours => words::seen(Seen::Yours),
            Self::Bought => words::seen(Seen::Bought),
            Self::Sold => words::seen(Seen::Sold),
            Self::Pending => words::CONFIRMING,
            Self::Picked => words::PICKED,
        }
    }
}

/// Where the plan begins and how large it is, in tenths of a seat.
pub struct Frame {
    left: i64,
    top: i64,
    width: i64,
    height: i64,
}

impl Frame {
    pub fn of(rows: &[Row]) -> Self {
        let spots = || rows.iter().flat_map(|row| row.spots.iter());
        let (left, right) = (spots().map(|spot| spot.x).min().unwrap_or(0), spots().map(|spot| spot.x).max().unwrap_or(0));
        let (top, bottom) = (spots().map(|spot| spot.y).min().unwrap_or(0), spots().map(|spot| spot.y).max().unwrap_or(0));
        Self { left: left - MARGIN, top: top - STAGE, width: right - left + 10 + 2 * MARGIN, height: bottom - top + 20 + STAGE }
    }

    pub fn x(&self, spot: &Spot) -> i64 {
        spot.x - self.left
    }

    pub fn y(&self, spot: &Spot) -> i64 {
        spot.y - self.top
    }
}

/// Tenths of a seat as seats.
pub fn em(tenths: i64) -> String {
    let (sign, tenths) = (if tenths < 0 { "-" } else { "" }, tenths.abs());
    format!("{sign}{}.{}em", tenths / 10, tenths % 10)
}

/// Text within HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The letters of rows, at both ends and where the row is; not where another section's seat is in the way.
pub fn letters(rows: &[Row], frame: &Frame) -> String {
    let mut html = String::new();
    let blocked =
        |x: i64, y: i64| rows.iter().flat_map(|row| row.spots.iter()).any(|spot| (spot.x - x).abs() < 10 && (spot.y - y).abs() < 9);
    for row in rows {
        let ends = [row.spots.first().map(|spot| (spot.x - 14, spot.y)), row.spots.last().map(|spot| (spot.x + 14, spot.y))];
        for (x, y) in ends.into_iter().flatten().filter(|(x, y)| !blocked(*x, *y)) {
            let (left, top) = (em(x - frame.left), em(y - frame.top));
            let _ =
                write!(html, r#"<span class="plan-row" aria-hidden="true" style="left:{left};top:{top}">{}</span>"#, escaped(&row.label));
        }
    }
    html
}

pub fn kind_attribute(kind: SeatKind) -> &'static str {
    match kind {
        SeatKind::Standard => "",
        SeatKind::Accessible => r#" data-kind="accessible""#,
        SeatKind::Companion => r#" data-kind="companion""#,
        SeatKind::Restricted => r#" data-kind="restricted""#,
    }
}

/// The plan as a picture: what can be had, what is held, what is sold, what the viewer holds and has bought, each a path of its own shape.
fn picture(screen: Screen) -> String {
    screen.map.with_value(|map| {
        let frame = Frame::of(&map.rows);
        let mut paths: [String; 5] = Default::default();
        for spot in map.rows.iter().flat_map(|row| row.spots.iter()) {
            let (x, y) = (frame.x(spot), frame.y(spot));
            let [free, held, yours, bought, sold] = &mut paths;
            let _ = match map.seen(spot.id, map.now) {
                Seen::Free => write!(free, "M{x} {y}h8v8h-8z"),
                Seen::Held => write!(held, "M{x} {y}h8v8h-8zm3 3h2v2h-2z"),
                Seen::Yours => write!(yours, "M{x} {y}h8v8h-8z"),
                Seen::Bought => write!(bought, "M{x} {y}h8v8h-8z"),
                Seen::Sold => write!(sold, "M{} {}l4 4m0-4l-4 4", x + 2, y + 2),
            };
        }
        let mut html = letters(&map.rows, &frame);
        let _ = write!(html, r#"<svg class="plan-picture" viewBox="0 0 {} {}" aria-hidden="true">"#, frame.width, frame.height);
        for (look, path) in [Look::Free, Look::Held, Look::Yours, Look::Bought, Look::Sold].into_iter().zip(paths) {
            let _ = write!(html, r#"<path data-look="{}" d="{path}"/>"#, look.into_str());
        }
        html.push_str("</svg>");
        html
    })
}

/// The plan, with its legend.
pub fn map(screen: Screen) -> AnyView {
    let area = NodeRef::<Div>::new();
    effect(move |_| plan::draw(area, screen));
    describe_keys(KeySection {
        title: words::PLAN.to_owned(),
        keys: vec![
            (words::KEY_MOVE.to_owned(), vec!["←", "→", "↑", "↓"]),
            (words::KEY_ENDS.to_owned(), vec!["Home", "End"]),
            (words::KEY_PICK.to_owned(), vec!["Enter"]),
            (words::KEY_CLOSER.to_owned(), vec!["+"]),
            (words::KEY_FARTHER.to_owned(), vec!["-"]),
        ],
    });
    let (width, height) = screen.map.with_value(|map| {
        let frame = Frame::of(&map.rows);
        (frame.width, frame.height)
    });
    let zoom = screen.zoom;
    let style = move || format!("--seats:{}.{};--zoom:{:.3};width:{};height:{}", width / 10, width % 10, zoom.get(), em(width), em(height));
    let press = move |event: MouseEvent| {
        if let Some(seat) = plan::seat_of(&event) {
            plan::focus(seat);
            screen.press(seat);
        }
    };
    let key = move |event: KeyboardEvent| key(screen, &event);
    let wheel = move |event: WheelEvent| {
        if let Some(by) = plan::wheel(&event) {
            event.prevent_default();
            tools::zoom_by(screen, by);
        }
    };
    // Two fingers: how far they were apart, and how large the plan was then.
    let pinch = StoredValue::new(None::<(f64, f64)>);
    let fingers = move |event: &Event| {
        let Some(spread) = plan::spread(event) else { return pinch.set_value(None) };
        match pinch.get_value() {
            Some((from, zoom)) if from > 0.0 => {
                event.prevent_default();
                tools::zoom_to(screen, zoom * spread / from);
            }
            _ => pinch.set_value(Some((spread, screen.zoom.get_untracked()))),
        }
    };
    view! {
        <div
            class="plan-frame"
            role="group"
            aria-label=words::PLAN
            aria-describedby="plan-help"
            on:click=press
            on:keydown=key
            on:wheel=wheel
            on:touchstart=move |event| fingers(&event)
            on:touchmove=move |event| fingers(&event)
            on:touchend=move |event| fingers(&event)
        >
            <div class="plan" style=style>
                <p class="plan-stage">{words::STAGE}</p>
                <div class="plan-seats" node_ref=area inner_html=picture(screen)></div>
            </div>
        </div>
        <p id="plan-help" class="field-hint plan-help">
            {words::PLAN_HELP}
        </p>
        {legend(screen)}
    }
}

fn key(screen: Screen, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return;
    }
    let key = event.key();
    match key.as_str() {
        "+" | "=" => tools::zoom_by(screen, tools::STEP),
        "-" => tools::zoom_by(screen, 1.0 / tools::STEP),
        _ => {
            let (Some(from), Some(way)) = (plan::seat_of(event), Move::of_key(&key)) else { return };
            if let Some(to) = screen.map.with_value(|map| keyboard::next(&map.rows, from, way)) {
                plan::focus(to);
            }
        }
    }
    event.prevent_default();
}

/// What shapes and colours mean, and what places cost.
fn legend(screen: Screen) -> AnyView {
    let (types, kinds) = screen.map.with_value(|map| {
        let types: Vec<(usize, String)> = map
            .types
            .iter()
            .enumerate()
            .filter(|(_, known)| known.seated)
            .map(|(index, known)| (index % LOOKS, format!("{} {}", known.name, known.price)))
            .collect();
        let spots = || map.rows.iter().flat_map(|row| row.spots.iter());
        let kinds = [SeatKind::Accessible, SeatKind::Companion, SeatKind::Restricted];
        (types, kinds.into_iter().filter(|kind| spots().any(|spot| spot.kind == *kind)).collect::<Vec<_>>())
    });
    let line = |look: Look, kind: SeatKind, class: usize, name: String| {
        let kind = kind_attribute(kind).split('"').nth(1).map(str::to_owned);
        view! {
            <li>
                <span class="seat" data-look=look.into_str() data-kind=kind data-type=class.to_string() aria-hidden="true"></span>
                {name}
            </li>
        }
    };
    let standard = SeatKind::Standard;
    let types = types.into_iter().map(|(class, name)| line(Look::Free, standard, class, name)).collect_view();
    let kinds = kinds.into_iter().map(|kind| line(Look::Free, kind, 0, words::kind_in_legend(kind).to_owned())).collect_view();
    let bought = screen.viewer.is_some().then_some((Look::Bought, words::BOUGHT));
    let states = [(Look::Held, words::BEING_HELD), (Look::Sold, words::SOLD), (Look::Yours, words::YOURS)].into_iter().chain(bought);
    let states = states.map(|(look, name)| line(look, standard, 0, name.to_owned())).collect_view();
    view! {
        <ul class="plan-legend" aria-label=words::LEGEND>
            {types}
            {states}
            {kinds}
        </ul>
    }
}
