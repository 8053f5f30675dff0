// A gateway for cards that stands in for the real one: the part of Stripe's published API that Plenum uses, with its idempotency keys,
// and webhooks as Stripe signs them. Its own page is played to the browser, which reaches nothing but Plenum.

import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const KEY = 'sk_test_plenum';
const WEBHOOK_SECRET = 'whsec_plenum';
const PAGES = 'https://checkout.example';

export class CardGateway {
  static async open() {
    const gateway = new CardGateway();
    gateway.#server.listen(0, '127.0.0.1');
    await once(gateway.#server, 'listening');
    return gateway;
  }

  #server = createServer((request, response) => this.#answer(request, response));
  #sessions = new Map();
  #keys = new Map();
  /** What was given back, by what was charged. */
  refunds = [];
  /** By how many milliseconds the clock of the server that is told was turned. */
  ahead = 0;

  /** The settings of a server that takes cards here. */
  get env() {
    return {
      PLENUM_PAYMENTS__CARD__BASE_URL: `http://127.0.0.1:${this.#server.address().port}`,
      PLENUM_PAYMENTS__CARD__SECRET_KEY: KEY,
      PLENUM_PAYMENTS__CARD__WEBHOOK_SECRET: WEBHOOK_SECRET,
    };
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Plays the gateway's page to a person: what is paid, and the ways back. */
  async play(person) {
    await person.profile.route(`${PAGES}/**`, async (route) => {
      const session = this.#sessions.get(new URL(route.request().url()).pathname.slice(1));
      if (!session) return route.fulfill({ status: 204 });
      const body = `<!doctype html><html lang="en"><title>Checkout</title><h1>${session.title}</h1>
        <a href="${session.success_url}">Return</a> <a href="${session.cancel_url}">Cancel</a>`;
      return route.fulfill({ contentType: 'text/html', body });
    });
  }

  /** The page that a tab shows. */
  async shown(page) {
    await page.waitForURL(`${PAGES}/**`);
    await page.getByRole('link', { name: 'Return' }).waitFor();
    return new URL(page.url()).pathname.slice(1);
  }

  /** The card is charged; the server is told nothing of it yet. */
  charge(id) {
    Object.assign(this.#sessions.get(id), { status: 'complete', payment_status: 'paid', payment_intent: `pi_${id}` });
  }

  /** Sends the webhook of what has happened to a page. */
  async tell(server, type, id) {
    const body = JSON.stringify({ id: `evt_${type}_${id}`, object: 'event', type, data: { object: this.#sessions.get(id) } });
    const time = Math.floor((Date.now() + this.ahead) / 1000);
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${time}.${body}`).digest('hex');
    const headers = { 'stripe-signature': `t=${time},v1=${signature}` };
    const answer = await fetch(`${server.origin}/wallet/callbacks/card`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the webhook was refused: ${answer.status} ${await answer.text()}`);
  }

  /** Somebody pays, and the server is told at once. */
  async pay(server, id) {
    this.charge(id);
    await this.tell(server, 'checkout.session.completed', id);
  }

  async #answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const reply = (status, value) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    };
    const refuse = (status, code) => reply(status, { error: { type: 'invalid_request_error', code, message: code } });
    if (request.headers.authorization !== `Bearer ${KEY}`) return refuse(401, 'invalid_api_key');
    const path = request.url.split('/').slice(2);
    if (request.method === 'GET') {
      const session = this.#sessions.get(path[2]);
      return session ? reply(200, session) : refuse(404, 'resource_missing');
    }
    const key = request.headers['idempotency-key'];
    const known = this.#keys.get(key);
    if (!key || (known && known.body !== body)) return refuse(400, 'idempotency_key_in_use');
    const answer = known?.answer ?? this.#begin(path.join('/'), new URLSearchParams(body));
    this.#keys.set(key, { body, answer });
    return reply(200, answer);
  }

  #begin(path, form) {
    if (path === 'refunds') {
      this.refunds.push(form.get('payment_intent'));
      return { id: `re_${this.refunds.length}`, object: 'refund', status: 'succeeded' };
    }
    const id = `cs_test_${this.#sessions.size + 1}`;
    const session = {
      id,
      object: 'checkout.session',
      url: `${PAGES}/${id}`,
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      client_reference_id: form.get('client_reference_id'),
      amount_total: Number(form.get('line_items[0][price_data][unit_amount]')),
      currency: form.get('line_items[0][price_data][currency]'),
      title: form.get('line_items[0][price_data][product_data][name]'),
      success_url: form.get('success_url'),
      cancel_url: form.get('cancel_url'),
    };
    this.#sessions.set(id, session);
    return session;
  }
}
