//! Connecting, on the simulated module.
#![cfg(feature = "sim")]

use fibocom_mqtt::profile::captis::{Login, Sas, SasError, Server, ServerError, Timestamp, Variant};
use fibocom_mqtt::sim::{OpenRequest, Unplugged, World};
use fibocom_mqtt::{ConnectionId, Error, Feature, Field, InvalidInput, Limit, Model, QoS, Security, Source, Tls};

use super::support::{Memory, online};
use super::{CCID, IMEI, identity};

const AUTHORITY: &[u8] = b"-----BEGIN CERTIFICATE-----\r\nQXV0aG9yaXR5\r\n-----END CERTIFICATE-----\r\n";
const KEY: &str = "NMgJDvdKTxjLi+xBxxkDDEwDJxEvOE5u8BiT0mVgPeg=";

fn c8y() -> Server<'static> {
    Server::new(Variant::C8y, "tenant.example.com")
}

fn azure() -> Server<'static, Tls<'static>> {
    Server::new(Variant::Azure, "contoso.azure-devices.net").tls(Tls::new().trust(AUTHORITY))
}

fn sas() -> Sas<'static> {
    Sas::new(KEY, Timestamp::from_unix(1_636_348_116))
}

/// What connecting ends with on this model, what the server saw, and what was written before.
fn open_on<S: Security>(model: &str, login: &Login<'_, S>) -> (Result<(), Error<Unplugged>>, Vec<OpenRequest>, World) {
    let world = online();
    let mut memory = Memory::default();
    let mut modem = memory.modem(&world);
    modem.set_model(model.parse().unwrap());
    let opened = world.block_on(async { modem.client(ConnectionId::FIRST).connect(&login.options()).await });
    let opens = world.broker().opens();
    drop(modem);
    (opened, opens, world)
}

fn open<S: Security>(server: &Server<'_, S>) -> OpenRequest {
    let (opened, mut opens, _) = open_on("L610", &server.login(&identity()).unwrap());
    opened.unwrap();
    assert_eq!(opens.len(), 1);
    opens.remove(0)
}

#[test]
fn cap_c_1_there_is_never_a_will() {
    assert_eq!(open(&c8y()).will, None);
    assert_eq!(open(&c8y().basic("user", "password")).will, None);
    assert_eq!(open(&azure().sas(sas())).will, None);
    let (.., world) = open_on("L610", &c8y().login(&identity()).unwrap());
    assert!(
        world
            .record()
            .commands()
            .iter()
            .all(|command| !command.starts_with("AT+MQTTWILL="))
    );
}

#[test]
fn cap_c_2_the_port_is_that_of_the_protocol_unless_it_is_set() {
    let tls = Tls::new().trust(AUTHORITY);
    assert_eq!(open(&c8y()).port, 1883);
    assert_eq!(open(&c8y().tls(tls)).port, 8883);
    assert_eq!(open(&azure()).port, 8883);
    assert_eq!(open(&c8y().port(1234)).port, 1234);
    assert_eq!(open(&c8y().port(443).tls(tls)).port, 443);
    assert_eq!(
        (
            open(&c8y().maybe_tls(None)).port,
            open(&c8y().maybe_tls(Some(tls))).port
        ),
        (1883, 8883)
    );
    let seen = open(&c8y().tls(tls));
    assert_eq!((seen.host, seen.tls.is_some()), (b"tenant.example.com".to_vec(), true));
}

#[test]
fn the_keep_alive_is_a_minute_unless_it_is_set() {
    assert_eq!(
        (open(&c8y()).keep_alive, open(&c8y().keep_alive(300)).keep_alive),
        (60, 300)
    );
    assert_eq!(open(&azure().keep_alive(120)).keep_alive, 120);
    // It stays where encryption is asked for behind it.
    let tls = Tls::new().trust(AUTHORITY);
    assert_eq!(open(&c8y().keep_alive(300).tls(tls)).keep_alive, 300);
}

#[test]
fn cap_c_3_the_client_id_is_the_sims_number_unless_it_is_set() {
    assert_eq!(open(&c8y()).client_id, CCID.as_bytes());
    assert_eq!(open(&azure()).client_id, CCID.as_bytes());
    assert_eq!(
        open(&c8y().client_id("logger-%IMEI%")).client_id,
        format!("logger-{IMEI}").as_bytes()
    );
    let long = "x".repeat(101);
    let refused = c8y().client_id(&long).login(&identity()).unwrap_err();
    let reason = InvalidInput::TooLong {
        field: Field::ClientId,
        len: 101,
        max: 100,
    };
    assert_eq!(refused, ServerError::Invalid(reason));
}

#[test]
fn cap_c_4_basic_is_user_and_password_as_they_were_set() {
    let seen = open(&c8y().basic("tenant/device_%CCID%", "%CCID% s3cret"));
    assert_eq!(seen.user, format!("tenant/device_{CCID}").as_bytes());
    assert_eq!(seen.password, b"%CCID% s3cret");
    let seen = open(&c8y());
    assert_eq!((seen.user, seen.password), (vec![], vec![]));
    let login = c8y().basic("user", "s3cret").login(&identity()).unwrap();
    let shown = format!("{login:?} {:?}", c8y().basic("user", "s3cret"));
    assert!(!shown.contains("s3cret"), "{shown}");
}

#[test]
fn cap_c_5_sas_makes_user_and_password_from_key_and_client_id() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("data/sas_vectors.json")).unwrap();
    let vectors = vectors["computed_end_to_end"].as_array().unwrap();
    assert_eq!(vectors.len(), 3);
    for vector in vectors {
        let text = |key: &str| vector[key].as_str().unwrap();
        let now = Timestamp::from_unix(vector["expiry"].as_u64().unwrap() - 3600);
        let tls = Tls::new().trust(AUTHORITY);
        let server = Server::new(Variant::Azure, text("host"))
            .client_id(text("device_id"))
            .tls(tls);
        let seen = open(&server.sas(Sas::new(text("key_base64"), now)));
        assert_eq!(seen.client_id, text("device_id").as_bytes());
        assert_eq!(seen.user, text("username").as_bytes());
        assert_eq!(seen.password, text("password").as_bytes());
        assert_eq!(seen.password.len() as u64, vector["password_len"].as_u64().unwrap());
    }
    let login = azure().sas(sas()).login(&identity()).unwrap();
    let shown = format!("{login:?} {:?} {:?}", azure().sas(sas()), sas());
    assert!(
        !shown.contains("Signature ") && !shown.contains("SharedAccess") && !shown.contains(KEY),
        "{shown}"
    );
}

#[test]
fn cap_c_6_c8y_always_begins_a_clean_session() {
    assert!(open(&c8y()).clean);
    assert!(open(&c8y().basic("user", "password").tls(Tls::new().trust(AUTHORITY))).clean);
    assert!(Variant::C8y.clean_session());
    assert_eq!(
        (Variant::of_name("C8Y"), Variant::C8y.as_str()),
        (Some(Variant::C8y), "C8Y")
    );
}

#[test]
fn cap_c_7_azure_never_begins_a_clean_session() {
    assert!(!open(&azure()).clean);
    assert!(!open(&azure().sas(sas())).clean);
    assert!(!Variant::Azure.clean_session());
    assert_eq!(
        (Variant::of_name("AZURE"), Variant::Azure.as_str()),
        (Some(Variant::Azure), "AZURE")
    );
    assert_eq!(Variant::of_name("azure"), None);
    assert_eq!(
        (Variant::C8y.max_qos(), Variant::Azure.max_qos()),
        (QoS::ExactlyOnce, QoS::AtLeastOnce)
    );
}

#[test]
fn cap_q12_a_signature_holds_for_an_hour_unless_told_otherwise() {
    let ends = |sas: Sas<'_>| {
        let mut password = String::new();
        sas.write_password(&mut password, "contoso.azure-devices.net", CCID)
            .unwrap();
        password.rsplit_once("&se=").unwrap().1.to_owned()
    };
    assert_eq!(ends(sas()), "1636351716");
    assert_eq!(ends(sas().lifetime(60)), "1636348176");
    assert_eq!(ends(Sas::new(KEY, Timestamp::from_unix(u64::MAX))), "253402304399");
}

#[test]
fn a_signature_is_right_for_whatever_a_device_is_named() {
    // The characters that Azure allows in names, and some that it does not. Computed by Python's hmac and urllib.parse.quote.
    for (device, resource, signature) in [
        (
            "meter 7~a_b.c-d",
            "meter%207~a_b.c-d",
            "rHM4Ci5ljNxnnRq19r0iaIYQxb8EozzRt5IzO15pjIY%3D",
        ),
        (
            "50%+1=@$'()*,!:;#?",
            "50%25%2B1%3D%40%24%27%28%29%2A%2C%21%3A%3B%23%3F",
            "7QPCeLiLUZQxsSkMnjwoxmF56Lvp36SlY7VIW4UxLw0%3D",
        ),
        (
            "Zähler",
            "Z%C3%A4hler",
            "NyBxC%2FEQfkM6oXoDNHwd6eOrdvjbOd2nv6rLFOakr4k%3D",
        ),
        (
            "%43CID%",
            "%2543CID%25",
            "hMJ%2B4aAl2jC1nXEFj8QO7zpQ1uws%2F1lON%2BvK5R7Ob6I%3D",
        ),
    ] {
        let mut password = String::new();
        sas()
            .write_password(&mut password, "contoso.azure-devices.net", device)
            .unwrap();
        let resource = format!("contoso.azure-devices.net%2Fdevices%2F{resource}");
        assert_eq!(
            password,
            format!("SharedAccessSignature sr={resource}&sig={signature}&se=1636351716")
        );
    }
}

#[test]
fn azure_without_tls_is_refused_before_the_wire() {
    let plain = Server::new(Variant::Azure, "contoso.azure-devices.net");
    assert_eq!(plain.login(&identity()).unwrap_err(), ServerError::TlsRequired);
    assert_eq!(
        plain.maybe_tls(None).login(&identity()).unwrap_err(),
        ServerError::TlsRequired
    );
    // Whatever the port: what it is called does not encrypt it.
    assert_eq!(
        plain.port(8883).login(&identity()).unwrap_err(),
        ServerError::TlsRequired
    );
    assert!(azure().login(&identity()).is_ok());
    // A broker on the desk may be spoken to.
    let seen = open(&plain.dangerously_without_tls());
    assert_eq!((seen.port, seen.tls, seen.clean), (1883, None, false));
}

/// Nothing was sent to the module that ends in a connection, and the refusal names the model and its limit.
fn refused(model: &str, login: &Login<'_, impl Security>) -> InvalidInput {
    let (opened, opens, world) = open_on(model, login);
    assert!(opens.is_empty() && world.record().commands().is_empty());
    match opened.unwrap_err() {
        Error::Invalid(reason) => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn what_the_model_does_not_take_is_refused_before_the_wire() {
    let signed = azure().sas(sas()).login(&identity()).unwrap();
    let model: Model = "NL66x".parse().unwrap();
    let reason = InvalidInput::Exceeds {
        model,
        limit: Limit::Password,
        asked: 148,
        max: 128,
        said_by: Source::Table,
    };
    assert_eq!(refused("NL66x", &signed), reason);
    for model in ["L610", "MC665"] {
        open_on(model, &signed).0.unwrap();
    }
    let model: Model = "L610-V1.0.1".parse().unwrap();
    let long = c8y().client_id("dev_%CCID%_post").login(&identity()).unwrap();
    let reason = InvalidInput::Exceeds {
        model,
        limit: Limit::ClientId,
        asked: 29,
        max: 23,
        said_by: Source::Table,
    };
    assert_eq!(refused("L610-V1.0.1", &long), reason);
    let feature = Feature::Tls;
    let said_by = Source::Table;
    let plain = azure().basic("user", "password").login(&identity()).unwrap();
    assert_eq!(
        refused("L610-V1.0.1", &plain),
        InvalidInput::Unsupported {
            model,
            feature,
            said_by
        }
    );
}

#[test]
fn a_key_that_is_none_is_an_error_of_its_own() {
    let long = base64_of(65);
    for key in ["", "no base64!", "NMgJDvdKTxjLi", &long] {
        let server = azure().sas(Sas::new(key, Timestamp::from_unix(0)));
        assert_eq!(
            server.login(&identity()).unwrap_err(),
            ServerError::Sas(SasError::Key),
            "{key}"
        );
    }
    let longest = base64_of(64);
    assert!(
        azure()
            .sas(Sas::new(&longest, Timestamp::from_unix(0)))
            .login(&identity())
            .is_ok()
    );
    let host = "x".repeat(250);
    let tls = Tls::new().trust(AUTHORITY);
    let server = Server::new(Variant::Azure, &host).tls(tls).sas(sas());
    let reason = InvalidInput::TooLong {
        field: Field::User,
        len: 250 + 1 + 20 + 24,
        max: 256,
    };
    assert_eq!(server.login(&identity()).unwrap_err(), ServerError::Invalid(reason));
    // Each percent sign of a name is three characters of a signature, which is refused and not cut.
    let name = "%".repeat(100);
    let refused = azure().client_id(&name).sas(sas()).login(&identity()).unwrap_err();
    let too_long = |len| InvalidInput::TooLong {
        field: Field::Password,
        len,
        max: 384,
    };
    let ServerError::Invalid(InvalidInput::TooLong { len, .. }) = refused else {
        panic!("{refused}");
    };
    assert_eq!(refused, ServerError::Invalid(too_long(len)));
    let mut password = String::new();
    sas()
        .write_password(&mut password, "contoso.azure-devices.net", &name)
        .unwrap();
    assert_eq!(password.len(), len);
}

fn base64_of(bytes: usize) -> String {
    let whole = "AAAA".repeat(bytes / 3);
    whole + ["", "AA==", "AAA="][bytes % 3]
}
