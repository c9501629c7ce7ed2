// Postgres through `pg`, as the driver adapter that the query engine works over.
import pg from 'pg';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindAdapter } from '@prisma/driver-adapter-utils';

/** A pool for `url` that outlives lost connections, and the adapter over it. */
export function openAdapter({ url, connections, connectTimeoutMs }) {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    // The adapter cuts the zone off timestamps, so the session's must be UTC.
    options: '-c TimeZone=UTC',
    application_name: 'codex',
  });
  // A connection that breaks is reported by the query that used it; without these listeners it
  // would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return bindAdapter(new PrismaPg(pool));
}

// SQLSTATE's word for a login that is not accepted, and the engine's.
const CONNECTION_REFUSED = '28000';
const REFUSALS =
  /kind: ((?:ConnectionError|AuthenticationFailed|DatabaseAccessDenied|TooManyConnections).*?), transient/s;

/** What the driver knows of `error`, an entry of the engine's answer: a SQLSTATE or errno code. */
export function driverCause(error, adapter) {
  const facing = error.user_facing_error ?? {};
  if (facing.error_code === 'P2036') {
    const { error: cause } = adapter.errorRegistry.consumeError(facing.meta.id) ?? {};
    return { code: cause?.code ?? 'CONNECTION', message: cause?.message ?? String(cause) };
  }
  if (facing.error_code === 'P2010') return facing.meta;
  const failure = /PostgresError \{ code: "(\w+)", message: ("(?:[^"\\]|\\.)*")/.exec(error.error ?? '');
  if (failure) return { code: failure[1], message: failure[2].slice(1, -1) };
  const refusal = REFUSALS.exec(error.error ?? '');
  if (refusal) return { code: CONNECTION_REFUSED, message: refusal[1] };
  return { code: facing.error_code ?? '', message: facing.message ?? String(error.error) };
}
