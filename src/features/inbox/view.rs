//! The bell, notes on the screen, the page `/inbox`, the settings.
