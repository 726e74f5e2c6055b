//! What can go wrong between us and an answer, sorted by whether the broker may have acted.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use reqwest::StatusCode;
use thiserror::Error;
use url::Url;

use crate::broker::net::lanes::LaneError;

/// Where a request went, without anything secret: no user, query or fragment, and no path where that is secret too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(String);

impl Place {
    pub(in crate::broker::net) fn of(url: &Url, hides_path: bool) -> Self {
        let mut text = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
        if let Some(port) = url.port() {
            text.push_str(&format!(":{port}"));
        }
        if !hides_path {
            text.push_str(url.path());
        }
        Self(text)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why no connection came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectFault {
    /// The name does not resolve.
    Name,
    /// Nobody listens there.
    Refused,
    /// The TLS handshake failed: an unknown authority, a wrong host, an expired certificate, or no TLS at all.
    Tls,
    /// Not connected in time.
    Timeout,
    /// Anything else, such as no route.
    Other,
}

/// How an answer stayed away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SilenceKind {
    /// The request's own deadline came.
    Deadline,
    /// The server fell silent for longer than the read timeout.
    Stalled,
    /// The connection was reset or closed.
    Lost,
    /// What came was not HTTP, or not in the promised encoding.
    Garbled,
}

/// Why there is no answer. Never holds a query, a header or a body.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NetError {
    /// The lanes did not let it go. Nothing was sent.
    #[error(transparent)]
    Lane(#[from] LaneError),
    /// The request cannot be made: a mistake of ours. Nothing was sent.
    #[error("request cannot be built: {reason}")]
    Unbuildable {
        /// Which rule it breaks; a text of ours.
        reason: &'static str,
    },
    /// No connection. Nothing was sent.
    #[error("{place}: no connection ({fault:?})")]
    Connect {
        /// Where to.
        place: Place,
        /// What failed.
        fault: ConnectFault,
    },
    /// Sent, wholly or in part, and not answered. The broker may have acted.
    #[error("{place}: no answer ({kind:?})")]
    NoAnswer {
        /// Where to.
        place: Place,
        /// How it stayed away.
        kind: SilenceKind,
    },
    /// The answer began and did not end. The broker may have acted; what came of the body is not to be trusted.
    #[error("{place}: answer {status} cut short ({kind:?})")]
    CutAnswer {
        /// Where to.
        place: Place,
        /// Status of the answer that began.
        status: StatusCode,
        /// How the rest stayed away.
        kind: SilenceKind,
    },
    /// The answer is larger than allowed. The broker may have acted.
    #[error("{place}: answer {status} larger than {limit} bytes")]
    HugeAnswer {
        /// Where to.
        place: Place,
        /// Status of the answer.
        status: StatusCode,
        /// Bytes allowed.
        limit: usize,
    },
}

impl NetError {
    /// A request that breaks a rule before it is sent; `reason` is a text of ours.
    #[must_use]
    pub const fn unbuildable(reason: &'static str) -> Self {
        Self::Unbuildable { reason }
    }

    /// Whether the broker may have received and carried out the request. If so an order is Unknown and must be asked
    /// about, never sent again. In doubt this is true.
    #[must_use]
    pub const fn may_have_happened(&self) -> bool {
        match self {
            Self::Lane(_) | Self::Unbuildable { .. } | Self::Connect { .. } => false,
            Self::NoAnswer { .. } | Self::CutAnswer { .. } | Self::HugeAnswer { .. } => true,
        }
    }

    /// Whether the same request, an order included, may be sent again: it certainly did not happen, and the fault may
    /// pass. A refused certificate does not pass by itself.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Lane(error) => error.is_retryable(),
            Self::Connect { fault, .. } => !matches!(fault, ConnectFault::Tls),
            _ => false,
        }
    }

    /// Whether a request that changes nothing may be asked again.
    #[must_use]
    pub const fn is_retryable_read(&self) -> bool {
        self.is_retryable() || matches!(self, Self::NoAnswer { .. } | Self::CutAnswer { .. })
    }

    /// Sorts a failure of the HTTP library before the answer's head.
    pub(super) fn before_head(place: Place, error: &reqwest::Error) -> Self {
        if error.is_builder() {
            return Self::unbuildable("refused by the HTTP library");
        }
        if error.is_connect() {
            return Self::Connect { place, fault: ConnectFault::of(error) };
        }
        Self::NoAnswer { place, kind: SilenceKind::of(error) }
    }
}

type Cause<'a> = &'a (dyn StdError + 'static);

/// An error and all beneath it. An I/O error keeps what it wraps out of its `source`, so look inside as well.
fn causes<'a>(error: Cause<'a>) -> impl Iterator<Item = Cause<'a>> {
    std::iter::successors(Some(error), |cause: &Cause<'a>| {
        let cause: Cause<'a> = *cause;
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner as Cause<'a>),
            None => cause.source(),
        }
    })
}

/// The innermost I/O error: the outer ones may have forgotten its kind.
fn io_cause<'a>(error: Cause<'a>) -> Option<&'a io::Error> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).last()
}

impl ConnectFault {
    fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Timeout;
        }
        Self::of_chain(error)
    }

    pub(in crate::broker::net) fn of_chain(error: &(dyn StdError + 'static)) -> Self {
        let is_tls = causes(error).any(|cause| cause.is::<rustls::Error>());
        if is_tls {
            return Self::Tls;
        }
        match io_cause(error).map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => Self::Refused,
            Some(io::ErrorKind::TimedOut) => Self::Timeout,
            _ if causes(error).any(|cause| cause.to_string().contains("dns error")) => Self::Name,
            // The system's resolver has no error kind of its own.
            Some(_) if io_cause(error).is_some_and(|e| e.to_string().contains("lookup address")) => Self::Name,
            _ => Self::Other,
        }
    }
}

impl SilenceKind {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Stalled;
        }
        if io_cause(error).is_some_and(|e| e.kind() == io::ErrorKind::TimedOut) {
            return Self::Stalled;
        }
        let is_garbled = causes(error).any(|cause| cause.to_string().contains("invalid HTTP"))
            || (error.is_decode() && io_cause(error).is_some_and(|e| e.kind() == io::ErrorKind::InvalidData));
        if is_garbled { Self::Garbled } else { Self::Lost }
    }
}
