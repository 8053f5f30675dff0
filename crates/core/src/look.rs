//! How an organisation looks: its logo, and a colour of its own from which all shades of the accent are made.
//!
//! Whatever hue is chosen, text stays readable: a shade is made lighter or darker until it contrasts with every ground of
//! `style/tokens.css` that it can stand on.

use serde::{Deserialize, Serialize};

use crate::{
    error::{AppError, AppResult},
    ids::PictureId,
};

/// What every page shows of its organisation besides the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Look {
    /// Of its colour, in degrees; none: Plenum's own.
    pub hue: Option<u16>,
    /// At `/logo/{id}`.
    pub logo: Option<PictureId>,
    /// It has an imprint.
    pub imprint: bool,
    /// It says how it treats what it knows of people.
    pub privacy: bool,
}

impl Look {
    /// The address of the picture that stands for the organisation.
    pub fn mark(&self) -> String {
        self.logo.map_or_else(|| "/favicon.svg".to_owned(), |logo| format!("/logo/{logo}"))
    }
}

/// The contrast that text has with what it stands on.
const CONTRAST: f64 = 4.5;
/// The darkest ground of the light theme (`--sunken` under `--hover`), and the lightest of the dark one (`--raised` under `--hover`).
const LIGHT_GROUND: Rgb = Rgb([0.885, 0.878, 0.855]);
const DARK_GROUND: Rgb = Rgb([0.193, 0.204, 0.218]);

/// A colour of the screen: red, green and blue from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rgb([f64; 3]);

impl Rgb {
    fn parse(hex: &str) -> Option<Self> {
        let digits = hex.trim().strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| Some(f64::from(u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?) / 255.0);
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// The colour of this lightness, chroma and hue in OKLCH; with less chroma if a screen cannot show it.
    fn of(lightness: f64, chroma: f64, hue: f64) -> Self {
        let mut chroma = chroma;
        loop {
            let linear = linear(lightness, chroma, hue);
            if chroma <= 0.0 || linear.iter().all(|part| (-0.0001..=1.0001).contains(part)) {
                return Self(linear.map(|part| encoded(part.clamp(0.0, 1.0))));
            }
            chroma -= 0.005;
        }
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(decoded);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// As WCAG counts it.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        if one > other { one / other } else { other / one }
    }

    /// Under a veil of `over` that lets `1 - share` of it through.
    fn under(self, over: f64, share: f64) -> Self {
        Self(self.0.map(|part| part * (1.0 - share) + over * share))
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("rgb(")?;
        for (index, part) in self.0.iter().enumerate() {
            write!(f, "{}{:.0}", if index > 0 { " " } else { "" }, part * 255.0)?;
        }
        f.write_str(")")
    }
}

fn decoded(part: f64) -> f64 {
    if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
}

fn encoded(part: f64) -> f64 {
    if part <= 0.003_130_8 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 }
}

/// OKLCH as linear red, green and blue, with the numbers of Björn Ottosson's definition of OKLab.
fn linear(lightness: f64, chroma: f64, hue: f64) -> [f64; 3] {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let middle = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    [
        4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short,
    ]
}

/// The hue of a colour like `#0b6b5d`, in whole degrees.
///
/// # Errors
/// Invalid `colour` if it is none, or a grey.
pub fn hue_of(hex: &str) -> AppResult<u16> {
    let colour = Rgb::parse(hex).ok_or_else(|| AppError::invalid("colour", "Enter a colour like #0b6b5d."))?;
    let [red, green, blue] = colour.0.map(decoded);
    let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
    let middle = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
    let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
    let a = 1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short;
    let b = 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short;
    if a.hypot(b) < 0.02 {
        return Err(AppError::invalid("colour", "This is a grey. Choose a colour."));
    }
    let degrees = b.atan2(a).to_degrees().rem_euclid(360.0);
    // The nearest of 360; there are few, and a float is not cut down to an integer.
    Ok((0..360).min_by(|one, other| (f64::from(*one) - degrees).abs().total_cmp(&(f64::from(*other) - degrees).abs())).unwrap_or_default())
}

/// The shades of the accent in one theme.
#[derive(Debug, Clone, Copy)]
struct Shades {
    accent: Rgb,
    strong: Rgb,
    soft: Rgb,
    on: Rgb,
}

impl Shades {
    fn light(hue: f64) -> Self {
        let soft = Rgb::of(0.93, 0.025, hue);
        let grounds = [LIGHT_GROUND, soft.under(0.1, 0.055), Rgb([1.0; 3])];
        let mut lightness = 0.5;
        while !Self::reads(Rgb::of(lightness, 0.12, hue), &grounds) {
            lightness -= 0.01;
        }
        Self { accent: Rgb::of(lightness, 0.12, hue), strong: Rgb::of(lightness - 0.07, 0.12, hue), soft, on: Rgb([1.0; 3]) }
    }

    fn dark(hue: f64) -> Self {
        let soft = Rgb::of(0.29, 0.04, hue);
        let on = Rgb::of(0.22, 0.03, hue);
        let grounds = [DARK_GROUND, soft.under(1.0, 0.06), on];
        let mut lightness = 0.72;
        while !Self::reads(Rgb::of(lightness, 0.11, hue), &grounds) {
            lightness += 0.01;
        }
        Self { accent: Rgb::of(lightness, 0.11, hue), strong: Rgb::of(lightness + 0.06, 0.1, hue), soft, on }
    }

    fn reads(text: Rgb, grounds: &[Rgb]) -> bool {
        // Written out in 256 steps it is a little another colour.
        grounds.iter().all(|ground| text.contrast(*ground) >= CONTRAST + 0.05)
    }
}

/// What the document's `style` says: the tokens of the accent, for both themes.
pub fn style(hue: u16) -> String {
    let (light, dark) = (Shades::light(f64::from(hue)), Shades::dark(f64::from(hue)));
    [
        ("accent", light.accent, dark.accent),
        ("accent-strong", light.strong, dark.strong),
        ("accent-soft", light.soft, dark.soft),
        ("on-accent", light.on, dark.on),
    ]
    .map(|(token, light, dark)| format!("--{token}:light-dark({light},{dark})"))
    .join(";")
}

/// What a field for colours shows for `hue`, as `#rrggbb`.
pub fn swatch(hue: u16) -> String {
    let Rgb(parts) = Shades::light(f64::from(hue)).accent;
    // `{:.0}` rounds; a float is not cut down to an integer.
    parts.iter().fold("#".to_owned(), |hex, part| {
        let byte: u8 = format!("{:.0}", part * 255.0).parse().unwrap_or_default();
        format!("{hex}{byte:02x}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every hue can be read on every ground that it stands on, in both themes, and what stands on it can be read.
    #[test]
    fn every_hue_is_readable() {
        let (ink_2, dark_ink_2) = (Rgb::parse("#5d5a53").unwrap(), Rgb::parse("#a9a69e").unwrap());
        for hue in 0..360 {
            let (light, dark) = (Shades::light(f64::from(hue)), Shades::dark(f64::from(hue)));
            for ground in ["#f6f5f1", "#fffefb", "#eeece6"] {
                assert!(light.accent.contrast(Rgb::parse(ground).unwrap()) >= CONTRAST, "{hue} on {ground}");
            }
            for ground in ["#141517", "#1b1d20", "#101113", "#24272b"] {
                assert!(dark.accent.contrast(Rgb::parse(ground).unwrap()) >= CONTRAST, "{hue} on {ground}");
            }
            for shades in [light, dark] {
                for (one, other) in [(shades.accent, shades.soft), (shades.on, shades.accent), (shades.on, shades.strong)] {
                    assert!(one.contrast(other) >= CONTRAST, "{hue}: {shades:?}");
                }
            }
            assert!(ink_2.contrast(light.soft) >= CONTRAST && dark_ink_2.contrast(dark.soft) >= CONTRAST, "{hue}");
        }
    }

    #[test]
    fn a_colour_has_a_hue_and_a_grey_has_none() {
        assert!((25..35).contains(&hue_of("#ff0000").unwrap()) && (255..270).contains(&hue_of("#0000ff").unwrap()));
        for wrong in ["#888888", "#ffffff", "red", "#12345", "#12345g", "", "0b6b5d", "#éé12"] {
            assert_eq!(hue_of(wrong).unwrap_err().field.as_deref(), Some("colour"), "{wrong}");
        }
        let shown = hue_of(&swatch(200)).unwrap();
        assert!((190..210).contains(&shown), "{shown}");
    }

    /// It stands in an attribute of the document.
    #[test]
    fn a_style_holds_nothing_but_colours() {
        let style = style(359);
        assert!(style.starts_with("--accent:light-dark(rgb("), "{style}");
        assert!(style.chars().all(|c| c.is_ascii_alphanumeric() || "-:(),; ".contains(c)), "{style}");
    }
}
