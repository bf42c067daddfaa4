//! TiXML to JSON and back: the manual's pairs.

use fibocom_mqtt::profile::json;
use fibocom_mqtt::profile::juconn::tixml::Document;
use fibocom_mqtt::profile::juconn::{ConvertError, Empty, to_json, to_tixml};
use serde_json::Value;

use crate::sample;

pub fn as_json(tixml: &str, empty: Empty) -> String {
    let mut out = String::new();
    to_json(Document::parse(tixml).unwrap(), empty, &mut out).unwrap();
    out
}

pub fn as_tixml(json: &str) -> Result<String, ConvertError> {
    let mut out = String::new();
    let value = json::Value::parse(json).unwrap();
    to_tixml(value.as_object().unwrap(), &mut out)?;
    Ok(out)
}

/// The leaves of a tree: their paths and values.
fn leaves(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                leaves(value, &format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, &format!("{path}/{index}"), found);
            }
        }
        // The print has white space in empty elements.
        Value::String(text) if text.trim().is_empty() => found.push((path.into(), String::new())),
        Value::String(text) => found.push((path.into(), text.clone())),
        other => found.push((path.into(), other.to_string())),
    }
}

fn tree(json: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    leaves(&serde_json::from_str(json).unwrap(), "", &mut found);
    found
}

/// The element with this name of a sample, whole.
fn element<'a>(tixml: &'a str, name: &str) -> &'a str {
    Document::parse(tixml).unwrap().get(name).unwrap().raw()
}

#[test]
fn the_two_status_answers_are_the_same_tree_with_163_leaves() {
    let whole: Value = serde_json::from_str(sample!("state_result.json")).unwrap();
    let mut json = Vec::new();
    leaves(&whole["gateway_states"], "", &mut json);
    let states = element(sample!("state_result.tixml"), "gateway_states");
    let content = Document::parse(states)
        .unwrap()
        .get("gateway_states")
        .unwrap()
        .content()
        .raw();
    let tixml = tree(&as_json(content, Empty::Text));
    assert_eq!(json.len(), 163);
    assert_eq!(tixml, json);
}

#[test]
fn each_status_answer_is_written_as_the_other() {
    // From JSON to TiXML: the same elements in the same order as the sample, but for white space and how characters are escaped.
    let whole: Value = serde_json::from_str(sample!("state_result.json")).unwrap();
    let from_json = as_tixml(sample!("state_result.json")).unwrap();
    let states = element(&from_json, "gateway_states");
    let sample = element(sample!("state_result.tixml"), "gateway_states");
    assert_eq!(flat(states), flat(sample));
    // And from there back: the sample's own tree.
    let back: Value = serde_json::from_str(&as_json(states, Empty::Text)).unwrap();
    let [mut back_leaves, mut whole_leaves] = [Vec::new(), Vec::new()];
    leaves(&back["gateway_states"], "", &mut back_leaves);
    leaves(&whole["gateway_states"], "", &mut whole_leaves);
    assert_eq!(back_leaves, whole_leaves);
    // From TiXML to JSON and back.
    let json = as_json(sample, Empty::Text);
    assert_eq!(flat(&as_tixml(&json).unwrap()), flat(sample));
}

/// An element: its depth, its name, its attributes and its text.
type Flat = (usize, String, Vec<(String, String)>, String);

/// Elements in their order.
fn flat(tixml: &str) -> Vec<Flat> {
    fn walk(document: Document<'_>, depth: usize, found: &mut Vec<Flat>) {
        for element in document.elements() {
            let attributes = element
                .attributes()
                .map(|(name, value)| (name.into(), value.to_string()));
            let text = element.text().map(|text| text.to_string()).unwrap_or_default();
            found.push((depth, element.name().into(), attributes.collect(), text));
            walk(element.content(), depth + 1, found);
        }
    }
    let mut found = Vec::new();
    walk(Document::parse(tixml).unwrap(), 0, &mut found);
    found
}

#[test]
fn the_two_configurations_are_the_same_but_for_order_and_numbers() {
    let mut json = tree(sample!("gateway_configuration.json"));
    let mut tixml = tree(&as_json(sample!("gateway_configuration.tixml"), Empty::Text));
    json.sort();
    tixml.sort();
    assert_eq!(tixml, json);
    let back = as_tixml(sample!("gateway_configuration.json")).unwrap();
    let names: Vec<_> = flat(&back).into_iter().map(|(depth, name, ..)| (depth, name)).collect();
    assert_eq!(names[0], (0, "gateway_configuration".into()));
    assert_eq!(
        names
            .iter()
            .filter(|(depth, name)| (*depth, name.as_str()) == (1, "SetConfig"))
            .count(),
        2
    );
    assert!(back.contains("<CardLogin AccLevel=\"1\"/>") && back.contains("<User _=\"Plain\">"));
}

#[test]
fn nothing_but_spaces_is_an_empty_element() {
    assert_eq!(as_json("<a> </a><b/>", Empty::Text), r#"{"a":"","b":""}"#);
    assert_eq!(as_json("<a> </a><b/>", Empty::Null), r#"{"a":null,"b":null}"#);
    assert_eq!(
        as_tixml("{\"a\":\" \\n \",\"b\":null,\"c\":\"\",\"d\":{}}").unwrap(),
        "<a/><b/><c/><d/>"
    );
}

#[test]
fn elements_of_a_name_are_one_array_wherever_they_stand() {
    assert_eq!(
        as_json("<a>1</a><b/><a _=\"2\"/>", Empty::Text),
        r#"{"a":["1",{"-_":"2"}],"b":""}"#
    );
    assert_eq!(
        as_json("<a x=\"1\">t<b/></a>", Empty::Text),
        r##"{"a":{"-x":"1","#text":"t","b":""}}"##
    );
    let back = as_tixml(r##"{"a":{"b":[true,2],"#text":"t","-x":1.5}}"##).unwrap();
    assert_eq!(back, "<a x=\"1.5\">t<b>true</b><b>2</b></a>");
}

#[test]
fn what_tixml_cannot_say_is_refused() {
    assert_eq!(as_tixml(r#"{"Supply temp":1}"#), Err(ConvertError::Name));
    assert_eq!(as_tixml(r#"{"a":{"-b c":1}}"#), Err(ConvertError::Name));
    assert_eq!(as_tixml(r#"{"a":{"-b":{}}}"#), Err(ConvertError::Value));
    assert_eq!(as_tixml(r#"{"a":{"-b":1,"c":2,"-b":1}}"#), Err(ConvertError::Twice));
    assert_eq!(as_tixml(r#"{"a":[[1]]}"#), Err(ConvertError::Value));
    let deep = format!("{}1{}", "{\"a\":".repeat(17), "}".repeat(17));
    assert_eq!(as_tixml(&deep), Err(ConvertError::Depth));
    let fits = format!("{}1{}", "{\"a\":".repeat(16), "}".repeat(16));
    assert!(Document::parse(&as_tixml(&fits).unwrap()).is_ok());
}
