//! What each role is for: without it, the server is refused.

use fibocom_mqtt::profile::captis::azure::{Desired, DesiredVersion, Reading, TelemetryKey};
use fibocom_mqtt::profile::captis::{
    BootstrapServer, Decimal, EventId, Gate, OperationKind, Quantity, Refusal, Role, Roles, RolesError, ServerId,
    ServerRoles,
};

use super::{CCID, identity, time};

const ALL: Roles = Roles::of(&Role::ALL);

/// The end of the operation of `payload`, from a server with these roles, of a device that can do everything.
fn end(roles: Roles, payload: &str) -> String {
    let identity = identity();
    let gate = Gate::new(CCID, &identity, roles);
    let mut operations = gate.operations(payload.as_bytes());
    let (executing, operation) = operations.next().unwrap().begin();
    match operation {
        Ok(_) => executing.success().to_string(),
        Err(refusal) => executing.fail(refusal).to_string(),
    }
}

fn gated(role: Role, payload: &str, kind: OperationKind) {
    let name = kind.string().unwrap();
    assert_eq!(kind.role(), Some(role));
    assert_eq!(end(Roles::of(&[role]), payload), format!("503,{name}"));
    let refused = format!("502,{name},this server does not have the role {role}");
    assert_eq!(end(ALL.without(role), payload), refused);
    assert_eq!(end(Roles::NONE, payload), refused);
}

/// The role is nothing but what it stands for: what of operations it does not open stays shut.
fn opens_nothing(role: Role) {
    for payload in [
        format!("511,{CCID},*,rf"),
        format!("513,{CCID},{{}}"),
        format!("515,{CCID},a,b,c"),
        format!("516,{CCID},a,b,c"),
        format!("518,{CCID},OPEN"),
    ] {
        assert!(end(Roles::of(&[role]), &payload).starts_with("502,"));
    }
}

fn sends(role: Role) {
    let identity = identity();
    assert_eq!(Gate::new(CCID, &identity, Roles::of(&[role])).allow(role), Ok(()));
    let without = Gate::new(CCID, &identity, ALL.without(role)).allow(role);
    assert_eq!(without, Err(Refusal::Role(role)));
    opens_nothing(role);
}

#[test]
fn cap_r_info_gets_device_health() {
    sends(Role::Info);
    assert_eq!(
        (Role::Info.name(), Role::Info.to_string()),
        (Some("INFO"), "Info".into())
    );
}

#[test]
fn cap_r_measurements_gets_sensor_data() {
    sends(Role::Measurements);
    let reading = Reading::new(time(), Quantity::Pulse1, Decimal::from(1)).unwrap();
    assert_eq!(reading.role(), Role::Measurements);
    let reading = Reading::with_key(time(), TelemetryKey::TAMPER, true);
    assert_eq!(reading.role(), Role::Measurements);
    assert_eq!(Role::Measurements.name(), Some("MEAS"));
}

#[test]
fn cap_r_events_gets_events() {
    sends(Role::Events);
    assert_eq!(Reading::event(time(), EventId::BOOT).role(), Role::Events);
    assert_eq!(Role::Events.name(), Some("EVENTS"));
}

#[test]
fn cap_r_configuration_configures() {
    gated(
        Role::Configuration,
        &format!("513,{CCID},{{}}"),
        OperationKind::Configuration,
    );
    assert_eq!(Role::Configuration.name(), Some("CONFIG"));
    // On Azure it is the desired section, which stays to be taken once the server has the role.
    let identity = identity();
    let desired = Desired::parse(br#"{"config":{"a":1},"$version":3}"#).unwrap();
    let mut version = DesiredVersion::default();
    let without = Gate::new(CCID, &identity, ALL.without(Role::Configuration));
    assert_eq!(
        version.take(&without, &desired),
        Err(Refusal::Role(Role::Configuration))
    );
    let with = Gate::new(CCID, &identity, Roles::of(&[Role::Configuration]));
    assert_eq!(version.take(&with, &desired).unwrap().unwrap().raw(), r#"{"a":1}"#);
}

#[test]
fn cap_r_fota_updates_firmware() {
    let image = "captis,1.20.6,http://x/y";
    gated(
        Role::FotaOperations,
        &format!("515,{CCID},{image}"),
        OperationKind::Firmware,
    );
    gated(
        Role::FotaOperations,
        &format!("516,{CCID},{image}"),
        OperationKind::Software,
    );
    assert_eq!(Role::FotaOperations.name(), Some("FOTA_OPS"));
}

#[test]
fn cap_r_bootstrap_is_asked_for_servers() {
    opens_nothing(Role::Bootstrap);
    let server = ServerId::new(4).unwrap();
    let mut servers = ServerRoles::new();
    servers.define(server, ALL.without(Role::Bootstrap)).unwrap();
    let wanted = BootstrapServer::Named(server);
    assert_eq!(servers.bootstrap_server(wanted), Err(RolesError::NoBootstrapServer));
    servers.define(server, Roles::of(&[Role::Bootstrap])).unwrap();
    assert_eq!(servers.bootstrap_server(wanted), Ok(server));
    assert_eq!(servers.bootstrap_server(BootstrapServer::Nth(1)), Ok(server));
}

#[test]
fn cap_r_shell_gives_commands() {
    gated(Role::Shell, &format!("511,{CCID},*,rf"), OperationKind::Command);
    gated(Role::Shell, &format!("518,{CCID},OPEN"), OperationKind::Relay);
    assert_eq!(Role::Shell.name(), Some("SHELL"));
    // Wherever the command comes from.
    let identity = identity();
    let gate = Gate::new(CCID, &identity, ALL.without(Role::Shell));
    let refused = Refusal::Role(Role::Shell);
    assert_eq!(gate.command("rf"), Err(refused));
    assert_eq!(gate.command_line("*,rf"), Err(refused));
    let topic = format!("devices/{CCID}/messages/devicebound/");
    let request = gate.request(topic.as_bytes(), br#"{"command":"rf"}"#);
    assert_eq!(request.unwrap_err(), refused);
}
