//! Answers about the module and its network, in every spelling that was seen or printed.

use core::net::{IpAddr, Ipv4Addr};

use super::*;

#[test]
fn names_with_and_without_prefix_and_quotes() {
    for (answer, expected) in [
        ("LE270-CN", "LE270-CN"),
        ("+CGMM: L610-CN-62-36", "L610-CN-62-36"),
        ("+CGMM:L610", "L610"),
        ("\"L610-EU\"", "L610-EU"),
        ("+CGMM: \"FM350-GL\",\"FM350\"", "FM350-GL"),
        ("L610\t\u{7f}-EU\r\n+SIM READY", "L610-EU"),
    ] {
        assert_eq!(parse(&ModelName, answer).unwrap().as_str(), expected, "{answer}");
    }
    assert_eq!(parse(&ModelName, ""), None);
    // A line of the capture of an LE270-CN; a comma belongs to a name that stands alone.
    assert_eq!(
        parse(&Manufacturer, "Fibocom Wireless Inc.").unwrap().as_str(),
        "Fibocom Wireless Inc."
    );
    assert_eq!(
        parse(&Manufacturer, "Fibocom Wireless, Inc.").unwrap().as_str(),
        "Fibocom Wireless, Inc."
    );
    assert_eq!(parse(&Manufacturer, "+CGMI: \"Fibocom\"").unwrap().as_str(), "Fibocom");
    assert_eq!(
        parse(&Revision, "+CGMR: 16000.1208.00.86.02.02").unwrap().as_str(),
        "16000.1208.00.86.02.02"
    );
    assert_eq!(
        parse(&SerialNumber, "+CGSN: \"860000000000001\"").unwrap().as_str(),
        "860000000000001"
    );
    let long = "x".repeat(80);
    assert_eq!(parse(&SerialNumber, &long).unwrap().as_str(), &long[..64]);
}

#[test]
fn error_reports() {
    assert_eq!(parse(&ReadErrorReports, "+CMEE: 0"), Some(ErrorReports::Off));
    assert_eq!(parse(&ReadErrorReports, "+CMEE: 1"), Some(ErrorReports::Numbers));
    assert_eq!(parse(&ReadErrorReports, "+CMEE:2"), Some(ErrorReports::Words));
    assert_eq!(parse(&ReadErrorReports, "+CMEE: 3"), None);
}

#[test]
fn states_of_the_sim() {
    assert_eq!(parse(&ReadSim, "+CPIN: READY"), Some(SimState::Ready));
    assert_eq!(parse(&ReadSim, "+CPIN:SIM PIN"), Some(SimState::Pin));
    assert_eq!(parse(&ReadSim, "+CPIN: \"SIM PUK\""), Some(SimState::Puk));
    assert_eq!(parse(&ReadSim, "+CPIN: NOT INSERTED"), Some(SimState::Other));
    assert_eq!(parse(&ReadSim, ""), None);
}

#[test]
fn signal() {
    let signal = parse(&ReadSignal, "+CSQ: 31,99").unwrap();
    assert_eq!((signal.rssi, signal.bit_errors, signal.dbm()), (31, 99, Some(-51)));
    assert_eq!(parse(&ReadSignal, "+CSQ: 0,0").unwrap().dbm(), Some(-113));
    assert_eq!(parse(&ReadSignal, "+CSQ: 99,99").unwrap().dbm(), None);
    assert_eq!(parse(&ReadSignal, "+CSQ: 31"), None);
}

#[test]
fn registration() {
    let state = |answer| parse(&ReadRegistration, answer).map(|registration| registration.state);
    assert_eq!(state("+CEREG: 0,1"), Some(RegistrationState::Home));
    assert_eq!(state("+CEREG: 0,5"), Some(RegistrationState::Roaming));
    assert_eq!(
        state("+CEREG: 2,2,\"1A2B\",\"01C3D4E5\",7"),
        Some(RegistrationState::Searching)
    );
    // Unsolicited lines in front of the answer have no `n`.
    assert_eq!(state("+CEREG: 5\r\n+CEREG: 1,0"), Some(RegistrationState::Idle));
    assert_eq!(
        state("+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n+CEREG: 2,3"),
        Some(RegistrationState::Denied)
    );
    assert_eq!(state("+CEREG: 1"), None);
    for number in [0, 1, 2, 3, 4, 5, 9] {
        assert_eq!(u32::from(RegistrationState::from(number)), number);
    }
    let registered = |answer| parse(&ReadRegistration, answer).unwrap().is_registered();
    assert!(registered("+CEREG: 0,1") && registered("+CEREG: 0,5"));
    assert!(!registered("+CEREG: 0,2") && !registered("+CEREG: 0,6"));
}

#[test]
fn every_known_answer_about_the_data_connection() {
    let up = |address: &str| Some(PdpState::Up(address.parse::<IpAddr>().unwrap()));
    for (answer, expected) in [
        ("+MIPCALL: 1,10.112.241.69", up("10.112.241.69")),
        ("+MIPCALL: 10.112.241.69", up("10.112.241.69")),
        ("+MIPCALL:10.1.2.3", up("10.1.2.3")),
        ("+MIPCALL:1,10.124.237.39", up("10.124.237.39")),
        ("+MIPCALL: 1,\"10.1.2.3\"", up("10.1.2.3")),
        ("+MIPCALL: 1,10.1.2.3,8.8.8.8,8.8.4.4", up("10.1.2.3")),
        (
            "+MIPCALL: 10.20.83.175,2409:8954:3298:9ED0:95DA:7E09:A700:D58B",
            up("10.20.83.175"),
        ),
        ("+MIPCALL: 1,2409:8954::1", up("2409:8954::1")),
        ("+MIPCALL: 0", Some(PdpState::Down)),
        ("+MIPCALL:0", Some(PdpState::Down)),
        ("+MIPCALL: 1,0.0.0.0", Some(PdpState::Down)),
        ("+MIPCALL: 0.0.0.0", Some(PdpState::Down)),
        ("+MIPCALL: 1,::", Some(PdpState::Down)),
        // The second is a name server.
        ("+MIPCALL: 1,0.0.0.0,8.8.8.8", Some(PdpState::Down)),
        // An address of one family is enough.
        ("+MIPCALL: 1,0.0.0.0,2409:8954::1", up("2409:8954::1")),
        ("+MIPCALL: 2", Some(PdpState::Busy)),
        // Up, without the address: ask again.
        ("+MIPCALL: 1", Some(PdpState::Busy)),
        ("+SIM READY\r\n+MIPCALL: 10.1.2.3", up("10.1.2.3")),
        ("+MIPCALL: x", None),
        ("+MIPCALL: ", None),
        ("", None),
    ] {
        assert_eq!(parse(&ReadPdp, answer), expected, "{answer}");
    }
    assert_eq!(
        up("10.1.2.3"),
        Some(PdpState::Up(IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3))))
    );
    // Dialling tells nothing that asking does not: the address may come before OK, behind it, or not at all.
    assert_eq!(parse(&Dial { apn: None }, "+MIPCALL: 1,10.2.113.184"), Some(Done));
}
