//! Whether a text was made by a random generator or by a person.

/// Shannon entropy in bits per byte.
pub(crate) fn entropy(text: &[u8]) -> f32 {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = text.len() as f32;
    let share = |count: u32| count as f32 / total;
    -counts.iter().filter(|count| **count > 0).map(|count| share(*count) * share(*count).log2()).sum::<f32>()
}

/// How many of lower case, upper case, digits and punctuation occur.
pub(crate) fn classes(text: &[u8]) -> u32 {
    let has = |is: fn(&u8) -> bool| u32::from(text.iter().any(is));
    has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(|byte| byte.is_ascii_punctuation() || !byte.is_ascii())
}

/// Whether the letters follow each other as in words of English and of programs, not as drawn by lot.
///
/// Of the pairs of neighbouring letters in English text about nine tenths are among [`COMMON_PAIRS`], of random ones
/// about a third.
pub(crate) fn is_wordy(text: &[u8]) -> bool {
    const HEX_BYTES: usize = 16;
    // Hexadecimal digits have too few letters to tell.
    if text.len() >= HEX_BYTES && text.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let (mut pairs, mut common) = (0_u32, 0_u32);
    for pair in text.windows(2) {
        let [left, right] = *pair else { continue };
        // A capital starts a new word, so `tA` says nothing.
        if left.is_ascii_alphabetic()
            && right.is_ascii_alphabetic()
            && !(left.is_ascii_lowercase() && right.is_ascii_uppercase())
        {
            pairs += 1;
            let pair = [left.to_ascii_lowercase(), right.to_ascii_lowercase()];
            common += u32::from(COMMON_PAIRS.as_chunks::<2>().0.binary_search(&pair).is_ok());
        }
    }
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    letters * 2 > text.len() && common * 100 > pairs * 66
}

/// Whether some byte repeats, or counts up, so long that nobody's generator made it: `xxxx`, `000000`, `abcdefgh`,
/// `a1b2c3d4e5f6g7`.
pub(crate) fn has_filler(text: &[u8]) -> bool {
    const REPEATS: usize = 5;
    const REPEATS_OF_FILLERS: usize = 4;
    const STEPS: usize = 7;
    let same = |left: u8, right: u8| left == right && (left.is_ascii_alphanumeric() || left == b'*');
    let same_filler = |left: u8, right: u8| same(left, right) && matches!(left, b'x' | b'X' | b'*');
    let next = |left: u8, right: u8| {
        right.is_ascii_alphanumeric() && (right == left.wrapping_add(1) || (left == b'9' && right == b'0'))
    };
    let letters: Vec<u8> = text.iter().copied().filter(u8::is_ascii_alphabetic).collect();
    longest_run(text, same) >= REPEATS
        || longest_run(text, same_filler) >= REPEATS_OF_FILLERS
        || longest_run(text, next) >= STEPS
        || longest_run(&letters, next) >= STEPS
}

/// How many bytes the longest part has in which each follows from the one before.
fn longest_run(text: &[u8], follows: impl Fn(u8, u8) -> bool) -> usize {
    let (mut longest, mut length) = (0, 1);
    for pair in text.windows(2) {
        let [left, right] = *pair else { continue };
        length = if follows(left, right) { length + 1 } else { 1 };
        longest = longest.max(length);
    }
    longest
}

/// Pairs of letters that are common in words; sorted.
const COMMON_PAIRS: &[u8] = b"\
abacadafagaiakalamanaparasatauavayazbabebiblbobrbucacccechckclcocrcsctcucydadbdddedidodrdsdudyeaebecedeeefegei\
ekelemeneperesetevewexeyfafefffifofrfugageghgigogrguhahehihoicidieifikiliminioirisitivizkekiknkslaldlelilllols\
ltlulymamemimmmompmsmumynancndnenfngninknnnonsntnunyoaobocodofoiokolomonoooporosotouovowpapephplpoppprpsptpuqu\
rarcrdrergrirkrlrmrnrorprsrtrurvrysascseshsiskslsmsnsospssstsuswsytatethtitotrtstttutwtyuaubucudueuguiukulumun\
upurusutvavevivowawewhwiwnwowrxpxtyeymyoysze";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_pairs_are_sorted_pairs() {
        let (pairs, rest) = COMMON_PAIRS.as_chunks::<2>();
        assert!(rest.is_empty());
        assert_eq!(pairs.windows(2).find(|pair| pair[0] >= pair[1]), None);
    }

    #[test]
    fn tells_words_from_random_letters() {
        for text in ["orders-table", "GetObjectCommand", "my-secret-name", "authorizationToken", "correcthorsebattery"]
        {
            assert!(is_wordy(text.as_bytes()), "{text}");
        }
        for text in ["x7Kq9ZpW2vLmN4tRb8", "hXkqZtWvBjQmPzLr", "9f86d081884c7d65", "1234-5678"] {
            assert!(!is_wordy(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn sees_fillers() {
        for text in ["xxxx", "a00000b", "key-abcdefgh", "1234567", "****", "a1b2c3d4e5f6g7"] {
            assert!(has_filler(text.as_bytes()), "{text}");
        }
        for text in ["", "a", "k3yAAbb12", "abcab"] {
            assert!(!has_filler(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn measures_entropy_in_bits() {
        assert!(entropy(b"aaaa").abs() < 1e-6);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-6);
        assert_eq!(classes(b"aA1-"), 4);
    }
}
