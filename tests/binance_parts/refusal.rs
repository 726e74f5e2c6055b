//! Refusals in the exchange's words.

use serde_json::{Value, json};

/// Why a request was refused: the HTTP status, the code and the text of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: i64,
    pub message: String,
    /// What the body carries beside them: the halves of a `cancelReplace`.
    pub data: Option<Value>,
}

impl Refusal {
    pub fn new(status: u16, code: i64, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), data: None }
    }

    /// The refusal of a code, with the text Binance sends with it.
    pub fn of(code: i64) -> Self {
        let (status, message) = known(code);
        Self::new(status, code, message)
    }

    pub fn missing(name: &str) -> Self {
        Self::new(400, -1102, format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed."))
    }

    pub fn not_required(name: &str) -> Self {
        Self::new(400, -1106, format!("Parameter '{name}' sent when not required."))
    }

    pub fn body(&self) -> Value {
        let mut body = json!({"code": self.code, "msg": self.message});
        if let Some(data) = &self.data {
            body["data"] = data.clone();
        }
        body
    }
}

const fn known(code: i64) -> (u16, &'static str) {
    match code {
        -1007 => {
            (408, "Timeout waiting for response from backend server. Send status unknown; execution status unknown.")
        }
        -1008 => (
            503,
            "Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.",
        ),
        -1021 => (400, "Timestamp for this request is outside of the recvWindow."),
        -1022 => (400, "Signature for this request is not valid."),
        -1101 => (400, "Too many parameters sent for this endpoint."),
        -1111 => (400, "Precision is over the maximum defined for this asset."),
        -1115 => (400, "Invalid timeInForce."),
        -1116 => (400, "Invalid orderType."),
        -1117 => (400, "Invalid side."),
        -1120 => (400, "Invalid interval."),
        -1121 => (400, "Invalid symbol."),
        -1125 => (400, "This listenKey does not exist."),
        -1127 => (400, "More than 7 days between startTime and endTime."),
        -1128 => (400, "Combination of optional parameters invalid."),
        -2010 => (400, "Account has insufficient balance for requested action."),
        -2011 => (400, "Unknown order sent."),
        -2013 => (400, "Order does not exist."),
        -2014 => (401, "API-key format invalid."),
        -2015 => (401, "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1"),
        -2019 => (400, "Margin is insufficient."),
        -2021 => (400, "Order would immediately trigger."),
        -2022 => (400, "ReduceOnly Order is rejected."),
        -2025 => (400, "Reach max open order limit."),
        -4002 => (400, "Price greater than max price."),
        -4003 => (400, "Quantity less than or equal to zero."),
        -4004 => (400, "Quantity less than min quantity."),
        -4005 => (400, "Quantity greater than max quantity."),
        -4006 => (400, "Stop price less than zero."),
        -4013 => (400, "Price less than min price."),
        -4014 => (400, "Price not increased by tick size."),
        -4015 => (400, "Client order id length should be less than 36 chars"),
        -4016 => (400, "Limit price can't be higher than the cap."),
        -4023 => (400, "Qty not increased by step size."),
        -4024 => (400, "Limit price can't be lower than the floor."),
        -4028 => (400, "Leverage is not valid."),
        -4045 => (400, "Reach max stop order limit."),
        -4046 => (400, "No need to change margin type."),
        -4047 => (400, "Margin type cannot be changed if there exists open orders."),
        -4048 => (400, "Margin type cannot be changed if there exists position."),
        -4059 => (400, "No need to change position side."),
        -4061 => (400, "Order's position side does not match user's setting."),
        -4067 => (400, "Position side cannot be changed if there exists open orders."),
        -4068 => (400, "Position side cannot be changed if there exists position."),
        -4082 => (400, "Invalid number of batch place orders."),
        -4116 => (400, "ClientOrderId is duplicated."),
        -4120 => (400, "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."),
        -4135 => (400, "Invalid activation price."),
        -4137 => (400, "Quantity must be zero with closePosition equals true."),
        -4138 => (400, "Reduce only must be true with closePosition equals true."),
        -4141 => (400, "Symbol is closed."),
        -4164 => (400, "Order's notional must be no smaller than the minimum (unless you choose reduce only)."),
        -5021 => (
            400,
            "Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history.",
        ),
        -5022 => (
            400,
            "Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history.",
        ),
        -5025 => (400, "Only limit order is supported."),
        -5027 => (400, "No need to modify the order."),
        _ => (400, "Unknown error."),
    }
}
