//! Tests of accounts on both databases.
