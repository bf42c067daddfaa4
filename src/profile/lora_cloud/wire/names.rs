//! Words with a meaning, and room for those that the service may add.

/// An enum of words, each with its text, and `Other` for the rest.
macro_rules! names {
    ($(#[$meta:meta])* $name:ident: $expected:literal { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// A word that is not known here. It is kept, and never sent.
            Other(crate::profile::lora_cloud::Name),
        }

        impl $name {
            /// The word as the service writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(name) => name,
                }
            }

            /// Whether it is known; `field` is where it stands.
            fn check(&self, field: &'static str) -> Result<(), crate::profile::lora_cloud::Invalid> {
                use crate::profile::lora_cloud::{Invalid, Reason};
                match self {
                    Self::Other(_) => Err(Invalid::new(field, Reason::Value)),
                    _ => Ok(()),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self {
                    Self::Other(name) => write!(f, "{name}"),
                    _ => f.write_str(self.as_str()),
                }
            }
        }

        impl crate::profile::lora_cloud::wire::FromChars for $name {
            const EXPECTED: &'static str = $expected;

            fn from_chars(
                chars: &mut dyn Iterator<Item = char>,
            ) -> Result<Self, crate::profile::lora_cloud::wire::Refused> {
                let name = crate::profile::lora_cloud::Name::from_chars(chars)?;
                Ok(match name.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Other(name),
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::profile::lora_cloud::wire::read_chars(deserializer)
            }
        }
    };
}

pub(in super::super) use names;
