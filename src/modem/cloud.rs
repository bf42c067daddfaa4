//! Credentials for a cloud, and registering a device with it (`AT+MQTTAUTHCFG`, `AT+MQTTAUTHDYN`; V1.3 sections 1.17 and 1.18).

use core::time::Duration;

use embedded_io_async::{Read, Write};

use super::{ANSWER, Modem};
use crate::Clock;
use crate::cloud::{CloudCredentials, Registration, RegistrationAnswer, Request as CloudRequest};
use crate::codec::cloud::auth_answer;
use crate::command::{CloudForm, TuyaOff};
use crate::engine::{ENGINE_LINE, Kind, Request};
use crate::error::Error;
use crate::model::Feature;
use crate::types::cloud::Granted;
use crate::types::cloud::form::{self, Answer, Form};

/// Time for the result line of a registration, for which the module goes out into the network. The manual says 1 s.
const REGISTERED: Duration = Duration::from_secs(30);

/// Bytes of an answer beside its strings: name, number, quotes, commas, line end.
const AROUND: usize = 32;

/// What is wrong with an answer.
enum Flaw {
    /// It does not fit into so much of a buffer.
    TooLong { len: usize, max: usize },
    /// It is not what the manual says.
    Malformed,
    /// It says that there is nothing.
    Refused,
}

impl<E> From<Flaw> for Error<E> {
    fn from(flaw: Flaw) -> Self {
        match flaw {
            Flaw::TooLong { len, max } => Self::AnswerBuffer { len, max },
            Flaw::Malformed => Self::Unexpected,
            Flaw::Refused => Self::Refused,
        }
    }
}

impl<T, C> Modem<'_, T, C>
where
    T: Read + Write,
    C: Clock,
{
    /// Has the module compute user name, password and client id for a cloud (`AT+MQTTAUTHCFG`; V1.3 section 1.18), for
    /// [`CloudCredentials::options`] and [`connect`](crate::Client::connect).
    ///
    /// The strings are copied into `buffer`, and wiped from the line buffer. They take 100 to 200 bytes in all where the names
    /// of the device are short, and several hundred where they come near their greatest length, so pass 512, or 1024 then; the line
    /// buffer needs 100 bytes more than the strings take.
    /// The transmit buffer holds the arguments and 60 bytes. If one of them is too small, nothing is lost: the module computes the same
    /// again.
    ///
    /// The manual demands SIM and registration for it, so call [`bring_up`](Self::bring_up) first.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before a byte is written, also for models without these commands; [`Error::Module`] if the module refuses;
    /// [`Error::AnswerBuffer`] says how large a buffer is needed; [`Error::LineBuffer`] if the answer does not fit the line buffer;
    /// [`Error::Unexpected`] if it could not be read.
    ///
    /// # Cancel safety
    ///
    /// A dropped call is brought to its end by the next one, and its answer is discarded.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// use fibocom_mqtt::{ConnectionId, cloud::Aliyun};
    ///
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let mut buffer = [0; 512];
    /// let credentials = modem.authenticate(&Aliyun::new("a1ProductKey", "meter-7", "s3cret"), &mut buffer).await?;
    /// let host = "a1ProductKey.iot-as-mqtt.cn-shanghai.aliyuncs.com";
    /// modem.client(ConnectionId::FIRST).connect(&credentials.options(host, 1883)).await?;
    /// # Ok(()) }
    /// ```
    pub async fn authenticate<'buf>(
        &mut self,
        request: &impl CloudRequest,
        buffer: &'buf mut [u8],
    ) -> Result<CloudCredentials<'buf>, Error<T::Error>> {
        let kind = Request::plain(ANSWER);
        self.engine.use_cloud_events();
        self.ask_cloud("+MQTTAUTHCFG", request, kind).await?;
        let credentials = credentials(self.engine.answer(), request, buffer);
        self.engine.forget_answer();
        credentials.map_err(Error::from)
    }

    /// Ends what [`authenticate`](Self::authenticate) with [`Tuya`](crate::cloud::Tuya) began (`AT+MQTTAUTHCFG=4,0`; V1.3 section 1.18).
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before a byte is written for models without these commands; [`Error::Module`] if the module refuses.
    ///
    /// # Cancel safety
    ///
    /// A dropped call is brought to its end by the next one.
    pub async fn tuya_off(&mut self) -> Result<(), Error<T::Error>> {
        self.engine.capabilities.require(Feature::AuthCommands)?;
        self.send(&TuyaOff).await.map(drop)
    }

    /// Registers a device with its cloud by the secret of its product, and gives the secret that the cloud has given the device
    /// (`AT+MQTTAUTHDYN`; V1.3 section 1.17). The device goes on to its credentials by its `request`.
    ///
    /// The secret is copied into `buffer`, and wiped from the line buffer. A cloud may give it only once, so room is asked for
    /// before a byte is written: 128 bytes of `buffer`, 256 for China Unicom, and in the line buffer that, product key, name of the device and
    /// 80 bytes more; 512 always suffice. The transmit buffer holds the arguments and 60 bytes.
    ///
    /// The module has 30 s for the result. If none comes, the outcome is unknown: the device may be registered. The result may still
    /// come, and nothing in it says whose it is, so until then, or until the module was restarted or attached to again, no other
    /// registration is begun, and lines that the driver does not know are neither shown nor offered.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`], [`Error::AnswerBuffer`] and [`Error::LineBuffer`] before a byte is written; the latter two also for an answer that is longer
    /// than the manual allows, and then the secret is lost. [`Error::Module`] if the module refuses, [`Error::Refused`] if China
    /// Unicom does (status 1). [`Error::Unknown`] if no result came. [`Error::Unsettled`] while that of an earlier call is
    /// owed. [`Error::Unexpected`] if the result could not be read, or names another device.
    ///
    /// # Cancel safety
    ///
    /// A dropped call is brought to its end by the next one, which may take 40 s, and its answer is discarded, the secret with it.
    ///
    /// ```
    /// # use embedded_io_async::{Read, Write};
    /// # use fibocom_mqtt::{Clock, Error, Modem};
    /// use fibocom_mqtt::cloud::AliyunRegistration;
    ///
    /// # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
    /// let request = AliyunRegistration::new("iot-auth.example.com", 443, "a1ProductKey", "product secret", "meter-7");
    /// let (mut secret, mut buffer) = ([0; 128], [0; 512]);
    /// let device = modem.register_device(&request, &mut secret).await?;
    /// // Store device.device_secret() here.
    /// let credentials = modem.authenticate(&device.request(), &mut buffer).await?;
    /// # let _ = credentials;
    /// # Ok(()) }
    /// ```
    pub async fn register_device<'buf, R>(
        &mut self,
        request: &R,
        buffer: &'buf mut [u8],
    ) -> Result<R::Device<'buf>, Error<T::Error>>
    where
        R: Registration + 'buf,
    {
        if buffer.len() < R::GRANTED {
            let (len, max) = (R::GRANTED, buffer.len());
            return Err(Error::AnswerBuffer { len, max });
        }
        let (key, name) = request.names().unwrap_or_default();
        let strings = [R::GRANTED, key.len(), name.len(), AROUND, ENGINE_LINE];
        let max = self.engine.line_size();
        if strings.into_iter().fold(0, usize::saturating_add) > max {
            return Err(Error::LineBuffer { max });
        }
        self.engine.use_dynamic();
        let kind = Request {
            kind: Kind::Dynamic(request.cloud()),
            answer: ANSWER,
            result: REGISTERED,
        };
        self.ask_cloud("+MQTTAUTHDYN", request, kind).await?;
        let granted = granted(self.engine.answer(), request.names(), buffer);
        self.engine.forget_answer();
        Ok(request.device(granted?))
    }

    /// Runs a set form, whose answer is then in the line buffer.
    async fn ask_cloud(
        &mut self,
        name: &'static str,
        form: &dyn Form,
        request: Request,
    ) -> Result<(), Error<T::Error>> {
        // Before a module that sleeps is woken for nothing.
        self.engine.capabilities.require(Feature::AuthCommands)?;
        let escapes = self.engine.dialect.string_escapes();
        form::check(form, escapes)?;
        self.exchange(&CloudForm { name, form, escapes }, &[], request)
            .await
            .map(drop)
    }
}

/// The credentials in an answer, copied.
fn credentials<'buf>(
    answer: &[u8],
    request: &dyn Form,
    buffer: &'buf mut [u8],
) -> Result<CloudCredentials<'buf>, Flaw> {
    let kind = request.answer();
    if kind == Answer::Nothing {
        return Ok(CloudCredentials::default());
    }
    let server = kind == Answer::ServerAndCredentials;
    let found = auth_answer(answer, request.cloud(), server).ok_or(Flaw::Malformed)?;
    let (host, port) = found.server.unwrap_or_default();
    let [host, user, password, client_id] = copy([host, found.user, found.password, found.client_id], buffer)?;
    Ok(CloudCredentials {
        server: server.then_some((host, port)),
        user,
        password,
        client_id,
    })
}

/// What the cloud has given to the device, copied. The answer must be about the device that was asked for.
fn granted<'buf>(answer: &[u8], names: Option<(&str, &str)>, buffer: &'buf mut [u8]) -> Result<Granted<'buf>, Flaw> {
    let (secret, token) = match RegistrationAnswer::parse(answer).ok_or(Flaw::Malformed)? {
        RegistrationAnswer::Aliyun {
            product_key,
            device_name,
            device_secret,
        } if names.is_none_or(|(key, name)| (key.as_bytes(), name.as_bytes()) == (product_key, device_name)) => {
            (Some(device_secret), &[][..])
        }
        RegistrationAnswer::Tencent { encryption: 1, .. } => (None, &[][..]),
        RegistrationAnswer::Tencent {
            encryption: 2,
            device_secret,
        } => (device_secret, &[][..]),
        RegistrationAnswer::Unicom {
            status: 0,
            device_secret,
            token,
        } => (Some(device_secret), token),
        RegistrationAnswer::Unicom { status: 1, .. } => return Err(Flaw::Refused),
        _ => return Err(Flaw::Malformed),
    };
    let [device_secret, token] = copy([secret.unwrap_or_default(), token], buffer)?;
    Ok(Granted {
        device_secret: secret.map(|_| device_secret),
        token,
    })
}

/// Copies texts into a buffer, one behind the other.
fn copy<'buf, const N: usize>(texts: [&[u8]; N], buffer: &'buf mut [u8]) -> Result<[&'buf str; N], Flaw> {
    let (len, max) = (
        texts.iter().map(|text| text.len()).fold(0, usize::saturating_add),
        buffer.len(),
    );
    if texts.iter().any(|text| core::str::from_utf8(text).is_err()) {
        return Err(Flaw::Malformed);
    }
    if len > max {
        return Err(Flaw::TooLong { len, max });
    }
    let mut rest = buffer;
    let mut copied = [""; N];
    for (place, text) in copied.iter_mut().zip(texts) {
        let (here, behind) = rest
            .split_at_mut_checked(text.len())
            .ok_or(Flaw::TooLong { len, max })?;
        here.copy_from_slice(text);
        *place = core::str::from_utf8(here).map_err(|_| Flaw::Malformed)?;
        rest = behind;
    }
    Ok(copied)
}
