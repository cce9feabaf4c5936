//! Requests and dossiers: what reads, and what is refused.
