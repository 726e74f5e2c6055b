//! Orders that are kept for the opening, until the broker makes ordinary ones of them.
//!
//! They are numbered on their own. At the opening the broker gives the order that comes of one a number like any other: the
//! order goes on under it, as after a modification.

use jiff::civil::Date;

use super::kind::of_code;
use super::listed::{Listed, NoOrder, RowOf, side};
use super::number::{Line, OrderNumber};
use super::track::{Tracked, Tracker};
use crate::broker::kis::exchange::OverseasExchange;
use crate::broker::kis::wire::product::plain_symbol;
use crate::broker::kis::wire::reserved::{ReservedOverseas, ReservedStock};
use crate::broker::kis::wire::{Number, Text};
use crate::market::{InstrumentId, Quantity, Side, Symbol, UtcTime, Venue};
use crate::order::{OrderKind, OrderState, TimeInForce};
use rust_decimal::Decimal;

/// How a row says that its order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Kept,
    Sent,
    Canceled,
    Refused,
}

/// What was sent has a number and is an ordinary order now, whatever became of that one.
fn standing(order: &Text, is_canceled: bool, says: &Text, refusal: &Text) -> Standing {
    let is_sent = order.bytes().any(|byte| byte.is_ascii_digit() && byte != b'0');
    if is_sent {
        Standing::Sent
    } else if is_canceled {
        Standing::Canceled
    } else if says.contains("거부") || !refusal.is_empty() {
        Standing::Refused
    } else {
        Standing::Kept
    }
}

fn reason(refusal: &Text) -> String {
    if refusal.is_empty() { "the broker refused it at the opening".to_owned() } else { refusal.to_string() }
}

/// A row with the date of the order that came of it, where it says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The row under the number that the order has until the opening.
    pub row: Listed,
    /// Digits of the order that came of it, and its date.
    pub became: Option<(Box<str>, Option<Date>)>,
}

impl Kept {
    fn new(mut row: Listed, standing: Standing, refusal: &Text, became: (&Text, Option<Date>)) -> Self {
        let all = row.quantity.value();
        match standing {
            Standing::Kept | Standing::Sent => row.open = all,
            Standing::Canceled => row.canceled = all,
            Standing::Refused => (row.refused, row.reason) = (all, Some(reason(refusal))),
        }
        let (digits, date) = became;
        Self { row, became: (standing == Standing::Sent).then(|| (digits.as_str().into(), date)) }
    }

    /// From the list of Korea.
    ///
    /// # Errors
    /// When number, date, symbol, side or quantity are missing or implausible.
    pub fn stock(row: &ReservedStock) -> Result<Self, NoOrder> {
        let date = row.date.get().or(row.taken_on.get()).ok_or(NoOrder)?;
        let symbol = Symbol::new(plain_symbol(&row.symbol)).map_err(|_| NoOrder)?;
        let of = InstrumentId { venue: Venue::Krx, symbol };
        let number = OrderNumber::new(Line::ReservedStock, date, &row.number).ok_or(NoOrder)?;
        let kind = of_code(&row.kind, row.price.price(), None).map(|(kind, _)| kind);
        let time = row.taken_at.in_korea(row.taken_on.get().unwrap_or(date)).ok_or(NoOrder)?;
        let listed = listed(number, of, &row.side, (kind, &row.kind), &row.quantity, time)?;
        let standing = standing(&row.order, row.canceled_on.get().is_some(), &row.result, &row.refusal);
        Ok(Self::new(listed, standing, &row.refusal, (&row.order, None)))
    }

    /// From the list of foreign shares.
    ///
    /// # Errors
    /// As [`Self::stock`].
    pub fn overseas(row: &ReservedOverseas) -> Result<Self, NoOrder> {
        let date = row.date.get().ok_or(NoOrder)?;
        let exchange = OverseasExchange::of_orders(&row.exchange)
            .or_else(|| OverseasExchange::of_quotes(&row.exchange))
            .ok_or(NoOrder)?;
        let of = InstrumentId { venue: exchange.venue(), symbol: Symbol::new(&row.symbol).map_err(|_| NoOrder)? };
        let number = OrderNumber::new(Line::ReservedOverseas, date, &row.number).ok_or(NoOrder)?;
        let kind = row.price.price().map_or(OrderKind::OnOpen { price: None }, |price| OrderKind::Limit { price });
        let time = row.time.in_korea(date).ok_or(NoOrder)?;
        let listed = listed(number, of, &row.side, (Some(kind), &Text::new("00")), &row.quantity, time)?;
        let standing = standing(&row.order, row.is_canceled.is_yes(), &row.state, &row.refusal);
        Ok(Self::new(listed, standing, &row.refusal, (&row.order, row.ordered_on.get())))
    }
}

fn listed(
    number: OrderNumber,
    instrument: InstrumentId,
    side_code: &str,
    (kind, code): (Option<OrderKind>, &Text),
    quantity: &Number,
    time: UtcTime,
) -> Result<Listed, NoOrder> {
    Ok(Listed {
        number,
        changed: None,
        row: RowOf::Order,
        branch: "".into(),
        route: None,
        instrument,
        side: side(side_code).ok_or(NoOrder)?,
        kind: kind.map(|kind| (kind, TimeInForce::Reserved)),
        code: code.as_str().into(),
        quantity: quantity.quantity().filter(|quantity| !quantity.is_zero()).ok_or(NoOrder)?,
        filled: Decimal::ZERO,
        filled_value: Decimal::ZERO,
        open: Decimal::ZERO,
        refused: Decimal::ZERO,
        canceled: Decimal::ZERO,
        reason: None,
        time,
    })
}

impl Tracker {
    /// Orders that wait for the opening, of every product.
    pub fn kept(&self) -> impl Iterator<Item = (&OrderNumber, &Tracked)> {
        let numbers = self.numbers().filter(|number| number.line.is_reserved());
        let known = numbers.filter_map(|number| Some((number, self.get(number)?)));
        known.filter(|(_, order)| order.state.is_open() && order.replaced_by.is_none())
    }

    /// Whether an order of hoga's waits in a list.
    #[must_use]
    pub fn has_kept(&self, line: Line) -> bool {
        self.kept().any(|(number, order)| number.line == line && order.order_id.is_some())
    }

    /// Whether an order in this, this way, waits for the opening.
    #[must_use]
    pub fn keeps(&self, line: Line, symbol: Symbol, side: Side) -> bool {
        let is_it = |order: &Tracked| order.instrument.symbol == symbol && order.side == side;
        self.kept().any(|(number, order)| number.line.ordinary() == line && is_it(order))
    }

    /// The opening has come: the order goes on under an ordinary number. `false` where it went on already, or the number is
    /// another order's.
    pub fn sent_at_opening(&mut self, kept: &OrderNumber, order: &OrderNumber) -> bool {
        let Some(known) = self.get(kept).filter(|known| known.replaced_by.is_none()) else { return false };
        let (kind, owner) = (known.kind, known.order_id);
        let is_free = self
            .get(order)
            .is_none_or(|there| there.replaces.is_none() && (there.order_id.is_none() || there.order_id == owner));
        if !is_free || self.is_of_cancel(order) {
            return false;
        }
        self.moved(kept, order, None, None);
        // It is an order of its day now.
        self.sent_as(order, (kind, TimeInForce::Day));
        true
    }

    /// An order that waits has another price or quantity, under the number it has.
    pub fn changed_in_place(&mut self, number: &OrderNumber, kind: OrderKind, quantity: Quantity) {
        if let Some(order) = self.get_mut(number) {
            (order.kind, order.quantity) = (Some(kind), Some(quantity));
        }
    }

    /// An order that waited never comes to be sent.
    pub fn ended(&mut self, number: &OrderNumber, state: OrderState) {
        if let Some(order) = self.get_mut(number).filter(|order| order.state.is_open()) {
            order.state = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::broker::kis::wire::{Envelope, Part, Record};
    use crate::order::BrokerOrderId;

    /// No sample of these lists is published: names are those of the broker's documents, values are made up.
    fn rows<T: Record>(rows: &str) -> Vec<T> {
        let body = format!(r#"{{"rt_cd":"0","msg_cd":"KIOK0510","msg1":"","output":[{rows}]}}"#);
        Envelope::parse("kept", body.as_bytes()).unwrap().rows(Part::First).rows
    }

    fn korean(changed: &[(&str, &str)]) -> Result<Kept, NoOrder> {
        let mut row = r#"{"rsvn_ord_seq":"42793","rsvn_ord_ord_dt":"20261120","rsvn_ord_rcit_dt":"20261119",
            "pdno":"005930","ord_dvsn_cd":"00","ord_rsvn_qty":"10","cncl_ord_dt":"","rsvn_ord_rcit_tmd":"181502","odno":"",
            "prcs_rslt":"접수","sll_buy_dvsn_cd":"02","ord_rsvn_unpr":"70100","rjct_rson2":""}"#
            .to_owned();
        for (from, to) in changed {
            assert!(row.contains(from));
            row = row.replace(from, to);
        }
        Kept::stock(&rows::<ReservedStock>(&row)[0])
    }

    fn foreign(changed: &[(&str, &str)]) -> Kept {
        let mut row =
            r#"{"cncl_yn":"N","rsvn_ord_rcit_dt":"20261120","ovrs_rsvn_odno":"30135682","ord_dt":"","odno":"",
            "sll_buy_dvsn_cd":"01","ovrs_rsvn_ord_stat_cd_name":"접수","pdno":"AAPL","ord_rcit_tmd":"153030",
            "ovrs_excg_cd":"NASD","ft_ord_qty":"3","ft_ord_unpr3":"227.50000000","nprc_rson_text":""}"#
                .to_owned();
        for (from, to) in changed {
            assert!(row.contains(from));
            row = row.replace(from, to);
        }
        Kept::overseas(&rows::<ReservedOverseas>(&row)[0]).unwrap()
    }

    #[test]
    fn an_order_waits_under_a_number_of_its_own() {
        let Kept { row, became } = korean(&[]).unwrap();
        assert_eq!(row.number.id().unwrap(), BrokerOrderId::new("reserved-stock:20261120:42793").unwrap());
        assert_eq!((row.instrument.to_string(), row.side), ("KRX:005930".into(), Side::Buy));
        assert_eq!((row.quantity.value(), row.open, row.time), (dec!(10), dec!(10), at("2026-11-19T18:15:02+09:00")));
        let Some((OrderKind::Limit { price }, TimeInForce::Reserved)) = row.kind else { panic!("{:?}", row.kind) };
        assert_eq!((price.value(), became), (dec!(70100), None));
        let Kept { row, became } = foreign(&[]);
        assert_eq!(row.number.id().unwrap(), BrokerOrderId::new("reserved-overseas:20261120:30135682").unwrap());
        assert_eq!((row.instrument.to_string(), row.side), ("NASDAQ:AAPL".into(), Side::Sell));
        assert_eq!((row.open, row.time, became), (dec!(3), at("2026-11-20T15:30:30+09:00"), None));
        // What is sold at the opening at any price has none.
        let any = foreign(&[("227.50000000", "0")]).row.kind;
        assert!(matches!(any, Some((OrderKind::OnOpen { price: None }, _))), "{any:?}");
    }

    fn at(text: &str) -> UtcTime {
        UtcTime::parse(text).unwrap()
    }

    #[test]
    fn a_row_says_what_became_of_it() {
        let sent = korean(&[(r#""odno":"""#, r#""odno":"0000031337""#), ("접수", "처리")]).unwrap();
        assert_eq!((sent.became, sent.row.open), (Some(("0000031337".into(), None)), dec!(10)));
        // A number of nothing but zeros is none.
        assert_eq!(korean(&[(r#""odno":"""#, r#""odno":"0000000000""#)]).unwrap().became, None);
        let sent = foreign(&[(r#""odno":"""#, r#""odno":"0030157911""#), (r#""ord_dt":"""#, r#""ord_dt":"20261121""#)]);
        assert_eq!(sent.became, Some(("0030157911".into(), Some(jiff::civil::date(2026, 11, 21)))));
        let gone = korean(&[(r#""cncl_ord_dt":"""#, r#""cncl_ord_dt":"20261119""#)]).unwrap().row;
        assert_eq!((gone.open, gone.canceled), (dec!(0), dec!(10)));
        assert_eq!(foreign(&[(r#""cncl_yn":"N""#, r#""cncl_yn":"Y""#)]).row.canceled, dec!(3));
        let refused = foreign(&[("접수", "거부"), (r#""nprc_rson_text":"""#, r#""nprc_rson_text":"잔고부족""#)]).row;
        assert_eq!((refused.refused, refused.reason.as_deref()), (dec!(3), Some("잔고부족")));
    }

    #[test]
    fn what_says_too_little_is_no_order() {
        for missing in [
            (r#""sll_buy_dvsn_cd":"02""#, r#""sll_buy_dvsn_cd":"""#),
            (r#""ord_rsvn_qty":"10""#, r#""ord_rsvn_qty":"0""#),
            (r#""rsvn_ord_rcit_tmd":"181502""#, r#""rsvn_ord_rcit_tmd":"""#),
            (r#""pdno":"005930""#, r#""pdno":"삼성""#),
        ] {
            assert!(korean(&[missing]).is_err(), "{missing:?}");
        }
    }
}
