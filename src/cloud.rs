//! Clouds that the module knows: it computes a device's credentials, and registers a device (V1.3 sections 1.17 to 1.19). For models with
//! [`Feature::AuthCommands`](crate::Feature::AuthCommands); the others refuse every call by type.
//!
//! Three strings of a device lead to a session in two calls, [`authenticate`](crate::Modem::authenticate) and
//! [`connect`](crate::Client::connect):
//!
//! ```
//! # use embedded_io_async::{Read, Write};
//! # use fibocom_mqtt::{Clock, Error, Modem};
//! use fibocom_mqtt::{ConnectionId, cloud::Aliyun};
//!
//! # async fn example<T: Read + Write, C: Clock>(modem: &mut Modem<'_, T, C>) -> Result<(), Error<T::Error>> {
//! let mut buffer = [0; 512];
//! let credentials = modem.authenticate(&Aliyun::new("a1ProductKey", "meter-7", "s3cret"), &mut buffer).await?;
//! let host = "a1ProductKey.iot-as-mqtt.cn-shanghai.aliyuncs.com";
//! modem.client(ConnectionId::FIRST).connect(&credentials.options(host, 1883)).await?;
//! # Ok(()) }
//! ```
//!
//! A device that has no secret yet is registered with that of its product first:
//! [`register_device`](crate::Modem::register_device).

pub use crate::codec::cloud::RegistrationAnswer;
pub use crate::types::cloud::{
    Aep, Aliyun, AliyunDevice, AliyunRegistration, Aws, Baidu, CloudCredentials, Huawei, OneNet, Registration, Request,
    Tencent, TencentDevice, TencentRegistration, Tuya, TuyaEvent, Unicom, UnicomDevice, UnicomRegistration,
};
