//! The requests for credentials: the nine clouds of `AT+MQTTAUTHCFG` (V1.3 section 1.18).

use super::form::{Answer, Arguments, Form, form};

/// A request for credentials, for [`Modem::authenticate`](crate::Modem::authenticate): one of the nine clouds that modules know.
pub trait Request: Form {}

form! {
    /// Alibaba Cloud, with the three strings of a device. Without TLS unless [`tls`](Self::tls) says so.
    ///
    /// ```
    /// use fibocom_mqtt::cloud::Aliyun;
    ///
    /// const REQUEST: Aliyun<'static> = Aliyun::new("a1ProductKey", "meter-7", "s3cret");
    /// assert!(!format!("{REQUEST:?}").contains("s3cret"));
    /// ```
    Aliyun<'a> = 1: "The product key, the name of the device, and its secret: up to 128 bytes each." {
        product_key: &'a str = shown(ProductKey, SHORT),
        device_name: &'a str = shown(DeviceName, SHORT),
        device_secret: &'a str = secret(DeviceSecret, SHORT),
    } {
        tls: bool = false,
    }
}

impl Aliyun<'_> {
    /// Asks for credentials of a connection with TLS. The connection itself is made so by
    /// [`ConnectOptions::tls`](crate::ConnectOptions::tls).
    pub const fn tls(mut self) -> Self {
        self.tls = true;
        self
    }
}

form! {
    /// Tencent Cloud, with the three strings of a device.
    Tencent<'a> = 2: "The product key, the name of the device, and its secret: up to 128 bytes each." {
        product_key: &'a str = shown(ProductKey, SHORT),
        device_name: &'a str = shown(DeviceName, SHORT),
        device_secret: &'a str = secret(DeviceSecret, SHORT),
    } {}
}

form! {
    /// Huawei Cloud.
    Huawei<'a> = 3: "The device's id and its secret: up to 128 bytes each." {
        device_id: &'a str = shown(DeviceId, SHORT),
        device_secret: &'a str = secret(DeviceSecret, SHORT),
    } {}
}

form! {
    /// Tuya, which also names the server: [`CloudCredentials::server`](super::CloudCredentials::server). From then on the module
    /// reports [`TuyaEvent`](super::TuyaEvent)s, until [`Modem::tuya_off`](crate::Modem::tuya_off).
    Tuya<'a> = 4 [1] -> ServerAndCredentials: "The product key, the device's UUID, and its authorisation key: up to 128 bytes each." {
        product_key: &'a str = shown(ProductKey, SHORT),
        uuid: &'a str = shown(Uuid, SHORT),
        auth_key: &'a str = secret(AuthKey, SHORT),
    } {}
}

form! {
    /// OneNET of China Mobile.
    OneNet<'a> = 5: "The product's id, the name of the device, and its access key: up to 128 bytes each." {
        product_id: &'a str = shown(ProductId, SHORT),
        device_name: &'a str = shown(DeviceName, SHORT),
        access_key: &'a str = secret(AccessKey, SHORT),
    } {}
}

form! {
    /// Baidu's IoT Core.
    Baidu<'a> = 6: "The id of the IoT Core, the device's key, and its secret: up to 128 bytes each." {
        iot_core_id: &'a str = shown(IotCoreId, SHORT),
        device_key: &'a str = shown(DeviceKey, SHORT),
        device_secret: &'a str = secret(DeviceSecret, SHORT),
    } {}
}

/// Amazon's IoT Core. Devices show who they are by a certificate, so the module only takes note of it and gives no credentials:
/// connect with [`Tls::client_certificate`](crate::Tls::client_certificate).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
pub struct Aws;

impl Form for Aws {
    fn cloud(&self) -> u8 {
        7
    }

    fn arguments(&self) -> Arguments<'_> {
        Arguments::new()
    }

    fn answer(&self) -> Answer {
        Answer::Nothing
    }
}

form! {
    /// AEP of China Telecom.
    Aep<'a> = 8: "The product's id, the device's number, its token, and the user name of the AEP site: up to 255 bytes each." {
        product_id: &'a str = shown(ProductId, LONG),
        device_number: &'a str = shown(DeviceNumber, LONG),
        token: &'a str = secret(Token, LONG),
        user_name: &'a str = shown(AepUser, LONG),
    } {}
}

form! {
    /// DMP of China Unicom.
    Unicom<'a> = 9: "The product key, the device's key and its secret, up to 128 bytes each, and its token of up to 255 bytes." {
        product_key: &'a str = shown(ProductKey, SHORT),
        device_key: &'a str = shown(DeviceKey, SHORT),
        device_secret: &'a str = secret(DeviceSecret, SHORT),
        token: &'a str = secret(Token, LONG),
    } {}
}

impl Request for Aliyun<'_> {}
impl Request for Tencent<'_> {}
impl Request for Huawei<'_> {}
impl Request for Tuya<'_> {}
impl Request for OneNet<'_> {}
impl Request for Baidu<'_> {}
impl Request for Aws {}
impl Request for Aep<'_> {}
impl Request for Unicom<'_> {}
