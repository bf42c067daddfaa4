//! PENDING_REQUEST: what a modem was asked for and has not done yet.

use serde::{Deserialize, Serialize};

use super::DevicePorts;
use super::request::Request;
use super::time::Seconds;
use super::wire::{AnyJson, Invalid, List, Place, Rules, in_place};

/// PENDING_REQUEST: a request that the modem has not fulfilled yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingRequest<const TEXT: usize = 64> {
    /// Its id.
    pub id: i64,
    /// A value that the service needs to see when the request is fulfilled.
    #[serde(default)]
    pub cookie: AnyJson<TEXT>,
    /// When it was made: UTC.
    pub timestamp: Seconds,
    /// What was asked for.
    pub request: Request<TEXT>,
}

impl<const TEXT: usize> Rules for PendingRequest<TEXT> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        self.cookie.check("cookie")?;
        self.timestamp.check("timestamp")?;
        self.request.check(ports).map_err(|error| error.under("request"))
    }
}

/// The requests that a modem has not fulfilled yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct PendingRequests<const TEXT: usize = 64, const ITEMS: usize = 4> {
    /// Each of them.
    pub requests: List<PendingRequest<TEXT>, ITEMS>,
}

in_place! {
    PendingRequests<TEXT, ITEMS>, "pending_requests" {
        requests: Place,
    }
}

impl<const TEXT: usize, const ITEMS: usize> Rules for PendingRequests<TEXT, ITEMS> {
    fn check(&self, ports: &DevicePorts) -> Result<(), Invalid> {
        self.requests.check("requests", ports)
    }
}
