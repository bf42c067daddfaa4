//! The requests that register a device with its cloud: the three of `AT+MQTTAUTHDYN` (V1.3 section 1.17).

use core::fmt;

use super::form::{Form, form};
use super::{Aliyun, Tencent, Unicom};

/// What a cloud has given to a device.
#[derive(Clone, Copy)]
pub struct Granted<'a> {
    /// Its secret, if it has one.
    pub device_secret: Option<&'a str>,
    /// Its token, where the cloud gives one.
    pub token: &'a str,
}

/// A request to register a device with its cloud, for [`Modem::register_device`](crate::Modem::register_device): one of the three
/// clouds that modules can do this with.
pub trait Registration: Form {
    /// The registered device. It goes on to its credentials by its `request`.
    type Device<'buf>: fmt::Debug
    where
        Self: 'buf;

    /// The most bytes that the answer can take in the caller's buffer.
    #[doc(hidden)]
    const GRANTED: usize;

    /// The product key and the name of the device, as the answer repeats them.
    #[doc(hidden)]
    fn names(&self) -> Option<(&str, &str)> {
        None
    }

    #[doc(hidden)]
    fn device<'buf>(&self, granted: Granted<'buf>) -> Self::Device<'buf>
    where
        Self: 'buf;
}

form! {
    /// Registers a device with Alibaba Cloud by the secret of its product.
    AliyunRegistration<'a> = 1:
    "The host (up to 255 bytes) and port of the registration service, the product key, the product's secret, and the name of the device: up to 128 bytes each." {
        host: &'a str = shown(Host, LONG),
        port: u16 = port,
        product_key: &'a str = shown(ProductKey, SHORT),
        product_secret: &'a str = secret(ProductSecret, SHORT),
        device_name: &'a str = shown(DeviceName, SHORT),
    } {}
}

form! {
    /// Registers a device with Tencent Cloud by the secret of its product.
    TencentRegistration<'a> = 2:
    "The path of the registration service (up to 255 bytes), the product key, the product's secret, and the name of the device: up to 128 bytes each." {
        url: &'a str = shown(Url, LONG),
        product_key: &'a str = shown(ProductKey, SHORT),
        product_secret: &'a str = secret(ProductSecret, SHORT),
        device_name: &'a str = shown(DeviceName, SHORT),
    } {}
}

form! {
    /// Registers a device with China Unicom's DMP by the secret of its product. The device is expected to be known there
    /// (authentication mode 1), and nothing is cleared, unless the functions below say otherwise.
    UnicomRegistration<'a> = 3: "The product key, the product's secret, and the device's key: up to 128 bytes each." {
        product_key: &'a str = shown(ProductKey, SHORT),
        product_secret: &'a str = secret(ProductSecret, SHORT),
        device_key: &'a str = shown(DeviceKey, SHORT),
    } {
        clear: bool = false,
        mode: u8 = 1,
    }
}

impl UnicomRegistration<'_> {
    /// Has the module clear the configuration that it holds.
    pub const fn clear(mut self) -> Self {
        self.clear = true;
        self
    }

    /// The device is not known to the cloud beforehand (authentication mode 2).
    pub const fn without_preregistration(mut self) -> Self {
        self.mode = 2;
        self
    }
}

/// A device that is registered with Alibaba Cloud. `Debug` does not show its secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AliyunDevice<'a> {
    product_key: &'a str,
    device_name: &'a str,
    device_secret: &'a str,
}

impl<'a> AliyunDevice<'a> {
    /// The product key that was asked for, and that the answer repeated.
    pub const fn product_key(&self) -> &'a str {
        self.product_key
    }

    /// The name that was asked for, and that the answer repeated.
    pub const fn device_name(&self) -> &'a str {
        self.device_name
    }

    /// The secret that the cloud has given the device. Keep it: the cloud may give it only once.
    pub const fn device_secret(&self) -> &'a str {
        self.device_secret
    }

    /// The request for the device's credentials.
    pub const fn request(&self) -> Aliyun<'a> {
        Aliyun::new(self.product_key, self.device_name, self.device_secret)
    }
}

impl<'a> Registration for AliyunRegistration<'a> {
    type Device<'buf>
        = AliyunDevice<'buf>
    where
        Self: 'buf;

    const GRANTED: usize = 128;

    fn names(&self) -> Option<(&str, &str)> {
        Some((self.product_key, self.device_name))
    }

    fn device<'buf>(&self, granted: Granted<'buf>) -> AliyunDevice<'buf>
    where
        Self: 'buf,
    {
        AliyunDevice {
            product_key: self.product_key,
            device_name: self.device_name,
            device_secret: granted.device_secret.unwrap_or_default(),
        }
    }
}

/// A device that is registered with Tencent Cloud. `Debug` does not show its secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TencentDevice<'a> {
    product_key: &'a str,
    device_name: &'a str,
    device_secret: Option<&'a str>,
}

impl<'a> TencentDevice<'a> {
    /// The product key that was asked for.
    pub const fn product_key(&self) -> &'a str {
        self.product_key
    }

    /// The name that was asked for.
    pub const fn device_name(&self) -> &'a str {
        self.device_name
    }

    /// The secret that the cloud has given the device (encryption type 2, pre-shared key), or `None` if it identifies itself by a
    /// certificate (type 1). Keep it: the cloud may give it only once.
    pub const fn device_secret(&self) -> Option<&'a str> {
        self.device_secret
    }

    /// The request for the device's credentials. `None` if it has no secret, but a certificate.
    pub const fn request(&self) -> Option<Tencent<'a>> {
        match self.device_secret {
            Some(secret) => Some(Tencent::new(self.product_key, self.device_name, secret)),
            None => None,
        }
    }
}

impl<'a> Registration for TencentRegistration<'a> {
    type Device<'buf>
        = TencentDevice<'buf>
    where
        Self: 'buf;

    const GRANTED: usize = 128;

    fn device<'buf>(&self, granted: Granted<'buf>) -> TencentDevice<'buf>
    where
        Self: 'buf,
    {
        TencentDevice {
            product_key: self.product_key,
            device_name: self.device_name,
            device_secret: granted.device_secret,
        }
    }
}

/// A device that is registered with China Unicom's DMP. `Debug` shows neither its secret nor its token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct UnicomDevice<'a> {
    product_key: &'a str,
    device_key: &'a str,
    device_secret: &'a str,
    token: &'a str,
}

impl<'a> UnicomDevice<'a> {
    /// The product key that was asked for.
    pub const fn product_key(&self) -> &'a str {
        self.product_key
    }

    /// The device's key that was asked for.
    pub const fn device_key(&self) -> &'a str {
        self.device_key
    }

    /// The secret that the cloud has given the device. Keep it: the cloud may give it only once.
    pub const fn device_secret(&self) -> &'a str {
        self.device_secret
    }

    /// The token that came with it.
    pub const fn token(&self) -> &'a str {
        self.token
    }

    /// The request for the device's credentials.
    pub const fn request(&self) -> Unicom<'a> {
        Unicom::new(self.product_key, self.device_key, self.device_secret, self.token)
    }
}

impl<'a> Registration for UnicomRegistration<'a> {
    type Device<'buf>
        = UnicomDevice<'buf>
    where
        Self: 'buf;

    // Secret and token.
    const GRANTED: usize = 256;

    fn device<'buf>(&self, granted: Granted<'buf>) -> UnicomDevice<'buf>
    where
        Self: 'buf,
    {
        UnicomDevice {
            product_key: self.product_key,
            device_key: self.device_key,
            device_secret: granted.device_secret.unwrap_or_default(),
            token: granted.token,
        }
    }
}

/// What prints the names of a device in place of its secret.
macro_rules! redacted {
    ($($device:ident: $($name:ident),*;)*) => {$(
        impl fmt::Debug for $device<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($device))
                    $(.field(stringify!($name), &self.$name))*
                    .field("device_secret", &"[redacted]")
                    .finish()
            }
        }

        #[cfg(all(feature = "defmt", target_os = "none"))]
        impl defmt::Format for $device<'_> {
            fn format(&self, f: defmt::Formatter) {
                defmt::write!(f, "{=str} [redacted]", stringify!($device));
            }
        }
    )*};
}

redacted! {
    AliyunDevice: product_key, device_name;
    TencentDevice: product_key, device_name;
    UnicomDevice: product_key, device_key;
}
