//! The errors of the cellular module: `a00064`, whose second number is that of `+CME ERROR` (section 6.2).

use super::EventId;

pub(super) const MAJOR: u32 = 64;

/// How the texts below begin in the list.
pub(super) const FAMILY: &str = "Cell Module Error - ";

/// What stands for a number that is not listed: `unknown`.
const UNKNOWN: u32 = 100;

/// The numbers that are listed, as the first and the last of each run.
const RUNS: &[(u16, u16)] = &[
    (0, 7),
    (10, 18),
    (20, 27),
    (30, 32),
    (34, 38),
    (40, 47),
    (49, 53),
    (100, 100),
    (103, 103),
    (106, 107),
    (111, 113),
    (132, 134),
    (148, 150),
    (257, 264),
    (273, 275),
    (277, 278),
    (320, 323),
    (550, 568),
    (600, 609),
    (612, 644),
    (657, 660),
    (680, 684),
    (690, 691),
    (770, 770),
    (900, 900),
    (1000, 1011),
    (1100, 1106),
    (1113, 1114),
];

/// The texts, a line each, in the order of the numbers.
const TEXTS: &str = "\
phone failure
no connection to phone
phone adaptor link reserved
operation not allowed
operation not supported
PH-SIM PIN required
PH-FSIM PIN required
PH-FSIM PUK required
SIM not inserted
SIM PIN required
SIM PUK required
SIM failure
SIM busy
SIM wrong
incorrect password
SIM PIN2 required
SIM PUK2 required
memory full
invalid index
not found
memory failure
text string too long
invalid characters in text string
dial string too long
invalid characters in dial string
no network service
network timeout
network not allowed - emergency calls only
numeric parameter instead of text parameter
text parameter instead of numeric parameter
numeric parameter out of bounds
text string too short
The GPIO Pin is already used
network personalization PIN required
network personalization PUK required
network subset personalization PIN required
network subset personalization PUK required
service provider personalization PIN required
service provider personalization PUK required
corporate personalization PIN required
corporate personalization PUK required
EAP method not supported
Invalid EAP parameter
Parameter length error for all Auth commands
Temporary error for all Auth command
not verified hidden key
unknown
Illegal MESSAGE
Illegal ME
GPRS services not allowed
PLMN not allowed
Location area not allowed
Roaming not allowed in this location area
service option not supported
requested service option not subscribed
service option temporarily out of order
unspecified GPRS error
PDP authentication failure
invalid mobile class
network rejected request
retry operation
invalid deflected to number
deflected to own number
unknown subscriber
service not available
unknown class
unknown network message
Minimum TFT per PDP address error
Duplicate TFT eval prec index
Invalid TFT param combination
Invalid number of parameters
Invalid Parameter
Call index error
Call state error
Sys state error
Parameters error
generic undocumented error
wrong state
wrong mode
context already activated
stack already active
activation failed
context not opened
cannot setup socket
cannot resolve DN
time-out in opening socket
cannot open socket
remote disconnected or time-out
connection failed
tx error
already listening
socket disconnection
cannot resume socket
ip version type incompatible
ipv6 not enabled
Generic undocumented error
wrong state
Can not activate
Can not resolve name
Can not allocate control socket
Can not connect control socket
Bad or no response from server
Not connected
Already connected
Context down
Resource used by other instance
Data socket yet opened in cmdmode
FTP CmdMode data socket closed
FTP not connected
FTP disconnected
FTP read command closed
FTP read command error
FTP write command closed
FTP write command error
FTP read data closed
FTP read data error
FTP write data closed
FTP write data error
FTP host not found
FTP accept failure
FTP listen failure
FTP bind failure
FTP file create failure
FTP file get failure
FTP file put failure
FTP file not found
FTP timed out
FTP login incorrect
FTP close error
FTP server not ready
FTP server shutdown
FTP unexpected reply
FTP user ID and password don't match
FTP user ID and password don't match
FTP user already logged in
FTP open channel timeout
FTP communication timeout
FTP unknown error
Network survey error (No Carrier)
Network survey error (Busy)
Network survey error (Wrong request)
Network survey error (Aborted)
LU processing
Network search aborted
PTM mode
Network search terminated
CSG Search processing
Active call state
RR connection established
SIM invalid
No Response for AT Command
SSL not activated
SSL certs and keys wrong or not stored
SSL generic error
SSL already activated
SSL error during handshake
SSL socket error
SSL invalid state
SSL cannot activate
SSL not connected
SSL already connected
SSL error enc/dec data
SSL disconnected
Model not recognized
Model information missing
Unable to open the file
Unable to close the file
Unable to read the nv file
Unable to write the nv file
Input pattern is wrong
Call establishment failed
File name already exist";

impl EventId {
    /// The event for a number of `+CME ERROR`; for one that is not listed the event `unknown`, since a server could not look it up.
    ///
    /// The list is that of a Telit module. Fibocom's numbers mean the same up to 48 and from 103 to 150; see
    /// [`CmeError`](crate::CmeError) for the others, and log the number beside the event where it matters.
    ///
    /// ```
    /// use fibocom_mqtt::profile::captis::EventId;
    ///
    /// assert_eq!(EventId::cell_module(10).to_string(), "a00064-00010");
    /// assert_eq!(EventId::cell_module(9999).to_string(), "a00064-00100");
    /// ```
    pub fn cell_module(code: u16) -> Self {
        let minor = match position(code.into()) {
            Some(_) => code.into(),
            None => UNKNOWN,
        };
        Self { major: MAJOR, minor }
    }
}

/// How many listed numbers there are before this one, if it is listed.
fn position(code: u32) -> Option<usize> {
    let mut before: u32 = 0;
    for &(first, last) in RUNS {
        let (first, last) = (u32::from(first), u32::from(last));
        if code < first {
            return None;
        }
        if code <= last {
            return usize::try_from(before.checked_add(code.checked_sub(first)?)?).ok();
        }
        before = before.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    None
}

pub(super) fn text(code: u32) -> Option<&'static str> {
    TEXTS.lines().nth(position(code)?)
}

/// The listed events, in the order of their numbers.
pub(super) fn all() -> impl Iterator<Item = EventId> {
    let codes = RUNS.iter().flat_map(|&(first, last)| first..=last);
    codes.map(|code| EventId {
        major: MAJOR,
        minor: code.into(),
    })
}
