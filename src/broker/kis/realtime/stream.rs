//! The streams there are.

use crate::config::World;

/// A stream of the WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// KRX prints, of the regular session and of the after-market.
    KrxTrade,
    /// KRX order book.
    KrxBook,
    /// KRX expected price.
    KrxExpected,
    /// KRX and NXT prints together. Silent for symbols that are not on NXT.
    UnifiedTrade,
    /// KRX and NXT book together.
    UnifiedBook,
    /// Expected price of both.
    UnifiedExpected,
    /// NXT prints.
    NxtTrade,
    /// NXT order book.
    NxtBook,
    /// NXT expected price.
    NxtExpected,
    /// KRX market and symbol status.
    KrxStatus,
    /// NXT market and symbol status.
    NxtStatus,
    /// Status of both.
    UnifiedStatus,
    /// Programme trading at KRX.
    Programme,
    /// Index.
    Index,
    /// Net asset value of ETF.
    EtfNav,
    /// Orders and fills of Korean shares; encrypted.
    StockNotice,
    /// Foreign prints.
    OverseasTrade,
    /// Foreign book.
    OverseasBook,
    /// Delayed book of Asian markets, one level.
    OverseasDelayedBook,
    /// Orders and fills of foreign shares; encrypted.
    OverseasNotice,
    /// Index futures prints.
    FutureTrade,
    /// Index futures book.
    FutureBook,
    /// Index options prints.
    OptionTrade,
    /// Index options book.
    OptionBook,
    /// Commodity, rate and currency futures prints.
    CommodityTrade,
    /// Commodity, rate and currency futures book.
    CommodityBook,
    /// Stock futures prints.
    StockFutureTrade,
    /// Stock futures book.
    StockFutureBook,
    /// Night futures prints.
    NightFutureTrade,
    /// Night futures book.
    NightFutureBook,
    /// Night options prints.
    NightOptionTrade,
    /// Night options book.
    NightOptionBook,
    /// Orders and fills of futures and options; encrypted.
    FutureNotice,
    /// Those of the night session of futures; encrypted.
    NightFutureNotice,
    /// Those of the night session of options; encrypted.
    NightOptionNotice,
    /// Bond prints.
    BondTrade,
    /// Bond book.
    BondBook,
    /// Bond index.
    BondIndex,
}

/// Stream, id in the live world, id in the paper world where it exists there, fewest fields of a record that can be used.
const TABLE: [(Stream, &str, Option<&str>, usize); 38] = [
    (Stream::KrxTrade, "H0STCNT0", Some("H0STCNT0"), 46),
    (Stream::KrxBook, "H0STASP0", Some("H0STASP0"), 59),
    (Stream::KrxExpected, "H0STANC0", None, 45),
    (Stream::UnifiedTrade, "H0UNCNT0", None, 46),
    (Stream::UnifiedBook, "H0UNASP0", None, 59),
    (Stream::UnifiedExpected, "H0UNANC0", None, 45),
    (Stream::NxtTrade, "H0NXCNT0", None, 46),
    (Stream::NxtBook, "H0NXASP0", None, 59),
    (Stream::NxtExpected, "H0NXANC0", None, 45),
    (Stream::KrxStatus, "H0STMKO0", None, 10),
    (Stream::NxtStatus, "H0NXMKO0", None, 10),
    (Stream::UnifiedStatus, "H0UNMKO0", None, 10),
    (Stream::Programme, "H0STPGM0", None, 11),
    (Stream::Index, "H0UPCNT0", None, 30),
    (Stream::EtfNav, "H0STNAV0", None, 8),
    (Stream::StockNotice, "H0STCNI0", Some("H0STCNI9"), 23),
    (Stream::OverseasTrade, "HDFSCNT0", None, 26),
    (Stream::OverseasBook, "HDFSASP0", None, 17),
    (Stream::OverseasDelayedBook, "HDFSASP1", None, 17),
    (Stream::OverseasNotice, "H0GSCNI0", Some("H0GSCNI9"), 17),
    (Stream::FutureTrade, "H0IFCNT0", None, 38),
    (Stream::FutureBook, "H0IFASP0", None, 36),
    (Stream::OptionTrade, "H0IOCNT0", None, 45),
    (Stream::OptionBook, "H0IOASP0", None, 36),
    (Stream::CommodityTrade, "H0CFCNT0", None, 38),
    (Stream::CommodityBook, "H0CFASP0", None, 36),
    (Stream::StockFutureTrade, "H0ZFCNT0", None, 38),
    (Stream::StockFutureBook, "H0ZFASP0", None, 66),
    (Stream::NightFutureTrade, "H0MFCNT0", None, 38),
    (Stream::NightFutureBook, "H0MFASP0", None, 36),
    (Stream::NightOptionTrade, "H0EUCNT0", None, 45),
    (Stream::NightOptionBook, "H0EUASP0", None, 36),
    (Stream::FutureNotice, "H0IFCNI0", Some("H0IFCNI9"), 16),
    (Stream::NightFutureNotice, "H0MFCNI0", None, 16),
    (Stream::NightOptionNotice, "H0EUCNI0", None, 16),
    (Stream::BondTrade, "H0BJCNT0", None, 19),
    (Stream::BondBook, "H0BJASP0", None, 32),
    (Stream::BondIndex, "H0BICNT0", None, 16),
];

impl Stream {
    /// Every stream.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|(stream, ..)| stream)
    }

    fn row(self) -> &'static (Self, &'static str, Option<&'static str>, usize) {
        const NONE: (Stream, &str, Option<&str>, usize) = (Stream::KrxTrade, "", None, 0);
        TABLE.iter().find(|(stream, ..)| *stream == self).unwrap_or(&NONE)
    }

    /// Its id in a world; `None` where the paper world does not have it. A virtual world looks at the live one.
    #[must_use]
    pub fn id(self, world: World) -> Option<&'static str> {
        let (_, live, paper, _) = self.row();
        match world {
            World::Live | World::Virtual => Some(live),
            World::Paper => *paper,
        }
    }

    /// The stream of an id, of either world.
    #[must_use]
    pub fn of(id: &[u8]) -> Option<Self> {
        let has = |name: &str| name.as_bytes() == id;
        TABLE.iter().find(|(_, live, paper, _)| has(live) || paper.is_some_and(has)).map(|(stream, ..)| *stream)
    }

    /// Fewest fields a record must have. Fields come in at the end, so more are fine.
    #[must_use]
    pub fn fields_min(self) -> usize {
        self.row().3
    }

    /// Whether it is of the night session of Korean derivatives.
    #[must_use]
    pub const fn is_of_night(self) -> bool {
        matches!(
            self,
            Self::NightFutureTrade
                | Self::NightFutureBook
                | Self::NightOptionTrade
                | Self::NightOptionBook
                | Self::NightFutureNotice
                | Self::NightOptionNotice
        )
    }

    /// Whether it carries orders and fills of the account: registered by the HTS id, encrypted, restored first.
    #[must_use]
    pub const fn is_notice(self) -> bool {
        matches!(
            self,
            Self::StockNotice
                | Self::OverseasNotice
                | Self::FutureNotice
                | Self::NightFutureNotice
                | Self::NightOptionNotice
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_lead_back() {
        for stream in Stream::all() {
            let live = stream.id(World::Live).unwrap();
            assert_eq!(Stream::of(live.as_bytes()), Some(stream), "{live}");
            assert_eq!(live.len(), 8);
            assert!(stream.fields_min() > 0);
        }
        assert_eq!(Stream::of(b"H0STCNI9"), Some(Stream::StockNotice));
        assert_eq!(Stream::of(b"H0STOUP0"), None);
    }

    #[test]
    fn paper_has_five_streams() {
        let paper: Vec<&str> = Stream::all().filter_map(|stream| stream.id(World::Paper)).collect();
        assert_eq!(paper, ["H0STCNT0", "H0STASP0", "H0STCNI9", "H0GSCNI9", "H0IFCNI9"]);
    }
}
