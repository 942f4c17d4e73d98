//! Four eyes: what one person asks for, and a second one with another role allows. law: R-010
//!
//! [`Approvals::request`] takes a [`Proposal`], which says what is to be done so exactly that it
//! can be done later; the second person sees it word by word. [`Approvals::approve`] does it. A
//! further kind of act is a further kind of proposal.

mod approvals;
mod holds;
mod proposal;

pub use approvals::{Approval, Approvals, Decision, PAGE, Request};
pub use proposal::Proposal;
