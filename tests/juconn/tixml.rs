//! The TiXML reader and writer.

use fibocom_mqtt::profile::juconn::tixml::{Document, Scanner, TixmlProblem, Writer};
use fibocom_mqtt::profile::juconn::{Body, Data};
use proptest::prelude::*;

fn problem(text: &str) -> (usize, TixmlProblem) {
    let error = Document::parse(text).unwrap_err();
    (error.at, error.problem)
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    assert_eq!(problem("<a"), (2, TixmlProblem::End));
    assert_eq!(problem("<a>"), (3, TixmlProblem::End));
    assert_eq!(problem("<a></b>"), (3, TixmlProblem::Close));
    assert_eq!(problem("</a>"), (0, TixmlProblem::Close));
    assert_eq!(problem("<>"), (1, TixmlProblem::Name));
    assert_eq!(problem("<Supply temp _=\"1\"/>"), (8, TixmlProblem::Attribute));
    assert_eq!(problem("<a _=\"1/>"), (3, TixmlProblem::End));
    assert_eq!(problem("<a _=/>"), (3, TixmlProblem::Attribute));
    assert_eq!(problem("<b/><a _=\"1\" v='2' _=1/>"), (4, TixmlProblem::Twice));
    assert_eq!(problem("hello"), (0, TixmlProblem::Text));
    assert_eq!(problem("<a/> and more"), (4, TixmlProblem::Text));
    assert_eq!(problem("<![CDATA[x]]>"), (0, TixmlProblem::Markup));
    assert_eq!(problem("<!-- never"), (0, TixmlProblem::End));
    assert_eq!(problem(&"<a>".repeat(17)), (48, TixmlProblem::Depth));
    assert!(Document::parse(&format!("{}{}", "<a>".repeat(16), "</a>".repeat(16))).is_ok());
    let error = Document::parse_bytes(b"<a>\xff</a>").unwrap_err();
    assert_eq!((error.at, error.problem), (3, TixmlProblem::NotUtf8));
    assert_eq!(error.to_string(), "not TiXML at byte 3: the text is not UTF-8");
}

#[test]
fn elements_are_found_with_their_content() {
    let document = Document::parse("[<a x='1' y=2 _=\"3\"><b/><c>two <d/> words</c><b _=\"4\"/></a>]").unwrap();
    let a = document.get("a").unwrap();
    let attributes: Vec<_> = a.attributes().map(|(name, value)| (name, value.to_string())).collect();
    assert_eq!(attributes, [("x", "1".into()), ("y", "2".into()), ("_", "3".into())]);
    let names: Vec<_> = a.elements().map(|element| element.name()).collect();
    assert_eq!(names, ["b", "c", "b"]);
    assert_eq!(a.get("c").unwrap().raw(), "<c>two <d/> words</c>");
    assert_eq!(a.get("c").unwrap().text().unwrap(), "two");
    assert_eq!(a.elements().nth(2).unwrap().value().unwrap(), "4");
    assert_eq!(a.value().unwrap(), "3");
    assert!(a.get("d").is_none());
}

#[test]
fn entities_are_undone() {
    let document =
        Document::parse("<a _=\"&lt;&#176;&#xB0;&amp;&quot;&apos;&unknown;&#;&#x;&;&#x110000;&#-1;& &#1\"/>").unwrap();
    assert_eq!(
        document.get("a").unwrap().value().unwrap().to_string(),
        "<\u{b0}\u{b0}&\"'&unknown;&#;&#x;&;&#x110000;&#-1;& &#1"
    );
}

#[test]
fn names_that_are_none_are_not_written() {
    for name in ["", "1a", "Supply temp", "a>", "\u{e4}"] {
        let mut out = String::new();
        assert!(Writer::new(&mut out).element(name).empty().is_err(), "{name}");
        assert!(Writer::new(&mut out).value(name, 1).is_err(), "{name}");
        assert_eq!(out, "");
        let element = Writer::new(&mut out).element("a").attribute(name, 1).is_err();
        assert!(element, "{name}");
    }
}

proptest! {
    #[test]
    fn every_text_survives_writing_and_reading(value in any::<String>(), text in any::<String>()) {
        let mut out = String::new();
        Writer::new(&mut out).element("a").attribute("_", &value).unwrap().fill(|a| a.element("b").text(&text)).unwrap();
        prop_assert!(out.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        let document = Document::parse(&out).unwrap();
        let a = document.get("a").unwrap();
        prop_assert_eq!(a.attribute("_").unwrap().to_string(), value);
        let read = a.get("b").unwrap().text().map(|text| text.to_string()).unwrap_or_default();
        prop_assert_eq!(read, text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[<>/a_=\"'&;# {}!?x-]{0,60}") {
        if let Ok(document) = Document::parse(&text) {
            for element in document.elements() {
                let _ = (element.text(), element.attributes().count(), element.elements().count(), element.raw());
            }
        }
    }
}

#[test]
fn what_was_read_is_not_shown_since_it_may_hold_a_password() {
    let text = "<SetConfig><User Plain=\"s3cret\"/></SetConfig>";
    let document = Document::parse(text).unwrap();
    let element = document.get("SetConfig").unwrap();
    let user = element.get("User").unwrap();
    let mut scanner = Scanner::new(text);
    scanner.token().unwrap();
    let message = "{<error_code _=\"0\"/><p _=\"s3cret\"/>}";
    let json = "{\"message_id\":1,\"timestamp\":1,\"p\":\"s3cret\"}";
    let (whole, attributes) = (text.len(), " Plain=\"s3cret\"".len());
    assert_eq!(format!("{document:?}"), format!("Document({whole} bytes)"));
    assert_eq!(format!("{element:?}"), format!("Element(SetConfig, {whole} bytes)"));
    assert_eq!(
        format!("{:?}", user.attributes()),
        format!("Attributes({attributes} bytes)")
    );
    assert_eq!(format!("{scanner:?}"), format!("Scanner(11 of {whole} bytes)"));
    assert_eq!(
        format!("{:?}", document.elements()),
        format!("Elements(Scanner(0 of {whole} bytes))")
    );
    for message in [message, json] {
        let body = Body::parse(message.as_bytes()).unwrap();
        assert_eq!(format!("{body:?}"), format!("Body({} bytes)", message.len()));
    }
    let data = Data::parse(json.as_bytes()).unwrap();
    assert!(!format!("{data:?}").contains("s3cret"));
}
