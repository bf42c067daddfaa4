//! LOR-13 to LOR-16: what devices send, both ways, and what is required of it.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, read, refused, same, written, wrong};

#[test]
fn lor_13_joining() {
    let document = r#"{"msgtype":"joining","timestamp":1234.5,"dr":12,"freq":4294967295}"#;
    let message: UplinkMessage = same(document);
    let joining = Joining {
        timestamp: Some(1234.5.into()),
        dr: Some(12),
        freq: Some(u32::MAX),
    };
    assert_eq!(message, UplinkMessage::Joining(joining));
    assert_eq!(
        same::<UplinkMessage>(r#"{"msgtype":"joining"}"#),
        UplinkMessage::Joining(Joining::default())
    );
    let message = <UplinkMessage>::Joining(Joining {
        dr: Some(13),
        ..joining
    });
    assert_eq!(refused(&message), at("dr", Reason::Range));
    let found = wrong::<UplinkMessage>(r#"{"msgtype":"joining","freq":4294967296}"#);
    assert_eq!(found, at("freq", Reason::Range));
}

#[test]
fn lor_14_updf_and_the_protocol_of_its_port() {
    let document = concat!(
        r#"{"msgtype":"updf","fcnt":4294967295,"port":198,"dr":5,"freq":868100000,"timestamp":1.5,"payload":"01ff","dn_mtu":51,"#,
        r#""gnss_capture_time":1406468591.25,"gnss_capture_time_accuracy":15.0,"gnss_assist_position":[55.341414,11.030974],"#,
        r#""gnss_assist_altitude":-3.5,"gnss_use_2D_solver":true}"#
    );
    let message: UplinkMessage = same(document);
    let updf = Updf {
        fcnt: u32::MAX,
        port: Some(198),
        payload: Some(Hex::new(&[1, 0xff]).unwrap()),
        dr: Some(5),
        freq: Some(868_100_000),
        timestamp: Some(1.5.into()),
        dn_mtu: Some(51),
        gnss: GnssParameters {
            capture_time: Some(1406468591.25.into()),
            capture_time_accuracy: Some(15.0),
            assist_position: Some([55.341414, 11.030974]),
            assist_altitude: Some(-3.5),
            use_2d_solver: Some(true),
        },
    };
    assert_eq!(message, UplinkMessage::Updf(updf.clone()));
    // Without its type it is one too, but not without its counter; without port and payload it is an opportunity for a downlink.
    assert_eq!(
        read::<UplinkMessage>(&document.replace("\"msgtype\":\"updf\",", "")),
        message
    );
    assert_eq!(
        wrong::<UplinkMessage>(r#"{"port":2,"payload":""}"#),
        at("fcnt", Reason::Missing)
    );
    same::<UplinkMessage>(r#"{"msgtype":"updf","fcnt":1}"#);

    let ports = DevicePorts::default();
    for (port, protocol) in [
        (199, Some(Protocol::Modem)),
        (198, Some(Protocol::Gnss)),
        (192, Some(Protocol::GnssNg)),
        (197, Some(Protocol::Wifi)),
        (2, None),
    ] {
        let without = <UplinkMessage>::Updf(Updf {
            port: Some(port),
            payload: None,
            ..updf.clone()
        });
        assert_eq!(without.protocol(&ports), protocol);
        match protocol {
            Some(_) => assert_eq!(refused(&without), at("payload", Reason::Missing)),
            None => drop(written(&without)),
        }
        // On other ports it is another protocol, or none.
        let moved = DevicePorts {
            modem: 1,
            gnss: 3,
            gnssng: 4,
            wifi: 5,
            stream: 2,
        };
        let found = without.protocol(&moved);
        assert_eq!(found, (port == 2).then_some(Protocol::Stream));
        assert_eq!(encode_for(&without, &moved, &mut [0; 512]).is_err(), port == 2);
    }
    for dr in 0..=255 {
        let message = <UplinkMessage>::Updf(Updf {
            dr: Some(dr),
            ..updf.clone()
        });
        match dr {
            0..=12 => drop(written(&message)),
            _ => assert_eq!(refused(&message), at("dr", Reason::Range)),
        }
    }
}

#[test]
fn lor_15_gnss_messages_and_what_their_position_needs() {
    for kind in ["gnss", "gnssng"] {
        let document = [
            r#"{"msgtype":""#,
            kind,
            r#"","timestamp":1.5,"payload":"87821f","dn_mtu":51,"gnss_capture_time":7,"gnss_capture_time_accuracy":20.0,"#,
            r#""gnss_assist_position":[37.819222,-122.478521],"gnss_assist_altitude":10.0,"gnss_use_2D_solver":false}"#,
        ]
        .concat();
        let message: UplinkMessage = same(&document);
        let (UplinkMessage::Gnss(gnss) | UplinkMessage::GnssNg(gnss)) = &message else {
            panic!("{message:?}")
        };
        assert_eq!(message.message_type().as_str(), kind);
        assert_eq!(gnss.payload.as_bytes(), [0x87, 0x82, 0x1f]);
        assert_eq!(
            (gnss.gnss.time_tolerance(), gnss.gnss.encoded_time_is_ignored()),
            (20.0, false)
        );
        let found = wrong::<UplinkMessage>(&document.replace("\"payload\":\"87821f\",", ""));
        assert_eq!(found, at("payload", Reason::Missing));
        let empty: UplinkMessage = read(&document.replace("87821f", ""));
        assert_eq!(refused(&empty), at("payload", Reason::Missing));
        let flat: UplinkMessage = read(
            &document
                .replace(":false", ":true")
                .replace("\"gnss_assist_altitude\":10.0,", ""),
        );
        assert_eq!(refused(&flat), at("gnss_assist_altitude", Reason::Missing));
    }
    let nothing = GnssParameters::default();
    assert_eq!(
        (nothing.time_tolerance(), nothing.encoded_time_is_ignored()),
        (300.0, false)
    );
    for (accuracy, ignored) in [(0.0, true), (15.9, true), (16.0, false)] {
        let parameters = GnssParameters {
            capture_time_accuracy: Some(accuracy),
            ..nothing
        };
        assert_eq!(parameters.encoded_time_is_ignored(), ignored);
    }
    for assist_position in [[90.0, 180.0], [-90.0, -180.0]] {
        let gnss = GnssParameters {
            assist_position: Some(assist_position),
            ..nothing
        };
        written(&<UplinkMessage>::Updf(Updf {
            gnss,
            ..Updf::default()
        }));
    }
    // U-GNSSLOC-REQAID asks for an aiding position; as a message of its own and on the port of the protocol.
    for (document, needs) in [
        (r#"{"msgtype":"gnss","payload":"00"}"#, true),
        (r#"{"fcnt":1,"port":198,"payload":"00"}"#, true),
        (r#"{"msgtype":"gnssng","payload":"00"}"#, false),
        (r#"{"fcnt":1,"port":199,"payload":"00"}"#, false),
        (r#"{"msgtype":"gnss","payload":"01"}"#, false),
    ] {
        let message: UplinkMessage = read(document);
        match needs {
            true => assert_eq!(refused(&message), at("gnss_assist_position", Reason::Missing)),
            false => drop(written(&message)),
        }
        let aided = document.replace('}', r#","gnss_assist_position":[-33.852482,151.210686]}"#);
        written(&read::<UplinkMessage>(&aided));
    }
}

#[test]
fn lor_16_wifi_messages_have_two_addresses() {
    let document = r#"{"msgtype":"wifi","timestamp":1.5,"payload":"00010203040506111213141516"}"#;
    let message: UplinkMessage = same(document);
    assert!(matches!(&message, UplinkMessage::Wifi(WifiMessage { payload, .. }) if payload.len() == 13));
    for (tag, each, counted) in [("00", 6, true), ("01", 7, true), ("02", 7, false)] {
        for addresses in 0..5 {
            let payload = format!("{tag}{}", "a5".repeat(each * addresses));
            let len = payload.len() / 2;
            for document in [
                format!(r#"{{"msgtype":"wifi","payload":"{payload}"}}"#),
                format!(r#"{{"fcnt":1,"port":197,"payload":"{payload}"}}"#),
            ] {
                let message: UplinkMessage = read(&document);
                match addresses < 2 && counted {
                    true => assert_eq!(refused(&message), at("payload", Reason::Length { len })),
                    false => drop(written(&message)),
                }
            }
        }
    }
    let found = wrong::<UplinkMessage>(r#"{"msgtype":"wifi","timestamp":1}"#);
    assert_eq!(found, at("payload", Reason::Missing));
}
