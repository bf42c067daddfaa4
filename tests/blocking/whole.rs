//! The blocking modem does all that the asynchronous one does: what no shared scenario calls.

use std::time::Duration;

use fibocom_mqtt::sim::{Settings, World};
use fibocom_mqtt::{
    AnyConnectionId, Attach, BreakCause, ConnectOptions, ConnectionId, Error, Feature, FlowControl, Incoming,
    InvalidInput, Limit, Model, Network, Publication, QoS, Recovery, SerialLine, Source, TopicFilter,
};

use crate::SECOND;
use crate::driver::{Memory, Ready, Timeout, connected};
use crate::shared::{CLIENT_ID, options, topic};

const WAIT: Duration = Duration::from_secs(180);

#[test]
fn it_follows_rate_sleep_and_restart() {
    let world = World::new(Settings::l610());
    let mut memory = Memory::<Ready>::default();
    let mut modem = memory.modem(&world).0;
    world.port().set_baud(19_200).unwrap();
    let attached = modem.attach_at_rates(&Attach::new(), &[9600, 115_200]).unwrap();
    assert_eq!(attached.identity.imei.as_str().len(), 15);
    let mut steps = 0;
    modem.bring_up_with(&Network::new(), WAIT, &mut |_| steps += 1).unwrap();
    assert!(steps > 2, "{steps} steps");
    assert!(modem.clock().unwrap().is_set());
    let attached = modem.attach_with(&Attach::new().wait(WAIT)).unwrap();
    assert_eq!(attached.open.unwrap().as_slice(), []);
    modem.set_baud(460_800).unwrap();
    assert_eq!(world.module(|module| module.baud()), Some(460_800));
    modem.set_flow_control(FlowControl::Hardware).unwrap();
    modem.set_dtr(false).unwrap();
    modem.allow_sleep(true).unwrap();
    world.advance(5 * SECOND);
    assert!(world.module(|module| module.is_asleep()));
    modem.wake().unwrap();
    assert!(!world.module(|module| module.is_asleep()));
    modem.restart().unwrap();
    // Back at the rate that it has from the factory.
    modem.attach_at_rates(&Attach::new(), &[115_200]).unwrap();
    assert_eq!(world.port().baud(), 115_200);
}

#[test]
fn it_can_be_told_what_the_module_is() {
    let world = World::online(Settings::l610());
    let mut memory = Memory::<Timeout>::default();
    let mut modem = memory.modem(&world).0;
    let model: Model = "MC665-CN-22".parse().unwrap();
    modem.set_model(model);
    assert_eq!(modem.capabilities().model().value, model);
    modem.set_feature(Feature::WillDataMode, false);
    assert_eq!(
        modem.capabilities().feature(Feature::WillDataMode).source,
        Source::Caller
    );
    modem.set_limit(Limit::Payload, 2);
    let mut client = modem.client(ConnectionId::FIRST);
    client
        .connect(&ConnectOptions::new("broker", 1883).client_id(CLIENT_ID))
        .unwrap();
    let refused = client.publish(&Publication::new(topic("t"), b"123")).unwrap_err();
    assert!(
        matches!(
            refused,
            Error::Invalid(InvalidInput::Exceeds {
                limit: Limit::Payload,
                max: 2,
                ..
            })
        ),
        "{refused}"
    );
}

#[test]
fn it_receives_on_any_connection_for_so_long() {
    let world = crate::shared::online();
    let mut memory = Memory::<Ready>::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        connected(&mut modem).await;
    });
    let mut modem = modem.0;
    let mut second = modem.client(ConnectionId::SECOND);
    second
        .connect(&ConnectOptions::new("broker", 1883).client_id("second"))
        .unwrap();
    second
        .subscribe(TopicFilter::new("#").unwrap(), QoS::AtLeastOnce)
        .unwrap();
    let mut buffer = [0; 64];
    let start = world.clock().elapsed();
    assert_eq!(modem.recv_any_timeout(&mut buffer, SECOND), Ok(None));
    assert!(world.clock().elapsed() - start < 2 * SECOND);
    assert!(world.broker().inject("second", "t", b"1", 1));
    let Ok(Some(Incoming::Message(AnyConnectionId::Mqtt(ConnectionId::SECOND), message))) =
        modem.recv_any_timeout(&mut buffer, SECOND)
    else {
        panic!("nothing came");
    };
    assert_eq!(message.payload(), b"1");
    let others = [ConnectionId::FIRST];
    assert!(world.broker().inject("second", "t", b"2", 1));
    assert_eq!(modem.wait_any_timeout(&others, buffer.len(), SECOND), Ok(None));
    let all = [ConnectionId::FIRST, ConnectionId::SECOND];
    let waiting = modem.wait_any(&all, buffer.len());
    assert!(
        matches!(
            waiting,
            Ok(Incoming::Message(AnyConnectionId::Mqtt(ConnectionId::SECOND), _))
        ),
        "{waiting:?}"
    );
    assert_eq!(modem.counters().received, 2);
    assert_eq!(modem.client(ConnectionId::SECOND).counters().received, 2);
}

#[test]
fn it_recovers_a_connection() {
    let world = crate::shared::online();
    let mut memory = Memory::<Timeout>::default();
    let mut modem = memory.modem(&world);
    world.block_on(async {
        let mut client = connected(&mut modem).await.0;
        world.broker().break_connection(CLIENT_ID);
        let mut buffer = [0; 64];
        let ended = client.recv(&mut buffer);
        assert_eq!(ended, Err(Error::Disconnected(BreakCause::Server)));
        let filters = [(TopicFilter::new("#").unwrap(), QoS::AtLeastOnce)];
        let recovery = Recovery::new(options()).subscriptions(&filters);
        client.recover(&recovery, &mut (), &mut |_| {}).unwrap();
        client.publish(&Publication::new(topic("t"), b"again")).unwrap();
        assert_eq!(client.recv(&mut buffer).unwrap().payload(), b"again");
    });
}
