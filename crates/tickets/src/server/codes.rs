//! The codes on tickets: a signature over the ticket and its event, so that a copied or guessed number is worthless.

use hmac::{Hmac, KeyInit as _, Mac as _};
use qrcode::EcLevel;
use sha2::Sha256;

use crate::model::ticket::{SIGNATURE_BYTES, TicketCode};
use plenum_core::{
    error::AppResult,
    ids::{EventId, TicketId},
    qr::Picture,
};
use plenum_live::plenum_auth::AppSecret;
use plenum_web::qr;

/// What the key is for: a secret signs nothing but what it was made for.
const PURPOSE: &[u8] = b"plenum: codes of tickets, 1";

/// Makes codes and knows them again. It never shows its key.
#[derive(Clone)]
pub struct Codes {
    key: String,
}

impl Codes {
    /// Codes under a key of their own, derived from the secret of this database.
    pub fn under(secret: &AppSecret) -> Self {
        Self { key: secret.sign(PURPOSE) }
    }

    /// The code of a ticket.
    pub fn issue(&self, ticket: TicketId, event: EventId) -> TicketCode {
        let mut signature = [0; SIGNATURE_BYTES];
        if let Some(mac) = self.mac(ticket, event) {
            for (byte, made) in signature.iter_mut().zip(mac.finalize().into_bytes()) {
                *byte = made;
            }
        }
        TicketCode { ticket, signature }
    }

    /// True if it is the code of that ticket of `event`. Takes the same time whatever is wrong with it.
    pub fn verify(&self, code: &TicketCode, event: EventId) -> bool {
        self.mac(code.ticket, event).is_some_and(|mac| mac.verify_truncated_left(&code.signature).is_ok())
    }

    fn mac(&self, ticket: TicketId, event: EventId) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length: this is always there.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.as_bytes()).ok()?;
        mac.update(format!("ticket {ticket} of event {event}").as_bytes());
        Some(mac)
    }
}

/// A code as a picture for a phone's camera: a quarter of it may be unreadable.
///
/// # Errors
/// Internal, if it does not fit into one.
pub fn picture(code: &TicketCode) -> AppResult<Picture> {
    qr::draw(&code.to_string(), EcLevel::Q)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qrcode::{QrCode, types::Color};

    fn under(secret: &str) -> Codes {
        Codes::under(&AppSecret::new(secret))
    }

    #[test]
    fn a_code_is_of_one_ticket_and_one_event() {
        let codes = under("secret");
        let code = codes.issue(TicketId(12), EventId(3));
        assert!(codes.verify(&code, EventId(3)));
        assert!(!codes.verify(&code, EventId(4)), "of another event");
        assert!(!codes.verify(&TicketCode { ticket: TicketId(1), ..code }, EventId(3)), "another number with the same signature");
        assert!(!codes.verify(&codes.issue(TicketId(1), EventId(23)), EventId(3)));
        assert_ne!(codes.issue(TicketId(1), EventId(23)), codes.issue(TicketId(12), EventId(3)), "no two pairs are written alike");
        let elsewhere = under("another secret");
        assert!(!elsewhere.verify(&code, EventId(3)), "of another server");
        assert_eq!(codes.issue(TicketId(12), EventId(3)), code, "the same each time it is printed");
    }

    /// The key signs nothing else: not even the secret's own signature of the same words is a code.
    #[test]
    fn the_key_has_one_purpose() {
        let secret = AppSecret::new("secret");
        let hex = secret.sign(b"ticket 12 of event 3").to_uppercase();
        let code: TicketCode = format!("PT1.12.{}", &hex[..2 * SIGNATURE_BYTES]).parse().unwrap();
        assert!(!Codes::under(&secret).verify(&code, EventId(3)));
    }

    proptest! {
        /// Whoever knows a ticket's number and not its signature has one chance in 2^128.
        #[test]
        fn a_forged_code_is_refused(signature: [u8; SIGNATURE_BYTES], ticket in 1..i64::MAX) {
            let forged = TicketCode { ticket: TicketId(ticket), signature };
            prop_assert!(!under("secret").verify(&forged, EventId(3)));
        }

        /// One wrong bit is enough.
        #[test]
        fn a_changed_code_is_refused(byte in 0..SIGNATURE_BYTES, bit in 0..8_u8) {
            let codes = under("secret");
            let mut code = codes.issue(TicketId(12), EventId(3));
            code.signature[byte] ^= 1 << bit;
            prop_assert!(!codes.verify(&code, EventId(3)));
        }
    }

    /// The picture is that of the code, module by module.
    #[test]
    fn a_picture_has_all_modules() {
        let code = under("secret").issue(TicketId(12), EventId(3));
        let drawn = QrCode::with_error_correction_level(code.to_string(), EcLevel::Q).unwrap();
        let picture = picture(&code).unwrap();
        assert_eq!(picture.size, drawn.width() + 8);
        let dark: usize = picture.path.split('M').skip(1).map(|run| run.split(['h', 'v']).nth(1).unwrap().parse::<usize>().unwrap()).sum();
        assert_eq!(dark, drawn.to_colors().into_iter().filter(|module| *module == Color::Dark).count());
        assert!(picture.path.starts_with("M4 4h7v1h-7z"), "the corner mark: {}", &picture.path[..40]);
        assert!(picture.size <= 41, "coarse enough for a phone");
    }
}
