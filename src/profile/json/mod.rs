//! JSON as the profiles need it: a reader that borrows, and a strict writer.
