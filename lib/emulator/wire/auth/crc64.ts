/**
 * CRC-64/NVME, the checksum that S3 computes of every upload that declares none. JavaScript has no 64-bit integers that
 * are fast, so the loop is WebAssembly: three times as fast as pairs of 32-bit halves.
 */

/** Reflected polynomial. */
const POLYNOMIAL = 0x9a6c9329ac4bc9b5n;
/** Where the memory of the module holds the running state; before it stand the eight tables. */
const STATE = 16_384;
/** Where bytes are put to be read: the second page of the memory, all of it. */
const INPUT = 65_536;
const ROOM = 65_536;

/**
 * Slicing by eight: table k holds the remainder of a byte that is k bytes further from the end, so that eight bytes are
 * folded in with eight independent look-ups. In the text form of WebAssembly:
 *
 *     (memory (export "memory") 2)
 *     (func (export "run") (param $at i32) (param $endOfWords i32) (param $end i32) (local $crc i64)
 *       $crc = i64.load(STATE)
 *       while ($at < $endOfWords) {
 *         $crc ^= i64.load($at)
 *         $crc = table7[$crc & 255] ^ table6[$crc >>> 8 & 255] ^ … ^ table0[$crc >>> 56]
 *         $at += 8
 *       }
 *       while ($at < $end) {
 *         $crc = table0[($crc ^ i32.load8_u($at)) & 255] ^ $crc >>> 8
 *         $at += 1
 *       }
 *       i64.store(STATE, $crc))
 */
const MODULE =
  'AGFzbQEAAAABBwFgA39/fwADAgEABQMBAAIHEAIGbWVtb3J5AgADcnVuAAAK4gEB3wEBAX5BACkAgIABIQMCQANAIAAgAU8NASAAKQAAIAOFIQMg' +
  'A6dBA3RB+A9xKQCAcCADQgWIp0H4D3EpAIBghSADQg2Ip0H4D3EpAIBQhSADQhWIp0H4D3EpAIBAhSADQh2Ip0H4D3EpAIAwhSADQiWIp0H4D3Ep' +
  'AIAghSADQi2Ip0H4D3EpAIAQhSADQjWIp0H4D3EpAACFIQMgAEEIaiEADAALCwJAA0AgACACTw0BIAAtAAAgA6dzQf8BcUEDdCkAACADQgiIhSED' +
  'IABBAWohAAwACwtBACADNwCAgAEL';

interface Machine {
  readonly run: (at: number, endOfWords: number, end: number) => void;
  readonly state: DataView;
  readonly input: Uint8Array;
}

let machine: Machine | undefined;

function makeMachine(): Machine {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, 'base64')));
  const { memory, run } = exports;
  if (!(memory instanceof WebAssembly.Memory) || typeof run !== 'function') throw new TypeError('not the CRC module');
  const tables = new BigUint64Array(memory.buffer, 0, 8 * 256);
  for (let byte = 0n; byte < 256n; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ POLYNOMIAL : crc >> 1n;
    tables[Number(byte)] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const previous = tables[i - 256] ?? 0n;
    tables[i] = (previous >> 8n) ^ (tables[Number(previous & 255n)] ?? 0n);
  }
  return {
    run: (at, endOfWords, end) => void run(at, endOfWords, end),
    state: new DataView(memory.buffer, STATE, 8),
    input: new Uint8Array(memory.buffer, INPUT, ROOM),
  };
}

/** A running CRC-64/NVME. */
export class Crc64Nvme {
  #low = 0xffffffff;
  #high = 0xffffffff;

  update(chunk: Uint8Array): void {
    const { run, state, input } = (machine ??= makeMachine());
    state.setUint32(0, this.#low, true);
    state.setUint32(4, this.#high, true);
    for (let from = 0; from < chunk.length; from += ROOM) {
      const piece = chunk.length <= ROOM ? chunk : chunk.subarray(from, from + ROOM);
      input.set(piece);
      run(INPUT, INPUT + piece.length - (piece.length % 8), INPUT + piece.length);
    }
    this.#low = state.getUint32(0, true);
    this.#high = state.getUint32(4, true);
  }

  /** 8 bytes, big-endian. */
  digest(): Uint8Array {
    const out = Buffer.allocUnsafe(8);
    out.writeUInt32BE(~this.#high >>> 0, 0);
    out.writeUInt32BE(~this.#low >>> 0, 4);
    return out;
  }
}
