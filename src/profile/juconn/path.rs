//! The path of a data point, and the names it has at the portal (manual, section 2.2.1 "Definition of controller name").

use core::fmt::{self, Write};

use super::tixml::is_name;

/// The path of a data point in the gateway, such as `/Process/Bus1/Device0/Var0`.
///
/// ```
/// use fibocom_mqtt::profile::juconn::DataPath;
///
/// let path = DataPath::new("/Process/MB/IO/Q/P0").unwrap();
/// assert_eq!((path.controller().to_string().as_str(), path.sensor()), ("Process_MB_IO_Q", "P0"));
/// assert_eq!(DataPath::new("/SerialNo").unwrap().controller().to_string(), "Get");
/// assert!(DataPath::new("/Process/PV/Supply temp").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataPath<'a> {
    path: &'a str,
    parent: &'a str,
    sensor: &'a str,
}

impl<'a> DataPath<'a> {
    /// A path, with or without its first slash. None if its names cannot be those of elements: the last one begins with a letter or an
    /// underscore, as does the first, and none has a space in it.
    pub fn new(path: &'a str) -> Option<Self> {
        let inner = path.strip_prefix('/').unwrap_or(path);
        let (parent, sensor) = inner.rsplit_once('/').unwrap_or(("", inner));
        let within = |segment: &str| {
            let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            !segment.is_empty() && segment.bytes().all(inside)
        };
        let first = parent.split('/').next().unwrap_or_default();
        let controller = parent.is_empty() && !inner.contains('/') || is_name(first) && parent.split('/').all(within);
        (controller && is_name(sensor)).then_some(Self { path, parent, sensor })
    }

    /// The path as it was given.
    pub const fn as_str(&self) -> &'a str {
        self.path
    }

    /// The name of the controller: all segments but the last, joined by underscores, or `Get` if there is only one.
    pub const fn controller(&self) -> Controller<'a> {
        Controller(self.parent)
    }

    /// Whether both are the same sensor for the portal, which different paths can be: `/A_B/x` and `/A/B/x`.
    pub(crate) fn is_same_sensor(&self, other: &DataPath<'_>) -> bool {
        self.sensor == other.sensor && self.controller() == other.controller()
    }

    /// The id of the sensor: the last segment.
    pub const fn sensor(&self) -> &'a str {
        self.sensor
    }
}

/// The name of a controller; `Display` writes it.
#[derive(Debug, Clone, Copy)]
pub struct Controller<'a>(&'a str);

impl<'a> Controller<'a> {
    /// How many bytes the name has.
    pub(crate) const fn len(&self) -> usize {
        if self.0.is_empty() { "Get".len() } else { self.0.len() }
    }

    fn chars(&self) -> impl Iterator<Item = char> + 'a {
        let parent = if self.0.is_empty() { "Get" } else { self.0 };
        parent
            .chars()
            .map(|character| if character == '/' { '_' } else { character })
    }
}

impl fmt::Display for Controller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| f.write_char(character))
    }
}

impl PartialEq for Controller<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.chars().eq(other.chars())
    }
}

impl Eq for Controller<'_> {}
