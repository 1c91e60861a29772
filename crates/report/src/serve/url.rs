//! Study names in URL paths (RFC 3986, section 2.1).

/// Encodes a name as one path segment.
pub(super) fn encode(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'~' => out.push(byte as char),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Decodes a path segment; returns `None` if it is not text or contains a separator.
pub(super) fn decode(part: &str) -> Option<String> {
    let bytes = part.as_bytes();
    let mut out = Vec::new();

    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let digits = part.get(at + 1..at + 3)?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }

    let name = String::from_utf8(out).ok()?;
    // What names a study must not lead out of the folder of studies.
    let is_name =
        !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\\', '\0']);
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for name in ["quick", "学习 率", "a%b", "نشاط", "a.b", "<img onerror>"] {
            assert_eq!(decode(&encode(name)).as_deref(), Some(name));
        }
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for part in ["..", "%2e%2e", "a%2Fb", "a%5Cb", "", "%00", "%", "%zz", "%ff"] {
            assert_eq!(decode(part), None, "{part}");
        }
    }
}
