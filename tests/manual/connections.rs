//! USER, OPEN, CLOSE (V1.3 and V1.0.1 sections 1.1 to 1.3).

use fibocom_mqtt::command::*;
use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{ConnectOptions, ConnectionId, Credentials, SnConnectOptions, SnConnectionId};

use super::support::*;
use super::table::{Covered, ids, parse, text};

const ALL: [u8; 4] = [1, 2, 101, 102];
const FIRST: ConnectionId = ConnectionId::FIRST;

fn vec<const N: usize>(text: &str) -> heapless::Vec<u8, N> {
    heapless::Vec::from_slice(text.as_bytes()).unwrap()
}

pub fn walk(covered: &mut Covered) {
    as_in_v1_3(covered);
    as_in_v1_0_1(covered);
}

fn user(id: u8, user: &str, client_id: Option<&str>) -> UserSetting<32> {
    UserSetting {
        id,
        user: vec(user),
        client_id: client_id.map(vec),
    }
}

fn users<const N: usize>(users: [UserSetting<32>; N]) -> Users<32> {
    Users(users.into_iter().collect())
}

fn open_limits(tls: Option<Bounds>) -> OpenLimits {
    OpenLimits {
        ids: ids(&ALL),
        keep_alive: Bounds { min: 1, max: 300 },
        tls,
    }
}

fn user_limits(client_id: Option<u32>) -> UserLimits {
    UserLimits {
        ids: ids(&[1, 2]),
        user: 128,
        password: 128,
        client_id,
    }
}

/// The lists of `AT+MQTTOPEN?` and `AT+MQTTCLOSE?`: one line (the example), one a line (the syntax tables), `0` for none.
fn lists(name: &str) -> [(String, Ids); 7] {
    [
        (format!("+{name}: 1,2,101,102"), ids(&ALL)),
        (format!("+{name}: 1, 2, 101, 102"), ids(&ALL)),
        (
            format!("+{name}: 1\r\n+{name}: 2\r\n+{name}: 101\r\n+{name}: 102"),
            ids(&ALL),
        ),
        (format!("+{name}: 2"), ids(&[2])),
        (format!("+{name}: 1,101"), ids(&[1, 101])),
        (format!("+{name}: 0"), none()),
        (format!("+{name}:0"), none()),
    ]
}

fn none() -> Ids {
    parse(&OpenableIds, "+MQTTOPEN: 0").unwrap()
}

fn borrowed<R: Clone>(printed: &[(String, R)]) -> Vec<(&str, R)> {
    printed
        .iter()
        .map(|(line, response)| (line.as_str(), response.clone()))
        .collect()
}

fn as_in_v1_3(covered: &mut Covered) {
    let tls = Some(Bounds { min: 0, max: 2 });
    for per_line in ["no", "yes"] {
        let mut settings = Settings::l610();
        settings.set("id-per-line", per_line).unwrap();
        let world = World::online(Settings {
            echo: false,
            ..settings
        });
        let mut memory = memory();
        let mut modem = memory.modem(&world);
        modem.set_model("L610".parse().unwrap());
        world.block_on(async {
            // 1.1.
            let printed = [
                ("+MQTTUSER: (1,2),128,128[,256]", user_limits(Some(256))),
                ("+MQTTUSER: (1,2),128,128,256", user_limits(Some(256))),
                ("+MQTTUSER: (1, 2), 128, 128", user_limits(None)),
            ];
            let limits = covered
                .ask((&mut modem, &world), "+MQTTUSER", &TestUser, &printed)
                .await;
            assert_eq!(
                (limits.user, limits.password, limits.client_id),
                (1024, 1024, Some(1024))
            );
            let printed = [
                ("", users([])),
                ("+MQTTUSER:1,\"a\",\"p\",\"c\"", users([user(1, "a", Some("c"))])),
                (
                    "+MQTTUSER: 1,\"a\",\"p\"\r\n+MQTTUSER: 2,\"\", \"\", \"c\"",
                    users([user(1, "a", None), user(2, "", Some("c"))]),
                ),
                ("+MQTTUSER: 1,a,p,c", users([user(1, "a", Some("c"))])),
            ];
            let set = covered
                .ask((&mut modem, &world), "+MQTTUSER", &ReadUsers::<32>, &printed)
                .await;
            assert_eq!(set, users([]));
            let command = User {
                id: FIRST,
                user: text("a15d8UcWd2H"),
                password: text("5sTCkZackL3UI578mmUzME"),
                client_id: Some(text("Device1")),
            };
            let line = r#"AT+MQTTUSER=1,"a15d8UcWd2H","5sTCkZackL3UI578mmUzME","Device1""#;
            let credentials = Credentials::new("a15d8UcWd2H", "5sTCkZackL3UI578mmUzME");
            let options = ConnectOptions::new("broker", 1883)
                .client_id("Device1")
                .credentials(credentials);
            let mut client = modem.client(FIRST);
            covered
                .set(&world, "+MQTTUSER", &command, line, client.connect(&options))
                .await
                .unwrap();
            client.disconnect().await.unwrap();
            let set = covered
                .ask((&mut modem, &world), "+MQTTUSER", &ReadUsers::<32>, &[])
                .await;
            assert_eq!(set, users([user(1, "a15d8UcWd2H", Some("Device1"))]));

            // 1.2.
            let printed = [
                (
                    r#"+MQTTOPEN: (1,2,101,102),(<"Remote IP/URL">),(1-65535),(0,1),(1-300)[,(0-2)]"#,
                    open_limits(tls),
                ),
                (
                    r#"+MPQTTOPEN: (1,2,101,102),(<Remote IP/URL>),(1-65535),(0-1),(1-300)[,(0-2)]"#,
                    open_limits(tls),
                ),
                (
                    r#"+MQTTOPEN: (1, 2, 101, 102), (<"Remote IP/URL">), (1-65535), (0,1), (1-300), (0-2)"#,
                    open_limits(tls),
                ),
            ];
            let limits = covered
                .ask((&mut modem, &world), "+MQTTOPEN", &TestOpen, &printed)
                .await;
            assert_eq!(limits, open_limits(tls));
            let printed = lists("MQTTOPEN");
            let free = covered
                .ask((&mut modem, &world), "+MQTTOPEN", &OpenableIds, &borrowed(&printed))
                .await;
            assert_eq!(free, ids(&ALL));
            let mut command = Open {
                id: FIRST.into(),
                host: text("broker"),
                port: 1883,
                clean_session: true,
                keep_alive: 300,
                tls: false,
            };
            let options = options.keep_alive(300);
            let mut client = modem.client(FIRST);
            let line = r#"AT+MQTTOPEN=1,"broker",1883,1,300"#;
            covered
                .set(&world, "+MQTTOPEN", &command, line, client.connect(&options))
                .await
                .unwrap();
            client.disconnect().await.unwrap();
            (command.tls, command.clean_session) = (true, false);
            let encrypted = options
                .clean_session(false)
                .tls(fibocom_mqtt::Tls::new().dangerously_skip_verification());
            let line = r#"AT+MQTTOPEN=1,"broker",1883,0,300,2"#;
            covered
                .set(&world, "+MQTTOPEN", &command, line, client.connect(&encrypted))
                .await
                .unwrap();
            let sn = Open {
                id: SnConnectionId::FIRST.into(),
                host: text("gateway"),
                port: 10000,
                clean_session: true,
                keep_alive: 60,
                tls: false,
            };
            let mut gateway = modem.client(SnConnectionId::FIRST);
            let options = SnConnectOptions::new("gateway", 10000);
            let line = r#"AT+MQTTOPEN=101,"gateway",10000,1,60"#;
            covered
                .set(&world, "+MQTTOPEN", &sn, line, gateway.connect(&options))
                .await
                .unwrap();
            let free = covered.ask((&mut modem, &world), "+MQTTOPEN", &OpenableIds, &[]).await;
            assert_eq!(free, ids(&[2, 102]));

            // 1.3.
            let printed = [
                ("+MQTTCLOSE: (1,2,101,102)", ids(&ALL)),
                ("+MQTTCLOSE:(1, 2, 101, 102)", ids(&ALL)),
            ];
            let limits = covered
                .ask((&mut modem, &world), "+MQTTCLOSE", &TestClose, &printed)
                .await;
            assert_eq!(limits, ids(&ALL));
            let printed = lists("MQTTCLOSE");
            let open = covered
                .ask((&mut modem, &world), "+MQTTCLOSE", &ClosableIds, &borrowed(&printed))
                .await;
            assert_eq!(open, ids(&[1, 101]));
            let command = Close { id: FIRST.into() };
            let mut client = modem.client(FIRST);
            covered
                .set(&world, "+MQTTCLOSE", &command, "AT+MQTTCLOSE=1", client.disconnect())
                .await
                .unwrap();
            let command = Close {
                id: SnConnectionId::FIRST.into(),
            };
            let mut gateway = modem.client(SnConnectionId::FIRST);
            covered
                .set(&world, "+MQTTCLOSE", &command, "AT+MQTTCLOSE=101", gateway.disconnect())
                .await
                .unwrap();
            let open = covered.ask((&mut modem, &world), "+MQTTCLOSE", &ClosableIds, &[]).await;
            assert_eq!(open, none());
        });
    }
}

/// The firmware of V1.0.1: no TLS argument, other lengths, the syntax table's `+MPQTTOPEN:` and no literal brackets.
fn as_in_v1_0_1(covered: &mut Covered) {
    let world = World::online(Settings {
        echo: false,
        ..Settings::l610_v1_0_1()
    });
    let mut memory = memory();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let printed = [("+MQTTUSER: (1,2),128,128,23", user_limits(Some(23)))];
        let limits = covered
            .ask((&mut modem, &world), "+MQTTUSER", &TestUser, &printed)
            .await;
        assert_eq!(limits, user_limits(Some(23)));
        let printed = [(
            "+MPQTTOPEN: (1,2,101,102),(<Remote IP/URL>),(1-65535),(0,1),(1-300)",
            open_limits(None),
        )];
        let limits = covered
            .ask((&mut modem, &world), "+MQTTOPEN", &TestOpen, &printed)
            .await;
        assert_eq!(limits, open_limits(None));
        let mut client = modem.client(FIRST);
        client.connect(&options()).await.unwrap();
        client.disconnect().await.unwrap();
        assert_eq!(modem.send(&ClosableIds).await, Ok(none()));
    });
}

/// Memory for the longest answers of this crate's commands.
pub fn memory() -> Memory {
    Memory {
        line: vec![0; 2048],
        ..Memory::default()
    }
}
