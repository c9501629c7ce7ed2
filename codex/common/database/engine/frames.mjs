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

/** Writes `value` as one frame. */
export function writeFrame(output, value) {
  const body = Buffer.from(JSON.stringify(value), 'utf8');
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  output.write(head);
  output.write(body);
}
