//! Random objects: what is written is read again, by us and by serde_json, and serde_json writes the same.

use fibocom_mqtt::profile::lora_cloud::*;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::random::{Response, device, eui, pending, response, uplink};

/// Written by us and by serde_json it is the same value, and both read it again as the object.
fn agrees<T>(object: &T) -> Result<(), TestCaseError>
where
    T: Serialize + DeserializeOwned + Rules + PartialEq + std::fmt::Debug,
{
    let mut buffer = vec![0; 16 * 1024];
    let ours = match encode(object, &mut buffer) {
        Ok(ours) => ours.to_vec(),
        Err(error) => return Err(TestCaseError::fail(format!("{error} in {object:?}"))),
    };
    let theirs = serde_json::to_vec(object).unwrap();
    let value = |document: &[u8]| serde_json::from_slice::<serde_json::Value>(document).unwrap();
    prop_assert_eq!(value(&ours), value(&theirs));
    for document in [&ours, &theirs] {
        prop_assert_eq!(&decode::<T>(document).unwrap(), object);
        prop_assert_eq!(&serde_json::from_slice::<T>(document).unwrap(), object);
    }
    // The length that is told where there is no room is the length it has.
    let needed = ours.len();
    match encode(object, &mut []) {
        Err(EncodeError::TooLarge(error)) => prop_assert_eq!(error.needed, needed),
        other => prop_assert!(false, "{:?}", other),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn responses_agree_with_serde_json(response in response().boxed()) {
        agrees(&response)?;
    }

    #[test]
    fn device_infos_agree_with_serde_json(device in device().boxed()) {
        agrees(&device)?;
    }

    #[test]
    fn uplinks_agree_with_serde_json(deveui in eui(), uplink in uplink()) {
        agrees(&DeviceUplink { deveui, uplink })?;
    }

    #[test]
    fn requests_agree_with_serde_json(request in pending()) {
        agrees(&request)?;
    }

    #[test]
    fn stream_records_are_handed_out_sorted(offsets in vec(any::<u32>(), 0..=3)) {
        let records = offsets.iter().map(|offset| StreamUpdate { offset: *offset, data: Hex::default() });
        let response = Response { stream_records: records.collect(), ..Response::default() };
        let found: Vec<u32> = response.actions().filter_map(|action| match action {
            Action::Stream(record) => Some(record.offset),
            _ => None,
        }).collect();
        let mut sorted = offsets;
        sorted.sort();
        prop_assert_eq!(found, sorted);
    }

    #[test]
    fn whole_seconds_convert_exactly(utc in -1_000_000_000_000i64..1_000_000_000_000, leap in 0..100i64) {
        let gps = Seconds::from(utc).to_gps(leap);
        prop_assert_eq!(gps, Seconds::from(utc - 315_964_800 + leap));
        prop_assert_eq!(gps.to_utc(leap), Seconds::from(utc));
    }

    /// From the start of GPS time until 2106.
    #[test]
    fn floats_of_utc_convert_forth_and_back(utc in 315_964_800.0..4_294_967_296.0f64, leap in 0..100i64) {
        let gps = Seconds::from(utc).to_gps(leap);
        prop_assert_eq!(gps.to_utc(leap).as_f64(), utc);
    }

    /// Of GPS time, as long as it and UTC are floats of one size: from 2014 to 2038.
    #[test]
    fn floats_of_gps_time_convert_forth_and_back(gps in 1_073_741_824.0..1_831_518_000.0f64, leap in 0..100i64) {
        let utc = Seconds::from(gps).to_utc(leap);
        prop_assert_eq!(utc.to_gps(leap).as_f64(), gps);
    }

    #[test]
    fn any_bytes_are_an_object_or_an_error(bytes in vec(any::<u8>(), 0..200)) {
        let _ = decode::<Response>(&bytes);
        let _ = Reply::parse(&bytes).map(|reply| reply.answers().count());
    }
}
