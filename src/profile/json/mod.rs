//! JSON as the profiles need it (RFC 8259): a reader that borrows, and a strict writer.
//!
//! A document is checked once and whole, in one pass without recursion; what is taken from it afterwards borrows from it and cannot
//! fail.
//!
//! ```
//! use fibocom_mqtt::profile::json::{Value, Writer};
//!
//! let request = Value::parse(r#"{ "command": "get_pulse_total,1", "tries": 3 }"#)?;
//! let request = request.as_object().unwrap();
//! assert_eq!(request.get("command").and_then(|command| command.as_str()).unwrap(), "get_pulse_total,1");
//! assert_eq!(request.get("tries").and_then(|tries| tries.as_u64()), Some(3));
//!
//! let mut answer = String::new();
//! Writer::new(&mut answer).object(|answer| {
//!     answer.member("result").string("Success")?;
//!     answer.member("degrees").array(|degrees| degrees.element().number(21.5))
//! }).unwrap();
//! assert_eq!(answer, r#"{"result":"Success","degrees":[21.5]}"#);
//! # Ok::<(), fibocom_mqtt::profile::json::JsonError>(())
//! ```

mod check;
mod container;
mod error;
mod number;
mod string;
mod value;
mod writer;

pub use container::{Array, Elements, Members, Object};
pub use error::{JsonError, JsonProblem};
pub use number::Number;
pub use string::{Chars, JsonStr};
pub use value::{Kind, Value};
pub use writer::{ArrayWriter, ObjectWriter, Style, Writer};

/// How deep objects and arrays may be nested in a document that is read.
pub const MAX_DEPTH: u32 = u32::BITS;
