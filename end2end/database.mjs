// The database behind a server, for what no page can do: let time pass.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { PYTHON } from './python.mjs';

const SCRIPT = `
import json, sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=10)
for statement, values in json.loads(sys.argv[2]):
    database.execute(statement, values)
database.commit()
`;

async function change(server, statements) {
  await promisify(execFile)(PYTHON, ['-c', SCRIPT, join(server.directory, 'plenum.db'), JSON.stringify(statements)]);
}

/** Someone was here last so many hours ago; all that has come before came before that. */
export function goneFor(server, email, hours) {
  const at = Date.now() - hours * 3_600_000;
  const person = '(select id from people where email = ?)';
  return change(server, [
    [`insert into inboxes (person_id, here_at) values (${person}, ?) on conflict (person_id) do update set here_at = excluded.here_at, here_number = head`, [email, at]],
    [`update sign_ins set used_at = ? where person_id = ${person}`, [at, email]],
  ]);
}

/** The hour of all daily mails strikes: with the server's next start. */
export function mailsAreDue(server) {
  return change(server, [['update inboxes set digest_due_at = 1 where digest = 1', []]]);
}

/** All but so many cents of somebody's wallet go back to the world outside, as the ledger would post it. */
export function leaveInWallet(server, email, cents) {
  const person = '(select id from people where email = ?)';
  const gone = `(select balance - ? from accounts where person_id = ${person})`;
  const gateway = "(select id from accounts where kind = 'gateway' and currency = 'EUR')";
  return change(server, [
    [`insert into transfers (organisation_id, kind, key, subject_id, at) select organisation_id, 'withdrawal_processed', 'test:emptied', id, 0 from people where email = ?`, [email]],
    [`insert into postings (transfer_id, account_id, amount, balance_after) select max(t.id), ${gateway}, ${gone}, 0 from transfers t`, [cents, email]],
    [`insert into postings (transfer_id, account_id, amount, balance_after) select max(t.id), (select id from accounts where person_id = ${person}), -${gone}, ? from transfers t`, [email, cents, email, cents]],
    ['update accounts set balance = (select sum(amount) from postings where account_id = accounts.id)', []],
  ]);
}

const GALA = '(select min(event_id) from seats)';

/** Sells the next free seats of the gala to somebody, as if they had paid, but for the money. */
export function sellSeats(server, email, count) {
  const now = Date.now();
  const person = '(select id from people where email = ?)';
  const order = '(select max(id) from orders)';
  const taken = "(select seat_id from order_lines where state = 'sold' and seat_id is not null)";
  return change(server, [
    [`insert into holds (event_id, person_id, state, until, created_at) values (${GALA}, ${person}, 'bought', ?, ?)`, [email, now, now]],
    [
      `insert into orders (organisation_id, event_id, person_id, hold_id, number, state, currency, subtotal, created_at, paid_at)
       select organisation_id, event_id, person_id, h.id, 'T-' || h.id, 'paid', 'EUR', 0, ?, ? from holds h join people p on p.id = h.person_id
       where h.id = (select max(id) from holds)`,
      [now, now],
    ],
    [
      `insert into order_lines (order_id, ticket_type_id, seat_id, state, price)
       select ${order}, t.id, s.id, 'sold', t.price from seats s join ticket_types t on t.id = s.ticket_type_id
       where s.event_id = ${GALA} and s.id not in ${taken} order by s.id limit ?`,
      [count],
    ],
    [
      `insert into tickets (event_id, person_id, order_line_id, state, created_at)
       select ${GALA}, ${person}, id, 'valid', ? from order_lines where order_id = ${order}`,
      [email, now],
    ],
    [`update orders set subtotal = (select sum(price) from order_lines where order_id = orders.id) where id = ${order}`, []],
    ["update ticket_types set sold = (select count(*) from order_lines l where l.ticket_type_id = ticket_types.id and l.state = 'sold')", []],
  ]);
}

/** Somebody else runs the gala, too: they stand at its second door. */
export function secondDoor(server, email) {
  return change(server, [
    [
      `insert into space_members (space_id, person_id, staff, joined_at)
       select e.space_id, p.id, 1, 0 from events e, people p where e.id = ${GALA} and p.email = ?`,
      [email],
    ],
  ]);
}

/** The hall of an event gets rows of 60 seats behind its last one, until it has so many. */
export function enlargeHall(server, event, seats) {
  return change(server, [
    [
      `with recursive n (i) as (select 0 union all select i + 1 from n where i + 1 < ? - (select count(*) from seats where event_id = ?))
       insert into seats (event_id, section_id, ticket_type_id, row, number, x, y)
       select ?, (select max(section_id) from seats where event_id = ?), (select max(ticket_type_id) from seats where event_id = ?),
         'R' || (i / 60), i % 60 + 1, (i % 60) * 10, 170 + (i / 60) * 13 from n`,
      [seats, event, event, event, event],
    ],
  ]);
}
