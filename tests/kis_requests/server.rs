//! A server on loopback that answers what a test tells it to, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A request as it came.
#[derive(Clone)]
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    headers: Vec<(String, String)>,
    pub body: String,
    pub at: Instant,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Clone)]
pub enum Act {
    /// Answers, with a `tr_cont` header where there is one.
    Say(u16, String, Option<&'static str>),
    /// The same later.
    Later(Duration, String),
    /// Takes the request and closes the connection.
    Lose,
    /// Never answers.
    Silence,
}

pub fn say(body: impl Into<String>) -> Act {
    Act::Say(200, body.into(), None)
}

pub fn status(status: u16, body: impl Into<String>) -> Act {
    Act::Say(status, body.into(), None)
}

/// A refusal of the gateway, with the status it comes with.
pub fn refusal(code: &str) -> Act {
    status(500, format!(r#"{{"rt_cd":"1","msg_cd":"{code}","msg1":"words   "}}"#))
}

type Script = Box<dyn FnMut(&Asked) -> Act + Send>;

pub struct Server {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Acts as the script says; of every path but the token's, which it gives by itself.
    pub async fn start(mut script: impl FnMut(&Asked) -> Act + Send + 'static) -> Self {
        let mut issued = 0;
        Self::bare(move |asked| {
            if asked.path != TOKEN {
                return script(asked);
            }
            issued += 1;
            say(token(&format!("{CANARY}-token-{issued}")))
        })
        .await
    }

    /// Acts as the script says, of every path.
    pub async fn bare(script: impl FnMut(&Asked) -> Act + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let mut tasks = JoinSet::new();
        let seen = Arc::clone(&asked);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&seen), Arc::clone(&script)));
            }
        });
        Self { address, asked, _tasks: tasks }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub fn of(&self, path: &str) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.path == path).collect()
    }

    /// Waits until so many requests of a path have come.
    pub async fn until(&self, path: &str, count: usize) {
        let come = async {
            while self.of(path).len() < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), come).await.unwrap();
    }
}

pub const TOKEN: &str = "/oauth2/tokenP";
/// Stands in every secret, and must stand nowhere else.
pub const CANARY: &str = "canary";

/// A reply with a token that lives for a day.
pub fn token(text: &str) -> String {
    format!(r#"{{"access_token":"{text}","token_type":"Bearer","expires_in":86400}}"#)
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<Asked>>>, script: Arc<Mutex<Script>>) {
    stream.set_nodelay(true).unwrap();
    while let Some(asked) = read(&mut stream).await {
        seen.lock().unwrap().push(asked.clone());
        let act = (script.lock().unwrap())(&asked);
        let (status, body, continuation) = match act {
            Act::Say(status, body, continuation) => (status, body, continuation),
            Act::Later(wait, body) => {
                tokio::time::sleep(wait).await;
                (200, body, None)
            }
            Act::Lose => return,
            Act::Silence => std::future::pending().await,
        };
        let continuation = continuation.map(|text| format!("tr_cont: {text}\r\n")).unwrap_or_default();
        let head = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n{continuation}\r\n", body.len());
        if stream.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (path, query, body) = (path.to_owned(), query.to_owned(), String::from_utf8(body).unwrap());
    Some(Asked { method, path, query, headers, body, at: Instant::now() })
}
