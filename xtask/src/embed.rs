//! The module as JavaScript strings.

use std::cmp::Reverse;
use std::fmt::Write;

use anyhow::{Context, Result, ensure};

/// A JavaScript module whose default export holds the module's parts, as printable letters. `pkg/unpack.js` puts them
/// together again; `xtask/scripts/validate.mjs` has it do so.
///
/// Text, because the compression of the server that sends it then works on the module itself. Base64 of deflated bytes,
/// which it cannot see into, costs 11 % more under brotli and as much under gzip (measured at 154 KB: 64.3 KB against
/// 57.4 KB).
///
/// In parts, because like compresses best beside like: one for the instructions, and one for each kind of operand.
/// How long a function's body is is not stored at all, for its last `end` shows it. Measured at 86 KB: 8 % less under
/// brotli and gzip, with what undoes it.
///
/// What a local is read for, or what a constant is, hangs most on the instruction that follows. Whoever unpacks reads it
/// ahead, so these two kinds have a part for each eight instructions (measured at 90 KB: 1.6 % less under brotli).
///
/// Instructions are numbered by how often they occur, so that nearly all are one letter; one part has the order. An
/// address is an instruction of its own, and is stored as its distance from the end of the text before: the linker lays
/// texts out much as they are used. (Measured at 91 KB: 2 % less.)
///
/// An operand is one number, whatever its bytes: the letters' context is then that of numbers, not of halves of them.
pub(crate) fn module(wasm: &[u8]) -> Result<String> {
    let mut order: Vec<u8> = (0..=255).collect();
    let unknown = "the module has a form that pkg/unpack.js and xtask/src/embed.rs do not know";
    let counts = Packer::new(wasm, &order).all().context(unknown)?.counts;
    order.sort_by_key(|op| Reverse(counts.get(usize::from(*op))));
    order.retain(|op| counts.get(usize::from(*op)) > Some(&0));
    let mut module = "export default [\n".to_owned();
    for part in Packer::new(wasm, &order).all()?.parts {
        writeln!(module, "\"{part}\",")?;
    }
    module.push_str("];\n");
    Ok(module)
}

/// A JavaScript module whose default export is a number that tells this module from that of another version, as
/// `pkg/slim.js` computes it (FNV-1a of 32 bits).
pub(crate) fn fingerprint(wasm: &[u8]) -> String {
    let hash = wasm.iter().fold(0x811c_9dc5, |hash: u32, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    format!("export default {hash};\n")
}

/// By opcode, the part that its operand goes to: `c` is 3. As in `pkg/unpack.js`.
const OPERANDS: &[u8] = b"  ccc       ddd ef              nhhiiii kkkkkkkkkkkkkkkkkkkkkkk  om m";

const CODE: usize = 0;
const HEAD: usize = 1;
const TAIL: usize = 2;
const BLOCK: usize = 3;
/// Stands for [`CODE`]: which function is called belongs to the pattern of instructions around it (0.6 % less).
const CALL: usize = 5;
const MISC: usize = 6;
const GROUPS: usize = 7;
const ALIGN: usize = 10;
const OFFSET: usize = 11;
const COUNTS: usize = 12;
const WIDE: usize = 13;
/// From here on: several parts each, by the instruction that comes next.
const SPLIT: usize = 14;
const ORDER: usize = 46;
const ADDRESS: usize = 47;
const PARTS: usize = 48;

const LETTERS: u64 = 93;
/// How many letters end a number; the others lead.
const BASE: u64 = 64;
/// The same, in what is no code: so that the module's own texts are readable.
const TEXT_BASE: u64 = 88;

/// Takes the module apart, from its beginning to its end.
struct Packer<'a> {
    rest: &'a [u8],
    order: &'a [u8],
    /// How often each instruction occurs.
    counts: [usize; 256],
    /// Where the next text is expected, as the way to write its address.
    address: u64,
    parts: Vec<String>,
}

impl<'a> Packer<'a> {
    fn new(wasm: &'a [u8], order: &'a [u8]) -> Self {
        Self {
            rest: wasm,
            order,
            counts: [0; 256],
            address: 0,
            parts: vec![String::new(); PARTS],
        }
    }

    fn all(mut self) -> Result<Self> {
        for op in self.order {
            self.put(ORDER, (*op).into());
        }
        let whole = self.rest;
        self.rest = whole.get(8..).context("no header")?;
        loop {
            let (section, (size, _)) = (self.byte()?, self.leb()?);
            if section == CODE_SECTION {
                break;
            }
            self.rest = self.rest.get(size..).context("a section's end")?;
        }
        let (functions, _) = self.leb()?;
        let (head, _) = whole
            .split_at_checked(whole.len() - self.rest.len())
            .context("the code section's place")?;
        for byte in head {
            self.put(HEAD, byte.wrapping_sub(b' ').into());
        }
        for function in 0..functions {
            self.function()
                .with_context(|| format!("function {function} of the code section"))?;
        }
        for byte in self.rest {
            self.put(TAIL, byte.wrapping_sub(b' ').into());
        }
        Ok(self)
    }

    fn function(&mut self) -> Result<()> {
        let (size, _) = self.leb()?;
        let after = self.rest.len().checked_sub(size).context("its end")?;
        for _ in 0..self.copy(GROUPS)? {
            self.copy(COUNTS)?;
            self.copy(GROUPS)?;
        }
        let mut depth = 1;
        let mut before = 0;
        while depth > 0 {
            let op = instruction(self.rest);
            self.byte()?;
            self.count(op)?;
            let part = match OPERANDS.get(usize::from(op)) {
                Some(letter) => usize::from(letter & 31),
                None if op == ADDRESS_CONST => ADDRESS,
                None if op > 251 => MISC,
                None => 0,
            };
            match part {
                0 => {}
                WIDE => {
                    for count in 1.. {
                        let byte = self.byte()?;
                        self.put(WIDE, byte.into());
                        if (op == F64_CONST && count == 8) || (op != F64_CONST && byte < 128) {
                            break;
                        }
                    }
                }
                ADDRESS => {
                    let (_, way) = self.leb()?;
                    // The direction is the last bit.
                    let back = self.address.saturating_sub(way);
                    let distance = way.saturating_sub(self.address) << 1;
                    self.put(ADDRESS, distance | (2 * back).saturating_sub(1));
                    self.address = way;
                }
                part => {
                    if part == OFFSET {
                        // One letter, which pkg/unpack.js counts on.
                        ensure!(self.copy(ALIGN)? < 64, "an access to another memory");
                    }
                    let value = self.copy(self.split(part))?;
                    if before == ADDRESS_CONST && op == I32_CONST {
                        // A text's length.
                        self.address += value;
                    }
                    if op == BR_TABLE {
                        for _ in 0..=value {
                            self.copy(part)?;
                        }
                    }
                }
            }
            depth += i32::from(part == BLOCK) - i32::from(op == END);
            before = op;
        }
        ensure!(self.rest.len() == after, "it does not end where it says");
        Ok(())
    }

    /// Moves an instruction, and counts it.
    fn count(&mut self, op: u8) -> Result<()> {
        let number = self.order.iter().position(|known| *known == op);
        self.put(
            CODE,
            number.context("an instruction without a number")? as u64,
        );
        if let Some(count) = self.counts.get_mut(usize::from(op)) {
            *count += 1;
        }
        Ok(())
    }

    /// The part that an operand goes to, with the next instruction in view.
    fn split(&self, part: usize) -> usize {
        let next = self.rest.get(self.operand_length()..).unwrap_or_default();
        match part {
            CALL => CODE,
            ..SPLIT => part,
            _ => SPLIT + 16 * (part - SPLIT) + usize::from(instruction(next) >> 3 & 15),
        }
    }

    /// How many bytes the number has that stands first.
    fn operand_length(&self) -> usize {
        1 + self.rest.iter().take_while(|byte| **byte > 127).count()
    }

    /// Moves a number in LEB128 to a part.
    ///
    /// The same value may be written in several ways, longer than needed, and signed numbers need other lengths than
    /// unsigned ones. So what moves is which of all ways it is, shorter ones first.
    /// Gives what pkg/unpack.js takes for the value: that of numbers of one or two bytes.
    fn copy(&mut self, part: usize) -> Result<u64> {
        let (_, way) = self.leb()?;
        self.put(part, way);
        Ok(if way > 127 { way - 128 } else { way })
    }

    /// The next number, and the number of its way to be written.
    fn leb(&mut self) -> Result<(usize, u64)> {
        let (mut value, mut way) = (0, 0);
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            let digit = u64::from(byte & 127);
            value += digit << shift;
            way += (digit + u64::from(shift > 0)) << shift;
            if byte < 128 {
                return Ok((usize::try_from(value)?, way));
            }
        }
        anyhow::bail!("a number of more than five bytes")
    }

    fn byte(&mut self) -> Result<u8> {
        let (byte, rest) = self.rest.split_first().context("it ends early")?;
        self.rest = rest;
        Ok(*byte)
    }

    fn put(&mut self, part: usize, number: u64) {
        if let Some(text) = self.parts.get_mut(part) {
            text.push_str(&letters(part, number));
        }
    }
}

/// The letters of a number in a part.
fn letters(part: usize, number: u64) -> String {
    let base = match part {
        HEAD | TAIL => TEXT_BASE,
        _ => BASE,
    };
    let mut letters = vec![letter(number % base)];
    let mut high = number / base;
    while let Some(leading) = high.checked_sub(1) {
        letters.push(letter(base + leading % (LETTERS - base)));
        high = leading / (LETTERS - base);
    }
    letters.iter().rev().collect()
}

/// The instruction that stands first. One that loads an address, which is above the stack, is told from other constants.
fn instruction(bytes: &[u8]) -> u8 {
    match bytes {
        [I32_CONST, 0x80..=0xff, 0x80..=0xff, 0x10..=0x3f, ..] => ADDRESS_CONST,
        [op, ..] => *op,
        [] => END,
    }
}

const CODE_SECTION: u8 = 10;
const I32_CONST: u8 = 0x41;
/// No instruction of WebAssembly.
const ADDRESS_CONST: u8 = 0xff;
const END: u8 = 0x0b;
const BR_TABLE: u8 = 0x0e;
const F64_CONST: u8 = 0x44;

/// The printable letters of ASCII; the last two stand for those that a string would have to escape. So the module's own
/// texts are readable in it, and shared with the JavaScript around it.
fn letter(index: u64) -> char {
    match b' ' + u8::try_from(index).unwrap_or_default() {
        b'"' => '}',
        b'\\' => '~',
        code => code.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of one function and a custom section.
    fn wasm(body: &[u8]) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0".to_vec();
        let size = u8::try_from(body.len()).unwrap();
        wasm.extend([CODE_SECTION, size + 2, 1, size]);
        wasm.extend(body);
        wasm.extend([0, 2, 1, b'n']);
        wasm
    }

    fn parts(body: &[u8]) -> Vec<String> {
        let module = module(&wasm(body)).unwrap();
        let lines = module.lines().filter(|line| line.starts_with('"'));
        lines
            .map(|line| line[1..line.len() - 2].to_owned())
            .collect()
    }

    /// The letters of numbers in a part.
    fn text(part: usize, numbers: &[u64]) -> String {
        let mut packer = Packer::new(&[], &[]);
        for number in numbers {
            packer.put(part, *number);
        }
        packer.parts.swap_remove(part)
    }

    #[test]
    fn a_fingerprint_is_that_of_fnv() {
        assert_eq!(fingerprint(b""), "export default 2166136261;\n");
        // The reference's own vector.
        assert_eq!(fingerprint(b"foobar"), "export default 3214735720;\n");
    }

    #[test]
    fn each_kind_of_operand_has_its_part() {
        // Two locals of i32; i32.const -1, local.set 1, block, br 0, end, end.
        let parts = parts(&[1, 2, 127, 0x41, 127, 0x21, 1, 2, 64, 0x0c, 0, 0x0b, 0x0b]);
        assert_eq!(parts.len(), PARTS);
        // By how often they occur: end, block, br, local.set, i32.const.
        assert_eq!(parts[ORDER], text(ORDER, &[0x0b, 2, 0x0c, 0x21, 0x41]));
        assert_eq!(parts[CODE], text(CODE, &[4, 3, 1, 2, 0, 0]));
        assert_eq!(parts[BLOCK], text(BLOCK, &[64]));
        assert_eq!(parts[4], text(4, &[0]));
        assert_eq!(parts[8], text(8, &[1]));
        assert_eq!(parts[SPLIT + 16 + (0x21 >> 3)], text(SPLIT, &[127]));
        assert_eq!(parts[GROUPS], text(GROUPS, &[1, 127]));
        assert_eq!(parts[COUNTS], text(COUNTS, &[2]));
        assert_eq!(parts[TAIL], text(TAIL, &[224, 226, 225, 78]));
    }

    #[test]
    fn an_address_is_the_distance_from_the_end_of_the_text_before() {
        // An address, its text's length 5, the address of what follows at once, length 2, the first address once more.
        let [first, second] = [[0x80, 0x80, 0x10], [0x85, 0x80, 0x10]];
        let mut body = vec![0];
        for (address, length) in [(first, 5), (second, 2), (first, 5)] {
            body.push(0x41);
            body.extend(address);
            body.extend([0x41, length]);
        }
        body.push(0x0b);
        let parts = parts(&body);
        assert_eq!(
            parts[ADDRESS],
            text(ADDRESS, &[2 * (0x40000 + 128 + 16384), 0, 13])
        );
        assert_eq!(
            parts[ORDER],
            text(ORDER, &[0x41, ADDRESS_CONST.into(), 0x0b])
        );
    }

    #[test]
    fn what_is_below_the_texts_is_no_address() {
        for constant in [&[0x80, 0x80, 0x0f][..], &[0x80, 0x80, 0x40], &[0x80, 0x10]] {
            assert_eq!(instruction(&[&[0x41], constant].concat()), I32_CONST);
        }
        assert_eq!(instruction(&[0x41, 0x80, 0x80, 0x10]), ADDRESS_CONST);
    }

    #[test]
    fn ways_to_write_a_number_differ_and_shorter_ones_are_first() {
        let way = |bytes: &[u8]| Packer::new(bytes, &[]).leb().unwrap();
        assert_eq!(way(&[127]), (127, 127));
        assert_eq!(way(&[128, 0]), (0, 128));
        assert_eq!(way(&[128, 1]), (128, 256));
        assert_eq!(way(&[255, 127]), (16383, 16511));
        assert_eq!(way(&[128, 128, 0]), (0, 16512));
    }

    #[test]
    fn no_letter_needs_an_escape_and_no_two_numbers_look_alike() {
        let mut all: Vec<String> = (0..70_000).map(|number| text(BLOCK, &[number])).collect();
        let printable =
            |letter: u8| (b' '..=b'~').contains(&letter) && letter != b'"' && letter != b'\\';
        assert!(all.iter().all(|text| text.bytes().all(printable)));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 70_000);
    }

    #[test]
    fn a_module_of_an_unknown_form_is_refused() {
        assert!(module(&wasm(&[0, 0x0b])).is_ok());
        assert!(module(&wasm(&[0, 0x0b, 0x0b])).is_err());
        assert!(module(&wasm(&[0, 1])).is_err());
        // i32.load of a second memory: the alignment has a flag, and an index follows.
        assert!(module(&wasm(&[0, 0x28, 2, 0, 0x0b])).is_ok());
        assert!(module(&wasm(&[0, 0x28, 66, 1, 0, 0x0b])).is_err());
        assert!(module(b"\0asm\x01\0\0\0").is_err());
    }
}
