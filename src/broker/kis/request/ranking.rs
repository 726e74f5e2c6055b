//! Rankings of Korean shares. A reply has 30 rows and no further page; more come from bands of prices.

use rust_decimal::Decimal;

use super::call::{Call, Parameters};
use crate::broker::api::BrokerError;
use crate::broker::kis::environment::Realm;
use crate::broker::kis::service::Service;
use crate::market::RankBy;

/// Prices a ranking is kept to, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Band {
    /// Lowest, where there is one.
    pub from: Option<Decimal>,
    /// Highest, where there is one.
    pub to: Option<Decimal>,
}

/// Korean shares of a band that lead the market. By money and by volume without ETF, ETN, and those that are halted; by change
/// those that rose most since the previous close.
///
/// # Errors
/// The paper environment.
pub fn ranking(realm: Realm, by: RankBy, band: Band) -> Result<Call, BrokerError> {
    match by {
        // 3 is the money traded, 0 the number of shares.
        RankBy::Value => Call::new(Service::VolumeRanking, realm, by_volume("3", band)),
        RankBy::Volume => Call::new(Service::VolumeRanking, realm, by_volume("0", band)),
        RankBy::Change => Call::new(Service::ChangeRanking, realm, by_change(band)),
    }
}

fn won(bound: Option<Decimal>) -> String {
    bound.map(|price| price.trunc().normalize().to_string()).unwrap_or_default()
}

fn by_volume(order: &'static str, band: Band) -> Parameters {
    Parameters::new()
        .with("FID_COND_MRKT_DIV_CODE", "J")
        .with("FID_COND_SCR_DIV_CODE", "20171")
        .with("FID_INPUT_ISCD", "0000")
        .with("FID_DIV_CLS_CODE", "0")
        .with("FID_BLNG_CLS_CODE", order)
        .with("FID_TRGT_CLS_CODE", "111111111")
        .with("FID_TRGT_EXLS_CLS_CODE", "0000011100")
        .with("FID_INPUT_PRICE_1", won(band.from))
        .with("FID_INPUT_PRICE_2", won(band.to))
        .with("FID_VOL_CNT", "")
        .with("FID_INPUT_DATE_1", "")
}

/// Every name is sent, empty or not; this service writes them small.
fn by_change(band: Band) -> Parameters {
    Parameters::new()
        .with("fid_cond_mrkt_div_code", "J")
        .with("fid_cond_scr_div_code", "20170")
        .with("fid_input_iscd", "0000")
        .with("fid_rank_sort_cls_code", "0")
        .with("fid_input_cnt_1", "0")
        .with("fid_prc_cls_code", "1")
        .with("fid_input_price_1", won(band.from))
        .with("fid_input_price_2", won(band.to))
        .with("fid_vol_cnt", "")
        .with("fid_trgt_cls_code", "0")
        .with("fid_trgt_exls_cls_code", "0")
        .with("fid_div_cls_code", "0")
        .with("fid_rsfl_rate1", "")
        .with("fid_rsfl_rate2", "")
}
