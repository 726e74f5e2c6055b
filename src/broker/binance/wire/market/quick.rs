//! The four events that come most, read without the general parser.
//!
//! Only the spelling the exchange uses is read here: the kind first, no blanks, no escapes, every field once. Anything
//! else is left to the general parser, so that nothing is refused here and nothing is taken that it would refuse.

use super::super::digits::{Levels, MaybeNumber, Number, leading_decimal, leading_levels};
use super::{AggregateTrade, BookTicker, Depth, Event, Frame, MarkPrice};

/// Most digits of a number that is read here: so many always fit.
const DIGITS_MAX: usize = 18;

/// A frame with one of the four events; `None` for everything that has to be read by the general parser.
pub(super) fn parse(bytes: &[u8]) -> Option<Frame<'_>> {
    let mut text = Text(bytes);
    if text.skip(b"{\"stream\":\"").is_none() {
        text.skip(b"{\"e\":\"")?;
        let event = event(&mut text)?;
        return text.0.is_empty().then_some(Frame::Event(None, event));
    }
    let stream = text.words()?;
    text.skip(b",\"data\":{\"e\":\"")?;
    let event = event(&mut text)?;
    (text.0 == b"}").then_some(Frame::Event(Some(stream), event))
}

/// From the kind to the end of its object.
#[inline]
fn event<'a>(text: &mut Text<'a>) -> Option<Event<'a>> {
    match text.words()? {
        "aggTrade" => trade(text).map(Event::AggregateTrade),
        "bookTicker" => quote(text).map(Event::BookTicker),
        "depthUpdate" => depth(text).map(Event::Depth),
        "markPriceUpdate" => mark(text).map(Event::MarkPrice),
        _ => None,
    }
}

fn trade<'a>(text: &mut Text<'a>) -> Option<AggregateTrade<'a>> {
    let (mut sent, mut time, mut id, mut market) = (None, None, None, None);
    let (mut symbol, mut price, mut quantity, mut buyer_is_maker) = (None, None, None, None);
    while let Some(name) = text.field()? {
        match name {
            b"E" => once(&mut sent, text.millis()?)?,
            b"s" => once(&mut symbol, text.quoted()?)?,
            b"a" => once(&mut id, text.whole()?)?,
            b"p" => once(&mut price, text.number()?)?,
            b"q" => once(&mut quantity, text.number()?)?,
            b"T" => once(&mut time, text.millis()?)?,
            b"m" => once(&mut buyer_is_maker, text.flag()?)?,
            b"st" => once(&mut market, text.small()?)?,
            _ => text.pass()?,
        }
    }
    Some(AggregateTrade {
        sent: sent?,
        symbol: symbol?,
        id: id?,
        price: price?,
        quantity: quantity?,
        time: time?,
        buyer_is_maker: buyer_is_maker?,
        market,
    })
}

fn quote<'a>(text: &mut Text<'a>) -> Option<BookTicker<'a>> {
    let (mut sent, mut time, mut id, mut market, mut symbol) = (None, None, None, None, None);
    let (mut bid, mut bid_quantity, mut ask, mut ask_quantity) = (None, None, None, None);
    while let Some(name) = text.field()? {
        match name {
            b"u" => once(&mut id, text.whole()?)?,
            b"E" => once(&mut sent, text.millis()?)?,
            b"T" => once(&mut time, text.millis()?)?,
            b"s" => once(&mut symbol, text.quoted()?)?,
            b"b" => once(&mut bid, text.number()?)?,
            b"B" => once(&mut bid_quantity, text.number()?)?,
            b"a" => once(&mut ask, text.number()?)?,
            b"A" => once(&mut ask_quantity, text.number()?)?,
            b"st" => once(&mut market, text.small()?)?,
            _ => text.pass()?,
        }
    }
    Some(BookTicker {
        id: id?,
        sent: sent?,
        time: time?,
        symbol: symbol?,
        bid: bid?,
        bid_quantity: bid_quantity?,
        ask: ask?,
        ask_quantity: ask_quantity?,
        market,
    })
}

fn depth<'a>(text: &mut Text<'a>) -> Option<Depth<'a>> {
    let (mut sent, mut time, mut market, mut symbol) = (None, None, None, None);
    let (mut first, mut last, mut previous, mut bids, mut asks) = (None, None, None, None, None);
    while let Some(name) = text.field()? {
        match name {
            b"E" => once(&mut sent, text.millis()?)?,
            b"T" => once(&mut time, text.millis()?)?,
            b"s" => once(&mut symbol, text.quoted()?)?,
            b"U" => once(&mut first, text.whole()?)?,
            b"u" => once(&mut last, text.whole()?)?,
            b"pu" => once(&mut previous, text.whole()?)?,
            b"b" => once(&mut bids, text.levels()?)?,
            b"a" => once(&mut asks, text.levels()?)?,
            b"st" => once(&mut market, text.small()?)?,
            _ => text.pass()?,
        }
    }
    Some(Depth {
        sent: sent?,
        time: time?,
        symbol: symbol?,
        first: first?,
        last: last?,
        previous: previous?,
        bids: bids?,
        asks: asks?,
        market,
    })
}

fn mark<'a>(text: &mut Text<'a>) -> Option<MarkPrice<'a>> {
    let (mut sent, mut market, mut symbol, mut next_funding) = (None, None, None, None);
    let (mut mark, mut average, mut index, mut settlement, mut funding_rate) = (None, None, None, None, None);
    while let Some(name) = text.field()? {
        match name {
            b"E" => once(&mut sent, text.millis()?)?,
            b"s" => once(&mut symbol, text.quoted()?)?,
            b"p" => once(&mut mark, text.number()?)?,
            b"ap" => once(&mut average, text.maybe_number()?)?,
            b"i" => once(&mut index, text.maybe_number()?)?,
            b"P" => once(&mut settlement, text.maybe_number()?)?,
            b"r" => once(&mut funding_rate, text.maybe_number()?)?,
            b"T" => once(&mut next_funding, text.millis()?)?,
            b"st" => once(&mut market, text.small()?)?,
            _ => text.pass()?,
        }
    }
    Some(MarkPrice {
        sent: sent?,
        symbol: symbol?,
        mark: mark?,
        average: average.unwrap_or_default(),
        index: index.unwrap_or_default(),
        settlement: settlement.unwrap_or_default(),
        funding_rate: funding_rate.unwrap_or_default(),
        next_funding: next_funding.unwrap_or_default(),
        market,
    })
}

/// A field that comes twice is a matter for the general parser.
#[inline]
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

/// What has not been read yet.
struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    #[inline]
    fn skip(&mut self, expected: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    /// Up to the next quote, which is passed; plain ASCII only.
    #[inline]
    fn words(&mut self) -> Option<&'a str> {
        let end = self.0.iter().position(|byte| !matches!(byte, b' '..=b'~') || matches!(byte, b'"' | b'\\'))?;
        let (inside, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix(b"\"")?;
        std::str::from_utf8(inside).ok()
    }

    /// The name of the next field of an object; nothing at its end.
    #[inline]
    #[allow(clippy::option_option)]
    fn field(&mut self) -> Option<Option<&'a [u8]>> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        if *byte == b'}' {
            return Some(None);
        }
        if *byte != b',' {
            return None;
        }
        self.skip(b"\"")?;
        let name = self.words()?;
        self.skip(b":")?;
        Some(Some(name.as_bytes()))
    }

    #[inline]
    fn quoted(&mut self) -> Option<&'a str> {
        self.skip(b"\"")?;
        self.words()
    }

    /// Digits as JSON writes them: a zero begins no longer number.
    #[inline]
    fn whole(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        let mut count = 0;
        while let Some(digit) = self.0.get(count).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit <= 9) {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            count += 1;
        }
        let is_plain = (1..=DIGITS_MAX).contains(&count) && (count == 1 || self.0.first() != Some(&b'0'));
        self.0 = self.0.get(count..).filter(|rest| is_plain && ends_value(rest))?;
        Some(value)
    }

    fn millis(&mut self) -> Option<i64> {
        i64::try_from(self.whole()?).ok()
    }

    fn small(&mut self) -> Option<u8> {
        u8::try_from(self.whole()?).ok()
    }

    fn flag(&mut self) -> Option<bool> {
        let (value, word): (bool, &[u8]) =
            if self.0.first() == Some(&b't') { (true, b"true") } else { (false, b"false") };
        self.skip(word)?;
        ends_value(self.0).then_some(value)
    }

    #[inline]
    fn number(&mut self) -> Option<Number> {
        let (value, rest) = leading_decimal(self.0.strip_prefix(b"\"")?)?;
        self.0 = rest.strip_prefix(b"\"")?;
        Some(Number(value))
    }

    fn maybe_number(&mut self) -> Option<MaybeNumber> {
        if self.skip(b"\"\"").is_some() {
            return Some(MaybeNumber(None));
        }
        self.number().map(|number| MaybeNumber(Some(number.0)))
    }

    #[inline]
    fn levels(&mut self) -> Option<Levels> {
        let (levels, rest) = leading_levels(self.0)?;
        self.0 = rest;
        Some(levels)
    }

    /// Over a value that nobody asks for: plain text or a whole number.
    #[inline]
    fn pass(&mut self) -> Option<()> {
        match self.0.first()? {
            b'"' => self.quoted().map(|_| ()),
            b'0'..=b'9' => self.whole().map(|_| ()),
            _ => self.flag().map(|_| ()),
        }
    }
}

/// Whether a number or a word may end here.
#[inline]
const fn ends_value(rest: &[u8]) -> bool {
    matches!(rest.first(), Some(b',' | b'}'))
}
