//! The routes and their answers.

use super::listing;
use super::live::events;
use super::shared::Shared;
use super::url::{decode, encode};
use crate::policy::{live_script, policy};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The content type of pages.
const HTML: &str = "text/html; charset=utf-8";

/// All routes, behind the gate.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(answer).with_state(shared)
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let uri = request.uri();
    let checked = shared.gate.check(request.method(), request.headers(), uri.path());
    let response = match checked {
        Ok(path) => route(&shared, path, uri.query().unwrap_or_default()).await,
        Err(StatusCode::METHOD_NOT_ALLOWED) => {
            let allow = [(header::ALLOW, "GET, HEAD")];
            (StatusCode::METHOD_NOT_ALLOWED, allow, "read only").into_response()
        }
        Err(status) => (status, "not found").into_response(),
    };
    guarded(response)
}

async fn route(shared: &Arc<Shared>, path: &str, query: &str) -> Response {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        [""] => {
            // Reading a folder may wait for a disk, and the one thread serves everybody.
            let shared = Arc::clone(shared);
            let listed = tokio::task::spawn_blocking(move || shared.source.list()).await;
            match listed.unwrap_or_else(|error| Err(error.to_string())) {
                Ok(studies) => html(StatusCode::OK, listing::page(&studies)),
                Err(why) => trouble(&why),
            }
        }
        ["study", part] => match decode(part) {
            Some(study) => match shared.snapshot(&study).await {
                Ok(now) => html(StatusCode::OK, now.page(&format!("{}/events", encode(&study)))),
                Err(why) => trouble(&why),
            },
            None => absent(),
        },
        ["study", part, "events"] => match decode(part) {
            Some(study) if shared.source.version(&study).is_some() => {
                let has = query.strip_prefix("v=").and_then(|version| version.parse().ok());
                let body = events(Arc::clone(shared), study, has);
                ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
            }
            _ => absent(),
        },
        _ => absent(),
    }
}

fn html(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, HTML)], Body::from(text)).into_response()
}

fn absent() -> Response {
    html(StatusCode::NOT_FOUND, listing::notice("Not found", "There is no such page."))
}

/// A page that reports a problem; reloading tries again.
fn trouble(why: &str) -> Response {
    let page = listing::notice("This study cannot be shown", why);
    html(StatusCode::SERVICE_UNAVAILABLE, page)
}

/// Adds the headers of every answer.
fn guarded(mut response: Response) -> Response {
    let policy = format!("{}; frame-ancestors 'none'", policy(&live_script(), true));
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    put("content-security-policy", &policy);
    put("x-content-type-options", "nosniff");
    put("referrer-policy", "no-referrer");
    put("cross-origin-resource-policy", "same-origin");
    put("cross-origin-opener-policy", "same-origin");
    put("cache-control", "no-store");
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Logs;
    use crate::serve::shared::Cache;
    use crate::serve::{Gate, Listed, StudySource};
    use axum::body::to_bytes;
    use tower::ServiceExt;
    use tuner::overview::StudyView;

    /// A folder with one study that cannot be read.
    struct Damaged;

    impl StudySource for Damaged {
        fn list(&self) -> Result<Vec<Listed>, String> {
            Ok(vec![Listed { name: "<img onerror>".to_owned(), ..Listed::default() }])
        }

        fn version(&self, study: &str) -> Option<u64> {
            (study == "damaged").then_some(1)
        }

        fn view(&self, _: &str) -> Result<StudyView, String> {
            Err("row 7 of <study.db> is damaged".to_owned())
        }
    }

    fn ask(path: &str, host: &str) -> (StatusCode, axum::http::HeaderMap, String) {
        let gate = Gate::local(7000, Some("token".to_owned()));
        let source = Box::new(Damaged);
        let shared = Shared { source, gate, cache: Cache::default(), logs: Logs::LeftOut };
        let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let response = router(Arc::new(shared)).oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = to_bytes(body, 1 << 22).await.unwrap();
            (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
        })
    }

    const HERE: &str = "localhost:7000";

    #[test]
    fn a_host_of_another_name_is_refused_before_any_route() {
        for path in ["/", "/token/", "/token/study/damaged"] {
            assert_eq!(ask(path, "evil.example:7000").0, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(ask("/", HERE).0, StatusCode::NOT_FOUND);
    }

    #[test]
    fn the_list_escapes_names() {
        let (status, _, text) = ask("/token/", HERE);
        assert_eq!(status, StatusCode::OK);
        assert!(!text.contains("<img") && text.contains("study/%3Cimg%20onerror%3E"));
    }

    #[test]
    fn a_study_that_cannot_be_read_has_a_page_that_says_so() {
        let (status, _, text) = ask("/token/study/damaged", HERE);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("row 7 of") && !text.contains("<study.db>"));

        let (status, _, text) = ask("/token/study/gone", HERE);
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("deleted or moved"));
        assert_eq!(ask("/token/study/gone/events", HERE).0, StatusCode::NOT_FOUND);
        assert_eq!(ask("/token/study/%2e%2e", HERE).0, StatusCode::NOT_FOUND);
    }

    #[test]
    fn every_answer_has_a_policy() {
        for path in ["/token/", "/nowhere", "/token/study/damaged"] {
            let headers = ask(path, HERE).1;
            let policy = headers["content-security-policy"].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors"));
            assert!(!policy.contains("unsafe"));
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["cache-control"], "no-store");
        }
    }
}
