//! A picture made anew from what was sent. Whatever it calls itself, it is what its bytes decode to; how large that may become is limited
//! before it is decoded, so that a small file cannot fill the memory. Nothing of the file that was sent is kept: no hidden data, no place
//! where it was taken.

use std::{io::Cursor, sync::Arc};

use axum::{
    extract::{Multipart, multipart::MultipartRejection},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};
use tokio::sync::Semaphore;

use plenum_core::{
    error::{AppError, AppResult},
    ids::PictureId,
    people::Identity,
};
use plenum_store::db::{Store, Tx};

/// Bytes of a file that is sent.
const LARGEST: usize = 5 * 1024 * 1024;
/// So much is read of what is too large, to say so.
pub const READ: usize = 4 * LARGEST;
/// Kept by the browser that was shown it, and by no cache in between: which organisation's it is depends on the request's host, and what
/// it belongs to may be withdrawn. An id is never given to another picture.
pub const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=3600");
/// Pixels of a side, and bytes of what is decoded.
const SIDE: u32 = 8_000;
const DECODED: u64 = 160 * 1024 * 1024;
/// Pixels across a page, and a list.
const WIDTH: u32 = 1_200;
const SMALL: u32 = 400;
/// No wall of a picture: so many times as high as it is wide.
const HIGH: u32 = 2;
const QUALITY: u8 = 82;

/// One is made at a time, so that a crowd of them takes no more memory than one; a [part](Store::part) of the store.
struct Turn(Arc<Semaphore>);

impl Default for Turn {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    /// A JPEG for the page.
    pub bytes: Vec<u8>,
    /// How wide it is.
    pub width: u32,
    /// How high.
    pub height: u32,
    /// A small one for lists.
    pub small: Vec<u8>,
}

/// Makes the picture, beside the tasks that answer requests.
///
/// # Errors
/// 422 `picture` if it is none, or too large.
pub async fn make(store: &Store, sent: Vec<u8>) -> AppResult<Made> {
    // The turn ends with the work, also when whoever asked has gone.
    let turn = Arc::clone(&store.part::<Turn>().0).acquire_owned().await.map_err(|_| AppError::internal())?;
    let work = move || {
        let _turn = turn;
        remake(&sent)
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "making a picture panicked");
        AppError::invalid("picture", "This picture cannot be read.")
    })?
}

/// The bytes of the form's part `picture`.
///
/// # Errors
/// 422 `picture` if there is none, or it is too large.
pub async fn sent(parts: Result<Multipart, MultipartRejection>) -> AppResult<Vec<u8>> {
    let mut parts = parts.map_err(|_| AppError::invalid("picture", "Choose a picture."))?;
    let too_large = || AppError::invalid("picture", format!("A picture has at most {} MB.", LARGEST / (1024 * 1024)));
    while let Some(mut part) = parts.next_field().await.map_err(|_| too_large())? {
        if part.name() != Some("picture") {
            continue;
        }
        let (mut bytes, mut length) = (Vec::new(), 0);
        while let Some(piece) = part.chunk().await.map_err(|_| too_large())? {
            length += piece.len();
            // The rest is read all the same: a browser shows no answer that comes before it has sent everything.
            if length <= LARGEST {
                bytes.extend_from_slice(&piece);
            }
        }
        if length > LARGEST {
            return Err(too_large());
        }
        if !bytes.is_empty() {
            return Ok(bytes);
        }
    }
    Err(AppError::invalid("picture", "Choose a picture."))
}

/// Writes a picture down as sent by `who`.
pub async fn insert(tx: &mut Tx, who: &Identity, made: &Made) -> AppResult<PictureId> {
    let inserted = sqlx::query_scalar(
        "insert into pictures (organisation_id, uploaded_by, media_type, width, height, bytes, small, created_at)
         values ($1, $2, 'image/jpeg', $3, $4, $5, $6, $7) returning id",
    );
    let inserted = inserted.bind(who.organisation).bind(who.person).bind(made.width).bind(made.height);
    Ok(inserted.bind(&made.bytes).bind(&made.small).bind(tx.now()).fetch_one(&mut **tx).await?)
}

/// The answer that a picture is.
pub fn answer(media_type: &str, bytes: Vec<u8>, caching: HeaderValue) -> Response {
    let kind = HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, caching),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, bytes).into_response()
}

fn remake(sent: &[u8]) -> AppResult<Made> {
    let picture = decode(sent)?;
    let large = fit(&picture, WIDTH);
    Ok(Made { width: large.width(), height: large.height(), small: jpeg(&fit(&picture, SMALL))?, bytes: jpeg(&large)? })
}

fn decode(sent: &[u8]) -> AppResult<DynamicImage> {
    let unreadable = || AppError::invalid("picture", "This is no JPEG, PNG or WebP picture that can be read.");
    let mut reader = ImageReader::new(Cursor::new(sent)).with_guessed_format().map_err(|_| unreadable())?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(unreadable());
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(DECODED);
    reader.limits(limits);
    let too_large = || AppError::invalid("picture", format!("A picture has at most {SIDE} pixels a side."));
    let refused = |error| if matches!(error, image::ImageError::Limits(_)) { too_large() } else { unreadable() };
    let mut decoder = reader.into_decoder().map_err(refused)?;
    if decoder.total_bytes() > DECODED {
        return Err(too_large());
    }
    let turned = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(turned);
    Ok(picture)
}

/// At most `width` across, never larger than it was; what shines through is white.
fn fit(picture: &DynamicImage, width: u32) -> RgbImage {
    let fitting = if picture.width() > width || picture.height() > width * HIGH {
        picture.resize(width, width * HIGH, FilterType::Triangle)
    } else {
        picture.clone()
    };
    let mut flat = RgbImage::new(fitting.width(), fitting.height());
    for (to, from) in flat.pixels_mut().zip(fitting.to_rgba8().pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let over = |colour: u32| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        to.0 = [over(red), over(green), over(blue)];
    }
    flat
}

fn jpeg(picture: &RgbImage) -> AppResult<Vec<u8>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(picture).map_err(|error| {
        tracing::error!(%error, "a picture cannot be written");
        AppError::internal()
    })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(width, height).write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_made_anew() {
        let made = remake(&png(2_400, 1_200)).unwrap();
        assert_eq!((made.width, made.height), (1_200, 600));
        for (bytes, width) in [(&made.bytes, 1_200), (&made.small, 400)] {
            assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]), "it is a JPEG");
            let picture = decode(bytes).unwrap();
            assert_eq!(picture.width(), width);
            let shown = picture.to_rgb8().get_pixel(0, 0).0;
            assert!(shown.iter().all(|colour| *colour > 250), "what shines through is white: {shown:?}");
        }
        let tiny = remake(&png(3, 2)).unwrap();
        assert_eq!((tiny.width, tiny.height), (3, 2), "nothing is blown up");
    }

    /// A file of a few hundred bytes that says it is a hundred million pixels; what is no picture, whatever it is called; half of one.
    #[test]
    fn what_cannot_be_a_picture_is_refused() {
        // The header of a PNG of 60,000 × 60,000 pixels, with its checksum.
        let mut bomb = png(1, 1);
        bomb.splice(16..24, [60_000_u32.to_be_bytes(), 60_000_u32.to_be_bytes()].concat());
        let checksum = crc(&bomb[12..29]);
        bomb.splice(29..33, checksum.to_be_bytes());
        let whole = png(40, 40);
        for wrong in [
            bomb,
            png(8_001, 1),
            b"<svg onload='alert(1)'/>".to_vec(),
            b"GIF89a\x01\x00\x01\x00".to_vec(),
            whole[..whole.len() / 2].to_vec(),
            Vec::new(),
        ] {
            assert_eq!(remake(&wrong).unwrap_err().field.as_deref(), Some("picture"));
        }
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
