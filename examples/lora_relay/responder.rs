//! The other end: an ordinary MQTT client that answers uplinks as the LoRa Cloud services do. What stands here for them would in
//! earnest pass the uplinks on over HTTP.

use std::error::Error;
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use rumqttc::{Client, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};

/// Answers in a thread of its own, from when this returns.
pub fn start(broker: SocketAddr) -> Result<(), Box<dyn Error>> {
    let mut options = MqttOptions::new("responder", broker.ip().to_string(), broker.port());
    options.set_keep_alive(Duration::from_secs(30));
    let (client, mut connection) = Client::new(options, 16);
    client.subscribe("lora/+/up", QoS::AtLeastOnce)?;
    for event in connection.iter() {
        if let Event::Incoming(Packet::SubAck(_)) = event? {
            break;
        }
    }
    thread::spawn(move || {
        // Until the broker is gone.
        for event in connection.iter().map_while(Result::ok) {
            if let Event::Incoming(Packet::Publish(uplink)) = event {
                let (Some(device), Ok(message)) = (
                    uplink.topic.strip_suffix("/up"),
                    serde_json::from_slice(&uplink.payload),
                ) else {
                    continue;
                };
                let reply = reply(&message).to_string();
                drop(client.publish(format!("{device}/down"), QoS::AtLeastOnce, false, reply));
            }
        }
    });
    Ok(())
}

/// What the service says to `{"deveui": …, "uplink": …}`.
pub fn reply(message: &Value) -> Value {
    let (deveui, uplink) = (&message["deveui"], &message["uplink"]);
    let mut response = json!({
        "deveui": deveui,
        "operation": "modem",
        "dnlink": null,
        "position_solution": null,
        "pending_requests": { "requests": [], "id": 1, "updelay": 32, "upcount": 0 },
        "log_messages": [],
        "fports": { "dmport": 199, "gnssport": 198, "wifiport": 197, "fragport": 201, "streamport": 199, "gnssngport": 192 },
    });
    match (uplink["msgtype"].as_str(), uplink["port"].as_u64()) {
        (Some("joining"), _) => {
            let log = json!({ "logmsg": "session reset", "level": "INFO", "timestamp": uplink["timestamp"] });
            response["log_messages"] = json!([log]);
            // In the form of an answer for several devices.
            let mut devices = json!({});
            devices[deveui.as_str().unwrap_or_default()] = json!({ "result": response });
            return json!({ "result": devices });
        }
        (_, Some(199)) => {
            response["dnlink"] = json!({ "port": 199, "payload": "00000103" });
            response["stream_records"] = json!([[16.0, "6f726c64"], [0.0, "68656c6c"]]);
        }
        (_, Some(192)) => {
            response["operation"] = json!("gnss");
            response["position_solution"] = json!({
                "llh": [51.49278, 0.0212, 83.93],
                "accuracy": 20.7,
                "ecef": [3979329.33, 1472.73, 4967927.89],
                "gdop": 2.48,
                "capture_time_gps": 1406468591.18046,
                "capture_times_gps": [1406468582.06164, 1406468591.18046],
                "timestamp": uplink["timestamp"],
                "algorithm_type": "gnssng",
            });
        }
        _ => response["operation"] = json!("other"),
    }
    json!({ "result": response })
}
