//! The events that the driver's own errors are.

use std::collections::BTreeSet;

use fibocom_mqtt::command::RegistrationState;
use fibocom_mqtt::profile::captis::EventId;
use fibocom_mqtt::{BreakCause, CmeError, Error, Field, InvalidInput, ModuleError, NetworkProblem, TlsProblem};

use super::table;

/// The event's id and what the list says of it.
fn told(event: EventId) -> (String, String) {
    (event.to_string(), event.description().unwrap().to_string())
}

fn id(event: Option<EventId>) -> Option<String> {
    event.map(|event| event.to_string())
}

/// The numbers of the cellular module's errors in the list.
fn listed() -> BTreeSet<u16> {
    let rows = table(include_str!("data/events.csv"));
    let numbers = rows
        .iter()
        .filter(|row| row[2] == "64")
        .map(|row| row[3].parse().unwrap());
    let numbers: BTreeSet<_> = numbers.collect();
    assert_eq!(numbers.len(), 172);
    numbers
}

#[test]
fn cap_ev_map_the_drivers_errors_are_events() {
    // The broker's refusals, the codes 1 to 5 of CONNACK.
    for (code, event, text) in [
        (700, "a00081-00001", "MQTT - Connection Refused"),
        (701, "a00081-00002", "MQTT - Client ID refused"),
        (702, "a00081-00003", "MQTT - Broker Offline"),
        (703, "a00081-00004", "MQTT - Credentials Refused"),
        (704, "a00081-00005", "MQTT - Connection Refused - Unknown Reason"),
    ] {
        let error = CmeError::from(code);
        assert_eq!(told(error.into()), (event.into(), text.into()));
        let whole = Error::<()>::Module(ModuleError::Cme(error));
        assert_eq!(id(EventId::of_error(&whole)), Some(event.into()));
    }
    // Any other number is itself where the list has it.
    let listed = listed();
    for code in (0..=u16::MAX).filter(|code| !(700..=704).contains(code)) {
        let expected = if listed.contains(&code) { code } else { 100 };
        assert_eq!(
            EventId::from(CmeError::from(code)).to_string(),
            format!("a00064-{expected:05}")
        );
    }
    for (cause, event) in [
        (BreakCause::Server, "a00077-00012"),
        (BreakCause::Link, "a00091-00001"),
        (BreakCause::NotRegistered, "a00008-00000"),
        (BreakCause::Unknown(7), "a00077-00012"),
    ] {
        assert_eq!(EventId::from(cause).to_string(), event);
        assert_eq!(
            id(EventId::of_error(&Error::<()>::Disconnected(cause))),
            Some(event.into())
        );
    }
    for silence in [Error::Silent, Error::PortClosed, Error::Port(())] {
        assert_eq!(id(EventId::of_error(&silence)), Some("a00077-00010".into()));
    }
}

#[test]
fn cap_q03_numbers_outside_of_the_list_are_the_unknown_error() {
    let listed = listed();
    for code in 0..=u16::MAX {
        let event = EventId::cell_module(code);
        let expected = if listed.contains(&code) { u32::from(code) } else { 100 };
        assert_eq!(event.numbers(), (64, expected), "{code}");
        assert!(event.description().is_some());
    }
    assert_eq!(EventId::cell_module(4711), EventId::CELL_MODULE_UNKNOWN);
    assert_eq!(told(EventId::CELL_MODULE_UNKNOWN).1, "Cell Module Error - unknown");
    for error in [ModuleError::Error, ModuleError::Cms(500), ModuleError::Text] {
        assert_eq!(EventId::from(error), EventId::CELL_MODULE_UNKNOWN);
    }
    // The number stays with the error.
    assert_eq!(u16::from(CmeError::from(4711)), 4711);
}

#[test]
fn what_the_network_and_tls_lack_is_told_and_what_the_program_did_is_not() {
    let sim = ModuleError::Cme(CmeError::SimBusy);
    for (problem, event) in [
        (NetworkProblem::Sim(Some(sim)), Some("a00064-00014")),
        (NetworkProblem::Sim(None), Some("a00064-00013")),
        (NetworkProblem::SimAbsent, Some("a00064-00010")),
        (NetworkProblem::PinRequired, Some("a00064-00011")),
        (NetworkProblem::PinWrong(None), Some("a00064-00016")),
        (NetworkProblem::PukRequired, Some("a00064-00012")),
        (
            NetworkProblem::Registration(RegistrationState::Denied),
            Some("a00008-00000"),
        ),
        (NetworkProblem::Attach(None), Some("a00064-00148")),
        (
            NetworkProblem::Address(Some(ModuleError::Cme(CmeError::from(149)))),
            Some("a00064-00149"),
        ),
        (NetworkProblem::Clock, None),
    ] {
        assert_eq!(id(EventId::of_error(&Error::<()>::Network(problem))).as_deref(), event);
    }
    let files = EventId::of_error(&Error::<()>::Tls(TlsProblem::NothingLoaded)).unwrap();
    assert_eq!(
        told(files).1,
        "Cell Module Error - SSL certs and keys wrong or not stored"
    );
    let empty = InvalidInput::Empty { field: Field::Topic };
    for error in [
        Error::<()>::Invalid(empty),
        Error::Refused,
        Error::Unknown,
        Error::NotConnected,
        Error::Restarted,
    ] {
        assert_eq!(EventId::of_error(&error), None);
    }
}
