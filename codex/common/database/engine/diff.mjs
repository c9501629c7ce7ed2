// The SQL that leads from one schema file to another, with no database: diff.mjs FROM TO.
// FROM may be `-`, the empty schema. Prints nothing but a comment when the two agree.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { bindMigrationAwareSqlAdapterFactory } = require('driver-adapter-utils-6');

/** The schema engine, over a stand-in for a database: files are compared, nothing is queried. */
async function loadEngine() {
  const folder = new URL('./node_modules/@prisma/schema-engine-wasm/', import.meta.url);
  const glue = await import(new URL('schema_engine_bg.js', folder));
  const wasm = fs.readFileSync(fileURLToPath(new URL('schema_engine_bg.wasm', folder)));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), {
    './schema_engine_bg.js': glue,
  });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const version = {
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [5, 7, 0],
    rows: [[true, 'PostgreSQL 15.0', 150000]],
  };
  const standIn = {
    provider: 'postgres',
    adapterName: 'stand-in',
    queryRaw: async () => version,
    executeRaw: async () => 0,
    executeScript: async () => {},
    dispose: async () => {},
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
  };
  const connect = async () => standIn;
  const factory = { provider: 'postgres', adapterName: 'stand-in', connect, connectToShadowDb: connect };
  const adapter = bindMigrationAwareSqlAdapterFactory(factory);
  return glue.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

/** The schema file at `path` as one side of the comparison. */
function side(path) {
  if (path === '-') return { tag: 'empty' };
  const files = [{ path, content: fs.readFileSync(path, 'utf8') }];
  return { tag: 'schemaDatamodel', files, configDir: '.' };
}

const [from, to] = process.argv.slice(2);
const engine = await loadEngine();
const { stdout } = await engine.diff({
  from: side(from),
  to: side(to),
  script: true,
  exitCode: null,
  shadowDatabaseUrl: null,
  filters: { externalTables: [], externalEnums: [] },
});
process.stdout.write(stdout);
