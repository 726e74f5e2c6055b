//! Execution notices: their text and their encryption.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use rust_decimal::{Decimal, dec};

use super::clock::{hms, korea};
use super::exchange::{Event, Exchange};
use super::order::{Line, Order, Row};
use super::{ACCOUNT, HTS_ID};

/// A payload as the stream carries it.
pub fn encrypted(plain: &str, key: &str, vector: &str) -> String {
    let key: [u8; 32] = key.as_bytes().try_into().unwrap();
    let vector: [u8; 16] = vector.as_bytes().try_into().unwrap();
    let cipher = cbc::Encryptor::<Aes256>::new(&key.into(), &vector.into());
    STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(plain.as_bytes()))
}

/// What a notice tells.
pub(super) struct Told {
    pub quantity: Decimal,
    pub price: Decimal,
    pub refused: &'static str,
    pub filled: &'static str,
    pub stage: &'static str,
}

pub(super) fn digits(value: Decimal, width: usize) -> String {
    format!("{:0>width$}", value.trunc().normalize().to_string())
}

impl Exchange {
    /// Received, or refused by the exchange.
    pub(super) fn say_received(&mut self, id: usize, is_refused: bool, now: i64) {
        let order = &self.orders[id];
        let refused = if is_refused { "1" } else { "0" };
        self.say(id, Told { quantity: order.quantity, price: dec!(0), refused, filled: "1", stage: "1" }, now);
    }

    /// A modification or a cancel took effect.
    pub(super) fn say_confirmed(&mut self, id: usize, now: i64) {
        let quantity = self.orders[id].quantity;
        self.say(id, Told { quantity, price: dec!(0), refused: "0", filled: "1", stage: "2" }, now);
    }

    /// The rest of an IOC or FOK order was canceled.
    pub(super) fn say_rest_canceled(&mut self, id: usize, now: i64) {
        let quantity = self.orders[id].canceled;
        self.say(id, Told { quantity, price: dec!(0), refused: "0", filled: "1", stage: "3" }, now);
    }

    pub(super) fn say_filled(&mut self, id: usize, price: Decimal, quantity: Decimal, now: i64) {
        self.say(id, Told { quantity, price, refused: "0", filled: "2", stage: "2" }, now);
    }

    fn say(&mut self, id: usize, told: Told, now: i64) {
        let order = &self.orders[id];
        let text = match order.line {
            Line::Stock => self.stock_notice(order, &told, now),
            Line::Overseas => self.overseas_notice(order, &told, now),
            Line::Bond => return,
            Line::Future | Line::Night => self.future_notice(order, &told, now),
        };
        self.events.push(Event::Notice(order.line, text));
    }

    /// A fill of another account of the customer, which this one must not take for its own.
    pub fn say_of_another_account(&mut self, symbol: &str, price: Decimal, quantity: Decimal, now: i64) {
        let (name, time) = (self.listing(symbol).name, hms(korea(now).time()));
        let (price, filled, whole) = (digits(price, 9), digits(quantity, 10), digits(quantity, 9));
        let text = format!(
            "{HTS_ID}^8765432101^0000117001^^02^0^00^0^{symbol}^{filled}^{price}^{time}^0^2^2^91252^{whole}^홍길동^000000000^1^Y^^10^^{name}^000000000"
        );
        self.events.push(Event::Notice(Line::Stock, text));
    }

    pub(super) fn change_of(&self, order: &Order) -> (&'static str, String) {
        let original = order.original.map(|id| self.orders[id].number.clone()).unwrap_or_default();
        match order.row {
            Row::New => ("0", original),
            Row::Modification => ("1", original),
            Row::Cancel => ("2", original),
        }
    }

    /// 26 fields.
    fn stock_notice(&self, order: &Order, told: &Told, now: i64) -> String {
        let (change, original) = self.change_of(order);
        // A fill of a modified order is one of an order like any other.
        let (change, original) = if told.filled == "2" { ("0", String::new()) } else { (change, original) };
        let exchange = match order.exchange.as_str() {
            "NXT" => "2",
            "SOR" => "3",
            _ => "1",
        };
        let price = if told.filled == "2" { dec!(0) } else { order.price };
        [
            HTS_ID,
            &ACCOUNT.replace('-', ""),
            &order.number,
            &original,
            order.side(),
            change,
            &order.kind,
            order.condition(),
            &order.symbol,
            &digits(told.quantity, 10),
            &digits(if told.filled == "2" { told.price } else { dec!(0) }, 9),
            &hms(korea(now).time()),
            told.refused,
            told.filled,
            told.stage,
            order.branch,
            &digits(order.quantity, 9),
            "홍길동",
            &digits(order.trigger.unwrap_or_default(), 9),
            exchange,
            "Y",
            "",
            "10",
            "",
            self.listing(&order.symbol).name,
            &digits(price, 9),
        ]
        .join("^")
    }

    /// 25 fields.
    fn overseas_notice(&self, order: &Order, told: &Told, now: i64) -> String {
        let (change, original) = self.change_of(order);
        let is_fill = told.filled == "2";
        let (change, original) = if is_fill { ("0", String::new()) } else { (change, original) };
        let listing = self.listing(&order.symbol);
        let kind = match order.kind.as_str() {
            "31" => "A",
            "32" => "B",
            "33" => "C",
            "34" => "D",
            _ => "2",
        };
        let quantity = if is_fill { digits(order.quantity, 9) } else { String::new() };
        [
            HTS_ID,
            &ACCOUNT.replace('-', ""),
            &order.number,
            &original,
            order.side(),
            change,
            kind,
            &order.symbol,
            &digits(told.quantity, 10),
            &digits(if is_fill { told.price } else { order.price } * Decimal::from(listing.board.notice_scale()), 9),
            &if is_fill { hms(korea(now).time()) } else { String::new() },
            told.refused,
            told.filled,
            told.stage,
            order.branch,
            &quantity,
            "홍길동",
            listing.name,
            listing.board.notice().0,
            "10",
            "",
            "",
            "",
            "",
            &digits(if is_fill { told.price * dec!(1_000_000) } else { dec!(0) }, 12),
        ]
        .join("^")
    }
}
