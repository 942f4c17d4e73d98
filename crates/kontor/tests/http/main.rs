//! The real server process, spoken to over HTTP.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod media;
#[cfg(test)]
mod person;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod server;
