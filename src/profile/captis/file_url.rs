//! Where a firmware is, which may be a secret.

use core::fmt;

use super::configuration::Hidden;

/// Where a file is. Such a URL may hold a user name and a password, or a signature: neither `Debug` nor a log line shows more of it than its
/// scheme and its host. [`as_str`](Self::as_str) and `Display` give all of it.
///
/// ```
/// use fibocom_mqtt::profile::captis::FileUrl;
///
/// let url = FileUrl::new("https://meter:s3cret@fota.example.com:8443/7.bin?signature=0123");
/// assert_eq!(format!("{url:?}"), "https://fota.example.com [63 bytes]");
/// assert!(url.as_str().ends_with("0123"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FileUrl<'a>(&'a str);

impl<'a> FileUrl<'a> {
    /// Any text is taken as it is.
    pub const fn new(url: &'a str) -> Self {
        Self(url)
    }

    /// All of it.
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// Scheme and host, where they can be told from what is secret for certain.
    fn shown(self) -> Option<(&'a str, &'a str)> {
        let (scheme, rest) = self.0.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, behind) = rest.split_at_checked(end)?;
        // The end was in the midst of a password, perhaps.
        if behind.contains('@') {
            return None;
        }
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let host = match host.split_once(']') {
            Some((host, _)) => host.strip_prefix('[')?,
            None => host.split_once(':').map_or(host, |(host, _)| host),
        };
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'+');
        (host.bytes().all(known) && scheme.bytes().all(known)).then_some((scheme, host))
    }
}

impl fmt::Debug for FileUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((scheme, host)) = self.shown() {
            write!(f, "{scheme}://{host} ")?;
        }
        Hidden(self.0.len()).fmt(f)
    }
}

#[cfg(all(feature = "defmt", target_os = "none"))]
impl defmt::Format for FileUrl<'_> {
    fn format(&self, f: defmt::Formatter) {
        if let Some((scheme, host)) = self.shown() {
            defmt::write!(f, "{=str}://{=str} ", scheme, host);
        }
        defmt::write!(f, "[{=usize} bytes]", self.0.len());
    }
}

impl fmt::Display for FileUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl<'a> From<&'a str> for FileUrl<'a> {
    fn from(url: &'a str) -> Self {
        Self::new(url)
    }
}
