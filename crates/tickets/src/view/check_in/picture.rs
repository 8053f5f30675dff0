//! A QR code in a picture, for browsers that do not read codes themselves: Safari, Firefox, and Chromium on most desktops.

/// Bytes of a pixel: red, green, blue, and how opaque it is.
const PIXEL: usize = 4;

/// The text of the first readable code in a picture of `width` pixels, `rgba` line by line; none if there is no code, or none that can
/// be read.
///
/// # Panics
/// On a few pictures in a million that happen to hold what looks like a code seen from an impossible side: the library asserts.
pub fn code(width: usize, rgba: &[u8]) -> Option<String> {
    let height = rgba.len().checked_div(width * PIXEL)?;
    let grey = |x, y| {
        let pixel = rgba.get((y * width + x) * PIXEL..).unwrap_or_default();
        let [red, green, blue] = [0, 1, 2].map(|part| u32::from(pixel.get(part).copied().unwrap_or_default()));
        // How bright the three are to the eye (ITU-R BT.601), in 256ths.
        u8::try_from((red * 77 + green * 150 + blue * 29) >> 8).unwrap_or(u8::MAX)
    };
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    picture.detect_grids().iter().find_map(|grid| grid.decode().ok().map(|(_, text)| text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use qrcode::{Color, EcLevel, QrCode};

    use super::*;

    const TEXT: &str = "PLENUM1.4711.AbCdEfGhIjKlMnOpQrStUv";

    /// A picture with a code of `module` pixels a module at (`left`, `top`), turned by so many degrees, under so many shades of noise.
    struct Scene {
        width: usize,
        height: usize,
        module: f64,
        turn: f64,
        noise: u8,
    }

    impl Scene {
        fn drawn(&self, text: &str, seed: u64) -> Vec<u8> {
            let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
            let (modules, colours) = (code.width(), code.to_colors());
            let (sine, cosine) = self.turn.to_radians().sin_cos();
            let (middle_x, middle_y) = (self.width as f64 / 2.0, self.height as f64 / 2.0);
            let mut random = seed | 1;
            let mut rgba = Vec::with_capacity(self.width * self.height * PIXEL);
            for y in 0..self.height {
                for x in 0..self.width {
                    let (x, y) = (x as f64 - middle_x, y as f64 - middle_y);
                    let module = |along: f64| (along / self.module + modules as f64 / 2.0).floor();
                    let (column, line) = (module(x * cosine + y * sine), module(y * cosine - x * sine));
                    let inside = |at: f64| at >= 0.0 && at < modules as f64;
                    let dark = inside(column) && inside(line) && colours[line as usize * modules + column as usize] == Color::Dark;
                    // Xorshift: the same noise for the same seed.
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    let noise = (random % (u64::from(self.noise) + 1)) as u8;
                    let shade = if dark { 30 + noise } else { 225 - noise };
                    rgba.extend([shade, shade, shade, 255]);
                }
            }
            rgba
        }
    }

    /// What a phone shows at a door is read: straight, turned, near, far, and in bad light.
    #[test]
    fn a_code_is_read() {
        for (module, turn, noise) in [(6.0, 0.0, 0), (4.0, 0.0, 40), (8.0, 17.0, 20), (5.0, 45.0, 10), (6.0, 180.0, 30), (3.0, 0.0, 0)] {
            let scene = Scene { width: 640, height: 480, module, turn, noise };
            assert_eq!(code(640, &scene.drawn(TEXT, 7)).as_deref(), Some(TEXT), "{module} {turn} {noise}");
        }
    }

    /// A picture without a code, an empty one, and one that is shorter than it says, have none.
    #[test]
    fn no_code_is_no_code() {
        for (width, length) in [(0, 0), (0, 400), (10, 0), (10, 399), (64, 64 * 64 * PIXEL)] {
            assert_eq!(code(width, &vec![128; length]), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// What is read is right, whatever else is nothing.
        #[test]
        fn no_picture_is_too_bad(module in 1.0..12.0_f64, turn in 0.0..360.0_f64, noise in 0..195_u8, seed: u64, width in 1..320_usize, height in 1..240_usize) {
            let scene = Scene { width, height, module, turn, noise };
            let read = code(width, &scene.drawn(TEXT, seed));
            prop_assert!(read.is_none() || read.as_deref() == Some(TEXT), "{:?}", read);
        }

        /// Nor does one that is nothing but noise.
        #[test]
        fn noise_is_no_code(width in 1..200_usize, pixels in proptest::collection::vec(any::<u8>(), 0..80_000)) {
            let _ = code(width, &pixels);
        }
    }
}
