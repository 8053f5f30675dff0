// The proxies that docs/deployment.md names, as a machine has them: Debian's Caddy and nginx with the files of deploy/, in which names,
// ports and certificates are replaced, before a real server. Their certificates are of an authority of these tests' own.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { promisify } from 'node:util';

import { freePort, launch, ROOT, Server } from './server.mjs';

const run = promisify(execFile);
const READY_WITHIN = 30_000; // ms

/** Where programs of Debian's packages are: on the machine, or where `scripts/setup test` has put them. */
const FOLDERS = ['/usr/sbin', '/usr/bin', join(ROOT, '.tools/proxies/usr/sbin'), join(ROOT, '.tools/proxies/usr/bin')];

async function program(name) {
  for (const folder of FOLDERS) {
    const path = join(folder, name);
    if (await access(path, constants.X_OK).then(() => true, () => false)) return path;
  }
  throw new Error(`there is no ${name} here; 'scripts/setup test' brings it`);
}

/** The text, in which each of these stood so often and is replaced: a file of deploy/ that changes is noticed. */
function replaced(text, ...changes) {
  for (const [what, by, times = 1] of changes) {
    assert.equal(text.split(what).length - 1, times, `${what} stands there ${times} times`);
    text = text.replaceAll(what, () => by);
  }
  return text;
}

const caddy = async ({ folder, port, plainPort, upstream }) => {
  const site = replaced(
    await readFile(join(ROOT, 'deploy/Caddyfile'), 'utf8'),
    ['{$PLENUM_HOST:plenum.example} {', `https://localhost:${port} {\n\ttls ${folder}/certificate.pem ${folder}/key.pem`],
    ['{$PLENUM_UPSTREAM:127.0.0.1:8080}', `127.0.0.1:${upstream}`],
    // The authority is not to be installed, and a Caddy of this machine keeps its own ports.
    ['{\n\tservers {', `{\n\tadmin off\n\thttp_port ${plainPort}\n\tskip_install_trust\n\tservers {`],
  );
  await writeFile(join(folder, 'Caddyfile'), site);
  return {
    arguments: ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')],
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  };
};

const nginx = async ({ folder, port, plainPort, upstream }) => {
  const site = replaced(
    await readFile(join(ROOT, 'deploy/nginx.conf'), 'utf8'),
    ['server 127.0.0.1:8080;', `server 127.0.0.1:${upstream};`],
    // A machine of tests may have no IPv6.
    ['\tlisten [::]:80;\n', ''],
    ['\tlisten [::]:443 ssl http2;\n', ''],
    ['listen 80;', `listen 127.0.0.1:${plainPort};`],
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['server_name plenum.example;', 'server_name localhost;', 2],
    ['/etc/letsencrypt/live/plenum.example/fullchain.pem', join(folder, 'certificate.pem')],
    ['/etc/letsencrypt/live/plenum.example/privkey.pem', join(folder, 'key.pem')],
  );
  await writeFile(join(folder, 'site.conf'), site);
  // What Debian's own nginx.conf is around a site.
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
  // Its worker reads and writes in the folder of the test.
  const user = process.getuid() === 0 ? 'user root;' : '';
  const main = `${user} daemon off; pid ${folder}/pid; error_log stderr warn;
    events { worker_connections 512; }
    http { access_log off; ${temporary} include ${folder}/site.conf; }`;
  await writeFile(join(folder, 'nginx.conf'), main);
  return { arguments: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'], env: process.env };
};

const KINDS = { caddy, nginx };

/** Makes an authority and a certificate of it for localhost. */
async function certify(folder) {
  const openssl = (...words) => run('openssl', words, { cwd: folder });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', 'authority.key', '-out', 'authority.pem', '-days', '2', '-subj', '/CN=Authority of a test');
  await openssl('req', ...key, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost');
  await writeFile(join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const by = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial'];
  await openssl('x509', '-req', '-in', 'request.pem', ...by, '-out', 'certificate.pem', '-days', '2', '-extfile', 'names');
  return readFile(join(folder, 'authority.pem'));
}

/** From here on all of this process believes that authority too, other people's SDKs included. */
function believe(authority) {
  const make = tls.createSecureContext;
  tls.createSecureContext = (options) => {
    const made = make(options);
    made.context.addCACert(authority);
    return made;
  };
  return () => {
    tls.createSecureContext = make;
  };
}

/** A server, and a proxy before it: `caddy` or `nginx`. */
export class Proxied {
  static async start(kind) {
    const folder = await mkdtemp(join(tmpdir(), 'plenum-proxy-'));
    const authority = await certify(folder);
    const [port, plainPort] = [await freePort(), await freePort()];
    const server = await Server.start({
      env: { PLENUM_SERVER__PUBLIC_URL: `https://localhost:${port}`, PLENUM_SERVER__TRUSTED_PROXIES: '127.0.0.1' },
    });
    const proxied = new Proxied(folder, server, port, plainPort, believe(authority));
    try {
      const { arguments: words, env } = await KINDS[kind]({ folder, port, plainPort, upstream: server.port });
      await proxied.#launch(await program(kind), words, env);
      return proxied;
    } catch (error) {
      await proxied.dispose();
      throw error;
    }
  }

  #folder;
  #child = null;
  #output = '';
  #forget;

  constructor(folder, server, port, plainPort, forget) {
    this.#folder = folder;
    this.server = server;
    this.port = port;
    this.plainPort = plainPort;
    this.#forget = forget;
  }

  get origin() {
    return `https://localhost:${this.port}`;
  }

  async #launch(path, words, env) {
    const { child, ended } = launch(path, words, { env }, (text) => (this.#output += text));
    this.#child = child;
    const deadline = Date.now() + READY_WITHIN;
    while (!(await listens(this.port))) {
      if (ended() || Date.now() > deadline) throw new Error(`${path} did not start: ${ended() ?? 'it does not listen'}\n${this.#output}`);
      await sleep(25);
    }
  }

  /**
   * Asks through the proxy, as a client at `from`. `size` says how long the body is to be; only its beginning is sent. The answer's status,
   * headers and text.
   */
  async ask(method, path, { headers = {}, body, size, from = '127.0.0.1' } = {}) {
    const sent = body ?? (size ? 'x'.repeat(Math.min(size, 512 * 1024)) : undefined);
    const length = size ?? (sent === undefined ? undefined : Buffer.byteLength(sent));
    const asked = request(`${this.origin}${path}`, {
      method,
      agent: false,
      localAddress: from,
      lookup: (_, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)),
      headers: { ...headers, ...(length !== undefined && { 'content-length': length }) },
    });
    const answered = once(asked, 'response');
    // Whoever is refused before all was sent may be cut off.
    asked.on('error', () => {});
    if (sent !== undefined) asked.write(sent);
    if (size === undefined || size === sent.length) asked.end();
    const [response] = await answered;
    let text = '';
    response.setEncoding('utf8').on('error', () => {});
    for await (const part of response) text += part;
    asked.destroy();
    return { status: response.statusCode, headers: response.headers, text };
  }

  async dispose() {
    this.#forget();
    const child = this.#child;
    if (child && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    }
    await this.server.dispose();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true))).once('error', () => resolve(false));
  });
}
