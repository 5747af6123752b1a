//! Messages on a stream. What is not a message is passed over, and so is everything up to the next header.

use std::io::{self, BufRead, Read};

use lsp_server::Message;

/// The longest header line and the longest message, in bytes: far above what any editor sends.
const MAX_HEADER: u64 = 64 << 10;
const MAX_BODY: u64 = 256 << 20;

/// The next message, or why what came is none; `None` at the end.
///
/// # Errors
/// The stream cannot be read.
pub(super) fn read(input: &mut impl BufRead) -> io::Result<Option<Result<Message, String>>> {
    let mut length = None;
    let length = loop {
        let mut line = Vec::new();
        if input.take(MAX_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        match (line.trim_end(), length) {
            ("", Some(length)) => break length,
            (header, _) => length = content_length(header).or(length),
        }
    };
    let mut body = Vec::new();
    let read = input.take(length.min(MAX_BODY)).read_to_end(&mut body)?;
    if (read as u64) < length.min(MAX_BODY) {
        return Ok(None);
    }
    if length > MAX_BODY {
        return Ok(Some(Err(format!("a message of {length} bytes"))));
    }
    Ok(Some(serde_json::from_slice(&body).map_err(|e| e.to_string())))
}

fn content_length(header: &str) -> Option<u64> {
    let (name, value) = header.split_once(':')?;
    name.trim().eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_passed_over() {
        let text = "noise\r\nContent-Length: x\r\n\r\nContent-Length: 2\r\nother: 1\r\n\r\n{}content-length:33\r\n\r\n\
                    {\"jsonrpc\":\"2.0\",\"method\":\"exit\"}Content-Length: 99\r\n\r\n{";
        let mut input = text.as_bytes();
        assert!(matches!(read(&mut input), Ok(Some(Err(_)))));
        assert!(matches!(read(&mut input), Ok(Some(Ok(Message::Notification(n)))) if n.method == "exit"));
        assert!(matches!(read(&mut input), Ok(None)));
    }
}
