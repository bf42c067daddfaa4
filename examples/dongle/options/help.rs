//! What `--help` prints.

/// The whole of it.
pub const HELP: &str = "\
The MQTT client of a Fibocom module, by hand.

dongle [--port PATH | --simulate[=MODEL]] [OPTIONS] COMMAND ...

Commands
  demo                   each step of the main job: attach, connect, subscribe, publish, receive, disconnect
  info                   model, firmware, SIM, operator, signal, registration, address, clock, and where each came from
  pub -h HOST -t TOPIC   publishes
  sub -h HOST -t FILTER  prints what arrives, a payload per line, as it is
  at COMMAND             sends one raw command and prints its answer
  selftest -h HOST       finds out by trying how this module speaks where manuals are silent or wrong: two minutes
  auth                   not yet

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
  --id 1|2|3             which of the module's connections (1; few modules have 3)
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
  5  the connection was refused or lost
  6  a message or a subscription was refused
  7  the outcome is unknown: it may have happened; nothing is sent twice
  27 -W ran out
  130 interrupted
";
