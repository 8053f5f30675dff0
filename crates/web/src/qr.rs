//! Draws QR codes.

use plenum_core::{error::AppResult, qr::Picture};
use plenum_store::faults;
use qrcode::{EcLevel, QrCode, types::Color};

/// The empty edge that readers want around a code, in modules.
const QUIET: usize = 4;

/// `text` as a picture for a phone's camera; `level` says how much of it may be unreadable.
///
/// # Errors
/// Internal, if it does not fit into one.
pub fn draw(text: &str, level: EcLevel) -> AppResult<Picture> {
    let drawn = QrCode::with_error_correction_level(text, level).map_err(|error| faults::because(&format!("a QR code: {error}")))?;
    let width = drawn.width();
    let modules = drawn.to_colors();
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let run = row.iter().skip(x).take_while(|module| **module == Color::Dark).count();
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
            }
            x += run.max(1);
        }
    }
    Ok(Picture { size: width + 2 * QUIET, path })
}
