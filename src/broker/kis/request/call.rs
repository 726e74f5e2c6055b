//! A call: where it goes and with what. Names of a body are in capitals and all its values are text, as the interface
//! wants them.

use std::fmt;

use rust_decimal::Decimal;

use crate::broker::api::BrokerError;
use crate::broker::kis::capability::Lack;
use crate::broker::kis::derivative::ACCOUNT_PRODUCT;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::service::{Method, Service};
use crate::broker::kis::wire::page::PageKeys;
use crate::config::Masked;

/// Names and values in their order. It does not print: an account is among them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(&'static str, String)>);

impl Parameters {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// Adds all of another.
    #[must_use]
    pub fn joined(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Adds the keys of the page that is wanted, of 100 or 200 characters by service.
    #[must_use]
    pub fn page(self, names: (&'static str, &'static str), keys: &PageKeys) -> Self {
        self.with(names.0, keys.search.as_str()).with(names.1, keys.next.as_str())
    }

    /// A value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Names and values in their order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The body of a post: one JSON object whose values are all text.
    #[must_use]
    pub fn body(&self) -> String {
        let object: serde_json::Map<String, serde_json::Value> =
            self.0.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
        serde_json::Value::Object(object).to_string()
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Keys of pages with 100 characters.
pub const PAGE_100: (&str, &str) = ("CTX_AREA_FK100", "CTX_AREA_NK100");
/// Keys of pages with 200 characters.
pub const PAGE_200: (&str, &str) = ("CTX_AREA_FK200", "CTX_AREA_NK200");

/// An account: eight digits and two of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    number: Masked,
    product: Box<str>,
}

impl Account {
    /// From `12345678-01`; `None` for any other shape.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, product) = text.split_once('-')?;
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        (digits(number, 8) && digits(product, 2)).then(|| Self { number: Masked::new(number), product: product.into() })
    }

    /// Whether it is one for futures and options, which trades nothing else.
    #[must_use]
    pub fn is_derivatives(&self) -> bool {
        &*self.product == ACCOUNT_PRODUCT
    }

    /// The ten digits by which execution notices name it.
    #[must_use]
    pub fn in_notices(&self) -> String {
        format!("{}{}", self.number.reveal(), self.product)
    }

    /// Parameters that begin with it.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        Parameters::new().with("CANO", self.number.reveal()).with("ACNT_PRDT_CD", &*self.product)
    }
}

/// A call ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// How.
    pub method: Method,
    /// Path below the host.
    pub path: &'static str,
    /// Header `tr_id`.
    pub id: &'static str,
    /// Query or body.
    pub parameters: Parameters,
}

impl Call {
    /// A call of a service.
    ///
    /// # Errors
    /// The environment does not have it.
    pub fn new(service: Service, realm: Realm, parameters: Parameters) -> Result<Self, BrokerError> {
        let id = service.id(realm).ok_or_else(|| Lack::of(service).error())?;
        Ok(Self { method: service.method(), path: service.path(), id, parameters })
    }

    /// A posted call with an id of its own.
    ///
    /// # Errors
    /// There is no id: the environment does not have it.
    pub fn post(path: &'static str, id: Option<&'static str>, parameters: Parameters) -> Result<Self, BrokerError> {
        Ok(Self { method: Method::Post, path, id: id.ok_or_else(|| Lack::OverseasKinds.error())?, parameters })
    }
}

/// A whole number above zero, as the interface writes quantities and prices in won.
///
/// # Errors
/// The reason given, for a fraction or for nothing.
pub fn whole(value: Decimal, reason: &'static str) -> Result<String, BrokerError> {
    if value <= Decimal::ZERO || !value.fract().is_zero() {
        return Err(BrokerError::Unsupported(reason));
    }
    Ok(value.trunc().normalize().to_string())
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn trap_9_names_in_capitals_and_every_value_text() {
        let account = Account::parse("12345678-01").unwrap();
        let body = account.parameters().with("ORD_QTY", "10").body();
        assert_eq!(body, r#"{"ACNT_PRDT_CD":"01","CANO":"12345678","ORD_QTY":"10"}"#);
        assert_eq!(account.in_notices(), "1234567801");
    }

    #[test]
    fn trap_44_accounts_do_not_print() {
        let account = Account::parse("12345678-01").unwrap();
        let call = Call::new(Service::StockBuy, Realm::Live, account.parameters()).unwrap();
        assert!(!format!("{account:?} {call:?}").contains("12345678"));
        for bad in ["1234567801", "1234567-01", "12345678-1", "1234567a-01", ""] {
            assert_eq!(Account::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn trap_43_won_have_no_decimals() {
        assert_eq!(whole(dec!(70000.0), ""), Ok("70000".into()));
        assert_eq!(whole(dec!(1000000), ""), Ok("1000000".into()));
        for bad in [dec!(70000.5), dec!(0), dec!(-1)] {
            assert_eq!(whole(bad, "no"), Err(BrokerError::Unsupported("no")));
        }
    }
}
