//! What the module can do and take, as `info` shows it.

use fibocom_mqtt::{Capabilities, Feature, Limit, Source};

use crate::info::Fact;

/// The model, each limit and each feature, and who told.
pub fn facts(capabilities: &Capabilities) -> Vec<Fact> {
    let model = capabilities.model();
    let mut facts = vec![
        Fact::new("known as", Some(model.value.to_string()), told(model.source, "AT+CGMM")),
        connections(capabilities),
    ];
    for limit in Limit::ALL.into_iter().filter(|limit| *limit != Limit::Connections) {
        let (name, command) = limit_words(limit);
        let known = capabilities.limit(limit);
        let value = match limit {
            Limit::KeepAlive => format!("1 to {} s", known.value),
            _ => format!("{} bytes", known.value),
        };
        facts.push(Fact::new(name, Some(value), told(known.source, command)));
    }
    for feature in Feature::ALL
        .into_iter()
        .filter(|feature| *feature != Feature::SnConnections)
    {
        let (name, command) = feature_words(feature);
        let known = capabilities.feature(feature);
        let value = if known.value { "yes" } else { "no" };
        facts.push(Fact::new(name, Some(value.to_owned()), told(known.source, command)));
    }
    facts
}

fn connections(capabilities: &Capabilities) -> Fact {
    let count = capabilities.limit(Limit::Connections);
    let mut ids: Vec<_> = (1..=count.value).map(|id| id.to_string()).collect();
    if capabilities.feature(Feature::SnConnections).value {
        ids.extend(["101", "102"].map(str::to_owned));
    }
    Fact::new("connections", Some(ids.join(", ")), told(count.source, "AT+MQTTOPEN=?"))
}

fn told(source: Source, command: &'static str) -> &'static str {
    match source {
        Source::Table => "the manual",
        Source::Module => command,
        Source::Caller => "--model",
    }
}

/// Its name, and the command that tells.
fn limit_words(limit: Limit) -> (&'static str, &'static str) {
    match limit {
        Limit::Host => ("longest host", "AT+MQTTOPEN=?"),
        Limit::KeepAlive => ("keep-alive", "AT+MQTTOPEN=?"),
        Limit::User => ("longest user", "AT+MQTTUSER=?"),
        Limit::Password => ("longest password", "AT+MQTTUSER=?"),
        Limit::ClientId => ("longest client id", "AT+MQTTUSER=?"),
        Limit::Topic => ("longest topic", "AT+MQTTPUB=?"),
        Limit::Payload => ("longest payload", "AT+MQTTPUB=?"),
        Limit::WillPayload => ("longest will payload", "AT+MQTTWILL=?"),
        Limit::Received => ("longest received payload", "the manual"),
        Limit::SnClientId => ("longest MQTT-SN client id", "AT+MQTTSNCID=?"),
        _ => ("another limit", "the module"),
    }
}

/// Its name, and the command that tells.
fn feature_words(feature: Feature) -> (&'static str, &'static str) {
    match feature {
        Feature::Mqtt => ("MQTT commands", "AT+MQTTUSER=?"),
        Feature::Tls => ("TLS", "AT+MQTTOPEN=?"),
        Feature::WillDataMode => ("will data mode", "the module"),
        Feature::SnCommands => ("MQTT-SN commands", "AT+MQTTSNCID=?"),
        Feature::AuthCommands => ("cloud commands", "AT+MQTTAUTHCFG=?"),
        _ => ("another feature", "the module"),
    }
}
