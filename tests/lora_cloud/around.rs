//! LOR-Q17 and LOR-Q18: the topics and the envelopes, of which the document says nothing.

use fibocom_mqtt::profile::lora_cloud::*;

use crate::{at, refused, same, written};

#[test]
fn lor_q17_topics_are_templates() {
    let eui: Eui = "10CE45FFFE00C7EC".parse().unwrap();
    let topics = Topics::new("site/lora");
    assert_eq!(topics.up(eui).unwrap().as_str(), "site/lora/10-CE-45-FF-FE-00-C7-EC/up");
    assert_eq!(
        topics.down(eui).unwrap().as_str(),
        "site/lora/10-CE-45-FF-FE-00-C7-EC/down"
    );
    assert_eq!(topics.down_filter().unwrap().as_str(), "site/lora/+/down");
    assert_eq!(
        topics.device_of("site/lora/10-CE-45-FF-FE-00-C7-EC/down"),
        Some(Some(eui))
    );
    assert_eq!(topics.device_of("site/lora/10ce45fffe00c7ec/down"), Some(Some(eui)));
    for other in [
        "site/lora/10-CE-45-FF-FE-00-C7-EC/up",
        "site/lora/10-CE-45-FF-FE-00-C7-EC",
        "site/lora/10-CE-45-FF-FE-00-C7-EC/down/1",
        "site/lora/x/down",
        "site/lora//down",
        "",
        "site/lora/down",
    ] {
        assert_eq!(topics.device_of(other), None, "{other}");
    }
    let topics = Topics::from_templates("in-<deveui>", "out");
    assert_eq!(topics.up(eui).unwrap().as_str(), "in-10-CE-45-FF-FE-00-C7-EC");
    assert_eq!((topics.device_of("out"), topics.device_of("out/1")), (Some(None), None));
    assert_eq!(topics.down_filter().unwrap().as_str(), "out");
    // A wildcard has to be a level of its own, and a topic no longer than the module takes.
    assert!(Topics::from_templates("up", "in-<deveui>").down_filter().is_err());
    assert!(Topics::from_templates("up/#", "down").up(eui).is_err());
    // Nor may another stand in the template: its messages would not be taken for responses.
    for down in ["+/<deveui>/down", "<deveui>/#", "lora/+/down"] {
        let refused = Topics::from_templates("up", down).down_filter();
        assert_eq!(refused, Err(fibocom_mqtt::InvalidInput::Wildcard), "{down}");
    }
    let long = "x".repeat(255 - 27);
    assert_eq!(Topics::new(&long).up(eui).unwrap().as_str().len(), 255);
    let long = "x".repeat(256 - 27);
    let error = Topics::new(&long).up(eui).unwrap_err();
    let (field, len, max) = (fibocom_mqtt::Field::Topic, 256, 255);
    assert_eq!(error, fibocom_mqtt::InvalidInput::TooLong { field, len, max });
}

#[test]
fn lor_q18_envelopes_single_map_and_nested() {
    let eui = Eui([1, 2, 3, 4, 5, 6, 7, 8]);
    // Requests.
    let single = r#"{"deveui":"01-02-03-04-05-06-07-08","uplink":{"msgtype":"joining"}}"#;
    let uplink: DeviceUplink = same(single);
    let map = r#"{"01-02-03-04-05-06-07-08":{"msgtype":"joining"}}"#;
    assert_eq!(written(&UplinkMap(std::slice::from_ref(&uplink))), map);
    for document in [single, map] {
        let found: Vec<_> = Uplinks::<256>::parse(document.as_bytes()).unwrap().collect();
        assert_eq!(found, [(eui, Ok(uplink.uplink.clone()))]);
    }
    let twice = [uplink.clone(), uplink.clone()];
    assert_eq!(refused(&UplinkMap(&twice)), at("deveui", Reason::Duplicate));
    for (document, found) in [
        (r#"{"deveui":"x","uplink":{}}"#, at("deveui", Reason::Value)),
        (r#"{"deveui":"0102030405060708"}"#, at("uplink", Reason::Missing)),
        (r#"{"x":{}}"#, at("deveui", Reason::Value)),
        ("[]", at("the document", Reason::Kind)),
    ] {
        let error = Uplinks::<256>::parse(document.as_bytes()).unwrap_err();
        assert_eq!((error.path.to_string(), error.reason), found);
    }
    // Replies, and whom they are for.
    let found = |document: &str| {
        let reply = Reply::parse(document.as_bytes()).unwrap();
        let mut found: Vec<String> = reply.errors().map(|error| error.to_string()).collect();
        for answer in reply.answers() {
            let response = answer.response::<UplinkResponse>().unwrap();
            let operation = response.and_then(|response| response.operation);
            let errors: Vec<_> = answer.errors().map(|error| error.to_string()).collect();
            let deveui = answer.deveui().unwrap().map(|eui| eui.to_string());
            found.push(format!("{deveui:?} {operation:?} {errors:?}"));
        }
        found.join("; ")
    };
    let named = r#"Some("01-02-03-04-05-06-07-08")"#;
    for (document, expected) in [
        (r#"{"operation":"gnss"}"#, "None Some(Gnss) []".to_string()),
        (r#"{"result":{"operation":"gnss"}}"#, "None Some(Gnss) []".to_string()),
        (
            r#"{"result":{"deveui":"0102030405060708","operation":"gnss"}}"#,
            format!("{named} Some(Gnss) []"),
        ),
        (
            r#"{"result":{"01-02-03-04-05-06-07-08":{"result":{"operation":"gnss"}}}}"#,
            format!("{named} Some(Gnss) []"),
        ),
        (
            r#"{"result":{"01-02-03-04-05-06-07-08":{"operation":"gnss"}}}"#,
            format!("{named} Some(Gnss) []"),
        ),
        (
            r#"{"0102030405060708":{"result":{"operation":"wifi"}},"0102030405060709":{"error":"not known"}}"#,
            format!(r#"{named} Some(Wifi) []; Some("01-02-03-04-05-06-07-09") None ["not known"]"#),
        ),
        // What stands beside the devices hides none of them.
        (
            r#"{"result":{"took":5,"01-02-03-04-05-06-07-08":{"result":{"operation":"gnss"}}}}"#,
            format!("{named} Some(Gnss) []"),
        ),
        (
            r#"{"result":{"operation":"gnss"},"01-02-03-04-05-06-07-08":{}}"#,
            "None Some(Gnss) []".to_string(),
        ),
        (
            r#"{"result":null,"errors":["a \"b\"",{"code":5}]}"#,
            r#"a "b"; {"code":5}; None None ["a \"b\"", "{\"code\":5}"]"#.to_string(),
        ),
        (r#"{"errors":"all"}"#, r#"all; None None ["all"]"#.to_string()),
        (
            r#"{"result":{"operation":"gnss"},"errors":[],"error":null}"#,
            "None Some(Gnss) []".to_string(),
        ),
    ] {
        assert_eq!(found(document), expected, "{document}");
    }
    // What a service writes.
    let response = UplinkResponse::<0, 0, 0> {
        operation: Some(Operation::Modem),
        fports: Some(DevicePorts::default()),
        ..UplinkResponse::default()
    };
    let document = written(&Envelope::Result(&response));
    let answer = Reply::parse(document.as_bytes()).unwrap().answers().next().unwrap();
    assert_eq!(answer.response(), Ok(Some(response)));
    let document = written(&Envelope::<Downlink>::Errors(&["no such device"]));
    assert_eq!(document, r#"{"errors":["no such device"]}"#);
}
