//! Whom we trust and with which cryptography, decided once for HTTP and WebSocket alike.

use std::sync::{Arc, Once};

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio_tungstenite::Connector;

/// Makes ring the process's cryptography provider. Safe to call often; must run before the first `https` or `wss`
/// connection, or the TLS library has no provider to choose and panics long after plain connections worked.
pub fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Already installed by the program around us is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// A certificate authority that cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The bytes are not a usable root certificate.
    #[error("not a usable root certificate: {0}")]
    Root(#[source] rustls::Error),
    /// The provider and the TLS versions do not fit together.
    #[error("no usable TLS version: {0}")]
    Versions(#[source] rustls::Error),
    /// An empty list would refuse every server.
    #[error("no root certificate given")]
    NoRoots,
}

/// The certificate authorities a connection accepts. Verification itself cannot be switched off.
#[derive(Clone, Default)]
pub struct TlsTrust(Option<Arc<ClientConfig>>);

impl TlsTrust {
    /// The authorities the operating system trusts.
    #[must_use]
    pub fn system() -> Self {
        install_provider();
        Self(None)
    }

    /// Only these authorities (DER): for a company's own gateway, and for tests.
    ///
    /// # Errors
    /// When the list is empty or one of them is not a certificate.
    pub fn only<'a>(roots: impl IntoIterator<Item = CertificateDer<'a>>) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        for root in roots {
            store.add(root.into_owned()).map_err(TlsError::Root)?;
        }
        if store.is_empty() {
            return Err(TlsError::NoRoots);
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Versions)?
            .with_root_certificates(store)
            .with_no_client_auth();
        Ok(Self::shared(Arc::new(config)))
    }

    /// One ready configuration for every connection.
    #[must_use]
    pub fn shared(config: Arc<ClientConfig>) -> Self {
        install_provider();
        Self(Some(config))
    }

    /// For the HTTP client; it negotiates its own application protocol, so it takes a copy.
    pub(super) fn for_http(&self, builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
        install_provider();
        match &self.0 {
            Some(config) => builder.tls_backend_preconfigured(ClientConfig::clone(config)),
            None => builder.tls_backend_rustls(),
        }
    }

    /// For the WebSocket; `None` lets its library load the operating system's authorities.
    pub(super) fn for_websocket(&self) -> Option<Connector> {
        install_provider();
        self.0.as_ref().map(|config| Connector::Rustls(Arc::clone(config)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_may_be_installed_twice() {
        install_provider();
        install_provider();
        assert!(rustls::crypto::CryptoProvider::get_default().is_some());
    }

    #[test]
    fn an_empty_or_broken_list_of_authorities_is_refused() {
        assert!(matches!(TlsTrust::only([]), Err(TlsError::NoRoots)));
        assert!(matches!(TlsTrust::only([CertificateDer::from(vec![1, 2, 3])]), Err(TlsError::Root(_))));
    }
}
