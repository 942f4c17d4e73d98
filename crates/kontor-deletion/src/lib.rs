//! Deletion by rule, with proof. law: R-110 … R-116
//!
//! Every column of the inventory belongs to exactly one [`Rule`]. What a rule's period ends is removed
//! in small batches ([`Deletion::sweep`]), counted, and certified day by day ([`Certificate`]); what it
//! would remove can be seen before ([`Deletion::dry_run`]).

mod certificate;
mod compact;
mod dry_run;
mod ephemeral;
mod erasure;
mod holds;
mod overview;
mod pace;
mod purge;
mod records;
mod replay;
mod rules;
mod service;
mod steadiness;
mod sweep;

pub use certificate::Certificate;
pub use dry_run::{DryRun, DryRunRow};
pub use ephemeral::Residence;
pub use erasure::{ErasureView, Forget};
pub use holds::{HeldAmount, HoldSubject, HoldView, Review};
pub use overview::{Overdue, Overview, RunView};
pub use rules::{DeletionClass, Period, RULES, Rule, check_inventory, rule_of};
pub use service::Deletion;
