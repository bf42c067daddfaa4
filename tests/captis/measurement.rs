//! Measurements on Cumulocity, and batches of lines.

use fibocom_mqtt::profile::captis::csv::{Fields, Lines};
use fibocom_mqtt::profile::captis::{
    Batch, BatchError, Cell, Decimal, Measurement, NetworkType, NotOnPlatform, Quantity, Timestamp,
};
use fibocom_mqtt::profile::{Payload, TooLarge};
use proptest::prelude::*;

use super::{CCID, IMEI, table, time};

/// `id, description, fields, fragment, key in Azure`.
fn rows() -> Vec<Vec<String>> {
    table(include_str!("data/measurements.csv"))
}

fn cell() -> Cell<'static> {
    Cell {
        serial: "C0012345",
        lac: "1A2B",
        cell_id: "0C3D4E5F",
        network: NetworkType::CatM1,
        frequency: 700,
        imei: IMEI,
        iccid: CCID,
        imsi: "505013434343434",
        mcc: "505",
        mnc: "01",
    }
}

#[test]
fn cap_m_cell_has_no_time_and_ten_fields() {
    let line = Measurement::cell(cell()).to_string();
    assert_eq!(
        line,
        "cell,C0012345,1A2B,0C3D4E5F,CAT_M1,700,357732081910355,89610180003174295174,505013434343434,505,01"
    );
    let network = NetworkType::Nb1;
    let other = Measurement::cell(Cell { network, ..cell() }).to_string();
    assert_eq!(other, line.replace("CAT_M1", "NB1"));
}

#[test]
fn cap_m_rf_is_time_power_and_quality() {
    let line = Measurement::rf(Some(time()), Decimal::from(-91), Decimal::new(-160, 1));
    assert_eq!(line.to_string(), "rf,2018-10-10T10:21:03Z,-91,-16.0");
    let line = Measurement::rf(None, Decimal::from(-91), Decimal::new(-160, 1));
    assert_eq!(line.to_string(), "rf,,-91,-16.0");
}

#[test]
fn cap_m_radio_adds_signal_to_noise() {
    let line = Measurement::radio(
        Some(time()),
        Decimal::from(-91),
        Decimal::new(-160, 1),
        Decimal::new(66, 1),
    );
    assert_eq!(line.to_string(), "radio,2018-10-10T10:21:03Z,-91,-16.0,6.6");
}

#[test]
fn cap_m_lc_counts_logs() {
    let line = Measurement::log_storage(Some(time()), 2112, 2113);
    assert_eq!(line.to_string(), "lc,2018-10-10T10:21:03Z,2112,2113");
}

#[test]
fn cap_m_tamper_is_0_or_1() {
    assert_eq!(
        Measurement::tamper(Some(time()), true).to_string(),
        "tamper,2018-10-10T10:21:03Z,1"
    );
    assert_eq!(Measurement::tamper(None, false).to_string(), "tamper,,0");
}

#[test]
fn every_row_has_its_id_and_its_fields() {
    let value = Decimal::new(102_000, 3);
    let mut found = 0;
    for row in rows() {
        let [id, _, fields, _, azure] = &row[..] else {
            panic!("{row:?}")
        };
        let Some(&quantity) = Quantity::ALL.iter().find(|quantity| quantity.c8y_id() == Some(id)) else {
            assert!(["cell", "rf", "radio", "lc", "tamper"].contains(&id.as_str()), "{id}");
            continue;
        };
        found += 1;
        let units = fields.split(',').nth(2).is_some();
        assert_eq!(quantity.has_units(), units, "{id}");
        let bare = Measurement::new(quantity, Some(time()), value).unwrap();
        assert_eq!(bare.to_string(), format!("{id},2018-10-10T10:21:03Z,102.000"));
        let with = bare.units("L,h");
        let expected = if units { "102.000,\"L,h\"" } else { "102.000" };
        assert_eq!(with.to_string(), format!("{id},2018-10-10T10:21:03Z,{expected}"));
        assert_eq!(Fields::new(&with.to_string()).count(), fields.split(',').count() + 1);
        // The table prints one key with a small L for a capital I.
        let azure = azure
            .split(' ')
            .next()
            .filter(|key| !key.is_empty())
            .map(|key| key.replace("l205", "I205"));
        assert_eq!(quantity.azure_key(), azure.as_deref(), "{id}");
    }
    let on_c8y = Quantity::ALL.iter().filter(|quantity| quantity.c8y_id().is_some());
    assert_eq!((rows().len(), found, on_c8y.count()), (29, 24, 24));
}

#[test]
fn a_quantity_is_what_the_table_says_of_its_id() {
    for (quantity, description) in [
        (Quantity::Pulse1, "Pulse Channel 1"),
        (Quantity::PulseTotal1, "Pulse Total Channel 1"),
        (Quantity::Analog, "Analog"),
        (Quantity::Ph, "Ph"),
        (Quantity::Orp, "ORP"),
        (Quantity::BatteryVoltage, "Battery Voltage"),
        (Quantity::Temperature, "Temperature"),
        (Quantity::MinimumTemperature, "Minimum Temperature"),
        (Quantity::MaximumTemperature, "Maximum Temperature"),
        (Quantity::AverageTemperature, "Average Temperature"),
        (Quantity::Conductivity, "Conductivity"),
        (Quantity::Humidity, "Humidity"),
        (Quantity::Switch2, "Switch Channel 2"),
        (Quantity::Pulse2, "Pulse Channel 2"),
        (Quantity::PulseTotal2, "Pulse Total Channel 2"),
        (Quantity::Switch1, "Switch Channel 1"),
        (Quantity::ModuleCurrent, "Module Current"),
        (Quantity::SensingCurrent, "Sensing Current"),
        (Quantity::ModuleEnergy, "Module Energy Usage"),
        (Quantity::SensingEnergy, "Sensing Energy Usage"),
        (Quantity::DigitalOutput, "Digital Output State"),
        (Quantity::ChargeVoltage, "Solar Charge Voltage"),
        (Quantity::ChargeCurrent, "Solar Charge Current (mA)"),
        (Quantity::ChargeState, "Solar Charge State (1=charging, 0=not)"),
    ] {
        let row = rows().into_iter().find(|row| row[1] == description).unwrap();
        assert_eq!(quantity.c8y_id(), Some(&*row[0]), "{description}");
    }
}

#[test]
fn cap_q07_the_digital_output_is_l186_here_and_i189_there() {
    let output = Quantity::DigitalOutput;
    assert_eq!((output.c8y_id(), output.azure_key()), (Some("L186"), Some("I189")));
    let line = Measurement::new(output, Some(time()), true.into()).unwrap();
    assert_eq!(line.to_string(), "L186,2018-10-10T10:21:03Z,1");
    let charging = Quantity::ChargeState;
    assert_eq!((charging.c8y_id(), charging.azure_key()), (Some("I205"), Some("I205")));
}

#[test]
fn cap_q16_what_is_printed_twice_or_misspelt_is_one_row() {
    let mut ids: Vec<_> = Quantity::ALL.iter().filter_map(|quantity| quantity.c8y_id()).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    let tampers = rows().iter().filter(|row| row[0] == "tamper").count();
    assert_eq!(tampers, 1);
    // `PH.unit` is a field for the unit as the others' `units`.
    let ph = Measurement::new(Quantity::Ph, None, Decimal::new(702, 2))
        .unwrap()
        .units("pH");
    assert_eq!(ph.to_string(), "I005,,7.02,pH");
    let rf = Measurement::rf(Some(time()), Decimal::from(-91), Decimal::from(-16)).to_string();
    assert_eq!(Fields::new(&rf).count(), 4);
}

#[test]
fn cap_q17_what_only_one_platform_knows_is_refused_by_type() {
    for quantity in [
        Quantity::Latitude,
        Quantity::Longitude,
        Quantity::Modbus1,
        Quantity::Modbus10,
    ] {
        assert_eq!(
            Measurement::new(quantity, None, Decimal::from(1)),
            Err(NotOnPlatform { quantity })
        );
    }
    let only_here: Vec<_> = Quantity::ALL
        .iter()
        .filter(|quantity| quantity.azure_key().is_none())
        .collect();
    let ids: Vec<_> = only_here.iter().filter_map(|quantity| quantity.c8y_id()).collect();
    assert_eq!(ids, ["I005", "I006", "I080", "I121"]);
    let text = NotOnPlatform {
        quantity: Quantity::Modbus1,
    }
    .to_string();
    assert!(text.contains("Modbus1") && text.contains("health"), "{text}");
}

#[test]
fn a_batch_takes_what_fits_and_never_cuts_a_line() {
    let mut buffer = [0; 13];
    let mut batch = Batch::new(&mut buffer);
    assert_eq!(batch.push("a,1"), Ok(()));
    assert_eq!(batch.push("b,22222222"), Err(BatchError::Full));
    assert_eq!(batch.push("c,333"), Ok(()));
    assert_eq!(batch.push("d,4"), Ok(()));
    assert_eq!(batch.push(""), Err(BatchError::Full));
    assert_eq!(
        batch.push("e,123456789012"),
        Err(BatchError::Line(TooLarge { needed: 14, max: 13 }))
    );
    assert_eq!((batch.lines(), batch.finish()), (3, &b"a,1\nc,333\nd,4"[..]));

    let mut batch = Batch::new(&mut buffer);
    assert_eq!(batch.fill(["a,1", "b,2", "c,3", "d,4"]), Ok(3));
    assert_eq!(batch.finish(), b"a,1\nb,2\nc,3");
    let mut batch = Batch::new(&mut buffer);
    assert_eq!(
        batch.fill(["e,123456789012", "a"]),
        Err(TooLarge { needed: 14, max: 13 })
    );
    // Behind a line that fits, one that never will is left to its own turn.
    assert_eq!(batch.fill(["a", "e,123456789012"]), Ok(1));
    assert_eq!(Batch::new(&mut []).finish(), b"");
    // A line as long as a payload fits into one alone.
    let mut batch = Batch::new(&mut buffer);
    batch.push("a").unwrap();
    assert_eq!(batch.push("e,12345678901"), Err(BatchError::Full));
    let mut batch = Batch::new(&mut buffer);
    assert_eq!(batch.push("e,12345678901"), Ok(()));
    assert_eq!(batch.finish(), b"e,12345678901");
}

#[test]
fn what_was_written_is_taken_back_and_what_was_not_is_not_added() {
    let mut buffer = *b"xxxxxxxx";
    let mut payload = Payload::new(&mut buffer);
    payload.push(b"abc");
    payload.truncate(5);
    assert_eq!((payload.needed(), payload.max()), (3, 8));
    // What did not fit is taken back as what did, and there is room again.
    payload.push(b"defghijkl");
    assert_eq!(payload.needed(), 12);
    payload.truncate(2);
    payload.push(b"z");
    assert_eq!(payload.needed(), 3);
    // Wherever it is cut, what is left of it was written, and is nothing that the buffer held before.
    payload.push(b"defghijkl");
    payload.truncate(8);
    assert_eq!(payload.finish(), Ok(&b"abzdefgh"[..]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    /// However long the lines and the buffer, the lines come out whole, each once and in order.
    #[test]
    fn batches_hold_every_line(values in prop::collection::vec((any::<i64>(), 0u8..6), 0..60), room in 64usize..1100) {
        let lines: Vec<_> = values
            .iter()
            .map(|&(digits, places)| {
                let time = Some(Timestamp::from_unix(digits.unsigned_abs() >> 24));
                Measurement::new(Quantity::Pulse1, time, Decimal::new(digits, places)).unwrap().units("L")
            })
            .collect();
        let mut pending = &lines[..];
        let mut seen = Vec::new();
        let mut buffer = vec![0; room];
        while !pending.is_empty() {
            let mut batch = Batch::new(&mut buffer);
            let taken = batch.fill(pending).unwrap();
            prop_assert!(taken > 0 && batch.lines() == taken);
            let payload = std::str::from_utf8(batch.finish()).unwrap();
            prop_assert!(payload.len() <= room);
            seen.extend(Lines::new(payload).map(str::to_owned));
            pending = &pending[taken..];
        }
        prop_assert_eq!(seen, lines.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
}
