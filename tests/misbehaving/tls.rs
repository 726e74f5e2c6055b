//! A TLS server with a certificate that nobody should trust unasked.
//!
//! `localhost.pem` and `expired.pem` are self-signed for `localhost` with the key beside them, made for these tests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Valid until 2126.
pub const VALID: &[u8] = include_bytes!("localhost.pem");
/// Expired in 2021.
pub const EXPIRED: &[u8] = include_bytes!("expired.pem");
const KEY: &[u8] = include_bytes!("localhost.key.pem");

pub fn certificate(pem: &[u8]) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem).unwrap()
}

/// Serves one connection; the thread gives what it could read of the request, empty when the handshake failed.
pub fn serve_once(pem: &[u8]) -> (SocketAddr, JoinHandle<Vec<u8>>) {
    hoga::broker::net::tls::install_provider();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate(pem)], key).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        let mut request = vec![0; 4_096];
        let n = stream.read(&mut request).unwrap_or(0);
        request.truncate(n);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
        stream.conn.send_close_notify();
        let _ = stream.flush();
        request
    });
    (address, thread)
}
