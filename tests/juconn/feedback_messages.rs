//! The messages of the feedback channel, each in both formats and both directions.

use fibocom_mqtt::profile::juconn::tixml::Document;
use fibocom_mqtt::profile::juconn::{Format, Request, RequestKind, ResultMessage, Statements};

use crate::messages::{BRACED, JSON, braced, json, written};
use crate::sample;

fn request(kind: RequestKind, statements: &str, path: Option<&'static str>) -> [String; 2] {
    let statements = Document::parse(statements).unwrap();
    [BRACED, JSON].map(|style| {
        let request = Request {
            kind,
            format: style.format,
            request_id: "c30507d0".into(),
            serial_number: "04600912".into(),
            statements: Statements::Tixml(statements),
            path: path.map(Into::into),
        };
        written!(request, style)
    })
}

fn statements(request: &Request<'_>) -> String {
    let mut out = String::new();
    request.statements.write_tixml(&mut out).unwrap();
    out
}

#[test]
fn juc_m_6_config() {
    let set = "<SetConfig _=\"USER\" ver=\"y\"><A/></SetConfig><Set _=\"/a\" value=\"10\"/>";
    let [tixml, text] = request(RequestKind::Config, set, None);
    let fields = format!("<request_id _=\"c30507d0\"/><serial_number _=\"04600912\"/><config>{set}</config>");
    assert_eq!(tixml, braced(&fields));
    assert_eq!(json(&text)["config_xml"], set);
    for (text, format) in [(&tixml, Format::Tixml), (&text, Format::Json)] {
        let request = Request::parse(RequestKind::Config, text.as_bytes()).unwrap();
        assert_eq!((request.format, statements(&request)), (format, set.to_owned()));
        assert_eq!(request.request_id, "c30507d0");
        assert_eq!(request.serial_number, "04600912");
    }
}

fn result(kind: RequestKind, error_code: i32, answers: &str) -> [String; 2] {
    let result = Statements::Tixml(Document::parse(answers).unwrap());
    let message = ResultMessage {
        kind,
        error_code,
        response_id: "the request id for the config".into(),
        result,
    };
    [written!(message, BRACED), written!(message, JSON)]
}

fn read_back(kind: RequestKind, texts: &[String; 2], error_code: i32, answers: &str) {
    for text in texts {
        let read = ResultMessage::parse(kind, text.as_bytes()).unwrap();
        assert_eq!(
            (read.error_code, read.response_id),
            (error_code, "the request id for the config".into())
        );
        let mut out = String::new();
        read.result.write_tixml(&mut out).unwrap();
        assert_eq!(out, answers);
    }
}

#[test]
fn juc_m_7_config_result() {
    let texts = result(RequestKind::Config, 0, "<SetConfig/>");
    let start = "<error_code _=\"0\"/><response_id _=\"the request id for the config\"/>";
    assert_eq!(
        texts[0],
        braced(&format!("{start}<config_result_xml><SetConfig/></config_result_xml>"))
    );
    let text = r#"{"error_code":0,"response_id":"the request id for the config","config_result_xml":"<SetConfig/>"}"#;
    assert_eq!(texts[1], text);
    read_back(RequestKind::Config, &texts, 0, "<SetConfig/>");
}

#[test]
fn juc_m_8_cmd() {
    let request_of = |text: &str| {
        let request = Request::parse(RequestKind::Cmd, text.as_bytes()).unwrap();
        assert_eq!(request.serial_number, "04600912");
        statements(&request)
    };
    let set = "<Set _=\"/Process/PV/Test\" value=\"10\" ver=\"y\"/>";
    assert_eq!(request_of(sample!("cmd.tixml")).trim(), set);
    let [tixml, text] = request(RequestKind::Cmd, set, None);
    assert_eq!(request_of(&tixml), set);
    assert_eq!(request_of(&text), set);
    assert_eq!(
        json(&text)["cmd"]["Set"],
        json(r#"{"-_":"/Process/PV/Test","-value":"10","-ver":"y"}"#)
    );
}

#[test]
fn juc_m_9_cmd_result() {
    let texts = result(RequestKind::Cmd, 0, "<SetConfig/>");
    assert_eq!(texts[1], sample!("cmd_result.json").trim());
    read_back(RequestKind::Cmd, &texts, 0, "<SetConfig/>");
    let manual = ResultMessage::parse(RequestKind::Cmd, sample!("cmd_result.tixml").as_bytes()).unwrap();
    assert_eq!(manual.response_id, "c30507d0-0618-11ea-8009-efa48641463e");
    let flat = |text: &str| text.split_whitespace().collect::<String>();
    let ours = texts[0].replace("the request id for the config", "c30507d0-0618-11ea-8009-efa48641463e");
    assert_eq!(flat(&ours), flat(sample!("cmd_result.tixml")));
}

#[test]
fn juc_m_10_state() {
    let [tixml, text] = request(RequestKind::State, "", Some("Ethernet"));
    let fields = "<request_id _=\"c30507d0\"/><serial_number _=\"04600912\"/><path _=\"Ethernet\"/>";
    assert_eq!(tixml, braced(fields));
    assert_eq!(
        text,
        r#"{"request_id":"c30507d0","serial_number":"04600912","path":"Ethernet"}"#
    );
    for text in [&tixml, &text] {
        assert_eq!(
            Request::parse(RequestKind::State, text.as_bytes())
                .unwrap()
                .path
                .unwrap(),
            "Ethernet"
        );
    }
    let [tixml, text] = request(RequestKind::State, "", None);
    for text in [&tixml, &text] {
        assert_eq!(Request::parse(RequestKind::State, text.as_bytes()).unwrap().path, None);
    }
}

#[test]
fn juc_m_11_state_result() {
    let answers = "<Get><VPN/><Link _=\"100\"/></Get>";
    let texts = result(RequestKind::State, 0, answers);
    let start = "<error_code _=\"0\"/><response_id _=\"the request id for the config\"/>";
    assert_eq!(
        texts[0],
        braced(&format!("{start}<gateway_states>{answers}</gateway_states>"))
    );
    assert_eq!(
        json(&texts[1])["gateway_states"],
        json(r#"{"Get":{"VPN":"","Link":{"-_":"100"}}}"#)
    );
    read_back(RequestKind::State, &texts, 0, answers);
    for text in [sample!("state_result.tixml"), sample!("state_result.json")] {
        let read = ResultMessage::parse(RequestKind::State, text.as_bytes()).unwrap();
        assert_eq!(
            (read.error_code, read.response_id),
            (0, "the request id of the status request".into())
        );
    }
}
