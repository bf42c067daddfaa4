//! Lines of comma-separated fields, as Cumulocity's topics carry them (section 4.1).
//!
//! Written with quotes around a field that needs them and each quote inside doubled, which every reader takes. Read with doubled quotes and
//! with backslashes in front of them, since platforms send either (section 4.1.4 and 4.1.3).

mod read;
mod scan;
mod write;

pub(super) use read::Shape;
pub use read::{Field, Fields, Lines, Quotes};
pub(super) use scan::{doubtful, next_line};
pub use write::{Line, write_field, write_quoted};
