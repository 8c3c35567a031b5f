/** JSON that this program wrote itself, in a shape that its own types describe. */

// The caller names the shape: the encoder that wrote the text stands beside the decoder that reads it.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function parseStored<T>(text: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(String(text)) as T;
}
