//! Messages with topic ids through the driver, whatever the module prints as an id's length and whether it quotes (V1.3 section 1.11): what a
//! stranger wrote comes out as it was or is reported lost, and is never a line of the module.

use std::time::Duration;

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{Dialect, Error, QoS, SnConnectOptions, SnConnectionId, TopicFilter};

use super::connections::memory;
use super::support::*;

/// Lines that would be believed, and separators wherever an answer may have them.
const PAYLOADS: [&[u8]; 7] = [
    b"2,71",
    b"",
    b"\"",
    b",,,,\",\"\r\nOK\r\n\r\n+MQTTBREAK: 101,1\r\n",
    b"\r\n+MQTTBREAK: 101,1\r\n\r\n+MQTTREAD: 101,0,0,0\r\n\r\nOK\r\n",
    b"\"\r\n\r\nERROR\r\n\r\n+MQTTCLOSE: 101,1\r\n> ",
    b"7,\"7,\"\r\n7,\"\r\n",
];

/// Ids as the sensor's gateway knows them.
const TOPICS: [(&str, &str); 3] = [("7", "plant/7"), ("300", "plant/300"), ("65535", "plant/last")];

/// Sends every payload to every topic, and gives how many were lost: only such with a comma, just where a name of the header's length would end.
fn lost(id_length: &str, quotes: bool, pinned: bool) -> usize {
    let mut settings = Settings::l610();
    for (id, name) in TOPICS {
        settings.set("sn-predefined", &format!("{id}={name}")).unwrap();
    }
    settings.set("sn-id-length", id_length).unwrap();
    settings.set("quote-read", if quotes { "yes" } else { "no" }).unwrap();
    let world = World::online(Settings {
        echo: false,
        ..settings
    });
    let mut memory = memory();
    let dialect = Dialect::default();
    let dialect = if pinned { dialect.read_quotes(quotes) } else { dialect };
    let mut modem = memory.modem_with(&world, dialect);
    modem.set_model("L610".parse().unwrap());
    let mut lost = 0;
    world.block_on(async {
        let mut client = modem.client(SnConnectionId::FIRST);
        let options = SnConnectOptions::new("gateway", 10000).client_id("sensor");
        client.connect(&options).await.unwrap();
        client
            .subscribe(TopicFilter::new("plant/#").unwrap(), QoS::AtLeastOnce)
            .await
            .unwrap();
        let mut buffer = [0; 256];
        for (id, name) in TOPICS {
            for payload in PAYLOADS {
                world.broker().inject("sensor", name, payload, 1);
                let what = format!("{id_length} {quotes} {pinned} {id} {}", payload.escape_ascii());
                match client.recv(&mut buffer).await {
                    Ok(message) => {
                        assert_eq!(message.payload(), payload, "{what}");
                        assert_eq!(
                            message.topic_id().map(|id| id.to_string()).as_deref(),
                            Some(id),
                            "{what}"
                        );
                    }
                    // It cannot be told which of two messages it is, or where it ends.
                    Err(Error::Unexpected | Error::Silent) => {
                        assert!(payload.contains(&b','), "{what}");
                        lost += 1;
                    }
                    Err(error) => panic!("{what}: {error}"),
                }
                // Whatever became of it, the connection is as it was and answers are answers again.
                assert!(client.is_connected(), "{what}");
                client
                    .subscribe(TopicFilter::new("a").unwrap(), QoS::AtMostOnce)
                    .await
                    .unwrap();
            }
        }
        sleep(&world, Duration::from_secs(1)).await;
        assert!(world.module(|module| module.is_open(101)));
    });
    lost
}

#[test]
fn every_length_on_every_kind_of_module() {
    for id_length in ["0", "1", "2", "5", "9", "10", "30", "255", "65535", "digits", "id"] {
        assert_eq!(lost(id_length, true, true), 0, "{id_length}");
        for (quotes, pinned) in [(true, false), (false, true), (false, false)] {
            let lost = lost(id_length, quotes, pinned);
            let certain = matches!(id_length, "0" | "1" | "digits");
            assert!(lost == 0 || !certain, "{id_length} {quotes} {pinned}: {lost}");
        }
    }
}
