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
  return change(server, [['update inboxes set digest_due_at = 1 where digest', []]]);
}

/** A mail server has said that there is no such address, an hour ago. */
export function refuseMail(server, address) {
  const values = [address, Date.now() - 3_600_000];
  const row = "insert into mail_refusals (organisation_id, address, reason, refused_at) select min(id), ?, 'the mail server refused the recipient: 550 5.1.1 no such user', ? from organisations";
  return change(server, [[row, values]]);
}

/** What the pages know of where their channels are is void, as after a restore: with the server's next start. */
export function renewEpoch(server) {
  return change(server, [['update live_epoch set epoch = lower(hex(randomblob(8)))', []]]);
}

const GALA = '(select min(event_id) from seats)';

/** Somebody else runs the gala, too: they stand at its second door. */
export function secondDoor(server, email) {
  return change(server, [
    [
      `insert into space_members (space_id, person_id, staff, joined_at)
       select e.space_id, p.id, true, 0 from events e, people p where e.id = ${GALA} and p.email = ?`,
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

/** Makes somebody an admin, as another admin does at /admin/people. */
export function makeAdmin(server, email) {
  const row = "insert into roles (person_id, role) select id, 'admin' from people where email = ? on conflict do nothing";
  return change(server, [[row, [email]]]);
}

/** The gala is online at this address, and begins so long from now. */
export function takesPlaceOnline(server, address, beginsIn) {
  const starts = Date.now() + beginsIn;
  return change(server, [
    [
      `update events set place = 'virtual', address = ?, starts_at = ?, ends_at = ?, sales_until = ? where id = ${GALA}`,
      [address, starts, starts + 2 * 3_600_000, starts],
    ],
  ]);
}
