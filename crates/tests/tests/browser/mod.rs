//! What people see, in a real browser.

mod content;
mod drama;
mod forms;
mod harness;
mod incidents;
mod journey;
mod log;
mod look;
mod package;
mod pages;
mod sales;
mod seal;
mod sold;
mod suppliers;
mod visits;
