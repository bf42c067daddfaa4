//! The ambiguities of the manual and how they are resolved: data and their values.

use fibocom_mqtt::profile::juconn::{Config, ConfigError, Data, DataPath, Decimal, MessageId, PointProblem};

use crate::bench::{Bench, Did, database};
use crate::realtime::{sensors, sent};
use crate::sample;

#[test]
fn controllers_are_named_by_the_paths_of_their_points() {
    let lines = sample!("controller_names.tsv")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut vectors = 0;
    for line in lines {
        let mut columns = line.split('\t');
        let mut column = || columns.next().unwrap();
        let path = DataPath::new(column()).unwrap();
        assert_eq!(path.controller().to_string(), column(), "{line}");
        assert_eq!(path.sensor(), column(), "{line}");
        vectors += 1;
    }
    assert_eq!(vectors, 15);
    for path in [
        "",
        "/",
        "//",
        "/a/",
        "/a//b",
        "/a b/c",
        "/a/b c",
        "/a/1",
        "/1a/b",
        "/a/\u{e4}",
        "//a",
    ] {
        assert_eq!(DataPath::new(path), None, "{path}");
    }
}

const GPS: &str = "<Realtime1><GNSS _=\"/GNSS/Latitude\" lng=\"/GNSS/Longitude\" meta_type=\"gps\"/></Realtime1>";

#[test]
fn juc_q14_a_position_is_a_pair_named_by_its_content() {
    let (_, done) = Bench::running(GPS, |plant| {
        plant.set("/GNSS/Latitude", "5229.4129");
        plant.set("/GNSS/Longitude", "01323.6341");
    });
    let pair = "<GNSS><sensors><Longitude _=\"01323.6341\" state=\"2\"/><Latitude _=\"5229.4129\" state=\"2\"/></sensors></GNSS>";
    assert!(done[0].payload().contains(pair), "{}", done[0].payload());
    // Values that do not exist are empty, together, with state 2.
    let (_, done) = Bench::running(GPS, |_| {});
    let empty = "<GNSS><sensors><Longitude _=\"\" state=\"2\"/><Latitude _=\"\" state=\"2\"/></sensors></GNSS>";
    assert!(done[0].payload().contains(empty), "{}", done[0].payload());
    // `lat` says the same the other way round.
    let other = GPS.replace(
        "_=\"/GNSS/Latitude\" lng=\"/GNSS/Longitude\"",
        "_=\"/GNSS/Longitude\" lat=\"/GNSS/Latitude\"",
    );
    let text = database(&other);
    let point = Config::parse(&text).unwrap().points().next().unwrap();
    assert_eq!(
        (point.path().sensor(), point.second_path().unwrap().sensor()),
        ("Latitude", "Longitude")
    );
    // Both forms are read.
    let data = Data::parse(sample!("data_several.tixml").as_bytes()).unwrap();
    let all: Vec<_> = data.controllers().flat_map(|controller| controller.sensors()).collect();
    assert_eq!(
        (
            all[2].value().unwrap().to_string(),
            all[2].longitude().unwrap().to_string()
        ),
        ("5201.4613 N".into(), "14208.4613 E".into())
    );
    assert_eq!(
        (all[3].id.to_string(), all[3].value().unwrap().to_string()),
        ("Latitude".into(), "5229.4129".into())
    );
    // The portal is told of both sensors.
    let done = Bench::new(&format!("{}{GPS}", crate::bench::IDS)).initialise();
    let init = done.last().unwrap().payload();
    assert!(
        init.contains("<Latitude><name _=\"GNSS_Latitude\"/><type _=\"gps\"/></Latitude>"),
        "{init}"
    );
    assert!(
        init.contains("<Longitude><name _=\"GNSS_Longitude\"/><type _=\"gps\"/></Longitude>"),
        "{init}"
    );
}

#[test]
fn juc_q15_message_ids_grow_by_a_hundredth_and_begin_again_after_the_initialisation() {
    let keys = "<RTSendTime1 _=\"1\"/><Realtime1><A _=\"/P/A\" meta_type=\"power\"/></Realtime1>";
    let (mut bench, done) = Bench::running(keys, |_| {});
    let id = |did: &Did| Data::parse(did.payload().as_bytes()).unwrap().message_id.to_string();
    assert_eq!(id(&done[0]), "0.01");
    let mut last = 1;
    for _ in 0..250 {
        let done = bench.wait(1);
        let text = id(&done[0]);
        let (whole, hundredths) = text.split_once('.').unwrap();
        assert_eq!(hundredths.len(), 2);
        let number = whole.parse::<u32>().unwrap() * 100 + hundredths.parse::<u32>().unwrap();
        assert_eq!(number, last + 1);
        last = number;
    }
    assert_eq!(last, 251);
    bench.tell(fibocom_mqtt::profile::juconn::Input::Disconnected);
    bench.wait(1);
    let done = bench.tell(fibocom_mqtt::profile::juconn::Input::Connected);
    assert_eq!(id(&bench.accept(&done)[0]), "0.01");
    assert!(MessageId::default().next() > MessageId::default());
}

#[test]
fn juc_q18_a_hysteresis_of_zero_sends_on_change_only() {
    let keys = "<RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"1\"/><Realtime1>\
        <A _=\"/P/A\" meta_type=\"power\" hysteresis=\"0\"/><B _=\"/P/B\" meta_type=\"power\"/></Realtime1>";
    let (mut bench, _) = Bench::running(keys, |plant| {
        plant.set("/P/A", "1");
        plant.set("/P/B", "1");
    });
    assert!(bench.wait(1).is_empty());
    bench.plant.set("/P/A", "1.0");
    assert!(bench.wait(1).is_empty(), "the same number");
    bench.plant.set("/P/A", "1.01");
    assert_eq!(sensors(&bench.wait(1)), ["A"]);
    bench.plant.set("/P/B", "1.000001");
    assert_eq!(sensors(&bench.wait(1)), ["B"]);
}

#[test]
fn juc_q21_a_name_with_a_space_is_an_error_of_the_configuration() {
    let text = database("<Realtime1><Supply temp _=\"/Process/PV/Supply temp\" hysteresis=\"0.5\"/></Realtime1>");
    let Err(ConfigError::Tixml(error)) = Config::parse(&text) else {
        panic!()
    };
    assert_eq!(error.at, text.find("temp _").unwrap());
    let text = database("<Realtime1><Supply _=\"/Process/PV/Supply temp\" meta_type=\"temperature\"/></Realtime1>");
    let error = Config::parse(&text).unwrap_err();
    assert!(matches!(
        error,
        ConfigError::Point {
            problem: PointProblem::Path,
            ..
        }
    ));
    assert!(
        error
            .to_string()
            .starts_with("data point Realtime1/Supply: its path is missing or has names")
    );
}

#[test]
fn juc_q22_the_timestamp_is_utc_and_the_devices_local_dates_are_no_concern() {
    // HEXDATE and ISO8601DATE of the manual's answer are an hour apart: the one is local.
    let answer: serde_json::Value = serde_json::from_str(sample!("state_result.json")).unwrap();
    let times = &answer["gateway_states"]["Get"]["SYSTEM"]["TIMES"];
    let local = i64::from_str_radix(times["HEXDATE"]["-_"].as_str().unwrap(), 16).unwrap();
    let format = &time::format_description::well_known::Iso8601::DEFAULT;
    let utc = time::OffsetDateTime::parse(times["ISO8601DATE"]["-_"].as_str().unwrap(), format).unwrap();
    assert_eq!(local - utc.unix_timestamp(), 3600);
    // What is sent is the time that the application gives, as it is.
    let keys = "<Realtime1><HEXDATE _=\"/TIMES/HEXDATE\" meta_type=\"custom\"/></Realtime1>";
    let (_, done) = Bench::running(keys, |plant| plant.set("/TIMES/HEXDATE", "5CDE6C75"));
    let data = Data::parse(done[0].payload().as_bytes()).unwrap();
    assert_eq!(data.timestamp, 1_498_724_247);
    assert_eq!(sent(&done[0])[0].2, "5CDE6C75");
}

#[test]
fn juc_q23_a_value_is_a_number_where_it_is_one_and_a_text_otherwise() {
    let keys = "<CloudConnDataFormat _=\"JSON\"/><Realtime1><A _=\"/P/A\" meta_type=\"temperature\"/><B _=\"/P/B\" meta_type=\"custom\"/>\
        <C _=\"/P/C\" meta_type=\"switch\"/><D _=\"/P/D\" meta_type=\"switch\"/><E _=\"/P/E\" meta_type=\"power\"/>\
        <F _=\"/P/F\" meta_type=\"power\"/></Realtime1>";
    let (_, done) = Bench::running(keys, |plant| {
        for (path, value) in [
            ("A", "23.9"),
            ("B", "23.9"),
            ("C", "true"),
            ("D", "1"),
            ("E", "-113.00"),
            ("F", "+5"),
        ] {
            plant.set(&format!("/P/{path}"), value);
        }
    });
    let parsed: serde_json::Value = serde_json::from_str(done[0].payload()).unwrap();
    let sensors = parsed["controllers"][0]["sensors"].as_array().unwrap();
    let values: Vec<_> = sensors.iter().map(|sensor| &sensor["value"]).collect();
    let texts: Vec<_> = values.iter().map(|value| value.as_str()).collect();
    assert_eq!(texts, [None, Some("23.9"), Some("true"), None, None, Some("+5")]);
    let numbers: Vec<_> = values.iter().filter_map(|value| value.as_f64()).collect();
    assert_eq!(numbers, [23.9, 1.0, -113.0]);
    assert!(done[0].payload().contains("\"value\":-113.00,"));
}

#[test]
fn numbers_are_compared_exactly() {
    let number = |text| Decimal::parse(text).unwrap();
    assert_eq!(number("20.5").millionths(), 20_500_000);
    assert_eq!(number("-0.0000019").millionths(), -1);
    assert!(number("20.3").moved(number("20.2"), number("0.1")));
    assert!(!number("20.2999").moved(number("20.2"), number("0.1")));
    assert!(number("-9000000000000").moved(number("9000000000000"), number("1")));
    for text in [
        "",
        "-",
        ".",
        "1.",
        ".1",
        "1e3",
        "0x10",
        "1 ",
        "NaN",
        "9999999999999999",
        "1,5",
    ] {
        assert_eq!(Decimal::parse(text), None, "{text}");
    }
}
