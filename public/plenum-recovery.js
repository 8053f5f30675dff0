// Recovery for pusher-js and Laravel Echo on a Plenum server: after a reconnect every channel gets
// what it missed, in order and once, or is told that something is missing.
//
//   import recover from 'https://your-plenum/plenum-recovery.js';
//   const pusher = new Pusher(key, options);            // or echo.connector.pusher
//   recover(pusher, { onGap: (channel) => location.reload() });
//
// It uses what Plenum adds to the protocol: a `cursor` when a subscription stands, a `seq` on each
// event, and `since` in `pusher:subscribe`. On other servers it does nothing.

/**
 * @param {object} pusher a Pusher client, connected or not
 * @param {{ onGap?: (channel: string) => void }} [options] `onGap` is called when the server no longer
 *   has all that a channel missed: fetch the channel's state anew
 */
export default function recover(pusher, { onGap = () => {} } = {}) {
  const places = new Map(); // channel → { epoch, seq }, the last event seen
  const { connection } = pusher;

  const sendEvent = connection.send_event.bind(connection);
  connection.send_event = (event, data, channel) => {
    if (event === 'pusher:unsubscribe') places.delete(data.channel);
    const since = event === 'pusher:subscribe' ? places.get(data.channel) : undefined;
    return since ? connection.send(JSON.stringify({ event, data, since })) : sendEvent(event, data, channel);
  };

  // pusher-js leaves out what it does not know of a frame: read it as it comes.
  const read = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.event === 'pusher_internal:subscription_succeeded' && frame.cursor) {
      if (frame.recovered !== true) places.set(frame.channel, { ...frame.cursor });
      if (frame.recovered === false) onGap(frame.channel);
    }
    const place = places.get(frame.channel);
    if (place && frame.seq > place.seq) place.seq = frame.seq;
  };
  const listen = () => connection.connection.transport.bind('message', read);
  connection.bind('connected', listen);
  if (connection.state === 'connected') listen();
}
