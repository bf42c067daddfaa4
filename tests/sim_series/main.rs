//! Every series and model the simulator knows, row by row: what it says of itself, what it takes, and what it refuses.
//! The rows are written down a second time here, from the manual's list of models (V1.3), so that a slip shows.
#![cfg(feature = "sim")]

mod commands;
mod driver;
mod lengths;
#[path = "../sim_bench/mod.rs"]
mod sim_bench;
#[path = "../support/mod.rs"]
mod support;

use fibocom_mqtt::sim::{Evidence, ModelSpelling, Settings};

use sim_bench::{Bench, escaped};

const LONG: (usize, usize, usize) = (1024, 1024, 1024);
const PLAIN: (usize, usize, usize) = (128, 128, 256);
const PASSWORD: (usize, usize, usize) = (128, 256, 256);

/// What the manual says of one model. The letters: `s` has the MQTT-SN commands, `a` those for clouds, `t` an argument for
/// TLS, `w` a will in data mode, `i` the bare IMEI as its default client id.
struct Row(&'static str, &'static str, (usize, usize, usize), &'static str, usize);

impl Row {
    fn has(&self, letter: char) -> bool {
        self.3.contains(letter)
    }

    fn bench(&self) -> Bench {
        let mut bench = Bench::new(Settings::by_name(self.0).unwrap());
        bench.run("ATE0\r");
        bench.run("AT+CMEE=1\r");
        bench
    }
}

/// Name, `AT+CGMM`, lengths for USER, letters, length for SNCID (0 if there is none).
const ROWS: [Row; 42] = [
    Row("L610", "L610-CN-62-36", LONG, "sat", 1024),
    Row("L610-V1.0.1", "L610-CN-62-36", (128, 128, 23), "i", 0),
    Row("L61x", "L611", LONG, "t", 0),
    Row("LC610", "LC610-EU-00", LONG, "t", 0),
    Row("LC610N", "LC610N", LONG, "sa", 256),
    Row("LC61x", "LC611", LONG, "t", 0),
    Row("LG610", "LG610", LONG, "t", 0),
    Row("LG61x", "LG611", LONG, "t", 0),
    Row("MC610", "MC610-EU-20", LONG, "sati", 23),
    Row("MC615", "MC615", LONG, "sai", 256),
    Row("MC61x", "MC611", LONG, "t", 0),
    Row("MG61x", "MG611", LONG, "t", 0),
    Row("NL668", "NL668-LA", PLAIN, "t", 0),
    Row("NL668-AM", "NL668-AM", PLAIN, "", 0),
    Row("NL66x", "NL661", PLAIN, "t", 0),
    Row("MC116", "MC116", PLAIN, "t", 0),
    Row("MC11x", "MC111", PLAIN, "t", 0),
    Row("MG11x", "MG111", PLAIN, "t", 0),
    Row("MC100E", "MC100E", PLAIN, "t", 0),
    Row("MC10x", "MC101", PLAIN, "t", 0),
    Row("LC11x", "LC111", PLAIN, "t", 0),
    Row("MA510", "MA510", PLAIN, "st", 23),
    Row("MA51x", "MA511", PLAIN, "st", 256),
    Row("L710", "L710", PLAIN, "t", 0),
    Row("L716", "L716", PLAIN, "t", 0),
    Row("L718", "L718", PLAIN, "t", 0),
    Row("LE130", "LE130", PLAIN, "at", 0),
    Row("LE170", "LE170", PLAIN, "at", 0),
    Row("LE230", "LE230", PASSWORD, "at", 0),
    Row("LE270", "LE270-CN", PASSWORD, "at", 0),
    Row("LE370", "LE370", PASSWORD, "at", 0),
    Row("FG132", "FG132-GL-00", PASSWORD, "tw", 0),
    Row("MS180", "MS180", PLAIN, "t", 0),
    Row("MS18x", "MS181", PLAIN, "t", 0),
    Row("MC661", "MC661-CN-29", PASSWORD, "atw", 0),
    Row("MC665", "MC665-CN-26", PASSWORD, "atw", 0),
    Row("MC665-CN-22", "MC665-CN-22", PASSWORD, "atw", 0),
    Row("MC669", "MC669-CN", PASSWORD, "atw", 0),
    Row("MG661", "MG661-JP-29", PASSWORD, "atw", 0),
    Row("MG66x", "MG662", PASSWORD, "atw", 0),
    Row("MC901", "MC901", PLAIN, "t", 0),
    Row("MC90x", "MC902", PLAIN, "t", 0),
];

/// Builds of models above, without the MQTT commands.
const BARE: [(&str, &str); 2] = [("MC669-CN-25", "MC669-CN-25"), ("MC661-CN-39-71-HK", "MC661-CN-39")];

const OK: &str = "\r\nOK\r\n";
const PARAMETERS: &str = "\r\n+CME ERROR: 53\r\n";
const UNKNOWN: &str = "\r\n+CME ERROR: 58\r\n";

fn line(text: &str) -> String {
    format!("\r\n{text}\r\n{OK}")
}

fn expect(bench: &mut Bench, row: &str, command: &str, expected: &str) {
    let answer = bench.run(format!("{command}\r"));
    let shown: String = command.chars().take(60).collect();
    assert_eq!(answer, escaped(expected), "{row}: {shown}");
}

fn x(length: usize) -> String {
    "x".repeat(length)
}

#[test]
fn every_name_has_its_row_and_is_known_in_any_case() {
    let rows = ROWS.iter().map(|row| row.0).chain(BARE.iter().map(|bare| bare.0));
    let (mut rows, mut names) = (rows.collect::<Vec<_>>(), Settings::NAMES.to_vec());
    rows.sort_unstable();
    names.sort_unstable();
    assert_eq!(rows, names);
    for name in names {
        let settings = format!("{:?}", Settings::by_name(name).unwrap());
        for name in [name.to_lowercase(), name.to_uppercase()] {
            assert_eq!(format!("{:?}", Settings::by_name(&name).unwrap()), settings);
        }
    }
    assert!(Settings::by_name("L6").is_none() && Settings::by_name("").is_none());
    // The constructors are the same table.
    for (name, settings) in [("L610", Settings::l610()), ("L610-V1.0.1", Settings::l610_v1_0_1())] {
        assert_eq!(
            format!("{:?}", Settings::by_name(name).unwrap()),
            format!("{settings:?}")
        );
    }
}

#[test]
fn every_model_identifies_itself() {
    let rows = ROWS.iter().map(|row| (row.0, row.1)).chain(BARE);
    for (name, model) in rows {
        let mut bench = Bench::new(Settings::by_name(name).unwrap());
        bench.run("ATE0\r");
        let revision = Settings::by_name(name).unwrap().revision;
        expect(&mut bench, name, "AT+CGMI", &line("Fibocom Wireless Inc."));
        expect(&mut bench, name, "AT+CGMR", &line(&revision));
        let all = format!("Manufacturer: Fibocom Wireless Inc.\r\nModel: {model}\r\nRevision: {revision}");
        expect(&mut bench, name, "ATI", &line(&all));
        let short = model.split('-').next().unwrap();
        for (spelling, text) in [
            (ModelSpelling::Bare, model.to_owned()),
            (ModelSpelling::Prefixed, format!("+CGMM: {model}")),
            (ModelSpelling::WithShort, format!("+CGMM: \"{model}\",\"{short}\"")),
        ] {
            bench.module.settings_mut().model_spelling = spelling;
            expect(&mut bench, name, "AT+CGMM", &line(&text));
            expect(&mut bench, name, "AT+CGMM?", &line(&text));
        }
    }
}

#[test]
fn what_is_known_of_an_identification_is_said() {
    for (name, evidence, revision) in [
        ("L610", Evidence::Captured, "16000.1208.00.86.02.02"),
        ("LE270", Evidence::Captured, "12007.6005.00.02.03.04"),
        ("MC610", Evidence::Published, "16000.1000.00.97.20.10"),
        ("LC610", Evidence::Published, "16000.1000.00.10.19.01"),
        ("MG661", Evidence::Published, "16009.1030.00.00.00.00"),
        ("MC901", Evidence::Assumed, "00000.0000.00.00.00.00"),
    ] {
        let settings = Settings::by_name(name).unwrap();
        assert_eq!(
            (settings.evidence, settings.revision.as_str()),
            (evidence, revision),
            "{name}"
        );
    }
    for name in Settings::NAMES {
        let settings = Settings::by_name(name).unwrap();
        // Only what is known to be UNISOC's decodes \HH.
        let unisoc = ["16000.", "16009."]
            .iter()
            .any(|group| settings.revision.starts_with(group));
        assert_eq!(settings.decode_escapes, unisoc, "{name}");
        // A made-up revision claims no platform that decides anything, but for the MC669: its platform is known.
        if settings.evidence == Evidence::Assumed && *name != "MC669" {
            assert!(!unisoc, "{name}");
        }
    }
}
