// Puts the embedded module together. It comes in parts, because like compresses best beside like: the instructions are
// one text, and what follows them (locals, offsets, …) one for each kind. xtask/src/embed.rs takes it apart, and says more.

// By opcode, the part that its operand is in: `c` is 3.
const OPERANDS = "  ccc       ddd ef              ghhiiii kkkkkkkkkkkkkkkkkkkkkkk  lm m";
const [CODE, HEAD, TAIL, BLOCK, MISC, ALIGN, OFFSET, WIDE, GROUPS, COUNTS] = [0, 1, 2, 3, 6, 10, 11, 13, 14, 15];

/** Gives the module's bytes. */
export function unpack(parts) {
  const places = parts.map(() => 0);
  const left = (part) => places[part] < parts[part].length;
  const module = [];
  let bytes = module;

  // A number is one letter below the part's base, after others that lead. `}` and `~` stand for `"` and `\`.
  const number = (part) => {
    const base = part < BLOCK ? 91 : 68;
    for (let high = 0; ; ) {
      const code = parts[part].charCodeAt(places[part]++);
      const digit = code === 125 ? 2 : code === 126 ? 60 : code - 32;
      if (digit < base) return high * base + digit;
      high = high * (93 - base) + digit - base + 1;
    }
  };
  // LEB128: each byte but the last has its top bit set. A way counts all that can be written so, shorter ones first.
  const write = (way) => {
    for (; way > 127; way = Math.floor(way / 128) - 1) bytes.push((way % 128) + 128);
    bytes.push(way);
  };
  const copy = (part) => {
    const way = number(part);
    write(way);
    return way - 128 * (way > 127);
  };

  // What is no code: letters are themselves.
  while (left(HEAD)) bytes.push(number(HEAD) + 32);
  // Each function: its locals, then instructions to the `end` that closes it.
  while (left(GROUPS)) {
    const body = (bytes = []);
    for (let groups = copy(GROUPS); groups--; copy(GROUPS)) copy(COUNTS);
    for (let depth = 1; depth; ) {
      const op = number(CODE);
      const part = op > 251 ? MISC : OPERANDS.charCodeAt(op) & 31;
      bytes.push(op);
      if (part === BLOCK) depth++;
      if (op === 11) depth--;
      if (part === OFFSET) copy(ALIGN);
      if (part === WIDE) {
        for (let count = 1, byte; op > 66 ? count <= 8 : !(byte < 128); count++) bytes.push((byte = number(WIDE)));
      } else if (part) {
        let labels = copy(part);
        if (op === 14) for (; labels >= 0; labels--) copy(part);
      }
    }
    bytes = module;
    // Its length stands before a body.
    write(body.length + 128 * (body.length > 127) + 16384 * (body.length > 16383));
    bytes.push(...body);
  }
  while (left(TAIL)) bytes.push(number(TAIL) + 32);
  return new Uint8Array(bytes);
}
