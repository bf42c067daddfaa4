//! `AT+MQTTAUTHDYN`: registering a device with its cloud (V1.3 section 1.17).

use super::auth_cfg::encode;
use super::{ANSWER, Clouds, Done, at_command};
use crate::codec::Encoder;
use crate::error::InvalidInput;
use crate::types::Escapes;
use crate::types::cloud::Registration;
use crate::types::cloud::form;

/// `AT+MQTTAUTHDYN=cloud,…` with one of the three registrations of [`cloud`](crate::cloud), for use on atat's own client; the driver has
/// [`Modem::register_device`](crate::Modem::register_device).
///
/// After `OK` the result comes in a line of its own: an unsolicited one for atat's client. It carries the secret of the device, and is to be read with
/// [`RegistrationAnswer`](crate::cloud::RegistrationAnswer).
///
/// ```
/// use fibocom_mqtt::cloud::AliyunRegistration;
/// use fibocom_mqtt::{Escapes, command::AuthDyn};
///
/// let request = AliyunRegistration::new("iot-auth.example.com", 443, "a1ProductKey", "s3cret", "meter-7");
/// let command = AuthDyn::new(request, Escapes::Unknown)?;
/// # let _ = command;
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AuthDyn<R> {
    request: R,
    escapes: Escapes,
}

impl<R: Registration> AuthDyn<R> {
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
        encode(buffer, "+MQTTAUTHDYN", &self.request, self.escapes)
    }
}

at_command!([R: Registration] AuthDyn<R> => Done, ANSWER, |_, _| Some(Done));

/// `AT+MQTTAUTHDYN=?`: the clouds that the module registers devices with. Modules without the cloud commands refuse it.
#[derive(Debug, Clone, Copy)]
pub struct TestAuthDyn;

impl TestAuthDyn {
    fn encode(&self, buffer: &mut [u8]) -> usize {
        Encoder::new(buffer, "+MQTTAUTHDYN=?").end()
    }
}

at_command!([] TestAuthDyn => Clouds, ANSWER, |_, answer| Some(Clouds::listed(b"+MQTTAUTHDYN", answer)));
