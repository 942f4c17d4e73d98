//! Bad input gets the right error code and changes nothing; bad surroundings (disk, clock, killed
//! process) lose nothing that was acknowledged.

mod clock;
mod corruption;
pub(crate) mod disk;
mod flood;
mod forged;
mod kill;
mod limits;
mod malformed;
mod numbers;
mod replays;
mod slow;
mod sockets;
mod versions;
