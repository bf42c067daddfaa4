//! URLs of firmware may hold a user name and a password, or a signature: `Debug` shows scheme and host, and no more.

use fibocom_mqtt::profile::captis::{Command, FileUrl, Gate, Health, Operation, Role, Roles};

use super::{CCID, identity};

const URL: &str = "https://meter:s3cret@fota.example.com:8443/path7/a.bin?signature=0123";

/// It shows where the file is, and nothing of what may be secret.
fn is_discreet(shown: &str) {
    assert!(shown.contains("https://fota.example.com [69 bytes]"), "{shown}");
    hides(shown);
}

fn hides(shown: &str) {
    for secret in ["meter", "s3cret", "8443", "path7", "signature", "0123"] {
        assert!(!shown.contains(secret), "{secret} of {shown}");
    }
}

#[test]
fn a_command_shows_where_its_file_is_and_no_more() {
    let identity = identity();
    let gate = Gate::new(CCID, &identity, Roles::of(&Role::ALL));
    for text in [format!("dfota,{URL}"), format!("mfota,ME910C1,30.00.608,\"{URL}\"")] {
        let command = Command::parse(&text).unwrap();
        is_discreet(&format!("{command:?}"));
        is_discreet(&format!("{command:#?}"));
        let (Command::Dfota { url } | Command::Mfota { url, .. }) = command else {
            panic!("{command:?}");
        };
        assert_eq!((url.as_str(), &*url.to_string()), (URL, URL));

        // What it comes in shows nothing of it.
        let line = format!("511,{CCID},\"*,{}\"", text.replace('"', "\"\""));
        let received = gate.operations(line.as_bytes()).next().unwrap();
        hides(&format!("{received:?}"));
        let Ok(Operation::Command(text)) = received.begin().1 else {
            panic!("{line}");
        };
        hides(&format!("{text:?}"));
        assert_eq!(text.command(&mut [0; 256]), Ok(command));
    }
    let topic = format!("devices/{CCID}/messages/devicebound/");
    let payload = format!("{{\"command\": \"dfota,{URL}\"}}");
    hides(&format!(
        "{:?}",
        gate.request(topic.as_bytes(), payload.as_bytes()).unwrap()
    ));
}

#[test]
fn an_image_shows_where_it_is_and_no_more() {
    let identity = identity();
    let gate = Gate::new(CCID, &identity, Roles::of(&Role::ALL));
    for code in [515, 516] {
        for url in [URL.to_owned(), format!("\"{URL}\"")] {
            let line = format!("{code},{CCID},name1,1.20,{url}");
            let received = gate.operations(line.as_bytes()).next().unwrap();
            is_discreet(&format!("{received:?}"));
            let Ok(Operation::Firmware(image) | Operation::Software(image)) = received.begin().1 else {
                panic!("{line}");
            };
            is_discreet(&format!("{image:?}"));
            assert!(format!("{image:?}").contains("name1") && image.url == URL);
        }
        // Quotes in it have to be undone first, so nothing of it is shown.
        let line = format!("{code},{CCID},name1,1.20,\"{URL}\"\"\"");
        let received = gate.operations(line.as_bytes()).next().unwrap();
        assert!(!format!("{received:?}").contains("fota"), "{received:?}");
        hides(&format!("{received:?}"));
    }
    let (name, version, url) = ("name1", "1.20", FileUrl::from(URL));
    is_discreet(&format!("{:?}", Health::Firmware { name, version, url }));
    is_discreet(&format!("{:?}", Health::Software { name, version, url }));
}

#[test]
fn what_cannot_be_told_from_a_secret_is_not_shown() {
    for (url, shown) in [
        ("http://fota.example.com", "http://fota.example.com [23 bytes]"),
        ("http://10.0.0.1:8080?s3cret", "http://10.0.0.1 [27 bytes]"),
        ("ftp://s3cret@host-1_x/", "ftp://host-1_x [22 bytes]"),
        ("https://u:p@s3cret@host#s3cret", "https://host [30 bytes]"),
        ("https://u:s3cret@[fe80::1]:99/", "https://fe80::1 [30 bytes]"),
        ("coap+tcp://host/s3cret", "coap+tcp://host [22 bytes]"),
        // The password has what ends a host.
        ("https://s3cret/x@host/", "[22 bytes]"),
        ("https://u:12#s3cret@host", "[24 bytes]"),
        ("https://u?s3cret@host", "[21 bytes]"),
        // No URL.
        ("u:s3cret@host/a", "[15 bytes]"),
        ("s3cret@x://host/a", "[17 bytes]"),
        ("https://s3cret\\@x\\y/a", "[21 bytes]"),
        ("https://s3 cret/", "[16 bytes]"),
        ("https://s3cret]x]/", "[18 bytes]"),
        ("", "[0 bytes]"),
    ] {
        assert_eq!(format!("{:?}", FileUrl::new(url)), shown, "{url}");
    }
}
