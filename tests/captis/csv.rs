//! Lines, fields, numbers and times.

use fibocom_mqtt::profile::TooLarge;
use fibocom_mqtt::profile::captis::csv::{Fields, Line, Lines, Quotes, write_field, write_quoted};
use fibocom_mqtt::profile::captis::{Decimal, Event, EventId, NotDecimal, Timestamp};
use proptest::prelude::*;

use super::{examples, time};

fn fields(line: &str) -> Vec<String> {
    Fields::new(line).map(|field| field.to_string()).collect()
}

fn line(texts: &[&str]) -> String {
    let mut out = String::new();
    let mut line = Line::new(&mut out);
    for text in texts {
        line.text(text).unwrap();
    }
    out
}

#[test]
fn cap_f_1_each_line_is_one_data_point_and_begins_with_its_id() {
    let lines: Vec<_> = Lines::new("I011,2018-10-10T10:21:03Z,3.47\r\n\nI060,,21.5\n").collect();
    assert_eq!(lines, ["I011,2018-10-10T10:21:03Z,3.47", "I060,,21.5"]);
    assert_eq!(fields(lines[0]), ["I011", "2018-10-10T10:21:03Z", "3.47"]);
    // A line end inside of quotes ends no line.
    let lines: Vec<_> = Lines::new("511,device,echo hello\n511,device,\"echo hello\necho world\"").collect();
    assert_eq!(
        lines,
        ["511,device,echo hello", "511,device,\"echo hello\necho world\""]
    );
    assert_eq!(fields(lines[1]), ["511", "device", "echo hello\necho world"]);
    assert_eq!(Lines::new("\n\r\n\n").count(), 0);
}

#[test]
fn cap_f_2_times_are_iso_8601_and_a_missing_one_leaves_its_place_empty() {
    assert_eq!(time().to_string(), examples("timestamp")[0]);
    let mut out = String::new();
    let mut line = Line::new(&mut out);
    let none = None::<Timestamp>;
    line.text("I011")
        .unwrap()
        .maybe(none)
        .unwrap()
        .value(Decimal::new(347, 2))
        .unwrap();
    assert_eq!(out, "I011,,3.47");
    // At the end it goes, and so do the commas in front of it.
    assert_eq!(Event::new(EventId::BOOT, None).to_string(), "a00018-00000");
    assert_eq!(super::csv::line(&["100", "", ""]), "100");
    assert_eq!(super::csv::line(&["100", "", "type"]), "100,,type");
    assert_eq!(super::csv::line(&["", "", "type"]), ",,type");
    assert_eq!(super::csv::line(&[]), "");
    // However many there are: what follows them stays where it belongs.
    let mut many = vec![""; 300];
    many.push("end");
    assert_eq!(super::csv::line(&many), ",".repeat(300) + "end");
}

#[test]
fn cap_q05_quotes_are_doubled_on_the_way_out_and_understood_either_way_on_the_way_in() {
    assert_eq!(line(&["113", r#"{"key": "value"}"#]), r#"113,"{""key"": ""value""}""#);
    for sent in [r#"513,7,"{""key"": ""value""}""#, r#"513,7,"{\"key\": \"value\"}""#] {
        assert_eq!(fields(sent), ["513", "7", r#"{"key": "value"}"#], "{sent}");
    }
    assert_eq!(fields(r#""a\\b","a\nb","a\""#), [r"a\b", r"a\nb", "a\""]);
    // Outside of quotes a backslash and a quote are themselves.
    assert_eq!(fields(r#"echo \"hi\",a"b"#), [r#"echo \"hi\""#, "a\"b"]);
    let mut doubled = Fields::with_quotes(r#""a\\b",x"#, Quotes::Doubled);
    assert_eq!(doubled.next().unwrap().to_string(), r"a\\b");
    assert!(doubled.next().unwrap() == "x");
}

#[test]
fn cap_q13_numbers_keep_the_digits_they_were_given() {
    for (digits, places, text) in [
        (347, 2, "3.47"),
        (102_000, 3, "102.000"),
        (4_361_383, 3, "4361.383"),
        (252, 1, "25.2"),
        (-160, 1, "-16.0"),
        (0, 1, "0.0"),
        (0, 0, "0"),
        (-1, 3, "-0.001"),
        (i64::MAX, 0, "9223372036854775807"),
        (i64::MIN, 19, "-0.9223372036854775808"),
    ] {
        assert_eq!(Decimal::new(digits, places).to_string(), text);
    }
    assert_eq!(Decimal::from(true).to_string(), "1");
    assert_eq!(Decimal::from(u32::MAX).to_string(), "4294967295");
}

#[test]
fn numbers_are_read_as_they_are_printed() {
    for text in [
        "0",
        "-16.0",
        "0.05",
        "102.000",
        "9223372036854775807",
        "-9223372036854775808",
    ] {
        assert_eq!(text.parse::<Decimal>().unwrap().to_string(), text);
    }
    assert_eq!("007.50".parse(), Ok(Decimal::new(750, 2)));
    let places = "0".repeat(255);
    assert_eq!(format!("0.{places}").parse(), Ok(Decimal::new(0, 255)));
    for text in [
        "",
        "-",
        "+1",
        "--1",
        "1.",
        ".5",
        "-.5",
        ".",
        "1.2.3",
        "1,5",
        "1e5",
        " 1",
        "0x1",
        "٣",
        "9223372036854775808",
        "-9223372036854775809",
        "0.9223372036854775808",
        &format!("0.{places}0"),
    ] {
        assert_eq!(text.parse::<Decimal>(), Err(NotDecimal), "{text}");
    }
}

#[test]
fn a_field_is_quoted_where_the_platform_would_read_it_otherwise() {
    for text in ["a,b", "a\"b", "a\nb", "a\rb", "a\tb", " a", "a ", " "] {
        let expected = format!("\"{}\"", text.replace('"', "\"\""));
        assert_eq!(line(&["502", text]), format!("502,{expected}"));
    }
    // Printed in pieces, it is looked at as a whole.
    let mut out = String::new();
    write_field(&mut out, format_args!("{}{}", " ", "a")).unwrap();
    write_field(&mut out, format_args!("{}{}", "a", " ")).unwrap();
    write_field(&mut out, format_args!("{}{}", "a", ' ')).unwrap();
    write_field(&mut out, format_args!("{} {}", "a", "b")).unwrap();
    assert_eq!(out, "\" a\"\"a \"\"a \"a b");
}

#[test]
fn vectors_of_a_client_in_production() {
    let lines = include_str!("data/thin_edge_vectors.txt").lines();
    let mut seen = 0;
    for vector in lines.filter(|line| line.starts_with('[')) {
        let (json, expected) = vector.split_at(vector.find("]").unwrap() + 1);
        let values: Vec<serde_json::Value> = serde_json::from_str(json).unwrap();
        let texts: Vec<_> = values
            .iter()
            .map(|value| value.as_str().map_or(value.to_string(), str::to_owned))
            .collect();
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        // An empty field at the end is optional, and left out here.
        assert_eq!(line(&texts), expected.trim().trim_end_matches(','));
        seen += 1;
    }
    assert_eq!(seen, 7);
    for (sent, third) in [
        (r#"511,device,"echo \"hello\"""#, r#"echo "hello""#),
        (
            r#"511,device,"echo \"hello\"; echo \"world\"""#,
            r#"echo "hello"; echo "world""#,
        ),
        (r#"511,device,"echo hello,world""#, "echo hello,world"),
    ] {
        assert_eq!(fields(sent)[2], third);
    }
}

#[test]
fn the_platforms_own_lines_come_back_as_they_were() {
    for row in include_str!("data/static_templates.csv")
        .lines()
        .filter(|row| row.starts_with("up"))
    {
        let sent = row.split('\t').nth(2).unwrap();
        // These quote what needs no quotes, or end in fields without a value.
        if sent.contains('"') || sent.ends_with(',') {
            continue;
        }
        let read = fields(sent);
        let texts: Vec<_> = read.iter().map(String::as_str).collect();
        assert_eq!(line(&texts), sent);
    }
}

#[test]
fn a_field_is_copied_only_where_it_must_be() {
    let mut fields = Fields::new(r#"511,"plain","a""b","c\\d""#);
    let mut buffer = [0; 3];
    let mut next = || fields.next().unwrap();
    assert_eq!(next().plain(), Some("511"));
    assert_eq!(next().text(&mut []), Ok("plain"));
    assert_eq!(next().text(&mut buffer), Ok("a\"b"));
    let last = next();
    assert_eq!(
        (last.plain(), last.text(&mut buffer[..2])),
        (None, Err(TooLarge { needed: 3, max: 2 }))
    );
    assert_eq!(fields.rest(), None);
}

#[test]
fn dates_that_do_not_exist_are_refused() {
    for (year, month, day, hour, minute, second) in [
        (1969, 12, 31, 0, 0, 0),
        (2023, 2, 29, 0, 0, 0),
        (2023, 13, 1, 0, 0, 0),
        (2023, 0, 1, 0, 0, 0),
        (2023, 4, 31, 0, 0, 0),
        (2023, 4, 0, 0, 0, 0),
        (2023, 4, 1, 24, 0, 0),
        (2023, 4, 1, 0, 60, 0),
        (2023, 4, 1, 0, 0, 60),
        (10_000, 1, 1, 0, 0, 0),
    ] {
        assert_eq!(
            Timestamp::from_utc(year, month, day, hour, minute, second),
            None,
            "{year}-{month}-{day}"
        );
    }
    let last = Timestamp::from_utc(9999, 12, 31, 23, 59, 59).unwrap();
    assert_eq!(last.to_string(), "9999-12-31T23:59:59Z");
    assert_eq!(Timestamp::from_unix(u64::MAX), last);
}

#[test]
fn every_leap_day_is_where_the_time_crate_has_it() {
    for year in 1970..=9999u16 {
        let oracle = |month, day| {
            let month = time::Month::try_from(month).unwrap();
            let date = time::Date::from_calendar_date(year.into(), month, day).ok()?;
            Some(date.midnight().assume_utc().unix_timestamp() as u64)
        };
        for (month, day) in [(1, 1), (2, 28), (2, 29), (3, 1), (12, 31)] {
            let ours = Timestamp::from_utc(year, month, day, 0, 0, 0);
            assert_eq!(ours.map(Timestamp::unix), oracle(month, day), "{year}-{month}-{day}");
            if let Some(ours) = ours {
                assert_eq!(ours.to_string(), format!("{year}-{month:02}-{day:02}T00:00:00Z"));
            }
        }
    }
}

#[test]
fn the_modules_clock_is_a_time_in_utc() {
    use fibocom_mqtt::command::ModuleTime;
    let mut shown = ModuleTime {
        year: 2026,
        month: 7,
        day: 20,
        hour: 1,
        minute: 51,
        second: 60,
        zone: 8,
    };
    assert_eq!(
        Timestamp::from_module(&shown).unwrap().to_string(),
        "2026-07-19T23:51:59Z"
    );
    shown.year = 1980;
    assert_eq!(Timestamp::from_module(&shown), None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    /// What is written is read back, here and by the csv crate.
    #[test]
    fn fields_come_back(texts in prop::collection::vec("[ a-c\"\\\\,\r\n\t{}:é]{0,12}", 1..5)) {
        // The first and the last stand for an id and a value, which are never empty.
        let mut texts = texts;
        texts.insert(0, "511".into());
        texts.push("end".into());
        let written = line(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let read: Vec<_> = Fields::with_quotes(&written, Quotes::Doubled).map(|field| field.to_string()).collect();
        prop_assert_eq!(&read, &texts);
        prop_assert_eq!(Lines::with_quotes(&written, Quotes::Doubled).collect::<Vec<_>>(), [&written]);
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(written.as_bytes());
        let theirs: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
        prop_assert_eq!(theirs.len(), 1);
        prop_assert_eq!(theirs[0].iter().collect::<Vec<_>>(), texts);
    }

    /// What the csv crate writes is read as it was meant.
    #[test]
    fn fields_of_the_csv_crate(texts in prop::collection::vec("[ a-c\"\\\\,\r\n\t{}:é]{0,12}", 2..5)) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(&texts).unwrap();
        let written = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let mut lines = Lines::with_quotes(&written, Quotes::Doubled);
        let read = lines.next().unwrap_or_default();
        let read: Vec<_> = Fields::with_quotes(read, Quotes::Doubled).map(|field| field.to_string()).collect();
        prop_assert_eq!(read, texts);
        prop_assert_eq!(lines.next(), None);
    }

    /// A text that a platform escaped with backslashes, and one that has doubled quotes and no backslashes, come back too.
    #[test]
    fn both_escapes_come_back(text in "[ a-c\"\\\\,\r\n{}:é]{0,20}") {
        let escaped = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        prop_assert_eq!(fields(&escaped), [text.clone()]);
        let text = text.replace('\\', "");
        let mut doubled = String::new();
        write_quoted(&mut doubled, &text).unwrap();
        prop_assert_eq!(fields(&doubled), [text]);
    }

    /// Any bytes at all are some fields, and every character is in one of them or is syntax.
    #[test]
    fn anything_is_read(text in "\\PC{0,40}|[\",\\\\\n]{0,20}") {
        for line in Lines::new(&text) {
            let mut raw = Vec::new();
            for field in Fields::new(line) {
                raw.push(field.raw());
                let mut buffer = [0; 256];
                prop_assert_eq!(field.text(&mut buffer).unwrap(), field.to_string());
                prop_assert_eq!(field.is_empty(), field.to_string().is_empty());
            }
            prop_assert_eq!(raw.join(","), line);
        }
    }

    #[test]
    fn one_field_is_quoted_only_if_it_must_be(text in "\\PC{0,20}") {
        let mut written = String::new();
        write_field(&mut written, &text).unwrap();
        if written.starts_with('"') {
            prop_assert!(text.contains(['"', ',', '\n', '\r', '\t']) || text.starts_with(' ') || text.ends_with(' '));
        } else {
            prop_assert_eq!(written, text);
        }
    }

    #[test]
    fn times_are_those_of_the_time_crate(seconds in 0u64..=253_402_300_799) {
        let theirs = time::OffsetDateTime::from_unix_timestamp(seconds as i64).unwrap();
        let format = time::format_description::well_known::Rfc3339;
        let ours = Timestamp::from_unix(seconds);
        prop_assert_eq!(ours.to_string(), theirs.format(&format).unwrap());
        let built = Timestamp::from_utc(
            theirs.year() as u16, theirs.month().into(), theirs.day(), theirs.hour(), theirs.minute(), theirs.second(),
        );
        prop_assert_eq!(built, Some(ours));
    }
}
