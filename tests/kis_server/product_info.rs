//! What funds and bonds are: `etfetn inquire-price`, `issue-info`.

use super::calls::Asked;
use super::exchange::Exchange;
use super::refusal::Refusal;
use super::reply::{Outcome, Reply, fixed, percent, whole};
use super::sample::{Sample, set};

/// A fund; its net asset value is the price it began the day at.
pub fn etf_price(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    asked.params.one_of("fid_cond_mrkt_div_code", &["J"])?;
    let market = exchange.market(asked.params.need("fid_input_iscd")?, true)?;
    if !market.listing.is_fund {
        return Err(Refusal::no_symbol());
    }
    let value = market.listing.base;
    let mut body = Sample::EtfPrice.body();
    set(
        &mut body["output"],
        [
            ("stck_prpr", whole(market.last)),
            ("stck_prdy_clpr", whole(value)),
            ("nav", fixed(value, 2)),
            ("dprt", fixed(percent(market.last - value, value), 2)),
        ],
    );
    Reply::whole(body)
}

/// A bond.
pub fn bond_issue(exchange: &mut Exchange, asked: &Asked<'_>) -> Outcome {
    asked.params.one_of("PRDT_TYPE_CD", &["302"])?;
    let listing = &exchange.bond_market(asked.params.need("PDNO")?)?.listing;
    let (_, matures) = listing.bond.unwrap_or_default();
    let mut body = Sample::BondIssue.body();
    set(
        &mut body["output"],
        [
            ("pdno", listing.isin),
            ("prdt_name", listing.name),
            ("srfc_inrt", "3.250000"),
            ("expd_dt", matures),
            ("fnp_crdt_grad_text", ""),
        ],
    );
    Reply::whole(body)
}
