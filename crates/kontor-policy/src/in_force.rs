//! The policy in force, shared by all services of a tenant.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::Policy;

/// The policy in force. Clones see a change at once.
#[derive(Clone, Debug)]
pub struct InForce(Arc<RwLock<Arc<Policy>>>);

impl InForce {
    /// A policy that holds until it is changed.
    pub fn new(policy: Policy) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(policy))))
    }

    /// The policy as it is now. One request asks once where two answers would not fit together.
    pub fn now(&self) -> Arc<Policy> {
        Arc::clone(&self.0.read())
    }

    /// Puts another policy in force, until the next decision or until the organisation is opened
    /// again. Nothing is stored or recorded: whoever decides calls [`crate::Policies::change`].
    pub fn replace(&self, policy: Policy) {
        *self.0.write() = Arc::new(policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_see_a_change() {
        let policy = InForce::new(Policy::strict());
        let elsewhere = policy.clone();
        policy.replace(Policy::lab());
        assert_eq!(*elsewhere.now(), Policy::lab());
    }
}
