//! The camera as a reader of codes ([`reader`] finds them in its picture), and the tones of an answer.
//!
//! The browser's interfaces for the camera are not in `web-sys` without features that nothing else needs, so they are called by name.

mod reader;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::{
    prelude::{set_timeout, window},
    task::spawn_local,
};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, HtmlVideoElement};

use reader::Reader;

/// Between two looks at the picture.
const LOOK: Duration = Duration::from_millis(200);
/// The same code is read again after this many looks without it: a phone held still asks once.
const FORGET: u32 = 8;
/// Pitch and seconds: come in, and do not.
const YES: (f32, f64) = (880.0, 0.12);
const NO: (f32, f64) = (220.0, 0.4);
const VOLUME: f32 = 0.1;

/// A camera that reads codes until it is stopped.
#[derive(Clone)]
pub struct Scanning {
    stopped: Rc<Cell<bool>>,
    stream: Rc<RefCell<Option<JsValue>>>,
}

type Found = Rc<dyn Fn(String)>;

fn member(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())
}

fn call(of: &JsValue, name: &str, arguments: &Array) -> Result<JsValue, JsValue> {
    member(of, name)?.dyn_into::<Function>()?.apply(of, arguments)
}

async fn wait_for(promise: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.dyn_into::<Promise>()?).await
}

/// Whether this page may ask for a camera; browsers let none do that over plain HTTP.
pub fn can_scan() -> bool {
    Reflect::has(&window().navigator(), &"mediaDevices".into()).unwrap_or(false)
}

impl Scanning {
    /// Ends it, and lets the camera go.
    pub fn stop(&self) {
        self.stopped.set(true);
        let Some(stream) = self.stream.borrow_mut().take() else { return };
        let Ok(tracks) = call(&stream, "getTracks", &Array::new()) else { return };
        for track in Array::from(&tracks).iter() {
            let _ = call(&track, "stop", &Array::new());
        }
    }
}

/// Reads codes from the camera into `found`; `refused` if there is none, or it is not allowed.
pub fn scan(video: &HtmlVideoElement, found: impl Fn(String) + 'static, refused: impl Fn() + 'static) -> Scanning {
    let scanning = Scanning { stopped: Rc::default(), stream: Rc::default() };
    let (running, video, found): (_, _, Found) = (scanning.clone(), video.clone(), Rc::new(found));
    spawn_local(async move {
        match begin(&running, &video).await {
            Ok(reader) => look(running, video, Rc::new(reader), found, (String::new(), 0)),
            // Stopped while the person was asked: that is no refusal.
            Err(_) if running.stopped.get() => {}
            Err(_) => {
                running.stop();
                refused();
            }
        }
    });
    scanning
}

async fn begin(scanning: &Scanning, video: &HtmlVideoElement) -> Result<Reader, JsValue> {
    let facing = Object::new();
    Reflect::set(&facing, &"facingMode".into(), &"environment".into())?;
    let wanted = Object::new();
    Reflect::set(&wanted, &"video".into(), &facing)?;
    let devices = member(&window().navigator(), "mediaDevices")?;
    let stream = wait_for(call(&devices, "getUserMedia", &Array::of1(&wanted))?).await?;
    *scanning.stream.borrow_mut() = Some(stream.clone());
    if scanning.stopped.get() {
        // It was stopped while the person was asked.
        scanning.stop();
        return Err(JsValue::NULL);
    }
    Reflect::set(video, &"srcObject".into(), &stream)?;
    wait_for(call(video, "play", &Array::new())?).await?;
    Reader::new().await
}

/// Looks at the picture, and again a moment later. `last` is the code that was read last, and how often it has not been seen since.
fn look(scanning: Scanning, video: HtmlVideoElement, reader: Rc<Reader>, found: Found, last: (String, u32)) {
    if scanning.stopped.get() {
        return;
    }
    spawn_local(async move {
        let code = reader.read(&video).await.unwrap_or_default();
        let last = match code {
            Some(code) if code == last.0 => (code, 0),
            Some(code) => {
                if !scanning.stopped.get() {
                    found(code.clone());
                }
                (code, 0)
            }
            None if last.1 >= FORGET => (String::new(), 0),
            None => (last.0, last.1 + 1),
        };
        // Another one begins anew, with the next press of the button.
        if reader.is_worn() {
            scanning.stop();
        }
        set_timeout(move || look(scanning, video, reader, found, last), LOOK);
    });
}

/// A high tone and a short buzz for who may come in, a low and long one for who may not.
pub fn signal(good: bool) {
    let (pitch, seconds) = if good { YES } else { NO };
    let play = || -> Result<(), JsValue> {
        let context = AudioContext::new()?;
        let (tone, gain) = (context.create_oscillator()?, context.create_gain()?);
        tone.frequency().set_value(pitch);
        gain.gain().set_value(VOLUME);
        tone.connect_with_audio_node(&gain)?;
        gain.connect_with_audio_node(&context.destination())?;
        tone.start()?;
        tone.stop_with_when(context.current_time() + seconds)
    };
    let _ = play();
    let _ = call(&window().navigator(), "vibrate", &Array::of1(&JsValue::from_f64(seconds * 1_000.0)));
}
