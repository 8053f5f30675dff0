// The service worker of Plenum: it shows the browser's notifications and opens what a click on one wants.
// It keeps nothing and answers no requests.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const link = new URL(event.notification.data?.link ?? '/inbox', self.location.origin);
  if (link.origin !== self.location.origin) return;
  event.waitUntil(Promise.all([open(link.href), follow(event.notification.data?.follow)]));
});

// The server is told that it was followed; the way itself goes to the place directly.
async function follow(address) {
  if (address) await fetch(address, { redirect: 'manual' }).catch(() => {});
}

// A tab that is there already goes to the place; else a new one does.
async function open(href) {
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = tabs.find((tab) => tab.url === href) ?? tabs[0];
  if (!there) return self.clients.openWindow(href);
  await there.focus();
  if (there.url !== href) await there.navigate(href).catch(() => self.clients.openWindow(href));
}
