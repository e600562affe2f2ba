// Without a connection a page of our own says so; everything else always comes from the server.
const NAME = 'akta-offline';
const PAGE = '/offline';

async function keep() {
  const cache = await caches.open(NAME);
  const answer = await fetch(PAGE, { cache: 'reload' });
  const text = await answer.clone().text();
  const parts = [...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((found) => found[1]);
  await cache.put(PAGE, answer);
  await cache.addAll([...new Set(parts)]);
}

self.addEventListener('install', (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  } else if (new URL(request.url).pathname.startsWith('/static/')) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
