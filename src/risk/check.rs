//! The gate.

use super::approved::Approved;
use super::refusal::Refusal;
use super::rules::RULES;
use super::view::View;
use crate::market::arrange::Arrange;
use crate::order::Draft;

/// Holds a draft against every rule.
///
/// # Errors
/// Every rule that refuses, once each, in the order of [`super::Rule`]: a halted desk comes first.
pub fn check(view: &View<'_>, draft: &Draft) -> Result<Approved, Vec<Refusal>> {
    let mut refusals: Vec<Refusal> = RULES.iter().filter_map(|rule| rule(view, draft)).collect();
    if refusals.is_empty() {
        return Ok(Approved::new(draft.clone()));
    }
    // Any rule may find a number out of range, so that refusal can come from several of them and out of turn.
    refusals.arrange_by_key(|refusal| refusal.rule);
    refusals.dedup_by_key(|refusal| refusal.rule);
    Err(refusals)
}
