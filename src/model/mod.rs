//! The eighteen series of V1.3: what each can do and take, which of them a module is, and how its firmware speaks.
//!
//! The table is the default, the module is right, and the caller may overrule both.

mod capabilities;
mod dialect;
mod identify;
mod series;
#[cfg(test)]
mod tests;

pub use capabilities::{Capabilities, Feature, Known, Limit, Source};
pub use dialect::{DataForm, Dialect, Platform};
pub use identify::UnknownModel;
pub use series::Series;

use core::fmt;

use series::{CAUTIOUS, MODELS, Row};

/// A model or a series out of the table of V1.3 (the series list of its section 1, and the notes of its tables).
///
/// ```
/// use fibocom_mqtt::{Feature, Limit, Model, Series};
///
/// let model: Model = "NL668-AM".parse()?;
/// assert_eq!(model.series(), Some(Series::Nl66x));
/// let capabilities = model.capabilities();
/// assert!(!capabilities.feature(Feature::Tls).value);
/// assert_eq!(capabilities.limit(Limit::Password).value, 128);
/// # Ok::<(), fibocom_mqtt::UnknownModel>(())
/// ```
#[derive(Clone, Copy)]
pub struct Model(&'static Row);

impl Model {
    /// A model that is not in the table. It gets what every module has: the shortest lengths, and nothing that some lack.
    pub const UNKNOWN: Self = Self(&CAUTIOUS);

    /// Every series and named model of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        MODELS.iter().map(Self)
    }

    /// The model by what `AT+CGMM` or `AT+CGMR` printed, in any spelling: bare, with quotes, with its prefix, with a short name
    /// behind it. The longest name of the table that stands there counts; [`Model::UNKNOWN`] if none does.
    ///
    /// ```
    /// use fibocom_mqtt::Model;
    ///
    /// assert_eq!(Model::identify("+CGMM: \"MC665-CN-22-70\",\"MC665\"").name(), "MC665-CN-22");
    /// assert_eq!(Model::identify("FM350-GL"), Model::UNKNOWN);
    /// ```
    pub fn identify(text: &str) -> Self {
        identify::longest(text).unwrap_or(Self::UNKNOWN)
    }

    /// Its name in the table, where `x` stands for a digit; `unknown model` if it is not there.
    pub const fn name(&self) -> &'static str {
        self.0.name
    }

    /// The series that it belongs to, if it is known.
    pub const fn series(&self) -> Option<Series> {
        self.0.series
    }

    /// What the table says of it.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities::new(*self)
    }

    const fn row(&self) -> &'static Row {
        self.0
    }
}

impl Default for Model {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

/// Names are unique in the table.
impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Model {}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Model({})", self.0.name)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

#[cfg(all(feature = "defmt", target_os = "none"))]
impl defmt::Format for Model {
    fn format(&self, f: defmt::Formatter) {
        defmt::write!(f, "{=str}", self.0.name);
    }
}
