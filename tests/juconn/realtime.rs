//! Timers, the hysteresis, what is sent together, and what fits.

use fibocom_mqtt::profile::juconn::{
    CloudSendRealtimeData, Connector, Data, Device, Format, Frame, GpsForm, Input, Notice, Persisted, Reading,
};

use crate::bench::{Bench, Did, IDS};

/// Controllers, sensors and values of a message.
pub fn sent(did: &Did) -> Vec<(String, String, String)> {
    let data = Data::parse(did.payload().as_bytes()).unwrap();
    data.controllers()
        .flat_map(|controller| {
            let name = controller.id.to_string();
            let sensors = controller.sensors();
            sensors.map(move |sensor| (name.clone(), sensor.id.to_string(), sensor.value().unwrap().to_string()))
        })
        .collect()
}

/// The sensors of several messages.
pub fn sensors(done: &[Did]) -> Vec<String> {
    done.iter().flat_map(sent).map(|(_, sensor, _)| sensor).collect()
}

const FIVE: &str = "<RTSendTime1 _=\"10\"/><RTSendTime2 _=\"20\"/><RTSendTime3 _=\"25\"/><RTSendTime5 _=\"100\"/>\
    <Realtime1><A _=\"/P/A\" meta_type=\"power\"/></Realtime1><Realtime2><B _=\"/P/B\" meta_type=\"power\"/></Realtime2>\
    <Realtime3><C _=\"/P/C\" meta_type=\"power\"/></Realtime3><Realtime4/>\
    <Realtime5><E _=\"/P/E\" meta_type=\"power\"/></Realtime5>";

#[test]
fn five_sections_have_five_timers() {
    let (mut bench, done) = Bench::running(FIVE, |_| {});
    // Everything at once at the start, in one message.
    assert_eq!(
        (done.len(), sensors(&done)),
        (1, ["A", "B", "C", "E"].map(String::from).to_vec())
    );
    let mut seen = Vec::new();
    for second in 1..=100 {
        let done = bench.wait(1);
        if !done.is_empty() {
            seen.push(format!("{second} {}", sensors(&done).join("")));
        }
    }
    let expected = [
        "10 A", "20 AB", "25 C", "30 A", "40 AB", "50 AC", "60 AB", "70 A", "75 C", "80 AB", "90 A", "100 ABCE",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn what_was_missed_is_not_made_up_for() {
    let (mut bench, _) = Bench::running(FIVE, |_| {});
    assert_eq!(sensors(&bench.wait(95)), ["A", "B", "C"]);
    assert_eq!(bench.gateway.next_tick().unwrap().as_millis(), 100_000);
    assert_eq!(sensors(&bench.wait(5)), ["E"]);
    assert_eq!(sensors(&bench.wait(5)), ["A"]);
    // A little late, and then in step again.
    assert_eq!(sensors(&bench.wait(12)), ["A", "B"]);
    assert_eq!(sensors(&bench.wait(3)), ["C"]);
    assert_eq!(bench.gateway.next_tick().unwrap().as_millis(), 125_000);
}

#[test]
fn three_seconds_is_the_timer_that_nobody_set() {
    let (mut bench, _) = Bench::running("<Realtime4><D _=\"/P/D\" meta_type=\"power\"/></Realtime4>", |_| {});
    assert!(bench.wait(2).is_empty());
    assert_eq!(sensors(&bench.wait(1)), ["D"]);
}

const HYSTERESIS: &str = "<RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"20\"/><Realtime1>\
    <T _=\"/Process/PV/T\" meta_type=\"temperature\" hysteresis=\"0.5\"/>\
    <U _=\"/Process/PV/U\" meta_type=\"voltage\" hysteresis=\"2\"/>\
    <S _=\"/Process/PV/S\" meta_type=\"custom\"/></Realtime1>";

#[test]
fn the_hysteresis_counts_from_the_value_that_was_sent_last() {
    let (mut bench, done) = Bench::running(HYSTERESIS, |plant| {
        plant.set("/Process/PV/T", "20.5");
        plant.set("/Process/PV/U", "230");
        plant.set("/Process/PV/S", "on");
    });
    assert_eq!(sensors(&done), ["T", "U", "S"]);
    for (t, u, s, expected) in [
        ("20.5", "230", "on", ""),
        // 20.5 and 0.5: 20 and 21 are sent, and nothing between.
        ("20.99", "231.99", "on", ""),
        ("21", "231.99", "on", "T"),
        // From 21 now, not from 20.5.
        ("20.51", "232", "on", "U"),
        ("20.5", "230.01", "off", "TS"),
        ("20.0", "230", "off", "TU"),
        ("n/a", "230", "off", "T"),
        ("20.0", "230", "off", "T"),
    ] {
        bench.plant.set("/Process/PV/T", t);
        bench.plant.set("/Process/PV/U", u);
        bench.plant.set("/Process/PV/S", s);
        assert!(bench.wait(19).is_empty());
        let done = bench.wait(1);
        assert_eq!(sensors(&done).concat(), expected, "{t} {u} {s}");
        assert!(done.len() <= 1);
    }
}

#[test]
fn what_did_not_go_out_is_sent_again() {
    let (mut bench, _) = Bench::running(HYSTERESIS, |plant| plant.set("/Process/PV/T", "20"));
    bench.plant.set("/Process/PV/T", "21");
    assert_eq!(sensors(&bench.wait(20)), ["T"]);
    // `drain` asked again, which means that it went out.
    assert!(bench.tell(Input::NotPublished).is_empty());
    bench.plant.set("/Process/PV/T", "22");
    bench.millis += 20_000;
    bench.gateway.input(
        fibocom_mqtt::profile::juconn::Now::new(fibocom_mqtt::Instant::from_millis(bench.millis), 0),
        Input::Tick,
    );
    let first = bench.next().unwrap();
    // Not at once: what refused it may need a while.
    assert!(bench.tell(Input::NotPublished).is_empty());
    assert!(bench.wait(9).is_empty());
    let again = bench.wait(1);
    assert_eq!(sent(&first), sent(&again[0]));
    assert!(
        Data::parse(first.payload().as_bytes()).unwrap().message_id.to_string()
            < Data::parse(again[0].payload().as_bytes())
                .unwrap()
                .message_id
                .to_string()
    );
    // Lost with the connection: sent at the next login.
    bench.plant.set("/Process/PV/T", "23");
    bench.millis += 20_000;
    bench.gateway.input(
        fibocom_mqtt::profile::juconn::Now::new(fibocom_mqtt::Instant::from_millis(bench.millis), 0),
        Input::Tick,
    );
    assert_eq!(sensors(&[bench.next().unwrap()]), ["T"]);
    bench.tell(Input::Disconnected);
    bench.wait(1);
    let done = bench.tell(Input::Connected);
    assert_eq!(sensors(&bench.accept(&done)), ["T"]);
}

#[test]
fn one_sensor_one_controller_or_several() {
    let keys = "<RTSendTime1 _=\"-1\"/><UpdateRate1 _=\"1\"/><Realtime1><A _=\"/P/A\" meta_type=\"power\"/>\
        <C _=\"/Q/C\" meta_type=\"power\"/><B _=\"/P/B\" meta_type=\"power\"/></Realtime1>";
    let (mut bench, done) = Bench::running(keys, |_| {});
    // Several: grouped by their controllers.
    let of = |did: &Did| {
        sent(did)
            .into_iter()
            .map(|(controller, sensor, _)| format!("{controller}/{sensor}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (done.len(), of(&done[0])),
        (1, vec!["P/A".into(), "P/B".into(), "Q/C".into()])
    );
    bench.plant.set("/P/A", "1");
    bench.plant.set("/P/B", "1");
    assert_eq!(of(&bench.wait(1)[0]), ["P/A", "P/B"]);
    bench.plant.set("/P/B", "2");
    assert_eq!(of(&bench.wait(1)[0]), ["P/B"]);
}

pub fn many(controllers: usize, sensors: usize) -> String {
    let mut points = String::new();
    for controller in 0..controllers {
        for sensor in 0..sensors {
            points += &format!("<P{controller}_{sensor} _=\"/B/C{controller}/Sensor{sensor}\" meta_type=\"power\"/>");
        }
    }
    format!("{IDS}<RTSendTime1 _=\"60\"/><Realtime1>{points}</Realtime1>")
}

pub fn limited(keys: &str, limit: usize) -> (Bench, Vec<Did>) {
    let device = Device::new("04600912", "WT640")
        .unwrap()
        .frame(Frame::Bare)
        .controller_timeout(None);
    // The initialisation has to fit, and the buffer for data is what is small.
    let mut bench = Bench::with(keys, Persisted::default(), device, 8192, 1024);
    let done = bench.initialise();
    bench.limit = limit;
    let done = bench.accept(&done);
    (bench, done)
}

#[test]
fn messages_are_split_by_controllers_to_fit() {
    for format in ["TiXML", "JSON"] {
        for limit in (450..775).step_by(25) {
            let keys = format!("<CloudConnDataFormat _=\"{format}\"/>{}", many(5, 4));
            let (_, done) = limited(&keys, limit);
            let mut all = Vec::new();
            for did in &done {
                assert!(did.payload().len() <= limit);
                let values = sent(did);
                assert!(
                    !values.is_empty() && values.len().is_multiple_of(4),
                    "no controller is cut: {format} {limit}"
                );
                all.extend(values);
            }
            assert!(done.len() > 1, "{format} {limit}");
            assert_eq!(all.len(), 20);
            let id = |did: &Did| Data::parse(did.payload().as_bytes()).unwrap().message_id.to_string();
            let ids: Vec<_> = done.iter().map(id).collect();
            assert!(ids.is_sorted() && ids[0] == "0.01", "{ids:?}");
        }
    }
}

#[test]
fn a_controller_that_does_not_fit_alone_is_cut_between_sensors() {
    let (_, done) = limited(&many(2, 10), 350);
    assert!(done.iter().all(|did| did.payload().len() <= 350));
    let mut all: Vec<_> = done
        .iter()
        .flat_map(sent)
        .map(|(controller, sensor, _)| (controller, sensor))
        .collect();
    assert_eq!(all.len(), 20);
    all.dedup();
    assert_eq!(all.len(), 20);
}

#[test]
fn a_value_that_does_not_fit_alone_is_told_and_left_out() {
    let (mut bench, done) = limited(&many(1, 2), 160);
    assert!(
        done.iter().all(
            |did| matches!(did, Did::Log(Notice::PointTooLarge { size, .. }) if size.max == 160 && size.needed > 160)
        ),
        "{done:?}"
    );
    assert_eq!(done.len(), 2);
    bench.limit = 1024;
    assert_eq!(sensors(&bench.wait(60)).len(), 2);
}

#[test]
fn data_are_sent_on_command() {
    let (mut bench, _) = Bench::running(FIVE, |_| {});
    assert_eq!(
        sensors(&bench.tell(Input::SendRealtimeData(CloudSendRealtimeData::ALL))),
        ["A", "B", "C", "E"]
    );
    let one = CloudSendRealtimeData {
        connector: Connector::CloudConn,
        section: Some(3),
    };
    assert_eq!(sensors(&bench.tell(Input::SendRealtimeData(one))), ["C"]);
    let other = CloudSendRealtimeData {
        connector: Connector::CloudConn2,
        section: None,
    };
    assert!(bench.tell(Input::SendRealtimeData(other)).is_empty());
    // As a command of the portal it is answered, and the data follow.
    let request = "<request_id _=\"r\"/><serial_number _=\"04600912\"/><cmd><CloudSendRealtimeData _=\"CloudConn,Realtime5\"/></cmd>";
    let done = bench.message("c1/fp/g1/cmd", request);
    assert!(
        done[0]
            .payload()
            .contains("<cmd_result><CloudSendRealtimeData/></cmd_result>"),
        "{done:?}"
    );
    assert_eq!(sensors(&done[1..]), ["E"]);
    // That of another connector is the application's.
    let done = bench.message("c1/fp/g1/cmd", &request.replace("CloudConn,", "CloudConn3,"));
    assert_eq!(
        done,
        [Did::Execute(
            "<CloudSendRealtimeData _=\"CloudConn3,Realtime5\"/>".into()
        )]
    );
}

#[test]
fn a_path_in_two_sections_is_in_a_message_once() {
    let keys = "<RTSendTime1 _=\"10\"/><RTSendTime2 _=\"20\"/><Realtime1><A _=\"/P/A\" meta_type=\"power\"/></Realtime1>\
        <Realtime2><Z _=\"/P/A\" meta_type=\"power\"/></Realtime2>";
    let (mut bench, done) = Bench::running(keys, |_| {});
    assert_eq!(sensors(&done), ["A"]);
    assert_eq!(sensors(&bench.wait(20)), ["A"]);
}

#[test]
fn values_have_their_states() {
    let keys = "<CloudConnDataFormat _=\"JSON\"/><Realtime1><A _=\"/Process/Bus1/Device0/A\" meta_type=\"power\"/>\
        <B _=\"/Process/Bus1/Device0/B\" meta_type=\"power\"/><C _=\"/Process/PV/C\" meta_type=\"power\"/>\
        <D _=\"/Process/Bus1/Device0/D\" meta_type=\"power\"/></Realtime1>";
    let (_, done) = Bench::running(keys, |plant| {
        plant.bus("/Process/Bus1/Device0/A", "1", true);
        plant.bus("/Process/Bus1/Device0/B", "2", false);
        plant.set("/Process/PV/C", "3");
    });
    let data = Data::parse(done[0].payload().as_bytes()).unwrap();
    let states: Vec<_> = data
        .controllers()
        .flat_map(|controller| controller.sensors())
        .map(|sensor| {
            (
                sensor.id.to_string(),
                sensor.value().unwrap().to_string(),
                sensor.state().unwrap().code(),
            )
        })
        .collect();
    let expected = [("A", "1", 1), ("B", "2", 0), ("D", "", 0), ("C", "3", 2)];
    assert_eq!(
        states,
        expected.map(|(id, value, state)| (id.to_owned(), value.to_owned(), state))
    );
}

#[test]
fn a_value_that_is_too_long_is_none_and_not_another_one() {
    let keys = "<Realtime1><A _=\"/P/A\" meta_type=\"power\"/><B _=\"/P/B\" meta_type=\"power\"/></Realtime1>";
    let (_, done) = Bench::running(keys, |plant| {
        plant.set("/P/A", &"1".repeat(Reading::MAX));
        plant.bus("/P/B", &"1".repeat(Reading::MAX + 1), true);
    });
    let data = Data::parse(done[0].payload().as_bytes()).unwrap();
    let sensors = data.controllers().flat_map(|controller| controller.sensors());
    let sent: Vec<_> = sensors
        .map(|sensor| {
            (
                sensor.value().unwrap().to_string().len(),
                sensor.state().unwrap().code(),
            )
        })
        .collect();
    assert_eq!(sent, [(Reading::MAX, 2), (0, 0)]);
}

#[test]
fn positions_in_one_element() {
    for format in [Format::Tixml, Format::Json] {
        let name = if format == Format::Json { "JSON" } else { "TiXML" };
        let keys = format!(
            "{IDS}<CloudConnDataFormat _=\"{name}\"/><Realtime1><G _=\"/GNSS/Latitude\" lng=\"/GNSS/Longitude\" meta_type=\"gps\"/></Realtime1>"
        );
        let device = Device::new("04600912", "WT640").unwrap().gps(GpsForm::Attribute);
        let mut bench = Bench::with(&keys, Persisted::default(), device, 1024, 1024);
        bench.plant.set("/GNSS/Latitude", "5229.4129");
        bench.plant.set("/GNSS/Longitude", "01323.6341");
        let done = bench.initialise();
        let done = bench.accept(&done);
        let data = Data::parse(done[0].payload().as_bytes()).unwrap();
        let sensor = data.controllers().next().unwrap().sensors().next().unwrap();
        assert_eq!(sensor.id, "Latitude");
        assert_eq!(sensor.value().unwrap(), "5229.4129");
        assert_eq!(sensor.longitude().unwrap(), "01323.6341");
    }
}
