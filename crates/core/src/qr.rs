//! A QR code as both sides know it.

use serde::{Deserialize, Serialize};

/// A picture of squares: a path in a square of `size` modules, a quiet edge of four modules included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// How wide and high it is.
    pub size: usize,
    /// The dark squares, as an SVG path.
    pub path: String,
}
