//! Why a text is not TiXML.

/// A text that is not TiXML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[error("not TiXML at byte {at}: {problem}")]
pub struct TixmlError {
    /// Where, in bytes from the start of the text.
    pub at: usize,
    /// What is wrong there.
    pub problem: TixmlProblem,
}

/// What is wrong in a text that is not TiXML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum TixmlProblem {
    /// The bytes are not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// The text ends within a tag, a comment or an element.
    #[error("the text ends here, and something is missing")]
    End,
    /// A tag without a name.
    #[error("a tag needs a name")]
    Name,
    /// Something in a tag that is neither an attribute nor its end, as after a name with a space in it.
    #[error("an attribute and its value are expected, and names have no spaces")]
    Attribute,
    /// An attribute that is in a tag twice. Which of the two counts is nobody's to guess.
    #[error("an attribute is there twice")]
    Twice,
    /// A closing tag that does not belong to what is open.
    #[error("this closing tag does not belong to the element that is open")]
    Close,
    /// Text that is in no element.
    #[error("text stands outside of every element")]
    Text,
    /// Markup that TiXML does not have, such as a CDATA section.
    #[error("this markup does not belong to TiXML")]
    Markup,
    /// More than [`MAX_DEPTH`](super::MAX_DEPTH) elements in one another.
    #[error("elements are nested too deep")]
    Depth,
}
