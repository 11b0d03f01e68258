//! A server on this machine for tests: answers as told, and remembers what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::Url;

/// One request, its header names in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub path: String,
    pub headers: Vec<(String, String)>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Bytes of the body after which the connection ends, though the length says more.
    pub cut_after_bytes: Option<usize>,
}

impl Answer {
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), cut_after_bytes: None }
    }

    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(200) }
    }

    /// `body` as a server of files answers `request`: named by `etag`, whole, in part or not at all.
    pub fn file(request: &Request, body: &[u8], etag: &str) -> Self {
        let etag = format!("\"{etag}\"");
        if request.header("if-none-match") == Some(&etag) {
            return Self::status(304);
        }
        let start = request
            .header("range")
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        let rest = start.filter(|_| request.header("if-range") == Some(&etag));
        match rest.map(|start| (start, body.get(start..).filter(|rest| !rest.is_empty()))) {
            Some((start, Some(rest))) => Self { status: 206, ..Self::ok(rest) }
                .with("etag", &etag)
                .with("content-range", &format!("bytes {start}-{}/{}", body.len() - 1, body.len())),
            Some((_, None)) => Self::status(416),
            None => Self::ok(body).with("etag", &etag),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.cut_after_bytes = Some(bytes);
        self
    }
}

/// Serves until the process ends; each request is answered by the function that it was started with.
#[derive(Debug)]
pub struct Server {
    url: Url,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// `answer` is given each request and how many came before it.
    ///
    /// # Errors
    /// When no port is to be had.
    pub fn start(answer: impl Fn(&Request, usize) -> Answer + Send + 'static) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is part of the tests.
                let _ = serve(stream, &seen, &answer);
            }
        });
        let url = Url::parse(&format!("http://{address}")).map_err(std::io::Error::other)?;
        Ok(Self { url, requests })
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    /// As a program that is started with it needs it.
    pub fn address(&self) -> String {
        self.url.secret_text().to_owned()
    }

    /// Everything asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Request>>,
    answer: &dyn Fn(&Request, usize) -> Answer,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let request = Request { path, headers };
    let before = {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(request.clone());
        seen.len() - 1
    };
    let answer = answer(&request, before);
    let mut head = format!("HTTP/1.1 {} Answer\r\nconnection: close\r\n", answer.status);
    if answer.status != 304 {
        head.push_str(&format!("content-length: {}\r\n", answer.body.len()));
    }
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    let sent = answer.cut_after_bytes.unwrap_or(answer.body.len()).min(answer.body.len());
    stream.write_all(answer.body.get(..sent).unwrap_or_default())?;
    stream.flush()
}
