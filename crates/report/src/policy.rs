//! The content security policy: a page may run its own script and style, identified by their
//! hashes, and nothing else.

use sha2::{Digest, Sha256};

/// The style sheet of all pages.
pub(crate) fn style() -> String {
    let sheet = include_str!("../assets/page.css");
    let scheme = sheet.replace("LIGHT", charts::style::LIGHT).replace("DARK", charts::style::DARK);
    format!("{scheme}{}", charts::style::STYLE)
}

/// The script of a page in a file, without indentation, empty lines and comment lines.
pub(crate) fn script() -> String {
    with_live_part("")
}

/// The script of a page that receives new records.
pub(crate) fn live_script() -> String {
    with_live_part(include_str!("../assets/live.js"))
}

fn with_live_part(live: &str) -> String {
    let whole = include_str!("../assets/page.js").replace("// LIVE", live);
    let lines = whole.lines().map(str::trim_start);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The content security policy of a page with this script; `connects` allows the live page's event
/// stream.
pub(crate) fn policy(script: &str, connects: bool) -> String {
    let connect = if connects { " connect-src 'self';" } else { "" };
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:;{connect} \
         base-uri 'none'; form-action 'none'",
        base64(&Sha256::digest(script.as_bytes())),
        base64(&Sha256::digest(style().as_bytes())),
    )
}

/// Base 64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|i| u32::from(chunk.get(i).copied().unwrap_or(0)));
        let bits = a << 16 | b << 8 | c;
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize] as char;
            out.push(if place <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_64_is_that_of_the_standard() {
        let cases = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let expected = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        assert_eq!(cases.map(|text| base64(text.as_bytes())), expected);
    }

    #[test]
    fn only_the_live_page_connects() {
        assert!(!policy(&script(), false).contains("connect-src"));
        assert!(policy(&live_script(), true).contains("connect-src 'self'"));
        assert!(!script().contains("EventSource") && live_script().contains("EventSource"));
    }

    #[test]
    fn the_script_is_small() {
        assert!(script().len() < 6_800, "{} bytes", script().len());
        assert!(live_script().len() < 8_000, "{} bytes", live_script().len());
    }
}
