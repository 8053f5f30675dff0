//! The seats as buttons, made in one go and painted one by one: thousands of them, of which a few change at a time. Measured against
//! a signal for each seat this is what keeps them from stuttering: one listener for all, and two attributes for each that changes.

use std::{cell::Cell, fmt::Write as _};

use js_sys::Reflect;
use leptos::{
    ev::WheelEvent,
    html::Div,
    prelude::{GetUntracked as _, NodeRef, WithValue as _, document},
};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use super::{
    map::{self, Frame, LOOKS, Look},
    screen::Screen,
};
use crate::words::seats as words;
use plenum_core::ids::SeatId;

thread_local! {
    /// The one seat that the tab key stops at.
    static STOP: Cell<Option<SeatId>> = const { Cell::new(None) };
}

/// The seats as buttons; and the one that the tab key stops at.
fn buttons(screen: Screen) -> (String, Option<SeatId>) {
    screen.map.with_value(|map| {
        let frame = Frame::of(&map.rows);
        let mut html = map::letters(&map.rows, &frame);
        let mut stop = None;
        let types: Vec<_> = map.types.iter().map(|known| known.id).collect();
        for row in &map.rows {
            let section = map.section(row.section);
            for spot in &row.spots {
                let look = screen.look(spot.id);
                let name = words::seat_name(&row.label, spot.number, section, map.price(spot.ticket_type), spot.kind, look.said());
                let tab = if stop.is_none() { "0" } else { "-1" };
                stop = stop.or(Some(spot.id));
                let class = types.iter().position(|known| *known == spot.ticket_type).unwrap_or(0) % LOOKS;
                let _ = write!(
                    html,
                    r#"<button type="button" id="seat-{}" class="seat" data-look="{}" data-type="{class}"{} tabindex="{tab}" aria-label="{}" style="left:{};top:{}"></button>"#,
                    spot.id,
                    look.into_str(),
                    map::kind_attribute(spot.kind),
                    map::escaped(&name),
                    map::em(frame.x(spot)),
                    map::em(frame.y(spot)),
                );
            }
        }
        (html, stop)
    })
}

fn button(seat: SeatId) -> Option<HtmlElement> {
    document().get_element_by_id(&format!("seat-{seat}"))?.dyn_into().ok()
}

/// Puts the buttons in place of the picture. Of a hall that is wider than the screen the middle is shown first.
pub fn draw(area: NodeRef<Div>, screen: Screen) {
    let Some(area) = area.get_untracked() else { return };
    let (html, first) = buttons(screen);
    area.set_inner_html(&html);
    if let Ok(Some(frame)) = area.closest(".plan-frame")
        && frame.scroll_left() == 0
    {
        frame.set_scroll_left((frame.scroll_width() - frame.client_width()) / 2);
    }
    STOP.set(first);
}

/// Paints a seat that has changed.
pub fn paint(seat: SeatId, look: Look, name: &str) {
    if let Some(button) = button(seat) {
        let _ = button.set_attribute("data-look", look.into_str());
        let _ = button.set_attribute("aria-label", name);
    }
}

fn element(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

/// The seat that an event hit.
pub fn seat_of(event: &Event) -> Option<SeatId> {
    let button = element(event)?.closest("[data-look]").ok()??;
    button.id().strip_prefix("seat-")?.parse().ok()
}

/// Gives a seat the focus; the tab key stops at it from now on.
pub fn focus(seat: SeatId) {
    let Some(to) = button(seat) else { return };
    if let Some(from) = STOP.replace(Some(seat)).filter(|from| *from != seat).and_then(button) {
        let _ = from.set_attribute("tabindex", "-1");
    }
    let _ = to.set_attribute("tabindex", "0");
    let _ = to.focus();
}

/// By how much a wheel turned with Ctrl zooms; a pinch on a touchpad comes as one.
pub fn wheel(event: &WheelEvent) -> Option<f64> {
    event.ctrl_key().then(|| (-event.delta_y() / 240.0).exp())
}

/// How far two fingers are apart, if there are two.
pub fn spread(event: &Event) -> Option<f64> {
    let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let touches = member(event, "touches")?;
    if member(&touches, "length")?.as_f64()? < 2.0 {
        return None;
    }
    let at = |index: &str, axis: &str| member(&member(&touches, index)?, axis)?.as_f64();
    let (x, y) = (at("0", "clientX")? - at("1", "clientX")?, at("0", "clientY")? - at("1", "clientY")?);
    Some(x.hypot(y))
}

/// The seats that are ticked in the form of an event.
pub fn ticked(event: &Event) -> Vec<SeatId> {
    let Some(Ok(boxes)) = element(event).map(|form| form.query_selector_all("input[type=checkbox]:checked")) else { return Vec::new() };
    let boxes = (0..boxes.length()).filter_map(|index| boxes.item(index)?.dyn_into::<HtmlInputElement>().ok());
    boxes.filter_map(|ticked| ticked.value().parse().ok()).collect()
}

/// What stands in the field called `name` of the form of an event.
pub fn field(event: &Event, name: &str) -> String {
    let field = element(event).and_then(|form| form.query_selector(&format!("[name='{name}']")).ok()?);
    let value = field.and_then(|field| Reflect::get(&field, &"value".into()).ok()?.as_string());
    value.unwrap_or_default()
}
