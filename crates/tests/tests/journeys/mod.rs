//! Journeys through the running program: what it leaves behind when it is killed, erased, restored,
//! called by the wrong person or with the wrong words.

mod bytes;
mod cli;
mod http;
mod kill;
mod officers;
mod push;
mod restore;
mod routes;
