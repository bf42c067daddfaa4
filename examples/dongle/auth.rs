//! `auth`, and what `--cloud` has in common with it: the module computes the credentials of a device.
//!
//! They are what was asked for, so they go to the standard output, and nowhere else.

use fibocom_mqtt::cloud::{
    Aep, Aliyun, AliyunRegistration, Aws, Baidu, CloudCredentials, Huawei, OneNet, Registration, Request, Tencent,
    TencentRegistration, Tuya, Unicom, UnicomRegistration,
};
use serde_json::json;

use crate::failure::{Failure, Stage};
use crate::options::{Auth, Cloud, Registering};
use crate::output::Output;
use crate::session::{Session, patiently};

/// The most that a cloud gives a device: a secret and a token.
const GRANTED: usize = 256;

pub async fn run(session: &mut Session<'_, '_>, output: &mut Output, auth: &Auth) -> Result<(), Failure> {
    session.attach().await?;
    session.bring_up().await?;
    match auth {
        Auth::TuyaOff => {
            let cloud = "tuya";
            let off = session.modem.tuya_off().await;
            off.map_err(|error| Stage::Authenticate { cloud }.failure(error))?;
            output.result(|| "tuya is off".into(), || json!({ "event": "off", "cloud": cloud }))
        }
        Auth::Credentials(cloud) => {
            let credentials = session.authenticate(cloud).await?;
            show(output, cloud.name(), credentials)
        }
        Auth::Register(registering) => register(session, output, registering).await,
    }
}

impl<'b> Session<'b, '_> {
    /// Has the module compute the credentials of a device.
    pub async fn authenticate(&mut self, cloud: &Cloud) -> Result<CloudCredentials<'b>, Failure> {
        let name = cloud.name();
        match cloud {
            Cloud::Aliyun([product, device, secret], tls) => {
                self.ask_cloud(name, &aliyun(Aliyun::new(product, device, secret), *tls))
                    .await
            }
            Cloud::Tencent([product, device, secret]) => {
                self.ask_cloud(name, &Tencent::new(product, device, secret)).await
            }
            Cloud::Huawei([device, secret]) => self.ask_cloud(name, &Huawei::new(device, secret)).await,
            Cloud::Tuya([product, uuid, key]) => self.ask_cloud(name, &Tuya::new(product, uuid, key)).await,
            Cloud::OneNet([product, device, key]) => self.ask_cloud(name, &OneNet::new(product, device, key)).await,
            Cloud::Baidu([core, device, secret]) => self.ask_cloud(name, &Baidu::new(core, device, secret)).await,
            Cloud::Aws => self.ask_cloud(name, &Aws).await,
            Cloud::Aep([product, device, token, user]) => {
                self.ask_cloud(name, &Aep::new(product, device, token, user)).await
            }
            Cloud::Unicom([product, device, secret, token]) => {
                self.ask_cloud(name, &Unicom::new(product, device, secret, token)).await
            }
        }
    }

    async fn ask_cloud(&mut self, cloud: &str, request: &impl Request) -> Result<CloudCredentials<'b>, Failure> {
        let room = std::mem::take(&mut self.room);
        let what = format!("the credentials for {cloud} (at most 10 s)");
        let asked = self.modem.authenticate(request, room);
        patiently(self.clock, &what, asked)
            .await
            .map_err(|error| Stage::Authenticate { cloud }.failure(error))
    }

    async fn register_device<'s, R: Registration + 's>(
        &mut self,
        cloud: &str,
        request: &R,
        secret: &'s mut [u8; GRANTED],
    ) -> Result<R::Device<'s>, Failure> {
        let what = format!("{cloud} to register the device (at most 40 s)");
        let registered = self.modem.register_device(request, secret);
        patiently(self.clock, &what, registered)
            .await
            .map_err(|error| Stage::RegisterDevice { cloud }.failure(error))
    }
}

fn aliyun(request: Aliyun<'_>, tls: bool) -> Aliyun<'_> {
    if tls { request.tls() } else { request }
}

/// Registers the device. Its secret is printed before anything else can fail: a cloud may give it only once.
async fn register(
    session: &mut Session<'_, '_>,
    output: &mut Output,
    registering: &Registering,
) -> Result<(), Failure> {
    let mut granted = [0; GRANTED];
    let (cloud, credentials) = match registering {
        Registering::Aliyun(host, port, [product, secret, device], tls) => {
            let cloud = "aliyun";
            let request = AliyunRegistration::new(host, *port, product, secret, device);
            let device = session.register_device(cloud, &request, &mut granted).await?;
            show_device(output, cloud, Some(device.device_secret()), None)?;
            let request = aliyun(device.request(), *tls);
            (cloud, session.ask_cloud(cloud, &request).await?)
        }
        Registering::Tencent([url, product, secret, device]) => {
            let cloud = "tencent";
            let request = TencentRegistration::new(url, product, secret, device);
            let device = session.register_device(cloud, &request, &mut granted).await?;
            show_device(output, cloud, device.device_secret(), None)?;
            // With a certificate there are no credentials.
            let Some(request) = device.request() else { return Ok(()) };
            (cloud, session.ask_cloud(cloud, &request).await?)
        }
        Registering::Unicom {
            fields: [product, secret, device],
            clear,
            preregistered,
        } => {
            let cloud = "unicom";
            let mut request = UnicomRegistration::new(product, secret, device);
            if *clear {
                request = request.clear();
            }
            if !preregistered {
                request = request.without_preregistration();
            }
            let device = session.register_device(cloud, &request, &mut granted).await?;
            show_device(output, cloud, Some(device.device_secret()), Some(device.token()))?;
            (cloud, session.ask_cloud(cloud, &device.request()).await?)
        }
    };
    show(output, cloud, credentials)
}

/// What the cloud has given the device.
fn show_device(output: &mut Output, cloud: &str, secret: Option<&str>, token: Option<&str>) -> Result<(), Failure> {
    let text = || {
        let mut lines = match secret {
            Some(secret) => format!("device secret: {secret}"),
            None => "device certificate: the device has no secret".to_owned(),
        };
        if let Some(token) = token {
            lines += &format!("\ntoken: {token}");
        }
        lines
    };
    let object = || json!({ "event": "registered", "cloud": cloud, "device_secret": secret, "token": token });
    output.result(text, object)
}

fn show(output: &mut Output, cloud: &str, credentials: CloudCredentials<'_>) -> Result<(), Failure> {
    let server = credentials.server();
    let strings = [
        ("user", credentials.user()),
        ("password", credentials.password()),
        ("client id", credentials.client_id()),
    ];
    if strings.iter().all(|(_, text)| text.is_empty()) {
        eprintln!("dongle: {cloud} knows a device by its certificate: connect with --cafile, --cert and --key");
    }
    let text = || {
        let server = server.map(|(host, port)| format!("host: {host}\nport: {port}"));
        let strings = strings.map(|(name, text)| format!("{name}: {text}"));
        server.into_iter().chain(strings).collect::<Vec<_>>().join("\n")
    };
    let object = || {
        let [user, password, client_id] = strings.map(|(_, text)| Some(text).filter(|text| !text.is_empty()));
        json!({
            "event": "credentials",
            "cloud": cloud,
            "host": server.map(|(host, _)| host),
            "port": server.map(|(_, port)| port),
            "user": user,
            "password": password,
            "client_id": client_id,
        })
    };
    output.result(text, object)
}
