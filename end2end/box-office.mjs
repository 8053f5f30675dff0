// The box office as a person sees it: seats, the basket beside them, and how money and sold seats are there before a test begins.

import { region } from './plenum.mjs';

/** The gala of the demo is the first event; its seats are numbered from the first of row A on. */
export const GALA = 1;
/** The address of its seat map. */
export const MAP = `/events/${GALA}/seats`;

/** A seat of the map. */
export const seat = (page, row, number) => page.getByRole('button', { name: new RegExp(`^Row ${row}, seat ${number}, `) });

/** Waits until a seat of the map is in this state: available, yours, held by somebody, sold. */
export const is = (page, row, number, state) =>
  page.getByRole('button', { name: new RegExp(`^Row ${row}, seat ${number}, .*, ${state}$`) }).waitFor();

/** What somebody has chosen. */
export const basket = (page) => region(page, 'Your places');

/** Opens the map and waits until it is alive and followed. */
export async function openMap(person, path = MAP) {
  await person.open(path, { channel: `seats.${GALA}` });
  await seat(person.page, 'A', 1).waitFor();
}

/** Sells the next free seats of the gala to somebody; their wallet is as before. */
export const sellSeats = (server, email, count) => server.post('/testing/sales', { person: email, event: GALA, count });

/** Somebody's wallet has so many cents from here on. */
export const leaveInWallet = (server, email, cents) => server.post('/testing/wallets', { people: [email], cents });
