//! placeholder
use super::arguments::setup::Db;
use super::context::Context;
use super::output::Done;
use crate::desk::protocol::Failure;
pub fn run(_c: &Context, _d: &Db) -> Done { Ok(0) }
pub fn differences(_c: &Context) -> Result<Option<Vec<String>>, Failure> { Ok(None) }
