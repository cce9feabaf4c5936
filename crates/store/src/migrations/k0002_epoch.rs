//! Keys are found by epoch along their ids: a rotation walks them all once, in that order, anyway. An index
//! of its own with random ids in it made each new key dirty one more page.

super::forward!("k0002_epoch", "DROP INDEX data_key_epoch;\n");
