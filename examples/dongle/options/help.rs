//! What `--help` prints.

/// The whole of it.
pub const HELP: &str = "\
The MQTT client of a Fibocom module, from the command line.

dongle [--port PATH | --simulate[=MODEL]] [OPTIONS] COMMAND ...

Commands
  demo                   each step of the main job: attach, connect, subscribe, publish, receive, disconnect
  info                   model, firmware, SIM, operator, signal, registration, address, clock, and where each came from
  pub -h HOST -t TOPIC   publishes
  sub -h HOST -t FILTER  prints what arrives, a payload per line, as it is
  at COMMAND             sends one raw command and prints its answer
  selftest -h HOST       finds out by trying how this module speaks where manuals are silent or wrong: two minutes
  auth CLOUD             prints the credentials of a device at a cloud, which the module computes

The module
  --port PATH            its AT port, such as /dev/ttyUSB0 or COM3; tcp:HOST:PORT is a simulator's
  --baud N               speed of the port (115200, and the other usual ones if the module is silent there)
  --flow-control         with RTS and CTS
  --simulate[=MODEL]     a simulated module and an MQTT server, both in this process; any host means that server;
                         an L610, or a MODEL such as MC610, LE270 or MC665-CN-22 (a wrong one shows them all)
  --broker HOST:PORT     the simulated module connects to this server instead
  --model NAME           what the module is, whatever it says: L610, MC665-CN-22, NL66x and so on
  --apn APN              access point name (the SIM's own)
  --pin PIN              the SIM's PIN, sent once if the SIM asks for it; a wrong one is never repeated
  --no-network           no SIM, registration and address: for ports where only MQTT commands answer
  --reconnect            pub and sub bring a lost connection back, and go on
  --wait SECONDS         how long the module may take to answer at first (40: booting takes up to 30)

The connection, for demo, pub, sub and selftest
  -h HOST, -p PORT       the broker (port 1883, with TLS 8883)
  -u USER, -P PASSWORD   user name and password
  --password-file FILE   the password, without a line end; not seen in the list of processes
  -i CLIENT-ID           MQTT client id (the IMEI and the number of the connection)
  -k SECONDS             keep-alive, 1 to 300 (60)
  -c                     keep the session: clean session off
  --id 1|2|3|101|102     which of the module's connections (1; few modules have 3; 101 and 102 are MQTT-SN, see below)
  --tls                  encrypt; --cafile does so, too
  --cafile FILE          the certificate of the authority that vouches for the broker, in PEM
  --cert FILE, --key FILE
                         the module's own certificate and its key, in PEM, for brokers that want one
  --insecure             with --tls: believe any broker; nothing of its certificate is checked
  --direct               messages come in lines of the module instead of being read by length: plain text only, since
                         a line end in a payload cuts it, and what follows is taken for the module's
  --will-topic TOPIC, --will-payload TEXT, --will-qos QOS, --will-retain

pub
  -t TOPIC, -q QOS, -r   topic, quality of service 0 to 2 (0), retain
  -m TEXT | -f FILE | -s | -n
                         the message: text, a file, the standard input as a whole, or empty
  --repeat N             publish it N times

sub
  -t FILTER, -q QOS      topic filters, any number; quality of service (0)
  -C COUNT               end after so many messages
  -W SECONDS             end after so many seconds from subscribing, with exit code 27
  -F FORMAT              %t topic, %p payload, %q quality of service, %l payload's length, %x payload in hex, %% a percent sign
  -N                     no line end behind each message

pub and sub on connections 101 and 102: MQTT-SN
  -h HOST, -p PORT       the gateway (port 10000); there is no user, no password, no TLS and no --reconnect
  -t TOPIC               by name; one of two characters is a short topic
  --topic-id N           by a number that gateway and module know, 1 to 65535; of sub any number, also beside -t
  --register             register the name first: pub then publishes by its number, sub then knows the name of messages
                         that come with the number; for sub with -t without wildcards. A module keeps five of them.
  %t of -F               id:N for a message whose number has no known name

auth, and pub and sub with --cloud CLOUD
  CLOUD                  and what it wants to know of the device:
    aliyun               --product-key --device-name --device-secret, with TLS --aliyun-tls (pub and sub: as --tls says)
    tencent              --product-key --device-name --device-secret
    huawei               --device-id --device-secret
    tuya                 --product-key --uuid --auth-key; names host and port of the broker itself, mostly one for TLS;
                         -h and -p overrule
    onenet               --product-id --device-name --access-key
    baidu                --iot-core-id --device-key --device-secret
    aws                  nothing: there are no credentials but --cert and --key
    aep                  --product-id --device-number --token --aep-user
    unicom               --product-key --device-key --device-secret --token
  --device-secret-file FILE, --auth-key-file, --access-key-file, --token-file, --product-secret-file
                         the same from a file, without a line end; not seen in the list of processes
  with --cloud           -u, -P and -i are the module's; of aws -i is yours

auth only
  --register             register the device first, and print the secret that it is given: a cloud may give it only once
    aliyun               -h HOST [-p PORT (443)] --product-key --product-secret --device-name
    tencent              --url --product-key --product-secret --device-name
    unicom               --product-key --product-secret --device-key [--clear] [--auth-mode 1|2]; 2: the cloud does not
                         know the device before (1)
  tuya --off             ends what the credentials for tuya began in the module

selftest
  --report FILE          the raw exchange, without secrets, to attach to a report of a fault (fibocom-selftest.txt)

Output
  --json                 one JSON object per line
  --trace FILE           every line to and from the module, without secrets
  -v                     the driver's log on the standard error, without secrets
  --help, --version

Results go to the standard output, everything else to the standard error. An interrupt (Ctrl-C) closes the connection
first; a second one ends at once.

Exit codes
  0  done (also sub without -C, when it is interrupted)
  1  wrong usage, or refused before anything was written
  2  the port cannot be opened or was lost
  3  the module does not answer
  4  no network: SIM, registration or address
  5  the connection was refused or lost, or credentials or a device were refused
  6  a message, a subscription, a registration of a topic or the command of at was refused
  7  the outcome is unknown: it may have happened; nothing is sent twice
  27 -W ran out
  130 interrupted
";
