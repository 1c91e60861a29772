//! Access control: the checks before any route.
//!
//! A foreign page can make a browser send requests to this server, but it cannot read the token in
//! the path. If it points its own name at this address (DNS rebinding), the browser sends that name
//! as Host, which is refused for every path.

use axum::http::{HeaderMap, Method, StatusCode, header};

/// What a request must satisfy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Host names, with the port, by which a browser may address this server; if empty, any.
    pub hosts: Vec<String>,
    /// The first part of every path; `None` if paths begin with the route.
    pub token: Option<String>,
}

impl Gate {
    /// A gate for this machine only.
    pub fn local(port: u16, token: Option<String>) -> Self {
        let hosts = ["localhost", "127.0.0.1", "[::1]"].map(|name| format!("{name}:{port}"));
        Self { hosts: hosts.to_vec(), token }
    }

    /// Returns the path of the list of studies.
    pub fn root(&self) -> String {
        self.token.as_ref().map_or_else(|| "/".to_owned(), |token| format!("/{token}/"))
    }

    /// Checks a request; returns the path after the token.
    ///
    /// # Errors
    /// The status to answer with.
    pub(super) fn check<'p>(
        &self,
        method: &Method,
        headers: &HeaderMap,
        path: &'p str,
    ) -> Result<&'p str, StatusCode> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let host = text(header::HOST).unwrap_or_default().to_ascii_lowercase();
        if !self.hosts.is_empty() && !self.hosts.contains(&host) {
            return Err(StatusCode::FORBIDDEN);
        }

        // A script on another origin's page sends that origin.
        let is_own = |origin: &str| origin.split_once("://").is_some_and(|(_, of)| of == host);
        if text(header::ORIGIN).is_some_and(|origin| !is_own(origin)) {
            return Err(StatusCode::FORBIDDEN);
        }
        if method != Method::GET && method != Method::HEAD {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }

        let Some(token) = &self.token else { return Ok(path) };
        let behind = path.strip_prefix('/').and_then(|rest| {
            let (first, _) = rest.split_once('/')?;
            is_equal(first, token).then(|| &rest[token.len()..])
        });

        behind.ok_or(StatusCode::NOT_FOUND)
    }
}

/// Compares in constant time, so that the duration does not reveal how far two texts agree.
fn is_equal(a: &str, b: &str) -> bool {
    let differing = a.bytes().zip(b.bytes()).fold(0, |bits, (a, b)| bits | (a ^ b));
    a.len() == b.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(gate: &Gate, method: &Method, headers: &[(&str, &str)], path: &str) -> u16 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: header::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        gate.check(method, &map, path).map_or_else(|status| status.as_u16(), |_| 200)
    }

    #[test]
    fn only_names_of_this_machine_with_the_port_pass() {
        let gate = Gate::local(7000, None);
        for host in ["localhost:7000", "127.0.0.1:7000", "[::1]:7000", "LOCALHOST:7000"] {
            assert_eq!(answer(&gate, &Method::GET, &[("host", host)], "/"), 200, "{host}");
        }
        for host in ["evil.example:7000", "localhost", "localhost:80", "127.0.0.1.evil:7000", ""] {
            assert_eq!(answer(&gate, &Method::GET, &[("host", host)], "/"), 403, "{host}");
        }
        assert_eq!(answer(&gate, &Method::GET, &[], "/"), 403);
    }

    #[test]
    fn only_reading_methods_pass() {
        let gate = Gate::local(7000, None);
        let host = [("host", "localhost:7000")];
        assert_eq!(answer(&gate, &Method::HEAD, &host, "/"), 200);
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH] {
            assert_eq!(answer(&gate, &method, &host, "/"), 405, "{method}");
        }
    }

    #[test]
    fn other_origins_are_refused() {
        let gate = Gate::local(7000, None);
        let with = |origin| [("host", "localhost:7000"), ("origin", origin)];
        assert_eq!(answer(&gate, &Method::GET, &with("http://localhost:7000"), "/"), 200);
        assert_eq!(answer(&gate, &Method::GET, &with("http://evil.example"), "/"), 403);
        assert_eq!(answer(&gate, &Method::GET, &with("null"), "/"), 403);
    }

    #[test]
    fn paths_without_the_token_lead_nowhere() {
        let gate = Gate::local(7000, Some("abc".to_owned()));
        let of = |path| answer(&gate, &Method::GET, &[("host", "localhost:7000")], path);
        assert_eq!(["/abc/", "/abc/study/a"].map(of), [200, 200]);
        for path in ["/", "/abc", "/abd/", "/ab/", "/abcd/", "//abc/", "/study/abc/"] {
            assert_eq!(of(path), 404, "{path}");
        }
        let map: HeaderMap =
            [(header::HOST, "localhost:7000".parse().unwrap())].into_iter().collect();
        assert_eq!(gate.check(&Method::GET, &map, "/abc/study/a"), Ok("/study/a"));
    }
}
