//! Both engines from outside, on a table of notes.

mod durability;
mod note;
mod opening;
mod postgres;
mod reads;
mod writes;
