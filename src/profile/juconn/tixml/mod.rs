//! TiXML, the simplified XML of FP gateways: a tolerant reader that borrows, and a strict writer.
//!
//! A message is several elements in a row, mostly between braces and behind an XML declaration (manual, sections 2 to 5). The reader takes
//! it with or without both, in the brackets of a command frame, with comments that XML would refuse, with attributes without quotes, and
//! in any order. A text is checked once and whole, without recursion; what is taken from it afterwards borrows from it and cannot fail.
//!
//! ```
//! use fibocom_mqtt::profile::juconn::tixml::{Document, Writer};
//!
//! let answer = Document::parse("{<?xml version=\"1.0\"?> <!------ odd -----> <unit _=\"&#xb0;C\"/> <Get><P0 _=1 /></Get>}")?;
//! assert_eq!(answer.get("unit").and_then(|unit| unit.value()).unwrap(), "°C");
//! let point = answer.get("Get").and_then(|get| get.get("P0")).unwrap();
//! assert_eq!((point.name(), point.raw()), ("P0", "<P0 _=1 />"));
//!
//! let mut command = String::new();
//! Writer::new(&mut command).element("Set").attribute("_", "/Process/PV/Test")?.attribute("value", 10)?.empty()?;
//! assert_eq!(command, r#"<Set _="/Process/PV/Test" value="10"/>"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod element;
mod error;
mod scanner;
mod text;
mod writer;

pub use element::{Attributes, Document, Element, Elements};
pub use error::{TixmlError, TixmlProblem};
pub use scanner::{Scanner, Token};
pub use text::{Text, TextChars};
pub use writer::{ElementWriter, Writer, is_name};
pub(crate) use writer::{Escaped, write_text};

/// How deep elements may be nested. The manual's deepest answer has eight levels (section 5).
pub const MAX_DEPTH: usize = 16;
