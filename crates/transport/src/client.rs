//! One request at a time: sent, tried again while that may help, its answer bounded.

use std::io::Read;
use std::thread;
use std::time::Duration;

use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::{Agent, Body};

use crate::{Error, Url, environment};

/// How long to wait for what, and how often to try.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// How the program names itself to servers.
    pub user_agent: String,
    pub connect_timeout: Duration,
    /// From the request to the answer's head.
    pub answer_timeout: Duration,
    /// For each piece of the answer's body.
    pub stall_timeout: Duration,
    /// Tries that bring nothing new before giving up.
    pub attempts: u32,
    /// Doubled after each try; a server's `Retry-After` goes before.
    pub first_wait: Duration,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            user_agent: "fnassay".to_owned(),
            connect_timeout: Duration::from_secs(15),
            answer_timeout: Duration::from_secs(60),
            stall_timeout: Duration::from_secs(60),
            attempts: 4,
            first_wait: Duration::from_secs(1),
        }
    }
}

/// Neither backoff nor a server's wish makes us wait longer.
const MAX_WAIT: Duration = Duration::from_secs(60);
const MAX_REDIRECTS: u32 = 5;

/// Sends requests.
#[derive(Debug)]
pub struct Client {
    agent: Agent,
    options: ClientOptions,
}

impl Client {
    /// # Errors
    /// When `SSL_CERT_FILE` is set and unusable.
    pub fn new(options: ClientOptions) -> Result<Self, Error> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .tls_config(environment::trust()?)
            .max_redirects(MAX_REDIRECTS)
            .user_agent(&options.user_agent)
            // Sizes, ranges and digests are those of the bytes as they lie on the server.
            .accept_encoding("identity")
            .timeout_connect(Some(options.connect_timeout))
            .timeout_recv_response(Some(options.answer_timeout))
            .timeout_per_read(Some(options.stall_timeout))
            .build();
        Ok(Self { agent: config.new_agent(), options })
    }

    /// The whole answer, of at most `limit_bytes`.
    ///
    /// # Errors
    /// When the server cannot be reached, answers other than 200, or sends more.
    pub fn get(&self, url: &Url, limit_bytes: u64) -> Result<Vec<u8>, Error> {
        let mut attempt = Attempts::new(&self.options);
        loop {
            match self.get_once(url, limit_bytes) {
                Err(failure) if failure.error.is_passing() && attempt.wait_for_next(failure.retry_after) => {}
                result => return result.map_err(|failure| failure.error),
            }
        }
    }

    fn get_once(&self, url: &Url, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
        let response = self.send(url, &[])?;
        let mut bytes = Vec::new();
        let mut body =
            response.into_body().into_with_config().limit(u64::MAX).reader().take(limit_bytes.saturating_add(1));
        body.read_to_end(&mut bytes).map_err(|error| unreachable(url, &error.to_string()))?;
        if bytes.len() as u64 > limit_bytes {
            return Err(Error::TooLarge { url: url.clone(), limit_bytes }.into());
        }
        Ok(bytes)
    }

    /// Sends once. Answers other than 200, 206, 304 and 416 are failures.
    pub(crate) fn send(&self, url: &Url, headers: &[(&str, &str)]) -> Result<Response<Body>, Failure> {
        let mut request = self.agent.get(url.secret_text());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        // A server must not lead from an encrypted address to an open one.
        let request = request.config().https_only(url.is_https()).proxy(environment::proxy(url)).build();
        let response = request.call().map_err(|error| unreachable(url, &reason(&error)))?;
        match response.status() {
            StatusCode::OK
            | StatusCode::PARTIAL_CONTENT
            | StatusCode::NOT_MODIFIED
            | StatusCode::RANGE_NOT_SATISFIABLE => Ok(response),
            status => Err(Failure {
                error: Error::Status { url: url.clone(), status: status.as_u16() },
                retry_after: header(response.headers(), "retry-after")
                    .and_then(|seconds| seconds.parse().ok())
                    .map(Duration::from_secs),
            }),
        }
    }

    pub(crate) fn attempts(&self) -> Attempts {
        Attempts::new(&self.options)
    }
}

/// An error, and when the server wants to be asked again.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) retry_after: Option<Duration>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

/// Counts tries and waits between them.
#[derive(Debug)]
pub(crate) struct Attempts {
    allowed: u32,
    left: u32,
    first_wait: Duration,
    wait: Duration,
}

impl Attempts {
    fn new(options: &ClientOptions) -> Self {
        let left = options.attempts.max(1) - 1;
        Self { allowed: left, left, first_wait: options.first_wait, wait: options.first_wait }
    }

    /// Waits, unless no try is left.
    pub(crate) fn wait_for_next(&mut self, retry_after: Option<Duration>) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        thread::sleep(retry_after.unwrap_or(self.wait).min(MAX_WAIT));
        self.wait = self.wait.saturating_mul(2);
        true
    }

    /// The last try brought something: start counting anew.
    pub(crate) fn reset(&mut self) {
        self.left = self.allowed;
        self.wait = self.first_wait;
    }
}

pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

pub(crate) fn unreachable(url: &Url, why: &str) -> Error {
    Error::Unreachable { url: url.clone(), why: why.to_owned() }
}

/// Says what went wrong without repeating the address, which may hold secrets.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::BadUri(_) => "the address cannot be read".to_owned(),
        ureq::Error::RequireHttpsOnly(_) => "it leads to an address without encryption".to_owned(),
        ureq::Error::InvalidProxyUrl | ureq::Error::ConnectProxyFailed(_) => "the proxy refuses".to_owned(),
        other => other.to_string(),
    }
}
