//! What the LoRa Cloud services send, and what clients send them.

use std::string::ToString;
use std::vec;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::profile::lora_cloud::*;
use crate::profile::{TooLarge, json};

/// Longer than what is made of any input: a control character of one byte is written with six.
const ROOM: usize = 64 * 1024;

/// The formats of the LoRa Cloud profile. The input is taken for every object, for both envelopes, and for the texts in them.
pub fn lora_cloud(data: &[u8]) {
    object::<UplinkResponse<16, 16, 2>>(data);
    object::<DeviceInfo<16, 16, 2>>(data);
    object::<UplinkMessage<16>>(data);
    object::<DeviceUplink<64>>(data);
    object::<Position<2>>(data);
    object::<PendingRequest<16>>(data);
    object::<Request<16>>(data);
    object::<FileUpload<16, 16>>(data);
    object::<StreamRecord<16>>(data);
    object::<StreamUpdate<16>>(data);
    object::<Downlink>(data);
    object::<LogMessage<16>>(data);
    object::<InfoFields<16, 16>>(data);
    object::<DevicePorts>(data);
    envelopes(data);
    if let Ok(text) = core::str::from_utf8(data) {
        texts(text);
    }
}

/// What is read and may be sent is the same when it is read again, and as long as is said where there is no room.
fn object<T: Serialize + DeserializeOwned + Rules + PartialEq + core::fmt::Debug>(data: &[u8]) {
    let object = match decode::<T>(data) {
        Ok(object) => object,
        Err(error) => {
            let whole = json::Value::parse_bytes(data).is_ok();
            assert_eq!(!whole, matches!(error.reason, Reason::Json(_)), "{error}");
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let mut buffer = vec![0; ROOM];
    match encode(&object, &mut buffer) {
        Ok(document) => {
            let again = decode::<T>(document);
            if again.as_ref() != Ok(&object) {
                // The numbers in a cookie may be written in another way than they came, and after that in no other.
                let cookie = document.windows(8).any(|name| name == b"\"cookie\"");
                assert!(cookie, "{object:?}, and again {again:?}");
                let written = again.map(|again| encode(&again, &mut vec![0; ROOM]).map(<[u8]>::to_vec));
                // They may be longer then, and too long to be kept.
                let too_long = match &written {
                    Ok(Err(EncodeError::Invalid(invalid))) => matches!(invalid.reason, Reason::Incomplete { .. }),
                    _ => false,
                };
                assert!(too_long || written == Ok(Ok(document.to_vec())), "{written:?}");
            }
            let (needed, max) = (document.len(), 0);
            let refused = encode(&object, &mut []);
            assert_eq!(refused, Err(EncodeError::TooLarge(TooLarge { needed, max })));
        }
        Err(error) => assert!(matches!(error, EncodeError::Invalid(_)), "{error}"),
    }
    // What breaks a rule is written all the same by those who do not check.
    assert!(serde_json_core::to_slice(&object, &mut buffer).is_ok());
}

fn envelopes(data: &[u8]) {
    if let Ok(uplinks) = Uplinks::<16>::parse(data) {
        let found = uplinks.count();
        assert!(found <= data.len());
    }
    let Ok(reply) = Reply::parse(data) else {
        return;
    };
    for answer in reply.answers() {
        let deveui = answer.deveui();
        answer.errors().for_each(|error| drop(error.to_string()));
        let mut place = UplinkResponse::<16, 16, 2>::default();
        let into = answer.response_into(&mut place);
        let response = answer.response::<UplinkResponse<16, 16, 2>>();
        assert_eq!(into, response.as_ref().map(Option::is_some).map_err(|error| *error));
        if let Ok(Some(response)) = response {
            assert_eq!(place, response);
            assert_eq!(answer.downlink(), Ok(response.dnlink.clone()));
            let named = deveui.is_ok_and(|deveui| deveui.is_some());
            let reason = deveui.err().map(|error| error.reason);
            assert!(response.deveui.is_none() || named || reason == Some(Reason::Contradiction));
            let actions = response.actions();
            let offsets = actions.filter_map(|action| match action {
                Action::Stream(record) => Some(record.offset),
                _ => None,
            });
            assert!(offsets.is_sorted());
        }
    }
}

fn texts(text: &str) {
    fn back<'t, T: Deserialize<'t> + PartialEq + core::fmt::Debug>(text: &'t str, value: T) {
        assert_eq!(decode(text.as_bytes()), Ok(value));
    }
    if let Ok(eui) = text.parse::<Eui>() {
        assert_eq!(eui.to_string().parse(), Ok(eui));
    }
    if let Ok(any) = AnyJson::<64>::new(text) {
        let json = any.as_str().map(ToString::to_string);
        back(json.as_deref().unwrap_or("null"), any);
    }
    let topics = Topics::from_templates(text, text);
    let eui = Eui([0x10, 0xce, 0x45, 0xff, 0xfe, 0x00, 0xc7, 0xec]);
    if let Ok(topic) = topics.down(eui) {
        let named = topics.device_of(topic.as_str());
        assert!(matches!(named, Some(device) if device.is_none_or(|device| device == eui)));
    }
}
