// Frames on a pipe: four bytes of length, then as many bytes of JSON.

/** Calls `receive` with each object that arrives on `input`, and `ended` when it closes. */
export function readFrames(input, receive, ended) {
  let chunks = [];
  let size = 0;
  const take = (length) => {
    const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
    chunks = all.length > length ? [all.subarray(length)] : [];
    size -= length;
    return all.subarray(0, length);
  };
  let expected = null;
  input.on('data', (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    for (;;) {
      if (expected === null) {
        if (size < 4) return;
        expected = take(4).readUInt32BE();
      }
      if (size < expected) return;
      const body = take(expected);
      expected = null;
      receive(JSON.parse(body.toString('utf8')));
    }
  });
  input.on('end', ended);
  input.on('error', ended);
}

/** Writes `value` as one frame, in one piece: the reader wakes once. */
export function writeFrame(output, value) {
  const text = JSON.stringify(value);
  const size = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(4 + size);
  frame.writeUInt32BE(size);
  frame.write(text, 4);
  output.write(frame);
}
