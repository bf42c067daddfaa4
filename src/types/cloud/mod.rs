//! What is asked of clouds, and what they answer.

mod credentials;
mod event;
pub(crate) mod form;
mod registration;
mod request;

pub use credentials::CloudCredentials;
pub use event::TuyaEvent;
pub(crate) use registration::Granted;
pub use registration::{
    AliyunDevice, AliyunRegistration, Registration, TencentDevice, TencentRegistration, UnicomDevice,
    UnicomRegistration,
};
pub use request::{Aep, Aliyun, Aws, Baidu, Huawei, OneNet, Request, Tencent, Tuya, Unicom};
