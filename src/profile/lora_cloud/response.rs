//! UPLINK_RESPONSE and DEVICEINFO: what the service says to an uplink, and all that it knows of a device.

use serde::Serialize;

use super::eui::Eui;
use super::info::InfoFields;
use super::items::{Downlink, FileUpload, LogMessage, StreamRecord, StreamUpdate};
use super::pending::{PendingRequest, PendingRequests};
use super::ports::DevicePorts;
use super::position::{Position, PositionOrNone};
use super::uplink::UplinkMessage;
use super::wire::{Invalid, List, Place, PlaceOrNull, Reason, Rules, in_place, names};

names! {
    /// `operation`: what the service took an uplink for. A position from a group of GNSS scans comes with `gnss` too.
    Operation: "an operation" {
        /// GNSS positioning.
        Gnss = "gnss",
        /// Wi-Fi positioning.
        Wifi = "wifi",
        /// A message of the modem.
        Modem = "modem",
        /// A message of the application, which is not the service's.
        Application = "other",
    }
}

/// UPLINK_RESPONSE: what came of an uplink.
///
/// Texts have up to `TEXT` bytes and binary data up to `DATA`; longer texts are kept in part, and counted, longer data is an error.
/// Every list has up to `ITEMS` elements, the others are counted. A [`Downlink`] always finds room.
///
/// With the default sizes it takes 5.3 kB, and itself included 13 to 27 kB of the stack while it is read, most of it where there are
/// requests and where the program is linked without LTO: a small controller chooses smaller ones. With 32, 64 and 1 it is 1.9 kB, and
/// 6 to 16 kB. [Into a place](super::decode_into) that is not on the stack, 3 to 11 kB are enough with either (measured on x86-64,
/// optimised).
///
/// ```
/// use fibocom_mqtt::profile::lora_cloud::{Operation, UplinkResponse, decode};
///
/// let response: UplinkResponse = decode(br#"{"operation": "modem", "dnlink": {"port": 199, "payload": "00"}}"#)?;
/// assert_eq!(response.operation, Some(Operation::Modem));
/// assert_eq!(response.dnlink.map(|downlink| downlink.port), Some(199));
/// # Ok::<(), fibocom_mqtt::profile::lora_cloud::Invalid>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct UplinkResponse<const TEXT: usize = 64, const DATA: usize = 256, const ITEMS: usize = 4> {
    /// The device. Not in the document, but servers send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deveui: Option<Eui>,
    /// What the service took the uplink for.
    pub operation: Option<Operation>,
    /// A file that the uplink has completed.
    pub file: Option<FileUpload<TEXT, DATA>>,
    /// Records of the stream that the uplink has completed, in the order of the document.
    pub stream_records: List<StreamUpdate<DATA>, ITEMS>,
    /// Where the device was.
    pub position_solution: Option<Position<ITEMS>>,
    /// Requests that the uplink has fulfilled.
    pub fulfilled_requests: List<PendingRequest<TEXT>, ITEMS>,
    /// The downlink that has to be sent.
    pub dnlink: Option<Downlink>,
    /// The ports of the device.
    pub fports: Option<DevicePorts>,
    /// What the service knows of the modem now.
    pub info_fields: InfoFields<TEXT, DATA>,
    /// Requests that are not fulfilled yet.
    pub pending_requests: PendingRequests<TEXT, ITEMS>,
    /// What the service has to say of the uplink.
    pub log_messages: List<LogMessage<TEXT>, ITEMS>,
}

in_place! {
    UplinkResponse<TEXT, DATA, ITEMS>, "UPLINK_RESPONSE" {
        deveui: Place,
        operation: Place,
        file: Place,
        stream_records: Place,
        position_solution: PositionOrNone,
        fulfilled_requests: Place,
        dnlink: Place,
        fports: Place,
        info_fields: PlaceOrNull,
        pending_requests: PlaceOrNull,
        log_messages: Place,
    }
}

impl<const TEXT: usize, const DATA: usize, const ITEMS: usize> Rules for UplinkResponse<TEXT, DATA, ITEMS> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        let under = |field| move |error: Invalid| error.under(field);
        let operation = self.operation.as_ref();
        operation
            .ok_or(Invalid::new("operation", Reason::Missing))?
            .check("operation")?;
        self.file.check(ports).map_err(under("file"))?;
        self.stream_records.check("stream_records", ports)?;
        self.position_solution
            .check(ports)
            .map_err(under("position_solution"))?;
        self.fulfilled_requests.check("fulfilled_requests", ports)?;
        let fports = self.fports.ok_or(Invalid::new("fports", Reason::Missing))?;
        fports.check_distinct().map_err(under("fports"))?;
        self.info_fields.check(ports).map_err(under("info_fields"))?;
        self.pending_requests.check(ports).map_err(under("pending_requests"))?;
        self.log_messages.check("log_messages", ports)
    }
}

/// DEVICEINFO: all that the service knows of a device. Its sizes are as those of an [`UplinkResponse`], and it takes as much memory.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct DeviceInfo<const TEXT: usize = 64, const DATA: usize = 256, const ITEMS: usize = 4> {
    /// The ports of the device.
    pub fports: Option<DevicePorts>,
    /// What the service knows of the modem.
    pub info_fields: InfoFields<TEXT, DATA>,
    /// Requests that are not fulfilled yet.
    pub pending_requests: PendingRequests<TEXT, ITEMS>,
    /// What the service has to say of the device.
    pub log_messages: List<LogMessage<TEXT>, ITEMS>,
    /// The files that the modem has uploaded.
    pub uploaded_files: List<FileUpload<TEXT, DATA>, ITEMS>,
    /// The records of its stream.
    pub uploaded_stream_records: List<StreamRecord<DATA>, ITEMS>,
    /// The last uplink that was handled. None if there was none yet.
    pub last_uplink: Option<UplinkMessage<DATA>>,
}

in_place! {
    DeviceInfo<TEXT, DATA, ITEMS>, "DEVICEINFO" {
        fports: Place,
        info_fields: PlaceOrNull,
        pending_requests: PlaceOrNull,
        log_messages: Place,
        uploaded_files: Place,
        uploaded_stream_records: Place,
        last_uplink: Place,
    }
}

impl<const TEXT: usize, const DATA: usize, const ITEMS: usize> Rules for DeviceInfo<TEXT, DATA, ITEMS> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        let under = |field| move |error: Invalid| error.under(field);
        let fports = self.fports.ok_or(Invalid::new("fports", Reason::Missing))?;
        fports.check_distinct().map_err(under("fports"))?;
        self.info_fields.check(ports).map_err(under("info_fields"))?;
        self.pending_requests.check(ports).map_err(under("pending_requests"))?;
        self.log_messages.check("log_messages", ports)?;
        self.uploaded_files.check("uploaded_files", ports)?;
        self.uploaded_stream_records.check("uploaded_stream_records", ports)?;
        let last_uplink = self.last_uplink.as_ref();
        let last_uplink = last_uplink.ok_or(Invalid::new("last_uplink", Reason::Missing))?;
        // By the ports that it names itself.
        last_uplink.check(&fports).map_err(under("last_uplink"))
    }
}
