//! What holds for every stream of bytes: it is answered, however the network cuts it, and a connection owns
//! no more of it than one message and one frame.

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{tests::masked, *};

/// The longest header: two bytes, eight of length, four of mask.
const HEADER_BYTES: usize = 14;

/// A frame as a client could send it, with or without sense.
fn frame_bytes() -> impl Strategy<Value = Vec<u8>> {
    let opcodes = prop_oneof![
        6 => Just(OpCode::Data(Data::Text)),
        3 => Just(OpCode::Data(Data::Continue)),
        1 => Just(OpCode::Data(Data::Binary)),
        2 => Just(OpCode::Control(Control::Ping)),
        1 => Just(OpCode::Control(Control::Pong)),
        1 => Just(OpCode::Control(Control::Close)),
    ];
    let payloads = prop_oneof![
        6 => "[a-zäöü€]{0,60}".prop_map(String::into_bytes),
        2 => vec(any::<u8>(), 0..140),
        1 => (0_usize..4).prop_map(|more| vec![b'x'; 124 + more]),
        1 => (0_usize..4).prop_map(|more| vec![b'x'; MAX_FRAME_BYTES - 2 + more]),
    ];
    (opcodes, prop::bool::weighted(0.8), payloads).prop_map(|(opcode, is_final, payload)| masked(opcode, is_final, &payload))
}

/// Frames one after the other, some with a byte changed, some with anything in between.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let spoilt = (frame_bytes(), any::<Index>(), any::<u8>()).prop_map(|(mut bytes, at, new)| {
        let at = at.index(bytes.len());
        bytes[at] = new;
        bytes
    });
    vec(prop_oneof![8 => frame_bytes(), 1 => spoilt, 1 => vec(any::<u8>(), 0..20)], 0..12).prop_map(|frames| frames.concat())
}

/// Feeds a stream in pieces: what came out of it, and the code that it was closed with.
fn feed(stream: &[u8], mut cuts: impl Iterator<Item = usize>) -> (Vec<Incoming>, Option<Broken>) {
    let mut assembler = Assembler::default();
    let (mut out, mut rest) = (Vec::new(), stream);
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at(cuts.next().unwrap_or(rest.len()).clamp(1, rest.len()));
        rest = tail;
        match assembler.feed(piece) {
            Ok(frames) => out.extend(frames),
            Err(broken) => return (out, Some(broken)),
        }
        assert!(assembler.partial.capacity() <= MAX_FRAME_BYTES + HEADER_BYTES, "an incomplete frame grows without end");
        let message = assembler.message.as_ref().map_or(0, Vec::len);
        assert!(message <= MAX_FRAME_BYTES, "a fragmented message grows without end");
    }
    (out, None)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// However the network cuts a stream, the same comes out as in one piece, and it is closed with the same
    /// code. (In one piece nothing is done of what stands before a broken frame; in many some of it was.)
    #[test]
    fn cuts_do_not_matter(stream in streams(), cuts in vec(1_usize..90, 1..200)) {
        let (whole, broken) = feed(&stream, std::iter::empty());
        for cuts in [cuts, vec![1], vec![MAX_FRAME_BYTES / 3]] {
            let (pieces, also_broken) = feed(&stream, cuts.into_iter().cycle());
            prop_assert_eq!(also_broken, broken);
            if broken.is_none() {
                prop_assert_eq!(&pieces, &whole);
            }
        }
    }

    /// Bytes that nobody meant as frames: an answer or a close code, never a panic.
    #[test]
    fn any_bytes_are_answered(stream in vec(any::<u8>(), 0..400), cuts in vec(1_usize..40, 1..20)) {
        let (_, broken) = feed(&stream, cuts.into_iter().cycle());
        prop_assert_eq!(broken, feed(&stream, std::iter::empty()).1);
    }

    /// Whole texts come out as they went in, and afterwards nothing is owned.
    #[test]
    fn texts_come_out_as_they_went_in(texts in vec("[a-zäöü€]{0,200}", 1..6), cuts in vec(1_usize..80, 1..200)) {
        let stream: Vec<u8> = texts.iter().flat_map(|text| masked(OpCode::Data(Data::Text), true, text.as_bytes())).collect();
        let mut assembler = Assembler::default();
        let mut out = Vec::new();
        let (mut rest, mut cuts) = (stream.as_slice(), cuts.into_iter().cycle());
        while !rest.is_empty() {
            let (piece, tail) = rest.split_at(cuts.next().unwrap_or(1).min(rest.len()));
            out.extend(assembler.feed(piece).unwrap());
            rest = tail;
        }
        prop_assert_eq!(out, texts.into_iter().map(Incoming::Text).collect::<Vec<_>>());
        prop_assert_eq!(assembler.partial.capacity(), 0);
    }
}
