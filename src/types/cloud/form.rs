//! What the requests to a cloud have in common: the number of the cloud, and the arguments behind it.

use crate::error::{Field, InvalidInput};
use crate::types::{Escapes, Text};

/// The longest string that most arguments may be, in bytes (V1.3 sections 1.17 and 1.18).
pub const SHORT: usize = 128;

/// The same for hosts, urls, tokens, and the names of China Telecom's AEP.
pub const LONG: usize = 255;

/// An argument of a set form.
#[derive(Clone, Copy)]
pub enum Argument<'a> {
    /// A string in quotes that must not be empty, of at most so many bytes.
    Text(Field, usize, &'a str),
    /// A TCP port.
    Port(u16),
    /// A switch or a mode.
    Number(u8),
}

/// The arguments behind the number of the cloud, in their order.
pub type Arguments<'a> = heapless::Vec<Argument<'a>, 6>;

/// What an answer to `AT+MQTTAUTHCFG` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing but `OK`.
    Nothing,
    /// User name, password and client id.
    Credentials,
    /// Host and port, then the same.
    ServerAndCredentials,
}

/// A set form of `AT+MQTTAUTHCFG` or `AT+MQTTAUTHDYN`.
pub trait Form: Sync {
    /// The number of the cloud.
    fn cloud(&self) -> u8;

    /// The arguments behind it.
    fn arguments(&self) -> Arguments<'_>;

    /// What the answer to `AT+MQTTAUTHCFG` holds.
    fn answer(&self) -> Answer {
        Answer::Credentials
    }
}

/// Refuses what the command cannot carry.
pub(crate) fn check(form: &dyn Form, escapes: Escapes) -> Result<(), InvalidInput> {
    for argument in &form.arguments() {
        match *argument {
            Argument::Text(field, _, "") => return Err(InvalidInput::Empty { field }),
            Argument::Text(field, max, text) if text.len() > max => {
                let len = text.len();
                return Err(InvalidInput::TooLong { field, len, max });
            }
            // What names a device comes back in the credentials, where the module escapes nothing.
            Argument::Text(field, _, text) if field.comes_back() => drop(Text::new(field, text, Escapes::Unknown)?),
            Argument::Text(field, _, text) => drop(Text::new(field, text, escapes)?),
            Argument::Port(0) => {
                return Err(InvalidInput::Range {
                    field: Field::Port,
                    value: 0,
                    min: 1,
                    max: u32::from(u16::MAX),
                });
            }
            Argument::Port(_) | Argument::Number(_) => {}
        }
    }
    Ok(())
}

/// Defines a request: the number of its cloud, in brackets a number that always comes first, what its answer holds; then its
/// arguments in their order, and switches that are sent behind them. A `secret` is not shown by `Debug`.
macro_rules! form {
    (
        $(#[$doc:meta])*
        $name:ident<$life:lifetime> = $cloud:literal $([$first:literal])? $(-> $answer:ident)?: $new:literal
        { $($(#[$argument_doc:meta])* $argument:ident: $type:ty = $kind:ident$(($field:ident, $max:ident))?,)* }
        { $($switch:ident: $switch_type:ty = $default:expr,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct $name<$life> {
            $($argument: $type,)*
            $($switch: $switch_type,)*
        }

        impl<$life> $name<$life> {
            #[doc = $new]
            pub const fn new($($argument: $type),*) -> Self {
                Self { $($argument,)* $($switch: $default,)* }
            }
        }

        impl $crate::types::cloud::form::Form for $name<'_> {
            fn cloud(&self) -> u8 {
                $cloud
            }

            fn arguments(&self) -> $crate::types::cloud::form::Arguments<'_> {
                use $crate::types::cloud::form::{self, Argument};
                heapless::Vec::from_array([
                    $(Argument::Number($first),)?
                    $(form!(@argument $kind $(($field, $max))?, self.$argument),)*
                    $(Argument::Number(u8::from(self.$switch)),)*
                ])
            }

            $(fn answer(&self) -> $crate::types::cloud::form::Answer {
                $crate::types::cloud::form::Answer::$answer
            })?
        }

        /// Prints no secret.
        impl core::fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($argument), form!(@shown $kind, self.$argument)))*
                    $(.field(stringify!($switch), &self.$switch))*
                    .finish()
            }
        }

        #[cfg(all(feature = "defmt", target_os = "none"))]
        impl defmt::Format for $name<'_> {
            fn format(&self, f: defmt::Formatter) {
                defmt::write!(f, "{=str} [redacted]", stringify!($name));
            }
        }
    };
    (@argument port, $value:expr) => { Argument::Port($value) };
    (@argument $kind:ident ($field:ident, $max:ident), $value:expr) => {
        Argument::Text($crate::error::Field::$field, form::$max, $value)
    };
    (@shown secret, $value:expr) => { &"[redacted]" };
    (@shown $kind:ident, $value:expr) => { &$value };
}
pub(super) use form;
