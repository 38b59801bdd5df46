// Puts the embedded module together. It comes in parts, because like compresses best beside like: the instructions are
// one text, and what follows them (locals, offsets, …) one for each kind, or for each kind and next instruction.
// xtask/src/embed.rs takes it apart, and says more.

// By opcode, the part that its operand is in: `c` is 3.
const OPERANDS = "  ccc       ddd ef              nhhiiii kkkkkkkkkkkkkkkkkkkkkkk  om m";
const [CODE, HEAD, TAIL, BLOCK, CALL, MISC, GROUPS, ALIGN, OFFSET, COUNTS, WIDE, SPLIT, ORDER, ADDRESS] = [0, 1, 2, 3, 5, 6, 7, 10, 11, 12, 13, 14, 46, 47];

/** Gives the module's bytes. */
export function unpack(parts) {
  // What each letter costs is paid some 100,000 times, mostly before the engine has compiled anything: one array of bytes
  // to read from, one to write to, and few steps between them.
  const encoder = new TextEncoder();
  const text = encoder.encode(parts.join(""));
  const operands = encoder.encode(OPERANDS);
  const bytes = new Uint8Array(2 * text.length); // A letter is a byte at most; the lengths of functions come on top.
  let at = 0;
  const places = parts.map((part) => (at += part.length) - part.length);
  const starts = [...places];
  const left = (part) => places[part] < starts[part + 1];
  at = 0;

  // A number is one letter below the part's base, after others that lead. `}` and `~` stand for `"` and `\`.
  const number = (part) => {
    const base = part === HEAD || part === TAIL ? 88 : 64;
    for (let high = 0; ; ) {
      const code = text[places[part]++];
      const digit = code < 125 ? code - 32 : code < 126 ? 2 : 60;
      if (digit < base) return high * base + digit;
      high = high * (93 - base) + digit - base + 1;
    }
  };
  // LEB128: each byte but the last has its top bit set. A way counts all that can be written so, shorter ones first.
  const write = (way) => {
    for (; way > 127; way = Math.floor(way / 128) - 1) bytes[at++] = (way % 128) + 128;
    bytes[at++] = way;
  };
  const copy = (part) => {
    const way = number(part);
    write(way);
    return way - 128 * (way > 127);
  };

  // Instructions are numbered by how often they occur.
  const order = [];
  while (left(ORDER)) order.push(number(ORDER));
  let next = order[number(CODE)];
  let address = 0;

  // Instructions, to the `end` that closes them. A function of its own, since what is called often is compiled early.
  const block = () => {
    for (let op, before; op !== 11; ) {
      before = op;
      op = next;
      const part = op > 254 ? ADDRESS : op > 251 ? MISC : operands[op] & 31;
      bytes[at++] = op > 254 ? 65 : op;
      if (part === CALL) copy(CODE);
      next = order[number(CODE)];
      if (part === OFFSET) bytes[at++] = text[places[ALIGN]++] - 32;
      if (part === WIDE) {
        for (let count = 1, byte; op > 66 ? count <= 8 : !(byte < 128); count++) bytes[at++] = byte = number(WIDE);
      } else if (part === ADDRESS) {
        // How far from the end of the text before; backwards where the last bit is set.
        const distance = number(ADDRESS);
        write((address += (distance >> 1) ^ -(distance & 1)));
      } else if (part && part !== CALL) {
        let labels = copy(part < SPLIT ? part : SPLIT + 16 * (part - SPLIT) + ((next >> 3) & 15));
        if (before > 254 && op === 65) address += labels; // The text's length.
        if (op === 14) for (; labels >= 0; labels--) copy(part);
        if (part === BLOCK) block();
      }
    }
  };

  // What is no code: letters are themselves.
  while (left(HEAD)) bytes[at++] = number(HEAD) + 32;
  // Each function: its locals, then its instructions.
  while (left(GROUPS)) {
    const start = at;
    const body = (at += 3); // Behind the longest length that can stand before it.
    for (let groups = copy(GROUPS); groups--; copy(GROUPS)) copy(COUNTS);
    block();
    const length = at - body;
    at = start;
    write(length + 128 * (length > 127) + 16384 * (length > 16383));
    bytes.copyWithin(at, body, body + length);
    at += length;
  }
  while (left(TAIL)) bytes[at++] = number(TAIL) + 32;
  return bytes.subarray(0, at);
}
