//! `POST order/cancelReplace`: one order ends and another is placed, or neither, or only one of the two.

use serde_json::{Value, json};

use super::exchange::Exchange;
use super::parts::params::Params;
use super::parts::refusal::Refusal;

impl Exchange {
    pub fn cancel_replace(&mut self, params: &Params, now: i64) -> Result<Value, Refusal> {
        let goes_on = match params.need("cancelReplaceMode")? {
            "STOP_ON_FAILURE" => false,
            "ALLOW_FAILURE" => true,
            _ => return Err(Refusal::new(400, -1130, "Data sent for parameter 'cancelReplaceMode' is not valid.")),
        };
        // Parameters and filters are looked at before anything is done.
        let order = self.draft(params, now)?;
        self.meant(params, "cancelOrderId", "cancelOrigClientOrderId")?;
        self.check_filters(&order)?;
        let names = ("cancelOrderId", "cancelOrigClientOrderId", "cancelNewClientOrderId");
        let canceled = self.cancel_meant(params, names, now);
        let placed = if canceled.is_ok() || goes_on {
            Some(self.check_state(&order).map(|()| self.take_in(order, params, now)))
        } else {
            None
        };
        let (cancel_word, new_word) = (word(Some(&canceled)), word(placed.as_ref()));
        let body = |result: Result<Value, Refusal>| result.unwrap_or_else(|refusal| refusal.body());
        let data = json!({"cancelResult": cancel_word, "newOrderResult": new_word, "cancelResponse": body(canceled),
                          "newOrderResponse": placed.map(body)});
        match (cancel_word, new_word) {
            ("SUCCESS", "SUCCESS") => Ok(data),
            ("SUCCESS", _) | (_, "SUCCESS") => {
                Err(Refusal { data: Some(data), ..Refusal::new(409, -2021, "Order cancel-replace partially failed.") })
            }
            _ => Err(Refusal { data: Some(data), ..Refusal::new(400, -2022, "Order cancel-replace failed.") }),
        }
    }
}

fn word(result: Option<&Result<Value, Refusal>>) -> &'static str {
    match result {
        None => "NOT_ATTEMPTED",
        Some(Ok(_)) => "SUCCESS",
        Some(Err(_)) => "FAILURE",
    }
}
