//! Prompts: only where one is expected, and only at the start of a line.

use super::super::replay::{Found, push};
use super::*;

const EXPECTED: Setup = Setup {
    prompt: true,
    ..Setup::PLAIN
};

#[test]
fn every_form_of_the_prompt_is_one() {
    for form in [">", "> ", ">\r\n", "> \r\n", "\r\n>\r\n", "\r\n> ", "\n>\n", " >"] {
        let bytes = format!("AT+MQTTPUB=1,\"t\",0,0,5\r{form}\r\nOK\r\n\r\n+MQTTPUB: 1,1\r\n");
        assert_eq!(
            EXPECTED.found(bytes.as_bytes()),
            [
                lines(&["AT+MQTTPUB=1,\"t\",0,0,5"]),
                vec![Found::Prompt],
                lines(&["OK", "+MQTTPUB: 1,1"])
            ]
            .concat(),
            "{form:?}"
        );
    }
}

#[test]
fn a_prompt_is_raised_before_its_line_ends() {
    // The data must not wait for bytes that some modules never send.
    assert_eq!(EXPECTED.found(b"\r\n>"), [Found::Prompt]);
}

#[test]
fn an_unsolicited_line_may_stand_in_front_of_the_prompt() {
    let found = EXPECTED.found(b"\r\n+MQTTMSGI: 1,0,1,1\r\n\r\n>\r\n");
    assert_eq!(found, [lines(&["+MQTTMSGI: 1,0,1,1"]), vec![Found::Prompt]].concat());
}

#[test]
fn no_prompt_is_raised_inside_a_line_or_unexpected() {
    assert_eq!(EXPECTED.found(b"a>\r\nb> \r\n"), lines(&["a>", "b> "]));
    assert_eq!(Setup::PLAIN.found(b"\r\n>\r\nOK\r\n"), lines(&[">", "OK"]));
    assert_eq!(Setup::PLAIN.found(b"> \n"), lines(&["> "]));
}

#[test]
fn one_prompt_is_raised_per_request() {
    assert_eq!(
        EXPECTED.found(b">\r\n>\r\n"),
        [vec![Found::Prompt], lines(&[">"])].concat()
    );
    let (mut line, mut store) = ([0; 32], [0; 8]);
    let mut decoder = Decoder::new(&mut line, None);
    decoder.expect_prompt(true);
    decoder.expect_prompt(false);
    assert_eq!(push(&mut decoder, &mut store, b">\r\n"), lines(&[">"]));
}
