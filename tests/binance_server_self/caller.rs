//! A client that knows nothing: it signs, sends and gives back what came. It speaks to the `exchange` of its test.

use std::collections::BTreeMap;
use std::sync::Once;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::exchange::{KEY, ORDER, PATIENCE, Server, signature};

pub struct Caller<'a> {
    pub server: &'a Server,
    client: reqwest::Client,
}

impl<'a> Caller<'a> {
    pub fn new(server: &'a Server) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { server, client }
    }

    /// Sends these very bytes.
    pub async fn raw(&self, method: &str, target: &str, key: &str) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}{target}", self.server.rest_url());
        self.client.request(method.parse().unwrap(), url).header("X-MBX-APIKEY", key).send().await
    }

    pub async fn read(&self, method: &str, target: &str) -> (u16, Value) {
        let answer = self.raw(method, target, KEY).await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    pub async fn open(&self, path: &str) -> Value {
        let (status, body) = self.read("GET", path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub fn target(&self, path: &str, query: &str) -> String {
        let and = if query.is_empty() { "" } else { "&" };
        let payload = format!("{query}{and}timestamp={}", self.server.now());
        format!("{path}?{payload}&signature={}", signature(&payload))
    }

    pub async fn signed(&self, method: &str, path: &str, query: &str) -> (u16, Value) {
        self.read(method, &self.target(path, query)).await
    }

    /// A signed call that must succeed.
    pub async fn done(&self, method: &str, path: &str, query: &str) -> Value {
        let (status, body) = self.signed(method, path, query).await;
        assert_eq!(status, 200, "{method} {path} {query}: {body}");
        body
    }

    /// The code of a signed call that must be refused.
    pub async fn code(&self, method: &str, path: &str, query: &str) -> i64 {
        let (status, body) = self.signed(method, path, query).await;
        assert!(status >= 400, "{method} {path} {query}: {body}");
        body["code"].as_i64().unwrap()
    }

    pub async fn order(&self, query: &str) -> Value {
        self.done("POST", ORDER, query).await
    }

    pub async fn stream(&self, path: &str) -> Feed {
        let (feed, _) = connect_async(format!("{}{path}", self.server.ws_url())).await.unwrap();
        Feed(feed)
    }
}

pub struct Feed(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Feed {
    pub async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next text; `None` when the stream is over.
    pub async fn text(&mut self) -> Option<String> {
        loop {
            match tokio::time::timeout(PATIENCE, self.0.next()).await.expect("silence")? {
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub async fn next(&mut self) -> Value {
        serde_json::from_str(&self.text().await.expect("ended")).unwrap()
    }

    /// The next event of a type; others are passed over.
    pub async fn event(&mut self, kind: &str) -> Value {
        loop {
            let event = self.next().await;
            if event["e"] == kind {
                return event;
            }
        }
    }
}

/// Says how a value differs in shape from a sample: a name that is missing, or of another kind. Text and null are the
/// same kind; a list is compared by its first.
pub fn differences(sample: &Value, value: &Value) -> Vec<String> {
    let mut all = Vec::new();
    compare("", sample, value, &mut all);
    all
}

fn compare(at: &str, sample: &Value, value: &Value, all: &mut Vec<String>) {
    match (sample, value) {
        (Value::Object(sample), Value::Object(value)) => {
            let names: BTreeMap<&String, &Value> = sample.iter().collect();
            for (name, sample) in names {
                match value.get(name) {
                    Some(value) => compare(&format!("{at}.{name}"), sample, value, all),
                    None => all.push(format!("{at}.{name} is missing")),
                }
            }
        }
        (Value::Array(sample), Value::Array(value)) => {
            if let (Some(sample), Some(value)) = (sample.first(), value.first()) {
                compare(&format!("{at}[]"), sample, value, all);
            }
        }
        (Value::String(_), Value::String(_) | Value::Null)
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Null, _) => {}
        _ => all.push(format!("{at}: {sample} and {value}")),
    }
}
