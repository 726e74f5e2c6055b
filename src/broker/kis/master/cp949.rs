//! Text of code page 949, in which the lists of Korean instruments are written.
//!
//! The table of its characters is made from `encoding_rs` when hoga is built: the library itself knows every encoding of the
//! web, three times as much as all of this one.

/// First of the bytes that begin a character of two.
const LEAD: u8 = 0x81;
/// First of those that end one.
const TRAIL: u8 = 0x41;
/// How many bytes may end one.
const TRAILS: usize = 190;

/// A UTF-16 unit of two bytes, the low one first, for each lead and trail; zero where there is no character.
static CHARACTERS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/cp949.table"));

fn character(lead: u8, trail: u8) -> Option<char> {
    let (row, column) = (usize::from(lead.checked_sub(LEAD)?), usize::from(trail.checked_sub(TRAIL)?));
    let at = 2 * (row * TRAILS + column).min(CHARACTERS.len());
    let unit = u16::from_le_bytes(*CHARACTERS.get(at..)?.first_chunk().filter(|_| column < TRAILS)?);
    char::from_u32(u32::from(unit)).filter(|character| *character != '\0')
}

/// The text of `bytes`; `None` where they are none.
#[must_use]
pub fn text(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        text.push(if byte.is_ascii() { char::from(*byte) } else { character(*byte, *bytes.next()?)? });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use encoding_rs::EUC_KR;
    use proptest::prelude::*;

    use super::*;

    fn by_the_library(bytes: &[u8]) -> Option<String> {
        let text = EUC_KR.decode_without_bom_handling_and_without_replacement(bytes);
        text.map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn every_pair_of_bytes_is_what_the_library_says() {
        for lead in 0..=u8::MAX {
            for trail in 0..=u8::MAX {
                let bytes = [lead, trail];
                assert_eq!(text(&bytes), by_the_library(&bytes), "{bytes:?}");
            }
        }
        assert_eq!(text(b"\x8c\x63").unwrap(), "똠");
    }

    proptest! {
        #[test]
        fn so_is_every_text(bytes in prop::collection::vec(any::<u8>(), 0..40), korean in "[가-힣a-z ]{0,20}") {
            prop_assert_eq!(text(&bytes), by_the_library(&bytes));
            let (written, ..) = EUC_KR.encode(&korean);
            prop_assert_eq!(text(&written), Some(korean));
        }
    }
}
