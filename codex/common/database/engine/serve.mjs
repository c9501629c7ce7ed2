// The query engine as a child process: questions arrive on stdin, answers leave on stdout.
// Nothing listens anywhere, so only the parent can reach it; when the parent is gone, stdin ends.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { driverCause, openAdapter } from './connection.mjs';
import { readFrames, writeFrame } from './frames.mjs';

const require = createRequire(import.meta.url);
const NO_TRACE = '{}';

/** The WASM query engine of @prisma/client over `adapter`. */
async function loadEngine(datamodel, adapter) {
  const runtime = path.join(path.dirname(require.resolve('@prisma/client/package.json')), 'runtime');
  const glue = require(path.join(runtime, 'query_engine_bg.postgresql.js'));
  const module = new WebAssembly.Module(
    fs.readFileSync(path.join(runtime, 'query_engine_bg.postgresql.wasm')),
  );
  glue.__wbg_set_wasm(new WebAssembly.Instance(module, { './query_engine_bg.js': glue }).exports);
  const options = {
    datamodel,
    env: {},
    logQueries: false,
    ignoreEnvVarErrors: true,
    datasourceOverrides: {},
    logLevel: 'error',
    configDir: '.',
    engineProtocol: 'json',
  };
  const engine = new glue.QueryEngine(options, () => {}, adapter);
  await engine.connect(NO_TRACE);
  return engine;
}

/** `reply` with what the driver knew added to each error in it. */
function withCauses(reply, adapter) {
  const errors = reply.errors ?? reply.batchResult?.flatMap((one) => one.errors ?? []) ?? [];
  for (const error of errors) error.driver = driverCause(error, adapter);
  return reply;
}

let opening = null;

async function receive({ id, open, query }) {
  let reply;
  try {
    if (open) {
      const adapter = openAdapter(open);
      opening = loadEngine(open.datamodel, adapter).then((engine) => ({ engine, adapter }));
      await opening;
      reply = { data: 'open' };
    } else {
      const { engine, adapter } = await opening;
      reply = withCauses(JSON.parse(await engine.query(JSON.stringify(query), NO_TRACE)), adapter);
    }
  } catch (error) {
    const message = String(error?.message ?? error);
    reply = {
      errors: [{ error: message, user_facing_error: { message }, driver: { code: '', message } }],
    };
  }
  writeFrame(process.stdout, { id, ...reply });
}

const end = () => process.exit(0);
// The terminal's Ctrl-C reaches the whole group; the parent decides when the engine ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
process.stdout.on('error', end);
readFrames(process.stdin, receive, end);
// A fork of the parent could hold the pipe open, so its end is noticed this way too.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && end(), 1000).unref();
