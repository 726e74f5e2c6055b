//! The proof that a draft passed the gate.

use crate::order::Draft;

/// A draft that passed every rule.
///
/// Only [`super::check()`] makes one, so a function that takes an `Approved` cannot be handed an unchecked order:
///
/// ```compile_fail,E0451
/// fn forge(draft: hoga::order::Draft) -> hoga::risk::Approved {
///     hoga::risk::Approved { draft }
/// }
/// ```
///
/// It can be neither copied nor changed: one pass of the gate is good for one order.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an approved draft that becomes no order was checked for nothing"]
pub struct Approved {
    draft: Draft,
}

impl Approved {
    /// After every rule let it pass.
    pub(super) const fn new(draft: Draft) -> Self {
        Self { draft }
    }

    /// What passed.
    #[must_use]
    pub const fn draft(&self) -> &Draft {
        &self.draft
    }

    /// What passed, given up together with the proof.
    #[must_use]
    pub fn into_draft(self) -> Draft {
        self.draft
    }
}
