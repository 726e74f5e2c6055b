//! Things that panes are drawn with. They know cells and looks, and nothing of markets or the desk.

mod border;
mod entry;
mod number;
mod pen;
mod table;
mod width;

pub use border::{Border, border};
pub use entry::Entry;
pub use number::{Digits, Grouped, Signed};
pub use pen::{Align, Pen};
pub use table::{Column, Rows, Scroll, Table};
pub use width::{cells, cut};
