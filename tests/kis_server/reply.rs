//! Good replies, their pages, and how numbers and texts are written.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::params::Params;
use super::refusal::Refusal;

/// A good reply: its body, and what the header `tr_cont` says of pages to come.
#[derive(Clone, Debug)]
pub struct Reply {
    pub body: Value,
    pub more: Option<&'static str>,
}

/// What comes of a call.
pub type Outcome = Result<Reply, Refusal>;

impl Reply {
    /// Without pages, under the code and text of the sample it is made of.
    pub const fn whole(body: Value) -> Outcome {
        Ok(Self { body, more: None })
    }
}

/// Text with blanks behind it, to so many bytes of CP949.
pub fn padded(text: &str, width: usize) -> String {
    let length: usize = text.chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(length)))
}

/// Won, shares.
pub fn whole(value: Decimal) -> String {
    value.trunc().normalize().to_string()
}

/// With so many decimals.
pub fn fixed(value: Decimal, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// The code of a direction.
pub fn sign(change: Decimal) -> &'static str {
    match () {
        () if change > Decimal::ZERO => "2",
        () if change < Decimal::ZERO => "5",
        () => "3",
    }
}

/// A change in per cent.
pub fn percent(change: Decimal, base: Decimal) -> Decimal {
    if base.is_zero() { Decimal::ZERO } else { change * Decimal::ONE_HUNDRED / base }
}

/// An average that may be of nothing.
pub fn average(value: Decimal, quantity: Decimal) -> Decimal {
    if quantity.is_zero() { Decimal::ZERO } else { value / quantity }
}

/// Rows of a list cut into pages.
pub struct Pages<'a> {
    /// Characters of a key: 100 or 200.
    pub width: usize,
    /// Rows of a page.
    pub rows: usize,
    /// What was asked for, as the key of the search repeats it.
    pub search: String,
    pub params: &'a Params,
    /// Header `tr_cont`.
    pub continues: bool,
}

impl Pages<'_> {
    /// The page that is asked for: its rows, its keys in the body, `tr_cont`, code and text.
    pub fn cut(&self, rows: Vec<Value>, body: &mut Value) -> Result<(Vec<Value>, Option<&'static str>), Refusal> {
        let width = self.width;
        let (search, next) = (format!("CTX_AREA_FK{width}"), format!("CTX_AREA_NK{width}"));
        let asked = self.params.need(&next)?.trim();
        let own = self.params.need(&search)?.trim();
        let wrong = || Refusal::query("OPSQ2002", "ERROR : INPUT INVALID_CHECK_CTX_AREA");
        let from = match (self.continues, asked) {
            (false, _) | (true, "") => 0,
            (true, _) if own != self.search.trim() => return Err(wrong()),
            (true, key) => key.parse::<usize>().map_err(|_| wrong())?,
        };
        let until = rows.len().min(from + self.rows);
        let more = until < rows.len();
        let key = if more { format!("{until:010}") } else { String::new() };
        body[search.to_lowercase()] = json!(padded(&self.search, width));
        body[next.to_lowercase()] = json!(padded(&key, width));
        let page = rows.get(from..until).unwrap_or_default().to_vec();
        let (code, text) = match (page.is_empty(), more) {
            (true, _) => ("KIOK0560", "조회할 내용이 없습니다"),
            (_, true) => ("KIOK0500", "조회가 계속됩니다..다음버튼을 Click 하십시오."),
            _ => ("KIOK0460", "조회 되었습니다. (마지막 자료)"),
        };
        said(body, code, text);
        // F and M: more; D and E: the last one, of several or of one.
        let header = match (from, more) {
            (0, true) => "F",
            (_, true) => "M",
            (0, false) => "D",
            (_, false) => "E",
        };
        Ok((page, Some(header)))
    }
}

/// Success in words.
pub fn said(body: &mut Value, code: &str, text: &str) {
    body["rt_cd"] = json!("0");
    body["msg_cd"] = json!(code);
    body["msg1"] = json!(padded(text, 80));
}
