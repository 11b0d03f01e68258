//! Text that somebody wrapped in base64: service accounts in environment variables, encoded configuration.

use super::Fragment;
use crate::base64;

/// Shorter runs hold no credential with anything around it; longer ones are images and modules.
const RUN_BYTES: std::ops::RangeInclusive<usize> = 48..=64 * 1024;
/// All runs of one file together.
const MAX_DECODED_BYTES: usize = 1024 * 1024;
/// Decoded first, to see whether it is text.
const PROBE_BYTES: usize = 32;

/// Every run of base64 that decodes to printable text.
pub(super) fn fragments(text: &[u8]) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    let (mut at, mut budget) = (0, MAX_DECODED_BYTES);
    // Runs are as long as the shortest of interest, so one look at every such step meets each of them.
    while at < text.len() && budget > 0 {
        if !is_digit(text.get(at).copied()) {
            at += 1;
            continue;
        }
        let probe = at + RUN_BYTES.start() - 1;
        if !is_digit(text.get(probe).copied()) {
            // No run of interest starts between here and the probe: it would have to cover the probe.
            at = probe + 1;
            continue;
        }
        let start = run_start(text, at);
        let end =
            start + text.get(start..).unwrap_or_default().iter().take_while(|byte| is_digit(Some(**byte))).count();
        let run = text.get(start..end).filter(|run| RUN_BYTES.contains(&run.len()));
        if let Some(decoded) = run.and_then(printable) {
            budget = budget.saturating_sub(decoded.len());
            fragments.push(Fragment { text: decoded, at: start });
        }
        at = end.max(at) + 1;
    }
    fragments
}

fn run_start(text: &[u8], at: usize) -> usize {
    at - text.get(..at).unwrap_or_default().iter().rev().take_while(|byte| is_digit(Some(**byte))).count()
}

fn printable(run: &[u8]) -> Option<Vec<u8>> {
    let is_text = |text: &[u8]| {
        text.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t' | 0xC2..=0xF4 | 0x80..=0xBF))
    };
    let is_start_text = |text: &[u8]| text.iter().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t'));
    let probe = base64::decode(run, PROBE_BYTES)?;
    if !is_start_text(&probe) {
        return None;
    }
    base64::decode(run, *RUN_BYTES.end()).filter(|decoded| is_text(decoded))
}

fn is_digit(byte: Option<u8>) -> bool {
    byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_runs_of_text_and_no_others() {
        // "{"user": "svc", "password": "made-up-and-long"}"
        let wrapped = "eyJ1c2VyIjogInN2YyIsICJwYXNzd29yZCI6ICJtYWRlLXVwLWFuZC1sb25nIn0";
        let text = format!(
            "short YWJj\nconst x = '{wrapped}';\n{}",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        );
        let found = fragments(text.as_bytes());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, b"{\"user\": \"svc\", \"password\": \"made-up-and-long\"}");
        assert_eq!(found[0].at, text.find(wrapped).unwrap());
        assert!(fragments(b"").is_empty());
        assert!(fragments(&[b'A'; 100_000]).is_empty());
    }
}
