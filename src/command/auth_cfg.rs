//! `AT+MQTTAUTHCFG`: credentials for a cloud, computed by the module (V1.3 section 1.18).

use core::fmt;

use super::{ANSWER, Done, at_command};
use crate::codec::{Encoder, cloud, grammar};
use crate::error::InvalidInput;
use crate::types::cloud::Request;
use crate::types::cloud::form::{self, Answer, Argument, Form};
use crate::types::{Escapes, Text};

/// `AT+MQTTAUTHCFG=cloud,…` with one of the nine requests of [`cloud`](crate::cloud), for use on atat's own client;
/// [`Modem::authenticate`](crate::Modem::authenticate) needs no room but the caller's. `N` bytes are kept of each string of the answer.
///
/// ```
/// use fibocom_mqtt::cloud::Huawei;
/// use fibocom_mqtt::{Escapes, command::AuthCfg};
///
/// let command = AuthCfg::<_, 128>::new(Huawei::new("device-id", "s3cret"), Escapes::Unknown)?;
/// # let _ = command;
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AuthCfg<R, const N: usize> {
    request: R,
    escapes: Escapes,
}

impl<R: Request, const N: usize> AuthCfg<R, N> {
    /// Checks a request, for firmware that makes this of a backslash.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] names the argument that is empty, too long, or holds what cannot be sent.
    pub fn new(request: R, escapes: Escapes) -> Result<Self, InvalidInput> {
        form::check(&request, escapes)?;
        Ok(Self { request, escapes })
    }

    fn encode(&self, buffer: &mut [u8]) -> usize {
        encode(buffer, "+MQTTAUTHCFG", &self.request, self.escapes)
    }

    fn answer(&self, answer: &[u8]) -> Option<AuthAnswer<N>> {
        let kind = self.request.answer();
        if kind == Answer::Nothing {
            return Some(AuthAnswer::default());
        }
        let found = cloud::auth_answer(answer, self.request.cloud(), kind == Answer::ServerAndCredentials)?;
        let copy = |text: &[u8]| heapless::Vec::from_slice(text).ok();
        Some(AuthAnswer {
            server: match found.server {
                Some((host, port)) => Some((copy(host)?, port)),
                None => None,
            },
            user: copy(found.user)?,
            password: copy(found.password)?,
            client_id: copy(found.client_id)?,
        })
    }
}

at_command!([R: Request, const N: usize] AuthCfg<R, N> => AuthAnswer<N>, ANSWER, Self::answer);

/// The answer to [`AuthCfg`]. For AWS, which gives nothing, all of it is empty. `Debug` does not show the password.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct AuthAnswer<const N: usize> {
    /// Host and port of the server, which Tuya names.
    pub server: Option<(heapless::Vec<u8, N>, u16)>,
    /// User name.
    pub user: heapless::Vec<u8, N>,
    /// Password.
    pub password: heapless::Vec<u8, N>,
    /// MQTT's client identifier.
    pub client_id: heapless::Vec<u8, N>,
}

impl<const N: usize> atat::AtatResp for AuthAnswer<N> {}

impl<const N: usize> fmt::Debug for AuthAnswer<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthAnswer")
            .field("server", &self.server)
            .field("user", &self.user)
            .field("password", &"[redacted]")
            .field("client_id", &self.client_id)
            .finish()
    }
}

/// `AT+MQTTAUTHCFG=4,0`: ends what [`Tuya`](crate::cloud::Tuya) began. Whether a line comes in front of its `OK` is not specified.
#[derive(Debug, Clone, Copy)]
pub struct TuyaOff;

impl TuyaOff {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTAUTHCFG").number(4u8).number(0u8).end()
    }
}

at_command!([] TuyaOff => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTAUTHCFG=?`: the clouds that the module computes credentials for. Modules without the cloud commands refuse it. Its nine
/// lines take a line buffer of 640 bytes.
#[derive(Debug, Clone, Copy)]
pub struct TestAuthCfg;

/// The answer to [`TestAuthCfg`] or [`TestAuthDyn`](super::TestAuthDyn): the numbers of the clouds, in the module's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clouds(heapless::Vec<u8, 16>);

impl Clouds {
    /// The numbers, as the manual has them.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// Whether the cloud with this number is among them.
    pub fn contains(&self, cloud: u8) -> bool {
        self.0.contains(&cloud)
    }

    /// Every line that begins with a number, behind `name` or without it: the manual prints the ninth so. Lines of anything else,
    /// and more than sixteen, are passed over.
    pub(super) fn listed(name: &[u8], answer: &[u8]) -> Self {
        let clouds = grammar::lines(answer).filter_map(|line| {
            let text = grammar::prefix(name, line).unwrap_or(line);
            grammar::first_id(text).ok().map(|(_, cloud)| cloud)
        });
        let mut listed = heapless::Vec::new();
        for cloud in clouds {
            let _ = listed.push(cloud);
        }
        Self(listed)
    }
}

impl atat::AtatResp for Clouds {}

impl TestAuthCfg {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTAUTHCFG=?").end()
    }
}

at_command!([] TestAuthCfg => Clouds, ANSWER, |_, answer| Some(Clouds::listed(b"+MQTTAUTHCFG", answer)));

/// A set form whose answer the driver takes itself. The form must have been checked.
#[derive(Clone, Copy)]
pub(crate) struct CloudForm<'a> {
    pub(crate) name: &'static str,
    pub(crate) form: &'a dyn Form,
    pub(crate) escapes: Escapes,
}

impl CloudForm<'_> {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        encode(buffer, self.name, self.form, self.escapes)
    }
}

at_command!([] CloudForm<'_> => Done, ANSWER, |_, _| Some(Done));

/// `NAME=cloud,…`
pub(super) fn encode(buffer: &mut [u8], name: &str, form: &dyn Form, escapes: Escapes) -> usize {
    let arguments = form.arguments();
    let command = Encoder::new(buffer, name).number(form.cloud());
    let command = arguments.iter().fold(command, |command, argument| match *argument {
        // What could not be sent was refused before.
        Argument::Text(field, _, text) => command.text(Text::new(field, text, escapes).unwrap_or(Text::from_topic(""))),
        Argument::Port(port) => command.number(port),
        Argument::Number(number) => command.number(number),
    });
    command.end()
}
