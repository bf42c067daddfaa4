//! What a server may have this device do, and what is said where it may not.

use super::azure::{self, Request};
use super::command::{Command, CommandError, lookup};
use super::csv::{Field, Fields, Quotes};
use super::operation::Operations;
use super::role::{Role, Roles};
use super::tail::TailProblem;
use super::{Identity, OperationKind};
use crate::profile::TooLarge;
use crate::profile::json::{JsonError, Value};

/// Why something that a server wants is refused. What it prints is fit for the answer: a 502 on Cumulocity, a `Failure` on Azure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(all(feature = "defmt", target_os = "none"), derive(defmt::Format))]
#[non_exhaustive]
pub enum Refusal {
    /// The line is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The line does not begin with a code.
    #[error("not an operation: it begins with no code")]
    NotAnOperation,
    /// An operation that a Captis does not have.
    #[error("operation {0} is not supported")]
    UnknownOperation(u16),
    /// The line ends too early, or a field is empty that must not be.
    #[error("truncated: {0} is missing")]
    Truncated(&'static str),
    /// Something follows the last field.
    #[error("something follows the operation")]
    Trailing,
    /// In this line or before it a quote has a backslash in front of it, and what follows in the payload cannot be read so: perhaps the
    /// backslash is content, and the line too.
    #[error("ambiguous quotes")]
    Ambiguous,
    /// The operation is for another client.
    #[error("the operation is for another client id")]
    ForeignClient,
    /// The server has not the role for this.
    #[error("this server does not have the role {0}")]
    Role(Role),
    /// Several firmware images at once.
    #[error("one software at a time only")]
    SeveralImages,
    /// The digital output is neither to be open nor closed.
    #[error("the state is neither OPEN nor CLOSED")]
    NotAState,
    /// A document is not JSON.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// A document is JSON and not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A cloud-to-device message has no text as its command.
    #[error("the request has no command")]
    NoCommand,
    /// The command is not right.
    #[error("{0}")]
    Command(#[from] CommandError),
    /// The buffer for decoding is too small.
    #[error("{0}")]
    TooLarge(#[from] TooLarge),
}

impl Refusal {
    pub(super) fn tail(problem: TailProblem, name: &'static str) -> Self {
        match problem {
            TailProblem::Truncated => Self::Truncated(name),
            TailProblem::Trailing => Self::Trailing,
        }
    }

    pub(super) fn unless_object(value: Value<'_>) -> Result<Value<'_>, Self> {
        match value.as_object() {
            Some(_) => Ok(value),
            None => Err(Self::NotAnObject),
        }
    }
}

/// Who this device is, and what a server may have it do: reads operations of Cumulocity and messages of Azure.
///
/// ```
/// use fibocom_mqtt::profile::captis::{Command, Gate, Identity, Operation, Role, Roles};
///
/// let identity = Identity::new("89610180002841893752", "357732081910355")?;
/// let gate = Gate::new("89610180002841893752", &identity, Roles::of(&[Role::Shell]));
///
/// let payload = b"511,89610180002841893752,\"89610180002841893752,get_pulse_total,1\"";
/// for received in gate.operations(payload) {
///     let (executing, operation) = received.begin();
///     assert_eq!(executing.line().to_string(), "501,c8y_Command"); // to publish now
///     let outcome = match operation {
///         Ok(Operation::Command(text)) => match text.command(&mut [0; 128]) {
///             Ok(Command::GetPulseTotal { .. }) => executing.success_with("P1: 123 L").to_string(),
///             Ok(_) => executing.fail("not here").to_string(),
///             Err(refusal) => executing.fail(refusal).to_string(),
///         },
///         Ok(_) => executing.fail("not here").to_string(),
///         Err(refusal) => executing.fail(refusal).to_string(),
///     };
///     assert_eq!(outcome, "503,c8y_Command,P1: 123 L");
/// }
/// # Ok::<(), fibocom_mqtt::InvalidInput>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Gate<'a> {
    client_id: &'a str,
    identity: &'a Identity,
    serial: Option<&'a str>,
    roles: Roles,
    multi: bool,
    software: &'a str,
}

impl<'a> Gate<'a> {
    /// For a connection that was opened with this client id, to a server with these roles.
    pub fn new(client_id: &'a str, identity: &'a Identity, roles: Roles) -> Self {
        Self {
            client_id,
            identity,
            serial: None,
            roles,
            multi: false,
            software: OperationKind::Software.string().unwrap_or_default(),
        }
    }

    /// The device's serial number. Operations and commands are taken with it, with the client id, and with the SIM's ICCID.
    pub const fn serial(mut self, serial: &'a str) -> Self {
        self.serial = Some(serial);
        self
    }

    /// The device is a Captis Multi, which has commands of its own.
    pub const fn multi(mut self) -> Self {
        self.multi = true;
        self
    }

    /// Another operation string for 516 than `c8y_Software`: where Cumulocity itself gives the operation, and not a fleet server in front of
    /// it, it expects `c8y_SoftwareList`.
    pub const fn software_string(mut self, string: &'a str) -> Self {
        self.software = string;
        self
    }

    pub(super) const fn client_id(&self) -> &'a str {
        self.client_id
    }

    pub(super) const fn identity(&self) -> &'a Identity {
        self.identity
    }

    pub(super) const fn software(&self) -> &'a str {
        self.software
    }

    /// The operations of a payload from the topic [`Topic::OperationsDownload`](super::Topic::OperationsDownload).
    pub fn operations<'p>(&self, payload: &'p [u8]) -> Operations<'p>
    where
        'a: 'p,
    {
        Operations::new(*self, payload)
    }

    /// A message from [`azure::C2D_FILTER`]: what is wanted, or why it is refused, and then its answer is
    /// [`azure::Response::failure`].
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is no request, is for another device, or the server may not give commands.
    pub fn request<'p>(&self, topic: &[u8], payload: &'p [u8]) -> Result<Request<'p>, Refusal>
    where
        'a: 'p,
    {
        let device = azure::c2d_device(topic).unwrap_or_default();
        if device != self.client_id.as_bytes() {
            return Err(Refusal::ForeignClient);
        }
        self.allow(Command::ROLE)?;
        Request::parse(*self, payload)
    }

    /// A command that begins with a serial number, or `*`, as operations on Cumulocity have it (section 4.1.4.1).
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is none, is for another device, may not be given to many at once, or the server may not give commands.
    pub fn command_line<'t>(&self, text: &'t str) -> Result<Command<'t>, Refusal> {
        self.allow(Command::ROLE)?;
        let mut fields = Fields::with_quotes(text, Quotes::Doubled);
        let serial = fields.next().filter(|serial| !serial.is_empty());
        let serial = serial.ok_or(Refusal::Truncated("serial number"))?;
        let bulk = serial == "*";
        if !bulk && !self.is_for_me(serial) {
            return Err(CommandError::ForeignSerial.into());
        }
        let command = fields.rest().filter(|command| !command.is_empty());
        self.checked(command.ok_or(Refusal::Truncated("command"))?, bulk)
    }

    /// A command alone, as messages on Azure have it (section 5.3).
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is none, or the server may not give commands.
    pub fn command<'t>(&self, text: &'t str) -> Result<Command<'t>, Refusal> {
        self.allow(Command::ROLE)?;
        self.checked(text, false)
    }

    fn checked<'t>(&self, text: &'t str, bulk: bool) -> Result<Command<'t>, Refusal> {
        let (info, arguments) = lookup(text)?;
        if bulk && !info.bulk {
            return Err(CommandError::NotBulk.into());
        }
        if info.multi_only && !self.multi {
            return Err(CommandError::MultiOnly.into());
        }
        Ok(arguments.read(info)?)
    }

    /// The server needs this role.
    ///
    /// # Errors
    ///
    /// [`Refusal::Role`] if it does not have it.
    pub const fn allow(&self, role: Role) -> Result<(), Refusal> {
        if self.roles.contains(role) {
            Ok(())
        } else {
            Err(Refusal::Role(role))
        }
    }

    /// Whether a name, which is not empty, is the device's.
    pub(super) fn is_for_me(&self, name: Field<'_>) -> bool {
        let names = [Some(self.client_id), Some(self.identity.ccid()), self.serial];
        names.into_iter().flatten().any(|mine| name == mine)
    }
}
