//! How a code is found in a picture: by the browser's own `BarcodeDetector` where it reads QR codes, else by [`picture`].
//!
//! What reads pictures meets all that there is, and its library gives up with a panic on some. In a browser that ends whatever
//! called it; so it is called through the browser, where a panic is an exception, and costs one picture.

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement};

use super::{super::picture, call, member, wait_for};

/// Pixels of the longer side of a picture that is searched here: enough for a code that fills a fifth of it.
const LONGEST: f64 = 800.0;
const QR: &str = "qr_code";
/// Pictures that may be given up on, a megabyte or two each.
const GIVEN_UP: u32 = 30;

/// Finds codes.
pub enum Reader {
    /// The browser does.
    Browser(JsValue),
    /// Plenum does, in what it draws here.
    Own(Own),
}

/// Pictures that Plenum reads itself.
pub struct Own {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    /// How many it gave up on: what it had of them is not given back.
    given_up: Cell<u32>,
}

impl Reader {
    /// The best that this browser has.
    ///
    /// # Errors
    /// If it has no canvas.
    pub async fn new() -> Result<Self, JsValue> {
        if let Ok(detector) = browsers().await {
            return Ok(Self::Browser(detector));
        }
        let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
        let options = Object::new();
        Reflect::set(&options, &"willReadFrequently".into(), &true.into())?;
        let context = canvas.get_context_with_context_options("2d", &options)?.ok_or(JsValue::NULL)?;
        Ok(Self::Own(Own { canvas, context: context.dyn_into()?, given_up: Cell::new(0) }))
    }

    /// The code that `video` shows now, if it shows one.
    ///
    /// # Errors
    /// If the picture cannot be read.
    pub async fn read(&self, video: &HtmlVideoElement) -> Result<Option<String>, JsValue> {
        match self {
            Self::Browser(detector) => {
                let codes = wait_for(call(detector, "detect", &Array::of1(video))?).await?;
                let first = Array::from(&codes).get(0);
                Ok(if first.is_undefined() { None } else { member(&first, "rawValue")?.as_string() })
            }
            Self::Own(own) => own.read(video),
        }
    }

    /// It has given up on so many pictures that it had better be left.
    pub fn is_worn(&self) -> bool {
        matches!(self, Self::Own(own) if own.given_up.get() >= GIVEN_UP)
    }
}

impl Own {
    fn read(&self, video: &HtmlVideoElement) -> Result<Option<String>, JsValue> {
        let (width, height) = (f64::from(video.video_width()), f64::from(video.video_height()));
        if width < 1.0 || height < 1.0 {
            return Ok(None);
        }
        let scale = (LONGEST / width.max(height)).min(1.0);
        let (width, height) = ((width * scale).floor(), (height * scale).floor());
        // To set a size clears the canvas.
        if (f64::from(self.canvas.width()), f64::from(self.canvas.height())) != (width, height) {
            self.canvas.set_width(width as u32);
            self.canvas.set_height(height as u32);
        }
        self.context.draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, width, height)?;
        let pixels = self.context.get_image_data(0.0, 0.0, width, height)?.data();
        let found = Rc::new(Cell::new(None));
        let finds = Rc::clone(&found);
        let look = Closure::once(move || finds.set(picture::code(width as usize, &pixels)));
        if look.as_ref().unchecked_ref::<Function>().call0(&JsValue::NULL).is_err() {
            self.given_up.set(self.given_up.get() + 1);
        }
        Ok(found.take())
    }
}

/// The browser's detector, if there is one that reads QR codes.
async fn browsers() -> Result<JsValue, JsValue> {
    let class = member(&window(), "BarcodeDetector")?.dyn_into::<Function>()?;
    let formats = Array::from(&wait_for(call(&class, "getSupportedFormats", &Array::new())?).await?);
    if !formats.includes(&QR.into(), 0) {
        return Err(JsValue::NULL);
    }
    let wanted = Object::new();
    Reflect::set(&wanted, &"formats".into(), &Array::of1(&QR.into()))?;
    Reflect::construct(&class, &Array::of1(&wanted))
}
