//! A client that knows the wire and nothing else: it signs in, sends and gives back what came.

use std::sync::Once;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hoga::broker::kis::environment::Realm;
use hoga::broker::kis::realtime::cipher::NoticeKeys;
use hoga::broker::kis::realtime::control::{Answer, Change, Control, Customer, Verdict, message};
use hoga::broker::kis::realtime::notice::Notice;
use hoga::broker::kis::realtime::row::Scratch;
use hoga::broker::kis::realtime::{Frame, Stream};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::kis_server::{HTS_ID, PATIENCE, Server, keys_of};

/// What came back.
#[derive(Debug)]
pub struct Came {
    pub status: u16,
    pub more: String,
    pub bytes: Vec<u8>,
}

impl Came {
    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn code(&self) -> String {
        let body = self.body();
        body["msg_cd"].as_str().or(body["error_code"].as_str()).unwrap_or_default().to_owned()
    }
}

pub struct Caller<'a> {
    pub server: &'a Server,
    pub realm: Realm,
    pub token: String,
    client: reqwest::Client,
}

pub const STOCK: &str = "/uapi/domestic-stock/v1/trading";
pub const QUOTES: &str = "/uapi/domestic-stock/v1/quotations";

impl<'a> Caller<'a> {
    /// Without a token, and without the limit of requests in the way.
    pub fn unsigned(server: &'a Server) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client =
            reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(30)).build();
        let client = client.unwrap();
        let realm = server.change(|state| {
            state.limits.per_second = usize::MAX;
            state.realm
        });
        Self { server, realm, token: String::new(), client }
    }

    /// Signed in.
    pub async fn new(server: &'a Server) -> Self {
        let mut caller = Self::unsigned(server);
        caller.token = caller.sign_in().await.body()["access_token"].as_str().unwrap().to_owned();
        caller
    }

    pub async fn sign_in(&self) -> Came {
        let (key, secret) = keys_of(self.realm);
        self.post_plain(
            "/oauth2/tokenP",
            &json!({"grant_type": "client_credentials", "appkey": key, "appsecret": secret}),
        )
        .await
    }

    pub async fn approval(&self) -> String {
        let (key, secret) = keys_of(self.realm);
        let body = json!({"grant_type": "client_credentials", "appkey": key, "secretkey": secret});
        self.post_plain("/oauth2/Approval", &body).await.body()["approval_key"].as_str().unwrap().to_owned()
    }

    pub async fn post_plain(&self, path: &str, body: &Value) -> Came {
        let request = self.client.post(format!("{}{path}", self.server.rest_url())).body(body.to_string());
        came(request.header("content-type", "application/json; charset=utf-8").send().await).await.unwrap()
    }

    /// Everything every call carries.
    pub fn request(&self, method: &str, target: &str, id: &str) -> reqwest::RequestBuilder {
        let (key, secret) = keys_of(self.realm);
        let url = format!("{}{target}", self.server.rest_url());
        self.client
            .request(method.parse().unwrap(), url)
            .header("content-type", "application/json; charset=utf-8")
            .header("authorization", format!("Bearer {}", self.token))
            .header("appkey", key)
            .header("appsecret", secret)
            .header("tr_id", id)
            .header("custtype", "P")
    }

    pub async fn try_get(&self, path: &str, id: &str, query: &[(&str, &str)]) -> reqwest::Result<Came> {
        came(self.request("GET", &target(path, query), id).send().await).await
    }

    pub async fn get(&self, path: &str, id: &str, query: &[(&str, &str)]) -> Came {
        self.try_get(path, id, query).await.unwrap()
    }

    /// A page that goes on.
    pub async fn next(&self, path: &str, id: &str, query: &[(&str, &str)]) -> Came {
        let request = self.request("GET", &target(path, query), id).header("tr_cont", "N");
        came(request.send().await).await.unwrap()
    }

    pub async fn try_post(&self, path: &str, id: &str, fields: &[(&str, &str)]) -> reqwest::Result<Came> {
        let body: serde_json::Map<String, Value> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        came(self.request("POST", path, id).body(Value::Object(body).to_string()).send().await).await
    }

    pub async fn post(&self, path: &str, id: &str, fields: &[(&str, &str)]) -> Came {
        self.try_post(path, id, fields).await.unwrap()
    }

    /// The id of a service of the live environment in this one.
    pub fn id(&self, live: &str) -> String {
        match self.realm {
            Realm::Live => live.to_owned(),
            Realm::Paper if live == "TTTT1006U" => "VTTT1001U".to_owned(),
            Realm::Paper => format!("V{}", &live[1..]),
        }
    }

    /// An order in Korean shares: `kind price quantity`.
    pub async fn order(&self, symbol: &str, is_buy: bool, kind: &str, price: &str, quantity: &str) -> Came {
        self.order_by("KRX", symbol, is_buy, kind, price, quantity).await
    }

    pub async fn order_by(
        &self,
        route: &str,
        symbol: &str,
        is_buy: bool,
        kind: &str,
        price: &str,
        quantity: &str,
    ) -> Came {
        let id = self.id(if is_buy { "TTTC0012U" } else { "TTTC0011U" });
        let fields = account([
            ("PDNO", symbol),
            ("ORD_DVSN", kind),
            ("ORD_QTY", quantity),
            ("ORD_UNPR", price),
            ("EXCG_ID_DVSN_CD", route),
        ]);
        self.post(&format!("{STOCK}/order-cash"), &id, &fields).await
    }

    /// The number of a limit order to buy that is taken.
    pub async fn bought(&self, symbol: &str, price: &str, quantity: &str) -> String {
        number(&self.order(symbol, true, "00", price, quantity).await)
    }

    /// A change: `01` or `02`, with a quantity or all.
    pub async fn change(&self, number: &str, what: &str, price: &str, quantity: Option<&str>) -> Came {
        let fields = account([
            ("KRX_FWDG_ORD_ORGNO", ""),
            ("ORGN_ODNO", number),
            ("ORD_DVSN", "00"),
            ("RVSE_CNCL_DVSN_CD", what),
            ("ORD_QTY", quantity.unwrap_or("0")),
            ("ORD_UNPR", price),
            ("QTY_ALL_ORD_YN", if quantity.is_some() { "N" } else { "Y" }),
            ("EXCG_ID_DVSN_CD", "KRX"),
        ]);
        self.post(&format!("{STOCK}/order-rvsecncl"), &self.id("TTTC0013U"), &fields).await
    }

    /// A stream with a session of its own.
    pub async fn stream(&self) -> Feed {
        let approval = self.approval().await;
        self.stream_with(approval).await
    }

    pub async fn stream_with(&self, approval: String) -> Feed {
        let (socket, _) = connect_async(self.server.ws_url()).await.unwrap();
        Feed { socket, approval, keys: None }
    }

    /// A stream on which notices of an id are registered.
    pub async fn notices(&self, id: &str) -> Feed {
        let mut feed = self.stream().await;
        let answer = feed.register(id, HTS_ID).await;
        assert_eq!(answer.verdict, Verdict::Registered, "{answer:?}");
        feed.keys = answer.keys;
        feed
    }
}

/// The account before other fields.
pub fn account<'a, const N: usize>(more: [(&'static str, &'a str); N]) -> Vec<(&'static str, &'a str)> {
    [("CANO", "12345678"), ("ACNT_PRDT_CD", "01")].into_iter().chain(more).collect()
}

/// The number in the answer to an order that is taken.
pub fn number(came: &Came) -> String {
    assert_eq!(came.body()["rt_cd"], "0", "{}", came.body());
    came.body()["output"]["ODNO"].as_str().unwrap().to_owned()
}

fn target(path: &str, query: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = query
        .iter()
        .map(|(k, v)| format!("{k}={}", v.replace('%', "%25").replace('^', "%5E").replace(' ', "%20")))
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

async fn came(answer: reqwest::Result<reqwest::Response>) -> reqwest::Result<Came> {
    let answer = answer?;
    let more = answer.headers().get("tr_cont").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    Ok(Came { status: answer.status().as_u16(), more, bytes: answer.bytes().await?.to_vec() })
}

pub struct Feed {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub approval: String,
    keys: Option<NoticeKeys>,
}

impl Feed {
    pub async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub async fn register(&mut self, id: &str, key: &str) -> Answer {
        self.say(&message(&self.approval.clone(), Customer::Person, Change::Register, id, key)).await;
        self.answer().await
    }

    pub async fn unregister(&mut self, id: &str, key: &str) -> Answer {
        self.say(&message(&self.approval.clone(), Customer::Person, Change::Unregister, id, key)).await;
        self.answer().await
    }

    /// The next text; `None` when the stream is over.
    pub async fn text(&mut self) -> Option<String> {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("silence")? {
                Ok(Message::Text(text)) => return Some(text.to_string()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub async fn answer(&mut self) -> Answer {
        loop {
            let text = self.text().await.expect("ended");
            if text.starts_with('{')
                && let Control::Answer(answer) = Control::parse(text.as_bytes()).unwrap()
            {
                return answer;
            }
        }
    }

    /// The next frame of data.
    pub async fn data(&mut self) -> String {
        loop {
            let text = self.text().await.expect("ended");
            if !text.starts_with('{') {
                return text;
            }
        }
    }

    /// The next notice in plain text.
    pub async fn plain(&mut self) -> (Stream, String) {
        loop {
            let text = self.data().await;
            let frame = Frame::parse(text.as_bytes()).unwrap();
            if frame.encrypted {
                assert_eq!(frame.count, 1);
                let plain = self.keys.as_ref().unwrap().decrypt(frame.payload).unwrap();
                return (Stream::of(frame.tr_id).unwrap(), plain);
            }
        }
    }

    pub async fn notice(&mut self) -> Notice {
        let (stream, plain) = self.plain().await;
        Notice::parse(stream, &plain, &mut Scratch::default()).unwrap()
    }
}
