//! Orders.

use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::value::{self, Size};
use crate::market::{Price, Quantity, Side};
use crate::order::{ClientOrderId, KindName, PositionSide, Route, TimeInForce, Trail};

/// `hoga order`.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// Buy
    Buy(Place),
    /// Sell
    Sell(Place),
    /// End open orders
    Cancel(Cancel),
    /// Change the price or quantity of an open order
    Replace(Replace),
    /// List orders, oldest first; the open ones unless told otherwise
    List(List),
    /// Show one order
    Show {
        /// Order id, client id or broker number
        order: String,
    },
}

/// `hoga order buy|sell`.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Code, such as 005930 or SIM:005930
    pub symbol: String,
    /// How much, or how much at which price: 10, 10@69900
    #[arg(value_name = "QTY[@PRICE]", value_parser = value::size)]
    pub size: Size,
    /// Limit price
    #[arg(long, value_name = "PRICE")]
    pub price: Option<Price>,
    /// Order type; limit with a price, market without, stop or stop_limit with --stop
    #[arg(long = "type", value_name = "TYPE", value_parser = value::kind_name())]
    pub kind: Option<KindName>,
    /// Trigger price of a stop, stop_limit or take_profit order
    #[arg(long, value_name = "PRICE")]
    pub stop: Option<Price>,
    /// How long it lives; the day, or until canceled where markets never close; reserved is left with the broker for the next
    /// session
    #[arg(long, value_name = "TIF", value_parser = value::time_in_force())]
    pub tif: Option<TimeInForce>,
    /// Where a Korean share's order goes: krx, nxt, or sor (the broker chooses); KRX unless told otherwise
    #[arg(long, value_name = "VENUE", value_parser = value::route())]
    pub venue: Option<Route>,
    /// Leave with profit at this price once filled
    #[arg(long, value_name = "PRICE")]
    pub take_profit: Option<Price>,
    /// Leave with loss at this price once filled
    #[arg(long, value_name = "PRICE")]
    pub stop_loss: Option<Price>,
    /// Follow at this distance, an amount or per cent (500, 1.5%): the distance of a trailing_stop order, else a stop
    /// that follows once filled
    #[arg(long, value_name = "DISTANCE", value_parser = value::trail)]
    pub trail: Option<Trail>,
    /// No entry: place take-profit and stop-loss for what is held; the first one done cancels the other
    #[arg(long, requires = "take_profit", conflicts_with_all = ["price", "kind", "stop"])]
    pub oco: bool,
    /// Only make a position smaller
    #[arg(long)]
    pub reduce_only: bool,
    /// Which position, in hedge mode
    #[arg(long, value_name = "SIDE", default_value = "net", value_parser = value::position_side())]
    pub position_side: PositionSide,
    /// Your own id of the order: the same one is never sent twice
    #[arg(long, value_name = "ID")]
    pub client_id: Option<ClientOrderId>,
    /// Return only when the order is that far
    #[arg(long, value_name = "STATE")]
    pub wait: Option<Wait>,
    /// Longest wait: 500ms, 5s, 2m
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = value::duration)]
    pub timeout: Duration,
    /// Show cost, fee and the risk answer; send nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// How far an order must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wait {
    /// At the venue
    Accepted,
    /// Filled whole
    Filled,
    /// Ended, whatever way
    Done,
}

/// `hoga order cancel`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).multiple(true).args(["orders", "symbol", "side", "all"])))]
pub struct Cancel {
    /// Order ids or client ids
    #[arg(value_name = "ID", conflicts_with_all = ["symbol", "side", "all"])]
    pub orders: Vec<String>,
    /// Every open order of this instrument
    #[arg(long, conflicts_with = "all")]
    pub symbol: Option<String>,
    /// Every open order of this side
    #[arg(long, conflicts_with = "all", value_parser = value::side())]
    pub side: Option<Side>,
    /// Every open order
    #[arg(long)]
    pub all: bool,
}

/// `hoga order replace`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true).args(["price", "stop", "quantity"])))]
pub struct Replace {
    /// Order id or client id
    pub order: String,
    /// New limit price
    #[arg(long)]
    pub price: Option<Price>,
    /// New trigger price
    #[arg(long, value_name = "PRICE")]
    pub stop: Option<Price>,
    /// New total quantity
    #[arg(long, visible_alias = "qty", value_name = "QTY", value_parser = value::quantity)]
    pub quantity: Option<Quantity>,
}

/// `hoga order list`.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").args(["open", "today", "all"])))]
pub struct List {
    /// Those that may still be filled
    #[arg(long)]
    pub open: bool,
    /// Those made or changed today
    #[arg(long)]
    pub today: bool,
    /// All
    #[arg(long)]
    pub all: bool,
}
