//! WebSocket framing (RFC 6455) over plain bytes: an event is framed once and its
//! bytes shared; what comes in is unmasked and put together here. Pure.
//!
//! The header's bits are tungstenite's; masking, fragments, control frames, UTF-8 and
//! the rules for closing are below.

use std::io::Cursor;

use bytes::{BufMut, Bytes, BytesMut};
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

use plenum_core::protocol::MAX_FRAME_BYTES;

/// Close codes of the WebSocket protocol itself.
pub mod close {
    /// The peer is done.
    pub const NORMAL: u16 = 1000;
    /// The peer broke the framing.
    pub const PROTOCOL: u16 = 1002;
    /// A binary frame, which the protocol here does not have.
    pub const UNSUPPORTED: u16 = 1003;
    /// A text that is not UTF-8.
    pub const INVALID: u16 = 1007;
    /// Longer than [`MAX_FRAME_BYTES`](plenum_core::protocol::MAX_FRAME_BYTES).
    pub const TOO_BIG: u16 = 1009;
}

/// A whole frame of `opcode`, unmasked as a server sends it.
fn frame(opcode: OpCode, payload: &[u8]) -> Bytes {
    let header = FrameHeader { is_final: true, opcode, ..FrameHeader::default() };
    let mut out = BytesMut::with_capacity(payload.len() + 10).writer();
    // Writing to memory does not fail.
    let _ = header.format(payload.len() as u64, &mut out);
    let mut out = out.into_inner();
    out.put_slice(payload);
    out.freeze()
}

/// A text frame.
pub fn text(payload: &str) -> Bytes {
    frame(OpCode::Data(Data::Text), payload.as_bytes())
}

/// A ping without payload.
pub fn ping() -> Bytes {
    frame(OpCode::Control(Control::Ping), &[])
}

/// The answer to a ping.
pub fn pong(payload: &[u8]) -> Bytes {
    frame(OpCode::Control(Control::Pong), payload)
}

/// A close frame; the reason is cut to what a control frame holds.
pub fn closing(code: u16, reason: &str) -> Bytes {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    frame(OpCode::Control(Control::Close), &payload)
}

/// What a client sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A whole text.
    Text(String),
    /// A ping to be answered with its payload.
    Ping(Vec<u8>),
    /// A sign of life.
    Pong,
    /// The client closes, with its code.
    Close(u16),
}

/// The client broke a rule of framing: close with this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken(pub u16);

/// Puts frames together. Owns bytes only while a frame or a fragmented message is incomplete.
#[derive(Debug, Default)]
pub struct Assembler {
    partial: Vec<u8>,
    message: Option<Vec<u8>>,
}

impl Assembler {
    /// Takes what was read and returns what is complete by it.
    ///
    /// # Errors
    /// [`Broken`] with the close code, at the first frame that breaks a rule.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Incoming>, Broken> {
        let mut held = std::mem::take(&mut self.partial);
        let input: &[u8] = if held.is_empty() {
            bytes
        } else {
            held.extend_from_slice(bytes);
            &held
        };
        let mut cursor = Cursor::new(input);
        let mut complete = Vec::new();
        loop {
            let start = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
            let Some((header, length)) = FrameHeader::parse(&mut cursor).map_err(|_| Broken(close::PROTOCOL))? else {
                self.partial = input.get(start..).unwrap_or_default().to_vec();
                return Ok(complete);
            };
            let length = usize::try_from(length).ok().filter(|length| *length <= MAX_FRAME_BYTES).ok_or(Broken(close::TOO_BIG))?;
            let begin = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
            let Some(payload) = input.get(begin..begin.saturating_add(length)) else {
                self.partial = input.get(start..).unwrap_or_default().to_vec();
                return Ok(complete);
            };
            // A client's frames are masked (RFC 6455, 5.1); no extension was agreed on.
            let mask = header.mask.ok_or(Broken(close::PROTOCOL))?;
            if header.rsv1 || header.rsv2 || header.rsv3 {
                return Err(Broken(close::PROTOCOL));
            }
            let payload: Vec<u8> = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
            cursor.set_position((begin + length) as u64);
            if let Some(incoming) = self.take(&header, payload)? {
                complete.push(incoming);
            }
        }
    }

    fn take(&mut self, header: &FrameHeader, payload: Vec<u8>) -> Result<Option<Incoming>, Broken> {
        match header.opcode {
            OpCode::Control(_) if !header.is_final || payload.len() > 125 => Err(Broken(close::PROTOCOL)),
            OpCode::Control(Control::Ping) => Ok(Some(Incoming::Ping(payload))),
            OpCode::Control(Control::Pong) => Ok(Some(Incoming::Pong)),
            OpCode::Control(Control::Close) => match payload.as_slice() {
                [] => Ok(Some(Incoming::Close(close::NORMAL))),
                [high, low, reason @ ..] if std::str::from_utf8(reason).is_ok() => {
                    Ok(Some(Incoming::Close(u16::from_be_bytes([*high, *low]))))
                }
                _ => Err(Broken(close::PROTOCOL)),
            },
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => Err(Broken(close::PROTOCOL)),
            OpCode::Data(Data::Binary) => Err(Broken(close::UNSUPPORTED)),
            OpCode::Data(Data::Text) if self.message.is_some() => Err(Broken(close::PROTOCOL)),
            OpCode::Data(Data::Text) if header.is_final => whole(payload),
            OpCode::Data(Data::Text) => {
                self.message = Some(payload);
                Ok(None)
            }
            OpCode::Data(Data::Continue) => {
                let mut message = self.message.take().ok_or(Broken(close::PROTOCOL))?;
                if message.len() + payload.len() > MAX_FRAME_BYTES {
                    return Err(Broken(close::TOO_BIG));
                }
                message.extend_from_slice(&payload);
                if header.is_final {
                    return whole(message);
                }
                self.message = Some(message);
                Ok(None)
            }
        }
    }
}

fn whole(bytes: Vec<u8>) -> Result<Option<Incoming>, Broken> {
    String::from_utf8(bytes).map(|text| Some(Incoming::Text(text))).map_err(|_| Broken(close::INVALID))
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame as a client sends it.
    pub(super) fn masked(opcode: OpCode, is_final: bool, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let header = FrameHeader { is_final, opcode, mask: Some(mask), ..FrameHeader::default() };
        let mut out = Vec::new();
        header.format(payload.len() as u64, &mut out).unwrap();
        out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        out
    }

    #[test]
    fn fragments_are_joined_and_pings_come_between() {
        let mut assembler = Assembler::default();
        let mut stream = masked(OpCode::Data(Data::Text), false, "grü".as_bytes());
        stream.extend(masked(OpCode::Control(Control::Ping), true, b"x"));
        stream.extend(masked(OpCode::Data(Data::Continue), true, "ße".as_bytes()));
        assert_eq!(assembler.feed(&stream).unwrap(), [Incoming::Ping(b"x".to_vec()), Incoming::Text("grüße".into())]);
    }

    #[test]
    fn broken_framing_is_closed_with_its_code() {
        let feed = |bytes: &[u8]| Assembler::default().feed(bytes).unwrap_err();
        assert_eq!(feed(&text("unmasked")), Broken(close::PROTOCOL));
        assert_eq!(feed(&masked(OpCode::Data(Data::Binary), true, b"x")), Broken(close::UNSUPPORTED));
        assert_eq!(feed(&masked(OpCode::Data(Data::Text), true, &[0xff])), Broken(close::INVALID));
        assert_eq!(feed(&masked(OpCode::Data(Data::Continue), true, b"x")), Broken(close::PROTOCOL));
        assert_eq!(feed(&masked(OpCode::Data(Data::Text), true, &vec![b'x'; MAX_FRAME_BYTES + 1])), Broken(close::TOO_BIG));
        assert_eq!(feed(&masked(OpCode::Control(Control::Ping), true, &[0; 126])), Broken(close::PROTOCOL));
    }
}
