//! Why a document is not JSON.

/// Bytes that are not a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("not JSON at byte {at}: {problem}")]
pub struct JsonError {
    /// Where, in bytes from the start of the document.
    pub at: usize,
    /// What is wrong there.
    pub problem: JsonProblem,
}

/// What is wrong in a document that is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum JsonProblem {
    /// The bytes are not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// The document ends too early.
    #[error("the document ends here, and something is missing")]
    End,
    /// Neither a string, a number, an object, an array, `true`, `false` nor `null`.
    #[error("a value is expected")]
    Value,
    /// The name of a member has to follow.
    #[error("a name in double quotes is expected")]
    Name,
    /// The name of a member without its value.
    #[error("a colon is expected")]
    Colon,
    /// A member of an object, and then something else.
    #[error("a comma or a closing brace is expected")]
    CommaOrBrace,
    /// An element of an array, and then something else.
    #[error("a comma or a closing bracket is expected")]
    CommaOrBracket,
    /// A number has no digit where one has to be, or a zero too many.
    #[error("this is not a number")]
    Number,
    /// A backslash and then something that is not an escape.
    #[error("this is not an escape sequence")]
    Escape,
    /// A control character in a string, which has to be escaped.
    #[error("a control character has to be escaped")]
    Control,
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) objects and arrays in one another.
    #[error("objects and arrays are nested too deep")]
    Depth,
    /// Something follows the document.
    #[error("something follows the end of the document")]
    Trailing,
}
