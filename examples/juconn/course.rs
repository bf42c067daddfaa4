//! The course of the example: what the portal asks, and what it must get.

use std::net::SocketAddr;
use std::time::Duration;

use embassy_futures::select::{Either, select};
use fibocom_mqtt::profile::juconn::{
    self, Body, BrokerDetails, Config, Device, Format, Gateway, InitResult, Memory, Persisted, PointMemory, Request,
    RequestKind, ResultMessage, RolloutRequest, RolloutResult, Statements, Style, tixml::Document,
};
use fibocom_mqtt::sim::{Module, Settings, serve};
use fibocom_mqtt::{Buffers, ConnectionId, Modem, Network, QoS, StdClock, ThreadedTransport, Tls};

use crate::bridge::Bridge;
use crate::plant::Plant;
use crate::portal::{Failure, Portal};

/// The gateway's database: hysteresis in the first section, every second in the second.
const DATABASE: &str = r#"
<CloudConn>
  <CloudBaseUrl _="tcp://portal.example.com:1883"/>
  <CloudConnStart _="1"/>
  <CloudConnType _="FPIL_Tixi_MQTT_1"/>
  <RTSendTime1 _="-1"/>
  <UpdateRate1 _="1"/>
  <Realtime1>
    <Office _="/Process/PV/TEMP_OFFICE" meta_type="temperature" meta_unit="&#xb0;C" hysteresis="0.5"/>
  </Realtime1>
  <RTSendTime2 _="1"/>
  <Realtime2>
    <Test _="/Process/PV/Test" meta_type="custom"/>
    <Power _="/Process/Bus1/Device0/Power" meta_type="power" meta_unit="W"/>
  </Realtime2>
</CloudConn>"#;

const SERIAL: &str = "04600912";

/// Plays it through and tells each step.
pub async fn run(broker: SocketAddr, tell: impl Fn(&str)) -> Result<(), Failure> {
    let plant = Plant::default();
    plant.0.borrow_mut().office = 20.5;
    let mut portal = Portal::connect(broker).await?;
    match select(live(broker, plant.clone()), first_life(&mut portal, &plant, &tell)).await {
        Either::First(ended) => ended?,
        Either::Second(done) => done?,
    }
    tell("the gateway restarts");
    match select(live(broker, plant.clone()), second_life(&mut portal, &plant, &tell)).await {
        Either::First(ended) => ended?,
        Either::Second(done) => done?,
    }
    tell("done");
    Ok(())
}

/// A gateway, from power-on.
async fn live(broker: SocketAddr, mut plant: Plant) -> Result<(), Failure> {
    let module = Module::new(Settings::l610(), Box::new(Bridge::new(Some(broker))));
    let (mut reader, writer) = serve::Runner::new(module).spawn()?;
    reader.set_timeout(Some(Duration::from_millis(20)));
    let (mut line, mut message, mut transmit) = ([0; 256], [0; 1279], [0; 1400]);
    let buffers = Buffers::new(&mut line, &mut message, &mut transmit);
    let mut modem = Modem::new(ThreadedTransport::new(reader, writer)?, StdClock::new(), buffers);
    modem.attach(Duration::from_secs(40)).await?;
    modem.bring_up(&Network::new(), Duration::from_secs(180)).await?;

    let flash = plant.0.borrow().flash.clone();
    let persisted = match flash.is_empty() {
        true => Persisted::default(),
        false => Persisted::parse(flash.as_bytes())?,
    };
    let (mut points, mut request, mut answer) = ([PointMemory::new(); 8], [0; 1500], [0; 4096]);
    let memory = Memory::new(&mut points, &mut request, &mut answer);
    let mut gateway = Gateway::new(
        Device::new(SERIAL, "WT640")?,
        Config::parse(DATABASE)?,
        persisted,
        memory,
    )?;
    let mut client = modem.client(ConnectionId::FIRST);
    match juconn::run(&mut client, &mut gateway, &mut plant, Tls::new(), &mut [0; 1279]).await {
        Ok(never) => match never {},
        Err(error) => Err(error.into()),
    }
}

async fn first_life(portal: &mut Portal, plant: &Plant, tell: &impl Fn(&str)) -> Result<(), Failure> {
    rollout(portal, tell).await?;
    initialise(portal, tell).await?;
    data(portal, plant, tell).await?;
    commands(portal, plant, tell).await?;
    status(portal, tell).await
}

async fn second_life(portal: &mut Portal, plant: &Plant, tell: &impl Fn(&str)) -> Result<(), Failure> {
    // `expect` fails if a rollout is asked for.
    initialise(portal, tell).await?;
    let (_, values) = portal.data().await?;
    ensure(values.len() == 3, "everything is sent once after a restart")?;
    ensure(
        plant.0.borrow().flash.contains("<rollouts _=\"1\"/>"),
        "there was one rollout",
    )?;
    tell("the restart needed no rollout, and everything was sent once");
    Ok(())
}

async fn rollout(portal: &mut Portal, tell: &impl Fn(&str)) -> Result<(), Failure> {
    let (_, payload) = portal.expect("fp/gatewayRollout").await?;
    let request = RolloutRequest::parse(payload.as_bytes())?;
    ensure(request.serial_number == SERIAL, "the rollout has the serial number")?;
    let configuration = Document::parse("<c><SetConfig _=\"USER\" ver=\"y\"><AccRights/></SetConfig></c>")?;
    let result = RolloutResult {
        error_code: 0,
        response_id: request.request_id,
        gateway_id: Some("gateway7".into()),
        customer_id: Some("customer3".into()),
        broker: Some(BrokerDetails {
            url: "tcp://data.example.com:1883".into(),
            qos: Some(QoS::AtLeastOnce),
        }),
        portal_version: None,
        configuration: configuration.get("c").map(juconn::Node::Tixml),
    };
    let answer = written(|out| result.write(Format::Tixml.into(), out))?;
    portal
        .publish(&format!("fp/gatewayRolloutResult/{SERIAL}"), &answer)
        .await?;
    tell(&format!(
        "rollout {}: ids, another broker and a configuration given",
        request.request_id
    ));
    Ok(())
}

async fn initialise(portal: &mut Portal, tell: &impl Fn(&str)) -> Result<(), Failure> {
    let (topic, payload) = portal.expect("/gatewayInit").await?;
    ensure(topic == "customer3/fp/gateway7/gatewayInit", "the ids are in the topic")?;
    let body = Body::parse(payload.as_bytes())?;
    let sensors = body
        .controllers()
        .map(|controller| controller.sensors().count())
        .sum::<usize>();
    ensure(sensors == 3, "every data point is announced")?;
    let result = InitResult {
        error_code: 0,
        response_id: body.value("request_id").ok_or("no request_id")?,
        portal_version: Some("1.0.0".into()),
    };
    let answer = written(|out| result.write(Format::Tixml.into(), out))?;
    portal
        .publish("customer3/fp/gateway7/gatewayInitResult", &answer)
        .await?;
    tell(&format!("initialised with {sensors} sensors"));
    Ok(())
}

async fn data(portal: &mut Portal, plant: &Plant, tell: &impl Fn(&str)) -> Result<(), Failure> {
    let (mut last, values) = portal.data().await?;
    ensure(values.len() == 3, "everything is sent once")?;
    // Less than the hysteresis: the cyclic ones only.
    plant.0.borrow_mut().office = 20.75;
    for _ in 0..2 {
        let (id, values) = portal.data().await?;
        ensure(id > last, "message ids grow")?;
        ensure(
            values.iter().all(|(sensor, _)| sensor != "TEMP_OFFICE"),
            "20.75 is too near to 20.5",
        )?;
        ensure(values.len() == 2, "the second section is sent")?;
        last = id;
    }
    tell("cyclic data");
    plant.0.borrow_mut().office = 21.0;
    awaited(portal, "TEMP_OFFICE", "21").await?;
    tell("21 is sent after 20.5 with a hysteresis of 0.5");
    Ok(())
}

/// Waits until a sensor has sent a value.
async fn awaited(portal: &mut Portal, sensor: &str, value: &str) -> Result<(), Failure> {
    for _ in 0..10 {
        let (_, values) = portal.data().await?;
        if values.contains(&(sensor.into(), value.into())) {
            return Ok(());
        }
    }
    Err(format!("{sensor} never sent {value}").into())
}

async fn commands(portal: &mut Portal, plant: &Plant, tell: &impl Fn(&str)) -> Result<(), Failure> {
    let set = "<Set _=\"/Process/PV/Test\" value=\"10\" ver=\"y\"/>";
    let (code, answer) = ask(portal, RequestKind::Cmd, Format::Tixml, set, None).await?;
    ensure(code == 0 && answer == "<Set/>", "a Set is executed")?;
    awaited(portal, "Test", "10").await?;
    tell("Set executed, and its value sent");
    let stops = plant.0.borrow().stops;
    let set = "<SetConfig _=\"ISP\" ver=\"y\"><WLAN_AP><EnableOnStartup _=\"1\"/></WLAN_AP></SetConfig>";
    let (code, answer) = ask(portal, RequestKind::Config, Format::Json, set, None).await?;
    ensure(code == 0 && answer == "<SetConfig/>", "a SetConfig is executed")?;
    let device = plant.0.borrow();
    ensure(device.stops == stops + 1, "processing is stopped first")?;
    ensure(
        device.databases == ["USER", "ISP"],
        "the rollout's configuration and this one are set",
    )?;
    ensure(
        device.support_log == ["0 <SetConfig/>"],
        "the system log has the rollout's",
    )?;
    tell("SetConfig executed after a stop");
    Ok(())
}

async fn status(portal: &mut Portal, tell: &impl Fn(&str)) -> Result<(), Failure> {
    let (code, answer) = ask(portal, RequestKind::State, Format::Json, "", Some("Ethernet")).await?;
    ensure(
        code == 0 && answer.contains("193.101.167.163"),
        "a path that fits is answered",
    )?;
    tell("status of /Ethernet answered");
    let (code, answer) = ask(portal, RequestKind::State, Format::Tixml, "", None).await?;
    ensure(
        code == 500 && answer.contains("bytes and 1024 is the most"),
        "what does not fit is told",
    )?;
    let text = Document::parse(&answer)?;
    let text = text
        .get("Error")
        .and_then(|error| error.get("ErrText")?.value())
        .ok_or("no text")?;
    tell(&format!("status of everything refused: {text}"));
    Ok(())
}

/// Sends a request and waits for its result: the error code, and the answers in TiXML.
async fn ask(
    portal: &mut Portal,
    kind: RequestKind,
    format: Format,
    statements: &str,
    path: Option<&'static str>,
) -> Result<(i32, String), Failure> {
    let request = Request {
        kind,
        format,
        request_id: "c30507d0-0618-11ea-8009-efa48641463e".into(),
        serial_number: SERIAL.into(),
        statements: Statements::Tixml(Document::parse(statements)?),
        path: path.map(Into::into),
    };
    let payload = written(|out| request.write(Style::from(format), out))?;
    portal
        .publish(&format!("customer3/fp/gateway7/{kind}"), &payload)
        .await?;
    let (_, payload) = portal.expect(kind.result_topic()).await?;
    let result = ResultMessage::parse(kind, payload.as_bytes())?;
    ensure(
        result.response_id == request.request_id,
        "the result has the request's id",
    )?;
    let mut answers = String::new();
    result.result.write_tixml(&mut answers)?;
    Ok((result.error_code, answers))
}

fn written(write: impl FnOnce(&mut String) -> std::fmt::Result) -> Result<String, Failure> {
    let mut out = String::new();
    write(&mut out)?;
    Ok(out)
}

fn ensure(holds: bool, what: &str) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(format!("this does not hold: {what}").into())
    }
}
