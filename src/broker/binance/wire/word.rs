//! Words of closed lists, such as the status of an order. The lists grow without notice, so a word that is not known is
//! kept as it came and never fails the message it stands in.

/// Defines an enum of words, in any case, with `Other` for what is not among them.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word that is not known, as it came; empty where there was none.
            Other(Box<str>),
        }

        impl $name {
            /// From a word.
            #[must_use]
            pub fn of(word: &str) -> Self {
                $(if word.eq_ignore_ascii_case($text) {
                    return Self::$variant;
                })+
                Self::Other(word.into())
            }

            /// The word.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other("".into())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                super::text::text(deserializer).map(|word| Self::of(&word))
            }
        }
    };
}

words! {
    /// Which way an order or a trade of the account goes.
    SideWord {
        /// Buys.
        Buy = "BUY",
        /// Sells.
        Sell = "SELL",
    }
}

words! {
    /// Which position.
    PositionSideWord {
        /// One-way mode.
        Both = "BOTH",
        /// Hedge mode: the long one.
        Long = "LONG",
        /// Hedge mode: the short one.
        Short = "SHORT",
    }
}

words! {
    /// Type of a plain or a conditional order.
    TypeWord {
        /// Limit.
        Limit = "LIMIT",
        /// Market.
        Market = "MARKET",
        /// Limit order at a trigger.
        Stop = "STOP",
        /// Market order at a trigger.
        StopMarket = "STOP_MARKET",
        /// Limit order at a trigger in favour.
        TakeProfit = "TAKE_PROFIT",
        /// Market order at a trigger in favour.
        TakeProfitMarket = "TAKE_PROFIT_MARKET",
        /// Market order once the price turns by a rate.
        TrailingStopMarket = "TRAILING_STOP_MARKET",
        /// The exchange closes a position by force.
        Liquidation = "LIQUIDATION",
    }
}

words! {
    /// Status of a plain order.
    StatusWord {
        /// Working.
        New = "NEW",
        /// Working, partly filled.
        PartiallyFilled = "PARTIALLY_FILLED",
        /// Filled.
        Filled = "FILLED",
        /// Canceled; may be partly filled.
        Canceled = "CANCELED",
        /// Refused.
        Rejected = "REJECTED",
        /// Ended by the exchange; may be partly filled.
        Expired = "EXPIRED",
        /// Ended so that the account does not trade with itself.
        ExpiredInMatch = "EXPIRED_IN_MATCH",
        /// Working: the insurance fund takes over a liquidated position.
        NewInsurance = "NEW_INSURANCE",
        /// Working: a counterparty's position is reduced by force.
        NewAdl = "NEW_ADL",
    }
}

words! {
    /// Status of a conditional order.
    AlgoStatusWord {
        /// Waits for its trigger.
        New = "NEW",
        /// Canceled before its trigger.
        Canceled = "CANCELED",
        /// Its trigger was reached; on its way to the engine.
        Triggering = "TRIGGERING",
        /// In the engine as an order with a number of its own.
        Triggered = "TRIGGERED",
        /// The order it became is over; only that order says how.
        Finished = "FINISHED",
        /// The engine refused it.
        Rejected = "REJECTED",
        /// Ended by the exchange.
        Expired = "EXPIRED",
    }
}

words! {
    /// Why an order event came.
    ExecutionWord {
        /// The order is in the book.
        New = "NEW",
        /// A fill.
        Trade = "TRADE",
        /// Canceled.
        Canceled = "CANCELED",
        /// Ended by the exchange.
        Expired = "EXPIRED",
        /// Price or quantity were changed.
        Amendment = "AMENDMENT",
        /// Liquidation or auto-deleveraging.
        Calculated = "CALCULATED",
        /// Refused.
        Rejected = "REJECTED",
    }
}

words! {
    /// How a position is backed.
    MarginWord {
        /// By the whole wallet. The stream says `cross`.
        Crossed = "CROSSED",
        /// By the whole wallet, as the stream writes it.
        Cross = "CROSS",
        /// By its own margin.
        Isolated = "ISOLATED",
    }
}

impl MarginWord {
    /// Whether it is backed by the whole wallet, in either spelling; `None` for a word that is not known.
    #[must_use]
    pub const fn is_crossed(&self) -> Option<bool> {
        match self {
            Self::Crossed | Self::Cross => Some(true),
            Self::Isolated => Some(false),
            Self::Other(_) => None,
        }
    }
}
