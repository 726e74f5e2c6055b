//! Markets: instruments, price ladders, sessions, books, trades and candles. Pure: no I/O, no clock, no randomness.

pub mod arrange;
pub mod auction;
pub mod book;
pub mod candle;
pub mod event;
pub mod facts;
pub mod flow;
pub mod gather;
pub mod hangul;
pub mod indicator;
pub mod instrument;
pub mod ladder;
pub mod price;
pub mod ranking;
pub mod session;
pub mod side;
pub mod time;

pub use auction::auction_price;
pub use candle::{Candle, CandleBuilder, Interval, IntervalError};
pub use event::{
    BookUpdate, DayStats, Expected, Level, Mark, MarketBody, MarketEvent, Phase, PhaseChange, Quote, Sequence, Trade,
};
pub use facts::Facts;
pub use flow::{FlowPoint, FlowSeries};
pub use instrument::{Board, Currency, Instrument, InstrumentId, LeverageTier, Product, Symbol, SymbolError, Venue};
pub use ladder::{DailyLimits, TickRule};
pub use price::{NumberError, Price, Quantity};
pub use ranking::{RankBy, Ranked};
pub use session::{
    Calendar, CalendarError, DayKind, PhaseAt, SessionDay, Span, ViGroup, ViRates, trading_date, vi_rates,
};
pub use side::Side;
pub use time::UtcTime;
