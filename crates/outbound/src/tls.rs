//! TLS towards others: whose certificates count, and which names are of this machine.

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// Whose word counts for the certificate of who is reached.
#[derive(Debug, Clone, Default)]
pub enum Roots {
    /// The public certificate authorities, as built into the program.
    #[default]
    Public,
    /// These only, in DER: for a certificate of the provider's own.
    Only(Vec<Vec<u8>>),
}

/// The place of a root certificate that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadRoot(pub usize);

/// What speaks TLS, and takes certificates under these roots.
pub(crate) fn connector(roots: &Roots) -> Result<TlsConnector, BadRoot> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Public => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::Only(certificates) => {
            for (i, der) in certificates.iter().enumerate() {
                store.add(CertificateDer::from(der.clone())).map_err(|_| BadRoot(i))?;
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider supports the default versions of TLS")
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host)
}

/// Whether a host is this machine by its name alone.
pub(crate) fn names_loopback(host: &str) -> bool {
    let name = bare(host);
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// The name that a certificate has to be for.
pub(crate) fn server_name(host: &str) -> Option<ServerName<'static>> {
    ServerName::try_from(bare(host).to_owned()).ok()
}
