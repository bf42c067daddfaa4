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
    for answer in [
        "+CCID: 89610180002841893752",
        "+CCID: \"89610180002841893752\"",
        "89610180002841893752",
    ] {
        assert_eq!(parse(&ReadIccid, answer).unwrap().as_str(), "89610180002841893752");
    }
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
    assert_eq!(parse(&ReadSim, "+CPIN: NOT INSERTED"), Some(SimState::Absent));
    assert_eq!(parse(&ReadSim, "+CPIN: PH-SIM PIN"), Some(SimState::Other));
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

const CEREG: ReadRegistration = ReadRegistration { domain: Domain::Eps };

#[test]
fn registration() {
    let state = |answer| parse(&CEREG, answer).map(|registration| registration.state);
    for (answer, expected) in [
        ("+CEREG: 0,1", Some(RegistrationState::Home)),
        ("+CEREG:0, 5", Some(RegistrationState::Roaming)),
        (
            "+CEREG: 2,2,\"1A2B\",\"01C3D4E5\",7",
            Some(RegistrationState::Searching),
        ),
        ("+CEREG: 2,1,1A2B,01C3D4E5,7", Some(RegistrationState::Home)),
        ("+CEREG: 3,3,,,,0,15", Some(RegistrationState::Denied)),
        (
            "+CEREG: 4,1,\"1A2B\",\"01C3D4E5\",7,,,\"00000110\",\"01001001\"",
            Some(RegistrationState::Home),
        ),
        // Unsolicited lines in front of the answer have no `n`.
        ("+CEREG: 5\r\n+CEREG: 1,0", Some(RegistrationState::Idle)),
        (
            "+CEREG: 1,\"1A2B\",\"01C3D4E5\",7\r\n+CEREG: 2,3",
            Some(RegistrationState::Denied),
        ),
        (
            "+CEREG: 1,1234,01C3D4E5,7\r\n+CEREG: 2,2",
            Some(RegistrationState::Searching),
        ),
        ("+CEREG: 3,,,,0,15\r\n+CEREG: 3,2", Some(RegistrationState::Searching)),
        ("+CEREG: 1", None),
        ("+CEREG: 1,", None),
        ("+CEREG: 1,-1", None),
        ("+CREG: 0,1", None),
        ("", None),
    ] {
        assert_eq!(state(answer), expected, "{answer}");
    }
    let circuit = ReadRegistration {
        domain: Domain::Circuit,
    };
    assert!(parse(&circuit, "+CREG: 0,1").unwrap().is_registered());
    assert_eq!(parse(&circuit, "+CGREG: 0,1"), None);
}

#[test]
fn every_state_of_registration() {
    for number in 0..=12 {
        let state = RegistrationState::from(number);
        assert_eq!(u32::from(state), number);
        // 27.007 section 10.1.22: 6 and 7 are for short messages only, 8 for emergency calls.
        assert_eq!(state.is_registered(), matches!(number, 1 | 5 | 9 | 10), "{number}");
        assert_eq!(matches!(state, RegistrationState::Unknown(_)), number > 10);
    }
}

#[test]
fn operator() {
    let of =
        |answer| parse(&ReadOperator, answer).map(|operator| (operator.name.as_str().to_owned(), operator.technology));
    let named = |name: &str, technology| Some((name.to_owned(), technology));
    assert_eq!(of("+COPS: 0,0,\"CHN-UNICOM\",7"), named("CHN-UNICOM", Some(7)));
    assert_eq!(of("+COPS: 0,2,\"46001\""), named("46001", None));
    assert_eq!(of("+COPS:1, 0, \"a, b\", 9"), named("a, b", Some(9)));
    assert_eq!(of("+COPS: 0"), named("", None));
    assert_eq!(of("+COPS: "), None);
}

#[test]
fn attachment() {
    assert_eq!(parse(&ReadAttachment, "+CGATT: 1"), Some(Attachment { attached: true }));
    assert_eq!(parse(&ReadAttachment, "+CGATT:0"), Some(Attachment { attached: false }));
    assert_eq!(parse(&ReadAttachment, "+CGATT: 2"), None);
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
        ("+MIPCALL: 0,0.0.0.0", Some(PdpState::Down)),
        ("+MIPCALL: 1,0.0.0.0", Some(PdpState::Stale)),
        ("+MIPCALL: 0.0.0.0", Some(PdpState::Stale)),
        ("+MIPCALL: 1,::", Some(PdpState::Stale)),
        // The second is a name server.
        ("+MIPCALL: 1,0.0.0.0,8.8.8.8", Some(PdpState::Stale)),
        // An address of one family is enough.
        ("+MIPCALL: 1,0.0.0.0,2409:8954::1", up("2409:8954::1")),
        ("+MIPCALL: 2", Some(PdpState::Busy)),
        ("+MIPCALL: 1", Some(PdpState::Unnamed)),
        ("+MIPCALL: 1,\"\"", Some(PdpState::Unnamed)),
        ("+SIM READY\r\n+MIPCALL: 10.1.2.3", up("10.1.2.3")),
        ("+MIPCALL: x", None),
        ("+MIPCALL: 3", None),
        ("+MIPCALL: ", None),
        ("", None),
    ] {
        assert_eq!(parse(&ReadPdp, answer), expected, "{answer}");
        // Before OK, the same lines tell what came of dialling and of hanging up; without one it is not yet known.
        let expected = expected.or(Some(PdpState::Busy));
        assert_eq!(parse(&Dial { apn: None, login: None }, answer), expected, "{answer}");
        assert_eq!(parse(&HangUp, answer), expected, "{answer}");
    }
    assert_eq!(
        up("10.1.2.3"),
        Some(PdpState::Up(IpAddr::V4(Ipv4Addr::new(10, 1, 2, 3))))
    );
}

#[test]
fn addresses_of_the_context() {
    let address = |answer| parse(&ReadAddress, answer).map(|context| context.address);
    let some = |address: &str| Some(Some(address.parse::<IpAddr>().unwrap()));
    assert_eq!(address("+CGPADDR: 1,\"10.85.71.198\""), some("10.85.71.198"));
    assert_eq!(address("+CGPADDR:1,10.85.71.198"), some("10.85.71.198"));
    assert_eq!(
        address("+CGPADDR: 2,\"10.0.0.1\"\r\n+CGPADDR: 1,\"10.85.71.198\""),
        some("10.85.71.198")
    );
    assert_eq!(
        address("+CGPADDR: 1,\"32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1\""),
        some("2001:db8::1")
    );
    assert_eq!(address("+CGPADDR: 1,\"0.0.0.0\",\"2001:db8::1\""), some("2001:db8::1"));
    for none in ["+CGPADDR: 1,\"0.0.0.0\"", "+CGPADDR: 1,\"\"", "+CGPADDR: 1"] {
        assert_eq!(address(none), Some(None), "{none}");
    }
    assert_eq!(address("+CGPADDR: 2,\"10.0.0.1\""), None);
}

#[test]
fn clock() {
    let time = |answer| parse(&ReadClock, answer).map(|time| (time.to_string(), time.is_set()));
    let is = |text: &str, set| Some((text.to_owned(), set));
    for (answer, expected) in [
        // Of the capture of an L610.
        (
            "+CCLK: \"26/07/20,06:51:36+00\"",
            is("2026-07-20 06:51:36 +00:00", true),
        ),
        (
            "+CCLK: \"26/07/20,06:51:36+32\"",
            is("2026-07-20 06:51:36 +08:00", true),
        ),
        (
            "+CCLK: \"26/07/20,06:51:36-14\"",
            is("2026-07-20 06:51:36 -03:30", true),
        ),
        ("+CCLK:\"2026/07/20,06:51:36\"", is("2026-07-20 06:51:36 +00:00", true)),
        ("+CCLK: 24/01/01,00:00:00+04", is("2024-01-01 00:00:00 +01:00", true)),
        // As after power-on.
        (
            "+CCLK: \"23/12/31,23:59:59+00\"",
            is("2023-12-31 23:59:59 +00:00", false),
        ),
        (
            "+CCLK: \"70/01/01,00:00:05+00\"",
            is("1970-01-01 00:00:05 +00:00", false),
        ),
        (
            "+CCLK: \"00/01/01,00:00:05+00\"",
            is("2000-01-01 00:00:05 +00:00", false),
        ),
        ("+CCLK: \"26/13/20,06:51:36+00\"", None),
        ("+CCLK: \"26/07/32,06:51:36+00\"", None),
        ("+CCLK: \"26/07/20,24:51:36+00\"", None),
        ("+CCLK: \"26/07/20,06:51:36+97\"", None),
        ("+CCLK: \"26/07/20\"", None),
        ("+CCLK: \"26/07/20,06:51:36+00x\"", None),
        ("", None),
    ] {
        assert_eq!(time(answer), expected, "{answer}");
    }
}
